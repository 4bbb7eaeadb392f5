#include "action/unsubscribe.h"

#include "action/own_account.h"
#include "base/memory.h"
#include "store/store_account_center.h"
#include "store/store_association.h"

struct ending { struct act *act; int64_t id; const char *when_clear; enum unsubscribe_outcome *outcome; };

static const struct err *refuse(const struct ending *e, enum unsubscribe_outcome outcome)
{
    *e->outcome = outcome;
    return act_refuse();
}

static const struct err *lead_on(const struct ending *e)
{
    int64_t left = 0;
    if (e->when_clear == NULL)
        return NULL;
    TRY(commitment_binding(e->act->db, e->act->actor->account_id, e->act->now, &left));
    if (left == 0)
        e->act->location = e->when_clear;
    return NULL;
}

static const struct err *work(struct db *db, void *arg)
{
    const struct ending *e = arg;
    struct act *act = e->act;
    struct own_account own;
    struct commitment *commitment = NULL;
    struct freeze *freeze = NULL;
    bool ended = false;
    *e->outcome = UNSUBSCRIBE_DONE;
    TRY(own_account_begin(act, &own));
    TRY(commitment_load(db, act->mem, e->id, &commitment));
    if (commitment == NULL || !act_is_own(act, commitment->customer_id))
        return err_new(ERR_MISSING, 0, "commitment %lld is not the actor's", (long long)e->id);
    TRY(freeze_open(db, act->mem, commitment->customer_id, &freeze));
    if (!commitment_holds(commitment, act->now))
        return refuse(e, UNSUBSCRIBE_ENDED);
    if (freeze != NULL && freeze->type == FREEZE_ACCOUNT_AND_RESOURCES)
        return refuse(e, UNSUBSCRIBE_FROZEN);
    /* A freeze that begins meanwhile bumps the version too: one of the two starts again. */
    TRY(own_account_bump(act, &own));
    TRY(commitment_end(db, commitment->id, act->now, &ended));
    if (!ended)
        return db_again("the commitment was changed meanwhile");
    TRY(lead_on(e));
    return own_account_log(act, &own, OP_UNSUBSCRIBED, commitment->name, commitment_kind_name(commitment->kind));
}

const struct err *unsubscribe(struct act *act, int64_t commitment_id, const char *when_clear, enum unsubscribe_outcome *outcome)
{
    struct ending e = {.act = act, .id = commitment_id, .when_clear = when_clear, .outcome = outcome};
    TRY(act_run(act, work, &e));
    if (act->is_replay)
        *outcome = UNSUBSCRIBE_DONE;
    return NULL;
}
