/* store_security.h - what people change about themselves: sessions, second factor, recovery codes, preferences. */
#ifndef STORE_SECURITY_H
#define STORE_SECURITY_H

#include <stddef.h>

#include "store/db.h"

/* --- sessions --- */

struct session_seen { int64_t id, created_at, seen_at; const char *ip, *agent; };
/* Those that are alive and have more than `left_s` to live (a session that another one took the place of has a minute left),
 * the last seen first, at most 50. */
const struct err *session_list(struct db *db, const void *ctx, int64_t user_id, int64_t now, int64_t left_s,
                               struct session_seen **sessions, size_t *n);
/* With those in whose place it goes on, and the one that goes on in its place unless that is but_id: whoever ends it goes on.
 * *ended false: no session of this user that was not ended. */
const struct err *session_end_own(struct db *db, int64_t user_id, int64_t id, int64_t but_id, int64_t at, bool *ended);

/* --- second factor --- */

/* pending as it is stored (action/factor_secret.h); NULL: none that can be confirmed. */
struct second_factor { bool is_on; const char *pending; int64_t recovery_left; };
const struct err *second_factor_load(struct db *db, const void *ctx, int64_t user_id, int64_t pending_since,
                                     struct second_factor *factor);
const struct err *second_factor_begin(struct db *db, int64_t user_id, const char *secret, int64_t at);
/* The pending one becomes the one that is asked for; `step` of the code that proved it is used up. *done false: another one was
 * begun meanwhile, or it was confirmed already. */
const struct err *second_factor_confirm(struct db *db, int64_t user_id, const char *secret, int64_t step, bool *done);
const struct err *second_factor_off(struct db *db, int64_t user_id, bool *done);
/* The same secret in another form, if it still is the old one. */
const struct err *second_factor_rewrite(struct db *db, int64_t user_id, const char *old_secret, const char *new_secret);
/* Those with a secret that is not sealed, at most 100; NULL where there is none. */
struct factor_row { int64_t user_id; const char *login, *secret, *pending; };
const struct err *factor_list_clear(struct db *db, const void *ctx, struct factor_row **rows, size_t *n);
const struct err *factor_replace(struct db *db, const struct factor_row *row, const char *secret, const char *pending, bool *done);

const struct err *recovery_insert(struct db *db, int64_t user_id, const unsigned char digest[32], int64_t at);
/* Those not used yet no longer work. */
const struct err *recovery_void(struct db *db, int64_t user_id, int64_t at);
/* *used false: not one of this user's that still works. */
const struct err *recovery_use(struct db *db, int64_t user_id, const unsigned char digest[32], int64_t at, bool *used);

/* --- preferences --- */

const struct err *user_set_preferences(struct db *db, int64_t user_id, const char *lang, const char *zone, const char *theme);

#endif
