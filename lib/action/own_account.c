#include "action/own_account.h"

#include "store/store_association.h"

const struct err *own_account_begin(struct act *act, struct own_account *own)
{
    if (act->actor->role != ROLE_OWNER || act->actor->kind != ACCOUNT_CUSTOMER)
        return err_new(ERR_DENIED, 0, "only an owner may change the account");
    TRY(contract_customer(act->db, act->mem, act->actor->account_id, &own->customer));
    return association_active(act->db, act->mem, act->actor->account_id, &own->association);
}

const struct err *own_account_bump(struct act *act, const struct own_account *own)
{
    bool bumped = false;
    TRY(account_bump(act->db, act->actor->account_id, own->customer.version, &bumped));
    return bumped ? NULL : db_again("the account was changed meanwhile");
}

const struct err *own_account_log(struct act *act, const struct own_account *own, enum operation operation, const char *object,
                                  const char *remark)
{
    struct operation_row row = {
        .operation = operation, .customer_id = act->actor->account_id, .object = object, .result = "DONE", .remark = remark,
    };
    if (own->association != NULL) {
        row.association_id = own->association->id;
        row.partner_id = own->association->partner_id;
    }
    return act_log(act, &row);
}
