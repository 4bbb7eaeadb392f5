#include "pages.h"

#include <string.h>

#include "action/ops_decide.h"
#include "action/ops_freeze.h"
#include "base/clock.h"
#include "base/text.h"
#include "store/store_association.h"
#include "store/store_request.h"
#include "view/view_checks.h"
#include "view/view_customer.h"
#include "view/view_request.h"

static const char *const decisions[] = {"COMPLETE", "REJECT", NULL};

const struct field_spec escalation_fields[] = {
    {.name = "decision", .kind = FIELD_CHOICE, .choices = decisions},
    {.name = "note", .kind = FIELD_LINES, .max = OPS_NOTE_MAX_POINTS},
    {.name = NULL},
};

/* --- reading ---------------------------------------------------------------------------------------------------------- */

struct escalation {
    struct call *call;
    struct request *request;             /* NULL: unknown, or it never was the platform's */
    struct association *association;
    struct freeze *customer_freeze, *partner_freeze;   /* NULL: none */
    struct check *check;                 /* now; NULL once it is closed */
};

static const struct err *read_all(struct db *db, void *arg)
{
    struct escalation *e = arg;
    struct call *call = e->call;
    e->request = NULL;
    if (!request_no_is_valid(call->vars.values[0]))
        return NULL;
    TRY(request_load_no(db, call->mem, call->vars.values[0], &e->request));
    if (e->request == NULL || e->request->escalated_at == INSTANT_NONE) {
        e->request = NULL;
        return NULL;
    }
    TRY(association_load(db, call->mem, e->request->association_id, &e->association));
    TRY(freeze_open(db, call->mem, e->request->customer_id, &e->customer_freeze));
    TRY(freeze_open(db, call->mem, e->request->partner_id, &e->partner_freeze));
    if (request_is_final(e->request->state))
        return NULL;
    return check_compute(db, call->mem, e->association, SIDE_PARTNER, OPERATION_PARTNER_AGREE, call->now, &e->check);
}

static const struct err *find(struct call *call, struct escalation *e)
{
    *e = (struct escalation){.call = call};
    TRY(db_transaction(call->db, DB_READ_ONLY, read_all, e));
    return e->request == NULL ? call_missing(call) : NULL;
}

/* --- showing ---------------------------------------------------------------------------------------------------------- */

static bool is_operator(const struct call *call) { return call->actor.role == ROLE_OPS; }

static bool is_open(const struct escalation *e) { return !request_is_final(e->request->state); }

static void fill_request(const struct escalation *e)
{
    const struct call *call = e->call;
    const struct request *request = e->request;
    struct tpl_dict *dict = call->page->dict;
    const struct view_badge badge = view_request_badge(request, SIDE_PLATFORM);
    tpl_set(dict, "NO", request->no);
    tpl_set(dict, "SUBMITTED", format_time(call->mem, request->submitted_at, call->zone));
    tpl_set(dict, "SUBMITTED_BY", request->submitted_by_name);
    tpl_set(dict, "REASON", view_request_reason(call->mem, request));
    tpl_show_if(dict, "WITH_NOTE", request->decision_text[0] != '\0');
    tpl_set(dict, "DECISION_TEXT", request->decision_text);
    tpl_set(dict, "BADGE_CSS", badge.css);
    tpl_set(dict, "BADGE", badge.text);
    view_request_timeline(call->mem, tpl_include(dict, "TIMELINE", "part_timeline.html"), request, SIDE_PLATFORM, call->zone);
}

static const char *contact_of(const struct call *call, const struct association *association)
{
    const char *email = association->partner_email, *phone = association->partner_phone;
    return email[0] != '\0' && phone[0] != '\0' ? mem_text(call->mem, "%s, %s", email, phone) : email[0] != '\0' ? email : phone;
}

struct party { enum account_kind kind; const char *id, *heading, *name, *no, *contact; const struct freeze *freeze; };

