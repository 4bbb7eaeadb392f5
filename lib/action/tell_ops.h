/* tell_ops.h - news for the people who operate the platform: into the platform's inbox and by email to each of them. */
#ifndef ACTION_TELL_OPS_H
#define ACTION_TELL_OPS_H

#include "action/act.h"
#include "store/store_budget.h"

/* A budget of messages is used up: one transaction that tells ops once in that hour; *told: this call did. */
const struct err *tell_ops_of_budget(struct act *act, const struct budget_used *used, bool *told);

/* The next hop of a channel refuses us and not a message (CHANNEL_DENIED): told once in each hour; *told: this call did. By email
 * too when it is the other channel's. detail: what it answered. */
const struct err *tell_ops_of_denial(struct act *act, enum channel channel, const char *detail, bool *told);

#endif
