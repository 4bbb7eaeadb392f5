/* How the customer pays for itself once nobody else does: what there is, which is charged, taking one out. */
#include <stdlib.h>

#include "action/payment.h"
#include "action/payment_method.h"
#include "base/clock.h"
#include "base/text.h"
#include "pages.h"
#include "resource_call.h"
#include "return_call.h"

static struct page *frame(struct call *call, const char *stem, const char *title)
{
    struct page *page = call_page(call, stem, title);
    page->is_narrow = true;
    page->current = "/account";
    page_crumb(page, "/account", _("Account"));
    return page;
}

static const char *validity(struct call *call, const struct payment_method *method)
{
    if (method->valid_to == INSTANT_NONE)
        return _("Does not expire");
    const bool is_valid = payment_method_is_valid(method, call->now);
    /* At valid_to it is over: the day before is the last one. */
    return text_fill(call->mem, is_valid ? _("Valid until {date}") : _("Expired on {date}"), "date",
                     format_date(call->mem, method->valid_to - (is_valid ? 1 : 0), call->zone), NULL);
}

static void fill_method(struct call *call, const struct payment_method *method)
{
    const bool is_valid = payment_method_is_valid(method, call->now), is_owner = call->actor.role == ROLE_OWNER;
    struct tpl_dict *row = tpl_row(call->page->dict, "METHOD");
    tpl_set_int(row, "ID", method->id);
    tpl_set(row, "NAME", resource_call_method(call, method));
    tpl_set(row, "VALIDITY", validity(call, method));
    tpl_show_if(row, "IS_DEFAULT", method->is_default && is_valid);
    tpl_show_if(row, "IS_EXPIRED", !is_valid);
    tpl_show_if(row, "ACTS", is_owner);
    tpl_show_if(row, "CAN_DEFAULT", !method->is_default && is_valid);
}

static const struct err *make_page(struct call *call)
{
    const struct payment_provider *provider = payment_provider(call->site->config);
    struct resource_call seen = {.n = 0};
    struct payment_method *methods = NULL;
    size_t n = 0;
    TRY(payment_method_list(call->db, call->mem, call->actor.account_id, &methods, &n));
    TRY(resource_call_read(call, call->actor.account_id, &seen));
    struct page *page = frame(call, "payment_method", _("Payment method"));
    page_crumb(page, NULL, page->title);
    return_call_fill(call, _("After you add a payment method we take you back to them."));
    tpl_show_if(page->dict, "SOME", n > 0);
    tpl_show_if(page->dict, "NONE", n == 0);
    if (!seen.customer.is_partners)
        resource_call_owed(call, &seen, _("A payment method is charged for what falls due from now on. Pay for what was due before on the page Resources."),
                           "/resources", _("See your resources"));
    tpl_show_if(page->dict, "PARTNER_PAYS", seen.customer.is_partners);
    tpl_show_if(page->dict, "SEVERAL", n > 1);
    for (size_t i = 0; i < n; i++)
        fill_method(call, &methods[i]);
    const bool can_add = provider != NULL && call->actor.role == ROLE_OWNER && n < PAYMENT_METHODS_MAX;
    tpl_show_if(page->dict, "CAN_ADD", can_add);
    tpl_show_if(page->dict, "READS_ONLY", call->actor.role != ROLE_OWNER);
    tpl_show_if(page->dict, "NO_PROVIDER", provider == NULL);
    tpl_set(page->dict, "PLATFORM", _(call->site->config->site.name));
    tpl_set(page->dict, "ADD_HREF", provider == NULL ? "" : provider->is_demo ? return_call_keep(call, provider->page) : provider->page);
    return NULL;
}

const struct err *payment_method_get(struct call *call)
{
    TRY(make_page(call));
    return call_show(call, 0);
}

static int64_t id_of(const struct call *call) { return strtoll(call->vars.values[0], NULL, 10); }

const struct err *payment_method_default_post(struct call *call)
{
    struct act *act = call_act(call, "/payment-method");
    enum payment_outcome outcome = PAYMENT_DONE;
    TRY(payment_method_make_default(act, id_of(call), &outcome));
    if (act->is_done) {
        call_flash(call, "payment-default");
        return call_go(call, "%s", act->location);
    }
    if (outcome == PAYMENT_MISSING)
        return call_missing(call);
    TRY(make_page(call));
    page_message(call->page, TONE_BAD, _("This card has expired"), _("Choose another payment method, or add one."));
    return call_show(call, 409);
}

const struct err *payment_method_remove_get(struct call *call)
{
    struct payment_method *method = NULL;
    TRY(payment_method_load(call->db, call->mem, id_of(call), &method));
    if (method == NULL || method->customer_id != call->actor.account_id)
        return call_missing(call);
    struct page *page = frame(call, "payment_method_remove",
                              text_fill(call->mem, _("Remove {method}?"), "method", resource_call_method(call, method), NULL));
    page_crumb(page, "/payment-method", _("Payment method"));
    page_crumb(page, NULL, page->title);
    tpl_set_int(page->dict, "ID", method->id);
    return call_show(call, 0);
}

const struct err *payment_method_remove_post(struct call *call)
{
    struct act *act = call_act(call, "/payment-method");
    enum payment_outcome outcome = PAYMENT_DONE;
    TRY(payment_method_take_out(act, id_of(call), &outcome));
    if (!act->is_done)
        return call_missing(call);
    call_flash(call, "payment-removed");
    return call_go(call, "%s", act->location);
}
