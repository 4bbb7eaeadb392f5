/* store_freeze.h - open freezes as the platform sees them: what it may lift, and whose they are. */
#ifndef STORE_FREEZE_H
#define STORE_FREEZE_H

#include "domain/account.h"
#include "domain/association.h"
#include "store/db.h"

struct held_account {                       /* a customer or partner that is frozen, or may be */
    int64_t id, version;
    enum account_kind kind;
    const char *name, *no;
    int64_t association_id, partner_id;     /* of a customer, its active association; 0: none */
    const char *partner_name;               /* "" */
};
struct held_freeze { struct freeze freeze; struct held_account account; };

/* NULL: there is none, or it was lifted. */
const struct err *freeze_held(struct db *db, const void *ctx, int64_t freeze_id, struct held_freeze **held);
/* Whether there ever was one with this number. */
const struct err *freeze_known(struct db *db, int64_t freeze_id, bool *is_known);
/* The open ones of open accounts that the platform may lift: those it or a budget imposed, and those of partners. Longest first,
 * at most `limit` after the key (INSTANT_NONE: from the top). */
const struct err *freeze_list(struct db *db, const void *ctx, int64_t after_at, int64_t after_id, int limit,
                              struct held_freeze **list, size_t *n, bool *has_more);
/* An open customer or partner account with this number; NULL if there is none. */
const struct err *freeze_account(struct db *db, const void *ctx, const char *account_no, struct held_account **account);

#endif
