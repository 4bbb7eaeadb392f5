#include "cgi-bin/partner_desk.h"

#include "action/decide.h"

static void review_shows_request_checks_and_decision(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    test_site_clock_at(w.now);

    browser_get(b, path_of(id));

    assert_int_equal(b->status, 200);
    page_golden(b, "request_review");
    browser_sees(b, "Acme GmbH wants to leave");
    browser_sees(b, "Olga Owner");
    browser_sees(b, "The price or discount doesn’t suit us: too dear");
    browser_sees(b, "All 6 passed on");
    browser_sees(b, "All 6 pass now");
    browser_sees(b, "After that the platform decides.");
}

static void manager_reads_and_is_told_who_can_answer(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    browser_become(b, w.manager->user_id);

    browser_get(b, path_of(id));

    browser_sees(b, "To answer this request, ask an admin of your account.");
    browser_does_not_see(b, "Save decision");
    assert_null(strstr(b->body, "method=\"post\" action=\"/requests/"));
}

static void manager_cannot_answer_with_a_form_made_up(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    browser_get(b, path_of(id));
    const char *body = browser_body(b, path_of(id), "decision", "REJECT", "message", "no", NULL);
    browser_become(b, w.manager->user_id);

    browser_post_body(b, path_of(id), body);

    assert_int_equal(b->status, 403);
    assert_int_equal(in_state("PENDING"), 1);
}

static void own_request_has_no_decision(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.admin);

    browser_get(b, path_of(id));

    browser_sees(b, "You asked Acme GmbH to end the association");
    browser_sees(b, "Only the customer can answer this request.");
    browser_sees(b, "Withdraw request");
    browser_does_not_see(b, "Save decision");
    browser_become(b, w.manager->user_id);
    browser_get(b, path_of(id));
    browser_sees(b, "To withdraw it, ask an admin of your account.");
    browser_does_not_see(b, "Withdraw request");
}

static void frozen_customer_can_be_unfrozen_from_here(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    browser_get(b, path_of(id));
    browser_sees(b, "Unfreeze first");
    assert_non_null(strstr(b->body, "/unfreeze\""));
    browser_become(b, w.manager->user_id);
    browser_get(b, path_of(id));
    browser_does_not_see(b, "Unfreeze first");
    world_unfreeze(&w, w.customer);
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    browser_become(b, w.admin->user_id);

    browser_get(b, path_of(id));

    browser_does_not_see(b, "Unfreeze first");
}

static void partner_sees_numbers_and_no_names_in_the_checks(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    (void)world_member(&w, w.customer, "Secret Subsidiary", true);

    browser_get(b, path_of(id));

    browser_sees(b, "1 of 6 fail now");
    browser_does_not_see(b, "Secret Subsidiary");
}

static void nothing_chosen_is_a_fault(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    browser_get(b, path_of(id));

    browser_post(b, path_of(id), NULL);

    assert_int_equal(b->status, 400);
    browser_sees(b, "Select agree or reject");
    assert_int_equal(in_state("PENDING"), 1);
}

static void rejecting_needs_a_message(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    browser_get(b, path_of(id));

    browser_post(b, path_of(id), "decision", "REJECT", "message", "  ", NULL);

    assert_int_equal(b->status, 400);
    browser_sees(b, "Enter a message to the customer");
    assert_non_null(strstr(b->body, "value=\"REJECT\" checked"));
    assert_int_equal(in_state("PENDING"), 1);
}

static void message_over_500_characters_is_shown_again(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    char text[502];
    memset(text, 'x', 501);
    text[501] = '\0';
    browser_get(b, path_of(id));

    browser_post(b, path_of(id), "decision", "REJECT", "message", text, NULL);

    assert_int_equal(b->status, 400);
    browser_sees(b, "The message must be 500 characters or fewer");
    assert_non_null(strstr(b->body, text));
}

