#include "cgi-bin/sign_in_browser.h"

#include <stdlib.h>

#include "base/fault.h"
#include "base/url.h"

/* --- signing in --- */

static void the_page_asks_for_user_name_and_password(void **state)
{
    (void)state;
    browser_get(b, "/sign-in");
    assert_int_equal(b->status, 200);
    browser_sees(b, "User name");
    browser_sees(b, "Password");
    assert_non_null(strstr(b->body, "autocomplete=\"username\""));
    assert_non_null(strstr(b->body, "autocomplete=\"current-password\""));
    assert_null(strstr(b->body, "onpaste"));
}

static void the_right_password_leads_on(void **state)
{
    (void)state;
    sign_in_with(LOGIN, PASSWORD);
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, "/");
    assert_int_equal(strlen(browser_cookie(b, "session")), 43);
    browser_get(b, "/help");
    browser_sees(b, "Sign out");
}

#ifdef FAULT_POINTS
/* A transaction is tried again as it was tried first; what is read without one may be told to come again. */
static void a_deadlock_keeps_nobody_out(void **state)
{
    (void)state;
    bool is_noticed = true;
    for (int nth = 1; is_noticed; nth++) {
        struct browser *one = browser_new(site);
        browser_get(one, "/sign-in");
        fault_set(&(struct fault){FAULT_BEFORE, FAULT_READ | FAULT_WRITE | FAULT_COMMIT, nth, false, 1213});
        browser_post(one, "/sign-in", "login", LOGIN, "password", PASSWORD, NULL);
        is_noticed = fault_count() >= nth;
        fault_set(NULL);
        if (one->status != 503 && (one->status != 303 || strcmp(one->location, "/") != 0))
            fail_msg("call %d: %d %s", nth, one->status, one->location);
        talloc_free(one);
    }
}
#endif

static void the_user_name_may_be_typed_in_capitals_with_blanks(void **state)
{
    (void)state;
    sign_in_with(" Ada@ACME.example ", PASSWORD);
    assert_int_equal(b->status, 303);
}

static void whoever_is_signed_in_already_is_led_on(void **state)
{
    (void)state;
    sign_in_with(LOGIN, PASSWORD);
    browser_get(b, "/sign-in?next=/help");
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, "/help");
}

