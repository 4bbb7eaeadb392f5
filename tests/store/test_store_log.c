#include <stdio.h>

#include "support/rows.h"
#include "support/test_db.h"

#include "base/clock.h"
#include "base/memory.h"

#include "store/store_audit.h"
#include "store/store_log.h"

#define NOON INT64_C(1781524800000000)   /* 2026-06-15T12:00:00Z */
#define NONE ((struct log_key){ .at = INSTANT_NONE })

static struct db *db;
static void *mem;

static int setup(void **state)
{
    (void)state;
    mem = mem_context(NULL, "test");
    test_db_clear(db);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static const struct err *append_work(struct db *connection, void *arg)
{
    return log_append(connection, arg);
}

static void append(struct operation_row *row)
{
    assert_null(db_transaction(db, DB_READ_WRITE, append_work, row));
}

/* What stands at this place. */
static const struct operation_row *row_at(long long chain_id, long long seq)
{
    struct operation_row *row;

    assert_null(audit_load(db, mem, test_db_number(db, "SELECT id FROM operation_log WHERE chain_id = %lld AND seq = %lld LIMIT 1", chain_id,
                                                   seq), &row));
    assert_non_null(row);
    return row;
}

/* An association's row: customer 1, partner 2. */
static struct operation_row row_of(enum operation operation, int64_t at)
{
    return (struct operation_row){
        .chain_id = 5, .association_id = 5, .customer_id = 1, .partner_id = 2, .account_id = 1, .initiated_by = SIDE_CUSTOMER,
        .operation = operation, .at = at, .user_id = 9, .user_name = "Olga", .object = "Acme", .result = "DONE"
    };
}

static void add(enum operation operation, int64_t at)
{
    struct operation_row row = row_of(operation, at);

    append(&row);
}

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

/* --- appending -------------------------------------------------------------------------------------------------------- */

struct many { struct operation_row rows[4]; struct log_head heads[2]; };

static const struct err *append_many_work(struct db *connection, void *arg)
{
    static const size_t head_of[] = { 0, 1, 0, 1 };
    struct many *many = arg;

    return log_append_many(connection, many->rows, head_of, 4, many->heads, 2);
}

static void many_rows_continue_their_chains_and_begin_new_ones(void **state)
{
    struct operation_row first = row_of(OP_FROZEN, 100), last = row_of(OP_UNFROZEN, 400);
    struct many many = { .rows = { row_of(OP_FROZEN, 200), row_of(OP_FROZEN, 200), row_of(OP_UNFROZEN, 300), row_of(OP_UNFROZEN, 300) } };
    unsigned char hash[OPERATION_HASH_BYTES];

    (void)state;
    append(&first);
    many.heads[0] = (struct log_head){ .chain_id = 5, .seq = first.seq, .at = 250 };
    memcpy(many.heads[0].hash, first.hash, sizeof first.hash);
    many.heads[1] = (struct log_head){ .chain_id = 6 };
    many.rows[1].association_id = many.rows[3].association_id = 6;
    assert_null(db_transaction(db, DB_READ_WRITE, append_many_work, &many));
    assert_int_equal(many.rows[0].seq, first.seq + 1);
    assert_memory_equal(many.rows[0].prev_hash, first.hash, sizeof first.hash);
    assert_memory_equal(many.rows[2].prev_hash, many.rows[0].hash, sizeof first.hash);
    assert_int_equal(many.rows[1].seq, 1);
    operation_hash(&many.rows[3], hash);
    assert_memory_equal(many.rows[3].hash, hash, sizeof hash);
    append(&last);
    assert_int_equal(last.seq, first.seq + 3);
    assert_memory_equal(last.prev_hash, many.rows[2].hash, sizeof last.hash);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM operation_log WHERE chain_id = 6 AND is_shown = 0 AND user_name = 'Olga' LIMIT 1"), 2);
    assert_int_equal(test_db_number(db, "SELECT seq FROM log_chain WHERE chain_id = 6 LIMIT 1"), 2);
    /* Time does not go back in them, and the heads tell it. */
    assert_int_equal(many.rows[0].at, 250);
    assert_int_equal(test_db_number(db, "SELECT at = '1970-01-01 00:00:00.000300' FROM log_chain WHERE chain_id = 6 LIMIT 1"), 1);
}

static void first_row_begins_its_chain(void **state)
{
    static const unsigned char zeroes[OPERATION_HASH_BYTES];
    struct operation_row row = row_of(OP_ASSOCIATED, NOON);
    unsigned char hash[OPERATION_HASH_BYTES];

    (void)state;
    append(&row);
    assert_int_equal(row.seq, 1);
    assert_true(row.id > 0);
    assert_memory_equal(row.prev_hash, zeroes, sizeof zeroes);
    operation_hash(&row, hash);
    assert_memory_equal(row.hash, hash, sizeof hash);
}

static void each_row_carries_the_hash_before_it(void **state)
{
    struct operation_row first = row_of(OP_ASSOCIATED, NOON), second = row_of(OP_CHECK_RUN, NOON + 1);

    (void)state;
    append(&first);
    append(&second);
    assert_int_equal(second.seq, 2);
    assert_memory_equal(second.prev_hash, first.hash, sizeof first.hash);
}

/* A request tells the time of its start: one that started later may be done before it. */
static void time_does_not_go_back_within_a_chain(void **state)
{
    struct operation_row late = row_of(OP_ASSOCIATED, NOON + 5), early = row_of(OP_CHECK_RUN, NOON), apart = row_of(OP_CHECK_RUN, NOON);
    unsigned char hash[OPERATION_HASH_BYTES];

    (void)state;
    apart.chain_id = 6;
    append(&late);
    append(&early);
    append(&apart);
    assert_true(early.at == NOON + 5);
    assert_true(apart.at == NOON);
    assert_true(row_at(5, 2)->at == NOON + 5);
    operation_hash(row_at(5, 2), hash);
    assert_memory_equal(row_at(5, 2)->hash, hash, sizeof hash);
}

static void what_is_read_has_the_hash_it_was_written_with(void **state)
{
    struct operation_row row = row_of(OP_REQUEST_REJECTED, NOON + 123456);
    unsigned char hash[OPERATION_HASH_BYTES];

    (void)state;
    row.remark = "bills are open – 还没有付";
    row.request_id = 31;
    row.request_no = "DR20260615-000031";
    row.from_state = "PENDING";
    row.to_state = "REJECTED";
    row.ip = "2001:db8::1";
    row.http_id = "h1";
    append(&row);
    const struct operation_row *read = row_at(row.chain_id, 1);
    assert_string_equal(read->remark, row.remark);
    assert_true(read->at == row.at);
    operation_hash(read, hash);
    assert_memory_equal(read->hash, hash, sizeof hash);
}

static void chains_are_apart(void **state)
{
    struct operation_row one = row_of(OP_CHECK_RUN, NOON), other = row_of(OP_CHECK_RUN, NOON), platform = { .operation = OP_SIGNED_IN, .at = NOON };

    (void)state;
    other.chain_id = other.association_id = 6;
    append(&one);
    append(&other);
    append(&platform);
    assert_int_equal(other.seq, 1);
    assert_int_equal(platform.seq, 1);
    assert_int_equal(platform.chain_id, 0);
}

static const struct err *append_and_fail(struct db *connection, void *arg)
{
    TRY(log_append(connection, arg));
    return err_new(ERR_BUG, 0, "test");
}

static void rolled_back_row_leaves_no_gap(void **state)
{
    struct operation_row row = row_of(OP_CHECK_RUN, NOON), kept = row_of(OP_CHECK_RUN, NOON);

    (void)state;
    assert_non_null(db_transaction(db, DB_READ_WRITE, append_and_fail, &row));
    append(&kept);
    assert_int_equal(kept.seq, 1);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM operation_log"), 1);
}

static void two_rows_of_one_transaction_follow_each_other(void **state)
{
    struct log_head *heads;
    size_t n;

    (void)state;
    add(OP_REQUEST_AGREED, NOON);
    add(OP_DISASSOCIATED, NOON);
    assert_int_equal(row_at(5, 2)->operation, OP_DISASSOCIATED);
    assert_null(log_heads(db, mem, 0, 10, &heads, &n));
    assert_int_equal(n, 1);
    assert_int_equal(heads[0].seq, 2);
    assert_memory_equal(heads[0].hash, row_at(5, 2)->hash, OPERATION_HASH_BYTES);
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

    (void)setup(NULL);
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

static void row_without_a_request_leads_to_none(void **state)
{
    struct log_page page;

    (void)state;
    add(OP_ASSOCIATED, NOON);
    page = list(reader(SIDE_CUSTOMER, 1), NONE, NONE, 10);
    assert_int_equal(page.rows[0].request_by, SIDES);
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

    (void)setup(NULL);
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

static void unknown_operation_in_a_row_is_a_fault(void **state)
{
    struct operation_row *row;
    const struct err *err;

    (void)state;
    add(OP_CHECK_RUN, NOON);
    test_db_sql(db, "UPDATE operation_log SET operation = 'UNHEARD_OF'");
    err = audit_load(db, mem, test_db_number(db, "SELECT id FROM operation_log LIMIT 1"), &row);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_BUG);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    static struct rows rows;
    const struct CMUnitTest tests[] = {
        TEST(many_rows_continue_their_chains_and_begin_new_ones),
        TEST(first_row_begins_its_chain), TEST(each_row_carries_the_hash_before_it),
        TEST(time_does_not_go_back_within_a_chain), TEST(what_is_read_has_the_hash_it_was_written_with), TEST(chains_are_apart), TEST(rolled_back_row_leaves_no_gap),
        TEST(two_rows_of_one_transaction_follow_each_other), TEST(parties_see_association_operations_only),
        TEST(nobody_sees_the_rows_of_others), TEST(partner_sees_nothing_from_after_its_time), TEST(neither_system_nor_platform_reads_it_here),
        TEST(partner_filters_by_customer), TEST(only_a_partner_filters_by_customer), TEST(row_without_a_request_leads_to_none),
        TEST(bounds_are_from_and_before_until), TEST(rows_that_come_in_between_shift_nothing), TEST(deep_page_reads_few_rows),
        TEST(request_has_its_rows_in_order), TEST(unknown_operation_in_a_row_is_a_fault)
    };

    db = test_db_open(NULL);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        rows.tests[rows.n++] = tests[i];
    ROWS_TABLE(&rows, filter_by_operation, readers);
    ROWS_TABLE(&rows, page_there_and_back, pagers);
    return ROWS_RUN(&rows);
}
