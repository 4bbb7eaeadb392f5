/* The partner asks its customer to end the association: the wizard from the partner's side. */
#include "cgi-bin/wizard_browser.h"

#include "action/decide.h"
#include "cgi-bin/page_golden.h"
#include "store/store_association.h"
#include "store/store_request.h"

static const char *home, *start;

static const char *at(const char *step) { return mem_text(w.mem, "%s/%s", start, step); }

static int begin_as_partner(void **state)
{
    struct association *association = NULL;

    begin(state);
    assert_null(association_load(w.db, w.mem, w.association, &association));
    home = mem_text(w.mem, "/customers/%s", association->customer_no);
    start = mem_text(w.mem, "%s/disassociate", home);
    browser_become(b, w.admin->user_id);
    return 0;
}

static void ask(void)
{
    get(at("check"), 200);
    browser_post(b, at("confirm"), "understood", "1", NULL);
    leads_to(at("reason"));
    browser_follow(b);
}

static void ask_with_code(void)
{
    get(at("check"), 200);
    browser_post(b, at("confirm"), "understood", "1", NULL);
    leads_to(at("verify"));
    browser_follow(b);
    browser_post(b, at("verify/send"), NULL);
    leads_to(at("verify"));
    browser_follow(b);
    browser_post(b, at("verify"), "code", right(), NULL);
    leads_to(at("reason"));
    browser_follow(b);
}

/* The path of the request just sent: "/requests/DR…". */
static const char *sent(void)
{
    assert_int_equal(b->status, 303);
    const char *end_of_no = strstr(b->location, "/sent");
    assert_non_null(end_of_no);
    return mem_copy_n(w.mem, b->location, (size_t)(end_of_no - b->location));
}

/* --- the whole way ------------------------------------------------------------------------------------------------------ */

static void partner_gets_through_without_a_code(void **state)
{
    (void)state;
    get(home, 200);
    browser_sees(b, "Request disassociation");
    get_leads_to(start, at("check"));
    browser_sees(b, "Check the customer’s account");
    browser_sees(b, "step 1 of 3");
    browser_sees(b, "All 6 checks passed");
    browser_sees(b, "What happens if this customer leaves you");
    browser_sees(b, "You stop billing the customer.");
    browser_sees(b, "You can start up to 3 requests for this customer in 3 months. This is request 1 of 3.");
    browser_does_not_see(b, "Your partner");
    ask();
    browser_sees(b, "Why do you want to end the association?");
    browser_sees(b, "The customer sees the reason you choose.");
    browser_sees(b, "The customer is moving to another partner");
    browser_sees(b, "step 2 of 3");
    browser_post(b, at("reason"), "reason", "PROJECT_ENDED", "details", "all is built", NULL);
    const char *request = sent();
    browser_follow(b);
    browser_sees(b, "Your request has been sent to Acme GmbH");
    browser_sees(b, "Nothing changes until they answer.");
    browser_sees(b, "The project has ended: all is built");
    get(request, 200);
    browser_sees(b, "You asked Acme GmbH to end the association");
    assert_int_equal(world_count(&w, "disassociation_request", "initiator = 'PARTNER' AND state = 'PENDING'"), 1);
    assert_int_equal(world_count(&w, "quota_slot", "side = 'PARTNER' AND request_id IS NOT NULL"), 1);
    assert_int_equal(world_count(&w, "notification", "kind = 'REQUEST_RECEIVED' AND account_id = %lld", L(w.customer)), 1);
    browser_become(b, w.owner->user_id);
    get("/my-partner", 200);
    browser_sees(b, "Your partner wants to end the association");
    browser_sees(b, "The project has ended: all is built");
}

static void partner_with_the_code_function_proves_a_code(void **state)
{
    (void)state;
    world_partner_code(&w, true);
    ask_with_code();
    browser_sees(b, "step 3 of 4");
    browser_post(b, at("reason"), "reason", "PRICE", NULL);
    (void)sent();
    assert_int_equal(world_count(&w, "disassociation_request", "initiator = 'PARTNER' AND submit_code_id IS NOT NULL"), 1);
}

static void pages_look_as_they_did(void **state)
{
    (void)state;
    world_partner_code(&w, true);
    get(at("check"), 200);
    page_golden(b, "customer_disassociate_check");
    ask_with_code();
    page_golden(b, "customer_disassociate_reason");
    browser_post(b, at("reason"), "reason", "OTHER", "details", "a <b>matter</b>", NULL);
    browser_follow(b);
    page_golden(b, "request_sent");
}

