/* The customer answers its partner's request: the guide's second half, and everything that can come between. */
#include "cgi-bin/wizard_browser.h"

#include "action/decide.h"
#include "cgi-bin/page_golden.h"
#include "store/store_request.h"

static int64_t asked;            /* the partner's request */
static const char *page, *verify, *send_to, *done;

static const char *path_of(int64_t id)
{
    struct request *request = NULL;

    assert_null(request_load(w.db, w.mem, id, &request));
    return mem_text(w.mem, "/process-request/%s", request->no);
}

static int begin_asked(void **state)
{
    begin(state);
    asked = world_request(&w, w.admin);
    page = path_of(asked);
    verify = mem_text(w.mem, "%s/verify", page);
    send_to = mem_text(w.mem, "%s/verify/send", page);
    done = mem_text(w.mem, "%s/done", page);
    return 0;
}

static int64_t in_state(const char *state) { return world_count(&w, "disassociation_request", "state = '%s'", state); }

static void agree(void)
{
    get(page, 200);
    browser_post(b, page, "decision", "AGREE", "understood", "1", NULL);
    leads_to(verify);
    browser_follow(b);
}

static void reject(const char *why)
{
    get(page, 200);
    browser_post(b, page, "decision", "REJECT", "message", why, NULL);
    leads_to(verify);
    browser_follow(b);
}

static void send_code(void)
{
    browser_post(b, send_to, NULL);
    leads_to(verify);
    browser_follow(b);
    browser_sees(b, "Code sent");
}

static void enter(const char *code)
{
    browser_post(b, verify, "code", code, NULL);
}

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

