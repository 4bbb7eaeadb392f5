#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

#include "domain/statement.h"

#include "store/store_log.h"
#include "store/store_request.h"

#include "action/decide.h"
#include "action/hashing.h"
#include "action/submit.h"

#include "support/test_db.h"
#include "support/test_world.h"

#define AT "TIMESTAMPADD(MICROSECOND, %lld, '1970-01-01')"
#define L(number) ((long long)(number))

static void must(const struct err *err, const char *what)
{
    if (err == NULL)
        return;
    (void)fprintf(stderr, "test world: %s: %s %d %s\n", what, err_kind_name(err->kind), err->code, err->what);
    abort();
}

static void must_be_done(const struct act *act, const char *what, int outcome)
{
    if (act->is_done)
        return;
    (void)fprintf(stderr, "test world: %s was refused: %d\n", what, outcome);
    abort();
}

static int64_t inserted(struct world *world)
{
    return test_db_number(world->db, "SELECT LAST_INSERT_ID() LIMIT 1");
}

static void bump(struct world *world, int64_t account_id)
{
    test_db_sql(world->db, "UPDATE account SET version = version + 1 WHERE id = %lld", L(account_id));
}

/* --- the world -------------------------------------------------------------------------------------------------------- */

void world_begin(struct world *world, struct db *db)
{
    static const struct secret_key site_key = { .bytes = "a key for tests, of 32 bytes...." };

    *world = (struct world){ .mem = mem_context(NULL, "world"), .db = db, .config = test_db_config() };
    must(clock_parse_date("2026-06-15", "UTC", &world->now), "clock");
    world->now += 12 * CLOCK_HOUR;
    act_keys(&site_key, &world->keys);
    test_db_clear(db);
    world->customer = world_account(world, ACCOUNT_CUSTOMER, "Acme GmbH");
    world->partner = world_account(world, ACCOUNT_PARTNER, "Nimbus Ltd");
    world->association = world_associate(world, world->customer, world->partner, MODEL_RESELLER);
    world->owner = world_user(world, world->customer, ROLE_OWNER, "Olga Owner");
    world->viewer = world_user(world, world->customer, ROLE_VIEWER, "Viktor Viewer");
    world->admin = world_user(world, world->partner, ROLE_ADMIN, "Ada Admin");
    world->manager = world_user(world, world->partner, ROLE_MANAGER, "Mo Manager");
    world->ops = world_user(world, world_account(world, ACCOUNT_PLATFORM, "Platform"), ROLE_OPS, "Otto Ops");
}

void world_end(struct world *world)
{
    talloc_free(world->mem);
    world->mem = NULL;
}

void world_reconnect(struct world *world)
{
    world->db = test_db_again(world->mem);
}

int64_t world_account(struct world *world, enum account_kind kind, const char *name)
{
    const char *currency = kind == ACCOUNT_CUSTOMER ? "'USD'" : "NULL";
    int64_t id;

    test_db_sql(world->db, "INSERT INTO account (kind, no, name, currency, created_at) VALUES ('%s', CONCAT('%c-', "
                "(SELECT COUNT(*) + 100000 FROM account a)), '%s', %s, " AT ")", account_kind_name(kind),
                kind == ACCOUNT_CUSTOMER ? 'C' : 'P', name, currency, L(world->now - 400 * CLOCK_DAY));
    id = inserted(world);
    if (kind != ACCOUNT_PLATFORM)
        world_contact(world, id, CHANNEL_EMAIL, mem_text(world->mem, "account%lld@example.com", L(id)));
    return id;
}

static int64_t sign_in(struct world *world, int64_t user_id)
{
    test_db_sql(world->db, "INSERT INTO session (token_hash, user_id, created_at, seen_at, expires_at, idle_s, step_up_at, ip, "
                "agent) VALUES (UNHEX(SHA2(UUID(), 256)), %lld, " AT ", " AT ", " AT ", 1800, " AT ", '', '')", L(user_id),
                L(world->now), L(world->now), L(world->now + CLOCK_DAY), L(world->now));
    return inserted(world);
}

static const char *login_of(struct world *world, int64_t user_id)
{
    static const struct db_statement login = { "world_login", "SELECT login FROM user WHERE id = ? LIMIT 1", "i", "s" };
    struct db_rows *rows;

    must(db_query(world->db, world->mem, &login, &rows, user_id), "login");
    return db_text(rows, 0, 0);
}

