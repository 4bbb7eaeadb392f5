/* store_account_center.h - what a customer changes about its own account: currency, commitments, members, what a biller needs. */
#ifndef STORE_ACCOUNT_CENTER_H
#define STORE_ACCOUNT_CENTER_H

#include "domain/rule.h"
#include "store/db.h"

#define ACCOUNT_LIST_MAX 100

/* --- the settlement currency --- */

/* Codes that may be chosen, in the site's order. */
const struct err *currency_list(struct db *db, const void *ctx, const char ***codes, size_t *n);
/* "" while none is set. */
const struct err *currency_of(struct db *db, const void *ctx, int64_t account_id, const char **code);
/* Only an offered one, only where none is set, only if the account still has this version, which grows; *is_set tells. */
const struct err *currency_set(struct db *db, int64_t account_id, int64_t version, const char *code, bool *is_set);

/* --- reserved instances and support plans --- */

struct commitment {
    int64_t id, customer_id;
    enum commitment_kind kind;
    const char *name;
    int64_t valid_from, valid_to;
    bool is_valid;                    /* not unsubscribed; it may be past its end */
    int64_t unsubscribed_at;          /* INSTANT_NONE: not, or not here */
};
bool commitment_holds(const struct commitment *commitment, int64_t now);
/* Those that stop their customer from leaving, while they hold. */
bool commitment_binds(const struct commitment *commitment);

/* Those that hold first, then what ended last. */
const struct err *commitment_list(struct db *db, const void *ctx, int64_t customer_id, int64_t now, struct commitment **commitments,
                                  size_t *n);
const struct err *commitment_load(struct db *db, const void *ctx, int64_t id, struct commitment **commitment);   /* NULL: none */
/* Ends one that holds at `at`; *ended tells. */
const struct err *commitment_end(struct db *db, int64_t id, int64_t at, bool *ended);
/* How many hold that bind. */
const struct err *commitment_binding(struct db *db, int64_t customer_id, int64_t now, int64_t *n);

/* --- member accounts of an enterprise master --- */

struct member_link {
    int64_t id, master_id, member_id, member_version;
    const char *name, *no;
    bool is_independent, is_active;
    int64_t linked_at, ended_at;
};
/* Active ones, independent ones first. */
const struct err *member_link_list(struct db *db, const void *ctx, int64_t master_id, struct member_link **links, size_t *n);
const struct err *member_link_load(struct db *db, const void *ctx, int64_t id, struct member_link **link);   /* NULL: none */
/* Ends an active independent one; *ended tells. */
const struct err *member_link_end(struct db *db, int64_t id, int64_t at, bool *ended);
const struct err *member_link_independent(struct db *db, int64_t master_id, int64_t *n);

/* --- what a biller needs --- */

struct account_information {
    const char *legal_name, *address_1, *address_2, *postcode, *city, *country, *tax_number, *billing_email;
    int64_t updated_at;               /* INSTANT_NONE: never saved */
    int64_t version;                  /* 0: never saved */
};
/* All texts "" when nothing was saved yet. */
const struct err *account_information_load(struct db *db, const void *ctx, int64_t account_id, struct account_information *information);
/* If it still has information->version; *saved tells. */
const struct err *account_information_save(struct db *db, int64_t account_id, int64_t user_id,
                                           const struct account_information *information, int64_t at, bool *saved);
/* Closes the task in all associations that asked for it. */
const struct err *account_information_done(struct db *db, int64_t account_id, int64_t at);

#endif
