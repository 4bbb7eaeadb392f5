#include "action/invitation_answer.h"

#include <string.h>
#include <strings.h>

#include "action/invite.h"
#include "base/clock.h"
#include "base/lang.h"
#include "base/memory.h"
#include "store/store_association.h"
#include "store/store_facts.h"
#include "store/store_invitation.h"
#include "store/store_user.h"

struct answer {
    struct act *act;
    const char *token;
    struct answer_result *result;
    int64_t customer_version;
    bool is_frozen;                     /* the customer's account is frozen already */
};

static const struct err *refuse(struct answer *answer, enum answer_outcome outcome)
{
    answer->result->outcome = outcome;
    return act_refuse();
}

/* --- reading --- */

static const struct err *read_customer(struct act *act, struct invitation_found *found, struct facts **facts)
{
    struct association *association = NULL;
    struct rule_set *set = NULL;
    TRY(association_active(act->db, act->mem, act->actor->account_id, &association));
    TRY(rule_set_load(act->db, act->mem, &set));
    TRY(facts_load(act->db, act->mem, act->actor->account_id, found->invitation->partner_id, SIDE_CUSTOMER, set, act->now, facts));
    if (association != NULL) {
        found->facts.partner_id = association->partner_id;
        found->facts.partner_name = association->partner_name;
    }
    found->facts.master_name = (*facts)->master_name;
    found->facts.reserved_instances = (*facts)->reserved_instances;
    found->facts.special_contracts = (*facts)->special_contracts;
    /* What could not be read is in the way, like a failed one: nothing is decided on a guess. */
    const unsigned needed = FACTS_MEMBERS | FACTS_COMMITMENTS | FACTS_CONTRACTS;
    if (((*facts)->known & needed) != needed)
        return err_new(ERR_BUSY, 0, "the facts about account %lld could not be read", (long long)act->actor->account_id);
    return NULL;
}

static const struct err *read_token(struct act *act, const char *token, struct invitation_found *found, struct facts **facts)
{
    unsigned char hash[SECRET_DIGEST_BYTES];
    *found = (struct invitation_found){.invitation = NULL};
    *facts = NULL;
    secret_sha256(token, strlen(token), hash);
    TRY(invitation_find(act->db, act->mem, hash, &found->invitation));
    const struct invitation *invitation = found->invitation;
    if (invitation == NULL)
        return NULL;
    found->status = invitation_status_at(invitation, act->now);
    found->facts = (struct invitation_facts){
        .kind = act->actor->role == ROLE_ANONYMOUS ? ACCOUNT_CUSTOMER : act->actor->kind, .inviter_id = invitation->partner_id,
        .inviter_is_able = invitation->partner_is_open && !invitation->partner_is_frozen,
        .inviter_name = invitation->partner_name, .partner_name = "", .master_name = "",
    };
    if (act->actor->role != ROLE_ANONYMOUS && act->actor->kind == ACCOUNT_CUSTOMER)
        TRY(read_customer(act, found, facts));
    found->gates = invitation_gates(&found->facts);
    return NULL;
}

const struct err *invitation_answer_read(struct act *act, const char *token, struct invitation_found *found)
{
    struct facts *facts = NULL;
    return read_token(act, token, found, &facts);
}

static const struct err *find_open(struct answer *answer)
{
    struct facts *facts = NULL;
    *answer->result = (struct answer_result){.outcome = ANSWER_DONE};
    struct invitation_found *found = &answer->result->found;
    TRY(read_token(answer->act, answer->token, found, &facts));
    if (found->invitation == NULL)
        return refuse(answer, ANSWER_MISSING);
    if (found->status != INVITATION_OPEN)
        return refuse(answer, ANSWER_CLOSED);
    act_not_before(answer->act, found->invitation->created_at);
    if (facts != NULL) {
        answer->customer_version = facts->customer_version;
        answer->is_frozen = facts->is_frozen;
    }
    return NULL;
}

