/* store_audit.h - the operation log for those who review it: all of it, filtered, by key, at any size.
 *
 * There is one statement for each criterion that rows are looked up by (operation_filter_lead()) and for each direction, so that
 * a page of a single criterion costs the same at any depth. Where there are more, the rows of the lead are looked through, and
 * after so many the page says how far it got.
 */
#ifndef STORE_AUDIT_H
#define STORE_AUDIT_H

#include "domain/operation_filter.h"
#include "store/store_log.h"

/* One page, newest first: rows older than `before`, or newer than `after` when that is set. n ≤ limit rows in ctx. */
struct audit_page {
    struct operation_row *rows;
    size_t n;
    bool has_older, has_newer;
    bool is_cut;                /* looked_max rows were looked through and the page is not full: there may be more */
    struct log_key looked_to;   /* when is_cut: the last of them, from where to go on in the same direction */
};
const struct err *audit_list(struct db *db, const void *ctx, const struct operation_filter *filter, struct log_key before,
                             struct log_key after, int limit, int looked_max, struct audit_page *page);

/* How many rows match, counted up to *max, which becomes what was counted up to. Of fast filters only: ERR_BUG otherwise. */
const struct err *audit_count(struct db *db, const struct operation_filter *filter, int64_t *max, int64_t *n);

/* The next rows of the lead after the key, oldest first, whether they match or not: for exports. page->n < limit: that was all. */
const struct err *audit_walk(struct db *db, const void *ctx, const struct operation_filter *filter, struct log_key after, int limit,
                             struct log_page *page);

/* *row NULL if there is none. */
const struct err *audit_load(struct db *db, const void *ctx, int64_t id, struct operation_row **row);
/* Of the row before it in its chain; false if it is not there. */
const struct err *audit_hash_before(struct db *db, const struct operation_row *row, unsigned char hash[OPERATION_HASH_BYTES], bool *found);

#endif
