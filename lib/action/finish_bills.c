#include "action/finish_bills.h"

#include "store/store_association.h"

static const struct err *work(struct db *db, void *arg)
{
    const struct act *act = arg;
    struct association *left = NULL;
    bool closed = false;
    if (act->actor->role != ROLE_OWNER)
        return err_new(ERR_DENIED, 0, "only an owner may finish a task of the account");
    TRY(association_last_ended(db, act->mem, act->actor->account_id, &left));
    return left == NULL ? NULL : task_close(db, act->actor->account_id, "EXPORT_BILLS", left->id, act->now, &closed);
}

const struct err *finish_bills(struct act *act)
{
    return act_run(act, work, act);
}
