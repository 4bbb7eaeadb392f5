#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/rows.h"

/* "2026-11-22 14:02:11" as numbers; the rows below are written so. */
static struct civil read_civil(const char *text)
{
    struct civil civil = { 0 };

    assert_int_equal(sscanf(text, "%d-%d-%d %d:%d:%d", &civil.year, &civil.month, &civil.day, &civil.hour, &civil.minute,
                            &civil.second), 6);
    return civil;
}

static void assert_civil(const struct civil *civil, const char *expected)
{
    char text[128];

    (void)snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d:%02d", civil->year, civil->month, civil->day, civil->hour,
                   civil->minute, civil->second);
    assert_string_equal(text, expected);
}

static int64_t utc(const char *text)
{
    struct civil civil = read_civil(text);

    return clock_instant(&civil, "UTC");
}

static const struct reading { const char *claim, *at_utc, *zone, *wall; int offset_s; } readings[] = {
    { "epoch_in_utc", "1970-01-01 00:00:00", "UTC", "1970-01-01 00:00:00", 0 },
    { "before_the_epoch", "1969-12-31 23:59:59", "UTC", "1969-12-31 23:59:59", 0 },
    { "singapore_is_eight_hours_ahead", "2026-11-22 20:02:11", "Asia/Singapore", "2026-11-23 04:02:11", 28800 },
    { "kathmandu_has_minutes", "2026-01-01 00:00:00", "Asia/Kathmandu", "2026-01-01 05:45:00", 20700 },
    { "honolulu_is_still_yesterday", "2026-01-01 00:00:00", "Pacific/Honolulu", "2025-12-31 14:00:00", -36000 },
    { "kiritimati_is_fourteen_hours_ahead", "2026-01-01 11:00:00", "Pacific/Kiritimati", "2026-01-02 01:00:00", 50400 },
    { "berlin_in_winter", "2026-01-15 12:00:00", "Europe/Berlin", "2026-01-15 13:00:00", 3600 },
    { "berlin_in_summer", "2026-07-15 12:00:00", "Europe/Berlin", "2026-07-15 14:00:00", 7200 },
    { "summer_time_goes_on_in_2500", "2500-07-15 12:00:00", "Europe/Berlin", "2500-07-15 14:00:00", 7200 },
    { "last_second_of_9999", "9999-12-31 23:59:59", "UTC", "9999-12-31 23:59:59", 0 },
    { "beyond_32_bits", "2038-01-19 03:14:08", "Asia/Singapore", "2038-01-19 11:14:08", 28800 },
    { "day_before_samoa_skipped_one", "2011-12-30 09:59:59", "Pacific/Apia", "2011-12-29 23:59:59", -36000 },
    { "day_after_samoa_skipped_one", "2011-12-30 10:00:00", "Pacific/Apia", "2011-12-31 00:00:00", 50400 },
};

static void check_reading(void **state)
{
    const struct reading *row = *state;
    int64_t at = utc(row->at_utc);
    struct civil civil = clock_civil(at, row->zone);

    assert_civil(&civil, row->wall);
    assert_int_equal(civil.offset_s, row->offset_s);
    assert_int_equal(civil.micros, 0);
    assert_true(clock_instant(&civil, row->zone) == at);
}

