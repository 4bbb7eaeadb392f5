/* effects.h - what the end of an association, by a completed request or with an account, brings with it, within the
 * transaction that ends it. */
#ifndef ACTION_EFFECTS_H
#define ACTION_EFFECTS_H

#include "action/act.h"
#include "domain/association.h"
#include "domain/request.h"

/* Before anything of it is written: it does not end before it began, nor before its last request was sent, whatever the clock says. */
const struct err *effects_not_before(struct act *act, const struct association *association);
/* Bumps the customer's version, ends the association, lifts the freeze that the partner or the association's start imposed,
 * bills the customer directly, gives it its tasks, closes the partner's task to unfreeze it and every draft for it.
 * A version that is not what `association` says runs the whole transaction again. *lifted: the freeze, NULL if none. */
const struct err *effects_of_leaving(struct act *act, const struct association *association, const struct request *request,
                                     struct freeze **lifted);
/* The same when it ends with the account of one side. The customer's version is left alone when its own account was closed, which
 * has changed it. */
const struct err *effects_of_closing(struct act *act, const struct association *association, bool customer_is_closed,
                                     struct freeze **lifted);
/* The rows of the log for it: DISASSOCIATED, and UNFROZEN when something was lifted. request NULL: it ended with an account. */
const struct err *effects_log(struct act *act, const struct association *association, const struct request *request,
                              const struct freeze *lifted);

#endif
