#include "action/team.h"

#include <string.h>

#include "action/step_up.h"
#include "base/clock.h"
#include "base/lang.h"
#include "base/memory.h"
#include "base/rand.h"
#include "store/store_notice.h"
#include "store/store_reset.h"
#include "store/store_session.h"
#include "store/store_user.h"

#define TOKEN_BYTES 32

enum role team_leader(enum account_kind kind)
{
    return kind == ACCOUNT_CUSTOMER ? ROLE_OWNER : kind == ACCOUNT_PARTNER ? ROLE_ADMIN : ROLE_OPS;
}

/* What each of these works begins with: who asks, of whom, and what it was when it was read. */
struct teamwork {
    struct act *act;
    enum team_outcome *outcome;
    int64_t user_id, invitation_id;
    const char *login;
    enum role role;
    int64_t version;
    struct member *member;
};

static const struct err *refuse(const struct teamwork *t, enum team_outcome outcome)
{
    *t->outcome = outcome;
    return act_refuse();
}

static const struct err *begin(struct teamwork *t)
{
    struct act *act = t->act;
    bool is_fresh = false;
    *t->outcome = TEAM_DONE;
    if (act->actor->role != team_leader(act->actor->kind))
        return err_new(ERR_DENIED, 0, "only the one in charge of an account may change its team");
    TRY(team_version(act->db, act->actor->account_id, &t->version));
    TRY(step_up_is_fresh(act, &is_fresh));
    return is_fresh ? NULL : refuse(t, TEAM_NO_STEP_UP);
}

/* From here on nobody else changes this team, until the commit. */
static const struct err *take(const struct teamwork *t)
{
    bool taken = false;
    TRY(team_take(t->act->db, t->act->actor->account_id, t->version, &taken));
    return taken ? NULL : db_again("the team was changed meanwhile");
}

static const struct err *log_it(const struct teamwork *t, enum operation operation, const char *object, const char *remark)
{
    const struct actor *actor = t->act->actor;
    struct operation_row row = {.operation = operation, .object = object, .result = "DONE", .remark = remark};
    if (actor->kind == ACCOUNT_CUSTOMER)
        row.customer_id = actor->account_id;
    if (actor->kind == ACCOUNT_PARTNER)
        row.partner_id = actor->account_id;
    return act_log(t->act, &row);
}

/* --- inviting --- */

/* The words with the link in them, sealed until they are sent, in the language of whoever has that login already: only they get to
 * know. */
static const struct err *send_link(struct act *act, const char *login, const char *token, int64_t expires_at)
{
    const char *event_id = mem_text(act->mem, "TEAM-%s", rand_token(act->mem, 16));
    const struct notice_values values = {
        .link = mem_text(act->mem, "%s/join/%s", act->config->web.public_url, token), .until = act_time(act, expires_at),
        .object = act->actor->account_name,
    };
    const char *plain = notice_pack(act->mem, &values);
    struct delivery_new delivery = {
        .event_id = event_id, .channel = CHANNEL_EMAIL, .address = login, .kind = NOTICE_TEAM_INVITATION, .link = "",
        .at = act->now, .give_up_at = expires_at,
    };
    TRY(user_lang(act->db, act->mem, login, lang_find(act->lang) != NULL ? act->lang : lang_default()->tag, &delivery.lang));
    delivery.sealed = secret_seal(act->mem, &act->keys->outbox, event_id, plain, strlen(plain), &delivery.sealed_n);
    return delivery_insert(act->db, &delivery);
}

static const struct err *invite_work(struct db *db, void *arg)
{
    struct teamwork *t = arg;
    struct act *act = t->act;
    struct user *user = NULL;
    int64_t n = 0, id = 0;

    TRY(begin(t));
    if (!role_fits(t->role, act->actor->kind))
        return err_new(ERR_INPUT, 0, "role %s does not fit the account", role_name(t->role));
    TRY(user_find(db, act->mem, t->login, &user));
    if (user != NULL && user->account_id == act->actor->account_id && user->is_active)
        return refuse(t, TEAM_IS_MEMBER);
    TRY(take(t));
    TRY(team_invitation_count(db, act->actor->account_id, act->now - CLOCK_DAY, &n));
    if (n >= TEAM_INVITATIONS_PER_DAY)
        return refuse(t, TEAM_TOO_MANY);
    TRY(team_invitation_replace(db, act->actor->account_id, t->login, act->now));
    const char *token = rand_token(act->mem, TOKEN_BYTES);
    struct team_invitation_new invitation = {
        .account_id = act->actor->account_id, .invited_by = act->actor->user_id, .at = act->now, .login = t->login,
        .expires_at = act->now + TEAM_INVITATION_TTL_S * CLOCK_SECOND, .role = t->role,
    };
    secret_sha256(token, strlen(token), invitation.token_hash);
    TRY(team_invitation_insert(db, &invitation, &id));
    TRY(send_link(act, t->login, token, invitation.expires_at));
    return log_it(t, OP_USER_INVITED, t->login, role_name(t->role));
}

