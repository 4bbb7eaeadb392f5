#include "store/empty_db.h"

#include "store/store_payment.h"
#include "store/store_resource.h"

#define L(value) ((long long)(value))
#define AT "TIMESTAMPADD(MICROSECOND, %lld, '1970-01-01')"
#define NOW INT64_C(1700000000000000)

static int64_t customer;
static int64_t first_days;       /* rows that the migrations made */
static const struct lifecycle_days otherwise = { 15, 15 };

static int setup(void **state)
{
    (void)empty(state);
    test_db_sql(db, "INSERT INTO account (kind, no, name, created_at) VALUES ('CUSTOMER', 'C-1', 'Acme', '2020-01-01')");
    customer = test_db_number(db, "SELECT MAX(id) FROM account LIMIT 1");
    return 0;
}

static int64_t resource(const char *state, int64_t due_at, int64_t until_at, int told)
{
    test_db_sql(db, "INSERT INTO resource (customer_id, name, next_charge_at, state, state_until, told) VALUES (%lld, 'Disk', " AT
                ", '%s', IF('%s' IN ('GRACE', 'RETENTION'), " AT ", NULL), %d)", L(customer), L(due_at), state, state, L(until_at), told);
    return test_db_number(db, "SELECT MAX(id) FROM resource LIMIT 1");
}

static size_t found(resource_due_list *list, int64_t now)
{
    int64_t *ids = NULL;
    size_t n = 0;
    assert_null(list(db, mem, now, 0, 100, &ids, &n));
    return n;
}

static void the_migrations_bring_fifteen_and_fifteen_days(void **state)
{
    (void)state;
    assert_int_equal(first_days, 1);
}

static void charges_are_found_from_their_due_time_on(void **state)
{
    (void)state;
    (void)resource("ACTIVE", NOW, 0, 0);
    (void)resource("RELEASED", NOW, 0, 0);
    assert_int_equal(found(resource_due_charge, NOW - 1), 0);
    assert_int_equal(found(resource_due_charge, NOW), 1);
}

static void what_a_partner_pays_for_is_found_in_grace_too(void **state)
{
    (void)state;
    (void)resource("GRACE", NOW, NOW + CLOCK_DAY, 0);
    assert_int_equal(found(resource_due_charge, NOW), 0);
    test_db_sql(db, "UPDATE account SET billing_mode = 'PARTNER'");
    assert_int_equal(found(resource_due_charge, NOW), 1);
}

static void ends_are_found_when_they_have_come(void **state)
{
    (void)state;
    (void)resource("GRACE", NOW - CLOCK_DAY, NOW, 2);
    (void)resource("RETENTION", NOW - CLOCK_DAY, NOW, 2);
    assert_int_equal(found(resource_due_end, NOW - 1), 0);
    assert_int_equal(found(resource_due_end, NOW), 2);
}

static void warnings_are_found_once_each(void **state)
{
    (void)state;
    (void)resource("GRACE", NOW, NOW + 3 * CLOCK_DAY, 0);
    (void)resource("GRACE", NOW, NOW + 3 * CLOCK_DAY, 1);
    (void)resource("RETENTION", NOW, NOW + CLOCK_DAY, 1);
    (void)resource("RETENTION", NOW, NOW + CLOCK_DAY, 2);
    (void)resource("RETENTION", NOW, NOW + 4 * CLOCK_DAY, 0);
    assert_int_equal(found(resource_due_warning, NOW), 2);
}

static void lists_go_on_after_the_last_one(void **state)
{
    int64_t *ids = NULL;
    size_t n = 0;
    (void)state;
    const int64_t first = resource("ACTIVE", NOW, 0, 0);
    (void)resource("ACTIVE", NOW - CLOCK_DAY, 0, 0);
    assert_null(resource_due_charge(db, mem, NOW, 0, 1, &ids, &n));
    assert_int_equal(n, 1);
    assert_int_equal(ids[0], first);
    assert_null(resource_due_charge(db, mem, NOW, first, 1, &ids, &n));
    assert_int_equal(n, 1);
    assert_true(ids[0] > first);
}

