#include <stdlib.h>
#include <string.h>

#include "action/code_queue.h"
#include "action/wizard_row.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/store_code.h"
#include "store/store_contact.h"
#include "store/store_notice.h"
#include "store/store_wizard.h"

static enum code_purpose purpose_of(const struct wizard_target *target, const struct wizard *wizard)
{
    if (target->purpose == WIZARD_SUBMIT)
        return CODE_SUBMIT;
    return wizard->decision == REQUEST_AGREE ? CODE_AGREE : CODE_REJECT;
}

/* The step before is finished: a code is of use only then. */
static bool is_ready(const struct wizard_target *target, const struct wizard *wizard)
{
    return target->purpose == WIZARD_SUBMIT ? wizard->statement_at != INSTANT_NONE : wizard->decision != REQUEST_EVENTS;
}

static const struct err *read_contacts(struct db *db, const void *ctx, int64_t account_id, struct contact **email,
                                       struct contact **sms)
{
    struct contact *contacts = NULL;
    size_t n = 0;
    *email = *sms = NULL;
    TRY(contact_list(db, ctx, account_id, &contacts, &n));
    for (size_t i = 0; i < n; i++) {
        if (contacts[i].verified_at == INSTANT_NONE)
            continue;
        if (contacts[i].channel == CHANNEL_EMAIL)
            *email = &contacts[i];
        else
            *sms = &contacts[i];
    }
    return NULL;
}

static bool is_enterable(const struct act *act, const struct wizard *wizard, const struct code *code,
                         const struct code_policy *policy)
{
    return code != NULL && code->id == wizard->code_id && code->state == CODE_LIVE &&
           code->session_id == act->actor->session_id && act->now < code->expires_at && code->tries < policy->tries;
}

const struct err *code_step_read(struct db *db, const void *ctx, const struct act *act, const struct wizard_target *target,
                                 const struct wizard *wizard, struct code_state_now **out)
{
    struct code_state_now *state = mem_new(ctx, struct code_state_now);
    const struct code_policy rules = code_rules(act->config);
    enum code_purpose purpose = purpose_of(target, wizard);
    int64_t version = 0;
    TRY(read_contacts(db, ctx, act->actor->account_id, &state->email, &state->sms));
    TRY(code_latest(db, ctx, act->actor->account_id, purpose, target->target_id, &state->code));
    TRY(code_budget_load(db, act->actor->account_id, purpose, act->now, &state->budget, &version));
    state->may_send = code_may_send(&rules, &state->budget, act->now, &state->may_send_at);
    state->is_enterable = is_enterable(act, wizard, state->code, &rules);
    state->tries_left = state->is_enterable ? rules.tries - state->code->tries : 0;
    state->grant = wizard_grant(wizard, act->actor->session_id, act->now);
    *out = state;
    return NULL;
}

struct send {
    struct act *act;
    const struct wizard_target *target;
    int64_t revision;
    enum channel channel;
    struct send_result *result;
};

static const struct err *refuse_send(struct send *send, enum send_outcome outcome)
{
    send->result->outcome = outcome;
    return act_refuse();
}

static const struct err *choose_contact(struct send *send, struct contact **contact)
{
    struct contact *email = NULL, *sms = NULL;
    TRY(read_contacts(send->act->db, send->act->mem, send->act->actor->account_id, &email, &sms));
    if (email == NULL && sms == NULL)
        return refuse_send(send, SEND_NO_CHANNEL);
    if (send->channel == CHANNEL_NONE && email != NULL && sms != NULL)
        return refuse_send(send, SEND_CHOOSE);
    *contact = send->channel == CHANNEL_EMAIL ? email : send->channel == CHANNEL_SMS ? sms : email != NULL ? email : sms;
    return *contact != NULL ? NULL : refuse_send(send, SEND_CHOOSE);
}

