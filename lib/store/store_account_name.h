/* store_account_name.h - what accounts are called, many at once: for lists whose rows carry only account ids. */
#ifndef STORE_ACCOUNT_NAME_H
#define STORE_ACCOUNT_NAME_H

#include <stddef.h>

#include "store/db.h"

#define ACCOUNT_NAMES_MAX 60   /* different accounts in one list: a page of the log with three in each row */

struct account_name { int64_t id; const char *no, *name; };

/* Names of these accounts, any order; repeated ids and 0 are allowed in `ids`. At most ACCOUNT_NAMES_MAX different ones:
 * more is ERR_BUG. */
const struct err *account_names(struct db *db, const void *ctx, const int64_t *ids, size_t ids_n, struct account_name **names,
                                size_t *n);

#endif
