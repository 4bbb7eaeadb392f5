#include "base/memory.h"

#include "store/store_association.h"

#include "action/decide.h"

struct ask { struct act *act; int64_t association_id; };

/* Only what the partner can lift is asked of it. */
static bool is_partners(const struct freeze *freeze)
{
    return freeze != NULL && (freeze->source == FREEZE_BY_PARTNER || freeze->source == FREEZE_BY_ASSOCIATION_DEFAULT);
}

static const struct err *tell(struct act *act, const struct association *association, const struct freeze *freeze)
{
    const struct notice_values values = {
        .to_partner = true, .customer = association->customer_name, .partner = association->partner_name,
        .freeze_type = freeze_type_name(freeze->type)
    };
    struct operation_row row = {
        .operation = OP_UNFREEZE_ASKED, .association_id = association->id, .customer_id = association->customer_id,
        .partner_id = association->partner_id, .object = association->partner_name, .result = "PENDING"
    };

    TRY(act_notify(act, association->partner_id, NOTICE_UNFREEZE_ASKED, &values,
                   mem_text(act->mem, "/customers/%s", association->customer_no), 0,
                   mem_text(act->mem, "F%lld-ASKED", (long long)freeze->id)));
    return act_log(act, &row);
}

static const struct err *work(struct db *db, void *arg)
{
    const struct ask *ask = arg;
    struct act *act = ask->act;
    struct association *association;
    struct freeze *freeze;
    bool is_new;

    TRY(association_load(db, act->mem, ask->association_id, &association));
    if (association == NULL || !act_is_own(act, association->customer_id))
        return err_new(ERR_MISSING, 0, "association %lld is not the actor's", (long long)ask->association_id);
    if ((act->actor->role & ROLE_OWNER) == 0)
        return err_new(ERR_DENIED, 0, "only an owner may ask");
    TRY(freeze_open(db, act->mem, association->customer_id, &freeze));
    if (association->status != ASSOCIATION_ACTIVE || !is_partners(freeze))
        return act_refuse();
    TRY(task_ask(db, association->partner_id, "UNFREEZE", association->id, act->now, &is_new));
    return is_new ? tell(act, association, freeze) : act_refuse();
}

const struct err *ask_unfreeze(struct act *act, int64_t association_id, bool *asked)
{
    struct ask ask = { .act = act, .association_id = association_id };

    TRY(act_run(act, work, &ask));
    *asked = act->is_done;
    return NULL;
}
