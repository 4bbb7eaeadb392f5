#include "cgi-bin/browser_world.h"

#include "base/secret.h"

#define PASSWORD "a password for tests"
#define PLANTED "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static int begin(void **state)
{
    (void)state;
    char *stored = NULL;
    open_browser();
    assert_null(password_hash(w.mem, PASSWORD, strlen(PASSWORD), (struct password_cost){10, 8, 1}, &stored));
    test_db_sql(db, "UPDATE user SET login = 'olga@example.com', password_hash = '%s' WHERE id = %lld", stored, L(w.owner->user_id));
    return 0;
}

/* --- tokens ---------------------------------------------------------------------------------------------------------- */

static void a_visitor_gets_one_token_for_forms_and_keeps_it(void **state)
{
    (void)state;
    browser_get(b, "/sign-in");
    const char *line = browser_header(b, "Set-Cookie");
    assert_int_equal(strncmp(line, "p8080-visit=", 12), 0);
    assert_non_null(strstr(line, "; Path=/; HttpOnly; SameSite=Lax"));
    assert_null(strstr(line, "Max-Age"));
    assert_int_equal(strlen(browser_cookie(b, "visit")), 43);
    browser_get(b, "/sign-in");
    assert_string_equal(browser_header(b, "Set-Cookie"), "");
}

static void a_token_of_a_strange_form_is_replaced(void **state)
{
    static const char *const strange[] = {"x", "a b", "../../../../../../../../../../../../../../../../../../", "'--"};
    (void)state;
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
        browser_set_cookie(b, "visit", strange[i]);
        browser_get(b, "/sign-in");
        assert_int_equal(strlen(browser_cookie(b, "visit")), 43);
    }
}

static void cookies_are_bound_to_the_host_where_there_is_tls(void **state)
{
    (void)state;
    struct config *config = test_db_config();
    struct http_cookie_rules before = site->cookies;
    config->web.secure_cookies = true;
    site->cookies = (struct http_cookie_rules){.secure = true, .prefix = "__Host-"};
    browser_get(b, "/sign-in");
    site->cookies = before;
    config->web.secure_cookies = false;
    const char *line = browser_header(b, "Set-Cookie");
    assert_int_equal(strncmp(line, "__Host-visit=", 13), 0);
    assert_non_null(strstr(line, "; Path=/; HttpOnly; SameSite=Lax; Secure"));
    assert_string_equal(browser_header(b, "Strict-Transport-Security"), "max-age=63072000");
}

/* Whatever an attacker has planted before is worth nothing after the sign-in. */
static void signing_in_replaces_every_token_from_before(void **state)
{
    (void)state;
    browser_set_cookie(b, "visit", PLANTED);
    browser_set_cookie(b, "session", PLANTED);
    browser_sign_in(b, "olga@example.com", PASSWORD);
    assert_string_equal(b->path, "/my-partner");
    assert_string_equal(browser_cookie(b, "visit"), "");
    assert_int_equal(strlen(browser_cookie(b, "session")), 43);
    assert_string_not_equal(browser_cookie(b, "session"), PLANTED);
    struct browser *attacker = browser_new(site);
    browser_set_cookie(attacker, "session", PLANTED);
    browser_get(attacker, "/my-partner");
    assert_int_equal(attacker->status, 303);
    talloc_free(attacker);
}

static void a_form_from_before_the_sign_in_is_stale_after_it(void **state)
{
    (void)state;
    browser_get(b, "/sign-in");
    const char *csrf = mem_copy(b, browser_field(b, "csrf"));
    browser_sign_in(b, "olga@example.com", PASSWORD);
    browser_get(b, "/my-partner");
    assert_string_not_equal(browser_field(b, "csrf"), csrf);
    browser_post(b, "/sign-out", "csrf", csrf, NULL);
    assert_string_equal(b->location, "/");
    browser_get(b, "/my-partner");
    assert_int_equal(b->status, 200);
}

static void a_token_in_the_visit_cookie_opens_no_session(void **state)
{
    (void)state;
    browser_become(b, w.owner->user_id);
    const char *token = mem_copy(b, browser_cookie(b, "session"));
    browser_set_cookie(b, "session", "");
    browser_set_cookie(b, "visit", token);
    browser_get(b, "/my-partner");
    assert_int_equal(b->status, 303);
}

/* --- sessions -------------------------------------------------------------------------------------------------------- */

