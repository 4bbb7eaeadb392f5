/* The wizard's pages as a browser meets them: the whole way, and each row of its rules. */
#include "action/decide.h"
#include "cgi-bin/page_golden.h"
#include "cgi-bin/wizard_browser.h"
#include "store/store_request.h"

/* --- the whole way ---------------------------------------------------------------------------------------------------- */

static void customer_gets_through(void **state)
{
    (void)state;
    get_leads_to("/disassociate", "/disassociate/check");
    browser_sees(b, "Check your account");
    browser_sees(b, "All 6 checks passed");
    browser_sees(b, "What happens if you leave this partner");
    browser_sees(b, "This is request 1 of 3.");
    browser_sees(b, "I understand the preceding statement and confirm to disassociate from the partner account");
    confirm();
    browser_sees(b, "Verify it’s you");
    browser_sees(b, "We will send a code to a***@example.com.");
    send();
    browser_sees(b, "Enter the code");
    browser_sees(b, "We sent a 6-digit code by email to a***@example.com.");
    prove();
    browser_sees(b, "Why are you leaving this partner?");
    submit();
    browser_follow(b);
    browser_sees(b, "Your disassociation request has been submitted");
    browser_sees(b, "The price or discount doesn’t suit us");
    browser_sees(b, "too dear");
    browser_sees(b, "1 of 3 in the last 3 months");
    assert_int_equal(requests(), 1);
}

static void pages_look_as_they_did(void **state)
{
    (void)state;
    world_contact(&w, w.customer, CHANNEL_SMS, "+4915100000188");
    get("/disassociate/check", 200);
    page_golden(b, "disassociate_check");
    confirm();
    page_golden(b, "disassociate_verify_choose");
    browser_post(b, "/disassociate/verify/send", "channel", "SMS", NULL);
    later(2 * CLOCK_MINUTE);   /* past the cool-down, whose seconds would be another each time */
    browser_follow(b);
    page_golden(b, "disassociate_verify_sent");
    browser_post(b, "/disassociate/verify", "code", wrong_code(w.mem, right()), NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "The code is not correct. You have 4 attempts left");
    prove();
    page_golden(b, "disassociate_reason");
    browser_post(b, "/disassociate/reason", NULL);
    assert_int_equal(b->status, 400);
    page_golden(b, "disassociate_reason_missing");
    submit();
    browser_follow(b);
    page_golden(b, "disassociate_submitted");
}

static void failed_checks_look_as_they_did(void **state)
{
    (void)state;
    world_currency(&w, w.customer, NULL);
    (void)world_member(&w, w.customer, "Branch <One>", true);
    world_contract(&w, w.customer, w.now - CLOCK_DAY, w.now + 30 * CLOCK_DAY);
    world_commitment(&w, w.customer, COMMITMENT_RI, w.now + 10 * CLOCK_DAY);
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    get("/disassociate/check", 200);
    page_golden(b, "disassociate_check_failed");
    browser_sees(b, "5 of 6 checks failed");
}

/* --- start, back, refresh, deep links --------------------------------------------------------------------------------- */

static void start_resumes_at_the_first_unfinished_step(void **state)
{
    (void)state;
    confirm();
    get_leads_to("/disassociate", "/disassociate/verify");
    browser_sees(b, "We kept your answers from 15 Jun 2026");
    browser_sees(b, "Start again");
    get("/disassociate/verify", 200);
    browser_does_not_see(b, "We kept your answers");
    send();
    prove();
    get_leads_to("/disassociate", "/disassociate/reason");
    browser_sees(b, "We kept your answers");
}

static void start_again_forgets_the_draft(void **state)
{
    (void)state;
    confirm();
    get_leads_to("/disassociate", "/disassociate/verify");
    browser_post(b, "/disassociate/cancel", NULL);
    leads_to("/disassociate/check");
    assert_int_equal(world_count(&w, "wizard", "state = 'OPEN'"), 0);
    get_leads_to("/disassociate/verify", "/disassociate/check");
}

static void a_check_alone_is_no_answer_to_come_back_to(void **state)
{
    (void)state;
    world_currency(&w, w.customer, NULL);
    get("/disassociate/check", 200);
    browser_post(b, "/disassociate/check", NULL);
    leads_to("/disassociate/check");
    get_leads_to("/disassociate", "/disassociate/check");
    browser_does_not_see(b, "We kept your answers");
}

static void going_back_discards_nothing(void **state)
{
    (void)state;
    to_reason();
    browser_post(b, "/disassociate/reason", "reason", "OTHER", NULL);
    assert_int_equal(b->status, 400);
    get("/disassociate/verify", 200);
    browser_sees(b, "You are verified until");
    get("/disassociate/check", 200);
    assert_non_null(strstr(b->body, "value=\"1\" checked"));
    browser_post(b, "/disassociate/confirm", "understood", "1", NULL);
    leads_to("/disassociate/reason");
    browser_follow(b);
    assert_non_null(strstr(b->body, "value=\"OTHER\" checked"));
}

