/* Member accounts: the list, and letting an independent one go. */
#include "cgi-bin/account_browser.h"

static int64_t linked(const char *name, bool is_independent)
{
    const int64_t member = world_member(&w, w.customer, name, is_independent);
    return test_db_number(w.db, "SELECT id FROM enterprise_link WHERE active_member = %lld", L(member));
}

static const char *end_path(int64_t id) { return mem_text(w.mem, "/members/%lld/disassociate", L(id)); }

static void independent_members_go_one_by_one_and_the_last_leads_back(void **state)
{
    (void)state;
    const char *north = end_path(linked("North", true)), *south = end_path(linked("South", true)), *shared = end_path(linked("Shared", false));
    get("/disassociate/check", 200);
    browser_sees(b, "Manage member accounts");
    browser_does_not_see(b, "contact support");
    get("/members?return=check", 200);
    came_from_the_checks("After you disassociate all independent members we take you back to them.");
    browser_sees(b, "Unified");
    assert_null(strstr(b->body, shared));
    assert_non_null(strstr(b->body, mem_text(w.mem, "href=\"%s?return=check\"", north)));
    get(mem_text(w.mem, "%s?return=check", north), 200);
    browser_sees(b, "Disassociate North?");
    browser_sees(b, "It will pay for its own resources.");
    browser_post(b, north, NULL);
    leads_to("/members?return=check");
    browser_follow(b);
    browser_sees(b, "The member is disassociated");
    browser_does_not_see(b, "North");
    get(mem_text(w.mem, "%s?return=check", south), 200);
    browser_post(b, south, NULL);
    leads_to("/disassociate/check");
    browser_follow(b);
    browser_sees(b, "Fixed since your last check: Member accounts");
    browser_sees(b, "All 6 checks passed");
    get("/members", 200);
    browser_sees(b, "They don’t stop you from leaving your partner.");
}

static void without_members_the_page_says_so(void **state)
{
    (void)state;
    get("/members?return=check", 200);
    browser_sees(b, "No member accounts are linked to your account.");
    browser_sees(b, "Return to checks");
}

static void unified_and_gone_ones_are_refused(void **state)
{
    (void)state;
    const int64_t north = linked("North", true), shared = linked("Shared", false);
    get(end_path(shared), 200);
    browser_sees(b, "They can’t be disassociated here.");
    assert_null(strstr(b->body, "<form method=\"post\" action=\"/members"));
    get(end_path(north), 200);
    test_db_sql(w.db, "UPDATE enterprise_link SET accounting = 'UNIFIED' WHERE id = %lld", L(north));
    browser_post(b, end_path(north), NULL);
    assert_int_equal(b->status, 409);
    browser_sees(b, "You pay for this member");
    test_db_sql(w.db, "UPDATE enterprise_link SET accounting = 'INDEPENDENT' WHERE id = %lld", L(north));
    get(end_path(north), 200);
    test_db_sql(w.db, "UPDATE enterprise_link SET status = 'ENDED', ended_at = linked_at WHERE id = %lld", L(north));
    browser_post(b, end_path(north), NULL);
    assert_int_equal(b->status, 409);
    browser_sees(b, "There is nothing to disassociate.");
}

static void somebody_elses_is_not_found(void **state)
{
    (void)state;
    const int64_t id = linked("North", true);
    get(end_path(id), 200);
    const char *body = browser_body(b, end_path(id), NULL);
    get(end_path(id + 1000), 404);
    become(w.viewer);
    get("/members", 200);
    assert_null(strstr(b->body, "/disassociate\""));
    get(end_path(id), 403);
    browser_post_body(b, end_path(id), body);
    assert_int_equal(b->status, 403);
    become(w.admin);
    get("/members", 403);
    const struct actor *other = stranger();
    world_member(&w, other->account_id, "Own", true);
    const int64_t own = test_db_number(w.db, "SELECT MAX(id) FROM enterprise_link");
    become(other);
    get(end_path(id), 404);
    get(end_path(own), 200);
    browser_post_body(b, end_path(id), browser_body(b, end_path(own), NULL));
    assert_int_equal(b->status, 404);
    assert_int_equal(world_count(&w, "enterprise_link", "id = %lld AND status = 'ACTIVE'", L(id)), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(independent_members_go_one_by_one_and_the_last_leads_back), TEST(without_members_the_page_says_so),
        TEST(unified_and_gone_ones_are_refused), TEST(somebody_elses_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
