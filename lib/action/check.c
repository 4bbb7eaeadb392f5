#include "base/clock.h"
#include "base/memory.h"

#include "store/store_customer.h"
#include "store/store_facts.h"
#include "store/store_wizard.h"

#include "action/check.h"

const struct err *check_compute(struct db *db, const void *ctx, const struct association *association, enum side side,
                                enum rule_operation operation, int64_t now, struct check **check)
{
    struct rule_set *set;
    struct facts *facts;

    TRY(rule_set_load(db, ctx, &set));
    TRY(facts_load(db, ctx, association->customer_id, association->partner_id, side, set, now, &facts));
    return check_known(db, ctx, association, set, facts, operation, now, check);
}

const struct err *check_known(struct db *db, const void *ctx, const struct association *association, struct rule_set *set,
                              struct facts *facts, enum rule_operation operation, int64_t now, struct check **check)
{
    struct check *made = mem_new(ctx, struct check);

    made->set = set;
    made->facts = facts;
    rule_check(set, facts, operation, now, &made->report);
    made->unfreeze_asked_at = INSTANT_NONE;
    if (facts->is_frozen)
        TRY(customer_asks_unfreeze(db, association->partner_id, association->id, &made->unfreeze_asked_at));
    *check = made;
    return NULL;
}

struct again {
    struct act *act;
    const struct association *association;
    enum wizard_purpose purpose;
    int64_t target_id;
    enum rule_operation operation;
    struct check *check;
};

/* So that the page can say what was fixed since. */
static const struct err *keep_in_draft(const struct again *again, const char *packed)
{
    struct act *act = again->act;
    struct wizard *wizard;
    bool written;

    TRY(wizard_find(act->db, act->mem, act->actor->account_id, again->purpose, again->target_id, &wizard));
    if (!wizard_is_live(wizard, act->now))
        return NULL;
    wizard->checked_at = wizard->updated_at = act->now;
    wizard->checked_report = packed;
    TRY(wizard_write(act->db, wizard, &written));
    return written ? NULL : db_again("the draft was changed meanwhile");
}

static const struct err *run_again(struct db *db, void *arg)
{
    struct again *again = arg;
    struct act *act = again->act;
    const struct association *association = again->association;
    enum side side = act_side(act);
    const char *packed;
    struct operation_row row = {
        .operation = OP_CHECK_RUN, .association_id = association->id, .customer_id = association->customer_id,
        .partner_id = association->partner_id,
        .object = side == SIDE_CUSTOMER ? association->partner_name : association->customer_name,
        .request_id = again->purpose == WIZARD_ANSWER ? again->target_id : 0
    };

    TRY(check_compute(db, act->mem, association, side, again->operation, act->now, &again->check));
    packed = rule_report_pack(act->mem, &again->check->report);
    TRY(keep_in_draft(again, packed));
    row.result = again->check->report.blocking == 0 ? "PASSED" : "FAILED";
    row.remark = packed;
    return act_log(act, &row);
}

const struct err *check_again(struct act *act, const struct association *association, enum wizard_purpose purpose,
                              int64_t target_id, enum rule_operation operation, struct check **check)
{
    struct again again = {
        .act = act, .association = association, .purpose = purpose, .target_id = target_id, .operation = operation
    };
    enum side side = act_side(act);

    if (!act_is_own(act, side == SIDE_CUSTOMER ? association->customer_id : association->partner_id))
        return err_new(ERR_MISSING, 0, "association %lld is not the actor's", (long long)association->id);
    TRY(act_run(act, run_again, &again));
    /* Of a repeated form the answer is looked at again, and logged no more. */
    if (act->is_replay)
        TRY(check_compute(act->db, act->mem, association, side, operation, act->now, &again.check));
    *check = again.check;
    return NULL;
}
