#include "store/log_rows.h"

static struct log_page list(struct log_filter filter, struct log_key before, struct log_key after, int limit)
{
    struct log_page page;

    assert_null(log_list(db, mem, &filter, before, after, limit, &page));
    return page;
}

static struct log_filter reader(enum side side, int64_t account_id)
{
    return (struct log_filter){ .reader = side, .account_id = account_id, .from_at = INSTANT_NONE, .until_at = INSTANT_NONE };
}

/* --- who sees what ---------------------------------------------------------------------------------------------------- */

static void parties_see_association_operations_only(void **state)
{
    (void)state;
    add(OP_CHECK_RUN, NOON);
    add(OP_REQUEST_SUBMITTED, NOON + 1);
    assert_int_equal(list(reader(SIDE_CUSTOMER, 1), NONE, NONE, 10).n, 1);
    assert_int_equal(list(reader(SIDE_PARTNER, 2), NONE, NONE, 10).n, 1);
}

static void nobody_sees_the_rows_of_others(void **state)
{
    (void)state;
    add(OP_REQUEST_SUBMITTED, NOON);
    assert_int_equal(list(reader(SIDE_CUSTOMER, 2), NONE, NONE, 10).n, 0);
    assert_int_equal(list(reader(SIDE_PARTNER, 1), NONE, NONE, 10).n, 0);
}

static void partner_sees_nothing_from_after_its_time(void **state)
{
    struct operation_row after = row_of(OP_ASSOCIATED, NOON + 2);

    (void)state;
    add(OP_DISASSOCIATED, NOON);
    after.partner_id = 3;
    after.chain_id = after.association_id = 6;
    append(&after);
    assert_int_equal(list(reader(SIDE_PARTNER, 2), NONE, NONE, 10).n, 1);
    assert_int_equal(list(reader(SIDE_CUSTOMER, 1), NONE, NONE, 10).n, 2);
}

static void neither_system_nor_platform_reads_it_here(void **state)
{
    struct log_filter filter = reader(SIDE_SYSTEM, 0), all = reader(SIDE_PLATFORM, 0);
    struct log_page page;

    (void)state;
    assert_non_null(log_list(db, mem, &filter, NONE, NONE, 10, &page));
    assert_non_null(log_list(db, mem, &all, NONE, NONE, 10, &page));
}

/* --- filters ----------------------------------------------------------------------------------------------------------- */

struct who { const char *claim; enum side side; int64_t account_id; };
static const struct who readers[] = {
    { "customer_filters_by_operation", SIDE_CUSTOMER, 1 }, { "partner_filters_by_operation", SIDE_PARTNER, 2 }
};
static const struct who pagers[] = {
    { "customer_pages_there_and_back", SIDE_CUSTOMER, 1 }, { "partner_pages_there_and_back", SIDE_PARTNER, 2 }
};

static void filter_by_operation(void **state)
{
    const struct who *who = *state;
    struct log_filter filter = reader(who->side, who->account_id);
    struct log_page page;

    (void)empty(NULL);
    add(OP_REQUEST_SUBMITTED, NOON);
    add(OP_REQUEST_REJECTED, NOON + 1);
    add(OP_REQUEST_SUBMITTED, NOON + 2);
    filter.by_operation = true;
    filter.operation = OP_REQUEST_SUBMITTED;
    page = list(filter, NONE, NONE, 10);
    assert_int_equal(page.n, 2);
    assert_true(page.rows[0].at == NOON + 2 && page.rows[1].at == NOON);
    page = list(filter, NONE, (struct log_key){ NOON, 0 }, 10);
    assert_int_equal(page.n, 2);
    filter.operation = OP_REQUEST_WITHDRAWN;
    assert_int_equal(list(filter, NONE, NONE, 10).n, 0);
    (void)teardown(NULL);
}

static void partner_filters_by_customer(void **state)
{
    struct log_filter filter = reader(SIDE_PARTNER, 2);
    struct operation_row other = row_of(OP_REQUEST_SUBMITTED, NOON + 1), later = row_of(OP_REQUEST_SUBMITTED, NOON + 3);
    struct log_page page;

    (void)state;
    add(OP_REQUEST_SUBMITTED, NOON);
    other.customer_id = 7;             /* another customer of this partner */
    other.chain_id = other.association_id = 6;
    append(&other);
    later.partner_id = 3;              /* the customer's time with another partner */
    later.chain_id = later.association_id = 8;
    append(&later);
    add(OP_REQUEST_REJECTED, NOON + 2);
    filter.by_customer = true;
    filter.customer_id = 1;
    page = list(filter, NONE, NONE, 10);
    assert_int_equal(page.n, 2);
    assert_true(page.rows[0].at == NOON + 2 && page.rows[1].at == NOON);
    page = list(filter, NONE, (struct log_key){ NOON, 0 }, 10);
    assert_int_equal(page.n, 2);
    filter.by_operation = true;
    filter.operation = OP_REQUEST_SUBMITTED;
    page = list(filter, NONE, NONE, 10);
    assert_int_equal(page.n, 1);
    assert_true(page.rows[0].at == NOON);
    assert_int_equal(list(filter, NONE, (struct log_key){ NOON, 0 }, 10).n, 1);
    filter.customer_id = 0;
    assert_int_equal(list(filter, NONE, NONE, 10).n, 0);
}

