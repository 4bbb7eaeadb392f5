/* request.h - a disassociation request, its states, and who may move it where.
 *
 * The moves are one table: {from, event, mover, to, verb}. request_move() is the only judge of what is legal; the store
 * has one function that writes a state, by compare-and-swap. Guards about facts, codes and statements are flags of the row.
 * Source: guide of 2025-06-30, and the platform's rules on deadlines.
 */
#ifndef DOMAIN_REQUEST_H
#define DOMAIN_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/side.h"

enum request_state {
    REQUEST_NONE,        /* before it exists; never stored */
    REQUEST_PENDING,
    REQUEST_COMPLETED, REQUEST_REJECTED, REQUEST_WITHDRAWN, REQUEST_EXPIRED, REQUEST_CANCELLED,   /* final */
    REQUEST_STATES
};

enum request_event {
    REQUEST_SUBMIT, REQUEST_AGREE, REQUEST_REJECT, REQUEST_WITHDRAW,
    REQUEST_ESCALATE,     /* first deadline of a customer's request, or its partner is frozen */
    REQUEST_EXPIRE,       /* deadline of a partner's request; second deadline of a customer's */
    REQUEST_COMPLETE,     /* ops, after escalation */
    REQUEST_DISMISS,      /* ops rejects, after escalation */
    REQUEST_VOID,         /* ops closes an account */
    REQUEST_EVENTS
};

/* Who moves, relative to the request. MOVER_WORKER is the system itself: a deadline, or the freeze of a partner. */
enum request_mover { MOVER_INITIATOR, MOVER_OTHER, MOVER_OPS, MOVER_WORKER, MOVER_STRANGER, MOVERS };

enum reason {
    REASON_NONE, REASON_DIRECT, REASON_OTHER_PARTNER, REASON_PRICE, REASON_SERVICE, REASON_PROJECT_ENDED, REASON_OTHER, REASONS
};

struct request {
    int64_t id;
    const char *no;                      /* "DR20250630-000123" */
    int64_t association_id, customer_id, partner_id;
    enum side initiator;                 /* SIDE_CUSTOMER or SIDE_PARTNER */
    enum request_state state;
    int64_t version;                     /* number of its transitions in the log */
    enum reason reason;
    const char *reason_text;             /* "" if none; at most 500 code points */
    int64_t submitted_at, deadline_at, escalated_at, decided_at;   /* INSTANT_NONE if not (yet) */
    enum side decided_by;                /* valid when decided_at is set */
    const char *decided_by_name;         /* "" if not decided; "mypartner" for the system */
    const char *decision_text;           /* the answer's message, "" if none */
    int64_t submitted_by_user_id;
    const char *submitted_by_name;
    bool result_seen;                    /* the initiator has read the result */
    const char *customer_name, *customer_no, *partner_name, *partner_no;
};

struct request_move {
    enum request_state from;
    enum request_event event;
    enum request_mover mover;
    enum request_state to;
    const char *verb;          /* the operation log's code: "REQUEST_SUBMITTED" */
    bool needs_rules;          /* every BLOCK rule passes now */
    bool needs_statement;      /* the statement was accepted */
    bool needs_code;           /* customer always; partner if its function is on */
    bool needs_escalation;     /* only once escalated_at is set */
    bool frees_quota;          /* the quota slot is given back */
    bool ends_association;     /* by completing the request; a void follows from an account's end, not the other way round */
    bool needs_calm;           /* only while escalated_at is not set: a request escalates once */
    unsigned initiators;       /* 1 << SIDE_CUSTOMER, 1 << SIDE_PARTNER: whose requests it is for */
};

extern const struct request_move request_moves[];
extern const size_t request_moves_n;

/* The row for this event, or NULL when it is not legal. `is_escalated`: escalated_at is set. */
const struct request_move *request_move(enum request_state from, enum request_event event, enum request_mover mover,
                                        enum side initiator, bool is_escalated);

enum request_mover request_mover(const struct request *request, enum side side, int64_t account_id);

bool request_is_final(enum request_state state);

const char *request_state_name(enum request_state state);
bool request_state_find(const char *name, enum request_state *state);
const char *request_event_name(enum request_event event);
const char *reason_name(enum reason reason);      /* "DIRECT", …; "" for REASON_NONE */
bool reason_find(const char *name, enum reason *reason);
/* In the language in use, as the initiator's side says it: "The project has ended". "" for REASON_NONE. */
const char *reason_text(enum reason reason, enum side initiator);

/* "DR20250630-000123": "DR", the UTC day, "-", six to eighteen digits. */
bool request_no_is_valid(const char *no);

/* When reminders are due to whoever must act: half time, 3 days and 1 day before the deadline; only those after
 * submitted_at, in order, each once. Returns how many were written (at most 3). */
size_t request_reminders(int64_t submitted_at, int64_t deadline_at, int64_t at[3]);

/* A plain-text table of the moves, for the documentation. */
void request_print_moves(void (*line)(const char *text, void *arg), void *arg);

#endif
