#include "generate.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "domain/notice.h"
#include "domain/quota.h"
#include "domain/request.h"
#include "domain/statement.h"

#define CALM (40 * CLOCK_DAY)        /* between two requests: three in three months are never exceeded */
#define LAST_DAYS (9 * CLOCK_DAY)    /* before the end, for those who end with something open */
#define REQUESTS_A_LIFE 4

/* --- rows ------------------------------------------------------------------------------------------------------------- */

enum who { BY_SYSTEM, BY_CUSTOMER, BY_PARTNER, BY_OPS, BY_INITIATOR, BY_OTHER };

enum kind {
    ROW_ACCOUNT, ROW_USER, ROW_ASSOCIATED,
    ROW_SIGNED_IN, ROW_SIGN_IN_FAILED, ROW_SIGNED_OUT, ROW_CHECK_PASSED, ROW_CHECK_FAILED, ROW_FROZEN, ROW_UNFROZEN,
    ROW_STATEMENT, ROW_CODE_SENT, ROW_CODE_FAILED, ROW_CODE_PROVEN, ROW_SUBMITTED,
    ROW_ANSWER_SENT, ROW_ANSWER_PROVEN,
    ROW_REJECTED, ROW_WITHDRAWN, ROW_ESCALATED, ROW_EXPIRED, ROW_DISMISSED, ROW_AGREED, ROW_DISASSOCIATED, KINDS
};

/* What each looks like in the log. Of a request are those that carry its number. */
static const struct {
    enum operation operation;
    enum who who;
    bool in_chain, of_request;
    const char *from, *to, *result, *remark;
} kinds[KINDS] = {
    [ROW_ACCOUNT] = { OP_ACCOUNT_CREATED, BY_SYSTEM, false, false, "", "", "DONE", "" },
    [ROW_USER] = { OP_USER_CREATED, BY_SYSTEM, false, false, "", "", "DONE", "owner" },
    [ROW_ASSOCIATED] = { OP_ASSOCIATED, BY_SYSTEM, true, false, "", "ACTIVE", "DONE", "RESELLER" },
    [ROW_SIGNED_IN] = { OP_SIGNED_IN, BY_CUSTOMER, false, false, "", "", "DONE", "" },
    [ROW_SIGN_IN_FAILED] = { OP_SIGN_IN_FAILED, BY_CUSTOMER, false, false, "", "", "FAILED", "password" },
    [ROW_SIGNED_OUT] = { OP_SIGNED_OUT, BY_CUSTOMER, false, false, "", "", "DONE", "" },
    [ROW_CHECK_PASSED] = { OP_CHECK_RUN, BY_CUSTOMER, true, false, "", "", "PASSED", NULL },
    [ROW_CHECK_FAILED] = { OP_CHECK_RUN, BY_CUSTOMER, true, false, "", "", "FAILED", NULL },
    [ROW_FROZEN] = { OP_FROZEN, BY_PARTNER, true, false, "", "", "DONE", "ACCOUNT PARTNER: An invoice is overdue." },
    [ROW_UNFROZEN] = { OP_UNFROZEN, BY_PARTNER, true, false, "", "", "DONE", "ACCOUNT PARTNER: The invoice was paid." },
    [ROW_STATEMENT] = { OP_STATEMENT_ACCEPTED, BY_INITIATOR, true, false, "", "", "DONE", STATEMENT_VERSION " en" },
    [ROW_CODE_SENT] = { OP_CODE_SENT, BY_INITIATOR, true, false, "", "", "DONE", "c***@generated.test" },
    [ROW_CODE_FAILED] = { OP_CODE_FAILED, BY_INITIATOR, true, false, "", "", "FAILED", "" },
    [ROW_CODE_PROVEN] = { OP_CODE_PROVEN, BY_INITIATOR, true, false, "", "", "DONE", "" },
    [ROW_SUBMITTED] = { OP_REQUEST_SUBMITTED, BY_INITIATOR, true, true, "", "PENDING", "PENDING", "" },
    [ROW_ANSWER_SENT] = { OP_CODE_SENT, BY_CUSTOMER, true, true, "", "", "DONE", "c***@generated.test" },
    [ROW_ANSWER_PROVEN] = { OP_CODE_PROVEN, BY_CUSTOMER, true, true, "", "", "DONE", "" },
    [ROW_REJECTED] = { OP_REQUEST_REJECTED, BY_OTHER, true, true, "PENDING", "REJECTED", "REJECTED", "The project is not finished yet." },
    [ROW_WITHDRAWN] = { OP_REQUEST_WITHDRAWN, BY_INITIATOR, true, true, "PENDING", "WITHDRAWN", "WITHDRAWN", "" },
    [ROW_ESCALATED] = { OP_REQUEST_ESCALATED, BY_SYSTEM, true, true, "PENDING", "PENDING", "ESCALATED", "" },
    [ROW_EXPIRED] = { OP_REQUEST_EXPIRED, BY_SYSTEM, true, true, "PENDING", "EXPIRED", "EXPIRED", "" },
    [ROW_DISMISSED] = { OP_REQUEST_DISMISSED, BY_OPS, true, true, "PENDING", "REJECTED", "REJECTED", "The contract runs on." },
    [ROW_AGREED] = { OP_REQUEST_AGREED, BY_OTHER, true, true, "PENDING", "COMPLETED", "AGREED", "" },
    [ROW_DISASSOCIATED] = { OP_DISASSOCIATED, BY_OTHER, true, true, "ACTIVE", "ENDED", "DONE", "" }
};

