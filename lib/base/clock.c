#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#define ZONE_MAX_BYTES 40
#define ZONE_FOLDER "/usr/share/zoneinfo/"
#define SECONDS_A_DAY 86400
#define TEST_SHIFT_MAX_S INT64_C(100000000000)   /* three thousand years; more is a mistake */

static const char *test_file;

void clock_use_test_file(const char *path)
{
    test_file = path;
}

/* A file that is missing or holds no number moves nothing: it may be between two writes of a test. One that cannot be read says what
 * it said last, so that a test of failing reads is not one of jumping clocks. */
static int64_t test_shift_s(void)
{
    static long long last;
    char text[32] = "";
    char *end;
    long long shift;
    ssize_t n;
    int fd = open(test_file, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return errno == ENOENT ? 0 : last;
    n = read(fd, text, sizeof text - 1);
    (void)close(fd);
    if (n < 0)
        return last;
    shift = strtoll(text, &end, 10);
    if (end == text || (*end != '\0' && *end != '\n') || shift > TEST_SHIFT_MAX_S || shift < -TEST_SHIFT_MAX_S)
        return 0;
    last = shift;
    return shift;
}

int64_t clock_now(void)
{
    struct timespec now;

    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        abort();
    return ((int64_t)now.tv_sec + (test_file == NULL ? 0 : test_shift_s())) * CLOCK_SECOND + now.tv_nsec / 1000;
}

/* tzset() takes a zone that it has no memory or no file left for as UTC, and tells only by errno. A wrong hour on a page, or in a
 * deadline, is worse than a process less. A zone that is not there is UTC. */
static void enter_zone(const char *zone)
{
    const char *current = getenv("TZ");

    if (current == NULL || strcmp(current, zone) != 0)
        if (setenv("TZ", zone, 1) != 0)
            abort();
    errno = 0;
    tzset();
    if (errno != 0 && errno != ENOENT && errno != ENOTDIR)
        abort();
}

static bool is_utc(const char *zone)
{
    return strcmp(zone, "UTC") == 0;
}

/* The whole seconds at or before an instant, and the micros past them. */
static int64_t floor_s(int64_t at, int *micros)
{
    int64_t rest = at % CLOCK_SECOND;

    if (rest < 0)
        rest += CLOCK_SECOND;
    *micros = (int)rest;
    return at / CLOCK_SECOND - (at % CLOCK_SECOND < 0);
}

static void break_down(int64_t seconds, const char *zone, struct tm *tm)
{
    time_t time = (time_t)seconds;

    if (is_utc(zone)) {
        if (gmtime_r(&time, tm) == NULL)
            abort();
        return;
    }
    enter_zone(zone);
    if (localtime_r(&time, tm) == NULL)
        abort();
}

static int64_t offset_at(int64_t seconds, const char *zone)
{
    struct tm tm;

    break_down(seconds, zone, &tm);
    return tm.tm_gmtoff;
}

struct civil clock_civil(int64_t at, const char *zone)
{
    struct civil civil;
    struct tm tm;

    break_down(floor_s(at, &civil.micros), zone, &tm);
    civil.year = tm.tm_year + 1900;
    civil.month = tm.tm_mon + 1;
    civil.day = tm.tm_mday;
    civil.hour = tm.tm_hour;
    civil.minute = tm.tm_min;
    civil.second = tm.tm_sec;
    civil.offset_s = (int)tm.tm_gmtoff;
    return civil;
}

/* mktime() itself answers an overlap by what it was asked before. This asks the zone for the offsets well before and well
 * after the reading and tries both, so the answer depends on the reading alone. */
static int64_t resolve(int64_t reading_s, const char *zone)
{
    int64_t before = offset_at(reading_s - SECONDS_A_DAY, zone);
    int64_t after = offset_at(reading_s + SECONDS_A_DAY, zone);

    if (offset_at(reading_s - before, zone) == before)
        return reading_s - before;
    if (offset_at(reading_s - after, zone) == after)
        return reading_s - after;
    return reading_s - before;
}

/* Of the Gregorian calendar, since 1970-01-01; the year begins in March, so that a leap day is its last. */
static int64_t days_since_epoch(int64_t year, int month, int day)
{
    const int64_t y = month <= 2 ? year - 1 : year;
    const int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    const int64_t of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int64_t clock_instant(const struct civil *civil, const char *zone)
{
    struct tm tm = {
        .tm_year = civil->year - 1900,
        .tm_mon = civil->month - 1,
        .tm_mday = civil->day,
        .tm_hour = civil->hour,
        .tm_min = civil->minute,
        .tm_sec = civil->second,
    };
    int64_t reading_s;

    /* timegm() is for what is no date, as the 13th month; it takes ten times as long. */
    if (civil->month >= 1 && civil->month <= 12)
        reading_s = days_since_epoch(civil->year, civil->month, civil->day) * SECONDS_A_DAY + civil->hour * INT64_C(3600) +
            civil->minute * INT64_C(60) + civil->second;
    else
        reading_s = (int64_t)timegm(&tm);
    return (is_utc(zone) ? reading_s : resolve(reading_s, zone)) * CLOCK_SECOND + civil->micros;
}

/* The names that tzdata installs beside the zones: copies with leap seconds, and what the machine itself is set to. */
static bool is_no_zone(const char *zone)
{
    static const char *const folders[] = { "right/", "posix/" };

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (strncmp(zone, folders[i], strlen(folders[i])) == 0)
            return true;
    return strcmp(zone, "localtime") == 0 || strcmp(zone, "posixrules") == 0;
}

/* No memory or no file left: that says nothing about what was asked for. */
static bool is_for_want(int error)
{
    return error == ENOMEM || error == EMFILE || error == ENFILE;
}

bool clock_zone_is_known(const char *zone)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
    char path[sizeof ZONE_FOLDER + ZONE_MAX_BYTES], magic[4];
    size_t n = zone == NULL ? 0 : strnlen(zone, ZONE_MAX_BYTES + 1);
    bool is_zone;
    FILE *file;

    if (n == 0 || n > ZONE_MAX_BYTES || zone[0] == '/' || strspn(zone, letters) != n || is_no_zone(zone))
        return false;
    if (is_utc(zone))
        return true;
    (void)snprintf(path, sizeof path, "%s%s", ZONE_FOLDER, zone);
    /* Whoever chose a zone that is there must not be told that it is none. A folder can be opened, and is none. */
    file = fopen(path, "re");
    if (file == NULL && is_for_want(errno))
        abort();
    if (file == NULL)
        return false;
    errno = 0;
    is_zone = fread(magic, 1, sizeof magic, file) == sizeof magic && memcmp(magic, "TZif", sizeof magic) == 0;
    if (ferror(file) && errno != EISDIR)
        abort();
    (void)fclose(file);
    return is_zone;
}

static int days_in_month(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && is_leap);
}

