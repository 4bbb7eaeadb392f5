#include "action/check_watch.h"

#include "action/check.h"
#include "action/own_account.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/store_association.h"
#include "store/store_watch.h"

/* What changes without anybody's doing, a commitment that runs out, is noticed within this time. */
#define LOOK_AGAIN (10 * CLOCK_MINUTE)

static const struct err *run_checks(struct act *act, const struct association *association, struct check **check)
{
    return check_compute(act->db, act->mem, association, SIDE_CUSTOMER, OPERATION_CUSTOMER_SUBMIT, act->now, check);
}

/* --- asking --- */

struct asking { struct act *act; enum watch_outcome *outcome; };

static const struct err *refuse(const struct asking *a, enum watch_outcome outcome)
{
    *a->outcome = outcome;
    return act_refuse();
}

static const struct err *ask_work(struct db *db, void *arg)
{
    const struct asking *a = arg;
    struct act *act = a->act;
    struct own_account own;
    struct check *check = NULL;
    bool is_new = false;
    *a->outcome = WATCH_DONE;
    TRY(own_account_begin(act, &own));
    if (own.association == NULL || own.association->model != MODEL_RESELLER)
        return refuse(a, WATCH_NOTHING);
    TRY(run_checks(act, own.association, &check));
    if (check->report.conditions_failed == 0)
        return refuse(a, WATCH_PASSED);
    TRY(watch_add(db, act->actor->account_id, own.association->id, act->actor->user_id, act->now, &is_new));
    if (!is_new)
        return refuse(a, WATCH_ALREADY);
    return own_account_log(act, &own, OP_WATCH_SET, own.association->partner_name, "");
}

const struct err *watch_checks(struct act *act, enum watch_outcome *outcome)
{
    struct asking a = {.act = act, .outcome = outcome};
    TRY(act_run(act, ask_work, &a));
    if (act->is_replay)
        *outcome = WATCH_DONE;
    return NULL;
}

/* --- looking --- */

struct looking { struct act *act; int64_t id; bool *told; };

static const struct err *tell(const struct looking *l, const struct watch *watch, const struct association *association)
{
    struct act *act = l->act;
    const struct notice_values values = {.customer = association->customer_name, .partner = association->partner_name};
    struct operation_row row = {
        .operation = OP_WATCH_TOLD, .association_id = association->id, .customer_id = association->customer_id,
        .partner_id = association->partner_id, .object = association->customer_name, .result = "PASSED",
    };
    bool moved = false;
    TRY(watch_told(act->db, watch->id, act->now, &moved));
    if (!moved)
        return act_refuse();
    *l->told = true;
    TRY(act_notify(act, watch->account_id, NOTICE_CHECKS_PASS, &values, "/disassociate/check", 0,
                   mem_text(act->mem, "W%lld-PASS", (long long)watch->id)));
    return act_log(act, &row);
}

static const struct err *look_work(struct db *db, void *arg)
{
    const struct looking *l = arg;
    struct act *act = l->act;
    struct watch *watch = NULL;
    struct association *association = NULL;
    struct check *check = NULL;
    bool moved = false;
    *l->told = false;
    TRY(watch_load(db, act->mem, l->id, &watch));
    if (watch == NULL)
        return err_new(ERR_MISSING, 0, "there is no watch %lld", (long long)l->id);
    if (!watch->is_open)
        return act_refuse();
    TRY(association_load(db, act->mem, watch->association_id, &association));
    if (association == NULL || association->status != ASSOCIATION_ACTIVE)
        return watch_ended(db, watch->id, act->now, &moved);
    TRY(run_checks(act, association, &check));
    if (check->report.conditions_failed == 0)
        return tell(l, watch, association);
    return watch_looked(db, watch->id, check->facts->customer_version, act->now + LOOK_AGAIN, &moved);
}

const struct err *look_at_watch(struct act *act, int64_t watch_id, bool *told)
{
    struct looking l = {.act = act, .id = watch_id, .told = told};
    return act_run(act, look_work, &l);
}
