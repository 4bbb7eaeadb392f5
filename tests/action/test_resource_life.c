#include "support/rows.h"
#include "support/test_db.h"
#include "support/test_world.h"

#include "base/clock.h"
#include "base/memory.h"

#include "action/resource_life.h"
#include "store/store_association.h"
#include "store/store_resource.h"

#define L(value) ((long long)(value))

static struct db *db;
static struct world world;
static int64_t due, id;

#include "support/resources.h"

static int setup(void **state)
{
    (void)state;
    world_begin(&world, db);
    leave();
    due = world.now + 10 * CLOCK_DAY;
    id = resource_of(world.customer, "Web server", due);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    assert_int_equal(world_faults(&world), 0);
    world_end(&world);
    return 0;
}

static bool step_at(int64_t at)
{
    struct act act = world_act(&world, act_system);
    bool stepped = true;
    act.now = at;
    assert_null(resource_step(&act, id, &stepped));
    assert_true(act.is_done == stepped);
    return stepped;
}

static enum pay_outcome pay_as(const struct actor *actor, int64_t at, int64_t due_at)
{
    struct act act = world_act(&world, actor);
    enum pay_outcome outcome = PAY_MISSING;
    act.now = at;
    assert_null(resource_pay(&act, id, due_at, &outcome));
    assert_true(act.is_done == (outcome == PAY_DONE));
    return outcome;
}

static int64_t far(void) { return world.now + 1000 * CLOCK_DAY; }

/* --- unpaid, to the end ----------------------------------------------------------------------------------------------- */

static void unpaid_it_goes_to_the_end_with_notices_and_log(void **state)
{
    const int64_t grace = due + 15 * CLOCK_DAY, retention = due + 30 * CLOCK_DAY;
    (void)state;
    assert_false(step_at(due - 1));
    assert_true(resource_is(id, "ACTIVE", INSTANT_NONE));
    assert_true(step_at(due));
    assert_true(resource_is(id, "GRACE", grace));
    assert_int_equal(told_of("GRACE"), 1);
    assert_int_equal(world_count(&world, "charge", "result = 'NO_METHOD' AND payer = 'CUSTOMER' AND amount_minor = 1250"), 1);
    assert_false(step_at(due));
    assert_false(step_at(grace - 3 * CLOCK_DAY - 1));
    assert_true(step_at(grace - 3 * CLOCK_DAY));
    assert_int_equal(told_of("GRACE_ENDS"), 1);
    assert_false(step_at(grace - CLOCK_DAY - 1));
    assert_true(step_at(grace - CLOCK_DAY));
    assert_int_equal(told_of("GRACE_ENDS"), 2);
    assert_false(step_at(grace - 1));
    assert_true(step_at(grace));
    assert_true(resource_is(id, "RETENTION", retention));
    assert_int_equal(told_of("RETENTION"), 1);
    assert_true(step_at(retention - 3 * CLOCK_DAY));
    assert_true(step_at(retention - CLOCK_DAY));
    assert_int_equal(told_of("RETENTION_ENDS"), 2);
    assert_false(step_at(retention - 1));
    assert_true(step_at(retention));
    assert_true(resource_is(id, "RELEASED", INSTANT_NONE));
    assert_int_equal(told_of("RELEASED"), 1);
    assert_false(step_at(retention + 400 * CLOCK_DAY));
    assert_int_equal(logged("RESOURCE_GRACE") + logged("RESOURCE_RETENTION") + logged("RESOURCE_RELEASED"), 3);
    assert_int_equal(world_count(&world, "notification", "kind = 'RESOURCE' AND account_id = %lld AND link = '/resources'",
                                 L(world.customer)), 7);
}

static void the_log_stands_in_the_last_associations_chain_and_not_for_the_partner(void **state)
{
    (void)state;
    assert_true(step_at(due));
    assert_int_equal(world_count(&world, "operation_log", "operation = 'RESOURCE_GRACE' AND chain_id = %lld AND customer_id = %lld AND "
                                 "partner_id IS NULL AND initiated_by = 'SYSTEM' AND object = 'Web server' AND is_shown = 1",
                                 L(world.association), L(world.customer)), 1);
}

static void whoever_never_had_a_partner_is_in_the_platforms_chain(void **state)
{
    const int64_t alone = world_account(&world, ACCOUNT_CUSTOMER, "Alone");
    (void)state;
    id = resource_of(alone, "Disk", due);
    assert_true(step_at(due));
    assert_int_equal(world_count(&world, "operation_log", "operation = 'RESOURCE_GRACE' AND chain_id = 0 AND customer_id = %lld",
                                 L(alone)), 1);
}

