/* Dates, instants, months, and the numbers and keys of lists, as people and addresses bring them. */
#include <time.h>

#include "fuzz/fuzz.h"

#include "base/clock.h"
#include "domain/lifecycle.h"
#include "domain/request.h"
#include "list_key.h"

/* With skips and repetitions of every kind: of an hour, of half an hour, at midnight, of a whole day (Apia, Kwajalein). */
static const char *const zones[] = {
    "UTC", "Asia/Singapore", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Beirut",
    "Pacific/Apia", "Pacific/Kwajalein", "Asia/Kathmandu", "America/Havana", "Africa/Cairo",
};
#define ZONES_N (sizeof zones / sizeof *zones)
#define YEAR_9990 INT64_C(253000000000)
#define LAST_LIST_INSTANT INT64_C(253402300799999999)

void fuzz_begin(void)
{
}

/* --- dates --------------------------------------------------------------------------------------------------------- */

/* Of a text "yyyy-mm-dd", days since 1970 by the C library; false if there is no such day. */
static bool day_of(const char *text, int64_t *day)
{
    struct tm tm = { 0 }, back;
    time_t at;

    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
        return false;
    for (size_t i = 0; i < 10; i++)
        if (i != 4 && i != 7 && (text[i] < '0' || text[i] > '9'))
            return false;
    tm.tm_year = atoi(text) - 1900;
    tm.tm_mon = atoi(text + 5) - 1;
    tm.tm_mday = atoi(text + 8);
    if (tm.tm_year < 70)
        return false;
    at = timegm(&tm);
    *day = at / 86400;
    return gmtime_r(&at, &back) != NULL && back.tm_year == atoi(text) - 1900 && back.tm_mon == atoi(text + 5) - 1 &&
        back.tm_mday == atoi(text + 8);
}

static int64_t day_at(int64_t at, const char *zone)
{
    struct civil civil = clock_civil(at, zone);

    civil.hour = civil.minute = civil.second = civil.micros = 0;
    return clock_instant(&civil, "UTC") / CLOCK_DAY - (clock_instant(&civil, "UTC") % CLOCK_DAY < 0);
}

static void date_is_right(const char *text, const char *zone)
{
    int64_t day = 0, at = 17;
    bool is_day = day_of(text, &day);
    const struct err *err = clock_parse_date(text, zone, &at);

    FUZZ_CHECK((err == NULL) == is_day, "%s", text);
    FUZZ_CHECK(err == NULL || (err->kind == ERR_INPUT && at == 17), "%s", text);
    if (err != NULL)
        return;
    /* The first instant: the moment before belongs to an earlier day. A day that the zone has skipped begins with the next. */
    FUZZ_CHECK(day_at(at - 1, zone) < day, "%s in %s: %lld", text, zone, (long long)at);
    FUZZ_CHECK(day_at(at, zone) == day || day_at(at, zone) == day + 1, "%s in %s: %lld", text, zone, (long long)at);
    FUZZ_CHECK(strcmp(zone, "UTC") != 0 || at == day * CLOCK_DAY, "%s: %lld", text, (long long)at);
}

static void format_is_right(int64_t at)
{
    char text[32], seconds[32];
    struct tm tm = { 0 };
    const char *rest;

    clock_format_utc(at, true, text);
    clock_format_utc(at, false, seconds);
    rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
    FUZZ_CHECK(rest != NULL && *rest == '.' && strlen(rest) == 8 && rest[7] == 'Z', "%s", text);
    FUZZ_CHECK((int64_t)timegm(&tm) * CLOCK_SECOND + atoi(rest + 1) == at, "%s is not %lld", text, (long long)at);
    FUZZ_CHECK(strncmp(seconds, text, 19) == 0 && strcmp(seconds + 19, "Z") == 0, "%s", seconds);
}

/* --- months -------------------------------------------------------------------------------------------------------- */

static int days_in(int year, int month)
{
    return month == 2 ? 28 + ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0) : 30 + ((month + month / 8) % 2);
}

static bool same_reading(const struct civil *a, const struct civil *b)
{
    return a->year == b->year && a->month == b->month && a->day == b->day && a->hour == b->hour && a->minute == b->minute &&
        a->second == b->second && a->micros == b->micros;
}

static void months_are_right(int64_t at, int months, const char *zone)
{
    struct civil from = clock_civil(at, zone), wanted = from, got, earlier;
    int64_t month = from.year * 12 + from.month - 1 + months, result = clock_add_months(at, months, zone);

    wanted.year = (int)(month / 12);
    wanted.month = (int)(month % 12) + 1;
    wanted.day = from.day < days_in(wanted.year, wanted.month) ? from.day : days_in(wanted.year, wanted.month);
    got = clock_civil(result, zone);
    if (months == 0) {
        FUZZ_CHECK(result == at, "%lld", (long long)result);
        return;
    }
    if (!same_reading(&got, &wanted)) {
        /* Skipped by the zone: as much later as the clock has jumped. */
        int64_t moved = clock_instant(&got, "UTC") - clock_instant(&wanted, "UTC");

        FUZZ_CHECK(moved > 0 && moved <= CLOCK_DAY, "%lld + %d in %s: %lld", (long long)at, months, zone, (long long)moved);
        earlier = clock_civil(result - moved, zone);
        FUZZ_CHECK(earlier.offset_s != got.offset_s, "%lld + %d in %s is not skipped", (long long)at, months, zone);
        return;
    }
    for (int64_t back = CLOCK_HOUR / 2; back <= 3 * CLOCK_HOUR; back += CLOCK_HOUR / 2) {
        earlier = clock_civil(result - back, zone);
        FUZZ_CHECK(!same_reading(&earlier, &wanted), "%lld + %d in %s is not the first", (long long)at, months, zone);
    }
}

