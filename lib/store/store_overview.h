/* store_overview.h - what the platform's overview counts. Days are those of UTC. */
#ifndef STORE_OVERVIEW_H
#define STORE_OVERVIEW_H

#include <stddef.h>

#include "domain/request.h"
#include "store/db.h"

/* How many requests that were sent on a day, from `since` on, are in which state now. */
struct overview_requests { int64_t day, n; enum request_state state; };
const struct err *overview_requests(struct db *db, const void *ctx, int64_t since, struct overview_requests **counts, size_t *n);

/* Requests that were agreed to or rejected from `since` on: when, and how long after they were sent. The newest first, at most
 * `limit`. */
struct overview_answer { int64_t at, took_s; };
const struct err *overview_answers(struct db *db, const void *ctx, int64_t since, int64_t limit, struct overview_answer **answers,
                                   size_t *n);

/* The last check of each draft that was checked from `since` on, packed (rule_report_unpack). The newest first, at most `limit`. */
const struct err *overview_checks(struct db *db, const void *ctx, int64_t since, int64_t limit, const char *const **reports, size_t *n);

/* How many customers have so many requests that count now; those with none are not told. */
struct overview_quota { int64_t used, customers; };
const struct err *overview_quota(struct db *db, const void *ctx, int64_t now, struct overview_quota **counts, size_t *n);

/* Messages that were queued on a day: delivered, given up, still tried after a failure. */
struct overview_delivery { int64_t day, sent, dead, trying; };
const struct err *overview_deliveries(struct db *db, const void *ctx, int64_t since, struct overview_delivery **days, size_t *n);

/* Since when the requests that wait for the platform wait; the longest first, at most `limit`. */
const struct err *overview_escalated(struct db *db, const void *ctx, int64_t limit, int64_t **since, size_t *n);

#endif
