#include "wizard_call.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "customer_call.h"
#include "known.h"
#include "store/store_association.h"
#include "store/store_request.h"
#include "store/store_wizard.h"

struct load {
    struct call *call;
    const char *no;              /* ANSWER: of the request */
    struct wizard_call *w;
    struct request *open;        /* SUBMIT: the open request, if any */
};

static const struct err *read_row(struct db *db, struct load *load)
{
    struct call *call = load->call;
    struct wizard_call *w = load->w;
    struct wizard *wizard = NULL;
    if (w->known == NULL || call->stamp->has_draft)
        TRY(wizard_find(db, call->mem, call->actor.account_id, w->target.purpose, w->target.target_id, &wizard));
    w->is_expired = wizard != NULL && !wizard_is_live(wizard, call->now);
    w->wizard = w->is_expired ? NULL : wizard;
    w->revision = w->wizard != NULL ? w->wizard->revision : 0;
    w->step = wizard_step(w->wizard, w->target.needs_code, call->actor.session_id, call->now);
    return NULL;
}

static const struct err *read_submit(struct db *db, void *arg)
{
    struct load *load = arg;
    struct wizard_call *w = load->w;
    bool is_partner = w->target.side == SIDE_PARTNER;
    TRY(known_find(load->call, &w->known));
    if (w->known != NULL) {
        w->association = w->known->association;
        load->open = w->known->open;
    } else if (!is_partner) {
        TRY(association_active(db, load->call->mem, load->call->actor.account_id, &w->association));
    }
    if (w->association == NULL)
        return NULL;
    if (w->known == NULL)
        TRY(request_open_with(db, load->call->mem, w->association, &load->open));
    w->operation = rule_operation_of(is_partner, false);
    w->target = (struct wizard_target){
        .purpose = WIZARD_SUBMIT, .target_id = w->association->id, .association_id = w->association->id,
        .side = w->target.side, .needs_code = !is_partner || w->association->partner_code_on,
        .other_name = is_partner ? w->association->customer_name : w->association->partner_name, .request_no = "",
    };
    return read_row(db, load);
}

/* The customer of the path; an association that ended is none any more. *found false: the response is made. */
static const struct err *find_customer(struct call *call, struct wizard_call *w, bool *found)
{
    struct customer_call *c = NULL;
    TRY(customer_call(call, &c));
    *found = c != NULL;
    if (c == NULL)
        return NULL;
    w->association = c->association->status == ASSOCIATION_ACTIVE ? c->association : NULL;
    w->customer_name = c->name;
    w->home = c->path;
    w->start = mem_text(call->mem, "%s/disassociate", c->path);
    w->start_pattern = "/customers/{no}/disassociate";
    return NULL;
}

const struct err *wizard_call_overtaken(struct call *call, const struct wizard_call *w, const char *open_no, bool by_other)
{
    bool is_partner = w->target.side == SIDE_PARTNER;
    if (open_no == NULL)
        call_flash(call, is_partner ? "customer-left" : "not-associated");
    else if (by_other && call->request->method == HTTP_POST)
        call_flash(call, is_partner ? "answer-customer" : "answer-it");
    else if (by_other)
        call_flash(call, is_partner ? "asked-by-customer" : "asked-by-partner");   /* it was only looked at */
    else
        call_flash(call, "already-open");
    return is_partner && open_no != NULL ? call_go(call, "/requests/%s", open_no) : call_go(call, "%s", w->home);
}

const struct err *wizard_call_submit(struct call *call, struct wizard_call **out)
{
    struct load load = {.call = call, .w = mem_new(call->mem, struct wizard_call)};
    bool is_partner = call->actor.kind == ACCOUNT_PARTNER, found = true;
    *out = NULL;
    *load.w = (struct wizard_call){
        .target.side = is_partner ? SIDE_PARTNER : SIDE_CUSTOMER, .start = "/disassociate", .start_pattern = "/disassociate",
        .home = "/my-partner", .customer_name = call->actor.account_name,
    };
    if (is_partner)
        TRY(find_customer(call, load.w, &found));
    if (!found)
        return NULL;
    TRY(db_transaction(call->db, DB_READ_ONLY, read_submit, &load));
    if (load.w->association == NULL)
        return wizard_call_overtaken(call, load.w, NULL, false);
    if (load.open != NULL)
        return wizard_call_overtaken(call, load.w, load.open->no, load.open->initiator != load.w->target.side);
    if (is_partner && load.w->association->partner_is_frozen)
        return call_error_page(call, 409, _("You can’t start a request"),
                               text_fill(call->mem, _("Your own account is frozen. Until it is unfrozen you can’t start a request. "
                                                      "Contact support: {support}"), "support", call_support(call), NULL),
                               load.w->home, _("Go to the customer"));
    *out = load.w;
    return NULL;
}

struct page *wizard_call_page(struct call *call, const struct wizard_call *w, const char *stem, const char *title)
{
    bool is_partner = w->target.side == SIDE_PARTNER;
    struct page *page = call_page(call, stem, title);
    page->is_narrow = true;
    page->current = is_partner ? "/customers" : "/my-partner";
    if (is_partner)
        page_crumb(page, "/customers", _("Customers"));
    page_crumb(page, w->home, is_partner ? w->customer_name : _("My Partner"));
    page_crumb(page, NULL, _("Request disassociation"));
    return page;
}

void wizard_call_words(struct call *call, const struct wizard_call *w)
{
    bool is_partner = w->target.side == SIDE_PARTNER;
    tpl_show_if(call->page->dict, "FOR_PARTNER", is_partner);
    tpl_show_if(call->page->dict, "FOR_CUSTOMER", !is_partner);
    tpl_set(call->page->dict, "START", w->start);
    tpl_set(call->page->dict, "HOME", w->home);
}

