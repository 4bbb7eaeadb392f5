/* payment_method.h - how a customer pays for itself: added, made the one that is charged, taken out. */
#ifndef ACTION_PAYMENT_METHOD_H
#define ACTION_PAYMENT_METHOD_H

#include "action/act.h"

enum payment_outcome {
    PAYMENT_DONE,
    PAYMENT_BAD_DIGITS,    /* the last four are not four digits */
    PAYMENT_FULL_NUMBER,   /* a full card number was given: it is kept nowhere */
    PAYMENT_EXPIRED,
    PAYMENT_TOO_MANY,
    PAYMENT_THERE,         /* the provider's reference was added before */
    PAYMENT_MISSING        /* not the actor's, or taken out meanwhile */
};

struct payment_method_new {
    bool is_card;
    const char *last_four, *reference;   /* the reference is the payment provider's */
    int64_t valid_to;                    /* INSTANT_NONE: does not expire */
};

bool payment_digits_fit(const char *last_four);   /* four ASCII digits, as payment_method_add() wants them */

/* By an owner, for its own account; each bumps the customer's version and is logged. The first valid one becomes the default.
 * Adding closes the tasks to add one. */
const struct err *payment_method_add(struct act *act, const struct payment_method_new *method, enum payment_outcome *outcome);
const struct err *payment_method_make_default(struct act *act, int64_t id, enum payment_outcome *outcome);
/* If it was the default, the newest that is left becomes it. */
const struct err *payment_method_take_out(struct act *act, int64_t id, enum payment_outcome *outcome);

#endif
