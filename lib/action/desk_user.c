#include "action/desk_user.h"

#include "base/memory.h"
#include "store/store_desk.h"
#include "store/store_reset.h"
#include "store/store_security.h"
#include "store/store_session.h"
#include "store/store_team.h"

struct changing { struct act *act; int64_t user_id; enum desk_user_act what; const char *reason; enum desk_outcome *outcome; };

static const struct err *refuse(const struct changing *c, enum desk_outcome outcome)
{
    *c->outcome = outcome;
    return act_refuse();
}

/* --- what each of them changes; *done false: it is so already --- */

static const struct err *end_sessions(struct act *act, const struct desk_user *user, bool *done)
{
    *done = user->sessions > 0;
    return *done ? session_end_others(act->db, user->id, 0, act->now) : NULL;
}

static const struct err *disable(struct act *act, const struct desk_user *user, bool *done)
{
    TRY(desk_user_set_active(act->db, user->id, false, done));
    if (!*done)
        return NULL;
    TRY(reset_void(act->db, user->id, act->now));
    return session_end_others(act->db, user->id, 0, act->now);
}

static const struct err *enable(struct act *act, const struct desk_user *user, bool *done)
{
    return desk_user_set_active(act->db, user->id, true, done);
}

static const struct err *reset_factor(struct act *act, const struct desk_user *user, bool *done)
{
    TRY(desk_factor_reset(act->db, user->id, done));
    if (!*done)
        return NULL;
    TRY(recovery_void(act->db, user->id, act->now));
    return session_end_others(act->db, user->id, 0, act->now);
}

static const struct way {
    enum operation operation;
    const char *action, *before, *after;
    const struct err *(*change)(struct act *act, const struct desk_user *user, bool *done);
} ways[DESK_USER_ACTS] = {
    [DESK_USER_DISABLE] = {OP_USER_DISABLED, "DISABLED", "ACTIVE", "DISABLED", disable},
    [DESK_USER_ENABLE] = {OP_USER_ENABLED, "ENABLED", "DISABLED", "ACTIVE", enable},
    [DESK_USER_END_SESSIONS] = {OP_SESSIONS_ENDED, "SESSIONS_ENDED", "", "0", end_sessions},
    [DESK_USER_RESET_FACTOR] = {OP_FACTOR_RESET, "FACTOR_RESET", "ON", "OFF", reset_factor},
};

static const struct err *log_it(struct act *act, const struct desk_user *user, const struct way *way, const char *reason)
{
    const char *before = way->before[0] != '\0' ? way->before : mem_text(act->mem, "%lld", (long long)user->sessions);
    struct operation_row row = {
        .operation = way->operation, .object = user->login, .result = "DONE",
        .remark = mem_text(act->mem, "%s -> %s: %s", before, way->after, reason)};
    if (user->kind == ACCOUNT_CUSTOMER)
        row.customer_id = user->account_id;
    if (user->kind == ACCOUNT_PARTNER)
        row.partner_id = user->account_id;
    return act_log(act, &row);
}

/* The team's version is taken, so that a person cannot be removed by its own and changed here at once, nor two operators put each
 * other out. */
static const struct err *work(struct db *db, void *arg)
{
    const struct changing *c = arg;
    struct act *act = c->act;
    const struct way *way = &ways[c->what];
    struct desk_user *user = NULL;
    int64_t version = 0;
    bool taken = false, done = false;

    TRY(desk_begin(act, c->reason, c->outcome));
    TRY(desk_user_load(db, act->mem, c->user_id, act->now, &user));
    if (user == NULL)
        return err_new(ERR_MISSING, 0, "there is no user %lld", (long long)c->user_id);
    if (user->id == act->actor->user_id)
        return refuse(c, DESK_OWN);
    if (*c->outcome != DESK_DONE)
        return act_refuse();
    if (!user->account_is_open)
        return refuse(c, DESK_NONE);
    TRY(team_version(db, user->account_id, &version));
    TRY(team_take(db, user->account_id, version, &taken));
    if (!taken)
        return db_again("the team was changed meanwhile");
    TRY(way->change(act, user, &done));
    if (!done)
        return refuse(c, DESK_GONE);
    TRY(desk_tell_user(act, user, way->action, c->reason));
    return log_it(act, user, way, c->reason);
}

const struct err *desk_user(struct act *act, int64_t user_id, enum desk_user_act what, const char *reason, enum desk_outcome *outcome)
{
    struct changing c = {.act = act, .user_id = user_id, .what = what, .reason = reason, .outcome = outcome};
    TRY(act_run(act, work, &c));
    if (act->is_replay)
        *outcome = DESK_DONE;
    return NULL;
}
