/* clock.h - instants, and calendars around them.
 *
 * An instant is int64_t microseconds since 1970-01-01T00:00:00Z, named *_at; INSTANT_NONE means "not set" (SQL NULL).
 * Every request has one `now`, read once by clock_now() and carried. Calendar arithmetic names its zone. Zones are
 * switched with TZ and tzset(), so only one thread of a process may name another than UTC.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define INSTANT_NONE INT64_MIN
#define CLOCK_SECOND INT64_C(1000000)
#define CLOCK_MINUTE (60 * CLOCK_SECOND)
#define CLOCK_HOUR (60 * CLOCK_MINUTE)
#define CLOCK_DAY (24 * CLOCK_HOUR)

struct civil {        /* a reading of a calendar and a wall clock in some zone */
    int year;         /* 1970 … 9999 */
    int month;        /* 1 … 12 */
    int day;          /* 1 … 31 */
    int hour, minute, second;
    int micros;       /* 0 … 999999 */
    int offset_s;     /* east of UTC, filled by clock_civil, ignored by clock_instant */
};

/* The present. With clock_use_test_file(), the whole seconds in that file (a decimal number, may be negative) are added
 * each time: the one clock a test can move. */
int64_t clock_now(void);
void clock_use_test_file(const char *path);   /* NULL: the real clock, the default. The text is kept, not copied. */

struct civil clock_civil(int64_t at, const char *zone);            /* zone like "Asia/Singapore", "UTC" */

/* A reading that occurs twice means the first time; one that the clock skips means as long after the skip began as it lies
 * after the last reading before it (02:30 in a skip of an hour from 02:00 is 03:30). */
int64_t clock_instant(const struct civil *civil, const char *zone);
bool clock_zone_is_known(const char *zone);   /* a name of the tz database; letters, digits, _+-/ only, at most 40 */

/* n calendar months later (or earlier) in that zone, same wall time; a day that the month lacks becomes its last:
 * 30 Nov + 3 months = 28 or 29 Feb. Source: domain rules, "Three months". */
int64_t clock_add_months(int64_t at, int months, const char *zone);

/* "2026-11-22T14:02:11Z" (seconds) or with six digits of fraction, "" for INSTANT_NONE; out has room for 32 bytes. */
void clock_format_utc(int64_t at, bool with_micros, char out[32]);

/* Reads what clock_format_utc() writes without a fraction; false for anything else, NULL included. */
bool clock_parse_utc(const char *text, int64_t *at);

/* Reads "2026-11-22" as the first instant of that day in `zone`; ERR_INPUT for anything else, 31 February included. */
const struct err *clock_parse_date(const char *text, const char *zone, int64_t *at);

/* The first instant of the day after the one that begins at `at`; days of 23 and 25 hours end where they end. The calendar ends
 * with 9999: INSTANT_NONE. */
int64_t clock_day_after(int64_t at, const char *zone);

#endif
