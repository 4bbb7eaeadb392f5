#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

#include "domain/statement.h"

#include "store/store_association.h"
#include "store/store_code.h"
#include "store/store_request.h"
#include "store/store_wizard.h"

#include "action/decide.h"
#include "action/effects.h"
#include "action/request_tell.h"

struct decide {
    struct act *act;
    const struct wizard_target *target;
    int64_t revision;
    enum request_event event;
    struct decide_result *result;

    enum side side;
    bool needs_code;
    struct association *association;
    struct wizard *wizard;
    const struct request_move *move;
};

/* How each decision is proven and told. */
static const struct way { enum request_event event; enum code_purpose purpose; enum notice_kind notice; const char *news; } ways[] = {
    { REQUEST_AGREE, CODE_AGREE, NOTICE_REQUEST_AGREED, "COMPLETED" },
    { REQUEST_REJECT, CODE_REJECT, NOTICE_REQUEST_REJECTED, "REJECTED" }
};

static const struct way *way_of(enum request_event event)
{
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        if (ways[i].event == event)
            return &ways[i];
    return NULL;
}

static const struct err *refuse(struct decide *decide, enum decide_outcome outcome)
{
    decide->result->outcome = outcome;
    return act_refuse();
}

/* --- may it be decided ------------------------------------------------------------------------------------------------ */

static const struct err *check_actor(struct decide *decide)
{
    struct act *act = decide->act;
    const struct request *request = decide->result->request;
    enum request_mover mover;

    if (request == NULL)
        return err_new(ERR_MISSING, 0, "there is no request %lld", (long long)decide->target->target_id);
    mover = request_mover(request, decide->side, act->actor->account_id);
    if (mover == MOVER_STRANGER)
        return err_new(ERR_MISSING, 0, "request %s is not the actor's", request->no);
    if ((act->actor->role & (ROLE_OWNER | ROLE_ADMIN)) == 0)
        return err_new(ERR_DENIED, 0, "only an owner or admin may answer");
    if (mover != MOVER_OTHER)
        return refuse(decide, DECIDE_NOT_YOURS);
    return request_is_final(request->state) ? refuse(decide, DECIDE_ALREADY) : NULL;
}

static const struct err *check_draft(struct decide *decide)
{
    struct act *act = decide->act;
    const struct request *request = decide->result->request;
    bool is_escalated = request->escalated_at != INSTANT_NONE;

    TRY(wizard_find(act->db, act->mem, act->actor->account_id, WIZARD_ANSWER, request->id, &decide->wizard));
    if (!wizard_is_live(decide->wizard, act->now))
        return refuse(decide, DECIDE_NO_DECISION);
    if (decide->wizard->revision != decide->revision)
        return refuse(decide, DECIDE_MOVED);
    decide->move = way_of(decide->wizard->decision) == NULL ? NULL :
        request_move(request->state, decide->wizard->decision, MOVER_OTHER, request->initiator, is_escalated);
    if (decide->move == NULL)
        return refuse(decide, DECIDE_NO_DECISION);
    return decide->wizard->decision == decide->event ? NULL : refuse(decide, DECIDE_MOVED);
}

static const struct err *check_rules(struct decide *decide)
{
    struct act *act = decide->act;
    struct check *check;

    if (decide->move->ends_association && decide->side == SIDE_PARTNER && decide->association->partner_is_frozen)
        return refuse(decide, DECIDE_PARTNER_FROZEN);
    if (!decide->move->needs_rules)
        return NULL;
    TRY(check_compute(act->db, act->mem, decide->association, decide->side,
                      rule_operation_of(decide->side == SIDE_PARTNER, true), act->now, &check));
    if (check->report.blocking == 0)
        return NULL;
    decide->result->check = check;
    return refuse(decide, DECIDE_CHECKS_FAILED);
}

static const struct err *check_answers(struct decide *decide)
{
    const struct act *act = decide->act;
    const struct wizard *wizard = decide->wizard;
    bool is_ticked = wizard->statement_at != INSTANT_NONE && strcmp(wizard->statement_version, STATEMENT_VERSION) == 0;

    if (decide->move->needs_statement && !is_ticked)
        return refuse(decide, DECIDE_NO_STATEMENT);
    if (decide->move->event == REQUEST_REJECT && decide->side == SIDE_PARTNER && wizard->decision_text[0] == '\0')
        return refuse(decide, DECIDE_NO_TEXT);
    decide->needs_code = decide->move->needs_code && (decide->side == SIDE_CUSTOMER || decide->association->partner_code_on);
    decide->result->grant = wizard_grant(wizard, act->actor->session_id, act->now);
    if (decide->needs_code && decide->result->grant != GRANT_GOOD)
        return refuse(decide, DECIDE_NO_GRANT);
    return NULL;
}

