#include "pages.h"

#include <stdio.h>
#include <string.h>

#include "action/check.h"
#include "answer_call.h"
#include "base/clock.h"
#include "base/text.h"
#include "check_call.h"
#include "customer_call.h"
#include "routes.h"
#include "store/store_request.h"
#include "view/view_checks.h"
#include "view/view_request.h"
#include "view/view_statement.h"

/* What stops agreeing, said to the partner. */
static const char *const cannot_agree[RULES] = {
    [RULE_C1] = N_("You can’t agree yet: independent accounting members are still linked"),
    [RULE_C2] = N_("You can’t agree yet: the account is frozen"),
    [RULE_C3] = N_("You can’t agree yet: the account and its resources are frozen"),
    [RULE_C4] = N_("You can’t agree yet: reserved instances or a partner support plan are active"),
    [RULE_C5] = N_("You can’t agree yet: the account has no settlement currency"),
    [RULE_C6] = N_("You can’t agree yet: a special commerce contract is in effect"),
    [RULE_X1] = N_("You can’t agree yet: orders are waiting for payment"),
    [RULE_X2] = N_("You can’t agree yet: the account owes money"),
    [RULE_X3] = N_("You can’t agree yet: a service support plan is active"),
    [RULE_X4] = N_("You can’t agree yet: unified accounting members have active support plans"),
    [RULE_X5] = N_("You can’t agree yet: the account is itself a member account"),
    [RULE_X7] = N_("You can’t agree yet: the account has no payment method"),
};

/* --- reading ---------------------------------------------------------------------------------------------------------- */

struct review {
    struct call *call;
    const struct wizard_call *w;
    const char *packed;      /* checks at submit */
    struct check *check;     /* checks now; NULL once it is closed, or when it is the partner's own request */
};

static const struct err *read_review(struct db *db, void *arg)
{
    struct review *review = arg;
    const struct wizard_call *w = review->w;
    TRY(request_checks(db, review->call->mem, w->request->id, &review->packed));
    /* A partner sees what its customer is like as long as it is its customer. */
    if (!answer_call_is_open(w))
        return NULL;
    return check_compute(db, review->call->mem, w->association, SIDE_PARTNER, OPERATION_PARTNER_AGREE, review->call->now,
                         &review->check);
}

/* --- showing ---------------------------------------------------------------------------------------------------------- */

static const char *heading(const struct call *call, const struct request *request)
{
    const char *pattern = request_is_final(request->state) ? _("Request of {customer}")
        : request->initiator == SIDE_CUSTOMER ? _("{customer} wants to leave") : _("You asked {customer} to end the association");
    if (request_is_final(request->state) && request->initiator == SIDE_PARTNER)
        pattern = _("Your request to {customer}");
    return text_fill(call->mem, pattern, "customer", request->customer_name, NULL);
}

/* "All 6 passed on …", of the six conditions as they were packed at submit. */
static const char *checks_at_submit(const struct call *call, const struct request *request, const char *packed)
{
    struct rule_report report;
    int failed = 0, total = 0;
    if (!rule_report_unpack(packed, &report))
        return _("Not known");
    for (int i = 0; i < RULES; i++) {
        if (!rule_is_condition((enum rule_code)i))
            continue;
        total++;
        failed += report.results[i].outcome == RULE_FAILED || report.results[i].outcome == RULE_UNKNOWN;
    }
    char k[16], n[16];
    snprintf(k, sizeof k, "%d", failed);
    snprintf(n, sizeof n, "%d", total);
    return text_fill(call->mem, failed == 0 ? _("All {n} passed on {time}") : _("{k} of {n} failed on {time}"), "k", k, "n", n,
                     "time", format_time(call->mem, request->submitted_at, call->zone), NULL);
}

