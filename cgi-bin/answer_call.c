#include "answer_call.h"

#include <string.h>

#include "action/decide.h"
#include "base/clock.h"
#include "check_call.h"
#include "pages.h"
#include "store/store_request.h"

static const char *const decisions[] = {"AGREE", "REJECT", NULL};

const struct field_spec answer_fields[] = {
    {.name = "decision", .kind = FIELD_CHOICE, .choices = decisions},
    {.name = "message", .kind = FIELD_LINES, .max = ANSWER_TEXT_MAX},
    {.name = "understood", .kind = FIELD_TICK},
    {.name = "rev", .kind = FIELD_NUMBER, .max = WIZARD_REVISION_MAX},
    {.name = NULL},
};
const struct field_spec answer_check_fields[] = {{.name = NULL}};

static const struct answer_page *page_of(const struct wizard_call *w)
{
    return w->target.side == SIDE_PARTNER ? &request_review_page : &process_request_page;
}

const struct err *answer_call_find(struct call *call, struct wizard_call **out)
{
    *out = NULL;
    if (!request_no_is_valid(call->vars.values[0]))
        return call_missing(call);
    return wizard_call_answer(call, call->vars.values[0], out);
}

bool answer_call_is_open(const struct wizard_call *w)
{
    return w->request->state == REQUEST_PENDING && w->request->initiator != w->target.side &&
           w->association->status == ASSOCIATION_ACTIVE;
}

const char *answer_call_decision(const struct wizard_call *w)
{
    if (w->wizard == NULL)
        return "";
    return w->wizard->decision == REQUEST_AGREE ? "AGREE" : w->wizard->decision == REQUEST_REJECT ? "REJECT" : "";
}

const char *answer_call_no_tick(void) { return _("Tick the box before you agree. You don’t need it to reject."); }

/* --- refusing --------------------------------------------------------------------------------------------------------- */

void answer_call_add_fault(struct answer_faults *faults, const char *field, const char *text)
{
    faults->of[faults->n].field = field;
    faults->of[faults->n++].text = text;
}

static void say_faults(struct page *page, void *arg)
{
    const struct answer_faults *faults = arg;
    for (size_t i = 0; i < faults->n; i++)
        page_fault(page, faults->of[i].field, faults->of[i].text);
}

static const struct err *show_fault(struct call *call, const struct wizard_call *w, int status, const char *field,
                                    const char *text)
{
    struct answer_faults faults = {.n = 0};
    answer_call_add_fault(&faults, field, text);
    return page_of(w)->show(call, w, status, say_faults, &faults);
}

const struct err *answer_call_show_answered(struct call *call, struct wizard_call *w)
{
    TRY(request_load(call->db, call->mem, w->request->id, &w->request));
    if (!request_is_final(w->request->state))
        return wizard_call_go_on(call, w, "draft-gone");
    return page_of(w)->show_answered(call, w);
}

struct stop { const struct answer_page *page; const struct rule_report *report; };

static void say_checks(struct page *page, void *arg)
{
    const struct stop *stop = arg;
    stop->page->say_checks(page, stop->report);
}

static const struct err *show_failed(struct call *call, const struct wizard_call *w, const struct check *check)
{
    struct stop stop = {page_of(w), &check->report};
    return stop.page->show(call, w, 409, say_checks, &stop);
}

static const struct err *show_refusal(struct call *call, struct wizard_call *w, const struct decide_result *result)
{
    switch (result->outcome) {
    case DECIDE_DONE:
        break;
    case DECIDE_ALREADY:
        return answer_call_show_answered(call, w);
    case DECIDE_NOT_YOURS:
        return call_missing(call);
    case DECIDE_CHECKS_FAILED:
        return show_failed(call, w, result->check);
    case DECIDE_PARTNER_FROZEN:
        return show_fault(call, w, 409, "decision", _("You can’t agree yet: your own account is frozen. You can reject the request."));
    case DECIDE_NO_STATEMENT:
        return show_fault(call, w, 0, "understood", answer_call_no_tick());
    case DECIDE_NO_TEXT:
        return show_fault(call, w, 0, "message", _("Enter a message to the customer"));
    case DECIDE_NO_GRANT:
        return call_go(call, "%s/verify", w->start);
    case DECIDE_NO_DECISION:
    case DECIDE_MOVED:
        return wizard_call_go_on(call, w, "moved");
    }
    return err_new(ERR_BUG, 0, "a decision that was neither done nor refused");
}

