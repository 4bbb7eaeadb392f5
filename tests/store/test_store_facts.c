#include "support/rows.h"
#include "support/test_db.h"

#include "base/clock.h"
#include "base/memory.h"

#include "store/store_facts.h"

#define NOON INT64_C(1781524800000000)   /* 2026-06-15T12:00:00Z */
#define AT "TIMESTAMPADD(MICROSECOND, %lld, '1970-01-01')"
#define L(number) ((long long)(number))

static struct db *db;
static void *mem;

static int setup(void **state)
{
    (void)state;
    mem = mem_context(NULL, "test");
    test_db_clear(db);
    test_db_sql(db, "INSERT INTO account (id, kind, no, name, created_at, currency, version) VALUES "
                "(1, 'CUSTOMER', 'C-1', 'Acme', NOW(6), 'USD', 7), (2, 'PARTNER', 'P-2', 'Nimbus', NOW(6), NULL, 1)");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static struct rule_set *rules(void)
{
    struct rule_set *set;

    assert_null(rule_set_load(db, mem, &set));
    return set;
}

static struct facts *load_for(enum side side)
{
    struct facts *facts;

    assert_null(facts_load(db, mem, 1, 2, side, rules(), NOON, &facts));
    return facts;
}

static struct facts *load(void) { return load_for(SIDE_CUSTOMER); }

static void member(int64_t id, const char *accounting, const char *status)
{
    test_db_sql(db, "INSERT INTO account (id, kind, no, name, created_at) VALUES (%lld, 'CUSTOMER', 'C-%lld', 'Member %lld', NOW(6))",
                L(id), L(id), L(id));
    test_db_sql(db, "INSERT INTO enterprise_link (master_id, member_id, accounting, status, linked_at) VALUES (1, %lld, '%s', '%s', "
                "NOW(6))", L(id), accounting, status);
}

static void commitment(int64_t customer, const char *kind, int64_t valid_to, const char *status)
{
    test_db_sql(db, "INSERT INTO commitment (customer_id, kind, name, valid_from, valid_to, status) VALUES (%lld, '%s', 'plan', "
                "'2020-01-01', " AT ", '%s')", L(customer), kind, L(valid_to), status);
}

static void contract(int64_t starts_at, int64_t ends_at, const char *status)
{
    test_db_sql(db, "INSERT INTO contract (customer_id, number, starts_at, ends_at, status) VALUES (1, 'SC-9', " AT ", " AT ", '%s')",
                L(starts_at), L(ends_at), status);
}

static void slot(enum side side, int64_t partner, int no, int64_t frees_at)
{
    test_db_sql(db, "INSERT INTO quota_slot (side, customer_id, partner_id, slot_no, request_id, submitted_at, frees_at) VALUES "
                "('%s', 1, %lld, %d, %d, '2026-05-01', " AT ")", side_name(side), L(partner), no, 100 * ((int)side + 1) + no + (int)partner * 1000,
                L(frees_at));
}

/* --- rules ------------------------------------------------------------------------------------------------------------- */

static void seed_rules_are_all_there(void **state)
{
    const struct rule_set *set = rules();

    (void)state;
    assert_string_equal(set->name, "seed-2025-06-30");
    for (int i = 0; i < RULES; i++)
        assert_int_equal(set->rows[i].code, i);
    assert_int_equal(set->rows[RULE_Q].limit, 3);
    assert_int_equal(set->rows[RULE_Q].months, 3);
    assert_int_equal(set->rows[RULE_Q].operations, OPERATION_CUSTOMER_SUBMIT | OPERATION_PARTNER_SUBMIT);
    assert_int_equal(set->rows[RULE_C1].severity, SEVERITY_BLOCK);
    assert_int_equal(set->rows[RULE_X1].severity, SEVERITY_WARN);
    assert_string_equal(set->rows[RULE_C1].read_on, "2025-06-30");
    assert_true(set->rows[RULE_C1].source[0] != '\0');
}

static void missing_rule_is_a_fault(void **state)
{
    struct rule_set *set = NULL;
    const struct err *err;

    (void)state;
    test_db_sql(db, "INSERT INTO rule_set (id, name, is_active) VALUES (9, 'spare', 0)");
    test_db_sql(db, "UPDATE rule SET rule_set_id = 9 WHERE code = 'C4' AND rule_set_id = 1");
    err = rule_set_load(db, mem, &set);
    test_db_sql(db, "UPDATE rule SET rule_set_id = 1 WHERE code = 'C4' AND rule_set_id = 9");
    test_db_sql(db, "DELETE FROM rule_set WHERE id = 9");
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_BUG);
    assert_null(set);
}

