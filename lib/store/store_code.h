/* store_code.h - verification codes: counted before they are compared, by conditional updates. */
#ifndef STORE_CODE_H
#define STORE_CODE_H

#include "domain/code.h"
#include "store/db.h"

/* The account's live contacts: at most one of each channel; verified or not. */
const struct err *contact_list(struct db *db, const void *ctx, int64_t account_id, struct contact **contacts, size_t *n);

/* The newest code of account, purpose and target, with whether its delivery failed; NULL if none was ever sent. */
const struct err *code_latest(struct db *db, const void *ctx, int64_t account_id, enum code_purpose purpose,
                              int64_t target_id, struct code **code);
const struct err *code_budget_load(struct db *db, int64_t account_id, enum code_purpose purpose, int64_t now,
                                   struct code_budget *budget, int64_t *version);
/* Takes one send from the budget by compare-and-swap on version; *taken false: somebody else sent meanwhile. */
const struct err *code_budget_take(struct db *db, int64_t account_id, enum code_purpose purpose, int64_t version, bool *taken);
/* Makes every live code of account and purpose SUPERSEDED. */
const struct err *code_supersede(struct db *db, int64_t account_id, enum code_purpose purpose);
const struct err *code_supersede_contact(struct db *db, int64_t contact_id);
const struct err *code_insert(struct db *db, const struct code *code, int64_t *id);

/* Counts one comparison: true when the code was LIVE, unexpired, of this session, and tries were left. Runs and commits on
 * its own, before the comparison. */
const struct err *code_count_try(struct db *db, int64_t id, int64_t session_id, int64_t now, int64_t tries_max, bool *counted);
/* The same within the caller's transaction, which must be committed before the comparison. */
const struct err *code_count_try_within(struct db *db, int64_t id, int64_t session_id, int64_t now, int64_t tries_max,
                                        bool *counted);
/* After a wrong one: adds to the failures, locks at `lock_at`; the code is DEAD when its tries are used up. */
const struct err *code_failed(struct db *db, int64_t id, int64_t account_id, enum code_purpose purpose, int64_t tries_max,
                              int64_t lock_at, int64_t locked_until, int64_t *tries_left, bool *locked);
/* LIVE → PROVEN with a grant; *proven tells; failures start again from 0. */
const struct err *code_prove(struct db *db, int64_t id, int64_t session_id, int64_t now, int64_t grant_expires_at, bool *proven);
/* PROVEN → USED: the grant is consumed by one act, if it is still good in this session, for this account, purpose and
 * target; *used tells. request_id: the request it lets through; 0: none. */
const struct err *code_use(struct db *db, int64_t id, int64_t account_id, int64_t session_id, enum code_purpose purpose,
                           int64_t target_id, int64_t now, int64_t request_id, bool *used);

#endif
