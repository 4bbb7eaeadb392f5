/* Two at once at the partner's desk: one freeze, one lifting, and never a team without anybody in charge. */
#include "support/race.h"

#include "base/memory.h"

#include "action/contract.h"
#include "action/freeze.h"
#include "action/team.h"

static const struct actor *pair[2];

static int freeze(int who)
{
    struct act act = world_act(&world, world.admin);
    struct freeze_result result;
    const struct err *err = freeze_customer(&act, world.association, who % 2 == 0 ? FREEZE_ACCOUNT : FREEZE_ACCOUNT_AND_RESOURCES,
                                            "at once", &result);
    return err == NULL ? (int)result.outcome : FAILED + (int)err->kind;
}

static void freezes_at_once_leave_one(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[MANY];
        begin();
        race(MANY, freeze, what);
        assert_int_equal(count(what, MANY, FREEZE_DONE), 1);
        assert_int_equal(count(what, MANY, FREEZE_ALREADY), MANY - 1);
        assert_int_equal(world_count(&world, "freeze", "lifted_at IS NULL"), 1);
        assert_int_equal(world_count(&world, "operation_log", "operation = 'FROZEN'"), 1);
        assert_int_equal(world_count(&world, "notification", "kind = 'FROZEN'"), 1);
        end();
    }
}

static int lift(int who)
{
    struct act act = world_act(&world, world.admin);
    struct freeze_result result;
    (void)who;
    const struct err *err = unfreeze_customer(&act, world.association, FREEZE_ACCOUNT, "at once", &result);
    return err == NULL ? (int)result.outcome : FAILED + (int)err->kind;
}

static void liftings_at_once_are_one(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[MANY];
        begin();
        world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
        race(MANY, lift, what);
        assert_int_equal(count(what, MANY, FREEZE_DONE), 1);
        assert_int_equal(count(what, MANY, FREEZE_NONE), MANY - 1);
        assert_int_equal(world_count(&world, "operation_log", "operation = 'UNFROZEN'"), 1);
        end();
    }
}

static int settle(int who)
{
    enum contract_outcome outcome;
    struct act act = world_act(&world, who % 2 == 0 ? world.admin : world.ops);
    const struct err *err = settle_contract(&act, test_db_number(db, "SELECT MAX(id) FROM contract LIMIT 1"), "at once", &outcome);
    return err == NULL ? (int)outcome : FAILED + (int)err->kind;
}

static void partner_and_platform_settle_once(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[2];
        begin();
        world_contract(&world, world.customer, world.now - 1, world.now + 1000000);
        race(2, settle, what);
        assert_int_equal(count(what, 2, CONTRACT_DONE), 1);
        assert_int_equal(count(what, 2, CONTRACT_ALREADY), 1);
        end();
    }
}

/* Each removes the other, or takes the other's role. */
static int remove_other(int who)
{
    enum team_outcome outcome;
    struct act act = world_act(&world, pair[who]);
    const struct err *err = team_remove(&act, pair[1 - who]->user_id, &outcome);
    return err == NULL ? (int)outcome : FAILED + (int)err->kind;
}

static int demote_other(int who)
{
    enum team_outcome outcome;
    struct act act = world_act(&world, pair[who]);
    const struct err *err = team_change_role(&act, pair[1 - who]->user_id, ROLE_MANAGER, &outcome);
    return err == NULL ? (int)outcome : FAILED + (int)err->kind;
}

static int leave(int who)
{
    enum team_outcome outcome;
    struct act act = world_act(&world, pair[who]);
    const struct err *err = team_remove(&act, pair[who]->user_id, &outcome);
    return err == NULL ? (int)outcome : FAILED + (int)err->kind;
}

static void one_admin_stays(int (*run)(int who), int loser)
{
    for (int round = 0; round < 3 * rounds(); round++) {
        int what[2];
        begin();
        pair[0] = world.admin;
        pair[1] = world_user(&world, world.partner, ROLE_ADMIN, "Second");
        race(2, run, what);
        assert_int_equal(count(what, 2, TEAM_DONE), 1);
        assert_true(count(what, 2, loser) == 1 || count(what, 2, TEAM_LAST) == 1);
        assert_int_equal(world_count(&world, "user", "account_id = %lld AND role = 'admin' AND status = 'ACTIVE'",
                                     (long long)world.partner), 1);
        end();
    }
}

/* The slower one's session has ended by then. */
static void two_who_remove_each_other_leave_one(void **state) { (void)state; one_admin_stays(remove_other, FAILED + ERR_SIGNED_OUT); }
static void two_who_demote_each_other_leave_one(void **state) { (void)state; one_admin_stays(demote_other, FAILED + ERR_SIGNED_OUT); }
static void two_who_leave_at_once_leave_one(void **state) { (void)state; one_admin_stays(leave, TEAM_LAST); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(freezes_at_once_leave_one), cmocka_unit_test(liftings_at_once_are_one),
        cmocka_unit_test(partner_and_platform_settle_once), cmocka_unit_test(two_who_remove_each_other_leave_one),
        cmocka_unit_test(two_who_demote_each_other_leave_one), cmocka_unit_test(two_who_leave_at_once_leave_one),
    };
    if (getenv("RACE_ONLY") != NULL)
        cmocka_set_test_filter(getenv("RACE_ONLY"));
    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
