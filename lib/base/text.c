#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "base/buf.h"
#include "base/memory.h"
#include "base/secret.h"
#include "base/text.h"

#define EMAIL_MAX_BYTES 254    /* RFC 5321, errata 1690 */
#define LOCAL_PART_MAX 64      /* RFC 5321, 4.5.3.1.1 */
#define LABEL_MAX 63           /* RFC 1035, 2.3.4 */

/* Characters that show nothing and change how their neighbours are read: bidirectional controls and overrides, zero-width
 * spaces and joiners, invisible operators, tags. Ends included. */
static const struct span { ucs4_t first, last; } invisible[] = {
    { 0x00AD, 0x00AD },     /* soft hyphen */
    { 0x034F, 0x034F },     /* combining grapheme joiner */
    { 0x061C, 0x061C },     /* Arabic letter mark */
    { 0x180E, 0x180E },     /* Mongolian vowel separator */
    { 0x200B, 0x200B },     /* zero width space */
    { 0x200E, 0x200F },     /* left-to-right and right-to-left mark */
    { 0x202A, 0x202E },     /* embeddings and overrides */
    { 0x2060, 0x206F },     /* word joiner, invisible operators, isolates, deprecated controls */
    { 0xFEFF, 0xFEFF },     /* byte order mark */
    { 0xFFF9, 0xFFFB },     /* interlinear annotation */
    { 0xE0000, 0xE007F },   /* tags */
};

#define ZWNJ 0x200C
#define ZWJ 0x200D

static bool is_invisible(ucs4_t c)
{
    for (size_t i = 0; i < sizeof invisible / sizeof *invisible; i++)
        if (c >= invisible[i].first && c <= invisible[i].last)
            return true;
    return false;
}

bool text_is_utf8(const char *bytes, size_t n)
{
    return n == 0 || (memchr(bytes, '\0', n) == NULL && u8_check((const uint8_t *)bytes, n) == NULL);
}

size_t text_points(const char *text)
{
    return u8_mbsnlen((const uint8_t *)text, strlen(text));
}

const char *text_cut(const void *ctx, const char *text, size_t points_max)
{
    const uint8_t *end = (const uint8_t *)text;
    ucs4_t c = 0;

    for (size_t i = 0; i < points_max && end != NULL; i++)
        end = u8_next(&c, end);
    return end == NULL || *end == 0 ? text : mem_copy_n(ctx, text, (size_t)((const char *)end - text));
}

/* The next character of a valid text, 0 at its end. */
static ucs4_t next(const char **at)
{
    ucs4_t c = 0;
    const uint8_t *after = u8_next(&c, (const uint8_t *)*at);

    if (after == NULL)
        return 0;
    *at = (const char *)after;
    return c;
}

static void add_point(struct buf *buf, ucs4_t c)
{
    uint8_t bytes[6];
    int n = u8_uctomb(bytes, c, sizeof bytes);

    if (n > 0)
        buf_add(buf, bytes, (size_t)n);
}

static char *normalised(const void *ctx, uninorm_t form, const char *text, size_t n)
{
    size_t length = 0;
    uint8_t *bytes = u8_normalize(form, (const uint8_t *)text, n, NULL, &length);
    char *copy;

    if (bytes == NULL && n > 0)
        abort();               /* no memory: the text was checked to be valid */
    copy = mem_copy_n(ctx, bytes == NULL ? "" : (const char *)bytes, length);
    if (bytes != NULL)
        secret_wipe(bytes, length);
    free(bytes);
    return copy;
}

/* What stays of a character in a field: itself, LF or a space for line ends and tabs, or 0 for nothing. */
static ucs4_t field_character(ucs4_t c, bool multi_line)
{
    if (c == '\r' || c == 0x2028 || c == 0x2029)
        c = '\n';
    if (c == '\n' || c == '\t')
        return multi_line ? c : ' ';
    if (uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Cc) || is_invisible(c))
        return 0;
    return c;
}

