/* desk_events.h - events for the platform's systems that were given up are sent again, under the ids they had. */
#ifndef ACTION_DESK_EVENTS_H
#define ACTION_DESK_EVENTS_H

#include "action/desk.h"

#define DESK_EVENTS_MAX 1000   /* of one act; the rest waits for the next */

/* ERR_MISSING when there is no such dead event; DESK_GONE when somebody else was faster. */
const struct err *desk_event_retry(struct act *act, int64_t id, enum desk_outcome *outcome);
/* The oldest first. DESK_GONE when there is none. */
const struct err *desk_events_retry_all(struct act *act, enum desk_outcome *outcome);

#endif
