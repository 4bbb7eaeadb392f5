/* store_request.h - disassociation requests and their quota slots. The one writer of a request's state. */
#ifndef STORE_REQUEST_H
#define STORE_REQUEST_H

#include "domain/association.h"
#include "domain/request.h"
#include "domain/rule.h"
#include "store/db.h"

const struct err *request_load(struct db *db, const void *ctx, int64_t id, struct request **request);        /* NULL if none */
const struct err *request_load_no(struct db *db, const void *ctx, const char *no, struct request **request); /* NULL if none */
/* When the last request of this association was sent; INSTANT_NONE: there was none. */
const struct err *request_newest_at(struct db *db, const void *ctx, int64_t association_id, int64_t *at);
const struct err *request_open_of(struct db *db, const void *ctx, int64_t association_id, struct request **request);
/* The same with the association just read: no statement if there was none. */
const struct err *request_open_with(struct db *db, const void *ctx, const struct association *association, struct request **request);
/* The newest final request of an association that `initiator` made, unless its account has seen the result; NULL if none. */
const struct err *request_unseen_result(struct db *db, const void *ctx, int64_t association_id, enum side initiator,
                                        struct request **request);
/* The packed checks at submit. */
const struct err *request_checks(struct db *db, const void *ctx, int64_t id, const char **packed);

struct request_new {
    int64_t association_id, customer_id, partner_id;
    enum side initiator;
    enum reason reason;
    const char *reason_text, *statement_version, *statement_lang, *checks;
    int64_t submitted_at, deadline_at, submitted_by, submit_code_id;   /* code 0: none needed */
};
/* Inserts as PENDING, version 1, with its first reminder, and gives it its number. ERR_CONFLICT with db_is_duplicate(err, "request_open") when
 * another one is open. */
const struct err *request_insert(struct db *db, const void *ctx, const struct request_new *request, int64_t *id, const char **no);

struct request_change {
    int64_t id, version;            /* compared */
    const struct request_move *move;
    enum side side;                 /* who decided */
    int64_t user_id;                /* 0: the system */
    const char *text;               /* message or note */
    int64_t code_id;                /* 0: none */
    int64_t at;
    int64_t deadline_at;            /* of an escalation: the second deadline; 0: unchanged */
};
/* Writes the new state by compare-and-swap on state and version; *moved tells. Nobody is reminded of what was escalated. */
const struct err *request_write(struct db *db, const struct request_change *change, bool *moved);

/* Once; of a customer's own request this is a change of its account's version. */
const struct err *request_mark_seen(struct db *db, int64_t id, int64_t at);

/* Quota slots. Makes sure slots 1 … limit exist, then takes a free one; *taken false: none was free. */
const struct err *quota_take(struct db *db, enum side side, int64_t customer_id, int64_t partner_id, int64_t limit,
                             int64_t request_id, int64_t now, int64_t frees_at, bool *taken);
const struct err *quota_give_back(struct db *db, int64_t request_id);

/* Lists for the partner's desk, newest first, at most `limit` after the key (INSTANT_NONE: from the top). */
enum request_tab { TAB_WAITING_FOR_PARTNER, TAB_WAITING_FOR_CUSTOMER, TAB_CLOSED };
const struct err *request_list(struct db *db, const void *ctx, int64_t partner_id, enum request_tab tab, int64_t before_at,
                               int64_t before_id, int limit, struct request **requests, size_t *n, bool *has_more);
/* For the platform: what was passed to it and is not decided, longest waiting first, at most `limit` after the key
 * (INSTANT_NONE: from the top). */
const struct err *request_list_escalated(struct db *db, const void *ctx, int64_t after_at, int64_t after_id, int limit,
                                         struct request **requests, size_t *n, bool *has_more);
/* How many wait for the partner's answer, counted up to 100. */
const struct err *request_count_waiting(struct db *db, int64_t partner_id, int64_t *n);

#endif
