#include "cgi-bin/browser_world.h"

#include "serve.h"

static int begin(void **state)
{
    (void)state;
    open_browser();
    return 0;
}

/* --- requests as bytes ----------------------------------------------------------------------------------------------- */

struct bytes { const char *at; size_t n; };

static size_t read_bytes(void *arg, char *out, size_t n)
{
    struct bytes *bytes = arg;
    size_t some = n < bytes->n ? n : bytes->n;
    memcpy(out, bytes->at, some);
    bytes->at += some;
    bytes->n -= some;
    return some;
}

/* The whole answer; `said` is the length that the request claims for its body. */
static const char *send_body(const char *method, const char *uri, const char *type, struct bytes body, size_t said,
                             const char *more)
{
    const char *env[] = {mem_text(b, "REQUEST_METHOD=%s", method), mem_text(b, "REQUEST_URI=%s", uri),
                         "REMOTE_ADDR=192.0.2.7", "HTTP_HOST=127.0.0.1:8080", mem_text(b, "CONTENT_TYPE=%s", type),
                         mem_text(b, "CONTENT_LENGTH=%zu", said), more, NULL};
    struct http_source source = {.env = env, .read = read_bytes, .arg = &body};
    return serve_one(b, &source, site)->bytes;
}

static const char *post_bytes(const char *uri, const char *body, size_t n)
{
    return send_body("POST", uri, "application/x-www-form-urlencoded", (struct bytes){body, n}, n, NULL);
}

static void starts_with(const char *answer, const char *status)
{
    if (strncmp(answer, mem_text(b, "Status: %s\r\n", status), strlen(status) + 10) != 0)
        fail_msg("%s, not %s", answer, status);
}

static void holds(const char *answer, const char *text)
{
    if (strstr(answer, text) == NULL)
        fail_msg("no «%s» in %s", text, answer);
}

/* --- malformed ------------------------------------------------------------------------------------------------------- */

static void a_field_that_is_unknown_or_came_twice_is_named(void **state)
{
    static const struct { const char *body, *said; } rows[] = {
        {"login=a%40b.example&password=x&colour=red", "field colour is unknown"},
        {"login=a%40b.example&login=c%40d.example&password=x", "field login came twice"},
        {"login=%zz&password=x", "field login is not well encoded"},
        {"login=%ff&password=x", "field login is not well encoded"},
        {"login=%C0%AF&password=x", "field login is not well encoded"},
        {"login=a%00b&password=x", "field login is not well encoded"},
        {"csrf=%0d%0a&login=a&password=x", "field csrf is not a token"},
        {"once=a/b", "field once is not a token"},
        {"%3Cb%3Ebold%3C/b%3E=1", "field <b>bold</b> is unknown"},
        {"%ff=1", "the name of a field is not well encoded"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        browser_post_body(b, "/sign-in", rows[i].body);
        if (b->status != 400)
            fail_msg("%s: %d", rows[i].body, b->status);
        browser_sees(b, rows[i].said);
        browser_sees(b, "Nothing was changed.");
        assert_null(strstr(b->body, "<b>bold"));
    }
}

static void a_repeated_field_of_a_query_is_400_and_an_unknown_one_is_not(void **state)
{
    (void)state;
    browser_get(b, "/sign-in?next=/a&next=/b");
    assert_int_equal(b->status, 400);
    browser_sees(b, "field next came twice");
    browser_get(b, "/sign-in?colour=red");
    assert_int_equal(b->status, 200);
}

static void more_fields_than_any_form_has_are_400(void **state)
{
    (void)state;
    struct buf *body = buf_new(b, 4096);
    for (int i = 0; i < 500; i++)
        buf_format(body, "login%d=x&", i);
    browser_post_body(b, "/sign-in", body->bytes);
    assert_int_equal(b->status, 400);
}

static void a_raw_nul_in_a_body_is_400(void **state)
{
    (void)state;
    static const char body[] = "login=a\0b&password=x";
    starts_with(post_bytes("/sign-in", body, sizeof body - 1), "400 Bad Request");
}

static void a_nul_or_bad_encoding_in_the_address_is_400(void **state)
{
    static const char *const uris[] = {"/help%00", "/%ff", "/help%2fx", "/%zz", "help", "/he lp", "/help%0d%0aSet-Cookie:x"};
    (void)state;
    for (size_t i = 0; i < sizeof uris / sizeof uris[0]; i++) {
        browser_get(b, uris[i]);
        if (b->status != 400)
            fail_msg("%s: %d", uris[i], b->status);
        browser_sees(b, "We couldn’t read what was sent");
    }
}

static void a_body_over_the_limit_is_413(void **state)
{
    (void)state;
    size_t n = (size_t)site->config->web.body_max_bytes + 1;
    char *body = mem_array(b, char, n);
    memset(body, 'a', n);
    const char *answer = post_bytes("/sign-in", body, n);
    starts_with(answer, "413 Content Too Large");
    holds(answer, "What you sent is too long");
}

static void a_body_of_another_length_than_told_is_400(void **state)
{
    (void)state;
    static const char urlencoded[] = "application/x-www-form-urlencoded";
    starts_with(send_body("POST", "/sign-in", urlencoded, (struct bytes){"login=a", 7}, 8, NULL), "400 Bad Request");
    starts_with(send_body("POST", "/sign-in", urlencoded, (struct bytes){"login=a", 7}, 6, NULL), "400 Bad Request");
}

static void a_body_that_is_no_form_is_415(void **state)
{
    static const char *const types[] = {"", "text/plain", "application/json", "multipart/form-data; boundary=x",
                                        "application/x-www-form-urlencoded-not"};
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        starts_with(send_body("POST", "/sign-in", types[i], (struct bytes){"login=a", 7}, 7, NULL), "415 Unsupported Media Type");
}

static void a_cookie_or_header_that_came_twice_is_400(void **state)
{
    static const char *const names[] = {"session", "visit", "flash", "lang"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *twice = mem_text(b, "HTTP_COOKIE=p8080-%s=a; p8080-%s=b", names[i], names[i]);
        const char *answer = send_body("GET", "/help", "", (struct bytes){"", 0}, 0, twice);
        starts_with(answer, "400 Bad Request");
        holds(answer, mem_text(b, "cookie p8080-%s came twice", names[i]));
    }
    starts_with(send_body("GET", "/help", "", (struct bytes){"", 0}, 0, "HTTP_HOST=evil.example"), "400 Bad Request");
}

static void a_method_that_no_page_has_is_405(void **state)
{
    static const char *const methods[] = {"DELETE", "PUT", "PATCH", "OPTIONS", "TRACE", "get"};
    (void)state;
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        const char *answer = send_body(methods[i], "/sign-in", "", (struct bytes){"", 0}, 0, NULL);
        starts_with(answer, "405 Method Not Allowed");
        holds(answer, "Allow: GET, HEAD, POST\r\n");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_field_that_is_unknown_or_came_twice_is_named),
        TEST(a_repeated_field_of_a_query_is_400_and_an_unknown_one_is_not),
        TEST(more_fields_than_any_form_has_are_400),
        TEST(a_raw_nul_in_a_body_is_400),
        TEST(a_nul_or_bad_encoding_in_the_address_is_400),
        TEST(a_body_over_the_limit_is_413),
        TEST(a_body_of_another_length_than_told_is_400),
        TEST(a_body_that_is_no_form_is_415),
        TEST(a_cookie_or_header_that_came_twice_is_400),
        TEST(a_method_that_no_page_has_is_405),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
