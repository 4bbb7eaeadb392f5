#include "cgi-bin/browser_world.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "serve.h"
#include "visit.h"

#define UNSURE "We cannot tell whether your last step was saved. Open My Partner to see its status before you try again."

static struct db *aside, *nowhere;   /* a second connection; one that never comes about */

static void find_no_database(void)
{
    struct config *away = mem_new(NULL, struct config);

    *away = *test_db_config();
    away->database.socket = "/nonexistent/db.sock";
    nowhere = db_new(away, away, "");
}

static int begin(void **state)
{
    (void)state;
    open_browser();
    if (nowhere == NULL) {
        aside = test_db_again(NULL);
        find_no_database();
    }
    site->db = db;
    return 0;
}

/* --- the database is away -------------------------------------------------------------------------------------------- */

static void is_unavailable(void)
{
    assert_int_equal(b->status, 503);
    assert_string_equal(browser_header(b, "Retry-After"), "5");
    browser_sees(b, "Something went wrong on our side");
    browser_sees(b, UNSURE);
    browser_sees(b, "If it keeps happening, give support this number:");
    assert_non_null(strstr(b->body, "</html>"));
    assert_string_equal(b->location, "");
}

static void pages_are_503_while_the_database_is_away(void **state)
{
    static const char *const paths[] = {"/", "/sign-in", "/my-partner", "/operation-log", "/help"};
    (void)state;
    browser_become(b, w.owner->user_id);
    site->db = nowhere;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        browser_get(b, paths[i]);
        is_unavailable();
        browser_sees(b, "Nothing was changed. Try again in a few minutes.");
        browser_does_not_see(b, "Sign out");
    }
}

/* Otherwise everybody would be sent to sign in again. */
static void the_session_is_kept_while_the_database_is_away(void **state)
{
    (void)state;
    browser_become(b, w.owner->user_id);
    const char *token = mem_copy(b, browser_cookie(b, "session"));
    site->db = nowhere;
    browser_get(b, "/my-partner");
    is_unavailable();
    assert_string_equal(browser_header(b, "Set-Cookie"), "");
    site->db = db;
    browser_get(b, "/my-partner");
    assert_int_equal(b->status, 200);
    assert_string_equal(browser_cookie(b, "session"), token);
}

static void a_visitor_sees_503_too(void **state)
{
    (void)state;
    site->db = nowhere;
    browser_get(b, "/sign-in");
    is_unavailable();
}

static void a_form_is_503_while_the_database_is_away(void **state)
{
    (void)state;
    browser_become(b, w.owner->user_id);
    browser_get(b, "/my-partner");
    const char *body = browser_body(b, "/sign-out", NULL);
    site->db = nowhere;
    browser_post_body(b, "/sign-out", body);
    is_unavailable();
    browser_does_not_see(b, "Nothing was changed");
}

static void the_page_of_a_database_that_is_away_is_in_the_chosen_language(void **state)
{
    (void)state;
    browser_become(b, w.owner->user_id);
    browser_set_cookie(b, "lang", "zh-Hans");
    site->db = nowhere;
    browser_get(b, "/my-partner");
    assert_int_equal(b->status, 503);
    assert_non_null(strstr(b->body, "<html lang=\"zh-Hans\""));
}

static void a_connection_that_was_lost_meanwhile_is_made_again_unseen(void **state)
{
    (void)state;
    browser_become(b, w.owner->user_id);
    browser_get(b, "/my-partner");
    assert_int_equal(b->status, 200);
    for (int i = 0; i < 3; i++) {
        test_db_sql(aside, "KILL %lld", (long long)test_db_number(db, "SELECT CONNECTION_ID() LIMIT 1"));
        browser_get(b, "/my-partner");
        assert_int_equal(b->status, 200);
    }
}

/* --- time ------------------------------------------------------------------------------------------------------------ */

static size_t no_body(void *arg, char *out, size_t n)
{
    (void)arg;
    (void)out;
    (void)n;
    return 0;
}

static const char *passed_on_at(const char *method, const char *path, const char *at)
{
    const char *env[] = {mem_text(b, "REQUEST_METHOD=%s", method), mem_text(b, "REQUEST_URI=%s", path), "REMOTE_ADDR=192.0.2.7",
                         "CONTENT_LENGTH=0", "CONTENT_TYPE=application/x-www-form-urlencoded",
                         mem_text(b, "REQUEST_MSEC=%s", at), NULL};
    const struct http_source source = {.env = env, .read = no_body};
    return serve_one(b, &source, site)->bytes;
}

static const char *passed_on(const char *method, const char *path, int64_t seconds_ago)
{
    struct timespec time;
    assert_int_equal(clock_gettime(CLOCK_REALTIME, &time), 0);
    return passed_on_at(method, path, mem_text(b, "%lld.%03ld", (long long)(time.tv_sec - seconds_ago), time.tv_nsec / 1000000));
}

