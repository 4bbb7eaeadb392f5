/* The customer answers its partner's request: the guide's second half, its form, its checks, and who may. */
#include "cgi-bin/asked_browser.h"
#include "cgi-bin/page_golden.h"

/* --- the guide --------------------------------------------------------------------------------------------------------- */

static void customer_agrees_and_has_left(void **state)
{
    (void)state;
    get("/my-partner", 200);
    browser_sees(b, "Process");
    agree();
    browser_sees(b, "Verify it’s you");
    browser_sees(b, "You are about to agree to leave Nimbus Ltd");
    assert_int_equal(in_state("PENDING"), 1);
    send_code();
    enter(right());
    leads_to(done);
    browser_follow(b);
    browser_sees(b, "You have been successfully disassociated");
    browser_sees(b, "You are no longer associated with Nimbus Ltd");
    browser_sees(b, "Your partner no longer pays for your resources.");
    assert_int_equal(in_state("COMPLETED"), 1);
    assert_int_equal(world_count(&w, "association", "status = 'ACTIVE'"), 0);
    assert_int_equal(world_count(&w, "operation_log", "operation = 'REQUEST_AGREED'"), 1);
}

static void who_can_be_charged_is_not_told_to_add_a_payment_method(void **state)
{
    (void)state;
    test_db_sql(w.db, "DELETE FROM payment_method");
    test_db_sql(w.db, "INSERT INTO payment_method (customer_id, kind, last_four, provider_reference, valid_to, added_at) VALUES "
                "(%lld, 'CARD', '4242', 'pm-a', '2026-01-01', '2025-01-01')", L(w.customer));
    agree();
    send_code();
    enter(right());
    browser_follow(b);
    browser_sees(b, "Add a payment method so that they keep running.");
    test_db_sql(w.db, "INSERT INTO payment_method (customer_id, kind, last_four, provider_reference, valid_to, added_at) VALUES "
                "(%lld, 'BANK', '0077', 'pm-b', NULL, '2025-01-02')", L(w.customer));
    get(done, 200);
    browser_sees(b, "From now on we charge your payment method.");
    browser_does_not_see(b, "Add a payment method");
}

static void customer_rejects_with_a_reason(void **state)
{
    (void)state;
    reject("We stay.\r\nReally.");
    browser_sees(b, "You are about to reject the request of Nimbus Ltd");
    send_code();
    enter(right());
    leads_to(done);
    browser_follow(b);
    browser_sees(b, "You rejected your partner’s request");
    browser_sees(b, "You stay associated with this partner. We have told them about your decision.");
    browser_sees(b, "We stay.");
    assert_int_equal(world_count(&w, "disassociation_request", "state = 'REJECTED' AND decision_text = 'We stay.\nReally.'"), 1);
    assert_int_equal(world_count(&w, "association", "status = 'ACTIVE'"), 1);
    assert_int_equal(world_count(&w, "notification", "kind = 'REQUEST_REJECTED' AND account_id = %lld", L(w.partner)), 1);
}

static void rejecting_needs_no_reason_and_no_tick(void **state)
{
    (void)state;
    reject("");
    send_code();
    enter(right());
    leads_to(done);
    assert_int_equal(in_state("REJECTED"), 1);
}

static void reason_typed_before_agreeing_is_not_sent(void **state)
{
    (void)state;
    get(page, 200);
    browser_post(b, page, "decision", "AGREE", "understood", "1", "message", "rather not", NULL);
    browser_follow(b);
    send_code();
    enter(right());
    assert_int_equal(world_count(&w, "disassociation_request", "state = 'COMPLETED' AND decision_text = ''"), 1);
}

static void pages_look_as_they_did(void **state)
{
    (void)state;
    get(page, 200);
    page_golden(b, "process_request");
    agree();
    page_golden(b, "process_request_verify");
    send_code();
    enter(right());
    browser_follow(b);
    page_golden(b, "process_request_done_agreed");
    world_end(&w);
    begin_asked(state);
    reject("We stay.");
    send_code();
    enter(right());
    browser_follow(b);
    page_golden(b, "process_request_done_rejected");
}

/* One text stands for the partner's words on one page and for the customer's own on the other. */
static void whose_reason_it_is_is_left_to_the_page_in_chinese_too(void **state)
{
    (void)state;
    browser_set_cookie(b, "lang", "zh-Hans");
    get(page, 200);
    browser_sees(b, "所填原因");
    browser_set_cookie(b, "lang", "en");
    reject("We stay.");
    send_code();
    enter(right());
    browser_set_cookie(b, "lang", "zh-Hans");
    browser_follow(b);
    browser_sees(b, "所填原因");
    browser_sees(b, "We stay.");
    browser_does_not_see(b, "对方给出");
}

