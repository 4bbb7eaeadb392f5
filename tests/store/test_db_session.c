/* The session, how it ends, and plain SQL. */
#include "store/db_thing.h"

/* --- the session and its end ----------------------------------------------------------------------------------------- */

static void the_session_is_set_up_as_promised(void **state)
{
    static const char *const claims[] = {
        "@@session.time_zone = '+00:00'", "@@session.tx_isolation = 'READ-COMMITTED'", "@@session.autocommit = 1",
        "@@session.innodb_snapshot_isolation = 1", "@@session.collation_connection = 'utf8mb4_unicode_ci'",
        "@@session.character_set_client = 'utf8mb4'", "@@session.character_set_results = 'utf8mb4'",
        "@@session.max_statement_time = 120", "@@session.innodb_lock_wait_timeout = 3",
        "FIND_IN_SET('STRICT_ALL_TABLES', @@session.sql_mode) > 0", "FIND_IN_SET('NO_ZERO_DATE', @@session.sql_mode) > 0",
    };

    (void)state;
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++)
        if (test_db_number(db, "SELECT %s", claims[i]) != 1)
            fail_msg("not so: %s", claims[i]);
}

static void limits_can_be_lifted_and_come_back(void **state)
{
    (void)state;
    db_limit_statements(db, false);
    is_fine(db_ready(db, clock_now()));
    assert_int_equal(test_db_number(db, "SELECT @@session.max_statement_time = 0"), 1);
    db_limit_statements(db, true);
    is_fine(db_ready(db, clock_now()));
    assert_int_equal(test_db_number(db, "SELECT @@session.max_statement_time = 120"), 1);
}

static const struct db_statement slow = { "slow", "SELECT SLEEP(60) LIMIT 1", "", "i" };

static void a_statement_that_takes_too_long_is_given_up(void **state)
{
    struct db_rows *rows;

    (void)state;
    test_db_sql(db, "SET SESSION max_statement_time = 0.2");
    is_error(db_query(db, mem, &slow, &rows), ERR_BUSY, 1969);
    assert_int_equal(ask(&all)->n, 0);
    db_close(db);
}

static void kill_connection(void)
{
    test_db_sql(other, "KILL CONNECTION %lld", (long long)test_db_number(db, "SELECT CONNECTION_ID()"));
}

static void a_killed_connection_is_busy_until_ready_makes_a_new_one(void **state)
{
    struct db_rows *rows;

    (void)state;
    is_fine(db_exec(db, &insert, NULL, INT64_C(1), "", "", (size_t)0, INSTANT_NONE, INT64_C(0)));
    assert_int_equal(ask(&all)->n, 1);
    kill_connection();
    is_error(db_query(db, mem, &all, &rows), ERR_BUSY, 0);
    is_error(db_query(db, mem, &all, &rows), ERR_BUSY, 0);
    is_fine(db_ready(db, clock_now()));
    assert_int_equal(ask(&all)->n, 1);
}

/* Of this session alone. */
static int64_t pings(void)
{
    return test_db_number(db, "SELECT CAST(variable_value AS INT) FROM information_schema.session_status WHERE variable_name = 'Com_admin_commands'");
}

static void what_worked_a_moment_ago_is_not_asked_whether_it_does(void **state)
{
    const int64_t now = clock_now();
    int64_t before;

    (void)state;
    is_fine(db_ready(db, now));
    before = pings();
    for (int i = 1; i < 5; i++)
        is_fine(db_ready(db, now + i));
    assert_int_equal(pings(), before);
    is_fine(db_ready(db, now + 10 * CLOCK_SECOND));
    assert_int_equal(pings(), before + 1);
}

static void what_failed_is_asked_whether_it_works(void **state)
{
    const int64_t now = clock_now();
    struct db_rows *rows;
    int64_t before;

    (void)state;
    is_fine(db_ready(db, now));
    before = pings();
    test_db_sql(db, "SET SESSION max_statement_time = 0.2");
    is_error(db_query(db, mem, &slow, &rows), ERR_BUSY, 1969);
    is_fine(db_ready(db, now + 1));
    test_db_sql(db, "SET SESSION max_statement_time = 120");
    assert_int_equal(pings(), before + 1);
    db_close(db);
}