static void ends_count_from_the_due_time_however_late_it_is_seen(void **state)
{
    const int64_t late = due + 20 * CLOCK_DAY;
    (void)state;
    assert_true(step_at(late));
    assert_true(resource_is(id, "GRACE", due + 15 * CLOCK_DAY));
    assert_true(step_at(late));
    assert_true(resource_is(id, "RETENTION", due + 30 * CLOCK_DAY));
    assert_false(step_at(late));
    assert_int_equal(told_of("GRACE_ENDS"), 0);
}

static void days_come_from_the_row_that_names_most(void **state)
{
    (void)state;
    test_db_sql(db, "INSERT INTO lifecycle_days VALUES ('*', '*', 1, 1), ('*', 'standard', 2, 2), ('main', '*', 3, 3)");
    assert_true(step_at(due));
    assert_true(resource_is(id, "GRACE", due + 3 * CLOCK_DAY));
    test_db_sql(db, "INSERT INTO lifecycle_days VALUES ('main', 'standard', 5, 9)");
    assert_true(step_at(due + 3 * CLOCK_DAY));
    assert_true(resource_is(id, "RETENTION", due + 14 * CLOCK_DAY));
}

static void without_a_row_the_config_says_the_days(void **state)
{
    struct config config = *world.config;
    struct config *kept = world.config;
    (void)state;
    config.request.grace_days = 7;
    config.request.retention_days = 2;
    world.config = &config;
    assert_true(step_at(due));
    assert_true(resource_is(id, "GRACE", due + 7 * CLOCK_DAY));
    assert_true(step_at(due + 7 * CLOCK_DAY));
    assert_true(resource_is(id, "RETENTION", due + 9 * CLOCK_DAY));
    world.config = kept;
}

static void no_grace_at_all_is_retention_at_once(void **state)
{
    (void)state;
    test_db_sql(db, "INSERT INTO lifecycle_days VALUES ('*', '*', 0, 1)");
    assert_true(step_at(due));
    assert_true(resource_is(id, "GRACE", due));
    assert_true(step_at(due));
    assert_true(resource_is(id, "RETENTION", due + CLOCK_DAY));
}

/* --- paid ------------------------------------------------------------------------------------------------------------- */

static void with_a_valid_method_it_is_charged_and_goes_on(void **state)
{
    (void)state;
    const int64_t card = card_of(world.customer, "demo-a", far());
    assert_true(step_at(due));
    assert_true(resource_is(id, "ACTIVE", INSTANT_NONE));
    assert_true(resource_due(id, clock_add_months(due, 1, "UTC")));
    assert_int_equal(world_count(&world, "charge", "result = 'PAID' AND payment_method_id = %lld", L(card)), 1);
    assert_int_equal(logged("RESOURCE_PAID"), 1);
    assert_int_equal(world_count(&world, "notification", "kind = 'RESOURCE'"), 0);
    assert_false(step_at(due));
}

static void a_method_that_expires_at_the_due_time_does_not_count(void **state)
{
    (void)state;
    (void)card_of(world.customer, "demo-a", due);
    assert_true(step_at(due));
    assert_true(resource_is(id, "GRACE", due + 15 * CLOCK_DAY));
    assert_int_equal(world_count(&world, "charge", "result = 'NO_METHOD'"), 1);
}

static void a_declined_charge_starts_grace(void **state)
{
    (void)state;
    (void)card_of(world.customer, "demo-declines-a", far());
    assert_true(step_at(due));
    assert_true(resource_is(id, "GRACE", due + 15 * CLOCK_DAY));
    assert_int_equal(world_count(&world, "charge", "result = 'DECLINED'"), 1);
}

static void when_the_first_card_is_declined_the_next_is_charged(void **state)
{
    (void)state;
    (void)card_of(world.customer, "demo-good", far());
    (void)card_of(world.customer, "demo-old", due);
    const int64_t first = card_of(world.customer, "demo-declines-a", far());
    test_db_sql(db, "UPDATE payment_method SET is_default = 1 WHERE id = %lld", L(first));
    assert_true(step_at(due));
    assert_true(resource_is(id, "ACTIVE", INSTANT_NONE));
    assert_int_equal(world_count(&world, "charge", "result = 'DECLINED' AND payment_method_id = %lld", L(first)), 1);
    assert_int_equal(world_count(&world, "charge c JOIN payment_method m ON m.id = c.payment_method_id",
                                 "c.result = 'PAID' AND m.provider_reference = 'demo-good'"), 1);
    assert_int_equal(world_count(&world, "charge", "1"), 2);
}

