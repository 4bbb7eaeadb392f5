/* tell_ops.h - news for the people who operate the platform: into the platform's inbox and by email to each of them. */
#ifndef ACTION_TELL_OPS_H
#define ACTION_TELL_OPS_H

#include "action/act.h"
#include "store/store_budget.h"

/* A budget of messages is used up: one transaction that tells ops once in that hour; *told: this call did. */
const struct err *tell_ops_of_budget(struct act *act, const struct budget_used *used, bool *told);

#endif
