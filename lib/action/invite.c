#include "action/invite.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/rand.h"
#include "store/store_association.h"
#include "store/store_invitation.h"
#include "store/store_notice.h"
#include "store/store_user.h"

#define TOKEN_BYTES 32

struct invite {
    struct act *act;
    enum invitation_kind kind;
    const char *name, *email;
    int64_t id;
    struct invite_result *result;
};

static const struct err *refuse(struct invite *invite, enum invite_outcome outcome)
{
    invite->result->outcome = outcome;
    return act_refuse();
}

static const struct err *check_actor(const struct act *act)
{
    if (act->actor->role != ROLE_ADMIN)
        return err_new(ERR_DENIED, 0, "only an admin of a partner may invite");
    return NULL;
}

const char *invite_object(const void *ctx, const struct invitation *invitation)
{
    if (invitation->email[0] != '\0')
        return invitation->email;
    return invitation->name[0] != '\0' ? invitation->name : mem_text(ctx, "I-%lld", (long long)invitation->id);
}

static const struct err *write_log(struct act *act, enum operation operation, const struct invitation *invitation,
                                   const char *result)
{
    struct operation_row row = {
        .operation = operation, .partner_id = invitation->partner_id, .object = invite_object(act->mem, invitation),
        .result = result, .remark = invitation_kind_name(invitation->kind),
    };
    return act_log(act, &row);
}

/* --- tokens --- */

static const char *url_of(const struct act *act, const char *token)
{
    return mem_text(act->mem, "%s/invitation/%s", act->config->web.public_url, token);
}

/* The sealed token is bound to its own hash: moved to another row it does not open. */
static const char *place_of(const struct act *act, const unsigned char hash[32])
{
    return mem_text(act->mem, "invitation-%s", secret_hex(act->mem, hash, 32));
}

const char *invite_url(const struct act *act, const struct invitation *invitation)
{
    char *token = NULL;
    size_t n = 0;
    if (invitation->sealed_token == NULL || invitation->status != INVITATION_OPEN)
        return NULL;
    if (secret_open(act->mem, &act->keys->token, place_of(act, invitation->token_hash), invitation->sealed_token,
                    invitation->sealed_token_n, &token, &n) != NULL)
        return NULL;
    return url_of(act, token);
}

/* The words with the link in them, sealed until they are sent, in the language of whoever has that login already: only they get to
 * know. store_invitation.c finds the delivery by its event_id. */
static const struct err *send_mail(struct act *act, const struct invitation *invitation, const char *token)
{
    const struct notice_values values = {
        .by_partner = true, .partner = act->actor->account_name, .link = url_of(act, token),
        .until = act_time(act, invitation->expires_at),
    };
    char *plain = notice_pack(act->mem, &values);
    int64_t give_up_at = act->now + act->config->mail.give_up_s * CLOCK_SECOND;
    struct delivery_new delivery = {
        .event_id = mem_text(act->mem, "invitation-%lld-%lld", (long long)invitation->id, (long long)invitation->sends),
        .channel = CHANNEL_EMAIL, .address = invitation->email, .kind = NOTICE_INVITATION, .link = "",
        .at = act->now, .give_up_at = give_up_at < invitation->expires_at ? give_up_at : invitation->expires_at,
    };
    delivery.sealed = secret_seal(act->mem, &act->keys->outbox, delivery.event_id, plain, strlen(plain), &delivery.sealed_n);
    secret_wipe(plain, strlen(plain));
    TRY(user_lang(act->db, act->mem, invitation->email, act->lang, &delivery.lang));
    return delivery_insert(act->db, &delivery);
}

/* --- inviting --- */

static const struct err *check_partner(struct invite *invite)
{
    struct act *act = invite->act;
    struct freeze *freeze = NULL;
    int64_t n = 0;
    TRY(freeze_open(act->db, act->mem, act->actor->account_id, &freeze));
    if (freeze != NULL)
        return refuse(invite, INVITE_PARTNER_FROZEN);
    TRY(invitation_count(act->db, act->actor->account_id, act->now - CLOCK_DAY, &n));
    return n >= act->config->association.invitations_per_day ? refuse(invite, INVITE_TOO_MANY) : NULL;
}

