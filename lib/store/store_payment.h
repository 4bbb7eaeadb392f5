/* store_payment.h - payment methods and charges. Only the provider's name for a method and its last four digits are ever here. */
#ifndef STORE_PAYMENT_H
#define STORE_PAYMENT_H

#include "store/db.h"

struct payment_method {
    int64_t id, customer_id;
    bool is_card;                        /* otherwise a bank account */
    const char *last_four, *reference;   /* the reference is the payment provider's name for it */
    int64_t valid_to;                    /* at that instant it has expired; INSTANT_NONE: never */
    bool is_default;
    int64_t added_at, removed_at;        /* removed_at INSTANT_NONE: it is there */
};

/* Can be charged at now. */
bool payment_method_is_valid(const struct payment_method *method, int64_t now);

#define PAYMENT_METHODS_MAX 20   /* a customer has so many at most */

/* Those of a customer that are there, the default first, then the newest. */
const struct err *payment_method_list(struct db *db, const void *ctx, int64_t customer_id, struct payment_method **methods, size_t *n);
/* NULL: there is none, or it was removed. */
const struct err *payment_method_load(struct db *db, const void *ctx, int64_t id, struct payment_method **method);
/* The one to charge at now: the default, or the newest if that has expired; NULL if none is valid. */
const struct err *payment_method_to_charge(struct db *db, const void *ctx, int64_t customer_id, int64_t now,
                                           struct payment_method **method);

/* A reference that is there already is ERR_CONFLICT on the key payment_method_reference. */
const struct err *payment_method_insert(struct db *db, const struct payment_method *method, int64_t *id);
/* Within one transaction, after the customer's version was bumped: none is the default; this one is. */
const struct err *payment_method_clear_default(struct db *db, int64_t customer_id);
const struct err *payment_method_set_default(struct db *db, int64_t id, bool *set);
const struct err *payment_method_remove(struct db *db, int64_t id, int64_t at, bool *removed);

struct payment_customer { const char *name, *currency; int64_t version; bool is_partners; };   /* is_partners: a reseller pays */
const struct err *payment_customer(struct db *db, const void *ctx, int64_t customer_id, struct payment_customer *customer);
/* What it owes besides its resources; owed_minor 0 and currency "" when nothing. */
const struct err *payment_arrears(struct db *db, const void *ctx, int64_t customer_id, const char **currency, int64_t *owed_minor);

struct charge_new {
    int64_t resource_id, customer_id, due_at, amount_minor, method_id, at;   /* method_id 0: none */
    const char *currency, *payer, *result;
};
const struct err *charge_insert(struct db *db, const struct charge_new *charge);

#endif
