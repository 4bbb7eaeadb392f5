#include "action/register.h"

#include <string.h>

#include "action/code_queue.h"
#include "action/create.h"
#include "action/hashing.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/rand.h"
#include "base/text.h"
#include "store/store_code.h"
#include "store/store_invitation.h"
#include "store/store_registration.h"
#include "store/store_session.h"
#include "store/store_user.h"

/* Codes and their budget are kept by account, and there is none yet: a number made of the address stands for it, below 0
 * where no account's is. So the limits hold for an address, whoever asks and on whatever invitation. */
static int64_t stand_in(const char *email)
{
    unsigned char digest[SECRET_DIGEST_BYTES];
    uint64_t number = 0;
    secret_sha256(email, strlen(email), digest);
    for (int i = 0; i < 8; i++)
        number = number << 8 | digest[i];
    return -1 - (int64_t)(number >> 2);
}

static const struct err *find_invitation(struct act *act, const struct register_visit *visit, struct invitation **open)
{
    unsigned char hash[SECRET_DIGEST_BYTES];
    secret_sha256(visit->token, strlen(visit->token), hash);
    TRY(invitation_find(act->db, act->mem, hash, open));
    if (*open != NULL && invitation_status_at(*open, act->now) != INVITATION_OPEN)
        *open = NULL;
    return NULL;
}

/* --- what is typed --- */

static enum password_fault judge(struct act *act, const char *password, const char *email)
{
    char *clean = text_clean_password(act->mem, password);
    enum password_fault fault = password_judge(clean, email);
    secret_wipe(clean, strlen(clean));
    talloc_free(clean);
    return fault;
}

struct keep {
    struct act *act;
    const struct register_visit *visit;
    struct registration row;
    struct register_result *result;
};

static const struct err *keep_work(struct db *db, void *arg)
{
    struct keep *keep = arg;
    struct invitation *invitation = NULL;
    keep->result->outcome = REGISTER_DONE;
    TRY(find_invitation(keep->act, keep->visit, &invitation));
    if (invitation == NULL) {
        keep->result->outcome = REGISTER_CLOSED;
        return act_refuse();
    }
    keep->row.invitation_id = invitation->id;
    return registration_put(db, &keep->row, keep->visit->visit_hash);
}

const struct err *register_keep(struct act *act, const struct register_visit *visit, const struct register_form *form,
                                struct register_result *result)
{
    struct invitation *invitation = NULL;
    char *hash = NULL;

    *result = (struct register_result){.outcome = REGISTER_CLOSED, .fault = PASSWORD_FINE};
    TRY(find_invitation(act, visit, &invitation));
    if (invitation == NULL)
        return NULL;
    const char *email = invitation->kind == INVITATION_EMAIL ? invitation->email : form->email;
    result->fault = judge(act, form->password, email);
    if (result->fault != PASSWORD_FINE) {
        result->outcome = REGISTER_PASSWORD;
        return NULL;
    }
    TRY(hashing_make(act->mem, act->config, form->password, &hash));
    struct keep keep = {.act = act, .visit = visit, .result = result, .row = {
        .email = email, .name = form->name, .company = form->company, .password_hash = hash, .lang = act->lang,
        .created_at = act->now, .expires_at = act->now + act->config->request.draft_s * CLOCK_SECOND,
    }};
    return act_run(act, keep_work, &keep);
}

/* --- the code: reading --- */

struct pending {
    struct invitation *invitation;        /* NULL: not open any more */
    struct registration *registration;    /* NULL: nothing typed */
    struct code *code;                    /* the newest of this address and invitation; NULL: none */
    int64_t account;                      /* stand-in */
    struct code_budget budget;
    int64_t version;
};

