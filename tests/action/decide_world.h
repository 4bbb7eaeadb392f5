/* decide_world.h - answers to requests, given and refused, in a world of each test's own. Included once by each program of tests. */
#ifndef TESTS_ACTION_DECIDE_WORLD_H
#define TESTS_ACTION_DECIDE_WORLD_H

#include "support/rows.h"
#include "support/own_world.h"

#include "base/clock.h"
#include "base/memory.h"

#include "store/store_request.h"

#include "action/decide.h"

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

static struct decide_result result;

static inline struct act decide_as(const struct actor *actor, int64_t request_id, int64_t revision)
{
    struct act act = world_act(&world, actor);
    struct wizard_target target = world_answer_target(&world, actor, request_id);

    assert_null(decide_request(&act, &target, revision, world_decision(&world, request_id), &result));
    return act;
}

/* Prepared and carried out; time passes in between. */
static inline void decide(const struct actor *actor, int64_t request_id, enum request_event decision, const char *text)
{
    int64_t revision;
    struct act act;

    world.now += CLOCK_MINUTE;
    revision = world_ready_to_answer(&world, actor, request_id, decision, text);
    world.now += CLOCK_MINUTE;
    act = decide_as(actor, request_id, revision);
    assert_int_equal(result.outcome, DECIDE_DONE);
    assert_true(act.is_done);
}

static inline void refused(const struct actor *actor, int64_t request_id, int64_t revision, enum decide_outcome outcome)
{
    int64_t before = world_fingerprint(&world);
    struct act act = decide_as(actor, request_id, revision);

    assert_int_equal(result.outcome, outcome);
    assert_false(act.is_done);
    assert_non_null(result.request);
    assert_true(world_fingerprint(&world) == before);
}

#endif