static void work_that_waited_too_long_is_dropped(void **state)
{
    (void)state;
    int64_t limit = site->config->web.request_deadline_s;
    assert_int_equal(strncmp(passed_on("GET", "/help", limit + 1), "Status: 503", 11), 0);
    const char *answer = passed_on("POST", "/sign-in", limit + 1);
    assert_int_equal(strncmp(answer, "Status: 503", 11), 0);
    assert_non_null(strstr(answer, "Retry-After: 5\r\n"));
    assert_non_null(strstr(answer, "We cannot tell whether your last step was saved."));
}

static void work_that_waited_a_little_is_done(void **state)
{
    (void)state;
    assert_int_equal(strncmp(passed_on("GET", "/help", 0), "Status: 200", 11), 0);
    assert_int_equal(strncmp(passed_on("GET", "/help", site->config->web.request_deadline_s - 5), "Status: 200", 11), 0);
    /* A clock that was set back makes nothing late. */
    assert_int_equal(strncmp(passed_on("GET", "/help", -3600), "Status: 200", 11), 0);
}

static void a_time_that_cannot_be_read_makes_nothing_late(void **state)
{
    static const char *const times[] = {"", "0", "1", ".5", "1.5", "1000000000", "1000000000.12", "1000000000.1234", "-1.000",
                                        "1000000000.12x", "9999999999999.000", "abc"};
    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
        if (strncmp(passed_on_at("GET", "/help", times[i]), "Status: 200", 11) != 0)
            fail_msg("%s", times[i]);
    assert_int_equal(strncmp(passed_on_at("GET", "/help", "1000000000.123"), "Status: 503", 11), 0);
}

/* --- each kind of error ---------------------------------------------------------------------------------------------- */

static struct call *made_call(const char *method, const struct actor *actor)
{
    struct call *call = mem_new(b, struct call);
    const char *env[] = {mem_text(b, "REQUEST_METHOD=%s", method), "REQUEST_URI=/help", NULL};
    const struct http_source source = {.env = env, .read = no_body};
    call->mem = b;
    call->site = site;
    call->db = db;
    call->now = w.now;
    memcpy(call->http_id, "0123456789abcdef", 17);
    call->response = http_response_new(b);
    visit_begin(call);
    call->session_token = "token";
    if (actor != NULL)
        call->actor = *actor;
    assert_null(http_parse(b, &source, 1000, &call->request));
    return call;
}

static const char *shown(struct call *call, const struct err *err, int status)
{
    assert_null(call_fail(call, err));
    assert_int_equal(call->response->status, status);
    assert_string_equal(tpl_missing(), "");
    assert_ptr_equal(call->logged, err);
    return call->response->body->bytes;
}

static void holds(const char *page, const char *text)
{
    if (strstr(page, text) == NULL)
        fail_msg("no «%s» in %s", text, page);
}

static void each_kind_of_error_has_its_page(void **state)
{
    static const struct { enum err_kind kind; int code, status; const char *said; } rows[] = {
        {ERR_INPUT, 0, 400, "We couldn’t read what was sent"},
        {ERR_INPUT, 415, 415, "We couldn’t read what was sent"},
        {ERR_TOO_LARGE, 0, 413, "What you sent is too long"},
        {ERR_DENIED, 0, 403, "You don’t have access to this page"},
        {ERR_MISSING, 0, 404, "Page not found"},
        {ERR_CONFLICT, 1062, 409, "Someone else changed this"},
        {ERR_THROTTLED, 0, 429, "Too many tries"},
        {ERR_BUSY, 2002, 503, "Something went wrong on our side"},
        {ERR_UNCERTAIN, 2013, 503, "Something went wrong on our side"},
        {ERR_BUG, 1064, 500, "Something went wrong on our side"},
    };
    static const char *const methods[] = {"GET", "POST"};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t k = 0; k < 2; k++) {
            struct call *call = made_call(methods[k], k == 0 ? NULL : w.owner);
            const char *page = shown(call, err_new(rows[i].kind, rows[i].code, "SELECT secret FROM table"), rows[i].status);
            holds(page, rows[i].said);
            holds(page, "<h1>");
            holds(page, "</html>");
            /* What the log says is not for the page, unless it is about what was sent. */
            assert_true((strstr(page, "SELECT secret") != NULL) == (rows[i].kind == ERR_INPUT));
            assert_true((strstr(call->response->headers->bytes, "Retry-After: ") != NULL) ==
                        (rows[i].status == 503 || rows[i].status == 429));
            assert_true((strstr(page, "0123456789abcdef") != NULL) == (rows[i].status >= 500));
        }
    }
}

