#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <unictype.h>
#include <unistr.h>

#include "base/clock.h"
#include "base/log.h"

#define TEXT_MAX_BYTES 1000
#define LINE_BYTES 16384
#define TAIL_BYTES 32            /* kept free for the end of the line */

static const char *program = "mypartner";
static char line[LINE_BYTES];
static size_t line_n;
static bool is_cut;              /* a field found no room */

void log_program(const char *name)
{
    program = name;
}

/* Fields are added whole or not at all, so that a line is always JSON. */
struct mark { size_t n; bool fits; };

static struct mark mark_here(void)
{
    return (struct mark){ .n = line_n, .fits = true };
}

static void add(struct mark *mark, const char *bytes, size_t n)
{
    if (n > LINE_BYTES - TAIL_BYTES - line_n)
        mark->fits = false;
    if (!mark->fits)
        return;
    memcpy(line + line_n, bytes, n);
    line_n += n;
}

static void add_text(struct mark *mark, const char *text)
{
    add(mark, text, strlen(text));
}

static void settle(const struct mark *mark)
{
    if (mark->fits)
        return;
    line_n = mark->n;
    is_cut = true;
}

/* Control and format characters, line separators: escaped, so that a line shows on a terminal what it holds. */
static bool needs_escape(ucs4_t c)
{
    return c == '"' || c == '\\' ||
        uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_Zl | UC_CATEGORY_MASK_Zp);
}

static void add_escaped(struct mark *mark, ucs4_t c)
{
    char out[16];

    if (c == '"' || c == '\\')
        (void)snprintf(out, sizeof out, "\\%c", (char)c);
    else if (c == '\n')
        (void)snprintf(out, sizeof out, "\\n");
    else if (c < 0x10000)
        (void)snprintf(out, sizeof out, "\\u%04x", (unsigned)(c & 0xFFFF));
    else
        (void)snprintf(out, sizeof out, "\\u%04x\\u%04x", 0xD800U + (((c - 0x10000) >> 10) & 0x3FF), 0xDC00U + (c & 0x3FF));
    add_text(mark, out);
}

/* How many of the first n stand as they are: most of all texts. */
static size_t plain_bytes(const uint8_t *bytes, size_t n)
{
    size_t i = 0;

    while (i < n && bytes[i] >= ' ' && bytes[i] < 0x7F && bytes[i] != '"' && bytes[i] != '\\')
        i++;
    return i;
}

static void add_quoted(struct mark *mark, const char *text)
{
    const uint8_t *bytes = (const uint8_t *)text;
    size_t n = strlen(text), i = 0;

    add(mark, "\"", 1);
    while (i < n) {
        size_t plain = plain_bytes(bytes + i, n < TEXT_MAX_BYTES ? n - i : TEXT_MAX_BYTES - i);
        ucs4_t c;

        if (plain > 0) {
            add(mark, text + i, plain);
            i += plain;
            continue;
        }
        int length = u8_mbtoucr(&c, bytes + i, n - i);
        size_t step = length > 0 ? (size_t)length : 1;

        if (i + step > TEXT_MAX_BYTES)
            break;
        if (length <= 0)
            add_text(mark, "\xEF\xBF\xBD");
        else if (needs_escape(c))
            add_escaped(mark, c);
        else
            add(mark, text + i, step);
        i += step;
    }
    if (i < n)
        add_text(mark, "…");
    add(mark, "\"", 1);
}

static void add_key(struct mark *mark, const char *key)
{
    if (line_n > 1)
        add(mark, ",", 1);
    add_quoted(mark, key);
    add(mark, ":", 1);
}

void log_begin(const char *event)
{
    char at[32];

    line[0] = '{';
    line_n = 1;
    is_cut = false;
    clock_format_utc(clock_now(), true, at);
    log_text("at", at);
    log_text("program", program);
    log_int("pid", getpid());
    log_text("event", event);
}

void log_text(const char *key, const char *value)
{
    struct mark mark = mark_here();

    add_key(&mark, key);
    if (value == NULL)
        add_text(&mark, "null");
    else
        add_quoted(&mark, value);
    settle(&mark);
}

void log_int(const char *key, int64_t value)
{
    struct mark mark = mark_here();
    char digits[32];

    (void)snprintf(digits, sizeof digits, "%" PRId64, value);
    add_key(&mark, key);
    add_text(&mark, digits);
    settle(&mark);
}

void log_end(void)
{
    static const char cut[] = ",\"cut\":true";
    ssize_t written;

    if (is_cut) {
        memcpy(line + line_n, cut, sizeof cut - 1);
        line_n += sizeof cut - 1;
    }
    line[line_n++] = '}';
    line[line_n++] = '\n';
    do
        written = write(STDERR_FILENO, line, line_n);
    while (written < 0 && errno == EINTR);
    line_n = 0;
}

void log_line(const char *event, const char *format, ...)
{
    char message[TEXT_MAX_BYTES + 8];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    log_begin(event);
    log_text("message", message);
    log_end();
}
