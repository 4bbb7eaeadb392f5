#include "support/rows.h"

#include "base/clock.h"
#include "base/memory.h"
#include "domain/lifecycle.h"

static int64_t utc(int year, int month, int day, int hour, int minute)
{
    const struct civil civil = { .year = year, .month = month, .day = day, .hour = hour, .minute = minute };
    return clock_instant(&civil, "UTC");
}

static int64_t in(const char *zone, int year, int month, int day, int hour, int minute)
{
    const struct civil civil = { .year = year, .month = month, .day = day, .hour = hour, .minute = minute };
    return clock_instant(&civil, zone);
}

static const struct lifecycle_days usual = { 15, 15 };

/* --- the steps, each at its boundary ---------------------------------------------------------------------------------- */

#define DUE INT64_C(1700000000000000)
#define UNTIL (DUE + 15 * CLOCK_DAY)

static const struct step {
    const char *claim;
    enum resource_state state;
    bool is_partners;
    int64_t told, now;
    enum lifecycle_step step;
} step_rows[] = {
    { "active_before_its_charge", RESOURCE_ACTIVE, false, 0, DUE - 1, LIFECYCLE_NOTHING },
    { "active_at_its_charge", RESOURCE_ACTIVE, false, 0, DUE, LIFECYCLE_CHARGE },
    { "active_after_its_charge", RESOURCE_ACTIVE, false, 0, DUE + 1, LIFECYCLE_CHARGE },
    { "a_partners_before_its_charge", RESOURCE_ACTIVE, true, 0, DUE - 1, LIFECYCLE_NOTHING },
    { "a_partners_at_its_charge", RESOURCE_ACTIVE, true, 0, DUE, LIFECYCLE_CHARGE },
    { "grace_before_three_days", RESOURCE_GRACE, false, 0, UNTIL - 3 * CLOCK_DAY - 1, LIFECYCLE_NOTHING },
    { "grace_at_three_days", RESOURCE_GRACE, false, 0, UNTIL - 3 * CLOCK_DAY, LIFECYCLE_WARN },
    { "grace_told_of_three_days", RESOURCE_GRACE, false, 1, UNTIL - 3 * CLOCK_DAY, LIFECYCLE_NOTHING },
    { "grace_before_one_day", RESOURCE_GRACE, false, 1, UNTIL - CLOCK_DAY - 1, LIFECYCLE_NOTHING },
    { "grace_at_one_day", RESOURCE_GRACE, false, 1, UNTIL - CLOCK_DAY, LIFECYCLE_WARN },
    { "grace_told_of_one_day", RESOURCE_GRACE, false, 2, UNTIL - CLOCK_DAY, LIFECYCLE_NOTHING },
    { "grace_just_before_its_end", RESOURCE_GRACE, false, 2, UNTIL - 1, LIFECYCLE_NOTHING },
    { "grace_at_its_end", RESOURCE_GRACE, false, 2, UNTIL, LIFECYCLE_RETAIN },
    { "grace_at_its_end_untold", RESOURCE_GRACE, false, 0, UNTIL, LIFECYCLE_RETAIN },
    { "retention_at_three_days", RESOURCE_RETENTION, false, 0, UNTIL - 3 * CLOCK_DAY, LIFECYCLE_WARN },
    { "retention_at_one_day", RESOURCE_RETENTION, false, 1, UNTIL - CLOCK_DAY, LIFECYCLE_WARN },
    { "retention_just_before_its_end", RESOURCE_RETENTION, false, 2, UNTIL - 1, LIFECYCLE_NOTHING },
    { "retention_at_its_end", RESOURCE_RETENTION, false, 2, UNTIL, LIFECYCLE_RELEASE },
    { "a_partner_pays_in_grace", RESOURCE_GRACE, true, 0, DUE + 1, LIFECYCLE_CHARGE },
    { "a_partner_pays_in_retention", RESOURCE_RETENTION, true, 0, UNTIL, LIFECYCLE_CHARGE },
    { "released_for_good", RESOURCE_RELEASED, false, 0, UNTIL + 1000 * CLOCK_DAY, LIFECYCLE_NOTHING },
    { "released_for_good_whoever_pays", RESOURCE_RELEASED, true, 0, UNTIL + 1000 * CLOCK_DAY, LIFECYCLE_NOTHING },
};

static void is_due(void **state)
{
    const struct step *row = *state;
    const bool ends = row->state == RESOURCE_GRACE || row->state == RESOURCE_RETENTION;
    const struct lifecycle resource = {
        .state = row->state, .due_at = DUE, .until_at = ends ? UNTIL : INSTANT_NONE, .told = row->told, .is_partners = row->is_partners
    };
    assert_int_equal(lifecycle_next(&resource, row->now, "UTC"), row->step);
}

/* --- ends ------------------------------------------------------------------------------------------------------------- */