/* --- episodes --------------------------------------------------------------------------------------------------------- */

/* Minutes after the row before; AT_DEADLINE: the request's deadline, and a little more. */
#define AT_DEADLINE (-1)
#define DAYS(n) ((n) * 24 * 60)
struct part { enum kind kind; int after_min, after_max; };

enum episode {
    VISIT_SHORT, VISIT, VISIT_CHECK, VISIT_TROUBLE, FREEZE, FREEZE_OPEN,
    ASK_REJECTED, ASK_WITHDRAWN, ASK_EXPIRED, ASK_DISMISSED, ASK_AGREED, ASK_OPEN,
    ASKED_REJECTED, ASKED_EXPIRED, ASKED_AGREED, EPISODES
};

#define ASKS { ROW_SIGNED_IN, 0, 0 }, { ROW_CHECK_PASSED, 1, 3 }, { ROW_STATEMENT, 1, 3 }, { ROW_CODE_SENT, 1, 2 }, \
    { ROW_CODE_PROVEN, 1, 3 }, { ROW_SUBMITTED, 1, 3 }
#define PARTNER_ASKS { ROW_STATEMENT, 0, 0 }, { ROW_SUBMITTED, 2, 5 }
#define ANSWERS { ROW_ANSWER_SENT, DAYS(1), DAYS(8) }, { ROW_ANSWER_PROVEN, 1, 3 }

