/* Histories: up to thirty steps of four actors - customer, partner, ops and the worker's clock - on one association. The product's
 * decisions (request_move, quota, code, wizard, rule) drive one side; the other is model.h, written from the rules alone. They
 * have to agree on every answer and on every state, and what must always hold is looked at after every step.
 */
#include "fuzz/fuzz.h"

#include "base/clock.h"
#include "domain/code.h"
#include "domain/request.h"
#include "domain/rule.h"
#include "domain/wizard.h"
#include "fuzz/model.h"

#define STEPS_MAX 30
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

void fuzz_begin(void)
{
}

/* --- the product's decisions, put together as the actions do ---------------------------------------------------------------------------- */

static bool needs_code(const struct world *w, enum side side)
{
    return side == SIDE_CUSTOMER || w->partner_code_on;
}

static bool rules_pass(const struct world *w, enum side side, bool is_agree)
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

static void use_code(struct held_side *side)
{
    if (side->code.state == CODE_PROVEN)
        side->code.state = CODE_USED;
}

static void settle(struct world *w, const struct request_move *move)
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

static const struct request_move *move_of(const struct world *w, enum request_event event, enum request_mover mover)
{
    return request_move(w->request.state, event, mover, w->request.initiator, w->request.escalated_at != INSTANT_NONE);
}

/* A free place first; the requests that hold one are never more than the limit. */
static void take_slot(struct world *w, enum side side)
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

static bool submit(struct world *w, enum side side, int64_t session)
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

static bool answer(struct world *w, enum side side, int64_t session)
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

static bool withdraw(struct world *w, enum side side, int64_t account_id)
{
    const struct request_move *move = move_of(w, REQUEST_WITHDRAW, request_mover(&w->request, side, account_id));

    if (move != NULL)
        settle(w, move);
    return move != NULL;
}

static bool ops(struct world *w, enum request_event event)
{
    const struct request_move *move = move_of(w, event, request_mover(&w->request, SIDE_PLATFORM, 0));

    if (move == NULL || (move->needs_rules && !rules_pass(w, w->request.initiator, true)))
        return false;
    settle(w, move);
    return true;
}

/* What the worker does at a time: a deadline, or the freeze of the partner that has to act. */
static bool tick(struct world *w)
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

/* --- codes: the counters as the statements keep them ------------------------------------------------------------------------------------------ */

static struct code_budget budget_of(const struct world *w, const struct held_side *side)
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

static enum code_send send(struct world *w, enum side which, int64_t session, int64_t *at)
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

static enum code_answer prove(struct world *w, enum side which, int64_t session, const char *typed, struct wizard *wizard)
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

/* --- the wizards ------------------------------------------------------------------------------------------------------------------------------------ */

static struct wizard opened(const struct world *w, enum wizard_purpose purpose)
{
    return (struct wizard){ .purpose = purpose, .state = WIZARD_OPEN, .opened_at = w->now, .expires_at = w->now + CLOCK_DAY,
                            .statement_at = INSTANT_NONE, .decision = REQUEST_EVENTS, .grant_expires_at = INSTANT_NONE };
}

static void tick_statement(struct world *w, struct wizard *wizard, enum request_event decision)
{
    if (!wizard_is_live(wizard, w->now))
        return;
    wizard->statement_at = decision == REQUEST_REJECT ? INSTANT_NONE : w->now;
    wizard->decision = decision;
    wizard->grant_expires_at = INSTANT_NONE;   /* another decision is another thing to prove */
    wizard->grant_session_id = 0;
}

/* --- one against the other ------------------------------------------------------------------------------------------------------------------------ */

static void quotas_agree(const struct world *w, const struct model *m, int s)
{
    struct quota_slot slots[QUOTA_SLOTS_MAX];
    const struct quota *quota = &w->sides[s].quota;
    const size_t used = quota_counting(quota, w->now, slots);

    FUZZ_CHECK((int64_t)used == model_quota_used(m, s) && quota_used(quota, w->now) == (int64_t)used, "%zu used by %d, not %lld", used, s,
               (long long)model_quota_used(m, s));
    FUZZ_CHECK(quota_is_free(quota, w->now) == (used < MODEL_QUOTA), "%zu used", used);
    FUZZ_CHECK(quota_next_at(quota, w->now) == model_quota_next(m, s), "next of %d at %lld, not %lld", s,
               (long long)quota_next_at(quota, w->now), (long long)model_quota_next(m, s));
    for (size_t i = 1; i < used; i++)
        FUZZ_CHECK(slots[i - 1].submitted_at <= slots[i].submitted_at, "not the oldest first");
}

