#include "action/resource_world.h"

/* --- unpaid, to the end ----------------------------------------------------------------------------------------------- */

static void unpaid_it_goes_to_the_end_with_notices_and_log(void **state)
{
    const int64_t grace = due + 15 * CLOCK_DAY, retention = due + 30 * CLOCK_DAY;
    (void)state;
    assert_false(step_at(due - 1));
    assert_true(resource_is(id, "ACTIVE", INSTANT_NONE));
    assert_true(step_at(due));
    assert_true(resource_is(id, "GRACE", grace));
    assert_int_equal(told_of("GRACE"), 1);
    assert_int_equal(world_count(&world, "charge", "result = 'NO_METHOD' AND payer = 'CUSTOMER' AND amount_minor = 1250"), 1);
    assert_false(step_at(due));
    assert_false(step_at(grace - 3 * CLOCK_DAY - 1));
    assert_true(step_at(grace - 3 * CLOCK_DAY));
    assert_int_equal(told_of("GRACE_ENDS"), 1);
    assert_false(step_at(grace - CLOCK_DAY - 1));
    assert_true(step_at(grace - CLOCK_DAY));
    assert_int_equal(told_of("GRACE_ENDS"), 2);
    assert_false(step_at(grace - 1));
    assert_true(step_at(grace));
    assert_true(resource_is(id, "RETENTION", retention));
    assert_int_equal(told_of("RETENTION"), 1);
    assert_true(step_at(retention - 3 * CLOCK_DAY));
    assert_true(step_at(retention - CLOCK_DAY));
    assert_int_equal(told_of("RETENTION_ENDS"), 2);
    assert_false(step_at(retention - 1));
    assert_true(step_at(retention));
    assert_true(resource_is(id, "RELEASED", INSTANT_NONE));
    assert_int_equal(told_of("RELEASED"), 1);
    assert_false(step_at(retention + 400 * CLOCK_DAY));
    assert_int_equal(logged("RESOURCE_GRACE") + logged("RESOURCE_RETENTION") + logged("RESOURCE_RELEASED"), 3);
    assert_int_equal(world_count(&world, "notification", "kind = 'RESOURCE' AND account_id = %lld AND link = '/resources'",
                                 L(world.customer)), 7);
}

static void the_log_stands_in_the_last_associations_chain_and_not_for_the_partner(void **state)
{
    (void)state;
    assert_true(step_at(due));
    assert_int_equal(world_count(&world, "operation_log", "operation = 'RESOURCE_GRACE' AND chain_id = %lld AND customer_id = %lld AND "
                                 "partner_id IS NULL AND initiated_by = 'SYSTEM' AND object = 'Web server' AND is_shown = 1",
                                 L(world.association), L(world.customer)), 1);
}

static void whoever_never_had_a_partner_is_in_the_platforms_chain(void **state)
{
    const int64_t alone = world_account(&world, ACCOUNT_CUSTOMER, "Alone");
    (void)state;
    id = resource_of(alone, "Disk", due);
    assert_true(step_at(due));
    assert_int_equal(world_count(&world, "operation_log", "operation = 'RESOURCE_GRACE' AND chain_id = 0 AND customer_id = %lld",
                                 L(alone)), 1);
}

static void ends_count_from_the_due_time_however_late_it_is_seen(void **state)
{
    const int64_t late = due + 20 * CLOCK_DAY;
    (void)state;
    assert_true(step_at(late));
    assert_true(resource_is(id, "GRACE", due + 15 * CLOCK_DAY));
    assert_true(step_at(late));
    assert_true(resource_is(id, "RETENTION", due + 30 * CLOCK_DAY));
    assert_false(step_at(late));
    assert_int_equal(told_of("GRACE_ENDS"), 0);
}

static void days_come_from_the_row_that_names_most(void **state)
{
    (void)state;
    test_db_sql(db, "INSERT INTO lifecycle_days VALUES ('*', '*', 1, 1), ('*', 'standard', 2, 2), ('main', '*', 3, 3)");
    assert_true(step_at(due));
    assert_true(resource_is(id, "GRACE", due + 3 * CLOCK_DAY));
    test_db_sql(db, "INSERT INTO lifecycle_days VALUES ('main', 'standard', 5, 9)");
    assert_true(step_at(due + 3 * CLOCK_DAY));
    assert_true(resource_is(id, "RETENTION", due + 14 * CLOCK_DAY));
}

