/* Facts from a file into the database: what they change, what is refused, and that a refusal changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "action/import.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/store_import.h"
#include "support/test_db.h"
#include "support/test_world.h"

static struct db *db;
static struct world world;
static struct import_result result;

struct text { const char *at; };

static const struct err *next_of_text(void *arg, const char **bytes, size_t *n)
{
    struct text *text = arg;
    *bytes = NULL;
    *n = strcspn(text->at, "\n");
    if (*text->at == '\0')
        return NULL;
    *bytes = text->at;
    text->at += *n + (text->at[*n] == '\n');
    return NULL;
}

static void import_as(const char *source, const char *lines)
{
    struct text text = {lines};
    const struct import_input input = {.source = source, .next = next_of_text, .arg = &text};
    struct act act = world_act(&world, act_system);
    const struct err *err = import_facts(&act, &input, &result);
    if (err != NULL)
        fail_msg("%s", err->what);
}

static void import(const char *lines) { import_as("billing", lines); }

static void import_well(const char *lines)
{
    import(lines);
    if (result.faults_n > 0)
        fail_msg("line %lld: %s %s", (long long)result.faults[0].line, result.faults[0].field, result.faults[0].what);
    assert_int_equal(result.outcome, IMPORT_DONE);
}

static int64_t changes(void)
{
    int64_t n = 0;
    for (int kind = 0; kind < IMPORT_KINDS; kind++)
        n += result.changed[kind];
    return n;
}

static int setup(void **state)
{
    (void)state;
    world_begin(&world, db);
    test_db_sql(db, "INSERT IGNORE INTO settlement_currency (code, position) VALUES ('USD', 1), ('EUR', 2)");
    return 0;
}

/* Whatever a test did, what must always hold does. */
static int teardown(void **state)
{
    (void)state;
    const int faults = world_faults(&world);
    world_end(&world);
    return faults == 0 ? 0 : -1;
}

#define PEOPLE \
    "{\"kind\":\"account\",\"id\":\"C-9001\",\"type\":\"CUSTOMER\",\"name\":\"Harbour\",\"currency\":\"USD\",\"email\":\"IT@harbour.test\",\"phone\":\"+6561234567\"}\n" \
    "{\"kind\":\"account\",\"id\":\"C-9002\",\"type\":\"CUSTOMER\",\"name\":\"Harbour East\"}\n" \
    "{\"kind\":\"account\",\"id\":\"P-9001\",\"type\":\"PARTNER\",\"name\":\"Pilot\",\"email\":\"hello@pilot.test\"}\n" \
    "{\"kind\":\"user\",\"login\":\"ann@harbour.test\",\"account\":\"C-9001\",\"name\":\"Ann\",\"role\":\"owner\"}\n" \
    "{\"kind\":\"user\",\"login\":\"pat@pilot.test\",\"account\":\"P-9001\",\"name\":\"Pat\",\"role\":\"admin\"}\n" \
    "{\"kind\":\"association\",\"customer\":\"C-9001\",\"partner\":\"P-9001\",\"since\":\"2025-01-01T00:00:00Z\"}\n"
#define COMMITMENT(status) \
    "{\"kind\":\"commitment\",\"id\":\"ri\",\"account\":\"C-9001\",\"type\":\"RI\",\"name\":\"Plan\",\"valid_from\":\"2026-01-01T00:00:00Z\",\"valid_to\":\"2027-01-01T00:00:00Z\",\"status\":\"" status "\"}\n"
#define CONTRACT(status) \
    "{\"kind\":\"contract\",\"id\":\"k\",\"account\":\"C-9001\",\"number\":\"SC 1\",\"starts_at\":\"2026-01-01T00:00:00Z\",\"ends_at\":\"2027-01-01T00:00:00Z\",\"status\":\"" status "\"}\n"
#define MEMBER(rest) \
    "{\"kind\":\"member\",\"id\":\"m\",\"master\":\"C-9001\",\"member\":\"C-9002\",\"accounting\":\"INDEPENDENT\",\"since\":\"2026-01-01T00:00:00Z\"" rest "}\n"
