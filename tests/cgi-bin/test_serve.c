#include "cgi-bin/browser_world.h"

#include "routes.h"
#include "serve.h"

static struct db *aside;   /* what a test does behind the program's back */

static int begin(void **state)
{
    (void)state;
    open_browser();
    if (aside == NULL)
        aside = test_db_again(NULL);
    return 0;
}

/* --- what is not in the table ---------------------------------------------------------------------------------------- */

static void an_unknown_address_is_404(void **state)
{
    static const char *const paths[] = {"/nowhere", "/help/", "//help", "/.git/config", "/requests/a/b/c", "/%E4%BC%99"};
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        browser_get(b, paths[i]);
        assert_int_equal(b->status, 404);
        browser_sees(b, "Page not found");
        browser_sees(b, "If you followed a link, the request may already be closed.");
    }
}

static void an_unknown_address_is_404_for_somebody_signed_in(void **state)
{
    (void)state;
    browser_become(b, w.owner->user_id);
    browser_get(b, "/nowhere");
    assert_int_equal(b->status, 404);
    browser_sees(b, "Sign out");
}

/* A browser would read //evil.example/ as another site. */
static void no_page_links_to_another_site_that_its_address_names(void **state)
{
    (void)state;
    browser_get(b, "//evil.example/");
    assert_int_equal(b->status, 404);
    assert_null(strstr(b->body, "evil.example"));
    browser_get(b, "//evil.example/?lang=zh-Hans");
    assert_int_equal(b->status, 404);
    assert_string_equal(b->location, "");
    assert_null(strstr(b->body, "evil.example"));
}

static void what_an_address_holds_is_text_on_the_page(void **state)
{
    (void)state;
    browser_get(b, "/%3Cscript%3Ealert(1)%3C/script%3E\"");
    assert_int_equal(b->status, 404);
    assert_null(strstr(b->body, "<script"));
}

static void a_wrong_method_is_405_and_told_the_right_ones(void **state)
{
    (void)state;
    browser_post_body(b, "/help", "");
    assert_int_equal(b->status, 405);
    assert_string_equal(browser_header(b, "Allow"), "GET, HEAD");
    browser_sees(b, "This can’t be done here");
    browser_get(b, "/sign-out");
    assert_int_equal(b->status, 405);
    assert_string_equal(browser_header(b, "Allow"), "POST");
}

/* --- who may enter --------------------------------------------------------------------------------------------------- */

static void nobody_signed_in_is_led_to_sign_in_and_back(void **state)
{
    (void)state;
    browser_get(b, "/disassociate/reason");
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, "/sign-in?next=%2Fdisassociate%2Freason");
    browser_get(b, "/requests?tab=answered&x=1");
    assert_string_equal(b->location, "/sign-in?next=%2Frequests%3Ftab%3Danswered%26x%3D1");
}

/* The page of the form, as an address that only takes forms cannot be opened. */
static void a_form_of_nobody_signed_in_leads_back_to_its_page(void **state)
{
    (void)state;
    browser_post_body(b, "/disassociate/verify/send", "");
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, "/sign-in?next=%2Fdisassociate%2Fverify");
    browser_post_body(b, "/requests/DR20260615-000001/verify/send", "");
    assert_string_equal(b->location, "/sign-in?next=%2Frequests%2FDR20260615-000001%2Fverify");
    browser_post_body(b, "/sign-out", "");
    assert_string_equal(b->location, "/sign-in");
}

static void an_address_too_long_to_come_back_to_leads_to_sign_in_alone(void **state)
{
    (void)state;
    struct buf *path = buf_new(b, 4096);
    buf_text(path, "/requests?tab=");
    for (int i = 0; i < 90; i++)
        buf_text(path, "%2F");
    browser_get(b, path->bytes);
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, "/sign-in");
    /* Short enough by itself, too long once it is encoded. */
    buf_clear(path);
    buf_text(path, "/requests?");
    for (int i = 0; i < 90; i++)
        buf_text(path, "&&");
    browser_get(b, path->bytes);
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, "/sign-in");
}

static void an_unknown_session_is_no_session(void **state)
{
    (void)state;
    static const char *const tokens[] = {"x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "' OR 1=1 --", "../../etc/passwd"};
    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        browser_set_cookie(b, "session", tokens[i]);
        browser_get(b, "/my-partner");
        assert_int_equal(b->status, 303);
        assert_string_equal(b->location, "/sign-in?next=%2Fmy-partner");
    }
}

static void too_small_a_role_is_403_and_told_which_would_do(void **state)
{
    (void)state;
    browser_become(b, w.viewer->user_id);
    browser_get(b, "/disassociate");
    assert_int_equal(b->status, 403);
    browser_sees(b, "You don’t have access to this page");
    browser_sees(b, "Ask your account owner for the “Owner” role.");
    browser_become(b, w.manager->user_id);
    browser_post_body(b, "/requests/DR20260615-000001", "");
    assert_int_equal(b->status, 403);
    browser_sees(b, "Ask your account owner for the “Admin” role.");
}

