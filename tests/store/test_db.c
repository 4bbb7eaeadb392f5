/* Letters and results, and errors. The session, transactions and hosts have programs of their own. */
#include "store/db_thing.h"

/* --- letters --------------------------------------------------------------------------------------------------------- */

static void values_of_every_letter_come_back_as_they_went(void **state)
{
    static const struct { int64_t number; const char *words; const char *bytes; size_t bytes_n; int64_t at, ref; } cases[] = {
        { 0, "", "", 0, 0, 1 },
        { INT64_MAX, "plain", "\0\1\2\377", 4, 1, 2 },
        { INT64_MIN, "\xF0\x9F\x98\x80 \xE4\xB8\xAD\xE6\x96\x87 \xC3\xA9", "\0", 1, INT64_C(1795356131123456), -3 },
        { -1, "it's \\ \" ? ;", "a\0b", 3, INT64_C(253402300799999999), INT64_MAX },   /* 9999-12-31T23:59:59.999999 */
    };
    struct db_rows *rows;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        is_fine(db_exec(db, &insert, NULL, cases[i].number, cases[i].words, cases[i].bytes, cases[i].bytes_n, cases[i].at,
                        cases[i].ref));
    rows = ask(&all);
    assert_int_equal(rows->n, 4);
    for (size_t i = 0; i < rows->n; i++) {
        const char *bytes;
        size_t n;

        for (size_t column = 0; column < 5; column++)
            assert_false(db_is_null(rows, i, column));
        assert_int_equal(db_int(rows, i, 0), cases[i].number);
        assert_string_equal(db_text(rows, i, 1), cases[i].words);
        bytes = db_bytes(rows, i, 2, &n);
        assert_int_equal(n, cases[i].bytes_n);
        assert_memory_equal(bytes, cases[i].bytes, n);
        assert_int_equal(db_time(rows, i, 3), cases[i].at);
        assert_int_equal(db_int(rows, i, 4), cases[i].ref);
    }
}

static void absent_values_of_every_letter_are_null_and_read_as_nothing(void **state)
{
    struct db_rows *rows;
    size_t n = 1;

    (void)state;
    is_fine(db_exec(db, &insert, NULL, INT64_C(7), NULL, NULL, (size_t)0, INSTANT_NONE, INT64_C(0)));
    assert_int_equal(test_db_number(other, "SELECT COUNT(*) FROM thing WHERE number = 7 AND words IS NULL AND bytes IS NULL "
                                           "AND at IS NULL AND ref IS NULL"), 1);
    test_db_sql(db, "UPDATE thing SET number = NULL");
    rows = ask(&all);
    for (size_t column = 0; column < 5; column++)
        assert_true(db_is_null(rows, 0, column));
    assert_int_equal(db_int(rows, 0, 0), 0);
    assert_string_equal(db_text(rows, 0, 1), "");
    assert_string_equal(db_bytes(rows, 0, 2, &n), "");
    assert_int_equal(n, 0);
    assert_true(db_time(rows, 0, 3) == INSTANT_NONE);
}

static void instants_are_utc_whatever_the_zone_of_the_process(void **state)
{
    (void)state;
    assert_int_equal(setenv("TZ", "Asia/Singapore", 1), 0);
    is_fine(db_exec(db, &insert, NULL, INT64_C(1), "", "", (size_t)0, INT64_C(1795356131123456), INT64_C(0)));
    assert_int_equal(unsetenv("TZ"), 0);
    assert_int_equal(test_db_number(other, "SELECT at = '2026-11-22 14:02:11.123456' FROM thing"), 1);
    assert_int_equal(test_db_number(other, "SELECT ABS(TIMESTAMPDIFF(SECOND, NOW(), UTC_TIMESTAMP()))"), 0);
}

static void an_instant_beyond_the_calendar_is_refused(void **state)
{
    (void)state;
    is_error(db_exec(db, &insert, NULL, INT64_C(1), "", "", (size_t)0, INT64_C(253402300800000000), INT64_C(0)), ERR_BUG, 0);
    assert_int_equal(test_db_number(other, "SELECT COUNT(*) FROM thing"), 0);
}