static const char *checks_now(const struct call *call, const struct rule_report *report)
{
    int failed, total;
    view_checks_count(report, &failed, &total);
    char k[16], n[16];
    snprintf(k, sizeof k, "%d", failed);
    snprintf(n, sizeof n, "%d", total);
    return text_fill(call->mem, failed == 0 ? _("All {n} pass now") : _("{k} of {n} fail now"), "k", k, "n", n, NULL);
}

static void fill_request(const struct call *call, const struct review *review)
{
    const struct request *request = review->w->request;
    struct tpl_dict *dict = call->page->dict;
    const struct view_badge badge = view_request_badge(request, SIDE_PARTNER);
    tpl_set(dict, "NO", request->no);
    tpl_set(dict, "CUSTOMER", request->customer_name);
    tpl_set(dict, "CUSTOMER_NO", request->customer_no);
    tpl_set(dict, "SUBMITTED", format_time(call->mem, request->submitted_at, call->zone));
    tpl_set(dict, "SUBMITTED_BY", request->submitted_by_name);
    tpl_set(dict, "REASON", view_request_reason(call->mem, request));
    tpl_set(dict, "CHECKS_AT_SUBMIT", checks_at_submit(call, request, review->packed));
    tpl_show_if(dict, "WITH_CHECKS_NOW", review->check != NULL);
    tpl_set(dict, "CHECKS_NOW", review->check != NULL ? checks_now(call, &review->check->report) : "");
    tpl_show_if(dict, "WITH_DECISION_TEXT", request->decision_text[0] != '\0');
    tpl_show_if(dict, "WITH_RECEIPT", request_is_final(request->state));
    tpl_set(dict, "DECISION_TEXT", request->decision_text);
    tpl_set(dict, "BADGE_CSS", badge.css);
    tpl_set(dict, "BADGE", badge.text);
    view_request_timeline(call->mem, tpl_include(dict, "TIMELINE", "part_timeline.html"), request, SIDE_PARTNER, call->zone);
}

static void fill_checks(struct call *call, const struct review *review)
{
    /* Who cannot agree anyway is shown no checks to see to. */
    if (review->check == NULL || review->w->association->partner_is_frozen)
        return;
    const struct view_checks checks = check_call_view(call, review->w, review->check);
    tpl_show(call->page->dict, "WITH_CHECKS");
    if (call->actor.role == ROLE_ADMIN)
        tpl_set(tpl_row(call->page->dict, "CAN_CHECK"), "ONCE", call_once_for(call, "/requests/{no}"));
    check_call_say_fixed(call, review->w, review->check);
    view_checks_fill(call->page, &checks);
}

/* Which of a POST's fields are at hand depends on the form that was sent: a code's has none of these. */
static void fill_form(struct call *call, const struct wizard_call *w)
{
    struct page *page = call->page;
    const char *decision = call_typed(call, "decision", answer_call_decision(w));
    const bool can_agree = !w->association->partner_is_frozen;
    struct tpl_dict *form = tpl_row(page->dict, "FORM");
    tpl_set(form, "ONCE", call_once_for(call, "/requests/{no}"));
    tpl_set_int(form, "REV", w->revision);
    tpl_show_if(form, "CAN_AGREE", can_agree);
    tpl_show_if(form, "REJECT_ONLY", !can_agree);
    tpl_show_if(form, "AGREE_CHOSEN", strcmp(decision, "AGREE") == 0);
    tpl_show_if(form, "REJECT_CHOSEN", strcmp(decision, "REJECT") == 0);
    tpl_set(form, "MESSAGE_TYPED", call_typed(call, "message", w->wizard != NULL ? w->wizard->decision_text : ""));
    page_field(page, "decision", "DECISION_FAULT", "DECISION_ERROR");
    page_field(page, "message", "TEXT_FAULT", "TEXT_ERROR");
    if (!can_agree)
        return;
    const bool was_ticked = w->wizard != NULL && w->wizard->statement_at != INSTANT_NONE;
    view_statement_fill(page, SIDE_PARTNER, NULL, 0);
    view_statement_tick(page, SIDE_PARTNER, strcmp(call_typed(call, "understood", was_ticked ? "1" : ""), "1") == 0);
}

