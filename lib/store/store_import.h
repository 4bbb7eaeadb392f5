/* store_import.h - the table a facts file waits in, what is checked of it against the database, and how it is applied set by set.
 *
 * The whole: import_begin(), import_stage() for all lines, then in one transaction import_accounts(), import_check(),
 * import_touch(), import_apply(), and what is logged; import_end().
 */
#ifndef STORE_STORE_IMPORT_H
#define STORE_STORE_IMPORT_H

#include "domain/account.h"
#include "domain/association.h"
#include "domain/import_line.h"
#include "domain/lifecycle.h"
#include "domain/operation.h"
#include "store/db.h"
#include "store/store_log.h"

/* SQL: the name of the lock that an import holds. Locks are of the whole server, and imports into its other databases are no matter;
 * such names have at most 64 characters. */
#define IMPORT_LOCK "CONCAT('mypartner-import ', LEFT(DATABASE(), 40))"
#define IMPORT_STAGE_ROWS 1000

/* One import at a time: *is_mine false when another one runs. Empties what an interrupted one has left. */
const struct err *import_begin(struct db *db, bool *is_mine);
const struct err *import_end(struct db *db);
/* Up to IMPORT_STAGE_ROWS lines; numbers[i] is the number of lines[i]. Not within a transaction. */
const struct err *import_stage(struct db *db, const struct import_line *lines, const int64_t *numbers, size_t n);

/* --- within the transaction --- */

/* Forgets what an earlier try of the same transaction has found. */
const struct err *import_clear_touched(struct db *db);
/* Makes the accounts that are not here yet, of version 0. */
const struct err *import_accounts(struct db *db, int64_t now);

struct import_misfit { int64_t line; const char *field, *what; };
/* What does not fit the database or another line, at most `limit` of each sort, in ctx. kept_days: days of grace and retention where
 * no row for a site and tier says more. */
const struct err *import_check(struct db *db, const void *ctx, int64_t now, int64_t kept_days, int limit,
                               struct import_misfit **misfits, size_t *n);

/* Finds which accounts something will change for, and bumps their versions: a new account gets its first. */
const struct err *import_touch(struct db *db);
/* Everything but freezes, of the kinds that change something. */
const struct err *import_apply(struct db *db, const int64_t changed[IMPORT_KINDS], int64_t now);

struct import_count { enum import_kind kind; int64_t n; };
const struct err *import_counts(struct db *db, const void *ctx, struct import_count **counts, size_t *n);

/* Touched accounts after account_id, with the chain their log row belongs to, locked. */
struct import_touched {
    int64_t account_id;
    enum account_kind kind;
    const char *no, *facts;               /* facts "commitment 2, resource 1" */
    int64_t association_id, partner_id;   /* of a customer that has a partner; else 0 */
    const char *partner_no, *model;
    bool is_newly_associated;
    struct log_head head;                 /* seq 0: the chain has no row yet */
};
const struct err *import_touched_list(struct db *db, const void *ctx, int64_t after_id, int limit, struct import_touched **touched,
                                      size_t *n);

/* Resources after resource_id that go from one state to another. A new one does not, nor does one that is paid for while it is
 * ACTIVE. */
struct import_moved {
    int64_t resource_id, customer_id, due_at;   /* due_at: of the charge that was due before */
    const char *name, *customer_name;
    enum resource_state from, to;
};
const struct err *import_moved_list(struct db *db, const void *ctx, int64_t after_id, int limit, struct import_moved **moved, size_t *n);

/* Freezes that the file lifts (is_lifted), or that are new. Those done are not listed again. */
struct import_freeze {
    struct freeze freeze;                 /* id 0: new */
    const char *key, *lift_reason;        /* lift_reason "" if none was given */
    int64_t account_id, association_id, partner_id;
    enum account_kind account_kind;
    const char *account_name, *partner_name;
};
const struct err *import_freeze_list(struct db *db, const void *ctx, bool is_lifted, int limit, struct import_freeze **freezes,
                                     size_t *n);
const struct err *import_freeze_insert(struct db *db, const struct import_freeze *freeze, int64_t *id);
const struct err *import_freeze_lift(struct db *db, const struct import_freeze *freeze, bool *lifted);

#endif