static const struct {
    struct part parts[PLANNED_MAX];
    int n, weight;               /* weight: among episodes of its sort */
    bool by_partner;
    const char *state;           /* of a request's: what becomes of it */
    enum side decided_by;
} episodes[EPISODES] = {
    [VISIT_SHORT] = { { { ROW_SIGNED_IN, 0, 0 } }, 1, 0, false, NULL, SIDES },
    [VISIT] = { { { ROW_SIGNED_IN, 0, 0 }, { ROW_SIGNED_OUT, 2, 20 } }, 2, 5, false, NULL, SIDES },
    [VISIT_CHECK] = { { { ROW_SIGNED_IN, 0, 0 }, { ROW_CHECK_FAILED, 1, 5 }, { ROW_SIGNED_OUT, 2, 20 } }, 3, 4, false, NULL, SIDES },
    [VISIT_TROUBLE] = { { { ROW_SIGN_IN_FAILED, 0, 0 }, { ROW_SIGNED_IN, 1, 2 }, { ROW_SIGNED_OUT, 2, 20 } }, 3, 2, false, NULL, SIDES },
    [FREEZE] = { { { ROW_FROZEN, 0, 0 }, { ROW_UNFROZEN, DAYS(1), DAYS(9) } }, 2, 1, false, NULL, SIDES },
    [FREEZE_OPEN] = { { { ROW_FROZEN, 0, 0 } }, 1, 0, false, NULL, SIDES },
    [ASK_REJECTED] = { { ASKS, { ROW_REJECTED, DAYS(1), DAYS(8) } }, 7, 8, false, "REJECTED", SIDE_PARTNER },
    [ASK_WITHDRAWN] = { { ASKS, { ROW_WITHDRAWN, DAYS(1), DAYS(8) } }, 7, 4, false, "WITHDRAWN", SIDE_CUSTOMER },
    [ASK_EXPIRED] = { { ASKS, { ROW_ESCALATED, AT_DEADLINE, 0 }, { ROW_EXPIRED, AT_DEADLINE, 0 } }, 8, 1, false, "EXPIRED", SIDE_SYSTEM },
    [ASK_DISMISSED] = { { ASKS, { ROW_ESCALATED, AT_DEADLINE, 0 }, { ROW_DISMISSED, DAYS(1), DAYS(5) } }, 8, 1, false, "REJECTED",
                        SIDE_PLATFORM },
    [ASK_AGREED] = { { ASKS, { ROW_AGREED, DAYS(1), DAYS(8) }, { ROW_DISASSOCIATED, 0, 0 } }, 8, 1, false, "COMPLETED", SIDE_PARTNER },
    [ASK_OPEN] = { { ASKS }, 6, 0, false, "PENDING", SIDES },
    [ASKED_REJECTED] = { { PARTNER_ASKS, ANSWERS, { ROW_REJECTED, 1, 3 } }, 5, 3, true, "REJECTED", SIDE_CUSTOMER },
    [ASKED_EXPIRED] = { { PARTNER_ASKS, { ROW_EXPIRED, AT_DEADLINE, 0 } }, 3, 2, true, "EXPIRED", SIDE_SYSTEM },
    [ASKED_AGREED] = { { PARTNER_ASKS, ANSWERS, { ROW_AGREED, 1, 3 }, { ROW_DISASSOCIATED, 0, 0 } }, 6, 1, true, "COMPLETED", SIDE_CUSTOMER }
};

static bool is_asking(enum episode episode)
{
    return episodes[episode].state != NULL;
}

/* --- the rows of other tables that go with a request ------------------------------------------------------------------ */

static int64_t planned_at(const struct life *life, enum kind kind)
{
    for (int i = 0; i < life->planned_n; i++)
        if (life->planned[i].kind == (int)kind)
            return life->planned[i].at;
    return INSTANT_NONE;
}

static int64_t add_code(struct generating *g, struct life *life, const char *purpose, int64_t target_id, int64_t sent_at,
                        int64_t proven_at, int64_t used_at)
{
    uint64_t mac[4];
    const int64_t id = ++g->ids.code;

    for (size_t i = 0; i < 4; i++)
        mac[i] = generate_random(&life->random);
    const struct db_value values[] = {
        db_value_int(id), db_value_int(life->customer_id), db_value_int(life->user_id), db_value_text(purpose), db_value_int(target_id),
        db_value_int(life->contact_id), db_value_text(generated_customer_login(g, life->customer)),
        db_value_bytes(mem_copy_n(g->mem, (const char *)mac, sizeof mac), sizeof mac), db_value_int(sent_at),
        db_value_int(sent_at + 10 * CLOCK_MINUTE), db_value_int(proven_at), db_value_int(proven_at + 10 * CLOCK_MINUTE),
        db_value_int(used_at), db_value_int(life->request_id)
    };

    generated_add(g, GENERATE_CODE, values);
    return id;
}

static const char *request_no(const struct generating *g, const struct life *life)
{
    const struct civil day = clock_civil(life->asked_at, "UTC");

    return mem_text(g->mem, "DR%04d%02d%02d-%06lld", day.year, day.month, day.day, (long long)life->request_id);
}

