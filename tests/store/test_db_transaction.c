#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/db.h"
#include "support/test_db.h"

static void *mem;
static struct db *db, *other;

static const struct db_statement insert = { "insert", "INSERT INTO thing (id, number) VALUES (?, 0)", "i", "" };
static const struct db_statement add = { "add", "UPDATE thing SET number = number + 1 WHERE id = ?", "i", "" };
/* A lock that another holds is a lock time-out at once. */
static const struct db_statement claim = { "claim", "SELECT id FROM thing WHERE id = ? LIMIT 1 FOR UPDATE NOWAIT", "i", "i" };
static const struct db_statement look = { "look", "SELECT number FROM thing WHERE id = ? LIMIT 1", "i", "i" };

static int open_database(void **state)
{
    (void)state;
    mem = mem_context(NULL, "test");
    db = test_db_open(mem);
    other = test_db_again(mem);
    test_db_sql(db, "CREATE TABLE thing (id BIGINT NOT NULL PRIMARY KEY, number BIGINT NOT NULL) ENGINE=InnoDB");
    return 0;
}

static int close_database(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static int start(void **state)
{
    (void)state;
    db_deadline(db, 0);
    assert_null(db_ready(db, clock_now()));
    test_db_sql(db, "DELETE FROM thing");
    test_db_sql(db, "INSERT INTO thing VALUES (1, 0), (2, 0)");
    return 0;
}

static void is_fine(const struct err *err)
{
    if (err != NULL)
        fail_msg("%s %d %s", err_kind_name(err->kind), err->code, err->what);
}

static void is_error(const struct err *err, enum err_kind kind, int code)
{
    assert_non_null(err);
    if (err->kind != kind || (code != 0 && err->code != code))
        fail_msg("%s %d %s", err_kind_name(err->kind), err->code, err->what);
}

static int64_t rows_of(int64_t id)
{
    return test_db_number(other, "SELECT COUNT(*) FROM thing WHERE id = %lld", (long long)id);
}

static int64_t number_of(int64_t id)
{
    return test_db_number(other, "SELECT number FROM thing WHERE id = %lld", (long long)id);
}

static void kill_connection(void)
{
    test_db_sql(other, "KILL CONNECTION %lld", (long long)test_db_number(db, "SELECT CONNECTION_ID()"));
}

/* What the piece of work in each test does after it has inserted row 10. */
struct script {
    int runs;
    int again_until;              /* db_again() in the runs before this one */
    int locked_until;             /* another transaction holds row 1 in the runs before this one */
    const struct err *end;
    bool is_killed, swallows, is_late;
    const struct err *last;       /* of a statement after the swallowed one */
};

static const struct err *work(struct db *on, void *arg)
{
    struct script *script = arg;
    struct db_rows *rows;
    const struct err *err;

    script->runs++;
    TRY(db_exec(on, &insert, NULL, INT64_C(10)));
    if (script->is_killed)
        kill_connection();
    if (script->locked_until > 0 && script->runs == script->locked_until)
        test_db_sql(other, "ROLLBACK");
    if (script->is_late)
        db_deadline(on, clock_now() - 1);
    err = db_query(on, mem, &claim, &rows, INT64_C(1));
    if (script->swallows) {
        script->last = db_exec(on, &insert, NULL, INT64_C(11));
        return NULL;
    }
    TRY(err);
    if (script->runs < script->again_until)
        return db_again("the row has changed");
    return script->end;
}

static const struct err *run(struct script *script)
{
    return db_transaction(db, DB_READ_WRITE, work, script);
}

static void lock_row(void)
{
    test_db_sql(other, "START TRANSACTION;\nUPDATE thing SET number = 5 WHERE id = 1");
}

/* --- the end of it --------------------------------------------------------------------------------------------------- */

static void work_that_succeeds_is_committed(void **state)
{
    struct script script = { 0 };

    (void)state;
    is_fine(run(&script));
    assert_int_equal(script.runs, 1);
    assert_int_equal(rows_of(10), 1);
}

static void work_that_fails_leaves_nothing_and_is_not_repeated(void **state)
{
    static const enum err_kind kinds[] = { ERR_INPUT, ERR_DENIED, ERR_MISSING, ERR_CONFLICT, ERR_BUSY, ERR_BUG };

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct script script = { .end = err_new(kinds[i], 0, "no") };

        is_error(run(&script), kinds[i], 0);
        assert_int_equal(script.runs, 1);
        assert_int_equal(rows_of(10), 0);
    }
}

