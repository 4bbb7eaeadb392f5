#include "cgi-bin/partner_desk.h"

/* The form was on its way when a colleague agreed that the customer leaves. */
static void form_that_loses_to_an_agreement_is_told_what_happened(void **state)
{
    static const char *const forms[] = {"/freeze", "/unfreeze"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const int64_t id = world_request(&w, w.owner);
        if (i == 1)
            world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
        browser_get(b, customer_page(w.customer, forms[i]));
        assert_int_equal(b->status, 200);
        const char *body = browser_body(b, customer_page(w.customer, forms[i]), "type", "ACCOUNT", "reason", "unpaid", NULL);
        if (i == 1)
            world_unfreeze(&w, w.customer);
        world_answer(&w, id, w.admin, REQUEST_AGREE, "");
        const int64_t before = world_fingerprint(&w);

        browser_post_body(b, customer_page(w.customer, forms[i]), body);

        assert_int_equal(b->status, 409);
        browser_sees(b, "This customer is no longer associated with you");
        browser_sees(b, "Ada Admin agreed to the request");
        assert_true(world_fingerprint(&w) == before);
        test_db_sql(w.db, "UPDATE association SET status = 'ACTIVE', ended_at = NULL, ended_by_request = NULL");
    }
}

static void page_of_a_customer_that_left_is_not_found(void **state)
{
    (void)state;
    world_answer(&w, world_request(&w, w.owner), w.admin, REQUEST_AGREE, "");

    browser_get(b, customer_page(w.customer, "/freeze"));

    assert_int_equal(b->status, 404);
}

static void strangers_form_is_not_found(void **state)
{
    (void)state;
    browser_get(b, customer_page(w.customer, "/freeze"));
    const char *body = browser_body(b, customer_page(w.customer, "/freeze"), "type", "ACCOUNT", "reason", "unpaid", NULL);
    world_answer(&w, world_request(&w, w.owner), w.admin, REQUEST_AGREE, "");
    test_db_sql(w.db, "UPDATE association SET partner_id = %lld",
                L(world_account(&w, ACCOUNT_PARTNER, "Other Cloud")));

    browser_post_body(b, customer_page(w.customer, "/freeze"), body);

    assert_int_equal(b->status, 404);
}

/* As when it was sent twice at once and the other one was faster: what is wrong with this one is not looked at any more. */
static void form_whose_twin_was_done_leads_where_that_one_led(void **state)
{
    (void)state;
    const char *path = customer_page(w.customer, "/freeze");
    browser_get(b, path);
    const char *twin = browser_body(b, path, "type", "ACCOUNT", "reason", "unpaid", NULL);
    const char *body = browser_body(b, path, "type", "ACCOUNT", "reason", "", NULL);
    browser_post_body(b, path, twin);
    assert_int_equal(b->status, 303);
    const char *first = mem_text(w.mem, "%s", b->location);
    const int64_t before = world_fingerprint(&w);

    browser_post_body(b, path, body);

    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, first);
    assert_true(world_fingerprint(&w) == before);
}

/* --- freezing --- */

static void freezing_tells_the_customer_and_leads_back(void **state)
{
    (void)state;
    get(customer_page(w.customer, "/freeze"), 200);
    browser_sees(b, "Freeze Acme GmbH");
    browser_sees(b, "Data is kept for 15 days");
    browser_post(b, customer_page(w.customer, "/freeze"), "type", "ACCOUNT_AND_RESOURCES", "reason", "May <unpaid>", NULL);
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, customer_page(w.customer, ""));
    browser_follow(b);
    browser_sees(b, "Acme GmbH is frozen");
    browser_sees(b, "We have told them.");
    browser_sees(b, "May <unpaid>");
    get(customer_page(w.customer, "/freeze"), 409);
    browser_sees(b, "This account is already frozen");
}

