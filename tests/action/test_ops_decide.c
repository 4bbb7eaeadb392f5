/* The platform's answer to what was passed to it. */
#include "support/rows.h"
#include "support/own_world.h"

#include "action/deadline.h"
#include "action/decide.h"
#include "action/ops_decide.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/store_request.h"

#define NOTE "Both sides were called and agree."

static int64_t request_id;
static struct ops_result result;

/* A customer's request that is with the platform. */
static int begin(void **state)
{
    (void)setup(state);
    request_id = world_request(&world, world.owner);
    world.now += 10 * CLOCK_DAY;
    struct act act = world_act(&world, act_system);
    enum deadline_outcome outcome;
    return deadline_meet(&act, request_id, &outcome) == NULL && outcome == DEADLINE_ESCALATED ? 0 : -1;
}

static const struct err *decide_as(const struct actor *actor, enum request_event event, const char *note)
{
    struct act act = world_act(&world, actor);
    const struct err *err = ops_decide(&act, request_id, event, note, &result);
    if (err == NULL)
        assert_int_equal(act.is_done, result.outcome == OPS_DONE);
    return err;
}

static enum ops_outcome decide(enum request_event event, const char *note)
{
    assert_null(decide_as(world.ops, event, note));
    return result.outcome;
}

static int64_t told(int64_t account_id, const char *kind, const char *action)
{
    return world_count(&world, "notification", "account_id = %lld AND kind = '%s' AND details LIKE '%%\"action\":\"%s\"%%' "
                       "AND details LIKE '%%" NOTE "%%'", L(account_id), kind, action);
}

static void changes_nothing(enum request_event event, const char *note, enum ops_outcome outcome)
{
    const int64_t before = world_fingerprint(&world);
    assert_int_equal(decide(event, note), outcome);
    assert_true(world_fingerprint(&world) == before);
}

static void completing_ends_the_association_with_all_its_effects(void **state)
{
    (void)state;
    assert_int_equal(decide(REQUEST_COMPLETE, NOTE), OPS_DONE);
    assert_int_equal(result.request->state, REQUEST_COMPLETED);
    assert_int_equal(result.request->decided_by, SIDE_PLATFORM);
    assert_string_equal(result.request->decided_by_name, "Otto Ops");
    assert_string_equal(result.request->decision_text, NOTE);
    assert_int_equal(world_count(&world, "association", "status = 'ENDED' AND ended_by_request = %lld", L(request_id)), 1);
    assert_int_equal(world_count(&world, "account", "id = %lld AND billing_mode = 'DIRECT'", L(world.customer)), 1);
    assert_int_equal(world_count(&world, "task", "account_id = %lld AND done_at IS NULL", L(world.customer)), 3);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'REQUEST_COMPLETED' AND initiated_by = 'PLATFORM' "
                                 "AND user_id = %lld AND result = 'COMPLETED' AND remark = '" NOTE "'", L(world.ops->user_id)), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'DISASSOCIATED' AND initiated_by = 'PLATFORM'"), 1);
    assert_int_equal(told(world.customer, "REQUEST_AGREED", "COMPLETE"), 1);
    assert_int_equal(told(world.partner, "REQUEST_AGREED", "COMPLETE"), 1);
}

static void rejecting_leaves_the_association_and_tells_both(void **state)
{
    (void)state;
    assert_int_equal(decide(REQUEST_DISMISS, NOTE), OPS_DONE);
    assert_int_equal(result.request->state, REQUEST_REJECTED);
    assert_int_equal(world_count(&world, "association", "status = 'ACTIVE'"), 1);
    assert_int_equal(world_count(&world, "quota_slot", "request_id = %lld", L(request_id)), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'REQUEST_DISMISSED' AND initiated_by = 'PLATFORM' "
                                 "AND result = 'REJECTED'"), 1);
    assert_int_equal(told(world.customer, "REQUEST_REJECTED", "DISMISS"), 1);
    assert_int_equal(told(world.partner, "REQUEST_REJECTED", "DISMISS"), 1);
}

static void failed_checks_stop_completing_not_rejecting(void **state)
{
    (void)state;
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_BUDGET);
    changes_nothing(REQUEST_COMPLETE, NOTE, OPS_CHECKS_FAILED);
    assert_int_equal(result.check->report.blocking, 1);
    assert_int_equal(decide(REQUEST_DISMISS, NOTE), OPS_DONE);
}

static void completing_works_once_the_freeze_is_lifted(void **state)
{
    (void)state;
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_BUDGET);
    assert_int_equal(decide(REQUEST_COMPLETE, NOTE), OPS_CHECKS_FAILED);
    world_unfreeze(&world, world.customer);
    assert_int_equal(decide(REQUEST_COMPLETE, NOTE), OPS_DONE);
}

