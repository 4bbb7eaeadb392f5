/* Step 3: the reason, and sending the request. What was typed goes with the request, or is kept if there is none, so that nothing
 * refuses it away. */
#include <string.h>

#include "action/submit.h"
#include "base/clock.h"
#include "base/text.h"
#include "domain/request.h"
#include "pages.h"
#include "view/view_steps.h"
#include "wizard_call.h"

#define DETAILS_MAX 500   /* code points, as the column has room for */
#define KEEP_TIME (3 * CLOCK_SECOND)

static const char *const reasons[] = {"DIRECT", "OTHER_PARTNER", "PRICE", "SERVICE", "PROJECT_ENDED", "OTHER", NULL};

const struct field_spec disassociate_reason_fields[] = {
    {.name = "reason", .kind = FIELD_CHOICE, .choices = reasons},
    {.name = "details", .kind = FIELD_LINES, .max = DETAILS_MAX},
    {.name = "rev", .kind = FIELD_NUMBER, .max = WIZARD_REVISION_MAX},
    {.name = NULL},
};

struct faults { const char *reason, *details; };

static void fill_reasons(struct call *call, enum side side, const char *chosen)
{
    struct page *page = call->page;
    for (size_t i = 0; reasons[i] != NULL; i++) {
        struct tpl_dict *option = tpl_row(page->dict, "REASON");
        enum reason reason = REASON_NONE;
        (void)reason_find(reasons[i], &reason);
        /* The first one is what an error links to. */
        tpl_set(option, "REASON_ID", i == 0 ? "reason" : mem_text(call->mem, "reason-%zu", i + 1));
        tpl_set(option, "REASON_VALUE", reasons[i]);
        tpl_set(option, "REASON_TEXT", reason_text(reason, side));
        tpl_show_if(option, "REASON_CHECKED", strcmp(reasons[i], chosen) == 0);
    }
}

static const struct err *show(struct call *call, struct wizard_call *w, const struct faults *faults)
{
    struct page *page = wizard_call_page(call, w, "disassociate_reason",
                                         w->target.side == SIDE_PARTNER ? _("Why do you want to end the association?")
                                                                        : _("Why are you leaving this partner?"));
    wizard_call_words(call, w);
    wizard_call_messages(call, w);
    if (faults->reason != NULL)
        page_fault(page, "reason", faults->reason);
    if (faults->details != NULL)
        page_fault(page, "details", faults->details);
    page_field(page, "reason", "REASON_FAULT", "REASON_ERROR");
    page_field(page, "details", "DETAILS_FAULT", "DETAILS_ERROR");
    fill_reasons(call, w->target.side, call_typed(call, "reason", w->wizard != NULL ? reason_name(w->wizard->reason) : ""));
    tpl_set(page->dict, "DETAILS", call_typed(call, "details", w->wizard != NULL ? w->wizard->reason_text : ""));
    tpl_set_int(page->dict, "REVISION", w->revision);
    tpl_set(page->dict, "BACK", wizard_call_path(call, w, w->target.needs_code ? STEP_VERIFY : STEP_CHECK));
    view_steps_submit(page, 2, w->target.needs_code);
    return call_show(call, 0);
}

const struct err *disassociate_reason_get(struct call *call)
{
    static const struct faults none;
    struct wizard_call *w = NULL;
    TRY(wizard_call_submit(call, &w));
    if (w == NULL || wizard_call_leads_away(call, w, STEP_REASON))
        return NULL;
    return show(call, w, &none);
}

static struct faults judge(struct call *call, enum reason reason)
{
    const struct field *details = form_field(call->form, "details");
    struct faults faults = {.reason = NULL};
    if (reason == REASON_NONE)
        faults.reason = _("Select a reason");
    if (details->fault == FIELD_TOO_LONG)
        faults.details = _("Details must be 500 characters or fewer");
    else if (reason == REASON_OTHER && details->text[0] == '\0')
        faults.details = _("Enter details for “Another reason”");
    return faults;
}

/* Text too long to keep stays on the page only. */
static struct submit_page page_of(struct call *call, const struct wizard_call *w, enum reason reason)
{
    const struct field *details = form_field(call->form, "details");
    const char *text = details->fault != FIELD_TOO_LONG ? details->text : w->wizard != NULL ? w->wizard->reason_text : "";
    return (struct submit_page){.reason = reason, .text = text, .association = w->association, .wizard = w->wizard};
}

