/* The customer's way out, sent twice, in two tabs, by two people, and after the facts have changed. */
#include "action/decide.h"
#include "cgi-bin/page_golden.h"
#include "cgi-bin/wizard_browser.h"
#include "store/store_request.h"

/* --- double submit, two tabs, two people ------------------------------------------------------------------------------ */

static void form_sent_twice_gives_the_first_answer(void **state)
{
    (void)state;
    to_reason();
    const char *body = browser_body(b, "/disassociate/reason", "reason", "PRICE", NULL);
    browser_post_body(b, "/disassociate/reason", body);
    const char *receipt = mem_copy(w.mem, b->location);
    assert_non_null(strstr(receipt, "/disassociate/submitted/"));
    browser_post_body(b, "/disassociate/reason", body);
    leads_to(receipt);
    assert_int_equal(requests(), 1);
    assert_int_equal(world_count(&w, "operation_log", "operation = 'REQUEST_SUBMITTED'"), 1);
}

/* Its key has been used, so it touches no later draft, though that is of the same revision; not with another body either. */
static void form_sent_before_leaves_a_later_draft_alone(void **state)
{
    (void)state;
    to_reason();
    const char *good = browser_body(b, "/disassociate/reason", "reason", "PRICE", NULL);
    const char *other = browser_body(b, "/disassociate/reason", "reason", "SERVICE", "details", "slow", NULL);
    const char *bad = browser_body(b, "/disassociate/reason", "reason", "OTHER", NULL);
    browser_post_body(b, "/disassociate/reason", good);
    const char *receipt = mem_copy(w.mem, b->location);
    world_answer(&w, test_db_number(db, "SELECT id FROM disassociation_request"), w.admin, REQUEST_REJECT, "stay a little");
    later(5 * CLOCK_MINUTE);
    to_reason();
    int64_t before = world_fingerprint(&w);
    assert_int_equal(world_count(&w, "wizard", "state = 'DONE' AND revision = (SELECT revision + 1 FROM wizard WHERE state = 'OPEN')"), 1);
    const char *const bodies[] = {good, other, bad};
    for (size_t i = 0; i < 3; i++) {
        browser_post_body(b, "/disassociate/reason", bodies[i]);
        leads_to(receipt);
        assert_true(world_fingerprint(&w) == before);
    }
    assert_int_equal(requests(), 1);
}

static void every_form_of_the_way_works_once(void **state)
{
    (void)state;
    get("/disassociate/check", 200);
    const char *body = browser_body(b, "/disassociate/confirm", "understood", "1", NULL);
    for (int i = 0; i < 2; i++) {
        browser_post_body(b, "/disassociate/confirm", body);
        leads_to("/disassociate/verify");
    }
    assert_int_equal(world_count(&w, "operation_log", "operation = 'STATEMENT_ACCEPTED'"), 1);
    browser_follow(b);
    body = browser_body(b, "/disassociate/verify/send", NULL);
    for (int i = 0; i < 2; i++) {
        browser_post_body(b, "/disassociate/verify/send", body);
        leads_to("/disassociate/verify");
    }
    assert_int_equal(world_count(&w, "verification_code", "1"), 1);
    browser_follow(b);
    body = browser_body(b, "/disassociate/verify", "code", right(), NULL);
    for (int i = 0; i < 2; i++) {
        browser_post_body(b, "/disassociate/verify", body);
        leads_to("/disassociate/reason");
    }
    assert_int_equal(world_count(&w, "operation_log", "operation = 'CODE_PROVEN'"), 1);
}

static void second_tab_is_told_where_it_is(void **state)
{
    (void)state;
    get("/disassociate/check", 200);
    const char *old = browser_body(b, "/disassociate/confirm", "understood", "1", NULL);
    confirm();
    browser_post_body(b, "/disassociate/confirm", old);
    leads_to("/disassociate/verify");
    browser_follow(b);
    browser_sees(b, "You continued in another tab");
    browser_sees(b, "This is where you are now.");
    old = browser_body(b, "/disassociate/verify/send", NULL);
    confirm();
    browser_post_body(b, "/disassociate/verify/send", old);
    leads_to("/disassociate/verify");
    browser_follow(b);
    browser_sees(b, "You continued in another tab");
    assert_int_equal(world_count(&w, "verification_code", "1"), 0);
}

static void second_tab_does_not_overwrite_the_reason(void **state)
{
    (void)state;
    to_reason();
    const char *old = browser_body(b, "/disassociate/reason", "reason", "SERVICE", NULL);
    browser_post(b, "/disassociate/reason", "reason", "OTHER", NULL);
    assert_int_equal(b->status, 400);
    browser_post_body(b, "/disassociate/reason", old);
    leads_to("/disassociate/reason");
    browser_follow(b);
    browser_sees(b, "You continued in another tab");
    assert_int_equal(requests(), 0);
    assert_int_equal(world_count(&w, "wizard", "reason = 'OTHER'"), 1);
}

