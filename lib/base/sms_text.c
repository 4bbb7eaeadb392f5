#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <uninorm.h>
#include <unistr.h>

#include "base/buf.h"
#include "base/memory.h"
#include "base/sms_text.h"

/* Septets, then 16-bit units. */
static const struct { size_t single, joined; } room[] = { [SMS_GSM7] = { 160, 153 }, [SMS_UCS2] = { 70, 67 } };

/* What is not ASCII, in the order of the code points. */
static const ucs4_t basic[] = {
    0x00A1, 0x00A3, 0x00A4, 0x00A5, 0x00A7, 0x00BF, 0x00C4, 0x00C5, 0x00C6, 0x00C7, 0x00C9, 0x00D1, 0x00D6, 0x00D8, 0x00DC,
    0x00DF, 0x00E0, 0x00E4, 0x00E5, 0x00E6, 0x00E8, 0x00E9, 0x00EC, 0x00F1, 0x00F2, 0x00F6, 0x00F8, 0x00F9, 0x00FC, 0x0393,
    0x0394, 0x0398, 0x039B, 0x039E, 0x03A0, 0x03A3, 0x03A6, 0x03A8, 0x03A9,
};

static const struct { ucs4_t from; const char *to; } plain[] = {
    { 0x00A0, " " }, { 0x2010, "-" }, { 0x2011, "-" }, { 0x2012, "-" }, { 0x2013, "-" }, { 0x2014, "-" }, { 0x2018, "'" },
    { 0x2019, "'" }, { 0x201A, "'" }, { 0x201C, "\"" }, { 0x201D, "\"" }, { 0x201E, "\"" }, { 0x2026, "..." }, { 0x202F, " " },
    { 0x2212, "-" },
};

/* Septets of a character; 0: the alphabet does not have it. */
static size_t septets(ucs4_t c)
{
    if (c == 0x20AC || (c != 0 && c < 0x80 && strchr("\f^{}\\[~]|", (int)c) != NULL))
        return 2;
    if (c < 0x80)
        return c == '\n' || c == '\r' || (c >= ' ' && c != '`' && c != 0x7F);
    for (size_t i = 0; i < sizeof basic / sizeof *basic; i++)
        if (basic[i] == c)
            return 1;
    return 0;
}

static bool is_gsm(const char *text)
{
    ucs4_t c;

    for (const uint8_t *at = (const uint8_t *)text; (at = u8_next(&c, at)) != NULL;)
        if (septets(c) == 0)
            return false;
    return true;
}

struct sms_length sms_length(const char *text)
{
    struct sms_length length = { .alphabet = is_gsm(text) ? SMS_GSM7 : SMS_UCS2, .segments = 1 };
    size_t joined = 1, left = room[length.alphabet].joined;
    ucs4_t c;

    for (const uint8_t *at = (const uint8_t *)text; (at = u8_next(&c, at)) != NULL;) {
        size_t n = length.alphabet == SMS_GSM7 ? septets(c) : c > 0xFFFF ? 2 : 1;

        length.units += n;
        if (n > left) {
            joined++;
            left = room[length.alphabet].joined;
        }
        left -= n;
    }
    if (length.units > room[length.alphabet].single)
        length.segments = joined;
    return length;
}

/* In place of a character that the alphabet lacks; false: nothing plain stands for it. */
static bool add_plain(struct buf *out, ucs4_t c)
{
    ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];

    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (plain[i].from == c) {
            buf_text(out, plain[i].to);
            return true;
        }
    /* Letter by letter: what decomposes into a letter that is there is written without its marks. */
    while (septets(c) == 0) {
        if (uc_canonical_decomposition(c, parts) <= 0)
            return false;
        c = parts[0];
    }
    if (c >= 0x80)
        return false;
    buf_char(out, (char)c);
    return true;
}

char *sms_plain(const void *ctx, const char *text)
{
    size_t length = 0;
    /* Composed first, so that a letter which the alphabet has with its accent keeps it. */
    uint8_t *composed = u8_normalize(UNINORM_NFC, (const uint8_t *)text, strlen(text) + 1, NULL, &length);
    struct buf *out = buf_new(ctx, strlen(text) + 16);
    bool is_plain = composed != NULL;
    const uint8_t *at = composed, *next;
    ucs4_t c;
    char *result;

    for (; is_plain && (next = u8_next(&c, at)) != NULL; at = next) {
        if (septets(c) > 0)
            buf_add(out, at, (size_t)(next - at));
        else
            is_plain = add_plain(out, c);
    }
    free(composed);
    result = mem_copy(ctx, is_plain ? out->bytes : text);
    (void)talloc_free(out);
    return result;
}