/* The account's own language for those who have chosen none. */
static const struct err *queue_code(struct send *send, struct code *code, enum code_queued *queued)
{
    struct act *act = send->act;
    const struct wizard_target *target = send->target;
    const bool is_partner = target->side == SIDE_PARTNER;
    const struct notice_values about = {
        .to_partner = is_partner, .by_partner = is_partner, .request_no = target->request_no,
        .customer = is_partner ? target->other_name : act->actor->account_name,
        .partner = is_partner ? act->actor->account_name : target->other_name,
    };
    const char *lang = act->actor->lang[0] != '\0' ? act->actor->lang : act->lang;
    if (lang[0] == '\0')
        TRY(notice_lang(act->db, act->mem, code->account_id, &lang));
    return code_queue(act, code, &about, lang, queued, &send->result->at);
}

static const char *masked(const struct act *act, enum channel channel, const char *address)
{
    return channel == CHANNEL_EMAIL ? code_mask_email(act->mem, address)
                                    : mem_text(act->mem, "…%s", code_mask_phone(act->mem, address));
}

static const struct err *do_send(struct db *db, void *arg)
{
    struct send *send = arg;
    struct act *act = send->act;
    const struct code_policy rules = code_rules(act->config);
    struct wizard *wizard = NULL;
    TRY(wizard_row_find(act, send->target, &wizard));
    if (wizard == NULL)
        return refuse_send(send, SEND_GONE);
    if (wizard->revision != send->revision)
        return refuse_send(send, SEND_MOVED);
    if (!is_ready(send->target, wizard))
        return refuse_send(send, SEND_NOT_YET);
    struct contact *contact = NULL;
    TRY(choose_contact(send, &contact));

    enum code_purpose purpose = purpose_of(send->target, wizard);
    struct code_budget budget;
    int64_t version = 0;
    TRY(code_budget_load(db, act->actor->account_id, purpose, act->now, &budget, &version));
    switch (code_may_send(&rules, &budget, act->now, &send->result->at)) {
    case CODE_SEND_WAIT:
        return refuse_send(send, SEND_WAIT);
    case CODE_SEND_TOO_MANY:
        return refuse_send(send, SEND_TOO_MANY);
    case CODE_SEND_LOCKED:
        return refuse_send(send, SEND_LOCKED);
    case CODE_SEND_OK:
        break;
    }
    bool taken = false, is_live = false;
    TRY(code_budget_take(db, act->actor->account_id, purpose, version, &taken));
    if (!taken)
        return db_again("another code was sent meanwhile");
    TRY(contact_coded(db, contact->id, act->now, &is_live));
    if (!is_live)
        return db_again("the contact was changed meanwhile");

    struct code *before = NULL;
    TRY(code_latest(db, act->mem, act->actor->account_id, purpose, send->target->target_id, &before));
    send->result->superseded = before != NULL && before->state == CODE_LIVE && act->now < before->expires_at;
    TRY(code_supersede(db, act->actor->account_id, purpose));
    struct code code = {
        .account_id = act->actor->account_id, .user_id = act->actor->user_id, .session_id = act->actor->session_id,
        .contact_id = contact->id, .purpose = purpose, .target_id = send->target->target_id, .channel = contact->channel,
        .destination = contact->address, .sent_at = act->now, .expires_at = act->now + rules.ttl_s * CLOCK_SECOND,
    };
    enum code_queued queued;
    TRY(queue_code(send, &code, &queued));
    if (queued != CODE_QUEUED)
        return refuse_send(send, queued == CODE_QUEUE_PAUSED ? SEND_PAUSED : SEND_TOO_MANY);

    wizard_row_void_grant(wizard);
    wizard->channel = contact->channel;
    wizard->code_id = code.id;
    TRY(wizard_row_write(act, wizard));
    return wizard_log(act, send->target, OP_CODE_SENT, "DONE", masked(act, contact->channel, contact->address));
}

const struct err *code_step_send(struct act *act, const struct wizard_target *target, int64_t revision, enum channel channel,
                                 struct send_result *result)
{
    *result = (struct send_result){.outcome = SEND_OK, .at = INSTANT_NONE};
    struct send send = {.act = act, .target = target, .revision = revision, .channel = channel, .result = result};
    TRY(act_run(act, do_send, &send));
    if (act->is_done)
        result->outcome = SEND_OK;
    return NULL;
}

