/* resource_world.h - a customer without a partner and its resource that is to be paid for. Included once by each program of tests. */
#ifndef TESTS_ACTION_RESOURCE_WORLD_H
#define TESTS_ACTION_RESOURCE_WORLD_H

#include "support/rows.h"
#include "support/own_world.h"

#include "base/clock.h"
#include "base/memory.h"

#include "action/resource_life.h"
#include "store/store_association.h"
#include "store/store_resource.h"

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup_due, teardown)

static int64_t due, id;

#include "support/resources.h"

static inline int setup_due(void **state)
{
    (void)setup(state);
    leave();
    due = world.now + 10 * CLOCK_DAY;
    id = resource_of(world.customer, "Web server", due);
    return 0;
}

static inline bool step_at(int64_t at)
{
    struct act act = world_act(&world, act_system);
    bool stepped = true;
    act.now = at;
    assert_null(resource_step(&act, id, &stepped));
    assert_true(act.is_done == stepped);
    return stepped;
}

static inline enum pay_outcome pay_as(const struct actor *actor, int64_t at, int64_t due_at)
{
    struct act act = world_act(&world, actor);
    enum pay_outcome outcome = PAY_MISSING;
    act.now = at;
    assert_null(resource_pay(&act, id, due_at, &outcome));
    assert_true(act.is_done == (outcome == PAY_DONE));
    return outcome;
}

static inline int64_t far(void) { return world.now + 1000 * CLOCK_DAY; }

#endif
