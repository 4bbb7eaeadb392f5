/* What runs and costs money: its state, what is owed, what happens next; paying what is owed or renewing. */
#include <stdlib.h>

#include "action/payment.h"
#include "action/resource_life.h"
#include "base/clock.h"
#include "base/text.h"
#include "domain/money.h"
#include "pages.h"
#include "resource_call.h"

#define DUE_MAX 999999999999999999   /* microseconds: far beyond any date */

const struct field_spec resource_pay_fields[] = {
    {.name = "due", .kind = FIELD_NUMBER, .max = DUE_MAX},
    {.name = NULL},
};

static bool may_pay(const struct call *call, const struct resource *resource)
{
    return call->actor.role == ROLE_OWNER && !resource->life.is_partners && resource->life.state != RESOURCE_RELEASED &&
           payment_provider(call->site->config) != NULL;
}

static const char *when(struct call *call, const struct resource *resource)
{
    const char *pattern = resource->life.state == RESOURCE_RELEASED ? _("Was due {date}. Its data is deleted")
        : resource_call_is_owed(resource) ? _("Was due {date}") : _("Due {date}");
    return text_fill(call->mem, pattern, "date", format_time(call->mem, resource->life.due_at, call->zone), NULL);
}

static void fill_resource(struct call *call, const struct resource *resource)
{
    const struct resource_badge badge = resource_call_badge(resource);
    struct tpl_dict *row = tpl_row(call->page->dict, "RESOURCE");
    tpl_set_int(row, "ID", resource->id);
    tpl_set(row, "NAME", resource->name);
    tpl_set(row, "BADGE_CSS", badge.css);
    tpl_set(row, "BADGE", badge.text);
    tpl_show_if(row, "WITH_UNTIL", resource_call_is_owed(resource));
    tpl_set(row, "UNTIL", resource_call_is_owed(resource) ? text_fill(call->mem, _("until {date}"), "date",
                                                        format_time(call->mem, resource->life.until_at, call->zone), NULL) : "");
    tpl_set(row, "PRICE", resource_call_price(call, resource));
    tpl_set(row, "WHEN", when(call, resource));
    tpl_show_if(row, "CAN_PAY", may_pay(call, resource) && resource_call_is_owed(resource));
    tpl_show_if(row, "CAN_RENEW", may_pay(call, resource) && !resource_call_is_owed(resource));
    tpl_set(row, "AMOUNT", money_format(call->mem, resource->amount_minor, resource->currency));
}

static const struct err *fill_arrears(struct call *call)
{
    const char *currency = "";
    int64_t owed = 0;
    TRY(payment_arrears(call->db, call->mem, call->actor.account_id, &currency, &owed));
    tpl_show_if(call->page->dict, "ARREARS", owed > 0);
    tpl_set(call->page->dict, "ARREARS_TEXT",
            text_fill(call->mem, _("Your account also owes {amount} from earlier bills."), "amount",
                      money_format(call->mem, owed, owed > 0 ? currency : "USD"), NULL));
    return NULL;
}

const struct err *resources_get(struct call *call)
{
    struct resource_call seen = {.n = 0};
    TRY(resource_call_read(call, call->actor.account_id, &seen));
    struct page *page = call_page(call, "resources", _("Resources"));
    page->current = "/resources";
    if (!seen.customer.is_partners)
        resource_call_owed(call, &seen, _("Pay for each resource before its period ends, so that it works again."), NULL, NULL);
    TRY(fill_arrears(call));
    tpl_show_if(page->dict, "SOME", seen.n > 0);
    tpl_show_if(page->dict, "NONE", seen.n == 0);
    for (size_t i = 0; i < seen.n; i++)
        fill_resource(call, &seen.resources[i]);
    tpl_show_if(page->dict, "PARTNER_PAYS", seen.customer.is_partners);
    tpl_show_if(page->dict, "NO_METHOD", seen.method == NULL);
    tpl_show_if(page->dict, "WITH_METHOD", seen.method != NULL);
    tpl_set(page->dict, "METHOD", seen.method == NULL ? "" : resource_call_method(call, seen.method));
    resource_call_impact(call, &seen, true);
    return call_show(call, 0);
}

/* --- paying ----------------------------------------------------------------------------------------------------------- */