static void after_a_failure_writes_are_their_own_again(void **state)
{
    struct script script = { .end = err_new(ERR_INPUT, 0, "no") };

    (void)state;
    is_error(run(&script), ERR_INPUT, 0);
    is_fine(db_exec(db, &insert, NULL, INT64_C(12)));
    assert_int_equal(rows_of(12), 1);
}

static const struct err *insert_twice(struct db *on, void *arg)
{
    (void)arg;
    TRY(db_exec(on, &insert, NULL, INT64_C(10)));
    if (!db_is_duplicate(db_exec(on, &insert, NULL, INT64_C(10)), "PRIMARY"))
        return err_new(ERR_BUG, 0, "no duplicate");
    return db_exec(on, &insert, NULL, INT64_C(11));
}

static void a_duplicate_within_is_not_the_end_of_it(void **state)
{
    (void)state;
    is_fine(db_transaction(db, DB_READ_WRITE, insert_twice, NULL));
    assert_int_equal(rows_of(10) + rows_of(11), 2);
}

static const struct err *nest(struct db *on, void *arg)
{
    (void)arg;
    return db_transaction(on, DB_READ_WRITE, insert_twice, NULL);
}

static void it_does_not_nest(void **state)
{
    (void)state;
    is_error(db_transaction(db, DB_READ_WRITE, nest, NULL), ERR_BUG, 0);
    assert_int_equal(rows_of(10), 0);
}

static const struct err *make_ready(struct db *on, void *arg)
{
    (void)arg;
    return db_ready(on, clock_now());
}

static void ready_is_not_for_within(void **state)
{
    (void)state;
    is_error(db_transaction(db, DB_READ_WRITE, make_ready, NULL), ERR_BUG, 0);
}

static void late_work_is_dropped_before_its_commit(void **state)
{
    struct script script = { .is_late = true };

    (void)state;
    is_error(run(&script), ERR_BUSY, 0);
    assert_int_equal(rows_of(10), 0);
    script.runs = 0;
    is_error(run(&script), ERR_BUSY, 0);   /* and is not begun when it is late already */
    assert_int_equal(script.runs, 0);
}

/* --- again ----------------------------------------------------------------------------------------------------------- */

static void a_lock_time_out_runs_all_of_it_again(void **state)
{
    struct script script = { .locked_until = 3 };

    (void)state;
    lock_row();
    is_fine(run(&script));
    assert_int_equal(script.runs, 3);
    assert_int_equal(rows_of(10), 1);
}

static void a_lock_that_stays_is_given_up_after_five_runs(void **state)
{
    struct script script = { .locked_until = 100 };

    (void)state;
    lock_row();
    is_error(run(&script), ERR_BUSY, 1205);
    assert_int_equal(script.runs, 5);
    test_db_sql(other, "ROLLBACK");
    assert_int_equal(rows_of(10), 0);
}

static void a_wait_for_a_lock_ends_by_the_config(void **state)
{
    struct config config = *test_db_config();
    struct db *hasty;

    (void)state;
    config.database.lock_timeout_s = 1;
    hasty = db_new(mem, &config, "");
    is_fine(db_ready(hasty, clock_now()));
    lock_row();
    is_error(db_exec(hasty, &add, NULL, INT64_C(1)), ERR_BUSY, 1205);
    test_db_sql(other, "ROLLBACK");
    is_fine(db_exec(hasty, &add, NULL, INT64_C(1)));
    talloc_free(hasty);
    assert_int_equal(number_of(1), 1);
}

static void work_that_asks_for_it_is_run_again(void **state)
{
    struct script script = { .again_until = 4 };

    (void)state;
    is_fine(run(&script));
    assert_int_equal(script.runs, 4);
    assert_int_equal(rows_of(10), 1);
}

