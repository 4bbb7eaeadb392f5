#include "action/ops_decide.h"

#include "action/effects.h"
#include "action/request_tell.h"
#include "base/clock.h"
#include "base/text.h"
#include "store/store_association.h"
#include "store/store_request.h"
#include "store/store_wizard.h"

struct deciding {
    struct act *act;
    int64_t request_id;
    enum request_event event;
    const char *note;
    struct ops_result *result;
    struct association *association;
    const struct request_move *move;
};

/* How each decision is told. */
static const struct way { enum request_event event; enum notice_kind notice; const char *action, *news; } ways[] = {
    {REQUEST_COMPLETE, NOTICE_REQUEST_AGREED, "COMPLETE", "COMPLETED"},
    {REQUEST_DISMISS, NOTICE_REQUEST_REJECTED, "DISMISS", "REJECTED"},
};

static const struct way *way_of(enum request_event event)
{
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        if (ways[i].event == event)
            return &ways[i];
    return NULL;
}

static const struct err *refuse(struct deciding *d, enum ops_outcome outcome)
{
    d->result->outcome = outcome;
    return act_refuse();
}

static const struct err *check_may(struct deciding *d)
{
    const struct act *act = d->act;
    const struct request *request = d->result->request;
    if (act->actor->role != ROLE_OPS)
        return err_new(ERR_DENIED, 0, "only ops may decide for the platform");
    if (request == NULL)
        return err_new(ERR_MISSING, 0, "there is no request %lld", (long long)d->request_id);
    if (way_of(d->event) == NULL)
        return err_new(ERR_BUG, 0, "%s is no decision of the platform", request_event_name(d->event));
    if (request_is_final(request->state))
        return refuse(d, OPS_ALREADY);
    d->move = request_move(request->state, d->event, MOVER_OPS, request->initiator, request->escalated_at != INSTANT_NONE);
    if (d->move == NULL)
        return refuse(d, OPS_NOT_ESCALATED);
    const size_t points = text_points(d->note);
    return points == 0 || points > OPS_NOTE_MAX_POINTS ? refuse(d, OPS_NO_NOTE) : NULL;
}

/* The platform stands in for the partner's agreement, so the rules that bind it are those. */
static const struct err *check_rules(struct deciding *d)
{
    struct act *act = d->act;
    struct check *check = NULL;
    if (!d->move->needs_rules)
        return NULL;
    TRY(check_compute(act->db, act->mem, d->association, SIDE_PARTNER, OPERATION_PARTNER_AGREE, act->now, &check));
    if (check->report.blocking == 0)
        return NULL;
    d->result->check = check;
    return refuse(d, OPS_CHECKS_FAILED);
}

static const struct err *write_request(const struct deciding *d)
{
    struct act *act = d->act;
    const struct request *request = d->result->request;
    const struct request_change change = {
        .id = request->id, .version = request->version, .move = d->move, .side = SIDE_PLATFORM, .user_id = act->actor->user_id,
        .text = d->note, .at = act->now,
    };
    bool moved = false;
    TRY(request_write(act->db, &change, &moved));
    /* Whoever was faster is found, with name and time, when it runs again. */
    return moved ? NULL : db_again("the request was changed meanwhile");
}

static const struct err *carry_out(struct deciding *d)
{
    struct act *act = d->act;
    const struct request *request = d->result->request;
    const struct way *way = way_of(d->event);
    const struct request_news news = {
        .kind = way->notice, .reason = d->note, .until_at = INSTANT_NONE, .event = way->news, .action = way->action,
    };
    struct freeze *lifted = NULL;
    TRY(write_request(d));
    TRY(wizard_close_target(act->db, WIZARD_ANSWER, request->id, act->now));
    if (d->move->ends_association)
        TRY(effects_of_leaving(act, d->association, request, &lifted));
    TRY(request_notify_both(act, request, &news));
    TRY(request_log(act, request, d->move, d->note));
    if (d->move->ends_association)
        TRY(effects_log(act, d->association, request, lifted));
    act_locate(act, request->no);
    return NULL;
}

static const struct err *work(struct db *db, void *arg)
{
    struct deciding *d = arg;
    struct act *act = d->act;
    *d->result = (struct ops_result){.outcome = OPS_DONE};
    TRY(request_load(db, act->mem, d->request_id, &d->result->request));
    TRY(check_may(d));
    act_not_before(act, d->result->request->submitted_at);
    act_not_before(act, d->result->request->escalated_at);
    TRY(association_load(db, act->mem, d->result->request->association_id, &d->association));
    if (d->event == REQUEST_COMPLETE)
        TRY(effects_not_before(act, d->association));
    TRY(check_rules(d));
    return carry_out(d);
}

const struct err *ops_decide(struct act *act, int64_t request_id, enum request_event event, const char *note,
                             struct ops_result *result)
{
    struct deciding d = {.act = act, .request_id = request_id, .event = event, .note = note, .result = result};
    TRY(act_run(act, work, &d));
    if (act->is_replay)
        *result = (struct ops_result){.outcome = OPS_DONE};
    /* As it is now. That it was decided stands, whether or not it can be shown. */
    if (act->is_done)
        (void)request_load(act->db, act->mem, request_id, &result->request);
    return NULL;
}