/* --- accepting --- */

static bool starts_frozen(const struct answer *answer)
{
    return answer->act->config->association.default_freeze && !answer->is_frozen;
}

static const struct err *associate(struct answer *answer)
{
    struct act *act = answer->act;
    const struct invitation *invitation = answer->result->found.invitation;
    int64_t customer_id = act->actor->account_id, freeze_id = 0;
    bool done = false;

    TRY(account_bump(act->db, customer_id, answer->customer_version, &done));
    if (!done)
        return db_again("a fact about the customer changed meanwhile");
    TRY(account_bump(act->db, invitation->partner_id, invitation->partner_version, &done));
    if (!done)
        return db_again("the partner was changed meanwhile");
    const struct err *err = association_insert(act->db, customer_id, invitation->partner_id, MODEL_RESELLER, act->now,
                                               &answer->result->association_id);
    if (db_is_duplicate(err, "association_active"))
        return db_again("the customer got a partner meanwhile");
    TRY(err);
    TRY(invitation_accept(act->db, invitation->id, customer_id, act->actor->user_id, answer->result->association_id, act->now,
                          &done));
    if (!done)
        return db_again("the invitation was changed meanwhile");
    TRY(account_set_billing_partner(act->db, customer_id));
    if (!starts_frozen(answer))
        return NULL;
    err = freeze_insert(act->db, customer_id, FREEZE_ACCOUNT, FREEZE_BY_ASSOCIATION_DEFAULT,
                        _("New customers start frozen until their partner unfreezes them."), act->now, &freeze_id);
    return db_is_duplicate(err, "freeze_open") ? db_again("the customer was frozen meanwhile") : err;
}

static const struct err *tell_both(struct answer *answer)
{
    struct act *act = answer->act;
    const struct invitation *invitation = answer->result->found.invitation;
    const char *event = mem_text(act->mem, "I%lld-ACCEPTED", (long long)invitation->id);
    struct notice_values values = {
        .customer = act->actor->account_name, .partner = invitation->partner_name,
        .freeze_type = starts_frozen(answer) ? freeze_type_name(FREEZE_ACCOUNT) : "",
    };
    TRY(act_notify(act, act->actor->account_id, NOTICE_INVITATION_ACCEPTED, &values, "/my-partner", 0, event));
    values.to_partner = true;
    return act_notify(act, invitation->partner_id, NOTICE_INVITATION_ACCEPTED, &values,
                      mem_text(act->mem, "/invitations/%lld", (long long)invitation->id), 0, event);
}

static const struct err *log_begin_of(struct answer *answer)
{
    struct act *act = answer->act;
    const struct invitation *invitation = answer->result->found.invitation;
    const struct operation_row row = {
        .association_id = answer->result->association_id, .customer_id = act->actor->account_id,
        .partner_id = invitation->partner_id, .object = invitation->partner_name,
    };
    struct operation_row accepted = row, associated = row, frozen = row;

    accepted.operation = OP_INVITATION_ACCEPTED;
    accepted.result = "ACCEPTED";
    accepted.remark = invite_object(act->mem, invitation);
    TRY(act_log(act, &accepted));
    associated.operation = OP_ASSOCIATED;
    associated.to_state = association_status_name(ASSOCIATION_ACTIVE);
    associated.result = "DONE";
    associated.remark = association_model_name(MODEL_RESELLER);
    TRY(act_log(act, &associated));
    if (!starts_frozen(answer))
        return NULL;
    frozen.operation = OP_FROZEN;
    frozen.object = act->actor->account_name;
    frozen.result = "DONE";
    frozen.remark = mem_text(act->mem, "%s %s", freeze_type_name(FREEZE_ACCOUNT), freeze_source_name(FREEZE_BY_ASSOCIATION_DEFAULT));
    /* Nobody decides it: it is how the site begins an association. */
    struct act by_system = *act;
    by_system.actor = act_system;
    return act_log(&by_system, &frozen);
}