#define RESOURCE(next, rest) \
    "{\"kind\":\"resource\",\"id\":\"r\",\"account\":\"C-9001\",\"name\":\"Server\",\"next_charge_at\":\"" next "\",\"amount_minor\":1250,\"currency\":\"USD\"" rest "}\n"
#define FREEZE(id, rest) \
    "{\"kind\":\"freeze\",\"id\":\"" id "\",\"account\":\"C-9001\",\"type\":\"ACCOUNT\",\"source\":\"PARTNER\",\"reason\":\"Late\",\"frozen_at\":\"2026-05-01T00:00:00Z\"" rest "}\n"
#define ORDER(status) \
    "{\"kind\":\"order\",\"id\":\"o\",\"account\":\"C-9001\",\"name\":\"Disk\",\"status\":\"" status "\",\"ordered_at\":\"2026-05-01T00:00:00Z\"}\n"
#define BALANCE(owed) "{\"kind\":\"balance\",\"account\":\"C-9001\",\"currency\":\"USD\",\"owed_minor\":" owed "}\n"
#define METHOD(id, reference, rest) \
    "{\"kind\":\"payment_method\",\"id\":\"" id "\",\"account\":\"C-9001\",\"type\":\"CARD\",\"last_four\":\"4242\",\"provider_reference\":\"" reference "\",\"added_at\":\"2026-01-01T00:00:00Z\"" rest "}\n"
#define PAYMENT(id, rest) \
    "{\"kind\":\"payment\",\"id\":\"" id "\",\"account\":\"C-9001\",\"resource\":\"r\",\"amount_minor\":1250,\"currency\":\"USD\"," rest "}\n"
#define PAID "\"result\":\"PAID\",\"at\":\"2026-06-02T00:00:00Z\",\"due_at\":\"2026-06-01T00:00:00Z\",\"next_charge_at\":\"2026-07-01T00:00:00Z\""
#define FAILED "\"result\":\"FAILED\",\"at\":\"2026-06-01T00:00:00Z\",\"due_at\":\"2026-06-01T00:00:00Z\""
#define FACTS \
    COMMITMENT("VALID") CONTRACT("EFFECTIVE") MEMBER("") RESOURCE("2026-07-01T00:00:00Z", "") FREEZE("f", "") ORDER("WAITING_FOR_PARTNER") \
    BALANCE("500") METHOD("pm", "pm_1", "") PAYMENT("p", PAID)
#define ALL PEOPLE FACTS

#define OF_CUSTOMER "customer_id = (SELECT id FROM account WHERE no = 'C-9001')"
#define COUNT(table, ...) world_count(&world, table, __VA_ARGS__)

/* --- what each kind does --- */

static void accounts_users_and_associations_are_made(void **state)
{
    (void)state;
    import_well(PEOPLE);
    assert_int_equal(COUNT("account", "no = 'C-9001' AND kind = 'CUSTOMER' AND name = 'Harbour' AND currency = 'USD' AND billing_mode = 'PARTNER' AND version = 1"), 1);
    assert_int_equal(COUNT("account", "no = 'C-9002' AND currency IS NULL AND billing_mode = 'DIRECT' AND version = 1"), 1);
    assert_int_equal(COUNT("account", "no = 'P-9001' AND kind = 'PARTNER' AND public_email = 'hello@pilot.test'"), 1);
    assert_int_equal(COUNT("contact", "address = 'it@harbour.test' AND channel = 'EMAIL' AND verified_at IS NOT NULL"), 1);
    assert_int_equal(COUNT("contact", "address = '+6561234567' AND channel = 'SMS'"), 1);
    assert_int_equal(COUNT("user", "login = 'ann@harbour.test' AND role = 'owner' AND password_hash IS NULL AND status = 'ACTIVE'"), 1);
    assert_int_equal(COUNT("association", OF_CUSTOMER " AND model = 'RESELLER' AND status = 'ACTIVE' AND associated_at = '2025-01-01'"), 1);
    assert_int_equal(COUNT("operation_log", "operation = 'ASSOCIATED' AND is_transition = 1 AND to_state = 'ACTIVE' AND remark = 'RESELLER' AND object = 'C-9001, P-9001'"), 1);
    assert_int_equal(COUNT("operation_log", "operation = 'FACTS_IMPORTED'"), 3);
    assert_int_equal(COUNT("operation_log", "operation = 'FACTS_IMPORTED' AND object = 'C-9001' AND association_id IS NOT NULL AND remark = 'billing: account 1, association 1, user 1'"), 1);
}

