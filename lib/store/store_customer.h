/* store_customer.h - customers as their partner sees them: the list of those it has, and one of them by its number. */
#ifndef STORE_CUSTOMER_H
#define STORE_CUSTOMER_H

#include "domain/association.h"
#include "domain/side.h"
#include "store/db.h"

struct customer {
    int64_t association_id, id;
    const char *name, *no;
    enum association_model model;
    int64_t associated_at;
    bool is_frozen;
    enum freeze_type freeze_type;          /* with freeze_source: when is_frozen */
    enum freeze_source freeze_source;
    const char *request_no;                /* the open one; "" if none */
    enum side request_initiator;           /* when there is one */
    bool request_is_escalated;             /* it is with the platform */
    bool asks_unfreeze;                    /* it asked its partner to unfreeze it, and that is not done yet */
};

enum customer_status { CUSTOMER_ANY_STATUS, CUSTOMER_NOT_FROZEN, CUSTOMER_ACCOUNT_FROZEN, CUSTOMER_ALL_FROZEN };
enum customer_request { CUSTOMER_ANY_REQUEST, CUSTOMER_WAITS_FOR_PARTNER, CUSTOMER_IS_ASKED, CUSTOMER_NO_REQUEST };
struct customer_filter {
    int64_t partner_id;
    const char *text;                      /* part of the name, or the beginning of the number; "" for all */
    enum customer_status status;
    enum customer_request request;
};

/* Customers whose association with this partner is active, those associated last first, at most `limit` after the key
 * (before_at INSTANT_NONE: from the top). Keys are associated_at and association_id. */
const struct err *customer_list(struct db *db, const void *ctx, const struct customer_filter *filter, int64_t before_at,
                                int64_t before_id, int limit, struct customer **customers, size_t *n, bool *has_more);

/* Those that are frozen and ask this partner to unfreeze them, who asked first first, at most 20. */
const struct err *customer_list_asking(struct db *db, const void *ctx, int64_t partner_id, struct customer **customers, size_t *n);

/* The association of this partner with the customer of that number: the active one, else the one that ended last; 0 if they
 * never had one. */
const struct err *customer_association(struct db *db, int64_t partner_id, const char *no, int64_t *association_id);

/* Since when the customer of this association asks the partner to unfreeze it; INSTANT_NONE if it does not. */
const struct err *customer_asks_unfreeze(struct db *db, int64_t partner_id, int64_t association_id, int64_t *since);

/* Whether this session shows full names where they are masked. */
const struct err *names_are_shown(struct db *db, int64_t session_id, bool *shown);
const struct err *names_show(struct db *db, int64_t session_id, int64_t at);

#endif
