/* check_watch.h - "tell me when all checks pass": asked for by a customer, watched by the worker, told once.
 *
 * The six conditions are meant, not the quota: when that frees is known beforehand and shown.
 */
#ifndef ACTION_CHECK_WATCH_H
#define ACTION_CHECK_WATCH_H

#include "action/act.h"

enum watch_outcome {
    WATCH_DONE,
    WATCH_ALREADY,           /* one is open: there is nothing to add */
    WATCH_PASSED,            /* all pass already */
    WATCH_NOTHING            /* nothing to leave: no partner, or one of a referral */
};

/* By an owner, about their own active association. Logs WATCH_SET. */
const struct err *watch_checks(struct act *act, enum watch_outcome *outcome);

/* For act_system: runs the checks of one watch. When all pass, the customer is told and the watch is over; when the association
 * is over, so is the watch. Doing it again does nothing. ERR_MISSING when there is no such watch. */
const struct err *look_at_watch(struct act *act, int64_t watch_id, bool *told);

#endif
