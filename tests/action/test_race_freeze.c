/* A freeze that lands while somebody submits or agrees: whichever is first, nobody leaves frozen. */
#include "support/race_page.h"

#include "base/memory.h"

#include "store/store_association.h"

#include "action/decide.h"
#include "action/ops_freeze.h"
#include "action/submit.h"

/* Each of the worst timings is had for certain: once is enough, unless more is asked for. */
static int few_rounds(void) { return getenv("RACE_ROUNDS") == NULL ? 1 : rounds(); }

static int64_t request_id;
static char partner_no[24];

static const struct err *freeze_work(struct db *connection, void *arg)
{
    struct association *association;
    int64_t id;
    bool bumped;

    (void)arg;
    TRY(association_load(connection, world.mem, world.association, &association));
    if (association->status != ASSOCIATION_ACTIVE)
        return NULL;
    TRY(account_bump(connection, world.customer, association->customer_version, &bumped));
    if (!bumped)
        return db_again("changed");
    return freeze_insert(connection, world.customer, FREEZE_ACCOUNT, FREEZE_BY_BUDGET, "late", world.now, &id);
}

static int agree(void)
{
    struct act act = world_act(&world, world.admin);
    struct wizard_target target = world_answer_target(&world, world.admin, request_id);
    struct decide_result result;
    const struct err *err = decide_request(&act, &target, 5, REQUEST_AGREE, &result);

    return err == NULL ? (int)result.outcome : FAILED + (int)err->kind;
}

static struct submit_page read_before;

static int submit_with(const struct submit_page *page)
{
    struct act act = world_act(&world, world.owner);
    struct wizard_target target = world_submit_target(&world, world.owner);
    struct submit_result result;
    const struct err *err = submit_request(&act, &target, 5, page, &result);

    return err == NULL ? (int)result.outcome : FAILED + (int)err->kind;
}

static int submit(void) { return submit_with(NULL); }

static int agree_or_freeze(int who)
{
    const struct err *err;

    if (who == 0)
        return agree();
    err = db_transaction(db, DB_READ_WRITE, freeze_work, NULL);
    return err == NULL ? 0 : FAILED + (int)err->kind;
}

static void nobody_leaves_frozen(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[2];

        begin();
        request_id = world_request(&world, world.owner);
        (void)world_ready_to_answer(&world, world.admin, request_id, REQUEST_AGREE, "");
        race(2, agree_or_freeze, what);
        assert_true(what[0] == DECIDE_DONE || what[0] == DECIDE_CHECKS_FAILED);
        assert_int_equal(what[1], 0);
        assert_int_equal(world_count(&world, "freeze", "lifted_at IS NULL"), what[0] == DECIDE_DONE ? 0 : 1);
        end();
    }
}

/* The same with the worst timing: the freeze is written and not committed when the other reads that nobody is frozen. */
static const struct db_statement waiting = { "waiting",
    "SELECT COUNT(*) FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT' LIMIT 1", "", "i" };

static int hold_pipe[2];

static const struct err *hold_freeze(struct db *connection, void *arg)
{
    int64_t n = 0;

    TRY(freeze_work(connection, arg));
    if (write(hold_pipe[1], "h", 1) != 1)
        return err_new(ERR_BUG, 0, "pipe");
    /* Until somebody waits for what is locked here, or plainly nobody does. */
    for (int i = 0; i < 50 && n == 0; i++)
        TRY(look(&waiting, &n));
    return NULL;
}

static pid_t hold_in_child(void)
{
    char byte;
    pid_t pid;

    assert_int_equal(pipe(hold_pipe), 0);
    (void)fflush(NULL);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        world_reconnect(&world);
        db = world.db;
        _exit(db_transaction(db, DB_READ_WRITE, hold_freeze, NULL) == NULL ? 0 : 2);
    }
    assert_int_equal(read(hold_pipe[0], &byte, 1), 1);
    return pid;
}

static void let_go(pid_t pid)
{
    int status;

    assert_true(waitpid(pid, &status, 0) == pid);
    assert_int_equal(status, 0);
    (void)close(hold_pipe[0]);
    (void)close(hold_pipe[1]);
}

static void freeze_committed_while_submitting_is_seen(void **state)
{
    (void)state;
    for (int round = 0; round < few_rounds(); round++) {
        begin();
        (void)world_ready_to_submit(&world, world.owner);
        const pid_t holder = hold_in_child();
        assert_int_equal(submit(), SUBMIT_CHECKS_FAILED);
        let_go(holder);
        assert_int_equal(world_count(&world, "disassociation_request", "1 = 1"), 0);
        end();
    }
}

/* The page has read its rows before the freeze is written, and before it is committed. */
static void freeze_committed_after_the_page_was_read_is_seen(void **state)
{
    (void)state;
    for (int round = 0; round < few_rounds(); round++) {
        begin();
        (void)world_ready_to_submit(&world, world.owner);
        const struct submit_page page = page_of(world.owner);
        const pid_t holder = hold_in_child();
        assert_int_equal(submit_with(&page), SUBMIT_CHECKS_FAILED);
        let_go(holder);
        assert_int_equal(world_count(&world, "disassociation_request", "1 = 1"), 0);
        assert_int_equal(world_count(&world, "freeze", "lifted_at IS NULL"), 1);
        end();
    }
}