static void wizards_agree(const struct world *w, const struct model *m, int s, int64_t session)
{
    const struct wizard *const wizards[2] = { &w->sides[s].submit, &w->sides[s].answer };
    const bool code = needs_code(w, (enum side)s);

    for (int i = 0; i < 2; i++) {
        const enum wizard_step step = wizard_step(wizards[i], code, session, w->now);

        FUZZ_CHECK(step == (enum wizard_step)model_wizard_step(m, s, i, code, session), "side %d, wizard %d: step %d, not %d", s, i, (int)step,
                   model_wizard_step(m, s, i, code, session));
        for (int other = STEP_CHECK; other <= STEP_DONE; other++)
            FUZZ_CHECK(wizard_may_open(wizards[i], (enum wizard_step)other, code, session, w->now) ==
                       model_wizard_may_open(m, s, i, other, code, session), "side %d, wizard %d: step %d from %d", s, i, other, (int)step);
    }
}

static void reminders_are_right(const struct request *request)
{
    int64_t at[3];
    const size_t n = request_reminders(request->submitted_at, request->deadline_at, at);

    for (size_t i = 0; i < n; i++) {
        FUZZ_CHECK(at[i] > request->submitted_at && at[i] < request->deadline_at, "reminder %zu", i);
        FUZZ_CHECK(i == 0 || at[i] > at[i - 1], "reminder %zu", i);
    }
    FUZZ_CHECK(n == 3, "%zu reminders in %d days", n, DEADLINE_DAYS);
}

static void both_agree(const struct world *w, const struct model *m, int64_t session)
{
    FUZZ_CHECK((int)w->request.state == m->state && w->is_associated == m->is_associated, "%s, not %d",
               request_state_name(w->request.state), m->state);
    FUZZ_CHECK(w->transitions == m->transitions, "%lld transitions, not %lld", (long long)w->transitions, (long long)m->transitions);
    FUZZ_CHECK((w->request.escalated_at != INSTANT_NONE) == m->is_escalated, "escalated");
    for (int s = 0; s < 2; s++) {
        quotas_agree(w, m, s);
        wizards_agree(w, m, s, session);
    }
    if (w->request.state == REQUEST_PENDING)
        reminders_are_right(&w->request);
}

/* What must always hold, whoever is right. */
static void invariants_hold(const struct world *w, const struct world *before)
{
    const bool is_same = w->request.id == before->request.id;

    FUZZ_CHECK(!is_same || !request_is_final(before->request.state) || w->request.state == before->request.state, "a final state has changed");
    FUZZ_CHECK(w->is_associated || w->request.state == REQUEST_COMPLETED || w->request.state == REQUEST_CANCELLED,
               "left by %s", request_state_name(w->request.state));
    FUZZ_CHECK(w->request.state != REQUEST_COMPLETED || !w->is_associated, "completed, and still associated");
    FUZZ_CHECK(request_is_final(w->request.state) == (w->request.decided_at != INSTANT_NONE), "decided fields");
    FUZZ_CHECK(is_same || before->request.state != REQUEST_PENDING, "two open requests");
    FUZZ_CHECK(w->request.version <= 3, "%lld transitions of one request", (long long)w->request.version);
    FUZZ_CHECK(w->request.escalated_at == INSTANT_NONE || w->request.initiator == SIDE_CUSTOMER, "a partner's request escalated");
    for (int s = 0; s < 2; s++) {
        FUZZ_CHECK(quota_used(&w->sides[s].quota, w->now) <= MODEL_QUOTA, "more than the quota");
        FUZZ_CHECK(w->sides[s].code.tries <= policy.tries, "%lld tries", (long long)w->sides[s].code.tries);
    }
}

/* --- one step --------------------------------------------------------------------------------------------------------------------------------------- */

static int64_t time_passes(unsigned how)
{
    static const int64_t spans[] = {
        CLOCK_SECOND, 59 * CLOCK_SECOND, CLOCK_MINUTE, 10 * CLOCK_MINUTE - 1, 10 * CLOCK_MINUTE, CLOCK_HOUR, 5 * CLOCK_HOUR, CLOCK_DAY - 1,
        CLOCK_DAY, 3 * CLOCK_DAY, 10 * CLOCK_DAY - 1, 10 * CLOCK_DAY, 28 * CLOCK_DAY, 31 * CLOCK_DAY, 90 * CLOCK_DAY, 92 * CLOCK_DAY,
    };

    return spans[how % 16] + how / 16;
}

static void code_step(struct world *w, struct model *m, enum side side, int64_t session, unsigned detail)
{
    static const char *const typed[] = { MODEL_CODE, "000000", "48291", "4829130", "48291x", "" };
    struct wizard *wizard = (detail & 8) != 0 ? &w->sides[side].answer : &w->sides[side].submit;
    int64_t at = 0, wanted_at = 0;

    if ((detail & 1) == 0) {
        const enum code_send may = send(w, side, session, &at);

        FUZZ_CHECK((int)may == model_send(m, (int)side, session, &wanted_at), "send: %d", (int)may);
        FUZZ_CHECK(at == wanted_at, "at %lld, not %lld", (long long)at, (long long)wanted_at);
        return;
    }
    if (wizard_step(wizard, true, session, w->now) != STEP_VERIFY)
        return;
    FUZZ_CHECK((int)prove(w, side, session, typed[detail / 16 % 6], wizard) ==
               model_prove(m, (int)side, (detail & 8) != 0, session, typed[detail / 16 % 6]), "proving %s", typed[detail / 16 % 6]);
}

