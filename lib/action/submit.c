#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

#include "domain/statement.h"

#include "store/store_association.h"
#include "store/store_code.h"
#include "store/store_request.h"
#include "store/store_wizard.h"

#include "action/request_tell.h"
#include "action/submit.h"

struct submit {
    struct act *act;
    const struct wizard_target *target;
    int64_t revision;
    const struct submit_page *page;
    struct submit_result *result;
    bool has_begun;                  /* what the page had read is too old for another time */

    enum side side;
    bool needs_code;
    const struct association *association;
    struct wizard *wizard;
    struct check *check;
};

static const struct err *refuse(struct submit *submit, enum submit_outcome outcome)
{
    submit->result->outcome = outcome;
    return act_refuse();
}

static const struct err *refuse_as_open(struct submit *submit, const struct request *open)
{
    submit->result->open_no = open->no;
    submit->result->open_by_other = open->initiator != submit->side;
    return refuse(submit, SUBMIT_ALREADY_OPEN);
}

/* --- may it be sent --------------------------------------------------------------------------------------------------- */

static const struct err *check_actor(const struct submit *submit)
{
    const struct association *association = submit->association;

    if (association == NULL ||
        !act_is_own(submit->act, submit->side == SIDE_CUSTOMER ? association->customer_id : association->partner_id))
        return err_new(ERR_MISSING, 0, "association %lld is not the actor's", (long long)submit->target->association_id);
    if ((submit->act->actor->role & (ROLE_OWNER | ROLE_ADMIN)) == 0)
        return err_new(ERR_DENIED, 0, "only an owner or admin may submit");
    return NULL;
}

static const struct err *check_association(struct submit *submit)
{
    const struct association *association = submit->association;
    struct request *open;

    if (association->status != ASSOCIATION_ACTIVE)
        return refuse(submit, SUBMIT_NOT_ASSOCIATED);
    if (association->model != MODEL_RESELLER)
        return refuse(submit, SUBMIT_REFERRAL);
    if (submit->side == SIDE_PARTNER && association->partner_is_frozen)
        return refuse(submit, SUBMIT_PARTNER_FROZEN);
    TRY(request_open_with(submit->act->db, submit->act->mem, association, &open));
    return open == NULL ? NULL : refuse_as_open(submit, open);
}

/* A request that was committed after the look for one has closed the draft: then that is the reason. */
static const struct err *refuse_without_draft(struct submit *submit)
{
    struct request *open;

    TRY(request_open_of(submit->act->db, submit->act->mem, submit->association->id, &open));
    return open == NULL ? refuse(submit, SUBMIT_GONE) : refuse_as_open(submit, open);
}

static const struct err *check_rules(struct submit *submit)
{
    struct act *act = submit->act;
    const struct rule_result *quota;
    struct check *check;

    TRY(check_compute(act->db, act->mem, submit->association, submit->side,
                      rule_operation_of(submit->side == SIDE_PARTNER, false), act->now, &check));
    submit->check = check;
    quota = &check->report.results[RULE_Q];
    if (check->report.blocking == 0)
        return NULL;
    submit->result->check = check;
    return refuse(submit, check->report.blocking == 1 && rule_blocks(quota) && quota->outcome == RULE_FAILED ?
                  SUBMIT_QUOTA_USED : SUBMIT_CHECKS_FAILED);
}

static const struct err *take_words(struct submit *submit)
{
    const struct submit_page *page = submit->page;
    struct wizard *wizard = submit->wizard;

    if (page != NULL && wizard->reason == page->reason && strcmp(wizard->reason_text, page->text) == 0)
        return NULL;
    if (wizard->revision != submit->revision)
        return refuse(submit, SUBMIT_MOVED);
    if (page != NULL) {
        wizard->reason = page->reason;
        wizard->reason_text = page->text;
    }
    return NULL;
}

