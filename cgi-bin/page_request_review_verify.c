/* The code of an answer, of either side: right, it carries the decision out in the same step. */
#include "answer_call.h"
#include "base/text.h"
#include "pages.h"
#include "view/view_steps.h"

const struct field_spec answer_verify_query[] = WIZARD_CODE_QUERY;
const struct field_spec answer_verify_fields[] = WIZARD_CODE_FIELDS;
const struct field_spec answer_send_fields[] = WIZARD_SEND_FIELDS;

/* [is_agree]. A name does not stand before a full stop: it may end in one. */
static const char *const sentences[SIDES][2] = {
    [SIDE_PARTNER] = {N_("You are about to reject the request of {customer} to leave."),
                      N_("You are about to agree that {customer} leaves you.")},
    [SIDE_CUSTOMER] = {N_("You are about to reject the request of {partner}"), N_("You are about to agree to leave {partner}")},
};

static const char *sentence(const struct call *call, const struct wizard_call *w)
{
    return text_fill(call->mem, _(sentences[w->target.side][w->wizard->decision == REQUEST_AGREE]), "customer",
                     w->request->customer_name, "partner", w->request->partner_name, NULL);
}

static const struct err *show(struct call *call, struct wizard_call *w, const struct code_fault *fault)
{
    bool is_partner = w->target.side == SIDE_PARTNER;
    struct page *page = call_page(call, is_partner ? "request_review_verify" : "process_request_verify", _("Verify it’s you"));
    page->is_narrow = true;
    page->current = w->home;
    TRY(code_call_fill(call, w, w->start, w->start, sentence(call, w), fault));
    page_crumb(page, w->home, is_partner ? _("Requests") : _("My Partner"));
    page_crumb(page, w->start, is_partner ? w->request->no : _("Answer the request"));
    page_crumb(page, NULL, page->title);
    if (!is_partner)
        view_steps_answer(page, 1);
    return call_show(call, 0);
}

/* The request, when it is one to prove a code for now; *out NULL: the response is made. */
static const struct err *find(struct call *call, struct wizard_call **out)
{
    struct wizard_call *w = NULL;
    *out = NULL;
    TRY(answer_call_find(call, &w));
    if (w == NULL)
        return NULL;
    if (!answer_call_is_open(w) || !w->target.needs_code)
        return call_go(call, "%s", w->start);
    if (!wizard_call_leads_away(call, w, STEP_VERIFY))
        *out = w;
    return NULL;
}

const struct err *answer_verify_get(struct call *call)
{
    static const struct code_fault none = {.field = "", .text = NULL};
    struct wizard_call *w = NULL;
    TRY(find(call, &w));
    return w == NULL ? NULL : show(call, w, &none);
}

const struct err *answer_verify_post(struct call *call)
{
    struct wizard_call *w = NULL;
    struct code_fault fault;
    enum code_compared how = COMPARED_ANSWERED;
    int64_t revision = 0;
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
    const enum request_event decision = w->wizard != NULL ? w->wizard->decision : REQUEST_EVENTS;
    TRY(code_call_compare(call, w, &how, &revision, &fault));
    switch (how) {
    case COMPARED_RIGHT:
        return answer_call_decide(call, w, revision, decision);
    case COMPARED_FAULT:
        return show(call, w, &fault);
    case COMPARED_GONE:
        return answer_call_show_answered(call, w);
    case COMPARED_ANSWERED:
        break;
    }
    return NULL;
}

const struct err *answer_send_post(struct call *call)
{
    struct wizard_call *w = NULL;
    struct code_fault fault;
    TRY(find(call, &w));
    if (w == NULL)
        return NULL;
    TRY(code_call_send(call, w, &fault));
    return fault.text != NULL ? show(call, w, &fault) : NULL;
}
