/* The code that proves a new address: it goes there, works in the session that asked for it, and is counted like every other. */
#include <string.h>

#include "action/code_queue.h"
#include "action/contact.h"
#include "base/clock.h"
#include "base/memory.h"
#include "domain/contact.h"
#include "store/store_code.h"

/* --- reading --- */

struct pending {
    struct contact_change *change;
    struct code *code;                /* the newest; NULL: none */
    struct code_budget budget;
    int64_t version;
};

static const struct err *find_pending(struct act *act, int64_t change_id, struct pending *pending)
{
    const int64_t account_id = act->actor->account_id;
    *pending = (struct pending){.change = NULL};
    TRY(contact_change_load(act->db, act->mem, account_id, change_id, act->now - CONTACT_CHANGE_TTL_S * CLOCK_SECOND,
                            &pending->change));
    if (pending->change == NULL)
        return NULL;
    TRY(code_latest(act->db, act->mem, account_id, CODE_CONTACT, change_id, &pending->code));
    return code_budget_load(act->db, account_id, CODE_CONTACT, act->now, &pending->budget, &pending->version);
}

/* Why the code is not to be compared; CODE_RIGHT: it is. */
static enum code_answer judge_code(const struct act *act, const struct pending *pending)
{
    const struct code_policy rules = code_rules(act->config);
    return code_judge(&rules, &pending->budget, pending->code, act->actor->session_id, act->now);
}

const struct err *contact_read(struct act *act, int64_t change_id, struct contact_state *state)
{
    struct pending pending;
    *state = (struct contact_state){.expires_at = INSTANT_NONE, .may_send_at = INSTANT_NONE, .locked_until = INSTANT_NONE};
    TRY(find_pending(act, change_id, &pending));
    if (pending.change == NULL)
        return NULL;
    const struct code_policy rules = code_rules(act->config);
    bool is_own = pending.code != NULL && pending.code->session_id == act->actor->session_id;
    state->change = pending.change;
    state->is_sent = is_own;
    state->is_enterable = judge_code(act, &pending) == CODE_RIGHT;
    state->delivery_failed = is_own && pending.code->state == CODE_LIVE && pending.code->delivery_failed;
    state->expires_at = is_own ? pending.code->expires_at : INSTANT_NONE;
    state->locked_until = pending.budget.locked_until;
    (void)code_may_send(&rules, &pending.budget, act->now, &state->may_send_at);
    return NULL;
}

/* --- sending --- */

static const struct err *log_code(struct act *act, const struct contact_change *change, enum operation operation, const char *result)
{
    struct operation_row row = {
        .operation = operation, .result = result, .remark = code_purpose_name(CODE_CONTACT),
        .object = contact_mask(act->mem, change->channel, change->address)};
    if (act->actor->kind == ACCOUNT_CUSTOMER)
        row.customer_id = act->actor->account_id;
    else
        row.partner_id = act->actor->account_id;
    return act_log(act, &row);
}

struct send { struct act *act; int64_t change_id; struct contact_send_result *result; };

static const struct err *refuse_send(struct send *send, enum contact_send outcome)
{
    send->result->outcome = outcome;
    return act_refuse();
}

static const struct err *send_work(struct db *db, void *arg)
{
    struct send *send = arg;
    struct act *act = send->act;
    const struct code_policy rules = code_rules(act->config);
    struct pending pending;
    bool taken = false;

    *send->result = (struct contact_send_result){.outcome = CONTACT_SENT, .at = INSTANT_NONE};
    if (!contact_may_change(act->actor))
        return err_new(ERR_DENIED, 0, "only the one in charge of an account may change its contacts");
    TRY(find_pending(act, send->change_id, &pending));
    if (pending.change == NULL)
        return refuse_send(send, CONTACT_SEND_GONE);
    switch (code_may_send(&rules, &pending.budget, act->now, &send->result->at)) {
    case CODE_SEND_WAIT:
        return refuse_send(send, CONTACT_SEND_WAIT);
    case CODE_SEND_TOO_MANY:
        return refuse_send(send, CONTACT_SEND_TOO_MANY);
    case CODE_SEND_LOCKED:
        return refuse_send(send, CONTACT_SEND_LOCKED);
    case CODE_SEND_OK:
        break;
    }
    TRY(code_budget_take(db, act->actor->account_id, CODE_CONTACT, pending.version, &taken));
    if (!taken)
        return db_again("another code was sent meanwhile");
    send->result->superseded = judge_code(act, &pending) == CODE_RIGHT;
    TRY(code_supersede(db, act->actor->account_id, CODE_CONTACT));
    struct code code = {
        .account_id = act->actor->account_id, .user_id = act->actor->user_id, .session_id = act->actor->session_id,
        .purpose = CODE_CONTACT, .target_id = pending.change->id, .channel = pending.change->channel,
        .destination = pending.change->address, .sent_at = act->now, .expires_at = act->now + rules.ttl_s * CLOCK_SECOND,
    };
    const bool is_partner = act->actor->kind == ACCOUNT_PARTNER;
    const struct notice_values about = {.to_partner = is_partner, .by_partner = is_partner};
    enum code_queued queued;
    TRY(code_queue(act, &code, &about, act->actor->lang[0] != '\0' ? act->actor->lang : act->lang[0] != '\0' ? act->lang : "en",
                   &queued, &send->result->at));
    if (queued != CODE_QUEUED)
        return refuse_send(send, queued == CODE_QUEUE_PAUSED ? CONTACT_SEND_PAUSED : CONTACT_SEND_TOO_MANY);
    return log_code(act, pending.change, OP_CODE_SENT, "DONE");
}

