#include "sbin/verified_log.h"

/* --- the claims --- */

static void an_honest_log_is_found_honest(void **state)
{
    struct log_verify verify;

    (void)state;
    publish(1);
    finds_nothing(true);
    verify = verified(true);
    assert_int_equal(verify.rows, test_db_number(db, "SELECT COUNT(*) FROM operation_log"));
    assert_int_equal(verify.chains, test_db_number(db, "SELECT COUNT(DISTINCT chain_id) FROM operation_log"));
    assert_int_equal(verify.lines, 1);
}

static void an_empty_log_is_honest(void **state)
{
    (void)state;
    test_db_clear(db);
    finds_nothing(false);
}

static void an_edited_row_is_named(void **state)
{
    long long chain_id = chain();

    (void)state;
    test_db_sql(db, "UPDATE operation_log SET remark = CONCAT(remark, '!') WHERE chain_id = %lld AND seq = 3", chain_id);
    finds(false, mem_text(mem, "chain %lld: row 3 (id", chain_id));
    assert_non_null(strstr(first_fault, "was changed"));
}

static void every_column_is_covered(void **state)
{
    static const char *const changes[] = {
        "at = at + INTERVAL 1 MICROSECOND", "operation = 'CHECK_RUN'", "customer_id = customer_id + 1", "partner_id = NULL",
        "account_id = 99", "initiated_by = 'PLATFORM'", "user_id = 99", "user_name = 'Somebody Else'", "object = 'x'",
        "request_id = 99", "request_no = 'DR20260101-000099'", "from_state = 'PENDING'", "to_state = 'EXPIRED'", "result = 'X'",
        "remark = 'x'", "ip = '192.0.2.99'", "http_id = 'x'", "association_id = 99"
    };
    long long id = test_db_number(db, "SELECT id FROM operation_log WHERE chain_id = %lld AND seq = 1", chain());

    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        test_db_sql(db, "CREATE TEMPORARY TABLE kept AS SELECT * FROM operation_log WHERE id = %lld", id);
        test_db_sql(db, "UPDATE operation_log SET %s WHERE id = %lld", changes[i], id);
        finds(false, "was changed");
        test_db_sql(db, "DELETE FROM operation_log WHERE id = %lld", id);
        test_db_sql(db, "INSERT INTO operation_log SELECT * FROM kept");
        test_db_sql(db, "DROP TEMPORARY TABLE kept");
        finds_nothing(false);
    }
}

/* Marks are no part of what is hashed: they follow from the operation, and decide who sees the row. */
static void a_row_that_is_hidden_from_its_parties_is_named(void **state)
{
    static const char *const marks[] = { "is_shown", "is_transition" };
    const long long chain_id = chain();

    (void)state;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        test_db_sql(db, "UPDATE operation_log SET %s = 1 - %s WHERE chain_id = %lld AND seq = 2", marks[i], marks[i], chain_id);
        finds(false, mem_text(mem, "chain %lld: row 2 (id", chain_id));
        assert_non_null(strstr(first_fault, "is marked as another operation"));
        test_db_sql(db, "UPDATE operation_log SET %s = 1 - %s WHERE chain_id = %lld AND seq = 2", marks[i], marks[i], chain_id);
        finds_nothing(false);
    }
}

static void a_missing_row_is_named(void **state)
{
    long long chain_id = chain();

    (void)state;
    test_db_sql(db, "DELETE FROM operation_log WHERE chain_id = %lld AND seq = 3", chain_id);
    finds(false, mem_text(mem, "chain %lld: row 3 is missing", chain_id));
}

static void a_missing_first_row_is_named(void **state)
{
    long long chain_id = chain();

    (void)state;
    test_db_sql(db, "DELETE FROM operation_log WHERE chain_id = %lld AND seq = 1", chain_id);
    finds(false, mem_text(mem, "chain %lld: row 1 is missing", chain_id));
}

static void a_missing_row_closed_up_behind_is_found(void **state)
{
    long long chain_id = chain();

    (void)state;
    test_db_sql(db, "DELETE FROM operation_log WHERE chain_id = %lld AND seq = 3", chain_id);
    test_db_sql(db, "UPDATE operation_log SET seq = seq - 1 WHERE chain_id = %lld AND seq > 3 ORDER BY seq", chain_id);
    finds(false, mem_text(mem, "chain %lld: row 3 (id", chain_id));
}

static void reordered_rows_are_found(void **state)
{
    long long chain_id = chain();

    (void)state;
    test_db_sql(db, "UPDATE operation_log SET seq = -3 WHERE chain_id = %lld AND seq = 3", chain_id);
    test_db_sql(db, "UPDATE operation_log SET seq = 3 WHERE chain_id = %lld AND seq = 4", chain_id);
    test_db_sql(db, "UPDATE operation_log SET seq = 4 WHERE chain_id = %lld AND seq = -3", chain_id);
    finds(false, mem_text(mem, "chain %lld: row 4 (id", chain_id));   /* it lies before the other */
    assert_non_null(strstr(first_fault, "was changed"));
}

/* Where several nodes write, ids of one chain need not be in its order; they are no part of what is proven. */
static void rows_that_lie_in_another_order_than_their_chain_are_honest(void **state)
{
    long long chain_id = chain();

    (void)state;
    test_db_sql(db, "UPDATE operation_log SET id = id + 1000000 WHERE chain_id = %lld AND seq IN (1, 4)", chain_id);
    finds_nothing(false);
}

static void a_row_that_lies_far_behind_those_that_follow_it_is_named(void **state)
{
    (void)state;
    assert_true(last_of(0) > 80);
    test_db_sql(db, "UPDATE operation_log SET id = id + 1000000 WHERE chain_id = 0 AND seq = 2");
    finds(false, "chain 0: row 2 is missing (the next is row 3");
}

