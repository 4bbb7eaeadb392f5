/* What job workers do at once, with each other and with people: one outbox, and deadlines. Beside each the naive way, which must be
 * seen to break. */
#include "support/race.h"

#include "base/clock.h"
#include "base/memory.h"

#include "store/store_notice.h"

#include "action/deadline.h"
#include "action/decide.h"

/* --- one outbox -------------------------------------------------------------------------------------------------------- */

#define COPIES 12
#define BATCH 5

static const struct db_statement note = { "race_note", "INSERT INTO naive (id, who) VALUES (?, ?)", "ii", "" };
static const struct db_statement first_queued = { "naive_first", "SELECT COALESCE(MIN(id), 0) FROM delivery WHERE state = 'QUEUED' LIMIT 1", "", "i" };
static const struct db_statement take_naively = { "naive_take",
    "UPDATE delivery SET state = 'SENT', done_at = UTC_TIMESTAMP(6), sealed = NULL WHERE id = ?", "i", "" };

struct claim { struct delivery_queue queue; const char *worker; int64_t lease; struct delivery *deliveries; size_t n; };

static const struct err *claim_work(struct db *connection, void *arg)
{
    struct claim *claim = arg;

    return delivery_claim(connection, world.mem, &claim->queue, claim->worker, world.now, claim->lease, BATCH, &claim->deliveries,
                          &claim->n);
}

/* Until nothing is left, in either queue of notices; each that was got is noted. */
static int claim_all(int who)
{
    /* A worker and its lease name one claim: time runs on between two. */
    struct claim claim = { .worker = mem_text(world.mem, "worker-%d", who), .lease = world.now + CLOCK_MINUTE };

    for (int64_t left = 1; left != 0;) {
        claim.lease++;
        claim.queue = (struct delivery_queue){ claim.lease % 2 == 0 ? CHANNEL_EMAIL : CHANNEL_SMS, false };
        const struct err *err = db_transaction(db, DB_READ_WRITE, claim_work, &claim);

        for (size_t i = 0; err == NULL && i < claim.n; i++)
            err = db_exec(db, &note, NULL, claim.deliveries[i].id, (int64_t)who);
        if (err == NULL)
            err = look(&first_queued, &left);
        if (err != NULL)
            return FAILED + (int)err->kind;
    }
    return 1;
}

static int claim_all_naively(int who)
{
    for (int64_t id = 1; id != 0;) {
        const struct err *err = look(&first_queued, &id);

        if (err == NULL && id != 0)
            err = db_exec(db, &note, NULL, id, (int64_t)who);
        if (err == NULL && id != 0)
            err = db_exec(db, &take_naively, NULL, id);
        if (err != NULL)
            return FAILED + (int)err->kind;
    }
    return 1;
}

static int64_t fill_outbox(int copies)
{
    (void)world_request(&world, world.owner);
    for (int i = 0; i < copies; i++)
        test_db_sql(db, "INSERT INTO delivery (event_id, account_id, channel, address, lang, kind, details, link, next_at, "
                    "created_at, give_up_at) SELECT CONCAT('copy-', %d, '-', id), account_id, channel, address, lang, kind, details, "
                    "link, next_at, created_at, give_up_at FROM delivery WHERE notification_id IS NOT NULL", i);
    test_db_sql(db, "CREATE OR REPLACE TABLE naive (id BIGINT, who BIGINT) ENGINE = InnoDB");
    return world_count(&world, "delivery", "state = 'QUEUED'");
}

static void eight_workers_share_an_outbox_without_overlap(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[MANY];

        begin();
        const int64_t n = fill_outbox(COPIES);
        race(MANY, claim_all, what);
        assert_int_equal(count(what, MANY, 1), MANY);
        assert_int_equal(world_count(&world, "naive", "1 = 1"), n);
        assert_int_equal(test_db_number(db, "SELECT COUNT(DISTINCT id) FROM naive"), n);
        assert_int_equal(world_count(&world, "delivery", "state = 'SENDING' AND tries = 1"), n);
        test_db_sql(db, "DROP TABLE naive");
        end();
    }
}