static void ends_count_from_the_due_time(void **state)
{
    const struct lifecycle_days odd = { 7, 0 };
    (void)state;
    assert_int_equal(lifecycle_grace_end(DUE, &usual, "UTC"), DUE + 15 * CLOCK_DAY);
    assert_int_equal(lifecycle_retention_end(DUE, &usual, "UTC"), DUE + 30 * CLOCK_DAY);
    assert_int_equal(lifecycle_grace_end(DUE, &odd, "UTC"), DUE + 7 * CLOCK_DAY);
    assert_int_equal(lifecycle_retention_end(DUE, &odd, "UTC"), DUE + 7 * CLOCK_DAY);
}

static void ends_go_over_month_ends_and_leap_days(void **state)
{
    (void)state;
    assert_int_equal(lifecycle_grace_end(utc(2028, 2, 20, 10, 30), &usual, "UTC"), utc(2028, 3, 6, 10, 30));
    assert_int_equal(lifecycle_grace_end(utc(2027, 2, 20, 10, 30), &usual, "UTC"), utc(2027, 3, 7, 10, 30));
    assert_int_equal(lifecycle_retention_end(utc(2027, 12, 20, 0, 0), &usual, "UTC"), utc(2028, 1, 19, 0, 0));
    assert_int_equal(lifecycle_grace_end(utc(2028, 2, 14, 0, 0), &usual, "UTC"), utc(2028, 2, 29, 0, 0));
    assert_int_equal(lifecycle_grace_end(utc(2000, 2, 28, 23, 59), &(struct lifecycle_days){ 1, 0 }, "UTC"), utc(2000, 2, 29, 23, 59));
    assert_int_equal(lifecycle_grace_end(utc(2100, 2, 28, 23, 59), &(struct lifecycle_days){ 1, 0 }, "UTC"), utc(2100, 3, 1, 23, 59));
}

#define BERLIN "Europe/Berlin"

/* The clock goes forward on 28 March 2027 and back on 31 October 2027: the hour of the day stays, the length in seconds does not. */
static void ends_keep_the_hour_where_the_clock_changes(void **state)
{
    const int64_t spring = in(BERLIN, 2027, 3, 20, 9, 0), autumn = in(BERLIN, 2027, 10, 20, 9, 0);
    (void)state;
    assert_int_equal(lifecycle_grace_end(spring, &usual, BERLIN), in(BERLIN, 2027, 4, 4, 9, 0));
    assert_int_equal(lifecycle_grace_end(spring, &usual, BERLIN), spring + 15 * CLOCK_DAY - CLOCK_HOUR);
    assert_int_equal(lifecycle_grace_end(autumn, &usual, BERLIN), in(BERLIN, 2027, 11, 4, 9, 0));
    assert_int_equal(lifecycle_grace_end(autumn, &usual, BERLIN), autumn + 15 * CLOCK_DAY + CLOCK_HOUR);
    /* An hour that the clock skips is the hour after it; one that comes twice is the first. */
    assert_int_equal(lifecycle_grace_end(in(BERLIN, 2027, 3, 13, 2, 30), &usual, BERLIN), in(BERLIN, 2027, 3, 28, 3, 30));
    assert_int_equal(lifecycle_grace_end(in(BERLIN, 2027, 10, 16, 2, 30), &usual, BERLIN), utc(2027, 10, 31, 0, 30));
    /* Fractions of a second stay. */
    assert_int_equal(lifecycle_grace_end(spring + 123456, &usual, BERLIN), in(BERLIN, 2027, 4, 4, 9, 0) + 123456);
}

static void days_back_undo_days_on(void **state)
{
    (void)state;
    for (int64_t day = 0; day < 800; day++) {
        const int64_t at = in(BERLIN, 2027, 1, 1, 12, 0) + day * CLOCK_DAY;
        const int64_t noon = lifecycle_add_days(in(BERLIN, 2027, 1, 1, 12, 0), day, BERLIN);
        assert_int_equal(clock_civil(noon, BERLIN).hour, 12);
        assert_int_equal(lifecycle_add_days(lifecycle_add_days(noon, 30, BERLIN), -30, BERLIN), noon);
        assert_true(noon - at <= CLOCK_HOUR && at - noon <= CLOCK_HOUR);
    }
}

static void warnings_fall_on_the_hour_where_the_clock_changes(void **state)
{
    const int64_t until = in(BERLIN, 2027, 3, 29, 9, 0), third = in(BERLIN, 2027, 3, 26, 9, 0), last = in(BERLIN, 2027, 3, 28, 9, 0);
    (void)state;
    assert_int_equal(lifecycle_warnings_due(until, third - 1, BERLIN), 0);
    assert_int_equal(lifecycle_warnings_due(until, third, BERLIN), 1);
    assert_int_equal(lifecycle_warnings_due(until, last - 1, BERLIN), 1);
    assert_int_equal(lifecycle_warnings_due(until, last, BERLIN), 2);
    assert_int_equal(lifecycle_warnings_due(until, until + CLOCK_DAY, BERLIN), 2);
}