/* In a transaction of its own, when there is no request that took them, unless this form had been sent before: *first is where it
 * led then. After a failure the connection may be lost, or the time for the request be over: whoever typed them still waits. */
static const struct err *keep(struct call *call, struct wizard_call *w, const struct submit_page *page, bool has_failed,
                              enum wizard_outcome *outcome, const char **first)
{
    struct act *act = call_act(call, NULL);
    int64_t revision = form_number(call->form, "rev");
    if (has_failed) {
        db_deadline(call->db, clock_now() + KEEP_TIME);
        TRY(db_ready(call->db, call->now));
    }
    TRY(act_seen_before(act));
    if (act->is_done) {
        *first = act->location;
        return NULL;
    }
    act->once_digest = NULL;
    return wizard_keep_reason(act, &w->target, &revision, page->reason, page->text, outcome);
}

static const struct err *refuse(struct call *call, struct wizard_call *w, const struct submit_result *result)
{
    switch (result->outcome) {
    case SUBMIT_DONE:
        break;
    case SUBMIT_NOT_ASSOCIATED:
        return wizard_call_overtaken(call, w, NULL, false);
    case SUBMIT_ALREADY_OPEN:
        return wizard_call_overtaken(call, w, result->open_no, result->open_by_other);
    case SUBMIT_CHECKS_FAILED:
        call_flash(call, "changed");
        return call_go(call, "%s/check", w->start);
    case SUBMIT_REFERRAL:
    case SUBMIT_PARTNER_FROZEN:
    case SUBMIT_QUOTA_USED:
        return call_go(call, "%s/check", w->start);
    case SUBMIT_NO_STATEMENT:
        return wizard_call_go_on(call, w, "finish-first");
    case SUBMIT_NO_GRANT:
        /* The code step says why: ran out, or another sign-in. */
        return wizard_call_go_on(call, w, result->grant == GRANT_NONE ? "finish-first" : "");
    case SUBMIT_NO_REASON: {
        const struct faults faults = {.reason = _("Select a reason")};
        return show(call, w, &faults);
    }
    case SUBMIT_GONE:
        return wizard_call_go_on(call, w, "draft-gone");
    case SUBMIT_MOVED:
        return wizard_call_go_on(call, w, "moved");
    }
    return call_go(call, "%s", w->home);
}

const struct err *disassociate_reason_post(struct call *call)
{
    struct act *act = call_act(call, call->actor.kind == ACCOUNT_PARTNER ? "/requests/{no}/sent" : "/disassociate/submitted/{no}");
    struct wizard_call *w = NULL;
    enum reason reason = REASON_NONE;
    enum wizard_outcome kept = WIZARD_OK;
    struct submit_result result = {.outcome = SUBMIT_DONE};
    const struct err *failed = NULL;
    const char *first = NULL;
    /* A form that was sent before changes nothing: its key is asked where something would be written. */
    TRY(wizard_call_submit(call, &w));
    if (w == NULL)
        return NULL;
    (void)reason_find(form_text(call->form, "reason"), &reason);
    const struct submit_page page = page_of(call, w, reason);
    const struct faults faults = judge(call, reason);
    bool is_fine = faults.reason == NULL && faults.details == NULL;
    if (is_fine)
        failed = submit_request(act, &w->target, form_number(call->form, "rev"), &page, &result);
    if (failed == NULL && act->is_done)
        return call_go(call, "%s", act->location);
    const struct err *not_kept = keep(call, w, &page, failed != NULL, &kept, &first);
    if (not_kept == NULL && first != NULL)
        return call_go(call, "%s", first);
    TRY(failed);
    TRY(not_kept);
    TRY(wizard_call_reload(call, w));
    /* Who was faster has closed the draft. */
    if (kept != WIZARD_OK && result.outcome != SUBMIT_ALREADY_OPEN && result.outcome != SUBMIT_NOT_ASSOCIATED)
        return wizard_call_go_on(call, w, kept == WIZARD_MOVED ? "moved" : "draft-gone");
    return is_fine ? refuse(call, w, &result) : show(call, w, &faults);
}
