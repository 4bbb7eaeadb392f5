#include "store/empty_db.h"

#include "store/store_association.h"

#define NOON INT64_C(1781524800000000)   /* 2026-06-15T12:00:00Z */

static int64_t id;     /* of an association of customer 1 with partner 2 */

static int setup(void **state)
{
    (void)empty(state);
    test_db_sql(db, "INSERT INTO account (id, kind, no, name, created_at, code_on, public_email, version) VALUES "
                "(1, 'CUSTOMER', 'C-1', 'Acme', NOW(6), 0, '', 7), (2, 'PARTNER', 'P-2', 'Nimbus', NOW(6), 1, 'hi@n.example', 3), "
                "(3, 'PARTNER', 'P-3', 'Other', NOW(6), 0, '', 1)");
    assert_null(association_insert(db, 1, 2, MODEL_RESELLER, NOON, &id));
    return 0;
}

static struct association *load(void)
{
    struct association *association;

    assert_null(association_load(db, mem, id, &association));
    assert_non_null(association);
    return association;
}

static struct freeze *open_freeze(int64_t account_id)
{
    struct freeze *freeze;

    assert_null(freeze_open(db, mem, account_id, &freeze));
    return freeze;
}

/* --- associations ------------------------------------------------------------------------------------------------------ */

static void active_association_comes_with_its_parties(void **state)
{
    struct association *association;

    (void)state;
    assert_null(association_active(db, mem, 1, &association));
    assert_non_null(association);
    assert_int_equal(association->id, id);
    assert_int_equal(association->model, MODEL_RESELLER);
    assert_int_equal(association->status, ASSOCIATION_ACTIVE);
    assert_true(association->associated_at == NOON);
    assert_true(association->ended_at == INSTANT_NONE);
    assert_string_equal(association->customer_name, "Acme");
    assert_string_equal(association->customer_no, "C-1");
    assert_string_equal(association->partner_name, "Nimbus");
    assert_string_equal(association->partner_email, "hi@n.example");
    assert_true(association->partner_code_on);
    assert_false(association->partner_is_frozen);
    assert_int_equal(association->customer_version, 7);
    assert_int_equal(association->version, 1);
}

static void freeze_of_the_partner_shows(void **state)
{
    int64_t freeze_id;

    (void)state;
    assert_null(freeze_insert(db, 1, FREEZE_ACCOUNT, FREEZE_BY_PARTNER, "x", NOON, &freeze_id));
    assert_false(load()->partner_is_frozen);
    assert_null(freeze_insert(db, 2, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM, "x", NOON, &freeze_id));
    assert_true(load()->partner_is_frozen);
}

static void customer_without_partner_has_none(void **state)
{
    struct association *association;

    (void)state;
    assert_null(association_active(db, mem, 3, &association));
    assert_null(association);
    assert_null(association_load(db, mem, 999, &association));
    assert_null(association);
    assert_null(association_last_ended(db, mem, 1, &association));
    assert_null(association);
}

static void second_active_partner_is_a_conflict(void **state)
{
    int64_t other;

    (void)state;
    assert_true(db_is_duplicate(association_insert(db, 1, 3, MODEL_RESELLER, NOON, &other), "association_active"));
}

static void association_ends_once(void **state)
{
    struct association *association;
    bool ended;

    (void)state;
    assert_null(association_end(db, id, 1, 77, NOON + 1, &ended));
    assert_true(ended);
    assert_null(association_end(db, id, 1, 78, NOON + 2, &ended));
    assert_false(ended);
    assert_null(association_end(db, id, 2, 78, NOON + 2, &ended));
    assert_false(ended);
    assert_int_equal(load()->ended_by_request_id, 77);
    assert_true(load()->ended_at == NOON + 1);
    assert_null(association_active(db, mem, 1, &association));
    assert_null(association);
    assert_null(association_last_ended(db, mem, 1, &association));
    assert_int_equal(association->id, id);
}

static void last_ended_is_the_newest(void **state)
{
    struct association *association;
    int64_t second;
    bool ended;

    (void)state;
    assert_null(association_end(db, id, 1, 0, NOON + 1, &ended));
    assert_null(association_insert(db, 1, 3, MODEL_REFERRAL, NOON + 2, &second));
    assert_null(association_end(db, second, 1, 0, NOON + 3, &ended));
    assert_true(ended);
    assert_null(association_last_ended(db, mem, 1, &association));
    assert_int_equal(association->id, second);
    assert_int_equal(association->ended_by_request_id, 0);
}

