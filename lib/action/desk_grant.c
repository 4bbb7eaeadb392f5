#include "action/desk_grant.h"

#include "base/clock.h"
#include "base/memory.h"
#include "domain/quota.h"
#include "store/store_association.h"
#include "store/store_desk.h"
#include "store/store_grant.h"

struct granting {
    struct act *act;
    const struct desk_grant *grant;
    int64_t grant_id;
    const char *note;
    enum desk_outcome *outcome;
};

static const struct err *refuse(const struct granting *g, enum desk_outcome outcome)
{
    *g->outcome = outcome;
    return act_refuse();
}

static const struct err *bump(const struct act *act, const struct desk_account *customer)
{
    bool bumped = false;
    TRY(account_bump(act->db, customer->id, customer->version, &bumped));
    return bumped ? NULL : db_again("the customer was changed meanwhile");
}

static const struct err *tell(struct act *act, const struct grant *grant, const char *action, const char *reason)
{
    const bool is_partner = grant->side == SIDE_PARTNER;
    const struct notice_values values = {
        .to_partner = is_partner, .customer = grant->customer_name, .partner = grant->partner_name, .action = action, .reason = reason,
        .object = mem_text(act->mem, "%lld", (long long)grant->extra), .until = act_time(act, grant->until_at)};
    return act_notify(act, is_partner ? grant->partner_id : grant->customer_id, NOTICE_QUOTA, &values,
                      is_partner ? mem_text(act->mem, "/customers/%s", grant->customer_no) : "/my-partner", 0,
                      mem_text(act->mem, "G%lld-%s", (long long)grant->id, action));
}

/* The sum in force before and after, then what a person said. */
static const struct err *log_it(struct act *act, const struct grant *grant, const struct desk_account *customer,
                                enum operation operation, int64_t before, int64_t after, const char *words)
{
    const bool is_its_partner = customer->association_id != 0 && grant->partner_id == customer->partner_id;
    struct operation_row row = {
        .operation = operation, .customer_id = grant->customer_id, .partner_id = grant->partner_id, .object = grant->customer_name,
        .result = "DONE",
        .remark = mem_text(act->mem, "%s %lld -> %lld, until %s: %s", side_name(grant->side), (long long)before, (long long)after,
                           act_time(act, grant->until_at), words)};
    if (grant->side == SIDE_CUSTOMER || is_its_partner) {
        row.association_id = customer->association_id;
        row.partner_id = customer->association_id != 0 ? customer->partner_id : grant->partner_id;
    }
    return act_log(act, &row);
}

static const struct err *give_work(struct db *db, void *arg)
{
    const struct granting *g = arg;
    struct act *act = g->act;
    const struct desk_grant *asked = g->grant;
    struct desk_account *customer = NULL;
    int64_t before = 0;

    *g->outcome = DESK_DONE;
    TRY(desk_may(act));
    TRY(desk_account_load(db, act->mem, asked->customer_no, &customer));
    if (customer == NULL || customer->kind != ACCOUNT_CUSTOMER || customer->closed_at != INSTANT_NONE)
        return refuse(g, DESK_NONE);
    if (!desk_is_reason(asked->note))
        return refuse(g, DESK_NO_REASON);
    if (asked->until_at <= act->now || asked->until_at > act->now + GRANT_LIFE_MAX_S * CLOCK_SECOND)
        return refuse(g, DESK_NO_END);
    if (asked->side == SIDE_PARTNER && customer->association_id == 0)
        return refuse(g, DESK_NO_PARTNER);
    struct grant grant = {
        .side = asked->side, .customer_id = customer->id, .partner_id = asked->side == SIDE_PARTNER ? customer->partner_id : 0,
        .extra = asked->extra, .granted_at = act->now, .until_at = asked->until_at, .note = asked->note,
        .customer_no = customer->no, .customer_name = customer->name, .partner_name = customer->partner_name};
    TRY(grant_sum(db, grant.side, grant.customer_id, grant.partner_id, act->now, &before));
    if (grant.extra < 1 || grant.extra > GRANT_EXTRA_MAX || before + grant.extra > GRANT_EXTRA_MAX)
        return refuse(g, DESK_TOO_MANY);
    TRY(bump(act, customer));
    TRY(grant_insert(db, &grant, act->actor->user_id, &grant.id));
    TRY(tell(act, &grant, "GRANTED", asked->note));
    return log_it(act, &grant, customer, OP_QUOTA_GRANTED, before, before + grant.extra, asked->note);
}

const struct err *desk_grant_give(struct act *act, const struct desk_grant *grant, enum desk_outcome *outcome)
{
    struct granting g = {.act = act, .grant = grant, .outcome = outcome};
    TRY(act_run(act, give_work, &g));
    if (act->is_replay)
        *outcome = DESK_DONE;
    return NULL;
}

static const struct err *revoke_work(struct db *db, void *arg)
{
    const struct granting *g = arg;
    struct act *act = g->act;
    struct grant *grant = NULL;
    struct desk_account *customer = NULL;
    int64_t before = 0;
    bool done = false;

    *g->outcome = DESK_DONE;
    TRY(desk_may(act));
    TRY(grant_load(db, act->mem, g->grant_id, &grant));
    if (grant == NULL)
        return err_new(ERR_MISSING, 0, "there is no grant %lld", (long long)g->grant_id);
    if (grant->revoked_at != INSTANT_NONE || grant->until_at <= act->now)
        return refuse(g, DESK_GONE);
    if (!desk_is_reason(g->note))
        return refuse(g, DESK_NO_REASON);
    TRY(desk_account_load(db, act->mem, grant->customer_no, &customer));
    if (customer == NULL)
        return err_new(ERR_BUG, 0, "grant %lld has no customer", (long long)grant->id);
    TRY(grant_sum(db, grant->side, grant->customer_id, grant->partner_id, act->now, &before));
    TRY(bump(act, customer));
    TRY(grant_revoke(db, grant->id, act->actor->user_id, g->note, act->now, &done));
    if (!done)
        return db_again("the grant was revoked meanwhile");
    TRY(tell(act, grant, "REVOKED", g->note));
    return log_it(act, grant, customer, OP_QUOTA_REVOKED, before, before - grant->extra, g->note);
}

const struct err *desk_grant_revoke(struct act *act, int64_t grant_id, const char *note, enum desk_outcome *outcome)
{
    struct granting g = {.act = act, .grant_id = grant_id, .note = note, .outcome = outcome};
    TRY(act_run(act, revoke_work, &g));
    if (act->is_replay)
        *outcome = DESK_DONE;
    return NULL;
}