static void an_edited_head_is_found(void **state)
{
    long long chain_id = chain();

    (void)state;
    test_db_sql(db, "UPDATE log_chain SET hash = REPEAT('x', 32) WHERE chain_id = %lld", chain_id);
    finds(false, mem_text(mem, "chain %lld: row %lld (id", chain_id, last_of(chain_id)));
    assert_non_null(strstr(first_fault, "is not the chain's head"));
}

/* The next row would be written as if from then. */
static void a_head_that_tells_another_time_is_found(void **state)
{
    long long chain_id = chain();

    (void)state;
    test_db_sql(db, "UPDATE log_chain SET at = at + INTERVAL 1 DAY WHERE chain_id = %lld", chain_id);
    finds(false, mem_text(mem, "chain %lld: the head tells another time than row %lld", chain_id, last_of(chain_id)));
}

static void a_removed_head_is_found(void **state)
{
    long long chain_id = chain();

    (void)state;
    test_db_sql(db, "DELETE FROM log_chain WHERE chain_id = %lld", chain_id);
    finds(false, mem_text(mem, "chain %lld: it has rows and no head", chain_id));
}

static void an_added_row_is_found(void **state)
{
    long long chain_id = chain();

    (void)state;
    test_db_sql(db, "INSERT INTO operation_log (chain_id, seq, at, operation, is_transition, is_shown, association_id, initiated_by,\n"
                    "  user_name, object, request_no, from_state, to_state, result, remark, ip, http_id, prev_hash, hash)\n"
                    "SELECT chain_id, seq + 1, at, operation, 0, 0, association_id, initiated_by, user_name, object, request_no,\n"
                    "  '', '', result, remark, ip, http_id, hash, hash FROM operation_log WHERE chain_id = %lld AND seq = %lld",
                chain_id, last_of(chain_id));
    finds(false, mem_text(mem, "chain %lld: row", chain_id));
}

/* With right hashes: only the head tells. */
static void a_well_made_row_behind_the_head_is_found(void **state)
{
    long long chain_id = chain(), last = last_of(chain_id);

    (void)state;
    test_db_sql(db, "UPDATE log_chain h JOIN operation_log l ON l.chain_id = h.chain_id AND l.seq = h.seq - 1\n"
                    "SET h.seq = l.seq, h.hash = l.hash, h.at = l.at WHERE h.chain_id = %lld", chain_id);
    finds(false, mem_text(mem, "chain %lld: rows after row %lld were put behind its head", chain_id, last - 1));
}

static void a_cut_tail_is_found_by_the_head(void **state)
{
    long long chain_id = chain();

    (void)state;
    cut_tail(chain_id, 2, false);
    finds(false, mem_text(mem, "chain %lld: rows %lld to %lld are cut off", chain_id, last_of(chain_id) + 1, last_of(chain_id) + 2));
}

static void a_tail_cut_with_its_head_is_found_by_the_checkpoint_only(void **state)
{
    long long chain_id = chain();

    (void)state;
    publish(1);
    cut_tail(chain_id, 2, true);
    finds_nothing(false);
    finds(true, mem_text(mem, "chain %lld: row %lld, published in checkpoint line 1, is not there", chain_id, last_of(chain_id) + 2));
}

static void a_whole_chain_taken_out_is_found(void **state)
{
    long long chain_id = chain();

    (void)state;
    publish(1);
    test_db_sql(db, "DELETE FROM operation_log WHERE chain_id = %lld", chain_id);
    finds(false, mem_text(mem, "chain %lld: all of its", chain_id));
    test_db_sql(db, "DELETE FROM log_chain WHERE chain_id = %lld", chain_id);
    finds_nothing(false);
    finds(true, "published in checkpoint line 1, is not there");
}

static void a_chain_computed_anew_is_found_by_the_checkpoint_only(void **state)
{
    long long chain_id = chain();

    (void)state;
    publish(1);
    test_db_sql(db, "UPDATE operation_log SET remark = 'nothing happened' WHERE chain_id = %lld AND seq = 3", chain_id);
    rewrite(chain_id, 3);
    finds_nothing(false);
    finds(true, mem_text(mem, "chain %lld: row %lld is not the one published in checkpoint line 1", chain_id, last_of(chain_id)));
}

static void a_row_of_an_unknown_operation_is_found(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE operation_log SET operation = 'NONSENSE' WHERE chain_id = %lld AND seq = 2", chain());
    finds(false, "is malformed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_honest_log_is_found_honest),
        TEST(an_empty_log_is_honest),
        TEST(an_edited_row_is_named),
        TEST(every_column_is_covered),
        TEST(a_row_that_is_hidden_from_its_parties_is_named),
        TEST(a_missing_row_is_named),
        TEST(a_missing_first_row_is_named),
        TEST(a_missing_row_closed_up_behind_is_found),
        TEST(reordered_rows_are_found),
        TEST(rows_that_lie_in_another_order_than_their_chain_are_honest),
        TEST(a_row_that_lies_far_behind_those_that_follow_it_is_named),
        TEST(an_edited_head_is_found),
        TEST(a_head_that_tells_another_time_is_found),
        TEST(a_removed_head_is_found),
        TEST(an_added_row_is_found),
        TEST(a_well_made_row_behind_the_head_is_found),
        TEST(a_cut_tail_is_found_by_the_head),
        TEST(a_tail_cut_with_its_head_is_found_by_the_checkpoint_only),
        TEST(a_whole_chain_taken_out_is_found),
        TEST(a_chain_computed_anew_is_found_by_the_checkpoint_only),
        TEST(a_row_of_an_unknown_operation_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
