/* decide.h - agreeing, rejecting and withdrawing a pending request. Compare-and-set: one wins, the others see who and when. */
#ifndef ACTION_DECIDE_H
#define ACTION_DECIDE_H

#include "action/act.h"
#include "action/check.h"
#include "action/wizard_steps.h"

enum decide_outcome {
    DECIDE_DONE,
    DECIDE_ALREADY,            /* final before: request tells who, what, when */
    DECIDE_NOT_YOURS,          /* the initiator cannot answer its own request; only the initiator withdraws */
    DECIDE_CHECKS_FAILED,      /* agree: report tells */
    DECIDE_PARTNER_FROZEN,     /* a frozen partner cannot agree; it can reject */
    DECIDE_NO_STATEMENT,
    DECIDE_NO_GRANT,
    DECIDE_NO_TEXT,            /* a partner must give a reason to reject */
    DECIDE_NO_DECISION,        /* nothing chosen in the wizard, or its row is gone */
    DECIDE_MOVED               /* the wizard's row is another one by now, or holds another decision */
};

struct decide_result {
    enum decide_outcome outcome;
    struct request *request;   /* as it is now; always set unless it does not exist */
    struct check *check;       /* CHECKS_FAILED */
    enum wizard_grant grant;   /* NO_GRANT */
};

/* Carries out the decision in the ANSWER wizard's row of the actor's account, if the row is still of this revision and the
 * decision is `event`, the one that the actor has chosen: the row is the account's, and a colleague's is not carried out in
 * the actor's name. Effects of agreeing: association ENDED,
 * partner freezes lifted with their cause, billing DIRECT, three tasks for the customer, log rows REQUEST_AGREED,
 * DISASSOCIATED (and UNFROZEN), notices to both. Effects of rejecting: REQUEST_REJECTED, notices to both with the reason. */
const struct err *decide_request(struct act *act, const struct wizard_target *target, int64_t revision,
                                 enum request_event event, struct decide_result *result);

/* Withdraws: any user of the initiator's account who may submit. No code, no wizard. */
const struct err *withdraw_request(struct act *act, int64_t request_id, struct decide_result *result);

/* Marks a final request's result as read by its initiator's account. */
const struct err *see_result(struct act *act, int64_t request_id);

/* "Ask partner to unfreeze": a task and a notice for the partner, once while it is open; logged. *asked false when it was
 * asked before or nothing of the partner's is frozen. */
const struct err *ask_unfreeze(struct act *act, int64_t association_id, bool *asked);

#endif
