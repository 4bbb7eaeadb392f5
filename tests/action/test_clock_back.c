/* A clock that was set back, or is behind that of the host where the thing began: what ends is not before its beginning, and what was
 * allowed is done. */
#include "support/rows.h"

#include "action/deadline.h"
#include "action/decide.h"
#include "action/desk_close.h"
#include "action/freeze.h"
#include "action/ops_decide.h"
#include "action/ops_freeze.h"
#include "action/submit.h"
#include "base/clock.h"
#include "support/test_db.h"
#include "support/test_world.h"

#define BACK (20 * CLOCK_MINUTE)
#define CUSTOMER "C-100000"

static struct world world;

static int begin(void **state)
{
    static struct db *db;

    (void)state;
    if (db == NULL)
        db = test_db_open(NULL);
    world_begin(&world, db);
    return 0;
}

static int end(void **state)
{
    (void)state;
    assert_int_equal(world_faults(&world), 0);
    assert_int_equal(world_count(&world, "disassociation_request", "decided_at < submitted_at OR escalated_at < submitted_at OR "
                                 "decided_at < escalated_at OR result_seen_at < decided_at"), 0);
    assert_int_equal(world_count(&world, "operation_log l JOIN operation_log m ON m.chain_id = l.chain_id AND m.seq = l.seq + 1",
                                 "m.at < l.at"), 0);
    world_end(&world);
    return 0;
}

static struct act act_before(const struct actor *actor)
{
    struct act act = world_act(&world, actor);

    act.now -= BACK;
    return act;
}

static void request_is_withdrawn_and_its_end_is_seen(void **state)
{
    const int64_t id = world_request(&world, world.owner);
    struct act act = act_before(world.owner), see = act_before(world.owner);
    struct decide_result result;

    (void)state;
    assert_null(withdraw_request(&act, id, &result));
    assert_true(act.is_done);
    assert_null(see_result(&see, id));
    assert_true(see.is_done);
}

static void code_proven_ahead_lets_the_request_through(void **state)
{
    const struct wizard_target target = world_submit_target(&world, world.owner);
    const int64_t revision = world_ready_to_submit(&world, world.owner);
    struct act act = act_before(world.owner);
    struct submit_result result;

    (void)state;
    assert_null(submit_request(&act, &target, revision, NULL, &result));
    assert_true(act.is_done);
    assert_int_equal(world_count(&world, "verification_code", "state = 'USED' AND used_at >= proven_at"), 1);
}

static void request_is_sent_in_an_association_that_is_new(void **state)
{
    const struct wizard_target target = world_submit_target(&world, world.owner);
    const int64_t revision = world_ready_to_submit(&world, world.owner);
    struct act act = act_before(world.owner);
    struct submit_result result;

    (void)state;
    test_db_sql(world.db, "UPDATE association SET associated_at = TIMESTAMPADD(MICROSECOND, %lld, '1970-01-01')", (long long)world.now);
    assert_null(submit_request(&act, &target, revision, NULL, &result));
    assert_true(act.is_done);
    assert_int_equal(world_count(&world, "disassociation_request r JOIN association a ON a.id = r.association_id",
                                 "r.submitted_at >= a.associated_at"), 1);
}

static void account_with_an_open_request_is_closed(void **state)
{
    struct act act = act_before(world.ops);
    struct desk_account *account = NULL;
    enum desk_outcome outcome;
    size_t ended = 0;

    (void)state;
    (void)world_request(&world, world.owner);
    assert_null(desk_account_load(world.db, world.mem, CUSTOMER, &account));
    const struct desk_closing asked = {
        .account_no = CUSTOMER, .seen = desk_close_seen(world.mem, account), .typed_name = "Acme GmbH", .reason = "asked for in writing"};
    assert_null(desk_close(&act, &asked, &outcome, &ended));
    assert_true(act.is_done);
    assert_int_equal(world_count(&world, "association a JOIN disassociation_request r ON r.association_id = a.id",
                                 "a.ended_at >= r.submitted_at AND r.state = 'CANCELLED'"), 1);
}