static void partner_confirms_what_happens_to_its_customer(void **state)
{
    (void)state;
    browser_get(b, path_of(world_request(&w, w.owner)));

    browser_sees(b, "What happens if this customer leaves you");
    browser_sees(b, "You stop billing the customer.");
    browser_sees(b, "confirm to disassociate from the customer account");
    browser_does_not_see(b, "Your partner stops billing you");
}

static void agreeing_needs_the_tick(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    browser_get(b, path_of(id));

    browser_post(b, path_of(id), "decision", "AGREE", "message", "", NULL);

    assert_int_equal(b->status, 400);
    browser_sees(b, "Tick the box before you agree.");
    assert_int_equal(in_state("PENDING"), 1);
}

static void partner_without_code_function_agrees_at_once(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    browser_get(b, path_of(id));

    browser_post(b, path_of(id), "decision", "AGREE", "message", "", "understood", "1", NULL);

    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, mem_text(w.mem, "%s/done", path_of(id)));
    test_site_clock_at(w.now);
    browser_follow(b);
    browser_sees(b, "You agreed");
    browser_sees(b, "Acme GmbH is no longer your customer.");
    assert_int_equal(in_state("COMPLETED"), 1);
    assert_int_equal(world_faults(&w), 0);
}

static void partner_rejects_with_a_message(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    browser_get(b, path_of(id));

    browser_post(b, path_of(id), "decision", "REJECT", "message", "Your contract\r\nruns on.", NULL);
    browser_follow(b);

    browser_sees(b, "You rejected the request");
    browser_sees(b, "We have told Acme GmbH about it.");
    assert_int_equal(world_count(&w, "disassociation_request", "decision_text = 'Your contract\nruns on.'"), 1);
    assert_int_equal(world_faults(&w), 0);
}

static void second_click_leads_to_the_same_page_and_changes_nothing(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    browser_get(b, path_of(id));
    const char *body = browser_body(b, path_of(id), "decision", "REJECT", "message", "no", NULL);
    browser_post_body(b, path_of(id), body);
    const int64_t before = world_fingerprint(&w);

    browser_post_body(b, path_of(id), body);

    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, mem_text(w.mem, "%s/done", path_of(id)));
    assert_true(world_fingerprint(&w) == before);
}

static void failed_checks_stop_agreeing_and_name_the_item(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    browser_get(b, path_of(id));

    browser_post(b, path_of(id), "decision", "AGREE", "message", "so be it", "understood", "1", NULL);

    assert_int_equal(b->status, 409);
    browser_sees(b, "You can’t agree yet: the account is frozen");
    assert_non_null(strstr(b->body, "so be it"));
    assert_int_equal(in_state("PENDING"), 1);
}

static void failed_checks_do_not_stop_rejecting(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    browser_get(b, path_of(id));

    browser_post(b, path_of(id), "decision", "REJECT", "message", "no", NULL);

    assert_int_equal(b->status, 303);
    assert_int_equal(in_state("REJECTED"), 1);
}