const struct actor *world_user(struct world *world, int64_t account_id, enum role role, const char *name)
{
    struct actor *actor = mem_new(world->mem, struct actor);

    test_db_sql(world->db, "INSERT INTO user (account_id, login, name, role, totp_secret, created_at) VALUES (%lld, CONCAT(UUID(), "
                "'@example.com'), '%s', '%s', %s, " AT ")", L(account_id), name, role_name(role),
                (role & ROLES_PLATFORM) != 0 ? "'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'" : "NULL", L(world->now - 400 * CLOCK_DAY));
    const int64_t user_id = inserted(world);
    *actor = (struct actor){
        .role = role, .account_id = account_id, .user_id = user_id, .login = login_of(world, user_id), .user_name = name, .account_name = "",
        .account_no = "", .lang = "en", .zone = "", .theme = "",
        .kind = (role & ROLES_CUSTOMER) != 0 ? ACCOUNT_CUSTOMER : (role & ROLES_PARTNER) != 0 ? ACCOUNT_PARTNER : ACCOUNT_PLATFORM
    };
    actor->session_id = sign_in(world, actor->user_id);
    return actor;
}

void world_password(struct world *world, const struct actor *actor, const char *password)
{
    const long long id = actor == NULL ? 0 : L(actor->user_id);
    char *hash;

    must(hashing_make(world->mem, world->config, password, &hash), "password");
    test_db_sql(world->db, "UPDATE user SET password_hash = '%s' WHERE id = %lld OR %lld = 0", hash, id, id);
}

const struct actor *world_sign_in_again(struct world *world, const struct actor *actor)
{
    struct actor *again = mem_new(world->mem, struct actor);

    *again = *actor;
    again->session_id = sign_in(world, actor->user_id);
    return again;
}

void world_contact(struct world *world, int64_t account_id, enum channel channel, const char *address)
{
    test_db_sql(world->db, "INSERT INTO contact (account_id, channel, address, verified_at) VALUES (%lld, '%s', '%s', " AT ")",
                L(account_id), channel_name(channel), address, L(world->now - 300 * CLOCK_DAY));
}

int64_t world_associate(struct world *world, int64_t customer_id, int64_t partner_id, enum association_model model)
{
    test_db_sql(world->db, "INSERT INTO association (customer_id, partner_id, model, associated_at) VALUES (%lld, %lld, '%s', "
                AT ")", L(customer_id), L(partner_id), association_model_name(model), L(world->now - 300 * CLOCK_DAY));
    test_db_sql(world->db, "UPDATE account SET billing_mode = 'PARTNER' WHERE id = %lld", L(customer_id));
    return test_db_number(world->db, "SELECT MAX(id) FROM association LIMIT 1");
}

struct beginning { int64_t association_id, customer_id, partner_id, at; };

static const struct err *log_beginning(struct db *db, void *arg)
{
    const struct beginning *beginning = arg;
    struct operation_row row = {
        .operation = OP_ASSOCIATED, .chain_id = beginning->association_id, .association_id = beginning->association_id,
        .customer_id = beginning->customer_id, .partner_id = beginning->partner_id, .initiated_by = SIDE_SYSTEM,
        .at = beginning->at, .to_state = association_status_name(ASSOCIATION_ACTIVE), .result = "DONE"
    };

    return log_append(db, &row);
}

void world_log_beginnings(struct world *world)
{
    static const struct db_statement missing = { "world_associations", "SELECT a.id, a.customer_id, a.partner_id, a.associated_at FROM association a "
        "WHERE NOT EXISTS (SELECT 1 FROM operation_log l WHERE l.chain_id = a.id AND l.operation = 'ASSOCIATED') ORDER BY a.id LIMIT 100",
        "", "iiit" };
    struct db_rows *rows = NULL;

    must(db_query(world->db, world->mem, &missing, &rows), "associations");
    for (size_t i = 0; i < rows->n; i++) {
        struct beginning beginning = { db_int(rows, i, 0), db_int(rows, i, 1), db_int(rows, i, 2), db_time(rows, i, 3) };

        must(db_transaction(world->db, DB_READ_WRITE, log_beginning, &beginning), "log");
    }
}

/* --- facts ------------------------------------------------------------------------------------------------------------ */

void world_freeze(struct world *world, int64_t account_id, enum freeze_type type, enum freeze_source source)
{
    test_db_sql(world->db, "INSERT INTO freeze (account_id, type, source, reason, at) VALUES (%lld, '%s', '%s', 'unpaid', " AT ")",
                L(account_id), freeze_type_name(type), freeze_source_name(source), L(world->now - CLOCK_DAY));
    bump(world, account_id);
}

