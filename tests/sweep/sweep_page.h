/* sweep_page.h - answers of two worlds compared: what differs between them by nature is taken out. */
#ifndef TESTS_SWEEP_PAGE_H
#define TESTS_SWEEP_PAGE_H

#include <string.h>

#include "base/buf.h"
#include "base/memory.h"

/* Numbers, times and tokens are other ones in each world: a number as 0, a long word as T, and so the picture of a token. */
static const char *page_without_names(const void *ctx, const char *text)
{
    static const char digits[] = "0123456789",
        word[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.";
    struct buf *out = buf_new(ctx, strlen(text) + 1);

    for (const char *p = text; *p != '\0';) {
        const size_t n = strspn(p, word), number = strspn(p, digits);

        if (strncmp(p, " d=\"M", 5) == 0) {
            buf_text(out, " d=T");
            p += 4 + strcspn(p + 4, "\"");
        } else if (n > 30) {
            buf_char(out, 'T');
            p += n;
        } else if (number > 0) {
            buf_char(out, '0');
            p += number;
        } else if (n > 0) {
            /* Up to the next digit: the rest of the word is not long. */
            const size_t plain = strcspn(p, digits) < n ? strcspn(p, digits) : n;

            buf_format(out, "%.*s", (int)plain, p);
            p += plain;
        } else {
            buf_char(out, *p++);
        }
    }
    return out->bytes;
}

/* NULL: they are the same. */
static const char *page_difference(const void *ctx, const char *right, const char *is)
{
    size_t at = 0;

    while (right[at] != '\0' && right[at] == is[at])
        at++;
    if (right[at] == is[at])
        return NULL;
    const size_t from = at < 60 ? 0 : at - 60;
    return mem_text(ctx, "another page: \"%.140s\", not \"%.140s\"", is + from, right + from);
}

#endif