/* One that is over but not yet marked makes room. */
static const struct err *check_open(struct invite *invite)
{
    struct act *act = invite->act;
    struct invitation *open = NULL;
    bool done = false;
    TRY(invitation_open_of(act->db, act->mem, act->actor->account_id, invite->email, &open));
    if (open == NULL)
        return NULL;
    TRY(invitation_expire(act->db, open->id, act->now, &done));
    if (done)
        return write_log(act, OP_INVITATION_EXPIRED, open, "EXPIRED");
    invite->result->invitation = open;
    return refuse(invite, INVITE_ALREADY_OPEN);
}

static const struct err *check_invited(struct invite *invite)
{
    struct act *act = invite->act;
    struct user *user = NULL;
    struct association *association = NULL;
    TRY(user_find(act->db, act->mem, invite->email, &user));
    if (user == NULL || user->kind != ACCOUNT_CUSTOMER)
        return NULL;
    TRY(association_active(act->db, act->mem, user->account_id, &association));
    if (association == NULL)
        return NULL;
    return refuse(invite, association->partner_id == act->actor->account_id ? INVITE_OWN_CUSTOMER : INVITE_HAS_PARTNER);
}

static const struct err *invite_work(struct db *db, void *arg)
{
    struct invite *invite = arg;
    struct act *act = invite->act;
    bool is_mail = invite->kind == INVITATION_EMAIL;

    *invite->result = (struct invite_result){.outcome = INVITE_DONE};
    TRY(check_partner(invite));
    if (is_mail) {
        TRY(check_invited(invite));
        TRY(check_open(invite));
    }
    const char *token = rand_token(act->mem, TOKEN_BYTES);
    struct invitation invitation = {
        .partner_id = act->actor->account_id, .kind = invite->kind, .name = invite->name, .email = invite->email, .sends = 1,
        .expires_at = is_mail ? act->now + act->config->association.invitation_ttl_s * CLOCK_SECOND : INSTANT_NONE,
    };
    secret_sha256(token, strlen(token), invitation.token_hash);
    struct invitation_new row = {
        .partner_id = invitation.partner_id, .user_id = act->actor->user_id, .at = act->now, .kind = invite->kind,
        .name = invite->name, .email = invite->email, .token_hash = invitation.token_hash, .expires_at = invitation.expires_at,
    };
    if (!is_mail)
        row.sealed_token = secret_seal(act->mem, &act->keys->token, place_of(act, invitation.token_hash), token, strlen(token),
                                       &row.sealed_token_n);
    const struct err *err = invitation_insert(db, &row, &invitation.id);
    if (db_is_duplicate(err, "invitation_open"))
        return db_again("the same address was invited meanwhile");
    TRY(err);
    invite->result->id = invitation.id;
    if (is_mail)
        TRY(send_mail(act, &invitation, token));
    act_locate(act, mem_text(act->mem, "%lld", (long long)invitation.id));
    return write_log(act, OP_INVITED, &invitation, is_mail ? "PENDING" : "DONE");
}

/* Asking which addresses have a partner leaves its trace. */
static const struct err *probe_work(struct db *db, void *arg)
{
    struct invite *invite = arg;
    struct operation_row row = {
        .operation = OP_INVITED, .partner_id = invite->act->actor->account_id, .object = invite->email, .result = "REFUSED",
        .remark = invitation_gate_info(GATE_HAS_PARTNER)->code,
    };
    (void)db;
    return act_log(invite->act, &row);
}

const struct err *invite_by_email(struct act *act, const char *name, const char *email, struct invite_result *result)
{
    struct invite invite = {.act = act, .kind = INVITATION_EMAIL, .name = name, .email = email, .result = result};
    TRY(check_actor(act));
    TRY(act_run(act, invite_work, &invite));
    if (act->is_done || result->outcome != INVITE_HAS_PARTNER)
        return NULL;
    struct act trace = *act;
    trace.once_digest = NULL;
    invite.act = &trace;
    return act_run(&trace, probe_work, &invite);
}

const struct err *invite_by_link(struct act *act, const char *name, struct invite_result *result)
{
    struct invite invite = {.act = act, .kind = INVITATION_LINK, .name = name, .email = "", .result = result};
    TRY(check_actor(act));
    return act_run(act, invite_work, &invite);
}

/* --- afterwards --- */