/* The instants that wall clock readings mean. */
static const struct meaning { const char *claim, *wall, *zone, *at_utc; } meanings[] = {
    { "gap_in_spring_runs_on", "2026-03-29 02:30:00", "Europe/Berlin", "2026-03-29 01:30:00" },
    { "start_of_gap_is_its_end", "2026-03-29 02:00:00", "Europe/Berlin", "2026-03-29 01:00:00" },
    { "second_before_gap", "2026-03-29 01:59:59", "Europe/Berlin", "2026-03-29 00:59:59" },
    { "first_reading_after_gap", "2026-03-29 03:00:00", "Europe/Berlin", "2026-03-29 01:00:00" },
    { "overlap_in_autumn_is_the_first_time", "2026-10-25 02:30:00", "Europe/Berlin", "2026-10-25 00:30:00" },
    { "start_of_overlap_is_the_first_time", "2026-10-25 02:00:00", "Europe/Berlin", "2026-10-25 00:00:00" },
    { "reading_after_overlap_is_once", "2026-10-25 03:00:00", "Europe/Berlin", "2026-10-25 02:00:00" },
    { "gap_west_of_greenwich", "2026-03-08 02:30:00", "America/New_York", "2026-03-08 07:30:00" },
    { "overlap_west_of_greenwich", "2026-11-01 01:30:00", "America/New_York", "2026-11-01 05:30:00" },
    { "half_hour_overlap", "2026-04-05 01:45:00", "Australia/Lord_Howe", "2026-04-04 14:45:00" },
    { "half_hour_gap", "2026-10-04 02:15:00", "Australia/Lord_Howe", "2026-10-03 15:45:00" },
    { "skipped_day_becomes_the_next", "2011-12-30 12:00:00", "Pacific/Apia", "2011-12-30 22:00:00" },
    { "gap_far_in_the_future", "2500-03-28 02:30:00", "Europe/Berlin", "2500-03-28 01:30:00" },
};

static void check_meaning(void **state)
{
    const struct meaning *row = *state;
    struct civil civil = read_civil(row->wall), found;

    found = clock_civil(clock_instant(&civil, row->zone), "UTC");
    assert_civil(&found, row->at_utc);
}

/* mktime() answers overlaps by what it was asked before; this must not. */
static void overlap_does_not_depend_on_history(void **state)
{
    struct civil overlap = read_civil("2026-10-25 02:30:00"), summer = read_civil("2026-07-01 00:00:00"),
                 winter = read_civil("2026-12-01 00:00:00");
    int64_t after_summer, after_winter;

    (void)state;
    (void)clock_instant(&summer, "Europe/Berlin");
    after_summer = clock_instant(&overlap, "Europe/Berlin");
    (void)clock_instant(&winter, "Europe/Berlin");
    after_winter = clock_instant(&overlap, "Europe/Berlin");
    assert_true(after_summer == after_winter);
}

/* Both sides as wall clock readings in the zone. */
static const struct months { const char *claim, *from; int months; const char *zone, *to; } additions[] = {
    { "thirtieth_november_and_three_is_end_of_february", "2025-11-30 10:00:00", 3, "UTC", "2026-02-28 10:00:00" },
    { "in_a_leap_year_it_is_the_29th", "2027-11-30 10:00:00", 3, "UTC", "2028-02-29 10:00:00" },
    { "century_without_leap_day", "2099-11-30 10:00:00", 3, "UTC", "2100-02-28 10:00:00" },
    { "century_with_leap_day", "1999-11-30 10:00:00", 3, "UTC", "2000-02-29 10:00:00" },
    { "leap_day_and_a_year", "2028-02-29 00:00:00", 12, "UTC", "2029-02-28 00:00:00" },
    { "leap_day_and_four_years", "2028-02-29 00:00:00", 48, "UTC", "2032-02-29 00:00:00" },
    { "january_31st_and_one", "2026-01-31 23:59:59", 1, "UTC", "2026-02-28 23:59:59" },
    { "january_31st_and_three", "2026-01-31 23:59:59", 3, "UTC", "2026-04-30 23:59:59" },
    { "january_31st_and_two_is_whole", "2026-01-31 23:59:59", 2, "UTC", "2026-03-31 23:59:59" },
    { "over_new_year", "2026-10-05 01:02:03", 3, "UTC", "2027-01-05 01:02:03" },
    { "december_and_twelve", "2026-12-31 12:00:00", 12, "UTC", "2027-12-31 12:00:00" },
    { "none_is_the_same", "2026-12-31 12:00:00", 0, "UTC", "2026-12-31 12:00:00" },
    { "earlier_over_new_year", "2026-02-28 12:00:00", -3, "UTC", "2025-11-28 12:00:00" },
    { "earlier_clamps", "2026-05-31 12:00:00", -3, "UTC", "2026-02-28 12:00:00" },
    { "earlier_from_january_to_december", "2026-01-31 12:00:00", -1, "UTC", "2025-12-31 12:00:00" },
    { "earlier_by_thirteen", "2026-01-31 12:00:00", -13, "UTC", "2024-12-31 12:00:00" },
    { "wall_time_stays_over_summer_time", "2026-01-15 09:00:00", 6, "Europe/Berlin", "2026-07-15 09:00:00" },
    { "into_a_gap_runs_on", "2026-01-29 02:30:00", 2, "Europe/Berlin", "2026-03-29 03:30:00" },
    { "into_an_overlap_keeps_the_reading", "2026-07-25 02:30:00", 3, "Europe/Berlin", "2026-10-25 02:30:00" },
    { "a_thousand_years", "2026-02-28 08:00:00", 12000, "Asia/Singapore", "3026-02-28 08:00:00" },
    { "into_the_year_9999", "9998-12-31 23:59:59", 12, "Asia/Singapore", "9999-12-31 23:59:59" },
    { "into_a_day_that_was_skipped", "2011-09-30 12:00:00", 3, "Pacific/Apia", "2011-12-31 12:00:00" },
};

