#include "demo.h"

#include <string.h>

#include "action/decide.h"
#include "action/deadline.h"
#include "action/submit.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/rand.h"
#include "store/store_association.h"
#include "store/store_demo.h"
#include "store/store_request.h"
#include "store/store_session.h"
#include "store/store_user.h"
#include "store/store_wizard.h"

#define IP "192.0.2.1"            /* TEST-NET-1, RFC 5737 */
#define AGENT "demo data"

/* --- who, and when ---------------------------------------------------------------------------------------------------- */

static const struct err *add_session(struct demo *demo, int64_t user_id, int64_t at, int64_t *id)
{
    const struct config *config = demo->ctl->config;
    struct session_new session = {
        .user_id = user_id, .at = at, .expires_at = at + config->session.absolute_s * CLOCK_SECOND,
        .idle_s = config->session.idle_s, .ip = IP, .agent = AGENT
    };

    rand_bytes(session.token_hash, sizeof session.token_hash);   /* of a token that nobody has */
    return session_insert(demo->ctl->db, &session, id);
}

const struct err *demo_act(struct demo *demo, const char *login, int64_t at, struct act **out)
{
    struct act *act = mem_new(demo->mem, struct act);
    struct actor *actor;
    struct user *user;

    *act = ctl_act(demo->ctl);
    act->mem = demo->mem;
    act->now = at;
    *out = act;
    if (login == NULL)
        return NULL;
    TRY(user_find(demo->ctl->db, demo->mem, mem_text(demo->mem, "%s@demo.test", login), &user));
    if (user == NULL)
        return err_new(ERR_BUG, 0, "the demo has no %s", login);
    actor = mem_new(demo->mem, struct actor);
    *actor = user_actor(user);
    TRY(add_session(demo, user->id, at, &actor->session_id));
    act->actor = actor;
    act->ip = IP;
    act->lang = user->lang != NULL && user->lang[0] != '\0' ? user->lang : "en";
    return NULL;
}

static const struct err *association_of(struct demo *demo, const char *login, struct association **association)
{
    int64_t customer_id;

    TRY(demo_account_of(demo, login, &customer_id));
    TRY(association_active(demo->ctl->db, demo->mem, customer_id, association));
    return *association != NULL ? NULL : err_new(ERR_BUG, 0, "%s has no partner", login);
}

static const struct err *request_of(struct demo *demo, const char *no, struct request **request)
{
    TRY(request_load_no(demo->ctl->db, demo->mem, no, request));
    return *request != NULL ? NULL : err_new(ERR_BUG, 0, "there is no request %s", no);
}

static struct wizard_target target_of(const struct act *act, const struct association *association)
{
    bool is_customer = act_side(act) == SIDE_CUSTOMER;

    return (struct wizard_target){
        .purpose = WIZARD_SUBMIT, .target_id = association->id, .association_id = association->id, .side = act_side(act),
        .needs_code = is_customer || association->partner_code_on,
        .other_name = is_customer ? association->partner_name : association->customer_name, .request_no = ""
    };
}

/* --- the steps of the wizard ------------------------------------------------------------------------------------------ */

static const struct err *outcome_is(const char *step, int outcome, int wanted)
{
    return outcome == wanted ? NULL : err_new(ERR_BUG, outcome, "the demo's %s was refused (%d)", step, outcome);
}

static const struct err *draft(struct act *act, const struct wizard_target *target, struct wizard **wizard)
{
    TRY(wizard_find(act->db, act->mem, act->actor->account_id, target->purpose, target->target_id, wizard));
    return *wizard != NULL ? NULL : err_new(ERR_BUG, 0, "the demo's draft is gone");
}

/* The code from the message that would bring it. */
static const struct err *read_code(struct act *act, int64_t code_id, const char **code)
{
    const unsigned char *sealed;
    struct notice_values values = { .code = "" };
    const char *event_id;
    char *json;
    size_t n;

    TRY(demo_sealed_code(act->db, act->mem, code_id, &event_id, &sealed, &n));
    TRY(secret_open(act->mem, &act->keys->outbox, event_id, sealed, n, &json, &n));
    if (!notice_unpack(act->mem, json, &values))
        return err_new(ERR_BUG, 0, "a message with a code is malformed");
    *code = values.code;
    return NULL;
}

static const struct err *prove(struct act *act, const struct wizard_target *target)
{
    struct prove_result proof;
    struct send_result sent;
    struct wizard *wizard;
    const char *code = "";

    if (!target->needs_code)
        return NULL;
    TRY(draft(act, target, &wizard));
    act->now += CLOCK_MINUTE;
    TRY(code_step_send(act, target, wizard->revision, CHANNEL_EMAIL, &sent));
    TRY(outcome_is("code", (int)sent.outcome, SEND_OK));
    TRY(draft(act, target, &wizard));
    TRY(read_code(act, wizard->code_id, &code));
    act->now += CLOCK_MINUTE;
    TRY(code_step_prove(act, target, 0, code, &proof));
    return outcome_is("proof", (int)proof.answer, CODE_RIGHT);
}

