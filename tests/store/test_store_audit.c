#include "store/empty_db.h"

#include <stdio.h>

#include "store/store_audit.h"

#define NOON INT64_C(1781524800000000)   /* 2026-06-15T12:00:00Z */
#define NONE ((struct log_key){ .at = INSTANT_NONE })
#define ANY .side = SIDES, .result = "", .from_at = INSTANT_NONE, .until_at = INSTANT_NONE

static const struct err *append_work(struct db *connection, void *arg)
{
    return log_append(connection, arg);
}

/* Of customer 1 and partner 2, by the customer's user 9. */
static void add(enum operation operation, const char *result, int64_t request_id, int64_t at)
{
    struct operation_row row = {
        .chain_id = 5, .association_id = 5, .customer_id = 1, .partner_id = 2, .account_id = 1, .initiated_by = SIDE_CUSTOMER,
        .operation = operation, .at = at, .user_id = 9, .user_name = "Olga", .object = "Acme", .request_id = request_id, .result = result
    };

    assert_null(db_transaction(db, DB_READ_WRITE, append_work, &row));
}

/* Of nobody in particular: a sign-in of account 1, which is not about it. */
static void add_sign_in(int64_t account_id, int64_t at)
{
    struct operation_row row = {
        .account_id = account_id, .initiated_by = SIDE_CUSTOMER, .operation = OP_SIGNED_IN, .at = at, .user_id = 9, .result = "DONE"
    };

    assert_null(db_transaction(db, DB_READ_WRITE, append_work, &row));
}

static struct audit_page list(const struct operation_filter *filter, struct log_key before, struct log_key after, int limit, int looked_max)
{
    struct audit_page page;

    assert_null(audit_list(db, mem, filter, before, after, limit, looked_max, &page));
    return page;
}

static size_t all_of(const struct operation_filter *filter)
{
    return list(filter, NONE, NONE, 50, 20000).n;
}

/* --- each criterion --------------------------------------------------------------------------------------------------- */

struct wanted { const char *claim; struct operation_filter filter; size_t n; };
static const struct wanted filters[] = {
    { "everything_without_a_filter", { ANY }, 6 },
    { "rows_of_a_request", { ANY, .request_id = 7 }, 2 },
    { "rows_of_a_person", { ANY, .user_id = 9 }, 6 },
    { "rows_about_a_customer_and_what_it_did", { ANY, .account_id = 1 }, 5 },
    { "rows_about_a_partner", { ANY, .account_id = 2 }, 4 },
    { "rows_of_an_account_that_only_signed_in", { ANY, .account_id = 3 }, 1 },
    { "rows_of_an_operation", { ANY, .by_operation = true, .operation = OP_SIGNED_IN }, 2 },
    { "rows_with_a_result", { .side = SIDES, .result = "FAILED", .from_at = INSTANT_NONE, .until_at = INSTANT_NONE }, 1 },
    { "rows_of_a_side", { .side = SIDE_CUSTOMER, .result = "", .from_at = INSTANT_NONE, .until_at = INSTANT_NONE }, 6 },
    { "rows_of_another_side", { .side = SIDE_PLATFORM, .result = "", .from_at = INSTANT_NONE, .until_at = INSTANT_NONE }, 0 },
    { "rows_of_a_time", { .side = SIDES, .result = "", .from_at = NOON + 1, .until_at = NOON + 3 }, 2 },
    { "two_criteria_are_both_met", { ANY, .account_id = 1, .by_operation = true, .operation = OP_CODE_FAILED }, 1 },
    { "nothing_of_what_is_not_there", { ANY, .is_of_nothing = true }, 0 },
};

static void the_filter_finds(void **state)
{
    const struct wanted *wanted = *state;
    int64_t max, n;

    (void)empty(NULL);
    add(OP_REQUEST_SUBMITTED, "PENDING", 7, NOON);
    add(OP_CODE_SENT, "DONE", 0, NOON + 1);
    add(OP_CODE_FAILED, "FAILED", 0, NOON + 2);
    add(OP_REQUEST_WITHDRAWN, "WITHDRAWN", 7, NOON + 3);
    add_sign_in(1, NOON + 4);
    add_sign_in(3, NOON + 5);
    assert_int_equal(all_of(&wanted->filter), wanted->n);
    if (operation_filter_is_fast(&wanted->filter)) {
        assert_null(audit_count(db, &wanted->filter, &max, &n));
        assert_int_equal(n, wanted->n);
    } else {
        assert_non_null(audit_count(db, &wanted->filter, &max, &n));
    }
    (void)teardown(NULL);
}

