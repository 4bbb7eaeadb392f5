#include "action/currency.h"

#include <string.h>

#include "action/own_account.h"
#include "store/store_account_center.h"

struct setting { struct act *act; const char *code; enum currency_outcome *outcome; };

static const struct err *refuse(const struct setting *s, enum currency_outcome outcome)
{
    *s->outcome = outcome;
    return act_refuse();
}

static const struct err *is_offered(const struct setting *s, bool *offered)
{
    const char **codes = NULL;
    size_t n = 0;
    *offered = false;
    TRY(currency_list(s->act->db, s->act->mem, &codes, &n));
    for (size_t i = 0; i < n; i++)
        *offered |= strcmp(codes[i], s->code) == 0;
    return NULL;
}

static const struct err *work(struct db *db, void *arg)
{
    const struct setting *s = arg;
    struct act *act = s->act;
    struct own_account own;
    const char *now = "";
    bool offered = false, is_set = false;
    *s->outcome = CURRENCY_DONE;
    TRY(own_account_begin(act, &own));
    TRY(currency_of(db, act->mem, act->actor->account_id, &now));
    if (now[0] != '\0')
        return refuse(s, CURRENCY_ALREADY);
    TRY(is_offered(s, &offered));
    if (!offered)
        return refuse(s, CURRENCY_UNKNOWN);
    TRY(currency_set(db, act->actor->account_id, own.customer.version, s->code, &is_set));
    if (!is_set)
        return db_again("the account was changed meanwhile");
    return own_account_log(act, &own, OP_CURRENCY_SET, s->code, "");
}

const struct err *set_currency(struct act *act, const char *code, enum currency_outcome *outcome)
{
    struct setting s = {.act = act, .code = code, .outcome = outcome};
    TRY(act_run(act, work, &s));
    if (act->is_replay)
        *outcome = CURRENCY_DONE;
    return NULL;
}