/* Which notice tells of which row; both sides hear it, of a new request each its own. */
static const struct { enum kind kind; enum notice_kind notice, other; } told[] = {
    { ROW_SUBMITTED, NOTICE_REQUEST_SENT, NOTICE_REQUEST_RECEIVED },
    { ROW_AGREED, NOTICE_REQUEST_AGREED, NOTICE_REQUEST_AGREED },
    { ROW_REJECTED, NOTICE_REQUEST_REJECTED, NOTICE_REQUEST_REJECTED },
    { ROW_DISMISSED, NOTICE_REQUEST_REJECTED, NOTICE_REQUEST_REJECTED },
    { ROW_WITHDRAWN, NOTICE_REQUEST_WITHDRAWN, NOTICE_REQUEST_WITHDRAWN },
    { ROW_ESCALATED, NOTICE_REQUEST_ESCALATED, NOTICE_REQUEST_ESCALATED },
    { ROW_EXPIRED, NOTICE_REQUEST_EXPIRED, NOTICE_REQUEST_EXPIRED }
};

static void tell(struct generating *g, const struct life *life, enum notice_kind kind, bool to_partner, int64_t at)
{
    const int64_t account_id = to_partner ? generated_partner_id(g, life->partner) : life->customer_id;
    const char *code = notice_info(kind)->code, *no = request_no(g, life);
    const struct notice_values words = {
        .to_partner = to_partner, .by_partner = life->request_by_partner, .customer = generated_customer_name(g, life->customer),
        .partner = generated_partner_name(g, life->partner), .request_no = no
    };
    const struct db_value values[] = {
        db_value_text(mem_text(g->mem, "R%lld-%s-A%lld", (long long)life->request_id, code, (long long)account_id)),
        db_value_int(account_id), db_value_text(code), db_value_text(notice_pack(g->mem, &words)),
        db_value_text(to_partner ? mem_text(g->mem, "/requests/%s", no)
                      : life->request_by_partner ? "/my-partner" : mem_text(g->mem, "/disassociate/submitted/%s", no)),
        db_value_int(life->request_id), db_value_int(at)
    };

    generated_add(g, GENERATE_NOTIFICATION, values);
}

static void tell_both(struct generating *g, const struct life *life)
{
    for (int i = 0; i < life->planned_n; i++)
        for (size_t k = 0; k < sizeof told / sizeof told[0]; k++)
            if ((int)told[k].kind == life->planned[i].kind) {
                tell(g, life, life->request_by_partner ? told[k].other : told[k].notice, false, life->planned[i].at);
                tell(g, life, life->request_by_partner ? told[k].notice : told[k].other, true, life->planned[i].at);
            }
}

static void take_slot(struct life *life)
{
    const int side = life->request_by_partner ? 1 : 0;

    if (strcmp(life->request_state, "EXPIRED") == 0)
        return;
    life->slots[side][life->slot[side]].request_id = life->request_id;
    life->slots[side][life->slot[side]].at = life->asked_at;
    life->slot[side] = (life->slot[side] + 1) % 3;
}

static void end_association(struct generating *g, struct life *life, int64_t at)
{
    const struct db_value end[] = { db_value_int(at), db_value_int(life->request_id), db_value_int(life->association_id) };
    const struct db_value direct[] = { db_value_int(life->customer_id) };

    generated_add(g, GENERATE_END, end);
    generated_add(g, GENERATE_DIRECT, direct);
}