static void viewer_reads_the_result_only(void **state)
{
    (void)state;
    get(page, 200);
    const char *body = browser_body(b, page, "decision", "REJECT", NULL);
    browser_become(b, w.viewer->user_id);
    get(page, 403);
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

/* --- overtaken --------------------------------------------------------------------------------------------------------- */

static void withdrawn_meanwhile_is_told_on_every_page(void **state)
{
    struct act act = world_act(&w, w.admin);
    struct decide_result result;

    (void)state;
    get(page, 200);
    const char *decide = browser_body(b, page, "decision", "AGREE", "understood", "1", NULL);
    agree();
    const char *send = browser_body(b, send_to, NULL);
    send_code();
    const char *code = browser_body(b, verify, "code", right(), NULL);
    assert_null(withdraw_request(&act, asked, &result));
    browser_post_body(b, verify, code);
    assert_int_equal(b->status, 409);
    browser_sees(b, "Your partner withdrew this request");
    browser_sees(b, "Go to My Partner");
    browser_post_body(b, page, decide);
    assert_int_equal(b->status, 409);
    get(page, 409);
    browser_sees(b, "Your partner withdrew this request");
    get(verify, 303);
    assert_string_equal(b->location, page);
    browser_post_body(b, send_to, send);
    assert_int_equal(b->status, 303);
    get("/my-partner", 200);
    browser_does_not_see(b, "Finish this step first");
    assert_int_equal(in_state("WITHDRAWN"), 1);
}

static void answered_by_a_colleague_is_shown_with_name_and_time(void **state)
{
    const struct actor *colleague = world_user(&w, w.customer, ROLE_OWNER, "Carl Colleague");

    (void)state;
    get(page, 200);
    const char *body = browser_body(b, page, "decision", "REJECT", NULL);
    struct wizard_target target = world_answer_target(&w, colleague, asked);
    struct act act = world_act(&w, colleague);
    struct decide_result result;
    int64_t revision = world_ready_to_answer(&w, colleague, asked, REQUEST_AGREE, "");
    assert_null(decide_request(&act, &target, revision, &result));
    assert_true(act.is_done);
    browser_post_body(b, page, body);
    assert_int_equal(b->status, 409);
    browser_sees(b, "This request was already answered");
    browser_sees(b, "Carl Colleague agreed to the request");
    assert_int_equal(in_state("COMPLETED"), 1);
    get(page, 409);
}

static void ended_request_says_so(void **state)
{
    (void)state;
    test_db_sql(w.db, "UPDATE disassociation_request SET state = 'EXPIRED', version = version + 1, decided_at = submitted_at + "
                "INTERVAL 10 DAY, decided_by_side = 'SYSTEM' WHERE id = %lld", L(asked));
    get(page, 409);
    browser_sees(b, "This request has already ended");
    browser_sees(b, "The request expired");
    test_db_sql(w.db, "UPDATE disassociation_request SET state = 'PENDING', version = version - 1, decided_at = NULL, "
                "decided_by_side = NULL WHERE id = %lld", L(asked));
}

static void both_sides_ask_at_once_and_the_customer_can_answer(void **state)
{
    struct act act = world_act(&w, w.admin);
    struct decide_result result;

    (void)state;
    assert_null(withdraw_request(&act, asked, &result));
    confirm();
    send();
    prove();
    const char *body = browser_body(b, "/disassociate/reason", "reason", "PRICE", NULL);
    asked = world_request(&w, w.admin);
    page = path_of(asked);
    verify = mem_text(w.mem, "%s/verify", page);
    send_to = mem_text(w.mem, "%s/verify/send", page);
    browser_post_body(b, "/disassociate/reason", body);
    leads_to("/my-partner");
    browser_follow(b);
    browser_sees(b, "Your partner has just sent a request to end the association");
    browser_sees(b, "Process");
    later(2 * CLOCK_MINUTE);
    reject("we ask ourselves");
    send_code();
    enter(right());
    assert_int_equal(in_state("REJECTED"), 1);
    assert_int_equal(world_count(&w, "quota_slot", "side = 'CUSTOMER' AND request_id IS NOT NULL"), 0);
}

/* --- twice, two tabs, deep links, time ---------------------------------------------------------------------------------- */

static void every_form_of_the_way_works_once(void **state)
{
    (void)state;
    agree();
    const char *body = browser_body(b, send_to, NULL);
    for (int i = 0; i < 2; i++) {
        browser_post_body(b, send_to, body);
        leads_to(verify);
    }
    assert_int_equal(world_count(&w, "verification_code", "account_id = %lld", L(w.customer)), 1);
    browser_follow(b);
    body = browser_body(b, verify, "code", right(), NULL);
    browser_post_body(b, verify, body);
    leads_to(done);
    const int64_t before = world_fingerprint(&w);
    browser_post_body(b, verify, body);
    leads_to(done);
    assert_true(world_fingerprint(&w) == before);
    assert_int_equal(world_count(&w, "operation_log", "operation = 'REQUEST_AGREED'"), 1);
}

static void second_tab_is_told_where_it_is(void **state)
{
    (void)state;
    get(page, 200);
    const char *old = browser_body(b, page, "decision", "REJECT", NULL);
    agree();
    browser_post_body(b, page, old);
    leads_to(verify);
    browser_follow(b);
    browser_sees(b, "You continued in another tab");
    browser_sees(b, "You are about to agree to leave");
}

static void code_for_agreeing_does_not_reject(void **state)
{
    (void)state;
    agree();
    send_code();
    const char *code = right();
    reject("");
    browser_does_not_see(b, "Code sent");
    assert_null(strstr(b->body, "id=\"code\""));
    browser_post(b, send_to, NULL);
    browser_follow(b);
    enter(code);
    assert_true(b->status == 400 || strcmp(code, right()) == 0);
    assert_int_equal(in_state("PENDING"), 1);
}

static void deep_links_lead_to_the_first_unfinished_step(void **state)
{
    (void)state;
    get_leads_to(verify, page);
    browser_sees(b, "Finish this step first");
    browser_get(b, done);
    leads_to(page);
    agree();
    browser_get(b, done);
    leads_to(page);
}

static void going_back_keeps_what_was_typed(void **state)
{
    (void)state;
    reject("because of this");
    get(page, 200);
    browser_sees(b, "because of this");
    agree();
    get(page, 200);
    assert_non_null(strstr(b->body, "value=\"1\" checked"));
}

static void wrong_code_decides_nothing(void **state)
{
    (void)state;
    agree();
    send_code();
    enter(wrong_code(w.mem, right()));
    assert_int_equal(b->status, 400);
    browser_sees(b, "The code is not correct. You have 4 attempts left");
    enter("12");
    browser_sees(b, "Enter all 6 digits");
    assert_int_equal(in_state("PENDING"), 1);
}

static void grant_that_ran_out_is_asked_for_again(void **state)
{
    (void)state;
    agree();
    send_code();
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    enter(right());
    assert_int_equal(b->status, 409);
    world_unfreeze(&w, w.customer);
    later(11 * CLOCK_MINUTE);
    get(page, 200);
    browser_post(b, page, "decision", "AGREE", "understood", "1", NULL);
    leads_to(verify);
    browser_follow(b);
    browser_sees(b, "Your verification ran out");
    assert_int_equal(in_state("PENDING"), 1);
}

static void draft_past_a_day_is_begun_again(void **state)
{
    (void)state;
    agree();
    get(page, 200);
    const char *body = browser_body(b, page, "decision", "AGREE", "understood", "1", NULL);
    later(25 * CLOCK_HOUR);
    get_leads_to(verify, page);
    browser_sees(b, "This request was not finished within 24 hours");
    browser_post_body(b, page, body);
    assert_int_not_equal(b->status, 200);
    assert_int_equal(in_state("PENDING"), 1);
}

static void reading_changes_nothing(void **state)
{
    (void)state;
    agree();
    const int64_t before = world_fingerprint(&w);
    get(page, 200);
    get(verify, 200);
    assert_true(world_fingerprint(&w) == before);
}

#define ASKED(name) cmocka_unit_test_setup_teardown(name, begin_asked, end)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ASKED(customer_agrees_and_has_left),
        ASKED(customer_rejects_with_a_reason),
        ASKED(rejecting_needs_no_reason_and_no_tick),
        ASKED(reason_typed_before_agreeing_is_not_sent),
        ASKED(pages_look_as_they_did),
        ASKED(failed_checks_look_as_they_did),
        ASKED(agreeing_needs_the_tick),
        ASKED(form_without_a_decision_is_a_fault),
        ASKED(reason_over_500_characters_is_shown_again),
        ASKED(stale_form_is_shown_again_as_it_was_filled_in),
        ASKED(frozen_customer_can_reject_but_not_agree),
        ASKED(frozen_between_choice_and_code_is_shown_and_the_code_stays_good),
        ASKED(page_of_the_refusal_can_be_gone_on_from),
        ASKED(check_again_tells_what_was_fixed),
        ASKED(viewer_reads_the_result_only),
        ASKED(initiator_cannot_answer_its_own_request),
        ASKED(customers_own_request_is_not_to_be_processed),
        ASKED(strangers_find_nothing),
        ASKED(withdrawn_meanwhile_is_told_on_every_page),
        ASKED(answered_by_a_colleague_is_shown_with_name_and_time),
        ASKED(ended_request_says_so),
        ASKED(both_sides_ask_at_once_and_the_customer_can_answer),
        ASKED(every_form_of_the_way_works_once),
        ASKED(second_tab_is_told_where_it_is),
        ASKED(code_for_agreeing_does_not_reject),
        ASKED(deep_links_lead_to_the_first_unfinished_step),
        ASKED(going_back_keeps_what_was_typed),
        ASKED(wrong_code_decides_nothing),
        ASKED(grant_that_ran_out_is_asked_for_again),
        ASKED(draft_past_a_day_is_begun_again),
        ASKED(reading_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