static void a_connection_that_died_while_idle_is_noticed_by_ready(void **state)
{
    (void)state;
    is_fine(db_ready(db, clock_now()));
    kill_connection();
    is_fine(db_ready(db, clock_now() + 6 * CLOCK_SECOND));
    assert_int_equal(ask(&all)->n, 0);
}

static void a_write_lost_outside_a_transaction_is_uncertain(void **state)
{
    (void)state;
    is_fine(db_exec(db, &insert, NULL, INT64_C(1), "", "", (size_t)0, INSTANT_NONE, INT64_C(0)));
    kill_connection();
    is_error(db_exec(db, &insert, NULL, INT64_C(2), "", "", (size_t)0, INSTANT_NONE, INT64_C(0)), ERR_UNCERTAIN, 0);
    is_error(db_exec(db, &insert, NULL, INT64_C(2), "", "", (size_t)0, INSTANT_NONE, INT64_C(0)), ERR_BUSY, 0);
}

static void nothing_runs_on_a_closed_connection(void **state)
{
    struct db_rows *rows;

    (void)state;
    db_close(db);
    is_error(db_query(db, mem, &all, &rows), ERR_BUSY, 0);
    is_error(db_run_text(db, "SELECT 1;\n", "x"), ERR_BUSY, 0);
    is_fine(db_ready(db, clock_now()));
    assert_int_equal(ask(&all)->n, 0);
}

static void a_write_after_the_deadline_is_dropped_and_a_read_is_not(void **state)
{
    (void)state;
    db_deadline(db, clock_now() - 1);
    is_error(db_exec(db, &insert, NULL, INT64_C(1), "", "", (size_t)0, INSTANT_NONE, INT64_C(0)), ERR_BUSY, 0);
    assert_int_equal(ask(&all)->n, 0);
    db_deadline(db, clock_now() + CLOCK_HOUR);
    is_fine(db_exec(db, &insert, NULL, INT64_C(1), "", "", (size_t)0, INSTANT_NONE, INT64_C(0)));
    assert_int_equal(ask(&all)->n, 1);
}

/* --- plain SQL ------------------------------------------------------------------------------------------------------- */

static void plain_sql_runs_statement_by_statement(void **state)
{
    (void)state;
    is_fine(db_run_text(db, "-- a comment; with a semicolon;\n\nINSERT INTO thing (words)\n  VALUES ('a; b -- c');  \r\n"
                            "SELECT 1;\nINSERT INTO thing (words) VALUES ('d');", "text"));
    assert_int_equal(test_db_number(other, "SELECT COUNT(*) FROM thing WHERE words IN ('a; b -- c', 'd')"), 2);
}

static void plain_sql_stops_at_the_first_error_and_says_where(void **state)
{
    const struct err *err = db_run_text(db, "INSERT INTO thing (number) VALUES (1);\nINSERT INTO nowhere VALUES (1);\n"
                                            "INSERT INTO thing (number) VALUES (3);\n", "0001_x.sql");

    (void)state;
    is_error(err, ERR_BUG, 1146);
    assert_non_null(strstr(err->what, "0001_x.sql, statement 2: "));
    assert_int_equal(test_db_number(other, "SELECT COUNT(*) FROM thing"), 1);
}

static void plain_sql_that_is_not_ended_is_refused(void **state)
{
    (void)state;
    is_error(db_run_text(db, "INSERT INTO thing (number) VALUES (1)\n", "text"), ERR_INPUT, 0);
    assert_int_equal(test_db_number(other, "SELECT COUNT(*) FROM thing"), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(the_session_is_set_up_as_promised),
        TEST(limits_can_be_lifted_and_come_back),
        TEST(a_statement_that_takes_too_long_is_given_up),
        TEST(a_killed_connection_is_busy_until_ready_makes_a_new_one),
        TEST(what_worked_a_moment_ago_is_not_asked_whether_it_does),
        TEST(what_failed_is_asked_whether_it_works),
        TEST(a_connection_that_died_while_idle_is_noticed_by_ready),
        TEST(a_write_lost_outside_a_transaction_is_uncertain),
        TEST(nothing_runs_on_a_closed_connection),
        TEST(a_write_after_the_deadline_is_dropped_and_a_read_is_not),
        TEST(plain_sql_runs_statement_by_statement),
        TEST(plain_sql_stops_at_the_first_error_and_says_where),
        TEST(plain_sql_that_is_not_ended_is_refused),
    };

    return cmocka_run_group_tests(tests, open_database, close_database);
}
