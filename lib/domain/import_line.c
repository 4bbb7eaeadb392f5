#include "domain/import_line.h"

#include <string.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "domain/card_number.h"

#define KEY_MAX_BYTES 64
#define NUMBER_MAX_BYTES 20
#define AMOUNT_MAX INT64_C(9000000000000000)   /* what a double of the sender still holds exactly */
#define PERIOD_MAX_MONTHS 36
#define LABEL_MAX_BYTES 20
#define DIGIT_RUN 13

/* --- values ---------------------------------------------------------------------------------------------------------- */

static bool is_made_of(const char *text, size_t max, const char *others, bool with_upper)
{
    size_t n = 0;
    for (const char *c = text; *c != '\0'; c++, n++)
        if (!((*c >= 'a' && *c <= 'z') || (with_upper && *c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || strchr(others, *c) != NULL))
            return false;
    return n > 0 && n <= max;
}

bool import_source_is_good(const char *source) { return is_made_of(source, IMPORT_SOURCE_MAX_BYTES, "-", false); }

/* What the database refuses too: nothing that looks like the number of a card is kept. */
static bool has_digit_run(const char *text)
{
    for (size_t n; *text != '\0'; text += n == 0 ? 1 : n)
        if ((n = strspn(text, "0123456789")) >= DIGIT_RUN)
            return true;
    return false;
}

static bool read_digits(const char **at, int n, int *value)
{
    *value = 0;
    for (int i = 0; i < n; i++) {
        if (**at < '0' || **at > '9')
            return false;
        *value = *value * 10 + (*(*at)++ - '0');
    }
    return true;
}

static bool skip(const char **at, char c)
{
    if (**at != c)
        return false;
    (*at)++;
    return true;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && is_leap ? 29 : days[month - 1];
}

/* Days since 1970-01-01 in the Gregorian calendar; March is the first month, so that the leap day is a year's last. The
 * clock's own reckoning asks for zones, which a million lines need not. */
static int64_t days_since_epoch(int year, int month, int day)
{
    const int64_t y = month <= 2 ? year - 1 : year, m = month <= 2 ? month + 9 : month - 3;
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static bool read_offset(const char **at, int64_t *offset_s)
{
    int hours, minutes;
    *offset_s = 0;
    if (skip(at, 'Z'))
        return true;
    const bool is_west = **at == '-';
    if (!skip(at, is_west ? '-' : '+') || !read_digits(at, 2, &hours) || !skip(at, ':') || !read_digits(at, 2, &minutes) || hours > 23 ||
        minutes > 59)
        return false;
    *offset_s = (hours * 3600 + minutes * 60) * (is_west ? -1 : 1);
    return true;
}

static bool read_instant(const char *text, int64_t *instant)
{
    int year, month, day, hour, minute, second, digit, micros = 0;
    int64_t offset_s;
    if (!read_digits(&text, 4, &year) || !skip(&text, '-') || !read_digits(&text, 2, &month) || !skip(&text, '-') ||
        !read_digits(&text, 2, &day) || !skip(&text, 'T') || !read_digits(&text, 2, &hour) || !skip(&text, ':') ||
        !read_digits(&text, 2, &minute) || !skip(&text, ':') || !read_digits(&text, 2, &second))
        return false;
    if (skip(&text, '.'))
        for (int scale = 100000, n = 0; n == 0 || (*text >= '0' && *text <= '9'); scale /= 10, n++) {
            if (n == 6 || !read_digits(&text, 1, &digit))
                return false;
            micros += digit * scale;
        }
    if (!read_offset(&text, &offset_s) || *text != '\0')
        return false;
    if (year < 1971 || year > 9998 || month < 1 || month > 12 || day < 1 || day > days_in(year, month) || hour > 23 || minute > 59 ||
        second > 59)
        return false;
    const int64_t seconds = days_since_epoch(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset_s;
    *instant = seconds * CLOCK_SECOND + micros;
    return true;
}

/* Whether it is one of "A|B|C". */
static bool is_word_of(const char *words, const char *word)
{
    const size_t n = strlen(word);
    for (const char *at = words; n > 0 && at != NULL; at = strchr(at, '|')) {
        at += *at == '|';
        if (strncmp(at, word, n) == 0 && (at[n] == '|' || at[n] == '\0'))
            return true;
    }
    return false;
}

static bool is_currency(const char *text)
{
    return strlen(text) == 3 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

static bool is_visible_ascii(const char *text)
{
    size_t n = 0;
    for (; text[n] != '\0'; n++)
        if (text[n] <= ' ' || text[n] > '~')
            return false;
    return n > 0 && n <= KEY_MAX_BYTES;
}

/* Most texts are plain ASCII and need no cleaning. */
static const char *clean(const void *ctx, const char *text)
{
    size_t n = 0;
    for (; text[n] >= ' ' && text[n] <= '~'; n++)
        ;
    if (text[n] == '\0' && n > 0 && text[0] != ' ' && text[n - 1] != ' ')
        return mem_copy_n(ctx, text, n);
    return text_clean(ctx, text, false);
}

/* --- a line ---------------------------------------------------------------------------------------------------------- */

struct reading {
    const void *ctx;
    const char *source;
    int64_t now;
    struct import_line *line;
    struct import_fault *fault;
};

static bool fail(const struct reading *r, const char *field, const char *what)
{
    *r->fault = (struct import_fault){mem_copy(r->ctx, field), mem_copy(r->ctx, what)};
    return false;
}

static bool read_text(const struct reading *r, const struct import_field *field, const char *text)
{
    const char **slot = &r->line->texts[field->slot];
    switch (field->type) {
    case IMPORT_IS_KEY:
        if (!is_made_of(text, KEY_MAX_BYTES, "._-", true))
            return fail(r, field->name, "must be 1 to 64 of the characters A-Z a-z 0-9 . _ -");
        *slot = mem_text(r->ctx, "%s:%s", r->source, text);
        return true;
    case IMPORT_IS_NUMBER:
        if (!is_made_of(text, NUMBER_MAX_BYTES, "-", true))
            return fail(r, field->name, "must be an account's number: 1 to 20 of the characters A-Z a-z 0-9 -");
        break;
    case IMPORT_IS_WORD:
        if (!is_word_of(field->words, text))
            return fail(r, field->name, mem_text(r->ctx, "must be one of %s", field->words));
        break;
    case IMPORT_IS_EMAIL:
        *slot = text_lower(r->ctx, text);
        return text_is_email(*slot) || fail(r, field->name, "must be an email address");
    case IMPORT_IS_PHONE:
        if (!text_is_phone(text))
            return fail(r, field->name, "must be like +6561234567");
        break;
    case IMPORT_IS_CURRENCY:
        if (!is_currency(text))
            return fail(r, field->name, "must be three capital letters of ISO 4217");
        break;
    case IMPORT_IS_LAST_FOUR:
        if (strlen(text) != 4 || strspn(text, "0123456789") != 4)
            return fail(r, field->name, "must be four digits");
        break;
    case IMPORT_IS_LABEL:
        if (!is_made_of(text, LABEL_MAX_BYTES, "-", false))
            return fail(r, field->name, "must be 1 to 20 of the characters a-z 0-9 -");
        break;
    case IMPORT_IS_REFERENCE:
        if (has_digit_run(text))
            return fail(r, field->name, "holds 13 digits in a row, as card numbers do");
        if (!is_visible_ascii(text))
            return fail(r, field->name, "must be 1 to 64 visible ASCII characters");
        break;
    default:
        *slot = clean(r->ctx, text);
        if (card_number_in(text) || card_number_in(*slot))
            return fail(r, field->name, "holds a card number, which is never kept here");
        if (**slot == '\0' || (int)text_points(*slot) > field->max_points)
            return fail(r, field->name, mem_text(r->ctx, "must have 1 to %d characters", field->max_points));
        return true;
    }
    *slot = mem_copy(r->ctx, text);
    return true;
}

static bool read_number(const struct reading *r, const struct import_field *field, const json_t *value)
{
    const json_int_t number = json_integer_value(value);
    if (!json_is_integer(value))
        return fail(r, field->name, "must be a whole number");
    if (field->type == IMPORT_IS_MONTHS) {
        r->line->months = number;
        return (number >= 1 && number <= PERIOD_MAX_MONTHS) || fail(r, field->name, "must be a whole number from 1 to 36");
    }
    r->line->amount = number;
    if (number < 0)
        return fail(r, field->name, "must not be negative");
    return number <= AMOUNT_MAX || fail(r, field->name, "is too large");
}

static int64_t *instant_slot(struct import_line *line, enum import_slot slot)
{
    return slot == IMPORT_AT ? &line->at : slot == IMPORT_UNTIL ? &line->until_at : &line->next_at;
}

static bool read_field(const struct reading *r, const struct import_field *field, const json_t *value)
{
    if (field->type == IMPORT_IS_AMOUNT || field->type == IMPORT_IS_MONTHS)
        return read_number(r, field, value);
    if (!json_is_string(value))
        return fail(r, field->name, "must be a string");
    if (r->line->kind == IMPORT_PAYMENT_METHOD && card_number_in(json_string_value(value)))
        return fail(r, field->name, "holds a card number, which is never kept here");
    if (field->type != IMPORT_IS_INSTANT && field->type != IMPORT_IS_PAST)
        return read_text(r, field, json_string_value(value));
    int64_t *slot = instant_slot(r->line, field->slot);
    if (!read_instant(json_string_value(value), slot))
        return fail(r, field->name, "must be a date and time like 2026-11-22T14:02:11Z");
    return field->type == IMPORT_IS_INSTANT || *slot <= r->now || fail(r, field->name, "must not be in the future");
}

static bool read_fields(const struct reading *r, json_t *object)
{
    const struct import_kind_info *info = import_kind_info(r->line->kind);
    size_t known = 1;   /* kind itself */
    for (const struct import_field *field = info->fields; field->name != NULL; field++) {
        const json_t *value = json_object_get(object, field->name);
        if (value == NULL && field->is_needed)
            return fail(r, field->name, "is missing");
        if (value == NULL && field->words != NULL)
            r->line->texts[field->slot] = import_default_word(r->ctx, field->words);
        if (value == NULL)
            continue;
        known++;
        if (!read_field(r, field, value))
            return false;
    }
    if (known == json_object_size(object))
        return true;
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value) {
        bool is_known = strcmp(name, "kind") == 0;
        for (const struct import_field *field = info->fields; field->name != NULL && !is_known; field++)
            is_known = strcmp(field->name, name) == 0;
        if (!is_known)
            return fail(r, name, mem_text(r->ctx, "is no field of a line of kind %s", info->name));
    }
    return true;
}

/* What no field tells alone. */
static bool fits_together(const struct reading *r)
{
    struct import_line *line = r->line;
    const char *until = import_field_name(line->kind, IMPORT_UNTIL), *at = import_field_name(line->kind, IMPORT_AT);
    const bool is_span = line->kind != IMPORT_PAYMENT && line->at != INSTANT_NONE && line->until_at != INSTANT_NONE;
    const bool may_be_empty = line->kind == IMPORT_FREEZE || line->kind == IMPORT_MEMBER;
    if (is_span && (line->until_at < line->at || (line->until_at == line->at && !may_be_empty)))
        return fail(r, until, mem_text(r->ctx, "must be after %s", at));
    if (line->kind == IMPORT_MEMBER && strcmp(line->texts[IMPORT_OF_ACCOUNT], line->texts[IMPORT_OTHER]) == 0)
        return fail(r, "member", "is the master itself");
    if (line->kind == IMPORT_FREEZE && line->until_at == INSTANT_NONE && line->texts[IMPORT_NOTE] != NULL)
        return fail(r, "lift_reason", "is given, but lifted_at is not");
    const bool is_paid = line->kind == IMPORT_PAYMENT && strcmp(line->texts[IMPORT_TYPE], "PAID") == 0;
    if (is_paid && line->next_at == INSTANT_NONE)
        return fail(r, "next_charge_at", "is missing: the payment was made");
    if (is_paid && line->next_at <= line->until_at)
        return fail(r, "next_charge_at", "must be after due_at");
    if (line->kind == IMPORT_PAYMENT && !is_paid && line->next_at != INSTANT_NONE)
        return fail(r, "next_charge_at", "is given, but the payment was not made");
    if (line->kind == IMPORT_PAYMENT && !is_paid && line->until_at > r->now)
        return fail(r, "due_at", "must not be in the future when the payment failed");
    /* Kinds without an id of their own are told apart by their account. */
    if (line->texts[IMPORT_ID] == NULL)
        line->texts[IMPORT_ID] = line->texts[IMPORT_OF_ACCOUNT];
    return true;
}

static bool read_object(const struct reading *r, json_t *object)
{
    if (!json_is_object(object))
        return fail(r, "", "is not a JSON object");
    const json_t *kind = json_object_get(object, "kind");
    if (kind == NULL)
        return fail(r, "kind", "is missing");
    if (!json_is_string(kind) || !import_kind_find(json_string_value(kind), &r->line->kind))
        return fail(r, "kind", "is no kind of line; `mypartnerctl help import` lists them");
    return read_fields(r, object) && fits_together(r);
}

bool import_line_parse(const void *ctx, const char *bytes, size_t n, const char *source, int64_t now, struct import_line *line,
                       struct import_fault *fault)
{
    const struct reading r = {ctx, source, now, line, fault};
    json_error_t error;
    *line = (struct import_line){.at = INSTANT_NONE, .until_at = INSTANT_NONE, .next_at = INSTANT_NONE, .amount = -1, .months = -1};
    json_t *object = json_loadb(bytes, n, JSON_REJECT_DUPLICATES, &error);
    if (object == NULL) {
        /* What stands near the fault is not told: it may be what must not be shown. */
        const char *near = strstr(error.text, " near ");
        return fail(&r, "", mem_text(ctx, "is not JSON: %.*s", near == NULL ? 200 : (int)(near - error.text), error.text));
    }
    const bool is_good = read_object(&r, object);
    json_decref(object);
    return is_good;
}