static void every_kind_of_fact_is_taken(void **state)
{
    (void)state;
    import_well(ALL);
    assert_int_equal(result.lines, 15);
    assert_int_equal(COUNT("commitment", OF_CUSTOMER " AND kind = 'RI' AND status = 'VALID' AND import_key = 'billing:ri'"), 1);
    assert_int_equal(COUNT("contract", OF_CUSTOMER " AND number = 'SC 1' AND status = 'EFFECTIVE' AND settled_at IS NULL"), 1);
    assert_int_equal(COUNT("enterprise_link", "accounting = 'INDEPENDENT' AND status = 'ACTIVE' AND import_key = 'billing:m'"), 1);
    assert_int_equal(COUNT("resource", OF_CUSTOMER " AND state = 'ACTIVE' AND next_charge_at = '2026-07-01' AND amount_minor = 1250 AND site = 'main' AND tier = 'standard'"), 1);
    assert_int_equal(COUNT("partner_order", OF_CUSTOMER " AND status = 'WAITING_FOR_PARTNER'"), 1);
    assert_int_equal(COUNT("balance", OF_CUSTOMER " AND owed_minor = 500"), 1);
    assert_int_equal(COUNT("payment_method", OF_CUSTOMER " AND last_four = '4242' AND is_default = 1 AND valid_to IS NULL"), 1);
    assert_int_equal(COUNT("charge", OF_CUSTOMER " AND result = 'PAID' AND payer = 'PARTNER' AND due_at = '2026-06-01' AND amount_minor = 1250"), 1);
    assert_int_equal(COUNT("freeze", "source = 'PARTNER' AND lifted_at IS NULL AND import_key = 'billing:f'"), 1);
    assert_int_equal(COUNT("operation_log", "operation = 'FROZEN' AND remark = 'ACCOUNT PARTNER: Late'"), 1);
    assert_int_equal(COUNT("notification", "kind = 'FROZEN'"), 1);
}

static void the_order_of_lines_does_not_matter(void **state)
{
    (void)state;
    import_well(FACTS PEOPLE);
    assert_int_equal(COUNT("charge", OF_CUSTOMER), 1);
}

static void facts_of_an_account_that_is_here_bump_its_version(void **state)
{
    (void)state;
    const int64_t version = test_db_number(db, "SELECT version FROM account WHERE id = %lld LIMIT 1", (long long)world.customer);
    test_db_sql(db, "UPDATE account SET no = 'C-77' WHERE id = %lld", (long long)world.customer);
    import_well("{\"kind\":\"balance\",\"account\":\"C-77\",\"currency\":\"USD\",\"owed_minor\":7}");
    assert_int_equal(test_db_number(db, "SELECT version FROM account WHERE id = %lld LIMIT 1", (long long)world.customer), version + 1);
    assert_int_equal(COUNT("operation_log", "operation = 'FACTS_IMPORTED' AND association_id = %lld", (long long)world.association), 1);
}

/* --- again --- */

static void the_same_file_again_changes_nothing(void **state)
{
    (void)state;
    import_well(ALL);
    const int64_t before = world_fingerprint(&world);
    world.now += CLOCK_HOUR;
    import_well(ALL);
    assert_int_equal(changes(), 0);
    assert_int_equal(world_fingerprint(&world), before);
}

static void a_changed_line_changes_its_row(void **state)
{
    (void)state;
    import_well(ALL);
    import_well(BALANCE("700") ORDER("PAID") RESOURCE("2026-08-01T00:00:00Z", ",\"tier\":\"gold\""));
    assert_int_equal(changes(), 3);
    assert_int_equal(COUNT("balance", "owed_minor = 700"), 1);
    assert_int_equal(COUNT("partner_order", "status = 'PAID'"), 1);
    assert_int_equal(COUNT("resource", "next_charge_at = '2026-08-01' AND tier = 'gold'"), 1);
}