static void fill_party(const struct escalation *e, const struct party *party)
{
    const struct call *call = e->call;
    const struct freeze *freeze = party->freeze;
    struct tpl_dict *row = tpl_row(call->page->dict, "PARTY");
    const struct view_badge badge = view_freeze_badge(freeze != NULL, freeze != NULL ? freeze->type : FREEZE_ACCOUNT);
    tpl_set(row, "PARTY_ID", party->id);
    tpl_set(row, "PARTY_HEADING", party->heading);
    tpl_set(row, "PARTY_NAME", party->name);
    tpl_set(row, "PARTY_NO", party->no);
    tpl_set(row, "FREEZE_CSS", badge.css);
    tpl_set(row, "FREEZE_BADGE", badge.text);
    tpl_show_if(row, "PARTY_CONTACT", party->contact[0] != '\0');
    tpl_set(row, "CONTACT", party->contact);
    if (party->kind == ACCOUNT_CUSTOMER) {
        tpl_show(row, "PARTY_ASSOCIATION");
        tpl_set(row, "SINCE", format_date(call->mem, e->association->associated_at, call->zone));
        tpl_set(row, "MODEL", e->association->model == MODEL_RESELLER ? _("Reseller – the partner bills the customer")
                                                                      : _("Referral – the platform bills the customer"));
    }
    if (freeze == NULL)
        return;
    tpl_show(row, "PARTY_FREEZE");
    tpl_set(row, "FREEZE_SOURCE", view_freeze_source_for_platform(freeze->source));
    tpl_set(row, "FREEZE_SINCE", format_time(call->mem, freeze->at, call->zone));
    tpl_set(row, "FREEZE_REASON", freeze->reason);
    tpl_show_if(row, "PARTY_LIFT", is_open(e) && is_operator(call) && freeze_is_platforms(freeze, party->kind));
    tpl_set(row, "LIFT_HREF", mem_text(call->mem, "/freezes/%lld/lift?request=%s", (long long)freeze->id, e->request->no));
}

static void fill_parties(const struct escalation *e)
{
    const struct request *request = e->request;
    fill_party(e, &(struct party){ACCOUNT_CUSTOMER, "customer", _("Customer"), request->customer_name, request->customer_no, "",
                                  e->customer_freeze});
    fill_party(e, &(struct party){ACCOUNT_PARTNER, "partner", _("Partner"), request->partner_name, request->partner_no,
                                  contact_of(e->call, e->association), e->partner_freeze});
}

static struct view_checks checks_of(const struct escalation *e, const struct check *check)
{
    return (struct view_checks){
        .set = check->set, .facts = check->facts, .report = &check->report, .for_partner = true, .for_platform = true,
        .partner_email = "", .partner_phone = "", .kept_days = e->call->site->config->request.retention_days,
    };
}

static void fill_contracts(const struct escalation *e)
{
    const struct facts *facts = e->check->facts;
    for (size_t i = 0; i < facts->contracts_n; i++) {
        if (!facts_contract_holds(&facts->contracts[i], e->call->now))
            continue;
        struct tpl_dict *row = tpl_row(e->call->page->dict, "CONTRACT");
        tpl_show(e->call->page->dict, "CONTRACTS");
        tpl_set(row, "CONTRACT_NUMBER", facts->contracts[i].number);
        tpl_set_int(row, "CONTRACT_ID", facts->contracts[i].id);
    }
}

static void fill_form(const struct escalation *e)
{
    const struct call *call = e->call;
    struct page *page = call->page;
    const char *decision = call_typed(call, "decision", "");
    tpl_show(page->dict, "FORM");
    tpl_show_if(page->dict, "COMPLETE_CHOSEN", strcmp(decision, "COMPLETE") == 0);
    tpl_show_if(page->dict, "REJECT_CHOSEN", strcmp(decision, "REJECT") == 0);
    tpl_set(page->dict, "NOTE_TYPED", call_typed(call, "note", ""));
    page_field(page, "decision", "DECISION_FAULT", "DECISION_ERROR");
    page_field(page, "note", "NOTE_FAULT", "NOTE_ERROR");
}

