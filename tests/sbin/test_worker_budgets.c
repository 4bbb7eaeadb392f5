#include "support/own_world.h"

#include "base/clock.h"
#include "store/store_budget.h"
#include "worker_here.h"

static void run(void) { assert_false(portion(worker_budgets)); }

static void use(int64_t n, int64_t allowed)
{
    int64_t frees_at = 0;

    for (int64_t i = 0; i < n; i++)
        assert_null(budget_take(db, BUDGET_TOTAL, "SMS", allowed, world.now, &frees_at));
}

static long long told(void)
{
    return world_count(&world, "notification", "kind = 'BUDGET' AND account_id = (SELECT id FROM account WHERE kind = 'PLATFORM')");
}

static void ops_is_told_once_an_hour_that_a_budget_is_used_up(void **state)
{
    (void)state;
    use(1, 2);
    run();
    assert_int_equal(told(), 0);
    use(1, 2);
    run();
    run();
    assert_int_equal(told(), 1);
    /* Each who is ops, by email to the login; no auditor. */
    assert_int_equal(world_count(&world, "delivery", "kind = 'BUDGET' AND channel = 'EMAIL'"),
                     world_count(&world, "user", "role = 'ops' AND status = 'ACTIVE'"));
    assert_true(world_count(&world, "delivery", "kind = 'BUDGET'") > 0);
    world.now += CLOCK_HOUR;
    run();
    assert_int_equal(told(), 1);
    use(2, 2);
    run();
    assert_int_equal(told(), 2);
}

static void without_a_platform_account_nobody_is_told(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE account SET kind = 'PARTNER' WHERE kind = 'PLATFORM'");
    use(2, 2);
    run();
    assert_int_equal(world_count(&world, "delivery", "kind = 'BUDGET'"), 0);
    test_db_sql(db, "UPDATE account SET kind = 'PLATFORM' WHERE id = %lld", (long long)world.ops->account_id);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ops_is_told_once_an_hour_that_a_budget_is_used_up), TEST(without_a_platform_account_nobody_is_told)
    };

    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
