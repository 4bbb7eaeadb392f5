/* The account center's overview, and what a biller needs to know. */
#include "cgi-bin/account_browser.h"

#include "cgi-bin/page_golden.h"
#include "store/store_association.h"

/* --- the overview --- */

static void ready_account_says_so(void **state)
{
    (void)state;
    get("/account", 200);
    browser_sees(b, "Your account is ready for any partner change.");
    browser_sees(b, "All 6 checks passed");
    browser_sees(b, "Your settlement currency is USD.");
    browser_does_not_see(b, "Do this now");
}

static void failed_checks_are_a_list_of_things_to_do(void **state)
{
    (void)state;
    world_currency(&w, w.customer, NULL);
    (void)world_member(&w, w.customer, "Branch", true);
    world_commitment(&w, w.customer, COMMITMENT_RI, w.now + CLOCK_DAY);
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    get("/account", 200);
    browser_does_not_see(b, "Your account is ready");
    browser_sees(b, "Fix these items (4)");
    browser_sees(b, "Passed (2)");
    assert_non_null(strstr(b->body, "href=\"/currency\""));
    assert_non_null(strstr(b->body, ">Set currency</a>"));
    assert_non_null(strstr(b->body, ">Manage member accounts</a>"));
    assert_non_null(strstr(b->body, ">Review and unsubscribe</a>"));
    browser_post(b, "/my-partner/ask-unfreeze", NULL);
    assert_int_equal(b->status, 303);
    assert_int_equal(world_count(&w, "task", "kind = 'UNFREEZE'"), 1);
    get("/account", 200);
    browser_sees(b, "You asked your partner on");
    assert_null(strstr(b->body, "action=\"/my-partner/ask-unfreeze\""));
}

static void contacts_are_masked(void **state)
{
    (void)state;
    world_contact(&w, w.customer, CHANNEL_SMS, "+4915100000188");
    test_db_sql(w.db, "UPDATE contact SET verified_at = NULL WHERE channel = 'SMS'");
    get("/account", 200);
    browser_sees(b, "a***@example.com");
    browser_sees(b, "Ending in 0188");
    browser_sees(b, "Not verified");
    browser_does_not_see(b, "4915100000188");
    test_db_sql(w.db, "DELETE FROM contact WHERE account_id = %lld", L(w.customer));
    get("/account", 200);
    browser_sees(b, "No email address or mobile number is linked.");
}

static void payment_methods_are_named_by_their_last_digits(void **state)
{
    (void)state;
    test_db_sql(w.db, "DELETE FROM payment_method");
    get("/account", 200);
    browser_sees(b, "No payment method.");
    test_db_sql(w.db, "INSERT INTO payment_method (customer_id, kind, last_four, provider_reference, valid_to, added_at) VALUES "
                "(%lld, 'CARD', '4242', 'pm-a', '2026-01-01', '2025-01-01'), (%lld, 'BANK', '0077', 'pm-b', NULL, '2025-01-02')",
                L(w.customer), L(w.customer));
    get("/account", 200);
    browser_sees(b, "Card ending in 4242 Expired");
    browser_sees(b, "Bank account ending in 0077");
    browser_does_not_see(b, "pm-a");
}

static void tasks_stay_until_they_are_done(void **state)
{
    bool is_new = false, closed = false;
    (void)state;
    assert_null(task_ask(w.db, w.customer, "ACCOUNT_INFORMATION", w.association, w.now, &is_new));
    get("/account", 200);
    browser_sees(b, "Do this now Update your account information");
    assert_null(task_close(w.db, w.customer, "ACCOUNT_INFORMATION", w.association, w.now, &closed));
    get("/account", 200);
    browser_does_not_see(b, "Do this now");
}

static void an_account_without_a_partner_has_the_page_too(void **state)
{
    (void)state;
    const struct actor *alone = stranger();
    world_currency(&w, alone->account_id, NULL);
    become(alone);
    get("/account", 200);
    browser_sees(b, "Elsewhere");
    browser_sees(b, "Fix this item (1)");
    assert_non_null(strstr(b->body, ">Set currency</a>"));
}

static void a_viewer_reads_and_has_no_buttons(void **state)
{
    (void)state;
    world_currency(&w, w.customer, NULL);
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    become(w.viewer);
    get("/account", 200);
    browser_sees(b, "Fix these items (2)");
    browser_does_not_see(b, "Set currency");
    browser_does_not_see(b, "Ask partner to unfreeze");
    become(w.admin);
    get("/account", 403);
    become(w.ops);
    get("/account", 403);
}

static void pages_look_as_they_did(void **state)
{
    (void)state;
    world_currency(&w, w.customer, NULL);
    (void)world_member(&w, w.customer, "Branch <One>", true);
    world_commitment(&w, w.customer, COMMITMENT_RI, w.now + 10 * CLOCK_DAY);
    get("/currency?return=check", 200);
    page_golden(b, "currency");
    get("/account-information", 200);
    page_golden(b, "account_information");
}

/* --- what a biller needs --- */

static void save_with(const char *email, const char *city)
{
    browser_post(b, "/account-information", "legal_name", "Acme GmbH", "address_1", "Main Street 1", "address_2", "", "postcode", "12345",
                 "city", city, "country", "Germany", "tax_number", "DE 123", "billing_email", email, NULL);
}

