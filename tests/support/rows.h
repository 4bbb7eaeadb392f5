/* rows.h - cmocka, and tables of cases: each row becomes a test of its own name.
 *
 * A row is a struct whose first member is `const char *claim`. The test function gets the row in *state. */
#ifndef TESTS_ROWS_H
#define TESTS_ROWS_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define ROWS_MAX 256

struct rows {
    struct CMUnitTest tests[ROWS_MAX];
    size_t n;
};

static inline void rows_add(struct rows *rows, CMUnitTestFunction function, const void *table, size_t bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *row = (const char *)table + i * bytes;
        const char *claim;

        memcpy(&claim, row, sizeof claim);
        if (rows->n < ROWS_MAX)
            rows->tests[rows->n++] = (struct CMUnitTest){ claim, function, NULL, NULL, (void *)(uintptr_t)row };
    }
}

#define ROWS_TABLE(rows, function, table) rows_add((rows), (function), (table), sizeof *(table), sizeof (table) / sizeof *(table))
#define ROWS_TEST(rows, function) \
    ((rows)->tests[(rows)->n++] = (struct CMUnitTest){ #function, (function), NULL, NULL, NULL })
#define ROWS_RUN(rows) _cmocka_run_group_tests(__FILE__, (rows)->tests, (rows)->n, NULL, NULL)

#endif
