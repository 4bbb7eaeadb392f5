#include "action/step_up.h"

#include <string.h>

#include "action/factor_secret.h"
#include "action/hashing.h"
#include "action/session_token.h"
#include "action/sign_in.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/secret.h"
#include "store/store_session.h"
#include "store/store_team.h"
#include "store/store_user.h"

/* One try, from being counted to its end. */
struct try {
    struct act act;                /* the caller's; the form's key goes with the last step only */
    struct step_up *result;
    const struct user *user;
    struct tally tally;
    char *renewed;
    bool with_totp, is_used;
    int64_t totp_step;             /* with_totp: which half minute's password it was */
};

static const struct err *count_work(struct db *db, void *arg)
{
    struct try *try = arg;
    const int64_t now = try->act.now;
    bool counted = false;
    TRY(user_count_try(db, try->user->id, now, now - SIGN_IN_FORGET_S * CLOCK_SECOND, &try->tally, &counted));
    if (!counted) {
        try->result->wait_until = try->tally.wait_until;
        return act_refuse();
    }
    return user_set_wait(db, try->user->id, sign_in_wait_until(&try->act, try->tally.failures));
}

static const struct err *uncount_work(struct db *db, void *arg)
{
    const struct try *try = arg;
    return user_uncount(db, try->user->id, try->tally.failures, sign_in_no_wait(&try->act));
}

static const struct err *fail_work(struct db *db, void *arg)
{
    struct try *try = arg;
    struct operation_row row = {.operation = OP_STEP_UP_FAILED, .object = try->user->login, .result = "FAILED"};
    (void)db;
    return act_log(&try->act, &row);
}

static const struct err *done_work(struct db *db, void *arg)
{
    struct try *try = arg;
    struct act *act = &try->act;
    struct session_proof old;
    const char *token = try->result->token;
    int64_t id = 0;

    TRY(session_proof(db, act->actor->session_id, &old));
    if (old.expires_at == INSTANT_NONE)
        return act_refuse();   /* ended meanwhile */
    bool is_new = true, is_first = false;
    if (try->with_totp)
        TRY(user_use_totp(db, try->user->id, try->totp_step, &is_new));
    if (!is_new) {
        try->is_used = true;
        return act_refuse();
    }
    TRY(user_uncount(db, try->user->id, try->tally.failures, sign_in_no_wait(act)));
    if (try->renewed != NULL)
        TRY(user_rehash(db, try->user->id, try->user->password_hash, try->renewed));
    struct session_new session = {
        .user_id = try->user->id, .at = act->now, .expires_at = old.expires_at, .idle_s = old.idle_s, .ip = act->ip,
        .agent = try->result->agent,
    };
    secret_sha256(token, strlen(token), session.token_hash);
    TRY(session_insert(db, &session, &id));
    TRY(session_take_over(db, id, act->actor->session_id));
    TRY(session_succeed(db, act->actor->session_id, id, act->now + STEP_UP_OVERLAP_S * CLOCK_SECOND, &is_first));
    if (!is_first)
        return act_refuse();   /* another form has led on from it */
    struct operation_row row = {.operation = OP_STEPPED_UP, .object = try->user->login, .result = "DONE"};
    return act_log(act, &row);
}

/* The password, or without one the one-time password. An error is not a failed try. */
static const struct err *compare(struct try *try, const char *password, const char *code, bool *is_right)
{
    const struct act *act = &try->act;
    if (password[0] != '\0')
        return hashing_check(act->mem, act->config, password, try->user->password_hash, is_right, &try->renewed);
    try->with_totp = true;
    *is_right = false;
    if (try->user->totp_secret == NULL)
        return NULL;
    return factor_check(act, try->user->login, try->user->totp_secret, code, &try->totp_step, is_right);
}

static const struct err *load(struct act *act, struct user **user)
{
    TRY(user_load(act->db, act->mem, act->actor->user_id, user));
    if (*user == NULL || !(*user)->is_active)
        return err_new(ERR_SIGNED_OUT, 0, "the user was disabled meanwhile");
    return NULL;
}

static const struct err *fail(struct try *try)
{
    try->result->outcome = STEP_UP_WRONG;
    return act_run(&try->act, fail_work, try);
}

static const struct err *lead_on(struct try *try, const unsigned char *once_digest)
{
    struct act *act = &try->act;
    act->once_digest = once_digest;
    try->result->token = session_token_new(act, try->result->old_token, try->user->id, "");
    const struct err *err = act_run(act, done_work, try);
    if (err != NULL)
        return act_take_back(act, uncount_work, try, err);
    act->once_digest = NULL;
    if (try->is_used)
        return fail(try);
    if (!act->is_done)
        return err_new(ERR_SIGNED_OUT, 0, "the session was ended, or another took its place, meanwhile");
    try->result->outcome = STEP_UP_DONE;
    return act->is_replay ? act_run(act, uncount_work, try) : NULL;
}

const struct err *step_up(struct act *act, const char *password, const char *code, struct step_up *result)
{
    struct try try = {.act = *act, .result = result};
    struct user *user = NULL;
    bool is_right = false;

    try.act.once_digest = NULL;
    try.act.may_enrol = true;
    TRY(load(act, &user));
    try.user = user;
    TRY(act_run(&try.act, count_work, &try));
    if (!try.act.is_done) {
        result->outcome = STEP_UP_WAIT;
        return NULL;
    }
    const struct err *err = compare(&try, password, code, &is_right);
    if (err != NULL)
        return act_take_back(&try.act, uncount_work, &try, err);   /* not this person's fault */
    return is_right ? lead_on(&try, act->once_digest) : fail(&try);
}

const struct err *step_up_takes_code(struct act *act, bool *takes_code)
{
    struct user *user = NULL;
    TRY(load(act, &user));
    *takes_code = user->totp_secret != NULL;
    return NULL;
}

const struct err *step_up_is_fresh(struct act *act, bool *is_fresh)
{
    struct session_proof proof;
    TRY(session_proof(act->db, act->actor->session_id, &proof));
    *is_fresh = proof.step_up_at != INSTANT_NONE &&
        act->now - proof.step_up_at <= act->config->session.step_up_s * CLOCK_SECOND;
    return NULL;
}
