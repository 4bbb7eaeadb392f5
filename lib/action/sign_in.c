#include "sign_in.h"

#include <stdlib.h>
#include <string.h>

#include "action/factor_secret.h"
#include "action/hashing.h"
#include "action/security.h"
#include "action/session_token.h"
#include "base/clock.h"
#include "base/lang.h"
#include "base/memory.h"
#include "base/rand.h"
#include "domain/sign_in.h"
#include "store/store_security.h"
#include "store/store_session.h"
#include "store/store_user.h"

const struct actor sign_in_nobody = {
    .role = ROLE_ANONYMOUS, .login = "", .user_name = "", .account_name = "", .account_no = "", .lang = "", .zone = "", .theme = ""};

/* One try, from being counted to its end. */
struct try {
    struct act act;                 /* the caller's; the form's key goes with the last step only */
    const unsigned char *once_digest;
    struct sign_in *sign_in;
    const struct user *user;        /* NULL: nobody has this login */
    const char *login_key;          /* stands in for the user's tally then */
    struct tally user_tally, address_tally;
    struct actor actor;             /* the user, once signed in */
    int64_t old_session_id;
    const char *remark;             /* of the log */
    const char *proof;              /* beside the password: which code; "" = none was asked for */
    char *renewed;                  /* hash with the cost of today; NULL: no need */
    bool with_totp, with_recovery;
    const char *sealed;             /* the second factor as it is to be stored; NULL: it is sealed already */
    int64_t totp_step;
    unsigned char recovery[SECRET_DIGEST_BYTES];
};

/* --- the throttle --- */

int64_t sign_in_no_wait(const struct act *act)
{
    return act->now - act->config->web.request_deadline_s * CLOCK_SECOND;
}

int64_t sign_in_wait_until(const struct act *act, int64_t failures)
{
    int64_t wait_s = sign_in_wait_s(failures);
    return wait_s > 0 ? act->now + wait_s * CLOCK_SECOND : sign_in_no_wait(act);
}

static const struct err *refuse_until(struct try *try, int64_t until)
{
    try->sign_in->wait_until = until;
    return act_refuse();
}

/* The address first, always: everybody takes the two rows in the same order. */
static const struct err *count_work(struct db *db, void *arg)
{
    struct try *try = arg;
    int64_t now = try->act.now, forget_at = now - SIGN_IN_FORGET_S * CLOCK_SECOND;
    bool counted = false;
    TRY(address_count_try(db, try->act.ip, now, forget_at, &try->address_tally, &counted));
    if (!counted)
        return refuse_until(try, try->address_tally.wait_until);
    TRY(address_set_wait(db, try->act.ip, sign_in_wait_until(&try->act, try->address_tally.failures - SIGN_IN_ADDRESS_FREE)));
    TRY(try->user != NULL ? user_count_try(db, try->user->id, now, forget_at, &try->user_tally, &counted)
                          : address_count_try(db, try->login_key, now, forget_at, &try->user_tally, &counted));
    if (!counted)
        return refuse_until(try, try->user_tally.wait_until);
    int64_t until = sign_in_wait_until(&try->act, try->user_tally.failures);
    return try->user != NULL ? user_set_wait(db, try->user->id, until) : address_set_wait(db, try->login_key, until);
}

static const struct err *uncount_work(struct db *db, void *arg)
{
    struct try *try = arg;
    TRY(address_uncount(db, try->act.ip, try->address_tally.failures, sign_in_no_wait(&try->act)));
    if (try->user == NULL)
        return address_uncount(db, try->login_key, try->user_tally.failures, sign_in_no_wait(&try->act));
    return user_uncount(db, try->user->id, try->user_tally.failures, sign_in_no_wait(&try->act));
}

/* Counts this try as failed, ahead of knowing. False in *may_try: a wait is on. */
static const struct err *begin(struct try *try, bool *may_try)
{
    TRY(act_run(&try->act, count_work, try));
    *may_try = try->act.is_done;
    if (!*may_try)
        try->sign_in->outcome = SIGN_IN_WAIT;
    return NULL;
}

/* --- the ends --- */

static const struct err *fail_work(struct db *db, void *arg)
{
    struct try *try = arg;
    const struct user *user = try->user;
    TRY(address_stamp(db, try->act.ip, try->act.now + 1));
    if (user == NULL)
        return NULL;   /* nobody's failure has no place in the log, and its text may be a password */
    struct operation_row row = {
        .operation = OP_SIGN_IN_FAILED, .account_id = user->account_id, .user_id = user->id, .user_name = user->name,
        .initiated_by = side_of_kind(user->kind), .object = user->login, .result = "FAILED", .remark = try->remark,
    };
    return act_log(&try->act, &row);
}

static const struct err *fail(struct try *try, const char *remark)
{
    try->sign_in->outcome = SIGN_IN_WRONG;
    try->remark = remark;
    try->act.actor = &sign_in_nobody;
    return act_run(&try->act, fail_work, try);
}