static void add_request(struct generating *g, struct life *life, enum episode episode)
{
    static const enum reason reasons[] = { REASON_DIRECT, REASON_OTHER_PARTNER, REASON_PRICE, REASON_SERVICE, REASON_PROJECT_ENDED };
    const struct config *config = g->ctl->config;
    const struct planned *last = &life->planned[life->planned_n - 1];
    const int64_t escalated_at = planned_at(life, ROW_ESCALATED), partner_user = g->first_user + life->partner;
    const bool is_decided = episodes[episode].decided_by != SIDES;
    const enum side by = episodes[episode].decided_by;
    int64_t submit_code = 0, decision_code = 0, transitions = 0;

    life->request_id = ++g->ids.request;
    life->asked_at = planned_at(life, ROW_SUBMITTED);
    life->request_by_partner = episodes[episode].by_partner;
    life->request_state = episodes[episode].state;
    if (!life->request_by_partner)
        submit_code = add_code(g, life, "SUBMIT", life->association_id, planned_at(life, ROW_CODE_SENT), planned_at(life, ROW_CODE_PROVEN),
                               life->asked_at);
    if (life->request_by_partner && by == SIDE_CUSTOMER)
        decision_code = add_code(g, life, strcmp(life->request_state, "COMPLETED") == 0 ? "AGREE" : "REJECT", life->request_id,
                                 planned_at(life, ROW_ANSWER_SENT), planned_at(life, ROW_ANSWER_PROVEN), last->at);
    for (int i = 0; i < life->planned_n; i++)
        transitions += kinds[life->planned[i].kind].to[0] != '\0' && life->planned[i].kind != ROW_DISASSOCIATED;
    const struct db_value values[] = {
        db_value_int(life->request_id), db_value_text(request_no(g, life)), db_value_int(life->association_id),
        db_value_int(life->customer_id), db_value_int(generated_partner_id(g, life->partner)),
        db_value_text(side_name(life->request_by_partner ? SIDE_PARTNER : SIDE_CUSTOMER)), db_value_text(life->request_state),
        db_value_int(transitions), db_value_text(reason_name(reasons[generate_between(&life->random, 0, 4)])), db_value_text(""),
        db_value_text(STATEMENT_VERSION), db_value_text("en"), db_value_text(g->checks_passed), db_value_int(life->asked_at),
        db_value_int(life->request_by_partner ? partner_user : life->user_id), db_value_int(submit_code),
        db_value_int(escalated_at == INSTANT_NONE ? life->asked_at + config->request.deadline_s * CLOCK_SECOND
                                                  : escalated_at + config->request.escalation_s * CLOCK_SECOND),
        db_value_int(escalated_at), db_value_int(is_decided ? last->at : INSTANT_NONE),
        db_value_text(is_decided ? side_name(by) : NULL),
        db_value_int(by == SIDE_CUSTOMER ? life->user_id : by == SIDE_PARTNER ? partner_user : by == SIDE_PLATFORM ? g->ops_id : 0),
        db_value_text(""), db_value_int(decision_code)
    };

    generated_add(g, GENERATE_REQUEST, values);
    tell_both(g, life);
    take_slot(life);
    if (planned_at(life, ROW_DISASSOCIATED) != INSTANT_NONE)
        end_association(g, life, last->at);
    g->result->requests++;
}

static void add_freeze(struct generating *g, const struct life *life)
{
    const int64_t lifted_at = planned_at(life, ROW_UNFROZEN);
    const struct db_value values[] = {
        db_value_int(life->customer_id), db_value_text("ACCOUNT"), db_value_text("PARTNER"), db_value_text("An invoice is overdue."),
        db_value_int(planned_at(life, ROW_FROZEN)), db_value_int(lifted_at),
        db_value_text(lifted_at == INSTANT_NONE ? NULL : "The invoice was paid.")
    };

    generated_add(g, GENERATE_FREEZE, values);
}

/* --- planning --------------------------------------------------------------------------------------------------------- */

/* Instants of the episode's rows from `at` on; the last of them. */
static int64_t plan(const struct generating *g, struct life *life, enum episode episode, int64_t at)
{
    const struct config *config = g->ctl->config;
    int64_t limit_s = config->request.deadline_s;

    life->planned_n = episodes[episode].n;
    life->planned_at = 0;
    for (int i = 0; i < life->planned_n; i++) {
        const struct part *part = &episodes[episode].parts[i];

        if (part->after_min == AT_DEADLINE) {
            at += limit_s * CLOCK_SECOND + generate_between(&life->random, 1, 50) * CLOCK_SECOND;
            limit_s = config->request.escalation_s;
        } else {
            at += generate_between(&life->random, part->after_min * CLOCK_MINUTE, part->after_max * CLOCK_MINUTE);
        }
        life->planned[i] = (struct planned){ at, (int)part->kind };
    }
    return at;
}