static void texts_around_the_size_of_the_buffer_and_long_ones_come_whole(void **state)
{
    static const size_t sizes[] = { 0, 1, 255, 256, 257, 65536, 1000000, 3 };
    char *text = mem_array(mem, char, 1000001);
    struct db_rows *rows;

    (void)state;
    for (size_t i = 0; i < 1000000; i++)
        text[i] = (char)('a' + i % 26);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const char *end = text + 1000000 - sizes[i];

        is_fine(db_exec(db, &insert, NULL, INT64_C(0), end, end, sizes[i], INSTANT_NONE, INT64_C(0)));
    }
    rows = ask(&all);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const char *end = text + 1000000 - sizes[i];
        size_t n;

        assert_string_equal(db_text(rows, i, 1), end);
        assert_memory_equal(db_bytes(rows, i, 2, &n), end, sizes[i]);
        assert_int_equal(n, sizes[i]);
    }
    talloc_free(rows);
}

static void every_one_of_many_rows_keeps_its_own_text(void **state)
{
    static const struct db_statement many = { "many", "SELECT seq, CONCAT('row ', seq) FROM seq_1_to_3000 LIMIT 3000", "", "is" };
    struct db_rows *rows = ask(&many);

    (void)state;
    assert_int_equal(rows->n, 3000);
    for (size_t i = 0; i < rows->n; i++) {
        char want[32];

        (void)snprintf(want, sizeof want, "row %zu", i + 1);
        assert_string_equal(db_text(rows, i, 1), want);
    }
}

static void a_query_without_rows_gives_none(void **state)
{
    (void)state;
    assert_int_equal(ask(&all)->n, 0);
}

static void a_sum_of_numbers_is_a_number(void **state)
{
    static const struct db_statement sum = { "sum", "SELECT SUM(seq), MAX(seq), COUNT(*) FROM seq_1_to_10 LIMIT 1", "", "iii" };
    struct db_rows *rows = ask(&sum);

    (void)state;
    assert_int_equal(db_int(rows, 0, 0), 55);
    assert_int_equal(db_int(rows, 0, 1), 10);
    assert_int_equal(db_int(rows, 0, 2), 10);
}

static void a_number_too_big_to_hold_is_refused(void **state)
{
    static const struct db_statement big = { "big", "SELECT 18446744073709551615 LIMIT 1", "", "i" };
    struct db_rows *rows = NULL;

    (void)state;
    is_error(db_query(db, mem, &big, &rows), ERR_BUG, 0);
    assert_null(rows);
    assert_int_equal(ask(&all)->n, 0);   /* the connection goes on */
}

/* --- what is wrong with a statement ---------------------------------------------------------------------------------- */

