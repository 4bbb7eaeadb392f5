#include "action/freeze.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "store/store_association.h"

struct freezing {
    struct act *act;
    int64_t association_id;
    enum freeze_type type;
    const char *reason;
    struct freeze_result *result;
    struct association *association;
};

bool freeze_is_partners(const struct freeze *freeze)
{
    return freeze->source == FREEZE_BY_PARTNER || freeze->source == FREEZE_BY_ASSOCIATION_DEFAULT;
}

static const struct err *refuse(struct freezing *f, enum freeze_outcome outcome)
{
    f->result->outcome = outcome;
    return act_refuse();
}

/* Whether this actor may do it to this customer, and what is frozen now. */
static const struct err *begin(struct freezing *f)
{
    struct act *act = f->act;
    *f->result = (struct freeze_result){.outcome = FREEZE_DONE};
    TRY(association_load(act->db, act->mem, f->association_id, &f->association));
    const struct association *association = f->association;
    if (association == NULL || !act_is_own(act, association->partner_id))
        return err_new(ERR_MISSING, 0, "association %lld is not the actor's", (long long)f->association_id);
    if (act->actor->role != ROLE_ADMIN)
        return err_new(ERR_DENIED, 0, "only an admin may freeze and unfreeze");
    if (association->status != ASSOCIATION_ACTIVE)
        return refuse(f, FREEZE_CUSTOMER_LEFT);
    TRY(freeze_open(act->db, act->mem, association->customer_id, &f->result->freeze));
    const size_t points = text_points(f->reason);
    if (points == 0 || points > FREEZE_REASON_MAX_POINTS)
        return refuse(f, FREEZE_NO_REASON);
    if (association->model != MODEL_RESELLER)
        return refuse(f, FREEZE_NOT_RESELLER);
    if (association->partner_is_frozen)
        return refuse(f, FREEZE_PARTNER_FROZEN);
    return NULL;
}

/* A check, submit or agree that read the customer before this one fails its own swap, and this one if the partner was frozen
 * meanwhile. */
static const struct err *bump(const struct freezing *f)
{
    bool bumped = false;
    TRY(account_bump(f->act->db, f->association->customer_id, f->association->customer_version, &bumped));
    return bumped ? association_bump_partner(f->act->db, f->association) : db_again("the customer was changed meanwhile");
}

static const struct err *tell(const struct freezing *f, const struct freeze *freeze, enum notice_kind kind)
{
    const struct association *association = f->association;
    const struct notice_values values = {
        .by_partner = true, .customer = association->customer_name, .partner = association->partner_name, .reason = f->reason,
        .freeze_type = freeze_type_name(freeze->type),
    };
    return act_notify(f->act, association->customer_id, kind, &values, "/my-partner", 0,
                      mem_text(f->act->mem, "F%lld-%s", (long long)freeze->id, notice_info(kind)->code));
}

static const struct err *log_it(const struct freezing *f, const struct freeze *freeze, enum operation operation)
{
    const struct association *association = f->association;
    struct operation_row row = {
        .operation = operation, .association_id = association->id, .customer_id = association->customer_id,
        .partner_id = association->partner_id, .object = association->customer_name, .result = "DONE",
        .remark = mem_text(f->act->mem, "%s %s: %s", freeze_type_name(freeze->type), freeze_source_name(freeze->source), f->reason),
    };
    return act_log(f->act, &row);
}

/* --- freezing --- */

static const struct err *freeze_work(struct db *db, void *arg)
{
    struct freezing *f = arg;
    struct act *act = f->act;
    TRY(begin(f));
    if (f->result->freeze != NULL)
        return refuse(f, FREEZE_ALREADY);
    TRY(bump(f));
    struct freeze *freeze = mem_new(act->mem, struct freeze);
    *freeze = (struct freeze){
        .account_id = f->association->customer_id, .type = f->type, .source = FREEZE_BY_PARTNER, .reason = f->reason,
        .at = act->now, .lifted_at = INSTANT_NONE};
    const struct err *err = freeze_insert(db, freeze->account_id, f->type, freeze->source, f->reason, act->now, &freeze->id);
    if (db_is_duplicate(err, "freeze_open"))
        return db_again("somebody else froze the customer meanwhile");
    TRY(err);
    f->result->freeze = freeze;
    TRY(tell(f, freeze, NOTICE_FROZEN));
    return log_it(f, freeze, OP_FROZEN);
}

const struct err *freeze_customer(struct act *act, int64_t association_id, enum freeze_type type, const char *reason,
                                  struct freeze_result *result)
{
    struct freezing f = {.act = act, .association_id = association_id, .type = type, .reason = reason, .result = result};
    TRY(act_run(act, freeze_work, &f));
    if (act->is_replay)
        *result = (struct freeze_result){.outcome = FREEZE_DONE};
    return NULL;
}

/* --- lifting --- */

static const struct err *unfreeze_work(struct db *db, void *arg)
{
    struct freezing *f = arg;
    struct act *act = f->act;
    bool lifted = false, closed = false;
    TRY(begin(f));
    const struct freeze *freeze = f->result->freeze;
    if (freeze == NULL)
        return refuse(f, FREEZE_NONE);
    if (!freeze_is_partners(freeze))
        return refuse(f, FREEZE_NOT_YOURS);
    if (freeze->type != f->type)
        return refuse(f, FREEZE_OTHER_TYPE);
    TRY(bump(f));
    act_not_before(act, freeze->at);
    TRY(freeze_lift(db, freeze->account_id, f->type, f->reason, act->now, &lifted));
    if (!lifted)
        return db_again("the freeze was changed meanwhile");
    TRY(task_close(db, f->association->partner_id, "UNFREEZE", f->association->id, act->now, &closed));
    TRY(tell(f, freeze, NOTICE_UNFROZEN));
    return log_it(f, freeze, OP_UNFROZEN);
}

const struct err *unfreeze_customer(struct act *act, int64_t association_id, enum freeze_type type, const char *reason,
                                    struct freeze_result *result)
{
    struct freezing f = {.act = act, .association_id = association_id, .type = type, .reason = reason, .result = result};
    TRY(act_run(act, unfreeze_work, &f));
    if (act->is_replay)
        *result = (struct freeze_result){.outcome = FREEZE_DONE};
    return NULL;
}
