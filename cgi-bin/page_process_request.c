/* The customer's page about its partner's request: what was asked, the account checks, what happens after leaving, the answer. */
#include <string.h>

#include "answer_call.h"
#include "base/clock.h"
#include "base/text.h"
#include "check_call.h"
#include "domain/statement.h"
#include "pages.h"
#include "resource_call.h"
#include "view/view_request.h"
#include "view/view_statement.h"
#include "view/view_steps.h"

static void fill_request(struct call *call, const struct request *request)
{
    struct tpl_dict *dict = call->page->dict;
    tpl_set(dict, "NO", request->no);
    tpl_set(dict, "PARTNER", request->partner_name);
    tpl_set(dict, "RECEIVED", format_time(call->mem, request->submitted_at, call->zone));
    tpl_set(dict, "REASON", view_request_reason(call->mem, request));
    tpl_set(dict, "SILENCE", view_request_silence(call->mem, request, SIDE_CUSTOMER, call->zone));
}

static void fill_form(struct call *call, const struct wizard_call *w, bool can_agree)
{
    struct page *page = call->page;
    const struct wizard *wizard = w->wizard;
    bool was_ticked = wizard != NULL && wizard->statement_at != INSTANT_NONE &&
                      strcmp(wizard->statement_version, STATEMENT_VERSION) == 0;
    struct tpl_dict *form = tpl_row(page->dict, "FORM");
    tpl_set(form, "ONCE", call_once_for(call, w->start_pattern));
    tpl_set_int(form, "REV", w->revision);
    tpl_set(form, "MESSAGE_TYPED", call_typed(call, "message", wizard != NULL ? wizard->decision_text : ""));
    page_field(page, "message", "TEXT_FAULT", "TEXT_ERROR");
    tpl_show_if(page->dict, "CAN_AGREE", can_agree);
    if (!can_agree)
        return;
    view_statement_fill(page, SIDE_CUSTOMER, NULL, 0);
    view_statement_tick(page, SIDE_CUSTOMER, strcmp(call_typed(call, "understood", was_ticked ? "1" : ""), "1") == 0);
}

static const struct err *show(struct call *call, const struct wizard_call *w, int status, answer_say *say, void *arg)
{
    struct check *check = NULL;
    const bool may_act = call->actor.role == ROLE_OWNER;
    int failed = 0, total = 0;
    TRY(check_call_now(call, w, &check));
    const struct view_checks checks = check_call_view(call, w, check);
    struct page *page = call_page(call, "process_request", _("Agree or reject"));
    page->is_narrow = true;
    page->current = "/my-partner";
    page_crumb(page, "/my-partner", _("My Partner"));
    page_crumb(page, NULL, _("Answer the request"));
    view_checks_count(&check->report, &failed, &total);
    check_call_say_fixed(call, w, check);
    view_checks_message(page, &checks);
    if (say != NULL)
        say(page, arg);
    fill_request(call, w->request);
    tpl_show_if(page->dict, "VIEWER", !may_act);
    if (failed > 0 && may_act) {
        struct tpl_dict *again = tpl_row(page->dict, "CHECK_AGAIN");
        tpl_set(again, "ONCE", call_once_for(call, w->start_pattern));
        tpl_set(again, "CHECKED",
                text_fill(call->mem, _("Last checked {time}."), "time", format_time(call->mem, call->now, call->zone), NULL));
    }
    view_checks_fill(page, &checks);
    if (may_act)
        fill_form(call, w, failed == 0);
    if (failed == 0) {
        struct resource_call seen = {.n = 0};
        TRY(resource_call_read(call, call->actor.account_id, &seen));
        resource_call_impact(call, &seen, false);
    }
    view_steps_answer(page, 0);
    return call_show(call, status != 0 || call->request->method == HTTP_POST ? status : 200);
}

/* There is nothing left to answer: what became of it, and when. */
static const struct err *show_answered(struct call *call, const struct wizard_call *w)
{
    const struct request *request = w->request;
    const char *what = view_request_decision(call->mem, request, SIDE_CUSTOMER);
    const char *title = request->state == REQUEST_WITHDRAWN ? _("Your partner withdrew this request")
        : request->decided_by == SIDE_SYSTEM || request->state == REQUEST_CANCELLED ? _("This request has already ended")
                                                                                    : _("This request was already answered");
    const char *text = text_fill(call->mem, _("{what}: {time}"), "what", what, "time",
                                 format_time(call->mem, request->decided_at, call->zone), NULL);
    return call_error_page(call, 409, title, text, "/my-partner", _("Go to My Partner"));
}

/* The page is shown with the checks as they are now: which fail, and what to do. */
static void say_checks(struct page *page, const struct rule_report *report)
{
    (void)report;
    page_message(page, TONE_WARN, _("Something changed while you were here"), _("Fix this item, then agree. You can reject now."));
}

static struct answer_faults judge(const struct call *call, const struct wizard_call *w, bool is_agree, bool is_reject)
{
    struct answer_faults faults = {.n = 0};
    (void)w;
    if (!is_agree && !is_reject)
        answer_call_add_fault(&faults, "agree", _("Choose Agree or Reject"));
    if (is_agree && !form_ticked(call->form, "understood"))
        answer_call_add_fault(&faults, "understood", answer_call_no_tick());
    if (is_reject && form_field(call->form, "message")->fault == FIELD_TOO_LONG)
        answer_call_add_fault(&faults, "message", _("The reason must be 500 characters or fewer"));
    return faults;
}

const struct answer_page process_request_page = {
    .show = show, .show_answered = show_answered, .say_checks = say_checks, .judge = judge,
};

const struct err *process_request_get(struct call *call)
{
    struct wizard_call *w = NULL;
    TRY(answer_call_find(call, &w));
    if (w == NULL)
        return NULL;
    if (w->request->initiator == SIDE_CUSTOMER)
        return call_missing(call);   /* its own: the partner answers it */
    return request_is_final(w->request->state) ? show_answered(call, w) : show(call, w, 0, NULL, NULL);
}
