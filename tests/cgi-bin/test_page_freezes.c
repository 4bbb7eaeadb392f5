/* Freezes that the platform sees, lifts and imposes. */
#include "cgi-bin/platform_desk.h"

#include "store/store_association.h"

static int64_t frozen_n(void) { return world_count(&w, "freeze", "lifted_at IS NULL"); }

static void freeze_is_lifted_on_the_way_and_leads_back(void **state)
{
    (void)state;
    const int64_t id = escalated();
    world_freeze(&w, w.customer, FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_BUDGET);
    browser_get(b, escalation_of(id));
    browser_sees(b, "You can lift this freeze.");
    const char *path = lift_path(w.customer);
    assert_non_null(strstr(b->body, mem_text(w.mem, "%s?request=%s", path, no_of(id))));
    browser_get(b, mem_text(w.mem, "%s?request=%s", path, no_of(id)));
    page_golden(b, "freeze_lift");
    browser_post(b, path, "reason", "The budget was raised.", NULL);
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, escalation_of(id));
    browser_follow(b);
    browser_sees(b, "The freeze is lifted");
    browser_sees(b, "All 6 checks passed");
    assert_int_equal(frozen_n(), 0);
}

static void list_of_freezes_has_what_the_platform_may_lift(void **state)
{
    (void)state;
    const int64_t other = world_account(&w, ACCOUNT_CUSTOMER, "Budget AG");
    browser_get(b, "/freezes");
    browser_sees(b, "Nothing is frozen that the platform could lift");
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    world_freeze(&w, other, FREEZE_ACCOUNT, FREEZE_BY_BUDGET);
    world_freeze(&w, w.partner, FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_PLATFORM);
    test_db_sql(w.db, "UPDATE freeze SET at = at - INTERVAL 1 HOUR WHERE account_id = %lld", L(other));
    browser_get(b, "/freezes");
    browser_sees(b, "Budget AG");
    browser_sees(b, "Nimbus Ltd");
    browser_does_not_see(b, "Acme GmbH");
    browser_get(b, lift_path(other));
    browser_post(b, lift_path(other), "reason", "", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Enter a reason");
    browser_post(b, lift_path(other), "reason", "raised", NULL);
    assert_string_equal(b->location, "/freezes");
    browser_follow(b);
    browser_sees(b, "The freeze is lifted");
    browser_does_not_see(b, "Budget AG");
}

static void partners_freeze_of_its_customer_cannot_be_lifted_here(void **state)
{
    (void)state;
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    browser_get(b, lift_path(w.customer));
    assert_int_equal(b->status, 409);
    browser_sees(b, "Only the partner that imposed it can lift it.");
}

static void lifted_freeze_is_not_lifted_again(void **state)
{
    (void)state;
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_BUDGET);
    const char *path = lift_path(w.customer);
    browser_get(b, path);
    const char *body = browser_body(b, path, "reason", "raised", NULL);
    browser_post_body(b, path, body);
    browser_post_body(b, path, body);   /* the same form: the same answer */
    assert_int_equal(b->status, 303);
    browser_get(b, path);
    assert_int_equal(b->status, 409);
    browser_sees(b, "This freeze is not in force");
    browser_get(b, "/freezes/999999/lift");
    assert_int_equal(b->status, 404);
}

static void freeze_that_became_another_one_is_shown_again(void **state)
{
    (void)state;
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_BUDGET);
    const char *path = lift_path(w.customer);
    browser_get(b, path);
    test_db_sql(w.db, "UPDATE freeze SET type = 'ACCOUNT_AND_RESOURCES'");
    browser_post(b, path, "reason", "raised", NULL);
    assert_int_equal(b->status, 409);
    browser_sees(b, "The freeze was changed meanwhile");
    assert_int_equal(frozen_n(), 1);
}

static void operator_freezes_a_partner_by_its_number(void **state)
{
    (void)state;
    struct association *association = NULL;
    assert_null(association_load(w.db, w.mem, w.association, &association));
    browser_get(b, "/freezes/new");
    page_golden(b, "freeze_new");
    browser_post(b, "/freezes/new", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Enter an account number");
    browser_sees(b, "Select what to freeze");
    browser_sees(b, "Enter a reason");
    browser_post(b, "/freezes/new", "account", "P-0", "type", "ACCOUNT", "reason", "Invoices are unpaid.", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "No customer or partner has this account number");
    browser_post(b, "/freezes/new", "account", association->partner_no, "type", "ACCOUNT", "reason", "Invoices are unpaid.", NULL);
    assert_string_equal(b->location, "/freezes");
    browser_follow(b);
    browser_sees(b, "The account is frozen");
    page_golden(b, "freezes");
    browser_get(b, "/freezes/new");
    browser_post(b, "/freezes/new", "account", association->partner_no, "type", "ACCOUNT", "reason", "Again.", NULL);
    assert_int_equal(b->status, 409);
    browser_sees(b, "This account is already frozen");
    assert_int_equal(frozen_n(), 1);
}

static void customer_of_a_frozen_partner_reads_why_the_platform_has_it(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    world_freeze(&w, w.partner, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    escalate(id, w.now);
    browser_become(b, w.owner->user_id);
    browser_get(b, "/my-partner");
    browser_sees(b, "The platform now looks at your request");
    browser_sees(b, "Your partner can’t answer request");
    browser_sees(b, "After that the request expires and you stay associated.");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(freeze_is_lifted_on_the_way_and_leads_back),
        TEST(list_of_freezes_has_what_the_platform_may_lift),
        TEST(partners_freeze_of_its_customer_cannot_be_lifted_here),
        TEST(lifted_freeze_is_not_lifted_again),
        TEST(freeze_that_became_another_one_is_shown_again),
        TEST(operator_freezes_a_partner_by_its_number),
        TEST(customer_of_a_frozen_partner_reads_why_the_platform_has_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