static const struct err *done_work(struct db *db, void *arg)
{
    struct try *try = arg;
    const struct user *user = try->user;
    const struct config *config = try->act.config;
    bool is_platform = user->kind == ACCOUNT_PLATFORM, done = false;
    int64_t now = try->act.now, id = 0;

    TRY(user_signed_in(db, user->id, user->password_hash, &done));
    if (done && try->with_totp)
        TRY(user_use_totp(db, user->id, try->totp_step, &done));
    if (done && try->sealed != NULL)
        TRY(second_factor_rewrite(db, user->id, user->totp_secret, try->sealed));
    if (done && try->with_recovery)
        TRY(recovery_use(db, user->id, try->recovery, now, &done));
    if (!done)
        return act_refuse();
    if (try->renewed != NULL)
        TRY(user_rehash(db, user->id, user->password_hash, try->renewed));
    TRY(address_uncount(db, try->act.ip, try->address_tally.failures, sign_in_no_wait(&try->act)));
    if (try->old_session_id != 0)
        TRY(session_end(db, try->old_session_id, now));

    if (lang_find(try->act.lang) != NULL)
        TRY(user_saw_lang(db, user->id, try->act.lang));

    struct session_new session = {
        .user_id = user->id, .at = now, .ip = try->act.ip, .agent = try->sign_in->agent,
        .expires_at = now + (is_platform ? config->session.absolute_platform_s : config->session.absolute_s) * CLOCK_SECOND,
        .idle_s = is_platform ? config->session.idle_platform_s : config->session.idle_s,
    };
    secret_sha256(try->sign_in->token, strlen(try->sign_in->token), session.token_hash);
    /* Not the actor's: tried again after a deadlock, the act would be refused for want of a session that was rolled back. */
    TRY(session_insert(db, &session, &id));
    struct operation_row row = {.operation = OP_SIGNED_IN, .object = user->login, .result = "DONE", .remark = try->remark};
    return act_log(&try->act, &row);
}

/* The form was used before. It leads to its session only who proved the same now, and only while that lives: the proof is in its
 * token. A code that works once has to be the one that worked. */
static const struct err *finish_again(struct try *try)
{
    unsigned char hash[SECRET_DIGEST_BYTES];
    struct session *session = NULL;
    secret_sha256(try->sign_in->token, strlen(try->sign_in->token), hash);
    TRY(session_find(try->act.db, try->act.mem, hash, try->act.now, false, &session));
    const bool is_led = session != NULL && !session->is_over;
    if (!is_led && try->proof[0] != '\0')
        return fail(try, "used before, or changed meanwhile");
    try->sign_in->outcome = is_led ? SIGN_IN_DONE : SIGN_IN_LATE;
    return act_run(&try->act, uncount_work, try);
}

/* The password or one-time password was right. Still refused if it was changed, or the user disabled, meanwhile, or if the
 * one-time password was used before. */
static const struct err *finish(struct try *try, const char *remark)
{
    try->remark = remark;
    try->actor = user_actor(try->user);
    try->act.actor = &try->actor;
    try->act.once_digest = try->once_digest;
    try->sign_in->token = session_token_new(&try->act, try->sign_in->old_token, try->user->id, try->proof);
    const struct err *err = act_run(&try->act, done_work, try);
    if (err != NULL) {
        try->act.actor = &sign_in_nobody;
        return act_take_back(&try->act, uncount_work, try, err);
    }
    try->act.once_digest = NULL;
    if (!try->act.is_done)
        return fail(try, "used before, or changed meanwhile");
    try->sign_in->lang = try->user->lang;
    if (try->act.is_replay)
        return finish_again(try);
    try->sign_in->outcome = SIGN_IN_DONE;
    return NULL;
}

/* --- half signed in: "user.issued.nonce.mac", bound to the password of that time --- */

static char *half_mac(const struct act *act, const struct user *user, const char *head)
{
    unsigned char mac[SECRET_DIGEST_BYTES];
    char *bound = mem_text(act->mem, "half-signed-in\n%s\n%s", head, user->password_hash);
    secret_hmac(&act->keys->token, bound, strlen(bound), mac);
    return secret_base64url(act->mem, mac, sizeof mac);
}

static char *half_make(const struct act *act, const struct user *user)
{
    char *head = mem_text(act->mem, "%lld.%lld.%s", (long long)user->id, (long long)(act->now / CLOCK_SECOND),
                          rand_token(act->mem, 16));
    return mem_text(act->mem, "%s.%s", head, half_mac(act, user, head));
}

static bool take_number(const char **at, int64_t *number)
{
    size_t n = strspn(*at, "0123456789");
    if (n == 0 || n > 18 || (*at)[n] != '.')
        return false;
    *number = strtoll(*at, NULL, 10);
    *at += n + 1;
    return true;
}

