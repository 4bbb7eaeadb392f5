/* desk_user.h - what the platform does about anybody's ways in: disable, enable, end sessions, reset the second factor. Never its own
 * operator's: another one has to. The person is told at the login address, the account in its inbox and by its contacts. */
#ifndef ACTION_DESK_USER_H
#define ACTION_DESK_USER_H

#include "action/desk.h"

enum desk_user_act { DESK_USER_DISABLE, DESK_USER_ENABLE, DESK_USER_END_SESSIONS, DESK_USER_RESET_FACTOR, DESK_USER_ACTS };

/* ERR_MISSING when there is no such user. DESK_NO_STEP_UP, _NO_REASON, _OWN, _GONE, and _NONE when the account is closed. */
const struct err *desk_user(struct act *act, int64_t user_id, enum desk_user_act what, const char *reason, enum desk_outcome *outcome);

#endif