int64_t clock_add_months(int64_t at, int months, const char *zone)
{
    struct civil civil;
    int64_t month;

    if (at == INSTANT_NONE || months == 0)
        return at;
    civil = clock_civil(at, zone);
    month = (int64_t)civil.year * 12 + civil.month - 1 + months;
    civil.year = (int)(month / 12);
    civil.month = (int)(month % 12) + 1;
    if (civil.month < 1) {
        civil.month += 12;
        civil.year--;
    }
    if (civil.day > days_in_month(civil.year, civil.month))
        civil.day = days_in_month(civil.year, civil.month);
    return clock_instant(&civil, zone);
}

void clock_format_utc(int64_t at, bool with_micros, char out[32])
{
    char text[96], fraction[16] = "";
    struct civil civil;

    out[0] = '\0';
    if (at == INSTANT_NONE)
        return;
    civil = clock_civil(at, "UTC");
    if (with_micros)
        (void)snprintf(fraction, sizeof fraction, ".%06d", civil.micros);
    (void)snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d%sZ", civil.year, civil.month, civil.day,
                   civil.hour, civil.minute, civil.second, fraction);
    memcpy(out, text, 31);
    out[31] = '\0';
}

/* n digits as a number, or -1. */
static int digits(const char *text, int n)
{
    int value = 0;

    for (int i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

bool clock_parse_utc(const char *text, int64_t *at)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:ddZ";
    struct civil civil = { 0 };

    if (text == NULL || strnlen(text, sizeof shape) != sizeof shape - 1)
        return false;
    for (size_t i = 0; i < sizeof shape - 1; i++)
        if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
            return false;
    civil = (struct civil) {
        .year = digits(text, 4), .month = digits(text + 5, 2), .day = digits(text + 8, 2),
        .hour = digits(text + 11, 2), .minute = digits(text + 14, 2), .second = digits(text + 17, 2),
    };
    if (civil.year < 1970 || civil.month < 1 || civil.month > 12 || civil.day < 1 ||
        civil.day > days_in_month(civil.year, civil.month) || civil.hour > 23 || civil.minute > 59 || civil.second > 59)
        return false;
    *at = clock_instant(&civil, "UTC");
    return true;
}

/* Where a clock skips midnight the day begins at the end of the skip. Every skip of that kind in the tz database since 1970
 * starts at midnight, and then clock_instant() answers just that. */
const struct err *clock_parse_date(const char *text, const char *zone, int64_t *at)
{
    struct civil civil = { 0 };

    if (strnlen(text, 11) != 10 || text[4] != '-' || text[7] != '-')
        return err_new(ERR_INPUT, 0, "a date is written 2026-11-22");
    civil.year = digits(text, 4);
    civil.month = digits(text + 5, 2);
    civil.day = digits(text + 8, 2);
    if (civil.year < 1970 || civil.month < 1 || civil.month > 12 || civil.day < 1 ||
        civil.day > days_in_month(civil.year, civil.month))
        return err_new(ERR_INPUT, 0, "no such date");
    *at = clock_instant(&civil, zone);
    return NULL;
}

int64_t clock_day_after(int64_t at, const char *zone)
{
    struct civil day = clock_civil(at + 36 * CLOCK_HOUR, zone);

    if (day.year > 9999)
        return INSTANT_NONE;
    day.hour = day.minute = day.second = day.micros = 0;
    return clock_instant(&day, zone);
}