static const struct err *find_pending(struct act *act, const struct register_visit *visit, struct pending *pending)
{
    *pending = (struct pending){.invitation = NULL};
    TRY(find_invitation(act, visit, &pending->invitation));
    if (pending->invitation == NULL)
        return NULL;
    TRY(registration_find(act->db, act->mem, pending->invitation->id, visit->visit_hash, act->now, &pending->registration));
    if (pending->registration == NULL)
        return NULL;
    pending->account = stand_in(pending->registration->email);
    TRY(code_latest(act->db, act->mem, pending->account, CODE_REGISTER, pending->invitation->id, &pending->code));
    return code_budget_load(act->db, pending->account, CODE_REGISTER, act->now, &pending->budget, &pending->version);
}

/* Why the code is not to be compared; CODE_RIGHT: it is. */
static enum code_answer judge_code(const struct act *act, const struct pending *pending)
{
    const struct code_policy rules = code_rules(act->config);
    return code_judge(&rules, &pending->budget, pending->code, pending->registration->id, act->now);
}

const struct err *register_read(struct act *act, const struct register_visit *visit, struct register_state *state)
{
    struct pending pending;
    *state = (struct register_state){.email = NULL, .may_send_at = INSTANT_NONE, .locked_until = INSTANT_NONE};
    TRY(find_pending(act, visit, &pending));
    if (pending.registration == NULL)
        return NULL;
    const struct code_policy rules = code_rules(act->config);
    bool is_own = pending.code != NULL && pending.code->session_id == pending.registration->id;
    state->email = pending.registration->email;
    state->name = pending.registration->name;
    state->company = pending.registration->company;
    state->is_sent = is_own;
    state->is_enterable = judge_code(act, &pending) == CODE_RIGHT;
    state->delivery_failed = is_own && pending.code->state == CODE_LIVE && pending.code->delivery_failed;
    state->expires_at = is_own ? pending.code->expires_at : INSTANT_NONE;
    state->locked_until = pending.budget.locked_until;
    (void)code_may_send(&rules, &pending.budget, act->now, &state->may_send_at);
    return NULL;
}

/* --- the code: sending --- */

static const struct err *log_code(struct act *act, const struct pending *pending, enum operation operation, const char *result)
{
    struct operation_row row = {
        .operation = operation, .initiated_by = SIDE_CUSTOMER, .result = result, .remark = code_purpose_name(CODE_REGISTER),
        .object = code_mask_email(act->mem, pending->registration->email),
    };
    return act_log(act, &row);
}

struct send { struct act *act; const struct register_visit *visit; struct register_send_result *result; };

static const struct err *refuse_send(struct send *send, enum register_send outcome)
{
    send->result->outcome = outcome;
    return act_refuse();
}

static const struct err *send_work(struct db *db, void *arg)
{
    struct send *send = arg;
    struct act *act = send->act;
    struct pending pending;
    bool taken = false;

    *send->result = (struct register_send_result){.outcome = REGISTER_SENT, .at = INSTANT_NONE};
    TRY(find_pending(act, send->visit, &pending));
    if (pending.invitation == NULL)
        return refuse_send(send, REGISTER_SEND_CLOSED);
    if (pending.registration == NULL)
        return refuse_send(send, REGISTER_SEND_GONE);
    const struct code_policy rules = code_rules(act->config);
    switch (code_may_send(&rules, &pending.budget, act->now, &send->result->at)) {
    case CODE_SEND_WAIT:
        return refuse_send(send, REGISTER_SEND_WAIT);
    case CODE_SEND_TOO_MANY:
        return refuse_send(send, REGISTER_SEND_TOO_MANY);
    case CODE_SEND_LOCKED:
        return refuse_send(send, REGISTER_SEND_LOCKED);
    case CODE_SEND_OK:
        break;
    }
    TRY(code_budget_take(db, pending.account, CODE_REGISTER, pending.version, &taken));
    if (!taken)
        return db_again("another code was sent meanwhile");
    TRY(invitation_count_code(db, pending.invitation->id, act->config->association.invitation_codes, act->now, &taken));
    if (!taken) {
        send->result->at = act->now + CLOCK_DAY;   /* at the latest */
        return refuse_send(send, REGISTER_SEND_TOO_MANY);
    }
    send->result->superseded = judge_code(act, &pending) == CODE_RIGHT;
    TRY(code_supersede(db, pending.account, CODE_REGISTER));
    struct code code = {
        .account_id = pending.account, .session_id = pending.registration->id, .purpose = CODE_REGISTER,
        .target_id = pending.invitation->id, .channel = CHANNEL_EMAIL, .destination = pending.registration->email,
        .sent_at = act->now, .expires_at = act->now + rules.ttl_s * CLOCK_SECOND,
    };
    static const struct notice_values about;
    enum code_queued queued;
    TRY(code_queue(act, &code, &about, act->lang, &queued, &send->result->at));
    if (queued != CODE_QUEUED)
        return refuse_send(send, queued == CODE_QUEUE_PAUSED ? REGISTER_SEND_PAUSED : REGISTER_SEND_TOO_MANY);
    return log_code(act, &pending, OP_CODE_SENT, "DONE");
}

