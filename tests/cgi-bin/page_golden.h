/* page_golden.h - a page as the browser got it, compared with its golden file: tokens and request numbers, which change from
 * run to run, are put in the same form first, and what grows with the program, the choice of operations and the main menu, is
 * left out. */
#ifndef TESTS_CGI_BIN_PAGE_GOLDEN_H
#define TESTS_CGI_BIN_PAGE_GOLDEN_H

#include <string.h>

#include "base/buf.h"
#include "support/golden.h"
#include "support/test_call.h"

#define PAGE_GOLDEN_DIGITS "0123456789"

/* Copies what begins at `at` in its fixed form and answers where it ends; NULL when nothing there changes by itself. */
static inline const char *page_golden_skip(const char *at, struct buf *out)
{
    static const char select[] = "<select id=\"operation\"", menu[] = "<nav class=\"side\"";
    static const char *const tokens[] = { "name=\"csrf\" value=\"", "name=\"once\" value=\"" };

    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        const size_t n = strlen(tokens[i]);

        if (strncmp(at, tokens[i], n) != 0)
            continue;
        buf_add(out, at, n);
        buf_text(out, "token");
        return at + n + strcspn(at + n, "\"");
    }
    if (strncmp(at, select, sizeof select - 1) == 0) {
        buf_text(out, select);
        return strstr(at, "</select>");
    }
    if (strncmp(at, menu, sizeof menu - 1) == 0) {
        buf_text(out, menu);
        return strstr(at, "</nav>");
    }
    if (strncmp(at, "DR", 2) == 0 && strspn(at + 2, PAGE_GOLDEN_DIGITS) == 8 && at[10] == '-') {
        buf_add(out, at, 11);
        buf_text(out, "000001");
        return at + 11 + strspn(at + 11, PAGE_GOLDEN_DIGITS);
    }
    return NULL;
}

static inline void page_golden(struct browser *b, const char *name)
{
    struct buf *out = buf_new(b, b->body_n + 64);

    for (const char *at = b->body; *at != '\0';) {
        const char *after = page_golden_skip(at, out);

        if (after == NULL)
            buf_char(out, *at++);
        else
            at = after;
    }
    golden_check(name, out->bytes, out->n);
    talloc_free(out);
}

#endif