static void charge_is_right(int64_t anchor, int64_t due, int months, const char *zone)
{
    int64_t next = lifecycle_next_charge(anchor, due, months, zone), wanted = anchor;

    for (int passed = 0; wanted <= due; passed += months)
        wanted = clock_add_months(anchor, passed, zone);
    FUZZ_CHECK(next == wanted, "from %lld, after %lld, each %d in %s: %lld, not %lld", (long long)anchor, (long long)due, months, zone,
               (long long)next, (long long)wanted);
}

/* --- keys and numbers ---------------------------------------------------------------------------------------------- */

/* A whole number that fits, then `end`. */
static bool whole_number(const char **at, char end, int64_t *number)
{
    fuzz_wide value = 0;
    size_t n = 0;

    for (; (*at)[n] >= '0' && (*at)[n] <= '9'; n++)
        if (value <= INT64_MAX)
            value = value * 10 + ((*at)[n] - '0');
    *number = (int64_t)(value <= INT64_MAX ? value : 0);
    if (n == 0 || value > INT64_MAX || (*at)[n] != end)
        return false;
    *at += n + 1;
    return true;
}

static void key_is_right(const void *mem, const char *text)
{
    const char *rest = text;
    int64_t at = -1, id = -2, wanted_at = 0, wanted_id = 0, again_at = 0, again_id = 0;
    bool is_key = whole_number(&rest, '.', &wanted_at) && wanted_at <= LAST_LIST_INSTANT && whole_number(&rest, '\0', &wanted_id);

    FUZZ_CHECK(list_key_read(text, &at, &id) == is_key, "%s", text);
    if (!is_key) {
        FUZZ_CHECK(at == -1 && id == -2, "%s was written", text);
        return;
    }
    FUZZ_CHECK(at == wanted_at && id == wanted_id, "%s: %lld %lld", text, (long long)at, (long long)id);
    FUZZ_CHECK(list_key_read(list_key_text(mem, at, id), &again_at, &again_id) && again_at == at && again_id == id, "%s", text);
}

static void request_no_is_right(const void *mem, const char *text)
{
    size_t n = strlen(text);
    int64_t day;
    bool is_no = n >= 17 && n <= 29 && text[0] == 'D' && text[1] == 'R' && text[10] == '-';

    for (size_t i = 11; is_no && i < n; i++)
        is_no = text[i] >= '0' && text[i] <= '9';
    /* Years before 1970 are no days of the calendar's, but of a number's they are. */
    if (is_no && strncmp(text + 2, "1970", 4) >= 0)
        is_no = day_of(mem_text(mem, "%.4s-%.2s-%.2s", text + 2, text + 6, text + 8), &day);
    else if (is_no)
        return;
    FUZZ_CHECK(request_no_is_valid(text) == is_no, "%s", text);
}

static void zone_is_right(const char *text)
{
    if (clock_zone_is_known(text))
        FUZZ_CHECK(strlen(text) <= 40 && text[0] != '/' && strchr(text, '.') == NULL && strspn(text, "+-/_0123456789"
                   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == strlen(text), "%s", text);
}

/* The input: what to look at, a zone, then what it needs. */
void fuzz_one(void *mem, const uint8_t *bytes, size_t size)
{
    struct fuzz_input in = { bytes, size };
    unsigned what = fuzz_below(&in, 8);
    const char *zone = zones[fuzz_below(&in, ZONES_N)];
    int64_t at, due;
    int months;

    switch (what) {
    case 0:
    case 1:
        date_is_right(fuzz_text(mem, in), zone);
        return;
    case 2:
        key_is_right(mem, fuzz_text(mem, in));
        return;
    case 3:
        request_no_is_right(mem, fuzz_text(mem, in));
        return;
    case 4:
        zone_is_right(fuzz_text(mem, in));
        return;
    case 5:
        format_is_right((int64_t)(fuzz_number(&in, 5) % (uint64_t)YEAR_9990) * CLOCK_SECOND + (int64_t)(fuzz_number(&in, 3) % 1000000));
        return;
    case 6:
        months = (int)fuzz_below(&in, 601) - 300;
        at = 800000000 + (int64_t)fuzz_number(&in, 4);
        months_are_right(at * CLOCK_SECOND + (int64_t)fuzz_number(&in, 2), months, zone);
        return;
    default:
        months = 1 + (int)fuzz_below(&in, 36);
        at = (int64_t)fuzz_number(&in, 4) * CLOCK_SECOND;
        due = at + (int64_t)(fuzz_number(&in, 4) % 200000000) * CLOCK_SECOND;
        charge_is_right(at, due, months, zone);
        return;
    }
}
