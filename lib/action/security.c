#include "action/security.h"

#include <string.h>

#include "action/hashing.h"
#include "action/step_up.h"
#include "base/memory.h"
#include "base/text.h"
#include "store/store_reset.h"
#include "store/store_security.h"
#include "store/store_session.h"
#include "store/store_user.h"

struct securing { struct act *act; enum security_outcome *outcome; int64_t session_id; const char *hash; };

static const struct err *refuse(const struct securing *s, enum security_outcome outcome)
{
    *s->outcome = outcome;
    return act_refuse();
}

const struct err *security_begin(struct act *act, enum security_outcome *outcome)
{
    bool is_fresh = false;
    *outcome = SECURITY_DONE;
    if ((act->actor->role & ROLES_SIGNED_IN) == 0)
        return err_new(ERR_DENIED, 0, "nobody is signed in");
    TRY(step_up_is_fresh(act, &is_fresh));
    if (is_fresh)
        return NULL;
    *outcome = SECURITY_NO_STEP_UP;
    return act_refuse();
}

const struct err *security_log(struct act *act, enum operation operation, const char *remark)
{
    struct operation_row row = {.operation = operation, .object = act->actor->login, .result = "DONE", .remark = remark};
    return act_log(act, &row);
}

static const struct err *run(struct securing *s, const struct err *(*work)(struct db *db, void *arg))
{
    TRY(act_run(s->act, work, s));
    if (s->act->is_replay)
        *s->outcome = SECURITY_DONE;
    return NULL;
}

/* --- sessions --- */

static const struct err *is_own(struct db *db, const struct securing *s, bool *is_own)
{
    struct session_seen *sessions = NULL;
    size_t n = 0;
    *is_own = false;
    TRY(session_list(db, s->act->mem, s->act->actor->user_id, s->act->now, 0, &sessions, &n));
    for (size_t i = 0; i < n; i++)
        *is_own |= sessions[i].id == s->session_id;
    return NULL;
}

static const struct err *end_work(struct db *db, void *arg)
{
    const struct securing *s = arg;
    bool is_mine = false, ended = false;
    TRY(is_own(db, s, &is_mine));
    if (!is_mine)
        return err_new(ERR_MISSING, 0, "session %lld is not one of the actor's", (long long)s->session_id);
    if (s->session_id == s->act->actor->session_id)
        return refuse(s, SECURITY_GONE);
    TRY(security_begin(s->act, s->outcome));
    TRY(session_end_own(db, s->act->actor->user_id, s->session_id, s->act->actor->session_id, s->act->now, &ended));
    return ended ? security_log(s->act, OP_SESSIONS_ENDED, "one") : refuse(s, SECURITY_GONE);
}

const struct err *security_end_session(struct act *act, int64_t session_id, enum security_outcome *outcome)
{
    struct securing s = {.act = act, .outcome = outcome, .session_id = session_id};
    return run(&s, end_work);
}

static const struct err *end_others_work(struct db *db, void *arg)
{
    const struct securing *s = arg;
    TRY(security_begin(s->act, s->outcome));
    TRY(session_end_others(db, s->act->actor->user_id, s->act->actor->session_id, s->act->now));
    return security_log(s->act, OP_SESSIONS_ENDED, "all others");
}

const struct err *security_end_others(struct act *act, enum security_outcome *outcome)
{
    struct securing s = {.act = act, .outcome = outcome};
    return run(&s, end_others_work);
}

/* --- password --- */

static const struct err *password_work(struct db *db, void *arg)
{
    const struct securing *s = arg;
    struct act *act = s->act;
    const struct actor *actor = act->actor;
    bool done = false;

    TRY(security_begin(act, s->outcome));
    TRY(user_set_password(db, actor->user_id, s->hash, &done));
    if (!done)
        return err_new(ERR_SIGNED_OUT, 0, "the user was disabled meanwhile");
    TRY(reset_void(db, actor->user_id, act->now));
    TRY(session_end_others(db, actor->user_id, actor->session_id, act->now));
    const struct notice_values values = {.to_partner = actor->kind == ACCOUNT_PARTNER};
    TRY(act_notify(act, actor->account_id, NOTICE_PASSWORD_CHANGED, &values, "", 0,
                   mem_text(act->mem, "PASSWORD-%lld-%lld", (long long)actor->user_id, (long long)act->now)));
    return security_log(act, OP_PASSWORD_CHANGED, "by its owner");
}

static enum password_fault judge(struct act *act, const char *password)
{
    char *clean = text_clean_password(act->mem, password);
    enum password_fault fault = password_judge(clean, act->actor->login);
    secret_wipe(clean, strlen(clean));
    talloc_free(clean);
    return fault;
}

const struct err *security_set_password(struct act *act, const char *password, enum security_outcome *outcome,
                                        enum password_fault *fault)
{
    struct securing s = {.act = act, .outcome = outcome};
    char *hash = NULL;
    bool is_fresh = false;

    *outcome = SECURITY_DONE;
    *fault = PASSWORD_FINE;
    TRY(act_seen_before(act));
    if (act->is_done)
        return NULL;
    TRY(step_up_is_fresh(act, &is_fresh));
    if (!is_fresh) {
        *outcome = SECURITY_NO_STEP_UP;
        return NULL;
    }
    *fault = judge(act, password);
    if (*fault != PASSWORD_FINE) {
        *outcome = SECURITY_REFUSED;
        return NULL;
    }
    TRY(hashing_make(act->mem, act->config, password, &hash));
    s.hash = hash;
    return run(&s, password_work);
}
