/* generate.h - test data: customers with histories, of any size, the same for the same seed.
 *
 * Every customer is a life (generate_life.c): a random but legal sequence of episodes, each a few rows of the log that belong
 * together, and the rows of other tables that go with them. generate.c lets all lives go on in the order of time, so that the
 * log grows as it would have grown, and writes portions of it. Nothing of a life is kept but where it stands: memory grows with
 * the customers, not with the log.
 */
#ifndef SBIN_GENERATE_H
#define SBIN_GENERATE_H

#include "ctl.h"
#include "store/store_generate.h"

#define GENERATED_OPS "Olga Ops"
#define GENERATE_ROWS_MIN 10      /* of the log, a customer: the shortest life */

struct generate_options {
    int64_t customers, log_rows, seed;
    int64_t until_at;             /* everything lies before */
    const char *password_hash;    /* of everybody; NULL: nobody can sign in */
    void (*progress)(void *arg, int64_t rows);   /* of the log so far */
    void *arg;
};
struct generate_result { int64_t partners, requests; };

/* ERR_INPUT: numbers that do not go together. Statements must not be limited in time. */
const struct err *generate(struct ctl *ctl, const struct generate_options *options, struct generate_result *result);

/* --- shared by the files of generate --- */

/* splitmix64: small, even, and the same everywhere. */
uint64_t generate_random(uint64_t *state);
int64_t generate_between(uint64_t *state, int64_t low, int64_t high);   /* both included; low ≤ high */

struct generated { struct db_value *values; size_t n, room; };   /* rows that are to be written */

struct generating {
    struct ctl *ctl;
    const struct generate_options *options;
    struct generate_result *result;
    void *mem;                    /* of the portion */
    struct generated tables[GENERATE_TABLES];
    struct generate_start ids;    /* the next free ones are one above */
    int64_t first_account, first_user, first_association;   /* partners come first, then customers */
    int64_t partners, number;     /* account numbers begin at `number` */
    int64_t platform_id, ops_id;  /* 0 where the platform's people were there before */
    const char *checks_passed, *checks_failed;
};
/* One row; the values live as long as the portion. */
void generated_add(struct generating *g, enum generate_table table, const struct db_value *values);

/* Who they are, by their place: partners 0 … partners-1, customers 0 … customers-1. In the portion's memory. */
int64_t generated_partner_id(const struct generating *g, int64_t partner);
const char *generated_partner_name(const struct generating *g, int64_t partner);
const char *generated_partner_user(const struct generating *g, int64_t partner);
const char *generated_customer_no(const struct generating *g, int64_t customer);
const char *generated_customer_name(const struct generating *g, int64_t customer);
const char *generated_customer_login(const struct generating *g, int64_t customer);
const char *generated_customer_user(const struct generating *g, int64_t customer);
/* Platform and partners, with their users; then a customer's account, user, contact and association. */
void generate_partners(struct generating *g, int64_t at);
struct life;
void generate_customer(struct generating *g, const struct life *life);

/* --- generate_life.c --- */

struct planned { int64_t at; int kind; };
#define PLANNED_MAX 12

struct life {
    uint64_t random;
    int64_t customer, partner;                 /* places */
    int64_t customer_id, user_id, contact_id, association_id;
    int64_t left;                              /* rows that are still to come */
    int64_t born_at, until_at;
    struct log_head head;                      /* of the association's chain */
    int64_t in_portion;                        /* number of the portion that has its head, and where */
    size_t head_at;
    bool is_associated, ends_waiting, ends_frozen;
    struct planned planned[PLANNED_MAX];       /* of the episode at hand */
    int planned_n, planned_at;
    int64_t at;                                /* of the next row */
    int64_t asked_at;                          /* the last request; INSTANT_NONE: none */
    int64_t request_id;
    bool request_by_partner;
    const char *request_state;                 /* what became of it */
    struct { int64_t request_id, at; } slots[2][3];   /* customer's, partner's quota */
    int slot[2];
};
/* A customer who comes at born_at, with `rows` rows of the log until until_at. */
void life_begin(struct generating *g, struct life *life);
/* The row at life->at; false and nothing when there are no more. Plans the next. */
bool life_next(struct generating *g, struct life *life, struct operation_row *row);
/* What is written once all is done: the slots of its quota. */
void life_end(struct generating *g, const struct life *life);

#endif