static void without_a_set_in_force_nothing_is_decided(void **state)
{
    struct rule_set *set = NULL;
    const struct err *err;

    (void)state;
    test_db_sql(db, "UPDATE rule_set SET is_active = 0");
    err = rule_set_load(db, mem, &set);
    test_db_sql(db, "UPDATE rule_set SET is_active = 1 WHERE id = 1");
    assert_non_null(err);
    assert_null(set);
}

/* --- facts ------------------------------------------------------------------------------------------------------------- */

static void plain_customer_has_plain_facts(void **state)
{
    const struct facts *facts = load();

    (void)state;
    assert_int_equal(facts->known, FACTS_ALL);
    assert_int_equal(facts->customer_id, 1);
    assert_int_equal(facts->customer_version, 7);
    assert_string_equal(facts->customer_name, "Acme");
    assert_string_equal(facts->partner_name, "Nimbus");
    assert_string_equal(facts->currency, "USD");
    assert_string_equal(facts->master_name, "");
    assert_false(facts->is_frozen || facts->partner_is_frozen || facts->has_payment_method);
    assert_int_equal(facts->members_independent + facts->members_unified_with_plan + facts->reserved_instances +
                     facts->partner_support_plans + facts->service_support_plans + facts->special_contracts +
                     facts->orders_waiting + facts->arrears_minor, 0);
    assert_int_equal(facts->members_n + facts->commitments_n + facts->contracts_n + facts->quota.n, 0);
    assert_int_equal(facts->quota.limit, 3);
}

static void unknown_customer_is_missing(void **state)
{
    struct facts *facts = NULL;
    const struct err *err = facts_load(db, mem, 999, 2, SIDE_CUSTOMER, rules(), NOON, &facts);

    (void)state;
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_MISSING);
}

static void currency_not_set_is_empty(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE account SET currency = NULL");
    assert_string_equal(load()->currency, "");
}

static void open_freeze_is_told_in_full(void **state)
{
    const struct facts *facts;

    (void)state;
    test_db_sql(db, "INSERT INTO freeze (account_id, type, source, reason, at, lifted_at) VALUES (1, 'ACCOUNT', 'PARTNER', 'old', "
                "'2026-01-01', '2026-01-02')");
    assert_false(load()->is_frozen);
    test_db_sql(db, "INSERT INTO freeze (account_id, type, source, reason, at) VALUES (1, 'ACCOUNT_AND_RESOURCES', 'BUDGET', 'too "
                "much', " AT ")", L(NOON - 5));
    facts = load();
    assert_true(facts->is_frozen);
    assert_int_equal(facts->freeze.type, FREEZE_ACCOUNT_AND_RESOURCES);
    assert_int_equal(facts->freeze.source, FREEZE_BY_BUDGET);
    assert_string_equal(facts->freeze.reason, "too much");
    assert_true(facts->freeze.at == NOON - 5);
    assert_true(facts->freeze.lifted_at == INSTANT_NONE);
    assert_int_equal(facts->freeze.account_id, 1);
    assert_false(facts->partner_is_frozen);
}

static void freeze_of_the_partner_is_apart(void **state)
{
    (void)state;
    test_db_sql(db, "INSERT INTO freeze (account_id, type, source, reason, at) VALUES (2, 'ACCOUNT', 'PLATFORM', 'x', NOW(6))");
    assert_true(load()->partner_is_frozen);
    assert_false(load()->is_frozen);
}

static void only_active_members_count(void **state)
{
    const struct facts *facts;

    (void)state;
    member(11, "INDEPENDENT", "ACTIVE");
    member(12, "UNIFIED", "ACTIVE");
    test_db_sql(db, "INSERT INTO account (id, kind, no, name, created_at) VALUES (13, 'CUSTOMER', 'C-13', 'Gone', NOW(6))");
    test_db_sql(db, "INSERT INTO enterprise_link (master_id, member_id, accounting, status, linked_at, ended_at) VALUES (1, 13, "
                "'INDEPENDENT', 'ENDED', NOW(6), NOW(6))");
    facts = load();
    assert_int_equal(facts->members_independent, 1);
    assert_int_equal(facts->members_unified_with_plan, 0);
    assert_int_equal(facts->members_n, 2);
    /* Independent ones first: they are what has to be dealt with. */
    assert_int_equal(facts->members[0].id, 11);
    assert_true(facts->members[0].is_independent);
    assert_false(facts->members[1].is_independent);
}

