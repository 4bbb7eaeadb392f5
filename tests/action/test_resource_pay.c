/* What is charged, and what a person pays. */
#include "action/resource_world.h"

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

int main(void)
{
    static const struct CMUnitTest tests[] = {
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
    };

    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
