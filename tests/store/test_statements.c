#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/memory.h"
#include "store/statements.h"
#include "support/test_db.h"

/* One test for each statement would be named at run time only, so each test tells all that fail. */
static void every_statement_prepares_against_the_schema(void **state)
{
    void *mem = mem_context(NULL, "test");
    struct db *db = test_db_open(mem);
    size_t n, failed = 0;
    const struct db_statement **all = statements_all(mem, &n);

    (void)state;
    assert_true(n > 0);
    for (size_t i = 0; i < n; i++) {
        const struct err *err = db_prepare_all(db, &all[i], 1);

        if (err == NULL)
            continue;
        failed++;
        print_error("%s\n", err->what);
    }
    assert_int_equal(failed, 0);
    talloc_free(mem);
}

static void every_statement_has_a_name_of_its_own(void **state)
{
    void *mem = mem_context(NULL, "test");
    size_t n, failed = 0;
    const struct db_statement **all = statements_all(mem, &n);

    (void)state;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(all[i]->name, all[j]->name) == 0) {
                failed++;
                print_error("%s is there twice\n", all[i]->name);
            }
    assert_int_equal(failed, 0);
    talloc_free(mem);
}

/* What a query returns is held in memory as a whole. */
static void every_query_has_a_limit(void **state)
{
    void *mem = mem_context(NULL, "test");
    size_t n, failed = 0;
    const struct db_statement **all = statements_all(mem, &n);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        bool is_query = strncasecmp(all[i]->text, "SELECT", 6) == 0 || strncasecmp(all[i]->text, "WITH", 4) == 0;

        if (is_query && strstr(all[i]->text, "LIMIT") == NULL) {
            failed++;
            print_error("%s has no LIMIT\n", all[i]->name);
        }
    }
    assert_int_equal(failed, 0);
    talloc_free(mem);
}

static const char *source(void *mem, const char *name)
{
    FILE *file = fopen(mem_text(mem, TEST_SOURCE_ROOT "/lib/store/%s", name), "re");
    struct buf *text = buf_new(mem, 32768);
    int c;

    assert_non_null(file);
    while ((c = fgetc(file)) != EOF)
        buf_char(text, (char)c);
    (void)fclose(file);
    return text->bytes;
}

/* A statement that is not listed is never checked. */
static void every_file_with_statements_is_listed(void **state)
{
    void *mem = mem_context(NULL, "test");
    const char *list = source(mem, "statements.c");
    DIR *dir = opendir(TEST_SOURCE_ROOT "/lib/store");
    const struct dirent *entry;
    size_t files = 0, failed = 0;

    (void)state;
    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        size_t n = strlen(entry->d_name);

        if (n < 3 || strcmp(entry->d_name + n - 2, ".c") != 0 || strcmp(entry->d_name, "statements.c") == 0 ||
            strstr(source(mem, entry->d_name), "static const struct db_statement ") == NULL)
            continue;
        files++;
        if (strstr(list, mem_text(mem, " %.*s_statements,", (int)(n - 2), entry->d_name)) == NULL) {
            failed++;
            print_error("statements.c does not list %s\n", entry->d_name);
        }
    }
    (void)closedir(dir);
    assert_true(files > 0);
    assert_int_equal(failed, 0);
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_with_statements_is_listed),
        cmocka_unit_test(every_statement_prepares_against_the_schema),
        cmocka_unit_test(every_statement_has_a_name_of_its_own),
        cmocka_unit_test(every_query_has_a_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