static void a_page_for_another_kind_of_account_is_403(void **state)
{
    (void)state;
    browser_become(b, w.owner->user_id);
    browser_get(b, "/requests");
    assert_int_equal(b->status, 403);
    browser_sees(b, "It is for accounts of another kind.");
    browser_does_not_see(b, "Ask your account owner");
}

static const char *path_of(const char *pattern)
{
    const char *open = strchr(pattern, '{');
    if (open == NULL)
        return pattern;
    const char *value = strncmp(open, "{no}", 4) == 0 ? "DR20260101-999999" : strncmp(open, "{id}", 4) == 0 ? "999999"
                                                                                  : "AAAABBBBCCCCDDDDEEEE";
    return path_of(mem_text(b, "%.*s%s%s", (int)(open - pattern), pattern, value, strchr(open, '}') + 1));
}

/* Every row with every role: nobody is led to sign-in, the wrong role is 403, the right one is let in; and whatever comes,
 * it is a whole page or a way to one. */
static void each_route_lets_in_exactly_its_roles(void **state)
{
    (void)state;
    const struct actor *auditor = world_user(&w, w.ops->account_id, ROLE_AUDITOR, "Audrey Auditor");
    const struct actor *const people[] = {NULL, w.owner, w.viewer, w.admin, w.manager, w.ops, auditor};
    for (size_t i = 0; i < routes_n; i++) {
        for (size_t k = 0; k < sizeof people / sizeof people[0]; k++) {
            enum role role = people[k] != NULL ? people[k]->role : ROLE_ANONYMOUS;
            struct browser *one = browser_new(site);
            if (people[k] != NULL)
                browser_become(one, people[k]->user_id);
            if (routes[i].method == HTTP_POST)
                browser_post_body(one, path_of(routes[i].pattern), "");
            else
                browser_get(one, path_of(routes[i].pattern));
            bool is_let_in = (routes[i].roles & role) != 0;
            bool is_right = is_let_in ? one->status < 500 : role == ROLE_ANONYMOUS ? one->status == 303 : one->status == 403;
            if (role == ROLE_ANONYMOUS && !is_let_in)
                is_right = is_right && strncmp(one->location, "/sign-in", 8) == 0;
            if (is_let_in && one->status == 403)
                is_right = routes[i].method == HTTP_POST;   /* the form is stale */
            if (!is_right || (one->status != 303 && strstr(one->body, "</html>") == NULL))
                fail_msg("%s %s by %s: %d %s", routes[i].method == HTTP_POST ? "POST" : "GET", routes[i].pattern,
                         role_name(role), one->status, one->location);
            talloc_free(one);
        }
    }
}

/* --- a GET only reads ------------------------------------------------------------------------------------------------ */

static void no_get_changes_anything(void **state)
{
    (void)state;
    const struct actor *const people[] = {NULL, w.owner, w.admin, w.ops};
    (void)world_request(&w, w.owner);
    for (size_t k = 0; k < sizeof people / sizeof people[0]; k++) {
        if (people[k] != NULL)
            browser_become(b, people[k]->user_id);
        int64_t before = world_fingerprint(&w);
        for (size_t i = 0; i < routes_n; i++) {
            if (routes[i].method != HTTP_GET)
                continue;
            browser_get(b, path_of(routes[i].pattern));
            browser_head(b, path_of(routes[i].pattern));
        }
        assert_int_equal(world_fingerprint(&w), before);
    }
}

static void the_connection_itself_refuses_to_write_while_a_page_is_read(void **state)
{
    static const struct db_statement write = {"test_write", "UPDATE account SET version = version + 1", "", ""};
    (void)state;
    db_only_read(db, true);
    const struct err *err = db_exec(db, &write, NULL);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_BUG);
    /* And so does the server, should a write look like a read. */
    assert_int_equal(test_db_number(db, "SELECT @@session.tx_read_only LIMIT 1"), 1);
    db_only_read(db, false);
    assert_null(db_exec(db, &write, NULL));
}

static int64_t seen_at(void)
{
    return test_db_number(aside, "SELECT UNIX_TIMESTAMP(MAX(seen_at)) DIV 1 FROM session WHERE user_id = %lld LIMIT 1",
                          (long long)w.owner->user_id);
}

static void being_seen_is_written_at_most_once_a_minute(void **state)
{
    (void)state;
    browser_become(b, w.owner->user_id);
    int64_t before = seen_at();
    test_site_clock_at(w.now + 30 * CLOCK_SECOND);
    browser_get(b, "/help");
    assert_int_equal(seen_at(), before);
    test_site_clock_at(w.now + 90 * CLOCK_SECOND);
    browser_get(b, "/help");
    assert_int_equal(b->status, 200);
    int64_t after = seen_at();
    assert_true(after >= before + 89);
    test_site_clock_at(w.now + 120 * CLOCK_SECOND);
    browser_get(b, "/help");
    assert_int_equal(seen_at(), after);
}

