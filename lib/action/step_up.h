/* step_up.h - proving oneself again, by password or one-time password, before something that matters, in a session that is already signed in.
 *
 * It makes a new session, so that a token taken before is worth no more than it was; the old one ends a minute later, or with the new
 * one. The form that is sent twice leads to the same session; another form of the old one to none. Tries count with those of signing in.
 */
#ifndef ACTION_STEP_UP_H
#define ACTION_STEP_UP_H

#include "action/act.h"

#define STEP_UP_OVERLAP_S 60

enum step_up_outcome { STEP_UP_DONE, STEP_UP_WRONG, STEP_UP_WAIT };
struct step_up {
    const char *agent;             /* in: the browser, as it calls itself */
    const char *old_token;         /* in: the cookie's, of the actor's session */
    enum step_up_outcome outcome;
    const char *token;             /* DONE: of the new session */
    int64_t wait_until;            /* WAIT */
};

/* password  as typed; "" to prove by `code` instead
 * code      the digits of the authenticator app; looked at only without a password. Wrong for a user without a second factor.
 * A one-time password works once, here and at sign-in together. */
const struct err *step_up(struct act *act, const char *password, const char *code, struct step_up *result);

/* May the actor prove itself by a one-time password? Reads only. */
const struct err *step_up_takes_code(struct act *act, bool *takes_code);

/* Did the actor's session prove itself within config.session.step_up_s, as its row says? For actions that need it; reads only. */
const struct err *step_up_is_fresh(struct act *act, bool *is_fresh);

#endif