struct prove {
    struct act *act;
    const struct wizard_target *target;
    int64_t revision;
    const char *digits;
    struct prove_result *result;

    enum code_purpose purpose;
    struct wizard *wizard;
    struct code *code;
    bool is_compared, is_locked;
};

static const struct err *refuse_code(struct prove *prove, enum code_answer answer)
{
    prove->result->answer = answer;
    return act_refuse();
}

/* The draft, and whether there is anything left to prove for it. */
static const struct err *find_draft(struct prove *prove)
{
    struct act *act = prove->act;
    TRY(wizard_find(act->db, act->mem, act->actor->account_id, prove->target->purpose, prove->target->target_id, &prove->wizard));
    prove->result->is_gone = !wizard_is_live(prove->wizard, act->now);
    if (prove->result->is_gone)
        return refuse_code(prove, CODE_NOT_LIVE);
    prove->result->is_overtaken = prove->revision != 0 && prove->wizard->revision != prove->revision;
    if (prove->result->is_overtaken)
        return refuse_code(prove, CODE_NOT_LIVE);
    if (wizard_grant(prove->wizard, act->actor->session_id, act->now) != GRANT_GOOD)
        return NULL;
    prove->result->moved_on = true;
    prove->result->revision = prove->wizard->revision;
    return refuse_code(prove, CODE_RIGHT);
}

/* Another form may have proven the draft after it was read and before its code was: then nothing is wrong with the code. */
static const struct err *refuse_if_unchanged(struct prove *prove, enum code_answer answer)
{
    struct act *act = prove->act;
    struct wizard *now = NULL;
    TRY(wizard_find(act->db, act->mem, act->actor->account_id, prove->target->purpose, prove->target->target_id, &now));
    const bool is_same = now != NULL && now->id == prove->wizard->id && now->revision == prove->wizard->revision;
    return is_same ? refuse_code(prove, answer) : db_again("the draft was changed meanwhile");
}

static const struct err *find_code(struct prove *prove, const struct code_policy *rules)
{
    struct act *act = prove->act;
    struct code_budget budget;
    int64_t version = 0;
    prove->purpose = purpose_of(prove->target, prove->wizard);
    TRY(code_budget_load(act->db, act->actor->account_id, prove->purpose, act->now, &budget, &version));
    TRY(code_latest(act->db, act->mem, act->actor->account_id, prove->purpose, prove->target->target_id, &prove->code));
    const bool is_of_draft = prove->code != NULL && prove->code->id == prove->wizard->code_id;
    const enum code_answer answer = code_judge(rules, &budget, is_of_draft ? prove->code : NULL, act->actor->session_id, act->now);
    if (answer == CODE_BUDGET_LOCKED)
        return refuse_code(prove, answer);
    return answer == CODE_RIGHT ? NULL : refuse_if_unchanged(prove, answer);
}

/* The try is counted first, by a conditional UPDATE: whoever guesses at the same time waits at that row until this try is
 * committed with what came of it, so that guesses cannot outrun the number. */
static const struct err *count_try(struct prove *prove, const struct code_policy *rules)
{
    const struct act *act = prove->act;
    bool counted = false;
    TRY(code_count_try_within(act->db, prove->code->id, act->actor->session_id, act->now, rules->tries, &counted));
    /* Another form was faster: it has used the last try, or has proven the draft. */
    return counted ? NULL : db_again("the code was compared with another one meanwhile");
}

