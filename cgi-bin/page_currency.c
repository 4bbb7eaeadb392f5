#include "pages.h"

#include <string.h>

#include "action/currency.h"
#include "base/text.h"
#include "return_call.h"
#include "store/store_account_center.h"

const struct field_spec currency_fields[] = {
    {.name = "currency", .kind = FIELD_TEXT, .max = 10},
    RETURN_FIELD,
    {.name = NULL},
};

struct reading { struct call *call; const char *now; const char **codes; size_t n; };

static const struct err *read_all(struct db *db, void *arg)
{
    struct reading *reading = arg;
    TRY(currency_of(db, reading->call->mem, reading->call->actor.account_id, &reading->now));
    return currency_list(db, reading->call->mem, &reading->codes, &reading->n);
}

/* A code that was put into the table by the site has its code for a name. */
static const char *name_of(const char *code)
{
    static const struct { const char *code, *name; } names[] = {
        {"USD", N_("US dollar")}, {"EUR", N_("Euro")}, {"CNY", N_("Chinese yuan")}, {"GBP", N_("Pound sterling")},
        {"HKD", N_("Hong Kong dollar")}, {"SGD", N_("Singapore dollar")}, {"THB", N_("Thai baht")}, {"ZAR", N_("South African rand")},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i].code, code) == 0)
            return _(names[i].name);
    return "";
}

static void fill_choice(struct call *call, const struct reading *reading)
{
    struct page *page = call->page;
    const char *typed = call_typed(call, "currency", "");
    for (size_t i = 0; i < reading->n; i++) {
        struct tpl_dict *option = tpl_row(page->dict, "OPTION");
        tpl_set(option, "CODE", reading->codes[i]);
        tpl_set(option, "NAME", name_of(reading->codes[i]));
        tpl_set(option, "OPTION_ID", i == 0 ? "currency" : mem_text(call->mem, "currency-%zu", i + 1));
        tpl_show_if(option, "CHECKED", strcmp(reading->codes[i], typed) == 0);
    }
    tpl_set(page->dict, "BUTTON", return_call(call)[0] != '\0' ? _("Save and return to checks") : _("Save"));
    page_field(page, "currency", "CURRENCY_FAULT", "CURRENCY_ERROR");
}

static const struct err *make_page(struct call *call, const char *fault, bool *is_set)
{
    struct reading reading = {.call = call};
    TRY(db_transaction(call->db, DB_READ_ONLY, read_all, &reading));
    struct page *page = call_page(call, "currency", _("Set your settlement currency"));
    *is_set = reading.now[0] != '\0';
    page->is_narrow = true;
    page->current = "/account";
    page_crumb(page, "/account", _("Account"));
    page_crumb(page, NULL, _("Settlement currency"));
    if (*is_set)
        page->title = _("Your settlement currency");
    return_call_say_currency(call);
    return_call_fill(call, *is_set ? NULL : _("After you set the currency we take you back to them."));
    if (fault != NULL && !*is_set)
        page_fault(page, "currency", fault);
    tpl_show_if(page->dict, "IS_SET", *is_set);
    tpl_set(page->dict, "SET_TEXT", text_fill(call->mem, _("Your settlement currency is {currency}. It can’t be changed."), "currency",
                                              reading.now, NULL));
    tpl_show_if(page->dict, "FORM", !*is_set && call->actor.role == ROLE_OWNER);
    tpl_show_if(page->dict, "READS_ONLY", !*is_set && call->actor.role != ROLE_OWNER);
    fill_choice(call, &reading);
    return NULL;
}

const struct err *currency_get(struct call *call)
{
    bool is_set = false;
    TRY(make_page(call, NULL, &is_set));
    return call_show(call, 0);
}

const struct err *currency_post(struct call *call)
{
    const char *code = form_text(call->form, "currency"), *back = return_call_path(call);
    struct act *act = call_act(call, back != NULL ? back : "/currency");
    enum currency_outcome outcome = CURRENCY_DONE;
    bool is_set = false;
    if (code[0] != '\0')
        TRY(set_currency(act, code, &outcome));
    if (act->is_done) {
        call_flash(call, mem_text(call->mem, "currency.%s", code));
        return call_go(call, "%s", act->location);
    }
    TRY(make_page(call, _("Select a currency"), &is_set));
    if (!is_set)
        return call_show(call, 0);
    page_message(call->page, TONE_BAD, _("Your settlement currency was set before"), _("A settlement currency can be set only once."));
    return call_show(call, 409);
}