static void freezing_asks_for_what_is_missing(void **state)
{
    (void)state;
    get(customer_page(w.customer, "/freeze"), 200);
    browser_post(b, customer_page(w.customer, "/freeze"), "reason", "", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Select what to freeze");
    browser_sees(b, "Enter a reason");
    browser_post(b, customer_page(w.customer, "/freeze"), "type", "ACCOUNT", "reason", mem_text(w.mem, "%0257d", 0), NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "The reason must be 256 characters or fewer");
    assert_non_null(strstr(b->body, "value=\"ACCOUNT\" aria-describedby=\"type-h\" checked"));
    assert_int_equal(world_count(&w, "freeze", "1 = 1"), 0);
}

static void an_open_request_is_warned_about(void **state)
{
    (void)state;
    (void)world_request(&w, w.owner);
    get(customer_page(w.customer, "/freeze"), 200);
    browser_sees(b, "Acme GmbH has an open request");
    browser_sees(b, "It can’t be agreed while the account is frozen.");
}

static void a_freeze_sent_twice_is_one(void **state)
{
    (void)state;
    get(customer_page(w.customer, "/freeze"), 200);
    const char *body = browser_body(b, customer_page(w.customer, "/freeze"), "type", "ACCOUNT", "reason", "unpaid", NULL);
    for (int i = 0; i < 2; i++) {
        browser_post_body(b, customer_page(w.customer, "/freeze"), body);
        assert_int_equal(b->status, 303);
        assert_string_equal(b->location, customer_page(w.customer, ""));
    }
    assert_int_equal(world_count(&w, "freeze", "1 = 1"), 1);
}

static void a_freeze_that_came_first_is_shown(void **state)
{
    (void)state;
    get(customer_page(w.customer, "/freeze"), 200);
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    browser_post(b, customer_page(w.customer, "/freeze"), "type", "ACCOUNT", "reason", "unpaid", NULL);
    assert_int_equal(b->status, 409);
    browser_sees(b, "This account is already frozen");
}

/* --- lifting --- */

static void lifting_shows_what_and_since_and_leads_back(void **state)
{
    (void)state;
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    get(customer_page(w.customer, "/unfreeze"), 200);
    browser_sees(b, "Unfreeze Acme GmbH?");
    browser_sees(b, "Account only");
    browser_sees(b, "14 Jun 2026");
    browser_does_not_see(b, "Unfreeze and process the request");
    browser_post(b, customer_page(w.customer, "/unfreeze"), "reason", "", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Enter a reason");
    browser_post(b, customer_page(w.customer, "/unfreeze"), "reason", "paid", NULL);
    assert_int_equal(b->status, 303);
    browser_follow(b);
    browser_sees(b, "Acme GmbH is unfrozen");
    get(customer_page(w.customer, "/unfreeze"), 409);
    browser_sees(b, "This account is not frozen");
}

static void lifting_can_lead_on_to_the_request(void **state)
{
    (void)state;
    const int64_t request = world_request(&w, w.owner);
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    get(customer_page(w.customer, "/unfreeze"), 200);
    browser_sees(b, "Unfreeze and process the request");
    const char *body = browser_body(b, customer_page(w.customer, "/unfreeze"), "reason", "paid", "then", "process", NULL);
    for (int i = 0; i < 2; i++) {
        browser_post_body(b, customer_page(w.customer, "/unfreeze"), body);
        assert_int_equal(b->status, 303);
        assert_string_equal(b->location, path_of(request));
    }
    browser_follow(b);
    browser_sees(b, "The account is unfrozen");
    browser_sees(b, "Acme GmbH wants to leave");
    assert_int_equal(world_count(&w, "operation_log", "operation = 'UNFROZEN'"), 1);
    assert_int_equal(world_count(&w, "disassociation_request", "state = 'PENDING'"), 1);
}

static void a_freeze_that_changed_meanwhile_is_shown_again(void **state)
{
    (void)state;
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    get(customer_page(w.customer, "/unfreeze"), 200);
    world_unfreeze(&w, w.customer);
    world_freeze(&w, w.customer, FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_PARTNER);
    browser_post(b, customer_page(w.customer, "/unfreeze"), "reason", "paid", NULL);
    assert_int_equal(b->status, 409);
    browser_sees(b, "The freeze was changed meanwhile");
    browser_sees(b, "Account and resources");
    assert_non_null(strstr(b->body, ">paid</textarea>"));
    assert_int_equal(world_count(&w, "freeze", "lifted_at IS NULL"), 1);
    browser_post(b, customer_page(w.customer, "/unfreeze"), "reason", "paid", NULL);
    assert_int_equal(b->status, 303);
}

static void what_the_platform_froze_stays(void **state)
{
    (void)state;
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_BUDGET);
    get(customer_page(w.customer, "/unfreeze"), 409);
    browser_sees(b, "Only the platform can lift this freeze");
    get(customer_page(w.customer, ""), 200);
    browser_sees(b, "Only the platform can lift this freeze");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(form_that_loses_to_an_agreement_is_told_what_happened), TEST(page_of_a_customer_that_left_is_not_found),
        TEST(strangers_form_is_not_found),
        TEST(form_whose_twin_was_done_leads_where_that_one_led),
        TEST(freezing_tells_the_customer_and_leads_back), TEST(freezing_asks_for_what_is_missing),
        TEST(an_open_request_is_warned_about), TEST(a_freeze_sent_twice_is_one), TEST(a_freeze_that_came_first_is_shown),
        TEST(lifting_shows_what_and_since_and_leads_back), TEST(lifting_can_lead_on_to_the_request),
        TEST(a_freeze_that_changed_meanwhile_is_shown_again), TEST(what_the_platform_froze_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
