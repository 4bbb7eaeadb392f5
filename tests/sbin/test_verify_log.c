#include "support/rows.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "checkpoint.h"
#include "demo_data.h"
#include "log_verify.h"
#include "store/store_audit.h"
#include "store/store_log.h"
#include "support/test_sign_key.h"

static struct db *db;
static void *mem;
static char path[64];
static struct sign_key *private_key, *public_key;

static struct sign_key *load(const char *pem, const struct err *(*read)(const void *ctx, const char *file, struct sign_key **key))
{
    const char *file = mem_text(mem, "%s.pem", path);
    struct sign_key *key;

    test_sign_key_write(file, pem);
    assert_null(read(mem, file, &key));
    (void)unlink(file);
    return key;
}

static int begin(void **state)
{
    (void)state;
    if (db == NULL)
        db = test_db_open(NULL);
    mem = mem_context(NULL, "test");
    demo_data_load(db);
    (void)snprintf(path, sizeof path, "/tmp/mypartner-checkpoints-%ld", (long)getpid());
    (void)unlink(path);
    private_key = load(TEST_SIGN_PRIVATE, sign_private_load);
    public_key = load(TEST_SIGN_PUBLIC, sign_public_load);
    return 0;
}

static int end(void **state)
{
    (void)state;
    (void)unlink(path);
    talloc_free(mem);
    return 0;
}

/* --- arranging --- */

static void publish(int64_t at)
{
    struct checkpoint *checkpoint;
    struct log_head *heads;
    size_t n;

    assert_null(checkpoint_open(mem, path, private_key, &checkpoint));
    assert_null(log_heads(db, mem, -1, CHECKPOINT_HEADS_MAX, &heads, &n));
    assert_null(checkpoint_add(checkpoint, heads, n, at));
}

static char *first_fault;

static void hear(void *arg, const char *text)
{
    (void)arg;
    if (first_fault == NULL)
        first_fault = mem_copy(mem, text);
}

static struct log_verify verified(bool with_checkpoints)
{
    struct log_verify verify = { .checkpoints = with_checkpoints ? path : NULL, .key = public_key, .fault = hear };

    first_fault = NULL;
    assert_null(log_verify(db, &verify));
    return verify;
}

