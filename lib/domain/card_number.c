#include "domain/card_number.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/memory.h"

#define DIGITS_MIN 13
#define DIGITS_MAX 19

/* What stands at a place of the text: a digit, something that may part groups of digits, or neither (then n is 0). */
struct glyph { size_t n; int digit; };

static const char *const partings[] = {
    " ", "-", "\t", "\n",
    "\xC2\xA0",                                                         /* no-break space */
    "\xE2\x80\x90", "\xE2\x80\x91", "\xE2\x80\x92", "\xE2\x80\x93", "\xE2\x80\x94",   /* hyphens and dashes, U+2010 … U+2014 */
    "\xE2\x80\x89", "\xE2\x80\xAF", "\xE3\x80\x80", "\xEF\xBC\x8D",     /* thin, narrow and ideographic space, full-width hyphen */
    "\xE2\x88\x92", "\xE2\x80\x8C", "\xE2\x80\x8D",                     /* minus sign, zero-width joiners */
    "\xE2\x80\x8B", "\xE2\x81\xA0", "\xEF\xBB\xBF", "\xC2\xAD",         /* zero-width space, word joiner, byte order mark, soft hyphen */
};

static struct glyph glyph_at(const char *at)
{
    const unsigned char *bytes = (const unsigned char *)at;

    if (*bytes >= '0' && *bytes <= '9')
        return (struct glyph){ 1, *bytes - '0' };
    /* Full-width digits, U+FF10 … U+FF19. */
    if (bytes[0] == 0xEF && bytes[1] == 0xBC && bytes[2] >= 0x90 && bytes[2] <= 0x99)
        return (struct glyph){ 3, bytes[2] - 0x90 };
    for (size_t i = 0; i < sizeof partings / sizeof *partings; i++)
        if (strncmp(at, partings[i], strlen(partings[i])) == 0)
            return (struct glyph){ strlen(partings[i]), -1 };
    return (struct glyph){ 0, -1 };
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
    size_t n = 0;

    for (struct glyph glyph; n < DIGITS_MAX && (glyph = glyph_at(at)).n > 0; at += glyph.n) {
        if (glyph.digit < 0)
            continue;
        digits[n++] = (char)glyph.digit;
        if (n >= DIGITS_MIN && glyph_at(at + glyph.n).digit < 0 && luhn_holds(digits, n))
            end = at + glyph.n;
    }
    return end;
}

static size_t request_no_n(const char *at)
{
    static const char shape[] = "DR00000000-000000";

    for (size_t i = 0; i < sizeof shape - 1; i++)
        if (shape[i] == '0' ? at[i] < '0' || at[i] > '9' : at[i] != shape[i])
            return 0;
    return glyph_at(at + sizeof shape - 1).digit < 0 ? sizeof shape - 1 : 0;
}

/* The first one at or after `at`; NULL if there is none. A number begins with a group of digits. */
static const char *find(const char *at, const char **end)
{
    bool in_group = false;

    while (*at != '\0') {
        const size_t skip = request_no_n(at);
        const struct glyph glyph = glyph_at(at);

        if (skip == 0 && glyph.digit >= 0 && !in_group && (*end = number_end(at)) != NULL)
            return at;
        in_group = skip == 0 && glyph.digit >= 0;
        at += skip > 0 ? skip : glyph.n > 0 ? glyph.n : 1;
    }
    return NULL;
}

bool card_number_in(const char *text)
{
    const char *end;

    return text != NULL && find(text, &end) != NULL;
}

char *card_number_mask(const void *ctx, const char *text)
{
    struct buf *masked = buf_new(ctx, strlen(text) + 1);
    const char *at = text, *start, *end;

    while ((start = find(at, &end)) != NULL) {
        buf_add(masked, at, (size_t)(start - at));
        for (struct glyph glyph; start < end; start += glyph.n) {
            glyph = glyph_at(start);
            if (glyph.digit >= 0)
                buf_char(masked, '*');
            else
                buf_add(masked, start, glyph.n);
        }
        at = end;
    }
    buf_text(masked, at);
    return masked->bytes;
}
