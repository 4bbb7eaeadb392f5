/* world.h - one association by the product's decisions (request_move, quota, code, wizard, rule), put together as the actions do,
 * for fuzz_stateful.c. What is counted and stored here is what the tables count and store.
 */
#ifndef FUZZ_WORLD_H
#define FUZZ_WORLD_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "domain/code.h"
#include "domain/request.h"
#include "domain/rule.h"
#include "domain/wizard.h"
#include "fuzz/model.h"

#define DEADLINE_DAYS 10
#define CUSTOMER_ID 100
#define PARTNER_ID 200

static const struct code_policy policy = { .digits = 6, .ttl_s = 600, .resend_s = 60, .tries = 5, .sends_per_hour = 5,
                                           .sends_per_day = 10, .failures_lock = 20, .lock_s = 86400, .grant_s = 600 };

/* The product's side: what its tables hold of one association. */
#define SENDS_KEPT 64
struct held_code { enum code_state state; int64_t sent_at, expires_at, tries, session, grant_expires_at; };
struct held_side {
    struct quota quota;
    int64_t slot_request[QUOTA_SLOTS_MAX];      /* whose slot it is; 0 when given back */
    int64_t sends[SENDS_KEPT], failures, locked_until;
    size_t sends_n;
    struct held_code code;
    struct wizard submit, answer;
};
struct world {
    int64_t now;
    bool is_associated, partner_is_frozen, customer_is_frozen, partner_code_on;
    struct request request;     /* the last one; REQUEST_NONE before the first */
    struct held_side sides[2];
    int64_t transitions, requests;
};

/* --- the request ------------------------------------------------------- */

static inline bool needs_code(const struct world *w, enum side side)
{
    return side == SIDE_CUSTOMER || w->partner_code_on;
}

static inline bool rules_pass(const struct world *w, enum side side, bool is_agree)
{
    struct rule_set set = { .id = 1, .name = "fuzz" };
    struct facts facts = { .known = FACTS_ALL, .currency = "USD", .is_frozen = w->customer_is_frozen, .has_payment_method = true,
                           .freeze = { .type = FREEZE_ACCOUNT }, .master_name = "", .arrears_currency = "", .quota = w->sides[side].quota };
    struct rule_report report;

    for (int i = 0; i < RULES; i++)
        set.rows[i] = (struct rule_row){ .code = (enum rule_code)i, .severity = i <= RULE_Q ? SEVERITY_BLOCK : SEVERITY_WARN,
                                         .operations = i == RULE_Q ? OPERATION_CUSTOMER_SUBMIT | OPERATION_PARTNER_SUBMIT : 15u };
    rule_check(&set, &facts, rule_operation_of(side == SIDE_PARTNER, is_agree), w->now, &report);
    return report.blocking == 0;
}

static inline void use_code(struct held_side *side)
{
    if (side->code.state == CODE_PROVEN)
        side->code.state = CODE_USED;
}

static inline void settle(struct world *w, const struct request_move *move)
{
    w->request.state = move->to;
    w->request.version++;
    w->transitions++;
    if (request_is_final(move->to)) {
        w->request.decided_at = w->now;
        w->sides[0].answer.state = w->sides[1].answer.state = WIZARD_CLOSED;
    }
    if (move->ends_association)
        w->is_associated = false;
    for (int s = 0; move->frees_quota && s < 2; s++)
        for (size_t i = 0; i < w->sides[s].quota.n; i++)
            if (w->sides[s].slot_request[i] == w->request.id)
                w->sides[s].quota.slots[i].frees_at = w->now;
}

static inline const struct request_move *move_of(const struct world *w, enum request_event event, enum request_mover mover)
{
    return request_move(w->request.state, event, mover, w->request.initiator, w->request.escalated_at != INSTANT_NONE);
}