static void another_source_has_ids_of_its_own(void **state)
{
    (void)state;
    import_well(PEOPLE COMMITMENT("VALID"));
    import_as("other", COMMITMENT("VALID"));
    assert_int_equal(result.changed[IMPORT_COMMITMENT], 1);
    assert_int_equal(COUNT("commitment", OF_CUSTOMER), 2);
}

static void what_has_ended_stays_ended(void **state)
{
    (void)state;
    import_well(PEOPLE COMMITMENT("UNSUBSCRIBED") CONTRACT("SETTLED") MEMBER(",\"ended_at\":\"2026-02-01T00:00:00Z\"") ORDER("PAID")
                RESOURCE("2026-07-01T00:00:00Z", ",\"status\":\"RELEASED\"") FREEZE("f", ",\"lifted_at\":\"2026-05-02T00:00:00Z\"")
                METHOD("pm", "pm_1", ",\"status\":\"REMOVED\""));
    import_well(COMMITMENT("VALID") CONTRACT("EFFECTIVE") MEMBER("") RESOURCE("2026-07-01T00:00:00Z", "") ORDER("WAITING_FOR_PARTNER")
                FREEZE("f", "") METHOD("pm", "pm_1", ""));
    assert_int_equal(changes(), 0);
    assert_int_equal(COUNT("commitment", "status = 'UNSUBSCRIBED'"), 1);
    assert_int_equal(COUNT("contract", "status = 'SETTLED' AND settled_at IS NOT NULL"), 1);
    assert_int_equal(COUNT("enterprise_link", "status = 'ENDED'"), 1);
    assert_int_equal(COUNT("resource", "state = 'RELEASED'"), 1);
    assert_int_equal(COUNT("freeze", "lifted_at IS NOT NULL"), 1);
    assert_int_equal(COUNT("payment_method", "removed_at IS NOT NULL"), 1);
    assert_int_equal(COUNT("notification", "kind = 'FROZEN'"), 0);
}

/* What is due since long ago is refused only where nobody pays for it and it would be new. */
static void an_old_charge_is_taken_where_a_partner_pays_or_it_is_known(void **state)
{
    (void)state;
    import_well(PEOPLE RESOURCE("2024-06-01T00:00:00Z", ""));
    assert_int_equal(COUNT("resource", "next_charge_at = '2024-06-01'"), 1);
    test_db_sql(db, "UPDATE account SET billing_mode = 'DIRECT'");
    import_well(RESOURCE("2024-06-01T00:00:00Z", ""));
    test_db_sql(db, "UPDATE account a JOIN association s ON s.customer_id = a.id SET a.billing_mode = 'PARTNER'");
}

static void an_association_that_ended_is_not_begun_again(void **state)
{
    (void)state;
    import_well(PEOPLE);
    test_db_sql(db, "UPDATE association SET status = 'ENDED', ended_at = '2026-06-01', version = 2 WHERE " OF_CUSTOMER);
    test_db_sql(db, "UPDATE account SET billing_mode = 'DIRECT' WHERE no = 'C-9001'");
    import(PEOPLE);
    assert_int_equal(result.outcome, IMPORT_DONE);
    assert_int_equal(changes(), 0);
    assert_int_equal(COUNT("association", OF_CUSTOMER), 1);
    test_db_sql(db, "UPDATE association SET status = 'ACTIVE', ended_at = NULL WHERE " OF_CUSTOMER);
    test_db_sql(db, "UPDATE account SET billing_mode = 'PARTNER' WHERE no = 'C-9001'");
}

static void a_freeze_is_lifted_logged_and_told(void **state)
{
    (void)state;
    import_well(PEOPLE FREEZE("f", ""));
    import_well(FREEZE("f", ",\"lifted_at\":\"2026-05-09T00:00:00Z\",\"lift_reason\":\"Paid\"") FREEZE("f2", ""));
    assert_int_equal(COUNT("freeze", "lifted_at = '2026-05-09' AND lift_reason = 'Paid'"), 1);
    assert_int_equal(COUNT("freeze", "lifted_at IS NULL"), 1);
    assert_int_equal(COUNT("operation_log", "operation = 'UNFROZEN'"), 1);
    assert_int_equal(COUNT("notification", "kind = 'UNFROZEN'"), 1);
    assert_int_equal(COUNT("notification", "kind = 'FROZEN'"), 2);
}

