#include "support/rows.h"
#include "support/own_world.h"

#include "base/clock.h"
#include "base/memory.h"

#include "store/store_request.h"

#include "action/decide.h"

static struct decide_result result;

static struct act withdraw_as(const struct actor *actor, int64_t request_id)
{
    struct act act = world_act(&world, actor);

    world.now += CLOCK_MINUTE;
    act.now = world.now;
    assert_null(withdraw_request(&act, request_id, &result));
    return act;
}

static void refused(const struct actor *actor, int64_t request_id, enum decide_outcome outcome)
{
    int64_t before = world_fingerprint(&world);
    struct act act = withdraw_as(actor, request_id);

    assert_int_equal(result.outcome, outcome);
    assert_false(act.is_done);
    assert_true(world_fingerprint(&world) == before);
}

static void reject(int64_t request_id)
{
    struct wizard_target target = world_answer_target(&world, world.admin, request_id);
    int64_t revision = world_ready_to_answer(&world, world.admin, request_id, REQUEST_REJECT, "no");
    struct act act;

    world.now += CLOCK_MINUTE;
    act = world_act(&world, world.admin);
    assert_null(decide_request(&act, &target, revision, REQUEST_REJECT, &result));
    assert_true(act.is_done);
}

/* --- withdrawing ------------------------------------------------------------------------------------------------------ */

static void initiator_withdraws_without_a_code(void **state)
{
    int64_t id = world_request(&world, world.owner);
    struct act act;

    (void)state;
    (void)world_ready_to_answer(&world, world.admin, id, REQUEST_AGREE, "");
    act = withdraw_as(world.owner, id);
    assert_true(act.is_done);
    assert_int_equal(result.outcome, DECIDE_DONE);
    assert_int_equal(result.request->state, REQUEST_WITHDRAWN);
    assert_int_equal(result.request->version, 2);
    assert_int_equal(world_count(&world, "association", "status = 'ACTIVE'"), 1);
    assert_int_equal(world_count(&world, "wizard", "purpose = 'ANSWER' AND state = 'CLOSED'"), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'REQUEST_WITHDRAWN' AND from_state = 'PENDING' AND to_state = "
                                 "'WITHDRAWN' AND result = 'WITHDRAWN'"), 1);
    assert_int_equal(world_count(&world, "notification", "kind = 'REQUEST_WITHDRAWN'"), 2);
}

static void withdrawn_request_still_counts(void **state)
{
    int64_t id = world_request(&world, world.owner);

    (void)state;
    (void)withdraw_as(world.owner, id);
    assert_int_equal(world_count(&world, "quota_slot", "request_id = %lld AND frees_at IS NOT NULL", (long long)id), 1);
}

static void colleague_of_the_initiator_withdraws(void **state)
{
    int64_t id = world_request(&world, world.owner);

    (void)state;
    (void)withdraw_as(world_user(&world, world.customer, ROLE_OWNER, "Carla Colleague"), id);
    assert_int_equal(result.outcome, DECIDE_DONE);
    assert_string_equal(result.request->decided_by_name, "Carla Colleague");
}

static void another_request_can_be_sent_after_it(void **state)
{
    int64_t id = world_request(&world, world.owner);

    (void)state;
    (void)withdraw_as(world.owner, id);
    assert_true(world_request(&world, world.owner) != id);
}

static void other_side_cannot_withdraw(void **state)
{
    (void)state;
    refused(world.admin, world_request(&world, world.owner), DECIDE_NOT_YOURS);
}

static void answered_request_cannot_be_withdrawn(void **state)
{
    int64_t id = world_request(&world, world.owner);

    (void)state;
    reject(id);
    refused(world.owner, id, DECIDE_ALREADY);
    assert_string_equal(result.request->decided_by_name, "Ada Admin");
    assert_int_equal(result.request->state, REQUEST_REJECTED);
}

static void withdrawing_twice_is_refused(void **state)
{
    int64_t id = world_request(&world, world.owner);

    (void)state;
    (void)withdraw_as(world.owner, id);
    refused(world.owner, id, DECIDE_ALREADY);
}

static void same_form_twice_withdraws_once(void **state)
{
    int64_t id = world_request(&world, world.owner), before;
    struct act first = world_form(&world, world.owner, 1, "/my-partner"), second = first;

    (void)state;
    assert_null(withdraw_request(&first, id, &result));
    before = world_fingerprint(&world);
    assert_null(withdraw_request(&second, id, &result));
    assert_true(second.is_replay);
    assert_int_equal(result.request->state, REQUEST_WITHDRAWN);
    assert_true(world_fingerprint(&world) == before);
}

