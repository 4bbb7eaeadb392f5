#include "pages.h"

#include "action/decide.h"
#include "base/clock.h"
#include "base/text.h"
#include "own_request.h"
#include "view/view_request.h"

/* Where it is withdrawn from, and shown afterwards: the customer's /my-partner, the partner's page about the request. */
static const char *home(struct call *call, const struct request *request)
{
    return request->initiator == SIDE_PARTNER ? mem_text(call->mem, "/requests/%s", request->no) : "/my-partner";
}

/* There is nothing left to withdraw: what became of it, and when. */
static const struct err *show_too_late(struct call *call, const struct request *request)
{
    const char *what = view_request_decision(call->mem, request, request->initiator);
    const char *text = text_fill(call->mem, _("{what}: {time}"), "what", what, "time",
                                 format_time(call->mem, request->decided_at, call->zone), NULL);
    const char *title = request->state == REQUEST_WITHDRAWN ? _("This request was already withdrawn")
        : request->decided_by == SIDE_SYSTEM ? _("This request has already ended") : _("This request was already answered");
    return call_error_page(call, 409, title, text, home(call, request),
                           request->initiator == SIDE_PARTNER ? _("Go to the request") : _("Go to My Partner"));
}

static const struct err *show(struct call *call, const struct request *request)
{
    struct page *page = call_page(call, "withdraw", _("Withdraw your request?"));
    page->is_narrow = true;
    bool is_partner = request->initiator == SIDE_PARTNER;
    page->current = is_partner ? "/requests" : "/my-partner";
    page_crumb(page, page->current, is_partner ? _("Requests") : _("My Partner"));
    if (is_partner)
        page_crumb(page, home(call, request), request->no);
    page_crumb(page, NULL, page->title);
    tpl_show_if(page->dict, "FOR_PARTNER", is_partner);
    tpl_show_if(page->dict, "FOR_CUSTOMER", !is_partner);
    tpl_set(page->dict, "ACTION", call->request->path);
    tpl_set(page->dict, "HOME", home(call, request));
    tpl_set(page->dict, "NO", request->no);
    tpl_set(page->dict, "PARTNER_NAME", request->partner_name);
    tpl_set(page->dict, "CUSTOMER_NAME", request->customer_name);
    tpl_set(page->dict, "SUBMITTED", format_time(call->mem, request->submitted_at, call->zone));
    tpl_set(page->dict, "REASON", view_request_reason(call->mem, request));
    tpl_show_if(page->dict, "ESCALATED", request->escalated_at != INSTANT_NONE);
    return call_show(call, 0);
}

const struct err *withdraw_get(struct call *call)
{
    struct request *request = NULL;
    TRY(own_request_find(call, &request));
    if (request == NULL)
        return call_missing(call);
    return request_is_final(request->state) ? show_too_late(call, request) : show(call, request);
}

const struct err *withdraw_post(struct call *call)
{
    struct request *request = NULL;
    struct decide_result result = {.outcome = DECIDE_DONE};
    TRY(own_request_find(call, &request));
    if (request == NULL)
        return call_missing(call);
    struct act *act = call_act(call, home(call, request));
    TRY(withdraw_request(act, request->id, &result));
    if (!act->is_done)
        TRY(act_seen_before(act));
    if (act->is_done) {
        call_flash(call, request->initiator == SIDE_PARTNER ? "withdrew" : "withdrawn");
        return call_go(call, "%s", act->location);
    }
    if (result.request != NULL && request_is_final(result.request->state))
        return show_too_late(call, result.request);
    return err_new(ERR_CONFLICT, 0, "request %s could not be withdrawn: outcome %d", request->no, (int)result.outcome);
}
