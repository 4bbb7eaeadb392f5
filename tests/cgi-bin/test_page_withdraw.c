#include "cgi-bin/partner_desk.h"

static int begin_as_owner(void **state)
{
    begin(state);
    browser_become(b, w.owner->user_id);
    return 0;
}

static void owner_withdraws_after_a_question(void **state)
{
    (void)state;
    const char *path = mem_text(w.mem, "/my-partner/withdraw/%s", no_of(world_request(&w, w.owner)));
    test_site_clock_at(w.now);
    browser_get(b, path);
    assert_int_equal(b->status, 200);
    page_golden(b, "withdraw");

    browser_post(b, path, NULL);
    assert_int_equal(b->status, 303);
    browser_follow(b);

    browser_sees(b, "You withdrew your request");
    assert_int_equal(world_count(&w, "disassociation_request", "state = 'WITHDRAWN'"), 1);
}

static void second_click_on_withdraw_leads_to_the_same_page(void **state)
{
    (void)state;
    const char *path = mem_text(w.mem, "/my-partner/withdraw/%s", no_of(world_request(&w, w.owner)));
    browser_get(b, path);
    const char *body = browser_body(b, path, NULL);
    browser_post_body(b, path, body);

    browser_post_body(b, path, body);

    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, "/my-partner");
    assert_int_equal(world_count(&w, "operation_log", "operation = 'REQUEST_WITHDRAWN'"), 1);
}

static void withdrawing_after_the_answer_shows_who_and_when(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    const char *path = mem_text(w.mem, "/my-partner/withdraw/%s", no_of(id));
    browser_get(b, path);
    const char *body = browser_body(b, path, NULL);
    world_answer(&w, id, w.admin, REQUEST_REJECT, "no");

    browser_post_body(b, path, body);

    assert_int_equal(b->status, 409);
    browser_sees(b, "This request was already answered");
    browser_sees(b, "Your partner rejected the request");
    browser_get(b, path);
    assert_int_equal(b->status, 409);
}

static void partners_request_cannot_be_withdrawn_by_the_customer(void **state)
{
    (void)state;
    const char *path = mem_text(w.mem, "/my-partner/withdraw/%s", no_of(world_request(&w, w.admin)));

    browser_get(b, path);

    assert_int_equal(b->status, 404);
}

static void strangers_request_is_not_found(void **state)
{
    (void)state;
    const char *path = mem_text(w.mem, "/my-partner/withdraw/%s", no_of(world_request(&w, w.owner)));
    const int64_t stranger = world_account(&w, ACCOUNT_CUSTOMER, "Stranger Ltd");
    browser_become(b, world_user(&w, stranger, ROLE_OWNER, "Stan Stranger")->user_id);

    browser_get(b, path);

    assert_int_equal(b->status, 404);
    browser_get(b, "/my-partner/withdraw/DR20260615-999999");
    assert_int_equal(b->status, 404);
    browser_get(b, "/my-partner/withdraw/nonsense");
    assert_int_equal(b->status, 404);
}

static const char *withdraw_of(int64_t request_id) { return mem_text(w.mem, "%s/withdraw", path_of(request_id)); }

static void partner_withdraws_its_own_request(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.admin);
    test_site_clock_at(w.now);
    browser_get(b, withdraw_of(id));
    assert_int_equal(b->status, 200);
    page_golden(b, "withdraw_partner");
    const char *body = browser_body(b, withdraw_of(id), NULL);

    for (int i = 0; i < 2; i++) {
        browser_post_body(b, withdraw_of(id), body);
        assert_int_equal(b->status, 303);
        assert_string_equal(b->location, path_of(id));
    }
    browser_follow(b);

    browser_sees(b, "You withdrew your request");
    browser_sees(b, "The customer stays associated with you. We have told them.");
    browser_does_not_see(b, "Only the customer can answer this request.");
    assert_int_equal(in_state("WITHDRAWN"), 1);
    assert_int_equal(world_count(&w, "operation_log", "operation = 'REQUEST_WITHDRAWN'"), 1);
    assert_int_equal(world_faults(&w), 0);
}

static void partner_is_told_that_the_customer_was_faster(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.admin);
    browser_get(b, withdraw_of(id));
    const char *body = browser_body(b, withdraw_of(id), NULL);
    world_answer(&w, id, w.owner, REQUEST_AGREE, "");

    browser_post_body(b, withdraw_of(id), body);

    assert_int_equal(b->status, 409);
    browser_sees(b, "This request was already answered");
    browser_sees(b, "The customer agreed to the request");
    assert_int_equal(in_state("COMPLETED"), 1);
}

static void customers_request_cannot_be_withdrawn_by_the_partner(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);

    browser_get(b, withdraw_of(id));

    assert_int_equal(b->status, 404);
}

static void managers_and_other_partners_do_not_withdraw(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.admin);
    browser_get(b, withdraw_of(id));
    const char *body = browser_body(b, withdraw_of(id), NULL);
    browser_become(b, w.manager->user_id);
    browser_get(b, withdraw_of(id));
    assert_int_equal(b->status, 403);
    browser_post_body(b, withdraw_of(id), body);
    assert_int_equal(b->status, 403);
    browser_become(b, world_user(&w, world_account(&w, ACCOUNT_PARTNER, "Other Cloud"), ROLE_ADMIN, "Otto Other")->user_id);
    browser_get(b, withdraw_of(id));
    assert_int_equal(b->status, 404);
    assert_int_equal(in_state("PENDING"), 1);
}

#define OWNER_TEST(name) cmocka_unit_test_setup_teardown(name, begin_as_owner, end)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        OWNER_TEST(owner_withdraws_after_a_question),
        OWNER_TEST(second_click_on_withdraw_leads_to_the_same_page),
        OWNER_TEST(withdrawing_after_the_answer_shows_who_and_when),
        OWNER_TEST(partners_request_cannot_be_withdrawn_by_the_customer),
        OWNER_TEST(strangers_request_is_not_found),
        TEST(partner_withdraws_its_own_request),
        TEST(partner_is_told_that_the_customer_was_faster),
        TEST(customers_request_cannot_be_withdrawn_by_the_partner),
        TEST(managers_and_other_partners_do_not_withdraw),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