static void a_session_ends_by_idleness_and_says_so(void **state)
{
    (void)state;
    browser_become(b, w.owner->user_id);
    test_site_clock_at(w.now + 59 * CLOCK_MINUTE);
    browser_get(b, "/my-partner");
    assert_int_equal(b->status, 200);
    test_site_clock_at(w.now + 118 * CLOCK_MINUTE);
    browser_get(b, "/my-partner");
    assert_int_equal(b->status, 200);
    test_site_clock_at(w.now + 180 * CLOCK_MINUTE);
    browser_get(b, "/my-partner");
    assert_int_equal(b->status, 303);
    browser_follow(b);
    browser_sees(b, "You were signed out because you were inactive");
    browser_sees(b, "Sign in to continue.");
    browser_does_not_see(b, "Your answers are saved");
}

static void a_session_that_was_ended_or_is_of_somebody_disabled_is_none(void **state)
{
    static const char *const ends[] = {"UPDATE session SET ended_at = seen_at", "UPDATE user SET status = 'DISABLED'",
                                       "UPDATE account SET status = 'CLOSED', closed_at = created_at"};
    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        test_db_sql(db, "UPDATE user SET status = 'ACTIVE'");
        browser_become(b, w.owner->user_id);
        browser_get(b, "/my-partner");
        assert_int_equal(b->status, 200);
        test_db_sql(db, "%s", ends[i]);
        browser_get(b, "/my-partner");
        assert_int_equal(b->status, 303);
        browser_follow(b);
        browser_does_not_see(b, "inactive");
    }
}

/* --- language -------------------------------------------------------------------------------------------------------- */

static bool is_chinese(void) { return strstr(b->body, "<html lang=\"zh-Hans\"") != NULL; }

static void the_language_link_is_remembered_and_leads_back(void **state)
{
    (void)state;
    browser_get(b, "/sign-in?next=%2Fmy-partner&lang=zh-Hans");
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, "/sign-in?next=%2Fmy-partner");
    assert_non_null(strstr(browser_header(b, "Set-Cookie"), "p8080-lang=zh-Hans; Path=/; HttpOnly; SameSite=Lax; Max-Age="));
    browser_follow(b);
    assert_true(is_chinese());
    assert_string_equal(browser_header(b, "Content-Language"), "zh-Hans");
    assert_non_null(strstr(b->body, "lang=en"));
    browser_get(b, "/help?lang=en");
    browser_follow(b);
    assert_false(is_chinese());
}

static void an_unknown_language_is_passed_over(void **state)
{
    static const char *const queries[] = {"?lang=xx", "?lang=", "?lang", "?lang=zh-Hans%00", "?lang=../../etc", "?xlang=zh-Hans"};
    (void)state;
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        browser_get(b, mem_text(b, "/help%s", queries[i]));
        if (b->status != 200 || is_chinese())
            fail_msg("%s: %d", queries[i], b->status);
        assert_string_equal(browser_cookie(b, "lang"), "");
    }
}

static void the_language_can_be_changed_on_pages_that_do_not_exist(void **state)
{
    (void)state;
    browser_get(b, "/nowhere?lang=zh-Hans");
    assert_string_equal(b->location, "/nowhere");
    browser_follow(b);
    assert_int_equal(b->status, 404);
    assert_true(is_chinese());
    browser_get(b, "/a%3Fb%23c%25?lang=zh-Hans");
    assert_string_equal(b->location, "/a%3Fb%23c%25");
    browser_follow(b);
    assert_int_equal(b->status, 404);
    browser_get(b, "/%E4%BC%99?lang=en");
    assert_int_equal(b->status, 404);
    assert_false(is_chinese());
    assert_string_equal(browser_cookie(b, "lang"), "en");
}

/* Too long to be led to: answered at once. */
static void the_language_can_be_changed_on_pages_with_a_long_query(void **state)
{
    (void)state;
    struct buf *path = buf_new(b, 512);
    buf_text(path, "/help?lang=zh-Hans");
    for (int i = 0; i < 25; i++)
        buf_format(path, "&filter%d=%d", i, i);
    browser_get(b, path->bytes);
    assert_int_equal(b->status, 200);
    assert_true(is_chinese());
    assert_string_equal(browser_cookie(b, "lang"), "zh-Hans");
}

static void the_chosen_language_comes_before_the_profile_and_the_browser(void **state)
{
    (void)state;
    b->accept_language = "zh-CN,zh;q=0.9";
    browser_get(b, "/help");
    assert_true(is_chinese());
    test_db_sql(db, "UPDATE user SET lang = 'en'");
    browser_become(b, w.owner->user_id);
    browser_get(b, "/help");
    assert_false(is_chinese());
    browser_set_cookie(b, "lang", "zh-Hans");
    browser_get(b, "/help");
    assert_true(is_chinese());
    browser_set_cookie(b, "lang", "nonsense");
    browser_get(b, "/help");
    assert_false(is_chinese());
}

