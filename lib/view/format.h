/* format.h - values as a person reads them, in the language in use. */
#ifndef VIEW_FORMAT_H
#define VIEW_FORMAT_H

#include <stdint.h>

/* "22 Nov 2026, 14:02" · "2026年11月22日 14:02"; zone is a tz name. */
char *format_time(const void *ctx, int64_t at, const char *zone);
char *format_time_s(const void *ctx, int64_t at, const char *zone);    /* with seconds */
char *format_date(const void *ctx, int64_t at, const char *zone);      /* "22 Nov 2026" */
char *format_clock(const void *ctx, int64_t at, const char *zone);     /* "14:31" */
char *format_clock_s(const void *ctx, int64_t at, const char *zone);   /* "14:31:05" */
char *format_iso(const void *ctx, int64_t at, const char *zone);       /* "2026-11-22T14:02:11+08:00" for <time datetime> */
char *format_zone(const void *ctx, int64_t at, const char *zone);      /* "UTC+08:00", "UTC" */
char *format_duration(const void *ctx, int64_t seconds);               /* "10 minutes", "24 hours", "10 days", singular too */
char *format_list(const void *ctx, const char *const *items, int n);   /* "a, b and c" */

#endif