static void fill_who_can(struct call *call, const struct wizard_call *w)
{
    struct page *page = call->page;
    if (answer_call_is_open(w) && call->actor.role != ROLE_ADMIN)
        tpl_show(page->dict, "MANAGER");
    if (w->request->state == REQUEST_PENDING && w->request->initiator == SIDE_PARTNER)
        tpl_show(page->dict, call->actor.role == ROLE_ADMIN ? "OWN" : "OWN_OF_MANAGER");
    if (answer_call_is_open(w) && w->association->partner_is_frozen)
        customer_call_say_frozen(call);
}

static const struct err *show(struct call *call, const struct wizard_call *w, int status, answer_say *say, void *arg)
{
    struct review review = {.call = call, .w = w, .packed = ""};
    TRY(db_transaction(call->db, DB_READ_ONLY, read_review, &review));
    struct page *page = call_page(call, "request_review", heading(call, w->request));
    page->current = "/requests";
    page_crumb(page, "/requests", _("Requests"));
    page_crumb(page, NULL, w->request->no);
    fill_who_can(call, w);
    if (say != NULL)
        say(page, arg);
    fill_request(call, &review);
    fill_checks(call, &review);
    if (answer_call_is_open(w) && call->actor.role == ROLE_ADMIN)
        fill_form(call, w);
    return call_show(call, status);
}

const struct err *request_review_get(struct call *call)
{
    struct wizard_call *w = NULL;
    TRY(answer_call_find(call, &w));
    return w == NULL ? NULL : show(call, w, 0, NULL, NULL);
}

/* --- refusing --------------------------------------------------------------------------------------------------------- */

static void say_answered(struct page *page, void *arg)
{
    const struct request *request = arg;
    page_message(page, TONE_WARN, _("This request was already answered"),
                 text_fill(page->ctx, _("{what}: {time}"), "what", view_request_decision(page->ctx, request, SIDE_PARTNER), "time",
                           format_time(page->ctx, request->decided_at, page->zone), NULL));
}

static const struct err *show_answered(struct call *call, const struct wizard_call *w)
{
    return show(call, w, 409, say_answered, w->request);
}

static void say_checks(struct page *page, const struct rule_report *report)
{
    for (int i = 0; i < RULES; i++) {
        const struct rule_result *result = &report->results[i];
        if (!rule_blocks(result) || cannot_agree[result->code] == NULL)
            continue;
        page_fault(page, "decision", result->outcome == RULE_UNKNOWN
                   ? _("You can’t agree yet: an item can’t be checked right now") : _(cannot_agree[result->code]));
    }
}

static struct answer_faults judge(const struct call *call, const struct wizard_call *w, bool is_agree, bool is_reject)
{
    struct answer_faults faults = {.n = 0};
    const struct field *message = form_field(call->form, "message");
    if (!is_agree && !is_reject)
        answer_call_add_fault(&faults, "decision", _("Select agree or reject"));
    if (is_agree && w->association->partner_is_frozen)
        answer_call_add_fault(&faults, "decision",
                              _("You can’t agree yet: your own account is frozen. You can reject the request."));
    if (is_agree && !form_ticked(call->form, "understood"))
        answer_call_add_fault(&faults, "understood", answer_call_no_tick());
    if (message->fault == FIELD_TOO_LONG)
        answer_call_add_fault(&faults, "message", _("The message must be 500 characters or fewer"));
    else if (is_reject && message->text[0] == '\0')
        answer_call_add_fault(&faults, "message", _("Enter a message to the customer"));
    return faults;
}

const struct answer_page request_review_page = {
    .show = show, .show_answered = show_answered, .say_checks = say_checks, .judge = judge,
};
