/* The page of the demo's payment provider. It stands for one elsewhere: a reference and four digits are all that comes from it. */
#include <string.h>

#include "action/payment.h"
#include "action/payment_method.h"
#include "base/clock.h"
#include "base/text.h"
#include "pages.h"
#include "return_call.h"

static const char *const kinds[] = {"CARD", "BANK", NULL};

const struct field_spec payment_provider_fields[] = {
    {.name = "kind", .kind = FIELD_CHOICE, .choices = kinds},
    {.name = "last_four", .kind = FIELD_TEXT, .max = 40},
    {.name = "expires", .kind = FIELD_TEXT, .max = 10},
    {.name = "declines", .kind = FIELD_TICK},
    RETURN_FIELD,
    {.name = NULL},
};

static bool is_here(const struct call *call)
{
    const struct payment_provider *provider = payment_provider(call->site->config);
    return provider != NULL && provider->is_demo;
}

static void make_page(struct call *call)
{
    struct page *page = call_page(call, "payment_provider", _("Add payment method"));
    const char *kind = call_typed(call, "kind", "");
    page->is_narrow = true;
    page->current = "/account";
    page_crumb(page, "/account", _("Account"));
    page_crumb(page, return_call_keep(call, "/payment-method"), _("Payment method"));
    page_crumb(page, NULL, page->title);
    tpl_set(page->dict, "RETURN", return_call(call));
    tpl_set(page->dict, "CANCEL", return_call_keep(call, "/payment-method"));
    tpl_show_if(page->dict, "IS_CARD", strcmp(kind, "BANK") != 0);
    tpl_show_if(page->dict, "IS_BANK", strcmp(kind, "BANK") == 0);
    tpl_set(page->dict, "LAST_FOUR", call_typed(call, "last_four", ""));
    tpl_set(page->dict, "EXPIRES", call_typed(call, "expires", ""));
    tpl_show_if(page->dict, "DECLINES", call_typed(call, "declines", "")[0] == '1');
}

static const struct err *show(struct call *call)
{
    page_field(call->page, "last_four", "LAST_FOUR_FAULT", "LAST_FOUR_ERROR");
    page_field(call->page, "expires", "EXPIRES_FAULT", "EXPIRES_ERROR");
    return call_show(call, 0);
}

/* "MM/YY" as the first instant after that month, in the site's zone: a card is good to the end of the month it shows. */
static bool read_expiry(const struct call *call, const char *text, int64_t *valid_to)
{
    static const char digits[] = "0123456789";
    if (strlen(text) != 5 || strspn(text, digits) != 2 || text[2] != '/' || strspn(text + 3, digits) != 2)
        return false;
    const int month = (text[0] - '0') * 10 + text[1] - '0';
    const struct civil first = {.year = 2000 + (text[3] - '0') * 10 + text[4] - '0', .month = month, .day = 1};
    if (month < 1 || month > 12)
        return false;
    const char *zone = call->site->config->site.zone;
    *valid_to = clock_add_months(clock_instant(&first, zone), 1, zone);
    return true;
}

static const struct err *added(struct call *call, const struct act *act)
{
    call_flash(call, "payment-added");
    return call_go(call, "%s", act->location);
}

static const struct err *refuse(struct call *call, enum payment_outcome outcome)
{
    make_page(call);
    switch (outcome) {
    case PAYMENT_BAD_DIGITS:
        page_fault(call->page, "last_four", _("Enter the last four digits"));
        break;
    case PAYMENT_FULL_NUMBER:
        page_fault(call->page, "last_four", _("Enter the last four digits only. We never keep a full number"));
        break;
    case PAYMENT_EXPIRED:
        page_fault(call->page, "expires", _("This card has expired. Use another one"));
        break;
    case PAYMENT_TOO_MANY:
        page_message(call->page, TONE_BAD, _("You have too many payment methods"), _("Remove one that you don’t use, then add this one."));
        break;
    case PAYMENT_DONE:
    case PAYMENT_THERE:
    case PAYMENT_MISSING:
        page_message(call->page, TONE_BAD, _("This payment method could not be added"), _("Nothing has changed. Try again."));
        break;
    }
    return show(call);
}

const struct err *payment_provider_get(struct call *call)
{
    if (!is_here(call))
        return call_missing(call);
    make_page(call);
    return show(call);
}

const struct err *payment_provider_post(struct call *call)
{
    const char *back = return_call_path(call), *expires = form_text(call->form, "expires");
    struct act *act = call_act(call, back != NULL ? back : "/payment-method");
    struct payment_method_new method = {
        .is_card = strcmp(form_text(call->form, "kind"), "BANK") != 0, .last_four = form_text(call->form, "last_four"),
        .reference = payment_demo_reference(call->mem, form_ticked(call->form, "declines")), .valid_to = INSTANT_NONE,
    };
    enum payment_outcome outcome = PAYMENT_DONE;
    if (!is_here(call))
        return call_missing(call);
    if ((method.is_card || expires[0] != '\0') && !read_expiry(call, expires, &method.valid_to)) {
        make_page(call);
        if (!payment_digits_fit(method.last_four))
            page_fault(call->page, "last_four", _("Enter the last four digits"));
        page_fault(call->page, "expires", _("Enter the month and year like 09/28"));
        return show(call);
    }
    TRY(payment_method_add(act, &method, &outcome));
    return act->is_done ? added(call, act) : refuse(call, outcome);
}