/* --- pages ------------------------------------------------------------------------------------------------------------ */

static const struct wanted leads[] = {
    { "pages_of_all_go_there_and_back", { ANY }, 7 },
    { "pages_of_a_person_go_there_and_back", { ANY, .user_id = 9 }, 7 },
    { "pages_of_an_account_go_there_and_back", { ANY, .account_id = 1 }, 7 },
    { "pages_of_a_partner_go_there_and_back", { ANY, .account_id = 2 }, 7 },
    { "pages_of_an_operation_go_there_and_back", { ANY, .by_operation = true, .operation = OP_CHECK_RUN }, 7 },
    { "pages_of_a_side_go_there_and_back", { .side = SIDE_CUSTOMER, .result = "", .from_at = INSTANT_NONE, .until_at = INSTANT_NONE }, 7 },
    { "pages_of_two_criteria_go_there_and_back", { ANY, .user_id = 9, .by_operation = true, .operation = OP_CHECK_RUN }, 7 },
};

static struct log_key key_of(const struct operation_row *row)
{
    return (struct log_key){ row->at, row->id };
}

static void pages_go_there_and_back(void **state)
{
    const struct wanted *lead = *state;
    struct audit_page first, second, third, back;

    (void)empty(NULL);
    for (int i = 0; i < 7; i++)
        add(OP_CHECK_RUN, "PASSED", 0, NOON + i / 2);   /* some at the same instant */
    first = list(&lead->filter, NONE, NONE, 3, 20000);
    assert_int_equal(first.n, 3);
    assert_true(first.has_older && !first.has_newer);
    second = list(&lead->filter, key_of(&first.rows[2]), NONE, 3, 20000);
    assert_int_equal(second.n, 3);
    assert_true(second.has_older && second.has_newer);
    third = list(&lead->filter, key_of(&second.rows[2]), NONE, 3, 20000);
    assert_int_equal(third.n, 1);
    assert_true(!third.has_older && third.has_newer);
    assert_int_equal(third.rows[0].seq, 1);
    back = list(&lead->filter, NONE, key_of(&third.rows[0]), 3, 20000);
    assert_int_equal(back.n, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(back.rows[i].id, second.rows[i].id);
    assert_true(back.has_newer && back.has_older);
    back = list(&lead->filter, NONE, key_of(&back.rows[0]), 3, 20000);
    assert_int_equal(back.rows[0].id, first.rows[0].id);
    assert_false(back.has_newer);
    (void)teardown(NULL);
}

static void a_search_that_is_given_up_says_how_far_it_got(void **state)
{
    const struct operation_filter filter = { ANY, .user_id = 9, .by_operation = true, .operation = OP_CODE_FAILED };
    struct audit_page page;
    int turns = 0;

    (void)state;
    add(OP_CODE_FAILED, "FAILED", 0, NOON);
    for (int i = 1; i <= 2500; i++)
        add(OP_CHECK_RUN, "PASSED", 0, NOON + i);
    page = list(&filter, NONE, NONE, 50, 1000);
    assert_int_equal(page.n, 0);
    assert_true(page.is_cut);
    assert_true(page.looked_to.at == NOON + 1501);
    while (page.is_cut && ++turns < 10)
        page = list(&filter, page.looked_to, NONE, 50, 1000);
    assert_int_equal(turns, 2);
    assert_int_equal(page.n, 1);
    assert_true(page.rows[0].at == NOON);
}

static void counts_stop_at_their_maximum(void **state)
{
    const struct operation_filter of_account = { ANY, .account_id = 1 };
    int64_t max, n;

    (void)state;
    for (int i = 0; i < 1100; i++)
        add(OP_CHECK_RUN, "PASSED", 0, NOON + i);
    assert_null(audit_count(db, &of_account, &max, &n));
    assert_int_equal(max, 1000);
    assert_int_equal(n, 1001);
}

/* Rows that the server reads for a page: as many at the deep end as at the first page. */
static int64_t rows_read(void)
{
    static const struct db_statement status = {
        "rows_read", "SELECT CAST(SUM(VARIABLE_VALUE) AS SIGNED) FROM information_schema.SESSION_STATUS\n"
        "WHERE VARIABLE_NAME IN ('HANDLER_READ_NEXT', 'HANDLER_READ_PREV', 'HANDLER_READ_RND_NEXT') LIMIT 1", "", "i"
    };
    struct db_rows *rows;

    assert_null(db_query(db, mem, &status, &rows));
    return db_int(rows, 0, 0);
}

static void a_deep_page_reads_as_few_rows_as_the_first(void **state)
{
    static const struct operation_filter of[] = {
        { ANY }, { ANY, .user_id = 9 }, { ANY, .account_id = 1 }, { ANY, .account_id = 2 },
        { ANY, .by_operation = true, .operation = OP_CHECK_RUN },
        { .side = SIDE_CUSTOMER, .result = "", .from_at = INSTANT_NONE, .until_at = INSTANT_NONE },
        { .side = SIDES, .result = "PASSED", .from_at = INSTANT_NONE, .until_at = INSTANT_NONE }
    };

    (void)state;
    for (int i = 0; i < 3000; i++)
        add(OP_CHECK_RUN, "PASSED", 0, NOON + i);
    for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
        const int64_t before = rows_read(), own = rows_read() - before;
        int64_t first, deep;

        (void)list(&of[i], NONE, NONE, 50, 20000);
        first = rows_read() - before - 2 * own;
        (void)list(&of[i], (struct log_key){ NOON + 200, 0 }, NONE, 50, 20000);
        deep = rows_read() - before - 3 * own - first;
        assert_true(first < 700);   /* of an account five ranges, twice: as keys and as what was found */
        assert_true(deep <= first + 20);
    }
}