static void a_frozen_partner_does_not_stop_the_platform(void **state)
{
    (void)state;
    world_freeze(&world, world.partner, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    assert_int_equal(decide(REQUEST_COMPLETE, NOTE), OPS_DONE);
}

static void each_decision_needs_a_note(void **state)
{
    char *long_note = talloc_zero_size(world.mem, OPS_NOTE_MAX_POINTS + 2);
    (void)state;
    memset(long_note, 'x', OPS_NOTE_MAX_POINTS + 1);
    changes_nothing(REQUEST_COMPLETE, "", OPS_NO_NOTE);
    changes_nothing(REQUEST_DISMISS, "", OPS_NO_NOTE);
    changes_nothing(REQUEST_COMPLETE, long_note, OPS_NO_NOTE);
    long_note[OPS_NOTE_MAX_POINTS] = '\0';
    assert_int_equal(decide(REQUEST_COMPLETE, long_note), OPS_DONE);
}

static void only_once(void **state)
{
    (void)state;
    assert_int_equal(decide(REQUEST_DISMISS, NOTE), OPS_DONE);
    changes_nothing(REQUEST_COMPLETE, NOTE, OPS_ALREADY);
    assert_int_equal(result.request->state, REQUEST_REJECTED);
}

static void same_form_twice_is_one_decision(void **state)
{
    struct act first = world_form(&world, world.ops, 1, "/escalations/{no}");
    struct act again = world_form(&world, world.ops, 1, "/escalations/{no}");
    (void)state;
    assert_null(ops_decide(&first, request_id, REQUEST_COMPLETE, NOTE, &result));
    assert_null(ops_decide(&again, request_id, REQUEST_COMPLETE, NOTE, &result));
    assert_true(first.is_done && again.is_done && again.is_replay);
    assert_string_equal(first.location, again.location);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'REQUEST_COMPLETED'"), 1);
}

static void partner_may_still_answer_and_the_platform_is_then_too_late(void **state)
{
    (void)state;
    struct wizard_target target = world_answer_target(&world, world.admin, request_id);
    const int64_t revision = world_ready_to_answer(&world, world.admin, request_id, REQUEST_AGREE, "");
    struct act act = world_act(&world, world.admin);
    struct decide_result decided;
    assert_null(decide_request(&act, &target, revision, REQUEST_AGREE, &decided));
    assert_true(act.is_done);
    changes_nothing(REQUEST_DISMISS, NOTE, OPS_ALREADY);
}

static void the_platform_has_no_other_decisions(void **state)
{
    (void)state;
    const struct err *err = decide_as(world.ops, REQUEST_AGREE, NOTE);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_BUG);
}

static void what_was_not_passed_to_it_is_not_the_platforms_to_decide(void **state)
{
    (void)state;
    struct act act = world_act(&world, world.owner);
    struct decide_result decided;
    assert_null(withdraw_request(&act, request_id, &decided));
    request_id = world_request(&world, world.owner);
    changes_nothing(REQUEST_COMPLETE, NOTE, OPS_NOT_ESCALATED);
    changes_nothing(REQUEST_DISMISS, NOTE, OPS_NOT_ESCALATED);
    assert_null(withdraw_request(&act, request_id, &decided));
    request_id = world_request(&world, world.admin);
    changes_nothing(REQUEST_COMPLETE, NOTE, OPS_NOT_ESCALATED);
}

static void an_unknown_request_is_missing(void **state)
{
    (void)state;
    request_id = 4711;
    const struct err *err = decide_as(world.ops, REQUEST_COMPLETE, NOTE);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_MISSING);
}

/* --- who may not --- */

static const struct { const char *claim; enum role role; } strangers[] = {
    {"owner_cannot_decide_for_the_platform", ROLE_OWNER}, {"viewer_cannot_decide_for_the_platform", ROLE_VIEWER},
    {"admin_cannot_decide_for_the_platform", ROLE_ADMIN}, {"manager_cannot_decide_for_the_platform", ROLE_MANAGER},
    {"auditor_cannot_decide_for_the_platform", ROLE_AUDITOR}, {"the_system_cannot_decide_for_the_platform", (enum role)0},
};

static const struct actor *actor_of(enum role role)
{
    switch (role) {
    case ROLE_OWNER: return world.owner;
    case ROLE_VIEWER: return world.viewer;
    case ROLE_ADMIN: return world.admin;
    case ROLE_MANAGER: return world.manager;
    case ROLE_AUDITOR: return world_user(&world, world.ops->account_id, ROLE_AUDITOR, "Audrey Auditor");
    default: return act_system;
    }
}

static void others_cannot(void **state)
{
    const enum role role = ((const struct { const char *claim; enum role role; } *)*state)->role;
    (void)begin(NULL);
    const struct actor *actor = actor_of(role);
    const int64_t before = world_fingerprint(&world);
    const struct err *err = decide_as(actor, REQUEST_COMPLETE, NOTE);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_DENIED);
    assert_true(world_fingerprint(&world) == before);
    (void)teardown(NULL);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, teardown)

int main(void)
{
    static struct rows rows;
    const struct CMUnitTest tests[] = {
        TEST(completing_ends_the_association_with_all_its_effects),
        TEST(rejecting_leaves_the_association_and_tells_both),
        TEST(failed_checks_stop_completing_not_rejecting),
        TEST(completing_works_once_the_freeze_is_lifted),
        TEST(a_frozen_partner_does_not_stop_the_platform),
        TEST(each_decision_needs_a_note),
        TEST(only_once),
        TEST(same_form_twice_is_one_decision),
        TEST(partner_may_still_answer_and_the_platform_is_then_too_late),
        TEST(the_platform_has_no_other_decisions),
        TEST(what_was_not_passed_to_it_is_not_the_platforms_to_decide),
        TEST(an_unknown_request_is_missing),
    };
    db = test_db_open(NULL);
    memcpy(rows.tests, tests, sizeof tests);
    rows.n = sizeof tests / sizeof tests[0];
    ROWS_TABLE(&rows, others_cannot, strangers);
    return ROWS_RUN(&rows);
}