static void check_addition(void **state)
{
    const struct months *row = *state;
    struct civil from = read_civil(row->from), found;
    int64_t at;

    from.micros = 654321;
    at = clock_add_months(clock_instant(&from, row->zone), row->months, row->zone);
    found = clock_civil(at, row->zone);
    assert_civil(&found, row->to);
    assert_int_equal(found.micros, 654321);
}

static void month_end_is_of_the_zone_named(void **state)
{
    int64_t at = utc("2026-11-30 18:00:00");          /* 1 December in Singapore */
    struct civil here = clock_civil(clock_add_months(at, 3, "UTC"), "UTC");
    struct civil there = clock_civil(clock_add_months(at, 3, "Asia/Singapore"), "UTC");

    (void)state;
    assert_civil(&here, "2027-02-28 18:00:00");
    assert_civil(&there, "2027-02-28 18:00:00");
    at = utc("2026-11-29 18:00:00");                  /* 30 November in Singapore */
    here = clock_civil(clock_add_months(at, 3, "UTC"), "UTC");
    there = clock_civil(clock_add_months(at, 3, "Asia/Singapore"), "UTC");
    assert_civil(&here, "2027-02-28 18:00:00");
    assert_civil(&there, "2027-02-27 18:00:00");
}

static void adding_to_no_instant_is_no_instant(void **state)
{
    (void)state;
    assert_true(clock_add_months(INSTANT_NONE, 3, "Europe/Berlin") == INSTANT_NONE);
}

static void second_reading_of_an_overlap_keeps_its_place_when_nothing_is_added(void **state)
{
    int64_t at = utc("2026-10-25 01:30:00");          /* 02:30 for the second time */

    (void)state;
    assert_true(clock_add_months(at, 0, "Europe/Berlin") == at);
}

static void adding_never_goes_back_as_days_go_on(void **state)
{
    int64_t last = INT64_MIN;

    (void)state;
    for (int64_t at = utc("2027-01-01 12:00:00"); at < utc("2029-01-01 12:00:00"); at += CLOCK_DAY) {
        int64_t to = clock_add_months(at, 3, "Europe/Berlin");

        assert_true(to >= last);
        assert_true(to - at >= 89 * CLOCK_DAY - CLOCK_HOUR && to - at <= 92 * CLOCK_DAY + CLOCK_HOUR);
        last = to;
    }
}

static void micros_before_the_epoch_count_forward(void **state)
{
    struct civil civil = clock_civil(-1, "Asia/Singapore");

    (void)state;
    assert_civil(&civil, "1970-01-01 07:29:59");      /* Singapore was at +07:30 */
    assert_int_equal(civil.micros, 999999);
    assert_true(clock_instant(&civil, "Asia/Singapore") == -1);
}

