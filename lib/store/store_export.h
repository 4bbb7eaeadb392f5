/* store_export.h - exports of the operation log that were asked for in the browser: waiting, being written, ready, gone. */
#ifndef STORE_EXPORT_H
#define STORE_EXPORT_H

#include "domain/operation_export.h"
#include "domain/operation_filter.h"
#include "store/db.h"
#include "store/store_log.h"

struct log_export {
    int64_t id, user_id;
    enum export_format format;
    const char *zone, *words;       /* of the times in it; the filter, for people */
    struct operation_filter filter; /* with until_at: rows that are younger than the asking are not in it */
    int64_t created_at;
    enum export_state state;
    const char *file;               /* name in the folder of the config */
    struct log_key key;             /* the last row that was looked at; at INSTANT_NONE: none yet */
    int64_t n, bytes;               /* rows and bytes that are surely in the file */
    int64_t expires_at, fetch_until;
};

/* --- by whoever asks --- */

/* QUEUED. ERR_CONFLICT on the key "log_export_open": another of this user's is in preparation. */
const struct err *export_insert(struct db *db, const struct log_export *export, int64_t *id);
/* The user's newest. */
const struct err *export_list(struct db *db, const void *ctx, int64_t user_id, int limit, struct log_export **exports, size_t *n);
/* *export NULL: there is none with this id that is the user's. */
const struct err *export_load(struct db *db, const void *ctx, int64_t id, int64_t user_id, struct log_export **export);
/* The file may be fetched until then, if it is ready and not past its time; *allowed tells. */
const struct err *export_let_fetch(struct db *db, int64_t id, int64_t user_id, int64_t now, int64_t until_at, bool *allowed);

/* --- by the worker --- */

/* The next one that waits, or is this worker's already, or was left by another; held until lease_until. NULL: none. */
const struct err *export_claim(struct db *db, const void *ctx, const char *worker, int64_t now, int64_t lease_until,
                               struct log_export **export);
/* Writes down how far it is (key, n, bytes), while the claim holds; *held tells. */
const struct err *export_advance(struct db *db, const struct log_export *export, const char *worker, int64_t lease_until, bool *held);
const struct err *export_finish(struct db *db, int64_t id, const char *worker, enum export_state state, int64_t now,
                                int64_t expires_at, bool *held);
/* Those whose files are past their time, at most `limit`. */
const struct err *export_expired(struct db *db, const void *ctx, int64_t now, int limit, struct log_export **exports, size_t *n);
const struct err *export_deleted(struct db *db, int64_t id);

#endif