void world_unfreeze(struct world *world, int64_t account_id)
{
    test_db_sql(world->db, "UPDATE freeze SET lifted_at = " AT ", lift_reason = 'paid' WHERE open_account = %lld",
                L(world->now), L(account_id));
    bump(world, account_id);
}

void world_commitment(struct world *world, int64_t customer_id, enum commitment_kind kind, int64_t valid_to)
{
    test_db_sql(world->db, "INSERT INTO commitment (customer_id, kind, name, valid_from, valid_to) VALUES (%lld, '%s', 'plan', "
                AT ", " AT ")", L(customer_id), commitment_kind_name(kind), L(valid_to - 365 * CLOCK_DAY), L(valid_to));
    bump(world, customer_id);
}

void world_contract(struct world *world, int64_t customer_id, int64_t starts_at, int64_t ends_at)
{
    test_db_sql(world->db, "INSERT INTO contract (customer_id, number, starts_at, ends_at) VALUES (%lld, 'SC-1', " AT ", " AT ")",
                L(customer_id), L(starts_at), L(ends_at));
    bump(world, customer_id);
}

int64_t world_member(struct world *world, int64_t master_id, const char *name, bool is_independent)
{
    int64_t id = world_account(world, ACCOUNT_CUSTOMER, name);

    test_db_sql(world->db, "INSERT INTO enterprise_link (master_id, member_id, accounting, linked_at) VALUES (%lld, %lld, '%s', "
                AT ")", L(master_id), L(id), is_independent ? "INDEPENDENT" : "UNIFIED", L(world->now - 100 * CLOCK_DAY));
    bump(world, master_id);
    return id;
}

void world_currency(struct world *world, int64_t customer_id, const char *currency)
{
    test_db_sql(world->db, "UPDATE account SET currency = NULLIF('%s', ''), version = version + 1 WHERE id = %lld",
                currency == NULL ? "" : currency, L(customer_id));
}

void world_grant(struct world *world, enum side side, int64_t extra, int64_t until_at)
{
    test_db_sql(world->db, "INSERT INTO quota_grant (side, customer_id, partner_id, extra, granted_at, until_at, granted_by, note) "
                "VALUES ('%s', %lld, %lld, %lld, " AT ", " AT ", %lld, 'asked')", side_name(side), L(world->customer),
                L(side == SIDE_PARTNER ? world->partner : 0), L(extra), L(world->now - CLOCK_DAY), L(until_at),
                L(world->ops->user_id));
    bump(world, world->customer);
}

void world_partner_code(struct world *world, bool is_on)
{
    test_db_sql(world->db, "UPDATE account SET code_on = %d, version = version + 1 WHERE id = %lld", is_on ? 1 : 0, L(world->partner));
}

void world_slots(struct world *world, enum side side, int64_t n, int64_t frees_at)
{
    for (int64_t i = 1; i <= n; i++)
        test_db_sql(world->db, "INSERT INTO quota_slot (side, customer_id, partner_id, slot_no, request_id, submitted_at, frees_at) "
                    "VALUES ('%s', %lld, %lld, %lld, %lld, " AT ", " AT ")", side_name(side), L(world->customer),
                    L(side == SIDE_PARTNER ? world->partner : 0), L(i), L(i) - 1000 - 100 * (int)side,
                    L(frees_at - 90 * CLOCK_DAY), L(frees_at));
}

/* --- acting ----------------------------------------------------------------------------------------------------------- */

struct act world_act(struct world *world, const struct actor *actor)
{
    return (struct act){
        .mem = world->mem, .db = world->db, .config = world->config, .keys = &world->keys, .now = world->now, .actor = actor,
        .ip = "192.0.2.7", .http_id = "test", .lang = "en"
    };
}

struct act world_form(struct world *world, const struct actor *actor, int key, const char *location)
{
    struct act act = world_act(world, actor);
    unsigned char *digest = talloc_array(world->mem, unsigned char, SECRET_DIGEST_BYTES);

    secret_sha256(&key, sizeof key, digest);
    act.once_digest = digest;
    act.route = "/form";
    act.location = location;
    return act;
}

static enum side side_of(const struct actor *actor)
{
    return side_of_kind(actor->kind);
}