static void information_is_saved_and_its_task_done(void **state)
{
    bool is_new = false;
    (void)state;
    assert_null(task_ask(w.db, w.customer, "ACCOUNT_INFORMATION", w.association, w.now, &is_new));
    get("/account-information", 200);
    browser_sees(b, "Billing email");
    save_with("Bills@Acme.example", "Berlin");
    leads_to("/account-information");
    browser_follow(b);
    browser_sees(b, "Account information saved");
    browser_sees(b, "Last saved 15 Jun 2026");
    assert_string_equal(browser_field(b, "legal_name"), "Acme GmbH");
    assert_string_equal(browser_field(b, "billing_email"), "bills@acme.example");
    assert_int_equal(world_count(&w, "task", "kind = 'ACCOUNT_INFORMATION' AND done_at IS NULL"), 0);
    get("/account", 200);
    browser_sees(b, "Acme GmbH, Berlin, Germany");
}

static void way_back_to_the_checks_is_kept(void **state)
{
    (void)state;
    get("/account-information?return=check", 200);
    came_from_the_checks("After you save the information we take you back to them.");
    save_with("bills@acme.example", "Berlin");
    leads_to("/disassociate/check");
}

static void the_other_language_of_a_faulty_form_keeps_the_way_back(void **state)
{
    (void)state;
    get("/account-information?return=check", 200);
    save_with("nobody", "Berlin");
    assert_int_equal(b->status, 400);
    assert_non_null(strstr(b->body, "href=\"/account-information?return=check&amp;lang=zh-Hans\""));
}

static void what_is_missing_is_named_and_the_rest_kept(void **state)
{
    (void)state;
    get("/account-information", 200);
    browser_post(b, "/account-information", "postcode", "12345", "billing_email", "nobody", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Enter the legal name");
    browser_sees(b, "Enter the street and number");
    browser_sees(b, "Enter the city");
    browser_sees(b, "Enter the country or region");
    browser_sees(b, "Enter an email address, like name@example.com");
    assert_string_equal(browser_field(b, "postcode"), "12345");
    assert_string_equal(browser_field(b, "billing_email"), "nobody");
    assert_int_equal(world_count(&w, "account_information", "1"), 0);
}

static void too_long_texts_are_refused(void **state)
{
    (void)state;
    get("/account-information", 200);
    save_with("bills@acme.example", mem_text(w.mem, "%081d", 0));
    assert_int_equal(b->status, 400);
    browser_sees(b, "The city must be 80 characters or fewer");
}

static void a_card_number_is_refused_and_not_stored(void **state)
{
    (void)state;
    get("/account-information", 200);
    browser_post(b, "/account-information", "legal_name", "Acme", "address_1", "4111 1111 1111 1111", "city", "Berlin", "country",
                 "Germany", "billing_email", "bills@acme.example", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Take the full card number out");
    assert_int_equal(world_count(&w, "account_information", "1"), 0);
}

static void what_somebody_else_saved_is_not_overwritten(void **state)
{
    (void)state;
    get("/account-information", 200);
    save_with("bills@acme.example", "Berlin");
    leads_to("/account-information");
    get("/account-information", 200);
    save_with("bills@acme.example", "Hamburg");
    leads_to("/account-information");
    get("/account-information", 200);
    test_db_sql(w.db, "UPDATE account_information SET version = version + 1");
    save_with("bills@acme.example", "Munich");
    assert_int_equal(b->status, 409);
    browser_sees(b, "Someone else changed this");
    browser_sees(b, "Your answers are still here, not saved");
    assert_int_equal(world_count(&w, "account_information", "city = 'Hamburg'"), 1);
}

static void a_viewer_reads_the_information(void **state)
{
    (void)state;
    get("/account-information", 200);
    const char *body = browser_body(b, "/account-information", "legal_name", "x", NULL);
    become(w.viewer);
    get("/account-information", 200);
    browser_sees(b, "Nothing is saved yet.");
    browser_post_body(b, "/account-information", body);
    assert_int_equal(b->status, 403);
    become(w.owner);
    get("/account-information", 200);
    save_with("bills@acme.example", "Berlin");
    become(w.viewer);
    get("/account-information", 200);
    browser_sees(b, "bills@acme.example");
    browser_sees(b, "To change this, ask an owner of your account.");
    assert_null(strstr(b->body, "name=\"legal_name\""));
    become(stranger());
    get("/account-information", 200);
    browser_does_not_see(b, "bills@acme.example");
    become(w.admin);
    get("/account-information", 403);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ready_account_says_so), TEST(failed_checks_are_a_list_of_things_to_do), TEST(contacts_are_masked),
        TEST(payment_methods_are_named_by_their_last_digits), TEST(tasks_stay_until_they_are_done),
        TEST(an_account_without_a_partner_has_the_page_too), TEST(a_viewer_reads_and_has_no_buttons), TEST(pages_look_as_they_did),
        TEST(information_is_saved_and_its_task_done), TEST(way_back_to_the_checks_is_kept),
        TEST(the_other_language_of_a_faulty_form_keeps_the_way_back),
        TEST(what_is_missing_is_named_and_the_rest_kept), TEST(too_long_texts_are_refused),
        TEST(a_card_number_is_refused_and_not_stored), TEST(what_somebody_else_saved_is_not_overwritten),
        TEST(a_viewer_reads_the_information),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
