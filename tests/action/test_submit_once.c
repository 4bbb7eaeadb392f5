/* Sending a request once, whatever the network does. */
#include "support/rows.h"
#include "support/own_world.h"

#include "base/clock.h"
#include "base/memory.h"

#include "store/store_request.h"

#include "action/decide.h"
#include "action/submit.h"

static struct submit_result result;

static void same_form_twice_gives_the_same_answer(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner), before;
    struct act first = world_form(&world, world.owner, 7, "/done/{no}"), second = world_form(&world, world.owner, 7, "/done/{no}");
    struct wizard_target target = world_submit_target(&world, world.owner);

    (void)state;
    assert_null(submit_request(&first, &target, revision, NULL, &result));
    assert_true(first.is_done);
    before = world_fingerprint(&world);
    assert_null(submit_request(&second, &target, revision, NULL, &result));
    assert_true(second.is_done);
    assert_true(second.is_replay);
    assert_int_equal(result.outcome, SUBMIT_DONE);
    assert_string_equal(second.location, first.location);
    assert_true(world_fingerprint(&world) == before);
}

static void same_form_with_another_body_gives_the_first_answer(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner), before;
    struct act first = world_form(&world, world.owner, 7, "/done/{no}"), second = world_form(&world, world.owner, 7, "/else/{no}");
    struct wizard_target target = world_submit_target(&world, world.owner);

    (void)state;
    assert_null(submit_request(&first, &target, revision, NULL, &result));
    before = world_fingerprint(&world);
    assert_null(submit_request(&second, &target, revision + 40, NULL, &result));
    assert_true(second.is_replay);
    assert_string_equal(second.location, first.location);
    assert_true(world_fingerprint(&world) == before);
}

static void refused_form_may_be_sent_again(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner);
    struct act first = world_form(&world, world.owner, 7, "/done/{no}"), second = world_form(&world, world.owner, 7, "/done/{no}");
    struct wizard_target target = world_submit_target(&world, world.owner);

    (void)state;
    world_currency(&world, world.customer, NULL);
    assert_null(submit_request(&first, &target, revision, NULL, &result));
    assert_int_equal(result.outcome, SUBMIT_CHECKS_FAILED);
    assert_string_equal(first.location, "/done/{no}");
    world_currency(&world, world.customer, "EUR");
    assert_null(submit_request(&second, &target, revision, NULL, &result));
    assert_true(second.is_done);
    assert_false(second.is_replay);
}

static void lost_answer_of_a_commit_is_looked_up(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner);
    struct act act = world_form(&world, world.owner, 7, "/done/{no}");
    struct wizard_target target = world_submit_target(&world, world.owner);

    (void)state;
    db_test_fail_commit(db, 1);
    assert_null(submit_request(&act, &target, revision, NULL, &result));
    assert_true(act.is_done);
    assert_int_equal(result.outcome, SUBMIT_DONE);
    assert_string_equal(act.location, mem_text(world.mem, "/done/%s", result.request_no));
    assert_int_equal(world_count(&world, "disassociation_request", "state = 'PENDING'"), 1);
}

static void commit_that_never_arrived_changes_nothing(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner), before = world_fingerprint(&world);
    struct act act = world_form(&world, world.owner, 7, "/done/{no}"), again = world_form(&world, world.owner, 7, "/done/{no}");
    struct wizard_target target = world_submit_target(&world, world.owner);
    const struct err *err;

    (void)state;
    db_test_fail_commit(db, 2);
    err = submit_request(&act, &target, revision, NULL, &result);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_BUSY);
    assert_false(act.is_done);
    assert_true(world_fingerprint(&world) == before);
    assert_null(submit_request(&again, &target, revision, NULL, &result));
    assert_true(again.is_done);
    assert_false(again.is_replay);
}

static void without_a_key_an_uncertain_commit_stays_uncertain(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner);
    struct act act = world_act(&world, world.owner);
    struct wizard_target target = world_submit_target(&world, world.owner);
    const struct err *err;

    (void)state;
    db_test_fail_commit(db, 1);
    err = submit_request(&act, &target, revision, NULL, &result);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_UNCERTAIN);
    assert_false(act.is_done);
    assert_null(db_ready(db, world.now));
}

/* Whoever freezes the partner bumps its version; a customer's request does not depend on it. */
static void only_the_partners_request_takes_the_partners_version(void **state)
{
    const struct actor *who[] = { world.owner, world.admin };

    (void)state;
    for (int i = 0; i < 2; i++) {
        int64_t revision = world_ready_to_submit(&world, who[i]);
        int64_t before = test_db_number(db, "SELECT version FROM account WHERE id = %lld", (long long)world.partner);
        struct act act = world_act(&world, who[i]);
        struct wizard_target target = world_submit_target(&world, who[i]);
        struct decide_result withdrawn;

        assert_null(submit_request(&act, &target, revision, NULL, &result));
        assert_true(act.is_done);
        assert_int_equal(test_db_number(db, "SELECT version FROM account WHERE id = %lld", (long long)world.partner), before + i);
        act = world_act(&world, who[i]);
        assert_null(withdraw_request(&act, test_db_number(db, "SELECT MAX(id) FROM disassociation_request LIMIT 1"), &withdrawn));
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(same_form_twice_gives_the_same_answer),
        TEST(same_form_with_another_body_gives_the_first_answer),
        TEST(refused_form_may_be_sent_again),
        TEST(lost_answer_of_a_commit_is_looked_up),
        TEST(commit_that_never_arrived_changes_nothing),
        TEST(without_a_key_an_uncertain_commit_stays_uncertain),
        TEST(only_the_partners_request_takes_the_partners_version)
    };

    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