const struct err *register_send(struct act *act, const struct register_visit *visit, struct register_send_result *result)
{
    struct send send = {.act = act, .visit = visit, .result = result};
    *result = (struct register_send_result){.outcome = REGISTER_SENT, .at = INSTANT_NONE};
    return act_run(act, send_work, &send);
}

/* --- proving, and what comes of it --- */

struct prove {
    struct act *act;
    const struct register_visit *visit;
    const char *agent;
    struct pending pending;
    struct actor owner;
    struct register_proof_result *result;
};

static const struct err *fail_work(struct db *db, void *arg)
{
    struct prove *prove = arg;
    struct act *act = prove->act;
    const struct code_policy rules = code_rules(act->config);
    bool is_locked = false;
    TRY(code_failed(db, prove->pending.code->id, prove->pending.account, CODE_REGISTER, rules.tries, rules.failures_lock,
                    act->now + rules.lock_s * CLOCK_SECOND, &prove->result->tries_left, &is_locked));
    prove->result->answer = is_locked ? CODE_BUDGET_LOCKED : prove->result->tries_left > 0 ? CODE_WRONG : CODE_EXHAUSTED;
    return log_code(act, &prove->pending, OP_CODE_FAILED, "FAILED");
}

static const struct err *make_account(struct prove *prove)
{
    struct act *act = prove->act;
    const struct registration *registration = prove->pending.registration;
    struct create_account account = {.kind = ACCOUNT_CUSTOMER, .name = registration->company};
    int64_t contact_id = 0;

    TRY(create_account_row(act, &account));
    TRY(contact_insert(act->db, account.id, CHANNEL_EMAIL, registration->email, act->now, &contact_id));
    const struct user_new user = {
        .account_id = account.id, .at = act->now, .login = registration->email, .name = registration->name,
        .password_hash = registration->password_hash, .lang = registration->lang, .role = ROLE_OWNER,
    };
    prove->owner = (struct actor){
        .role = ROLE_OWNER, .kind = ACCOUNT_CUSTOMER, .account_id = account.id, .login = registration->email,
        .user_name = registration->name, .account_name = account.name, .account_no = account.no, .lang = registration->lang,
        .zone = "", .theme = "",
    };
    const struct err *err = user_insert(act->db, &user, &prove->owner.user_id);
    if (db_is_duplicate(err, "user_login")) {
        prove->result->outcome = REGISTER_LOGIN_TAKEN;
        return act_refuse();
    }
    return err;
}

static const struct err *sign_in(struct prove *prove)
{
    struct act *act = prove->act;
    const char *token = rand_token(act->mem, 32);
    struct session_new session = {
        .user_id = prove->owner.user_id, .at = act->now, .idle_s = act->config->session.idle_s, .ip = act->ip,
        .expires_at = act->now + act->config->session.absolute_s * CLOCK_SECOND, .agent = prove->agent,
    };
    secret_sha256(token, strlen(token), session.token_hash);
    TRY(session_insert(act->db, &session, &prove->owner.session_id));
    prove->result->session_token = token;
    return NULL;
}

