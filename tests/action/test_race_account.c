/* Several owners, browsers and workers at once: what is once stays once. */
#include "support/race.h"

#include "base/clock.h"
#include "base/memory.h"

#include "action/check_watch.h"
#include "action/currency.h"
#include "action/freeze.h"
#include "action/step_up.h"
#include "action/unsubscribe.h"

static int64_t id;

static int choose(int who)
{
    static const char *const codes[] = { "USD", "EUR", "CNY", "GBP" };
    enum currency_outcome outcome;
    struct act act = world_act(&world, world.owner);
    const struct err *err = set_currency(&act, codes[who], &outcome);

    return err == NULL ? (int)outcome : FAILED + (int)err->kind;
}

static void of_four_currencies_one_is_set(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[4], set = 0;

        begin();
        world_currency(&world, world.customer, NULL);
        race(4, choose, what);
        for (int i = 0; i < 4; i++) {
            assert_true(what[i] == CURRENCY_DONE || what[i] == CURRENCY_ALREADY);
            set += what[i] == CURRENCY_DONE;
        }
        assert_int_equal(set, 1);
        assert_int_equal(world_count(&world, "operation_log", "operation = 'CURRENCY_SET'"), 1);
        end();
    }
}

static int unsubscribe_or_freeze(int who)
{
    enum unsubscribe_outcome outcome;
    struct freeze_result frozen;
    struct act act = world_act(&world, who == 0 ? world.owner : world.admin);
    const struct err *err = who == 0 ? unsubscribe(&act, id, NULL, &outcome)
        : freeze_customer(&act, world.association, FREEZE_ACCOUNT_AND_RESOURCES, "late", &frozen);

    if (err != NULL)
        return FAILED + (int)err->kind;
    return who == 0 ? (int)outcome : (int)frozen.outcome;
}

/* Whichever is first: nothing is ended after the freeze was written. */
static void nothing_is_unsubscribed_under_a_freeze_of_resources(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[2];

        begin();
        world_commitment(&world, world.customer, COMMITMENT_RI, world.now + CLOCK_DAY);
        id = test_db_number(db, "SELECT MAX(id) FROM commitment");
        race(2, unsubscribe_or_freeze, what);
        assert_true(what[0] == UNSUBSCRIBE_DONE || what[0] == UNSUBSCRIBE_FROZEN);
        assert_int_equal(what[1], FREEZE_DONE);
        assert_int_equal(world_count(&world, "commitment", "status = 'VALID'"), what[0] == UNSUBSCRIBE_DONE ? 0 : 1);
        if (what[0] == UNSUBSCRIBE_DONE)
            assert_int_equal(world_count(&world, "operation_log u JOIN operation_log f ON f.chain_id = u.chain_id",
                                         "u.operation = 'UNSUBSCRIBED' AND f.operation = 'FROZEN' AND f.seq < u.seq"), 0);
        end();
    }
}

static int look_at_it(int who)
{
    struct act act = world_act(&world, act_system);
    bool told = false;
    const struct err *err = look_at_watch(&act, id, &told);

    (void)who;
    return err == NULL ? (int)told : FAILED + (int)err->kind;
}

static void of_four_workers_one_tells(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        enum watch_outcome outcome;
        int what[4], told = 0;

        begin();
        world_currency(&world, world.customer, NULL);
        struct act act = world_act(&world, world.owner);
        assert_null(watch_checks(&act, &outcome));
        world_currency(&world, world.customer, "USD");
        id = test_db_number(db, "SELECT MAX(id) FROM check_watch");
        race(4, look_at_it, what);
        for (int i = 0; i < 4; i++) {
            assert_true(what[i] == 0 || what[i] == 1);
            told += what[i];
        }
        assert_int_equal(told, 1);
        assert_int_equal(world_count(&world, "notification", "kind = 'CHECKS_PASS'"), 1);
        end();
    }
}

/* Each proves itself by a form of the same session: `shared` is sent by all, else each sends one of its own. */
static bool shared;

static int step_up_at_once(int who)
{
    struct step_up result = {.agent = "test", .old_token = "cookie"};
    struct act act = world_form(&world, world.admin, shared ? 0 : who, NULL);
    const struct err *err = step_up(&act, "correct horse battery", "", &result);

    if (err != NULL && err->kind != ERR_SIGNED_OUT)
        print_message("# %s %d %s: %s\n", err_kind_name(err->kind), err->code, err->where, err->what);
    if (err != NULL)
        return FAILED + (int)err->kind;
    return result.outcome != STEP_UP_DONE ? (int)result.outcome
        : 1000 + (int)test_db_number(db, "SELECT id FROM session WHERE token_hash = UNHEX(SHA2('%s', 256)) LIMIT 1", result.token);
}

static void a_session_is_followed_by_one(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[3], led = 0;

        begin();
        shared = round % 2 == 0;
        world_password(&world, world.admin, "correct horse battery");
        race(3, step_up_at_once, what);
        const int64_t id = test_db_number(db, "SELECT MAX(id) FROM session WHERE user_id = %lld", (long long)world.admin->user_id);
        for (int i = 0; i < 3; i++) {
            if (what[i] != 1000 + (int)id && (shared || what[i] != FAILED + ERR_SIGNED_OUT))
                fail_msg("round %d, %s, led to session %d: one came to %d", round, shared ? "one form" : "a form each", (int)id, what[i]);
            led += what[i] == 1000 + (int)id;
        }
        assert_int_equal(led, shared ? 3 : 1);
        assert_int_equal(world_count(&world, "session", "user_id = %lld", (long long)world.admin->user_id), 2);
        assert_int_equal(world_count(&world, "session", "successor_id = %lld", (long long)id), 1);
        end();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_four_currencies_one_is_set), cmocka_unit_test(nothing_is_unsubscribed_under_a_freeze_of_resources),
        cmocka_unit_test(of_four_workers_one_tells), cmocka_unit_test(a_session_is_followed_by_one),
    };

    if (getenv("RACE_ONLY") != NULL)
        cmocka_set_test_filter(getenv("RACE_ONLY"));
    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