const struct err *demo_ask(struct demo *demo, const char *who, const char *customer, int64_t at, enum reason reason,
                           const char *reason_text, const char **request_no)
{
    struct association *association;
    struct submit_result result;
    enum wizard_outcome outcome;
    struct wizard_target target;
    struct wizard *wizard;
    struct act *act;

    TRY(demo_act(demo, who, at, &act));
    TRY(association_of(demo, customer, &association));
    target = target_of(act, association);
    TRY(wizard_confirm(act, &target, 0, &outcome));
    TRY(outcome_is("statement", (int)outcome, WIZARD_OK));
    TRY(prove(act, &target));
    TRY(draft(act, &target, &wizard));
    act->now += CLOCK_MINUTE;
    TRY(wizard_keep_reason(act, &target, &wizard->revision, reason, reason_text, &outcome));
    TRY(outcome_is("reason", (int)outcome, WIZARD_OK));
    TRY(draft(act, &target, &wizard));
    act->now += CLOCK_MINUTE;
    TRY(submit_request(act, &target, wizard->revision, NULL, &result));
    TRY(outcome_is("request", (int)result.outcome, SUBMIT_DONE));
    *request_no = result.request_no;
    return demo_settle_deliveries(demo->ctl->db);
}

const struct err *demo_answer(struct demo *demo, const char *who, const char *request_no, int64_t at,
                              enum request_event decision, const char *text)
{
    struct association *association;
    struct decide_result result;
    enum wizard_outcome outcome;
    int64_t revision = 0;
    struct wizard_target target;
    struct request *request;
    struct wizard *wizard;
    struct act *act;

    TRY(demo_act(demo, who, at, &act));
    TRY(request_of(demo, request_no, &request));
    TRY(association_load(demo->ctl->db, demo->mem, request->association_id, &association));
    target = target_of(act, association);
    target.purpose = WIZARD_ANSWER;
    target.target_id = request->id;
    target.request_no = request->no;
    TRY(wizard_decide(act, &target, &revision, decision, text, decision == REQUEST_AGREE, &outcome));
    TRY(outcome_is("decision", (int)outcome, WIZARD_OK));
    TRY(prove(act, &target));
    TRY(draft(act, &target, &wizard));
    act->now += CLOCK_MINUTE;
    TRY(decide_request(act, &target, wizard->revision, decision, &result));
    TRY(outcome_is("answer", (int)result.outcome, DECIDE_DONE));
    return demo_settle_deliveries(demo->ctl->db);
}

const struct err *demo_see(struct demo *demo, const char *who, const char *request_no, int64_t at)
{
    struct request *request;
    struct act *act;

    TRY(demo_act(demo, who, at, &act));
    TRY(request_of(demo, request_no, &request));
    return see_result(act, request->id);
}

/* --- what the platform does ------------------------------------------------------------------------------------------- */

const struct err *demo_escalate(struct demo *demo, const char *request_no, int64_t at)
{
    enum deadline_outcome outcome = DEADLINE_NOTHING;
    struct request *request;
    struct act *act;

    TRY(demo_act(demo, NULL, at, &act));
    TRY(request_load_no(act->db, act->mem, request_no, &request));
    if (request == NULL)
        return err_new(ERR_BUG, 0, "there is no request %s", request_no);
    TRY(deadline_meet(act, request->id, &outcome));
    if (outcome != DEADLINE_ESCALATED)
        return err_new(ERR_BUG, 0, "request %s could not be escalated", request_no);
    return demo_settle_deliveries(demo->ctl->db);
}

struct freezing {
    struct demo *demo;
    struct act *act;
    const char *whom, *reason;
    enum freeze_type type;
    enum freeze_source source;
};

static const struct err *freeze(struct db *db, void *arg)
{
    const struct freezing *freezing = arg;
    struct act *act = freezing->act;
    struct operation_row row = { .operation = OP_FROZEN, .result = "DONE", .remark = freezing->reason };
    struct notice_values values = {
        .by_partner = act_side(act) == SIDE_PARTNER, .reason = freezing->reason,
        .freeze_type = freeze_type_name(freezing->type), .customer = "", .partner = ""
    };
    struct association *association;
    struct user *user;
    bool bumped = true;
    int64_t id;

    TRY(user_find(db, act->mem, mem_text(act->mem, "%s@demo.test", freezing->whom), &user));
    TRY(association_active(db, act->mem, user->account_id, &association));
    TRY(freeze_insert(db, user->account_id, freezing->type, freezing->source, freezing->reason, act->now, &id));
    row.object = user->account_name;
    if (association != NULL) {
        TRY(account_bump(db, user->account_id, association->customer_version, &bumped));
        row.association_id = association->id;
        row.customer_id = association->customer_id;
        row.partner_id = association->partner_id;
        values.customer = association->customer_name;
        values.partner = association->partner_name;
    } else {
        values.to_partner = true;
        values.partner = user->account_name;
        row.partner_id = user->account_id;
    }
    if (!bumped)
        return db_again("the account changed meanwhile");
    TRY(act_notify(act, user->account_id, NOTICE_FROZEN, &values, association != NULL ? "/my-partner" : "/requests", 0,
                   mem_text(act->mem, "F%lld-FROZEN", (long long)id)));
    return act_log(act, &row);
}

const struct err *demo_freeze(struct demo *demo, const char *who, const char *whom, enum freeze_type type,
                              enum freeze_source source, const char *reason, int64_t at)
{
    struct freezing freezing = { .demo = demo, .whom = whom, .type = type, .source = source, .reason = reason };

    TRY(demo_act(demo, who, at, &freezing.act));
    TRY(act_run(freezing.act, freeze, &freezing));
    return demo_settle_deliveries(demo->ctl->db);
}