/* --- deciding --------------------------------------------------------------------------------------------------------- */

const struct err *answer_call_decide(struct call *call, struct wizard_call *w, int64_t revision, enum request_event decision)
{
    struct decide_result result = {.outcome = DECIDE_DONE};
    struct act *act = call_act(call, mem_text(call->mem, "%s/done", w->start));
    TRY(decide_request(act, &w->target, revision, decision, &result));
    if (act->is_done)
        return call_go(call, "%s", act->location);
    TRY(wizard_call_reload(call, w));   /* for the page that says why, not for another try */
    return show_refusal(call, w, &result);
}

const struct err *answer_call_was_done(struct call *call, bool *done)
{
    struct act *act = call_act(call, "");
    TRY(act_seen_before(act));
    *done = act->is_done;
    return act->is_done ? call_go(call, "%s", act->location) : NULL;
}

/* What this person has chosen, and the draft it is in. */
struct choice { int64_t revision; enum request_event decision; };

static const struct err *after_keeping(struct call *call, struct wizard_call *w, const struct choice *choice,
                                       enum wizard_outcome outcome)
{
    struct check *check = NULL;
    switch (outcome) {
    case WIZARD_OK:
        break;
    case WIZARD_MOVED:
        return wizard_call_go_on(call, w, "moved");
    case WIZARD_GONE:
        return answer_call_show_answered(call, w);
    case WIZARD_NOT_YET:
        return show_fault(call, w, 0, "understood", answer_call_no_tick());
    case WIZARD_CHECKS_FAILED:
    case WIZARD_QUOTA_USED:
        TRY(check_call_now(call, w, &check));
        return show_failed(call, w, check);
    }
    return answer_call_decide(call, w, choice->revision, choice->decision);
}

/* The choice is kept first, without the form's key: that belongs to the decision itself. */
static const struct err *keep(struct call *call, const struct wizard_call *w, struct choice *choice, enum wizard_outcome *outcome)
{
    struct act *act = call_act(call, NULL);
    /* A customer gives its reason for rejecting only. */
    bool has_text = w->target.side == SIDE_PARTNER || choice->decision == REQUEST_REJECT;
    act->once_digest = NULL;
    return wizard_decide(act, &w->target, &choice->revision, choice->decision,
                         has_text ? form_text(call->form, "message") : "", form_ticked(call->form, "understood"), outcome);
}

const struct err *answer_post(struct call *call)
{
    struct wizard_call *w = NULL;
    bool done = false;
    TRY(answer_call_find(call, &w));
    if (w == NULL)
        return NULL;
    TRY(answer_call_was_done(call, &done));
    if (done)
        return NULL;
    if (w->request->initiator == w->target.side)
        return call_missing(call);
    if (request_is_final(w->request->state))
        return answer_call_show_answered(call, w);
    bool is_agree = strcmp(form_text(call->form, "decision"), "AGREE") == 0;
    bool is_reject = strcmp(form_text(call->form, "decision"), "REJECT") == 0;
    struct answer_faults faults = page_of(w)->judge(call, w, is_agree, is_reject);
    if (faults.n > 0)
        return page_of(w)->show(call, w, 0, say_faults, &faults);
    enum wizard_outcome outcome = WIZARD_OK;
    struct choice choice = {.revision = form_number(call->form, "rev"), .decision = is_agree ? REQUEST_AGREE : REQUEST_REJECT};
    TRY(keep(call, w, &choice, &outcome));
    if (outcome != WIZARD_OK) {
        TRY(answer_call_was_done(call, &done));
        if (done)
            return NULL;
    }
    return after_keeping(call, w, &choice, outcome);
}

const struct err *answer_check_post(struct call *call)
{
    struct wizard_call *w = NULL;
    TRY(answer_call_find(call, &w));
    if (w == NULL)
        return NULL;
    return answer_call_is_open(w) ? check_call_again(call, w) : call_go(call, "%s", w->start);
}