static void version_is_bumped_only_from_what_it_is(void **state)
{
    bool bumped;

    (void)state;
    assert_null(account_bump(db, 1, 7, &bumped));
    assert_true(bumped);
    assert_null(account_bump(db, 1, 7, &bumped));
    assert_false(bumped);
    assert_int_equal(load()->customer_version, 8);
}

static void partners_version_is_taken_from_what_was_read(void **state)
{
    struct association *read = load();

    (void)state;
    assert_null(association_bump_partner(db, read));
    assert_int_equal(load()->partner_version, read->partner_version + 1);
    assert_int_equal(load()->customer_version, read->customer_version);
    /* Somebody else did. */
    const struct err *err = association_bump_partner(db, read);
    assert_non_null(err);
    assert_int_equal(load()->partner_version, read->partner_version + 1);
}

/* --- freezes ----------------------------------------------------------------------------------------------------------- */

static void freeze_is_read_back(void **state)
{
    int64_t freeze_id;

    (void)state;
    assert_null(open_freeze(1));
    assert_null(freeze_insert(db, 1, FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_BUDGET, "too much", NOON, &freeze_id));
    assert_int_equal(open_freeze(1)->id, freeze_id);
    assert_int_equal(open_freeze(1)->type, FREEZE_ACCOUNT_AND_RESOURCES);
    assert_int_equal(open_freeze(1)->source, FREEZE_BY_BUDGET);
    assert_string_equal(open_freeze(1)->reason, "too much");
    assert_true(open_freeze(1)->lifted_at == INSTANT_NONE);
}

static void second_open_freeze_is_a_conflict(void **state)
{
    int64_t freeze_id;

    (void)state;
    assert_null(freeze_insert(db, 1, FREEZE_ACCOUNT, FREEZE_BY_PARTNER, "x", NOON, &freeze_id));
    assert_true(db_is_duplicate(freeze_insert(db, 1, FREEZE_ACCOUNT, FREEZE_BY_BUDGET, "y", NOON, &freeze_id), "freeze_open"));
}

static void lifting_names_the_type(void **state)
{
    int64_t freeze_id;
    bool lifted;

    (void)state;
    assert_null(freeze_insert(db, 1, FREEZE_ACCOUNT, FREEZE_BY_PARTNER, "x", NOON, &freeze_id));
    assert_null(freeze_lift(db, 1, FREEZE_ACCOUNT_AND_RESOURCES, "paid", NOON + 1, &lifted));
    assert_false(lifted);
    assert_non_null(open_freeze(1));
    assert_null(freeze_lift(db, 1, FREEZE_ACCOUNT, "paid", NOON + 1, &lifted));
    assert_true(lifted);
    assert_null(open_freeze(1));
    assert_null(freeze_lift(db, 1, FREEZE_ACCOUNT, "paid", NOON + 2, &lifted));
    assert_false(lifted);
}

/* --- tasks ------------------------------------------------------------------------------------------------------------- */

static void task_is_asked_once_until_it_is_done(void **state)
{
    struct task *tasks;
    bool is_new, closed;
    size_t n;

    (void)state;
    assert_null(task_ask(db, 2, "UNFREEZE", id, NOON, &is_new));
    assert_true(is_new);
    assert_null(task_ask(db, 2, "UNFREEZE", id, NOON + 1, &is_new));
    assert_false(is_new);
    assert_null(task_list(db, mem, 2, &tasks, &n));
    assert_int_equal(n, 1);
    assert_string_equal(tasks[0].kind, "UNFREEZE");
    assert_true(tasks[0].created_at == NOON);
    assert_null(task_close(db, 2, "UNFREEZE", id, NOON + 2, &closed));
    assert_true(closed);
    assert_null(task_close(db, 2, "UNFREEZE", id, NOON + 2, &closed));
    assert_false(closed);
    assert_null(task_list(db, mem, 2, &tasks, &n));
    assert_int_equal(n, 0);
    assert_null(task_ask(db, 2, "UNFREEZE", id, NOON + 3, &is_new));
    assert_true(is_new);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(active_association_comes_with_its_parties), TEST(freeze_of_the_partner_shows), TEST(customer_without_partner_has_none),
        TEST(second_active_partner_is_a_conflict), TEST(association_ends_once), TEST(last_ended_is_the_newest),
        TEST(version_is_bumped_only_from_what_it_is), TEST(partners_version_is_taken_from_what_was_read), TEST(freeze_is_read_back), TEST(second_open_freeze_is_a_conflict),
        TEST(lifting_names_the_type), TEST(task_is_asked_once_until_it_is_done)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