/* --- deciding it ------------------------------------------------------------------------------------------------------ */

static const struct err *write_request(struct decide *decide)
{
    struct act *act = decide->act;
    const struct request *request = decide->result->request;
    const struct request_change change = {
        .id = request->id, .version = request->version, .move = decide->move, .side = decide->side,
        .user_id = act->actor->user_id, .text = decide->wizard->decision_text,
        .code_id = decide->needs_code ? decide->wizard->code_id : 0, .at = act->now
    };
    bool moved;

    TRY(request_write(act->db, &change, &moved));
    /* Whoever was faster is found, with name and time, when it runs again. */
    return moved ? NULL : db_again("the request was changed meanwhile");
}

static const struct err *use_grant(struct decide *decide)
{
    struct act *act = decide->act;
    int64_t code_id = decide->wizard->code_id, request_id = decide->result->request->id;
    bool used;

    if (!decide->needs_code)
        return NULL;
    TRY(code_use(act->db, code_id, act->actor->account_id, act->actor->session_id, way_of(decide->move->event)->purpose,
                 request_id, act->now, request_id, &used));
    if (!used) {
        decide->result->grant = GRANT_NONE;
        return refuse(decide, DECIDE_NO_GRANT);
    }
    return NULL;
}

static const struct err *finish_wizard(struct decide *decide)
{
    struct act *act = decide->act;
    int64_t request_id = decide->result->request->id;
    bool written;

    decide->wizard->state = WIZARD_DONE;
    decide->wizard->request_id = request_id;
    decide->wizard->updated_at = act->now;
    TRY(wizard_write(act->db, decide->wizard, &written));
    if (!written)
        return db_again("the draft was changed meanwhile");
    return wizard_close_target(act->db, WIZARD_ANSWER, request_id, act->now);
}

static const struct err *carry_out(struct decide *decide)
{
    struct act *act = decide->act;
    const struct request *request = decide->result->request;
    const struct way *way = way_of(decide->move->event);
    const struct request_news news = {
        .kind = way->notice, .by_partner = decide->side == SIDE_PARTNER, .reason = decide->wizard->decision_text,
        .until_at = INSTANT_NONE, .event = way->news
    };
    struct freeze *lifted = NULL;

    /* The request first: of all who decide at once one gets its row, and the others wait before they hold anything else. */
    TRY(write_request(decide));
    TRY(use_grant(decide));
    TRY(finish_wizard(decide));
    if (decide->move->ends_association)
        TRY(effects_of_leaving(act, decide->association, request, &lifted));
    if (decide->side == SIDE_PARTNER)
        TRY(association_bump_partner(act->db, decide->association));
    TRY(request_notify_both(act, request, &news));
    TRY(request_log(act, request, decide->move, decide->wizard->decision_text));
    if (decide->move->ends_association)
        TRY(effects_log(act, decide->association, request, lifted));
    act_locate(act, request->no);
    return NULL;
}

static const struct err *work(struct db *db, void *arg)
{
    struct decide *decide = arg;
    struct act *act = decide->act;
    struct decide_result *result = decide->result;

    *result = (struct decide_result){ .outcome = DECIDE_DONE };
    decide->side = act_side(act);
    TRY(request_load(db, act->mem, decide->target->target_id, &result->request));
    TRY(check_actor(decide));
    TRY(check_draft(decide));
    act_not_before(act, result->request->submitted_at);
    act_not_before(act, result->request->escalated_at);
    TRY(association_load(db, act->mem, result->request->association_id, &decide->association));
    if (decide->event == REQUEST_AGREE)
        TRY(effects_not_before(act, decide->association));
    TRY(check_rules(decide));
    TRY(check_answers(decide));
    return carry_out(decide);
}

const struct err *decide_request(struct act *act, const struct wizard_target *target, int64_t revision,
                                 enum request_event event, struct decide_result *result)
{
    struct decide decide = { .act = act, .target = target, .revision = revision, .event = event, .result = result };

    TRY(act_run(act, work, &decide));
    if (act->is_replay)
        *result = (struct decide_result){ .outcome = DECIDE_DONE };
    /* As it is now. That it was decided stands, whether or not it can be shown. */
    if (act->is_done)
        (void)request_load(act->db, act->mem, target->target_id, &result->request);
    return NULL;
}
