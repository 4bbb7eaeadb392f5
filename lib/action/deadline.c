#include "action/deadline.h"

#include "action/request_tell.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/store_association.h"
#include "store/store_deadline.h"
#include "store/store_request.h"
#include "store/store_wizard.h"

struct deadline {
    struct act *act;
    int64_t request_id;
    enum deadline_outcome *outcome;
    struct request *request;
    struct association *association;
};

static const struct err *load(struct deadline *d)
{
    struct act *act = d->act;
    *d->outcome = DEADLINE_NOTHING;
    TRY(request_load(act->db, act->mem, d->request_id, &d->request));
    if (d->request == NULL)
        return err_new(ERR_MISSING, 0, "there is no request %lld", (long long)d->request_id);
    act_not_before(act, d->request->submitted_at);
    act_not_before(act, d->request->escalated_at);
    return association_load(act->db, act->mem, d->request->association_id, &d->association);
}

static bool is_escalated(const struct request *request) { return request->escalated_at != INSTANT_NONE; }

static const struct request_move *move_of(const struct request *request, enum request_event event)
{
    return request_move(request->state, event, MOVER_WORKER, request->initiator, is_escalated(request));
}

/* --- at the deadline -------------------------------------------------------------------------------------------------- */

/* NULL: nothing is to be done. */
static const struct request_move *move_due(const struct deadline *d)
{
    const struct request *request = d->request;
    if (d->act->now >= request->deadline_at) {
        const struct request_move *expire = move_of(request, REQUEST_EXPIRE);
        return expire != NULL ? expire : move_of(request, REQUEST_ESCALATE);
    }
    return d->association->partner_is_frozen ? move_of(request, REQUEST_ESCALATE) : NULL;
}

/* What a quota still allows is a fact the checks read: whoever reads it meanwhile must read it again. */
static const struct err *give_back(const struct deadline *d)
{
    bool bumped = false;
    TRY(account_bump(d->act->db, d->request->customer_id, d->association->customer_version, &bumped));
    if (!bumped)
        return db_again("a fact about the customer changed meanwhile");
    return quota_give_back(d->act->db, d->request_id);
}

static const struct err *move_it(const struct deadline *d, const struct request_move *move)
{
    struct act *act = d->act;
    const struct request *request = d->request;
    const bool ends = request_is_final(move->to);
    const int64_t second_at = act->now + act->config->request.escalation_s * CLOCK_SECOND;
    const struct request_change change = {
        .id = request->id, .version = request->version, .move = move, .side = SIDE_SYSTEM, .text = "", .at = act->now,
        .deadline_at = ends ? 0 : second_at,
    };
    const struct request_news news = {
        .kind = ends ? NOTICE_REQUEST_EXPIRED : NOTICE_REQUEST_ESCALATED, .by_partner = request->initiator == SIDE_PARTNER,
        .reason = "", .until_at = ends ? INSTANT_NONE : second_at, .event = ends ? "EXPIRED" : "ESCALATED",
        .action = !ends && d->association->partner_is_frozen ? "FROZEN" : NULL,
    };
    bool moved = false;
    /* The request first, as all do who decide: one gets its row, the others wait before they hold anything else. */
    TRY(request_write(act->db, &change, &moved));
    if (!moved)
        return db_again("the request was changed meanwhile");
    if (ends)
        TRY(wizard_close_target(act->db, WIZARD_ANSWER, request->id, act->now));
    if (move->frees_quota)
        TRY(give_back(d));
    TRY(request_notify_both(act, request, &news));
    return request_log(act, request, move, "");
}

static const struct err *meet_work(struct db *db, void *arg)
{
    struct deadline *d = arg;
    (void)db;
    TRY(load(d));
    const struct request_move *move = move_due(d);
    if (move == NULL)
        return act_refuse();
    TRY(move_it(d, move));
    *d->outcome = request_is_final(move->to) ? DEADLINE_EXPIRED : DEADLINE_ESCALATED;
    return NULL;
}

const struct err *deadline_meet(struct act *act, int64_t request_id, enum deadline_outcome *outcome)
{
    struct deadline d = {.act = act, .request_id = request_id, .outcome = outcome};
    return act_run(act, meet_work, &d);
}

/* --- before it -------------------------------------------------------------------------------------------------------- */

static const struct err *tell(const struct deadline *d, size_t which)
{
    const struct request *request = d->request;
    const struct request_news news = {
        .kind = NOTICE_REQUEST_REMINDER, .by_partner = request->initiator == SIDE_PARTNER, .reason = "",
        .until_at = request->deadline_at, .event = mem_text(d->act->mem, "REMINDER-%zu", which),
    };
    return request_notify(d->act, request, request->initiator == SIDE_CUSTOMER ? SIDE_PARTNER : SIDE_CUSTOMER, &news);
}

static const struct err *remind_work(struct db *db, void *arg)
{
    struct deadline *d = arg;
    int64_t remind_at = INSTANT_NONE, at[3];
    size_t due = 0;
    bool moved = false;
    TRY(load(d));
    const struct request *request = d->request;
    TRY(deadline_remind_at(db, request->id, &remind_at));
    if (request->state != REQUEST_PENDING || is_escalated(request) || remind_at == INSTANT_NONE)
        return act_refuse();
    if (d->act->now < remind_at || d->act->now >= request->deadline_at || move_due(d) != NULL)
        return act_refuse();
    const size_t n = request_reminders(request->submitted_at, request->deadline_at, at);
    while (due < n && at[due] <= d->act->now)
        due++;
    TRY(deadline_reminded(db, request->id, request->version, remind_at, due < n ? at[due] : INSTANT_NONE, &moved));
    if (!moved)
        return db_again("the request was changed meanwhile");
    if (due == 0)
        return NULL;
    *d->outcome = DEADLINE_REMINDED;
    return tell(d, due);
}

const struct err *deadline_remind(struct act *act, int64_t request_id, enum deadline_outcome *outcome)
{
    struct deadline d = {.act = act, .request_id = request_id, .outcome = outcome};
    return act_run(act, remind_work, &d);
}
