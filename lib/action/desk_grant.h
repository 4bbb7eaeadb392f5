/* desk_grant.h - the platform gives a customer, or a partner for one customer, more requests than the rule allows, and takes them
 * back. Both bump the customer's version, as the quota reads them, and tell the side whose quota it is. */
#ifndef ACTION_DESK_GRANT_H
#define ACTION_DESK_GRANT_H

#include "action/desk.h"

#define GRANT_LIFE_MAX_S (INT64_C(366) * 86400)

/* side SIDE_CUSTOMER, or SIDE_PARTNER for the customer's partner of now. DESK_NO_REASON, _NONE, _NO_END, _TOO_MANY, _NO_PARTNER. */
struct desk_grant { const char *customer_no; enum side side; int64_t extra, until_at; const char *note; };
const struct err *desk_grant_give(struct act *act, const struct desk_grant *grant, enum desk_outcome *outcome);

/* ERR_MISSING when there is no such grant. DESK_NO_REASON, _GONE. */
const struct err *desk_grant_revoke(struct act *act, int64_t grant_id, const char *note, enum desk_outcome *outcome);

#endif