/* A token that somebody planted in the browser is worth nothing afterwards, and never becomes a session. */
static void a_planted_token_never_becomes_a_session(void **state)
{
    (void)state;
    static const char planted[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    browser_set_cookie(b, "session", planted);
    browser_set_cookie(b, "visit", planted);
    sign_in_with(LOGIN, PASSWORD);
    assert_int_equal(b->status, 303);
    assert_string_not_equal(browser_cookie(b, "session"), planted);
    assert_string_equal(browser_cookie(b, "visit"), "");
    struct browser *attacker = browser_new(site);
    browser_set_cookie(attacker, "session", planted);
    browser_get(attacker, "/help");
    browser_does_not_see(attacker, "Sign out");
    talloc_free(attacker);
}

static void signing_in_again_ends_the_session_before(void **state)
{
    (void)state;
    browser_get(b, "/sign-in");
    const char *body = browser_body(b, "/sign-in", "login", LOGIN, "password", PASSWORD, NULL);
    browser_post_body(b, "/sign-in", body);
    assert_int_equal(b->status, 303);
    const char *first = mem_copy(mem, browser_cookie(b, "session"));
    sign_in_with(LOGIN, PASSWORD);   /* the page of somebody signed in has no such form: it leads on */
    assert_string_equal(browser_cookie(b, "session"), first);
}

/* The answer to the first was lost, and somebody else sits down at the page that still stands there. */
static void a_used_form_is_shown_anew_to_somebody_else(void **state)
{
    static const char other_login[] = "bea@other.example";
    (void)state;
    make(ACCOUNT_CUSTOMER, ROLE_OWNER, other_login, NULL);
    browser_get(b, "/sign-in");
    const char *visit = mem_copy(mem, browser_cookie(b, "visit"));
    const char *body = browser_body(b, "/sign-in", "login", LOGIN, "password", PASSWORD, NULL);
    const char *other = browser_body(b, "/sign-in", "login", other_login, "password", PASSWORD, NULL);
    browser_post_body(b, "/sign-in", body);
    assert_int_equal(b->status, 303);
    struct browser *later = browser_new(site);
    browser_set_cookie(later, "visit", visit);
    browser_post_body(later, "/sign-in", other);
    assert_int_equal(later->status, 403);
    assert_string_equal(browser_cookie(later, "session"), "");
    browser_sees(later, "This page was open for too long");
    assert_non_null(strstr(later->body, other_login));
    browser_post(later, "/sign-in", "login", other_login, "password", PASSWORD, NULL);
    assert_int_equal(later->status, 303);
    assert_string_not_equal(browser_cookie(later, "session"), browser_cookie(b, "session"));
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM session s JOIN user u ON u.id = s.user_id WHERE u.login = '%s'", other_login), 1);
    talloc_free(later);
}

struct wrong { const char *claim, *login, *password, *before; };
static const struct wrong wrongs[] = {
    {"a wrong password", LOGIN, "correct horse batterie", ""},
    {"a wrong password of the platform's", OPS, "correct horse batterie", ""},
    {"an unknown user", "bob@acme.example", PASSWORD, ""},
    {"not an address", "bob", PASSWORD, ""},
    {"not ASCII", "b\xC3\xB6" "b@acme.example", PASSWORD, ""},
    {"SQL", "' OR ''='", "' OR ''='", ""},
    {"a user who is disabled", LOGIN, PASSWORD, "UPDATE user SET status = 'DISABLED'"},
    {"a user without a password", LOGIN, "", "UPDATE user SET password_hash = NULL"},
    {"a user of a closed account", LOGIN, PASSWORD, "UPDATE account SET status = 'CLOSED', closed_at = created_at"},
};

/* Enumeration: the answers differ in nothing but what was typed. */
static void every_wrong_pair_gets_the_same_page(void **state)
{
    const char *first = NULL;
    (void)state;
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        (void)teardown(NULL);
        (void)setup(NULL);
        if (wrongs[i].before[0] != '\0')
            test_db_sql(db, "%s", wrongs[i].before);
        sign_in_with(wrongs[i].login, wrongs[i].password[0] != '\0' ? wrongs[i].password : "correct horse batterie");
        assert_int_equal(b->status, 400);
        browser_sees(b, "The user name or password is not correct");
        assert_string_equal(browser_field(b, "login"), wrongs[i].login);
        assert_string_equal(browser_field(b, "password"), "");
        assert_string_equal(browser_cookie(b, "session"), "");
        assert_non_null(strstr(b->body, "<title>Error: Sign in"));
        if (first == NULL)
            first = mem_copy(NULL, bare_answer());
        assert_string_equal(bare_answer(), first);
    }
    talloc_free((void *)(uintptr_t)first);
}

static void empty_fields_are_named(void **state)
{
    (void)state;
    sign_in_with("", "");
    assert_int_equal(b->status, 400);
    browser_sees(b, "Enter your user name");
    browser_sees(b, "Enter your password");
    assert_int_equal(count("sign_in_address"), 0);
}

static void too_many_tries_name_the_time(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++)
        sign_in_with(LOGIN, "wrong");
    assert_int_equal(b->status, 429);
    browser_sees(b, "Too many tries");
    browser_sees(b, "Try again after ");
    assert_int_equal(atoi(browser_header(b, "Retry-After")), 1);
    assert_string_equal(browser_field(b, "login"), LOGIN);
    test_site_clock(2);
    sign_in_with(LOGIN, PASSWORD);
    assert_int_equal(b->status, 303);
}

/* --- where to go afterwards --- */

