#include "reset_password.h"

#include <string.h>

#include "action/hashing.h"
#include "action/sign_in.h"
#include "base/clock.h"
#include "base/lang.h"
#include "base/memory.h"
#include "base/rand.h"
#include "base/text.h"
#include "store/store_notice.h"
#include "store/store_reset.h"
#include "store/store_session.h"
#include "store/store_user.h"

#define TOKEN_BYTES 32

static void hash_token(const char *token, unsigned char hash[SECRET_DIGEST_BYTES]) { secret_sha256(token, strlen(token), hash); }

/* --- asking --- */

struct ask { struct act *act; const char *login; };

/* The words with the link in them, sealed until they are sent. */
static const struct err *send_link(struct act *act, const struct user *user, const char *token, int64_t expires_at)
{
    const char *event_id = mem_text(act->mem, "RESET-%s", rand_token(act->mem, 16));
    const struct notice_values values = {
        .link = mem_text(act->mem, "%s/reset-password/%s", act->config->web.public_url, token),
        .until = act_time(act, expires_at),
    };
    const char *plain = notice_pack(act->mem, &values);
    struct delivery_new delivery = {
        .event_id = event_id, .channel = CHANNEL_EMAIL, .address = user->login, .kind = NOTICE_PASSWORD_RESET,
        .lang = lang_find(user->lang) != NULL ? user->lang : act->lang, .link = "", .at = act->now, .give_up_at = expires_at,
    };
    delivery.sealed = secret_seal(act->mem, &act->keys->outbox, event_id, plain, strlen(plain), &delivery.sealed_n);
    return delivery_insert(act->db, &delivery);
}

static const struct err *ask_work(struct db *db, void *arg)
{
    struct ask *ask = arg;
    struct act *act = ask->act;
    struct user *user = NULL;
    int64_t n = 0;
    TRY(user_find(db, act->mem, ask->login, &user));
    bool is_known = user != NULL && user->is_active;
    int64_t user_id = is_known ? user->id : 0;
    /* Asked for nobody too: the statements that can run, run. */
    TRY(reset_count(db, user_id, act->now - CLOCK_HOUR, &n));
    if (n >= RESETS_PER_HOUR)
        return NULL;
    TRY(reset_void(db, user_id, act->now));
    if (!is_known)
        return NULL;

    unsigned char hash[SECRET_DIGEST_BYTES];
    const char *token = rand_token(act->mem, TOKEN_BYTES);
    int64_t expires_at = act->now + RESET_TTL_S * CLOCK_SECOND;
    hash_token(token, hash);
    TRY(reset_insert(db, hash, user->id, act->now, expires_at));
    TRY(send_link(act, user, token, expires_at));
    struct operation_row row = {
        .operation = OP_PASSWORD_RESET_ASKED, .account_id = user->account_id, .user_id = user->id, .user_name = user->name,
        .initiated_by = side_of_kind(user->kind), .object = user->login, .result = "PENDING",
    };
    return act_log(act, &row);
}

const struct err *reset_password_ask(struct act *act, const char *login)
{
    struct ask ask = {.act = act, .login = login};
    act->actor = &sign_in_nobody;
    return act_run(act, ask_work, &ask);
}

/* --- setting --- */

static const struct err *find_user(struct act *act, const char *token, struct user **user)
{
    unsigned char hash[SECRET_DIGEST_BYTES];
    int64_t user_id = 0;
    hash_token(token, hash);
    *user = NULL;
    TRY(reset_find(act->db, hash, act->now, &user_id));
    TRY(user_load(act->db, act->mem, user_id, user));
    if (*user != NULL && !(*user)->is_active)
        *user = NULL;
    return NULL;
}

const struct err *reset_password_login(struct act *act, const char *token, const char **login)
{
    struct user *user = NULL;
    TRY(find_user(act, token, &user));
    *login = user != NULL ? user->login : NULL;
    return NULL;
}

struct set { struct act *act; const struct user *user; const char *hash; unsigned char token_hash[SECRET_DIGEST_BYTES]; };

static const struct err *set_work(struct db *db, void *arg)
{
    struct set *set = arg;
    struct act *act = set->act;
    const struct user *user = set->user;
    bool used = false, done = false;
    TRY(reset_use(db, set->token_hash, act->now, &used));
    if (used)
        TRY(user_set_password(db, user->id, set->hash, &done));
    if (!done)
        return act_refuse();
    TRY(reset_void(db, user->id, act->now));
    TRY(session_end_others(db, user->id, 0, act->now));
    const struct notice_values values = {.until = ""};
    const char *event = mem_text(act->mem, "PASSWORD-%s", secret_hex(act->mem, set->token_hash, 12));
    TRY(act_notify(act, user->account_id, NOTICE_PASSWORD_CHANGED, &values, "", 0, event));
    struct operation_row row = {
        .operation = OP_PASSWORD_CHANGED, .account_id = user->account_id, .user_id = user->id, .user_name = user->name,
        .initiated_by = side_of_kind(user->kind), .object = user->login, .result = "DONE", .remark = "by a mailed link",
    };
    return act_log(act, &row);
}

static enum password_fault judge(struct act *act, const char *password, const char *login)
{
    char *clean = text_clean_password(act->mem, password);
    enum password_fault fault = password_judge(clean, login);
    secret_wipe(clean, strlen(clean));
    talloc_free(clean);
    return fault;
}

const struct err *reset_password_set(struct act *act, const char *token, const char *password, struct reset *reset)
{
    struct set set = {.act = act};
    struct user *user = NULL;
    char *hash = NULL;

    act->actor = &sign_in_nobody;
    TRY(act_seen_before(act));
    if (act->is_done) {
        reset->outcome = RESET_DONE;
        return NULL;
    }
    reset->outcome = RESET_GONE;
    reset->fault = PASSWORD_FINE;
    TRY(find_user(act, token, &user));
    if (user == NULL)
        return NULL;
    reset->fault = judge(act, password, user->login);
    if (reset->fault != PASSWORD_FINE) {
        reset->outcome = RESET_REFUSED;
        return NULL;
    }
    TRY(hashing_make(act->mem, act->config, password, &hash));
    set.user = user;
    set.hash = hash;
    hash_token(token, set.token_hash);
    TRY(act_run(act, set_work, &set));
    reset->outcome = act->is_done ? RESET_DONE : RESET_GONE;
    return NULL;
}