static const struct err *accept_work(struct db *db, void *arg)
{
    struct answer *answer = arg;
    (void)db;
    TRY(find_open(answer));
    if (answer->result->found.gates != 0)
        return refuse(answer, ANSWER_GATES);
    TRY(associate(answer));
    TRY(tell_both(answer));
    return log_begin_of(answer);
}

/* The partner's list says why it did not work. */
static const struct err *note_work(struct db *db, void *arg)
{
    struct answer *answer = arg;
    struct act *act = answer->act;
    const struct invitation_found *found = &answer->result->found;
    enum invitation_gate gate = invitation_first_gate(found->gates);
    bool done = false;
    TRY(invitation_note_failure(db, found->invitation->id, gate, act->now, &done));
    if (!done)
        return NULL;
    struct operation_row row = {
        .operation = OP_INVITATION_REFUSED, .partner_id = found->invitation->partner_id,
        .object = invite_object(act->mem, found->invitation), .result = "REFUSED", .remark = invitation_gate_info(gate)->code,
    };
    if (act->actor->kind == ACCOUNT_CUSTOMER)
        row.customer_id = act->actor->account_id;
    return act_log(act, &row);
}

const struct err *invitation_answer_accept(struct act *act, const char *token, struct answer_result *result)
{
    struct answer answer = {.act = act, .token = token, .result = result};
    if (act->actor->role == ROLE_ANONYMOUS)
        return err_new(ERR_SIGNED_OUT, 0, "an invitation is accepted by an account");
    if (act->actor->kind == ACCOUNT_CUSTOMER && act->actor->role != ROLE_OWNER)
        return err_new(ERR_DENIED, 0, "only an owner may accept an invitation");
    TRY(act_run(act, accept_work, &answer));
    if (act->is_done || result->outcome != ANSWER_GATES)
        return NULL;
    struct act note = *act;
    note.once_digest = NULL;
    answer.act = &note;
    return act_run(&note, note_work, &answer);
}

/* --- declining --- */

bool invitation_answer_may_decline(const struct actor *actor, const struct invitation *invitation)
{
    return actor->role == ROLE_OWNER && invitation->kind == INVITATION_EMAIL && strcasecmp(actor->login, invitation->email) == 0;
}

static const struct err *decline_work(struct db *db, void *arg)
{
    struct answer *answer = arg;
    struct act *act = answer->act;
    bool done = false;

    TRY(find_open(answer));
    const struct invitation *invitation = answer->result->found.invitation;
    int64_t customer_id = act->actor->account_id;
    if (!invitation_answer_may_decline(act->actor, invitation))
        return err_new(ERR_DENIED, 0, "invitation %lld was not mailed to the actor", (long long)invitation->id);
    TRY(invitation_decline(db, invitation->id, customer_id, act->actor->user_id, act->now, &done));
    if (!done)
        return db_again("the invitation was changed meanwhile");
    const char *object = invite_object(act->mem, invitation);
    const struct notice_values values = {.to_partner = true, .object = object};
    TRY(act_notify(act, invitation->partner_id, NOTICE_INVITATION_DECLINED, &values,
                   mem_text(act->mem, "/invitations/%lld", (long long)invitation->id), 0,
                   mem_text(act->mem, "I%lld-DECLINED", (long long)invitation->id)));
    struct operation_row row = {
        .operation = OP_INVITATION_DECLINED, .customer_id = customer_id, .partner_id = invitation->partner_id,
        .initiated_by = SIDE_CUSTOMER, .object = object, .result = "DECLINED",
    };
    return act_log(act, &row);
}

const struct err *invitation_answer_decline(struct act *act, const char *token, struct answer_result *result)
{
    struct answer answer = {.act = act, .token = token, .result = result};
    if (act->actor->role != ROLE_OWNER)
        return err_new(ERR_DENIED, 0, "only an owner may decline an invitation");
    return act_run(act, decline_work, &answer);
}
