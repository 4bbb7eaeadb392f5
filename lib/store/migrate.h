/* migrate.h - numbered migrations: NNNN_name.sql in a folder, applied once, in order, one at a time.
 *
 * The lock is a row, not GET_LOCK() (which is per node in a cluster). MariaDB commits DDL statement by statement, so each
 * migration is recorded as begun before and as done after: one that failed half-way is named and must be looked at.
 */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include <stdint.h>

#include "base/err.h"
#include "store/db.h"

/* Applies what is missing. *applied counts them; `report` (may be NULL) hears each name. ERR_INPUT: unreadable folder, a gap
 * or a repeated number; ERR_CONFLICT: another migration holds the lock, an earlier one failed half-way, or the database is
 * newer than the folder. Runs without the statement time-outs, on a connection of its own making; ends with a usual one. */
const struct err *migrate(struct db *db, const char *folder, int64_t now, int *applied,
                          void (*report)(const char *name, void *arg), void *arg);
/* The highest version applied; 0 for an empty database. */
const struct err *migrate_version(struct db *db, int64_t *version);

#endif
