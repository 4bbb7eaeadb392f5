#include "cgi-bin/partner_desk.h"

#include "action/decide.h"

static int64_t stranger_account(void) { return world_account(&w, ACCOUNT_PARTNER, "Other Cloud"); }

static const char *page_of(int64_t account_id, const char *more) { return mem_text(w.mem, "/customers/%s%s", customer_no(account_id), more); }

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
    assert_true(offers(page_of(frozen, "/unfreeze")));
    assert_true(offers(page_of(asking, "/freeze")));
    assert_false(offers(page_of(budget, "/unfreeze")));
    assert_false(offers(page_of(referral, "/freeze")));
    assert_true(offers("/customer-invite"));
    page_golden(b, "customers");
}

static void what_the_platform_has_waits_for_nobody_else(void **state)
{
    (void)state;
    const int64_t request = world_request(&w, w.owner);
    test_db_sql(w.db, "UPDATE disassociation_request SET escalated_at = submitted_at WHERE id = %lld", L(request));
    get("/customers", 200);
    assert_non_null(strstr(b->body, "<span class=\"badge warn\">With the platform</span>"));
    assert_null(strstr(b->body, "<span class=\"badge warn\">Waiting for you</span>"));
}

static void the_log_of_a_customer_is_about_that_customer(void **state)
{
    (void)state;
    get(page_of(w.customer, ""), 200);
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
    get(page_of(w.customer, ""), 200);
    browser_sees(b, "ask an admin of your account");
    assert_false(offers(page_of(w.customer, "/freeze")));
    get(page_of(w.customer, "/freeze"), 403);
    get(page_of(w.customer, "/unfreeze"), 403);
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
        get(page_of(w.customer, ""), 403);
        get(page_of(w.customer, "/freeze"), 403);
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
    get(page_of(w.customer, ""), 200);
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
    get(page_of(w.customer, ""), 200);
    assert_null(strstr(b->body, "Acme"));
    get(page_of(w.customer, "/freeze"), 200);
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
    get(page_of(w.customer, ""), 200);
    browser_sees(b, "Acme GmbH");
    browser_sees(b, customer_no(w.customer));
    browser_sees(b, "Account frozen");
    browser_sees(b, "2 of 6 account checks fail");
    browser_does_not_see(b, "Secret Member");
    assert_true(offers(page_of(w.customer, "/unfreeze")));
    assert_false(offers(page_of(w.customer, "/freeze")));
    page_golden(b, "customer");
}

static void a_referral_customer_cannot_be_frozen(void **state)
{
    (void)state;
    test_db_sql(w.db, "UPDATE association SET model = 'REFERRAL'");
    get(page_of(w.customer, ""), 200);
    browser_sees(b, "you can’t freeze it");
    get(page_of(w.customer, "/freeze"), 409);
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
    get(page_of(w.customer, ""), 200);
    browser_sees(b, "Reject");
    browser_does_not_see(b, "Process");
}

static void a_customers_checks_lead_to_what_mends_them(void **state)
{
    (void)state;
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    get(page_of(w.customer, ""), 200);
    browser_sees(b, "Unfreeze first");
    browser_sees(b, "Check again");
    browser_does_not_see(b, "To have this done");
    browser_become(b, w.manager->user_id);
    get(page_of(w.customer, ""), 200);
    browser_sees(b, "To have this done, ask an admin of your account.");
    browser_does_not_see(b, "Unfreeze first");
}

