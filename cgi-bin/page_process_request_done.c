/* What came of the customer's answer, and what to do now. Stays readable. */
#include "answer_call.h"
#include "base/text.h"
#include "pages.h"
#include "routes.h"
#include "store/store_payment.h"
#include "view/view_steps.h"

static const struct err *fill(struct call *call, const struct request *request)
{
    struct tpl_dict *dict = call->page->dict;
    struct payment_method *method = NULL;
    bool is_agreed = request->state == REQUEST_COMPLETED;
    TRY(payment_method_to_charge(call->db, call->mem, request->customer_id, call->now, &method));
    tpl_set(dict, "TEXT", is_agreed ? text_fill(call->mem, _("You are no longer associated with {partner}"), "partner",
                                                request->partner_name, NULL)
                                    : _("You stay associated with this partner. We have told them about your decision."));
    tpl_show_if(dict, "AGREED", is_agreed);
    tpl_show_if(dict, "REJECTED", !is_agreed);
    tpl_show_if(dict, "PAYS_BY_METHOD", method != NULL);
    tpl_show_if(dict, "LACKS_METHOD", method == NULL);
    tpl_show_if(dict, "CAN_ADD_PAYMENT", route_page("/payment-method") != NULL && call->actor.role == ROLE_OWNER);
    tpl_set(dict, "NO", request->no);
    tpl_set(dict, "PARTNER", request->partner_name);
    tpl_set(dict, "DECIDED_BY", request->decided_by_name);
    tpl_set(dict, "DECIDED", format_time(call->mem, request->decided_at, call->zone));
    tpl_show_if(dict, "WITH_REASON", request->decision_text[0] != '\0');
    tpl_set(dict, "DECISION_TEXT", request->decision_text);
    return NULL;
}

const struct err *process_request_done_get(struct call *call)
{
    struct wizard_call *w = NULL;
    TRY(answer_call_find(call, &w));
    if (w == NULL)
        return NULL;
    const struct request *request = w->request;
    bool is_ours = request->decided_by == SIDE_CUSTOMER && request->initiator == SIDE_PARTNER &&
                   (request->state == REQUEST_COMPLETED || request->state == REQUEST_REJECTED);
    if (!is_ours)
        return call_go(call, "%s", w->start);
    struct page *page = call_page(call, "process_request_done",
                                  request->state == REQUEST_COMPLETED ? _("You have been successfully disassociated")
                                                                      : _("You rejected your partner’s request"));
    page->is_narrow = true;
    page->current = "/my-partner";
    page_crumb(page, "/my-partner", _("My Partner"));
    page_crumb(page, NULL, _("Answer the request"));
    TRY(fill(call, request));
    view_steps_answer(page, 2);
    return call_show(call, 0);
}
