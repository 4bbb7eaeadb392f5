/* The customer answers its partner's request: what can come between, and the code. */
#include "cgi-bin/asked_browser.h"

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
    world_answer(&w, asked, colleague, REQUEST_AGREE, "");
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

int main(void)
{
    static const struct CMUnitTest tests[] = {
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
