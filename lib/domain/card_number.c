#include "domain/card_number.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unictype.h>
#include <unistr.h>

#include "base/buf.h"
#include "base/memory.h"

#define DIGITS_MIN 14
#define DIGITS_MAX 19
#define GROUP_DIGITS_MIN 3   /* of numbers that are parted by signs */

/* How the numbers of the schemes begin, four digits, and which lengths they have. Ranges: the schemes' own publications. */
#define LENGTH(n) (1U << (n))
#define LENGTHS_UP_FROM_16 (LENGTH(16) | LENGTH(17) | LENGTH(18) | LENGTH(19))
static const struct scheme { int from, to; unsigned lengths; } schemes[] = {
    {2200, 2204, LENGTHS_UP_FROM_16},                           /* Mir */
    {2221, 2720, LENGTH(16)},                                   /* Mastercard */
    {3000, 3059, LENGTH(14) | LENGTHS_UP_FROM_16},              /* Diners Club */
    {3095, 3095, LENGTH(14) | LENGTHS_UP_FROM_16},
    {3400, 3499, LENGTH(15)},                                   /* American Express */
    {3528, 3589, LENGTHS_UP_FROM_16},                           /* JCB */
    {3600, 3699, LENGTH(14) | LENGTHS_UP_FROM_16},              /* Diners Club */
    {3700, 3799, LENGTH(15)},                                   /* American Express */
    {3800, 3999, LENGTH(14) | LENGTHS_UP_FROM_16},              /* Diners Club */
    {4000, 4999, LENGTH(16) | LENGTH(19)},                      /* Visa */
    {5000, 5099, LENGTHS_UP_FROM_16},                                  /* Maestro, Elo, Verve */
    {5100, 5599, LENGTH(16)},                                   /* Mastercard */
    {5600, 6999, LENGTHS_UP_FROM_16},                                  /* Maestro, UnionPay, Discover, RuPay, Elo */
    {8100, 8299, LENGTHS_UP_FROM_16},                           /* UnionPay, RuPay */
};

enum glyph_kind { GLYPH_NONE, GLYPH_DIGIT, GLYPH_BLANK, GLYPH_SIGN };
/* What stands at a place of the text: a digit, what may part groups of digits, or neither. n is its bytes. */
struct glyph { enum glyph_kind kind; size_t n; int digit; };

static struct glyph glyph_at(const char *at)
{
    ucs4_t point;
    const int n = u8_strmbtouc(&point, (const uint8_t *)at);
    if (n <= 0)
        return (struct glyph){GLYPH_NONE, *at != '\0', 0};
    const int digit = uc_digit_value(point);
    enum glyph_kind kind = GLYPH_NONE;
    if (digit >= 0)
        kind = GLYPH_DIGIT;
    else if (uc_is_property_white_space(point) || uc_is_property_default_ignorable_code_point(point) || uc_is_property_dash(point) ||
             uc_is_general_category_withtable(point, UC_CATEGORY_MASK_C | UC_CATEGORY_MASK_Z | UC_CATEGORY_MASK_M))
        kind = GLYPH_BLANK;
    else if (!uc_is_general_category_withtable(point, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N))
        kind = GLYPH_SIGN;
    return (struct glyph){kind, (size_t)n, digit};
}

static bool is_of_a_scheme(const char *digits, size_t n)
{
    const int first = ((digits[0] * 10 + digits[1]) * 10 + digits[2]) * 10 + digits[3];
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (first >= schemes[i].from && first <= schemes[i].to)
            return (schemes[i].lengths & LENGTH(n)) != 0;
    return false;
}

static bool luhn_holds(const char *digits, size_t n)
{
    int sum = 0;

    for (size_t i = 0; i < n; i++) {
        int value = digits[n - 1 - i];

        if (i % 2 == 1)
            value = value > 4 ? value * 2 - 9 : value * 2;
        sum += value;
    }
    return sum % 10 == 0;
}

/* The digits from here to where a card number could end last; where the longest one that is one ends, NULL if none does. A
 * number ends with a group: "4111 1111 1111 1111 12" is one and a security code. */
static const char *number_end(const char *at)
{
    char digits[DIGITS_MAX];
    const char *end = NULL;
    size_t n = 0, group_n = 0, shortest = DIGITS_MAX;
    bool has_signs = false;

    for (struct glyph glyph; n < DIGITS_MAX && (glyph = glyph_at(at)).kind != GLYPH_NONE; at += glyph.n) {
        if (glyph.kind != GLYPH_DIGIT) {
            has_signs |= glyph.kind == GLYPH_SIGN;
            if (group_n > 0 && group_n < shortest)
                shortest = group_n;
            group_n = 0;
            if (has_signs && shortest < GROUP_DIGITS_MIN)
                break;
            continue;
        }
        digits[n++] = (char)glyph.digit;
        group_n++;
        if (n < DIGITS_MIN || glyph_at(at + glyph.n).kind == GLYPH_DIGIT || (has_signs && group_n < GROUP_DIGITS_MIN))
            continue;
        if (is_of_a_scheme(digits, n) && luhn_holds(digits, n))
            end = at + glyph.n;
    }
    return end;
}

/* The first one at or after `at`; NULL if there is none. A number begins with a group of digits. */
static const char *find(const char *at, const char **end)
{
    bool in_group = false;

    while (*at != '\0') {
        const struct glyph glyph = glyph_at(at);
        const bool is_digit = glyph.kind == GLYPH_DIGIT;

        if (is_digit && !in_group && (*end = number_end(at)) != NULL)
            return at;
        in_group = is_digit;
        at += glyph.n;
    }
    return NULL;
}

bool card_number_in(const char *text)
{
    const char *end;

    return text != NULL && find(text, &end) != NULL;
}

static char *mask_once(const void *ctx, const char *text)
{
    struct buf *masked = buf_new(ctx, strlen(text) + 1);
    const char *at = text, *start, *end;

    while ((start = find(at, &end)) != NULL) {
        buf_add(masked, at, (size_t)(start - at));
        for (struct glyph glyph; start < end; start += glyph.n) {
            glyph = glyph_at(start);
            if (glyph.kind == GLYPH_DIGIT)
                buf_char(masked, '*');
            else
                buf_add(masked, start, glyph.n);
        }
        at = end;
    }
    buf_text(masked, at);
    return masked->bytes;
}

/* A "*" parts groups too: what stands on both sides of a hidden number can look like one then. */
char *card_number_mask(const void *ctx, const char *text)
{
    char *masked = mask_once(ctx, text);

    while (card_number_in(masked))
        masked = mask_once(ctx, masked);
    return masked;
}
