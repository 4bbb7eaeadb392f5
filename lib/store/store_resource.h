/* store_resource.h - resources that cost money, their way through grace and retention, and who is to be told of what. */
#ifndef STORE_RESOURCE_H
#define STORE_RESOURCE_H

#include "domain/lifecycle.h"
#include "store/db.h"

struct resource {
    int64_t id, customer_id;
    const char *name, *currency;
    int64_t amount_minor;              /* price of a period */
    int period_months;
    int64_t anchor_at;                 /* INSTANT_NONE: due_at of `life` */
    struct lifecycle life;             /* is_partners: its customer's billing mode */
    struct lifecycle_days days;        /* of its site and tier */
    int64_t version;
};

#define RESOURCES_MAX 200

/* `otherwise`: days where no row for its site and tier says more. NULL: there is none. */
const struct err *resource_load(struct db *db, const void *ctx, int64_t id, const struct lifecycle_days *otherwise,
                                struct resource **resource);
/* Those of a customer, at most RESOURCES_MAX: what ends first, then by the next charge, released ones last. */
const struct err *resource_list(struct db *db, const void *ctx, int64_t customer_id, const struct lifecycle_days *otherwise,
                                struct resource **resources, size_t *n);
/* Whether a customer has any, released ones too. */
const struct err *resource_any(struct db *db, int64_t customer_id, bool *has_any);

/* Takes it for this transaction if it still has this version, so that of two who have seen the same only one goes on. */
const struct err *resource_claim(struct db *db, int64_t id, int64_t version, bool *claimed);
/* Of a claimed one: its new state. */
struct resource_change { int64_t id; enum resource_state state; int64_t due_at, anchor_at, until_at, told; };
const struct err *resource_write(struct db *db, const struct resource_change *change);

/* --- what the worker looks for: ids after `after`, in the order of ids; a list may name some for which nothing is due --- */
typedef const struct err *resource_due_list(struct db *db, const void *ctx, int64_t now, int64_t after, int limit, int64_t **ids,
                                            size_t *n);
resource_due_list resource_due_charge;     /* a charge is due, or a partner pays for one that was not paid */
resource_due_list resource_due_end;        /* grace or retention is over */
resource_due_list resource_due_warning;    /* its end is near */
resource_due_list payment_task_due;        /* open PAYMENT_METHOD tasks: a reminder is due */

/* An open PAYMENT_METHOD task; NULL if it is done. */
struct payment_task { int64_t id, account_id, association_id, left_at, reminded; const char *partner; };
const struct err *payment_task_load(struct db *db, const void *ctx, int64_t id, struct payment_task **task);
const struct err *payment_task_reminded(struct db *db, int64_t id, int64_t before, int64_t reminded, bool *moved);
/* Every open one of an account is done. */
const struct err *payment_task_close(struct db *db, int64_t account_id, int64_t at);

#endif
