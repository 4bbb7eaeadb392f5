/* contract.h - marking a special commerce contract as settled, offline, by the partner it is with or by the platform. */
#ifndef ACTION_CONTRACT_H
#define ACTION_CONTRACT_H

#include "action/act.h"
#include "store/store_contract.h"

#define CONTRACT_NOTE_MAX_POINTS 500

enum contract_outcome {
    CONTRACT_DONE,
    CONTRACT_NO_NOTE,        /* empty, or too long */
    CONTRACT_ALREADY         /* settled, or expired, before */
};

/* *contract with its customer, if this actor may know it: an admin or manager of the customer's partner, or ops. NULL
 * otherwise. Reads only. */
const struct err *contract_of_actor(struct act *act, int64_t id, struct contract **contract, struct contract_customer *customer);

/* By an admin of the customer's partner, or by ops. Bumps the customer's version, logs CONTRACT_SETTLED, tells the customer. */
const struct err *settle_contract(struct act *act, int64_t id, const char *note, enum contract_outcome *outcome);

#endif