static void signed_out_leads_to_sign_in(void **state)
{
    (void)state;
    struct call *call = made_call("GET", NULL);
    assert_null(call_fail(call, err_new(ERR_SIGNED_OUT, 0, "x")));
    assert_int_equal(call->response->status, 303);
    holds(call->response->headers->bytes, "Location: /sign-in\r\n");
}

static void too_many_tries_names_the_time(void **state)
{
    (void)state;
    struct call *call = made_call("POST", NULL);
    holds(shown(call, err_new(ERR_THROTTLED, 90, "x"), 429), "Try again after 12:01:30.");
    holds(call->response->headers->bytes, "Retry-After: 90\r\n");
}

static void what_was_wrong_is_text_on_the_page(void **state)
{
    (void)state;
    const char *page = shown(made_call("POST", NULL), err_new(ERR_INPUT, 0, "field <script>alert(1)</script> is unknown"), 400);
    holds(page, "field &lt;script&gt;alert(1)&lt;/script&gt; is unknown");
}

static void a_redirect_leaves_our_paths_never(void **state)
{
    static const char *const paths[] = {"//evil.example", "https://evil.example", "/\\evil.example", "", "/a\r\nSet-Cookie: x"};
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct call *call = made_call("POST", NULL);
        assert_non_null(call_go(call, "%s", paths[i]));
        assert_int_equal(call->response->status, 200);
        assert_int_equal(call->response->headers->n, 0);
    }
}

static void a_query_that_makes_a_redirect_too_long_is_left_out(void **state)
{
    (void)state;
    struct call *call = made_call("POST", NULL);
    assert_null(call_go(call, "/operation-log?from=%0250d", 1));
    holds(call->response->headers->bytes, "Location: /operation-log\r\n");
}

/* --- the log --------------------------------------------------------------------------------------------------------- */

static char logged[60000];

static void with_log_of(void (*work)(void))
{
    char name[] = "/tmp/mypartner-test-log.XXXXXX";
    int file = mkstemp(name), before = dup(STDERR_FILENO);
    assert_true(file >= 0 && before >= 0);
    (void)unlink(name);
    (void)fflush(stderr);
    assert_true(dup2(file, STDERR_FILENO) >= 0);
    work();
    assert_true(dup2(before, STDERR_FILENO) >= 0);
    ssize_t n = pread(file, logged, sizeof logged - 1, 0);
    logged[n > 0 ? n : 0] = '\0';
    (void)close(file);
    (void)close(before);
}

static void visit_with_secrets(void)
{
    browser_become(b, w.owner->user_id);
    browser_get(b, "/my-partner");
    browser_get(b, "/reset-password/secrettokensecrettoken");
    browser_get(b, "/reset-password/secrettokensecrettoken%22");
    browser_post_body(b, "/reset-password/secrettokensecrettoken", "password=secret-password&csrf=secret-csrf");
    browser_post_body(b, "/sign-in", "login=secret%40login.example&password=secret-password");
    browser_post_body(b, "/sign-in", "login=secret%40login.example&password=%zz");
    browser_get(b, "/sign-in?next=/secret-query");
    browser_set_cookie(b, "flash", "secret-flash");
    browser_get(b, "/forged%22,%22user%22:1");
}

static void the_log_has_no_cookies_tokens_codes_or_bodies(void **state)
{
    (void)state;
    with_log_of(visit_with_secrets);
    holds(logged, "\"path\":\"/my-partner\"");
    holds(logged, "\"path\":\"/reset-password/{token}\"");
    holds(logged, "\"path\":\"/forged\\\",\\\"user\\\":1\"");
    assert_null(strstr(logged, "secret"));
    assert_null(strstr(logged, browser_cookie(b, "session")));
    size_t lines = 0;
    for (const char *c = logged; *c != '\0'; c++)
        lines += *c == '\n';
    assert_int_equal(lines, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pages_are_503_while_the_database_is_away),
        TEST(the_session_is_kept_while_the_database_is_away),
        TEST(a_visitor_sees_503_too),
        TEST(a_form_is_503_while_the_database_is_away),
        TEST(the_page_of_a_database_that_is_away_is_in_the_chosen_language),
        TEST(a_connection_that_was_lost_meanwhile_is_made_again_unseen),
        TEST(work_that_waited_too_long_is_dropped),
        TEST(work_that_waited_a_little_is_done),
        TEST(a_time_that_cannot_be_read_makes_nothing_late),
        TEST(each_kind_of_error_has_its_page),
        TEST(signed_out_leads_to_sign_in),
        TEST(too_many_tries_names_the_time),
        TEST(what_was_wrong_is_text_on_the_page),
        TEST(a_redirect_leaves_our_paths_never),
        TEST(a_query_that_makes_a_redirect_too_long_is_left_out),
        TEST(the_log_has_no_cookies_tokens_codes_or_bodies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
