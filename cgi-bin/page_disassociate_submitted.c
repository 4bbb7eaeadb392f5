/* Step 4: the receipt. Stays readable for the customer, whatever becomes of the request: once it is closed, it tells its outcome.
 * A request that the partner has sent has a page of its own, and this one leads to it. */
#include "base/text.h"
#include "domain/quota.h"
#include "pages.h"
#include "store/store_facts.h"
#include "store/store_request.h"
#include "view/view_request.h"
#include "view/view_steps.h"

struct receipt { struct call *call; struct request *request; struct rule_set *set; struct facts *facts; };

static const struct err *read(struct db *db, void *arg)
{
    struct receipt *receipt = arg;
    struct call *call = receipt->call;
    TRY(request_load_no(db, call->mem, call->vars.values[0], &receipt->request));
    if (receipt->request != NULL && receipt->request->customer_id != call->actor.account_id)
        receipt->request = NULL;
    const struct request *request = receipt->request;
    if (request == NULL || request->initiator != SIDE_CUSTOMER)
        return NULL;
    TRY(rule_set_load(db, call->mem, &receipt->set));
    return facts_load(db, call->mem, request->customer_id, request->partner_id, SIDE_CUSTOMER, receipt->set, call->now,
                      &receipt->facts);
}

static const char *number(struct call *call, int64_t n) { return mem_text(call->mem, "%lld", (long long)n); }

static void fill(struct call *call, const struct receipt *receipt)
{
    const struct request *request = receipt->request;
    struct tpl_dict *dict = call->page->dict;
    int64_t months = receipt->set->rows[RULE_Q].months;
    tpl_set(dict, "NO", request->no);
    tpl_set(dict, "PARTNER", request->partner_name);
    tpl_set(dict, "SUBMITTED", format_time(call->mem, request->submitted_at, call->zone));
    tpl_set(dict, "SUBMITTED_ISO", format_iso(call->mem, request->submitted_at, call->zone));
    tpl_set(dict, "REASON", reason_text(request->reason, request->initiator));
    tpl_show_if(dict, "WITH_DETAILS", request->reason_text[0] != '\0');
    tpl_set(dict, "DETAILS", request->reason_text);
    tpl_set(dict, "NEXT_PARTNER", text_fill(call->mem, _("{partner} reviews your request."), "partner", request->partner_name, NULL));
    tpl_set(dict, "USED",
            text_fill(call->mem, ngettext("{n} of {limit} in the last {months} month", "{n} of {limit} in the last {months} months",
                                          (unsigned long)months),
                      "n", number(call, quota_used(&receipt->facts->quota, call->now)),
                      "limit", number(call, receipt->facts->quota.limit), "months", number(call, months), NULL));
}

static void fill_outcome(struct call *call, const struct request *request)
{
    struct tpl_dict *closed = tpl_row(call->page->dict, "CLOSED");
    const struct view_badge badge = view_request_badge(request, SIDE_CUSTOMER);
    tpl_set(closed, "CLOSED_NO", request->no);
    tpl_set(closed, "BADGE_CSS", badge.css);
    tpl_set(closed, "BADGE", badge.text);
    view_request_timeline(call->mem, tpl_include(closed, "TIMELINE", "part_timeline.html"), request, SIDE_CUSTOMER, call->zone);
    tpl_show_if(closed, "WITH_DECISION_TEXT", request->decision_text[0] != '\0');
    tpl_set(closed, "DECISION_TEXT", request->decision_text);
}

const struct err *disassociate_submitted_get(struct call *call)
{
    struct receipt receipt = {.call = call};
    bool gets_email = false;
    TRY(db_transaction(call->db, DB_READ_ONLY, read, &receipt));
    if (receipt.request == NULL)
        return call_missing(call);
    if (receipt.request->initiator != SIDE_CUSTOMER)
        return call_go(call, "/process-request/%s", receipt.request->no);
    const bool is_closed = request_is_final(receipt.request->state);
    struct page *page = call_page(call, "disassociate_submitted",
                                  is_closed ? text_fill(call->mem, _("Disassociation request {no}"), "no", receipt.request->no, NULL)
                                            : _("Your disassociation request has been submitted"));
    page->is_narrow = true;
    page->current = "/my-partner";
    page_crumb(page, "/my-partner", _("My Partner"));
    page_crumb(page, NULL, _("Request disassociation"));
    TRY(call_gets_email(call, &gets_email));
    tpl_show_if(page->dict, "BY_EMAIL", gets_email);
    tpl_show_if(page->dict, "NOT_BY_EMAIL", !gets_email);
    fill(call, &receipt);
    tpl_show_if(page->dict, "OPEN", !is_closed);
    if (is_closed)
        fill_outcome(call, receipt.request);
    else
        view_steps_submit(page, 3, true);
    return call_show(call, 0);
}