static void request_is_agreed(void **state)
{
    const int64_t id = world_request(&world, world.owner);
    const struct wizard_target target = world_answer_target(&world, world.admin, id);
    const int64_t revision = world_ready_to_answer(&world, world.admin, id, REQUEST_AGREE, "");
    struct act act = act_before(world.admin);
    struct decide_result result;

    (void)state;
    assert_null(decide_request(&act, &target, revision, REQUEST_AGREE, &result));
    assert_true(act.is_done);
    assert_int_equal(world_count(&world, "association a JOIN disassociation_request r ON r.id = a.ended_by_request",
                                 "a.ended_at = r.decided_at"), 1);
}

static void association_ends_after_its_last_request(void **state)
{
    const int64_t before = world_request(&world, world.owner);
    struct act withdraws = world_act(&world, world.owner), act;
    struct decide_result result;

    (void)state;
    assert_null(withdraw_request(&withdraws, before, &result));
    world.now -= BACK;
    const int64_t id = world_request(&world, world.owner);
    const struct wizard_target target = world_answer_target(&world, world.admin, id);
    const int64_t revision = world_ready_to_answer(&world, world.admin, id, REQUEST_AGREE, "");
    act = world_act(&world, world.admin);
    assert_null(decide_request(&act, &target, revision, REQUEST_AGREE, &result));
    assert_true(act.is_done);
    assert_int_equal(world_count(&world, "association a JOIN disassociation_request r ON r.association_id = a.id",
                                 "a.ended_at < r.submitted_at"), 0);
    assert_int_equal(world_count(&world, "association", "status = 'ENDED'"), 1);
}

static void escalated_request_is_decided_by_the_platform(void **state)
{
    const int64_t id = world_request(&world, world.owner);
    struct act act = world_act(&world, world.ops), worker = world_act(&world, act_system);
    enum deadline_outcome outcome = DEADLINE_NOTHING;
    struct ops_result result;

    (void)state;
    worker.now += 10 * CLOCK_DAY;
    assert_null(deadline_meet(&worker, id, &outcome));
    assert_int_equal(outcome, DEADLINE_ESCALATED);
    assert_null(ops_decide(&act, id, REQUEST_DISMISS, "as agreed", &result));
    assert_true(act.is_done);
}

static void freeze_is_lifted(void **state)
{
    struct act freezes = world_act(&world, world.admin), lifts = act_before(world.admin);
    struct freeze_result result;

    (void)state;
    assert_null(freeze_customer(&freezes, world.association, FREEZE_ACCOUNT, "unpaid", &result));
    assert_true(freezes.is_done);
    assert_null(unfreeze_customer(&lifts, world.association, FREEZE_ACCOUNT, "paid", &result));
    assert_true(lifts.is_done);
    assert_int_equal(world_count(&world, "freeze", "lifted_at >= at"), 1);
}

static void freeze_by_the_platform_is_lifted(void **state)
{
    struct act act = act_before(world.ops);
    struct ops_freeze_result result;

    (void)state;
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    test_db_sql(world.db, "UPDATE freeze SET at = TIMESTAMPADD(MICROSECOND, %lld, '1970-01-01')", (long long)world.now);
    assert_null(ops_unfreeze(&act, test_db_number(world.db, "SELECT MAX(id) FROM freeze LIMIT 1"), FREEZE_ACCOUNT, "cleared", &result));
    assert_true(act.is_done);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(request_is_withdrawn_and_its_end_is_seen), TEST(code_proven_ahead_lets_the_request_through),
        TEST(request_is_sent_in_an_association_that_is_new), TEST(account_with_an_open_request_is_closed),
        TEST(request_is_agreed), TEST(association_ends_after_its_last_request),
        TEST(escalated_request_is_decided_by_the_platform),
        TEST(freeze_is_lifted), TEST(freeze_by_the_platform_is_lifted)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
