/* model.h - one association by the rules of the domain alone, for fuzz_stateful.c. Nothing of lib/domain is used here: numbers are
 * the domain's own (states, answers and steps are numbered as there), calendars are reckoned by hand, times are kept as lists of
 * what happened and counted anew for each question.
 */
#ifndef FUZZ_MODEL_H
#define FUZZ_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#define MODEL_ZONE "Asia/Singapore"      /* eight hours ahead, the whole year, since 1982 */
#define MODEL_ZONE_S (8 * 3600)
#define MODEL_QUOTA 3
#define MODEL_QUOTA_MONTHS 3
#define MODEL_CODE "482913"
#define MODEL_EVENTS_MAX 40

#define MODEL_S INT64_C(1000000)
#define MODEL_MINUTE (60 * MODEL_S)
#define MODEL_HOUR (60 * MODEL_MINUTE)
#define MODEL_DAY (24 * MODEL_HOUR)

enum model_state { M_NONE, M_PENDING, M_COMPLETED, M_REJECTED, M_WITHDRAWN, M_EXPIRED, M_CANCELLED };
enum model_step { M_CHECK, M_VERIFY, M_REASON, M_DONE };
enum model_code { M_NO_CODE, M_LIVE, M_PROVEN, M_USED, M_DEAD };

struct model_draft {
    bool is_open, is_done, is_ticked, has_reason;
    int decision;                        /* of an answer: 0 not yet, 1 agree, 2 reject */
    int64_t opened_at, proven_at;        /* proven_at 0: not */
    int64_t proven_in;                   /* session */
};

struct model_side {
    int64_t asked_at[MODEL_EVENTS_MAX];  /* its requests */
    bool counts[MODEL_EVENTS_MAX];
    int asked_n;
    int64_t sent_at[MODEL_EVENTS_MAX];
    int sent_n;
    enum model_code code;
    int64_t code_session, wrong_for_code, wrong, locked_until;
    struct model_draft drafts[2];        /* 0: asking, 1: answering */
};

struct model {
    int64_t now, deadline_at;
    bool is_associated, customer_is_frozen, partner_is_frozen, partner_code_on, is_escalated;
    int state, asker;                    /* of the last request */
    int64_t transitions;
    struct model_side sides[2];          /* 0 customer, 1 partner */
};

static inline void model_begin(struct model *m, int64_t now)
{
    *m = (struct model){ .now = now, .is_associated = true };
}

/* --- three months, sliding: the day of the month three months on, or that month's last ----------------------------- */

static inline int64_t model_frees_at(int64_t at)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    time_t local = (time_t)(at / MODEL_S + MODEL_ZONE_S);
    struct tm tm;
    int length;

    gmtime_r(&local, &tm);
    tm.tm_mon += MODEL_QUOTA_MONTHS;
    if (tm.tm_mon > 11) {
        tm.tm_mon -= 12;
        tm.tm_year++;
    }
    length = lengths[tm.tm_mon] + (tm.tm_mon == 1 && (tm.tm_year + 1900) % 4 == 0);   /* right from 1901 to 2099 */
    if (tm.tm_mday > length)
        tm.tm_mday = length;
    return ((int64_t)timegm(&tm) - MODEL_ZONE_S) * MODEL_S + at % MODEL_S;
}

static inline int64_t model_quota_used(const struct model *m, int s)
{
    int64_t used = 0;

    for (int i = 0; i < m->sides[s].asked_n; i++)
        used += m->sides[s].counts[i] && m->now < model_frees_at(m->sides[s].asked_at[i]);
    return used;
}

static inline int64_t model_quota_next(const struct model *m, int s)
{
    int64_t next = INT64_MAX;

    if (model_quota_used(m, s) < MODEL_QUOTA)
        return m->now;
    for (int i = 0; i < m->sides[s].asked_n; i++) {
        const int64_t frees_at = model_frees_at(m->sides[s].asked_at[i]);

        if (m->sides[s].counts[i] && frees_at > m->now && frees_at < next)
            next = frees_at;
    }
    return next;
}

/* --- drafts -------------------------------------------------------------------------------------------------------- */

static inline bool model_is_proven(const struct model *m, const struct model_draft *draft, int64_t session)
{
    return draft->proven_at != 0 && draft->proven_in == session && m->now < draft->proven_at + 10 * MODEL_MINUTE;
}

