/* customer_log.h - rows of the log about a customer rather than about a request. */
#ifndef ACTION_CUSTOMER_LOG_H
#define ACTION_CUSTOMER_LOG_H

#include "action/act.h"

/* Appends the row in the chain of the customer's association, of its last one once it has ended, or of the platform when it never
 * had a partner. A partner reads only what was done while it was one, so it is not named after that. */
const struct err *customer_log(struct act *act, int64_t customer_id, struct operation_row *row);

#endif
