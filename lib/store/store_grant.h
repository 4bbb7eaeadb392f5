/* store_grant.h - requests more than the rule allows, given by the platform: to a customer, or to a partner for one customer. */
#ifndef STORE_GRANT_H
#define STORE_GRANT_H

#include "domain/side.h"
#include "store/db.h"

#define GRANT_EXTRA_MAX 20          /* as the table has it */

struct grant {
    int64_t id, customer_id, partner_id, extra;   /* partner_id 0: the customer's own quota */
    enum side side;
    int64_t granted_at, until_at, revoked_at;     /* revoked_at INSTANT_NONE: it was not taken back */
    const char *customer_no, *customer_name, *partner_no, *partner_name, *granted_by, *note, *revoke_note;
};

const struct err *grant_insert(struct db *db, const struct grant *grant, int64_t user_id, int64_t *id);
const struct err *grant_load(struct db *db, const void *ctx, int64_t id, struct grant **grant);   /* NULL: none */
/* Newest first, made before the key (INSTANT_NONE: from the newest); of one customer, or of all when customer_id is 0. */
const struct err *grant_list(struct db *db, const void *ctx, int64_t customer_id, int64_t before_at, int64_t before_id, int limit,
                             struct grant **grants, size_t *n, bool *has_more);
/* What is in force for one side now, added up. */
const struct err *grant_sum(struct db *db, enum side side, int64_t customer_id, int64_t partner_id, int64_t now, int64_t *extra);
/* *done false: taken back before, or over. */
const struct err *grant_revoke(struct db *db, int64_t id, int64_t user_id, const char *note, int64_t at, bool *done);

#endif
