/* The account checks as operators change them. */
#include "cgi-bin/browser_world.h"
#include "cgi-bin/page_golden.h"

static const char *rule(const char *code)
{
    return mem_text(w.mem, "/rules/%lld", L(test_db_number(w.db, "SELECT id FROM rule WHERE rule_set_id = 1 AND code = '%s' LIMIT 1", code)));
}

static const char *preview(const char *code) { return mem_text(w.mem, "%s/preview", rule(code)); }

static const char *asked(const char *code, const char *query) { return mem_text(w.mem, "%s?%s", preview(code), query); }

static int begin(void **state)
{
    (void)state;
    open_browser();
    browser_become(b, w.ops->user_id);
    return 0;
}

#define EVERYBODY "&cs=1&ca=1&ps=1&pa=1"

static void sets_and_their_rules_are_shown(void **state)
{
    (void)state;
    browser_get(b, "/rule-sets");
    page_golden(b, "rule_sets");
    browser_get(b, "/rule-sets/1");
    browser_sees(b, "Stops: Customer asks and Partner asks; 3 requests in 3 months");
    browser_sees(b, "Partner Center user guide");
    browser_get(b, rule("Q"));
    assert_string_equal(browser_field(b, "limit"), "3");
}

static void a_preview_says_what_it_would_do_and_saves_nothing(void **state)
{
    (void)state;
    test_db_sql(w.db, "INSERT INTO partner_order (customer_id, name, status, at) VALUES (%lld, 'Order', 'WAITING_FOR_PARTNER', '2026-06-01')",
                L(w.customer));
    browser_get(b, asked("X1", "severity=BLOCK" EVERYBODY));
    assert_int_equal(b->status, 200);
    page_golden(b, "rule_preview");
    browser_sees(b, "This would stop 1 customer now that is not stopped yet.");
    browser_sees(b, "Counted over all customers with an active association: 1.");
    assert_int_equal(world_count(&w, "rule", "code = 'X1' AND rule_set_id = 1 AND severity = 'WARN'"), 1);
    browser_post(b, preview("X1"), NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Enter a reason");
    browser_post(b, preview("X1"), "reason", "As agreed.", NULL);
    assert_string_equal(b->location, "/rule-sets/1");
    browser_follow(b);
    browser_sees(b, "The account check was changed");
    browser_sees(b, "As agreed.");
    assert_int_equal(world_count(&w, "rule", "code = 'X1' AND rule_set_id = 1 AND severity = 'BLOCK'"), 1);
    browser_become(b, w.owner->user_id);
    browser_get(b, "/disassociate/check");
    browser_sees(b, "1 of 7 checks failed");
}

static void numbers_that_do_not_fit_are_asked_for_again(void **state)
{
    (void)state;
    browser_get(b, asked("Q", "severity=BLOCK&cs=1&limit=0&months=3"));
    assert_int_equal(b->status, 400);
    browser_sees(b, "Enter 1 to 12 requests in 1 to 24 months");
    browser_get(b, asked("Q", "severity=BLOCK&cs=1&limit=99&months=3"));
    assert_int_equal(b->status, 400);
    browser_get(b, preview("Q"));
    assert_string_equal(b->location, rule("Q"));
}

static void the_second_of_two_operators_sees_what_the_first_did(void **state)
{
    (void)state;
    browser_get(b, asked("C5", "severity=OFF" EVERYBODY));
    const char *late = browser_body(b, preview("C5"), "reason", "Mine.", NULL);
    browser_get(b, asked("C5", "severity=WARN" EVERYBODY));
    browser_post(b, preview("C5"), "reason", "Hers.", NULL);
    assert_int_equal(b->status, 303);
    browser_post_body(b, preview("C5"), late);
    assert_int_equal(b->status, 409);
    browser_sees(b, "Somebody changed the account checks meanwhile");
    browser_sees(b, "Hers.");
    browser_sees(b, "Good to know: Customer asks");
    browser_post(b, preview("C5"), "reason", "Mine.", NULL);   /* what is shown now has the version of now */
    assert_int_equal(b->status, 303);
    assert_int_equal(world_count(&w, "rule", "code = 'C5' AND rule_set_id = 1 AND severity = 'OFF'"), 1);
}

static void another_set_is_put_in_force(void **state)
{
    (void)state;
    browser_get(b, "/rule-sets/2/use");
    const char *late = browser_body(b, "/rule-sets/2/use", "reason", "Late.", NULL);
    browser_post(b, "/rule-sets/2/use", NULL);
    browser_sees(b, "Enter a reason");
    browser_post(b, "/rule-sets/2/use", "reason", "As before.", NULL);
    browser_follow(b);
    browser_sees(b, "Another set of account checks is in force");
    assert_int_equal(world_count(&w, "rule_set", "id = 2 AND is_active = 1"), 1);
    browser_post_body(b, "/rule-sets/2/use", late);
    assert_int_equal(b->status, 409);
    browser_sees(b, "This set is in force already");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(sets_and_their_rules_are_shown),
        TEST(a_preview_says_what_it_would_do_and_saves_nothing),
        TEST(numbers_that_do_not_fit_are_asked_for_again),
        TEST(the_second_of_two_operators_sees_what_the_first_did),
        TEST(another_set_is_put_in_force),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
