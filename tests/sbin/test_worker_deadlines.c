/* The worker's job that watches deadlines: everything that is due, once, whoever runs it. */
#include "support/race.h"

#include "action/deadline.h"
#include "base/clock.h"
#include "base/memory.h"
#include "worker_here.h"

#define L(value) ((long long)(value))

static int64_t worker_now;

static const struct err *run_job(void)
{
    bool more = false;
    const struct err *err = portion_at(worker_deadlines, worker_now, &more);
    assert_false(more);
    return err;
}

static void run_at(int64_t at)
{
    worker_now = at;
    assert_null(run_job());
}

static int64_t in_state(const char *state) { return world_count(&world, "disassociation_request", "state = '%s'", state); }

static int64_t transitions(const char *operation)
{
    return world_count(&world, "operation_log", "operation = '%s' AND initiated_by = 'SYSTEM'", operation);
}

/* So many customers, each of whom has asked its partner, or was asked by it. */
static void many(int n, bool by_partner)
{
    for (int i = 0; i < n; i++) {
        struct world one = world;
        one.customer = world_account(&one, ACCOUNT_CUSTOMER, mem_text(one.mem, "Customer %d", i));
        one.association = world_associate(&one, one.customer, one.partner, MODEL_RESELLER);
        const struct actor *owner = world_user(&one, one.customer, ROLE_OWNER, "Owner");
        (void)world_request(&one, by_partner ? one.admin : owner);
    }
}

static int setup(void **state)
{
    (void)state;
    is_stopping = 0;
    begin();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    end();
    return 0;
}

static void deadlines_are_a_job_of_the_worker(void **state)
{
    (void)state;
    bool found = false;
    for (size_t i = 0; i < worker_jobs_n; i++)
        found |= worker_jobs[i].run == worker_deadlines;
    assert_true(found);
}

static void a_request_is_reminded_three_times_then_escalated_then_over(void **state)
{
    (void)state;
    const int64_t sent_at = world.now;
    (void)world_request(&world, world.owner);
    for (int hour = 0; hour < 10 * 24; hour++)
        run_at(sent_at + hour * CLOCK_HOUR);
    assert_int_equal(world_count(&world, "notification", "kind = 'REQUEST_REMINDER'"), 3);
    assert_int_equal(transitions("REQUEST_ESCALATED"), 0);
    for (int hour = 10 * 24; hour < 20 * 24; hour++)
        run_at(sent_at + hour * CLOCK_HOUR);
    assert_int_equal(transitions("REQUEST_ESCALATED"), 1);
    assert_int_equal(in_state("PENDING"), 1);
    run_at(sent_at + 20 * CLOCK_DAY);
    assert_int_equal(transitions("REQUEST_EXPIRED"), 1);
    assert_int_equal(in_state("EXPIRED"), 1);
    assert_int_equal(world_count(&world, "notification", "kind = 'REQUEST_REMINDER'"), 3);
    assert_int_equal(world_count(&world, "quota_slot", "request_id IS NOT NULL"), 0);
}

static void more_than_a_batch_is_done_in_one_run(void **state)
{
    (void)state;
    many(53, true);
    run_at(world.now + 10 * CLOCK_DAY);
    assert_int_equal(in_state("EXPIRED"), 53);
}

static void freezing_a_partner_passes_on_what_waits_for_it(void **state)
{
    (void)state;
    many(3, false);
    run_at(world.now + CLOCK_MINUTE);
    assert_int_equal(transitions("REQUEST_ESCALATED"), 0);
    world_freeze(&world, world.partner, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    run_at(world.now + CLOCK_MINUTE);
    run_at(world.now + CLOCK_MINUTE);
    assert_int_equal(transitions("REQUEST_ESCALATED"), 3);
}

/* What nobody can read fails; those after it do not. */
static void one_that_fails_is_not_in_the_way(void **state)
{
    (void)state;
    many(3, true);
    const int64_t first = test_db_number(db, "SELECT MIN(id) FROM disassociation_request");
    test_db_sql(db, "ALTER TABLE disassociation_request DROP CONSTRAINT request_initiator");
    test_db_sql(db, "UPDATE disassociation_request SET initiator = 'NOBODY' WHERE id = %lld", L(first));
    worker_now = world.now + 10 * CLOCK_DAY;
    const struct err *err = run_job();
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_BUG);
    assert_int_equal(in_state("EXPIRED"), 2);
    test_db_sql(db, "UPDATE disassociation_request SET initiator = 'PARTNER' WHERE id = %lld", L(first));
    test_db_sql(db, "ALTER TABLE disassociation_request ADD CONSTRAINT request_initiator CHECK (initiator IN ('CUSTOMER', 'PARTNER'))");
    run_at(worker_now);
    assert_int_equal(in_state("EXPIRED"), 3);
}

static void a_worker_told_to_stop_begins_nothing(void **state)
{
    (void)state;
    (void)world_request(&world, world.admin);
    is_stopping = 1;
    run_at(world.now + 10 * CLOCK_DAY);
    assert_int_equal(in_state("PENDING"), 1);
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
        many(6, false);
        many(6, true);
        worker_now = world.now + 7 * CLOCK_DAY;
        race(2, work, what);
        assert_int_equal(what[0] | what[1], 0);
        assert_int_equal(world_count(&world, "notification", "kind = 'REQUEST_REMINDER'"), 12);
        worker_now = world.now + 10 * CLOCK_DAY;
        race(2, work, what);
        assert_int_equal(what[0] | what[1], 0);
        assert_int_equal(transitions("REQUEST_ESCALATED"), 6);
        assert_int_equal(transitions("REQUEST_EXPIRED"), 6);
        end();
    }
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(deadlines_are_a_job_of_the_worker),
        TEST(a_request_is_reminded_three_times_then_escalated_then_over),
        TEST(more_than_a_batch_is_done_in_one_run),
        TEST(freezing_a_partner_passes_on_what_waits_for_it),
        TEST(one_that_fails_is_not_in_the_way),
        TEST(a_worker_told_to_stop_begins_nothing),
        cmocka_unit_test(two_workers_at_once_do_each_thing_once),
    };
    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