/* --- walking and single rows ------------------------------------------------------------------------------------------ */

static void a_walk_shows_all_rows_oldest_first(void **state)
{
    const struct operation_filter filter = { ANY, .account_id = 1 };
    struct log_key key = NONE;
    struct log_page page;
    int64_t seen = 0;

    (void)state;
    for (int i = 0; i < 25; i++)
        add(OP_CHECK_RUN, "PASSED", 0, NOON + i / 3);
    do {
        assert_null(audit_walk(db, mem, &filter, key, 10, &page));
        for (size_t i = 0; i < page.n; i++)
            assert_int_equal(page.rows[i].seq, ++seen);
        if (page.n > 0)
            key = key_of(&page.rows[page.n - 1]);
    } while (page.n == 10);
    assert_int_equal(seen, 25);
}

static void a_row_is_found_with_the_hash_before_it(void **state)
{
    struct operation_row *row;
    unsigned char hash[OPERATION_HASH_BYTES];
    bool found;

    (void)state;
    add(OP_CHECK_RUN, "PASSED", 0, NOON);
    add(OP_CHECK_RUN, "FAILED", 0, NOON);
    assert_null(audit_load(db, mem, test_db_number(db, "SELECT id FROM operation_log WHERE seq = 2 LIMIT 1"), &row));
    assert_string_equal(row->result, "FAILED");
    assert_null(audit_hash_before(db, row, hash, &found));
    assert_true(found);
    assert_memory_equal(hash, row->prev_hash, sizeof hash);
    row->seq = 1;
    assert_null(audit_hash_before(db, row, hash, &found));
    assert_false(found);
    assert_null(audit_load(db, mem, 999999, &row));
    assert_null(row);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, empty, teardown)

int main(void)
{
    static struct rows rows;
    const struct CMUnitTest tests[] = {
        TEST(a_search_that_is_given_up_says_how_far_it_got), TEST(counts_stop_at_their_maximum),
        TEST(a_deep_page_reads_as_few_rows_as_the_first), TEST(a_walk_shows_all_rows_oldest_first),
        TEST(a_row_is_found_with_the_hash_before_it)
    };

    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        rows.tests[rows.n++] = tests[i];
    ROWS_TABLE(&rows, the_filter_finds, filters);
    ROWS_TABLE(&rows, pages_go_there_and_back, leads);
    return ROWS_RUN(&rows);
}
