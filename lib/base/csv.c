#include "base/csv.h"

#include <stdbool.h>
#include <string.h>

#define FORMULA "=+-@\t\r\n"

/* East Asian spreadsheets take the signs in full width for the others. */
static const char *const wide_formula[] = { "\uff1d", "\uff0b", "\uff0d", "\uff20" };

static bool is_formula(const char *text)
{
    bool found = text[0] != '\0' && strchr(FORMULA, text[0]) != NULL;

    for (size_t i = 0; i < sizeof wide_formula / sizeof wide_formula[0]; i++)
        found |= strncmp(text, wide_formula[i], strlen(wide_formula[i])) == 0;
    return found;
}

void csv_cell(struct buf *out, const char *text)
{
    const char *guard = is_formula(text) ? "'" : "";
    const size_t n = strlen(text), plain = strcspn(text, "\",\r\n");

    if (plain == n) {
        buf_text(out, guard);
        buf_add(out, text, n);
        return;
    }
    buf_char(out, '"');
    buf_text(out, guard);
    for (size_t at = 0; at < n;) {
        const size_t run = strcspn(text + at, "\"");

        buf_add(out, text + at, run);
        at += run;
        if (text[at] == '"') {
            buf_add(out, "\"\"", 2);
            at++;
        }
    }
    buf_char(out, '"');
}

/* What must not stand in a JSON text as it is. */
static const char escaped[] = "\"\\\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19"
                              "\x1a\x1b\x1c\x1d\x1e\x1f";

void csv_json_text(struct buf *out, const char *text)
{
    buf_char(out, '"');
    while (*text != '\0') {
        const size_t run = strcspn(text, escaped);

        buf_add(out, text, run);
        text += run;
        if (*text == '\0')
            break;
        if (*text == '"' || *text == '\\') {
            const char pair[2] = { '\\', *text };

            buf_add(out, pair, 2);
        } else {
            buf_format(out, "\\u%04x", (unsigned)(unsigned char)*text);
        }
        text++;
    }
    buf_char(out, '"');
}

void csv_number(struct buf *out, int64_t number)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

    do
        digits[--at] = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (number < 0)
        digits[--at] = '-';
    buf_add(out, digits + at, sizeof digits - at);
}