const struct err *invite_find(struct act *act, int64_t id, struct invitation **invitation)
{
    TRY(invitation_load(act->db, act->mem, id, invitation));
    if (*invitation != NULL && !act_is_own(act, (*invitation)->partner_id))
        *invitation = NULL;
    return NULL;
}

static const struct err *find_own(struct invite *invite, struct invitation **invitation)
{
    *invite->result = (struct invite_result){.outcome = INVITE_DONE, .id = invite->id};
    TRY(invite_find(invite->act, invite->id, invitation));
    if (*invitation == NULL)
        return err_new(ERR_MISSING, 0, "invitation %lld is not the actor's", (long long)invite->id);
    invite->result->invitation = *invitation;
    return check_actor(invite->act);
}

static const struct err *again_work(struct db *db, void *arg)
{
    struct invite *invite = arg;
    struct act *act = invite->act;
    struct invitation *invitation = NULL;
    bool done = false;

    TRY(find_own(invite, &invitation));
    if (invitation->kind != INVITATION_EMAIL ||
        (invitation->status != INVITATION_OPEN && invitation->status != INVITATION_EXPIRED))
        return refuse(invite, INVITE_CLOSED);
    if (invitation->partner_is_frozen)
        return refuse(invite, INVITE_PARTNER_FROZEN);
    if (invitation->sends >= act->config->association.invitation_sends)
        return refuse(invite, INVITE_TOO_MANY);
    invite->result->at = invitation->sent_at + act->config->code.resend_s * CLOCK_SECOND;
    if (act->now < invite->result->at)
        return refuse(invite, INVITE_WAIT);
    invite->email = invitation->email;
    TRY(check_invited(invite));

    const char *token = rand_token(act->mem, TOKEN_BYTES);
    int64_t expires_at = act->now + act->config->association.invitation_ttl_s * CLOCK_SECOND;
    secret_sha256(token, strlen(token), invitation->token_hash);
    const struct err *err = invitation_renew(db, invitation->id, invitation->sends, invitation->token_hash, expires_at, act->now,
                                             &done);
    if (db_is_duplicate(err, "invitation_open"))   /* the same address was invited anew after this one had ended */
        return refuse(invite, INVITE_ALREADY_OPEN);
    TRY(err);
    if (!done)
        return db_again("the invitation was changed meanwhile");
    invitation->sends++;
    invitation->expires_at = expires_at;
    TRY(send_mail(act, invitation, token));
    return write_log(act, OP_INVITATION_SENT_AGAIN, invitation, "PENDING");
}

const struct err *invite_again(struct act *act, int64_t id, struct invite_result *result)
{
    struct invite invite = {.act = act, .id = id, .result = result};
    return act_run(act, again_work, &invite);
}

static const struct err *revoke_work(struct db *db, void *arg)
{
    struct invite *invite = arg;
    struct invitation *invitation = NULL;
    bool done = false;

    TRY(find_own(invite, &invitation));
    if (invitation->status != INVITATION_OPEN)
        return refuse(invite, INVITE_CLOSED);
    act_not_before(invite->act, invitation->created_at);
    TRY(invitation_revoke(db, invitation->id, invite->act->actor->user_id, invite->act->now, &done));
    if (!done)
        return db_again("the invitation was changed meanwhile");
    return write_log(invite->act, OP_INVITATION_REVOKED, invitation, "REVOKED");
}

const struct err *invite_revoke(struct act *act, int64_t id, struct invite_result *result)
{
    struct invite invite = {.act = act, .id = id, .result = result};
    return act_run(act, revoke_work, &invite);
}

struct expire { struct act *act; int64_t id; };

static const struct err *expire_work(struct db *db, void *arg)
{
    struct expire *expire = arg;
    struct invitation *invitation = NULL;
    bool done = false;
    TRY(invitation_load(db, expire->act->mem, expire->id, &invitation));
    if (invitation == NULL)
        return NULL;
    TRY(invitation_expire(db, expire->id, expire->act->now, &done));
    return done ? write_log(expire->act, OP_INVITATION_EXPIRED, invitation, "EXPIRED") : NULL;
}

const struct err *invite_expire(struct act *act, int64_t id)
{
    struct expire expire = {.act = act, .id = id};
    return act_run(act, expire_work, &expire);
}