static void a_frozen_partner_is_told_so(void **state)
{
    (void)state;
    world_freeze(&w, w.partner, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    get(page_of(w.customer, ""), 200);
    browser_sees(b, "Your own account is frozen");
    assert_false(offers(page_of(w.customer, "/freeze")));
    get(page_of(w.customer, "/freeze"), 409);
    browser_sees(b, "Your own account is frozen");
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    get(page_of(w.customer, "/unfreeze"), 409);
    browser_sees(b, "Your own account is frozen");
}

static void a_strangers_customer_is_not_found(void **state)
{
    static const char *const pages[] = {"", "/freeze", "/unfreeze"};
    (void)state;
    world_contract(&w, w.customer, w.now - 1, w.now + CLOCK_DAY);
    browser_become(b, world_user(&w, stranger_account(), ROLE_ADMIN, "Stranger")->user_id);
    for (size_t i = 0; i < 3; i++) {
        get(page_of(w.customer, pages[i]), 404);
        browser_does_not_see(b, "Acme");
    }
    get(mem_text(w.mem, "/contracts/%lld/settle", L(test_db_number(w.db, "SELECT MAX(id) FROM contract"))), 404);
    get("/customers/C-999999", 404);
}

static void strangers_cannot_post_to_it_either(void **state)
{
    (void)state;
    get(page_of(w.customer, "/freeze"), 200);
    const char *mine = mem_copy(w.mem, browser_body(b, page_of(w.customer, "/freeze"), "type", "ACCOUNT", "reason", "x", NULL));
    browser_become(b, world_user(&w, stranger_account(), ROLE_ADMIN, "Stranger")->user_id);
    browser_post_body(b, page_of(w.customer, "/freeze"), mine);
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
    get(page_of(w.customer, ""), 200);
    browser_sees(b, "14 Jun 2026");
    browser_does_not_see(b, "Account frozen");
    browser_does_not_see(b, "account checks");
    get(page_of(w.customer, "/freeze"), 404);
    get(page_of(w.customer, "/unfreeze"), 404);
}

/* --- freezing --- */

static void freezing_tells_the_customer_and_leads_back(void **state)
{
    (void)state;
    get(page_of(w.customer, "/freeze"), 200);
    browser_sees(b, "Freeze Acme GmbH");
    browser_sees(b, "Data is kept for 15 days");
    browser_post(b, page_of(w.customer, "/freeze"), "type", "ACCOUNT_AND_RESOURCES", "reason", "May <unpaid>", NULL);
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, page_of(w.customer, ""));
    browser_follow(b);
    browser_sees(b, "Acme GmbH is frozen");
    browser_sees(b, "We have told them.");
    browser_sees(b, "May <unpaid>");
    get(page_of(w.customer, "/freeze"), 409);
    browser_sees(b, "This account is already frozen");
}