/* From here on the new owner is the one who acts. */
static const struct err *write_log(struct prove *prove)
{
    const struct actor *owner = &prove->owner;
    struct operation_row rows[] = {
        {.operation = OP_CODE_PROVEN, .object = code_mask_email(prove->act->mem, owner->login),
         .remark = code_purpose_name(CODE_REGISTER)},
        {.operation = OP_ACCOUNT_CREATED, .object = owner->account_no, .remark = owner->account_name},
        {.operation = OP_USER_CREATED, .object = owner->login, .remark = role_name(owner->role)},
        {.operation = OP_SIGNED_IN, .object = owner->login, .remark = "registered"},
    };
    struct act as_owner = *prove->act;
    as_owner.actor = owner;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rows[i].customer_id = owner->account_id;
        rows[i].result = "DONE";
        TRY(act_log(&as_owner, &rows[i]));
    }
    return NULL;
}

static const struct err *prove_work(struct db *db, void *arg)
{
    struct prove *prove = arg;
    struct act *act = prove->act;
    const struct pending *pending = &prove->pending;
    act_not_before(act, pending->code->sent_at);
    const int64_t good_until = act->now + act->config->code.grant_s * CLOCK_SECOND;
    bool proven = false, used = false, finished = false;

    prove->result->outcome = REGISTER_CODE;
    TRY(code_prove(db, pending->code->id, pending->registration->id, act->now, good_until, &proven));
    if (proven)
        TRY(code_use(db, pending->code->id, pending->account, pending->registration->id, CODE_REGISTER, pending->invitation->id,
                     act->now, 0, &used));
    if (!used)
        return act_refuse();
    TRY(make_account(prove));
    TRY(registration_finish(db, pending->registration->id, prove->owner.account_id, act->now, &finished));
    if (!finished) {
        prove->result->outcome = REGISTER_GONE;
        return act_refuse();
    }
    TRY(sign_in(prove));
    return write_log(prove);
}

const struct err *register_prove(struct act *act, const struct register_visit *visit, const char *digits, const char *agent,
                                 struct register_proof_result *result)
{
    struct prove prove = {.act = act, .visit = visit, .agent = agent, .result = result};
    const struct code_policy rules = code_rules(act->config);
    bool counted = false;
    unsigned char mac[32];

    *result = (struct register_proof_result){.outcome = REGISTER_CODE, .answer = CODE_NOT_LIVE};
    TRY(act_seen_before(act));
    if (act->is_done) {
        result->outcome = REGISTER_PROVEN;
        return NULL;
    }
    TRY(find_pending(act, visit, &prove.pending));
    if (prove.pending.registration == NULL) {
        result->outcome = prove.pending.invitation == NULL ? REGISTER_INVITATION_CLOSED : REGISTER_GONE;
        return NULL;
    }
    result->answer = judge_code(act, &prove.pending);
    if (result->answer != CODE_RIGHT)
        return NULL;

    /* Counted first, in a transaction of its own: parallel guesses cannot outrun the number. */
    TRY(code_count_try(act->db, prove.pending.code->id, prove.pending.registration->id, act->now, rules.tries, &counted));
    if (!counted) {
        TRY(find_pending(act, visit, &prove.pending));
        result->answer = prove.pending.registration == NULL ? CODE_NOT_LIVE : judge_code(act, &prove.pending);
        if (result->answer == CODE_RIGHT)
            result->answer = CODE_NOT_LIVE;
        return NULL;
    }
    code_mac(act, prove.pending.code, digits, mac);
    if (!secret_equal(mac, prove.pending.code->mac, sizeof mac))
        return db_transaction(act->db, DB_READ_WRITE, fail_work, &prove);
    result->answer = CODE_NOT_LIVE;
    TRY(act_run(act, prove_work, &prove));
    if (act->is_done)
        result->outcome = REGISTER_PROVEN;
    return NULL;
}