static void three_cards_are_tried_and_no_more(void **state)
{
    (void)state;
    (void)card_of(world.customer, "demo-good", far());   /* the oldest comes last */
    test_db_sql(db, "UPDATE payment_method SET added_at = added_at - INTERVAL 1 DAY");
    for (int i = 0; i < 3; i++)
        (void)card_of(world.customer, mem_text(world.mem, "demo-declines-%d", i), far());
    assert_true(step_at(due));
    assert_true(resource_is(id, "GRACE", due + 15 * CLOCK_DAY));
    assert_int_equal(world_count(&world, "charge", "result = 'DECLINED'"), 3);
    assert_int_equal(world_count(&world, "charge", "1"), 3);
}

static void a_person_pays_with_the_next_card_too(void **state)
{
    (void)state;
    assert_true(step_at(due));
    (void)card_of(world.customer, "demo-good", far());
    test_db_sql(db, "UPDATE payment_method SET added_at = added_at - INTERVAL 1 DAY");
    (void)card_of(world.customer, "demo-declines-a", far());
    assert_int_equal(pay_as(world.owner, due + CLOCK_DAY, due), PAY_DONE);
    assert_true(resource_is(id, "ACTIVE", INSTANT_NONE));
}

static void what_costs_nothing_goes_on_without_a_method(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE resource SET amount_minor = 0 WHERE id = %lld", L(id));
    assert_true(step_at(due));
    assert_true(resource_is(id, "ACTIVE", INSTANT_NONE));
    assert_true(resource_due(id, clock_add_months(due, 1, "UTC")));
    assert_int_equal(world_count(&world, "notification", "kind = 'RESOURCE'"), 0);
}

static void with_a_partner_no_charge_fails(void **state)
{
    (void)state;
    (void)world_associate(&world, world.customer, world.partner, MODEL_RESELLER);
    assert_true(step_at(due));
    assert_true(resource_is(id, "ACTIVE", INSTANT_NONE));
    assert_int_equal(world_count(&world, "charge", "result = 'PAID' AND payer = 'PARTNER' AND payment_method_id IS NULL"), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'RESOURCE_PAID' AND partner_id = %lld", L(world.partner)), 1);
}

static void a_new_partner_pays_for_what_is_in_grace(void **state)
{
    (void)state;
    assert_true(step_at(due));
    (void)world_associate(&world, world.customer, world.partner, MODEL_RESELLER);
    assert_true(step_at(due + CLOCK_DAY));
    assert_true(resource_is(id, "ACTIVE", INSTANT_NONE));
    assert_int_equal(told_of("RESTORED"), 1);
}

static void without_a_provider_nothing_is_decided(void **state)
{
    struct config config = *world.config;
    struct config *kept = world.config;
    (void)state;
    config.payment.provider = "off";
    world.config = &config;
    const int64_t before = world_fingerprint(&world);
    assert_false(step_at(due));
    assert_int_equal(pay_as(world.owner, due, due), PAY_NO_PROVIDER);
    assert_int_equal(world_fingerprint(&world), before);
    world.config = kept;
}

static void paying_in_grace_restores(void **state)
{
    (void)state;
    assert_true(step_at(due));
    (void)card_of(world.customer, "demo-a", far());
    assert_int_equal(pay_as(world.owner, due + 5 * CLOCK_DAY, due), PAY_DONE);
    assert_true(resource_is(id, "ACTIVE", INSTANT_NONE));
    assert_true(resource_due(id, clock_add_months(due, 1, "UTC")));
    assert_int_equal(told_of("RESTORED"), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation IN ('RESOURCE_RESTORED', 'RESOURCE_PAID') AND account_id = %lld",
                                 L(world.customer)), 2);
}

static void paying_in_the_last_instant_of_retention_restores(void **state)
{
    (void)state;
    assert_true(step_at(due + 15 * CLOCK_DAY));
    assert_true(step_at(due + 15 * CLOCK_DAY));
    (void)card_of(world.customer, "demo-a", far());
    assert_int_equal(pay_as(world.owner, due + 30 * CLOCK_DAY, due), PAY_RELEASED);
    assert_int_equal(pay_as(world.owner, due + 30 * CLOCK_DAY - 1, due), PAY_DONE);
    assert_true(resource_is(id, "ACTIVE", INSTANT_NONE));
}

