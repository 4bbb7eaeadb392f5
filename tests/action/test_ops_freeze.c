/* Freezes that the platform lifts, and imposes. */
#include "support/rows.h"

#include "action/ops_freeze.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/store_association.h"
#include "support/own_world.h"

static struct ops_freeze_result result;

static int64_t open_freeze(int64_t account_id)
{
    return test_db_number(db, "SELECT id FROM freeze WHERE open_account = %lld LIMIT 1", L(account_id));
}

static int64_t frozen_n(void) { return world_count(&world, "freeze", "lifted_at IS NULL"); }

static int64_t version_of(int64_t account_id)
{
    return test_db_number(db, "SELECT version FROM account WHERE id = %lld LIMIT 1", L(account_id));
}

static const struct err *lift_as(const struct actor *actor, int64_t freeze_id, enum freeze_type type, const char *reason)
{
    struct act act = world_act(&world, actor);
    const struct err *err = ops_unfreeze(&act, freeze_id, type, reason, &result);
    if (err == NULL)
        assert_int_equal(act.is_done, result.outcome == FREEZE_DONE);
    return err;
}

static enum freeze_outcome lift(int64_t freeze_id, enum freeze_type type, const char *reason)
{
    assert_null(lift_as(world.ops, freeze_id, type, reason));
    return result.outcome;
}

static enum freeze_outcome freeze_no(const char *no, const char *reason)
{
    struct act act = world_act(&world, world.ops);
    assert_null(ops_freeze(&act, no, FREEZE_ACCOUNT, reason, &result));
    assert_int_equal(act.is_done, result.outcome == FREEZE_DONE);
    return result.outcome;
}

static const char *no_of(int64_t account_id)
{
    struct db_rows *rows;
    static const struct db_statement find = {"find_no", "SELECT no FROM account WHERE id = ? LIMIT 1", "i", "s"};
    assert_null(db_query(db, world.mem, &find, &rows, account_id));
    return db_text(rows, 0, 0);
}

static int64_t told(int64_t account_id, const char *kind)
{
    return world_count(&world, "notification", "account_id = %lld AND kind = '%s' AND details LIKE '%%\"by_partner\":false%%'",
                       L(account_id), kind);
}

static void budget_freeze_is_lifted_logged_and_told_to_both(void **state)
{
    (void)state;
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_BUDGET);
    const int64_t before = version_of(world.customer);
    assert_int_equal(lift(open_freeze(world.customer), FREEZE_ACCOUNT, "The budget was raised."), FREEZE_DONE);
    assert_int_equal(frozen_n(), 0);
    assert_int_equal(version_of(world.customer), before + 1);
    assert_int_equal(told(world.customer, "UNFROZEN"), 1);
    assert_int_equal(told(world.partner, "UNFROZEN"), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'UNFROZEN' AND initiated_by = 'PLATFORM' AND "
                                 "association_id = %lld AND remark = 'ACCOUNT BUDGET: The budget was raised.'",
                                 L(world.association)), 1);
    assert_int_equal(world_count(&world, "freeze", "lift_reason = 'The budget was raised.'"), 1);
}

static void platform_freeze_of_a_customer_without_partner_is_lifted(void **state)
{
    (void)state;
    const int64_t alone = world_account(&world, ACCOUNT_CUSTOMER, "Alone AG");
    world_freeze(&world, alone, FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_PLATFORM);
    assert_int_equal(lift(open_freeze(alone), FREEZE_ACCOUNT_AND_RESOURCES, "paid"), FREEZE_DONE);
    assert_int_equal(told(alone, "UNFROZEN"), 1);
    assert_int_equal(told(world.partner, "UNFROZEN"), 0);
}

