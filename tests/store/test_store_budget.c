/* Budgets of messages: counted by conditional updates, so that no number of senders at once can outrun them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/store_budget.h"
#include "support/test_db.h"

#define NOW (INT64_C(1781524800) * CLOCK_SECOND)

static struct db *db;
static void *mem;

static int begin(void **state)
{
    (void)state;
    if (db == NULL)
        db = test_db_open(NULL);
    test_db_clear(db);
    mem = talloc_new(NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

/* When there is room again; INSTANT_NONE: it was counted. */
static int64_t take(enum budget_scope scope, const char *subject, int64_t allowed, int64_t at)
{
    int64_t frees_at = 0;

    assert_null(budget_take(db, scope, subject, allowed, at, &frees_at));
    return frees_at;
}

static void as_many_as_allowed_fit_into_the_hour(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_true(take(BUDGET_TOTAL, "SMS", 3, NOW + i * CLOCK_MINUTE) == INSTANT_NONE);
    assert_true(take(BUDGET_TOTAL, "SMS", 3, NOW + 30 * CLOCK_MINUTE) == NOW + CLOCK_HOUR);
    assert_true(take(BUDGET_TOTAL, "SMS", 3, NOW + CLOCK_HOUR - 1) == NOW + CLOCK_HOUR);
    assert_int_equal(test_db_number(db, "SELECT used FROM message_budget"), 3);
}

static void a_new_hour_begins_with_its_first_message(void **state)
{
    (void)state;
    assert_true(take(BUDGET_TOTAL, "SMS", 1, NOW) == INSTANT_NONE);
    assert_true(take(BUDGET_TOTAL, "SMS", 1, NOW + CLOCK_HOUR) == INSTANT_NONE);
    assert_true(take(BUDGET_TOTAL, "SMS", 1, NOW + CLOCK_HOUR + 1) == NOW + 2 * CLOCK_HOUR);
}

static void scopes_and_subjects_are_counted_apart(void **state)
{
    (void)state;
    assert_true(take(BUDGET_TOTAL, "SMS", 1, NOW) == INSTANT_NONE);
    assert_true(take(BUDGET_TOTAL, "EMAIL", 1, NOW) == INSTANT_NONE);
    assert_true(take(BUDGET_ADDRESS, "SMS", 1, NOW) == INSTANT_NONE);
    assert_true(take(BUDGET_TOTAL, "SMS", 1, NOW) != INSTANT_NONE);
}

static void a_smaller_share_of_the_same_hour_stops_earlier(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++)
        assert_true(take(BUDGET_TOTAL, "SMS", 5, NOW) == INSTANT_NONE);
    assert_true(take(BUDGET_TOTAL, "SMS", 4, NOW) != INSTANT_NONE);
    assert_true(take(BUDGET_TOTAL, "SMS", 5, NOW) == INSTANT_NONE);
}

static void nothing_allowed_is_nothing_counted(void **state)
{
    (void)state;
    assert_true(take(BUDGET_PREFIX, "+65", 0, NOW) == NOW + CLOCK_HOUR);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM message_budget"), 0);
}

static void what_is_rolled_back_was_not_counted(void **state)
{
    (void)state;
    assert_true(take(BUDGET_TOTAL, "SMS", 2, NOW) == INSTANT_NONE);
    test_db_sql(db, "START TRANSACTION");
    assert_true(take(BUDGET_TOTAL, "SMS", 2, NOW) == INSTANT_NONE);
    test_db_sql(db, "ROLLBACK");
    assert_true(take(BUDGET_TOTAL, "SMS", 2, NOW) == INSTANT_NONE);
    assert_true(take(BUDGET_TOTAL, "SMS", 2, NOW) != INSTANT_NONE);
}

struct taking { int64_t frees_at; };

static const struct err *take_work(struct db *own, void *arg)
{
    struct taking *taking = arg;

    return budget_take(own, BUDGET_TOTAL, "SMS", 25, NOW, &taking->frees_at);
}

