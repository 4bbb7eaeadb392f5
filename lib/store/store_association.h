/* store_association.h - associations, and what changes when they end. */
#ifndef STORE_ASSOCIATION_H
#define STORE_ASSOCIATION_H

#include "domain/association.h"
#include "store/db.h"

/* *association NULL when there is none. */
const struct err *association_active(struct db *db, const void *ctx, int64_t customer_id, struct association **association);
const struct err *association_load(struct db *db, const void *ctx, int64_t id, struct association **association);
/* The customer's last ended one; NULL if none. */
const struct err *association_last_ended(struct db *db, const void *ctx, int64_t customer_id, struct association **association);

const struct err *association_insert(struct db *db, int64_t customer_id, int64_t partner_id, enum association_model model,
                                     int64_t at, int64_t *id);
/* ACTIVE → ENDED if it still has this version; *ended tells. */
const struct err *association_end(struct db *db, int64_t id, int64_t version, int64_t request_id, int64_t at, bool *ended);

/* account.version + 1 if it still is `version`; *bumped tells. Every change of a fact the rules read, every submit and
 * agree does this in its transaction. */
const struct err *account_bump(struct db *db, int64_t account_id, int64_t version, bool *bumped);
/* The same for the partner, after the customer's, where it matters whether the partner is frozen or has its code function on:
 * both are changed with its version. One that moved is db_again(). A customer's own acts leave it alone, so that a partner's
 * row is not written by all its customers. */
const struct err *association_bump_partner(struct db *db, const struct association *association);
const struct err *account_set_billing_direct(struct db *db, int64_t account_id);

/* Freezes. *freeze NULL when none is open. */
const struct err *freeze_open(struct db *db, const void *ctx, int64_t account_id, struct freeze **freeze);
const struct err *freeze_insert(struct db *db, int64_t account_id, enum freeze_type type, enum freeze_source source,
                                const char *reason, int64_t at, int64_t *id);
/* Lifts the open freeze of that type; *lifted tells whether there was one. */
const struct err *freeze_lift(struct db *db, int64_t account_id, enum freeze_type type, const char *why, int64_t at, bool *lifted);

/* Tasks: asked once until done; asking again changes nothing and *is_new is false. */
const struct err *task_ask(struct db *db, int64_t account_id, const char *kind, int64_t association_id, int64_t at, bool *is_new);
/* Done: the open one is closed; *closed tells whether there was one. */
const struct err *task_close(struct db *db, int64_t account_id, const char *kind, int64_t association_id, int64_t at, bool *closed);
struct task { int64_t id, association_id, created_at; const char *kind; };
const struct err *task_list(struct db *db, const void *ctx, int64_t account_id, struct task **tasks, size_t *n);

#endif
