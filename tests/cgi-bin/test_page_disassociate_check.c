/* Step 1: the account checks and the tick. */
#include "cgi-bin/wizard_browser.h"

static void looking_at_the_checks_stores_nothing(void **state)
{
    (void)state;
    world_currency(&w, w.customer, NULL);
    const int64_t before = world_fingerprint(&w);
    get("/disassociate/check", 200);
    get("/disassociate/check", 200);
    assert_int_equal(world_fingerprint(&w), before);
    browser_does_not_see(b, "I understand the preceding statement");
}

static void checking_again_logs_and_tells_what_was_fixed(void **state)
{
    (void)state;
    world_currency(&w, w.customer, NULL);
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    get("/disassociate/check", 200);
    browser_sees(b, "2 of 6 checks failed");
    browser_post(b, "/disassociate/check", NULL);
    leads_to("/disassociate/check");
    assert_int_equal(world_count(&w, "operation_log", "operation = 'CHECK_RUN' AND result = 'FAILED'"), 1);
    world_currency(&w, w.customer, "USD");
    browser_follow(b);
    browser_sees(b, "Fixed since your last check: Settlement currency");
    browser_sees(b, "1 of 6 checks failed");
    browser_post(b, "/disassociate/check", NULL);
    browser_follow(b);
    browser_sees(b, "Fixed since your last check: Settlement currency");
    get("/disassociate/check", 200);
    browser_does_not_see(b, "Fixed since your last check");
}

static void forged_flash_says_nothing(void **state)
{
    (void)state;
    get("/disassociate/check", 200);
    browser_set_cookie(b, "flash", "fixed.C9.<b>x");
    browser_get(b, "/disassociate/check");
    browser_does_not_see(b, "Fixed since");
}

static void without_the_tick_it_does_not_go_on(void **state)
{
    (void)state;
    get("/disassociate/check", 200);
    browser_post(b, "/disassociate/confirm", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Tick the box to show that you have read the statement");
    assert_non_null(strstr(b->body, "<title>Error: Check your account"));
    assert_int_equal(world_count(&w, "wizard", "1"), 0);
}

static void check_that_fails_meanwhile_stops_the_tick(void **state)
{
    (void)state;
    get("/disassociate/check", 200);
    world_freeze(&w, w.customer, FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_PARTNER);
    browser_post(b, "/disassociate/confirm", "understood", "1", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "1 of 6 checks failed");
    browser_sees(b, "Nimbus Ltd froze your account and resources on 14 Jun 2026.");
    browser_sees(b, "14 days are left before data is deleted.");
    browser_sees(b, "Covered by “Account and resource freeze”.");
}

static void partner_is_asked_to_unfreeze_from_the_check(void **state)
{
    (void)state;
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    get("/disassociate/check", 200);
    browser_post(b, "/my-partner/ask-unfreeze", NULL);
    assert_int_equal(b->status, 303);
    assert_int_equal(world_count(&w, "task", "kind = 'UNFREEZE'"), 1);
    get("/disassociate/check", 200);
    browser_sees(b, "You asked your partner on 15 Jun 2026 to unfreeze your account.");
    browser_does_not_see(b, "Ask partner to unfreeze");
}

static void freeze_of_the_platform_names_support(void **state)
{
    (void)state;
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    get("/disassociate/check", 200);
    browser_sees(b, "Only the cloud platform can lift this freeze.");
    browser_sees(b, b->site->config->site.support);
    browser_does_not_see(b, "Ask partner to unfreeze");
}

static void used_quota_is_explained(void **state)
{
    (void)state;
    world_slots(&w, SIDE_CUSTOMER, 3, w.now + 20 * CLOCK_DAY);
    get_leads_to("/disassociate", "/disassociate/check");
    browser_sees(b, "You have used all 3 requests");
    browser_sees(b, "You can start another request on 5 Jul 2026");
    browser_sees(b, "Your last 3 were on");
    browser_sees(b, "ask your partner to start the request, or contact support");
    browser_does_not_see(b, "I understand the preceding statement");
    test_db_sql(w.db, "DELETE FROM quota_slot");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(looking_at_the_checks_stores_nothing), TEST(checking_again_logs_and_tells_what_was_fixed),
        TEST(forged_flash_says_nothing), TEST(without_the_tick_it_does_not_go_on),
        TEST(check_that_fails_meanwhile_stops_the_tick), TEST(partner_is_asked_to_unfreeze_from_the_check),
        TEST(freeze_of_the_platform_names_support), TEST(used_quota_is_explained),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