static void one_is_claimed_once(void **state)
{
    struct resource *seen = NULL;
    bool claimed = false;
    (void)state;
    const int64_t id = resource("ACTIVE", NOW, 0, 0);
    assert_null(resource_load(db, mem, id, &otherwise, &seen));
    assert_null(resource_claim(db, id, seen->version, &claimed));
    assert_true(claimed);
    assert_null(resource_claim(db, id, seen->version, &claimed));
    assert_false(claimed);
}

static void a_released_one_is_never_written(void **state)
{
    (void)state;
    const int64_t id = resource("RELEASED", NOW, 0, 0);
    const struct resource_change change = {
        .id = id, .state = RESOURCE_ACTIVE, .due_at = NOW, .anchor_at = NOW, .until_at = INSTANT_NONE
    };
    assert_non_null(resource_write(db, &change));
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM resource WHERE state = 'RELEASED'"), 1);
}

static void the_database_takes_no_full_number(void **state)
{
    struct payment_method method = {
        .customer_id = customer, .is_card = true, .last_four = "4242", .reference = "4111111111111111", .valid_to = INSTANT_NONE,
        .added_at = NOW
    };
    int64_t id = 0;
    (void)state;
    assert_non_null(payment_method_insert(db, &method, &id));
    method.reference = "demo-a";
    method.last_four = "42a2";
    assert_non_null(payment_method_insert(db, &method, &id));
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM payment_method"), 0);
}

static void the_default_is_charged_unless_it_has_expired(void **state)
{
    struct payment_method old = {
        .customer_id = customer, .last_four = "0001", .reference = "a", .valid_to = NOW, .is_default = true, .added_at = NOW - 2
    };
    struct payment_method other = {
        .customer_id = customer, .last_four = "0002", .reference = "b", .valid_to = INSTANT_NONE, .added_at = NOW - 1
    };
    struct payment_method *method = NULL;
    int64_t id = 0;
    (void)state;
    assert_null(payment_method_to_charge(db, mem, customer, NOW, &method));
    assert_null(method);
    assert_null(payment_method_insert(db, &old, &id));
    assert_null(payment_method_insert(db, &other, &id));
    assert_null(payment_method_to_charge(db, mem, customer, NOW - 1, &method));
    assert_string_equal(method->last_four, "0001");
    assert_null(payment_method_to_charge(db, mem, customer, NOW, &method));
    assert_string_equal(method->last_four, "0002");
}

static void nothing_is_paid_twice(void **state)
{
    (void)state;
    const struct charge_new charge = {
        .resource_id = resource("ACTIVE", NOW, 0, 0), .customer_id = customer, .due_at = NOW, .amount_minor = 1, .at = NOW,
        .currency = "USD", .payer = "CUSTOMER", .result = "PAID"
    };
    assert_null(charge_insert(db, &charge));
    const struct err *err = charge_insert(db, &charge);
    assert_non_null(err);
    assert_true(db_is_duplicate(err, "charge_paid"));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_migrations_bring_fifteen_and_fifteen_days),
        TEST(charges_are_found_from_their_due_time_on),
        TEST(what_a_partner_pays_for_is_found_in_grace_too),
        TEST(ends_are_found_when_they_have_come),
        TEST(warnings_are_found_once_each),
        TEST(lists_go_on_after_the_last_one),
        TEST(one_is_claimed_once),
        TEST(a_released_one_is_never_written),
        TEST(the_database_takes_no_full_number),
        TEST(the_default_is_charged_unless_it_has_expired),
        TEST(nothing_is_paid_twice),
    };
    db = test_db_open(NULL);
    first_days = test_db_number(db, "SELECT COUNT(*) FROM lifecycle_days WHERE grace_days = 15 AND retention_days = 15");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