static const struct err *check_answers(struct submit *submit)
{
    const struct wizard *wizard = submit->wizard;

    if (wizard->statement_at == INSTANT_NONE || strcmp(wizard->statement_version, STATEMENT_VERSION) != 0)
        return refuse(submit, SUBMIT_NO_STATEMENT);
    submit->result->grant = wizard_grant(wizard, submit->act->actor->session_id, submit->act->now);
    if (submit->needs_code && submit->result->grant != GRANT_GOOD)
        return refuse(submit, SUBMIT_NO_GRANT);
    if (wizard->reason == REASON_NONE || (wizard->reason == REASON_OTHER && wizard->reason_text[0] == '\0'))
        return refuse(submit, SUBMIT_NO_REASON);
    return NULL;
}

/* --- sending it ------------------------------------------------------------------------------------------------------- */

static const struct err *insert_request(struct submit *submit, struct request *request)
{
    struct act *act = submit->act;
    const struct association *association = submit->association;
    const struct wizard *wizard = submit->wizard;
    const struct request_new new = {
        .association_id = association->id, .customer_id = association->customer_id, .partner_id = association->partner_id,
        .initiator = submit->side, .reason = wizard->reason, .reason_text = wizard->reason_text,
        .statement_version = wizard->statement_version, .statement_lang = wizard->statement_lang,
        .checks = rule_report_pack(act->mem, &submit->check->report), .submitted_at = act->now,
        .deadline_at = act->now + act->config->request.deadline_s * CLOCK_SECOND, .submitted_by = act->actor->user_id,
        .submit_code_id = submit->needs_code ? wizard->code_id : 0
    };
    const struct err *err;

    *request = (struct request){
        .association_id = association->id, .customer_id = association->customer_id, .partner_id = association->partner_id,
        .initiator = submit->side, .state = REQUEST_PENDING, .version = 1, .submitted_at = act->now, .deadline_at = new.deadline_at,
        .customer_name = association->customer_name, .partner_name = association->partner_name
    };
    err = request_insert(act->db, act->mem, &new, &request->id, &request->no);
    /* Its row may not be visible yet where locks do not reach; the next run finds it. */
    return db_is_duplicate(err, "request_open") ? db_again("another request was opened meanwhile") : err;
}

/* A slot is kept whatever the rule's severity, so that the count is right on the day it blocks again. */
static const struct err *take_slot(struct submit *submit, const struct request *request)
{
    struct act *act = submit->act;
    const struct rule_row *rule = &submit->check->set->rows[RULE_Q];
    const struct rule_result *result = &submit->check->report.results[RULE_Q];
    bool is_bound = result->severity == SEVERITY_BLOCK && result->binds, taken;
    int64_t frees_at = quota_frees_at(act->now, (int)rule->months, act->config->site.zone);

    TRY(quota_take(act->db, submit->side, request->customer_id, request->partner_id,
                   is_bound ? submit->check->facts->quota.limit : QUOTA_SLOTS_MAX, request->id, act->now, frees_at, &taken));
    if (taken || !is_bound)
        return NULL;
    submit->result->check = submit->check;
    return refuse(submit, SUBMIT_QUOTA_USED);
}

static const struct err *use_grant(struct submit *submit, const struct request *request)
{
    struct act *act = submit->act;
    int64_t code_id = submit->wizard->code_id;
    bool used;

    if (!submit->needs_code)
        return NULL;
    TRY(code_use(act->db, code_id, act->actor->account_id, act->actor->session_id, CODE_SUBMIT, request->association_id, act->now,
                 request->id, &used));
    if (!used) {
        submit->result->grant = GRANT_NONE;
        return refuse(submit, SUBMIT_NO_GRANT);
    }
    return NULL;
}

static const struct err *finish_wizard(struct submit *submit, const struct request *request)
{
    struct act *act = submit->act;
    bool written;

    submit->wizard->state = WIZARD_DONE;
    submit->wizard->request_id = request->id;
    submit->wizard->updated_at = act->now;
    TRY(wizard_write(act->db, submit->wizard, &written));
    if (!written)
        return db_again("the draft was changed meanwhile");
    return wizard_close_target(act->db, WIZARD_SUBMIT, request->association_id, act->now);
}

