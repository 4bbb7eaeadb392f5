#include "action/desk_close.h"

#include <string.h>

#include "action/effects.h"
#include "action/request_tell.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/store_association.h"
#include "store/store_request.h"
#include "store/store_wizard.h"

struct closing {
    struct act *act;
    const struct desk_closing *asked;
    enum desk_outcome *outcome;
    size_t *ended;
    struct desk_account *account;
};

/* One association of the account, with what is told and logged of its end at the end. */
struct ending {
    struct association *association;
    struct request *request;              /* that was open; NULL */
    const struct request_move *move;
    struct freeze *lifted;
};

static const struct err *refuse(const struct closing *c, enum desk_outcome outcome)
{
    *c->outcome = outcome;
    return act_refuse();
}

static const struct err *cancel_request(const struct closing *c, struct ending *ending)
{
    struct act *act = c->act;
    bool moved = false;
    TRY(request_open_with(act->db, act->mem, ending->association, &ending->request));
    const struct request *request = ending->request;
    if (request == NULL)
        return NULL;
    act_not_before(act, request->escalated_at);
    ending->move = request_move(request->state, REQUEST_VOID, MOVER_OPS, request->initiator, request->escalated_at != INSTANT_NONE);
    if (ending->move == NULL)
        return err_new(ERR_BUG, 0, "an open request cannot be cancelled");
    const struct request_change change = {
        .id = request->id, .version = request->version, .move = ending->move, .side = SIDE_PLATFORM,
        .user_id = act->actor->user_id, .text = c->asked->reason, .at = act->now};
    TRY(request_write(act->db, &change, &moved));
    if (!moved)
        return db_again("the request was changed meanwhile");
    TRY(quota_give_back(act->db, request->id));
    return wizard_close_target(act->db, WIZARD_ANSWER, request->id, act->now);
}

/* The requests first, as all do who decide on one; what follows waits for them. */
static const struct err *cancel_requests(const struct closing *c, const int64_t *ids, size_t n, struct ending *endings)
{
    for (size_t i = 0; i < n; i++) {
        TRY(association_load(c->act->db, c->act->mem, ids[i], &endings[i].association));
        TRY(effects_not_before(c->act, endings[i].association));
        TRY(cancel_request(c, &endings[i]));
    }
    return NULL;
}

static const struct err *end_associations(const struct closing *c, struct ending *endings, size_t n)
{
    const bool is_customer = c->account->kind == ACCOUNT_CUSTOMER;
    for (size_t i = 0; i < n; i++)
        TRY(effects_of_closing(c->act, endings[i].association, is_customer, &endings[i].lifted));
    return NULL;
}

static const struct err *tell_other_side(const struct closing *c, const struct association *association)
{
    const bool to_partner = c->account->kind == ACCOUNT_CUSTOMER;
    const struct notice_values values = {
        .to_partner = to_partner, .customer = association->customer_name, .partner = association->partner_name,
        .reason = c->asked->reason};
    return act_notify(c->act, to_partner ? association->partner_id : association->customer_id, NOTICE_ACCOUNT_CLOSED, &values,
                      to_partner ? mem_text(c->act->mem, "/customers/%s", association->customer_no) : "/my-partner", 0,
                      mem_text(c->act->mem, "CLOSED%lld-%lld", (long long)c->account->id, (long long)association->id));
}

/* While its people are still there, in whose language it is told. */
static const struct err *tell(const struct closing *c, const struct ending *endings, size_t n)
{
    const struct desk_account *account = c->account;
    const struct notice_values values = {
        .to_partner = account->kind == ACCOUNT_PARTNER, .action = "OWN", .object = account->no, .reason = c->asked->reason};
    const struct request_news news = {
        .kind = NOTICE_REQUEST_CANCELLED, .reason = c->asked->reason, .until_at = INSTANT_NONE, .event = "CANCELLED"};
    for (size_t i = 0; i < n; i++) {
        if (endings[i].request != NULL)
            TRY(request_notify_both(c->act, endings[i].request, &news));
        TRY(tell_other_side(c, endings[i].association));
    }
    return act_notify(c->act, account->id, NOTICE_ACCOUNT_CLOSED, &values, "", 0,
                      mem_text(c->act->mem, "CLOSED%lld", (long long)account->id));
}