static void refresh_repeats_nothing(void **state)
{
    (void)state;
    confirm();
    send();
    browser_sees(b, "Code sent");
    const int64_t before = world_fingerprint(&w);
    get("/disassociate/verify", 200);
    browser_does_not_see(b, "Code sent");
    browser_sees(b, "Enter the code");
    get("/disassociate/check", 200);
    assert_int_equal(world_fingerprint(&w), before);
}

static void deep_link_leads_to_the_first_unfinished_step(void **state)
{
    (void)state;
    get_leads_to("/disassociate/reason", "/disassociate/check");
    browser_sees(b, "Finish this step first");
    get_leads_to("/disassociate/verify", "/disassociate/check");
    browser_sees(b, "Finish this step first");
    confirm();
    get_leads_to("/disassociate/reason", "/disassociate/verify");
    browser_sees(b, "Finish this step first");
}

static void receipt_opens_for_its_owner_only(void **state)
{
    (void)state;
    to_reason();
    submit();
    const char *receipt = mem_copy(w.mem, b->location);
    get(receipt, 200);
    later(40 * CLOCK_DAY);
    get(receipt, 200);
    browser_become(b, w.viewer->user_id);
    get(receipt, 200);
    browser_become(b, world_user(&w, world_account(&w, ACCOUNT_CUSTOMER, "Other"), ROLE_OWNER, "Sam")->user_id);
    get(receipt, 404);
    browser_become(b, w.admin->user_id);
    get(receipt, 403);
    browser_become(b, w.owner->user_id);
    get("/disassociate/submitted/DR20260615-999999", 404);
}

static void receipt_of_a_closed_request_tells_its_outcome(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    const char *receipt = mem_text(w.mem, "/disassociate/submitted/%s", no_of(id));
    get(receipt, 200);
    browser_sees(b, "What happens next");
    world_answer(&w, id, w.admin, REQUEST_REJECT, "Your contract runs to December.");
    get(receipt, 200);
    browser_sees(b, "Outcome");
    browser_sees(b, "Rejected");
    browser_sees(b, "Your partner rejected the request");
    browser_sees(b, "15 Jun 2026");
    browser_sees(b, "Your contract runs to December.");
    browser_does_not_see(b, "What happens next");
    browser_does_not_see(b, "has been submitted");
}

/* --- time ------------------------------------------------------------------------------------------------------------- */

static void grant_that_ran_out_is_explained_and_renewed(void **state)
{
    (void)state;
    to_reason();
    later(11 * CLOCK_MINUTE);
    browser_post(b, "/disassociate/reason", "reason", "SERVICE", "details", "slow answers", NULL);
    leads_to("/disassociate/verify");
    browser_follow(b);
    browser_sees(b, "Your verification ran out");
    browser_sees(b, "For your security a verification lasts 10 minutes. The reason you entered is saved. Verify again and you go "
                    "straight back to it.");
    browser_sees(b, "Send a new code");
    send();
    browser_does_not_see(b, "Your verification ran out");
    prove();
    assert_non_null(strstr(b->body, "value=\"SERVICE\" checked"));
    browser_sees(b, "slow answers");
    browser_post(b, "/disassociate/reason", "reason", "SERVICE", "details", "slow answers", NULL);
    assert_non_null(strstr(b->location, "/disassociate/submitted/"));
}

static void draft_older_than_a_day_is_gone(void **state)
{
    static const char *const pages[] = { "/disassociate", "/disassociate/verify", "/disassociate/reason" };

    (void)state;
    confirm();
    const char *body = browser_body(b, "/disassociate/verify/send", NULL);
    later(CLOCK_DAY + CLOCK_MINUTE);
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        get_leads_to(pages[i], "/disassociate/check");
        browser_sees(b, "This request was not finished within 24 hours");
        browser_sees(b, "Nothing was sent. You can start again.");
    }
    browser_post_body(b, "/disassociate/verify/send", body);
    assert_int_equal(world_count(&w, "verification_code", "1"), 0);
    confirm();
    assert_int_equal(world_count(&w, "wizard", "state = 'OPEN'"), 1);
}

static void checks_that_change_before_submit_lead_back_and_keep_the_reason(void **state)
{
    (void)state;
    to_reason();
    world_currency(&w, w.customer, NULL);
    browser_post(b, "/disassociate/reason", "reason", "PRICE", "details", "too dear", NULL);
    leads_to("/disassociate/check");
    browser_follow(b);
    browser_sees(b, "Something changed while you were here");
    browser_sees(b, "Fix this item, then submit. Your reason is saved.");
    browser_sees(b, "Your account has no settlement currency.");
    assert_int_equal(requests(), 0);
    world_currency(&w, w.customer, "USD");
    get("/disassociate/check", 200);
    browser_post(b, "/disassociate/confirm", "understood", "1", NULL);
    leads_to("/disassociate/reason");
    browser_follow(b);
    browser_sees(b, "too dear");
    submit();
    assert_int_equal(world_count(&w, "verification_code", "1"), 1);
}

