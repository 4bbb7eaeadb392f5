/* code_world.h - a draft on its way through the code step: the world, and sending and proving in it. Included once by each
 * program of tests. */
#ifndef TESTS_ACTION_CODE_WORLD_H
#define TESTS_ACTION_CODE_WORLD_H

#include "support/own_world.h"

#include <string.h>

#include "action/wizard_steps.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/store_code.h"
#include "store/store_wizard.h"
#include "support/sent_code.h"

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, teardown)

static struct wizard_target target;

static inline int begin(void **state)
{
    (void)setup(state);
    target = world_submit_target(&world, world.owner);
    return 0;
}

static inline struct wizard *row(void)
{
    struct wizard *wizard = NULL;

    assert_null(wizard_find(world.db, world.mem, world.customer, target.purpose, target.target_id, &wizard));
    return wizard;
}

static inline int64_t revision(void)
{
    const struct wizard *wizard = row();

    return wizard_is_live(wizard, world.now) ? wizard->revision : 0;
}

static inline void confirm(void)
{
    struct act act = world_act(&world, world.owner);
    enum wizard_outcome outcome = WIZARD_GONE;

    assert_null(wizard_confirm(&act, &target, revision(), &outcome));
    assert_int_equal(outcome, WIZARD_OK);
}

static inline struct send_result send_as(const struct actor *actor, enum channel channel)
{
    struct act act = world_act(&world, actor);
    struct send_result result;

    assert_null(code_step_send(&act, &target, revision(), channel, &result));
    assert_int_equal(act.is_done, result.outcome == SEND_OK);
    return result;
}

static inline enum send_outcome send_one(void) { return send_as(world.owner, CHANNEL_NONE).outcome; }

static inline const char *right(void)
{
    const char *digits = sent_code(world.db, world.mem, &world.keys.outbox);

    assert_non_null(digits);
    return digits;
}

static inline const char *wrong(void) { return wrong_code(world.mem, right()); }

static inline struct prove_result prove_as(const struct actor *actor, const char *digits)
{
    struct act act = world_act(&world, actor);
    struct prove_result result;

    assert_null(code_step_prove(&act, &target, 0, digits, &result));
    assert_int_equal(result.moved_on, result.answer == CODE_RIGHT);
    return result;
}

static inline enum code_answer prove(const char *digits) { return prove_as(world.owner, digits).answer; }

/* Statement ticked, code sent. */
static inline void sent(void)
{
    confirm();
    assert_int_equal(send_one(), SEND_OK);
}

static inline struct code_state_now *state_now(const struct actor *actor)
{
    struct act act = world_act(&world, actor);
    struct code_state_now *now = NULL;

    assert_null(code_step_read(world.db, world.mem, &act, &target, row(), &now));
    return now;
}

#endif
