/* freeze.h - a partner freezes its customer, and lifts what it or the association's start imposed. Source: help centre,
 * "Freezing and unfreezing customer accounts": both need a reason, and lifting names the same type as the freeze. */
#ifndef ACTION_FREEZE_H
#define ACTION_FREEZE_H

#include "action/act.h"
#include "domain/association.h"

#define FREEZE_REASON_MAX_POINTS 256

enum freeze_outcome {
    FREEZE_DONE,
    FREEZE_NO_REASON,           /* empty, or too long */
    FREEZE_PARTNER_FROZEN,      /* the partner itself is: it can do neither */
    FREEZE_NOT_RESELLER,        /* of a referral the partner is not the biller, so not the one to freeze */
    FREEZE_ALREADY,             /* one is open: `freeze` tells */
    FREEZE_NONE,                /* nothing to lift */
    FREEZE_NOT_YOURS,           /* a budget or the platform imposed it; only the platform lifts it */
    FREEZE_OTHER_TYPE,          /* to be lifted as what it is: `freeze` tells */
    FREEZE_CUSTOMER_LEFT        /* the association ended before: the customer is not this partner's any more */
};

struct freeze_result {
    enum freeze_outcome outcome;
    struct freeze *freeze;      /* the open one, after freezing the new one; lifting: the one that was lifted; NULL if none */
};

/* May the partner lift it? */
bool freeze_is_partners(const struct freeze *freeze);

/* For an admin of the association's partner; of anybody else's it is ERR_MISSING. Bumps the
 * customer's version, logs FROZEN, tells the customer. */
const struct err *freeze_customer(struct act *act, int64_t association_id, enum freeze_type type, const char *reason,
                                  struct freeze_result *result);
/* The same for lifting; also closes the customer's "unfreeze me" at its partner. */
const struct err *unfreeze_customer(struct act *act, int64_t association_id, enum freeze_type type, const char *reason,
                                    struct freeze_result *result);

#endif