static void freeze_committed_while_agreeing_is_seen(void **state)
{
    (void)state;
    for (int round = 0; round < few_rounds(); round++) {
        begin();
        request_id = world_request(&world, world.owner);
        (void)world_ready_to_answer(&world, world.admin, request_id, REQUEST_AGREE, "");
        const pid_t holder = hold_in_child();
        assert_int_equal(agree(), DECIDE_CHECKS_FAILED);
        let_go(holder);
        assert_int_equal(world_count(&world, "disassociation_request", "state = 'PENDING'"), 1);
        assert_int_equal(world_count(&world, "association", "status = 'ACTIVE'"), 1);
        end();
    }
}

/* Either the request was sent first, or the freeze was there and it is not sent: of pages that were read before both. */
static int submit_or_freeze(int who)
{
    const struct err *err;

    if (who == 0)
        return submit_with(&read_before);
    err = db_transaction(db, DB_READ_WRITE, freeze_work, NULL);
    return err == NULL ? 0 : FAILED + (int)err->kind;
}

static void nothing_is_sent_after_a_freeze_by_a_page_that_was_read_before(void **state)
{
    (void)state;
    for (int round = 0; round < 3 * rounds(); round++) {
        int what[2];

        begin();
        (void)world_ready_to_submit(&world, world.owner);
        read_before = page_of(world.owner);
        race(2, submit_or_freeze, what);
        assert_true(what[0] == SUBMIT_DONE || what[0] == SUBMIT_CHECKS_FAILED);
        assert_int_equal(what[1], 0);
        assert_int_equal(world_count(&world, "freeze", "lifted_at IS NULL"), 1);
        assert_int_equal(world_count(&world, "disassociation_request", "1 = 1"), what[0] == SUBMIT_DONE);
        /* The freeze takes the version that it found and makes it one more, so does the request. */
        assert_int_equal(world_count(&world, "account", "id = %lld AND version = %d", (long long)world.customer,
                                     what[0] == SUBMIT_DONE ? 3 : 2), 1);
        end();
    }
}

static int agree_or_freeze_the_partner(int who)
{
    struct act act = world_act(&world, world.ops);
    struct ops_freeze_result result;
    const struct err *err;

    if (who == 0)
        return agree();
    err = ops_freeze(&act, partner_no, FREEZE_ACCOUNT, "unpaid", &result);
    return err == NULL ? (int)result.outcome : FAILED + (int)err->kind;
}

/* Either the freeze was first, and the partner cannot agree any more, or the agreement was, and stands in the log before it. */
static void frozen_partner_never_agrees(void **state)
{
    (void)state;
    for (int round = 0; round < 3 * rounds(); round++) {
        int what[2];

        begin();
        request_id = world_request(&world, world.owner);
        (void)world_ready_to_answer(&world, world.admin, request_id, REQUEST_AGREE, "");
        (void)snprintf(partner_no, sizeof partner_no, "P-%lld",
                       (long long)test_db_number(db, "SELECT CAST(SUBSTR(no, 3) AS INT) FROM account WHERE id = %lld", (long long)world.partner));
        race(2, agree_or_freeze_the_partner, what);
        assert_int_equal(what[1], FREEZE_DONE);
        assert_true(what[0] == DECIDE_DONE || what[0] == DECIDE_PARTNER_FROZEN);
        assert_int_equal(world_count(&world, "operation_log a JOIN operation_log f ON f.operation = 'FROZEN' AND f.id < a.id",
                                     "a.operation = 'REQUEST_AGREED'"), 0);
        end();
    }
}

/* --- naive: each looks whether the other was there, then writes -------------------------------------------------------- */

static const struct db_statement naive_frozen = { "naive_frozen", "SELECT COUNT(*) FROM naive WHERE what = 'FROZEN' LIMIT 1", "", "i" };
static const struct db_statement naive_moved = { "naive_moved", "SELECT COUNT(*) FROM naive WHERE what = 'MOVED' LIMIT 1", "", "i" };
static const struct db_statement naive_freeze = { "naive_freeze", "INSERT INTO naive VALUES ('FROZEN')", "", "" };
static const struct db_statement naive_move = { "naive_move", "INSERT INTO naive VALUES ('MOVED')", "", "" };

static const struct err *naive_work(struct db *connection, void *arg)
{
    const bool is_freezing = *(const int *)arg % 2 == 0;
    int64_t n;

    TRY(look(is_freezing ? &naive_moved : &naive_frozen, &n));
    return n > 0 ? NULL : db_exec(connection, is_freezing ? &naive_freeze : &naive_move, NULL);
}

static int move_or_freeze_naively(int who)
{
    return db_transaction(db, DB_READ_WRITE, naive_work, &who) == NULL;
}

/* Submitting and agreeing alike: what was sent, or whoever left, is frozen. */
static void naive_check_breaks(void **state)
{
    int broken = 0;

    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[2];

        begin();
        test_db_sql(db, "CREATE OR REPLACE TABLE naive (what VARCHAR(10)) ENGINE = InnoDB");
        race(2, move_or_freeze_naively, what);
        broken += world_count(&world, "naive", "1 = 1") > 1;
        test_db_sql(db, "DROP TABLE naive");
        world_end(&world);
    }
    assert_true(broken > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(naive_check_breaks),
        cmocka_unit_test(frozen_partner_never_agrees),
        cmocka_unit_test(nobody_leaves_frozen), cmocka_unit_test(freeze_committed_while_submitting_is_seen),
        cmocka_unit_test(freeze_committed_while_agreeing_is_seen), cmocka_unit_test(freeze_committed_after_the_page_was_read_is_seen),
        cmocka_unit_test(nothing_is_sent_after_a_freeze_by_a_page_that_was_read_before)
    };

    if (getenv("RACE_ONLY") != NULL)
        cmocka_set_test_filter(getenv("RACE_ONLY"));
    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
