#include "cgi-bin/partner_desk.h"

#include "action/decide.h"

static int64_t stranger_account(void) { return world_account(&w, ACCOUNT_PARTNER, "Other Cloud"); }

static void customers_are_listed_with_the_one_likely_thing_to_do(void **state)
{
    (void)state;
    const int64_t frozen = world_account(&w, ACCOUNT_CUSTOMER, "Blue Harbor"), asking = world_account(&w, ACCOUNT_CUSTOMER, "Calm Sea");
    const int64_t budget = world_account(&w, ACCOUNT_CUSTOMER, "Dune"), referral = world_account(&w, ACCOUNT_CUSTOMER, "Elm");
    (void)world_associate(&w, frozen, w.partner, MODEL_RESELLER);
    (void)world_associate(&w, asking, w.partner, MODEL_RESELLER);
    (void)world_associate(&w, budget, w.partner, MODEL_RESELLER);
    (void)world_associate(&w, referral, w.partner, MODEL_REFERRAL);
    world_freeze(&w, frozen, FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_PARTNER);
    world_freeze(&w, budget, FREEZE_ACCOUNT, FREEZE_BY_BUDGET);
    const int64_t request = world_request(&w, w.owner);
    get("/customers", 200);
    browser_sees(b, "Acme GmbH");
    browser_sees(b, "Account and resources frozen");
    browser_sees(b, "Waiting for you");
    assert_true(offers(path_of(request)));
    assert_true(offers(customer_page(frozen, "/unfreeze")));
    assert_true(offers(customer_page(asking, "/freeze")));
    assert_false(offers(customer_page(budget, "/unfreeze")));
    assert_false(offers(customer_page(referral, "/freeze")));
    assert_true(offers("/customer-invite"));
    page_golden(b, "customers");
}

static void what_the_platform_has_waits_for_nobody_else(void **state)
{
    (void)state;
    const int64_t request = world_request(&w, w.owner);
    test_db_sql(w.db, "UPDATE disassociation_request SET escalated_at = submitted_at WHERE id = %lld", L(request));
    get("/customers", 200);
    assert_non_null(strstr(b->body, "<span class=\"badge warn line\">With the platform</span>"));
    assert_null(strstr(b->body, "<span class=\"badge warn line\">Waiting for you</span>"));
}

static void the_log_of_a_customer_is_about_that_customer(void **state)
{
    (void)state;
    get(customer_page(w.customer, ""), 200);
    assert_true(offers(mem_text(w.mem, "/operation-log?customer=%s", customer_no(w.customer))));
}

static void a_partner_without_customers_is_told_how_to_get_one(void **state)
{
    (void)state;
    browser_become(b, world_user(&w, stranger_account(), ROLE_ADMIN, "Stranger")->user_id);
    get("/customers", 200);
    browser_sees(b, "No customers yet");
    browser_does_not_see(b, "Acme GmbH");
}

static void filters_stay_in_the_page(void **state)
{
    (void)state;
    get("/customers?q=nobody%20at%20all&status=active", 200);
    browser_sees(b, "Nothing matches these filters");
    assert_non_null(strstr(b->body, "value=\"nobody at all\""));
    assert_non_null(strstr(b->body, "<option value=\"active\" selected>"));
    get("/customers?q=acme&request=none&status=", 200);
    browser_sees(b, "Acme GmbH");
    get("/customers?status=nonsense&before=x.y", 200);
    browser_sees(b, "Acme GmbH");
}

static void long_lists_come_in_pages(void **state)
{
    (void)state;
    for (int i = 0; i < 25; i++)
        (void)world_associate(&w, world_account(&w, ACCOUNT_CUSTOMER, mem_text(w.mem, "Row %02d", i)), w.partner, MODEL_RESELLER);
    get("/customers?q=row", 200);
    browser_sees(b, "Row 24");
    browser_sees(b, "Row 05");
    browser_does_not_see(b, "Row 04");
    const char *at = strstr(b->body, "/customers?q=row&amp;before=");
    assert_non_null(at);
    char *older = mem_copy_n(w.mem, at, strcspn(at, "\""));
    memmove(strstr(older, "&amp;") + 1, strstr(older, "&amp;") + 5, strlen(strstr(older, "&amp;") + 5) + 1);
    get(older, 200);
    browser_sees(b, "Row 04");
    browser_sees(b, "Row 00");
    browser_does_not_see(b, "Row 05");
    assert_false(offers("/customers?q=row&amp;before="));
    browser_sees(b, "Newest");
}

