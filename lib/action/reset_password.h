/* reset_password.h - a new password by a mailed link: works once, for half an hour, and ends every session.
 *
 * Asking gets the same answer whether or not anybody has that login.
 */
#ifndef ACTION_RESET_PASSWORD_H
#define ACTION_RESET_PASSWORD_H

#include "action/act.h"
#include "domain/sign_in.h"

#define RESET_TTL_S 1800
#define RESETS_PER_HOUR 3     /* of one user; further ones are not sent, and nobody is told */

/* A link goes to the login's address if a user who may sign in has it; earlier links become void. */
const struct err *reset_password_ask(struct act *act, const char *login);

/* Whose password the link of this token sets: a login, allocated on act->mem; NULL when it may not be used any more. */
const struct err *reset_password_login(struct act *act, const char *token, const char **login);

enum reset_outcome { RESET_DONE, RESET_GONE, RESET_REFUSED };   /* GONE: used, void or over; REFUSED: see fault */
struct reset { enum reset_outcome outcome; enum password_fault fault; };
const struct err *reset_password_set(struct act *act, const char *token, const char *password, struct reset *reset);

#endif
