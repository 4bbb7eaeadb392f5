/* log_row.h - how a row of the operation log is read: for the store files that do. */
#ifndef STORE_LOG_ROW_H
#define STORE_LOG_ROW_H

#include "store/store_log.h"

#define LOG_COLUMNS \
    "id, chain_id, seq, at, operation, association_id, customer_id, partner_id, account_id, initiated_by, user_id, user_name,\n" \
    "  object, request_id, request_no, from_state, to_state, result, remark, ip, http_id, prev_hash, hash"
#define LOG_RESULTS "iiitsiiiisississsssssbb"

/* Bounds that no row lies beyond, so that a statement always has both. */
#define LOG_FIRST_AT INT64_C(0)                       /* 1970-01-01 */
#define LOG_LAST_AT INT64_C(253402300799999999)       /* 9999-12-31 */

/* The columns above of row r. Whoever can write to the database can put anything into a row, and a newer version knows more
 * operations: such a row is shown, and said to be malformed. */
void log_read_row(const struct db_rows *rows, size_t r, struct operation_row *row);

/* Where a page begins, as its statement wants it: the far bound, the key's instant (used twice), its id. Older rows than
 * `before`, or newer ones than `after` when that is set; until is exclusive. */
struct log_bounds { int64_t far_at, at, id; };
struct log_bounds log_bounds(int64_t from_at, int64_t until_at, struct log_key before, struct log_key after);

#endif