static void unified_members_with_a_service_plan_are_counted(void **state)
{
    const struct facts *facts;

    (void)state;
    member(11, "UNIFIED", "ACTIVE");
    member(12, "UNIFIED", "ACTIVE");
    member(13, "INDEPENDENT", "ACTIVE");
    commitment(11, "SERVICE_SUPPORT_PLAN", NOON + 1, "VALID");
    commitment(12, "SERVICE_SUPPORT_PLAN", NOON, "VALID");
    commitment(13, "SERVICE_SUPPORT_PLAN", NOON + 1, "VALID");
    facts = load();
    assert_int_equal(facts->members_unified_with_plan, 1);
    assert_int_equal(facts->service_support_plans, 0);
    assert_int_equal(facts->members_independent, 1);
}

static void member_has_a_master(void **state)
{
    (void)state;
    member(11, "UNIFIED", "ACTIVE");
    test_db_sql(db, "UPDATE enterprise_link SET master_id = 11, member_id = 1");
    assert_string_equal(load()->master_name, "Member 11");
    assert_int_equal(load()->members_n, 0);
}

static void commitments_hold_until_their_end(void **state)
{
    const struct facts *facts;

    (void)state;
    commitment(1, "RI", NOON + 1, "VALID");
    commitment(1, "RI", NOON, "VALID");
    commitment(1, "RI", NOON + CLOCK_DAY, "UNSUBSCRIBED");
    commitment(1, "PARTNER_SUPPORT_PLAN", NOON + 2, "VALID");
    commitment(1, "SERVICE_SUPPORT_PLAN", NOON + 3, "VALID");
    commitment(1, "SERVICE_SUPPORT_PLAN", NOON + 4, "VALID");
    facts = load();
    assert_int_equal(facts->reserved_instances, 1);
    assert_int_equal(facts->partner_support_plans, 1);
    assert_int_equal(facts->service_support_plans, 2);
    assert_int_equal(facts->commitments_n, 4);
    assert_int_equal(facts->commitments[0].kind, COMMITMENT_RI);
    assert_true(facts->commitments[0].valid_to == NOON + 1);
    assert_true(facts->commitments[3].valid_to == NOON + 4);
}

static void contracts_hold_within_their_dates(void **state)
{
    const struct facts *facts;

    (void)state;
    contract(NOON - CLOCK_DAY, NOON, "EFFECTIVE");
    contract(NOON + 1, NOON + CLOCK_DAY, "EFFECTIVE");
    contract(NOON, NOON + 1, "SETTLED");
    assert_int_equal(load()->special_contracts, 0);
    contract(NOON, NOON + 1, "EFFECTIVE");
    facts = load();
    assert_int_equal(facts->special_contracts, 1);
    assert_string_equal(facts->contracts[0].number, "SC-9");
    assert_true(facts->contracts[0].starts_at == NOON && facts->contracts[0].ends_at == NOON + 1);
}

static void lists_are_cut_and_counts_are_exact(void **state)
{
    const struct facts *facts;

    (void)state;
    for (int i = 0; i < FACTS_LIST_MAX + 3; i++) {
        commitment(1, "RI", NOON + 1 + i, "VALID");
        contract(NOON - 1, NOON + 1 + i, "EFFECTIVE");
        member(100 + i, "INDEPENDENT", "ACTIVE");
    }
    facts = load();
    assert_int_equal(facts->commitments_n, FACTS_LIST_MAX);
    assert_int_equal(facts->reserved_instances, FACTS_LIST_MAX + 3);
    assert_int_equal(facts->contracts_n, FACTS_LIST_MAX);
    assert_int_equal(facts->special_contracts, FACTS_LIST_MAX + 3);
    assert_int_equal(facts->members_n, FACTS_LIST_MAX);
    assert_int_equal(facts->members_independent, FACTS_LIST_MAX + 3);
}

