#include "action/release_member.h"

#include "action/own_account.h"
#include "base/memory.h"
#include "store/store_account_center.h"
#include "store/store_association.h"

struct releasing { struct act *act; int64_t id; const char *when_clear; enum release_outcome *outcome; };

static const struct err *refuse(const struct releasing *r, enum release_outcome outcome)
{
    *r->outcome = outcome;
    return act_refuse();
}

static const struct err *lead_on(const struct releasing *r)
{
    int64_t left = 0;
    if (r->when_clear == NULL)
        return NULL;
    TRY(member_link_independent(r->act->db, r->act->actor->account_id, &left));
    if (left == 0)
        r->act->location = r->when_clear;
    return NULL;
}

/* That it has a master is a fact the checks of the member read. */
static const struct err *bump_both(struct act *act, const struct own_account *own, const struct member_link *link)
{
    bool bumped = false;
    TRY(own_account_bump(act, own));
    TRY(account_bump(act->db, link->member_id, link->member_version, &bumped));
    return bumped ? NULL : db_again("the member was changed meanwhile");
}

static const struct err *work(struct db *db, void *arg)
{
    const struct releasing *r = arg;
    struct act *act = r->act;
    struct own_account own;
    struct member_link *link = NULL;
    bool ended = false;
    *r->outcome = RELEASE_DONE;
    TRY(own_account_begin(act, &own));
    TRY(member_link_load(db, act->mem, r->id, &link));
    if (link == NULL || !act_is_own(act, link->master_id))
        return err_new(ERR_MISSING, 0, "link %lld is not the actor's", (long long)r->id);
    if (!link->is_active)
        return refuse(r, RELEASE_ENDED);
    if (!link->is_independent)
        return refuse(r, RELEASE_UNIFIED);
    TRY(bump_both(act, &own, link));
    TRY(member_link_end(db, link->id, act->now, &ended));
    if (!ended)
        return db_again("the link was changed meanwhile");
    TRY(lead_on(r));
    return own_account_log(act, &own, OP_MEMBER_RELEASED, link->name, link->no);
}

const struct err *release_member(struct act *act, int64_t link_id, const char *when_clear, enum release_outcome *outcome)
{
    struct releasing r = {.act = act, .id = link_id, .when_clear = when_clear, .outcome = outcome};
    TRY(act_run(act, work, &r));
    if (act->is_replay)
        *outcome = RELEASE_DONE;
    return NULL;
}
