/* tell_ops.h - news for the people who operate the platform: into the platform's inbox and by email to each of them. */
#ifndef ACTION_TELL_OPS_H
#define ACTION_TELL_OPS_H

#include "action/act.h"
#include "store/store_budget.h"

/* Within the running transaction. Like act_notify(), but by email to the login of every active user whose role is ops, each in
 * its own language. Without a platform account nobody is told. */
const struct err *tell_ops(struct act *act, enum notice_kind kind, const struct notice_values *values, const char *event);

/* A budget of messages is used up: one transaction that tells ops once in that hour; *told: this call did. */
const struct err *tell_ops_of_budget(struct act *act, const struct budget_used *used, bool *told);

#endif
