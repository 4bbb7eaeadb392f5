/* A line of a facts file: which lines are taken and what they mean, by the table of kinds and rules written out here once more.
 *
 * Input: 0 and a line as it is; or a kind and, for each of its fields, how it comes: good, left out, as some text, as some JSON.
 */
#include <time.h>

#include <jansson.h>

#include "fuzz/fuzz.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "domain/card_number.h"
#include "domain/import_line.h"

#define SOURCE "crm-1"
#define NOW (INT64_C(1795356131) * CLOCK_SECOND)   /* 2026-11-22T14:02:11Z */

void fuzz_begin(void)
{
}

/* --- what a value must be ------------------------------------------------------------------------------------------ */

static bool is_of(const char *text, const char *alphabet, size_t max)
{
    size_t n = strlen(text);

    return n > 0 && n <= max && strspn(text, alphabet) == n;
}

#define DIGITS "0123456789"
#define SMALL "abcdefghijklmnopqrstuvwxyz"
#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* RFC 3339, with the shape as a picture and the calendar of the C library. */
static bool instant_of(const char *text, int64_t *at)
{
    static const char shape[] = "0000-00-00T00:00:00";
    struct tm tm = { 0 }, back;
    int64_t micros = 0, offset_s = 0;
    time_t seconds;

    for (size_t i = 0; shape[i] != '\0'; i++)
        if (shape[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
            return false;
    tm = (struct tm){ .tm_year = atoi(text) - 1900, .tm_mon = atoi(text + 5) - 1, .tm_mday = atoi(text + 8), .tm_hour = atoi(text + 11),
                      .tm_min = atoi(text + 14), .tm_sec = atoi(text + 17) };
    text += 19;
    if (*text == '.') {
        size_t n = strspn(text + 1, DIGITS);
        char six[7] = "000000";

        if (n == 0 || n > 6)
            return false;
        memcpy(six, text + 1, n);
        micros = atoi(six);
        text += 1 + n;
    }
    if (strcmp(text, "Z") != 0) {
        if ((*text != '+' && *text != '-') || strlen(text) != 6 || text[3] != ':' || strspn(text + 1, DIGITS) != 2 ||
            strspn(text + 4, DIGITS) != 2 || atoi(text + 1) > 23 || atoi(text + 4) > 59)
            return false;
        offset_s = (atoi(text + 1) * 3600 + atoi(text + 4) * 60) * (*text == '-' ? -1 : 1);
    }
    back = tm;
    seconds = timegm(&back);
    *at = ((int64_t)seconds - offset_s) * CLOCK_SECOND + micros;
    return tm.tm_year >= 71 && tm.tm_year <= 8098 && back.tm_year == tm.tm_year && back.tm_mon == tm.tm_mon && back.tm_mday == tm.tm_mday &&
        back.tm_hour == tm.tm_hour && back.tm_min == tm.tm_min && back.tm_sec == tm.tm_sec;
}

static bool is_one_of(const char *words, const char *text)
{
    while (*text != '\0') {
        size_t n = strcspn(words, "|");

        if (strlen(text) == n && strncmp(words, text, n) == 0)
            return true;
        if (words[n] == '\0')
            return false;
        words += n + 1;
    }
    return false;
}

static bool has_thirteen_digits(const char *text)
{
    size_t run = 0;

    for (; *text != '\0' && run < 13; text++)
        run = *text >= '0' && *text <= '9' ? run + 1 : 0;
    return run == 13;
}

static bool is_visible(const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        if (*c <= ' ' || *c == 0x7F || (unsigned char)*c > 0x7F)
            return false;
    return *text != '\0' && strlen(text) <= 64;
}

/* The text as it is to be kept; NULL: refused. */
static const char *text_of(const void *mem, const struct import_field *field, const char *text)
{
    const char *clean;

    switch (field->type) {
    case IMPORT_IS_KEY:
        return is_of(text, DIGITS SMALL CAPITALS "._-", 64) ? mem_text(mem, SOURCE ":%s", text) : NULL;
    case IMPORT_IS_NUMBER:
        return is_of(text, DIGITS SMALL CAPITALS "-", 20) ? text : NULL;
    case IMPORT_IS_WORD:
        return is_one_of(field->words, text) ? text : NULL;
    case IMPORT_IS_EMAIL:
        clean = text_lower(mem, text);
        return text_is_email(clean) ? clean : NULL;
    case IMPORT_IS_PHONE:
        return text_is_phone(text) ? text : NULL;
    case IMPORT_IS_CURRENCY:
        return strlen(text) == 3 && is_of(text, CAPITALS, 3) ? text : NULL;
    case IMPORT_IS_LAST_FOUR:
        return strlen(text) == 4 && is_of(text, DIGITS, 4) ? text : NULL;
    case IMPORT_IS_LABEL:
        return is_of(text, DIGITS SMALL "-", 20) ? text : NULL;
    case IMPORT_IS_REFERENCE:
        return is_visible(text) && !has_thirteen_digits(text) ? text : NULL;
    default:
        clean = text_clean(mem, text, false);
        return !card_number_in(text) && !card_number_in(clean) && *clean != '\0' && text_points(clean) <= (size_t)field->max_points ? clean : NULL;
    }
}

/* --- a line as it must be understood ------------------------------------------------------------------------------- */

static bool take_field(const void *mem, const struct import_field *field, const json_t *value, struct import_line *line)
{
    const char *text = json_string_value(value);
    int64_t *slot = field->slot == IMPORT_AT ? &line->at : field->slot == IMPORT_UNTIL ? &line->until_at : &line->next_at;

    if (field->type == IMPORT_IS_AMOUNT || field->type == IMPORT_IS_MONTHS) {
        const bool is_amount = field->type == IMPORT_IS_AMOUNT;
        const int64_t number = json_integer_value(value);

        *(is_amount ? &line->amount : &line->months) = number;
        return json_is_integer(value) && (is_amount ? number >= 0 && number <= INT64_C(9000000000000000) : number >= 1 && number <= 36);
    }
    if (text == NULL || (line->kind == IMPORT_PAYMENT_METHOD && card_number_in(text)))
        return false;
    if (field->type == IMPORT_IS_INSTANT || field->type == IMPORT_IS_PAST)
        return instant_of(text, slot) && (field->type == IMPORT_IS_INSTANT || *slot <= NOW);
    line->texts[field->slot] = text_of(mem, field, text);
    return line->texts[field->slot] != NULL;
}

static bool is_before(int64_t a, int64_t b, bool may_be_same)
{
    return a == INSTANT_NONE || b == INSTANT_NONE || a < b || (may_be_same && a == b);
}

static bool is_whole(const struct import_line *line)
{
    const bool is_paid = line->texts[IMPORT_TYPE] != NULL && strcmp(line->texts[IMPORT_TYPE], "PAID") == 0;

    switch (line->kind) {
    case IMPORT_MEMBER:
        return is_before(line->at, line->until_at, true) && strcmp(line->texts[IMPORT_OF_ACCOUNT], line->texts[IMPORT_OTHER]) != 0;
    case IMPORT_FREEZE:
        return is_before(line->at, line->until_at, true) && (line->until_at != INSTANT_NONE || line->texts[IMPORT_NOTE] == NULL);
    case IMPORT_PAYMENT:
        return is_paid ? line->next_at != INSTANT_NONE && line->next_at > line->until_at
                       : line->next_at == INSTANT_NONE && line->until_at <= NOW;
    default:
        return is_before(line->at, line->until_at, false);
    }
}

static bool expect(const void *mem, json_t *object, struct import_line *line)
{
    const struct import_kind_info *info = NULL;
    const char *name;
    json_t *value;
    size_t known = 1;

    *line = (struct import_line){ .at = INSTANT_NONE, .until_at = INSTANT_NONE, .next_at = INSTANT_NONE, .amount = -1, .months = -1 };
    for (int i = 0; i < IMPORT_KINDS; i++)
        if (fuzz_same(json_string_value(json_object_get(object, "kind")), import_kind_info((enum import_kind)i)->name)) {
            info = import_kind_info((enum import_kind)i);
            line->kind = (enum import_kind)i;
        }
    if (info == NULL)
        return false;
    for (const struct import_field *field = info->fields; field->name != NULL; field++) {
        bool is_there = false;

        json_object_foreach(object, name, value)
            if (strcmp(name, field->name) == 0) {
                is_there = true;
                known++;
                if (!take_field(mem, field, value, line))
                    return false;
            }
        if (!is_there && field->is_needed)
            return false;
        if (!is_there && field->type == IMPORT_IS_WORD)
            line->texts[field->slot] = mem_copy_n(mem, field->words, strcspn(field->words, "|"));
    }
    if (known != json_object_size(object) || !is_whole(line))
        return false;
    if (line->texts[IMPORT_ID] == NULL)
        line->texts[IMPORT_ID] = line->texts[IMPORT_OF_ACCOUNT];
    return true;
}

/* --- a line out of the input --------------------------------------------------------------------------------------- */

static const char *good_value(const void *mem, const struct import_field *field, unsigned which)
{
    static const char *const instants[] = {
        "2020-01-01T00:00:00Z", "2026-11-22T14:02:11Z", "2026-11-22T14:02:11.000001Z", "2024-02-29T23:59:59+23:59", "9998-12-31T23:59:59Z",
        "2026-11-22T22:02:11+08:00", "1971-01-01T00:00:00-00:30",
    };

    switch (field->type) {
    case IMPORT_IS_KEY: return "a.B_1-2";
    case IMPORT_IS_NUMBER: return which % 2 == 0 ? "C-100" : "P-200";
    case IMPORT_IS_TEXT: return "Acme \\u00e9\\n x";
    case IMPORT_IS_WORD: return mem_copy_n(mem, field->words, strcspn(field->words, "|"));
    case IMPORT_IS_EMAIL: return "Pat@Acme.example";
    case IMPORT_IS_PHONE: return "+6561234567";
    case IMPORT_IS_CURRENCY: return "USD";
    case IMPORT_IS_LAST_FOUR: return "4242";
    case IMPORT_IS_REFERENCE: return "pm_123456789012";
    case IMPORT_IS_LABEL: return "main-1";
    default: return instants[which % 7];
    }
}

static void add_string(struct buf *out, const char *text)
{
    buf_char(out, '"');
    for (; *text != '\0'; text++)
        if (*text == '"' || (unsigned char)*text < ' ')
            buf_format(out, "\\u%04x", (unsigned)*text);
        else
            buf_char(out, *text);
    buf_char(out, '"');
}

static void add_field(const void *mem, struct buf *out, const struct import_field *field, struct fuzz_input *in)
{
    const unsigned how = fuzz_byte(in);
    const bool is_number = field->type == IMPORT_IS_AMOUNT || field->type == IMPORT_IS_MONTHS;

    /* Out of fields that need not be, as many are left out as come. */
    if (how % 16 == 1 || (!field->is_needed && how % 2 == 1))
        return;
    buf_text(out, ",");
    add_string(out, field->name);
    buf_char(out, ':');
    if (how % 16 == 2 || (is_number && how % 16 == 4))
        buf_text(out, fuzz_text_next(mem, in));
    else if (how % 16 == 4)
        add_string(out, fuzz_text_next(mem, in));
    else if (how % 16 == 6 && field->words != NULL)
        buf_format(out, "\"%s\"", strrchr(field->words, '|') + 1);
    else if (is_number)
        buf_format(out, "%u", 1 + how / 16);
    else
        buf_format(out, "\"%s\"", good_value(mem, field, how / 16));
}

static struct buf *line_of(const void *mem, struct fuzz_input *in)
{
    struct buf *out = buf_new(mem, 512);
    const unsigned kind = fuzz_below(in, IMPORT_KINDS + 1);
    const struct import_kind_info *info = import_kind_info((enum import_kind)(kind - 1));

    if (kind == 0) {
        if (in->n > 0)
            buf_add(out, in->at, in->n);
        return out;
    }
    buf_format(out, "{\"kind\":\"%s\"", info->name);
    for (const struct import_field *field = info->fields; field->name != NULL; field++)
        add_field(mem, out, field, in);
    if (in->n > 0) {
        buf_char(out, ',');
        add_string(out, fuzz_text_next(mem, in));
        buf_text(out, ":1");
    }
    buf_char(out, '}');
    return out;
}

/* --- both ---------------------------------------------------------------------------------------------------------- */

static void compare(const struct import_line *line, const struct import_line *wanted)
{
    FUZZ_CHECK(line->kind == wanted->kind, "kind %d", (int)line->kind);
    for (size_t i = 0; i < IMPORT_TEXTS; i++) {
        FUZZ_CHECK(fuzz_same(line->texts[i], wanted->texts[i]), "text %zu: %s, not %s", i, line->texts[i], wanted->texts[i]);
        for (const char *c = line->texts[i]; c != NULL && *c != '\0'; c++)
            FUZZ_CHECK((unsigned char)*c >= ' ' && *c != 0x7F, "a control character in text %zu", i);
    }
    FUZZ_CHECK(line->at == wanted->at && line->until_at == wanted->until_at && line->next_at == wanted->next_at, "an instant");
    FUZZ_CHECK(line->amount == wanted->amount && line->months == wanted->months, "a number");
}

/* It is shown on a terminal, one line a fault, whatever the line holds. */
static void fault_is_showable(const struct import_fault *fault)
{
    const char *const texts[] = { fault->field, fault->what };

    for (size_t i = 0; i < 2; i++) {
        FUZZ_CHECK(texts[i] != NULL && fuzz_is_utf8(texts[i], strlen(texts[i])), "no text");
        for (const char *c = texts[i]; *c != '\0'; c++)
            FUZZ_CHECK((unsigned char)*c >= ' ' && *c != 0x7F && !((unsigned char)c[0] == 0xC2 && (unsigned char)c[1] < 0xA0),
                       "byte %02x in \"%s\"", *c, texts[i]);
        FUZZ_CHECK(!card_number_in(texts[i]), "a card number in \"%s\"", texts[i]);
    }
    FUZZ_CHECK(*fault->what != '\0', "no words");
}

void fuzz_one(void *mem, const uint8_t *bytes, size_t size)
{
    struct fuzz_input in = { bytes, size };
    const struct buf *text = line_of(mem, &in);
    struct import_line line, wanted;
    struct import_fault fault = { NULL, NULL };
    json_error_t error;
    json_t *object = json_loadb(text->bytes, text->n, JSON_REJECT_DUPLICATES, &error);
    bool is_good = object != NULL && expect(mem, object, &wanted);

    FUZZ_CHECK(import_line_parse(mem, text->bytes, text->n, SOURCE, NOW, &line, &fault) == is_good, "%s %s: %s", fault.field, fault.what,
               text->bytes);
    if (is_good)
        compare(&line, &wanted);
    else
        fault_is_showable(&fault);
    json_decref(object);
}
