/* unsubscribe.h - ending a reserved instance or a support plan before its time. */
#ifndef ACTION_UNSUBSCRIBE_H
#define ACTION_UNSUBSCRIBE_H

#include "action/act.h"

enum unsubscribe_outcome {
    UNSUBSCRIBE_DONE,
    UNSUBSCRIBE_ENDED,       /* it was unsubscribed or over before */
    UNSUBSCRIBE_FROZEN       /* account and resources are frozen. A freeze of the account alone still allows it: that of the
                                platform's guide, "Freezing and unfreezing a customer account" */
};

/* By an owner, of their own account; others' are ERR_MISSING. Bumps the account's version, logs UNSUBSCRIBED. When nothing is
 * left that stops the account from leaving its partner, act->location becomes `when_clear`, unless that is NULL. */
const struct err *unsubscribe(struct act *act, int64_t commitment_id, const char *when_clear, enum unsubscribe_outcome *outcome);

#endif