static bool may_be(const struct generating *g, const struct life *life, enum episode episode, int64_t at)
{
    if (episodes[episode].n > life->left)
        return false;
    if (episode == VISIT || episode == VISIT_SHORT || episode == VISIT_TROUBLE)
        return true;
    if (!life->is_associated || (episode == ASK_DISMISSED && g->ops_id == 0))
        return false;
    return !is_asking(episode) || life->asked_at == INSTANT_NONE || at - life->asked_at >= CALM;
}

static enum episode choose(const struct generating *g, struct life *life, int64_t at)
{
    const int64_t episodes_left = life->left / 3 + 1;
    const bool wants_to_ask = generate_between(&life->random, 0, 999) < 1000 * REQUESTS_A_LIFE / (episodes_left + REQUESTS_A_LIFE);
    int total = 0, drawn;

    for (int i = 0; i < EPISODES; i++)
        if (is_asking((enum episode)i) == wants_to_ask && may_be(g, life, (enum episode)i, at))
            total += episodes[i].weight;
    if (total == 0)
        return life->left >= 2 ? VISIT : VISIT_SHORT;
    drawn = (int)generate_between(&life->random, 1, total);
    for (int i = 0; i < EPISODES; i++)
        if (is_asking((enum episode)i) == wants_to_ask && may_be(g, life, (enum episode)i, at) && (drawn -= episodes[i].weight) <= 0)
            return (enum episode)i;
    return VISIT_SHORT;
}

/* Rows kept back for how this life ends. */
static int64_t kept_back(const struct life *life)
{
    return life->ends_waiting ? episodes[ASK_OPEN].n : life->ends_frozen ? episodes[FREEZE_OPEN].n : 0;
}

static void begin_episode(struct generating *g, struct life *life)
{
    const int64_t kept = kept_back(life);
    int64_t end_at = life->until_at - (kept > 0 ? LAST_DAYS + CLOCK_DAY : 0), at;
    enum episode episode;

    if (kept > 0 && life->left <= kept) {
        episode = life->ends_waiting ? ASK_OPEN : FREEZE_OPEN;
        life->ends_waiting = life->ends_frozen = false;
        (void)plan(g, life, episode, life->until_at - generate_between(&life->random, CLOCK_DAY, LAST_DAYS));
    } else {
        /* Evenly over what is left of the time, and what does not end in time is a visit. */
        const int64_t left = life->left - kept, room = end_at > life->at ? end_at - life->at : 0;

        life->left = left;
        episode = choose(g, life, life->at);
        at = life->at + room / left * episodes[episode].n * generate_between(&life->random, 50, 100) / 100;
        if (plan(g, life, episode, at) >= end_at - (kept > 0 ? CALM : 0) && episode != VISIT && episode != VISIT_SHORT) {
            episode = left >= 2 ? VISIT : VISIT_SHORT;
            (void)plan(g, life, episode, at);
        }
        life->left += kept;
        for (int i = 0; i < life->planned_n; i++)
            if (life->planned[i].at > end_at)
                life->planned[i].at = end_at;
    }
    if (is_asking(episode))
        add_request(g, life, episode);
    if (episode == FREEZE || episode == FREEZE_OPEN)
        add_freeze(g, life);
}

void life_begin(struct generating *g, struct life *life)
{
    life->is_associated = true;
    life->asked_at = INSTANT_NONE;
    life->in_portion = -1;
    life->planned[0] = (struct planned){ life->born_at, ROW_ACCOUNT };
    life->planned[1] = (struct planned){ life->born_at, ROW_USER };
    life->planned[2] = (struct planned){ life->born_at + 2 * CLOCK_MINUTE, ROW_ASSOCIATED };
    life->planned_n = 3;
    life->planned_at = 0;
    life->at = life->born_at;
    generate_customer(g, life);
}

/* --- a row ------------------------------------------------------------------------------------------------------------ */

