/* store_webhook.h - the outbox of events for the platform's systems. Its rows are written by log_append(). */
#ifndef STORE_WEBHOOK_H
#define STORE_WEBHOOK_H

#include "domain/webhook.h"
#include "store/db.h"
#include "store/outbox.h"

/* The worker's side, as for deliveries (store_notice.h). Whether it is given up is counted from when it happened, or was sent again
 * by ops. */
struct webhook_delivery { int64_t id, tries, counted_from; bool is_malformed; struct webhook_event event; };

const struct err *webhook_claim(struct db *db, const void *ctx, const char *worker, int64_t now, int64_t lease_until, int limit,
                                struct webhook_delivery **deliveries, size_t *n);

/* Removes at most `limit` that happened before. */
const struct err *webhook_purge(struct db *db, int64_t before_at, int limit, int64_t *n);

#endif
