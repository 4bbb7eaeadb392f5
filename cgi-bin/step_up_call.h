/* step_up_call.h - pages that change who may act ask for the password first, when it was last given too long ago. */
#ifndef CGI_STEP_UP_CALL_H
#define CGI_STEP_UP_CALL_H

#include "call.h"

/* True: the response leads to /step-up, and from there to `next` (a local path). */
bool step_up_first(struct call *call, const char *next);
/* Whether it would not ask. */
bool step_up_is_recent(const struct call *call);
/* The same, however long ago it was: the action has found it too long. What was typed is kept, if the route keeps (kept.h). */
const struct err *step_up_go(struct call *call, const char *next);

#endif
