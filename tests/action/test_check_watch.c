/* "Tell me when all checks pass." */
#include "support/rows.h"
#include "support/own_world.h"

#include "base/clock.h"
#include "base/memory.h"

#include "action/check_watch.h"

static enum watch_outcome ask(const struct actor *actor, bool *is_done)
{
    enum watch_outcome outcome;
    struct act act = world_act(&world, actor);
    assert_null(watch_checks(&act, &outcome));
    *is_done = act.is_done;
    return outcome;
}

static void asked(void)
{
    bool is_done = false;
    assert_int_equal(ask(world.owner, &is_done), WATCH_DONE);
    assert_true(is_done);
}

static void refused(const struct actor *actor, enum watch_outcome expected)
{
    const int64_t before = world_fingerprint(&world);
    bool is_done = true;
    assert_int_equal(ask(actor, &is_done), expected);
    assert_false(is_done);
    assert_true(world_fingerprint(&world) == before);
}

static bool look(void)
{
    struct act act = world_act(&world, act_system);
    bool told = false;
    assert_null(look_at_watch(&act, test_db_number(db, "SELECT MAX(id) FROM check_watch"), &told));
    return told;
}

static int64_t notices(void)
{
    return world_count(&world, "notification", "kind = 'CHECKS_PASS' AND account_id = %lld AND link = '/disassociate/check'",
                       L(world.customer));
}

static void whoever_asked_is_told_once_when_the_last_check_passes(void **state)
{
    (void)state;
    world_currency(&world, world.customer, NULL);
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    asked();
    assert_false(look());
    world_unfreeze(&world, world.customer);
    assert_false(look());
    assert_int_equal(notices(), 0);
    world_currency(&world, world.customer, "USD");
    assert_true(look());
    assert_int_equal(notices(), 1);
    assert_false(look());
    assert_int_equal(notices(), 1);
    assert_int_equal(world_count(&world, "delivery", "kind = 'CHECKS_PASS' AND channel = 'EMAIL'"), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'WATCH_SET' AND initiated_by = 'CUSTOMER'"), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'WATCH_TOLD' AND initiated_by = 'SYSTEM'"), 1);
}

static void what_fails_again_can_be_watched_again(void **state)
{
    (void)state;
    world_currency(&world, world.customer, NULL);
    asked();
    world_currency(&world, world.customer, "USD");
    assert_true(look());
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    asked();
    world_unfreeze(&world, world.customer);
    assert_true(look());
    assert_int_equal(notices(), 2);
}

static void a_used_quota_does_not_keep_it_back(void **state)
{
    (void)state;
    world_currency(&world, world.customer, NULL);
    world_slots(&world, SIDE_CUSTOMER, 3, world.now + CLOCK_DAY);
    asked();
    world_currency(&world, world.customer, "USD");
    assert_true(look());
    test_db_sql(db, "DELETE FROM quota_slot");
}

static void one_watch_is_enough(void **state)
{
    (void)state;
    world_currency(&world, world.customer, NULL);
    asked();
    refused(world.owner, WATCH_ALREADY);
}

static void nothing_is_watched_when_all_pass(void **state)
{
    (void)state;
    refused(world.owner, WATCH_PASSED);
}

static void nothing_is_watched_without_a_partner_that_bills(void **state)
{
    const int64_t alone = world_account(&world, ACCOUNT_CUSTOMER, "Alone");
    (void)state;
    world_currency(&world, alone, NULL);
    refused(world_user(&world, alone, ROLE_OWNER, "Al"), WATCH_NOTHING);
    world_associate(&world, alone, world.partner, MODEL_REFERRAL);
    refused(world_user(&world, alone, ROLE_OWNER, "Bo"), WATCH_NOTHING);
}

static void only_an_owner_asks(void **state)
{
    const struct actor *const others[] = { world.viewer, world.admin, world.ops };
    (void)state;
    world_currency(&world, world.customer, NULL);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        enum watch_outcome outcome;
        struct act act = world_act(&world, others[i]);
        const struct err *err = watch_checks(&act, &outcome);
        assert_non_null(err);
        assert_int_equal(err->kind, ERR_DENIED);
    }
    assert_int_equal(world_count(&world, "check_watch", "1"), 0);
}

static void the_watch_ends_untold_with_the_association(void **state)
{
    (void)state;
    world_currency(&world, world.customer, NULL);
    asked();
    test_db_sql(db, "UPDATE association SET status = 'ENDED', ended_at = associated_at");
    assert_false(look());
    assert_int_equal(world_count(&world, "check_watch", "ended_at IS NOT NULL AND told_at IS NULL"), 1);
    assert_int_equal(notices(), 0);
    test_db_sql(db, "UPDATE association SET status = 'ACTIVE', ended_at = NULL");
    world_currency(&world, world.customer, "USD");
    assert_false(look());
    assert_int_equal(notices(), 0);
}

static void an_unknown_watch_is_missing(void **state)
{
    struct act act = world_act(&world, act_system);
    bool told = true;
    const struct err *err = look_at_watch(&act, 999999, &told);
    (void)state;
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_MISSING);
    assert_false(told);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(whoever_asked_is_told_once_when_the_last_check_passes), TEST(what_fails_again_can_be_watched_again),
        TEST(a_used_quota_does_not_keep_it_back), TEST(one_watch_is_enough), TEST(nothing_is_watched_when_all_pass),
        TEST(nothing_is_watched_without_a_partner_that_bills), TEST(only_an_owner_asks),
        TEST(the_watch_ends_untold_with_the_association), TEST(an_unknown_watch_is_missing),
    };
    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
