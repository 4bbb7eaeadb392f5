/* A sign-in form that comes again: from a double click, from a page that still stands there, from somebody else. */
#include "action/sign_in_world.h"

static int setup(void **state)
{
    (void)state;
    begin_empty();
    make(ACCOUNT_CUSTOMER, ROLE_OWNER, LOGIN, NULL);
    return 0;
}

static void the_form_that_is_sent_twice_leads_to_one_session(void **state)
{
    struct sign_in first, again;
    (void)state;
    assert_null(by_form(LOGIN, NULL, PASSWORD, 1, &first));
    assert_null(by_form(LOGIN, NULL, PASSWORD, 1, &again));
    assert_int_equal(again.outcome, SIGN_IN_DONE);
    assert_string_equal(again.token, first.token);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM session"), 1);
    assert_int_equal(logged("SIGNED_IN"), 1);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM user WHERE failures > 0"), 0);
    assert_null(by_form(LOGIN, NULL, "wrong", 1, &again));
    assert_int_equal(again.outcome, SIGN_IN_WRONG);
    assert_null(by_form(LOGIN, NULL, PASSWORD, 2, &again));
    assert_string_not_equal(again.token, first.token);
}

/* It stands in the browser after an answer that was lost, or after somebody has left. */
static void a_used_form_leads_nobody_else_to_its_session(void **state)
{
    struct sign_in first, other;
    (void)state;
    make(ACCOUNT_CUSTOMER, ROLE_OWNER, "bea@other.example", NULL);
    assert_null(by_form(LOGIN, NULL, PASSWORD, 1, &first));
    assert_null(by_form("bea@other.example", NULL, PASSWORD, 1, &other));
    assert_int_equal(other.outcome, SIGN_IN_LATE);
    assert_true(other.token == NULL || strcmp(other.token, first.token) != 0);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM session"), 1);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM user WHERE failures > 0"), 0);
    assert_null(by_form("bea@other.example", NULL, PASSWORD, 2, &other));
    assert_int_equal(other.outcome, SIGN_IN_DONE);
    assert_string_equal(session_of(other.token)->actor.login, "bea@other.example");
}

static void a_used_form_leads_to_no_session_that_is_over(void **state)
{
    struct sign_in first, again;
    (void)state;
    assert_null(by_form(LOGIN, NULL, PASSWORD, 1, &first));
    struct act act = new_act(&session_of(first.token)->actor);
    assert_null(sign_out(&act));
    assert_null(by_form(LOGIN, NULL, PASSWORD, 1, &again));
    assert_int_equal(again.outcome, SIGN_IN_LATE);
    assert_null(session_of(first.token));
    assert_null(by_form(LOGIN, NULL, PASSWORD, 2, &first));
    now += (config->session.idle_s + 1) * CLOCK_SECOND;
    assert_null(by_form(LOGIN, NULL, PASSWORD, 2, &again));
    assert_int_equal(again.outcome, SIGN_IN_LATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_form_that_is_sent_twice_leads_to_one_session),
        TEST(a_used_form_leads_nobody_else_to_its_session),
        TEST(a_used_form_leads_to_no_session_that_is_over),
    };
    return cmocka_run_group_tests(tests, open_db, close_db);
}