static void without_a_row_the_config_says_the_days(void **state)
{
    struct config config = *world.config;
    struct config *kept = world.config;
    (void)state;
    config.request.grace_days = 7;
    config.request.retention_days = 2;
    world.config = &config;
    assert_true(step_at(due));
    assert_true(resource_is(id, "GRACE", due + 7 * CLOCK_DAY));
    assert_true(step_at(due + 7 * CLOCK_DAY));
    assert_true(resource_is(id, "RETENTION", due + 9 * CLOCK_DAY));
    world.config = kept;
}

static void no_grace_at_all_is_retention_at_once(void **state)
{
    (void)state;
    test_db_sql(db, "INSERT INTO lifecycle_days VALUES ('*', '*', 0, 1)");
    assert_true(step_at(due));
    assert_true(resource_is(id, "GRACE", due));
    assert_true(step_at(due));
    assert_true(resource_is(id, "RETENTION", due + CLOCK_DAY));
}

/* --- reminders -------------------------------------------------------------------------------------------------------- */

/* Leaving has made it. */
static int64_t task(void)
{
    return test_db_number(db, "SELECT id FROM task WHERE account_id = %lld AND kind = 'PAYMENT_METHOD' LIMIT 1", L(world.customer));
}

static bool remind_at(int64_t task_id, int64_t at)
{
    struct act act = world_act(&world, act_system);
    bool stepped = true;
    act.now = at;
    assert_null(payment_remind(&act, task_id, &stepped));
    return stepped;
}

static int64_t reminders(void)
{
    return world_count(&world, "notification", "kind = 'PAYMENT_METHOD' AND account_id = %lld AND link = '/payment-method'",
                       L(world.customer));
}

static void who_left_is_reminded_after_one_three_and_seven_days(void **state)
{
    const int64_t task_id = task();
    (void)state;
    assert_false(remind_at(task_id, world.now + CLOCK_DAY - 1));
    assert_true(remind_at(task_id, world.now + CLOCK_DAY));
    assert_false(remind_at(task_id, world.now + CLOCK_DAY));
    assert_true(remind_at(task_id, world.now + 3 * CLOCK_DAY));
    assert_true(remind_at(task_id, world.now + 7 * CLOCK_DAY));
    assert_false(remind_at(task_id, world.now + 70 * CLOCK_DAY));
    assert_int_equal(reminders(), 3);
}

static void reminders_that_nobody_gave_are_given_once(void **state)
{
    const int64_t task_id = task();
    (void)state;
    assert_true(remind_at(task_id, world.now + 8 * CLOCK_DAY));
    assert_false(remind_at(task_id, world.now + 9 * CLOCK_DAY));
    assert_int_equal(reminders(), 1);
}

static void who_can_pay_is_not_reminded_and_the_task_ends(void **state)
{
    const int64_t task_id = task();
    (void)state;
    (void)card_of(world.customer, "demo-a", far());
    assert_true(remind_at(task_id, world.now + CLOCK_DAY));
    assert_int_equal(reminders(), 0);
    assert_int_equal(world_count(&world, "task", "id = %lld AND done_at IS NOT NULL", L(task_id)), 1);
    assert_false(remind_at(task_id, world.now + 3 * CLOCK_DAY));
}

static void who_has_a_partner_again_is_not_reminded(void **state)
{
    const int64_t task_id = task();
    (void)state;
    (void)world_associate(&world, world.customer, world.partner, MODEL_RESELLER);
    assert_true(remind_at(task_id, world.now + CLOCK_DAY));
    assert_int_equal(reminders(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(unpaid_it_goes_to_the_end_with_notices_and_log),
        TEST(the_log_stands_in_the_last_associations_chain_and_not_for_the_partner),
        TEST(whoever_never_had_a_partner_is_in_the_platforms_chain),
        TEST(ends_count_from_the_due_time_however_late_it_is_seen),
        TEST(days_come_from_the_row_that_names_most),
        TEST(without_a_row_the_config_says_the_days),
        TEST(no_grace_at_all_is_retention_at_once),
        TEST(who_left_is_reminded_after_one_three_and_seven_days),
        TEST(reminders_that_nobody_gave_are_given_once),
        TEST(who_can_pay_is_not_reminded_and_the_task_ends),
        TEST(who_has_a_partner_again_is_not_reminded),
    };
    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