struct next { const char *claim, *next, *leads_to; };
static const struct next nexts[] = {
    {"a page of ours", "/help", "/help"},
    {"with a query", "/operation-log?operation=FROZEN&x=%26", "/operation-log?operation=FROZEN&x=%26"},
    {"nothing", "", "/"},
    {"another site", "https://evil.example/", "/"},
    {"another site without scheme", "//evil.example/", "/"},
    {"with a backslash", "/\\evil.example", "/"},
    {"with a backslash inside", "/a\\b", "/"},
    {"three slashes", "///evil.example", "/"},
    {"a script", "javascript:alert(1)", "/"},
    {"a data address", "data:text/html,x", "/"},
    {"a relative path", "help", "/"},
    {"a line feed", "/help\r\nSet-Cookie: a=b", "/"},
    {"a tab", "/\t/evil.example", "/"},
    {"an at sign", "@evil.example", "/"},
    {"the sign-in page", "/sign-in", "/"},
    {"the sign-in page with a query", "/sign-in?next=/sign-in", "/"},
    {"the page of the code", "/sign-in/code", "/"},
};

static void only_pages_of_ours_come_next(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof nexts / sizeof *nexts; i++) {
        browser_set_cookie(b, "session", "");
        browser_get(b, mem_text(mem, "/sign-in?next=%s", url_encode(mem, nexts[i].next)));
        browser_post(b, "/sign-in", "login", LOGIN, "password", PASSWORD, NULL);
        assert_int_equal(b->status, 303);
        assert_string_equal(b->location, nexts[i].leads_to);
        browser_set_cookie(b, "session", "");
        browser_get(b, "/sign-in");
        browser_post(b, "/sign-in", "login", LOGIN, "password", PASSWORD, "next", nexts[i].next, NULL);
        assert_int_equal(b->status, 303);
        assert_string_equal(b->location, nexts[i].leads_to);
    }
}

static void a_page_that_needs_signing_in_is_come_back_to(void **state)
{
    (void)state;
    browser_get(b, "/operation-log?operation=FROZEN");
    assert_int_equal(b->status, 303);
    browser_follow(b);
    browser_post(b, "/sign-in", "login", LOGIN, "password", PASSWORD, NULL);
    assert_string_equal(b->location, "/operation-log?operation=FROZEN");
}

static void what_comes_next_survives_a_wrong_password(void **state)
{
    (void)state;
    browser_get(b, "/sign-in?next=/help");
    browser_post(b, "/sign-in", "login", LOGIN, "password", "wrong", NULL);
    assert_int_equal(b->status, 400);
    browser_post(b, "/sign-in", "login", LOGIN, "password", PASSWORD, NULL);
    assert_string_equal(b->location, "/help");
}

/* --- forged forms --- */

static void what_comes_next_survives_the_other_language(void **state)
{
    (void)state;
    browser_get(b, "/sign-in?next=/help");
    browser_post(b, "/sign-in", "login", "nobody@acme.example", "password", "secret of mine", NULL);
    assert_int_equal(b->status, 400);
    assert_non_null(strstr(b->body, "href=\"/sign-in?next=%2Fhelp&amp;lang=zh-Hans\""));
    assert_null(strstr(b->body, "secret"));
}

static void a_form_without_its_token_is_shown_again(void **state)
{
    (void)state;
    browser_get(b, "/sign-in");
    browser_post(b, "/sign-in", "csrf", NULL, "login", LOGIN, "password", PASSWORD, NULL);
    assert_int_equal(b->status, 403);
    browser_sees(b, "This page was open for too long");
    assert_string_equal(browser_field(b, "login"), LOGIN);
    assert_string_equal(browser_cookie(b, "session"), "");
    assert_int_equal(count("session"), 0);
}

static void a_form_from_another_site_is_refused(void **state)
{
    (void)state;
    browser_get(b, "/sign-in");
    b->origin = "https://evil.example";
    browser_post(b, "/sign-in", "login", LOGIN, "password", PASSWORD, NULL);
    assert_int_equal(b->status, 403);
    assert_int_equal(count("session"), 0);
}