/* NULL: it is not the actor's. */
static const struct resource *find(const struct call *call, const struct resource_call *seen)
{
    const int64_t id = strtoll(call->vars.values[0], NULL, 10);
    for (size_t i = 0; i < seen->n; i++)
        if (seen->resources[i].id == id)
            return &seen->resources[i];
    return NULL;
}

static void make_pay_page(struct call *call, const struct resource_call *seen, const struct resource *resource)
{
    const bool owes = resource_call_is_owed(resource);
    const char *zone = call->site->config->site.zone;
    const int64_t next_at = lifecycle_next_charge(resource->anchor_at, resource->life.due_at, resource->period_months, zone);
    struct page *page = call_page(call, "resource_pay",
        text_fill(call->mem, owes ? _("Pay for {name}?") : _("Renew {name}?"), "name", resource->name, NULL));
    page->is_narrow = true;
    page->current = "/resources";
    page_crumb(page, "/resources", _("Resources"));
    page_crumb(page, NULL, page->title);
    tpl_set_int(page->dict, "ID", resource->id);
    tpl_set_int(page->dict, "DUE", resource->life.due_at);
    tpl_set(page->dict, "AMOUNT", money_format(call->mem, resource->amount_minor, resource->currency));
    tpl_set(page->dict, "WHEN", when(call, resource));
    tpl_set(page->dict, "NEXT", format_time(call->mem, next_at, call->zone));
    tpl_show_if(page->dict, "OWES", owes);
    tpl_show_if(page->dict, "FORM", seen->method != NULL && may_pay(call, resource));
    tpl_show_if(page->dict, "NO_METHOD", seen->method == NULL && may_pay(call, resource));
    tpl_show_if(page->dict, "CANNOT", !may_pay(call, resource));
    tpl_set(page->dict, "METHOD", seen->method == NULL ? "" : resource_call_method(call, seen->method));
    tpl_set(page->dict, "BUTTON", text_fill(call->mem, owes ? _("Pay {amount}") : _("Renew for {amount}"), "amount",
                                            money_format(call->mem, resource->amount_minor, resource->currency), NULL));
}

const struct err *resource_pay_get(struct call *call)
{
    struct resource_call seen = {.n = 0};
    TRY(resource_call_read(call, call->actor.account_id, &seen));
    const struct resource *resource = find(call, &seen);
    if (resource == NULL)
        return call_missing(call);
    make_pay_page(call, &seen, resource);
    return call_show(call, 0);
}

static const struct { enum pay_outcome outcome; const char *title, *text; } refusals[] = {
    {PAY_RELEASED, N_("This resource was released"), N_("Its data is deleted. It can’t be brought back.")},
    {PAY_PARTNERS, N_("Your partner pays for this resource"), N_("There is nothing for you to pay.")},
    {PAY_FROZEN, N_("Your account is frozen"), N_("A frozen account can’t renew. Have it unfrozen first.")},
    {PAY_NO_METHOD, N_("You have no valid payment method"), N_("Add one, then pay.")},
    {PAY_DECLINED, N_("The payment was declined"), N_("Nothing was paid. Use another payment method, or ask your bank.")},
    {PAY_NO_PROVIDER, N_("You can’t pay here"), N_("Pay in the account center of the cloud platform.")},
    {PAY_CHANGED, N_("This charge was settled meanwhile"), N_("The resource is shown as it is now. Nothing was charged this time.")},
};

const struct err *resource_pay_post(struct call *call)
{
    struct resource_call seen = {.n = 0};
    struct act *act = call_act(call, "/resources");
    enum pay_outcome outcome = PAY_DONE;
    TRY(resource_pay(act, strtoll(call->vars.values[0], NULL, 10), form_number(call->form, "due"), &outcome));
    if (act->is_done) {
        call_flash(call, "resource-paid");
        return call_go(call, "%s", act->location);
    }
    TRY(resource_call_read(call, call->actor.account_id, &seen));
    const struct resource *resource = find(call, &seen);
    if (outcome == PAY_MISSING || resource == NULL)
        return call_missing(call);
    make_pay_page(call, &seen, resource);
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        if (refusals[i].outcome == outcome)
            page_message(call->page, TONE_BAD, _(refusals[i].title), _(refusals[i].text));
    if (outcome == PAY_DECLINED)
        page_message_link(call->page, "/payment-method", _("Payment method"));
    return call_show(call, 409);
}
