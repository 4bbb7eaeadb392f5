/* Rows of the log and the chains they make. */
#include "store/log_rows.h"

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

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(many_rows_continue_their_chains_and_begin_new_ones),
        TEST(first_row_begins_its_chain),
        TEST(each_row_carries_the_hash_before_it),
        TEST(time_does_not_go_back_within_a_chain),
        TEST(what_is_read_has_the_hash_it_was_written_with),
        TEST(chains_are_apart),
        TEST(rolled_back_row_leaves_no_gap),
        TEST(two_rows_of_one_transaction_follow_each_other),
    };

    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
