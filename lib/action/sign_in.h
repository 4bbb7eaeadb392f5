/* sign_in.h - signing in: password, then a one-time password where the user has a second factor.
 *
 * One answer and one cost for a user nobody knows, a wrong password, and a user who may not sign in. Failures make both the
 * user and the address wait; the refusal names the time, and nothing sleeps. A sign-in makes a new session token, so that one
 * planted in the browser before is worth nothing. The form that is sent twice leads to the same session.
 */
#ifndef ACTION_SIGN_IN_H
#define ACTION_SIGN_IN_H

#include "action/act.h"

#define SIGN_IN_HALF_S 300          /* between the password and the one-time password */
#define SIGN_IN_ADDRESS_FREE 15     /* failures an address has more than a user before it waits: many people may share it */
#define SIGN_IN_FORGET_S 86400      /* failures are forgotten so long after the last wait */

/* Who acts on these pages, whoever may be signed in. */
extern const struct actor sign_in_nobody;

enum sign_in_outcome {
    SIGN_IN_DONE,       /* token is the new session's */
    SIGN_IN_HALF,       /* the password was right; `half` is to be brought back with a one-time password */
    SIGN_IN_WRONG,
    SIGN_IN_WAIT,       /* not before wait_until */
    SIGN_IN_LATE        /* the form was used, for somebody else or for a session that is over; second step: the first one is too
                           long ago, or no longer good */
};

struct sign_in {
    const char *agent;              /* in: the browser, as it calls itself */
    const char *old_token;          /* in: of the session or visit that the form was of */
    enum sign_in_outcome outcome;
    const char *token;
    const char *half;               /* cookie-safe */
    const char *lang;               /* DONE: of the profile; "" = not chosen */
    int64_t wait_until;
};

/* login in lower case, the password as typed. The session of act->actor, if any, is ended when it works. */
const struct err *sign_in_password(struct act *act, const char *login, const char *password, struct sign_in *sign_in);
/* `code` is a one-time password or a recovery code, which works once. */
const struct err *sign_in_code(struct act *act, const char *half, const char *code, struct sign_in *sign_in);

const struct err *sign_out(struct act *act);

/* No wait, as the time until which nobody may try: one that has passed for requests that began a little earlier and are counted a
 * little later, too. Their `now` may lie behind this one by as much as a request may take. */
int64_t sign_in_no_wait(const struct act *act);
/* Until when nobody may try after so many failures, which may be less than 0; no wait after few. */
int64_t sign_in_wait_until(const struct act *act, int64_t failures);

#endif