/* A free place first; the requests that hold one are never more than the limit. */
static inline void take_slot(struct world *w, enum side side)
{
    struct held_side *held = &w->sides[side];
    size_t place = 0;

    while (place < held->quota.n && w->now < held->quota.slots[place].frees_at)
        place++;
    if (place == held->quota.n)
        held->quota.n++;
    held->quota.slots[place] = (struct quota_slot){ w->now, quota_frees_at(w->now, MODEL_QUOTA_MONTHS, MODEL_ZONE) };
    held->slot_request[place] = w->request.id;
}

static inline bool submit(struct world *w, enum side side, int64_t session)
{
    struct held_side *held = &w->sides[side];
    const struct request_move *move = request_move(REQUEST_NONE, REQUEST_SUBMIT, MOVER_INITIATOR, side, false);
    const bool has_open = w->request.state == REQUEST_PENDING;

    if (!w->is_associated || has_open || (side == SIDE_PARTNER && w->partner_is_frozen) ||
        wizard_step(&held->submit, needs_code(w, side), session, w->now) != STEP_REASON || held->submit.reason == REASON_NONE ||
        !rules_pass(w, side, false) || !quota_is_free(&held->quota, w->now))
        return false;
    w->request = (struct request){ .id = ++w->requests, .state = REQUEST_NONE, .initiator = side, .customer_id = CUSTOMER_ID,
                                   .partner_id = PARTNER_ID, .submitted_at = w->now, .deadline_at = w->now + DEADLINE_DAYS * CLOCK_DAY,
                                   .escalated_at = INSTANT_NONE, .decided_at = INSTANT_NONE };
    take_slot(w, side);
    settle(w, move);
    held->submit.state = WIZARD_DONE;
    use_code(held);
    return true;
}

static inline bool answer(struct world *w, enum side side, int64_t session)
{
    struct held_side *held = &w->sides[side];
    const enum request_event event = held->answer.decision;
    const struct request_move *move;

    if (w->request.state != REQUEST_PENDING || event >= REQUEST_EVENTS)
        return false;
    move = move_of(w, event, request_mover(&w->request, side, side == SIDE_CUSTOMER ? CUSTOMER_ID : PARTNER_ID));
    if (move == NULL || wizard_step(&held->answer, needs_code(w, side), session, w->now) != STEP_DONE ||
        held->answer.state != WIZARD_OPEN)
        return false;
    if (event == REQUEST_AGREE && ((side == SIDE_PARTNER && w->partner_is_frozen) || !rules_pass(w, side, true)))
        return false;
    settle(w, move);
    held->answer.state = WIZARD_DONE;
    use_code(held);
    return true;
}

static inline bool withdraw(struct world *w, enum side side, int64_t account_id)
{
    const struct request_move *move = move_of(w, REQUEST_WITHDRAW, request_mover(&w->request, side, account_id));

    if (move != NULL)
        settle(w, move);
    return move != NULL;
}

static inline bool ops(struct world *w, enum request_event event)
{
    const struct request_move *move = move_of(w, event, request_mover(&w->request, SIDE_PLATFORM, 0));

    if (move == NULL || (move->needs_rules && !rules_pass(w, w->request.initiator, true)))
        return false;
    settle(w, move);
    return true;
}

/* What the worker does at a time: a deadline, or the freeze of the partner that has to act. */
static inline bool tick(struct world *w)
{
    const struct request_move *move = NULL;

    if (w->request.state != REQUEST_PENDING)
        return false;
    if (w->now >= w->request.deadline_at) {
        move = move_of(w, REQUEST_EXPIRE, MOVER_WORKER);
        if (move == NULL)
            move = move_of(w, REQUEST_ESCALATE, MOVER_WORKER);
    } else if (w->partner_is_frozen) {
        move = move_of(w, REQUEST_ESCALATE, MOVER_WORKER);
    }
    if (move == NULL)
        return false;
    if (move->event == REQUEST_ESCALATE) {
        w->request.escalated_at = w->now;
        w->request.deadline_at = w->now + DEADLINE_DAYS * CLOCK_DAY;
    }
    settle(w, move);
    return true;
}

