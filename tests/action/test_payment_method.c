#include "support/rows.h"
#include "support/own_world.h"

#include "base/clock.h"
#include "base/memory.h"

#include "action/payment.h"
#include "action/payment_method.h"
#include "store/store_association.h"
#include "store/store_payment.h"

static struct payment_method_new card(const char *last_four, int64_t valid_to)
{
    return (struct payment_method_new){
        .is_card = true, .last_four = last_four, .reference = payment_demo_reference(world.mem, false), .valid_to = valid_to};
}

static enum payment_outcome add(const struct actor *actor, struct payment_method_new method)
{
    struct act act = world_act(&world, actor);
    enum payment_outcome outcome = PAYMENT_MISSING;
    assert_null(payment_method_add(&act, &method, &outcome));
    assert_true(act.is_done == (outcome == PAYMENT_DONE));
    return outcome;
}

static int64_t added(const char *last_four, int64_t valid_to)
{
    assert_int_equal(add(world.owner, card(last_four, valid_to)), PAYMENT_DONE);
    return test_db_number(db, "SELECT MAX(id) FROM payment_method LIMIT 1");
}

static int64_t next_year(void) { return world.now + 365 * CLOCK_DAY; }

static int64_t the_default(void)
{
    return test_db_number(db, "SELECT COALESCE(MAX(id), 0) FROM payment_method WHERE default_customer = %lld", L(world.customer));
}

static int64_t version(void) { return test_db_number(db, "SELECT version FROM account WHERE id = %lld", L(world.customer)); }

static void one_is_added_logged_and_the_first_is_the_default(void **state)
{
    const int64_t before = version();
    (void)state;
    const int64_t id = added("4242", next_year());
    assert_int_equal(the_default(), id);
    assert_int_equal(version(), before + 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'PAYMENT_METHOD_ADDED' AND object = 'CARD 4242' AND "
                                 "customer_id = %lld AND partner_id = %lld", L(world.customer), L(world.partner)), 1);
    (void)added("1881", next_year());
    assert_int_equal(the_default(), id);
}

static void the_first_valid_one_takes_over_from_an_expired_default(void **state)
{
    (void)state;
    (void)added("4242", world.now + CLOCK_DAY);
    world.now += CLOCK_DAY;
    const int64_t id = added("1881", next_year());
    assert_int_equal(the_default(), id);
}

static void adding_ends_the_task_to_add_one(void **state)
{
    bool is_new = false;
    (void)state;
    assert_null(task_ask(db, world.customer, "PAYMENT_METHOD", world.association, world.now, &is_new));
    (void)added("4242", next_year());
    assert_int_equal(world_count(&world, "task", "kind = 'PAYMENT_METHOD' AND done_at IS NOT NULL"), 1);
}

static const struct bad { const char *claim, *last_four, *reference; enum payment_outcome outcome; } bad_rows[] = {
    { "three_digits_are_refused", "424", "demo-a", PAYMENT_BAD_DIGITS },
    { "letters_are_refused", "42a2", "demo-a", PAYMENT_BAD_DIGITS },
    { "no_digits_are_refused", "", "demo-a", PAYMENT_BAD_DIGITS },
    { "a_full_number_is_refused", "4111111111111111", "demo-a", PAYMENT_FULL_NUMBER },
    { "a_full_number_with_blanks_is_refused", "4111 1111 1111 1111", "demo-a", PAYMENT_FULL_NUMBER },
    { "a_full_number_for_a_reference_is_refused", "1111", "4111-1111-1111-1111", PAYMENT_FULL_NUMBER },
    { "no_reference_is_refused", "4242", "", PAYMENT_MISSING },
};

static void is_refused(void **state)
{
    const struct bad *row = *state;
    world_begin(&world, db);
    const int64_t before = world_fingerprint(&world);
    struct payment_method_new method = card(row->last_four, next_year());
    method.reference = row->reference;
    assert_int_equal(add(world.owner, method), row->outcome);
    assert_int_equal(world_fingerprint(&world), before);
    assert_int_equal(world_count(&world, "payment_method", "TRUE"), 0);
    world_end(&world);
}

static void an_expired_card_is_refused_at_the_very_instant(void **state)
{
    (void)state;
    assert_int_equal(add(world.owner, card("4242", world.now)), PAYMENT_EXPIRED);
    assert_int_equal(add(world.owner, card("4242", world.now + 1)), PAYMENT_DONE);
}

static void the_same_reference_is_added_once(void **state)
{
    const struct payment_method_new method = card("4242", next_year());
    (void)state;
    assert_int_equal(add(world.owner, method), PAYMENT_DONE);
    assert_int_equal(add(world.owner, method), PAYMENT_THERE);
    assert_int_equal(world_count(&world, "payment_method", "TRUE"), 1);
}

static void there_are_twenty_at_most(void **state)
{
    (void)state;
    for (int i = 0; i < PAYMENT_METHODS_MAX; i++)
        (void)added("4242", next_year());
    assert_int_equal(add(world.owner, card("4242", next_year())), PAYMENT_TOO_MANY);
}

static void the_same_form_adds_one(void **state)
{
    struct payment_method_new method = card("4242", next_year());
    enum payment_outcome outcome = PAYMENT_MISSING;
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct act act = world_form(&world, world.owner, 1, "/payment-method");
        method.reference = payment_demo_reference(world.mem, false);
        assert_null(payment_method_add(&act, &method, &outcome));
        assert_true(act.is_done);
        assert_int_equal(outcome, PAYMENT_DONE);
    }
    assert_int_equal(world_count(&world, "payment_method", "TRUE"), 1);
}