/* A server that refuses every write still shows pages. */
static void a_page_is_shown_though_being_seen_cannot_be_written(void **state)
{
    (void)state;
    browser_become(b, w.owner->user_id);
    test_site_clock_at(w.now + 5 * CLOCK_MINUTE);
    test_db_sql(aside, "CREATE TRIGGER no_touch BEFORE UPDATE ON session FOR EACH ROW SIGNAL SQLSTATE '45000'");
    browser_get(b, "/help");
    test_db_sql(aside, "DROP TRIGGER no_touch");
    assert_int_equal(b->status, 200);
    browser_sees(b, "Sign out");
}

/* --- forms ----------------------------------------------------------------------------------------------------------- */

static void a_form_from_another_site_does_nothing(void **state)
{
    static const struct { const char *origin, *fetch_site; } rows[] = {
        {"http://evil.example", NULL}, {"null", NULL}, {"http://127.0.0.1:8081", NULL},
        {TEST_PUBLIC_URL, "cross-site"}, {NULL, "cross-site"}, {TEST_PUBLIC_URL, "same-site"},
    };
    (void)state;
    browser_become(b, w.owner->user_id);
    browser_get(b, "/my-partner");
    const char *body = browser_body(b, "/sign-out", NULL);
    int64_t before = world_fingerprint(&w);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        b->origin = rows[i].origin;
        b->fetch_site = rows[i].fetch_site;
        browser_post_body(b, "/sign-out", body);
        if (b->status != 403)
            fail_msg("%s %s: %d", rows[i].origin, rows[i].fetch_site, b->status);
        browser_sees(b, "This form came from another site");
    }
    assert_int_equal(world_fingerprint(&w), before);
    b->origin = TEST_PUBLIC_URL;
    b->fetch_site = NULL;
    browser_post_body(b, "/sign-out", body);
    assert_int_equal(b->status, 303);
}

static void a_stale_form_is_the_same_page_filled_in(void **state)
{
    static const char *const bodies[] = {"", "csrf=wrong&once=wrong&", "csrf=&once=&"};
    (void)state;
    int64_t before = world_fingerprint(&w);
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        browser_post_body(b, "/sign-in", mem_text(b, "%slogin=olga%%40example.com&password=secret-word&next=", bodies[i]));
        assert_int_equal(b->status, 403);
        browser_sees(b, "This page was open for too long, so we didn’t save it");
        browser_sees(b, "Check your answers and continue.");
        assert_string_equal(browser_field(b, "login"), "olga@example.com");
        assert_null(strstr(b->body, "secret-word"));
    }
    assert_int_equal(world_fingerprint(&w), before);
}

static void a_form_older_than_a_day_is_stale(void **state)
{
    (void)state;
    browser_get(b, "/sign-in");
    const char *body = browser_body(b, "/sign-in", "login", "olga@example.com", "password", "secret-word", NULL);
    test_site_clock_at(w.now + CLOCK_DAY + CLOCK_MINUTE);
    browser_post_body(b, "/sign-in", body);
    assert_int_equal(b->status, 403);
    assert_string_equal(browser_field(b, "login"), "olga@example.com");
}

static void a_form_of_another_session_is_stale(void **state)
{
    (void)state;
    browser_become(b, w.owner->user_id);
    browser_get(b, "/my-partner");
    const char *body = browser_body(b, "/sign-out", NULL);
    browser_become(b, w.owner->user_id);
    int64_t before = world_fingerprint(&w);
    browser_post_body(b, "/sign-out", body);
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, "/");
    assert_int_equal(world_fingerprint(&w), before);
}

static void signing_out_works_from_every_page(void **state)
{
    static const char *const pages[] = {"/help", "/my-partner", "/nowhere", "/disassociate/check"};
    (void)state;
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        browser_become(b, w.owner->user_id);
        browser_get(b, pages[i]);
        browser_post(b, "/sign-out", NULL);
        assert_string_equal(b->location, "/signed-out");
        browser_get(b, "/my-partner");
        assert_int_equal(b->status, 303);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_unknown_address_is_404),
        TEST(an_unknown_address_is_404_for_somebody_signed_in),
        TEST(no_page_links_to_another_site_that_its_address_names),
        TEST(what_an_address_holds_is_text_on_the_page),
        TEST(a_wrong_method_is_405_and_told_the_right_ones),
        TEST(nobody_signed_in_is_led_to_sign_in_and_back),
        TEST(a_form_of_nobody_signed_in_leads_back_to_its_page),
        TEST(an_address_too_long_to_come_back_to_leads_to_sign_in_alone),
        TEST(an_unknown_session_is_no_session),
        TEST(too_small_a_role_is_403_and_told_which_would_do),
        TEST(a_page_for_another_kind_of_account_is_403),
        TEST(each_route_lets_in_exactly_its_roles),
        TEST(no_get_changes_anything),
        TEST(the_connection_itself_refuses_to_write_while_a_page_is_read),
        TEST(being_seen_is_written_at_most_once_a_minute),
        TEST(a_page_is_shown_though_being_seen_cannot_be_written),
        TEST(a_form_from_another_site_does_nothing),
        TEST(a_stale_form_is_the_same_page_filled_in),
        TEST(a_form_older_than_a_day_is_stale),
        TEST(a_form_of_another_session_is_stale),
        TEST(signing_out_works_from_every_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
