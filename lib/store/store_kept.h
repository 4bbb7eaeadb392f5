/* store_kept.h - what was typed into a form whose session had run out, for the same user at the same page. */
#ifndef STORE_KEPT_H
#define STORE_KEPT_H

#include "store/db.h"

#define KEPT_PATH_MAX_BYTES 200
#define KEPT_FIELDS_MAX_BYTES 65535

/* Keeps fields (urlencoded, so ASCII) in place of what was kept for this user and path. A write of its own. */
const struct err *kept_form_put(struct db *db, int64_t user_id, const char *path, const char *fields, int64_t now);
/* *fields NULL: nothing kept since `since`. */
const struct err *kept_form_find(struct db *db, const void *ctx, int64_t user_id, const char *path, int64_t since,
                                 const char **fields);
/* Empties it: the form was sent. A write of its own; nothing to empty is no error. */
const struct err *kept_form_clear(struct db *db, int64_t user_id, const char *path);
/* Removes at most PURGE_BATCH rows that were kept before. */
const struct err *purge_kept_forms(struct db *db, int64_t before_at, int64_t *n);

#endif
