/* outbox.h - what the two outboxes, delivery and webhook_event, have in common: a row is claimed until its lease runs out, and
 * whoever holds the claim ends it.
 *
 * A claim is one conditional UPDATE, so two workers never hold the same row; what was claimed is read back by the claim's own
 * name. An UPDATE with ORDER BY would sort and lock the whole queue, because it changes the index that it reads.
 */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include "store/db.h"

struct outbox { const struct db_statement *take_back, *finish, *postpone; };
extern const struct outbox outbox_deliveries, outbox_events;

/* `due` ends in next_at <= ?; then come the limit, the worker and the lease. */
#define OUTBOX_CLAIM(table, due) \
    "UPDATE " table " o\n" \
    "  JOIN (SELECT id\n" \
    "          FROM " table "\n" \
    "         WHERE state = 'QUEUED' AND " due "\n" \
    "         ORDER BY next_at, id\n" \
    "         LIMIT ?) due ON due.id = o.id\n" \
    "   SET o.state = 'SENDING', o.claimed_by = ?, o.lease_until = ?, o.tries = o.tries + 1\n" \
    " WHERE o.state = 'QUEUED'"
#define OUTBOX_TAKE_BACK(table) \
    "UPDATE " table "\n" \
    "   SET state = 'QUEUED', claimed_by = '', lease_until = NULL\n" \
    " WHERE state = 'SENDING' AND lease_until <= ?\n" \
    " ORDER BY lease_until\n" \
    " LIMIT 100"
/* `state` is set to an expression of one parameter, `also` to what a table has besides. */
#define OUTBOX_FINISH(table, state, also) \
    "UPDATE " table "\n" \
    "   SET state = " state ", done_at = ?, lease_until = NULL, detail = ?" also "\n" \
    " WHERE id = ? AND state = 'SENDING' AND claimed_by = ?"
#define OUTBOX_POSTPONE(table) \
    "UPDATE " table "\n" \
    "   SET state = 'QUEUED', next_at = ?, lease_until = NULL, detail = ?\n" \
    " WHERE id = ? AND state = 'SENDING' AND claimed_by = ?"
#define OUTBOX_TAKE_BACK_ARGS "t"
#define OUTBOX_FINISH_ARGS "stsis"
#define OUTBOX_POSTPONE_ARGS "tsis"

/* What was claimed and neither finished nor given back before its lease ran out is due again. */
const struct err *outbox_take_back(struct db *db, const struct outbox *outbox, int64_t now);
/* Only while this worker's claim holds; *held tells. */
const struct err *outbox_sent(struct db *db, const struct outbox *outbox, int64_t id, const char *worker, int64_t now,
                              const char *detail, bool *held);
const struct err *outbox_dead(struct db *db, const struct outbox *outbox, int64_t id, const char *worker, int64_t now,
                              const char *detail, bool *held);
const struct err *outbox_later(struct db *db, const struct outbox *outbox, int64_t id, const char *worker, int64_t next_at,
                               const char *detail, bool *held);

#endif