static const struct err *note_wrong(struct prove *prove, const struct code_policy *rules)
{
    struct act *act = prove->act;
    struct prove_result *result = prove->result;
    int64_t locked_until = act->now + rules->lock_s * CLOCK_SECOND;
    TRY(code_failed(act->db, prove->code->id, act->actor->account_id, prove->purpose, rules->tries, rules->failures_lock,
                    locked_until, &result->tries_left, &prove->is_locked));
    if (prove->is_locked) {
        const struct notice_values values = {
            .to_partner = prove->target->side == SIDE_PARTNER, .action = code_purpose_name(prove->code->purpose),
            .partner = prove->target->side == SIDE_PARTNER ? act->actor->account_name : prove->target->other_name,
            .customer = prove->target->side == SIDE_PARTNER ? prove->target->other_name : act->actor->account_name,
        };
        TRY(act_notify(act, act->actor->account_id, NOTICE_SMS_LOCKED, &values, "", 0,
                       mem_text(act->mem, "lock-%lld", (long long)prove->code->id)));
    }
    result->answer = prove->is_locked ? CODE_BUDGET_LOCKED : result->tries_left > 0 ? CODE_WRONG : CODE_EXHAUSTED;
    act->location = "";
    return wizard_log(act, prove->target, OP_CODE_FAILED, "FAILED", masked(act, prove->code->channel, prove->code->destination));
}

static const struct err *note_right(struct prove *prove)
{
    struct act *act = prove->act;
    struct wizard *wizard = prove->wizard;
    bool proven = false;
    act_not_before(act, prove->code->sent_at);
    const int64_t good_until = act->now + act->config->code.grant_s * CLOCK_SECOND;
    TRY(code_prove(act->db, prove->code->id, act->actor->session_id, act->now, good_until, &proven));
    if (!proven)
        return db_again("the code was superseded meanwhile");
    wizard->grant_session_id = act->actor->session_id;
    wizard->grant_expires_at = good_until;
    TRY(wizard_row_write(act, wizard));
    *prove->result = (struct prove_result){.answer = CODE_RIGHT, .moved_on = true, .revision = wizard->revision};
    if (act->location == NULL)
        act->location = mem_text(act->mem, "%lld", (long long)wizard->revision);
    return wizard_log(act, prove->target, OP_CODE_PROVEN, "DONE", masked(act, prove->code->channel, prove->code->destination));
}

/* All in one transaction with the form's key, so that the same form sent twice at once finds what the first one came to. */
static const struct err *do_prove(struct db *db, void *arg)
{
    struct prove *prove = arg;
    const struct code_policy rules = code_rules(prove->act->config);
    unsigned char mac[32];
    (void)db;
    *prove->result = (struct prove_result){.answer = CODE_NOT_LIVE};
    prove->is_compared = false;
    TRY(find_draft(prove));
    TRY(find_code(prove, &rules));
    TRY(count_try(prove, &rules));
    code_mac(prove->act, prove->code, prove->digits, mac);
    prove->is_compared = true;
    return secret_equal(mac, prove->code->mac, sizeof mac) ? note_right(prove) : note_wrong(prove, &rules);
}

/* What the first copy of this form came to is told by where it led. */
static const struct err *repeat(struct prove *prove)
{
    struct act *act = prove->act;
    struct prove_result *result = prove->result;
    *result = (struct prove_result){.answer = CODE_WRONG};
    if (act->location[0] == '\0')
        return NULL;
    *result = (struct prove_result){.answer = CODE_RIGHT, .moved_on = true, .revision = strtoll(act->location, NULL, 10)};
    return NULL;
}

const struct err *code_step_prove(struct act *act, const struct wizard_target *target, int64_t revision, const char *digits,
                                  struct prove_result *result)
{
    struct prove prove = {.act = act, .target = target, .revision = revision, .digits = digits, .result = result};
    *result = (struct prove_result){.answer = CODE_NOT_LIVE};
    const struct err *err = act_run(act, do_prove, &prove);
    bool counted = false;
    if (err == NULL)
        return act->is_replay ? repeat(&prove) : NULL;
    /* A fault after the comparison took the count back with everything else: it must not be a way to guess for nothing. */
    if (prove.is_compared)
        (void)code_count_try(act->db, prove.code->id, act->actor->session_id, act->now, code_rules(act->config).tries, &counted);
    return err;
}