static bool needs_code(struct world *world, const struct actor *actor)
{
    return side_of(actor) == SIDE_CUSTOMER ||
        test_db_number(world->db, "SELECT code_on FROM account WHERE id = %lld LIMIT 1", L(actor->account_id)) != 0;
}

struct wizard_target world_submit_target(struct world *world, const struct actor *actor)
{
    return (struct wizard_target){
        .purpose = WIZARD_SUBMIT, .target_id = world->association, .association_id = world->association, .side = side_of(actor),
        .needs_code = needs_code(world, actor), .other_name = side_of(actor) == SIDE_CUSTOMER ? "Nimbus Ltd" : "Acme GmbH",
        .request_no = ""
    };
}

struct wizard_target world_answer_target(struct world *world, const struct actor *actor, int64_t request_id)
{
    struct wizard_target target = world_submit_target(world, actor);

    target.purpose = WIZARD_ANSWER;
    target.target_id = request_id;
    target.request_no = "DR";
    return target;
}

static int64_t proven_code(struct world *world, const struct actor *actor, enum code_purpose purpose, int64_t target_id)
{
    test_db_sql(world->db, "INSERT INTO verification_code (account_id, user_id, session_id, purpose, target_id, contact_id, channel, "
                "destination, mac, state, sent_at, expires_at, tries, proven_at, grant_expires_at) VALUES (%lld, %lld, %lld, '%s', "
                "%lld, (SELECT MIN(id) FROM contact WHERE account_id = %lld), 'EMAIL', 'a@example.com', REPEAT('m', 32), 'PROVEN', "
                AT ", " AT ", 1, " AT ", " AT ")", L(actor->account_id), L(actor->user_id), L(actor->session_id),
                code_purpose_name(purpose), L(target_id), L(actor->account_id), L(world->now - CLOCK_MINUTE),
                L(world->now + 9 * CLOCK_MINUTE), L(world->now), L(world->now + 10 * CLOCK_MINUTE));
    return inserted(world);
}

static int64_t open_wizard(struct world *world, const struct actor *actor, const struct wizard_target *target,
                           enum code_purpose purpose, const char *decision, const char *text)
{
    const char *reason = target->purpose == WIZARD_SUBMIT ? "PRICE" : "";
    bool is_ticked = strcmp(decision, "REJECT") != 0;

    test_db_sql(world->db, "INSERT INTO wizard (account_id, purpose, target_id, revision, opened_at, opened_by, updated_at, "
                "expires_at, statement_at, statement_version, statement_lang, decision, decision_text, reason, reason_text) VALUES "
                "(%lld, '%s', %lld, 5, " AT ", %lld, " AT ", " AT ", IF(%d, " AT ", NULL), '%s', '%s', '%s', '%s', '%s', '%s')",
                L(actor->account_id), wizard_purpose_name(target->purpose), L(target->target_id), L(world->now - CLOCK_MINUTE),
                L(actor->user_id), L(world->now), L(world->now + CLOCK_DAY), is_ticked,
                L(world->now), is_ticked ? STATEMENT_VERSION : "", is_ticked ? "en" : "", decision,
                target->purpose == WIZARD_ANSWER ? text : "", reason, target->purpose == WIZARD_SUBMIT ? text : "");
    if (target->needs_code) {
        int64_t wizard_id = inserted(world), code_id = proven_code(world, actor, purpose, target->target_id);

        test_db_sql(world->db, "UPDATE wizard SET channel = 'EMAIL', code_id = %lld, grant_session_id = %lld, grant_expires_at = "
                    AT " WHERE id = %lld", L(code_id), L(actor->session_id), L(world->now + 10 * CLOCK_MINUTE), L(wizard_id));
    }
    return 5;
}

int64_t world_ready_to_submit(struct world *world, const struct actor *actor)
{
    struct wizard_target target = world_submit_target(world, actor);

    return open_wizard(world, actor, &target, CODE_SUBMIT, "", "too dear");
}

int64_t world_ready_to_answer(struct world *world, const struct actor *actor, int64_t request_id, enum request_event decision,
                              const char *text)
{
    struct wizard_target target = world_answer_target(world, actor, request_id);

    return open_wizard(world, actor, &target, decision == REQUEST_AGREE ? CODE_AGREE : CODE_REJECT,
                       decision == REQUEST_AGREE ? "AGREE" : "REJECT", text);
}

