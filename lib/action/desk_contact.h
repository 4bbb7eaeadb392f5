/* desk_contact.h - an account that has lost its contacts gets a new one from the platform, which has satisfied itself outside this
 * system who is asking. The earlier address and the new one are both told, codes that are out to the earlier one no longer work,
 * and a change that the account had begun itself is over. */
#ifndef ACTION_DESK_CONTACT_H
#define ACTION_DESK_CONTACT_H

#include "action/desk.h"

/* `address` is cleaned and fine; `proof` tells how the one who asks was recognised. DESK_NO_STEP_UP, _NO_REASON, _NONE, _SAME. */
struct desk_contact { const char *account_no; enum channel channel; const char *address, *proof; };
const struct err *desk_contact_replace(struct act *act, const struct desk_contact *contact, enum desk_outcome *outcome);

#endif
