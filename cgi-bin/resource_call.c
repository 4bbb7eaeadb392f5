#include "resource_call.h"

#include "action/resource_life.h"
#include "base/clock.h"
#include "base/text.h"

struct reading { struct call *call; int64_t customer_id; struct resource_call *seen; };

static const struct err *read_all(struct db *db, void *arg)
{
    const struct reading *reading = arg;
    struct call *call = reading->call;
    struct resource_call *seen = reading->seen;
    const struct lifecycle_days otherwise = resource_days(call->site->config);
    TRY(payment_customer(db, call->mem, reading->customer_id, &seen->customer));
    TRY(payment_method_to_charge(db, call->mem, reading->customer_id, call->now, &seen->method));
    return resource_list(db, call->mem, reading->customer_id, &otherwise, &seen->resources, &seen->n);
}

const struct err *resource_call_read(struct call *call, int64_t customer_id, struct resource_call *seen)
{
    struct reading reading = {.call = call, .customer_id = customer_id, .seen = seen};
    return db_transaction(call->db, DB_READ_ONLY, read_all, &reading);
}

const char *resource_call_method(struct call *call, const struct payment_method *method)
{
    return text_fill(call->mem, method->is_card ? _("Card ending in {digits}") : _("Bank account ending in {digits}"), "digits",
                     method->last_four, NULL);
}

struct resource_badge resource_call_badge(const struct resource *resource)
{
    switch (resource->life.state) {
    case RESOURCE_GRACE:
        return (struct resource_badge){"warn", _("Grace period")};
    case RESOURCE_RETENTION:
        return (struct resource_badge){"bad", _("Retention period")};
    case RESOURCE_RELEASED:
        return (struct resource_badge){"", _("Released")};
    case RESOURCE_ACTIVE:
    case RESOURCE_STATES:
        break;
    }
    return (struct resource_badge){"ok", _("Active")};
}

const char *resource_call_price(struct call *call, const struct resource *resource)
{
    const char *months = mem_text(call->mem, "%d", resource->period_months);
    return text_fill(call->mem, ngettext("{amount} a month", "{amount} each {n} months", (unsigned long)resource->period_months),
                     "amount", format_money(call->mem, resource->amount_minor, resource->currency), "n", months, NULL);
}

/* --- what will happen ------------------------------------------------------------------------------------------------- */

static bool is_paid_by_method(const struct resource_call *seen, const struct resource *resource)
{
    return seen->method != NULL && payment_method_is_valid(seen->method, resource->life.due_at) &&
           resource->life.state == RESOURCE_ACTIVE;
}

static const char *day(struct call *call, int64_t at) { return format_time(call->mem, at, call->zone); }

static void add_date(struct call *call, struct tpl_dict *row, const char *pattern, int64_t at)
{
    tpl_set(tpl_row(row, "IMPACT_DATE"), "IMPACT_TEXT", text_fill(call->mem, pattern, "date", day(call, at), NULL));
}

/* The end that was told stands; what follows it counts from the due time. */
static void add_dates(struct call *call, struct tpl_dict *row, const struct resource *resource)
{
    const char *zone = call->site->config->site.zone;
    const struct lifecycle *life = &resource->life;
    const int64_t grace_end = life->state == RESOURCE_GRACE ? life->until_at
                                                            : lifecycle_grace_end(life->due_at, &resource->days, zone);
    const int64_t retention_end = life->state == RESOURCE_RETENTION ? life->until_at
                                                                    : lifecycle_retention_end(life->due_at, &resource->days, zone);
    if (life->state == RESOURCE_ACTIVE)
        add_date(call, row, _("Grace period from {date}"), life->due_at);
    if (life->state != RESOURCE_RETENTION)
        add_date(call, row, _("Retention period from {date}"), grace_end);
    add_date(call, row, _("Data deleted on {date}"), retention_end);
}

static const char *payer(struct call *call, const struct resource_call *seen, const struct resource *resource)
{
    if (is_paid_by_method(seen, resource))
        return text_fill(call->mem, seen->customer.is_partners ? _("Your partner now. After you leave, you: {method}")
                                                               : _("You: {method}"),
                         "method", resource_call_method(call, seen->method), NULL);
    return seen->customer.is_partners ? _("Your partner now. After you leave, you: no valid payment method then")
                                      : _("You: not paid");
}

static size_t at_risk(const struct resource_call *seen, int64_t *first_at)
{
    size_t n = 0;
    for (size_t i = 0; i < seen->n; i++) {
        const struct resource *resource = &seen->resources[i];
        if (resource->life.state == RESOURCE_RELEASED || is_paid_by_method(seen, resource))
            continue;
        if (n == 0 || resource->life.due_at < *first_at)
            *first_at = resource->life.due_at;
        n++;
    }
    return n;
}

static const char *summary(struct call *call, const struct resource_call *seen, size_t running)
{
    int64_t first_at = 0;
    const size_t n = at_risk(seen, &first_at);
    const char *number = mem_text(call->mem, "%zu", n == 0 ? running : n);
    if (n == 0)
        return text_fill(call->mem, ngettext("{n} resource will be charged to your payment method",
                                             "{n} resources will be charged to your payment method", (unsigned long)running),
                         "n", number, NULL);
    return text_fill(call->mem, ngettext("{n} resource has no payment method that is valid then. First charge: {date}",
                                         "{n} resources have no payment method that is valid then. First charge: {date}",
                                         (unsigned long)n),
                     "n", number, "date", day(call, first_at), NULL);
}

void resource_call_impact(struct call *call, const struct resource_call *seen, bool is_open)
{
    size_t running = 0;
    for (size_t i = 0; i < seen->n; i++)
        running += seen->resources[i].life.state != RESOURCE_RELEASED;
    if (running == 0)
        return;
    struct tpl_dict *dict = tpl_include(call->page->dict, "IMPACT", "part_impact.html");
    tpl_show_if(dict, "IMPACT_OPEN", is_open);
    tpl_set(dict, "IMPACT_SUMMARY", summary(call, seen, running));
    for (size_t i = 0; i < seen->n; i++) {
        const struct resource *resource = &seen->resources[i];
        if (resource->life.state == RESOURCE_RELEASED)
            continue;
        struct tpl_dict *row = tpl_row(dict, "IMPACT_ROW");
        tpl_set(row, "IMPACT_NAME", resource->name);
        tpl_set(row, "IMPACT_PAYER", payer(call, seen, resource));
        tpl_set(row, "IMPACT_CHARGE", text_fill(call->mem, resource->life.state == RESOURCE_ACTIVE ? "{amount}, {date}"
                                                                                                : _("{amount}, was due {date}"),
                                                "amount", format_money(call->mem, resource->amount_minor, resource->currency),
                                                "date", day(call, resource->life.due_at), NULL));
        add_dates(call, row, resource);
    }
}