static struct page *make_page(const struct escalation *e)
{
    struct page *page = call_page(e->call, "escalation", text_fill(e->call->mem, _("Request of {customer}"), "customer",
                                                                   e->request->customer_name, NULL));
    page->current = "/escalations";
    page_crumb(page, "/escalations", _("Escalated requests"));
    page_crumb(page, NULL, e->request->no);
    return page;
}

static const struct err *show(const struct escalation *e, int status)
{
    struct call *call = e->call;
    fill_request(e);
    fill_parties(e);
    if (is_open(e)) {
        const struct view_checks checks = checks_of(e, e->check);
        tpl_show(call->page->dict, "WITH_CHECKS");
        view_checks_fill(call->page, &checks);
        if (is_operator(call)) {
            fill_contracts(e);
            fill_form(e);
        }
    }
    tpl_show_if(call->page->dict, "AUDITOR", is_open(e) && !is_operator(call));
    return call_show(call, status);
}

const struct err *escalation_get(struct call *call)
{
    struct escalation e;
    TRY(find(call, &e));
    if (e.request == NULL)
        return NULL;
    (void)make_page(&e);
    return show(&e, 0);
}

/* --- deciding --------------------------------------------------------------------------------------------------------- */

static const struct err *show_answered(const struct escalation *e)
{
    const struct request *request = e->request;
    page_message(make_page(e), TONE_WARN, _("This request was already answered"),
                 text_fill(e->call->mem, _("{what}: {time}"), "what", view_request_decision(e->call->mem, request, SIDE_PLATFORM),
                           "time", format_time(e->call->mem, request->decided_at, e->call->zone), NULL));
    return show(e, 409);
}

static const struct err *show_failed_checks(struct escalation *e, struct check *check)
{
    struct page *page = make_page(e);
    e->check = check;
    const struct view_checks checks = checks_of(e, check);
    view_checks_message(page, &checks);
    page_fault(page, "decision", _("You can’t agree yet: not all checks pass"));
    return show(e, 409);
}

static const struct err *refused(struct call *call, struct escalation *e, const struct ops_result *result)
{
    TRY(find(call, e));
    if (e->request == NULL)
        return NULL;
    if (!is_open(e))
        return show_answered(e);
    if (result->outcome == OPS_CHECKS_FAILED)
        return show_failed_checks(e, result->check);
    return err_new(ERR_CONFLICT, 0, "request %s could not be decided: outcome %d", e->request->no, (int)result->outcome);
}

/* What a person can mend without a look at the database. */
static void judge(struct page *page, const struct form *form)
{
    const struct field *note = form_field(form, "note");
    if (form_text(form, "decision")[0] == '\0')
        page_fault(page, "decision", _("Select agree or reject"));
    if (note->fault == FIELD_TOO_LONG)
        page_fault(page, "note", _("The note must be 500 characters or fewer"));
    else if (note->text[0] == '\0')
        page_fault(page, "note", _("Enter a note to both sides"));
}

const struct err *escalation_post(struct call *call)
{
    struct escalation e;
    struct ops_result result = {.outcome = OPS_DONE};
    struct act *act = call_act(call, "/escalations/{no}");
    TRY(find(call, &e));
    if (e.request == NULL)
        return NULL;
    TRY(act_seen_before(act));
    if (act->is_done)
        return call_go(call, "%s", act->location);
    if (!is_open(&e))
        return show_answered(&e);
    judge(make_page(&e), call->form);
    if (call->page->faults_n > 0)
        return show(&e, 0);
    const bool is_complete = strcmp(form_text(call->form, "decision"), "COMPLETE") == 0;
    TRY(ops_decide(act, e.request->id, is_complete ? REQUEST_COMPLETE : REQUEST_DISMISS, form_text(call->form, "note"), &result));
    if (!act->is_done)
        return refused(call, &e, &result);
    call_flash(call, is_complete ? "ops-completed" : "ops-rejected");
    return call_go(call, "%s", act->location);
}
