#include "action/save_information.h"

#include "action/own_account.h"

struct saving { struct act *act; const struct account_information *information; enum information_outcome *outcome; };

static const struct err *refuse(const struct saving *s, enum information_outcome outcome)
{
    *s->outcome = outcome;
    return act_refuse();
}

static bool is_complete(const struct account_information *i)
{
    return i->legal_name[0] != '\0' && i->address_1[0] != '\0' && i->city[0] != '\0' && i->country[0] != '\0' &&
           i->billing_email[0] != '\0';
}

static const struct err *work(struct db *db, void *arg)
{
    const struct saving *s = arg;
    struct act *act = s->act;
    const int64_t account_id = act->actor->account_id;
    struct own_account own;
    struct account_information before;
    bool saved = false;
    *s->outcome = INFORMATION_DONE;
    TRY(own_account_begin(act, &own));
    if (!is_complete(s->information))
        return refuse(s, INFORMATION_INCOMPLETE);
    TRY(account_information_load(db, act->mem, account_id, &before));
    if (before.version != s->information->version)
        return refuse(s, INFORMATION_CHANGED);
    TRY(own_account_bump(act, &own));
    TRY(account_information_save(db, account_id, act->actor->user_id, s->information, act->now, &saved));
    if (!saved)
        return db_again("the information was saved meanwhile");
    TRY(account_information_done(db, account_id, act->now));
    return own_account_log(act, &own, OP_INFORMATION_SAVED, own.customer.no, "");
}

const struct err *save_information(struct act *act, const struct account_information *information, enum information_outcome *outcome)
{
    struct saving s = {.act = act, .information = information, .outcome = outcome};
    TRY(act_run(act, work, &s));
    if (act->is_replay)
        *outcome = INFORMATION_DONE;
    return NULL;
}
