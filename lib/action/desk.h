/* desk.h - what all acts of the platform's desk have in common: only ops may, some need the password again, each gives a reason. */
#ifndef ACTION_DESK_H
#define ACTION_DESK_H

#include "action/act.h"

#define DESK_REASON_MAX_POINTS 500

enum desk_outcome {
    DESK_DONE,
    DESK_NO_STEP_UP,      /* the password was given too long ago */
    DESK_NO_REASON,       /* empty, or too long */
    DESK_NONE,            /* no such account, or it is closed */
    DESK_GONE,            /* it is as asked for already: revoked, disabled, closed, without a second factor */
    DESK_OWN,             /* one's own user: another operator has to do it */
    DESK_NO_END,          /* a grant: its end is not in the future, or too far */
    DESK_TOO_MANY,        /* a grant: more in force than the quota can hold; closing: more customers than one act can leave */
    DESK_NO_PARTNER,      /* a grant for a partner: the customer has none */
    DESK_SAME,            /* a contact: it is that address already */
    DESK_NAME,            /* closing: the typed name is not the account's */
    DESK_CHANGED          /* closing: other things go with the account than were shown */
};

/* ERR_DENIED unless the actor is ops. */
const struct err *desk_may(const struct act *act);
bool desk_is_reason(const char *reason);
/* desk_may(), the reason, then the password: *outcome DESK_DONE, or why not. The caller refuses then. */
const struct err *desk_begin(struct act *act, const char *reason, enum desk_outcome *outcome);

/* The row of `n` messages or events that are sent again; object: which one, "" for many. */
const struct err *desk_log_retried(struct act *act, enum operation operation, const char *object, int64_t n);

/* A notice about one user, `action` as NOTICE_USER has it: to the account's inbox and contacts, and to the login address. */
struct desk_user;
const struct err *desk_tell_user(struct act *act, const struct desk_user *user, const char *action, const char *reason);

#endif
