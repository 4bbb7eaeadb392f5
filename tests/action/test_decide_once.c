/* Deciding a request once, whatever the network does. */
#include "support/rows.h"
#include "support/own_world.h"

#include "base/clock.h"
#include "base/memory.h"

#include "store/store_request.h"

#include "action/decide.h"

static struct decide_result result;

static void same_form_twice_agrees_once(void **state)
{
    int64_t id = world_request(&world, world.owner), revision = world_ready_to_answer(&world, world.admin, id, REQUEST_AGREE, ""), before;
    struct act first = world_form(&world, world.admin, 3, "/requests/{no}/done"), second = first;
    struct wizard_target target = world_answer_target(&world, world.admin, id);

    (void)state;
    assert_null(decide_request(&first, &target, revision, REQUEST_AGREE, &result));
    assert_true(first.is_done);
    before = world_fingerprint(&world);
    assert_null(decide_request(&second, &target, revision, REQUEST_AGREE, &result));
    assert_true(second.is_done);
    assert_true(second.is_replay);
    assert_int_equal(result.outcome, DECIDE_DONE);
    assert_int_equal(result.request->state, REQUEST_COMPLETED);
    assert_string_equal(second.location, mem_text(world.mem, "/requests/%s/done", result.request->no));
    assert_true(world_fingerprint(&world) == before);
}

static void lost_answer_of_a_commit_is_looked_up(void **state)
{
    int64_t id = world_request(&world, world.owner), revision = world_ready_to_answer(&world, world.admin, id, REQUEST_AGREE, "");
    struct act act = world_form(&world, world.admin, 3, "/requests/{no}/done");
    struct wizard_target target = world_answer_target(&world, world.admin, id);

    (void)state;
    db_test_fail_commit(db, 1);
    assert_null(decide_request(&act, &target, revision, REQUEST_AGREE, &result));
    assert_true(act.is_done);
    assert_int_equal(result.request->state, REQUEST_COMPLETED);
}

static void commit_that_never_arrived_leaves_it_pending(void **state)
{
    int64_t id = world_request(&world, world.owner), revision = world_ready_to_answer(&world, world.admin, id, REQUEST_AGREE, "");
    struct act act = world_form(&world, world.admin, 3, "/requests/{no}/done");
    struct wizard_target target = world_answer_target(&world, world.admin, id);
    int64_t before = world_fingerprint(&world);
    const struct err *err;

    (void)state;
    db_test_fail_commit(db, 2);
    err = decide_request(&act, &target, revision, REQUEST_AGREE, &result);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_BUSY);
    assert_true(world_fingerprint(&world) == before);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(same_form_twice_agrees_once),
        TEST(lost_answer_of_a_commit_is_looked_up),
        TEST(commit_that_never_arrived_leaves_it_pending)
    };

    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
