/* store_webhook.h - the outbox of events for the platform's systems. Its rows are written by log_append(). */
#ifndef STORE_WEBHOOK_H
#define STORE_WEBHOOK_H

#include "domain/webhook.h"
#include "store/db.h"

/* The worker's side, as for deliveries (store_notice.h). */
struct webhook_delivery { int64_t id, tries, created_at; bool is_malformed; struct webhook_event event; };

const struct err *webhook_claim(struct db *db, const void *ctx, const char *worker, int64_t now, int64_t lease_until, int limit,
                                struct webhook_delivery **deliveries, size_t *n);
const struct err *webhook_take_back(struct db *db, int64_t now);
/* Only while this worker's claim holds; *held tells. */
const struct err *webhook_sent(struct db *db, int64_t id, const char *worker, int64_t now, const char *detail, bool *held);
const struct err *webhook_later(struct db *db, int64_t id, const char *worker, int64_t next_at, const char *detail, bool *held);
const struct err *webhook_dead(struct db *db, int64_t id, const char *worker, int64_t now, const char *detail, bool *held);

/* Removes at most `limit` that happened before. */
const struct err *webhook_purge(struct db *db, int64_t before_at, int limit, int64_t *n);

#endif