static void naive_claim_breaks(void **state)
{
    int64_t doubled = 0;

    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[MANY];

        begin();
        (void)fill_outbox(1);
        race(MANY, claim_all_naively, what);
        doubled += test_db_number(db, "SELECT COUNT(*) - COUNT(DISTINCT id) FROM naive");
        test_db_sql(db, "DROP TABLE naive");
        world_end(&world);
    }
    assert_true(doubled > 0);
}

/* --- the deadline, and people -------------------------------------------------------------------------------------------- */

static int64_t request_id;

static int agree(void)
{
    struct act act = world_act(&world, world.owner);
    struct wizard_target target = world_answer_target(&world, world.owner, request_id);
    struct decide_result result;
    const struct err *err = decide_request(&act, &target, 5, REQUEST_AGREE, &result);

    return err == NULL ? act.is_done : FAILED + (int)err->kind;
}

static int withdraw(void)
{
    struct act act = world_act(&world, world.admin);
    struct decide_result result;
    const struct err *err = withdraw_request(&act, request_id, &result);

    return err == NULL ? act.is_done : FAILED + (int)err->kind;
}

static int meet(void)
{
    struct act act = world_act(&world, act_system);
    enum deadline_outcome outcome = DEADLINE_NOTHING;

    act.now += 2 * CLOCK_SECOND;
    const struct err *err = deadline_meet(&act, request_id, &outcome);

    return err == NULL ? outcome == DEADLINE_EXPIRED : FAILED + (int)err->kind;
}

static int end_partners_request(int who)
{
    return who % 3 == 0 ? agree() : who % 3 == 1 ? withdraw() : meet();
}

static void agree_withdraw_and_deadline_make_one_end(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[MANY];

        begin();
        request_id = world_request(&world, world.admin);
        (void)world_ready_to_answer(&world, world.owner, request_id, REQUEST_AGREE, "");
        test_db_sql(db, "UPDATE disassociation_request SET deadline_at = TIMESTAMPADD(MICROSECOND, %lld, '1970-01-01')",
                    (long long)(world.now + CLOCK_SECOND));
        race(MANY, end_partners_request, what);
        assert_int_equal(count(what, MANY, 1), 1);
        assert_int_equal(count(what, MANY, 0), MANY - 1);
        assert_int_equal(world_count(&world, "disassociation_request", "state <> 'PENDING' AND version = 2"), 1);
        end();
    }
}

/* Looks whether the request is open, then ends it. */
static const struct db_statement open_naively = { "naive_open", "SELECT COUNT(*) FROM naive WHERE id = 0 LIMIT 1", "", "i" };
static const struct db_statement end_naively = { "naive_end", "DELETE FROM naive WHERE id = 0", "", "" };

static const struct err *end_work(struct db *connection, void *arg)
{
    int64_t n;

    TRY(look(&open_naively, &n));
    if (n == 0)
        return NULL;
    TRY(db_exec(connection, &end_naively, NULL));
    return db_exec(connection, &note, NULL, INT64_C(1), *(const int64_t *)arg);
}

static int end_by_naive_worker(int who)
{
    int64_t me = who;

    return db_transaction(db, DB_READ_WRITE, end_work, &me) == NULL;
}

static void naive_deadline_breaks(void **state)
{
    int broken = 0;

    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[MANY];

        begin();
        test_db_sql(db, "CREATE OR REPLACE TABLE naive (id BIGINT, who BIGINT) ENGINE = InnoDB");
        test_db_sql(db, "INSERT INTO naive VALUES (0, 0)");
        race(MANY, end_by_naive_worker, what);
        broken += world_count(&world, "naive", "id = 1") > 1;
        test_db_sql(db, "DROP TABLE naive");
        world_end(&world);
    }
    assert_true(broken > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eight_workers_share_an_outbox_without_overlap), cmocka_unit_test(naive_claim_breaks),
        cmocka_unit_test(agree_withdraw_and_deadline_make_one_end), cmocka_unit_test(naive_deadline_breaks)
    };

    if (getenv("RACE_ONLY") != NULL)
        cmocka_set_test_filter(getenv("RACE_ONLY"));
    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
