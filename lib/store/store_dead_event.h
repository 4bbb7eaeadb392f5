/* store_dead_event.h - events for the platform's systems that were given up: what they tell, why, and sending them again. */
#ifndef STORE_DEAD_EVENT_H
#define STORE_DEAD_EVENT_H

#include "domain/operation.h"
#include "store/db.h"

struct dead_event {
    int64_t id, chain_id, seq, at, done_at, tries;
    int64_t log_id;                /* of the row that it tells of; 0: it is not there, and cannot be told */
    enum operation operation;      /* OPERATIONS: one that this program does not know */
    const char *object, *detail;   /* detail: the last answer of the endpoint */
};

/* Those given up last first, before the key (INSTANT_NONE: from the last). */
const struct err *dead_event_list(struct db *db, const void *ctx, int64_t before_at, int64_t before_id, int limit,
                                  struct dead_event **events, size_t *n, bool *has_more);
/* Counted up to 10,000. */
const struct err *dead_event_count(struct db *db, int64_t *n);
const struct err *dead_event_load(struct db *db, const void *ctx, int64_t id, struct dead_event **event);   /* NULL: none that is dead */
/* DEAD → QUEUED, with its whole time to be accepted before it; *done false: it is not dead. */
const struct err *dead_event_retry(struct db *db, int64_t id, int64_t now, bool *done);
/* The oldest first; *n tells how many. */
const struct err *dead_event_retry_all(struct db *db, int64_t now, int64_t limit, int64_t *n);

#endif