static void a_manager_reads_and_is_offered_nothing(void **state)
{
    (void)state;
    const int64_t request = world_request(&w, w.owner);
    browser_become(b, w.manager->user_id);
    get("/customers", 200);
    browser_sees(b, "Acme GmbH");
    assert_false(offers(path_of(request)));
    assert_false(offers("/customer-invite"));
    get(customer_page(w.customer, ""), 200);
    browser_sees(b, "ask an admin of your account");
    assert_false(offers(customer_page(w.customer, "/freeze")));
    get(customer_page(w.customer, "/freeze"), 403);
    get(customer_page(w.customer, "/unfreeze"), 403);
    get("/settings", 200);
    browser_sees(b, "ask an admin of your account");
}

static void others_than_partners_have_no_customers(void **state)
{
    const struct actor *others[] = {w.owner, w.viewer, w.ops};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        browser_become(b, others[i]->user_id);
        get("/customers", 403);
        get(customer_page(w.customer, ""), 403);
        get(customer_page(w.customer, "/freeze"), 403);
        get("/settings", 403);
    }
}

static void a_request_to_be_unfrozen_shows(void **state)
{
    bool asked = false;
    struct act act = world_act(&w, w.owner);
    (void)state;
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    assert_null(ask_unfreeze(&act, w.association, &asked));
    get("/customers", 200);
    browser_sees(b, "Asks to be unfrozen");
    browser_sees(b, "These customers ask you to unfreeze them");
    get("/customers?q=nobody", 200);
    browser_sees(b, "These customers ask you to unfreeze them");
    get(customer_page(w.customer, ""), 200);
    browser_sees(b, "Acme GmbH asks you to unfreeze the account");
}

/* --- masked names --- */

static void names_are_masked_until_somebody_asks(void **state)
{
    (void)state;
    b->site->config = test_db_config();
    test_db_config()->site.mask_names = true;
    get("/customers", 200);
    browser_sees(b, "A…");
    browser_does_not_see(b, "Acme GmbH Sign out Acme");
    assert_null(strstr(b->body, "Acme"));
    get(customer_page(w.customer, ""), 200);
    assert_null(strstr(b->body, "Acme"));
    get(customer_page(w.customer, "/freeze"), 200);
    assert_null(strstr(b->body, "Acme"));
    get("/customers", 200);
    browser_post(b, "/customers/names", NULL);
    assert_int_equal(b->status, 303);
    browser_follow(b);
    browser_sees(b, "Full names are shown");
    browser_sees(b, "Acme GmbH");
    browser_does_not_see(b, "Show full names");
    assert_int_equal(world_count(&w, "operation_log", "operation = 'NAMES_SHOWN'"), 1);
    browser_become(b, w.admin->user_id);   /* another session */
    get("/customers", 200);
    assert_null(strstr(b->body, "Acme"));
    test_db_config()->site.mask_names = false;
}

static void names_are_not_masked_by_default(void **state)
{
    (void)state;
    get("/customers", 200);
    browser_sees(b, "Acme GmbH");
    browser_does_not_see(b, "Show full names");
}

/* --- one customer --- */

static void a_customer_is_shown_with_counts_of_its_checks(void **state)
{
    (void)state;
    (void)world_member(&w, w.customer, "Secret Member", true);
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    get(customer_page(w.customer, ""), 200);
    browser_sees(b, "Acme GmbH");
    browser_sees(b, customer_no(w.customer));
    browser_sees(b, "Account frozen");
    browser_sees(b, "2 of 6 account checks fail");
    browser_does_not_see(b, "Secret Member");
    assert_true(offers(customer_page(w.customer, "/unfreeze")));
    assert_false(offers(customer_page(w.customer, "/freeze")));
    page_golden(b, "customer");
}

static void a_referral_customer_cannot_be_frozen(void **state)
{
    (void)state;
    test_db_sql(w.db, "UPDATE association SET model = 'REFERRAL'");
    get(customer_page(w.customer, ""), 200);
    browser_sees(b, "you can’t freeze it");
    get(customer_page(w.customer, "/freeze"), 409);
}