/* Eight at once ask for ten each, of twenty-five; the first row is made in the race, too. */
static void senders_at_once_never_get_more_than_allowed(void **state)
{
    enum { SENDERS = 8, EACH = 10 };
    pid_t children[SENDERS];
    int got = 0;

    (void)state;
    for (int i = 0; i < SENDERS; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            struct db *own = test_db_again(mem);
            int mine = 0;

            for (int n = 0; n < EACH; n++) {
                struct taking taking = { 0 };

                /* "Try again later" of a crowd at one row is no answer yet. */
                while (db_transaction(own, DB_READ_WRITE, take_work, &taking) != NULL)
                    ;
                mine += taking.frees_at == INSTANT_NONE;
            }
            _exit(mine);
        }
    }
    for (int i = 0; i < SENDERS; i++) {
        int status = 0;

        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status));
        got += WEXITSTATUS(status);
    }
    assert_int_equal(got, 25);
    assert_int_equal(test_db_number(db, "SELECT used FROM message_budget"), 25);
}

static void the_longest_prefix_counts(void **state)
{
    const char *prefix = NULL;
    int64_t per_hour = 0;

    (void)state;
    test_db_sql(db, "INSERT INTO sms_prefix (prefix, per_hour) VALUES ('+4', 1), ('+49', 2), ('+4915', 3), ('+6', 4)");
    assert_null(budget_prefix(db, mem, "+4915100000188", &prefix, &per_hour));
    assert_string_equal(prefix, "+4915");
    assert_int_equal(per_hour, 3);
    assert_null(budget_prefix(db, mem, "+49301234567", &prefix, &per_hour));
    assert_string_equal(prefix, "+49");
    assert_null(budget_prefix(db, mem, "+15551234567", &prefix, &per_hour));
    assert_string_equal(prefix, "");
}

static void what_is_used_up_is_told_once_an_hour(void **state)
{
    struct budget_used *used = NULL;
    size_t n = 9;
    bool told = false;

    (void)state;
    assert_true(take(BUDGET_TOTAL, "SMS", 2, NOW) == INSTANT_NONE);
    assert_null(budget_used_up(db, mem, NOW, 10, &used, &n));
    assert_int_equal(n, 0);
    assert_true(take(BUDGET_TOTAL, "SMS", 2, NOW) == INSTANT_NONE);
    assert_true(take(BUDGET_ACCOUNT, "1", 1, NOW) == INSTANT_NONE);   /* a person's own limit is no alarm */
    assert_null(budget_used_up(db, mem, NOW, 10, &used, &n));
    assert_int_equal(n, 1);
    assert_int_equal(used[0].scope, BUDGET_TOTAL);
    assert_string_equal(used[0].subject, "SMS");
    assert_int_equal(used[0].allowed, 2);
    assert_null(budget_told(db, &used[0], &told));
    assert_true(told);
    assert_null(budget_told(db, &used[0], &told));
    assert_false(told);
    assert_null(budget_used_up(db, mem, NOW, 10, &used, &n));
    assert_int_equal(n, 0);
    assert_true(take(BUDGET_TOTAL, "SMS", 1, NOW + CLOCK_HOUR) == INSTANT_NONE);
    assert_null(budget_used_up(db, mem, NOW + CLOCK_HOUR, 10, &used, &n));
    assert_int_equal(n, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(as_many_as_allowed_fit_into_the_hour),
        TEST(a_new_hour_begins_with_its_first_message),
        TEST(scopes_and_subjects_are_counted_apart),
        TEST(a_smaller_share_of_the_same_hour_stops_earlier),
        TEST(nothing_allowed_is_nothing_counted),
        TEST(what_is_rolled_back_was_not_counted),
        TEST(senders_at_once_never_get_more_than_allowed),
        TEST(the_longest_prefix_counts),
        TEST(what_is_used_up_is_told_once_an_hour),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
