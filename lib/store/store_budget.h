/* store_budget.h - how many messages may go out in an hour: each is counted by one conditional UPDATE, never by COUNT. */
#ifndef STORE_BUDGET_H
#define STORE_BUDGET_H

#include "store/db.h"

enum budget_scope { BUDGET_TOTAL, BUDGET_PREFIX, BUDGET_ACCOUNT, BUDGET_ADDRESS, BUDGET_SCOPES };
const char *budget_scope_name(enum budget_scope scope);   /* "TOTAL" */

/* Counts one message within the running transaction if fewer than `allowed` were counted in the hour. *frees_at is INSTANT_NONE
 * then; otherwise when the hour is over. An hour begins with its first message. */
const struct err *budget_take(struct db *db, enum budget_scope scope, const char *subject, int64_t allowed, int64_t now,
                              int64_t *frees_at);

/* The operator's row for the beginning of a number, the longest that fits; *prefix is "" if there is none. */
const struct err *budget_prefix(struct db *db, const void *ctx, const char *number, const char **prefix, int64_t *per_hour);

/* --- the worker's side --- */

struct budget_used { enum budget_scope scope; const char *subject; int64_t since, allowed; };
/* Those of TOTAL and PREFIX that are used up in their hour and that nobody was told of; at most `limit`. */
const struct err *budget_used_up(struct db *db, const void *ctx, int64_t now, int limit, struct budget_used **used, size_t *n);
/* *told: this call was the first for that hour. */
const struct err *budget_told(struct db *db, const struct budget_used *used, bool *told);

#endif
