/* store_demo.h - what the demo data needs and no page writes: facts about customers, and history that needs no delivery. */
#ifndef STORE_DEMO_H
#define STORE_DEMO_H

#include "domain/association.h"
#include "domain/rule.h"
#include "store/db.h"

const struct err *demo_is_empty(struct db *db, bool *is_empty);   /* no account yet */
/* currency NULL: not set. */
const struct err *demo_account_settings(struct db *db, int64_t account_id, const char *currency, bool code_on);

const struct err *demo_link(struct db *db, int64_t master_id, int64_t member_id, bool is_independent, int64_t at);
const struct err *demo_commitment(struct db *db, int64_t customer_id, enum commitment_kind kind, const char *name,
                                  int64_t valid_from, int64_t valid_to);
const struct err *demo_contract(struct db *db, int64_t customer_id, const char *number, int64_t starts_at, int64_t ends_at);
const struct err *demo_order(struct db *db, int64_t customer_id, const char *name, int64_t at);   /* waits for the partner */
const struct err *demo_balance(struct db *db, int64_t customer_id, const char *currency, int64_t owed_minor);
const struct err *demo_card(struct db *db, int64_t customer_id, const char *last_four, int64_t valid_to, int64_t at);
/* state ACTIVE, GRACE or RETENTION; state_until INSTANT_NONE for ACTIVE. */
const struct err *demo_resource(struct db *db, int64_t customer_id, const char *name, int64_t next_charge_at, const char *state,
                                int64_t state_until);
/* The reminders to add a payment method were given. */
const struct err *demo_task_told(struct db *db, int64_t customer_id);

/* The sealed message that carries a code. */
const struct err *demo_sealed_code(struct db *db, const void *ctx, int64_t code_id, const char **event_id,
                                   const unsigned char **sealed, size_t *n);
/* Everything that is queued is told to be sent when it was queued. */
const struct err *demo_settle_deliveries(struct db *db);
/* Everybody signs out, ten minutes after coming. */
const struct err *demo_end_sessions(struct db *db);
/* Every user has read what was told before `before_at`. */
const struct err *demo_read_notices(struct db *db, int64_t before_at);

#endif