static void work_that_asks_for_ever_ends_in_conflict(void **state)
{
    struct script script = { .again_until = 100 };

    (void)state;
    is_error(run(&script), ERR_CONFLICT, 0);
    assert_int_equal(script.runs, 5);
    assert_int_equal(rows_of(10), 0);
}

/* The server has rolled the transaction back: what came after would stand alone. */
static void a_swallowed_conflict_ends_the_transaction_all_the_same(void **state)
{
    struct script script = { .locked_until = 100, .swallows = true };

    (void)state;
    lock_row();
    is_error(run(&script), ERR_BUSY, 1205);
    test_db_sql(other, "ROLLBACK");
    is_error(script.last, ERR_BUSY, 1205);
    assert_int_equal(script.runs, 5);
    assert_int_equal(rows_of(10) + rows_of(11), 0);
}

/* One side of a deadlock: takes `mine`, waits until the other has its own, takes `theirs`. */
struct side { int64_t mine, theirs; int read_fd, write_fd, runs; };

static const struct err *cross(struct db *on, void *arg)
{
    struct side *side = arg;
    char byte = 'x';

    TRY(db_exec(on, &add, NULL, side->mine));
    if (side->runs++ == 0 && (write(side->write_fd, &byte, 1) != 1 || read(side->read_fd, &byte, 1) != 1))
        return err_new(ERR_BUG, 0, "pipe");
    return db_exec(on, &add, NULL, side->theirs);
}

static void the_loser_of_a_deadlock_runs_again_and_both_are_done(void **state)
{
    int to_child[2], to_parent[2], status;
    struct side parent = { .mine = 1, .theirs = 2 };
    const struct err *err;
    pid_t child;

    (void)state;
    assert_int_equal(pipe(to_child) | pipe(to_parent), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct side side = { .mine = 2, .theirs = 1, .read_fd = to_child[0], .write_fd = to_parent[1] };
        struct db *own = test_db_again(mem);

        _exit(db_transaction(own, DB_READ_WRITE, cross, &side) == NULL ? side.runs : 100);
    }
    parent.read_fd = to_parent[0];
    parent.write_fd = to_child[1];
    err = db_transaction(db, DB_READ_WRITE, cross, &parent);
    assert_int_equal(waitpid(child, &status, 0), child);
    is_fine(err);
    assert_true(WIFEXITED(status));
    assert_true(parent.runs + WEXITSTATUS(status) >= 3);
    assert_true(WEXITSTATUS(status) < 100);
    assert_int_equal(number_of(1), 2);
    assert_int_equal(number_of(2), 2);
}

/* --- lost connections ------------------------------------------------------------------------------------------------ */

static void a_connection_lost_before_the_commit_is_busy_and_nothing_happened(void **state)
{
    struct script script = { .is_killed = true };

    (void)state;
    is_error(run(&script), ERR_BUSY, 0);
    assert_int_equal(script.runs, 1);
    assert_int_equal(rows_of(10), 0);
    is_fine(db_ready(db, clock_now()));
    script.is_killed = false;
    is_fine(run(&script));
    assert_int_equal(rows_of(10), 1);
}

static void a_swallowed_loss_does_not_count_as_done(void **state)
{
    struct script script = { .is_killed = true, .swallows = true };

    (void)state;
    is_error(run(&script), ERR_BUSY, 0);
    is_error(script.last, ERR_BUSY, 0);
    assert_int_equal(rows_of(10), 0);
}

static void a_commit_whose_answer_is_lost_is_uncertain_and_done(void **state)
{
    struct script script = { 0 };

    (void)state;
    db_test_fail_commit(db, 1);
    is_error(run(&script), ERR_UNCERTAIN, 0);
    assert_int_equal(script.runs, 1);
    is_error(db_exec(db, &insert, NULL, INT64_C(13)), ERR_BUSY, 0);
    is_fine(db_ready(db, clock_now()));
    assert_int_equal(rows_of(10), 1);
}

static void a_commit_that_does_not_arrive_is_uncertain_and_not_done(void **state)
{
    struct script script = { 0 };

    (void)state;
    db_test_fail_commit(db, 2);
    is_error(run(&script), ERR_UNCERTAIN, 0);
    assert_int_equal(script.runs, 1);
    is_fine(db_ready(db, clock_now()));
    assert_int_equal(rows_of(10), 0);
    is_fine(run(&script));   /* once only */
    assert_int_equal(rows_of(10), 1);
}