static void finds(bool with_checkpoints, const char *words)
{
    struct log_verify verify = verified(with_checkpoints);

    assert_true(verify.faults > 0);
    if (strstr(first_fault, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", first_fault, words);
}

static void finds_nothing(bool with_checkpoints)
{
    struct log_verify verify = verified(with_checkpoints);

    if (verify.faults > 0)
        fail_msg("%s", first_fault);
}

/* A chain with some rows. */
static long long chain(void)
{
    return test_db_number(db, "SELECT chain_id FROM operation_log WHERE chain_id > 0 GROUP BY chain_id HAVING COUNT(*) >= 6\n"
                              "ORDER BY chain_id LIMIT 1");
}

static long long last_of(long long chain_id)
{
    return test_db_number(db, "SELECT MAX(seq) FROM operation_log WHERE chain_id = %lld", chain_id);
}

/* Whoever owns the database can compute the chain anew: every row of it from `seq` on, and the head. */
static void rewrite(long long chain_id, long long seq)
{
    unsigned char before[OPERATION_HASH_BYTES] = { 0 };

    for (long long at = 1, last = last_of(chain_id); at <= last; at++) {
        struct operation_row *row;

        assert_null(audit_load(db, mem, test_db_number(db, "SELECT id FROM operation_log WHERE chain_id = %lld AND seq = %lld", chain_id,
                                                       at), &row));
        if (at >= seq) {
            memcpy(row->prev_hash, before, sizeof before);
            operation_hash(row, row->hash);
            test_db_sql(db, "UPDATE operation_log SET prev_hash = X'%s', hash = X'%s' WHERE id = %lld",
                        secret_hex(mem, row->prev_hash, 32), secret_hex(mem, row->hash, 32), (long long)row->id);
            test_db_sql(db, "UPDATE log_chain SET seq = %lld, hash = X'%s' WHERE chain_id = %lld", at, secret_hex(mem, row->hash, 32),
                        chain_id);
        }
        memcpy(before, row->hash, sizeof before);
    }
}

static void cut_tail(long long chain_id, long long rows, bool with_head)
{
    long long last = last_of(chain_id);

    test_db_sql(db, "DELETE FROM operation_log WHERE chain_id = %lld AND seq > %lld", chain_id, last - rows);
    if (with_head)
        test_db_sql(db, "UPDATE log_chain h JOIN operation_log l ON l.chain_id = h.chain_id AND l.seq = %lld\n"
                        "SET h.seq = l.seq, h.hash = l.hash WHERE h.chain_id = %lld", last - rows, chain_id);
}

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
                    "SET h.seq = l.seq, h.hash = l.hash WHERE h.chain_id = %lld", chain_id);
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

/* --- the checkpoints themselves --- */

static void change_file(const char *from, const char *to)
{
    FILE *file = fopen(path, "r+");
    char *text = mem_zero(mem, 1 << 20, "file"), *at;

    assert_non_null(file);
    assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
    at = strstr(text, from);
    assert_non_null(at);
    assert_int_equal(strlen(from), strlen(to));
    memcpy(at, to, strlen(to));
    rewind(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static size_t lines_of_file(void)
{
    FILE *file = fopen(path, "r");
    size_t n = 0;

    assert_non_null(file);
    for (int c; (c = fgetc(file)) != EOF;)
        n += c == '\n';
    assert_int_equal(fclose(file), 0);
    return n;
}

static void a_changed_checkpoint_is_found(void **state)
{
    (void)state;
    publish(1);
    change_file("[[0,", "[[9,");
    finds(true, "checkpoint line 1 is not genuine");
}

/* Whoever can write to the file and has the public key only. */
static void a_checkpoint_of_another_key_is_found(void **state)
{
    static const char other[] =
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIKTaUnWQ1bD5LH9tQ8vQwsLm3l9rF0k0xT3pWz7dYw1n\n-----END PRIVATE KEY-----\n";

    (void)state;
    private_key = load(other, sign_private_load);
    publish(1);
    finds(true, "checkpoint line 1 is not genuine");
}

static void a_line_taken_out_is_found(void **state)
{
    struct operation_row row = {
        .operation = OP_CHECK_RUN, .chain_id = chain(), .association_id = chain(), .at = 1, .initiated_by = SIDE_SYSTEM, .result = "DONE"
    };
    char *command_line = mem_text(mem, "sed -i 2d %s", path);

    (void)state;
    for (int64_t at = 1; at <= 3; at++) {
        publish(at);
        assert_null(log_append(db, &row));
    }
    finds_nothing(true);
    assert_int_equal(lines_of_file(), 3);
    assert_int_equal(system(command_line), 0);
    finds(true, "checkpoint line 2 does not follow the line before it");
}

static void only_heads_that_moved_are_published_again(void **state)
{
    struct operation_row row = {
        .operation = OP_CHECK_RUN, .chain_id = chain(), .association_id = chain(), .at = 1, .initiated_by = SIDE_SYSTEM, .result = "DONE"
    };

    (void)state;
    publish(1);
    publish(2);
    assert_int_equal(lines_of_file(), 1);
    assert_null(log_append(db, &row));
    publish(3);
    assert_int_equal(lines_of_file(), 2);
    finds_nothing(true);
}

static void a_line_broken_off_by_a_crash_is_cut_away(void **state)
{
    FILE *file;

    (void)state;
    publish(1);
    file = fopen(path, "a");
    assert_non_null(file);
    assert_true(fputs("{\"at\":\"2026-06", file) >= 0);
    assert_int_equal(fclose(file), 0);
    finds(true, "checkpoint line 2 is not genuine");
    publish(2);
    finds_nothing(true);
    assert_int_equal(lines_of_file(), 1);
}

static void no_file_is_an_error_and_not_a_clean_log(void **state)
{
    struct log_verify verify = { .checkpoints = path, .key = public_key };
    const struct err *err = log_verify(db, &verify);

    (void)state;
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_MISSING);
}

/* --- the command --- */

static const struct err *command(const char *const *args)
{
    const char *key_file = mem_text(mem, "%s.pub", path);
    struct ctl ctl = demo_data_ctl(mem, db, args);
    const struct err *err;

    test_sign_key_write(key_file, TEST_SIGN_PUBLIC);
    test_db_config()->worker.checkpoint_public_file = key_file;
    test_db_config()->worker.checkpoints = path;
    err = demo_data_quietly(ctl_verify_log, &ctl);
    (void)unlink(key_file);
    test_db_config()->worker.checkpoints = test_db_config()->worker.checkpoint_public_file = "";
    return err;
}

static void the_command_tells_by_its_end(void **state)
{
    const char *const none[] = { NULL };
    const struct err *err;

    (void)state;
    assert_null(command(none));   /* nothing published yet */
    publish(1);
    assert_null(command(none));
    cut_tail(chain(), 1, true);
    err = command(none);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_CONFLICT);
}

static void checkpoints_that_were_named_must_be_there(void **state)
{
    const char *const args[] = { "--checkpoints", "/nonexistent/checkpoints", NULL };
    const struct err *err = command(args);

    (void)state;
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_MISSING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_honest_log_is_found_honest, begin, end),
        cmocka_unit_test_setup_teardown(an_empty_log_is_honest, begin, end),
        cmocka_unit_test_setup_teardown(an_edited_row_is_named, begin, end),
        cmocka_unit_test_setup_teardown(every_column_is_covered, begin, end),
        cmocka_unit_test_setup_teardown(a_missing_row_is_named, begin, end),
        cmocka_unit_test_setup_teardown(a_missing_first_row_is_named, begin, end),
        cmocka_unit_test_setup_teardown(a_missing_row_closed_up_behind_is_found, begin, end),
        cmocka_unit_test_setup_teardown(reordered_rows_are_found, begin, end),
        cmocka_unit_test_setup_teardown(rows_that_lie_in_another_order_than_their_chain_are_honest, begin, end),
        cmocka_unit_test_setup_teardown(a_row_that_lies_far_behind_those_that_follow_it_is_named, begin, end),
        cmocka_unit_test_setup_teardown(an_edited_head_is_found, begin, end),
        cmocka_unit_test_setup_teardown(a_removed_head_is_found, begin, end),
        cmocka_unit_test_setup_teardown(an_added_row_is_found, begin, end),
        cmocka_unit_test_setup_teardown(a_well_made_row_behind_the_head_is_found, begin, end),
        cmocka_unit_test_setup_teardown(a_cut_tail_is_found_by_the_head, begin, end),
        cmocka_unit_test_setup_teardown(a_tail_cut_with_its_head_is_found_by_the_checkpoint_only, begin, end),
        cmocka_unit_test_setup_teardown(a_whole_chain_taken_out_is_found, begin, end),
        cmocka_unit_test_setup_teardown(a_chain_computed_anew_is_found_by_the_checkpoint_only, begin, end),
        cmocka_unit_test_setup_teardown(a_row_of_an_unknown_operation_is_found, begin, end),
        cmocka_unit_test_setup_teardown(a_changed_checkpoint_is_found, begin, end),
        cmocka_unit_test_setup_teardown(a_checkpoint_of_another_key_is_found, begin, end),
        cmocka_unit_test_setup_teardown(a_line_taken_out_is_found, begin, end),
        cmocka_unit_test_setup_teardown(only_heads_that_moved_are_published_again, begin, end),
        cmocka_unit_test_setup_teardown(a_line_broken_off_by_a_crash_is_cut_away, begin, end),
        cmocka_unit_test_setup_teardown(no_file_is_an_error_and_not_a_clean_log, begin, end),
        cmocka_unit_test_setup_teardown(the_command_tells_by_its_end, begin, end),
        cmocka_unit_test_setup_teardown(checkpoints_that_were_named_must_be_there, begin, end)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