static void a_statement_whose_letters_do_not_fit_is_refused(void **state)
{
    static const struct db_statement wrong[] = {
        { "too few parameters", "SELECT id FROM thing WHERE id = ? LIMIT 1", "", "i" },
        { "too many parameters", "SELECT id FROM thing LIMIT 1", "i", "i" },
        { "unknown parameter", "SELECT id FROM thing WHERE id = ? LIMIT 1", "x", "i" },
        { "too few results", "SELECT id, number FROM thing LIMIT 1", "", "i" },
        { "unknown result", "SELECT id FROM thing LIMIT 1", "", "x" },
        { "text as number", "SELECT words FROM thing LIMIT 1", "", "i" },
        { "number as text", "SELECT id FROM thing LIMIT 1", "", "s" },
        { "instant as text", "SELECT at FROM thing LIMIT 1", "", "s" },
        { "unknown column", "SELECT nothing FROM thing LIMIT 1", "", "i" },
        { "no SQL", "SELEKT 1", "", "i" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const struct db_statement *one = &wrong[i];
        const struct err *err = db_prepare_all(db, &one, 1);

        if (err == NULL)
            fail_msg("%s was taken", wrong[i].name);
        is_error(err, ERR_BUG, 0);
        assert_non_null(strstr(err->what, wrong[i].name));
    }
}

static void a_query_is_not_executed_nor_a_change_queried(void **state)
{
    struct db_rows *rows;

    (void)state;
    is_error(db_exec(db, &all, NULL), ERR_BUG, 0);
    is_error(db_query(db, mem, &insert, &rows), ERR_BUG, 0);
}

static void a_text_too_long_for_its_column_is_refused_not_cut(void **state)
{
    static const struct db_statement fill = { "fill", "INSERT INTO thing (short) VALUES (?)", "s", "" };

    (void)state;
    is_fine(db_exec(db, &fill, NULL, "four"));
    is_error(db_exec(db, &fill, NULL, "fives"), ERR_BUG, 1406);
    assert_int_equal(test_db_number(other, "SELECT COUNT(*) FROM thing"), 1);
}

static void a_duplicate_names_its_key_and_keeps_the_value_to_itself(void **state)
{
    static const struct db_statement fill = { "fill_both", "INSERT INTO thing (short, ref) VALUES (?, ?)", "si", "" };
    const struct err *err;

    (void)state;
    is_fine(db_exec(db, &fill, NULL, "dupe", INT64_C(1)));
    err = db_exec(db, &fill, NULL, "dupe", INT64_C(2));
    is_error(err, ERR_CONFLICT, 1062);
    assert_true(db_is_duplicate(err, "thing_short"));
    assert_false(db_is_duplicate(err, "thing_ref"));
    assert_false(db_is_duplicate(err, "thing"));
    assert_null(strstr(err->what, "dupe"));
    assert_true(db_is_duplicate(err_wrap(err, "key 'thing_ref'"), "thing_short"));
    err = db_exec(db, &fill, NULL, "new", INT64_C(1));
    assert_true(db_is_duplicate(err, "thing_ref"));
    assert_false(db_is_duplicate(err, "thing_short"));
}

static void other_errors_are_no_duplicates(void **state)
{
    (void)state;
    assert_false(db_is_duplicate(NULL, "thing_ref"));
    assert_false(db_is_duplicate(db_again("duplicate key 'thing_ref'"), "thing_ref"));
    assert_false(db_is_duplicate(err_new(ERR_BUG, 1062, "duplicate key 'thing_ref'"), "thing_ref"));
}

static void an_update_to_the_same_value_counts_its_row(void **state)
{
    static const struct db_statement same = { "same", "UPDATE thing SET number = 5 WHERE number = ?", "i", "" };
    int64_t affected;

    (void)state;
    is_fine(db_exec(db, &insert, NULL, INT64_C(5), "", "", (size_t)0, INSTANT_NONE, INT64_C(0)));
    is_fine(db_exec(db, &same, &affected, INT64_C(5)));
    assert_int_equal(affected, 1);
    is_fine(db_exec(db, &same, &affected, INT64_C(6)));
    assert_int_equal(affected, 0);
}

static void the_number_of_the_last_insert_is_known(void **state)
{
    int64_t first;

    (void)state;
    is_fine(db_exec(db, &insert, NULL, INT64_C(1), "", "", (size_t)0, INSTANT_NONE, INT64_C(0)));
    first = db_insert_id(db);
    assert_int_equal(first, test_db_number(other, "SELECT MAX(id) FROM thing"));
    is_fine(db_exec(db, &insert, NULL, INT64_C(2), "", "", (size_t)0, INSTANT_NONE, INT64_C(0)));
    assert_true(db_insert_id(db) > first);
}

/* --- many rows --- */

static const struct db_statement insert_rows = { "insert_rows",
    "INSERT INTO thing (number, words, bytes, at) VALUES (?, ?, ?, ?)", "isbt", "" };
static const struct db_statement put_refs = { "put_refs",
    "INSERT INTO thing (ref, number) VALUES (?, ?) ON DUPLICATE KEY UPDATE number = VALUES(number)", "ii", "" };
static const struct db_statement insert_refs = { "insert_refs", "INSERT INTO thing (ref) VALUES (?)", "i", "" };

static void many_rows_go_as_they_are_and_absent_values_as_null(void **state)
{
    const struct db_value values[] = {
        db_value_int(7), db_value_text("seven"), db_value_bytes("a\0b", 3), db_value_int(INT64_C(1781524800250000)),
        db_value_int(-8), db_value_text(NULL), db_value_bytes(NULL, 0), db_value_int(INSTANT_NONE),
        db_value_int(9), db_value_text(""), db_value_bytes("", 0), db_value_int(0),
    };
    struct db_rows *rows;
    size_t n;

    (void)state;
    is_fine(db_exec_rows(db, &insert_rows, values, 3));
    is_fine(db_query(db, mem, &all, &rows));
    assert_int_equal(rows->n, 3);
    assert_int_equal(db_int(rows, 0, 0), 7);
    assert_string_equal(db_text(rows, 0, 1), "seven");
    assert_memory_equal(db_bytes(rows, 0, 2, &n), "a\0b", 3);
    assert_int_equal(n, 3);
    assert_true(db_time(rows, 0, 3) == INT64_C(1781524800250000));
    assert_int_equal(db_int(rows, 1, 0), -8);
    assert_true(db_is_null(rows, 1, 1) && db_is_null(rows, 1, 2) && db_is_null(rows, 1, 3));
    assert_false(db_is_null(rows, 2, 1) || db_is_null(rows, 2, 2));
    assert_true(db_time(rows, 2, 3) == 0);
}

static void no_rows_are_no_statement(void **state)
{
    (void)state;
    is_fine(db_exec_rows(db, &insert_rows, NULL, 0));
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM thing LIMIT 1"), 0);
}

static void many_rows_may_meet_rows_that_are_there(void **state)
{
    const struct db_value values[] = { db_value_int(1), db_value_int(10), db_value_int(2), db_value_int(20), db_value_int(1), db_value_int(30) };

    (void)state;
    is_fine(db_exec_rows(db, &put_refs, values, 3));
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM thing LIMIT 1"), 2);
    assert_int_equal(test_db_number(db, "SELECT number FROM thing WHERE ref = 1 LIMIT 1"), 30);
}

static void a_duplicate_among_many_rows_names_its_key(void **state)
{
    const struct db_value values[] = { db_value_int(1), db_value_int(1) };

    (void)state;
    assert_true(db_is_duplicate(db_exec_rows(db, &insert_refs, values, 2), "thing_ref"));
}

static void many_rows_of_a_query_or_of_references_are_refused(void **state)
{
    const struct db_value values[5] = { db_value_int(1) };

    (void)state;
    is_error(db_exec_rows(db, &all, values, 1), ERR_BUG, 0);
    is_error(db_exec_rows(db, &insert, values, 1), ERR_BUG, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(many_rows_go_as_they_are_and_absent_values_as_null),
        TEST(no_rows_are_no_statement),
        TEST(many_rows_may_meet_rows_that_are_there),
        TEST(a_duplicate_among_many_rows_names_its_key),
        TEST(many_rows_of_a_query_or_of_references_are_refused),
        TEST(values_of_every_letter_come_back_as_they_went),
        TEST(absent_values_of_every_letter_are_null_and_read_as_nothing),
        TEST(instants_are_utc_whatever_the_zone_of_the_process),
        TEST(an_instant_beyond_the_calendar_is_refused),
        TEST(texts_around_the_size_of_the_buffer_and_long_ones_come_whole),
        TEST(every_one_of_many_rows_keeps_its_own_text),
        TEST(a_query_without_rows_gives_none),
        TEST(a_sum_of_numbers_is_a_number),
        TEST(a_number_too_big_to_hold_is_refused),
        TEST(a_statement_whose_letters_do_not_fit_is_refused),
        TEST(a_query_is_not_executed_nor_a_change_queried),
        TEST(a_text_too_long_for_its_column_is_refused_not_cut),
        TEST(a_duplicate_names_its_key_and_keeps_the_value_to_itself),
        TEST(other_errors_are_no_duplicates),
        TEST(an_update_to_the_same_value_counts_its_row),
        TEST(the_number_of_the_last_insert_is_known),
    };

    return cmocka_run_group_tests(tests, open_database, close_database);
}
