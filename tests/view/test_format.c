/* Values as a person reads them, in both languages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/lang.h"
#include "base/memory.h"

#include "view/format.h"

#define AT (INT64_C(1795327331) * CLOCK_SECOND + 999999)   /* 2026-11-22T06:02:11.999999Z */
#define SINGAPORE "Asia/Singapore"

static void *mem;

static int speak(const char *tag)
{
    mem = talloc_new(NULL);
    lang_use(lang_find(tag));
    return 0;
}

static int load(void **state) { (void)state; lang_init(TEST_BUILD "/messages"); return 0; }
static int english(void **state) { (void)state; return speak("en"); }
static int chinese(void **state) { (void)state; return speak("zh-Hans"); }
static int teardown(void **state) { (void)state; talloc_free(mem); return 0; }

static void english_times(void **state)
{
    (void)state;
    assert_string_equal(format_time(mem, AT, SINGAPORE), "22 Nov 2026, 14:02");
    assert_string_equal(format_time_s(mem, AT, SINGAPORE), "22 Nov 2026, 14:02:11");
    assert_string_equal(format_date(mem, AT, SINGAPORE), "22 Nov 2026");
    assert_string_equal(format_clock(mem, AT, SINGAPORE), "14:02");
    assert_string_equal(format_clock_s(mem, AT, SINGAPORE), "14:02:11");
    assert_string_equal(format_date(mem, 0, "UTC"), "1 Jan 1970");
}

static void chinese_times(void **state)
{
    (void)state;
    assert_string_equal(format_time(mem, AT, SINGAPORE), "2026年11月22日 14:02");
    assert_string_equal(format_time_s(mem, AT, SINGAPORE), "2026年11月22日 14:02:11");
    assert_string_equal(format_date(mem, AT, SINGAPORE), "2026年11月22日");
    assert_string_equal(format_clock(mem, AT, SINGAPORE), "14:02");
    assert_string_equal(format_date(mem, 0, "UTC"), "1970年1月1日");
}

static void the_day_is_that_of_the_zone(void **state)
{
    const int64_t late = INT64_C(1795392000) * CLOCK_SECOND - 1;   /* the last moment of 22 November in UTC */

    (void)state;
    assert_string_equal(format_date(mem, late, "UTC"), "22 Nov 2026");
    assert_string_equal(format_date(mem, late, SINGAPORE), "23 Nov 2026");
    assert_string_equal(format_date(mem, late, "America/New_York"), "22 Nov 2026");
}

static void iso_times_carry_their_offset(void **state)
{
    (void)state;
    assert_string_equal(format_iso(mem, AT, SINGAPORE), "2026-11-22T14:02:11+08:00");
    assert_string_equal(format_iso(mem, AT, "UTC"), "2026-11-22T06:02:11+00:00");
    assert_string_equal(format_iso(mem, AT, "America/New_York"), "2026-11-22T01:02:11-05:00");
    assert_string_equal(format_iso(mem, AT, "Asia/Kolkata"), "2026-11-22T11:32:11+05:30");
    assert_string_equal(format_iso(mem, AT, "America/St_Johns"), "2026-11-22T02:32:11-03:30");
}

static void an_instant_not_set_is_a_dash(void **state)
{
    (void)state;
    assert_string_equal(format_time(mem, INSTANT_NONE, SINGAPORE), "–");
    assert_string_equal(format_date(mem, INSTANT_NONE, SINGAPORE), "–");
    assert_string_equal(format_iso(mem, INSTANT_NONE, SINGAPORE), "");
}

static void zones_are_named_by_their_offset(void **state)
{
    (void)state;
    assert_string_equal(format_zone(mem, AT, SINGAPORE), "UTC+08:00");
    assert_string_equal(format_zone(mem, AT, "UTC"), "UTC");
    assert_string_equal(format_zone(mem, AT, "America/St_Johns"), "UTC-03:30");
    assert_string_equal(format_zone(mem, INT64_C(1782000000) * CLOCK_SECOND, "Europe/London"), "UTC+01:00");
    assert_string_equal(format_zone(mem, AT, "Europe/London"), "UTC");
}

static const struct { int64_t seconds; const char *en, *zh; } durations[] = {
    { -5, "0 seconds", "0秒" },
    { 0, "0 seconds", "0秒" },
    { 1, "1 second", "1秒" },
    { 59, "59 seconds", "59秒" },
    { 60, "1 minute", "1分钟" },
    { 61, "61 seconds", "61秒" },
    { 600, "10 minutes", "10分钟" },
    { 3600, "1 hour", "1小时" },
    { 5400, "90 minutes", "90分钟" },
    { 86400, "24 hours", "24小时" },
    { 90000, "25 hours", "25小时" },
    { 172800, "2 days", "2天" },
    { 864000, "10 days", "10天" },
};

static void english_durations(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof durations / sizeof *durations; i++)
        assert_string_equal(format_duration(mem, durations[i].seconds), durations[i].en);
}

static void chinese_durations(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof durations / sizeof *durations; i++)
        assert_string_equal(format_duration(mem, durations[i].seconds), durations[i].zh);
}

static const char *const names[] = { "a", "{item}", "c", "d" };

static void english_lists(void **state)
{
    (void)state;
    assert_string_equal(format_list(mem, names, 0), "");
    assert_string_equal(format_list(mem, names, -1), "");
    assert_string_equal(format_list(mem, names, 1), "a");
    assert_string_equal(format_list(mem, names, 2), "a and {item}");
    assert_string_equal(format_list(mem, names, 3), "a, {item} and c");
    assert_string_equal(format_list(mem, names, 4), "a, {item}, c and d");
}

static void chinese_lists(void **state)
{
    (void)state;
    assert_string_equal(format_list(mem, names, 2), "a和{item}");
    assert_string_equal(format_list(mem, names, 4), "a、{item}、c和d");
}

#define IN_ENGLISH(name) cmocka_unit_test_setup_teardown(name, english, teardown)
#define IN_CHINESE(name) cmocka_unit_test_setup_teardown(name, chinese, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_ENGLISH(english_times),
        IN_CHINESE(chinese_times),
        IN_ENGLISH(the_day_is_that_of_the_zone),
        IN_ENGLISH(iso_times_carry_their_offset),
        IN_ENGLISH(an_instant_not_set_is_a_dash),
        IN_ENGLISH(zones_are_named_by_their_offset),
        IN_ENGLISH(english_durations),
        IN_CHINESE(chinese_durations),
        IN_ENGLISH(english_lists),
        IN_CHINESE(chinese_lists),
    };

    return cmocka_run_group_tests(tests, load, NULL);
}
