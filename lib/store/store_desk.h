/* store_desk.h - accounts and users as the platform's desk finds them, and what it alone may change about them. */
#ifndef STORE_DESK_H
#define STORE_DESK_H

#include "domain/account.h"
#include "domain/association.h"
#include "store/db.h"

#define DESK_FOUND_MAX 50   /* rows of a search; whoever needs more asks more precisely */

/* --- accounts: customers and partners --- */

struct desk_account {
    int64_t id, version, created_at, closed_at;   /* closed_at INSTANT_NONE: open */
    enum account_kind kind;
    const char *no, *name, *currency;             /* currency "": not set */
    int64_t association_id, partner_id, associated_at;   /* of a customer, its active association; 0 and INSTANT_NONE: none */
    const char *partner_no, *partner_name;        /* "" */
    enum association_model model;                 /* when association_id is not 0 */
    bool is_frozen;
    struct freeze freeze;                         /* when is_frozen */
    const char *request_no;                       /* of a customer, the open request; "" */
    bool request_is_escalated;
    int64_t customers;                            /* of a partner, active ones */
};

/* By number, beginning of the name, or a user's login, in the order of names. The newest ones of all when `search` is "":
 * made before the key (INSTANT_NONE: from the newest); only then there can be more. */
const struct err *desk_account_list(struct db *db, const void *ctx, const char *search, int64_t before_at, int64_t before_id,
                                    struct desk_account **accounts, size_t *n, bool *has_more);
/* NULL: no customer or partner has this number. */
const struct err *desk_account_load(struct db *db, const void *ctx, const char *no, struct desk_account **account);
/* Active associations of a partner, at most `limit`, the oldest first. */
const struct err *desk_associations_of(struct db *db, const void *ctx, int64_t partner_id, int64_t limit, int64_t **ids, size_t *n);

/* OPEN → CLOSED if it still has this version; *closed tells. */
const struct err *desk_account_close(struct db *db, int64_t id, int64_t version, int64_t at, bool *closed);
/* What goes with it: its users and their sessions, codes that are out, invitations it made, changes of contacts begun. */
const struct err *desk_account_clear(struct db *db, int64_t id, int64_t user_id, int64_t at);

/* --- users of any account --- */

struct desk_user {
    int64_t id, account_id, created_at, wait_until;
    enum account_kind kind;
    enum role role;
    const char *login, *name, *account_no, *account_name;
    const char *lang;               /* of messages: chosen, else seen when they last signed in, else "" */
    bool is_active, account_is_open, has_password, has_factor;
    int64_t recovery_left, sessions, seen_at;     /* sessions alive, the last visit of one (INSTANT_NONE: none) */
};

/* By the beginning of the login, or an account's number; those who run the platform when `search` is "". By login. */
const struct err *desk_user_list(struct db *db, const void *ctx, const char *search, int64_t now, struct desk_user **users,
                                 size_t *n, bool *has_more);
const struct err *desk_user_load(struct db *db, const void *ctx, int64_t id, int64_t now, struct desk_user **user);   /* NULL: none */

/* ACTIVE ⇄ DISABLED, when it is the other; *done tells. */
const struct err *desk_user_set_active(struct db *db, int64_t id, bool is_active, bool *done);
/* The second factor and one being set up are gone; *done false: there was neither. */
const struct err *desk_factor_reset(struct db *db, int64_t id, bool *done);

/* --- contacts --- */

/* A change of this channel that the account has begun is over. */
const struct err *desk_contact_change_end(struct db *db, int64_t account_id, enum channel channel, int64_t at);

#endif