static void a_form_of_another_visitor_is_shown_again(void **state)
{
    (void)state;
    struct browser *other = browser_new(site);
    browser_get(other, "/sign-in");
    browser_get(b, "/sign-in");
    browser_post(b, "/sign-in", "csrf", browser_field(other, "csrf"), "login", LOGIN, "password", PASSWORD, NULL);
    assert_int_equal(b->status, 403);
    assert_int_equal(count("session"), 0);
    talloc_free(other);
}

static void unknown_and_repeated_fields_are_refused(void **state)
{
    (void)state;
    browser_get(b, "/sign-in");
    browser_post(b, "/sign-in", "login", LOGIN, "password", PASSWORD, "role", "ops", NULL);
    assert_int_equal(b->status, 400);
    browser_get(b, "/sign-in");
    const char *body = browser_body(b, "/sign-in", "login", LOGIN, "password", PASSWORD, NULL);
    browser_post_body(b, "/sign-in", mem_text(mem, "%s&login=x", body));
    assert_int_equal(b->status, 400);
    assert_int_equal(count("session"), 0);
}

static void what_was_typed_is_shown_as_text(void **state)
{
    (void)state;
    sign_in_with("\"><script>alert(1)</script>", "x");
    assert_int_equal(b->status, 400);
    assert_null(strstr(b->body, "<script"));
}

/* --- the second factor --- */

static void the_platform_signs_in_in_two_steps(void **state)
{
    (void)state;
    char code[7];
    browser_get(b, "/sign-in?next=/help");
    browser_post(b, "/sign-in", "login", OPS, "password", PASSWORD, NULL);
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, "/sign-in/code?next=%2Fhelp");
    assert_string_equal(browser_cookie(b, "session"), "");
    browser_follow(b);
    assert_int_equal(b->status, 200);
    assert_non_null(strstr(b->body, "autocomplete=\"one-time-code\""));
    assert_true(totp_now(SECRET, test_site_now(), code));
    browser_post(b, "/sign-in/code", "code", mem_text(mem, "%.3s %s", code, code + 3), NULL);
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, "/help");
    assert_string_not_equal(browser_cookie(b, "session"), "");
    assert_string_equal(browser_cookie(b, "half"), "");
}

static void half_a_sign_in_opens_no_page(void **state)
{
    (void)state;
    sign_in_with(OPS, PASSWORD);
    browser_get(b, "/operation-log");
    assert_int_equal(b->status, 303);
    assert_memory_equal(b->location, "/sign-in", 8);
    browser_set_cookie(b, "session", browser_cookie(b, "half"));
    browser_get(b, "/operation-log");
    assert_int_equal(b->status, 303);
}

static void a_wrong_code_says_so_and_keeps_the_step(void **state)
{
    (void)state;
    sign_in_with(OPS, PASSWORD);
    browser_follow(b);
    browser_post(b, "/sign-in/code", "code", "", NULL);
    browser_sees(b, "Enter your one-time password");
    browser_post(b, "/sign-in/code", "code", "abc", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "The code is not correct");
    assert_string_not_equal(browser_cookie(b, "half"), "");
}

static void a_second_step_that_comes_too_late_starts_again(void **state)
{
    (void)state;
    char code[7];
    sign_in_with(OPS, PASSWORD);
    browser_follow(b);
    test_site_clock(400);
    assert_true(totp_now(SECRET, test_site_now(), code));
    browser_post(b, "/sign-in/code", "code", code, NULL);
    assert_int_equal(b->status, 303);
    browser_follow(b);
    browser_sees(b, "Sign in again");
    assert_int_equal(count("session"), 0);
}

static void the_code_page_without_a_first_step_leads_to_it(void **state)
{
    (void)state;
    browser_get(b, "/sign-in/code?next=/help");
    assert_string_equal(b->location, "/sign-in?next=%2Fhelp");
}

/* --- time-outs and signing out --- */