/* The part of a text between its leading and trailing white space. */
static const char *trimmed(const char *text, size_t *n)
{
    const char *first = NULL, *end = text;

    for (const char *at = text;;) {
        const char *here = at;
        ucs4_t c = next(&at);

        if (c == 0)
            break;
        if (uc_is_property_white_space(c))
            continue;
        if (first == NULL)
            first = here;
        end = at;
    }
    *n = first == NULL ? 0 : (size_t)(end - first);
    return first == NULL ? text : first;
}

/* Normalising comes after dropping, since what was apart may compose. */
char *text_clean(const void *ctx, const char *text, bool multi_line)
{
    struct buf *kept = buf_new(ctx, strlen(text));
    const char *from;
    char *clean;
    size_t n;

    for (const char *at = text;;) {
        ucs4_t c = next(&at);

        if (c == 0)
            break;
        if (c == '\r' && *at == '\n')
            continue;
        c = field_character(c, multi_line);
        if (c != 0)
            add_point(kept, c);
    }
    from = trimmed(kept->bytes, &n);
    clean = normalised(ctx, UNINORM_NFC, from, n);
    talloc_free(kept);
    return clean;
}

static bool is_code_filler(ucs4_t c)
{
    return uc_is_property_white_space(c) || uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Pd) || c == 0x2212 ||
        is_invisible(c) || c == ZWJ || c == ZWNJ;
}

char *text_clean_code(const void *ctx, const char *text)
{
    char *folded = normalised(ctx, UNINORM_NFKC, text, strlen(text));
    struct buf *kept = buf_new(ctx, strlen(folded));
    char *code;

    for (const char *at = folded;;) {
        ucs4_t c = next(&at);

        if (c == 0)
            break;
        if (!is_code_filler(c))
            add_point(kept, c);
    }
    code = mem_copy_n(ctx, kept->bytes, kept->n);
    talloc_free(kept);
    talloc_free(folded);
    return code;
}

char *text_clean_password(const void *ctx, const char *text)
{
    return normalised(ctx, UNINORM_NFKC, text, strlen(text));
}

char *text_lower(const void *ctx, const char *text)
{
    char *lower = mem_copy(ctx, text);

    for (char *c = lower; c != NULL && *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return lower;
}

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* RFC 5322's dot-atom. A quoted local part is legal there, but is more often an attack than a person. */
static bool is_local_part(const char *text, size_t n)
{
    if (n == 0 || n > LOCAL_PART_MAX || text[0] == '.' || text[n - 1] == '.')
        return false;
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '.' && text[i + 1] == '.')
            return false;
        if (!is_letter_or_digit(text[i]) && (text[i] == '\0' || strchr("!#$%&'*+-/=?^_`{|}~.", text[i]) == NULL))
            return false;
    }
    return true;
}

static bool is_dotted_name(const char *text)
{
    size_t labels = 0;

    for (;;) {
        size_t n = strcspn(text, ".");

        if (n == 0 || n > LABEL_MAX || text[0] == '-' || text[n - 1] == '-')
            return false;
        for (size_t i = 0; i < n; i++)
            if (!is_letter_or_digit(text[i]) && text[i] != '-')
                return false;
        labels++;
        if (text[n] == '\0')
            return labels >= 2;
        text += n + 1;
    }
}

bool text_is_email(const char *text)
{
    const char *at = text == NULL ? NULL : strchr(text, '@');

    return at != NULL && strlen(text) <= EMAIL_MAX_BYTES && is_local_part(text, (size_t)(at - text)) && is_dotted_name(at + 1);
}

bool text_is_phone(const char *text)
{
    size_t n;

    if (text == NULL || text[0] != '+' || text[1] < '1' || text[1] > '9')
        return false;
    n = strspn(text + 1, "0123456789");
    return n >= 7 && n <= 15 && text[1 + n] == '\0';
}

/* --- filling places --- */

#define FIRST_STRONG_ISOLATE "\xE2\x81\xA8"    /* U+2068 */
#define POP_ISOLATE "\xE2\x81\xA9"             /* U+2069 */

