/* Histories: up to thirty steps of four actors - customer, partner, ops and the worker's clock - on one association. The product's
 * decisions drive one side, world.h; the other is model.h, written from the rules alone. They have to agree on every answer and on
 * every state, and what must always hold is looked at after every step.
 */
#include "fuzz/fuzz.h"

#include "fuzz/model.h"
#include "fuzz/world.h"

#define STEPS_MAX 30

void fuzz_begin(void)
{
}

/* --- one against the other ----------------------------------------------------------------------------------------- */

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

/* --- one step ------------------------------------------------------------------------------------------------------ */

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