static void failed_checks_are_numbers_and_what_the_partner_can_do(void **state)
{
    (void)state;
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    (void)world_member(&w, w.customer, "Secret Subsidiary", true);
    world_contract(&w, w.customer, w.now - CLOCK_DAY, w.now + 30 * CLOCK_DAY);
    get(at("check"), 200);
    page_golden(b, "customer_disassociate_failed");
    browser_sees(b, "3 of 6 checks failed");
    browser_sees(b, "Unfreeze first");
    browser_sees(b, "See its contracts");
    browser_does_not_see(b, "Secret Subsidiary");
    browser_does_not_see(b, "Ask partner to unfreeze");
    browser_does_not_see(b, "Disassociate all of them");
    assert_null(strstr(b->body, "name=\"understood\""));
}

static void check_again_tells_what_was_fixed(void **state)
{
    (void)state;
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    get(at("check"), 200);
    browser_post(b, at("check"), NULL);
    leads_to(at("check"));
    browser_follow(b);
    world_unfreeze(&w, w.customer);
    const char *body = browser_body(b, at("check"), NULL);
    browser_post_body(b, at("check"), body);
    browser_follow(b);
    browser_sees(b, "Fixed since your last check: Account freeze");
    assert_int_equal(world_count(&w, "operation_log", "operation = 'CHECK_RUN' AND account_id = %lld", L(w.partner)), 2);
}

/* --- the form ----------------------------------------------------------------------------------------------------------- */