static void a_frozen_partner_is_offered_nothing_but_to_reject(void **state)
{
    (void)state;
    (void)world_request(&w, w.owner);
    get("/customers", 200);
    browser_sees(b, "Process");
    browser_sees(b, "Invite customer");
    world_freeze(&w, w.partner, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    get("/customers", 200);
    browser_sees(b, "You can reject requests.");
    browser_sees(b, "Reject the request of");
    browser_does_not_see(b, "Process");
    browser_does_not_see(b, "Invite customer");
    get("/requests", 200);
    browser_sees(b, "You can reject requests.");
    get(customer_page(w.customer, ""), 200);
    browser_sees(b, "Reject");
    browser_does_not_see(b, "Process");
}

static void a_customers_checks_lead_to_what_mends_them(void **state)
{
    (void)state;
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    get(customer_page(w.customer, ""), 200);
    browser_sees(b, "Unfreeze first");
    browser_sees(b, "Check again");
    browser_does_not_see(b, "To have this done");
    browser_become(b, w.manager->user_id);
    get(customer_page(w.customer, ""), 200);
    browser_sees(b, "To have this done, ask an admin of your account.");
    browser_does_not_see(b, "Unfreeze first");
}

static void a_frozen_partner_is_told_so(void **state)
{
    (void)state;
    world_freeze(&w, w.partner, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    get(customer_page(w.customer, ""), 200);
    browser_sees(b, "Your own account is frozen");
    assert_false(offers(customer_page(w.customer, "/freeze")));
    get(customer_page(w.customer, "/freeze"), 409);
    browser_sees(b, "Your own account is frozen");
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    get(customer_page(w.customer, "/unfreeze"), 409);
    browser_sees(b, "Your own account is frozen");
}

static void a_strangers_customer_is_not_found(void **state)
{
    static const char *const pages[] = {"", "/freeze", "/unfreeze"};
    (void)state;
    world_contract(&w, w.customer, w.now - 1, w.now + CLOCK_DAY);
    browser_become(b, world_user(&w, stranger_account(), ROLE_ADMIN, "Stranger")->user_id);
    for (size_t i = 0; i < 3; i++) {
        get(customer_page(w.customer, pages[i]), 404);
        browser_does_not_see(b, "Acme");
    }
    get(mem_text(w.mem, "/contracts/%lld/settle", L(test_db_number(w.db, "SELECT MAX(id) FROM contract"))), 404);
    get("/customers/C-999999", 404);
}

static void strangers_cannot_post_to_it_either(void **state)
{
    (void)state;
    get(customer_page(w.customer, "/freeze"), 200);
    const char *mine = mem_copy(w.mem, browser_body(b, customer_page(w.customer, "/freeze"), "type", "ACCOUNT", "reason", "x", NULL));
    browser_become(b, world_user(&w, stranger_account(), ROLE_ADMIN, "Stranger")->user_id);
    browser_post_body(b, customer_page(w.customer, "/freeze"), mine);
    assert_int_equal(b->status, 404);
    assert_int_equal(world_count(&w, "freeze", "1 = 1"), 0);
}

static void an_ended_association_is_read_for_its_time_only(void **state)
{
    (void)state;
    test_db_sql(w.db, "UPDATE association SET status = 'ENDED', ended_at = TIMESTAMPADD(MICROSECOND, %lld, '1970-01-01')",
                L(w.now - CLOCK_DAY));
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    get("/customers", 200);
    browser_does_not_see(b, "Acme");
    get(customer_page(w.customer, ""), 200);
    browser_sees(b, "14 Jun 2026");
    browser_does_not_see(b, "Account frozen");
    browser_does_not_see(b, "account checks");
    get(customer_page(w.customer, "/freeze"), 404);
    get(customer_page(w.customer, "/unfreeze"), 404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(customers_are_listed_with_the_one_likely_thing_to_do), TEST(a_partner_without_customers_is_told_how_to_get_one),
        TEST(what_the_platform_has_waits_for_nobody_else), TEST(the_log_of_a_customer_is_about_that_customer),
        TEST(filters_stay_in_the_page), TEST(long_lists_come_in_pages), TEST(a_manager_reads_and_is_offered_nothing),
        TEST(others_than_partners_have_no_customers), TEST(a_request_to_be_unfrozen_shows), TEST(names_are_masked_until_somebody_asks),
        TEST(names_are_not_masked_by_default), TEST(a_customer_is_shown_with_counts_of_its_checks),
        TEST(a_referral_customer_cannot_be_frozen), TEST(a_frozen_partner_is_told_so),
        TEST(a_frozen_partner_is_offered_nothing_but_to_reject), TEST(a_customers_checks_lead_to_what_mends_them), TEST(a_strangers_customer_is_not_found),
        TEST(strangers_cannot_post_to_it_either), MADE_UP(an_ended_association_is_read_for_its_time_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
