#include <string.h>

#include <openssl/evp.h>

#include "base/buf.h"
#include "base/memory.h"

#include "notify/mime.h"

#define LINE_MAX_BYTES 76           /* RFC 2045 6.7 and 6.8; RFC 2047 2 for a line with encoded words */
#define WORD_OPEN "=?UTF-8?B?"
#define WORD_CLOSE "?="
#define WORD_AROUND (sizeof WORD_OPEN - 1 + sizeof WORD_CLOSE - 1)
#define WORD_MAX_BYTES 75           /* RFC 2047 2 */
#define BASE64_LINE_INPUT (LINE_MAX_BYTES / 4 * 3)

enum mime_encoding mime_encoding_for(const char *text)
{
    size_t n = 0, wide = 0;

    for (; text[n] != '\0'; n++)
        wide += (unsigned char)text[n] >= 0x80;
    /* n + 2·wide bytes against 4/3·n. */
    return wide * 6 <= n ? MIME_QUOTED_PRINTABLE : MIME_BASE64;
}

const char *mime_encoding_name(enum mime_encoding encoding)
{
    return encoding == MIME_BASE64 ? "base64" : "quoted-printable";
}

/* Bytes of the line's end at `text`, 0 if there is none. */
static size_t line_end(const char *text)
{
    if (text[0] == '\r')
        return text[1] == '\n' ? 2 : 1;
    return text[0] == '\n';
}

/* --- quoted-printable ----------------------------------------------------------------------------------------------- */

static bool stands_for_itself(const char *c)
{
    if (*c == ' ' || *c == '\t')
        return c[1] != '\0' && line_end(c + 1) == 0;   /* space at the end of a line may be lost on the way */
    return *c > ' ' && *c < 0x7F && *c != '=';
}

static void add_quoted_printable(struct buf *out, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t column = 0;

    while (*text != '\0') {
        size_t end = line_end(text);
        unsigned char byte = (unsigned char)*text;
        bool is_plain;
        size_t n;

        if (end > 0) {
            buf_text(out, "\r\n");
            column = 0;
            text += end;
            continue;
        }
        is_plain = stands_for_itself(text);
        n = is_plain ? 1 : 3;
        if (column + n > LINE_MAX_BYTES - 1) {
            buf_text(out, "=\r\n");
            column = 0;
        }
        if (is_plain)
            buf_char(out, *text);
        else
            buf_add(out, (const char[]){'=', digits[byte >> 4], digits[byte & 15]}, 3);
        column += n;
        text++;
    }
}

/* --- base64 --------------------------------------------------------------------------------------------------------- */

/* At most BASE64_LINE_INPUT bytes. */
static void add_base64_group(struct buf *out, const char *bytes, size_t n)
{
    unsigned char group[LINE_MAX_BYTES + 4];
    int length = EVP_EncodeBlock(group, (const unsigned char *)bytes, (int)n);

    buf_add(out, group, (size_t)length);
}

static void add_base64(struct buf *out, const char *text)
{
    struct buf *canonical = buf_new(out, strlen(text));

    while (*text != '\0') {
        size_t end = line_end(text);

        if (end > 0)
            buf_text(canonical, "\r\n");
        else
            buf_char(canonical, *text);
        text += end > 0 ? end : 1;
    }
    for (size_t at = 0; at < canonical->n; at += BASE64_LINE_INPUT) {
        size_t left = canonical->n - at;

        add_base64_group(out, canonical->bytes + at, left < BASE64_LINE_INPUT ? left : BASE64_LINE_INPUT);
        buf_text(out, "\r\n");
    }
    (void)talloc_free(canonical);
}

void mime_add_text(struct buf *out, const char *text, enum mime_encoding encoding)
{
    if (encoding == MIME_BASE64)
        add_base64(out, text);
    else
        add_quoted_printable(out, text);
}

/* --- header fields -------------------------------------------------------------------------------------------------- */

/* The longest start of `text` of at most n bytes that does not cut a character (RFC 2047 5); n ≥ 4. */
static size_t whole_characters(const char *text, size_t n)
{
    size_t length = strnlen(text, n + 1);

    if (length <= n)
        return length;
    while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
        n--;
    return n;
}

void mime_add_words(struct buf *out, const char *text, size_t column)
{
    do {
        size_t room = LINE_MAX_BYTES - column, n;

        if (room > WORD_MAX_BYTES)
            room = WORD_MAX_BYTES;
        n = whole_characters(text, (room - WORD_AROUND) / 4 * 3);
        buf_text(out, WORD_OPEN);
        add_base64_group(out, text, n);
        buf_text(out, WORD_CLOSE);
        text += n;
        if (*text != '\0')
            buf_text(out, "\r\n ");
        column = 1;
    } while (*text != '\0');
}

bool mime_is_plain(const char *text, size_t n)
{
    size_t length = 0;

    for (; text[length] != '\0'; length++)
        if (text[length] < ' ' || text[length] >= 0x7F)
            return false;
    return length <= n && strstr(text, "=?") == NULL;
}

void mime_add_field(struct buf *out, const char *name, const char *value)
{
    size_t column = strlen(name) + 2;
    size_t n = strlen(value);

    buf_format(out, "%s: ", name);
    /* A reader may drop space at the ends of a value; in an encoded word it stays. */
    if (mime_is_plain(value, LINE_MAX_BYTES - column) && n > 0 && value[0] != ' ' && value[n - 1] != ' ')
        buf_text(out, value);
    else if (n > 0)
        mime_add_words(out, value, column);
    buf_text(out, "\r\n");
}