static void second_owner_is_told_who_started(void **state)
{
    const struct actor *colleague = world_user(&w, w.customer, ROLE_OWNER, "Carl Colleague");

    (void)state;
    confirm();
    browser_does_not_see(b, "started this request");
    browser_become(b, colleague->user_id);
    get_leads_to("/disassociate", "/disassociate/verify");
    browser_sees(b, "Olga Owner started this request at 15 Jun 2026");
    send();
    prove();
    submit();
    assert_int_equal(requests(), 1);
}

/* --- overtaken -------------------------------------------------------------------------------------------------------- */

static void request_sent_elsewhere_is_shown(void **state)
{
    (void)state;
    confirm();
    test_db_sql(w.db, "DELETE FROM wizard");
    (void)world_request(&w, w.owner);
    static const char *const pages[] = { "/disassociate", "/disassociate/check", "/disassociate/verify", "/disassociate/reason",
                                         "/disassociate/cancel" };
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        get_leads_to(pages[i], "/my-partner");
        browser_sees(b, "You already have an open request");
    }
}

static void post_meets_the_request_sent_elsewhere(void **state)
{
    (void)state;
    to_reason();
    const char *body = browser_body(b, "/disassociate/reason", "reason", "PRICE", NULL);
    test_db_sql(w.db, "DELETE FROM wizard");
    (void)world_request(&w, w.owner);
    browser_post_body(b, "/disassociate/reason", body);
    leads_to("/my-partner");
    browser_follow(b);
    browser_sees(b, "You already have an open request");
    assert_int_equal(requests(), 1);
}

static void partners_request_comes_first(void **state)
{
    (void)state;
    to_reason();
    const char *body = browser_body(b, "/disassociate/reason", "reason", "PRICE", NULL);
    (void)world_request(&w, w.admin);
    browser_post_body(b, "/disassociate/reason", body);
    leads_to("/my-partner");
    browser_follow(b);
    browser_sees(b, "Your partner has just sent a request to end the association");
    get_leads_to("/disassociate/verify", "/my-partner");
    assert_int_equal(world_count(&w, "wizard", "purpose = 'SUBMIT' AND state = 'OPEN'"), 0);
    assert_int_equal(world_count(&w, "quota_slot", "side = 'CUSTOMER' AND request_id IS NOT NULL"), 0);
}

static void partners_request_of_days_ago_is_not_said_to_have_just_come(void **state)
{
    (void)state;
    (void)world_request(&w, w.admin);
    later(3 * CLOCK_DAY);
    get_leads_to("/disassociate/check", "/my-partner");
    browser_sees(b, "There is an open request");
    browser_does_not_see(b, "has just sent");
    browser_does_not_see(b, "was not sent");
}

static void without_an_association_there_is_nothing_to_leave(void **state)
{
    const int64_t alone = world_account(&w, ACCOUNT_CUSTOMER, "Alone Ltd");

    (void)state;
    browser_become(b, world_user(&w, alone, ROLE_OWNER, "Alma Alone")->user_id);
    get_leads_to("/disassociate", "/my-partner");
}

static void referral_is_explained(void **state)
{
    const int64_t customer = world_account(&w, ACCOUNT_CUSTOMER, "Refer Ltd");

    (void)state;
    (void)world_associate(&w, customer, w.partner, MODEL_REFERRAL);
    browser_become(b, world_user(&w, customer, ROLE_OWNER, "Rita")->user_id);
    get_leads_to("/disassociate", "/disassociate/check");
    browser_sees(b, "There is nothing to disassociate here");
    browser_sees(b, "contact support");
    browser_does_not_see(b, "Check again");
}

static void readers_and_partners_do_not_enter(void **state)
{
    static const char *const pages[] = { "/disassociate", "/disassociate/check", "/disassociate/verify", "/disassociate/reason",
                                         "/disassociate/cancel" };

    (void)state;
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        browser_become(b, w.viewer->user_id);
        get(pages[i], 403);
        browser_become(b, w.admin->user_id);
        get(pages[i], 403);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(form_sent_twice_gives_the_first_answer), TEST(form_sent_before_leaves_a_later_draft_alone),
        TEST(every_form_of_the_way_works_once),
        TEST(second_tab_is_told_where_it_is),
        TEST(second_tab_does_not_overwrite_the_reason),
        TEST(second_owner_is_told_who_started),
        TEST(request_sent_elsewhere_is_shown),
        TEST(post_meets_the_request_sent_elsewhere),
        TEST(partners_request_comes_first),
        TEST(partners_request_of_days_ago_is_not_said_to_have_just_come),
        TEST(without_an_association_there_is_nothing_to_leave),
        TEST(referral_is_explained),
        TEST(readers_and_partners_do_not_enter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
