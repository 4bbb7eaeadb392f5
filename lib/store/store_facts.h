/* store_facts.h - what the account checks read about one customer, in two queries; the rules they are read by are in
 * store_rule.h. */
#ifndef STORE_FACTS_H
#define STORE_FACTS_H

#include "domain/rule.h"
#include "domain/side.h"
#include "store/db.h"
#include "store/store_rule.h"

/* Facts about the customer of this association, with the quota of `side` (CUSTOMER: per customer; PARTNER: per pair),
 * lists cut at FACTS_LIST_MAX, counts exact. */
const struct err *facts_load(struct db *db, const void *ctx, int64_t customer_id, int64_t partner_id, enum side side,
                             const struct rule_set *set, int64_t now, struct facts **facts);

#endif
