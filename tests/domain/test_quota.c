#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "domain/quota.h"

#define ZONE "Asia/Singapore"

static int64_t on(int year, int month, int day, int hour)
{
    struct civil civil = { .year = year, .month = month, .day = day, .hour = hour };

    return clock_instant(&civil, ZONE);
}

static void three_months_keep_day_and_wall_time(void **state)
{
    (void)state;
    assert_int_equal(quota_frees_at(on(2025, 6, 30, 9), 3, ZONE), on(2025, 9, 30, 9));
    assert_int_equal(quota_frees_at(on(2025, 10, 5, 0), 3, ZONE), on(2026, 1, 5, 0));
}

static void a_day_the_month_lacks_becomes_its_last(void **state)
{
    (void)state;
    assert_int_equal(quota_frees_at(on(2026, 11, 30, 12), 3, ZONE), on(2027, 2, 28, 12));
    assert_int_equal(quota_frees_at(on(2027, 11, 30, 12), 3, ZONE), on(2028, 2, 29, 12));
    assert_int_equal(quota_frees_at(on(2025, 12, 31, 12), 6, ZONE), on(2026, 6, 30, 12));
}

static void months_are_those_of_the_zone(void **state)
{
    /* Half past midnight of 1 March in Singapore is 28 February in UTC, and three months later are three days apart. */
    struct civil early = { .year = 2026, .month = 3, .day = 1, .minute = 30 };
    int64_t at = clock_instant(&early, ZONE);
    struct civil there = clock_civil(quota_frees_at(at, 3, ZONE), ZONE);

    (void)state;
    assert_int_equal(there.month, 6);
    assert_int_equal(there.day, 1);
    assert_int_equal(quota_frees_at(at, 3, ZONE) - quota_frees_at(at, 3, "UTC"), 3 * CLOCK_DAY);
}

static void a_slot_is_free_at_exactly_frees_at(void **state)
{
    struct quota quota = { .limit = 1, .n = 1, .slots = { { 100, 200 } } };

    (void)state;
    assert_int_equal(quota_used(&quota, 199), 1);
    assert_false(quota_is_free(&quota, 199));
    assert_int_equal(quota_used(&quota, 200), 0);
    assert_true(quota_is_free(&quota, 200));
}

static void the_third_request_is_free_and_the_fourth_is_not(void **state)
{
    struct quota quota = { .limit = 3, .n = 2, .slots = { { 1, 100 }, { 2, 102 }, { 3, 103 } } };

    (void)state;
    assert_true(quota_is_free(&quota, 50));
    quota.n = 3;
    assert_false(quota_is_free(&quota, 50));
    assert_int_equal(quota_used(&quota, 50), 3);
}

static void a_grant_gives_one_more(void **state)
{
    struct quota quota = { .limit = 4, .n = 3, .slots = { { 1, 100 }, { 2, 102 }, { 3, 103 } } };

    (void)state;
    assert_true(quota_is_free(&quota, 50));
}

static void the_next_request_is_possible_now_when_one_is_free(void **state)
{
    struct quota quota = { .limit = 3, .n = 2, .slots = { { 1, 100 }, { 2, 102 } } };

    (void)state;
    assert_int_equal(quota_next_at(&quota, 50), 50);
}

static void the_next_request_waits_for_the_earliest_slot(void **state)
{
    struct quota quota = { .limit = 3, .n = 4, .slots = { { 3, 103 }, { 1, 100 }, { 0, 40 }, { 2, 102 } } };

    (void)state;
    assert_int_equal(quota_next_at(&quota, 50), 100);
}

static void with_more_used_than_the_limit_the_next_waits_for_enough_slots(void **state)
{
    /* Grants ran out: five count, three are allowed, so three must fall out. */
    struct quota quota = {
        .limit = 3, .n = 5, .slots = { { 5, 105 }, { 1, 101 }, { 3, 103 }, { 2, 102 }, { 4, 104 } }
    };

    (void)state;
    assert_int_equal(quota_next_at(&quota, 50), 103);
    assert_false(quota_is_free(&quota, 102));
    assert_true(quota_is_free(&quota, 103));
}

static void a_limit_of_zero_never_frees_one(void **state)
{
    struct quota quota = { .limit = 0, .n = 0 };

    (void)state;
    assert_false(quota_is_free(&quota, 50));
    assert_int_equal(quota_next_at(&quota, 50), INSTANT_NONE);
}

static void counting_slots_come_oldest_first(void **state)
{
    struct quota quota = { .limit = 3, .n = 4, .slots = { { 30, 103 }, { 10, 100 }, { 5, 50 }, { 20, 102 } } };
    struct quota_slot out[QUOTA_SLOTS_MAX];

    (void)state;
    assert_int_equal(quota_counting(&quota, 50, out), 3);
    assert_int_equal(out[0].submitted_at, 10);
    assert_int_equal(out[1].submitted_at, 20);
    assert_int_equal(out[2].submitted_at, 30);
    assert_int_equal(quota_counting(&quota, 1000, out), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_months_keep_day_and_wall_time),
        cmocka_unit_test(a_day_the_month_lacks_becomes_its_last),
        cmocka_unit_test(months_are_those_of_the_zone),
        cmocka_unit_test(a_slot_is_free_at_exactly_frees_at),
        cmocka_unit_test(the_third_request_is_free_and_the_fourth_is_not),
        cmocka_unit_test(a_grant_gives_one_more),
        cmocka_unit_test(the_next_request_is_possible_now_when_one_is_free),
        cmocka_unit_test(the_next_request_waits_for_the_earliest_slot),
        cmocka_unit_test(with_more_used_than_the_limit_the_next_waits_for_enough_slots),
        cmocka_unit_test(a_limit_of_zero_never_frees_one),
        cmocka_unit_test(counting_slots_come_oldest_first)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