/* The log's row, in the association's chain; the event for the platform; the customer's notice, if it gets one. */
static void is_told(const char *operation, const char *from, const char *to, int notices)
{
    assert_int_equal(COUNT("operation_log", "operation LIKE 'RESOURCE%%'"), 1);
    assert_int_equal(COUNT("operation_log", "operation = '%s' AND from_state = '%s' AND to_state = '%s' AND association_id IS NOT NULL", operation,
                           from, to), 1);
    assert_int_equal(COUNT("webhook_event w JOIN operation_log l ON l.chain_id = w.chain_id AND l.seq = w.seq",
                           "l.operation = '%s' AND w.resource_id = (SELECT MAX(id) FROM resource)", operation), 1);
    assert_int_equal(COUNT("notification", "kind = 'RESOURCE' AND details LIKE '%%%s%%'", strchr(operation, '_') + 1), notices);
}

static void a_payment_ends_grace(void **state)
{
    (void)state;
    import_well(PEOPLE RESOURCE("2026-06-01T00:00:00Z", ""));
    test_db_sql(db, "UPDATE resource SET state = 'GRACE', state_until = '2026-06-16', told = 1");
    import_well(PAYMENT("p", PAID));
    assert_int_equal(COUNT("resource", "state = 'ACTIVE' AND state_until IS NULL AND told = 0 AND next_charge_at = '2026-07-01'"), 1);
    is_told("RESOURCE_RESTORED", "GRACE", "ACTIVE", 1);
    import_well(PAYMENT("p3", PAID));
    is_told("RESOURCE_RESTORED", "GRACE", "ACTIVE", 1);
}

static void a_resource_that_is_released_is_told(void **state)
{
    (void)state;
    import_well(PEOPLE RESOURCE("2026-06-01T00:00:00Z", ""));
    test_db_sql(db, "UPDATE resource SET state = 'RETENTION', state_until = '2026-07-16', told = 1");
    import_well(RESOURCE("2026-06-01T00:00:00Z", ",\"status\":\"RELEASED\""));
    is_told("RESOURCE_RELEASED", "RETENTION", "RELEASED", 1);
    import_well(RESOURCE("2026-06-01T00:00:00Z", ",\"status\":\"RELEASED\""));
    is_told("RESOURCE_RELEASED", "RETENTION", "RELEASED", 1);
}

static void one_that_is_given_up_while_it_works_is_told_to_the_platform_only(void **state)
{
    (void)state;
    import_well(PEOPLE RESOURCE("2026-07-01T00:00:00Z", ""));
    import_well(RESOURCE("2026-07-01T00:00:00Z", ",\"status\":\"RELEASED\""));
    is_told("RESOURCE_RELEASED", "ACTIVE", "RELEASED", 0);
}

static void what_is_new_or_paid_while_it_works_is_no_step(void **state)
{
    (void)state;
    import_well(PEOPLE RESOURCE("2026-06-01T00:00:00Z", "") PAYMENT("p1", PAID));
    assert_int_equal(COUNT("resource", "next_charge_at = '2026-07-01'"), 1);
    assert_int_equal(COUNT("operation_log", "operation LIKE 'RESOURCE%%'"), 0);
    assert_int_equal(COUNT("import_moved", "TRUE"), 0);
}

static void a_failed_payment_makes_the_charge_due(void **state)
{
    (void)state;
    import_well(PEOPLE RESOURCE("2026-07-01T00:00:00Z", "") PAYMENT("p", FAILED));
    assert_int_equal(COUNT("resource", "state = 'ACTIVE' AND next_charge_at = '2026-06-01'"), 1);
    assert_int_equal(COUNT("charge", "result = 'DECLINED'"), 1);
}

