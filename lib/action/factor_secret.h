/* factor_secret.h - the secret of a second factor, as the database keeps it: sealed with a key of the site and bound to the login it
 * belongs to, so that neither a copy of the database nor a row moved to another user is of use. What was stored in clear before
 * is read as it is, and sealed when it is used next or by factor_seal_all(). */
#ifndef ACTION_FACTOR_SECRET_H
#define ACTION_FACTOR_SECRET_H

#include "action/act.h"

/* base32 → what is stored, in ctx; NULL stays NULL. */
char *factor_seal(const void *ctx, const struct act_keys *keys, const char *login, const char *base32);
/* And back. ERR_BUG for what was not sealed with this site's key for this login. The caller may wipe *base32. */
const struct err *factor_open(const void *ctx, const struct act_keys *keys, const char *login, const char *stored, char **base32);
bool factor_is_sealed(const char *stored);
/* Whether the app shows this code now, of this login's secret as it is stored; *step as totp_check() tells it. */
const struct err *factor_check(const struct act *act, const char *login, const char *stored, const char *code, int64_t *step,
                               bool *is_right);

/* Seals every one that is still in clear, with one row in the log; *sealed tells how many there were. For the operator's tool. */
const struct err *factor_seal_all(struct act *act, int64_t *sealed);

#endif