static void every_freeze_of_a_partner_is_the_platforms(void **state)
{
    (void)state;
    for (int source = 0; source < FREEZE_SOURCES; source++) {
        world_freeze(&world, world.partner, FREEZE_ACCOUNT, (enum freeze_source)source);
        assert_int_equal(lift(open_freeze(world.partner), FREEZE_ACCOUNT, "paid"), FREEZE_DONE);
    }
    assert_int_equal(told(world.partner, "UNFROZEN"), FREEZE_SOURCES);
    assert_int_equal(told(world.customer, "UNFROZEN"), 0);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'UNFROZEN' AND chain_id = 0 AND partner_id = %lld",
                                 L(world.partner)), FREEZE_SOURCES);
}

static void partners_freeze_of_its_customer_stays_the_partners(void **state)
{
    static const enum freeze_source sources[] = {FREEZE_BY_PARTNER, FREEZE_BY_ASSOCIATION_DEFAULT};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        world_freeze(&world, world.customer, FREEZE_ACCOUNT, sources[i]);
        const int64_t before = world_fingerprint(&world);
        assert_int_equal(lift(open_freeze(world.customer), FREEZE_ACCOUNT, "please"), FREEZE_NOT_YOURS);
        assert_true(world_fingerprint(&world) == before);
        world_unfreeze(&world, world.customer);
    }
}

static void lifting_names_the_same_type(void **state)
{
    (void)state;
    world_freeze(&world, world.customer, FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_BUDGET);
    assert_int_equal(lift(open_freeze(world.customer), FREEZE_ACCOUNT, "raised"), FREEZE_OTHER_TYPE);
    assert_int_equal(frozen_n(), 1);
}

static void lifting_needs_a_reason(void **state)
{
    char *text = talloc_zero_size(world.mem, FREEZE_REASON_MAX_POINTS + 2);
    (void)state;
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_BUDGET);
    memset(text, 'x', FREEZE_REASON_MAX_POINTS + 1);
    assert_int_equal(lift(open_freeze(world.customer), FREEZE_ACCOUNT, ""), FREEZE_NO_REASON);
    assert_int_equal(lift(open_freeze(world.customer), FREEZE_ACCOUNT, text), FREEZE_NO_REASON);
    assert_int_equal(frozen_n(), 1);
}

static void what_is_lifted_is_not_lifted_again(void **state)
{
    (void)state;
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_BUDGET);
    const int64_t id = open_freeze(world.customer);
    assert_int_equal(lift(id, FREEZE_ACCOUNT, "raised"), FREEZE_DONE);
    assert_int_equal(lift(id, FREEZE_ACCOUNT, "raised"), FREEZE_NONE);
    assert_int_equal(lift(4711, FREEZE_ACCOUNT, "raised"), FREEZE_NONE);
    assert_int_equal(told(world.customer, "UNFROZEN"), 1);
}

static void only_ops_lifts_and_freezes(void **state)
{
    (void)state;
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_BUDGET);
    const struct actor *const others[] = {
        world.owner, world.viewer, world.admin, world.manager, act_system,
        world_user(&world, world.ops->account_id, ROLE_AUDITOR, "Audrey Auditor"),
    };
    const int64_t before = world_fingerprint(&world);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        const struct err *err = lift_as(others[i], open_freeze(world.customer), FREEZE_ACCOUNT, "raised");
        assert_non_null(err);
        assert_int_equal(err->kind, ERR_DENIED);
        struct act act = world_act(&world, others[i]);
        err = ops_freeze(&act, no_of(world.partner), FREEZE_ACCOUNT, "unpaid", &result);
        assert_non_null(err);
        assert_int_equal(err->kind, ERR_DENIED);
    }
    assert_true(world_fingerprint(&world) == before);
}

static void a_partner_is_frozen_and_told(void **state)
{
    (void)state;
    assert_int_equal(freeze_no(no_of(world.partner), "Invoices are unpaid."), FREEZE_DONE);
    assert_int_equal(world_count(&world, "freeze", "open_account = %lld AND source = 'PLATFORM' AND type = 'ACCOUNT'",
                                 L(world.partner)), 1);
    assert_int_equal(told(world.partner, "FROZEN"), 1);
    assert_int_equal(told(world.customer, "FROZEN"), 0);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'FROZEN' AND chain_id = 0 AND partner_id = %lld",
                                 L(world.partner)), 1);
}

