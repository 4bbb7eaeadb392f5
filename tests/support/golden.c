#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/golden.h"

#define GOLDEN_MAX_BYTES 262144

static void path_of(const char *name, const char *ending, char *path, size_t room)
{
    const int n = snprintf(path, room, "%s/tests/golden/%s%s", TEST_SOURCE_ROOT, name, ending);

    assert_true(n > 0 && (size_t)n < room);
}

static void write_golden(const char *path, const char *text, size_t n)
{
    FILE *file = fopen(path, "wb");

    if (file == NULL)
        fail_msg("%s: %s", path, strerror(errno));
    assert_int_equal(fwrite(text, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

/* One line of each side, from the start of the line where they differ. */
static void fail_at(const char *path, const char *kept, size_t kept_n, const char *text, size_t n)
{
    size_t line = 1, start = 0;

    for (size_t i = 0; i < n && i < kept_n && text[i] == kept[i]; i++) {
        if (text[i] == '\n') {
            line++;
            start = i + 1;
        }
    }
    fail_msg("%s:%zu: differs; UPDATE_GOLDEN=1 rewrites it\n  kept: %.*s\n  now:  %.*s", path, line,
             (int)strcspn(kept + start, "\n"), kept + start, (int)strcspn(text + start, "\n"), text + start);
}

void golden_check(const char *name, const char *text, size_t n)
{
    static char kept[GOLDEN_MAX_BYTES + 1];
    char path[512];
    const char *update = getenv("UPDATE_GOLDEN");

    path_of(name, ".html", path, sizeof path);
    if (update != NULL && strcmp(update, "1") == 0) {
        write_golden(path, text, n);
        return;
    }
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("%s: %s; UPDATE_GOLDEN=1 writes it", path, strerror(errno));
    const size_t kept_n = fread(kept, 1, GOLDEN_MAX_BYTES, file);
    kept[kept_n] = '\0';
    assert_int_equal(fclose(file), 0);
    if (kept_n != n || memcmp(kept, text, n) != 0)
        fail_at(path, kept, kept_n, text, n);
}
