/* session_token.h - the token of a session that a form leads to: a cookie's value, of which only the hash is stored. */
#ifndef ACTION_SESSION_TOKEN_H
#define ACTION_SESSION_TOKEN_H

#include "action/act.h"

/* 43 characters, in act->mem. The same for the same form of the same browser, user and proof: so a form that is sent twice leads to
 * one session, whichever answer the browser takes, and one that was used leads nobody else to it. Nobody without the site's key,
 * the form and the cookie it was sent with can tell what it is. Random where there is no form.
 *   old_token   the cookie's, of the session or visit that the form was of
 *   proof       what was proven beside the password, such as which one-time password; "" = nothing */
const char *session_token_new(const struct act *act, const char *old_token, int64_t user_id, const char *proof);

#endif
