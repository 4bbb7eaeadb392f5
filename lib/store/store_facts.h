/* store_facts.h - what the account checks read: the rule set in force, and the facts about one customer, in one query each. */
#ifndef STORE_FACTS_H
#define STORE_FACTS_H

#include "domain/rule.h"
#include "domain/side.h"
#include "store/db.h"

/* The active rule set. ERR_BUG when a rule's row is missing: nothing may be decided then. */
const struct err *rule_set_load(struct db *db, const void *ctx, struct rule_set **set);

/* Facts about the customer of this association, with the quota of `side` (CUSTOMER: per customer; PARTNER: per pair),
 * lists cut at FACTS_LIST_MAX, counts exact. */
const struct err *facts_load(struct db *db, const void *ctx, int64_t customer_id, int64_t partner_id, enum side side,
                             const struct rule_set *set, int64_t now, struct facts **facts);

#endif