static void reminders_come_after_one_three_and_seven_days(void **state)
{
    (void)state;
    assert_int_equal(lifecycle_reminders_due(DUE, DUE + CLOCK_DAY - 1, "UTC"), 0);
    assert_int_equal(lifecycle_reminders_due(DUE, DUE + CLOCK_DAY, "UTC"), 1);
    assert_int_equal(lifecycle_reminders_due(DUE, DUE + 3 * CLOCK_DAY - 1, "UTC"), 1);
    assert_int_equal(lifecycle_reminders_due(DUE, DUE + 3 * CLOCK_DAY, "UTC"), 2);
    assert_int_equal(lifecycle_reminders_due(DUE, DUE + 7 * CLOCK_DAY - 1, "UTC"), 2);
    assert_int_equal(lifecycle_reminders_due(DUE, DUE + 7 * CLOCK_DAY, "UTC"), 3);
    assert_int_equal(lifecycle_reminders_due(DUE, DUE + 900 * CLOCK_DAY, "UTC"), 3);
}

/* --- the next charge -------------------------------------------------------------------------------------------------- */

static void the_thirty_first_comes_back(void **state)
{
    const int64_t anchor = utc(2027, 1, 31, 8, 0);
    int64_t at = anchor;
    static const int days[] = { 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 29 };
    (void)state;
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        const int64_t next = lifecycle_next_charge(anchor, at, 1, "UTC");
        assert_true(next > at);
        assert_int_equal(clock_civil(next, "UTC").day, days[i]);
        at = next;
    }
    assert_int_equal(at, utc(2028, 2, 29, 8, 0));
}

static void periods_are_whole(void **state)
{
    const int64_t anchor = utc(2024, 2, 29, 0, 0);
    (void)state;
    assert_int_equal(lifecycle_next_charge(anchor, anchor, 12, "UTC"), utc(2025, 2, 28, 0, 0));
    assert_int_equal(lifecycle_next_charge(anchor, utc(2027, 2, 28, 0, 0), 12, "UTC"), utc(2028, 2, 29, 0, 0));
    assert_int_equal(lifecycle_next_charge(anchor, utc(2024, 2, 29, 0, 0), 3, "UTC"), utc(2024, 5, 29, 0, 0));
    assert_int_equal(lifecycle_next_charge(anchor, utc(2024, 5, 28, 23, 59), 3, "UTC"), utc(2024, 5, 29, 0, 0));
    assert_int_equal(lifecycle_next_charge(anchor, utc(2024, 5, 29, 0, 0), 3, "UTC"), utc(2024, 8, 29, 0, 0));
}

static void without_an_anchor_the_charge_itself_is_one(void **state)
{
    (void)state;
    assert_int_equal(lifecycle_next_charge(INSTANT_NONE, utc(2027, 1, 31, 8, 0), 1, "UTC"), utc(2027, 2, 28, 8, 0));
    assert_int_equal(lifecycle_next_charge(utc(2027, 3, 1, 0, 0), utc(2027, 1, 31, 8, 0), 1, "UTC"), utc(2027, 2, 28, 8, 0));
}

static void charges_keep_their_hour_where_the_clock_changes(void **state)
{
    const int64_t anchor = in(BERLIN, 2027, 3, 10, 9, 0);
    (void)state;
    assert_int_equal(lifecycle_next_charge(anchor, anchor, 1, BERLIN), in(BERLIN, 2027, 4, 10, 9, 0));
}

static void states_have_names(void **state)
{
    enum resource_state found = RESOURCE_ACTIVE;
    (void)state;
    for (int i = 0; i < RESOURCE_STATES; i++) {
        assert_true(resource_state_find(resource_state_name((enum resource_state)i), &found));
        assert_int_equal(found, i);
    }
    assert_false(resource_state_find("GONE", &found));
    assert_string_equal(resource_state_name(RESOURCE_STATES), "");
}

int main(void)
{
    static struct rows rows;

    ROWS_TABLE(&rows, is_due, step_rows);
    ROWS_TEST(&rows, ends_count_from_the_due_time);
    ROWS_TEST(&rows, ends_go_over_month_ends_and_leap_days);
    ROWS_TEST(&rows, ends_keep_the_hour_where_the_clock_changes);
    ROWS_TEST(&rows, days_back_undo_days_on);
    ROWS_TEST(&rows, warnings_fall_on_the_hour_where_the_clock_changes);
    ROWS_TEST(&rows, reminders_come_after_one_three_and_seven_days);
    ROWS_TEST(&rows, the_thirty_first_comes_back);
    ROWS_TEST(&rows, periods_are_whole);
    ROWS_TEST(&rows, without_an_anchor_the_charge_itself_is_one);
    ROWS_TEST(&rows, charges_keep_their_hour_where_the_clock_changes);
    ROWS_TEST(&rows, states_have_names);
    return _cmocka_run_group_tests(__FILE__, rows.tests, rows.n, NULL, NULL);
}