static void of_several_payments_the_latest_decides(void **state)
{
    (void)state;
    import_well(PEOPLE RESOURCE("2026-06-01T00:00:00Z", "") PAYMENT("p2", PAID) PAYMENT("p1", FAILED));
    assert_int_equal(COUNT("resource", "next_charge_at = '2026-07-01'"), 1);
    assert_int_equal(COUNT("charge", "1 = 1"), 2);
}

static void a_released_resource_is_not_paid_back_to_life(void **state)
{
    (void)state;
    import_well(PEOPLE RESOURCE("2026-06-01T00:00:00Z", ",\"status\":\"RELEASED\"") PAYMENT("p", PAID));
    assert_int_equal(COUNT("resource", "state = 'RELEASED'"), 1);
}

/* --- refusals --- */

static const struct refusal { const char *name, *lines; int64_t line; const char *field, *what; } refusals[] = {
    {"an_unknown_account_is_refused", PEOPLE "{\"kind\":\"balance\",\"account\":\"C-404\",\"currency\":\"USD\",\"owed_minor\":1}\n", 7, "account", "is no account"},
    {"an_unknown_partner_is_refused", "{\"kind\":\"account\",\"id\":\"C-9001\",\"type\":\"CUSTOMER\",\"name\":\"A\"}\n{\"kind\":\"association\",\"customer\":\"C-9001\",\"partner\":\"P-404\",\"since\":\"2025-01-01T00:00:00Z\"}\n", 2, "partner", "is no account"},
    {"facts_of_a_partner_are_refused", PEOPLE "{\"kind\":\"balance\",\"account\":\"P-9001\",\"currency\":\"USD\",\"owed_minor\":1}\n", 7, "account", "is no customer"},
    {"a_customer_as_partner_is_refused", PEOPLE "{\"kind\":\"association\",\"customer\":\"C-9002\",\"partner\":\"C-9001\",\"since\":\"2025-01-01T00:00:00Z\"}\n", 7, "partner", "is no partner"},
    {"an_id_twice_is_refused", PEOPLE COMMITMENT("VALID") COMMITMENT("VALID"), 8, "id", "is the same as in line 7"},
    {"an_account_twice_is_refused", PEOPLE "{\"kind\":\"account\",\"id\":\"C-9001\",\"type\":\"CUSTOMER\",\"name\":\"A\"}\n", 7, "id", "is the same as in line 1"},
    {"a_balance_twice_is_refused", PEOPLE BALANCE("1") BALANCE("2"), 8, "account", "is the same as in line 7"},
    {"another_role_than_the_accounts_is_refused", PEOPLE "{\"kind\":\"user\",\"login\":\"x@y.test\",\"account\":\"P-9001\",\"name\":\"A\",\"role\":\"owner\"}\n", 7, "role", "does not fit"},
    {"a_login_of_another_account_is_refused", PEOPLE "{\"kind\":\"user\",\"login\":\"TAKEN@y.test\",\"account\":\"P-9001\",\"name\":\"A\",\"role\":\"admin\"}\n", 7, "login", "another account"},
    {"a_currency_the_site_has_not_is_refused", "{\"kind\":\"account\",\"id\":\"C-9003\",\"type\":\"CUSTOMER\",\"name\":\"A\",\"currency\":\"XXX\"}\n", 1, "currency", "no settlement currency"},
    {"an_unknown_resource_is_refused", PEOPLE PAYMENT("p", PAID), 7, "resource", "is no resource"},
    {"a_charge_paid_twice_is_refused", PEOPLE RESOURCE("2026-06-01T00:00:00Z", "") PAYMENT("p", PAID) PAYMENT("p2", PAID), 9, "due_at", "by another line"},
    {"two_freezes_at_once_are_refused", PEOPLE FREEZE("f", "") FREEZE("g", ""), 8, "account", "by another line"},
    {"a_partners_freeze_without_partner_is_refused", "{\"kind\":\"account\",\"id\":\"C-9001\",\"type\":\"CUSTOMER\",\"name\":\"A\"}\n" FREEZE("f", ""), 2, "source", "has no partner"},
    {"a_member_of_two_masters_is_refused", PEOPLE MEMBER("") "{\"kind\":\"account\",\"id\":\"C-9003\",\"type\":\"CUSTOMER\",\"name\":\"A\"}\n{\"kind\":\"member\",\"id\":\"m2\",\"master\":\"C-9003\",\"member\":\"C-9002\",\"accounting\":\"UNIFIED\",\"since\":\"2026-01-01T00:00:00Z\"}\n", 9, "member", "by another line"},
    {"one_reference_for_two_methods_is_refused", PEOPLE METHOD("a", "pm_1", "") METHOD("b", "pm_1", ""), 8, "provider_reference", "another line"},
    {"a_resource_that_would_be_deleted_at_once_is_refused", "{\"kind\":\"account\",\"id\":\"C-9001\",\"type\":\"CUSTOMER\",\"name\":\"A\"}\n" RESOURCE("2024-06-01T00:00:00Z", ""), 2, "next_charge_at", "deleted at once"},
    {"one_bad_line_refuses_all", PEOPLE "{\"kind\":\"balance\",\"account\":\"C-9001\",\"currency\":\"USD\",\"owed_minor\":-1}\n", 7, "owed_minor", "must not be negative"},
};
#define REFUSALS (sizeof refusals / sizeof *refusals)

