/* security.h - what a person does about their own ways in: sessions, password, second factor, recovery codes.
 *
 * Everybody may, for themselves alone. All of it needs a session that proved itself lately. */
#ifndef ACTION_SECURITY_H
#define ACTION_SECURITY_H

#include "action/act.h"
#include "domain/sign_in.h"
#include "store/store_security.h"

enum security_outcome {
    SECURITY_DONE,
    SECURITY_NO_STEP_UP,      /* the password was given too long ago */
    SECURITY_GONE,            /* the session is over already; the second factor was not begun, or too long ago */
    SECURITY_REFUSED,         /* the new password: see fault */
    SECURITY_WRONG,           /* the one-time password */
    SECURITY_REQUIRED         /* who runs the platform cannot do without a second factor */
};

/* --- sessions --- */

/* ERR_MISSING for a session that is not one of the actor's. The session at hand is left by signing out: SECURITY_GONE. */
const struct err *security_end_session(struct act *act, int64_t session_id, enum security_outcome *outcome);
const struct err *security_end_others(struct act *act, enum security_outcome *outcome);

/* --- password: the other sessions end, and the account's contacts are told --- */

const struct err *security_set_password(struct act *act, const char *password, enum security_outcome *outcome,
                                        enum password_fault *fault);

/* --- second factor (second_factor.c) --- */

#define SECOND_FACTOR_PENDING_S 3600
#define RECOVERY_CODES 10
#define RECOVERY_DIGITS 12            /* in three groups of four; twice as long as a one-time password, so no text is both */

/* Makes the secret that second_factor_confirm() takes into use; one that is in use already stays until then. */
const struct err *second_factor_start(struct act *act, enum security_outcome *outcome);

/* The key to be put into the app, of the one that was begun; NULL if none was. */
const struct err *second_factor_key(struct act *act, const struct second_factor *factor, char **base32);

struct recovery_codes { char digits[RECOVERY_CODES][RECOVERY_DIGITS + 1]; };   /* to be wiped by the caller */
/* `code` is what the authenticator app shows. Recovery codes of before are void; the new ones are in `codes`, the only time
 * they can be seen; the same form sent again gives the same ones. */
const struct err *second_factor_set_up(struct act *act, const char *code, enum security_outcome *outcome, struct recovery_codes *codes);
const struct err *second_factor_renew_codes(struct act *act, enum security_outcome *outcome, struct recovery_codes *codes);
const struct err *second_factor_switch_off(struct act *act, enum security_outcome *outcome);

/* For signing in: what is stored of a recovery code. `digits` as cleaned; false when that cannot be one. */
bool recovery_digest(const struct act *act, int64_t user_id, const char *digits, unsigned char digest[SECRET_DIGEST_BYTES]);

/* For second_factor.c: whose act it is in the log. */
const struct err *security_log(struct act *act, enum operation operation, const char *remark);
const struct err *security_begin(struct act *act, enum security_outcome *outcome);

#endif