static void retention_that_nobody_has_seen_the_end_of_is_over(void **state)
{
    (void)state;
    assert_true(step_at(due));
    (void)card_of(world.customer, "demo-a", far());
    assert_int_equal(pay_as(world.owner, due + 30 * CLOCK_DAY, due), PAY_RELEASED);
    assert_true(resource_is(id, "GRACE", due + 15 * CLOCK_DAY));
    assert_int_equal(pay_as(world.owner, due + 30 * CLOCK_DAY - 1, due), PAY_DONE);
}

static void a_released_one_is_gone_for_good(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_true(step_at(due + 30 * CLOCK_DAY));
    (void)card_of(world.customer, "demo-a", far());
    const int64_t before = world_fingerprint(&world);
    assert_int_equal(pay_as(world.owner, due + 30 * CLOCK_DAY, due), PAY_RELEASED);
    assert_int_equal(world_fingerprint(&world), before);
}

static void renewing_pays_the_next_period_and_keeps_the_day(void **state)
{
    (void)state;
    (void)card_of(world.customer, "demo-a", far());
    assert_int_equal(pay_as(world.owner, world.now, due), PAY_DONE);
    assert_true(resource_due(id, clock_add_months(due, 1, "UTC")));
    assert_int_equal(pay_as(world.owner, world.now, due), PAY_CHANGED);
    assert_int_equal(pay_as(world.owner, world.now, clock_add_months(due, 1, "UTC")), PAY_DONE);
    assert_true(resource_due(id, clock_add_months(due, 2, "UTC")));
    assert_int_equal(told_of("RESTORED"), 0);
}

static void a_frozen_account_pays_what_it_owes_and_renews_nothing(void **state)
{
    (void)state;
    (void)card_of(world.customer, "demo-a", far());
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    assert_int_equal(pay_as(world.owner, world.now, due), PAY_FROZEN);
    test_db_sql(db, "UPDATE resource SET state = 'GRACE', state_until = next_charge_at + INTERVAL 15 DAY WHERE id = %lld", L(id));
    assert_int_equal(pay_as(world.owner, due + CLOCK_DAY, due), PAY_DONE);
}

static void what_cannot_be_paid_is_said(void **state)
{
    (void)state;
    const int64_t before = world_fingerprint(&world);
    assert_int_equal(pay_as(world.owner, world.now, due), PAY_NO_METHOD);
    assert_int_equal(pay_as(world.owner, world.now, due + 1), PAY_CHANGED);
    assert_int_equal(world_fingerprint(&world), before);
    (void)card_of(world.customer, "demo-declines-a", far());
    const int64_t with_card = world_fingerprint(&world);
    assert_int_equal(pay_as(world.owner, world.now, due), PAY_DECLINED);
    assert_int_equal(world_fingerprint(&world), with_card);
    (void)world_associate(&world, world.customer, world.partner, MODEL_RESELLER);
    assert_int_equal(pay_as(world.owner, world.now, due), PAY_PARTNERS);
}

static void somebody_elses_is_not_found(void **state)
{
    const struct actor *stranger = world_user(&world, world_account(&world, ACCOUNT_CUSTOMER, "Other"), ROLE_OWNER, "Stranger");
    (void)state;
    (void)card_of(world.customer, "demo-a", far());
    assert_int_equal(pay_as(stranger, world.now, due), PAY_MISSING);
}

static void only_an_owner_pays(void **state)
{
    const struct actor *others[] = {world.viewer, world.admin, world.ops};
    (void)state;
    (void)card_of(world.customer, "demo-a", far());
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct act act = world_act(&world, others[i]);
        enum pay_outcome outcome;
        const struct err *err = resource_pay(&act, id, due, &outcome);
        assert_non_null(err);
        assert_int_equal(err->kind, ERR_DENIED);
    }
    assert_int_equal(world_count(&world, "charge", "TRUE"), 0);
}

static void the_same_form_pays_once(void **state)
{
    (void)state;
    (void)card_of(world.customer, "demo-a", far());
    for (int i = 0; i < 2; i++) {
        struct act act = world_form(&world, world.owner, 1, "/resources");
        enum pay_outcome outcome = PAY_MISSING;
        assert_null(resource_pay(&act, id, due, &outcome));
        assert_true(act.is_done);
        assert_int_equal(outcome, PAY_DONE);
    }
    assert_int_equal(world_count(&world, "charge", "result = 'PAID'"), 1);
}

/* --- reminders -------------------------------------------------------------------------------------------------------- */