static void quota_is_that_of_the_side(void **state)
{
    const struct facts *facts;

    (void)state;
    slot(SIDE_CUSTOMER, 0, 1, NOON + 1);
    slot(SIDE_CUSTOMER, 0, 2, NOON);
    slot(SIDE_PARTNER, 2, 1, NOON + 5);
    slot(SIDE_PARTNER, 3, 1, NOON + 7);
    facts = load_for(SIDE_CUSTOMER);
    assert_int_equal(facts->quota.n, 1);
    assert_true(facts->quota.slots[0].frees_at == NOON + 1);
    facts = load_for(SIDE_PARTNER);
    assert_int_equal(facts->quota.n, 1);
    assert_true(facts->quota.slots[0].frees_at == NOON + 5);
}

static void grants_count_while_in_force(void **state)
{
    (void)state;
    test_db_sql(db, "INSERT INTO quota_grant (side, customer_id, partner_id, extra, granted_at, until_at, granted_by, note) VALUES "
                "('CUSTOMER', 1, 0, 2, " AT ", " AT ", 1, ''), ('CUSTOMER', 1, 0, 1, '2026-01-01', " AT ", 1, ''), "
                "('CUSTOMER', 1, 0, 4, " AT ", '2030-01-01', 1, ''), ('PARTNER', 1, 2, 8, '2026-01-01', '2030-01-01', 1, '')",
                L(NOON), L(NOON + 1), L(NOON), L(NOON + 1));
    assert_int_equal(load_for(SIDE_CUSTOMER)->quota.limit, 5);
    assert_int_equal(load_for(SIDE_PARTNER)->quota.limit, 11);
}

static void limit_is_never_more_than_there_can_be_slots(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        test_db_sql(db, "INSERT INTO quota_grant (side, customer_id, extra, granted_at, until_at, granted_by, note) VALUES "
                    "('CUSTOMER', 1, 20, '2026-01-01', '2030-01-01', 1, '')");
    assert_int_equal(load()->quota.limit, QUOTA_SLOTS_MAX);
}

static void money_facts_are_read(void **state)
{
    (void)state;
    test_db_sql(db, "INSERT INTO partner_order (customer_id, name, status, at) VALUES (1, 'a', 'WAITING_FOR_PARTNER', NOW(6)), "
                "(1, 'b', 'PAID', NOW(6))");
    test_db_sql(db, "INSERT INTO balance (customer_id, currency, owed_minor) VALUES (1, 'EUR', 1234)");
    assert_int_equal(load()->orders_waiting, 1);
    assert_int_equal(load()->arrears_minor, 1234);
    assert_string_equal(load()->arrears_currency, "EUR");
}

static void payment_method_must_be_valid_now(void **state)
{
    (void)state;
    test_db_sql(db, "INSERT INTO payment_method (customer_id, kind, last_four, provider_reference, valid_to, added_at, removed_at) VALUES "
                "(1, 'CARD', '1111', 'r1', " AT ", NOW(6), NULL), (1, 'CARD', '2222', 'r2', '2030-01-01', NOW(6), NOW(6))", L(NOON));
    assert_false(load()->has_payment_method);
    test_db_sql(db, "INSERT INTO payment_method (customer_id, kind, last_four, provider_reference, valid_to, added_at) VALUES "
                "(1, 'BANK', '3333', 'r3', NULL, NOW(6))");
    assert_true(load()->has_payment_method);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(seed_rules_are_all_there), TEST(missing_rule_is_a_fault), TEST(without_a_set_in_force_nothing_is_decided),
        TEST(plain_customer_has_plain_facts), TEST(unknown_customer_is_missing), TEST(currency_not_set_is_empty),
        TEST(open_freeze_is_told_in_full), TEST(freeze_of_the_partner_is_apart), TEST(only_active_members_count),
        TEST(unified_members_with_a_service_plan_are_counted), TEST(member_has_a_master), TEST(commitments_hold_until_their_end),
        TEST(contracts_hold_within_their_dates), TEST(lists_are_cut_and_counts_are_exact), TEST(quota_is_that_of_the_side),
        TEST(grants_count_while_in_force), TEST(limit_is_never_more_than_there_can_be_slots), TEST(money_facts_are_read),
        TEST(payment_method_must_be_valid_now)
    };

    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
