/* What must hold when several processes do it at once. Beside each stands the same thing done naively (look, then write), which
 * must be seen to break: otherwise the race proves nothing. */
#include "support/race_page.h"

#include "base/clock.h"
#include "base/memory.h"

#include "store/store_log.h"
#include "store/store_request.h"

#include "action/decide.h"
#include "action/submit.h"

/* --- naive: look, wait a little, write --------------------------------------------------------------------------------- */

static const struct db_statement naive_look = { "naive_look", "SELECT COUNT(*) FROM naive WHERE state = 'OPEN' LIMIT 1", "", "i" };
static const struct db_statement naive_add = { "naive_add", "INSERT INTO naive (state, seq) VALUES ('OPEN', 0)", "", "" };
static const struct db_statement naive_close = { "naive_close", "UPDATE naive SET state = 'CLOSED' WHERE seq = 0", "", "" };
static const struct db_statement naive_log = { "naive_log", "INSERT INTO naive (state, seq) VALUES ('LOG', ?)", "i", "" };
static const struct db_statement naive_last = { "naive_last",
    "SELECT COALESCE(MAX(seq), 0) FROM naive WHERE state = 'LOG' LIMIT 1", "", "i" };

static int naive_limit;

static const struct err *naive_take_work(struct db *connection, void *arg)
{
    int *done = arg;
    int64_t n;

    TRY(look(&naive_look, &n));
    *done = n < naive_limit;
    return *done ? db_exec(connection, &naive_add, NULL) : NULL;
}

static const struct err *naive_close_work(struct db *connection, void *arg)
{
    int *done = arg;
    int64_t n;

    TRY(look(&naive_look, &n));
    *done = n == 1;
    if (!*done)
        return NULL;
    TRY(db_exec(connection, &naive_close, NULL));
    return db_exec(connection, &naive_log, NULL, INT64_C(1));
}

static const struct err *naive_log_work(struct db *connection, void *arg)
{
    int64_t n;

    (void)arg;
    TRY(look(&naive_last, &n));
    return db_exec(connection, &naive_log, NULL, n + 1);
}

static int run_naive(const struct err *(*work)(struct db *, void *))
{
    int done = 0;
    const struct err *err = db_transaction(db, DB_READ_WRITE, work, &done);

    return err == NULL ? done : FAILED + (int)err->kind;
}

static int naive_take(int who) { (void)who; return run_naive(naive_take_work); }
static int naive_decide(int who) { (void)who; return run_naive(naive_close_work); }
static int naive_append(int who) { (void)who; return run_naive(naive_log_work); }

/* In how many of the rounds `rows` (of the scratch table) were more than `most`. */
static int broken_rounds(int (*run)(int who), const char *arrange, const char *rows, int64_t most)
{
    int what[MANY], broken = 0;

    for (int round = 0; round < rounds(); round++) {
        begin();
        test_db_sql(db, "CREATE OR REPLACE TABLE naive (state VARCHAR(10), seq BIGINT) ENGINE = InnoDB");
        test_db_sql(db, "%s", arrange);
        race(MANY, run, what);
        broken += test_db_number(db, "SELECT %s FROM naive", rows) > most;
        world_end(&world);
    }
    test_db_sql(db, "DROP TABLE naive");
    return broken;
}

/* --- the quota -------------------------------------------------------------------------------------------------------- */

struct take { int who; bool taken; };

static const struct err *take_work(struct db *connection, void *arg)
{
    struct take *take = arg;

    return quota_take(connection, SIDE_CUSTOMER, world.customer, world.partner, 3, 1000 + take->who, world.now,
                      world.now + CLOCK_DAY, &take->taken);
}

static int take_slot(int who)
{
    struct take take = { .who = who };
    const struct err *err = db_transaction(db, DB_READ_WRITE, take_work, &take);

    return err == NULL ? take.taken : FAILED + (int)err->kind;
}

static void three_slots_are_taken_three_times(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[MANY];

        begin();
        race(MANY, take_slot, what);
        assert_int_equal(count(what, MANY, 1), 3);
        assert_int_equal(count(what, MANY, 0), MANY - 3);
        assert_int_equal(world_count(&world, "quota_slot", "request_id IS NOT NULL"), 3);
        assert_int_equal(world_count(&world, "quota_slot", "1 = 1"), 3);
        end();
    }
}

static void last_slot_is_taken_once(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[MANY];

        begin();
        world_slots(&world, SIDE_CUSTOMER, 2, world.now + CLOCK_DAY);
        race(MANY, take_slot, what);
        assert_int_equal(count(what, MANY, 1), 1);
        assert_int_equal(count(what, MANY, 0), MANY - 1);
        end();
    }
}

static void naive_quota_breaks(void **state)
{
    (void)state;
    naive_limit = 3;
    assert_true(broken_rounds(naive_take, "DO 0", "COUNT(*)", 3) > 0);
}