/* Leaving has made it. */
static int64_t task(void)
{
    return test_db_number(db, "SELECT id FROM task WHERE account_id = %lld AND kind = 'PAYMENT_METHOD' LIMIT 1", L(world.customer));
}

static bool remind_at(int64_t task_id, int64_t at)
{
    struct act act = world_act(&world, act_system);
    bool stepped = true;
    act.now = at;
    assert_null(payment_remind(&act, task_id, &stepped));
    return stepped;
}

static int64_t reminders(void)
{
    return world_count(&world, "notification", "kind = 'PAYMENT_METHOD' AND account_id = %lld AND link = '/payment-method'",
                       L(world.customer));
}

static void who_left_is_reminded_after_one_three_and_seven_days(void **state)
{
    const int64_t task_id = task();
    (void)state;
    assert_false(remind_at(task_id, world.now + CLOCK_DAY - 1));
    assert_true(remind_at(task_id, world.now + CLOCK_DAY));
    assert_false(remind_at(task_id, world.now + CLOCK_DAY));
    assert_true(remind_at(task_id, world.now + 3 * CLOCK_DAY));
    assert_true(remind_at(task_id, world.now + 7 * CLOCK_DAY));
    assert_false(remind_at(task_id, world.now + 70 * CLOCK_DAY));
    assert_int_equal(reminders(), 3);
}

static void reminders_that_nobody_gave_are_given_once(void **state)
{
    const int64_t task_id = task();
    (void)state;
    assert_true(remind_at(task_id, world.now + 8 * CLOCK_DAY));
    assert_false(remind_at(task_id, world.now + 9 * CLOCK_DAY));
    assert_int_equal(reminders(), 1);
}

static void who_can_pay_is_not_reminded_and_the_task_ends(void **state)
{
    const int64_t task_id = task();
    (void)state;
    (void)card_of(world.customer, "demo-a", far());
    assert_true(remind_at(task_id, world.now + CLOCK_DAY));
    assert_int_equal(reminders(), 0);
    assert_int_equal(world_count(&world, "task", "id = %lld AND done_at IS NOT NULL", L(task_id)), 1);
    assert_false(remind_at(task_id, world.now + 3 * CLOCK_DAY));
}

static void who_has_a_partner_again_is_not_reminded(void **state)
{
    const int64_t task_id = task();
    (void)state;
    (void)world_associate(&world, world.customer, world.partner, MODEL_RESELLER);
    assert_true(remind_at(task_id, world.now + CLOCK_DAY));
    assert_int_equal(reminders(), 0);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(unpaid_it_goes_to_the_end_with_notices_and_log),
        TEST(the_log_stands_in_the_last_associations_chain_and_not_for_the_partner),
        TEST(whoever_never_had_a_partner_is_in_the_platforms_chain),
        TEST(ends_count_from_the_due_time_however_late_it_is_seen),
        TEST(days_come_from_the_row_that_names_most),
        TEST(without_a_row_the_config_says_the_days),
        TEST(no_grace_at_all_is_retention_at_once),
        TEST(with_a_valid_method_it_is_charged_and_goes_on),
        TEST(a_method_that_expires_at_the_due_time_does_not_count),
        TEST(a_declined_charge_starts_grace),
        TEST(when_the_first_card_is_declined_the_next_is_charged),
        TEST(three_cards_are_tried_and_no_more),
        TEST(a_person_pays_with_the_next_card_too),
        TEST(what_costs_nothing_goes_on_without_a_method),
        TEST(with_a_partner_no_charge_fails),
        TEST(a_new_partner_pays_for_what_is_in_grace),
        TEST(without_a_provider_nothing_is_decided),
        TEST(paying_in_grace_restores),
        TEST(paying_in_the_last_instant_of_retention_restores),
        TEST(retention_that_nobody_has_seen_the_end_of_is_over),
        TEST(a_released_one_is_gone_for_good),
        TEST(renewing_pays_the_next_period_and_keeps_the_day),
        TEST(a_frozen_account_pays_what_it_owes_and_renews_nothing),
        TEST(what_cannot_be_paid_is_said),
        TEST(somebody_elses_is_not_found),
        TEST(only_an_owner_pays),
        TEST(the_same_form_pays_once),
        TEST(who_left_is_reminded_after_one_three_and_seven_days),
        TEST(reminders_that_nobody_gave_are_given_once),
        TEST(who_can_pay_is_not_reminded_and_the_task_ends),
        TEST(who_has_a_partner_again_is_not_reminded),
    };
    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
