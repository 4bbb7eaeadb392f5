/* store_log.h - the operation log: appending with its chain, reading by key. */
#ifndef STORE_LOG_H
#define STORE_LOG_H

#include "domain/operation.h"
#include "store/db.h"

/* Appends within the running transaction, with the event that the platform is told (webhook_type): takes the head of row->chain_id by compare-and-swap (making the chain if it is
 * new), fills seq, prev_hash, hash. A head that moved meanwhile is db_again(). row->at becomes
 * the time of the row before it if that is later: time does not go back within a chain. user_name etc. NULL count as "". */
const struct err *log_append(struct db *db, struct operation_row *row);

/* Appends many rows within the running transaction, in few round trips. The caller holds the heads locked (FOR UPDATE), one for
 * each chain that occurs (seq 0: the chain is new), and gives for each row the place of its head; heads are moved here. Time
 * does not go back within a chain here either. `at` of a head is that of its last row; INSTANT_NONE if there is none. */
struct log_head { int64_t chain_id, seq, at; unsigned char hash[OPERATION_HASH_BYTES]; };
const struct err *log_append_many(struct db *db, struct operation_row *rows, const size_t *head_of, size_t n, struct log_head *heads,
                                  size_t heads_n);

/* Who reads: a customer its own rows, a partner its customers' for the time of each association. The platform's people read all
 * of it by store_audit.h. */
struct log_filter {
    enum side reader;              /* CUSTOMER or PARTNER */
    int64_t account_id;            /* of the reader */
    bool by_operation;
    enum operation operation;      /* when by_operation */
    bool by_customer;              /* PARTNER only: rows about one customer, of the time it was this partner's */
    int64_t customer_id;           /* when by_customer */
    int64_t from_at, until_at;     /* INSTANT_NONE: open; until is exclusive */
};
struct log_key { int64_t at, id; };   /* of a row; at = INSTANT_NONE: none */

/* One page, newest first: rows older than `before` (or newer than `after`, when that is set; still given newest first).
 * n ≤ limit rows in ctx; *has_older, *has_newer tell whether pages lie beyond. Of a row there is what a list shows: id, seq, at,
 * operation, customer_id, initiated_by, user_name, request_no, result, remark; the rest is 0 and "". */
struct log_page { struct operation_row *rows; size_t n; bool has_older, has_newer; };
const struct err *log_list(struct db *db, const void *ctx, const struct log_filter *filter, struct log_key before,
                           struct log_key after, int limit, struct log_page *page);

/* Transitions and events of one request, oldest first, at most 100. */
const struct err *log_of_request(struct db *db, const void *ctx, int64_t request_id, struct log_page *page);

/* For verification and checkpoints. */
/* Shows all rows, as they lie on the disk: by id, which is nearly their order in each chain. Good until `look` returns; it must not
 * use the connection. is_fine false: the row holds what no program has written (its numbers and hashes are there, and is_malformed
 * where they do not say what it is), or is marked as a transition, or as shown to the parties, where its operation is not so. */
typedef const struct err *log_look(void *arg, const struct operation_row *row, bool is_fine);
const struct err *log_each(struct db *db, log_look *look, void *arg);
/* Heads, ordered by chain, after chain_id; at most `limit`. */
const struct err *log_heads(struct db *db, const void *ctx, int64_t after_chain_id, int limit, struct log_head **heads, size_t *n);

#endif
