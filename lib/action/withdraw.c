#include "base/clock.h"
#include "base/memory.h"

#include "store/store_association.h"
#include "store/store_request.h"
#include "store/store_wizard.h"

#include "action/decide.h"
#include "action/request_tell.h"

struct withdraw { struct act *act; int64_t request_id; struct decide_result *result; };

/* The request as one of its two sides may know it; whose the actor is, in *mover. */
static const struct err *load_own(struct act *act, int64_t request_id, struct request **request, enum request_mover *mover)
{
    TRY(request_load(act->db, act->mem, request_id, request));
    if (*request == NULL)
        return err_new(ERR_MISSING, 0, "there is no request %lld", (long long)request_id);
    *mover = request_mover(*request, act_side(act), act->actor->account_id);
    if (*mover == MOVER_STRANGER)
        return err_new(ERR_MISSING, 0, "request %s is not the actor's", (*request)->no);
    if ((act->actor->role & (ROLE_OWNER | ROLE_ADMIN)) == 0)
        return err_new(ERR_DENIED, 0, "only an owner or admin may do this");
    act_not_before(act, (*request)->submitted_at);
    act_not_before(act, (*request)->escalated_at);
    act_not_before(act, (*request)->decided_at);
    return NULL;
}

/* --- withdrawing ------------------------------------------------------------------------------------------------------ */

static const struct err *write_withdrawn(struct act *act, const struct request *request, const struct request_move *move)
{
    const struct request_change change = {
        .id = request->id, .version = request->version, .move = move, .side = act_side(act), .user_id = act->actor->user_id,
        .text = "", .at = act->now
    };
    bool moved;

    TRY(request_write(act->db, &change, &moved));
    return moved ? NULL : db_again("the request was changed meanwhile");
}

static const struct err *withdraw_work(struct db *db, void *arg)
{
    struct withdraw *withdraw = arg;
    struct act *act = withdraw->act;
    const struct request_news news = {
        .kind = NOTICE_REQUEST_WITHDRAWN, .by_partner = act_side(act) == SIDE_PARTNER, .reason = "", .until_at = INSTANT_NONE,
        .event = "WITHDRAWN"
    };
    const struct request_move *move;
    enum request_mover mover;
    struct request *request;

    *withdraw->result = (struct decide_result){ .outcome = DECIDE_DONE };
    TRY(load_own(act, withdraw->request_id, &request, &mover));
    withdraw->result->request = request;
    if (mover != MOVER_INITIATOR) {
        withdraw->result->outcome = DECIDE_NOT_YOURS;
        return act_refuse();
    }
    move = request_move(request->state, REQUEST_WITHDRAW, mover, request->initiator, request->escalated_at != INSTANT_NONE);
    if (move == NULL) {
        withdraw->result->outcome = DECIDE_ALREADY;
        return act_refuse();
    }
    TRY(write_withdrawn(act, request, move));
    TRY(wizard_close_target(db, WIZARD_ANSWER, request->id, act->now));
    TRY(request_notify_both(act, request, &news));
    TRY(request_log(act, request, move, ""));
    act_locate(act, request->no);
    return NULL;
}

const struct err *withdraw_request(struct act *act, int64_t request_id, struct decide_result *result)
{
    struct withdraw withdraw = { .act = act, .request_id = request_id, .result = result };

    TRY(act_run(act, withdraw_work, &withdraw));
    if (act->is_replay)
        *result = (struct decide_result){ .outcome = DECIDE_DONE };
    /* As it is now. That it was withdrawn stands, whether or not it can be shown. */
    if (act->is_done)
        (void)request_load(act->db, act->mem, request_id, &result->request);
    return NULL;
}

/* --- reading the result ------------------------------------------------------------------------------------------------ */

struct see { struct act *act; int64_t request_id; };

static const struct err *see_work(struct db *db, void *arg)
{
    const struct see *see = arg;
    struct act *act = see->act;
    enum request_mover mover;
    struct request *request;

    TRY(load_own(act, see->request_id, &request, &mover));
    if (mover != MOVER_INITIATOR || !request_is_final(request->state))
        return act_refuse();
    act_locate(act, request->no);
    return request_mark_seen(db, request->id, act->now);
}

const struct err *see_result(struct act *act, int64_t request_id)
{
    struct see see = { .act = act, .request_id = request_id };

    return act_run(act, see_work, &see);
}
