/* own_account.h - what the actions of an owner on their own account share. */
#ifndef ACTION_OWN_ACCOUNT_H
#define ACTION_OWN_ACCOUNT_H

#include "action/act.h"
#include "domain/association.h"
#include "store/store_contract.h"

struct own_account {
    struct contract_customer customer;      /* name, number, version */
    struct association *association;        /* the active one; NULL: no partner */
};

/* Within the transaction. ERR_DENIED unless the actor is an owner of a customer account. */
const struct err *own_account_begin(struct act *act, struct own_account *own);
/* Whoever read the account's facts before must read them again. */
const struct err *own_account_bump(struct act *act, const struct own_account *own);
/* One row in the association's chain, or the platform's without one; "DONE". */
const struct err *own_account_log(struct act *act, const struct own_account *own, enum operation operation, const char *object,
                                  const char *remark);

#endif
