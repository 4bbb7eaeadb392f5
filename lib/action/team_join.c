#include <string.h>

#include "action/factor_secret.h"
#include "action/hashing.h"
#include "action/sign_in.h"
#include "action/team.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "domain/side.h"
#include "store/store_user.h"

#define TOTP_CHARS 32

static void hash_token(const char *token, unsigned char hash[SECRET_DIGEST_BYTES]) { secret_sha256(token, strlen(token), hash); }

/* RFC 4648, section 6: five bits a character. Made from the token and a key of ours, so that it need not be kept before the
 * person has shown that they have it, and nobody without the link can know it. */
static const char *totp_secret_of(const struct act *act, const char *token)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const char *bound = mem_text(act->mem, "team-totp\n%s", token);
    unsigned char bytes[SECRET_DIGEST_BYTES];
    char secret[TOTP_CHARS + 1] = "";
    secret_hmac(&act->keys->token, bound, strlen(bound), bytes);
    for (size_t i = 0; i < TOTP_CHARS; i++)
        secret[i] = alphabet[bytes[i] & 31];
    return mem_copy(act->mem, secret);
}

const struct err *team_join_find(struct act *act, const char *token, struct team_invitation **invitation,
                                 const char **totp_secret)
{
    unsigned char hash[SECRET_DIGEST_BYTES];
    hash_token(token, hash);
    TRY(team_invitation_find(act->db, act->mem, hash, act->now, invitation));
    /* The second factor is not a choice for those who run the platform. */
    *totp_secret = *invitation != NULL && (*invitation)->kind == ACCOUNT_PLATFORM ? totp_secret_of(act, token) : NULL;
    return NULL;
}

struct joining {
    struct act *act;
    const char *token, *hash;
    struct team_join *join;
    struct team_invitation *invitation;
    const char *totp_secret;
    int64_t totp_step;
};

static const struct err *refuse(const struct joining *j, enum team_join_outcome outcome)
{
    j->join->outcome = outcome;
    return act_refuse();
}

/* Somebody new, or somebody who was removed and comes back. */
static const struct err *make_user(struct db *db, const struct joining *j, int64_t *user_id)
{
    const struct team_invitation *invitation = j->invitation;
    struct user *user = NULL;
    const char *sealed = factor_seal(j->act->mem, j->act->keys, invitation->login, j->totp_secret);
    bool back = false;

    TRY(user_find(db, j->act->mem, invitation->login, &user));
    if (user != NULL) {
        const struct team_return returning = {
            .account_id = invitation->account_id, .user_id = user->id, .name = j->join->name, .password_hash = j->hash,
            .totp_secret = sealed, .role = invitation->role};
        *user_id = user->id;
        TRY(team_bring_back(db, &returning, &back));
        return back ? NULL : refuse(j, JOIN_TAKEN);
    }
    const struct user_new row = {
        .account_id = invitation->account_id, .at = j->act->now, .login = invitation->login, .name = j->join->name,
        .password_hash = j->hash, .totp_secret = sealed, .lang = j->act->lang, .role = invitation->role};
    const struct err *err = user_insert(db, &row, user_id);
    return db_is_duplicate(err, "user_login") ? db_again("somebody else took the login meanwhile") : err;
}

static const struct err *work(struct db *db, void *arg)
{
    struct joining *j = arg;
    struct act *act = j->act;
    int64_t user_id = 0, version = 0;
    bool used = false, taken = false, stepped = true;

    j->join->outcome = JOIN_DONE;
    TRY(team_join_find(act, j->token, &j->invitation, &j->totp_secret));
    if (j->invitation == NULL)
        return refuse(j, JOIN_GONE);
    TRY(team_version(db, j->invitation->account_id, &version));
    TRY(make_user(db, j, &user_id));
    if (j->totp_secret != NULL)
        TRY(user_use_totp(db, user_id, j->totp_step, &stepped));
    if (!stepped)
        return refuse(j, JOIN_CODE);
    TRY(team_invitation_use(db, j->invitation->id, user_id, act->now, &used));
    if (!used)
        return refuse(j, JOIN_GONE);
    TRY(team_take(db, j->invitation->account_id, version, &taken));
    if (!taken)
        return db_again("the team was changed meanwhile");
    const struct team_invitation *invitation = j->invitation;
    struct operation_row row = {
        .operation = OP_USER_CREATED, .account_id = invitation->account_id, .user_id = user_id, .user_name = j->join->name,
        .initiated_by = side_of_kind(invitation->kind), .object = invitation->login, .result = "DONE",
        .remark = mem_text(act->mem, "%s, by invitation", role_name(invitation->role)),
        .customer_id = invitation->kind == ACCOUNT_CUSTOMER ? invitation->account_id : 0,
        .partner_id = invitation->kind == ACCOUNT_PARTNER ? invitation->account_id : 0,
    };
    return act_log(act, &row);
}

static enum password_fault judge(struct act *act, const char *password, const char *login)
{
    char *clean = text_clean_password(act->mem, password);
    const enum password_fault fault = password_judge(clean, login);
    secret_wipe(clean, strlen(clean));
    talloc_free(clean);
    return fault;
}

const struct err *team_join(struct act *act, const char *token, struct team_join *join)
{
    struct joining j = {.act = act, .token = token, .join = join};
    char *hash = NULL;

    act->actor = &sign_in_nobody;
    join->fault = PASSWORD_FINE;
    join->outcome = JOIN_DONE;
    TRY(act_seen_before(act));
    if (act->is_done)
        return NULL;
    TRY(team_join_find(act, token, &j.invitation, &j.totp_secret));
    if (j.invitation == NULL) {
        join->outcome = JOIN_GONE;
        return NULL;
    }
    join->fault = judge(act, join->password, j.invitation->login);
    if (join->fault != PASSWORD_FINE) {
        join->outcome = JOIN_PASSWORD;
        return NULL;
    }
    if (j.totp_secret != NULL && !totp_check(j.totp_secret, join->code, act->now, &j.totp_step)) {
        join->outcome = JOIN_CODE;
        return NULL;
    }
    TRY(hashing_make(act->mem, act->config, join->password, &hash));
    j.hash = hash;
    TRY(act_run(act, work, &j));
    if (act->is_replay)
        join->outcome = JOIN_DONE;
    return NULL;
}
