/* format.c - see format.h. A pattern names its places, so that each language orders them as it likes. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/lang.h"
#include "base/memory.h"
#include "base/text.h"

#include "view/format.h"

#define MINUTE_S 60
#define HOUR_S 3600
#define DAY_S 86400

static const char *const not_set = "–";

static const char *const months[] = {
    N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"),
    N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec")
};

/* A number as text, with zeros before it up to `width` digits. */
struct number { char text[12]; };

static const char *number(struct number *number, int value, int width)
{
    char *at = number->text + sizeof number->text;
    *--at = '\0';
    for (; value > 0 || width > 0; value /= 10, width--) *--at = (char)('0' + value % 10);
    return at;
}

/* {month} is the name of the language, {month_number} its number, for those who write numbers. */
static char *fill(const void *ctx, const char *pattern, int64_t at, const char *zone)
{
    if (at == INSTANT_NONE) return mem_copy(ctx, not_set);
    const struct civil c = clock_civil(at, zone);
    struct number year, month, day, hour, minute, second;
    return text_fill(ctx, pattern,
        "year", number(&year, c.year, 1),
        "month", _(months[c.month - 1]),
        "month_number", number(&month, c.month, 1),
        "day", number(&day, c.day, 1),
        "hour", number(&hour, c.hour, 2),
        "minute", number(&minute, c.minute, 2),
        "second", number(&second, c.second, 2),
        NULL);
}

char *format_time(const void *ctx, int64_t at, const char *zone)
{
    /* Translators: a date and a time of day. {month} is a short name, {month_number} its number. */
    return fill(ctx, _("{day} {month} {year}, {hour}:{minute}"), at, zone);
}

char *format_time_s(const void *ctx, int64_t at, const char *zone)
{
    return fill(ctx, _("{day} {month} {year}, {hour}:{minute}:{second}"), at, zone);
}

char *format_date(const void *ctx, int64_t at, const char *zone)
{
    return fill(ctx, _("{day} {month} {year}"), at, zone);
}

char *format_clock(const void *ctx, int64_t at, const char *zone)
{
    return fill(ctx, _("{hour}:{minute}"), at, zone);
}

char *format_clock_s(const void *ctx, int64_t at, const char *zone)
{
    return fill(ctx, _("{hour}:{minute}:{second}"), at, zone);
}

static char *offset_text(const void *ctx, int offset_s)
{
    const int east_s = offset_s < 0 ? -offset_s : offset_s;
    return mem_text(ctx, "%c%02d:%02d", offset_s < 0 ? '-' : '+', east_s / HOUR_S, east_s % HOUR_S / MINUTE_S);
}

/* Writes a number with zeros before it up to `width` digits, and what parts it from the next; returns where that goes. */
static char *append(char *at, int value, int width, char after)
{
    struct number made;
    const char *text = number(&made, value, width);
    const size_t n = strlen(text);
    memcpy(at, text, n);
    at[n] = after;
    return at + n + 1;
}

char *format_iso(const void *ctx, int64_t at, const char *zone)
{
    if (at == INSTANT_NONE) return mem_copy(ctx, "");
    const struct civil c = clock_civil(at, zone);
    const int east_s = c.offset_s < 0 ? -c.offset_s : c.offset_s;
    char text[8 * sizeof(struct number)], *end = text;
    end = append(end, c.year, 4, '-');
    end = append(end, c.month, 2, '-');
    end = append(end, c.day, 2, 'T');
    end = append(end, c.hour, 2, ':');
    end = append(end, c.minute, 2, ':');
    end = append(end, c.second, 2, c.offset_s < 0 ? '-' : '+');
    end = append(end, east_s / HOUR_S, 2, ':');
    (void)append(end, east_s % HOUR_S / MINUTE_S, 2, '\0');
    return mem_copy(ctx, text);
}

char *format_zone(const void *ctx, int64_t at, const char *zone)
{
    const struct civil c = clock_civil(at, zone);
    if (c.offset_s == 0) return mem_copy(ctx, "UTC");
    char *offset = offset_text(ctx, c.offset_s);
    char *text = mem_text(ctx, "UTC%s", offset);
    talloc_free(offset);
    return text;
}

static char *counted(const void *ctx, const char *pattern, int64_t n)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRId64, n);
    return text_fill(ctx, pattern, "n", digits, NULL);
}

/* The largest unit that divides it without a rest; a single day is said in hours, as in "within 24 hours". */
char *format_duration(const void *ctx, int64_t seconds)
{
    const int64_t s = seconds < 0 ? 0 : seconds;
    if (s > DAY_S && s % DAY_S == 0) {
        const int64_t n = s / DAY_S;
        return counted(ctx, ngettext("{n} day", "{n} days", (unsigned long)n), n);
    }
    if (s >= HOUR_S && s % HOUR_S == 0) {
        const int64_t n = s / HOUR_S;
        return counted(ctx, ngettext("{n} hour", "{n} hours", (unsigned long)n), n);
    }
    if (s >= MINUTE_S && s % MINUTE_S == 0) {
        const int64_t n = s / MINUTE_S;
        return counted(ctx, ngettext("{n} minute", "{n} minutes", (unsigned long)n), n);
    }
    return counted(ctx, ngettext("{n} second", "{n} seconds", (unsigned long)s), s);
}

char *format_list(const void *ctx, const char *const *items, int n)
{
    if (n <= 0) return mem_copy(ctx, "");
    char *list = mem_copy(ctx, items[0]);
    for (int i = 1; i < n; i++) {
        /* Translators: the two ways of going on in a list: "a, b" and, before its last item, "a, b and c". */
        const char *pattern = i < n - 1 ? _("{list}, {item}") : _("{list} and {item}");
        char *longer = text_fill(ctx, pattern, "list", list, "item", items[i], NULL);
        talloc_free(list);
        list = longer;
    }
    return list;
}
