/* The partner's receipt for a request of its own. Stays readable, whatever becomes of it. */
#include "answer_call.h"
#include "base/text.h"
#include "customer_call.h"
#include "pages.h"
#include "view/view_customer.h"
#include "view/view_request.h"
#include "view/view_steps.h"

const struct err *request_sent_get(struct call *call)
{
    struct wizard_call *w = NULL;
    bool is_masked = false, gets_email = false;
    TRY(answer_call_find(call, &w));
    if (w == NULL)
        return NULL;
    const struct request *request = w->request;
    if (request->initiator != SIDE_PARTNER)
        return call_go(call, "%s", w->start);
    TRY(customer_call_is_masked(call, &is_masked));
    const char *name = view_customer_name(call->mem, request->customer_name, is_masked);
    struct page *page = call_page(call, "request_sent", text_fill(call->mem, _("Your request has been sent to {customer}"),
                                                                  "customer", name, NULL));
    page->is_narrow = true;
    page->current = "/requests";
    page_crumb(page, "/requests", _("Requests"));
    page_crumb(page, w->start, request->no);
    page_crumb(page, NULL, _("Request disassociation"));
    TRY(call_gets_email(call, &gets_email));
    tpl_show_if(page->dict, "BY_EMAIL", gets_email);
    tpl_show_if(page->dict, "NOT_BY_EMAIL", !gets_email);
    tpl_set(page->dict, "NO", request->no);
    tpl_set(page->dict, "CUSTOMER", name);
    tpl_set(page->dict, "CUSTOMER_NO", request->customer_no);
    tpl_set(page->dict, "SUBMITTED", format_time(call->mem, request->submitted_at, call->zone));
    tpl_set(page->dict, "REASON", view_request_reason(call->mem, request));
    tpl_set(page->dict, "UNTIL", text_fill(call->mem, _("The customer can answer until {until}. After that the request expires."),
                                           "until", format_time(call->mem, request->deadline_at, call->zone), NULL));
    view_steps_submit(page, 3, w->association->partner_code_on);
    return call_show(call, 0);
}