static void tick_and_reason_are_needed(void **state)
{
    (void)state;
    get(at("check"), 200);
    browser_post(b, at("confirm"), NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Tick the box to show that you have read the statement");
    ask();
    browser_post(b, at("reason"), NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Select a reason");
    browser_post(b, at("reason"), "reason", "OTHER", NULL);
    browser_sees(b, "Enter details for “Another reason”");
    assert_int_equal(requests(), 0);
}

static void form_sent_twice_gives_the_first_answer(void **state)
{
    (void)state;
    ask();
    const char *body = browser_body(b, at("reason"), "reason", "SERVICE", NULL);
    browser_post_body(b, at("reason"), body);
    const char *first = mem_copy(w.mem, b->location);
    browser_post_body(b, at("reason"), body);
    leads_to(first);
    assert_int_equal(requests(), 1);
    assert_int_equal(world_count(&w, "operation_log", "operation = 'REQUEST_SUBMITTED'"), 1);
}

static void second_tab_is_told_where_it_is(void **state)
{
    (void)state;
    get(at("check"), 200);
    const char *old = browser_body(b, at("confirm"), "understood", "1", NULL);
    ask();
    browser_post_body(b, at("confirm"), old);
    leads_to(at("reason"));
    browser_follow(b);
    browser_sees(b, "You continued in another tab");
}

static void deep_links_lead_to_the_first_unfinished_step(void **state)
{
    (void)state;
    get_leads_to(at("reason"), at("check"));
    browser_sees(b, "Finish this step first");
    get_leads_to(at("verify"), at("check"));
    ask();
    get_leads_to(at("verify"), at("reason"));
    world_partner_code(&w, true);
    get_leads_to(at("reason"), at("verify"));
    browser_sees(b, "Finish this step first");
}

static void draft_is_resumed_or_begun_again(void **state)
{
    (void)state;
    ask();
    browser_post(b, at("reason"), "reason", "OTHER", NULL);
    get_leads_to(start, at("reason"));
    browser_sees(b, "We kept your answers");
    browser_post(b, at("cancel"), NULL);
    leads_to(at("check"));
    assert_int_equal(world_count(&w, "wizard", "state = 'OPEN'"), 0);
    ask();
    browser_post(b, at("reason"), "reason", "OTHER", NULL);
    get(at("cancel"), 200);
    browser_sees(b, "Leave this request?");
    browser_post(b, at("cancel"), NULL);
    leads_to(home);
    browser_follow(b);
    browser_sees(b, "You left this request");
    get(at("cancel"), 303);
    assert_string_equal(b->location, home);
}

static void grant_that_ran_out_is_renewed_and_the_reason_kept(void **state)
{
    (void)state;
    world_partner_code(&w, true);
    ask_with_code();
    later(11 * CLOCK_MINUTE);
    browser_post(b, at("reason"), "reason", "SERVICE", "details", "slow", NULL);
    leads_to(at("verify"));
    browser_follow(b);
    browser_sees(b, "Your verification ran out");
    assert_int_equal(requests(), 0);
    assert_int_equal(world_count(&w, "wizard", "reason = 'SERVICE' AND reason_text = 'slow'"), 1);
}

static void code_function_switched_on_meanwhile_asks_for_a_code(void **state)
{
    (void)state;
    ask();
    const char *body = browser_body(b, at("reason"), "reason", "SERVICE", NULL);
    world_partner_code(&w, true);
    browser_post_body(b, at("reason"), body);
    leads_to(at("verify"));
    assert_int_equal(requests(), 0);
}

static void checks_that_fail_meanwhile_lead_back_with_the_reason_kept(void **state)
{
    (void)state;
    ask();
    world_currency(&w, w.customer, NULL);
    browser_post(b, at("reason"), "reason", "PRICE", NULL);
    leads_to(at("check"));
    browser_follow(b);
    browser_sees(b, "Something changed while you were here");
    browser_sees(b, "1 of 6 checks failed");
    world_currency(&w, w.customer, "USD");
    get_leads_to(start, at("reason"));
    assert_non_null(strstr(b->body, "value=\"PRICE\" checked"));
}

/* --- quota: per partner and customer ------------------------------------------------------------------------------------- */

static void used_quota_is_explained(void **state)
{
    (void)state;
    world_slots(&w, SIDE_PARTNER, 3, w.now + 40 * CLOCK_DAY);
    get_leads_to(start, at("check"));
    browser_sees(b, "You have used all 3 requests");
    browser_sees(b, "For each customer you can start up to 3 disassociation requests in any 3 months.");
    browser_sees(b, "ask the customer to start the request");
    browser_sees(b, "Back to the customer");
    assert_null(strstr(b->body, "name=\"understood\""));
}

static void quota_of_the_customer_does_not_bind_the_partner(void **state)
{
    (void)state;
    world_slots(&w, SIDE_CUSTOMER, 3, w.now + 40 * CLOCK_DAY);
    ask();
    browser_post(b, at("reason"), "reason", "PRICE", NULL);
    (void)sent();
    assert_int_equal(requests(), 1);
}

/* --- who may ------------------------------------------------------------------------------------------------------------- */

static void only_an_admin_of_this_partner_enters(void **state)
{
    static const char *const steps[] = { "check", "verify", "reason", "cancel" };
    const int64_t other = world_account(&w, ACCOUNT_PARTNER, "Other Cloud");
    const struct actor *stranger = world_user(&w, other, ROLE_ADMIN, "Otto Other");

    (void)state;
    get(at("check"), 200);
    const char *body = browser_body(b, at("confirm"), "understood", "1", NULL);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        browser_become(b, w.manager->user_id);
        get(at(steps[i]), 403);
        browser_become(b, w.owner->user_id);
        get(at(steps[i]), 403);
        browser_become(b, stranger->user_id);
        get(at(steps[i]), 404);
    }
    get(start, 404);
    browser_post_body(b, at("confirm"), body);
    assert_int_not_equal(b->status, 303);
    browser_become(b, w.admin->user_id);
    get("/customers/C-999999/disassociate", 404);
    assert_int_equal(world_count(&w, "wizard", "1"), 0);
}

static void manager_reads_the_receipt(void **state)
{
    (void)state;
    ask();
    browser_post(b, at("reason"), "reason", "PRICE", NULL);
    const char *request = sent();
    browser_become(b, w.manager->user_id);
    get(mem_text(w.mem, "%s/sent", request), 200);
    get(request, 200);
    browser_does_not_see(b, "Withdraw request");
}

static void receipt_is_for_own_requests(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    browser_get(b, mem_text(w.mem, "/requests/%s/sent", no_of(id)));
    leads_to(mem_text(w.mem, "/requests/%s", no_of(id)));
}

static void frozen_partner_cannot_ask(void **state)
{
    (void)state;
    ask();
    const char *body = browser_body(b, at("reason"), "reason", "PRICE", NULL);
    world_freeze(&w, w.partner, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    get(at("check"), 409);
    browser_sees(b, "You can’t start a request");
    browser_sees(b, "Your own account is frozen.");
    browser_post_body(b, at("reason"), body);
    assert_int_equal(b->status, 409);
    assert_int_equal(requests(), 0);
}

static void referral_is_explained(void **state)
{
    const int64_t customer = world_account(&w, ACCOUNT_CUSTOMER, "Refer Ltd");
    struct association *association = NULL;

    (void)state;
    assert_null(association_load(w.db, w.mem, world_associate(&w, customer, w.partner, MODEL_REFERRAL), &association));
    get_leads_to(mem_text(w.mem, "/customers/%s/disassociate", association->customer_no),
                 mem_text(w.mem, "/customers/%s/disassociate/check", association->customer_no));
    browser_sees(b, "There is nothing to disassociate here");
    browser_sees(b, "You referred this customer and don’t bill it.");
}

/* --- overtaken ----------------------------------------------------------------------------------------------------------- */

static void customers_request_comes_first_and_can_be_answered(void **state)
{
    (void)state;
    ask();
    const char *body = browser_body(b, at("reason"), "reason", "PRICE", NULL);
    const int64_t id = world_request(&w, w.owner);
    browser_post_body(b, at("reason"), body);
    leads_to(mem_text(w.mem, "/requests/%s", no_of(id)));
    browser_follow(b);
    browser_sees(b, "The customer has just sent a request to end the association");
    browser_sees(b, "Your own request was not sent and was not counted.");
    browser_sees(b, "Your decision");
    assert_int_equal(requests(), 1);
    assert_int_equal(world_count(&w, "quota_slot", "side = 'PARTNER' AND request_id IS NOT NULL"), 0);
}

static void customers_request_of_days_ago_is_not_said_to_have_just_come(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    later(3 * CLOCK_DAY);
    get_leads_to(start, mem_text(w.mem, "/requests/%s", no_of(id)));
    browser_sees(b, "There is an open request");
    browser_does_not_see(b, "has just sent");
    browser_does_not_see(b, "was not sent");
}

static void request_already_open_is_shown(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.admin);
    get_leads_to(start, mem_text(w.mem, "/requests/%s", no_of(id)));
    browser_sees(b, "You already have an open request");
    assert_int_equal(requests(), 1);
}

static void customer_that_left_meanwhile_is_told(void **state)
{
    (void)state;
    ask();
    const char *body = browser_body(b, at("reason"), "reason", "PRICE", NULL);
    const int64_t id = world_request(&w, w.owner);
    world_answer(&w, id, w.admin, REQUEST_AGREE, "");
    browser_post_body(b, at("reason"), body);
    leads_to(home);
    browser_follow(b);
    browser_sees(b, "This customer is no longer associated with you");
    get_leads_to(start, home);
    assert_int_equal(requests(), 1);
}

static void reading_changes_nothing(void **state)
{
    (void)state;
    ask();
    const int64_t before = world_fingerprint(&w);
    get(at("check"), 200);
    get(at("reason"), 200);
    get(at("cancel"), 303);
    assert_true(world_fingerprint(&w) == before);
}

#define PARTNER(name) cmocka_unit_test_setup_teardown(name, begin_as_partner, end)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        PARTNER(partner_gets_through_without_a_code),
        PARTNER(partner_with_the_code_function_proves_a_code),
        PARTNER(pages_look_as_they_did),
        PARTNER(failed_checks_are_numbers_and_what_the_partner_can_do),
        PARTNER(check_again_tells_what_was_fixed),
        PARTNER(tick_and_reason_are_needed),
        PARTNER(form_sent_twice_gives_the_first_answer),
        PARTNER(second_tab_is_told_where_it_is),
        PARTNER(deep_links_lead_to_the_first_unfinished_step),
        PARTNER(draft_is_resumed_or_begun_again),
        PARTNER(grant_that_ran_out_is_renewed_and_the_reason_kept),
        PARTNER(code_function_switched_on_meanwhile_asks_for_a_code),
        PARTNER(checks_that_fail_meanwhile_lead_back_with_the_reason_kept),
        PARTNER(used_quota_is_explained),
        PARTNER(quota_of_the_customer_does_not_bind_the_partner),
        PARTNER(only_an_admin_of_this_partner_enters),
        PARTNER(manager_reads_the_receipt),
        PARTNER(receipt_is_for_own_requests),
        PARTNER(frozen_partner_cannot_ask),
        PARTNER(referral_is_explained),
        PARTNER(customers_request_comes_first_and_can_be_answered),
        PARTNER(request_already_open_is_shown),
        PARTNER(customers_request_of_days_ago_is_not_said_to_have_just_come),
        PARTNER(customer_that_left_meanwhile_is_told),
        PARTNER(reading_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