static void another_can_be_made_the_default(void **state)
{
    enum payment_outcome outcome = PAYMENT_MISSING;
    (void)state;
    (void)added("4242", next_year());
    const int64_t second = added("1881", next_year());
    struct act act = world_act(&world, world.owner);
    assert_null(payment_method_make_default(&act, second, &outcome));
    assert_int_equal(outcome, PAYMENT_DONE);
    assert_int_equal(the_default(), second);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'PAYMENT_METHOD_DEFAULT' AND object = 'CARD 1881'"), 1);
}

static void an_expired_one_is_not_made_the_default(void **state)
{
    enum payment_outcome outcome = PAYMENT_DONE;
    (void)state;
    const int64_t first = added("4242", next_year()), second = added("1881", world.now + CLOCK_DAY);
    world.now += CLOCK_DAY;
    struct act act = world_act(&world, world.owner);
    assert_null(payment_method_make_default(&act, second, &outcome));
    assert_int_equal(outcome, PAYMENT_EXPIRED);
    assert_int_equal(the_default(), first);
}

static void taking_the_default_out_leaves_the_newest(void **state)
{
    enum payment_outcome outcome = PAYMENT_MISSING;
    (void)state;
    const int64_t first = added("4242", next_year());
    world.now += CLOCK_SECOND;
    (void)added("0005", next_year());
    world.now += CLOCK_SECOND;
    const int64_t newest = added("1881", next_year());
    struct act act = world_act(&world, world.owner), again = world_act(&world, world.owner);
    assert_null(payment_method_take_out(&act, first, &outcome));
    assert_int_equal(outcome, PAYMENT_DONE);
    assert_int_equal(the_default(), newest);
    assert_int_equal(world_count(&world, "payment_method", "removed_at IS NOT NULL"), 1);
    assert_null(payment_method_take_out(&again, first, &outcome));
    assert_int_equal(outcome, PAYMENT_MISSING);
    assert_false(again.is_done);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'PAYMENT_METHOD_REMOVED'"), 1);
}

static void somebody_elses_is_not_found(void **state)
{
    const int64_t other = world_account(&world, ACCOUNT_CUSTOMER, "Other");
    const struct actor *stranger = world_user(&world, other, ROLE_OWNER, "Stranger");
    enum payment_outcome outcome = PAYMENT_DONE;
    (void)state;
    const int64_t id = added("4242", next_year()), before = world_fingerprint(&world);
    struct act first = world_act(&world, stranger), second = world_act(&world, stranger);
    assert_null(payment_method_make_default(&first, id, &outcome));
    assert_int_equal(outcome, PAYMENT_MISSING);
    assert_null(payment_method_take_out(&second, id, &outcome));
    assert_int_equal(outcome, PAYMENT_MISSING);
    assert_int_equal(world_fingerprint(&world), before);
}

static void only_an_owner_changes_anything(void **state)
{
    const struct actor *others[] = {world.viewer, world.admin, world.manager, world.ops};
    (void)state;
    const int64_t id = added("4242", next_year()), before = world_fingerprint(&world);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct act first = world_act(&world, others[i]), second = world_act(&world, others[i]), third = world_act(&world, others[i]);
        struct payment_method_new method = card("1881", next_year());
        enum payment_outcome outcome;
        const struct err *err = payment_method_add(&first, &method, &outcome);
        assert_int_equal(err->kind, ERR_DENIED);
        err = payment_method_make_default(&second, id, &outcome);
        assert_int_equal(err->kind, ERR_DENIED);
        err = payment_method_take_out(&third, id, &outcome);
        assert_int_equal(err->kind, ERR_DENIED);
    }
    assert_int_equal(world_fingerprint(&world), before);
}

static void a_reference_is_letters_only(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++)
        assert_int_equal(strcspn(payment_demo_reference(world.mem, i % 2 == 0), "0123456789"), i % 2 == 0 ? 38 : 29);
}

static void the_config_names_the_provider(void **state)
{
    struct config config = *world.config;
    (void)state;
    assert_string_equal(payment_provider(&config)->name, "demo");
    config.payment.provider = "off";
    assert_null(payment_provider(&config));
}

#define TEST(test) { #test, test, setup, teardown, NULL }

int main(void)
{
    static struct rows rows;
    static const struct CMUnitTest tests[] = {
        TEST(one_is_added_logged_and_the_first_is_the_default),
        TEST(the_first_valid_one_takes_over_from_an_expired_default),
        TEST(adding_ends_the_task_to_add_one),
        TEST(an_expired_card_is_refused_at_the_very_instant),
        TEST(the_same_reference_is_added_once),
        TEST(there_are_twenty_at_most),
        TEST(the_same_form_adds_one),
        TEST(another_can_be_made_the_default),
        TEST(an_expired_one_is_not_made_the_default),
        TEST(taking_the_default_out_leaves_the_newest),
        TEST(somebody_elses_is_not_found),
        TEST(only_an_owner_changes_anything),
        TEST(a_reference_is_letters_only),
        TEST(the_config_names_the_provider),
    };
    db = test_db_open(NULL);
    ROWS_TABLE(&rows, is_refused, bad_rows);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        rows.tests[rows.n++] = tests[i];
    return _cmocka_run_group_tests(__FILE__, rows.tests, rows.n, NULL, NULL);
}
