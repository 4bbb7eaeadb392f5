/* The worker's job that follows resources nobody pays for: everything that is due, once, whoever runs it. */
#include "support/race.h"

#include "base/clock.h"
#include "base/memory.h"
#include "worker_here.h"

#include "support/resources.h"

static int64_t worker_now;

static const struct err *run_job(void)
{
    bool more = false;
    const struct err *err = portion_at(worker_lifecycle, worker_now, &more);
    assert_false(more);
    return err;
}

static void run_at(int64_t at)
{
    worker_now = at;
    assert_null(run_job());
}

static int64_t in_state(const char *state) { return world_count(&world, "resource", "state = '%s'", state); }

static void many(int n, int64_t due_at)
{
    for (int i = 0; i < n; i++)
        (void)resource_of(world.customer, mem_text(world.mem, "Server %d", i), due_at);
}

static int setup(void **state)
{
    (void)state;
    is_stopping = 0;
    begin();
    leave();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    end();
    return 0;
}

static void the_lifecycle_is_a_job_of_the_worker(void **state)
{
    bool found = false;
    (void)state;
    for (size_t i = 0; i < worker_jobs_n; i++)
        found |= worker_jobs[i].run == worker_lifecycle;
    assert_true(found);
}

static void hour_by_hour_each_thing_happens_once_and_in_time(void **state)
{
    const int64_t due = world.now + CLOCK_DAY;
    (void)state;
    many(1, due);
    for (int hour = 0; hour < 34 * 24; hour++) {
        run_at(world.now + hour * CLOCK_HOUR);
        const int64_t past = world.now + hour * CLOCK_HOUR - due;
        const char *state_now = past < 0 ? "ACTIVE" : past < 15 * CLOCK_DAY ? "GRACE" : past < 30 * CLOCK_DAY ? "RETENTION" : "RELEASED";
        if (in_state(state_now) != 1)
            fail_msg("hour %d: not %s", hour, state_now);
    }
    assert_int_equal(told_of("GRACE"), 1);
    assert_int_equal(told_of("GRACE_ENDS"), 2);
    assert_int_equal(told_of("RETENTION"), 1);
    assert_int_equal(told_of("RETENTION_ENDS"), 2);
    assert_int_equal(told_of("RELEASED"), 1);
    assert_int_equal(logged("RESOURCE_GRACE") + logged("RESOURCE_RETENTION") + logged("RESOURCE_RELEASED"), 3);
}

static void what_was_missed_is_made_up_for_in_one_run(void **state)
{
    (void)state;
    many(1, world.now);
    run_at(world.now + 40 * CLOCK_DAY);
    assert_int_equal(in_state("RELEASED"), 1);
    assert_int_equal(logged("RESOURCE_GRACE") + logged("RESOURCE_RETENTION") + logged("RESOURCE_RELEASED"), 3);
}

static void every_missed_period_is_charged(void **state)
{
    (void)state;
    (void)card_of(world.customer, "demo-a", world.now + 1000 * CLOCK_DAY);
    many(1, world.now);
    run_at(clock_add_months(world.now, 3, "UTC"));
    assert_int_equal(world_count(&world, "charge", "result = 'PAID'"), 4);
    assert_int_equal(in_state("ACTIVE"), 1);
}

static void more_than_a_batch_is_done_in_one_run(void **state)
{
    (void)state;
    many(103, world.now);
    run_at(world.now);
    assert_int_equal(in_state("GRACE"), 103);
    assert_int_equal(told_of("GRACE"), 103);
}

static void reminders_are_given(void **state)
{
    (void)state;
    for (int hour = 0; hour < 10 * 24; hour++)
        run_at(world.now + hour * CLOCK_HOUR);
    assert_int_equal(world_count(&world, "notification", "kind = 'PAYMENT_METHOD'"), 3);
}

static void one_that_fails_is_not_in_the_way(void **state)
{
    (void)state;
    many(3, world.now);
    test_db_sql(db, "ALTER TABLE resource ADD CONSTRAINT resource_stuck CHECK (state = 'ACTIVE' OR name <> 'Server 0')");
    worker_now = world.now;
    const struct err *err = run_job();
    assert_non_null(err);
    assert_int_equal(in_state("GRACE"), 2);
    test_db_sql(db, "ALTER TABLE resource DROP CONSTRAINT resource_stuck");
    run_at(worker_now);
    assert_int_equal(in_state("GRACE"), 3);
}

static void a_worker_told_to_stop_begins_nothing(void **state)
{
    (void)state;
    many(1, world.now);
    is_stopping = 1;
    run_at(world.now);
    assert_int_equal(in_state("ACTIVE"), 1);
}

static int work(int who)
{
    (void)who;
    const struct err *err = run_job();
    return err == NULL ? 0 : FAILED + (int)err->kind;
}

static void two_workers_at_once_do_each_thing_once(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[2];
        is_stopping = 0;
        begin();
        leave();
        many(8, world.now);
        worker_now = world.now;
        race(2, work, what);
        assert_int_equal(what[0] | what[1], 0);
        assert_int_equal(in_state("GRACE"), 8);
        assert_int_equal(told_of("GRACE"), 8);
        assert_int_equal(logged("RESOURCE_GRACE"), 8);
        assert_int_equal(world_count(&world, "charge", "TRUE"), 8);
        worker_now = world.now + 15 * CLOCK_DAY;
        race(2, work, what);
        assert_int_equal(what[0] | what[1], 0);
        assert_int_equal(in_state("RETENTION"), 8);
        assert_int_equal(logged("RESOURCE_RETENTION"), 8);
        end();
    }
}

static void two_workers_at_once_charge_once(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[2];
        is_stopping = 0;
        begin();
        leave();
        (void)card_of(world.customer, "demo-a", world.now + 1000 * CLOCK_DAY);
        many(8, world.now);
        worker_now = world.now;
        race(2, work, what);
        assert_int_equal(what[0] | what[1], 0);
        assert_int_equal(world_count(&world, "charge", "result = 'PAID'"), 8);
        end();
    }
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_lifecycle_is_a_job_of_the_worker),
        TEST(hour_by_hour_each_thing_happens_once_and_in_time),
        TEST(what_was_missed_is_made_up_for_in_one_run),
        TEST(every_missed_period_is_charged),
        TEST(more_than_a_batch_is_done_in_one_run),
        TEST(reminders_are_given),
        TEST(one_that_fails_is_not_in_the_way),
        TEST(a_worker_told_to_stop_begins_nothing),
        cmocka_unit_test(two_workers_at_once_do_each_thing_once),
        cmocka_unit_test(two_workers_at_once_charge_once),
    };
    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
