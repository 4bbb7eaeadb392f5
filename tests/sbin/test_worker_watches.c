#include "support/own_world.h"

#include "action/check_watch.h"
#include "base/clock.h"
#include "base/memory.h"
#include "worker_here.h"

static void run(void) { assert_false(portion(worker_watches)); }

static void watched(const struct actor *owner)
{
    enum watch_outcome outcome;
    struct act act = world_act(&world, owner);

    assert_null(watch_checks(&act, &outcome));
    assert_int_equal(outcome, WATCH_DONE);
}

static int64_t told(void) { return world_count(&world, "notification", "kind = 'CHECKS_PASS'"); }

static void a_change_that_lets_all_pass_is_told_once(void **state)
{
    (void)state;
    world_currency(&world, world.customer, NULL);
    watched(world.owner);
    run();
    assert_int_equal(told(), 0);
    world_currency(&world, world.customer, "USD");
    run();
    run();
    assert_int_equal(told(), 1);
}

static void nothing_is_looked_at_again_before_something_changed(void **state)
{
    (void)state;
    world_currency(&world, world.customer, NULL);
    watched(world.owner);
    run();
    /* Behind the back of the version: it is not seen at once, but in time. */
    test_db_sql(db, "UPDATE account SET currency = 'USD' WHERE id = %lld", (long long)world.customer);
    run();
    assert_int_equal(told(), 0);
    world.now += 10 * CLOCK_MINUTE;
    run();
    assert_int_equal(told(), 1);
}

static void what_ends_by_time_alone_is_noticed(void **state)
{
    (void)state;
    world_commitment(&world, world.customer, COMMITMENT_RI, world.now + CLOCK_HOUR);
    watched(world.owner);
    world.now += CLOCK_HOUR - 1;
    run();
    assert_int_equal(told(), 0);
    world.now += 10 * CLOCK_MINUTE;
    run();
    assert_int_equal(told(), 1);
}

static void more_than_a_batch_is_told_in_one_round(void **state)
{
    (void)state;
    for (int i = 0; i < 51; i++) {
        const int64_t id = world_account(&world, ACCOUNT_CUSTOMER, mem_text(world.mem, "Customer %d", i));

        world_associate(&world, id, world.partner, MODEL_RESELLER);
        world_currency(&world, id, NULL);
        watched(world_user(&world, id, ROLE_OWNER, mem_text(world.mem, "Owner %d", i)));
        world_currency(&world, id, "USD");
    }
    run();
    assert_int_equal(told(), 51);
}

static void a_worker_that_stops_leaves_the_rest(void **state)
{
    (void)state;
    world_currency(&world, world.customer, NULL);
    watched(world.owner);
    world_currency(&world, world.customer, "USD");
    is_stopping = 1;
    run();
    is_stopping = 0;
    assert_int_equal(told(), 0);
    run();
    assert_int_equal(told(), 1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_change_that_lets_all_pass_is_told_once), TEST(nothing_is_looked_at_again_before_something_changed),
        TEST(what_ends_by_time_alone_is_noticed), TEST(more_than_a_batch_is_told_in_one_round),
        TEST(a_worker_that_stops_leaves_the_rest)
    };

    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