static void viewer_cannot_withdraw_and_strangers_find_nothing(void **state)
{
    int64_t id = world_request(&world, world.owner);
    struct act viewer = world_act(&world, world.viewer);
    struct act stranger = world_act(&world, world_user(&world, world_account(&world, ACCOUNT_CUSTOMER, "Other"), ROLE_OWNER, "S"));
    const struct err *err;

    (void)state;
    err = withdraw_request(&viewer, id, &result);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_DENIED);
    err = withdraw_request(&stranger, id, &result);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_MISSING);
    assert_int_equal(world_count(&world, "disassociation_request", "state = 'PENDING'"), 1);
}

/* --- the result --------------------------------------------------------------------------------------------------------- */

static struct request *unseen(enum side initiator)
{
    struct request *request;

    assert_null(request_unseen_result(db, world.mem, world.association, initiator, &request));
    return request;
}

static void result_is_unseen_until_the_initiator_marks_it(void **state)
{
    int64_t id = world_request(&world, world.owner);
    struct act act = world_act(&world, world.owner);

    (void)state;
    assert_null(unseen(SIDE_CUSTOMER));
    reject(id);
    assert_non_null(unseen(SIDE_CUSTOMER));
    assert_null(unseen(SIDE_PARTNER));
    assert_null(see_result(&act, id));
    assert_true(act.is_done);
    assert_null(unseen(SIDE_CUSTOMER));
}

static void other_side_does_not_mark_it(void **state)
{
    int64_t id = world_request(&world, world.owner);
    struct act act = world_act(&world, world.admin);

    (void)state;
    reject(id);
    assert_null(see_result(&act, id));
    assert_false(act.is_done);
    assert_non_null(unseen(SIDE_CUSTOMER));
}

static void pending_request_has_no_result_to_mark(void **state)
{
    int64_t id = world_request(&world, world.owner);
    struct act act = world_act(&world, world.owner);

    (void)state;
    assert_null(see_result(&act, id));
    assert_false(act.is_done);
    assert_int_equal(world_count(&world, "disassociation_request", "result_seen_at IS NULL"), 1);
}

/* --- asking to unfreeze -------------------------------------------------------------------------------------------------- */

static bool ask(const struct actor *actor)
{
    struct act act = world_act(&world, actor);
    bool asked;

    assert_null(ask_unfreeze(&act, world.association, &asked));
    return asked;
}

static void partner_is_asked_once_while_it_is_open(void **state)
{
    (void)state;
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    assert_true(ask(world.owner));
    assert_false(ask(world.owner));
    assert_int_equal(world_count(&world, "task", "kind = 'UNFREEZE' AND account_id = %lld AND done_at IS NULL",
                                 (long long)world.partner), 1);
    assert_int_equal(world_count(&world, "notification", "kind = 'UNFREEZE_ASKED' AND account_id = %lld", (long long)world.partner), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'UNFREEZE_ASKED'"), 1);
}

static void nobody_asks_for_what_is_not_frozen_by_the_partner(void **state)
{
    int64_t before = world_fingerprint(&world);

    (void)state;
    assert_false(ask(world.owner));
    assert_true(world_fingerprint(&world) == before);
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    before = world_fingerprint(&world);
    assert_false(ask(world.owner));
    assert_true(world_fingerprint(&world) == before);
}

static void only_the_owner_asks(void **state)
{
    struct act viewer = world_act(&world, world.viewer), partner = world_act(&world, world.admin);
    const struct err *err;
    bool asked;

    (void)state;
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    err = ask_unfreeze(&viewer, world.association, &asked);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_DENIED);
    err = ask_unfreeze(&partner, world.association, &asked);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_MISSING);
    assert_int_equal(world_count(&world, "task", "1 = 1"), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(initiator_withdraws_without_a_code), TEST(withdrawn_request_still_counts), TEST(colleague_of_the_initiator_withdraws),
        TEST(another_request_can_be_sent_after_it), TEST(other_side_cannot_withdraw), TEST(answered_request_cannot_be_withdrawn),
        TEST(withdrawing_twice_is_refused), TEST(same_form_twice_withdraws_once),
        TEST(viewer_cannot_withdraw_and_strangers_find_nothing), TEST(result_is_unseen_until_the_initiator_marks_it),
        TEST(other_side_does_not_mark_it), TEST(pending_request_has_no_result_to_mark), TEST(partner_is_asked_once_while_it_is_open),
        TEST(nobody_asks_for_what_is_not_frozen_by_the_partner), TEST(only_the_owner_asks)
    };

    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
