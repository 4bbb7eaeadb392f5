#include "action/ops_freeze.h"

#include "base/memory.h"
#include "base/text.h"
#include "store/store_association.h"

struct ops_freezing {
    struct act *act;
    int64_t freeze_id;           /* lifting */
    const char *account_no;      /* freezing */
    enum freeze_type type;
    const char *reason;
    struct ops_freeze_result *result;
};

bool freeze_is_platforms(const struct freeze *freeze, enum account_kind of)
{
    return of == ACCOUNT_PARTNER || !freeze_is_partners(freeze);
}

static const struct err *refuse(struct ops_freezing *f, enum freeze_outcome outcome)
{
    f->result->outcome = outcome;
    return act_refuse();
}

static const struct err *check_actor(const struct act *act)
{
    return act->actor->role == ROLE_OPS ? NULL : err_new(ERR_DENIED, 0, "only ops may freeze and unfreeze for the platform");
}

static bool is_reason(const char *reason)
{
    const size_t points = text_points(reason);
    return points > 0 && points <= FREEZE_REASON_MAX_POINTS;
}

/* A check, submit or agree that read the account before this one fails its own swap. */
static const struct err *bump(const struct act *act, const struct held_account *account)
{
    bool bumped = false;
    TRY(account_bump(act->db, account->id, account->version, &bumped));
    return bumped ? NULL : db_again("the account was changed meanwhile");
}

static const struct err *tell_one(struct act *act, int64_t account_id, const struct notice_values *values, enum notice_kind kind,
                                  int64_t freeze_id)
{
    return act_notify(act, account_id, kind, values, values->to_partner ? "/customers" : "/my-partner", 0,
                      mem_text(act->mem, "F%lld-%s", (long long)freeze_id, notice_info(kind)->code));
}

/* Whose it is, and of a customer its partner too, who cannot do much for it meanwhile. */
static const struct err *tell(const struct ops_freezing *f, const struct held_account *account, const struct freeze *freeze,
                              enum notice_kind kind)
{
    const bool is_partner = account->kind == ACCOUNT_PARTNER;
    struct notice_values values = {
        .to_partner = is_partner, .customer = is_partner ? "" : account->name,
        .partner = is_partner ? account->name : account->partner_name, .reason = f->reason,
        .freeze_type = freeze_type_name(freeze->type),
    };
    TRY(tell_one(f->act, account->id, &values, kind, freeze->id));
    if (account->association_id == 0)
        return NULL;
    values.to_partner = true;
    return tell_one(f->act, account->partner_id, &values, kind, freeze->id);
}

static const struct err *log_it(const struct ops_freezing *f, const struct held_account *account, const struct freeze *freeze,
                                enum operation operation)
{
    const bool is_partner = account->kind == ACCOUNT_PARTNER;
    struct operation_row row = {
        .operation = operation, .association_id = account->association_id, .customer_id = is_partner ? 0 : account->id,
        .partner_id = is_partner ? account->id : account->partner_id, .object = account->name, .result = "DONE",
        .remark = mem_text(f->act->mem, "%s %s: %s", freeze_type_name(freeze->type), freeze_source_name(freeze->source), f->reason),
    };
    return act_log(f->act, &row);
}

/* --- lifting --- */

static const struct err *unfreeze_work(struct db *db, void *arg)
{
    struct ops_freezing *f = arg;
    struct act *act = f->act;
    bool lifted = false;
    *f->result = (struct ops_freeze_result){.outcome = FREEZE_DONE};
    TRY(check_actor(act));
    TRY(freeze_held(db, act->mem, f->freeze_id, &f->result->held));
    const struct held_freeze *held = f->result->held;
    if (held == NULL)
        return refuse(f, FREEZE_NONE);
    if (!freeze_is_platforms(&held->freeze, held->account.kind))
        return refuse(f, FREEZE_NOT_YOURS);
    if (!is_reason(f->reason))
        return refuse(f, FREEZE_NO_REASON);
    if (held->freeze.type != f->type)
        return refuse(f, FREEZE_OTHER_TYPE);
    TRY(bump(act, &held->account));
    act_not_before(act, held->freeze.at);
    TRY(freeze_lift(db, held->account.id, f->type, f->reason, act->now, &lifted));
    if (!lifted)
        return db_again("the freeze was changed meanwhile");
    TRY(tell(f, &held->account, &held->freeze, NOTICE_UNFROZEN));
    return log_it(f, &held->account, &held->freeze, OP_UNFROZEN);
}

const struct err *ops_unfreeze(struct act *act, int64_t freeze_id, enum freeze_type type, const char *reason,
                               struct ops_freeze_result *result)
{
    struct ops_freezing f = {.act = act, .freeze_id = freeze_id, .type = type, .reason = reason, .result = result};
    TRY(act_run(act, unfreeze_work, &f));
    if (act->is_replay)
        *result = (struct ops_freeze_result){.outcome = FREEZE_DONE};
    return NULL;
}

/* --- freezing --- */

static const struct err *freeze_work(struct db *db, void *arg)
{
    struct ops_freezing *f = arg;
    struct act *act = f->act;
    struct freeze *open = NULL;
    *f->result = (struct ops_freeze_result){.outcome = FREEZE_DONE};
    TRY(check_actor(act));
    TRY(freeze_account(db, act->mem, f->account_no, &f->result->account));
    const struct held_account *account = f->result->account;
    if (account == NULL)
        return refuse(f, FREEZE_NONE);
    if (!is_reason(f->reason))
        return refuse(f, FREEZE_NO_REASON);
    TRY(freeze_open(db, act->mem, account->id, &open));
    if (open != NULL)
        return refuse(f, FREEZE_ALREADY);
    TRY(bump(act, account));
    struct freeze freeze = {.type = f->type, .source = FREEZE_BY_PLATFORM};
    const struct err *err = freeze_insert(db, account->id, f->type, FREEZE_BY_PLATFORM, f->reason, act->now, &freeze.id);
    if (db_is_duplicate(err, "freeze_open"))
        return db_again("somebody else froze the account meanwhile");
    TRY(err);
    TRY(tell(f, account, &freeze, NOTICE_FROZEN));
    return log_it(f, account, &freeze, OP_FROZEN);
}

const struct err *ops_freeze(struct act *act, const char *account_no, enum freeze_type type, const char *reason,
                             struct ops_freeze_result *result)
{
    struct ops_freezing f = {.act = act, .account_no = account_no, .type = type, .reason = reason, .result = result};
    TRY(act_run(act, freeze_work, &f));
    if (act->is_replay)
        *result = (struct ops_freeze_result){.outcome = FREEZE_DONE};
    return NULL;
}
