/* The settlement currency: chosen once, and back to where one came from. */
#include "cgi-bin/account_browser.h"

static void from_failed_check_and_back_in_three_actions(void **state)
{
    (void)state;
    world_currency(&w, w.customer, NULL);
    get("/disassociate/check", 200);
    browser_sees(b, "Set currency");
    browser_does_not_see(b, "contact support");
    assert_non_null(strstr(b->body, "href=\"/currency?return=check\""));
    get("/currency?return=check", 200);
    came_from_the_checks("After you set the currency we take you back to them.");
    browser_sees(b, "You can’t change this later.");
    browser_post(b, "/currency", "currency", "USD", NULL);
    leads_to("/disassociate/check");
    browser_follow(b);
    browser_sees(b, "Currency set to USD");
    browser_sees(b, "Fixed since your last check: Settlement currency");
    browser_sees(b, "All 6 checks passed");
    get("/disassociate/check", 200);
    browser_does_not_see(b, "Currency set to USD");
}

static void answering_a_request_leads_back_to_it(void **state)
{
    (void)state;
    const char *no = partners_request();
    world_currency(&w, w.customer, NULL);
    get(mem_text(w.mem, "/process-request/%s", no), 200);
    assert_non_null(strstr(b->body, mem_text(w.mem, "href=\"/currency?return=%s\"", no)));
    get(mem_text(w.mem, "/currency?return=%s", no), 200);
    browser_post(b, "/currency", "currency", "EUR", NULL);
    leads_to(mem_text(w.mem, "/process-request/%s", no));
    browser_follow(b);
    browser_sees(b, "Currency set to EUR");
    browser_sees(b, "Fixed since your last check: Settlement currency");
}

static void without_a_way_back_it_stays(void **state)
{
    (void)state;
    world_currency(&w, w.customer, NULL);
    get("/currency", 200);
    browser_does_not_see(b, "You came from the account checks");
    browser_post(b, "/currency", "currency", "USD", NULL);
    leads_to("/currency");
    browser_follow(b);
    browser_sees(b, "Currency set to USD");
    browser_sees(b, "Your settlement currency is USD. It can’t be changed.");
    assert_null(strstr(b->body, "<form method=\"post\" action=\"/currency\""));
}

static void a_way_back_that_is_not_on_the_list_is_none(void **state)
{
    static const char *const wrong[] = { "//evil.example", "https:%2F%2Fevil.example", "/my-partner", "DR1%2F..%2Fx", "CHECK", "drx" };
    (void)state;
    world_currency(&w, w.customer, NULL);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        get(mem_text(w.mem, "/currency?return=%s", wrong[i]), 200);
        browser_does_not_see(b, "You came from the account checks");
        assert_string_equal(browser_field(b, "return"), "");
    }
    browser_post(b, "/currency", "currency", "USD", "return", "//evil.example", NULL);
    leads_to("/currency");
}

static void nothing_chosen_or_unknown_is_said_and_the_way_back_kept(void **state)
{
    static const char *const wrong[] = { "", "XXX", "usd", "<b>" };
    (void)state;
    world_currency(&w, w.customer, NULL);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        get("/currency?return=check", 200);
        browser_post(b, "/currency", "currency", wrong[i], NULL);
        assert_int_equal(b->status, 400);
        browser_sees(b, "Select a currency");
        assert_non_null(strstr(b->body, "<title>Error: Set your settlement currency"));
        assert_string_equal(browser_field(b, "return"), "check");
    }
    assert_int_equal(world_count(&w, "operation_log", "operation = 'CURRENCY_SET'"), 0);
}

static void it_cannot_be_set_twice(void **state)
{
    (void)state;
    world_currency(&w, w.customer, NULL);
    get("/currency", 200);
    world_currency(&w, w.customer, "EUR");
    browser_post(b, "/currency", "currency", "USD", NULL);
    assert_int_equal(b->status, 409);
    browser_sees(b, "Your settlement currency was set before");
    browser_sees(b, "Your settlement currency is EUR. It can’t be changed.");
    assert_int_equal(world_count(&w, "account", "id = %lld AND currency = 'EUR'", L(w.customer)), 1);
}

static void the_same_form_twice_leads_to_the_same_page(void **state)
{
    (void)state;
    world_currency(&w, w.customer, NULL);
    get("/currency?return=check", 200);
    const char *body = browser_body(b, "/currency", "currency", "USD", NULL);
    browser_post_body(b, "/currency", body);
    leads_to("/disassociate/check");
    browser_post_body(b, "/currency", body);
    leads_to("/disassociate/check");
    assert_int_equal(world_count(&w, "operation_log", "operation = 'CURRENCY_SET'"), 1);
}

static void a_viewer_reads_and_others_have_no_such_page(void **state)
{
    (void)state;
    world_currency(&w, w.customer, NULL);
    get("/currency", 200);
    const char *body = browser_body(b, "/currency", "currency", "USD", NULL);
    become(w.viewer);
    get("/currency", 200);
    browser_sees(b, "An owner of your account can set one.");
    browser_post_body(b, "/currency", body);
    assert_int_equal(b->status, 403);
    become(w.admin);
    get("/currency", 403);
    become(w.ops);
    get("/currency", 403);
    assert_int_equal(world_count(&w, "account", "id = %lld AND currency IS NULL", L(w.customer)), 1);
}

static void forged_flash_says_nothing(void **state)
{
    static const char *const forged[] = { "currency.", "currency.<b>", "currency.USDX", "currency.us1" };
    (void)state;
    for (size_t i = 0; i < sizeof forged / sizeof forged[0]; i++) {
        browser_set_cookie(b, "flash", forged[i]);
        get("/currency", 200);
        browser_does_not_see(b, "Currency set to");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(from_failed_check_and_back_in_three_actions), TEST(answering_a_request_leads_back_to_it),
        TEST(without_a_way_back_it_stays), TEST(a_way_back_that_is_not_on_the_list_is_none),
        TEST(nothing_chosen_or_unknown_is_said_and_the_way_back_kept), TEST(it_cannot_be_set_twice),
        TEST(the_same_form_twice_leads_to_the_same_page), TEST(a_viewer_reads_and_others_have_no_such_page),
        TEST(forged_flash_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