/* --- read only ------------------------------------------------------------------------------------------------------- */

static const struct err *read_row(struct db *on, void *arg)
{
    struct db_rows *rows;

    TRY(db_query(on, mem, &look, &rows, INT64_C(1)));
    *(int64_t *)arg = db_int(rows, 0, 0);
    return NULL;
}

static const struct err *write_row(struct db *on, void *arg)
{
    (void)arg;
    return db_exec(on, &add, NULL, INT64_C(1));
}

static void read_only_work_reads(void **state)
{
    int64_t number = -1;

    (void)state;
    is_fine(db_transaction(db, DB_READ_ONLY, read_row, &number));
    assert_int_equal(number, 0);
}

static void read_only_work_cannot_write(void **state)
{
    int64_t number;

    (void)state;
    for (int i = 0; i < 2; i++) {
        is_error(db_transaction(db, DB_READ_ONLY, write_row, NULL), ERR_BUG, 1792);
        is_fine(db_transaction(db, DB_READ_ONLY, read_row, &number));
    }
    assert_int_equal(number_of(1), 0);
}

static void writing_works_right_after_read_only_work(void **state)
{
    int64_t number;

    (void)state;
    is_fine(db_transaction(db, DB_READ_ONLY, read_row, &number));
    is_fine(db_exec(db, &add, NULL, INT64_C(1)));
    is_fine(db_transaction(db, DB_READ_ONLY, read_row, &number));
    assert_int_equal(number, 1);
    is_fine(db_transaction(db, DB_READ_WRITE, write_row, NULL));
    is_fine(db_transaction(db, DB_READ_ONLY, read_row, &number));
    assert_int_equal(number, 2);
    is_error(db_transaction(db, DB_READ_ONLY, write_row, NULL), ERR_BUG, 1792);
    is_fine(db_run_text(db, "UPDATE thing SET number = 9 WHERE id = 1;\n", "text"));
    assert_int_equal(number_of(1), 9);
}

static void a_new_connection_knows_its_mode(void **state)
{
    int64_t number;

    (void)state;
    is_fine(db_transaction(db, DB_READ_ONLY, read_row, &number));
    db_close(db);
    is_fine(db_ready(db, clock_now()));
    is_error(db_transaction(db, DB_READ_ONLY, write_row, NULL), ERR_BUG, 1792);
    is_fine(db_exec(db, &add, NULL, INT64_C(1)));
    assert_int_equal(number_of(1), 1);
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(work_that_succeeds_is_committed),
        TEST(work_that_fails_leaves_nothing_and_is_not_repeated),
        TEST(after_a_failure_writes_are_their_own_again),
        TEST(a_duplicate_within_is_not_the_end_of_it),
        TEST(it_does_not_nest),
        TEST(ready_is_not_for_within),
        TEST(late_work_is_dropped_before_its_commit),
        TEST(a_lock_time_out_runs_all_of_it_again),
        TEST(a_lock_that_stays_is_given_up_after_five_runs),
        TEST(a_wait_for_a_lock_ends_by_the_config),
        TEST(work_that_asks_for_it_is_run_again),
        TEST(work_that_asks_for_ever_ends_in_conflict),
        TEST(a_swallowed_conflict_ends_the_transaction_all_the_same),
        TEST(the_loser_of_a_deadlock_runs_again_and_both_are_done),
        TEST(a_connection_lost_before_the_commit_is_busy_and_nothing_happened),
        TEST(a_swallowed_loss_does_not_count_as_done),
        TEST(a_commit_whose_answer_is_lost_is_uncertain_and_done),
        TEST(a_commit_that_does_not_arrive_is_uncertain_and_not_done),
        TEST(read_only_work_reads),
        TEST(read_only_work_cannot_write),
        TEST(writing_works_right_after_read_only_work),
        TEST(a_new_connection_knows_its_mode),
    };

    return cmocka_run_group_tests(tests, open_database, close_database);
}
