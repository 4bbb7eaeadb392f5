#include "resource_call.h"

#include <string.h>

#include "action/resource_life.h"
#include "base/clock.h"
#include "base/text.h"
#include "domain/money.h"

struct reading { struct call *call; int64_t customer_id; struct resource_call *seen; };

const struct err *resource_call_load(struct call *call, int64_t customer_id, struct resource_call *seen)
{
    const struct lifecycle_days otherwise = resource_days(call->site->config);
    TRY(payment_customer(call->db, call->mem, customer_id, &seen->customer));
    TRY(payment_method_to_charge(call->db, call->mem, customer_id, call->now, &seen->method));
    return resource_list(call->db, call->mem, customer_id, &otherwise, &seen->resources, &seen->n);
}

static const struct err *read_all(struct db *db, void *arg)
{
    const struct reading *reading = arg;
    (void)db;
    return resource_call_load(reading->call, reading->customer_id, reading->seen);
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
                     "amount", money_format(call->mem, resource->amount_minor, resource->currency), "n", months, NULL);
}

bool resource_call_is_owed(const struct resource *resource)
{
    return resource->life.state == RESOURCE_GRACE || resource->life.state == RESOURCE_RETENTION;
}

/* Each currency has a sum of its own. */
void resource_call_owed(struct call *call, const struct resource_call *seen, const char *text, const char *href, const char *link)
{
    for (size_t i = 0; i < seen->n; i++) {
        const struct resource *resource = &seen->resources[i];
        int64_t sum = 0;
        bool is_first = resource_call_is_owed(resource);
        for (size_t k = 0; k < seen->n; k++) {
            const struct resource *other = &seen->resources[k];
            if (!resource_call_is_owed(other) || strcmp(other->currency, resource->currency) != 0)
                continue;
            is_first = is_first && k >= i;
            sum += other->amount_minor;
        }
        if (!is_first)
            continue;
        page_message(call->page, TONE_WARN,
                     text_fill(call->mem, _("You owe {amount}"), "amount", money_format(call->mem, sum, resource->currency), NULL), text);
        if (href != NULL)
            page_message_link(call->page, href, link);
    }
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
    if (seen->customer.is_partners)
        return _("Your partner now. After you leave, you: no valid payment method then");
    return resource_call_is_owed(resource) ? _("You: not paid yet") : _("You: no valid payment method then");
}

static bool is_uncovered(const struct resource_call *seen, const struct resource *resource)
{
    return resource->life.state == RESOURCE_ACTIVE && !is_paid_by_method(seen, resource);
}

static bool is_owed(const struct resource_call *seen, const struct resource *resource)
{
    (void)seen;
    return resource_call_is_owed(resource);
}

/* How many are so, and when the first of them was or is due. */
static size_t count(const struct resource_call *seen, bool (*is_so)(const struct resource_call *, const struct resource *),
                    int64_t *first_at)
{
    size_t n = 0;
    for (size_t i = 0; i < seen->n; i++) {
        const struct resource *resource = &seen->resources[i];
        if (!is_so(seen, resource))
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
    const size_t owed = count(seen, is_owed, &first_at);
    if (owed > 0 && !seen->customer.is_partners)
        return text_fill(call->mem, ngettext("{n} resource is not paid for. Pay before its data is deleted",
                                             "{n} resources are not paid for. Pay before their data is deleted", (unsigned long)owed),
                         "n", mem_text(call->mem, "%zu", owed), NULL);
    const size_t n = count(seen, is_uncovered, &first_at);
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
                                                "amount", money_format(call->mem, resource->amount_minor, resource->currency),
                                                "date", day(call, resource->life.due_at), NULL));
        add_dates(call, row, resource);
    }
}
