/* desk_notices.h - messages that were given up are sent again, to the address the account has now. Codes and links are not: they
 * were wiped, and whoever needs one asks for a new one. */
#ifndef ACTION_DESK_NOTICES_H
#define ACTION_DESK_NOTICES_H

#include "action/desk.h"

#define DESK_RETRY_MAX 200   /* of one act; the rest waits for the next */

/* ERR_MISSING when there is no such dead message; DESK_GONE when it cannot be sent again. */
const struct err *desk_notice_retry(struct act *act, int64_t id, enum desk_outcome *outcome);
/* The oldest first. DESK_GONE when none can be sent again. */
const struct err *desk_notices_retry_all(struct act *act, enum desk_outcome *outcome);

#endif