/* Nothing below U+0590 is written from right to left, so a text without a byte from 0xD6 on is left at once. What stands in an
 * isolate already turns nothing around; only a text of ours has any, since text_clean() drops those of people. */
static bool turns_around(const char *text)
{
    size_t depth = 0;
    const char *at = text;
    ucs4_t c;

    while (*at != '\0' && (unsigned char)*at < 0xD6)
        at++;
    if (*at == '\0')
        return false;
    for (at = text; (c = next(&at)) != 0;) {
        const int class = uc_bidi_class(c);

        if (c >= 0x2066 && c <= 0x2068)
            depth++;
        else if (c == 0x2069)
            depth -= depth > 0;
        else if (depth == 0 && (class == UC_BIDI_R || class == UC_BIDI_AL))
            return true;
    }
    return false;
}

const char *text_isolate(const void *ctx, const char *text)
{
    return text != NULL && turns_around(text) ? mem_text(ctx, FIRST_STRONG_ISOLATE "%s" POP_ISOLATE, text) : text;
}

struct filling { char *out; size_t room, n; };   /* n counts on where room ends */

static void put(struct filling *filling, const char *bytes, size_t n)
{
    if (n <= filling->room && filling->n <= filling->room - n)
        memcpy(filling->out + filling->n, bytes, n);
    filling->n += n;
}

/* The pair whose place "{name}" begins here; n if none does. *length is the name's. */
static size_t place_at(const char *text, const char *const *names, size_t n, size_t *length)
{
    *length = strcspn(text + 1, "}");
    for (size_t i = 0; i < n && text[1 + *length] == '}'; i++)
        if (names[i][0] == text[1] && strncmp(names[i], text + 1, *length) == 0 && names[i][*length] == '\0')
            return i;
    return n;
}

static void put_value(struct filling *filling, const char *value)
{
    const bool isolates = turns_around(value);

    if (isolates)
        put(filling, FIRST_STRONG_ISOLATE, strlen(FIRST_STRONG_ISOLATE));
    put(filling, value, strlen(value));
    if (isolates)
        put(filling, POP_ISOLATE, strlen(POP_ISOLATE));
}

static void fill(struct filling *filling, const char *pattern, const char *const *names, const char *const *values, size_t n)
{
    while (*pattern != '\0') {
        size_t plain = strcspn(pattern, "{"), length, i;

        put(filling, pattern, plain);
        pattern += plain;
        if (*pattern == '\0')
            break;
        i = place_at(pattern, names, n, &length);
        if (i == n) {
            put(filling, pattern++, 1);
            continue;
        }
        if (values[i] != NULL)
            put_value(filling, values[i]);
        pattern += length + 2;
    }
}

char *text_fill_n(const void *ctx, const char *pattern, const char *const *names, const char *const *values, size_t n)
{
    char most[512];            /* texts are shorter */
    struct filling filling = { .out = most, .room = sizeof most };
    char *text;

    fill(&filling, pattern, names, values, n);
    if (filling.n <= filling.room)
        return mem_copy_n(ctx, most, filling.n);
    filling.room = filling.n;
    filling.n = 0;
    filling.out = text = mem_room(ctx, NULL, filling.room + 1);
    fill(&filling, pattern, names, values, n);
    text[filling.n] = '\0';
    return text;
}

#define PAIRS_MAX 16   /* that a call of the code has; more is a mistake */

char *text_fill(const void *ctx, const char *pattern, ...)
{
    const char *names[PAIRS_MAX], *values[PAIRS_MAX], *name;
    size_t n = 0;
    va_list args;

    va_start(args, pattern);
    while ((name = va_arg(args, const char *)) != NULL) {
        if (n == PAIRS_MAX)
            abort();
        names[n] = name;
        values[n++] = va_arg(args, const char *);
    }
    va_end(args);
    return text_fill_n(ctx, pattern, names, values, n);
}
