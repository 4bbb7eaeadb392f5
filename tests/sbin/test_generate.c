#include "support/rows.h"

#include "base/buf.h"
#include "demo_data.h"
#include "generate.h"
#include "invariants.h"
#include "log_verify.h"

/* The last day that all is made for. */
#define UNTIL "2026-06-15"

static struct db *db;
static void *mem;

static int begin(void **state)
{
    (void)state;
    if (db == NULL)
        db = test_db_open(NULL);
    mem = mem_context(NULL, "test");
    test_db_clear(db);
    return 0;
}

static int end(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static const struct err *generated(const char *customers, const char *rows, const char *seed, const char *beside)
{
    const char *const args[] = { "--until", UNTIL, "--customers", customers, "--log-rows", rows, "--seed", seed, beside, NULL };
    struct ctl ctl = demo_data_ctl(mem, db, args);

    return demo_data_quietly(ctl_generate, &ctl);
}

static int64_t count(const char *table)
{
    return test_db_number(db, "SELECT COUNT(*) FROM %s LIMIT 1", table);
}

/* Of all rows of the log, in chain after chain. */
static const char *heads(void)
{
    struct log_head *all;
    struct buf *text = buf_new(mem, 4096);
    size_t n;

    assert_null(log_heads(db, mem, -1, 1000, &all, &n));
    for (size_t i = 0; i < n; i++)
        buf_format(text, "%lld %s\n", (long long)all[i].seq, secret_hex(mem, all[i].hash, sizeof all[i].hash));
    return text->bytes;
}

static void all_hold(void)
{
    struct invariant *invariants;
    struct db_rows *rows;
    size_t n;

    assert_null(invariants_load(mem, TEST_SOURCE_ROOT "/db/invariants", &invariants, &n));
    assert_true(n > 40);
    for (size_t i = 0; i < n; i++) {
        assert_null(invariant_run(db, mem, &invariants[i], &rows));
        if (rows->n > 0)
            fail_msg("%s: %s", invariants[i].name, db_text(rows, 0, 0));
    }
    db_close(db);   /* before the statements go */
    assert_null(db_ready(db, clock_now()));
}

static void many_customers_live_by_every_invariant_and_their_log_is_whole(void **state)
{
    struct log_verify verify = { .checkpoints = NULL };

    (void)state;
    assert_null(generated("1000", "100000", "1", NULL));
    assert_int_equal(count("operation_log"), 100000);
    assert_int_equal(count("account"), 1000 + 13 + 1);
    assert_true(count("disassociation_request") > 1000);
    all_hold();
    assert_null(log_verify(db, &verify));
    assert_int_equal(verify.rows, 100000);
    assert_int_equal(verify.chains, 1001);
    assert_int_equal(verify.faults, 0);
}

static void every_end_of_a_request_occurs(void **state)
{
    (void)state;
    assert_null(generated("300", "9000", "2", NULL));
    assert_int_equal(test_db_number(db, "SELECT COUNT(DISTINCT state) FROM disassociation_request LIMIT 1"), 5);
    assert_int_equal(test_db_number(db, "SELECT COUNT(DISTINCT initiator, decided_by_side) FROM disassociation_request LIMIT 1"), 6);
    assert_true(test_db_number(db, "SELECT COUNT(*) FROM disassociation_request WHERE state = 'PENDING' LIMIT 1") > 5);
    assert_true(test_db_number(db, "SELECT COUNT(*) FROM freeze WHERE lifted_at IS NULL LIMIT 1") > 5);
    assert_true(test_db_number(db, "SELECT COUNT(*) FROM association WHERE status = 'ENDED' LIMIT 1") > 5);
}

static void the_same_seed_makes_the_same_data_and_another_seed_another(void **state)
{
    const char *first;

    (void)state;
    assert_null(generated("50", "1000", "7", NULL));
    first = heads();
    /* From the very start: ids as well. */
    test_db_clear(db);
    test_db_sql(db, "ALTER TABLE operation_log AUTO_INCREMENT = 1");
    assert_null(generated("50", "1000", "7", NULL));
    assert_string_equal(heads(), first);
    test_db_clear(db);
    assert_null(generated("50", "1000", "8", NULL));
    assert_string_not_equal(heads(), first);
}

static void the_shortest_lives_are_legal_too(void **state)
{
    (void)state;
    assert_null(generated("100", "1000", "3", NULL));
    assert_int_equal(count("operation_log"), 1000);
    all_hold();
}

static void nothing_is_made_among_other_data_unless_told_so(void **state)
{
    const struct err *err;

    (void)state;
    demo_data_load(db);
    const int64_t rows = count("operation_log"), accounts = count("account");
    err = generated("20", "400", "1", NULL);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_CONFLICT);
    assert_int_equal(count("operation_log"), rows);
    assert_int_equal(count("account"), accounts);
    /* The demo's last rows are later than all that is made: a chain that both share goes on at its time. */
    assert_null(generated("20", "400", "1", "--beside-other-data"));
    assert_int_equal(count("operation_log"), rows + 400);
    all_hold();
    err = generated("20", "400", "1", NULL);
    assert_int_equal(err->kind, ERR_CONFLICT);
}

static void nobody_can_sign_in_where_mail_really_leaves(void **state)
{
    static const char *const args[] = { "--customers", "5", NULL };
    struct ctl ctl = demo_data_ctl(mem, db, args);

    (void)state;
    test_db_config()->mail.transport = "smtp";
    assert_null(demo_data_quietly(ctl_generate, &ctl));
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM user WHERE password_hash IS NOT NULL LIMIT 1"), 0);
    test_db_config()->mail.transport = "file";
}

static void too_few_rows_are_refused_by_name(void **state)
{
    const struct err *err;

    (void)state;
    err = generated("100", "999", "1", NULL);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_INPUT);
    assert_int_equal(generated("x", "999", "1", NULL)->kind, ERR_INPUT);
    assert_int_equal(count("account"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(many_customers_live_by_every_invariant_and_their_log_is_whole, begin, end),
        cmocka_unit_test_setup_teardown(every_end_of_a_request_occurs, begin, end),
        cmocka_unit_test_setup_teardown(the_same_seed_makes_the_same_data_and_another_seed_another, begin, end),
        cmocka_unit_test_setup_teardown(the_shortest_lives_are_legal_too, begin, end),
        cmocka_unit_test_setup_teardown(nothing_is_made_among_other_data_unless_told_so, begin, end),
        cmocka_unit_test_setup_teardown(nobody_can_sign_in_where_mail_really_leaves, begin, end),
        cmocka_unit_test_setup_teardown(too_few_rows_are_refused_by_name, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
