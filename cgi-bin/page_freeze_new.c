#include "pages.h"

#include <string.h>

#include "action/ops_freeze.h"
#include "view/view_customer.h"

#define ACCOUNT_NO_MAX 20

static const char *const types[] = {"ACCOUNT", "ACCOUNT_AND_RESOURCES", NULL};

const struct field_spec freeze_new_query[] = {
    {.name = "account", .kind = FIELD_TEXT, .max = ACCOUNT_NO_MAX},   /* of the page that leads here */
    {.name = NULL},
};
const struct field_spec freeze_new_fields[] = {
    {.name = "account", .kind = FIELD_TEXT, .max = ACCOUNT_NO_MAX},
    {.name = "type", .kind = FIELD_CHOICE, .choices = types},
    {.name = "reason", .kind = FIELD_TEXT, .max = FREEZE_REASON_MAX_POINTS},
    {.name = NULL},
};

static struct page *make_page(struct call *call)
{
    struct page *page = call_page(call, "freeze_new", _("Freeze an account"));
    const char *type = call_typed(call, "type", "");
    page->is_narrow = true;
    page->current = "/freezes";
    page_crumb(page, "/freezes", _("Freezes"));
    page_crumb(page, NULL, page->title);
    tpl_set(page->dict, "ACCOUNT", call_typed(call, "account", ""));
    tpl_show_if(page->dict, "ACCOUNT_CHOSEN", strcmp(type, types[0]) == 0);
    tpl_show_if(page->dict, "ALL_CHOSEN", strcmp(type, types[1]) == 0);
    tpl_set(page->dict, "REASON", call_typed(call, "reason", ""));
    return page;
}

static const struct err *show(struct call *call, int status)
{
    page_field(call->page, "account", "ACCOUNT_FAULT", "ACCOUNT_ERROR");
    page_field(call->page, "type", "TYPE_FAULT", "TYPE_ERROR");
    page_field(call->page, "reason", "REASON_FAULT", "REASON_ERROR");
    return call_show(call, status);
}

const struct err *freeze_new_get(struct call *call)
{
    (void)make_page(call);
    return show(call, 0);
}

static void judge(struct page *page, const struct form *form)
{
    const struct field *account = form_field(form, "account"), *reason = form_field(form, "reason");
    if (account->text[0] == '\0')
        page_fault(page, "account", _("Enter an account number"));
    else if (account->fault == FIELD_TOO_LONG)
        page_fault(page, "account", _("No customer or partner has this account number"));
    if (form_text(form, "type")[0] == '\0')
        page_fault(page, "type", _("Select what to freeze"));
    if (reason->fault == FIELD_TOO_LONG)
        page_fault(page, "reason", _("The reason must be 256 characters or fewer"));
    else if (reason->text[0] == '\0')
        page_fault(page, "reason", _("Enter a reason"));
}

static const struct err *refused(struct call *call, enum freeze_outcome outcome)
{
    switch (outcome) {
    case FREEZE_NONE:
        page_fault(call->page, "account", _("No customer or partner has this account number"));
        return show(call, 0);
    case FREEZE_ALREADY:
        page_fault(call->page, "account", _("This account is already frozen"));
        return show(call, 409);
    default:
        return err_new(ERR_CONFLICT, 0, "the account could not be frozen: outcome %d", (int)outcome);
    }
}

const struct err *freeze_new_post(struct call *call)
{
    struct ops_freeze_result result = {.outcome = FREEZE_DONE};
    enum freeze_type type = FREEZE_ACCOUNT;
    struct act *act = call_act(call, "/freezes");
    judge(make_page(call), call->form);
    if (call->page->faults_n > 0)
        return show(call, 0);
    (void)freeze_type_find(form_text(call->form, "type"), &type);
    TRY(ops_freeze(act, form_text(call->form, "account"), type, form_text(call->form, "reason"), &result));
    if (!act->is_done)
        return refused(call, result.outcome);
    call_flash(call, "ops-froze");
    return call_go(call, "%s", act->location);
}