static void failed_checks_look_as_they_did(void **state)
{
    (void)state;
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    world_currency(&w, w.customer, NULL);
    get(page, 200);
    page_golden(b, "process_request_failed");
    browser_sees(b, "2 of 6 checks failed");
    browser_sees(b, "You can reject now. To agree, fix the failed item first and check again.");
    browser_sees(b, "Ask partner to unfreeze");
}

/* --- the form ---------------------------------------------------------------------------------------------------------- */

static void agreeing_needs_the_tick(void **state)
{
    (void)state;
    get(page, 200);
    browser_post(b, page, "decision", "AGREE", "message", "a thought", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Tick the box before you agree. You don’t need it to reject.");
    browser_sees(b, "a thought");
    assert_int_equal(world_count(&w, "wizard", "purpose = 'ANSWER' AND account_id = %lld", L(w.customer)), 0);
}

static void form_without_a_decision_is_a_fault(void **state)
{
    (void)state;
    get(page, 200);
    browser_post(b, page, NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Choose Agree or Reject");
    browser_post(b, page, "decision", "WITHDRAW", NULL);
    assert_int_equal(b->status, 400);
    assert_int_equal(in_state("PENDING"), 1);
}

static void reason_over_500_characters_is_shown_again(void **state)
{
    char text[502];

    (void)state;
    memset(text, 'x', 501);
    text[501] = '\0';
    get(page, 200);
    browser_post(b, page, "decision", "REJECT", "message", text, NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "The reason must be 500 characters or fewer");
    assert_non_null(strstr(b->body, text));
}

static void stale_form_is_shown_again_as_it_was_filled_in(void **state)
{
    (void)state;
    get(page, 200);
    browser_post(b, page, "decision", "REJECT", "message", "a long thought", "once", "old", NULL);
    assert_int_equal(b->status, 403);
    browser_sees(b, "a long thought");
    browser_post(b, page, "decision", "REJECT", "message", "a long thought", NULL);
    leads_to(verify);
}

/* --- failed checks ----------------------------------------------------------------------------------------------------- */

static void frozen_customer_can_reject_but_not_agree(void **state)
{
    (void)state;
    get(page, 200);
    const char *body = browser_body(b, page, "decision", "AGREE", "understood", "1", NULL);
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    get(page, 200);
    assert_null(strstr(b->body, "value=\"AGREE\""));
    assert_null(strstr(b->body, "name=\"understood\""));
    browser_post_body(b, page, body);
    assert_int_equal(b->status, 409);
    browser_sees(b, "Something changed while you were here");
    browser_sees(b, "1 of 6 checks failed");
    assert_int_equal(in_state("PENDING"), 1);
    reject("");
    send_code();
    enter(right());
    leads_to(done);
    assert_int_equal(in_state("REJECTED"), 1);
}

static void frozen_between_choice_and_code_is_shown_and_the_code_stays_good(void **state)
{
    (void)state;
    agree();
    send_code();
    world_freeze(&w, w.customer, FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_PARTNER);
    enter(right());
    assert_int_equal(b->status, 409);
    browser_sees(b, "1 of 6 checks failed");
    assert_int_equal(in_state("PENDING"), 1);
    world_unfreeze(&w, w.customer);
    get(page, 200);
    browser_post(b, page, "decision", "AGREE", "understood", "1", NULL);
    leads_to(done);
    assert_int_equal(in_state("COMPLETED"), 1);
}

static void page_of_the_refusal_can_be_gone_on_from(void **state)
{
    (void)state;
    agree();
    send_code();
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    enter(right());
    assert_int_equal(b->status, 409);
    browser_post(b, mem_text(w.mem, "%s/check", page), NULL);
    leads_to(page);
    browser_follow(b);
    browser_post(b, page, "decision", "REJECT", NULL);
    leads_to(verify);
}

static void check_again_tells_what_was_fixed(void **state)
{
    (void)state;
    world_currency(&w, w.customer, NULL);
    get(page, 200);
    browser_post(b, mem_text(w.mem, "%s/check", page), NULL);
    leads_to(page);
    browser_follow(b);
    browser_sees(b, "1 of 6 checks failed");
    const char *again = browser_body(b, mem_text(w.mem, "%s/check", page), NULL);
    world_currency(&w, w.customer, "USD");
    browser_post_body(b, mem_text(w.mem, "%s/check", page), again);
    leads_to(page);
    browser_follow(b);
    browser_sees(b, "Fixed since your last check: Settlement currency");
    browser_sees(b, "Agree");
    assert_int_equal(world_count(&w, "operation_log", "operation = 'CHECK_RUN' AND account_id = %lld", L(w.customer)), 2);
}

/* --- who may ----------------------------------------------------------------------------------------------------------- */

static void viewer_reads_and_answers_nothing(void **state)
{
    (void)state;
    get(page, 200);
    const char *body = browser_body(b, page, "decision", "REJECT", NULL);
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    browser_become(b, w.viewer->user_id);
    get(page, 200);
    browser_sees(b, "To answer this request, ask the owner of your account.");
    browser_sees(b, "Only your partner can unfreeze it.");
    browser_does_not_see(b, "Check again");
    assert_null(strstr(b->body, "value=\"REJECT\""));
    assert_null(strstr(b->body, "ask-unfreeze"));
    get(verify, 403);
    browser_post_body(b, page, body);
    assert_int_equal(b->status, 403);
    browser_become(b, w.owner->user_id);
    reject("");
    send_code();
    enter(right());
    browser_become(b, w.viewer->user_id);
    get(done, 200);
    browser_sees(b, "You rejected your partner’s request");
}

static void initiator_cannot_answer_its_own_request(void **state)
{
    (void)state;
    get(page, 200);
    const char *body = browser_body(b, page, "decision", "AGREE", "understood", "1", NULL);
    const char *theirs = mem_text(w.mem, "/requests/%s", page + strlen("/process-request/"));
    browser_become(b, w.admin->user_id);
    get(page, 403);
    browser_post_body(b, page, body);
    assert_int_equal(b->status, 403);
    get(theirs, 200);
    browser_does_not_see(b, "Save decision");
    get(mem_text(w.mem, "%s/verify", theirs), 303);
    browser_post_body(b, theirs, body);
    assert_true(b->status == 403 || b->status == 404);
    assert_int_equal(in_state("PENDING"), 1);
}

static void customers_own_request_is_not_to_be_processed(void **state)
{
    struct act act = world_act(&w, w.admin);
    struct decide_result result;

    (void)state;
    get(page, 200);
    const char *body = browser_body(b, page, "decision", "AGREE", "understood", "1", NULL);
    assert_null(withdraw_request(&act, asked, &result));
    const char *own = path_of(world_request(&w, w.owner));
    get(own, 404);
    browser_post_body(b, own, body);
    assert_int_not_equal(b->status, 303);
    get(mem_text(w.mem, "%s/verify", own), 303);
    get(mem_text(w.mem, "%s/done", own), 303);
    assert_int_equal(in_state("PENDING"), 1);
}

static void strangers_find_nothing(void **state)
{
    const int64_t stranger = world_account(&w, ACCOUNT_CUSTOMER, "Stranger Ltd");
    const int64_t other = world_account(&w, ACCOUNT_PARTNER, "Other Cloud");
    const char *theirs = mem_text(w.mem, "/requests/%s", page + strlen("/process-request/"));

    (void)state;
    browser_become(b, world_user(&w, stranger, ROLE_OWNER, "Stan Stranger")->user_id);
    get(page, 404);
    get(verify, 404);
    get(done, 404);
    browser_become(b, world_user(&w, other, ROLE_ADMIN, "Otto Other")->user_id);
    get(page, 403);
    get(theirs, 404);
    get(mem_text(w.mem, "%s/sent", theirs), 404);
    browser_become(b, w.owner->user_id);
    get("/process-request/DR20260615-999999", 404);
    get("/process-request/nonsense", 404);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ASKED(customer_agrees_and_has_left),
        ASKED(who_can_be_charged_is_not_told_to_add_a_payment_method),
        ASKED(customer_rejects_with_a_reason),
        ASKED(rejecting_needs_no_reason_and_no_tick),
        ASKED(reason_typed_before_agreeing_is_not_sent),
        ASKED(pages_look_as_they_did),
        ASKED(whose_reason_it_is_is_left_to_the_page_in_chinese_too),
        ASKED(failed_checks_look_as_they_did),
        ASKED(agreeing_needs_the_tick),
        ASKED(form_without_a_decision_is_a_fault),
        ASKED(reason_over_500_characters_is_shown_again),
        ASKED(stale_form_is_shown_again_as_it_was_filled_in),
        ASKED(frozen_customer_can_reject_but_not_agree),
        ASKED(frozen_between_choice_and_code_is_shown_and_the_code_stays_good),
        ASKED(page_of_the_refusal_can_be_gone_on_from),
        ASKED(check_again_tells_what_was_fixed),
        ASKED(viewer_reads_and_answers_nothing),
        ASKED(initiator_cannot_answer_its_own_request),
        ASKED(customers_own_request_is_not_to_be_processed),
        ASKED(strangers_find_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