static void utc_is_formatted(void **state)
{
    char text[32];

    (void)state;
    clock_format_utc(INT64_C(1795356131000042), false, text);
    assert_string_equal(text, "2026-11-22T14:02:11Z");
    clock_format_utc(INT64_C(1795356131000042), true, text);
    assert_string_equal(text, "2026-11-22T14:02:11.000042Z");
    clock_format_utc(-1, true, text);
    assert_string_equal(text, "1969-12-31T23:59:59.999999Z");
    clock_format_utc(INSTANT_NONE, true, text);
    assert_string_equal(text, "");
    clock_format_utc(INT64_MAX, true, text);
    assert_string_equal(text, "294247-01-10T04:00:54.775807Z");
    clock_format_utc(INT64_MIN + 1, true, text);
    assert_int_equal(text[strlen(text) - 1], 'Z');
}

static const struct date { const char *claim, *text, *zone, *at_utc; } dates[] = {
    { "date_begins_at_midnight_utc", "2026-11-22", "UTC", "2026-11-22 00:00:00" },
    { "date_begins_at_midnight_in_the_zone", "2026-11-22", "Asia/Singapore", "2026-11-21 16:00:00" },
    { "leap_day_is_a_date", "2028-02-29", "UTC", "2028-02-29 00:00:00" },
    { "first_date", "1970-01-01", "UTC", "1970-01-01 00:00:00" },
    { "last_date", "9999-12-31", "UTC", "9999-12-31 00:00:00" },
    { "day_without_midnight_begins_at_one", "2018-11-04", "America/Sao_Paulo", "2018-11-04 03:00:00" },
    { "day_after_a_repeated_hour_begins_once", "2018-02-18", "America/Sao_Paulo", "2018-02-18 03:00:00" },
    { "repeated_midnight_begins_the_first_time", "2026-11-01", "America/Havana", "2026-11-01 04:00:00" },
    { "date_that_was_skipped_begins_after_it", "2011-12-30", "Pacific/Apia", "2011-12-30 10:00:00" },
    { "february_30_is_refused", "2026-02-30", "UTC", NULL },
    { "february_29_of_a_common_year_is_refused", "2026-02-29", "UTC", NULL },
    { "february_29_of_1900s_rule_is_refused", "2100-02-29", "UTC", NULL },
    { "april_31_is_refused", "2026-04-31", "UTC", NULL },
    { "month_13_is_refused", "2026-13-01", "UTC", NULL },
    { "month_0_is_refused", "2026-00-01", "UTC", NULL },
    { "day_0_is_refused", "2026-01-00", "UTC", NULL },
    { "year_before_1970_is_refused", "1969-12-31", "UTC", NULL },
    { "empty_is_refused", "", "UTC", NULL },
    { "one_digit_month_is_refused", "2026-1-001", "UTC", NULL },
    { "text_behind_is_refused", "2026-11-22 ", "UTC", NULL },
    { "space_inside_is_refused", "2026- 1-22", "UTC", NULL },
    { "sign_is_refused", "+026-11-22", "UTC", NULL },
    { "slashes_are_refused", "2026/11/22", "UTC", NULL },
    { "letters_are_refused", "abcd-ef-gh", "UTC", NULL },
};

static const struct date days_after[] = {
    { "the_day_after_begins_at_midnight", "2026-11-22", "Asia/Singapore", "2026-11-22 16:00:00" },
    { "a_day_of_23_hours_ends_early", "2026-03-29", "Europe/Berlin", "2026-03-29 22:00:00" },
    { "a_day_of_25_hours_ends_late", "2026-10-25", "Europe/Berlin", "2026-10-25 23:00:00" },
    { "the_day_after_february_28", "2027-02-28", "UTC", "2027-03-01 00:00:00" },
    { "the_day_after_a_skipped_one", "2011-12-29", "Pacific/Apia", "2011-12-30 10:00:00" },
    { "the_last_day_has_none_after_it", "9999-12-31", "UTC", NULL },
};

