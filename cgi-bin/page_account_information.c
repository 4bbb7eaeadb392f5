#include "pages.h"

#include <string.h>

#include "action/save_information.h"
#include "base/clock.h"
#include "base/text.h"
#include "return_call.h"
#include "view/format.h"

#define VERSION_MAX 1000000000

const struct field_spec account_information_fields[] = {
    {.name = "legal_name", .kind = FIELD_TEXT, .max = 120},
    {.name = "address_1", .kind = FIELD_TEXT, .max = 120},
    {.name = "address_2", .kind = FIELD_TEXT, .max = 120},
    {.name = "postcode", .kind = FIELD_TEXT, .max = 20},
    {.name = "city", .kind = FIELD_TEXT, .max = 80},
    {.name = "country", .kind = FIELD_TEXT, .max = 60},
    {.name = "tax_number", .kind = FIELD_TEXT, .max = 40},
    {.name = "billing_email", .kind = FIELD_EMAIL, .max = 254},
    {.name = "rev", .kind = FIELD_NUMBER, .max = VERSION_MAX},
    RETURN_FIELD,
    {.name = NULL},
};

/* Each text of the form: its places in the template, where it is kept, what is said when it is missing (NULL: it may be) and
 * when it is too long. */
static const struct {
    const char *name, *value, *fault, *error;
    size_t at;
    const char *missing, *too_long;
} texts[] = {
    {"legal_name", "LEGAL_NAME", "LEGAL_NAME_FAULT", "LEGAL_NAME_ERROR", offsetof(struct account_information, legal_name),
     N_("Enter the legal name"), N_("The legal name must be 120 characters or fewer")},
    {"address_1", "ADDRESS_1", "ADDRESS_1_FAULT", "ADDRESS_1_ERROR", offsetof(struct account_information, address_1),
     N_("Enter the street and number"), N_("The address line must be 120 characters or fewer")},
    {"address_2", "ADDRESS_2", "ADDRESS_2_FAULT", "ADDRESS_2_ERROR", offsetof(struct account_information, address_2),
     NULL, N_("The address line must be 120 characters or fewer")},
    {"postcode", "POSTCODE", "POSTCODE_FAULT", "POSTCODE_ERROR", offsetof(struct account_information, postcode),
     NULL, N_("The postcode must be 20 characters or fewer")},
    {"city", "CITY", "CITY_FAULT", "CITY_ERROR", offsetof(struct account_information, city),
     N_("Enter the city"), N_("The city must be 80 characters or fewer")},
    {"country", "COUNTRY", "COUNTRY_FAULT", "COUNTRY_ERROR", offsetof(struct account_information, country),
     N_("Enter the country or region"), N_("The country or region must be 60 characters or fewer")},
    {"tax_number", "TAX_NUMBER", "TAX_NUMBER_FAULT", "TAX_NUMBER_ERROR", offsetof(struct account_information, tax_number),
     NULL, N_("The tax number must be 40 characters or fewer")},
    {"billing_email", "BILLING_EMAIL", "BILLING_EMAIL_FAULT", "BILLING_EMAIL_ERROR",
     offsetof(struct account_information, billing_email),
     N_("Enter an email address, like name@example.com"), N_("Enter an email address, like name@example.com")},
};
#define TEXTS_N (sizeof texts / sizeof texts[0])

static const char **text_of(struct account_information *information, size_t i)
{
    return (const char **)(void *)((char *)information + texts[i].at);
}

struct reading { struct call *call; struct account_information saved; };

static const struct err *read_all(struct db *db, void *arg)
{
    struct reading *reading = arg;
    return account_information_load(db, reading->call->mem, reading->call->actor.account_id, &reading->saved);
}

/* is_overtaken: somebody saved it meanwhile; saving what is typed now replaces that knowingly. */
static const struct err *make_page(struct call *call, bool is_overtaken)
{
    struct reading reading = {.call = call};
    TRY(db_transaction(call->db, DB_READ_ONLY, read_all, &reading));
    const bool is_owner = call->actor.role == ROLE_OWNER, is_saved = reading.saved.version > 0;
    struct page *page = call_page(call, "account_information", _("Account information"));
    page->is_narrow = true;
    page->current = "/account";
    page_crumb(page, "/account", _("Account"));
    page_crumb(page, NULL, page->title);
    return_call_fill(call, _("After you save the information we take you back to them."));
    for (size_t i = 0; i < TEXTS_N; i++)
        tpl_set(page->dict, texts[i].value,
                is_owner ? call_typed(call, texts[i].name, *text_of(&reading.saved, i)) : *text_of(&reading.saved, i));
    const char *version = mem_text(call->mem, "%lld", (long long)reading.saved.version);
    tpl_set(page->dict, "REV", is_overtaken ? version : call_typed(call, "rev", version));
    if (is_overtaken)
        page_message(page, TONE_WARN, _("Someone else changed this"),
                     text_fill(call->mem, _("The account information was saved by somebody else {time}. Your answers are still here, not saved. Save them to replace theirs."),
                               "time", format_time(call->mem, reading.saved.updated_at, call->zone), NULL));
    tpl_set(page->dict, "SAVED",
            !is_saved ? "" : text_fill(call->mem, _("Last saved {time}."), "time",
                                       format_time(call->mem, reading.saved.updated_at, call->zone), NULL));
    tpl_show_if(page->dict, "FORM", is_owner);
    tpl_show_if(page->dict, "WITH_SAVED", is_saved);
    tpl_show_if(page->dict, "READS_ONLY", !is_owner);
    tpl_show_if(page->dict, "READS_SAVED", !is_owner && is_saved);
    tpl_show_if(page->dict, "READS_NOTHING", !is_owner && !is_saved);
    return NULL;
}

static const struct err *show(struct call *call, int status)
{
    for (size_t i = 0; i < TEXTS_N; i++)
        page_field(call->page, texts[i].name, texts[i].fault, texts[i].error);
    return call_show(call, status);
}

const struct err *account_information_get(struct call *call)
{
    TRY(make_page(call, false));
    return show(call, 0);
}

/* A billing address that cannot be one is as good as none. */
static bool is_missing(const struct call *call, size_t i)
{
    const char *text = form_text(call->form, texts[i].name);
    return texts[i].missing != NULL &&
           (text[0] == '\0' || (strcmp(texts[i].name, "billing_email") == 0 && !text_is_email(text)));
}

static void judge(struct call *call)
{
    for (size_t i = 0; i < TEXTS_N; i++)
        if (form_field(call->form, texts[i].name)->fault == FIELD_TOO_LONG)
            page_fault(call->page, texts[i].name, _(texts[i].too_long));
        else if (is_missing(call, i))
            page_fault(call->page, texts[i].name, _(texts[i].missing));
}

const struct err *account_information_post(struct call *call)
{
    const char *back = return_call_path(call);
    struct act *act = call_act(call, back != NULL ? back : "/account-information");
    struct account_information information = {.version = form_number(call->form, "rev")};
    enum information_outcome outcome = INFORMATION_DONE;
    TRY(make_page(call, false));
    judge(call);
    if (call->page->faults_n > 0)
        return show(call, 0);
    for (size_t i = 0; i < TEXTS_N; i++)
        *text_of(&information, i) = form_text(call->form, texts[i].name);
    TRY(save_information(act, &information, &outcome));
    if (act->is_done) {
        call_flash(call, "information-saved");
        return call_go(call, "%s", act->location);
    }
    TRY(make_page(call, true));
    return show(call, 409);
}
