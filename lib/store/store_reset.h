/* store_reset.h - links for a forgotten password, each good for one use. */
#ifndef STORE_RESET_H
#define STORE_RESET_H

#include "store/db.h"

/* Whose password the link may set; 0 when it is unknown, used, void or over. */
const struct err *reset_find(struct db *db, const unsigned char token_hash[32], int64_t now, int64_t *user_id);
/* How many were made for this user since then. */
const struct err *reset_count(struct db *db, int64_t user_id, int64_t since, int64_t *n);
/* Makes every open link of the user void. */
const struct err *reset_void(struct db *db, int64_t user_id, int64_t now);
const struct err *reset_insert(struct db *db, const unsigned char token_hash[32], int64_t user_id, int64_t at, int64_t expires_at);
/* Uses the link up; *used false: somebody was first, or it is over. */
const struct err *reset_use(struct db *db, const unsigned char token_hash[32], int64_t now, bool *used);

#endif