/* The first thing that is not done yet. */
static inline int model_wizard_step(const struct model *m, int s, int which, bool needs_code, int64_t session)
{
    const struct model_draft *draft = &m->sides[s].drafts[which];

    if (draft->is_done)
        return M_DONE;
    if (!draft->is_open || m->now >= draft->opened_at + MODEL_DAY)
        return M_CHECK;
    if (which == 0 ? !draft->is_ticked : draft->decision == 0 || (draft->decision == 1 && !draft->is_ticked))
        return M_CHECK;
    if (needs_code && !model_is_proven(m, draft, session))
        return M_VERIFY;
    return which == 0 ? M_REASON : M_DONE;
}

static inline bool model_wizard_may_open(const struct model *m, int s, int which, int step, bool needs_code, int64_t session)
{
    const int first = model_wizard_step(m, s, which, needs_code, session);

    switch (step) {
    case M_CHECK:
        return true;
    case M_VERIFY:
        return needs_code && first >= M_VERIFY && !m->sides[s].drafts[which].is_done;
    case M_REASON:
        return which == 0 && first >= M_REASON && !m->sides[s].drafts[which].is_done;
    default:
        return first == M_DONE;
    }
}

static inline void model_wizard_change(struct model *m, int s, int change, bool is_agree)
{
    struct model_draft *draft = &m->sides[s].drafts[change / 2 % 2];
    const bool is_live = draft->is_open && m->now < draft->opened_at + MODEL_DAY;

    if (change == 0 || change == 2) {
        *draft = (struct model_draft){ .is_open = true, .opened_at = m->now };
    } else if (change == 4) {
        draft->has_reason |= is_live;
    } else if (is_live) {
        draft->is_ticked = change == 1 || is_agree;
        draft->decision = change == 1 ? 0 : is_agree ? 1 : 2;
        draft->proven_at = 0;
    }
}

static inline bool model_needs_code(const struct model *m, int s)
{
    return s == 0 || m->partner_code_on;
}

/* --- codes --------------------------------------------------------------------------------------------------------- */

static inline int model_sent_within(const struct model_side *side, int64_t at, int64_t span)
{
    int n = 0;

    for (int i = 0; i < side->sent_n; i++)
        n += side->sent_at[i] > at - span && side->sent_at[i] <= at;
    return n;
}

static inline bool model_is_spent(const struct model_side *side, int64_t at)
{
    return model_sent_within(side, at, MODEL_HOUR) >= 5 || model_sent_within(side, at, MODEL_DAY) >= 10;
}

/* 0 sent, 1 wait a minute after the last one, 2 five in the hour or ten in the day, 3 locked. *at: when it is possible. */
static inline int model_send(struct model *m, int s, int64_t session, int64_t *at)
{
    struct model_side *side = &m->sides[s];

    if (m->now < side->locked_until) {
        *at = side->locked_until;
        return 3;
    }
    if (model_is_spent(side, m->now)) {
        /* The first moment at which one of them has fallen out and none is too many. */
        *at = INT64_MAX;
        for (int i = 0; i < side->sent_n; i++)
            for (int j = 0; j < 2; j++) {
                const int64_t then = side->sent_at[i] + (j == 0 ? MODEL_HOUR : MODEL_DAY);

                if (then > m->now && then < *at && !model_is_spent(side, then))
                    *at = then;
            }
        return 2;
    }
    if (side->sent_n > 0 && m->now < side->sent_at[side->sent_n - 1] + MODEL_MINUTE) {
        *at = side->sent_at[side->sent_n - 1] + MODEL_MINUTE;
        return 1;
    }
    side->sent_at[side->sent_n++] = m->now;
    side->code = M_LIVE;
    side->code_session = session;
    side->wrong_for_code = 0;
    *at = m->now;
    return 0;
}

/* 0 right, 1 wrong, 2 that was the last try, 3 expired, 4 no live code here, 5 locked. */
static inline int model_prove(struct model *m, int s, int which, int64_t session, const char *typed)
{
    struct model_side *side = &m->sides[s];

    if (m->now < side->locked_until)
        return 5;
    if (side->code != M_LIVE || side->code_session != session)
        return 4;
    if (m->now >= side->sent_at[side->sent_n - 1] + 10 * MODEL_MINUTE)
        return 3;
    if (strcmp(typed, MODEL_CODE) == 0) {
        side->code = M_PROVEN;
        side->wrong = 0;
        side->drafts[which].proven_at = m->now;
        side->drafts[which].proven_in = session;
        return 0;
    }
    side->wrong_for_code++;
    side->wrong++;
    if (side->wrong_for_code == 5)
        side->code = M_DEAD;
    if (side->wrong == 20) {
        side->wrong = 0;
        side->locked_until = m->now + MODEL_DAY;
        return 5;
    }
    return side->code == M_DEAD ? 2 : 1;
}