const struct err *contact_send_code(struct act *act, int64_t change_id, struct contact_send_result *result)
{
    struct send send = {.act = act, .change_id = change_id, .result = result};
    *result = (struct contact_send_result){.outcome = CONTACT_SENT, .at = INSTANT_NONE};
    return act_run(act, send_work, &send);
}

/* --- proving --- */

struct prove { struct act *act; struct pending pending; struct contact_proof *proof; };

static const struct err *fail_work(struct db *db, void *arg)
{
    struct prove *prove = arg;
    struct act *act = prove->act;
    const struct code_policy rules = code_rules(act->config);
    const int64_t locked_until = act->now + rules.lock_s * CLOCK_SECOND;
    bool is_locked = false;

    TRY(code_failed(db, prove->pending.code->id, act->actor->account_id, CODE_CONTACT, rules.tries, rules.failures_lock, locked_until,
                    &prove->proof->tries_left, &is_locked));
    prove->proof->answer = is_locked ? CODE_BUDGET_LOCKED : prove->proof->tries_left > 0 ? CODE_WRONG : CODE_EXHAUSTED;
    if (is_locked) {
        const struct notice_values values = {.until = act_time(act, locked_until), .to_partner = act->actor->kind == ACCOUNT_PARTNER};
        TRY(act_notify(act, act->actor->account_id, NOTICE_SMS_LOCKED, &values, "", 0,
                       mem_text(act->mem, "lock-%lld", (long long)prove->pending.code->id)));
    }
    return log_code(act, prove->pending.change, OP_CODE_FAILED, "FAILED");
}

static const struct err *prove_work(struct db *db, void *arg)
{
    struct prove *prove = arg;
    struct act *act = prove->act;
    const struct contact_change *change = prove->pending.change;
    const struct code *code = prove->pending.code;
    act_not_before(act, code->sent_at);
    const int64_t session_id = act->actor->session_id, good_until = act->now + act->config->code.grant_s * CLOCK_SECOND;
    bool proven = false, used = false, closed = false;

    TRY(code_prove(db, code->id, session_id, act->now, good_until, &proven));
    if (proven)
        TRY(code_use(db, code->id, change->account_id, session_id, CODE_CONTACT, change->id, act->now, 0, &used));
    if (used)
        TRY(contact_change_close(db, change->id, act->now, CONTACT_CHANGE_PROVEN, &closed));
    if (!closed)
        return act_refuse();
    TRY(contact_replace(act, change));
    return log_code(act, change, OP_CODE_PROVEN, "DONE");
}

/* The newest state of things, after somebody else was faster. */
static const struct err *judge_again(struct prove *prove, int64_t change_id)
{
    TRY(find_pending(prove->act, change_id, &prove->pending));
    prove->proof->is_gone = prove->pending.change == NULL;
    prove->proof->answer = prove->proof->is_gone ? CODE_NOT_LIVE : judge_code(prove->act, &prove->pending);
    if (prove->proof->answer == CODE_RIGHT)
        prove->proof->answer = CODE_NOT_LIVE;
    return NULL;
}

const struct err *contact_prove(struct act *act, int64_t change_id, const char *digits, struct contact_proof *proof)
{
    struct prove prove = {.act = act, .proof = proof};
    const struct code_policy rules = code_rules(act->config);
    unsigned char mac[32];
    bool counted = false;

    *proof = (struct contact_proof){.answer = CODE_NOT_LIVE};
    if (!contact_may_change(act->actor))
        return err_new(ERR_DENIED, 0, "only the one in charge of an account may change its contacts");
    TRY(act_seen_before(act));
    proof->is_proven = act->is_done;
    if (act->is_done)
        return NULL;
    TRY(find_pending(act, change_id, &prove.pending));
    proof->is_gone = prove.pending.change == NULL;
    if (proof->is_gone)
        return NULL;
    proof->answer = judge_code(act, &prove.pending);
    if (proof->answer != CODE_RIGHT)
        return NULL;
    /* Counted first, in a transaction of its own: parallel guesses cannot outrun the number. */
    TRY(code_count_try(act->db, prove.pending.code->id, act->actor->session_id, act->now, rules.tries, &counted));
    if (!counted)
        return judge_again(&prove, change_id);
    code_mac(act, prove.pending.code, digits, mac);
    if (!secret_equal(mac, prove.pending.code->mac, sizeof mac))
        return db_transaction(act->db, DB_READ_WRITE, fail_work, &prove);
    TRY(act_run(act, prove_work, &prove));
    proof->is_proven = act->is_done;
    return act->is_done ? NULL : judge_again(&prove, change_id);
}
