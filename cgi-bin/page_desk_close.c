/* Closing an account, for good: a page that says what goes with it, and asks for its name. */
#include "pages.h"

#include "action/desk_close.h"
#include "base/clock.h"
#include "base/text.h"
#include "desk_call.h"
#include "step_up_call.h"

#define NAME_MAX_POINTS 120

const struct field_spec desk_close_fields[] = {
    {.name = "seen", .kind = FIELD_TOKEN, .max = 64},   /* what went with the account, as it was shown */
    {.name = "name", .kind = FIELD_TEXT, .max = NAME_MAX_POINTS},
    {.name = "reason", .kind = FIELD_LINES, .max = DESK_REASON_MAX_POINTS},
    {.name = NULL},
};

static const struct err *find(struct call *call, struct desk_account **account)
{
    return desk_call_open_account(call, _("There is nothing left to close."), account);
}

static void make_page(struct call *call, const struct desk_account *account)
{
    struct page *page = desk_call_page(call, "desk_close", text_fill(call->mem, _("Close the account of {account}?"), "account",
                                                                     account->name, NULL), account);
    const bool is_partner = account->kind == ACCOUNT_PARTNER;
    tpl_show_if(page->dict, "IS_PARTNER", is_partner && account->customers > 0);
    tpl_set(page->dict, "CUSTOMERS", text_fill(call->mem, ngettext("{n} customer loses its partner and pays for its own resources.",
                                                                   "{n} customers lose their partner and pay for their own resources.",
                                                                   (unsigned long)account->customers),
                                               "n", mem_text(call->mem, "%lld", (long long)account->customers), NULL));
    tpl_show_if(page->dict, "WITH_PARTNER", account->association_id != 0);
    tpl_set(page->dict, "PARTNER_NAME", account->partner_name);
    tpl_show_if(page->dict, "WITH_REQUEST", account->request_no[0] != '\0');
    tpl_set(page->dict, "REQUEST_NO", account->request_no);
    tpl_set(page->dict, "TYPED", call_typed(call, "name", ""));
    tpl_set(page->dict, "SEEN", desk_close_seen(call->mem, account));
}

static const struct err *show(struct call *call, int status)
{
    page_field(call->page, "name", "TYPED_FAULT", "TYPED_ERROR");
    desk_call_reason(call, _("Why is it closed?"), _("The account and its other side see this. At most 500 characters."));
    return call_show(call, status);
}

const struct err *desk_close_get(struct call *call)
{
    struct desk_account *account = NULL;
    TRY(find(call, &account));
    if (account == NULL)
        return NULL;
    if (!call->is_stale && step_up_first(call, call_page_path(call)))
        return NULL;
    make_page(call, account);
    return show(call, 0);
}

static const struct err *refused(struct call *call, struct desk_account *account, enum desk_outcome outcome)
{
    switch (outcome) {
    case DESK_NO_STEP_UP:
        return step_up_go(call, call_page_path(call));
    case DESK_CHANGED:
        TRY(find(call, &account));   /* as it is now */
        if (account == NULL)
            return NULL;
        make_page(call, account);
        page_message(call->page, TONE_WARN, _("Someone else changed this"),
                     _("Nothing was done. See below what goes with the account now, and close it if that is still right."));
        return show(call, 409);
    case DESK_NAME:
        page_fault(call->page, "name", _("Type the name exactly as it stands above"));
        return show(call, 0);
    case DESK_TOO_MANY:
        page_message(call->page, TONE_BAD, _("This partner has too many customers to be closed at once"),
                     text_fill(call->mem, _("At most {n} can leave in one step. End the other associations first."), "n",
                               mem_text(call->mem, "%d", DESK_CLOSE_MAX), NULL));
        return show(call, 409);
    default:
        return desk_call_closed(call, account->no, _("There is nothing left to close."));
    }
}

const struct err *desk_close_post(struct call *call)
{
    struct desk_account *account = NULL;
    enum desk_outcome outcome = DESK_DONE;
    size_t ended = 0;
    struct act *act = call_act(call, mem_text(call->mem, "/accounts/%s", call->vars.values[0]));
    TRY(act_seen_before(act));
    if (act->is_done)
        return call_go(call, "%s", act->location);
    TRY(find(call, &account));
    if (account == NULL)
        return NULL;
    make_page(call, account);
    if (form_text(call->form, "name")[0] == '\0')
        page_fault(call->page, "name", _("Type the name of the account"));
    desk_call_judge_reason(call);
    if (call->page->faults_n > 0)
        return show(call, 0);
    const struct desk_closing asked = {
        .account_no = account->no, .seen = form_text(call->form, "seen"), .typed_name = form_text(call->form, "name"),
        .reason = form_text(call->form, "reason")};
    TRY(desk_close(act, &asked, &outcome, &ended));
    if (!act->is_done)
        return refused(call, account, outcome);
    call_flash(call, "account-closed");
    return call_go(call, "%s", act->location);
}