static const struct err *tell(struct submit *submit, const struct request *request)
{
    struct act *act = submit->act;
    const bool by_partner = submit->side == SIDE_PARTNER;
    const struct request_move *move = request_move(REQUEST_NONE, REQUEST_SUBMIT, MOVER_INITIATOR, submit->side, false);
    /* The chosen reason is a word of the page, shown there in the reader's language; only details are a person's words. */
    const struct request_news sent = {
        .kind = NOTICE_REQUEST_SENT, .by_partner = by_partner, .reason = submit->wizard->reason_text,
        .until_at = request->deadline_at, .event = "SUBMITTED"
    };
    struct request_news received = sent;

    received.kind = NOTICE_REQUEST_RECEIVED;
    TRY(request_notify_each(act, request, by_partner ? &received : &sent, by_partner ? &sent : &received));
    return request_log(act, request, move, submit->wizard->reason_text);
}

static const struct err *send(struct submit *submit)
{
    struct act *act = submit->act;
    const struct association *association = submit->association;
    struct request request;
    bool bumped;

    /* Whatever the rules read has not changed since `association` was read: it was read first. */
    TRY(account_bump(act->db, association->customer_id, association->customer_version, &bumped));
    if (!bumped)
        return db_again("a fact about the customer changed meanwhile");
    if (submit->side == SIDE_PARTNER)
        TRY(association_bump_partner(act->db, association));
    TRY(insert_request(submit, &request));
    TRY(take_slot(submit, &request));
    TRY(use_grant(submit, &request));
    TRY(finish_wizard(submit, &request));
    TRY(tell(submit, &request));
    submit->result->request_no = request.no;
    act_locate(act, request.no);
    return NULL;
}

static bool has_page_rows(const struct submit *submit)
{
    return submit->page != NULL && submit->page->association != NULL && submit->page->wizard != NULL;
}

static const struct err *take_page_rows(struct submit *submit)
{
    const struct submit_page *page = submit->page;
    const struct act *act = submit->act;

    if (page->association->id != submit->target->association_id || page->wizard->target_id != page->association->id ||
        page->wizard->account_id != act->actor->account_id)
        return err_new(ERR_BUG, 0, "the page's rows are not of association %lld", (long long)submit->target->association_id);
    submit->association = page->association;
    submit->wizard = mem_new(act->mem, struct wizard);
    *submit->wizard = *page->wizard;
    return NULL;
}

static const struct err *read_rows(struct submit *submit)
{
    struct act *act = submit->act;
    struct association *association;

    submit->wizard = NULL;
    TRY(association_load(act->db, act->mem, submit->target->association_id, &association));
    submit->association = association;
    return association == NULL ? NULL :
           wizard_find(act->db, act->mem, act->actor->account_id, WIZARD_SUBMIT, association->id, &submit->wizard);
}

/* Nothing is written here, and the association is read before whatever the rules read. */
static const struct err *judge(struct submit *submit)
{
    *submit->result = (struct submit_result){ .outcome = SUBMIT_DONE };
    TRY(check_actor(submit));
    TRY(check_association(submit));
    act_not_before(submit->act, submit->association->associated_at);
    if (!wizard_is_live(submit->wizard, submit->act->now))
        return refuse_without_draft(submit);
    TRY(take_words(submit));
    submit->needs_code = submit->side == SIDE_CUSTOMER || submit->association->partner_code_on;
    TRY(check_rules(submit));
    return check_answers(submit);
}

static const struct err *work(struct db *db, void *arg)
{
    struct submit *submit = arg;
    const struct err *err = act_refuse();

    (void)db;
    submit->side = act_side(submit->act);
    if (has_page_rows(submit) && !submit->has_begun) {
        submit->has_begun = true;
        TRY(take_page_rows(submit));
        err = judge(submit);
    }
    /* What is refused is refused for what is so now. */
    if (err == act_refuse()) {
        TRY(read_rows(submit));
        err = judge(submit);
    }
    return err != NULL ? err : send(submit);
}

const struct err *submit_request(struct act *act, const struct wizard_target *target, int64_t revision,
                                 const struct submit_page *page, struct submit_result *result)
{
    struct submit submit = { .act = act, .target = target, .revision = revision, .page = page, .result = result };

    TRY(act_run(act, work, &submit));
    if (act->is_replay)
        *result = (struct submit_result){ .outcome = SUBMIT_DONE };
    return NULL;
}
