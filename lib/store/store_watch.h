/* store_watch.h - customers who asked to be told when all account checks pass. */
#ifndef STORE_WATCH_H
#define STORE_WATCH_H

#include "store/db.h"

struct watch { int64_t id, account_id, association_id; bool is_open; };

/* *is_new false: one was open before. */
const struct err *watch_add(struct db *db, int64_t account_id, int64_t association_id, int64_t user_id, int64_t at, bool *is_new);
const struct err *watch_is_open(struct db *db, int64_t account_id, bool *is_open);
/* Open ones whose account was changed since they were looked at, or whose time has come; ids above `after`, in order. */
const struct err *watch_due(struct db *db, const void *ctx, int64_t now, int64_t after, int64_t limit, int64_t **ids, size_t *n);
const struct err *watch_load(struct db *db, const void *ctx, int64_t id, struct watch **watch);   /* NULL: none */
/* Each changes an open one only; *moved tells. */
const struct err *watch_looked(struct db *db, int64_t id, int64_t version, int64_t look_at, bool *moved);
const struct err *watch_told(struct db *db, int64_t id, int64_t at, bool *moved);
const struct err *watch_ended(struct db *db, int64_t id, int64_t at, bool *moved);

#endif
