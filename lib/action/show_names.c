#include "action/show_names.h"

#include "store/store_customer.h"

static const struct err *work(struct db *db, void *arg)
{
    struct act *act = arg;
    struct operation_row row = {
        .operation = OP_NAMES_SHOWN, .partner_id = act->actor->account_id, .object = act->actor->account_no, .result = "DONE"};
    if ((act->actor->role & ROLES_PARTNER) == 0)
        return err_new(ERR_DENIED, 0, "only users of a partner see names of its customers");
    TRY(names_show(db, act->actor->session_id, act->now));
    return act_log(act, &row);
}

const struct err *show_names(struct act *act) { return act_run(act, work, act); }