/* *user NULL when it is not one of ours, too old, or its user may no longer use it. */
static const struct err *half_open(const struct act *act, const char *half, const struct user **out)
{
    const char *at = half;
    int64_t id = 0, issued_s = 0, now_s = act->now / CLOCK_SECOND;
    struct user *user = NULL;
    *out = NULL;
    if (strlen(half) > 200 || !take_number(&at, &id) || !take_number(&at, &issued_s))
        return NULL;
    const char *mac = strrchr(half, '.') + 1;
    if (mac <= at || issued_s > now_s || now_s - issued_s > SIGN_IN_HALF_S)
        return NULL;
    TRY(user_load(act->db, act->mem, id, &user));
    if (user == NULL || !user->is_active || user->password_hash == NULL || user->totp_secret == NULL)
        return NULL;
    const char *right = half_mac(act, user, mem_copy_n(act->mem, half, (size_t)(mac - 1 - half)));
    if (strlen(mac) == strlen(right) && secret_equal(mac, right, strlen(right)))
        *out = user;
    return NULL;
}

/* --- the two steps --- */

static struct try begin_with(struct act *act, struct sign_in *sign_in)
{
    struct try try = {.act = *act, .once_digest = act->once_digest, .sign_in = sign_in, .old_session_id = act->actor->session_id, .proof = ""};
    try.act.once_digest = NULL;
    try.act.location = NULL;
    try.act.may_enrol = true;
    return try;
}

static const char *login_key(const void *ctx, const char *login)
{
    unsigned char digest[SECRET_DIGEST_BYTES];
    secret_sha256(login, strlen(login), digest);
    return mem_text(ctx, "login-%s", secret_hex(ctx, digest, 16));
}

const struct err *sign_in_password(struct act *act, const char *login, const char *password, struct sign_in *sign_in)
{
    struct try try = begin_with(act, sign_in);
    struct user *user = NULL;
    bool may_try = false, is_right = false;

    TRY(user_find(act->db, act->mem, login, &user));
    try.user = user;
    try.login_key = login_key(act->mem, login);
    TRY(begin(&try, &may_try));
    if (!may_try)
        return NULL;
    const char *stored = user != NULL ? user->password_hash : NULL;
    const struct err *err = hashing_check(act->mem, act->config, password, stored, &is_right, &try.renewed);
    if (err != NULL)
        return act_take_back(&try.act, uncount_work, &try, err);   /* not this person's fault */
    if (!is_right || user == NULL || !user->is_active)
        return fail(&try, is_right ? "may not sign in" : "password");
    /* Who runs the platform and has no second factor gets a session that leads to setting one up, and nowhere else. */
    if (user->totp_secret == NULL)
        return finish(&try, "");
    /* Only this try is taken back: earlier failures stand until the second step is right too, or one-time passwords could
     * be guessed without end between right passwords. */
    TRY(act_run(&try.act, uncount_work, &try));
    sign_in->half = half_make(act, user);
    sign_in->outcome = SIGN_IN_HALF;
    return NULL;
}

static const struct err *check_totp(struct try *try, const char *code, bool *is_right)
{
    const struct user *user = try->user;
    const struct act *act = &try->act;
    if (!factor_is_sealed(user->totp_secret))
        try->sealed = factor_seal(act->mem, act->keys, user->login, user->totp_secret);
    return factor_check(act, user->login, user->totp_secret, code, &try->totp_step, is_right);
}

const struct err *sign_in_code(struct act *act, const char *half, const char *code, struct sign_in *sign_in)
{
    struct try try = begin_with(act, sign_in);
    bool may_try = false, is_right = false;

    TRY(half_open(act, half, &try.user));
    if (try.user == NULL) {
        sign_in->outcome = SIGN_IN_LATE;
        return NULL;
    }
    TRY(begin(&try, &may_try));
    if (!may_try)
        return NULL;
    if (recovery_digest(act, try.user->id, code, try.recovery)) {
        try.with_recovery = true;
        try.proof = secret_hex(act->mem, try.recovery, sizeof try.recovery);
        return finish(&try, "recovery code");
    }
    try.with_totp = true;
    TRY(check_totp(&try, code, &is_right));
    try.proof = mem_text(act->mem, "%lld", (long long)try.totp_step);
    return is_right ? finish(&try, "one-time password") : fail(&try, "one-time password");
}

/* --- sign out --- */

static const struct err *out_work(struct db *db, void *arg)
{
    struct act *act = arg;
    struct operation_row row = {.operation = OP_SIGNED_OUT, .object = act->actor->login, .result = "DONE"};
    TRY(session_end(db, act->actor->session_id, act->now));
    return act_log(act, &row);
}

const struct err *sign_out(struct act *act)
{
    act->may_enrol = true;
    return act_run(act, out_work, act);
}