enum request_event world_decision(struct world *world, int64_t request_id)
{
    int64_t is_agree = test_db_number(world->db, "SELECT COALESCE((SELECT decision = 'AGREE' FROM wizard WHERE purpose = 'ANSWER' AND "
                                      "target_id = %lld ORDER BY id DESC LIMIT 1), 0)", L(request_id));

    return is_agree == 1 ? REQUEST_AGREE : REQUEST_REJECT;
}

int64_t world_request(struct world *world, const struct actor *actor)
{
    struct wizard_target target = world_submit_target(world, actor);
    int64_t revision = world_ready_to_submit(world, actor);
    struct act act = world_act(world, actor);
    struct submit_result result;
    struct request *request = NULL;

    must(submit_request(&act, &target, revision, NULL, &result), "submit");
    must_be_done(&act, "submit", (int)result.outcome);
    must(request_load_no(world->db, world->mem, result.request_no, &request), "load");
    return request->id;
}

void world_answer(struct world *world, int64_t request_id, const struct actor *actor, enum request_event decision, const char *text)
{
    struct wizard_target target = world_answer_target(world, actor, request_id);
    int64_t revision = world_ready_to_answer(world, actor, request_id, decision, text);
    struct act act = world_act(world, actor);
    struct decide_result result;

    must(decide_request(&act, &target, revision, decision, &result), "answer");
    must_be_done(&act, "answer", (int)result.outcome);
}

const char *world_request_no(struct world *world, int64_t request_id)
{
    struct request *request = NULL;

    must(request_load(world->db, world->mem, request_id, &request), "load");
    return request->no;
}

/* --- looking ---------------------------------------------------------------------------------------------------------- */

int64_t world_count(struct world *world, const char *table, const char *where, ...)
{
    va_list args;
    const char *condition;

    va_start(args, where);
    condition = mem_vtext(world->mem, where, args);
    va_end(args);
    return test_db_number(world->db, "SELECT COUNT(*) FROM %s WHERE %s LIMIT 1", table, condition);
}

/* Tables an action writes, and what of each row tells a change. */
static const struct { const char *table, *columns; } written[] = {
    { "account", "id, version, billing_mode, status" }, { "association", "id, status, version, COALESCE(ended_by_request, 0)" },
    { "freeze", "id, COALESCE(lifted_at, 0)" }, { "disassociation_request", "id, state, version, COALESCE(result_seen_at, 0)" },
    { "quota_slot", "side, customer_id, partner_id, slot_no, COALESCE(request_id, 0), COALESCE(frees_at, 0)" },
    { "wizard", "id, state, revision" }, { "verification_code", "id, state, tries" }, { "task", "id, COALESCE(done_at, 0)" },
    { "log_chain", "chain_id, seq" }, { "operation_log", "id, hash" }, { "notification", "id" }, { "delivery", "id, state" },
    { "form_key", "digest, location" }, { "payment_method", "id, is_default, COALESCE(removed_at, 0)" },
    { "resource", "id, state, version, next_charge_at, COALESCE(state_until, 0), told" }, { "charge", "id, result" },
    { "invitation", "id, status, sends, failure" }, { "registration", "id, password_hash, email" }
};

int64_t world_fingerprint(struct world *world)
{
    uint64_t sum = 14695981039346656037u;

    for (size_t i = 0; i < sizeof written / sizeof written[0]; i++) {
        int64_t part = test_db_number(world->db, "SELECT CAST(COALESCE(SUM(CRC32(CONCAT_WS('|', %s))), 0) + 7 * COUNT(*) AS SIGNED) "
                                      "FROM %s LIMIT 1", written[i].columns, written[i].table);

        sum = (sum ^ (uint64_t)part) * 1099511628211u;
    }
    return (int64_t)sum;
}