static void an_idle_session_says_why_it_ended(void **state)
{
    (void)state;
    sign_in_with(LOGIN, PASSWORD);
    test_site_clock(site->config->session.idle_s + 5);
    browser_get(b, "/operation-log");
    assert_int_equal(b->status, 303);
    browser_follow(b);
    browser_sees(b, "You were signed out because you were inactive");
    browser_sees(b, "Sign in to continue.");
    browser_does_not_see(b, "Your answers are saved");
    browser_post(b, "/sign-in", "login", LOGIN, "password", PASSWORD, NULL);
    assert_int_equal(b->status, 303);
}

static void signing_out_ends_the_session_and_clears_the_browser(void **state)
{
    (void)state;
    sign_in_with(LOGIN, PASSWORD);
    browser_get(b, "/help");
    const char *token = mem_copy(mem, browser_cookie(b, "session"));
    browser_post(b, "/sign-out", NULL);
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, "/signed-out");
    assert_string_equal(browser_header(b, "Clear-Site-Data"), "\"cache\", \"storage\"");
    assert_string_equal(browser_cookie(b, "session"), "");
    browser_follow(b);
    browser_sees(b, "You are signed out");
    browser_set_cookie(b, "session", token);
    browser_get(b, "/operation-log");
    assert_int_equal(b->status, 303);
    assert_int_equal(count("operation_log WHERE operation = 'SIGNED_OUT'"), 1);
}

static void signing_out_needs_the_sessions_token(void **state)
{
    (void)state;
    sign_in_with(LOGIN, PASSWORD);
    browser_get(b, "/help");
    browser_post(b, "/sign-out", "csrf", "AAAA", NULL);
    browser_get(b, "/help");
    browser_sees(b, "Sign out");
}

/* --- help --- */

static void help_and_accessibility_open_for_everybody(void **state)
{
    (void)state;
    browser_get(b, "/help");
    assert_int_equal(b->status, 200);
    browser_sees(b, "up to 3 requests in 3 months");
    browser_sees(b, "waits 10 days");
    browser_get(b, "/accessibility");
    assert_int_equal(b->status, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_page_asks_for_user_name_and_password),
        TEST(the_right_password_leads_on),
#ifdef FAULT_POINTS
        TEST(a_deadlock_keeps_nobody_out),
#endif
        TEST(the_user_name_may_be_typed_in_capitals_with_blanks),
        TEST(whoever_is_signed_in_already_is_led_on),
        TEST(a_planted_token_never_becomes_a_session),
        TEST(signing_in_again_ends_the_session_before), TEST(a_used_form_is_shown_anew_to_somebody_else),
        TEST(every_wrong_pair_gets_the_same_page),
        TEST(empty_fields_are_named),
        TEST(too_many_tries_name_the_time),
        TEST(only_pages_of_ours_come_next),
        TEST(a_page_that_needs_signing_in_is_come_back_to),
        TEST(what_comes_next_survives_a_wrong_password),
        TEST(what_comes_next_survives_the_other_language),
        TEST(a_form_without_its_token_is_shown_again),
        TEST(a_form_from_another_site_is_refused),
        TEST(a_form_of_another_visitor_is_shown_again),
        TEST(unknown_and_repeated_fields_are_refused),
        TEST(what_was_typed_is_shown_as_text),
        TEST(the_platform_signs_in_in_two_steps),
        TEST(half_a_sign_in_opens_no_page),
        TEST(a_wrong_code_says_so_and_keeps_the_step),
        TEST(a_second_step_that_comes_too_late_starts_again),
        TEST(the_code_page_without_a_first_step_leads_to_it),
        TEST(an_idle_session_says_why_it_ended),
        TEST(signing_out_ends_the_session_and_clears_the_browser),
        TEST(signing_out_needs_the_sessions_token),
        TEST(help_and_accessibility_open_for_everybody),
    };
    return cmocka_run_group_tests(tests, open_site, close_site);
}
