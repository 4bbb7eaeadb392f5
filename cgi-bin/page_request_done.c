#include "pages.h"

#include "answer_call.h"
#include "base/text.h"
#include "view/view_request.h"

static void fill(const struct call *call, const struct request *request)
{
    struct tpl_dict *dict = call->page->dict;
    const bool is_agreed = request->state == REQUEST_COMPLETED;
    tpl_set(dict, "TEXT", text_fill(call->mem, is_agreed ? _("{customer} is no longer your customer.")
                                                        : _("We have told {customer} about it."),
                                    "customer", request->customer_name, NULL));
    tpl_show_if(dict, "AGREED", is_agreed);
    tpl_show_if(dict, "REJECTED", !is_agreed);
    tpl_set(dict, "NO", request->no);
    tpl_set(dict, "CUSTOMER", request->customer_name);
    tpl_set(dict, "DECIDED_BY", request->decided_by_name);
    tpl_set(dict, "DECIDED", format_time(call->mem, request->decided_at, call->zone));
    tpl_show_if(dict, "WITH_DECISION_TEXT", request->decision_text[0] != '\0');
    tpl_set(dict, "DECISION_TEXT", request->decision_text);
}

const struct err *request_done_get(struct call *call)
{
    struct wizard_call *w = NULL;
    TRY(answer_call_find(call, &w));
    if (w == NULL)
        return NULL;
    const struct request *request = w->request;
    const bool is_ours = request->decided_by == SIDE_PARTNER && request->initiator == SIDE_CUSTOMER &&
                         (request->state == REQUEST_COMPLETED || request->state == REQUEST_REJECTED);
    if (!is_ours)
        return call_go(call, "/requests/%s", request->no);
    struct page *page = call_page(call, "request_done",
                                  request->state == REQUEST_COMPLETED ? _("You agreed") : _("You rejected the request"));
    page->is_narrow = true;
    page->current = "/requests";
    page_crumb(page, "/requests", _("Requests"));
    page_crumb(page, mem_text(call->mem, "/requests/%s", request->no), request->no);
    page_crumb(page, NULL, page->title);
    fill(call, request);
    return call_show(call, 0);
}