static void check_day_after(void **state)
{
    const struct date *row = *state;
    struct civil found;
    int64_t at = 0;

    assert_null(clock_parse_date(row->text, row->zone, &at));
    at = clock_day_after(at, row->zone);
    if (row->at_utc == NULL) {
        assert_true(at == INSTANT_NONE);
        return;
    }
    found = clock_civil(at, "UTC");
    assert_civil(&found, row->at_utc);
}

static void check_date(void **state)
{
    const struct date *row = *state;
    int64_t at = 42;
    const struct err *err = clock_parse_date(row->text, row->zone, &at);
    struct civil found;

    if (row->at_utc == NULL) {
        assert_non_null(err);
        assert_int_equal(err->kind, ERR_INPUT);
        assert_true(at == 42);
        return;
    }
    assert_null(err);
    found = clock_civil(at, "UTC");
    assert_civil(&found, row->at_utc);
}

static const struct zone { const char *claim, *zone; bool is_known; } zones[] = {
    { "utc_is_known", "UTC", true },
    { "city_is_known", "Asia/Singapore", true },
    { "city_of_three_parts_is_known", "America/Argentina/Buenos_Aires", true },
    { "zone_with_plus_is_known", "Etc/GMT+5", true },
    { "zone_without_slash_is_known", "CET", true },
    { "no_zone_is_unknown", "", false },
    { "null_is_unknown", NULL, false },
    { "invented_zone_is_unknown", "Mars/Olympus", false },
    { "folder_is_unknown", "Asia", false },
    { "folder_with_slash_is_unknown", "Asia/", false },
    { "absolute_path_is_unknown", "/etc/localtime", false },
    { "climbing_is_unknown", "../zoneinfo/UTC", false },
    { "posix_rule_is_unknown", "CET-1CEST,M3.5.0,M10.5.0/3", false },
    { "other_file_in_the_folder_is_unknown", "tzdata.zi", false },
    { "table_in_the_folder_is_unknown", "leapseconds", false },
    { "leap_second_zones_are_unknown", "right/UTC", false },
    { "setting_of_the_machine_is_unknown", "localtime", false },
    { "space_is_unknown", "Asia/Singapore ", false },
    { "longer_than_forty_is_unknown", "America/Argentina/ComodRivadavia/And/More", false },
};

static void check_zone(void **state)
{
    const struct zone *row = *state;

    assert_int_equal(clock_zone_is_known(row->zone), row->is_known);
}

static char moved[] = "/tmp/test_clock.XXXXXX";