static void only_a_partner_filters_by_customer(void **state)
{
    struct log_filter filter = reader(SIDE_CUSTOMER, 1);
    struct log_page page;

    (void)state;
    filter.by_customer = true;
    assert_non_null(log_list(db, mem, &filter, NONE, NONE, 10, &page));
}

static void bounds_are_from_and_before_until(void **state)
{
    struct log_filter filter = reader(SIDE_CUSTOMER, 1);

    (void)state;
    for (int i = 0; i < 5; i++)
        add(OP_REQUEST_SUBMITTED, NOON + i);
    filter.from_at = NOON + 1;
    filter.until_at = NOON + 4;
    assert_int_equal(list(filter, NONE, NONE, 10).n, 3);
    /* A key outside the bounds gives what lies within them. */
    assert_int_equal(list(filter, (struct log_key){ NOON + 100, 1 }, NONE, 10).n, 3);
    assert_int_equal(list(filter, NONE, (struct log_key){ NOON - 100, 1 }, 10).n, 3);
    filter.until_at = NOON + 1;
    assert_int_equal(list(filter, NONE, NONE, 10).n, 0);
}

/* --- paging ------------------------------------------------------------------------------------------------------------ */

static struct log_key key_of(const struct operation_row *row)
{
    return (struct log_key){ row->at, row->id };
}

/* Seven rows, some at the same instant, in pages of three: every row once, in order, both ways. */
static void page_there_and_back(void **state)
{
    const struct who *who = *state;
    struct log_filter filter = reader(who->side, who->account_id);
    struct log_page pages[3], back;

    (void)empty(NULL);
    for (int i = 0; i < 7; i++)
        add(OP_REQUEST_SUBMITTED, NOON + i / 3);
    pages[0] = list(filter, NONE, NONE, 3);
    pages[1] = list(filter, key_of(&pages[0].rows[2]), NONE, 3);
    pages[2] = list(filter, key_of(&pages[1].rows[2]), NONE, 3);
    assert_int_equal(pages[0].n, 3);
    assert_int_equal(pages[1].n, 3);
    assert_int_equal(pages[2].n, 1);
    assert_true(pages[0].has_older && !pages[0].has_newer);
    assert_true(pages[1].has_older && pages[1].has_newer);
    assert_true(!pages[2].has_older && pages[2].has_newer);
    for (int i = 0; i < 7; i++)
        assert_int_equal(pages[i / 3].rows[i % 3].seq, 7 - i);

    back = list(filter, NONE, key_of(&pages[2].rows[0]), 3);
    assert_int_equal(back.n, 3);
    assert_true(back.has_older && back.has_newer);
    for (int i = 0; i < 3; i++)
        assert_int_equal(back.rows[i].seq, pages[1].rows[i].seq);
    back = list(filter, NONE, key_of(&back.rows[0]), 3);
    assert_true(back.has_older && !back.has_newer);
    for (int i = 0; i < 3; i++)
        assert_int_equal(back.rows[i].seq, pages[0].rows[i].seq);
    (void)teardown(NULL);
}

static void rows_that_come_in_between_shift_nothing(void **state)
{
    struct log_page page;
    struct log_key key;

    (void)state;
    for (int i = 0; i < 4; i++)
        add(OP_REQUEST_SUBMITTED, NOON + i);
    page = list(reader(SIDE_CUSTOMER, 1), NONE, NONE, 2);
    key = key_of(&page.rows[1]);
    add(OP_REQUEST_SUBMITTED, NOON + 10);
    page = list(reader(SIDE_CUSTOMER, 1), key, NONE, 2);
    assert_int_equal(page.rows[0].seq, 2);
    assert_int_equal(page.rows[1].seq, 1);
}