static void is_refused_and_changes_nothing(void **state)
{
    const struct refusal *refusal = *state;
    test_db_sql(db, "INSERT INTO user (account_id, login, name, role, created_at) VALUES (%lld, 'taken@y.test', 'T', 'viewer', '2026-01-01')",
                (long long)world.customer);
    const int64_t before = world_fingerprint(&world);
    import(refusal->lines);
    assert_int_equal(result.outcome, IMPORT_FAULTY);
    assert_int_equal(result.faults_n, 1);
    assert_int_equal(result.faults[0].line, refusal->line);
    assert_string_equal(result.faults[0].field, refusal->field);
    if (strstr(result.faults[0].what, refusal->what) == NULL)
        fail_msg("%s", result.faults[0].what);
    assert_int_equal(world_fingerprint(&world), before);
}

static const struct refusal here[] = {
    {"another_kind_of_a_known_account_is_refused", "{\"kind\":\"account\",\"id\":\"C-9001\",\"type\":\"PARTNER\",\"name\":\"A\"}\n", 1, "type", "differs"},
    {"another_currency_of_a_known_account_is_refused", "{\"kind\":\"account\",\"id\":\"C-9001\",\"type\":\"CUSTOMER\",\"name\":\"A\",\"currency\":\"EUR\"}\n", 1, "currency", "differs"},
    {"another_partner_is_refused", "{\"kind\":\"account\",\"id\":\"P-9\",\"type\":\"PARTNER\",\"name\":\"A\"}\n{\"kind\":\"association\",\"customer\":\"C-9001\",\"partner\":\"P-9\",\"since\":\"2026-01-01T00:00:00Z\"}\n", 2, "partner", "another partner"},
    {"another_model_is_refused", "{\"kind\":\"association\",\"customer\":\"C-9001\",\"partner\":\"P-9001\",\"since\":\"2025-01-01T00:00:00Z\",\"model\":\"REFERRAL\"}\n", 1, "model", "differs"},
    {"an_id_of_another_account_is_refused", "{\"kind\":\"order\",\"id\":\"o\",\"account\":\"C-9002\",\"name\":\"Disk\",\"status\":\"PAID\",\"ordered_at\":\"2026-05-01T00:00:00Z\"}\n", 1, "id", "another account"},
    {"a_second_freeze_is_refused", FREEZE("g", ""), 1, "account", "frozen already"},
    {"a_second_master_is_refused", "{\"kind\":\"account\",\"id\":\"C-9\",\"type\":\"CUSTOMER\",\"name\":\"A\"}\n{\"kind\":\"member\",\"id\":\"m2\",\"master\":\"C-9\",\"member\":\"C-9002\",\"accounting\":\"UNIFIED\",\"since\":\"2026-01-01T00:00:00Z\"}\n", 2, "member", "another master"},
    {"a_known_reference_is_refused", METHOD("pm9", "pm_1", ""), 1, "provider_reference", "another payment method"},
};
#define HERE (sizeof here / sizeof *here)

