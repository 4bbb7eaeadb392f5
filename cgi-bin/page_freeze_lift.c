#include "pages.h"

#include <stdlib.h>
#include <string.h>

#include "action/ops_freeze.h"
#include "base/text.h"
#include "domain/request.h"
#include "view/view_customer.h"

#define REQUEST_NO_MAX 40

static const char *const types[] = {"ACCOUNT", "ACCOUNT_AND_RESOURCES", NULL};

/* The escalated request that one came from, and goes back to. */
const struct field_spec freeze_lift_query[] = {
    {.name = "request", .kind = FIELD_TOKEN, .max = REQUEST_NO_MAX},
    {.name = NULL},
};
const struct field_spec freeze_lift_fields[] = {
    {.name = "request", .kind = FIELD_TOKEN, .max = REQUEST_NO_MAX},
    {.name = "type", .kind = FIELD_CHOICE, .choices = types},   /* as it was shown: lifting names what it lifts */
    {.name = "reason", .kind = FIELD_TEXT, .max = FREEZE_REASON_MAX_POINTS},
    {.name = NULL},
};

struct lifting { struct call *call; const char *request_no, *back; struct held_freeze *held; bool is_known; };

static const struct err *read_held(struct db *db, void *arg)
{
    struct lifting *lifting = arg;
    struct call *call = lifting->call;
    const int64_t id = strtoll(call->vars.values[0], NULL, 10);
    TRY(freeze_known(db, id, &lifting->is_known));
    return freeze_held(db, call->mem, id, &lifting->held);
}

static struct lifting begin(struct call *call)
{
    const char *no = form_text(call->form, "request");
    const bool is_known = request_no_is_valid(no);
    return (struct lifting){
        .call = call, .request_no = is_known ? no : "",
        .back = is_known ? mem_text(call->mem, "/escalations/%s", no) : "/freezes",
    };
}

/* Why it cannot be lifted here; the answer is made then. */
static const struct err *find(struct lifting *lifting, bool *is_found)
{
    struct call *call = lifting->call;
    TRY(db_transaction(call->db, DB_READ_ONLY, read_held, lifting));
    *is_found = lifting->held != NULL && freeze_is_platforms(&lifting->held->freeze, lifting->held->account.kind);
    if (*is_found)
        return NULL;
    if (!lifting->is_known)
        return call_missing(call);
    if (lifting->held == NULL)
        return call_error_page(call, 409, _("This freeze is not in force"), _("It was lifted before."),
                               lifting->back, _("Go back"));
    return call_error_page(call, 409, _("You can’t lift this freeze"), _("Only the partner that imposed it can lift it."),
                           lifting->back, _("Go back"));
}

static struct page *make_page(const struct lifting *lifting)
{
    struct call *call = lifting->call;
    const struct held_freeze *held = lifting->held;
    struct page *page = call_page(call, "freeze_lift", text_fill(call->mem, _("Lift the freeze of {account}?"), "account",
                                                                 held->account.name, NULL));
    page->is_narrow = true;
    page->current = lifting->request_no[0] != '\0' ? "/escalations" : "/freezes";
    page_crumb(page, page->current, lifting->request_no[0] != '\0' ? _("Escalated requests") : _("Freezes"));
    if (lifting->request_no[0] != '\0')
        page_crumb(page, lifting->back, lifting->request_no);
    page_crumb(page, NULL, page->title);
    tpl_set_int(page->dict, "ID", held->freeze.id);
    tpl_set(page->dict, "NAME", held->account.name);
    tpl_set(page->dict, "NO", held->account.no);
    tpl_set(page->dict, "SCOPE", view_freeze_type(held->freeze.type));
    tpl_set(page->dict, "SOURCE", view_freeze_source_for_platform(held->freeze.source));
    tpl_set(page->dict, "SINCE", format_time(call->mem, held->freeze.at, call->zone));
    tpl_set(page->dict, "FREEZE_REASON", held->freeze.reason);
    tpl_set(page->dict, "TYPE", freeze_type_name(held->freeze.type));
    tpl_set(page->dict, "REQUEST", lifting->request_no);
    tpl_set(page->dict, "REASON", call_typed(call, "reason", ""));
    tpl_set(page->dict, "BACK", lifting->back);
    return page;
}

static const struct err *show(struct call *call, int status)
{
    page_field(call->page, "reason", "REASON_FAULT", "REASON_ERROR");
    return call_show(call, status);
}

const struct err *freeze_lift_get(struct call *call)
{
    struct lifting lifting = begin(call);
    bool is_found = false;
    TRY(find(&lifting, &is_found));
    if (!is_found)
        return NULL;
    (void)make_page(&lifting);
    return show(call, 0);
}

static const struct err *refused(struct lifting *lifting, const struct ops_freeze_result *result)
{
    bool is_found = false;
    TRY(find(lifting, &is_found));
    if (!is_found)
        return NULL;
    if (result->outcome != FREEZE_OTHER_TYPE)
        return err_new(ERR_CONFLICT, 0, "the freeze could not be lifted: outcome %d", (int)result->outcome);
    page_message(make_page(lifting), TONE_BAD, _("The freeze was changed meanwhile"), _("See what is frozen now, then try again."));
    return show(lifting->call, 409);
}

const struct err *freeze_lift_post(struct call *call)
{
    struct lifting lifting = begin(call);
    struct ops_freeze_result result = {.outcome = FREEZE_DONE};
    const struct field *reason = form_field(call->form, "reason");
    enum freeze_type type = FREEZE_ACCOUNT;
    bool is_found = false;
    struct act *act = call_act(call, lifting.back);
    TRY(act_seen_before(act));
    if (act->is_done)
        return call_go(call, "%s", act->location);
    TRY(find(&lifting, &is_found));
    if (!is_found)
        return NULL;
    struct page *page = make_page(&lifting);
    if (reason->fault == FIELD_TOO_LONG)
        page_fault(page, "reason", _("The reason must be 256 characters or fewer"));
    else if (reason->text[0] == '\0')
        page_fault(page, "reason", _("Enter a reason"));
    if (page->faults_n > 0)
        return show(call, 0);
    if (!freeze_type_find(form_text(call->form, "type"), &type)) {
        result.outcome = FREEZE_OTHER_TYPE;
        return refused(&lifting, &result);
    }
    TRY(ops_unfreeze(act, lifting.held->freeze.id, type, reason->text, &result));
    if (!act->is_done)
        return refused(&lifting, &result);
    call_flash(call, "freeze-lifted");
    return call_go(call, "%s", act->location);
}
