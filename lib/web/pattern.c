#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "web/pattern.h"

#define DIGITS "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static const struct segment_type { const char *name, *alphabet; size_t min, max; bool no_leading_zero; } types[] = {
    { "{no}", LETTERS DIGITS "-", 1, 40, false },
    { "{token}", LETTERS DIGITS "-_", 16, 128, false },
    { "{id}", DIGITS, 1, 18, true },
};

static const struct segment_type *find_type(const char *pattern, size_t n)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strlen(types[i].name) == n && memcmp(types[i].name, pattern, n) == 0)
            return &types[i];
    abort();
}

static bool fits(const struct segment_type *type, const char *segment, size_t n)
{
    return n >= type->min && n <= type->max && strspn(segment, type->alphabet) == n &&
        !(type->no_leading_zero && segment[0] == '0');
}

bool pattern_match(const void *ctx, const char *pattern, const char *path, struct pattern_vars *vars)
{
    struct pattern_vars found = { 0 };

    while (*pattern != '\0') {
        size_t pattern_n, path_n;

        if (*pattern != '{') {
            if (*pattern++ != *path++)
                return false;
            continue;
        }
        pattern_n = strcspn(pattern, "/");
        path_n = strcspn(path, "/");
        if (!fits(find_type(pattern, pattern_n), path, path_n))
            return false;
        if (found.n == PATTERN_VARS_MAX)
            abort();
        found.values[found.n++] = mem_copy_n(ctx, path, path_n);
        pattern += pattern_n;
        path += path_n;
    }
    if (*path != '\0')
        return false;
    *vars = found;
    return true;
}
