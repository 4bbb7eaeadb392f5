/* ops_freeze.h - the platform freezes accounts, and lifts what it or a budget imposed and every freeze of a partner. What a partner
 * imposed on its customer stays the partner's to lift. Outcomes are those of freeze.h. */
#ifndef ACTION_OPS_FREEZE_H
#define ACTION_OPS_FREEZE_H

#include "action/freeze.h"
#include "store/store_freeze.h"

/* May the platform lift it? */
bool freeze_is_platforms(const struct freeze *freeze, enum account_kind of);

struct ops_freeze_result {
    enum freeze_outcome outcome;     /* FREEZE_DONE, _NO_REASON, _ALREADY, _NONE, _NOT_YOURS, _OTHER_TYPE */
    struct held_freeze *held;        /* lifting: the one it is about; NULL if it is not open any more */
    struct held_account *account;    /* freezing: whose; NULL: no account has this number (then the outcome is FREEZE_NONE) */
};

/* For ROLE_OPS. Bumps the account's version, logs UNFROZEN, tells the account, and of a customer its partner. */
const struct err *ops_unfreeze(struct act *act, int64_t freeze_id, enum freeze_type type, const char *reason,
                               struct ops_freeze_result *result);
/* For ROLE_OPS: a customer or a partner, by its number. What waits for a partner that is frozen goes to the platform: the job
 * worker does it at once. */
const struct err *ops_freeze(struct act *act, const char *account_no, enum freeze_type type, const char *reason,
                             struct ops_freeze_result *result);

#endif