static void an_error_before_anything_is_known_is_in_the_browsers_language(void **state)
{
    (void)state;
    b->accept_language = "zh";
    browser_get(b, "/%zz");
    assert_int_equal(b->status, 400);
    assert_true(is_chinese());
}

/* A page that a form's answer shows stands at an address that cannot be opened. */
static void the_language_link_of_a_refused_form_leads_to_its_page(void **state)
{
    (void)state;
    browser_become(b, w.admin->user_id);
    browser_post_body(b, "/requests/DR20260615-000001/check", "");
    assert_non_null(strstr(b->body, "href=\"/requests/DR20260615-000001?lang=zh-Hans\""));
}

/* --- what is said once ----------------------------------------------------------------------------------------------- */

static void a_flash_is_said_once(void **state)
{
    (void)state;
    browser_set_cookie(b, "flash", "password-set");
    browser_get(b, "/sign-in");
    browser_sees(b, "Your password was changed");
    assert_string_equal(browser_cookie(b, "flash"), "");
    browser_get(b, "/sign-in");
    browser_does_not_see(b, "Your password was changed");
}

static void an_unknown_flash_says_nothing_and_goes(void **state)
{
    static const char *const codes[] = {"nonsense", "<script>", "password-set2", "%73"};
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        browser_set_cookie(b, "flash", codes[i]);
        browser_get(b, "/sign-in");
        assert_int_equal(b->status, 200);
        assert_null(strstr(b->body, codes[i]));
        assert_string_equal(browser_cookie(b, "flash"), "");
    }
}

static void a_flash_waits_for_a_page_that_is_no_error(void **state)
{
    (void)state;
    browser_set_cookie(b, "flash", "password-set");
    browser_get(b, "/nowhere");
    browser_does_not_see(b, "Your password was changed");
    browser_get(b, "/sign-in");
    browser_sees(b, "Your password was changed");
}

/* --- HEAD ------------------------------------------------------------------------------------------------------------ */

static void head_is_get_without_a_body(void **state)
{
    static const char *const paths[] = {"/help", "/nowhere", "/my-partner", "/sign-in"};
    (void)state;
    browser_become(b, w.owner->user_id);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        browser_get(b, paths[i]);
        int status = b->status;
        const char *length = mem_copy(b, browser_header(b, "Content-Length"));
        browser_head(b, paths[i]);
        assert_int_equal(b->status, status);
        assert_string_equal(browser_header(b, "Content-Length"), length);
        assert_int_equal(b->body_n, 0);
    }
}

static void every_answer_has_the_standing_headers(void **state)
{
    static const struct { const char *name, *value; } headers[] = {
        {"Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
                                    "frame-ancestors 'none'"},
        {"X-Content-Type-Options", "nosniff"}, {"Referrer-Policy", "same-origin"}, {"Cache-Control", "no-store"},
        {"Cross-Origin-Opener-Policy", "same-origin"}, {"Cross-Origin-Resource-Policy", "same-origin"},
    };
    static const char *const paths[] = {"/help", "/nowhere", "/my-partner", "/%zz", "/sign-out"};
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        browser_get(b, paths[i]);
        for (size_t k = 0; k < sizeof headers / sizeof headers[0]; k++)
            assert_string_equal(browser_header(b, headers[k].name), headers[k].value);
        assert_string_equal(browser_header(b, "Strict-Transport-Security"), "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_visitor_gets_one_token_for_forms_and_keeps_it),
        TEST(a_token_of_a_strange_form_is_replaced),
        TEST(cookies_are_bound_to_the_host_where_there_is_tls),
        TEST(signing_in_replaces_every_token_from_before),
        TEST(a_form_from_before_the_sign_in_is_stale_after_it),
        TEST(a_token_in_the_visit_cookie_opens_no_session),
        TEST(a_session_ends_by_idleness_and_says_so),
        TEST(a_session_that_was_ended_or_is_of_somebody_disabled_is_none),
        TEST(the_language_link_is_remembered_and_leads_back),
        TEST(an_unknown_language_is_passed_over),
        TEST(the_language_can_be_changed_on_pages_that_do_not_exist),
        TEST(the_language_can_be_changed_on_pages_with_a_long_query),
        TEST(the_chosen_language_comes_before_the_profile_and_the_browser),
        TEST(an_error_before_anything_is_known_is_in_the_browsers_language),
        TEST(the_language_link_of_a_refused_form_leads_to_its_page),
        TEST(a_flash_is_said_once),
        TEST(an_unknown_flash_says_nothing_and_goes),
        TEST(a_flash_waits_for_a_page_that_is_no_error),
        TEST(head_is_get_without_a_body),
        TEST(every_answer_has_the_standing_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