/* --- codes: the counters as the statements keep them --------------------------------------------------------------- */

static inline struct code_budget budget_of(const struct world *w, const struct held_side *side)
{
    struct code_budget budget = { .hour_frees_at = INSTANT_NONE, .day_frees_at = INSTANT_NONE, .last_sent_at = INSTANT_NONE,
                                  .failures = side->failures, .locked_until = side->locked_until };

    for (size_t i = side->sends_n; i-- > 0;) {
        if (side->sends[i] > w->now - CLOCK_DAY) {
            budget.sends_day++;
            budget.day_frees_at = side->sends[i] + CLOCK_DAY;
            if (budget.last_sent_at == INSTANT_NONE)
                budget.last_sent_at = side->sends[i];
        }
        if (side->sends[i] > w->now - CLOCK_HOUR) {
            budget.sends_hour++;
            budget.hour_frees_at = side->sends[i] + CLOCK_HOUR;
        }
    }
    return budget;
}

static inline enum code_send send(struct world *w, enum side which, int64_t session, int64_t *at)
{
    struct held_side *side = &w->sides[which];
    const struct code_budget budget = budget_of(w, side);
    const enum code_send may = code_may_send(&policy, &budget, w->now, at);

    if (may != CODE_SEND_OK)
        return may;
    side->code = (struct held_code){ .state = CODE_LIVE, .sent_at = w->now, .expires_at = w->now + policy.ttl_s * CLOCK_SECOND,
                                     .session = session, .grant_expires_at = INSTANT_NONE };
    if (side->sends_n == SENDS_KEPT) {
        memmove(side->sends, side->sends + 1, (SENDS_KEPT - 1) * sizeof side->sends[0]);
        side->sends_n--;
    }
    side->sends[side->sends_n++] = w->now;
    return may;
}

static inline enum code_answer prove(struct world *w, enum side which, int64_t session, const char *typed, struct wizard *wizard)
{
    struct held_side *side = &w->sides[which];
    struct held_code *code = &side->code;

    if (w->now < side->locked_until)
        return CODE_BUDGET_LOCKED;
    if (code->state != CODE_LIVE || code->session != session)
        return CODE_NOT_LIVE;
    if (w->now >= code->expires_at)
        return CODE_EXPIRED;
    if (code_is_well_formed(typed, policy.digits) && strcmp(typed, MODEL_CODE) == 0) {
        code->state = CODE_PROVEN;
        side->failures = 0;
        wizard->grant_session_id = session;
        wizard->grant_expires_at = w->now + policy.grant_s * CLOCK_SECOND;
        return CODE_RIGHT;
    }
    code->tries++;
    if (++side->failures >= policy.failures_lock) {
        side->failures = 0;
        side->locked_until = w->now + policy.lock_s * CLOCK_SECOND;
    }
    if (code->tries >= policy.tries)
        code->state = CODE_DEAD;
    return side->locked_until > w->now ? CODE_BUDGET_LOCKED : code->state == CODE_DEAD ? CODE_EXHAUSTED : CODE_WRONG;
}

/* --- the wizards --------------------------------------------------------------------------------------------------- */

static inline struct wizard opened(const struct world *w, enum wizard_purpose purpose)
{
    return (struct wizard){ .purpose = purpose, .state = WIZARD_OPEN, .opened_at = w->now, .expires_at = w->now + CLOCK_DAY,
                            .statement_at = INSTANT_NONE, .decision = REQUEST_EVENTS, .grant_expires_at = INSTANT_NONE };
}

static inline void tick_statement(struct world *w, struct wizard *wizard, enum request_event decision)
{
    if (!wizard_is_live(wizard, w->now))
        return;
    wizard->statement_at = decision == REQUEST_REJECT ? INSTANT_NONE : w->now;
    wizard->decision = decision;
    wizard->grant_expires_at = INSTANT_NONE;   /* another decision is another thing to prove */
    wizard->grant_session_id = 0;
}

#endif
