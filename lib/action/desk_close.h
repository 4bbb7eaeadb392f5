/* desk_close.h - the platform closes an account for good: associations end with it, open requests are cancelled, its people can no
 * longer sign in, invitations it made no longer work. Both sides of each association are told. It cannot be undone. */
#ifndef ACTION_DESK_CLOSE_H
#define ACTION_DESK_CLOSE_H

#include "action/desk.h"
#include "store/store_desk.h"

#define DESK_CLOSE_MAX 100   /* customers that can leave a partner in one act */

/* account_no of a customer or partner; typed_name is what the operator typed to show that it is meant. *ended: associations that
 * ended. DESK_NO_STEP_UP, _NO_REASON, _NONE, _GONE, _NAME, _TOO_MANY. */
const struct err *desk_close(struct act *act, const char *account_no, const char *typed_name, const char *reason,
                             enum desk_outcome *outcome, size_t *ended);

#endif