/* --- one form, sent often --------------------------------------------------------------------------------------------- */

static int submit_by_form(int who)
{
    struct act act = world_form(&world, world.owner, 1, "/done/{no}");
    struct wizard_target target = world_submit_target(&world, world.owner);
    struct submit_result result;
    const struct err *err = submit_request(&act, &target, 5, NULL, &result);

    (void)who;
    if (err != NULL)
        return FAILED + (int)err->kind;
    return !act.is_done ? 0 : act.is_replay ? 2 : 1;
}

static void same_form_eight_times_is_one_request(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[MANY];

        begin();
        (void)world_ready_to_submit(&world, world.owner);
        race(MANY, submit_by_form, what);
        assert_int_equal(count(what, MANY, 1), 1);
        assert_int_equal(count(what, MANY, 2), MANY - 1);
        assert_int_equal(world_count(&world, "disassociation_request", "1 = 1"), 1);
        assert_int_equal(world_count(&world, "operation_log", "1 = 1"), 1);
        assert_int_equal(world_count(&world, "notification", "1 = 1"), 2);
        end();
    }
}

static void naive_form_breaks(void **state)
{
    (void)state;
    naive_limit = 1;
    assert_true(broken_rounds(naive_take, "DO 0", "COUNT(*)", 1) > 0);
}

/* --- both sides at once ------------------------------------------------------------------------------------------------ */

static int submit_as_side(int who)
{
    const struct actor *actor = who == 0 ? world.owner : world.admin;
    struct act act = world_act(&world, actor);
    struct wizard_target target = world_submit_target(&world, actor);
    struct submit_result result;
    const struct err *err = submit_request(&act, &target, 5, NULL, &result);

    return err == NULL ? (int)result.outcome : FAILED + (int)err->kind;
}

static void both_sides_at_once_are_one_request(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[2];

        begin();
        (void)world_ready_to_submit(&world, world.owner);
        (void)world_ready_to_submit(&world, world.admin);
        race(2, submit_as_side, what);
        assert_int_equal(count(what, 2, SUBMIT_DONE), 1);
        assert_int_equal(count(what, 2, SUBMIT_ALREADY_OPEN), 1);
        assert_int_equal(world_count(&world, "disassociation_request", "state = 'PENDING'"), 1);
        assert_int_equal(world_count(&world, "quota_slot", "request_id IS NOT NULL"), 1);
        end();
    }
}

/* The same of pages that have read their rows before either began. */
static struct submit_page pages[2];

static int submit_read_before_as_side(int who)
{
    const struct actor *actor = who == 0 ? world.owner : world.admin;
    struct act act = world_act(&world, actor);
    struct wizard_target target = world_submit_target(&world, actor);
    struct submit_result result;
    const struct err *err = submit_request(&act, &target, 5, &pages[who], &result);

    return err == NULL ? (int)result.outcome : FAILED + (int)err->kind;
}

static void both_sides_at_once_by_pages_read_before_are_one_request(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[2];

        begin();
        (void)world_ready_to_submit(&world, world.owner);
        (void)world_ready_to_submit(&world, world.admin);
        pages[0] = page_of(world.owner);
        pages[1] = page_of(world.admin);
        race(2, submit_read_before_as_side, what);
        assert_int_equal(count(what, 2, SUBMIT_DONE), 1);
        assert_int_equal(count(what, 2, SUBMIT_ALREADY_OPEN), 1);
        assert_int_equal(world_count(&world, "disassociation_request", "state = 'PENDING'"), 1);
        assert_int_equal(world_count(&world, "quota_slot", "request_id IS NOT NULL"), 1);
        end();
    }
}

/* Eight forms of the owner's, of pages that have all read the same rows, when one slot of the quota is left or none. */
static int submit_read_before(int who)
{
    struct act act = world_form(&world, world.owner, who + 1, "/done/{no}");
    struct wizard_target target = world_submit_target(&world, world.owner);
    struct submit_result result;
    const struct err *err = submit_request(&act, &target, 5, &pages[0], &result);

    return err == NULL ? (int)result.outcome : FAILED + (int)err->kind;
}

static void quota_holds_for_pages_read_before(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        const int used = round % 2 == 0 ? 2 : 3;
        int what[MANY];

        begin();
        world_slots(&world, SIDE_CUSTOMER, used, world.now + CLOCK_DAY);
        (void)world_ready_to_submit(&world, world.owner);
        pages[0] = page_of(world.owner);
        race(MANY, submit_read_before, what);
        assert_int_equal(count(what, MANY, SUBMIT_DONE), 3 - used);
        assert_int_equal(count(what, MANY, used == 2 ? SUBMIT_ALREADY_OPEN : SUBMIT_QUOTA_USED), MANY - (3 - used));
        assert_int_equal(world_count(&world, "quota_slot", "request_id IS NOT NULL"), 3);
        assert_int_equal(world_count(&world, "disassociation_request", "1 = 1"), 3 - used);
        world_end(&world);
    }
}