static inline void model_code_is_used(struct model_side *side)
{
    if (side->code == M_PROVEN)
        side->code = M_USED;
}

/* --- the request --------------------------------------------------------------------------------------------------- */

static inline void model_end(struct model *m, int state)
{
    struct model_side *asker = &m->sides[m->asker];

    m->state = state;
    m->transitions++;
    m->sides[0].drafts[1].is_open = m->sides[1].drafts[1].is_open = false;
    m->sides[0].drafts[1].is_done = m->sides[1].drafts[1].is_done = false;
    if (state == M_COMPLETED)
        m->is_associated = false;
    /* It counts whatever became of it, except expired and cancelled. */
    if (state == M_EXPIRED || state == M_CANCELLED)
        asker->counts[asker->asked_n - 1] = false;
}

static inline bool model_submit(struct model *m, int s, int64_t session)
{
    struct model_side *side = &m->sides[s];
    struct model_draft *draft = &side->drafts[0];

    if (!m->is_associated || m->state == M_PENDING || m->customer_is_frozen || (s == 1 && m->partner_is_frozen))
        return false;
    if (!draft->is_open || m->now >= draft->opened_at + MODEL_DAY || !draft->is_ticked || !draft->has_reason)
        return false;
    if (model_needs_code(m, s) && !model_is_proven(m, draft, session))
        return false;
    if (model_quota_used(m, s) >= MODEL_QUOTA)
        return false;
    side->counts[side->asked_n] = true;
    side->asked_at[side->asked_n++] = m->now;
    m->state = M_PENDING;
    m->asker = s;
    m->is_escalated = false;
    m->deadline_at = m->now + 10 * MODEL_DAY;
    m->transitions++;
    draft->is_open = false;
    draft->is_done = true;
    model_code_is_used(side);
    return true;
}

static inline bool model_answer(struct model *m, int s, int64_t session)
{
    struct model_draft *draft = &m->sides[s].drafts[1];
    const bool is_agree = draft->decision == 1;

    if (m->state != M_PENDING || s == m->asker || !draft->is_open || m->now >= draft->opened_at + MODEL_DAY || draft->decision == 0)
        return false;
    if (model_needs_code(m, s) && !model_is_proven(m, draft, session))
        return false;
    if (is_agree && (!draft->is_ticked || m->customer_is_frozen || (s == 1 && m->partner_is_frozen)))
        return false;
    model_end(m, is_agree ? M_COMPLETED : M_REJECTED);
    draft->is_done = true;
    model_code_is_used(&m->sides[s]);
    return true;
}

static inline bool model_withdraw(struct model *m, int s, bool is_stranger)
{
    if (m->state != M_PENDING || s != m->asker || is_stranger)
        return false;
    model_end(m, M_WITHDRAWN);
    return true;
}

/* 0 completes, 1 dismisses what has escalated; 2 closes an account; what belongs to others is refused. */
static inline bool model_ops(struct model *m, int what)
{
    if (m->state != M_PENDING || what > 2)
        return false;
    if (what < 2 && (m->asker != 0 || !m->is_escalated))
        return false;
    if (what == 0 && m->customer_is_frozen)
        return false;
    model_end(m, what == 0 ? M_COMPLETED : what == 1 ? M_REJECTED : M_CANCELLED);
    return true;
}

static inline bool model_tick(struct model *m)
{
    const bool is_due = m->now >= m->deadline_at;

    if (m->state != M_PENDING)
        return false;
    if (is_due && (m->asker == 1 || m->is_escalated)) {
        model_end(m, M_EXPIRED);
        return true;
    }
    if (m->asker == 1 || m->is_escalated || !(is_due || m->partner_is_frozen))
        return false;
    m->is_escalated = true;
    m->deadline_at = m->now + 10 * MODEL_DAY;
    m->transitions++;
    return true;
}

#endif