static const struct err *read_answer(struct db *db, void *arg)
{
    struct load *load = arg;
    struct wizard_call *w = load->w;
    int64_t account_id = load->call->actor.account_id;
    TRY(request_load_no(db, load->call->mem, load->no, &w->request));
    if (w->request == NULL || (w->request->partner_id != account_id && w->request->customer_id != account_id)) {
        w->request = NULL;
        return NULL;
    }
    TRY(association_load(db, load->call->mem, w->request->association_id, &w->association));
    if (w->association == NULL)
        return err_new(ERR_BUG, 0, "request %s has no association", load->no);
    bool is_partner = w->request->partner_id == account_id;
    w->operation = rule_operation_of(is_partner, true);
    w->target = (struct wizard_target){
        .purpose = WIZARD_ANSWER, .target_id = w->request->id, .association_id = w->association->id,
        .side = is_partner ? SIDE_PARTNER : SIDE_CUSTOMER, .needs_code = !is_partner || w->association->partner_code_on,
        .other_name = is_partner ? w->association->customer_name : w->association->partner_name,
        .request_no = w->request->no,
    };
    w->customer_name = w->association->customer_name;
    w->home = is_partner ? "/requests" : "/my-partner";
    w->start = mem_text(load->call->mem, "%s/%s", is_partner ? "/requests" : "/process-request", w->request->no);
    w->start_pattern = is_partner ? "/requests/{no}" : "/process-request/{no}";
    return read_row(db, load);
}

const struct err *wizard_call_answer(struct call *call, const char *no, struct wizard_call **out)
{
    struct load load = {.call = call, .no = no, .w = mem_new(call->mem, struct wizard_call)};
    *out = NULL;
    TRY(db_transaction(call->db, DB_READ_ONLY, read_answer, &load));
    if (load.w->request == NULL)
        return call_missing(call);
    *out = load.w;
    return NULL;
}

static const struct err *read_again(struct db *db, void *arg) { return read_row(db, arg); }

const struct err *wizard_call_reload(struct call *call, struct wizard_call *w)
{
    struct load load = {.call = call, .w = w};
    return db_transaction(call->db, DB_READ_ONLY, read_again, &load);
}

const char *wizard_call_path(struct call *call, const struct wizard_call *w, enum wizard_step step)
{
    static const char *const names[] = {[STEP_CHECK] = "check", [STEP_VERIFY] = "verify", [STEP_REASON] = "reason"};
    if (w->target.purpose == WIZARD_SUBMIT)
        return step == STEP_DONE ? w->home : mem_text(call->mem, "%s/%s", w->start, names[step]);
    if (step == STEP_VERIFY)
        return mem_text(call->mem, "%s/verify", w->start);
    return request_is_final(w->request->state) ? mem_text(call->mem, "%s/done", w->start) : w->start;
}

bool wizard_call_leads_away(struct call *call, const struct wizard_call *w, enum wizard_step step)
{
    /* The code step is about a draft's code; without a draft there is nothing to type it for. */
    if (call->is_stale && (w->wizard != NULL || step != STEP_VERIFY))
        return false;
    if (wizard_may_open(w->wizard, step, w->target.needs_code, call->actor.session_id, call->now))
        return false;
    /* A proof that ran out sends back to the code step, which says so itself. */
    bool ran_out = step > STEP_VERIFY && w->step == STEP_VERIFY &&
                   wizard_grant(w->wizard, call->actor.session_id, call->now) != GRANT_NONE;
    if (w->is_expired)
        call_flash(call, "draft-gone");
    else if (!ran_out)
        call_flash(call, "finish-first");
    http_redirect(call->response, wizard_call_path(call, w, w->step));
    return true;
}

const struct err *wizard_call_go_on(struct call *call, struct wizard_call *w, const char *flash)
{
    TRY(wizard_call_reload(call, w));
    if (flash[0] != '\0')
        call_flash(call, flash);
    return call_go(call, "%s", wizard_call_path(call, w, w->step));
}

bool wizard_call_holds_answers(const struct wizard_call *w)
{
    const struct wizard *wizard = w->wizard;
    return wizard != NULL && (wizard->statement_at != INSTANT_NONE || wizard->reason != REASON_NONE ||
                              wizard->decision != REQUEST_EVENTS);
}

bool wizard_call_holds_reason(const struct wizard_call *w)
{
    return w->wizard != NULL && (w->wizard->reason != REASON_NONE || w->wizard->reason_text[0] != '\0');
}

void wizard_call_messages(struct call *call, const struct wizard_call *w)
{
    struct page *page = call->page;
    if (!wizard_call_holds_answers(w))
        return;
    if (strcmp(call->flash, "kept") == 0) {
        page_message(page, TONE_INFO,
                     text_fill(call->mem, _("We kept your answers from {time}"), "time",
                               format_time(call->mem, w->wizard->updated_at, call->zone), NULL),
                     _("Go on here, or start again."));
        struct tpl_dict *again = tpl_row(page->dict, "AGAIN");
        tpl_set(again, "ONCE", call_once_for(call, mem_text(call->mem, "%s/cancel", w->start_pattern)));
        tpl_set(again, "START", w->start);
    }
    if (w->wizard->opened_by_user_id != call->actor.user_id)
        page_message(page, TONE_INFO,
                     text_fill(call->mem, _("{name} started this request at {time}"), "name", w->wizard->opened_by_name,
                               "time", format_time(call->mem, w->wizard->opened_at, call->zone), NULL),
                     _("You can continue it here."));
}

const char *call_once_for(struct call *call, const char *page_pattern)
{
    return guard_once_make(call->mem, &call->site->once_key, call->session_token, page_pattern, call->now);
}
