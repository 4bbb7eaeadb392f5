/* ops_decide.h - the platform's answer to a request that was passed to it: completes it, or rejects it, with a note. */
#ifndef ACTION_OPS_DECIDE_H
#define ACTION_OPS_DECIDE_H

#include "action/act.h"
#include "action/check.h"
#include "domain/request.h"

#define OPS_NOTE_MAX_POINTS 500

enum ops_outcome {
    OPS_DONE,
    OPS_ALREADY,          /* final before: request tells who, what, when */
    OPS_NOT_ESCALATED,    /* it is its two sides' to decide */
    OPS_NO_NOTE,          /* empty, or too long */
    OPS_CHECKS_FAILED     /* completing: report tells */
};

struct ops_result {
    enum ops_outcome outcome;
    struct request *request;   /* as it is now */
    struct check *check;       /* CHECKS_FAILED */
};

/* REQUEST_COMPLETE: every BLOCK rule that binds the partner's agreement passes now; effects and rows of the log as if the partner
 * had agreed. REQUEST_DISMISS: rejects it, whatever the rules say. Both sides are told, with the note. For ROLE_OPS; ERR_MISSING
 * when there is no such request. */
const struct err *ops_decide(struct act *act, int64_t request_id, enum request_event event, const char *note,
                             struct ops_result *result);

#endif
