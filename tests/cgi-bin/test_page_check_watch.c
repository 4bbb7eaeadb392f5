/* "Tell me when all checks pass", on the page of the checks. */
#include "cgi-bin/account_browser.h"

#include "store/store_association.h"

static void whoever_asks_sees_that_we_watch(void **state)
{
    (void)state;
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    get("/disassociate/check", 200);
    browser_sees(b, "Tell me when all checks pass");
    browser_post(b, "/disassociate/check/watch", NULL);
    leads_to("/disassociate/check");
    browser_follow(b);
    browser_sees(b, "We tell you when all checks pass");
    browser_sees(b, "We tell you in Notifications and by email when all checks pass.");
    assert_null(strstr(b->body, "action=\"/disassociate/check/watch\""));
    assert_int_equal(world_count(&w, "check_watch", "account_id = %lld", L(w.customer)), 1);
}

static void there_is_nothing_to_watch_when_all_pass(void **state)
{
    (void)state;
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    get("/disassociate/check", 200);
    world_unfreeze(&w, w.customer);
    browser_post(b, "/disassociate/check/watch", NULL);
    leads_to("/disassociate/check");
    browser_follow(b);
    browser_sees(b, "All checks pass already");
    browser_does_not_see(b, "Tell me when all checks pass");
    assert_int_equal(world_count(&w, "check_watch", "1"), 0);
}

static void only_an_owner_may_ask(void **state)
{
    (void)state;
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    get("/disassociate/check", 200);
    const char *body = browser_body(b, "/disassociate/check/watch", NULL);
    become(w.viewer);
    browser_post_body(b, "/disassociate/check/watch", body);
    assert_int_equal(b->status, 403);
    become(w.admin);
    browser_post_body(b, "/disassociate/check/watch", body);
    assert_int_equal(b->status, 403);
    assert_int_equal(world_count(&w, "check_watch", "1"), 0);
}

static const char *customers_no(void)
{
    struct association *association = NULL;
    assert_null(association_load(w.db, w.mem, w.association, &association));
    return association->customer_no;
}

static void the_partners_check_has_no_watch(void **state)
{
    (void)state;
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    become(w.admin);
    get(mem_text(w.mem, "/customers/%s/disassociate/check", customers_no()), 200);
    browser_does_not_see(b, "Tell me when all checks pass");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(whoever_asks_sees_that_we_watch), TEST(there_is_nothing_to_watch_when_all_pass), TEST(only_an_owner_may_ask),
        TEST(the_partners_check_has_no_watch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