static const struct err *run(struct teamwork *t, const struct err *(*work)(struct db *db, void *arg))
{
    TRY(act_run(t->act, work, t));
    if (t->act->is_replay)
        *t->outcome = TEAM_DONE;
    return NULL;
}

const struct err *team_invite(struct act *act, const char *login, enum role role, enum team_outcome *outcome)
{
    struct teamwork t = {.act = act, .outcome = outcome, .login = login, .role = role};
    return run(&t, invite_work);
}

static const struct err *take_back_work(struct db *db, void *arg)
{
    struct teamwork *t = arg;
    struct act *act = t->act;
    struct team_invitation *invitation = NULL;
    bool ended = false;

    *t->outcome = TEAM_DONE;
    if (act->actor->role != team_leader(act->actor->kind))
        return err_new(ERR_DENIED, 0, "only the one in charge of an account may change its team");
    TRY(team_invitation_load(db, act->mem, act->actor->account_id, t->invitation_id, act->now, &invitation));
    if (invitation == NULL)
        return refuse(t, TEAM_SAME);
    TRY(team_invitation_end(db, act->actor->account_id, invitation->id, act->now, &ended));
    if (!ended)
        return db_again("the invitation was changed meanwhile");
    return log_it(t, OP_INVITATION_ENDED, invitation->login, role_name(invitation->role));
}

/* Needs no password: it only takes a right away that nobody has used. */
const struct err *team_take_back(struct act *act, int64_t invitation_id, enum team_outcome *outcome)
{
    struct teamwork t = {.act = act, .outcome = outcome, .invitation_id = invitation_id};
    return run(&t, take_back_work);
}

/* --- removing, another role --- */

static const struct err *begin_member(struct teamwork *t)
{
    struct act *act = t->act;
    TRY(team_member(act->db, act->mem, act->actor->account_id, t->user_id, &t->member));
    if (t->member == NULL)
        return err_new(ERR_MISSING, 0, "user %lld is not of the actor's account", (long long)t->user_id);
    return begin(t);
}

/* Counted after the version was read and before it is taken: if another one goes meanwhile, the version is not what it was. */
static const struct err *keep_one(const struct teamwork *t)
{
    const enum role leader = team_leader(t->act->actor->kind);
    int64_t n = 0;
    if (t->member->role != leader)
        return NULL;
    TRY(team_count(t->act->db, t->act->actor->account_id, leader, &n));
    return n <= 1 ? refuse(t, TEAM_LAST) : NULL;
}

/* What somebody has begun in a role that is taken away ends with it: sessions, links to a new password, invitations. */
static const struct err *end_all_of(struct db *db, const struct teamwork *t)
{
    TRY(reset_void(db, t->member->id, t->act->now));
    TRY(team_invitation_end_by(db, t->act->actor->account_id, t->member->id, t->act->now));
    return session_end_others(db, t->member->id, 0, t->act->now);
}

static const struct err *remove_work(struct db *db, void *arg)
{
    struct teamwork *t = arg;
    bool done = false;
    TRY(begin_member(t));
    TRY(keep_one(t));
    TRY(take(t));
    TRY(team_disable(db, t->act->actor->account_id, t->member->id, &done));
    if (!done)
        return db_again("the user was changed meanwhile");
    TRY(end_all_of(db, t));
    return log_it(t, OP_USER_REMOVED, t->member->login, role_name(t->member->role));
}

const struct err *team_remove(struct act *act, int64_t user_id, enum team_outcome *outcome)
{
    struct teamwork t = {.act = act, .outcome = outcome, .user_id = user_id};
    return run(&t, remove_work);
}

static const struct err *role_work(struct db *db, void *arg)
{
    struct teamwork *t = arg;
    struct act *act = t->act;
    bool done = false;
    TRY(begin_member(t));
    if (!role_fits(t->role, act->actor->kind))
        return err_new(ERR_INPUT, 0, "role %s does not fit the account", role_name(t->role));
    if (t->role == t->member->role)
        return refuse(t, TEAM_SAME);
    TRY(keep_one(t));
    TRY(take(t));
    TRY(team_set_role(db, act->actor->account_id, t->member->id, t->member->role, t->role, &done));
    if (!done)
        return db_again("the user was changed meanwhile");
    TRY(end_all_of(db, t));
    return log_it(t, OP_USER_ROLE_SET, t->member->login,
                  mem_text(act->mem, "%s to %s", role_name(t->member->role), role_name(t->role)));
}

const struct err *team_change_role(struct act *act, int64_t user_id, enum role role, enum team_outcome *outcome)
{
    struct teamwork t = {.act = act, .outcome = outcome, .user_id = user_id, .role = role};
    return run(&t, role_work);
}