static void naive_open_request_breaks(void **state)
{
    (void)state;
    naive_limit = 1;
    assert_true(broken_rounds(naive_take, "INSERT INTO naive VALUES ('CLOSED', 0)", "SUM(state = 'OPEN')", 1) > 0);
}

/* --- agree, reject, withdraw -------------------------------------------------------------------------------------------- */

static int64_t request_id;

static int decide_at(struct act *act, const struct wizard_target *target, int64_t revision, enum request_event event)
{
    struct decide_result result;
    const struct err *err = decide_request(act, target, revision, event, &result);

    return err == NULL ? (int)result.outcome : FAILED + (int)err->kind;
}

static int reject_instead(struct act *act, const struct wizard_target *target)
{
    enum wizard_outcome outcome;
    int64_t revision = 5;
    const struct err *err = wizard_decide(act, target, &revision, REQUEST_REJECT, "no", false, &outcome);

    if (err != NULL)
        return FAILED + (int)err->kind;
    return outcome == WIZARD_OK ? decide_at(act, target, revision, REQUEST_REJECT) : (int)DECIDE_MOVED;
}

/* Of four, one agrees, one rejects, two withdraw. */
static int end_it(int who)
{
    struct act act = world_act(&world, who % 4 >= 2 ? world.owner : world.admin);
    struct wizard_target target = world_answer_target(&world, world.admin, request_id);
    struct decide_result result;
    const struct err *err;

    if (who % 4 == 0)
        return decide_at(&act, &target, 5, REQUEST_AGREE);
    if (who % 4 == 1)
        return reject_instead(&act, &target);
    err = withdraw_request(&act, request_id, &result);
    return err == NULL ? (int)result.outcome : FAILED + (int)err->kind;
}

static void agree_reject_and_withdraw_make_one_transition(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[MANY];

        begin();
        request_id = world_request(&world, world.owner);
        (void)world_ready_to_answer(&world, world.admin, request_id, REQUEST_AGREE, "");
        race(MANY, end_it, what);
        assert_int_equal(count(what, MANY, DECIDE_DONE), 1);
        for (int i = 0; i < MANY; i++)
            assert_true(what[i] < FAILED);
        assert_int_equal(world_count(&world, "operation_log", "is_transition = 1 AND from_state = 'PENDING'"), 1);
        assert_int_equal(world_count(&world, "disassociation_request", "version = 2 AND state <> 'PENDING'"), 1);
        end();
    }
}

static void naive_decision_breaks(void **state)
{
    (void)state;
    assert_true(broken_rounds(naive_decide, "INSERT INTO naive VALUES ('OPEN', 0)", "SUM(state = 'LOG')", 1) > 0);
}

/* --- the log's chain ---------------------------------------------------------------------------------------------------- */

static const struct err *append_work(struct db *connection, void *arg)
{
    struct operation_row row = {
        .chain_id = world.association, .association_id = world.association, .operation = OP_CHECK_RUN, .at = world.now,
        .initiated_by = SIDE_SYSTEM, .result = "DONE"
    };

    (void)arg;
    return log_append(connection, &row);
}

static int append(int who)
{
    const struct err *err = db_transaction(db, DB_READ_WRITE, append_work, NULL);

    (void)who;
    return err == NULL ? 1 : FAILED + (int)err->kind;
}

static void appends_at_once_stay_one_chain(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[MANY];

        begin();
        race(MANY, append, what);
        assert_int_equal(count(what, MANY, 1), MANY);
        assert_int_equal(world_count(&world, "operation_log", "chain_id = %lld", (long long)world.association), MANY);
        end();
    }
}

static void naive_chain_breaks(void **state)
{
    (void)state;
    assert_true(broken_rounds(naive_append, "DO 0", "COUNT(*) - COUNT(DISTINCT seq)", 0) > 0);
}

int main(void)
{
    if (getenv("RACE_ONLY") != NULL)
        cmocka_set_test_filter(getenv("RACE_ONLY"));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_slots_are_taken_three_times), cmocka_unit_test(last_slot_is_taken_once),
        cmocka_unit_test(naive_quota_breaks), cmocka_unit_test(same_form_eight_times_is_one_request),
        cmocka_unit_test(naive_form_breaks), cmocka_unit_test(both_sides_at_once_are_one_request),
        cmocka_unit_test(both_sides_at_once_by_pages_read_before_are_one_request), cmocka_unit_test(quota_holds_for_pages_read_before),
        cmocka_unit_test(naive_open_request_breaks), cmocka_unit_test(agree_reject_and_withdraw_make_one_transition),
        cmocka_unit_test(naive_decision_breaks),
        cmocka_unit_test(appends_at_once_stay_one_chain), cmocka_unit_test(naive_chain_breaks)
    };

    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
