/* mark_read.h - read marks in the inbox, each user its own. Marking twice changes nothing. */
#ifndef ACTION_MARK_READ_H
#define ACTION_MARK_READ_H

#include "action/act.h"

/* *found false: there is no such notification in the inbox of the actor's account. */
const struct err *mark_read(struct act *act, int64_t notice_id, bool *found);
/* Everything that was told until now. */
const struct err *mark_all_read(struct act *act);

#endif
