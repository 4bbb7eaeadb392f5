#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

#define ERR_KEPT 32

static const char *const kind_names[] = {
    [ERR_INPUT] = "INPUT",
    [ERR_TOO_LARGE] = "TOO_LARGE",
    [ERR_SIGNED_OUT] = "SIGNED_OUT",
    [ERR_DENIED] = "DENIED",
    [ERR_MISSING] = "MISSING",
    [ERR_CONFLICT] = "CONFLICT",
    [ERR_THROTTLED] = "THROTTLED",
    [ERR_BUSY] = "BUSY",
    [ERR_UNCERTAIN] = "UNCERTAIN",
    [ERR_BUG] = "BUG",
};

/* Of each thread, as errors are made without a lock. */
static _Thread_local struct err kept[ERR_KEPT];
static _Thread_local unsigned made;

/* A cut may have gone through a character: drops the bytes of an unfinished one at the end. */
static void end_on_character(char *text)
{
    size_t n = strlen(text);
    size_t lead = n, follow, want;

    while (lead > 0 && n - lead < 3 && ((unsigned char)text[lead - 1] & 0xC0) == 0x80)
        lead--;
    if (lead == 0 || (unsigned char)text[lead - 1] < 0xC0)
        return;
    follow = n - lead;
    want = (unsigned char)text[lead - 1] >= 0xF0 ? 3 : (unsigned char)text[lead - 1] >= 0xE0 ? 2 : 1;
    if (follow < want)
        text[lead - 1] = '\0';
}

static const struct err *keep(enum err_kind kind, int code, const char *where, const char *what)
{
    struct err *err = &kept[made++ % ERR_KEPT];

    err->kind = kind;
    err->code = code;
    err->where = where;
    (void)snprintf(err->what, sizeof err->what, "%s", what);
    for (char *c = err->what; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            *c = ' ';
    end_on_character(err->what);
    return err;
}

/* Both makers format into a text of their own first: an argument may point into the error that is about to be reused. */
const struct err *err_make(enum err_kind kind, int code, const char *where, const char *format, ...)
{
    char what[sizeof kept->what];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return keep(kind, code, where, what);
}

const struct err *err_make_wrapped(const struct err *err, const char *where, const char *format, ...)
{
    char words[sizeof kept->what], what[2 * sizeof kept->what + 2];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(words, sizeof words, format, args);
    va_end(args);
    (void)snprintf(what, sizeof what, "%s: %s", words, err->what);
    return keep(err->kind, err->code, where, what);
}

const char *err_kind_name(enum err_kind kind)
{
    if ((size_t)kind >= sizeof kind_names / sizeof *kind_names)
        return "UNKNOWN";
    return kind_names[kind];
}
