/* finish_bills.h - a customer that left has the bills of its partner's time: the task is done. */
#ifndef ACTION_FINISH_BILLS_H
#define ACTION_FINISH_BILLS_H

#include "action/act.h"

/* By an owner, for its own account. Nothing happens when it is done already. */
const struct err *finish_bills(struct act *act);

#endif