/* By this connection, from indexes. */
static int64_t rows_read(void)
{
    return test_db_number(db, "SELECT CAST(SUM(VARIABLE_VALUE) AS SIGNED) FROM information_schema.SESSION_STATUS WHERE "
                          "VARIABLE_NAME IN ('HANDLER_READ_PREV', 'HANDLER_READ_NEXT', 'HANDLER_READ_KEY')");
}

static void deep_page_reads_few_rows(void **state)
{
    int64_t before, after;

    (void)state;
    for (int i = 0; i < 8; i++)
        add(OP_REQUEST_SUBMITTED, NOON + i);
    test_db_sql(db, "INSERT INTO operation_log (chain_id, seq, at, operation, is_transition, is_shown, customer_id, partner_id, "
                "initiated_by, user_name, object, request_no, from_state, to_state, result, remark, ip, http_id, prev_hash, hash) "
                "SELECT 9, n.seq, TIMESTAMPADD(SECOND, n.seq, '2020-01-01'), 'ASSOCIATED', 1, 1, 1, 2, 'SYSTEM', '', '', '', '', "
                "'', '', '', '', '', REPEAT('x', 32), REPEAT('x', 32) FROM seq_1_to_3000 n");
    before = rows_read();
    assert_int_equal(list(reader(SIDE_CUSTOMER, 1), (struct log_key){ NOON - CLOCK_DAY, 1 }, NONE, 5).n, 5);
    after = rows_read();
    assert_true(after - before <= 10);
}

static void request_has_its_rows_in_order(void **state)
{
    struct operation_row row = row_of(OP_REQUEST_SUBMITTED, NOON);
    struct log_page page;

    (void)state;
    row.request_id = 31;
    append(&row);
    add(OP_CHECK_RUN, NOON);
    row.operation = OP_REQUEST_WITHDRAWN;
    row.at = NOON + 1;
    append(&row);
    assert_null(log_of_request(db, mem, 31, &page));
    assert_int_equal(page.n, 2);
    assert_int_equal(page.rows[0].operation, OP_REQUEST_SUBMITTED);
    assert_int_equal(page.rows[1].operation, OP_REQUEST_WITHDRAWN);
}

static void unknown_operation_in_a_row_is_said_to_be_malformed(void **state)
{
    struct operation_row *row;

    (void)state;
    add(OP_CHECK_RUN, NOON);
    assert_null(audit_load(db, mem, test_db_number(db, "SELECT id FROM operation_log LIMIT 1"), &row));
    assert_false(row->is_malformed);
    test_db_sql(db, "UPDATE operation_log SET operation = 'UNHEARD_OF'");
    assert_null(audit_load(db, mem, test_db_number(db, "SELECT id FROM operation_log LIMIT 1"), &row));
    assert_true(row->is_malformed);
    assert_string_equal(operation_info(row->operation)->text, "Unknown operation");
}

static void a_listed_row_that_nobody_knows_is_taken_for_no_other(void **state)
{
    struct log_page page;

    (void)state;
    add(OP_REQUEST_SUBMITTED, NOON);
    assert_false(list(reader(SIDE_CUSTOMER, 1), NONE, NONE, 10).rows[0].is_malformed);
    test_db_sql(db, "UPDATE operation_log SET operation = 'UNHEARD_OF', initiated_by = 'NOBODY'");
    page = list(reader(SIDE_CUSTOMER, 1), NONE, NONE, 10);
    assert_int_equal(page.n, 1);
    assert_true(page.rows[0].is_malformed);
    assert_int_equal(page.rows[0].operation, OPERATIONS);
    assert_int_equal(page.rows[0].initiated_by, SIDES);
}

int main(void)
{
    static struct rows rows;
    const struct CMUnitTest tests[] = {
        TEST(parties_see_association_operations_only),
        TEST(nobody_sees_the_rows_of_others), TEST(partner_sees_nothing_from_after_its_time), TEST(neither_system_nor_platform_reads_it_here),
        TEST(partner_filters_by_customer), TEST(only_a_partner_filters_by_customer),
        TEST(bounds_are_from_and_before_until), TEST(rows_that_come_in_between_shift_nothing), TEST(deep_page_reads_few_rows),
        TEST(request_has_its_rows_in_order), TEST(unknown_operation_in_a_row_is_said_to_be_malformed),
        TEST(a_listed_row_that_nobody_knows_is_taken_for_no_other)
    };

    db = test_db_open(NULL);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        rows.tests[rows.n++] = tests[i];
    ROWS_TABLE(&rows, filter_by_operation, readers);
    ROWS_TABLE(&rows, page_there_and_back, pagers);
    return ROWS_RUN(&rows);
}