static const struct err *log_it(const struct closing *c, const struct ending *endings, size_t n)
{
    const struct desk_account *account = c->account;
    for (size_t i = 0; i < n; i++) {
        if (endings[i].request != NULL)
            TRY(request_log(c->act, endings[i].request, endings[i].move, c->asked->reason));
        TRY(effects_log(c->act, endings[i].association, NULL, endings[i].lifted));
    }
    struct operation_row row = {
        .operation = OP_ACCOUNT_CLOSED, .object = mem_text(c->act->mem, "%s, %s", account->no, account->name), .result = "DONE",
        .remark = mem_text(c->act->mem, "OPEN -> CLOSED: %s", c->asked->reason)};
    if (account->kind == ACCOUNT_CUSTOMER)
        row.customer_id = account->id;
    else
        row.partner_id = account->id;
    return act_log(c->act, &row);
}

static const struct err *find_associations(const struct closing *c, int64_t **ids, size_t *n)
{
    const struct desk_account *account = c->account;
    if (account->kind == ACCOUNT_PARTNER)
        return desk_associations_of(c->act->db, c->act->mem, account->id, DESK_CLOSE_MAX + 1, ids, n);
    *ids = mem_array(c->act->mem, int64_t, 1);
    **ids = account->association_id;
    *n = account->association_id != 0 ? 1 : 0;
    return NULL;
}

static const struct err *work(struct db *db, void *arg)
{
    struct closing *c = arg;
    struct act *act = c->act;
    int64_t *ids = NULL;
    size_t n = 0;
    bool closed = false;

    TRY(desk_begin(act, c->asked->reason, c->outcome));
    TRY(desk_account_load(db, act->mem, c->asked->account_no, &c->account));
    if (c->account == NULL)
        return refuse(c, DESK_NONE);
    if (c->account->closed_at != INSTANT_NONE)
        return refuse(c, DESK_GONE);
    if (*c->outcome != DESK_DONE)
        return act_refuse();
    if (strcmp(c->asked->seen, desk_close_seen(act->mem, c->account)) != 0)
        return refuse(c, DESK_CHANGED);
    if (strcmp(c->asked->typed_name, c->account->name) != 0)
        return refuse(c, DESK_NAME);
    TRY(find_associations(c, &ids, &n));
    if (n > DESK_CLOSE_MAX)
        return refuse(c, DESK_TOO_MANY);
    struct ending *endings = mem_array(act->mem, struct ending, n);
    TRY(cancel_requests(c, ids, n, endings));
    TRY(desk_account_close(db, c->account->id, c->account->version, act->now, &closed));
    if (!closed)
        return db_again("the account was changed meanwhile");
    TRY(end_associations(c, endings, n));
    TRY(tell(c, endings, n));
    TRY(desk_account_clear(db, c->account->id, act->actor->user_id, act->now));
    *c->ended = n;
    return log_it(c, endings, n);
}

char *desk_close_seen(const void *ctx, const struct desk_account *account)
{
    if (account->kind == ACCOUNT_PARTNER)
        return mem_text(ctx, "%lld", (long long)account->customers);
    return mem_text(ctx, "%s.%s", account->association_id != 0 ? account->partner_no : "", account->request_no);
}

const struct err *desk_close(struct act *act, const struct desk_closing *asked, enum desk_outcome *outcome, size_t *ended)
{
    struct closing c = {.act = act, .asked = asked, .outcome = outcome, .ended = ended};
    *ended = 0;
    TRY(act_run(act, work, &c));
    if (act->is_replay)
        *outcome = DESK_DONE;
    return NULL;
}