static void frozen_partner_cannot_agree_but_can_reject(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    world_freeze(&w, w.partner, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    browser_get(b, path_of(id));
    browser_sees(b, "Your account is frozen");
    browser_sees(b, "You can reject requests.");
    browser_does_not_see(b, "Agree – the customer leaves now");
    browser_does_not_see(b, "What happens if");
    assert_null(strstr(b->body, "name=\"understood\""));
    assert_non_null(strstr(b->body, "name=\"decision\" value=\"REJECT\""));

    browser_post(b, path_of(id), "decision", "AGREE", "message", "", "understood", "1", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "You can’t agree yet: your own account is frozen.");
    browser_post(b, path_of(id), "decision", "REJECT", "message", "no", NULL);

    assert_int_equal(b->status, 303);
    assert_int_equal(in_state("REJECTED"), 1);
}

static void request_withdrawn_meanwhile_is_shown_with_who_and_when(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    browser_get(b, path_of(id));
    const char *body = browser_body(b, path_of(id), "decision", "REJECT", "message", "no", NULL);
    struct act act = world_act(&w, w.owner);
    struct decide_result result;
    assert_null(withdraw_request(&act, id, &result));

    browser_post_body(b, path_of(id), body);

    assert_int_equal(b->status, 409);
    browser_sees(b, "This request was already answered");
    browser_sees(b, "The customer withdrew the request");
    browser_does_not_see(b, "Save decision");
}

static void colleague_who_changed_the_draft_is_noticed(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    browser_get(b, path_of(id));
    const char *body = browser_body(b, path_of(id), "decision", "REJECT", "message", "no", NULL);
    (void)world_ready_to_answer(&w, w.admin, id, REQUEST_AGREE, "");

    browser_post_body(b, path_of(id), body);

    assert_int_equal(b->status, 303);
    browser_follow(b);
    browser_sees(b, "You continued in another tab");
    assert_int_equal(in_state("PENDING"), 1);
}

static void closed_request_stays_readable_without_checks(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    world_answer(&w, id, w.admin, REQUEST_AGREE, "Farewell.");
    test_site_clock_at(w.now);

    browser_get(b, path_of(id));

    assert_int_equal(b->status, 200);
    page_golden(b, "request_review_closed");
    browser_sees(b, "Ada Admin agreed to the request");
    browser_sees(b, "Farewell.");
    browser_does_not_see(b, "pass now");
    browser_does_not_see(b, "Save decision");
}

static void done_page_of_an_open_request_leads_to_the_request(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);

    browser_get(b, mem_text(w.mem, "%s/done", path_of(id)));

    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, path_of(id));
}

static void checking_again_is_logged(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    browser_get(b, path_of(id));

    browser_post(b, mem_text(w.mem, "%s/check", path_of(id)), NULL);

    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, path_of(id));
    assert_int_equal(world_count(&w, "operation_log", "operation = 'CHECK_RUN' AND account_id = %lld", L(w.partner)), 1);
}

static void stale_form_is_shown_again_as_it_was_filled_in(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    browser_get(b, path_of(id));

    browser_post(b, path_of(id), "decision", "REJECT", "message", "a long thought", "once", "old", NULL);

    assert_int_equal(b->status, 403);
    browser_sees(b, "This page was open for too long, so we didn’t save it");
    assert_non_null(strstr(b->body, "a long thought"));
    assert_int_equal(in_state("PENDING"), 1);
    browser_post(b, path_of(id), "decision", "REJECT", "message", "a long thought", NULL);
    assert_int_equal(in_state("REJECTED"), 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(review_shows_request_checks_and_decision),
        TEST(manager_reads_and_is_told_who_can_answer),
        TEST(manager_cannot_answer_with_a_form_made_up),
        TEST(own_request_has_no_decision),
        TEST(frozen_customer_can_be_unfrozen_from_here),
        TEST(partner_sees_numbers_and_no_names_in_the_checks),
        TEST(nothing_chosen_is_a_fault),
        TEST(rejecting_needs_a_message),
        TEST(message_over_500_characters_is_shown_again),
        TEST(partner_confirms_what_happens_to_its_customer),
        TEST(agreeing_needs_the_tick),
        TEST(partner_without_code_function_agrees_at_once),
        TEST(partner_rejects_with_a_message),
        TEST(second_click_leads_to_the_same_page_and_changes_nothing),
        TEST(failed_checks_stop_agreeing_and_name_the_item),
        TEST(failed_checks_do_not_stop_rejecting),
        TEST(frozen_partner_cannot_agree_but_can_reject),
        TEST(request_withdrawn_meanwhile_is_shown_with_who_and_when),
        TEST(colleague_who_changed_the_draft_is_noticed),
        TEST(closed_request_stays_readable_without_checks),
        TEST(done_page_of_an_open_request_leads_to_the_request),
        TEST(checking_again_is_logged),
        TEST(stale_form_is_shown_again_as_it_was_filled_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
