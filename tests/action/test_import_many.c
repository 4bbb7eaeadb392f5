/* Files of more lines than are staged at a time: all of them count, or none does, and memory does not grow with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "action/import.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/store_import.h"
#include "support/test_db.h"
#include "support/test_world.h"

#define LINES (2 * IMPORT_STAGE_ROWS + IMPORT_STAGE_ROWS / 2)

static struct db *db, *other;
static struct world world;
static struct import_result result;

static int setup(void **state)
{
    (void)state;
    world_begin(&world, db);
    other = test_db_again(world.mem);
    test_db_sql(db, "UPDATE account SET no = 'C-9001' WHERE id = %lld", (long long)world.owner->account_id);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    const int faults = world_faults(&world);
    world_end(&world);
    return faults == 0 ? 0 : -1;
}

/* Orders of the world's customer, one a line. */
struct made {
    int64_t n, lines;
    int64_t wrong_at, lost_at;    /* the line that is wrong, or as which is read the connection is lost; 0: none */
    int64_t connection;
    char line[256];
};

static const struct err *next_made(void *arg, const char **bytes, size_t *n)
{
    struct made *made = arg;
    *bytes = NULL;
    *n = 0;
    if (made->n == made->lines)
        return NULL;
    if (++made->n == made->lost_at)
        test_db_sql(other, "KILL CONNECTION %lld", (long long)made->connection);
    *n = (size_t)snprintf(made->line, sizeof made->line, "{\"kind\":\"order\",\"id\":\"o%lld\",\"account\":\"C-9001\",\"name\":\"Order\","
                          "\"status\":\"%s\",\"ordered_at\":\"2026-05-01T00:00:00Z\"}", (long long)made->n,
                          made->n == made->wrong_at ? "LOST" : "PAID");
    *bytes = made->line;
    return NULL;
}

static const struct err *import(struct made made)
{
    const struct import_input input = {.source = "billing", .next = next_made, .arg = &made};
    struct act act = world_act(&world, act_system);
    made.connection = test_db_number(db, "SELECT CONNECTION_ID()");
    return import_facts(&act, &input, &result);
}

static void import_well(int64_t lines)
{
    assert_null(import((struct made){.lines = lines}));
    assert_int_equal(result.outcome, IMPORT_DONE);
    assert_int_equal(result.lines, lines);
}

#define ORDERS() test_db_number(other, "SELECT COUNT(*) FROM partner_order")

static void every_line_of_many_is_taken_once(void **state)
{
    (void)state;
    import_well(LINES);
    assert_int_equal(result.changed[IMPORT_ORDER], LINES);
    assert_int_equal(ORDERS(), LINES);
    import_well(LINES);
    assert_int_equal(result.changed[IMPORT_ORDER], 0);
    assert_int_equal(ORDERS(), LINES);
}

static void a_fault_in_the_last_of_many_lines_changes_nothing(void **state)
{
    (void)state;
    assert_null(import((struct made){.lines = LINES, .wrong_at = LINES}));
    assert_int_equal(result.outcome, IMPORT_FAULTY);
    assert_int_equal(result.faults_n, 1);
    assert_int_equal(result.faults[0].line, LINES);
    assert_int_equal(ORDERS(), 0);
}

/* The end of a connection is noticed by the server in its own time, and its lock let go then. */
static void wait_until_nobody_imports(void)
{
    while (test_db_number(other, "SELECT IS_FREE_LOCK(" IMPORT_LOCK ")") != 1)
        usleep(1000);
}

/* While a batch is staged, and with the last one. */
static void a_connection_that_is_lost_meanwhile_is_told_and_changes_nothing(void **state)
{
    static const int64_t at[] = {1, IMPORT_STAGE_ROWS + 1, 2 * IMPORT_STAGE_ROWS, LINES};
    (void)state;
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        const struct err *err = import((struct made){.lines = LINES, .lost_at = at[i]});
        if (err == NULL || err->kind != ERR_BUSY)
            fail_msg("lost at line %lld: %s", (long long)at[i], err == NULL ? "nothing is told" : err->what);
        assert_int_equal(ORDERS(), 0);
        assert_null(db_ready(db, clock_now()));
        wait_until_nobody_imports();
    }
    import_well(LINES);
    assert_int_equal(ORDERS(), LINES);
}

/* The connection lives on: that batch alone is missing. */
static void a_batch_that_cannot_be_staged_is_told_and_changes_nothing(void **state)
{
    static const int64_t at[] = {1, IMPORT_STAGE_ROWS + 1, LINES};
    (void)state;
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        test_db_sql(other, "ALTER TABLE import_line ADD CONSTRAINT refused CHECK (line <> %lld)", (long long)at[i]);
        const struct err *err = import((struct made){.lines = LINES});
        test_db_sql(other, "ALTER TABLE import_line DROP CONSTRAINT refused");
        if (err == NULL || err->code != 4025)
            fail_msg("refused at line %lld: %s", (long long)at[i], err == NULL ? "nothing is told" : err->what);
        assert_int_equal(ORDERS(), 0);
    }
}

/* The address sanitizer keeps what was freed aside for a while: there nothing can be said of memory. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED 1
#endif

#ifndef IS_SANITIZED
static long peak_after(int64_t lines)
{
    struct rusage usage;
    import_well(lines);
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

/* 100,000 lines are 13 MB; a tenth of that would show. */
static void memory_does_not_grow_with_the_file(void **state)
{
    (void)state;
    const long small = peak_after(5000), large = peak_after(100000);
    assert_true(large - small < 1300);
}
#endif

static int open_all(void **state)
{
    (void)state;
    db = test_db_open(NULL);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    talloc_free(db);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_line_of_many_is_taken_once), TEST(a_fault_in_the_last_of_many_lines_changes_nothing),
        TEST(a_batch_that_cannot_be_staged_is_told_and_changes_nothing),
        TEST(a_connection_that_is_lost_meanwhile_is_told_and_changes_nothing),
#ifndef IS_SANITIZED
        TEST(memory_does_not_grow_with_the_file),
#endif
    };
    return cmocka_run_group_tests_name("import of many lines", tests, open_all, close_all);
}