static void wizard_change(struct world *w, struct model *m, enum side side, unsigned detail)
{
    struct held_side *held = &w->sides[side];
    const enum request_event decision = detail / 8 % 2 == 0 ? REQUEST_AGREE : REQUEST_REJECT;

    switch (detail % 5) {
    case 0:
        held->submit = opened(w, WIZARD_SUBMIT);
        break;
    case 1:
        tick_statement(w, &held->submit, REQUEST_EVENTS);
        break;
    case 2:
        held->answer = opened(w, WIZARD_ANSWER);
        break;
    case 3:
        tick_statement(w, &held->answer, decision);
        break;
    default:
        if (wizard_is_live(&held->submit, w->now))
            held->submit.reason = REASON_PRICE;
        break;
    }
    model_wizard_change(m, (int)side, (int)(detail % 5), decision == REQUEST_AGREE);
}

static void step(struct world *w, struct model *m, struct fuzz_input *in)
{
    static const enum request_event by_ops[] = { REQUEST_COMPLETE, REQUEST_DISMISS, REQUEST_VOID, REQUEST_AGREE, REQUEST_WITHDRAW, REQUEST_EXPIRE };
    const unsigned what = fuzz_byte(in), detail = fuzz_byte(in);
    const enum side side = (what & 16) != 0 ? SIDE_PARTNER : SIDE_CUSTOMER;
    const int64_t session = (what & 32) != 0 ? 8 : 7;
    const struct world before = *w;
    bool done = false, wanted = false;

    switch (what % 16) {
    case 0: case 1: case 2:
        w->now += time_passes(detail);
        m->now = w->now;
        break;
    case 3: case 4: case 5:
        wizard_change(w, m, side, detail);
        break;
    case 6: case 7: case 8:
        code_step(w, m, side, session, detail);
        break;
    case 9:
        done = submit(w, side, session);
        wanted = model_submit(m, (int)side, session);
        break;
    case 10: case 11:
        done = answer(w, side, session);
        wanted = model_answer(m, (int)side, session);
        break;
    case 12:
        done = withdraw(w, side, detail % 4 == 0 ? 300 : side == SIDE_CUSTOMER ? CUSTOMER_ID : PARTNER_ID);
        wanted = model_withdraw(m, (int)side, detail % 4 == 0);
        break;
    case 13:
        done = ops(w, by_ops[detail % 6]);
        wanted = model_ops(m, (int)(detail % 6));
        break;
    case 14:
        done = tick(w);
        wanted = model_tick(m);
        break;
    default:
        w->customer_is_frozen = m->customer_is_frozen = (detail & 1) != 0;
        w->partner_is_frozen = m->partner_is_frozen = (detail & 6) == 6;
        w->partner_code_on = m->partner_code_on = (detail & 8) != 0;
        break;
    }
    FUZZ_CHECK(done == wanted, "step %u of side %d: %s", what % 16, (int)side, done ? "done" : "refused");
    both_agree(w, m, session);
    invariants_hold(w, &before);
}

void fuzz_one(void *mem, const uint8_t *bytes, size_t size)
{
    struct fuzz_input in = { bytes, size };
    struct world w = { .is_associated = true, .request = { .state = REQUEST_NONE, .escalated_at = INSTANT_NONE, .decided_at = INSTANT_NONE } };
    struct model m;

    (void)mem;
    /* Any second of eight years, so that all ends of months and a leap day come up. */
    w.now = (INT64_C(1700000000) + (int64_t)(fuzz_number(&in, 4) % 252460800)) * CLOCK_SECOND;
    for (int s = 0; s < 2; s++)
        w.sides[s] = (struct held_side){ .quota = { .limit = MODEL_QUOTA }, .locked_until = INSTANT_NONE,
                                         .submit = { .state = WIZARD_CLOSED, .purpose = WIZARD_SUBMIT, .statement_at = INSTANT_NONE,
                                                     .decision = REQUEST_EVENTS, .grant_expires_at = INSTANT_NONE },
                                         .answer = { .state = WIZARD_CLOSED, .purpose = WIZARD_ANSWER, .statement_at = INSTANT_NONE,
                                                     .decision = REQUEST_EVENTS, .grant_expires_at = INSTANT_NONE } };
    model_begin(&m, w.now);
    for (int i = 0; i < STEPS_MAX && in.n > 0; i++)
        step(&w, &m, &in);
}
