/* deadline.h - what happens to a request when nobody answers it. One transaction a request; doing it again does nothing, so any
 * number of workers may try at once. For act_system: nobody else acts by silence. Source: domain rules on deadlines. */
#ifndef ACTION_DEADLINE_H
#define ACTION_DEADLINE_H

#include "action/act.h"

enum deadline_outcome {
    DEADLINE_NOTHING,      /* not due, or somebody was faster */
    DEADLINE_ESCALATED,    /* a customer's request goes to the platform, with a second deadline */
    DEADLINE_EXPIRED,      /* a partner's request, or a customer's whose second deadline has passed: over, its quota given back */
    DEADLINE_REMINDED
};

/* From the deadline on (now ≥ deadline_at) the request expires or is escalated; a customer's also before, when its partner is
 * frozen and so cannot agree. ERR_MISSING when there is no such request. */
const struct err *deadline_meet(struct act *act, int64_t request_id, enum deadline_outcome *outcome);

/* Tells whoever must answer that the deadline comes nearer: at half time, 3 days and 1 day before it, each once. Of several that
 * are due together, as after a pause of all workers, only the last is told. Of what is with the platform nobody is reminded. */
const struct err *deadline_remind(struct act *act, int64_t request_id, enum deadline_outcome *outcome);

#endif
