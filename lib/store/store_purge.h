/* store_purge.h - removing what has served its time. Each call removes at most PURGE_BATCH rows and says how many. */
#ifndef STORE_PURGE_H
#define STORE_PURGE_H

#include "store/db.h"

#define PURGE_BATCH 500

const struct err *purge_form_keys(struct db *db, int64_t before_at, int64_t *n);          /* used before */
const struct err *purge_sign_in_addresses(struct db *db, int64_t before_at, int64_t *n);  /* last failure before, no wait running */
const struct err *purge_sessions(struct db *db, int64_t before_at, int64_t *n);           /* ended or past their time before */
const struct err *purge_password_resets(struct db *db, int64_t before_at, int64_t *n);    /* expired before */

const struct err *purge_budgets(struct db *db, int64_t before_at, int64_t *n);            /* of hours that began before */

#endif
