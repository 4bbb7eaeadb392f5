/* store_contract.h - special commerce contracts, and marking them as settled. */
#ifndef STORE_CONTRACT_H
#define STORE_CONTRACT_H

#include "store/db.h"

struct contract {
    int64_t id, customer_id;
    const char *number;
    int64_t starts_at, ends_at;
    bool is_settled;
    bool is_expired;               /* marked so; one past its end may not be marked yet */
    const char *note;              /* how it was settled; "" */
    int64_t settled_at;            /* INSTANT_NONE: not, or before that was kept */
};

/* In effect at now: it stops its customer from leaving. */
bool contract_holds(const struct contract *contract, int64_t now);

/* Those of a customer, the one that ends last first, at most 50. */
const struct err *contract_list(struct db *db, const void *ctx, int64_t customer_id, struct contract **contracts, size_t *n);
const struct err *contract_load(struct db *db, const void *ctx, int64_t id, struct contract **contract);   /* NULL: none */
/* EFFECTIVE → SETTLED; *settled tells. */
const struct err *contract_settle(struct db *db, int64_t id, const char *note, int64_t at, bool *settled);

/* Name, number and version of an account by its id; the texts are "" when there is none. */
struct contract_customer { const char *name, *no; int64_t version; };
const struct err *contract_customer(struct db *db, const void *ctx, int64_t customer_id, struct contract_customer *customer);

#endif
