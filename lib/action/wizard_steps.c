#include "action/wizard_steps.h"

#include <string.h>

#include "action/check.h"
#include "action/wizard_row.h"
#include "base/clock.h"
#include "base/memory.h"
#include "domain/statement.h"
#include "store/store_association.h"
#include "store/store_request.h"
#include "store/store_wizard.h"

struct step {
    struct act *act;
    const struct wizard_target *target;
    int64_t revision;
    enum wizard_outcome outcome;
    struct wizard *wizard;
    /* wizard_decide */
    enum request_event decision;
    const char *text;
    bool is_ticked;
    /* wizard_keep_reason */
    enum reason reason;
};

static const struct err *refuse(struct step *step, enum wizard_outcome outcome)
{
    step->outcome = outcome;
    return act_refuse();
}

const struct err *wizard_row_find(struct act *act, const struct wizard_target *target, struct wizard **wizard)
{
    TRY(wizard_find(act->db, act->mem, act->actor->account_id, target->purpose, target->target_id, wizard));
    if (*wizard == NULL || wizard_is_live(*wizard, act->now))
        return NULL;
    bool written = false;
    (*wizard)->state = WIZARD_CLOSED;
    (*wizard)->updated_at = act->now;
    TRY(wizard_write(act->db, *wizard, &written));
    *wizard = NULL;
    return written ? NULL : db_again("a draft past its time was changed meanwhile");
}

const struct err *wizard_row_write(struct act *act, struct wizard *wizard)
{
    bool written = false;
    wizard->updated_at = act->now;
    TRY(wizard_write(act->db, wizard, &written));
    return written ? NULL : db_again("the draft was changed meanwhile");
}

static const struct err *open_row(struct act *act, const struct wizard_target *target, struct wizard **wizard)
{
    struct wizard fresh = {
        .account_id = act->actor->account_id, .purpose = target->purpose, .target_id = target->target_id,
        .opened_at = act->now, .updated_at = act->now, .opened_by_user_id = act->actor->user_id,
        .expires_at = act->now + act->config->request.draft_s * CLOCK_SECOND,
    };
    int64_t id = 0;
    const struct err *err = wizard_insert(act->db, &fresh, &id);
    if (db_is_duplicate(err, "wizard_open"))
        return db_again("a colleague opened the draft meanwhile");
    TRY(err);
    TRY(wizard_find(act->db, act->mem, act->actor->account_id, target->purpose, target->target_id, wizard));
    return *wizard != NULL ? NULL : err_new(ERR_BUG, 0, "the draft just opened is not there");
}

void wizard_row_void_grant(struct wizard *wizard)
{
    wizard->code_id = 0;
    wizard->grant_session_id = 0;
    wizard->grant_expires_at = INSTANT_NONE;
}

const struct err *wizard_log(struct act *act, const struct wizard_target *target, enum operation operation,
                             const char *result, const char *remark)
{
    struct association *association = NULL;
    TRY(association_load(act->db, act->mem, target->association_id, &association));
    if (association == NULL)
        return err_new(ERR_MISSING, 0, "association %lld", (long long)target->association_id);
    struct operation_row row = {
        .operation = operation, .association_id = association->id, .customer_id = association->customer_id,
        .partner_id = association->partner_id, .object = target->other_name,
        .request_id = target->purpose == WIZARD_ANSWER ? target->target_id : 0, .request_no = target->request_no,
        .result = result, .remark = remark,
    };
    return act_log(act, &row);
}

/* The association is the actor's own, on the side it claims, and still active. */
static const struct err *own_association(struct act *act, const struct wizard_target *target, struct association **out)
{
    TRY(association_load(act->db, act->mem, target->association_id, out));
    struct association *a = *out;
    if (a == NULL || !act_is_own(act, target->side == SIDE_CUSTOMER ? a->customer_id : a->partner_id))
        return err_new(ERR_MISSING, 0, "association %lld is not the actor's", (long long)target->association_id);
    if ((act->actor->role & (ROLE_OWNER | ROLE_ADMIN)) == 0)
        return err_new(ERR_DENIED, 0, "only an owner or admin goes through the wizard");
    return NULL;
}