static void freezing_asks_for_what_is_missing(void **state)
{
    (void)state;
    get(page_of(w.customer, "/freeze"), 200);
    browser_post(b, page_of(w.customer, "/freeze"), "reason", "", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Select what to freeze");
    browser_sees(b, "Enter a reason");
    browser_post(b, page_of(w.customer, "/freeze"), "type", "ACCOUNT", "reason", mem_text(w.mem, "%0257d", 0), NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "The reason must be 256 characters or fewer");
    assert_non_null(strstr(b->body, "value=\"ACCOUNT\" aria-describedby=\"type-h\" checked"));
    assert_int_equal(world_count(&w, "freeze", "1 = 1"), 0);
}

static void an_open_request_is_warned_about(void **state)
{
    (void)state;
    (void)world_request(&w, w.owner);
    get(page_of(w.customer, "/freeze"), 200);
    browser_sees(b, "Acme GmbH has an open request");
    browser_sees(b, "It can’t be agreed while the account is frozen.");
}

static void a_freeze_sent_twice_is_one(void **state)
{
    (void)state;
    get(page_of(w.customer, "/freeze"), 200);
    const char *body = browser_body(b, page_of(w.customer, "/freeze"), "type", "ACCOUNT", "reason", "unpaid", NULL);
    for (int i = 0; i < 2; i++) {
        browser_post_body(b, page_of(w.customer, "/freeze"), body);
        assert_int_equal(b->status, 303);
        assert_string_equal(b->location, page_of(w.customer, ""));
    }
    assert_int_equal(world_count(&w, "freeze", "1 = 1"), 1);
}

static void a_freeze_that_came_first_is_shown(void **state)
{
    (void)state;
    get(page_of(w.customer, "/freeze"), 200);
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    browser_post(b, page_of(w.customer, "/freeze"), "type", "ACCOUNT", "reason", "unpaid", NULL);
    assert_int_equal(b->status, 409);
    browser_sees(b, "This account is already frozen");
}

/* --- lifting --- */

static void lifting_shows_what_and_since_and_leads_back(void **state)
{
    (void)state;
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    get(page_of(w.customer, "/unfreeze"), 200);
    browser_sees(b, "Unfreeze Acme GmbH?");
    browser_sees(b, "Account only");
    browser_sees(b, "14 Jun 2026");
    browser_does_not_see(b, "Unfreeze and process the request");
    browser_post(b, page_of(w.customer, "/unfreeze"), "reason", "", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Enter a reason");
    browser_post(b, page_of(w.customer, "/unfreeze"), "reason", "paid", NULL);
    assert_int_equal(b->status, 303);
    browser_follow(b);
    browser_sees(b, "Acme GmbH is unfrozen");
    get(page_of(w.customer, "/unfreeze"), 409);
    browser_sees(b, "This account is not frozen");
}

static void lifting_can_lead_on_to_the_request(void **state)
{
    (void)state;
    const int64_t request = world_request(&w, w.owner);
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    get(page_of(w.customer, "/unfreeze"), 200);
    browser_sees(b, "Unfreeze and process the request");
    const char *body = browser_body(b, page_of(w.customer, "/unfreeze"), "reason", "paid", "then", "process", NULL);
    for (int i = 0; i < 2; i++) {
        browser_post_body(b, page_of(w.customer, "/unfreeze"), body);
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
    get(page_of(w.customer, "/unfreeze"), 200);
    world_unfreeze(&w, w.customer);
    world_freeze(&w, w.customer, FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_PARTNER);
    browser_post(b, page_of(w.customer, "/unfreeze"), "reason", "paid", NULL);
    assert_int_equal(b->status, 409);
    browser_sees(b, "The freeze was changed meanwhile");
    browser_sees(b, "Account and resources");
    assert_non_null(strstr(b->body, ">paid</textarea>"));
    assert_int_equal(world_count(&w, "freeze", "lifted_at IS NULL"), 1);
    browser_post(b, page_of(w.customer, "/unfreeze"), "reason", "paid", NULL);
    assert_int_equal(b->status, 303);
}

static void what_the_platform_froze_stays(void **state)
{
    (void)state;
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_BUDGET);
    get(page_of(w.customer, "/unfreeze"), 409);
    browser_sees(b, "Only the platform can lift this freeze");
    get(page_of(w.customer, ""), 200);
    browser_sees(b, "Only the platform can lift this freeze");
}

/* --- contracts --- */

static const char *contract_path(void)
{
    return mem_text(w.mem, "/contracts/%lld/settle", L(test_db_number(w.db, "SELECT MAX(id) FROM contract LIMIT 1")));
}

static void a_contract_is_settled_with_a_note(void **state)
{
    (void)state;
    world_contract(&w, w.customer, w.now - 1, w.now + CLOCK_DAY);
    get(page_of(w.customer, ""), 200);
    browser_sees(b, "SC-1");
    browser_sees(b, "In effect");
    assert_true(offers(contract_path()));
    get(contract_path(), 200);
    browser_post(b, contract_path(), "note", "", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Enter how the contract was settled");
    browser_post(b, contract_path(), "note", "Ended by letter", NULL);
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, page_of(w.customer, ""));
    browser_follow(b);
    browser_sees(b, "The contract is marked as settled");
    browser_sees(b, "Ended by letter");
    assert_false(offers(contract_path()));
}

static void ops_settles_it_and_is_back_at_the_account(void **state)
{
    (void)state;
    world_contract(&w, w.customer, w.now - 1, w.now + CLOCK_DAY);
    browser_become(b, w.ops->user_id);
    get(contract_path(), 200);
    browser_post(b, contract_path(), "note", "Told by phone", NULL);
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, "/accounts/C-100000");
    browser_follow(b);
    browser_sees(b, "The contract is marked as settled");
    browser_sees(b, "Settled");
    browser_sees(b, "Told by phone");
}

static void a_contract_settled_by_somebody_else_is_told(void **state)
{
    (void)state;
    world_contract(&w, w.customer, w.now - 1, w.now + CLOCK_DAY);
    get(contract_path(), 200);
    test_db_sql(w.db, "UPDATE contract SET status = 'SETTLED'");
    browser_post(b, contract_path(), "note", "late", NULL);
    assert_int_equal(b->status, 409);
    browser_sees(b, "no longer in effect");
}

static void contracts_are_for_admins_and_ops(void **state)
{
    const struct actor *others[] = {w.manager, w.owner, w.viewer};
    (void)state;
    world_contract(&w, w.customer, w.now - 1, w.now + CLOCK_DAY);
    for (size_t i = 0; i < 3; i++) {
        browser_become(b, others[i]->user_id);
        get(contract_path(), 403);
    }
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
        TEST(freezing_tells_the_customer_and_leads_back), TEST(freezing_asks_for_what_is_missing), TEST(an_open_request_is_warned_about),
        TEST(a_freeze_sent_twice_is_one), TEST(a_freeze_that_came_first_is_shown), TEST(lifting_shows_what_and_since_and_leads_back),
        TEST(lifting_can_lead_on_to_the_request), TEST(a_freeze_that_changed_meanwhile_is_shown_again),
        TEST(what_the_platform_froze_stays), TEST(a_contract_is_settled_with_a_note), TEST(ops_settles_it_and_is_back_at_the_account),
        TEST(a_contract_settled_by_somebody_else_is_told), TEST(contracts_are_for_admins_and_ops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
