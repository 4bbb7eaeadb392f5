/* desk_close.h - the platform closes an account for good: associations end with it, open requests are cancelled, its people can no
 * longer sign in, invitations it made no longer work. Both sides of each association are told. It cannot be undone. */
#ifndef ACTION_DESK_CLOSE_H
#define ACTION_DESK_CLOSE_H

#include "action/desk.h"
#include "store/store_desk.h"

#define DESK_CLOSE_MAX 100   /* customers that can leave a partner in one act */

/* What goes with the account, as a page shows it and hands it back: a customer's partner and open request, how many customers a
 * partner has. ASCII without blanks, in ctx. */
char *desk_close_seen(const void *ctx, const struct desk_account *account);

struct desk_closing {
    const char *account_no;   /* of a customer or partner */
    const char *seen;         /* desk_close_seen() of what was shown */
    const char *typed_name;   /* what the operator typed to show that it is meant */
    const char *reason;
};
/* *ended: associations that ended. DESK_NO_STEP_UP, _NO_REASON, _NONE, _GONE, _CHANGED, _NAME, _TOO_MANY. */
const struct err *desk_close(struct act *act, const struct desk_closing *asked, enum desk_outcome *outcome, size_t *ended);

#endif
