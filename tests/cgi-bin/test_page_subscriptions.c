/* Reserved instances and support plans: the list, and ending one. */
#include "cgi-bin/account_browser.h"

static int64_t committed(enum commitment_kind kind, int64_t valid_to)
{
    world_commitment(&w, w.customer, kind, valid_to);
    return test_db_number(w.db, "SELECT MAX(id) FROM commitment");
}

static const char *end_path(int64_t id) { return mem_text(w.mem, "/subscriptions/%lld/unsubscribe", L(id)); }

static void from_failed_check_and_back_in_three_actions(void **state)
{
    (void)state;
    const char *path = end_path(committed(COMMITMENT_RI, w.now + 30 * CLOCK_DAY));
    get("/disassociate/check", 200);
    browser_sees(b, "Review and unsubscribe");
    browser_does_not_see(b, "contact support");
    get("/subscriptions?return=check", 200);
    came_from_the_checks("After you unsubscribe from all of them we take you back to them.");
    browser_sees(b, "Reserved instance");
    browser_sees(b, "15 Jul 2026");
    assert_non_null(strstr(b->body, mem_text(w.mem, "href=\"%s?return=check\"", path)));
    get(mem_text(w.mem, "%s?return=check", path), 200);
    browser_sees(b, "Unsubscribe plan?");
    browser_sees(b, "It ends today. What it covered is billed at the normal price from then on.");
    browser_sees(b, "Keep it");
    browser_post(b, path, NULL);
    leads_to("/disassociate/check");
    browser_follow(b);
    browser_sees(b, "Unsubscribed");
    browser_sees(b, "Fixed since your last check: Reserved instances and partner support plan");
    browser_sees(b, "All 6 checks passed");
}

static void several_take_two_actions_each_and_the_last_leads_back(void **state)
{
    (void)state;
    const char *first = end_path(committed(COMMITMENT_RI, w.now + CLOCK_DAY));
    const char *second = end_path(committed(COMMITMENT_PARTNER_SUPPORT_PLAN, w.now + CLOCK_DAY));
    get(mem_text(w.mem, "%s?return=check", first), 200);
    browser_post(b, first, NULL);
    leads_to("/subscriptions?return=check");
    browser_follow(b);
    browser_sees(b, "Unsubscribed");
    came_from_the_checks("After you unsubscribe from all of them we take you back to them.");
    get(mem_text(w.mem, "%s?return=check", second), 200);
    browser_sees(b, "You can’t open support cases under it any more.");
    browser_post(b, second, NULL);
    leads_to("/disassociate/check");
}

static void with_no_way_back_the_list_comes_again(void **state)
{
    (void)state;
    const char *path = end_path(committed(COMMITMENT_RI, w.now + CLOCK_DAY));
    get(path, 200);
    browser_post(b, path, NULL);
    leads_to("/subscriptions");
    browser_follow(b);
    browser_sees(b, "No active reserved instances or partner support plan");
    browser_sees(b, "15 Jun 2026");
    assert_null(strstr(b->body, "/unsubscribe"));
}

static void past_ones_are_listed_and_cannot_be_ended(void **state)
{
    (void)state;
    const char *path = end_path(committed(COMMITMENT_RI, w.now - CLOCK_DAY));
    get("/subscriptions?return=check", 200);
    browser_sees(b, "No active reserved instances or partner support plan");
    browser_sees(b, "Return to checks");
    browser_sees(b, "Ended");
    get(path, 200);
    browser_sees(b, "This has ended already");
    assert_null(strstr(b->body, "<form method=\"post\" action=\"/subscriptions"));
}

static void one_that_ended_meanwhile_is_a_conflict(void **state)
{
    (void)state;
    const int64_t id = committed(COMMITMENT_RI, w.now + CLOCK_DAY);
    get(end_path(id), 200);
    test_db_sql(w.db, "UPDATE commitment SET status = 'UNSUBSCRIBED' WHERE id = %lld", L(id));
    browser_post(b, end_path(id), NULL);
    assert_int_equal(b->status, 409);
    browser_sees(b, "There is nothing to unsubscribe from.");
}

static void a_frozen_account_may_but_not_one_with_frozen_resources(void **state)
{
    (void)state;
    const int64_t id = committed(COMMITMENT_RI, w.now + CLOCK_DAY);
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    get("/subscriptions", 200);
    browser_does_not_see(b, "Have them unfrozen first.");
    get(end_path(id), 200);
    world_unfreeze(&w, w.customer);
    world_freeze(&w, w.customer, FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_PARTNER);
    browser_post(b, end_path(id), NULL);
    assert_int_equal(b->status, 409);
    browser_sees(b, "Have them unfrozen first.");
    get("/subscriptions", 200);
    browser_sees(b, "Have them unfrozen first.");
    assert_null(strstr(b->body, "/unsubscribe"));
    get(end_path(id), 200);
    assert_null(strstr(b->body, "<form method=\"post\" action=\"/subscriptions"));
    world_unfreeze(&w, w.customer);
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    get(end_path(id), 200);
    browser_post(b, end_path(id), NULL);
    leads_to("/subscriptions");
}

static void somebody_elses_is_not_found(void **state)
{
    (void)state;
    const int64_t id = committed(COMMITMENT_RI, w.now + CLOCK_DAY);
    get(end_path(id), 200);
    const char *body = browser_body(b, end_path(id), NULL);
    get(end_path(id + 1000), 404);
    become(w.viewer);
    get("/subscriptions", 200);
    assert_null(strstr(b->body, "/unsubscribe"));
    get(end_path(id), 403);
    browser_post_body(b, end_path(id), body);
    assert_int_equal(b->status, 403);
    become(w.admin);
    get("/subscriptions", 403);
    const struct actor *other = stranger();
    world_commitment(&w, other->account_id, COMMITMENT_RI, w.now + CLOCK_DAY);
    const int64_t own = test_db_number(w.db, "SELECT MAX(id) FROM commitment");
    become(other);
    get(end_path(id), 404);
    get(end_path(own), 200);
    browser_post_body(b, end_path(id), browser_body(b, end_path(own), NULL));
    assert_int_equal(b->status, 404);
    assert_int_equal(world_count(&w, "commitment", "id = %lld AND status = 'VALID'", L(id)), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(from_failed_check_and_back_in_three_actions), TEST(several_take_two_actions_each_and_the_last_leads_back),
        TEST(with_no_way_back_the_list_comes_again), TEST(past_ones_are_listed_and_cannot_be_ended),
        TEST(one_that_ended_meanwhile_is_a_conflict), TEST(a_frozen_account_may_but_not_one_with_frozen_resources),
        TEST(somebody_elses_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