static void sign(const struct generating *g, const struct life *life, enum who who, struct operation_row *row)
{
    if (who == BY_INITIATOR)
        who = life->request_by_partner ? BY_PARTNER : BY_CUSTOMER;
    else if (who == BY_OTHER)
        who = life->request_by_partner ? BY_CUSTOMER : BY_PARTNER;
    row->user_name = "";
    row->initiated_by = who == BY_CUSTOMER ? SIDE_CUSTOMER : who == BY_PARTNER ? SIDE_PARTNER : who == BY_OPS ? SIDE_PLATFORM : SIDE_SYSTEM;
    if (who == BY_CUSTOMER) {
        row->account_id = life->customer_id;
        row->user_id = life->user_id;
        row->user_name = generated_customer_user(g, life->customer);
    } else if (who == BY_PARTNER) {
        row->account_id = generated_partner_id(g, life->partner);
        row->user_id = g->first_user + life->partner;
        row->user_name = generated_partner_user(g, life->partner);
    } else if (who == BY_OPS) {
        row->account_id = g->platform_id;
        row->user_id = g->ops_id;
        row->user_name = GENERATED_OPS;
    }
}

static const char *object_of(const struct generating *g, const struct life *life, enum kind kind, enum side by)
{
    if (kind == ROW_ACCOUNT)
        return generated_customer_no(g, life->customer);
    if (!kinds[kind].in_chain)
        return generated_customer_login(g, life->customer);
    return by == SIDE_CUSTOMER ? generated_partner_name(g, life->partner) : generated_customer_name(g, life->customer);
}

static const char *remark_of(const struct generating *g, const struct life *life, enum kind kind)
{
    if (kind == ROW_ACCOUNT)
        return generated_customer_name(g, life->customer);
    return kinds[kind].remark != NULL ? kinds[kind].remark : kind == ROW_CHECK_PASSED ? g->checks_passed : g->checks_failed;
}

bool life_next(struct generating *g, struct life *life, struct operation_row *row)
{
    if (life->left == 0)
        return false;
    const struct planned *now = &life->planned[life->planned_at++];
    const enum kind kind = (enum kind)now->kind;

    *row = (struct operation_row){
        .at = now->at, .operation = kinds[kind].operation, .association_id = kinds[kind].in_chain ? life->association_id : 0,
        .customer_id = kinds[kind].in_chain || kind == ROW_ACCOUNT ? life->customer_id : 0,
        .partner_id = kinds[kind].in_chain && life->is_associated ? generated_partner_id(g, life->partner) : 0,
        .from_state = kinds[kind].from, .to_state = kinds[kind].to, .result = kinds[kind].result, .remark = remark_of(g, life, kind),
        .request_id = kinds[kind].of_request ? life->request_id : 0, .request_no = kinds[kind].of_request ? request_no(g, life) : "",
        .ip = "", .http_id = ""
    };
    sign(g, life, kinds[kind].who, row);
    row->object = object_of(g, life, kind, row->initiated_by);
    if (row->user_id != 0) {
        row->ip = mem_text(g->mem, "198.51.100.%d", (int)generate_between(&life->random, 1, 254));
        row->http_id = mem_text(g->mem, "%016llx", (unsigned long long)generate_random(&life->random));
    }
    if (kind == ROW_DISASSOCIATED)
        life->is_associated = life->ends_waiting = life->ends_frozen = false;
    life->left--;
    if (life->planned_at == life->planned_n && life->left > 0) {
        life->at = now->at;
        begin_episode(g, life);
    }
    life->at = life->planned[life->planned_at].at;
    return true;
}

void life_end(struct generating *g, const struct life *life)
{
    for (int side = 0; side < 2; side++)
        for (int i = 0; i < 3; i++) {
            const int64_t at = life->slots[side][i].at;

            if (life->slots[side][i].request_id == 0)
                continue;
            const struct db_value values[] = {
                db_value_text(side_name(side == 0 ? SIDE_CUSTOMER : SIDE_PARTNER)), db_value_int(life->customer_id),
                db_value_int(side == 0 ? 0 : generated_partner_id(g, life->partner)), db_value_int(i + 1),
                db_value_int(life->slots[side][i].request_id), db_value_int(at),
                db_value_int(quota_frees_at(at, 3, g->ctl->config->site.zone))
            };

            generated_add(g, GENERATE_SLOT, values);
        }
}
