#include "support/rows.h"
#include "support/own_world.h"

#include "base/clock.h"
#include "base/memory.h"

#include "action/check.h"
#include "action/contract.h"
#include "store/store_association.h"

static int64_t id;
static enum contract_outcome outcome;

static int begin(void **state)
{
    (void)setup(state);
    world_contract(&world, world.customer, world.now - CLOCK_DAY, world.now + 90 * CLOCK_DAY);
    id = test_db_number(db, "SELECT MAX(id) FROM contract LIMIT 1");
    return 0;
}

static void settled_as(const struct actor *actor)
{
    struct act act = world_act(&world, actor);
    assert_null(settle_contract(&act, id, "ended on paper", &outcome));
    assert_int_equal(outcome, CONTRACT_DONE);
    assert_true(act.is_done);
}

static void refused(const char *note, enum contract_outcome expected)
{
    const int64_t before = world_fingerprint(&world);
    struct act act = world_act(&world, world.admin);
    assert_null(settle_contract(&act, id, note, &outcome));
    assert_int_equal(outcome, expected);
    assert_false(act.is_done);
    assert_true(world_fingerprint(&world) == before);
}

static void failed(const struct actor *actor, enum err_kind kind)
{
    const int64_t before = world_fingerprint(&world);
    struct act act = world_act(&world, actor);
    const struct err *err = settle_contract(&act, id, "note", &outcome);
    assert_non_null(err);
    assert_int_equal(err->kind, kind);
    assert_true(world_fingerprint(&world) == before);
}

static enum rule_outcome rule_c6(void)
{
    struct association *association = NULL;
    struct check *check = NULL;
    assert_null(association_load(db, world.mem, world.association, &association));
    assert_null(check_compute(db, world.mem, association, SIDE_CUSTOMER, OPERATION_CUSTOMER_SUBMIT, world.now, &check));
    return check->report.results[RULE_C6].outcome;
}

static void settling_is_written_logged_and_told(void **state)
{
    const int64_t version = test_db_number(db, "SELECT version FROM account WHERE id = %lld", L(world.customer));
    (void)state;
    assert_int_equal(rule_c6(), RULE_FAILED);
    settled_as(world.admin);
    assert_int_equal(rule_c6(), RULE_PASSED);
    assert_int_equal(world_count(&world, "contract", "status = 'SETTLED' AND note = 'ended on paper' AND settled_at IS NOT NULL"), 1);
    assert_int_equal(world_count(&world, "account", "id = %lld AND version = %lld", L(world.customer), L(version) + 1), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'CONTRACT_SETTLED' AND object = 'SC-1' AND initiated_by = "
                                 "'PARTNER' AND remark = 'ended on paper' AND association_id = %lld", L(world.association)), 1);
    assert_int_equal(world_count(&world, "notification", "kind = 'CONTRACT_SETTLED' AND account_id = %lld AND details LIKE "
                                 "'%%SC-1%%'", L(world.customer)), 1);
}

static void ops_can_settle_it(void **state)
{
    (void)state;
    settled_as(world.ops);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'CONTRACT_SETTLED' AND initiated_by = 'PLATFORM'"), 1);
}

static void ops_can_settle_that_of_a_customer_without_partner(void **state)
{
    (void)state;
    const int64_t alone = world_account(&world, ACCOUNT_CUSTOMER, "Alone");
    world_contract(&world, alone, world.now - CLOCK_DAY, world.now + CLOCK_DAY);
    id = test_db_number(db, "SELECT MAX(id) FROM contract LIMIT 1");
    settled_as(world.ops);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'CONTRACT_SETTLED' AND chain_id = 0 AND customer_id = %lld",
                                 L(alone)), 1);
    failed(world.admin, ERR_MISSING);
}

static void settled_one_cannot_be_settled_again(void **state)
{
    (void)state;
    settled_as(world.admin);
    refused("again", CONTRACT_ALREADY);
}

static void expired_one_cannot_be_settled(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE contract SET status = 'EXPIRED'");
    refused("note", CONTRACT_ALREADY);
}

static void settling_needs_a_note(void **state)
{
    (void)state;
    char *long_note = mem_text(world.mem, "%0501d", 0);
    refused("", CONTRACT_NO_NOTE);
    refused(long_note, CONTRACT_NO_NOTE);
}

static void only_an_admin_or_ops_settles(void **state)
{
    (void)state;
    failed(world.manager, ERR_DENIED);
    failed(world.owner, ERR_MISSING);
    failed(world_user(&world, world_account(&world, ACCOUNT_PARTNER, "Other"), ROLE_ADMIN, "Stranger"), ERR_MISSING);
    failed(world_user(&world, world.ops->account_id, ROLE_AUDITOR, "Auditor"), ERR_MISSING);
}

static void an_ex_partner_settles_nothing(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE association SET status = 'ENDED', ended_at = NOW(6)");
    failed(world.admin, ERR_MISSING);
    test_db_sql(db, "UPDATE association SET status = 'ACTIVE', ended_at = NULL");
}

static void an_unknown_one_is_missing(void **state)
{
    (void)state;
    id += 1000;
    failed(world.admin, ERR_MISSING);
    failed(world.ops, ERR_MISSING);
}

static void same_form_twice_settles_once(void **state)
{
    (void)state;
    struct act first = world_form(&world, world.admin, 1, "/x"), second = world_form(&world, world.admin, 1, "/x");
    assert_null(settle_contract(&first, id, "note", &outcome));
    assert_null(settle_contract(&second, id, "note", &outcome));
    assert_true(second.is_replay);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'CONTRACT_SETTLED'"), 1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(settling_is_written_logged_and_told), TEST(ops_can_settle_it), TEST(ops_can_settle_that_of_a_customer_without_partner),
        TEST(settled_one_cannot_be_settled_again), TEST(expired_one_cannot_be_settled), TEST(settling_needs_a_note),
        TEST(only_an_admin_or_ops_settles), TEST(an_ex_partner_settles_nothing), TEST(an_unknown_one_is_missing),
        TEST(same_form_twice_settles_once),
    };
    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
