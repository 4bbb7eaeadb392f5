/* resource_news.h - how a resource's step from one state to another is logged and told to its customer. */
#ifndef ACTION_RESOURCE_NEWS_H
#define ACTION_RESOURCE_NEWS_H

#include "action/act.h"
#include "domain/lifecycle.h"

struct resource_news {
    int64_t resource_id, customer_id;
    const char *name, *customer_name;
    enum resource_state from, to;
    int64_t due_at, until_at;      /* the charge that it is about; end of the new state, INSTANT_NONE if it has none */
};

/* Within the transaction of the step. `what` as NOTICE_RESOURCE has it; `which` tells apart what is told more than once of a state. */
const struct err *resource_tell(struct act *act, const struct resource_news *news, const char *what, int64_t which);
const struct err *resource_log_move(struct act *act, const struct resource_news *news, enum operation operation);

#endif