static void new_sign_in_keeps_answers_and_asks_for_a_new_code(void **state)
{
    (void)state;
    to_reason();
    browser_post(b, "/disassociate/reason", "reason", "OTHER", NULL);
    browser_become(b, w.owner->user_id);
    get_leads_to("/disassociate/reason", "/disassociate/verify");
    browser_sees(b, "Verify it’s you again");
    browser_sees(b, "Your answers are saved.");
    later(2 * CLOCK_MINUTE);
    get("/disassociate/verify", 200);
    send();
    prove();
    assert_non_null(strstr(b->body, "value=\"OTHER\" checked"));
}

static void page_open_for_days_is_shown_again_filled(void **state)
{
    (void)state;
    to_reason();
    const char *body = browser_body(b, "/disassociate/reason", "reason", "PRICE", "details", "typed for long", "once", "stale", NULL);
    browser_post_body(b, "/disassociate/reason", body);
    assert_int_equal(b->status, 403);
    browser_sees(b, "This page was open for too long, so we didn’t save it");
    assert_non_null(strstr(b->body, "value=\"PRICE\" checked"));
    browser_sees(b, "typed for long");
    assert_int_equal(requests(), 0);
    submit();
}

static void stale_form_of_a_new_session_keeps_the_fields(void **state)
{
    (void)state;
    to_reason();
    const char *body = browser_body(b, "/disassociate/reason", "reason", "PRICE", "details", "typed for long", NULL);
    browser_become(b, w.owner->user_id);
    browser_post_body(b, "/disassociate/reason", body);
    assert_int_equal(b->status, 403);
    browser_sees(b, "typed for long");
    browser_post(b, "/disassociate/reason", "reason", "PRICE", "details", "typed for long", NULL);
    leads_to("/disassociate/verify");
    browser_follow(b);
    assert_int_equal(world_count(&w, "wizard", "reason_text = 'typed for long'"), 1);
}

static void stale_code_page_keeps_what_was_typed(void **state)
{
    (void)state;
    confirm();
    send();
    browser_post(b, "/disassociate/verify", "code", "12 34", "once", "stale", NULL);
    assert_int_equal(b->status, 403);
    assert_string_equal(browser_field(b, "code"), "12 34");
}

/* --- leaving ---------------------------------------------------------------------------------------------------------- */

static void leaving_asks_only_when_a_reason_was_typed(void **state)
{
    (void)state;
    confirm();
    get("/disassociate/check", 200);
    assert_non_null(strstr(b->body, "href=\"/my-partner\">Cancel"));
    get_leads_to("/disassociate/cancel", "/my-partner");
    get("/disassociate/verify", 200);
    send();
    prove();
    browser_post(b, "/disassociate/reason", "reason", "OTHER", NULL);
    get("/disassociate/check", 200);
    assert_non_null(strstr(b->body, "href=\"/disassociate/cancel\">Cancel"));
    get("/disassociate/cancel", 200);
    browser_sees(b, "Leave this request?");
    browser_post(b, "/disassociate/cancel", NULL);
    leads_to("/my-partner");
    browser_follow(b);
    browser_sees(b, "You left this request");
    assert_int_equal(requests(), 0);
    assert_int_equal(world_count(&w, "quota_slot", "request_id IS NOT NULL"), 0);
    assert_int_equal(world_count(&w, "wizard", "state = 'OPEN'"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(customer_gets_through), TEST(pages_look_as_they_did), TEST(failed_checks_look_as_they_did),
        TEST(start_resumes_at_the_first_unfinished_step), TEST(start_again_forgets_the_draft),
        TEST(a_check_alone_is_no_answer_to_come_back_to), TEST(going_back_discards_nothing), TEST(refresh_repeats_nothing),
        TEST(deep_link_leads_to_the_first_unfinished_step), TEST(receipt_opens_for_its_owner_only),
        TEST(receipt_of_a_closed_request_tells_its_outcome),
        TEST(grant_that_ran_out_is_explained_and_renewed),
        TEST(draft_older_than_a_day_is_gone), TEST(checks_that_change_before_submit_lead_back_and_keep_the_reason),
        TEST(new_sign_in_keeps_answers_and_asks_for_a_new_code), TEST(page_open_for_days_is_shown_again_filled),
        TEST(stale_form_of_a_new_session_keeps_the_fields), TEST(stale_code_page_keeps_what_was_typed),
        TEST(leaving_asks_only_when_a_reason_was_typed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
