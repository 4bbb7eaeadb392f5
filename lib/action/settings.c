#include "action/settings.h"

#include "action/step_up.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/store_code.h"
#include "store/store_team.h"

struct setting { struct act *act; bool is_on; enum settings_outcome *outcome; };

static const struct err *refuse(const struct setting *s, enum settings_outcome outcome)
{
    *s->outcome = outcome;
    return act_refuse();
}

static const struct err *has_contact(struct act *act, bool *has)
{
    struct contact *contacts = NULL;
    size_t n = 0;
    TRY(contact_list(act->db, act->mem, act->actor->account_id, &contacts, &n));
    *has = false;
    for (size_t i = 0; i < n; i++)
        *has = *has || contacts[i].verified_at != INSTANT_NONE;
    return NULL;
}

static const struct err *work(struct db *db, void *arg)
{
    const struct setting *s = arg;
    struct act *act = s->act;
    const int64_t account_id = act->actor->account_id;
    bool is_fresh = false, has = false, switched = false;

    *s->outcome = SETTINGS_DONE;
    if (act->actor->role != ROLE_ADMIN)
        return err_new(ERR_DENIED, 0, "only an admin may change the partner's settings");
    TRY(step_up_is_fresh(act, &is_fresh));
    if (!is_fresh)
        return refuse(s, SETTINGS_NO_STEP_UP);
    TRY(has_contact(act, &has));
    if (s->is_on && !has)
        return refuse(s, SETTINGS_NO_CONTACT);
    TRY(account_set_code_on(db, account_id, s->is_on, &switched));
    if (!switched)
        return refuse(s, SETTINGS_SAME);
    const char *position = s->is_on ? "ON" : "OFF";
    const struct notice_values values = {
        .to_partner = true, .by_partner = true, .action = position, .object = act->actor->user_name};
    TRY(act_notify(act, account_id, NOTICE_CODE_FUNCTION, &values, "/settings", 0,
                   mem_text(act->mem, "CODE-FUNCTION-%lld", (long long)act->now)));
    struct operation_row row = {
        .operation = OP_CODE_FUNCTION_SET, .partner_id = account_id, .object = act->actor->account_no, .result = "DONE",
        .remark = position};
    return act_log(act, &row);
}

const struct err *settings_set_code(struct act *act, bool is_on, enum settings_outcome *outcome)
{
    struct setting s = {.act = act, .is_on = is_on, .outcome = outcome};
    TRY(act_run(act, work, &s));
    if (act->is_replay)
        *outcome = SETTINGS_DONE;
    return NULL;
}