static void write_shift(const char *text)
{
    FILE *file = fopen(moved, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* What becomes of a process without a file left that asks this of a zone. */
static void assert_ends(bool (*is_answered)(const char *zone))
{
    int status = 0;
    const pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        const struct rlimit none = { 0, 0 }, no_core = { 0, 0 };

        (void)setrlimit(RLIMIT_CORE, &no_core);
        (void)signal(SIGABRT, SIG_DFL);
        if (setrlimit(RLIMIT_NOFILE, &none) != 0)
            _exit(2);
        _exit(is_answered("Asia/Kathmandu") ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

static bool is_off_utc(const char *zone)
{
    return clock_civil(0, zone).offset_s != 0;
}

/* Never a wall clock of another zone. */
static void zone_that_cannot_be_read_is_not_utc(void **state)
{
    (void)state;
    assert_ends(is_off_utc);
}

static void zone_that_cannot_be_read_is_not_unknown(void **state)
{
    (void)state;
    assert_ends(clock_zone_is_known);
    assert_false(clock_zone_is_known("Asia"));
}

static void zone_that_is_not_there_is_utc(void **state)
{
    (void)state;
    assert_int_equal(clock_civil(0, "Nowhere/Land").offset_s, 0);
    assert_int_equal(clock_civil(0, "Asia/Kathmandu/Land").offset_s, 0);
    assert_int_equal(clock_civil(0, "Asia/Singapore").hour, 7);
}

/* The distance of clock_now() to the system's clock, in whole minutes. */
static int64_t minutes_moved(void)
{
    double moved_s = (double)(clock_now() / CLOCK_SECOND - (int64_t)time(NULL));

    return llround(moved_s / 60);
}

static void test_file_moves_the_clock(void **state)
{
    int fd = mkstemp(moved);

    (void)state;
    assert_true(fd >= 0);
    (void)close(fd);
    assert_int_equal(minutes_moved(), 0);
    clock_use_test_file(moved);
    write_shift("86400\n");
    assert_int_equal(minutes_moved(), 1440);
    write_shift("7200");
    assert_int_equal(minutes_moved(), 120);
    write_shift("-6000");
    assert_int_equal(minutes_moved(), -100);
    write_shift("");
    assert_int_equal(minutes_moved(), 0);
    write_shift("soon");
    assert_int_equal(minutes_moved(), 0);
    write_shift("99999999999999999999");
    assert_int_equal(minutes_moved(), 0);
    assert_int_equal(unlink(moved), 0);
    assert_int_equal(minutes_moved(), 0);
    clock_use_test_file(NULL);
}

static void instants_of_the_log_are_read_back(void **state)
{
    static const char *const others[] = {
        "", "2026-11-23T21:45:19", "2026-11-23T21:45:19.5Z", "2026-11-23T21:45:19Z ", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-11-23T24:00:00Z", "2026-11-23T21:60:00Z", "2026-11-23T21:45:60Z", "2026-11-23 21:45:19Z", "1969-12-31T23:59:59Z", NULL,
    };
    int64_t at = 0;
    char text[32];
    (void)state;
    clock_format_utc(INT64_C(1795356131000000), false, text);
    assert_true(clock_parse_utc(text, &at));
    assert_int_equal(at, INT64_C(1795356131000000));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(clock_parse_utc(others[i], &at));
    assert_int_equal(at, INT64_C(1795356131000000));
}

/* Every day of eight centuries there and back, the leap days of hundreds among them. */
static void each_day_of_utc_is_found_again(void **state)
{
    (void)state;
    for (int64_t day = -200000; day < 200000; day++) {
        int64_t at = day * CLOCK_DAY + 3 * CLOCK_HOUR + 7;
        struct civil civil = clock_civil(at, "UTC");

        assert_int_equal(clock_instant(&civil, "UTC"), at);
    }
}

int main(void)
{
    struct rows rows = { .n = 0 };

    ROWS_TABLE(&rows, check_reading, readings);
    ROWS_TABLE(&rows, check_meaning, meanings);
    ROWS_TEST(&rows, overlap_does_not_depend_on_history);
    ROWS_TABLE(&rows, check_addition, additions);
    ROWS_TEST(&rows, month_end_is_of_the_zone_named);
    ROWS_TEST(&rows, adding_to_no_instant_is_no_instant);
    ROWS_TEST(&rows, second_reading_of_an_overlap_keeps_its_place_when_nothing_is_added);
    ROWS_TEST(&rows, adding_never_goes_back_as_days_go_on);
    ROWS_TEST(&rows, micros_before_the_epoch_count_forward);
    ROWS_TEST(&rows, each_day_of_utc_is_found_again);
    ROWS_TEST(&rows, utc_is_formatted);
    ROWS_TEST(&rows, instants_of_the_log_are_read_back);
    ROWS_TABLE(&rows, check_date, dates);
    ROWS_TABLE(&rows, check_day_after, days_after);
    ROWS_TABLE(&rows, check_zone, zones);
    ROWS_TEST(&rows, zone_that_cannot_be_read_is_not_utc);
    ROWS_TEST(&rows, zone_that_cannot_be_read_is_not_unknown);
    ROWS_TEST(&rows, zone_that_is_not_there_is_utc);
    ROWS_TEST(&rows, test_file_moves_the_clock);
    return ROWS_RUN(&rows);
}
