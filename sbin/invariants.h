/* invariants.h - what must never be in the database: one query a file, db/invariants/NNN_name.sql, zero rows expected.
 *
 * A file's first line is a comment with one sentence that says what holds. Its query gives one column of text that names
 * what breaks it, a row each, and ends with a LIMIT.
 */
#ifndef SBIN_INVARIANTS_H
#define SBIN_INVARIANTS_H

#include <stddef.h>

#include "base/err.h"
#include "store/db.h"

struct invariant {
    const char *name;          /* "010_one_open_request" */
    const char *sentence;
    struct db_statement statement;
};

/* All of a folder, in the order of their names. ERR_INPUT: none are there, or one is not as said above. They must outlive the
 * connection they are run on. */
const struct err *invariants_load(const void *ctx, const char *folder, struct invariant **invariants, size_t *n);
/* Rows that break it: text in column 0. */
const struct err *invariant_run(struct db *db, const void *ctx, const struct invariant *invariant, struct db_rows **rows);

#endif