static const struct err *do_begin(struct db *db, void *arg)
{
    (void)db;
    struct step *step = arg;
    struct association *association = NULL;
    TRY(own_association(step->act, step->target, &association));
    TRY(wizard_row_find(step->act, step->target, &step->wizard));
    return step->wizard != NULL ? NULL : open_row(step->act, step->target, &step->wizard);
}

const struct err *wizard_begin(struct act *act, const struct wizard_target *target, struct wizard **wizard)
{
    struct step step = {.act = act, .target = target};
    TRY(act_run(act, do_begin, &step));
    *wizard = step.wizard;
    if (act->is_replay)
        return wizard_find(act->db, act->mem, act->actor->account_id, target->purpose, target->target_id, wizard);
    return NULL;
}

static const struct err *do_leave(struct db *db, void *arg)
{
    (void)db;
    struct step *step = arg;
    struct association *association = NULL;
    TRY(own_association(step->act, step->target, &association));
    TRY(wizard_row_find(step->act, step->target, &step->wizard));
    if (step->wizard == NULL)
        return NULL;
    bool held_answers = step->wizard->statement_at != INSTANT_NONE || step->wizard->reason != REASON_NONE;
    step->wizard->state = WIZARD_CLOSED;
    TRY(wizard_row_write(step->act, step->wizard));
    return held_answers ? wizard_log(step->act, step->target, OP_DRAFT_CANCELLED, "DONE", "") : NULL;
}

const struct err *wizard_leave(struct act *act, const struct wizard_target *target)
{
    struct step step = {.act = act, .target = target};
    return act_run(act, do_leave, &step);
}

/* Every rule that blocks this operation passes now; otherwise the refusal that says which kind does not. */
static const struct err *rules_pass(struct step *step, const struct association *association, bool is_agree)
{
    struct check *check = NULL;
    TRY(check_compute(step->act->db, step->act->mem, association, step->target->side,
                      rule_operation_of(step->target->side == SIDE_PARTNER, is_agree), step->act->now, &check));
    if (check->report.conditions_failed > 0)
        return refuse(step, WIZARD_CHECKS_FAILED);
    return check->report.blocking > 0 ? refuse(step, WIZARD_QUOTA_USED) : NULL;
}

static void accept_statement(struct step *step)
{
    struct wizard *wizard = step->wizard;
    if (wizard->statement_at == INSTANT_NONE || strcmp(wizard->statement_version, STATEMENT_VERSION) != 0)
        wizard_row_void_grant(wizard);
    wizard->statement_at = step->act->now;
    wizard->statement_version = STATEMENT_VERSION;
    wizard->statement_lang = step->act->lang;
}

static const struct err *log_statement(struct step *step)
{
    return wizard_log(step->act, step->target, OP_STATEMENT_ACCEPTED, "DONE",
                      mem_text(step->act->mem, "%s %s", STATEMENT_VERSION, step->act->lang));
}

static const struct err *do_confirm(struct db *db, void *arg)
{
    (void)db;
    struct step *step = arg;
    struct association *association = NULL;
    TRY(own_association(step->act, step->target, &association));
    if (association->status != ASSOCIATION_ACTIVE)
        return refuse(step, WIZARD_GONE);
    TRY(wizard_row_find(step->act, step->target, &step->wizard));
    if (step->wizard == NULL && step->revision != 0)
        return refuse(step, WIZARD_GONE);
    if (step->wizard != NULL && step->wizard->revision != step->revision)
        return refuse(step, WIZARD_MOVED);
    TRY(rules_pass(step, association, false));
    if (step->wizard == NULL)
        TRY(open_row(step->act, step->target, &step->wizard));
    accept_statement(step);
    TRY(wizard_row_write(step->act, step->wizard));
    return log_statement(step);
}

const struct err *wizard_confirm(struct act *act, const struct wizard_target *target, int64_t revision,
                                 enum wizard_outcome *outcome)
{
    struct step step = {.act = act, .target = target, .revision = revision, .outcome = WIZARD_OK};
    TRY(act_run(act, do_confirm, &step));
    *outcome = act->is_done ? WIZARD_OK : step.outcome;
    return NULL;
}

