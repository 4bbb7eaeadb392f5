/* test_world.h - people, accounts and facts for tests of actions: a customer with its partner, and whatever a test adds.
 *
 * All is written by plain SQL, so that what is tested is not what arranges it. Times are those of the world's clock.
 */
#ifndef TESTS_SUPPORT_TEST_WORLD_H
#define TESTS_SUPPORT_TEST_WORLD_H

#include "action/act.h"
#include "action/wizard_steps.h"
#include "domain/association.h"
#include "domain/rule.h"

struct world {
    void *mem;                      /* freed by world_end() */
    struct db *db;
    struct config *config;
    struct act_keys keys;
    int64_t now;                    /* 2026-06-15T12:00:00Z at first; a test moves it */

    int64_t customer, partner, association;                         /* reseller, active; every check passes */
    const struct actor *owner, *viewer, *admin, *manager, *ops;     /* each with a session */
};

/* Empties the database and makes the world in it. */
void world_begin(struct world *world, struct db *db);
void world_end(struct world *world);
/* The same world seen through a connection of its own: for a child process. */
void world_reconnect(struct world *world);

/* kind "CUSTOMER" or "PARTNER". A customer has the currency USD; both have a verified email address. */
int64_t world_account(struct world *world, enum account_kind kind, const char *name);
/* A user with a session. */
const struct actor *world_user(struct world *world, int64_t account_id, enum role role, const char *name);
/* The user's password, hashed as it is at sign-in; of everybody when actor is NULL. */
void world_password(struct world *world, const struct actor *actor, const char *password);
/* The same user signed in once more. */
const struct actor *world_sign_in_again(struct world *world, const struct actor *actor);
void world_contact(struct world *world, int64_t account_id, enum channel channel, const char *address);
int64_t world_associate(struct world *world, int64_t customer_id, int64_t partner_id, enum association_model model);
/* The row of the log that each association should have begun with: for tests that run db/invariants. */
void world_log_beginnings(struct world *world);

/* Facts. Each bumps the customer's version, as the actions that change them do. */
void world_freeze(struct world *world, int64_t account_id, enum freeze_type type, enum freeze_source source);
void world_unfreeze(struct world *world, int64_t account_id);
void world_commitment(struct world *world, int64_t customer_id, enum commitment_kind kind, int64_t valid_to);
void world_contract(struct world *world, int64_t customer_id, int64_t starts_at, int64_t ends_at);
int64_t world_member(struct world *world, int64_t master_id, const char *name, bool is_independent);
void world_currency(struct world *world, int64_t customer_id, const char *currency);   /* NULL: not set */
void world_grant(struct world *world, enum side side, int64_t extra, int64_t until_at);
/* The partner's verification-code function. */
void world_partner_code(struct world *world, bool is_on);
/* Fills quota slots 1 … n of the world's customer (or pair) until frees_at. */
void world_slots(struct world *world, enum side side, int64_t n, int64_t frees_at);

/* What an action is given, for this user at the world's time. */
struct act world_act(struct world *world, const struct actor *actor);
/* … sent by a form with a one-time key: the same number is the same form. */
struct act world_form(struct world *world, const struct actor *actor, int key, const char *location);

struct wizard_target world_submit_target(struct world *world, const struct actor *actor);
struct wizard_target world_answer_target(struct world *world, const struct actor *actor, int64_t request_id);
/* A draft with everything in it: statement, a code proven in the actor's session (customers, and partners whose function is
 * on), a reason. Returns its revision. */
int64_t world_ready_to_submit(struct world *world, const struct actor *actor);
/* decision REQUEST_AGREE or REQUEST_REJECT, with text. */
int64_t world_ready_to_answer(struct world *world, const struct actor *actor, int64_t request_id, enum request_event decision,
                              const char *text);
/* What the last draft about this request has chosen. */
enum request_event world_decision(struct world *world, int64_t request_id);
/* A request of this actor's side, sent by the action itself. Aborts if it was refused. */
int64_t world_request(struct world *world, const struct actor *actor);
/* The other side's answer, sent likewise. */
void world_answer(struct world *world, int64_t request_id, const struct actor *actor, enum request_event decision, const char *text);
/* The number that people know a request by; lives as long as the world. */
const char *world_request_no(struct world *world, int64_t request_id);

/* The number of rows of a table that fit. */
int64_t world_count(struct world *world, const char *table, const char *where, ...) __attribute__((format(printf, 3, 4)));
/* A digest of everything in the database: equal before and after means that nothing was changed. */
int64_t world_fingerprint(struct world *world);
/* Rows that break what must always hold: chains of the log, states and their transitions, slots, codes, notices. Prints each
 * and returns how many kinds of fault there are. */
int world_faults(struct world *world);

#endif