static const struct { const char *claim, *rows; } laws[] = {
    { "a request is final exactly when somebody decided it",
      "FROM disassociation_request WHERE (state = 'PENDING') <> (decided_at IS NULL)" },
    { "a request has as many transitions in the log as its version says",
      "FROM disassociation_request r WHERE r.version <> (SELECT COUNT(*) FROM operation_log l WHERE l.request_id = r.id "
      "AND l.is_transition = 1 AND l.operation LIKE 'REQUEST%')" },
    { "the last transition in the log is the state of the request",
      "FROM disassociation_request r WHERE r.state <> (SELECT l.to_state FROM operation_log l WHERE l.request_id = r.id "
      "AND l.is_transition = 1 AND l.operation LIKE 'REQUEST%' ORDER BY l.seq DESC LIMIT 1)" },
    { "an association has ended exactly by its one completed request, or with the account of one side",
      "FROM association a WHERE NOT (a.status = 'ENDED' AND a.ended_by_request IS NULL AND EXISTS (SELECT 1 FROM account c WHERE "
      "c.id IN (a.customer_id, a.partner_id) AND c.status = 'CLOSED')) AND (a.status = 'ENDED') <> (1 = (SELECT COUNT(*) FROM disassociation_request r WHERE "
      "r.association_id = a.id AND r.state = 'COMPLETED' AND r.id = a.ended_by_request))" },
    { "every step of a request, an association, a freeze or a resource has its event for the webhook, and nothing else has",
      "FROM operation_log l LEFT JOIN webhook_event w ON w.chain_id = l.chain_id AND w.seq = l.seq "
      /* Those of more than 30 days ago may have been cleared away. */
      "WHERE (w.id IS NULL) = (l.operation IN ('ASSOCIATED', 'DISASSOCIATED', 'FROZEN', 'UNFROZEN') "
      "OR l.operation REGEXP '^(REQUEST|RESOURCE)_') AND (w.id IS NOT NULL OR l.at > (SELECT MAX(m.at) FROM operation_log m) - "
      "INTERVAL 30 DAY)" },
    { "an event for the webhook that is of a resource says which",
      "FROM operation_log l JOIN webhook_event w ON w.chain_id = l.chain_id AND w.seq = l.seq "
      "WHERE (l.operation LIKE 'RESOURCE%') <> (w.resource_id IS NOT NULL)" },
    { "a code is used for one act of its own account and purpose",
      "FROM verification_code c WHERE c.state = 'USED' AND c.purpose IN ('SUBMIT', 'AGREE', 'REJECT') AND NOT EXISTS (SELECT 1 FROM disassociation_request r WHERE "
      "r.id = c.used_by_request AND c.id IN (COALESCE(r.submit_code_id, 0), COALESCE(r.decision_code_id, 0)))" },
    { "every request that counts holds one slot of the quota",
      "FROM disassociation_request r WHERE (r.state NOT IN ('EXPIRED', 'CANCELLED')) <> (SELECT COUNT(*) FROM quota_slot q WHERE q.request_id = r.id)" },
    { "every transition of a request is told to both sides, once",
      "FROM disassociation_request r WHERE 2 * r.version <> (SELECT COUNT(*) FROM notification n WHERE n.request_id = r.id "
      "AND n.kind LIKE 'REQUEST%' AND n.kind <> 'REQUEST_REMINDER')" },
    { "chains have no gaps",
      "FROM log_chain h WHERE h.seq <> (SELECT COUNT(*) FROM operation_log l WHERE l.chain_id = h.chain_id) OR h.seq <> "
      "(SELECT COALESCE(MAX(l.seq), 0) FROM operation_log l WHERE l.chain_id = h.chain_id)" },
    { "every row of a chain has the hash of the one before it",
      "FROM operation_log l LEFT JOIN operation_log b ON b.chain_id = l.chain_id AND b.seq = l.seq - 1 WHERE l.prev_hash <> "
      "COALESCE(b.hash, REPEAT(CHAR(0), 32))" },
    { "the head of a chain is the hash of its last row",
      "FROM log_chain h JOIN operation_log l ON l.chain_id = h.chain_id AND l.seq = h.seq WHERE l.hash <> h.hash" }
};

static const struct err *look_at_row(void *arg, const struct operation_row *row, bool is_fine)
{
    unsigned char hash[OPERATION_HASH_BYTES];
    int *faults = arg;

    operation_hash(row, hash);
    *faults += !is_fine || memcmp(hash, row->hash, sizeof hash) != 0;
    return NULL;
}

static int hash_faults(struct world *world)
{
    int faults = 0;

    must(log_each(world->db, look_at_row, &faults), "log");
    if (faults > 0)
        (void)fprintf(stderr, "broken: %d rows of the log do not have their hash\n", faults);
    return faults > 0;
}

int world_faults(struct world *world)
{
    int faults = hash_faults(world);

    for (size_t i = 0; i < sizeof laws / sizeof laws[0]; i++) {
        int64_t n = test_db_number(world->db, "SELECT COUNT(*) %s", laws[i].rows);

        if (n == 0)
            continue;
        (void)fprintf(stderr, "broken: %s (%lld rows)\n", laws[i].claim, L(n));
        faults++;
    }
    return faults;
}