static void is_refused_as_it_does_not_fit_what_is_here(void **state)
{
    import_well(ALL);
    is_refused_and_changes_nothing(state);
}

static void faults_of_many_lines_are_told_up_to_a_limit(void **state)
{
    char *lines = talloc_strdup(world.mem, "\n");
    (void)state;
    for (int i = 0; i < IMPORT_FAULTS_MAX + 5; i++)
        lines = talloc_strdup_append(lines, "{\"kind\":\"nothing\"}\n");
    import(lines);
    assert_int_equal(result.outcome, IMPORT_FAULTY);
    assert_int_equal(result.faults_n, IMPORT_FAULTS_MAX);
    assert_true(result.has_more_faults);
    assert_int_equal(result.faults[0].line, 2);
    assert_int_equal(result.faults[IMPORT_FAULTS_MAX - 1].line, IMPORT_FAULTS_MAX + 1);
}

#define ELSEWHERE "mypartner_test_elsewhere"

static void two_imports_at_once_do_not_mix(void **state)
{
    struct db *other = test_db_again(world.mem);
    (void)state;
    test_db_sql(other, "DO GET_LOCK(" IMPORT_LOCK ", 0)");
    import(PEOPLE);
    assert_int_equal(result.outcome, IMPORT_BUSY);
    assert_int_equal(COUNT("account", "no = 'C-9001'"), 0);
    /* Let go in so many words: the end of a connection is noticed by the server in its own time. */
    test_db_sql(other, "DO RELEASE_LOCK(" IMPORT_LOCK ")");
    import_well(PEOPLE);
    /* One into another database of this server is none of its business. */
    test_db_sql(other, "CREATE DATABASE IF NOT EXISTS %s", ELSEWHERE);
    test_db_sql(other, "USE %s", ELSEWHERE);
    test_db_sql(other, "DO GET_LOCK(" IMPORT_LOCK ", 0)");
    import_well(PEOPLE);
    test_db_sql(other, "DROP DATABASE %s", ELSEWHERE);
    talloc_free(other);
}

static int open_all(void **state)
{
    (void)state;
    db = test_db_open(NULL);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    talloc_free(db);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest plain[] = {
        TEST(accounts_users_and_associations_are_made), TEST(every_kind_of_fact_is_taken), TEST(the_order_of_lines_does_not_matter),
        TEST(facts_of_an_account_that_is_here_bump_its_version), TEST(the_same_file_again_changes_nothing),
        TEST(a_changed_line_changes_its_row), TEST(another_source_has_ids_of_its_own), TEST(what_has_ended_stays_ended),
        TEST(an_old_charge_is_taken_where_a_partner_pays_or_it_is_known), TEST(an_association_that_ended_is_not_begun_again), TEST(a_freeze_is_lifted_logged_and_told), TEST(a_payment_ends_grace),
        TEST(a_failed_payment_makes_the_charge_due), TEST(of_several_payments_the_latest_decides),
        TEST(a_resource_that_is_released_is_told), TEST(one_that_is_given_up_while_it_works_is_told_to_the_platform_only),
        TEST(what_is_new_or_paid_while_it_works_is_no_step), TEST(a_released_resource_is_not_paid_back_to_life), TEST(faults_of_many_lines_are_told_up_to_a_limit),
        TEST(two_imports_at_once_do_not_mix),
    };
    enum { PLAIN = sizeof plain / sizeof *plain };
    struct CMUnitTest tests[PLAIN + REFUSALS + HERE];
    memcpy(tests, plain, sizeof plain);
    for (size_t i = 0; i < REFUSALS; i++)
        tests[PLAIN + i] = (struct CMUnitTest){refusals[i].name, is_refused_and_changes_nothing, setup, teardown, (void *)(uintptr_t)&refusals[i]};
    for (size_t i = 0; i < HERE; i++)
        tests[PLAIN + REFUSALS + i] =
            (struct CMUnitTest){here[i].name, is_refused_as_it_does_not_fit_what_is_here, setup, teardown, (void *)(uintptr_t)&here[i]};
    return cmocka_run_group_tests_name("import", tests, open_all, close_all);
}