static void a_customer_is_frozen_and_its_partner_told_too(void **state)
{
    (void)state;
    const int64_t before = version_of(world.customer);
    assert_int_equal(freeze_no(no_of(world.customer), "Abuse."), FREEZE_DONE);
    assert_int_equal(version_of(world.customer), before + 1);
    assert_int_equal(told(world.customer, "FROZEN"), 1);
    assert_int_equal(told(world.partner, "FROZEN"), 1);
}

static void what_cannot_be_frozen_is_refused(void **state)
{
    (void)state;
    const int64_t before = world_fingerprint(&world);
    assert_int_equal(freeze_no("C-1", "Abuse."), FREEZE_NONE);
    assert_int_equal(freeze_no(no_of(world.ops->account_id), "Abuse."), FREEZE_NONE);
    assert_int_equal(freeze_no(no_of(world.customer), ""), FREEZE_NO_REASON);
    assert_true(world_fingerprint(&world) == before);
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    assert_int_equal(freeze_no(no_of(world.customer), "Abuse."), FREEZE_ALREADY);
    assert_int_equal(frozen_n(), 1);
}

static void the_list_has_what_the_platform_may_lift_longest_first(void **state)
{
    (void)state;
    struct held_freeze *list = NULL;
    size_t n = 0;
    bool has_more = false;
    const int64_t others = world_account(&world, ACCOUNT_CUSTOMER, "Other AG");
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    world_freeze(&world, world.partner, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    world.now -= CLOCK_DAY;
    world_freeze(&world, others, FREEZE_ACCOUNT, FREEZE_BY_BUDGET);
    world.now += CLOCK_DAY;
    assert_null(freeze_list(db, world.mem, INSTANT_NONE, 0, 20, &list, &n, &has_more));
    assert_int_equal(n, 2);
    assert_false(has_more);
    assert_string_equal(list[0].account.name, "Other AG");
    assert_string_equal(list[1].account.name, "Nimbus Ltd");
    assert_null(freeze_list(db, world.mem, INSTANT_NONE, 0, 1, &list, &n, &has_more));
    assert_int_equal(n, 1);
    assert_true(has_more);
    assert_null(freeze_list(db, world.mem, list[0].freeze.at, list[0].freeze.id, 1, &list, &n, &has_more));
    assert_int_equal(n, 1);
    assert_false(has_more);
    assert_string_equal(list[0].account.name, "Nimbus Ltd");
    /* Nobody has anything from lifting the freeze of what is closed. */
    test_db_sql(db, "UPDATE account SET status = 'CLOSED', closed_at = created_at WHERE id = %lld", (long long)others);
    assert_null(freeze_list(db, world.mem, INSTANT_NONE, 0, 20, &list, &n, &has_more));
    assert_int_equal(n, 1);
    assert_string_equal(list[0].account.name, "Nimbus Ltd");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(budget_freeze_is_lifted_logged_and_told_to_both),
        TEST(platform_freeze_of_a_customer_without_partner_is_lifted),
        TEST(every_freeze_of_a_partner_is_the_platforms),
        TEST(partners_freeze_of_its_customer_stays_the_partners),
        TEST(lifting_names_the_same_type),
        TEST(lifting_needs_a_reason),
        TEST(what_is_lifted_is_not_lifted_again),
        TEST(only_ops_lifts_and_freezes),
        TEST(a_partner_is_frozen_and_told),
        TEST(a_customer_is_frozen_and_its_partner_told_too),
        TEST(what_cannot_be_frozen_is_refused),
        TEST(the_list_has_what_the_platform_may_lift_longest_first),
    };
    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