/* The draft says so already: the form was sent before, and what it was for failed after this step. */
static bool is_decided_so(const struct step *step)
{
    const struct wizard *wizard = step->wizard;
    return wizard != NULL && wizard->decision == step->decision && strcmp(wizard->decision_text, step->text) == 0 &&
           (step->decision != REQUEST_AGREE || (step->is_ticked && wizard->statement_at != INSTANT_NONE &&
                                                strcmp(wizard->statement_version, STATEMENT_VERSION) == 0));
}

static const struct err *do_decide(struct db *db, void *arg)
{
    struct step *step = arg;
    struct act *act = step->act;
    struct association *association = NULL;
    struct request *request = NULL;
    TRY(own_association(act, step->target, &association));
    TRY(request_load(db, act->mem, step->target->target_id, &request));
    if (request == NULL || request->association_id != association->id)
        return err_new(ERR_MISSING, 0, "request %lld", (long long)step->target->target_id);
    if (request_is_final(request->state) || request->initiator == step->target->side)
        return refuse(step, WIZARD_GONE);
    TRY(wizard_row_find(act, step->target, &step->wizard));
    if (step->revision != 0 && step->wizard == NULL)
        return refuse(step, WIZARD_GONE);
    if (is_decided_so(step))
        return step->decision == REQUEST_AGREE ? rules_pass(step, association, true) : NULL;
    if (step->wizard != NULL && step->wizard->revision != step->revision)
        return refuse(step, WIZARD_MOVED);
    if (step->decision == REQUEST_AGREE) {
        if (!step->is_ticked)
            return refuse(step, WIZARD_NOT_YET);
        TRY(rules_pass(step, association, true));
    }
    if (step->wizard == NULL)
        TRY(open_row(act, step->target, &step->wizard));
    if (step->wizard->decision != step->decision)
        wizard_row_void_grant(step->wizard);
    if (step->decision == REQUEST_AGREE)
        accept_statement(step);
    step->wizard->decision = step->decision;
    step->wizard->decision_text = step->text;
    TRY(wizard_row_write(act, step->wizard));
    return step->decision == REQUEST_AGREE ? log_statement(step) : NULL;
}

const struct err *wizard_decide(struct act *act, const struct wizard_target *target, int64_t *revision,
                                enum request_event decision, const char *text, bool statement_ticked,
                                enum wizard_outcome *outcome)
{
    struct step step = {.act = act, .target = target, .revision = *revision, .outcome = WIZARD_OK,
                        .decision = decision, .text = text, .is_ticked = statement_ticked};
    TRY(act_run(act, do_decide, &step));
    *outcome = act->is_done ? WIZARD_OK : step.outcome;
    if (act->is_done && !act->is_replay)
        *revision = step.wizard->revision;
    return NULL;
}

static const struct err *do_keep_reason(struct db *db, void *arg)
{
    (void)db;
    struct step *step = arg;
    struct association *association = NULL;
    TRY(own_association(step->act, step->target, &association));
    TRY(wizard_row_find(step->act, step->target, &step->wizard));
    if (step->wizard == NULL)
        return refuse(step, WIZARD_GONE);
    if (step->wizard->reason == step->reason && strcmp(step->wizard->reason_text, step->text) == 0)
        return NULL;
    if (step->wizard->revision != step->revision)
        return refuse(step, WIZARD_MOVED);
    step->wizard->reason = step->reason;
    step->wizard->reason_text = step->text;
    return wizard_row_write(step->act, step->wizard);
}

const struct err *wizard_keep_reason(struct act *act, const struct wizard_target *target, int64_t *revision,
                                     enum reason reason, const char *text, enum wizard_outcome *outcome)
{
    struct step step = {.act = act, .target = target, .revision = *revision, .outcome = WIZARD_OK, .reason = reason, .text = text};
    TRY(act_run(act, do_keep_reason, &step));
    *outcome = act->is_done ? WIZARD_OK : step.outcome;
    if (act->is_done && !act->is_replay)
        *revision = step.wizard->revision;
    return NULL;
}
