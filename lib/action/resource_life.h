/* resource_life.h - the way of a resource: charged, in grace, in retention, released; paid for in between.
 *
 * Each step is one transaction for one resource. What is due is decided anew in it, of the row it has claimed, so a step that was
 * taken by another worker is not taken twice.
 */
#ifndef ACTION_RESOURCE_LIFE_H
#define ACTION_RESOURCE_LIFE_H

#include "action/act.h"
#include "domain/lifecycle.h"

/* Takes the one step that is due now; *stepped false: none was. */
const struct err *resource_step(struct act *act, int64_t resource_id, bool *stepped);

/* Reminds an account that left to add a payment method, if that is due; ends the task of one that has a valid one. */
const struct err *payment_remind(struct act *act, int64_t task_id, bool *stepped);

enum pay_outcome {
    PAY_DONE,
    PAY_MISSING,       /* not the actor's */
    PAY_RELEASED,      /* gone for good */
    PAY_PARTNERS,      /* the partner pays for it */
    PAY_FROZEN,        /* a frozen account does not renew; what is owed it may pay */
    PAY_NO_METHOD,     /* no valid payment method */
    PAY_DECLINED,      /* by the payment provider */
    PAY_NO_PROVIDER,   /* charging is another system's */
    PAY_CHANGED        /* it was paid or moved on since the page was shown */
};
/* By an owner: pays what is owed (GRACE and RETENTION, which makes it ACTIVE again), or the next period before it is due. `due_at`
 * is that charge as the page showed it. */
const struct err *resource_pay(struct act *act, int64_t resource_id, int64_t due_at, enum pay_outcome *outcome);

/* Days for a resource whose site and tier have no row. */
struct lifecycle_days resource_days(const struct config *config);

#endif
