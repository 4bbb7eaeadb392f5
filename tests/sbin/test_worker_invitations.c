#include "support/own_world.h"

#include "base/clock.h"
#include "support/invited.h"
#include "worker_here.h"

static bool run(void) { return portion(worker_expire_invitations); }

static void what_is_over_is_marked_and_logged_once(void **state)
{
    (void)state;
    (void)invited_by_email(&world, world.admin, "one@customer.example", NULL);
    (void)invited_by_link(&world, world.admin, NULL);
    world.now += 7 * CLOCK_DAY - 1;
    assert_false(run());
    assert_int_equal(world_count(&world, "invitation", "status = 'OPEN'"), 2);
    world.now += 1;
    assert_false(run());
    assert_false(run());
    assert_int_equal(world_count(&world, "invitation", "status = 'EXPIRED' AND kind = 'EMAIL'"), 1);
    assert_int_equal(world_count(&world, "invitation", "status = 'OPEN' AND kind = 'LINK'"), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'INVITATION_EXPIRED' AND initiated_by = 'SYSTEM'"), 1);
}

static void more_than_a_batch_is_done_in_several_rounds(void **state)
{
    (void)state;
    for (int i = 0; i < 51; i++)
        (void)invited_by_email(&world, world.admin, mem_text(world.mem, "n%d@customer.example", i), NULL);
    world.now += 8 * CLOCK_DAY;
    assert_true(run());
    assert_false(run());
    assert_int_equal(world_count(&world, "invitation", "status = 'EXPIRED'"), 51);
}

static void a_worker_that_stops_leaves_the_rest(void **state)
{
    (void)state;
    (void)invited_by_email(&world, world.admin, "one@customer.example", NULL);
    world.now += 8 * CLOCK_DAY;
    is_stopping = 1;
    (void)run();
    is_stopping = 0;
    assert_int_equal(world_count(&world, "invitation", "status = 'OPEN'"), 1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_over_is_marked_and_logged_once), TEST(more_than_a_batch_is_done_in_several_rounds),
        TEST(a_worker_that_stops_leaves_the_rest)
    };

    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
