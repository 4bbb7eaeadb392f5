#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "web/http.h"

#include "web/aborts.h"
#include "support/rows.h"

static void new_response_is_an_empty_200(void **state)
{
    void *ctx = mem_context(NULL, "test");
    struct buf *bytes = http_response_bytes(ctx, http_response_new(ctx), false);

    (void)state;
    assert_string_equal(bytes->bytes, "Status: 200 OK\r\nContent-Length: 0\r\n\r\n");
    talloc_free(ctx);
}

static void bytes_are_status_headers_length_body(void **state)
{
    void *ctx = mem_context(NULL, "test");
    struct http_response *response = http_response_new(ctx);

    (void)state;
    response->status = 404;
    http_header(response, "Content-Type", "text/html; charset=utf-8");
    http_header(response, "Allow", "GET, HEAD");
    buf_text(response->body, "中文\n");
    assert_string_equal(http_response_bytes(ctx, response, false)->bytes,
                        "Status: 404 Not Found\r\nContent-Type: text/html; charset=utf-8\r\nAllow: GET, HEAD\r\n"
                        "Content-Length: 7\r\n\r\n中文\n");
    talloc_free(ctx);
}

static void body_with_nul_is_sent_whole(void **state)
{
    void *ctx = mem_context(NULL, "test");
    struct http_response *response = http_response_new(ctx);
    struct buf *bytes;

    (void)state;
    buf_add(response->body, "a\0b", 3);
    bytes = http_response_bytes(ctx, response, false);
    assert_memory_equal(bytes->bytes + bytes->n - 3, "a\0b", 3);
    assert_non_null(strstr(bytes->bytes, "Content-Length: 3\r\n"));
    talloc_free(ctx);
}

static void head_keeps_the_length_and_leaves_the_body_out(void **state)
{
    void *ctx = mem_context(NULL, "test");
    struct http_response *response = http_response_new(ctx);

    (void)state;
    buf_text(response->body, "hello");
    assert_string_equal(http_response_bytes(ctx, response, true)->bytes, "Status: 200 OK\r\nContent-Length: 5\r\n\r\n");
    talloc_free(ctx);
}

static void reset_drops_status_headers_and_body(void **state)
{
    void *ctx = mem_context(NULL, "test");
    struct http_response *response = http_response_new(ctx);

    (void)state;
    response->status = 500;
    http_header(response, "Set-Cookie", "a=b");
    buf_text(response->body, "half a page");
    http_reset(response);
    assert_string_equal(http_response_bytes(ctx, response, false)->bytes,
                        "Status: 200 OK\r\nContent-Length: 0\r\n\r\n");
    talloc_free(ctx);
}

static void redirect_is_a_303(void **state)
{
    void *ctx = mem_context(NULL, "test");
    struct http_response *response = http_response_new(ctx);

    (void)state;
    http_redirect(response, "/my-partner?ok=1");
    assert_string_equal(http_response_bytes(ctx, response, false)->bytes,
                        "Status: 303 See Other\r\nLocation: /my-partner?ok=1\r\nContent-Length: 0\r\n\r\n");
    talloc_free(ctx);
}

static const struct { int status; const char *reason; } told[] = {
    { 200, "OK" }, { 303, "See Other" }, { 400, "Bad Request" }, { 403, "Forbidden" }, { 404, "Not Found" },
    { 405, "Method Not Allowed" }, { 409, "Conflict" }, { 413, "Content Too Large" }, { 415, "Unsupported Media Type" },
    { 429, "Too Many Requests" }, { 500, "Internal Server Error" }, { 503, "Service Unavailable" }, { 999, "Unknown" },
};

static void reasons_are_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        assert_string_equal(http_reason(told[i].status), told[i].reason);
}

/* --- what a fault of ours must not put on the wire ------------------------------------------------------------------- */

static const struct header { const char *name, *header, *value; bool aborts; } headers[] = {
    { "line_feed_in_value", "Location", "/a\nSet-Cookie: sid=evil", true },
    { "carriage_return_in_value", "Location", "/a\rb", true },
    { "line_feed_in_name", "A\nB", "1", true },
    { "carriage_return_in_name", "A\rB", "1", true },
    { "colon_in_name", "A:", "1", true },
    { "space_in_name", "A B", "1", true },
    { "empty_name", "", "1", true },
    { "empty_value_is_fine", "A", "", false },
    { "utf8_value_is_fine", "A", "é", false },
};

static void add_header(const void *arg)
{
    const struct header *row = arg;

    http_header(http_response_new(NULL), row->header, row->value);
}

static void bad_header_aborts(void **state)
{
    const struct header *row = *state;

    assert_int_equal(call_aborts(add_header, row), row->aborts);
}

static const struct target { const char *name, *path; bool aborts; } targets[] = {
    { "redirect_to_another_host", "https://evil.test/", true },
    { "redirect_without_scheme", "//evil.test/", true },
    { "redirect_with_backslash", "/\\evil.test/", true },
    { "redirect_with_line_feed", "/a\nb", true },
    { "redirect_to_nothing", "", true },
    { "redirect_to_own_page", "/requests/R-1?from=2", false },
};

static void redirect(const void *arg)
{
    http_redirect(http_response_new(NULL), ((const struct target *)arg)->path);
}

static void foreign_redirect_aborts(void **state)
{
    const struct target *row = *state;

    assert_int_equal(call_aborts(redirect, row), row->aborts);
}

/* --- cookies ------------------------------------------------------------------------------------------------------------ */

static const struct cookie {
    const char *name;
    struct http_cookie_rules rules;
    const char *value;
    int64_t max_age_s;
    const char *line;   /* NULL: aborts */
} cookies[] = {
    { "secure_session_cookie", { true, "__Host-" }, "abc_-.~", -1,
      "Set-Cookie: __Host-sid=abc_-.~; Path=/; HttpOnly; SameSite=Lax; Secure\r\n" },
    { "secure_cookie_with_age", { true, "__Host-" }, "zh-Hans", 31536000,
      "Set-Cookie: __Host-sid=zh-Hans; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=31536000\r\n" },
    { "secure_cookie_is_deleted", { true, "__Host-" }, "", 0,
      "Set-Cookie: __Host-sid=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0\r\n" },
    { "plain_cookie_carries_the_port", { false, "p8080-" }, "abc", -1,
      "Set-Cookie: p8080-sid=abc; Path=/; HttpOnly; SameSite=Lax\r\n" },
    { "plain_cookie_without_prefix", { false, NULL }, "abc", 5,
      "Set-Cookie: sid=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=5\r\n" },
    { "cookie_value_with_semicolon", { true, "__Host-" }, "a; Domain=evil.test", -1, NULL },
    { "cookie_value_with_line_feed", { true, "__Host-" }, "a\nb", -1, NULL },
    { "cookie_value_with_space", { true, "__Host-" }, "a b", -1, NULL },
    { "cookie_value_with_quote", { true, "__Host-" }, "\"a\"", -1, NULL },
    { "cookie_value_with_comma", { true, "__Host-" }, "a,b", -1, NULL },
    { "cookie_value_with_backslash", { true, "__Host-" }, "a\\b", -1, NULL },
    { "cookie_value_beyond_ascii", { true, "__Host-" }, "é", -1, NULL },
    { "cookie_name_with_equals", { false, "a=b;" }, "abc", -1, NULL },
};

static void set_cookie(const void *arg)
{
    const struct cookie *row = arg;

    http_set_cookie(http_response_new(NULL), &row->rules, "sid", row->value, row->max_age_s);
}

static void cookie_line_is_exact(void **state)
{
    const struct cookie *row = *state;
    void *ctx = mem_context(NULL, "test");
    struct http_response *response = http_response_new(ctx);

    if (row->line == NULL) {
        assert_true(call_aborts(set_cookie, row));
    } else {
        http_set_cookie(response, &row->rules, "sid", row->value, row->max_age_s);
        assert_string_equal(response->headers->bytes, row->line);
    }
    talloc_free(ctx);
}

static void cookie_name_is_prefix_and_base(void **state)
{
    const struct http_cookie_rules rules = { true, "__Host-" };
    void *ctx = mem_context(NULL, "test");

    (void)state;
    assert_string_equal(http_cookie_name(ctx, &rules, "sid"), "__Host-sid");
    talloc_free(ctx);
}

/* --- standing headers ------------------------------------------------------------------------------------------------- */

static const struct standing { const char *name, *line; bool secure, is_there; } standing[] = {
    { "policy_allows_no_script",
      "Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
      "base-uri 'none'; frame-ancestors 'none'\r\n", true, true },
    { "no_sniffing", "\r\nX-Content-Type-Options: nosniff\r\n", true, true },
    { "referrer_stays_here", "\r\nReferrer-Policy: same-origin\r\n", true, true },
    { "opener_is_kept_apart", "\r\nCross-Origin-Opener-Policy: same-origin\r\n", true, true },
    { "resources_are_not_embedded", "\r\nCross-Origin-Resource-Policy: same-origin\r\n", true, true },
    { "camera_is_off", "\r\nPermissions-Policy: accelerometer=(), camera=()", true, true },
    { "nothing_is_stored", "\r\nCache-Control: no-store\r\n", true, true },
    { "https_for_two_years", "\r\nStrict-Transport-Security: max-age=63072000\r\n", true, true },
    { "plain_http_promises_no_https", "Strict-Transport-Security", false, false },
    { "plain_http_has_the_policy", "Content-Security-Policy: default-src 'none'", false, true },
};

static void standing_header_is_there(void **state)
{
    const struct standing *row = *state;
    void *ctx = mem_context(NULL, "test");
    struct http_response *response = http_response_new(ctx);

    http_security_headers(response, row->secure);
    assert_int_equal(strstr(response->headers->bytes, row->line) != NULL, row->is_there);
    talloc_free(ctx);
}

int main(void)
{
    static struct rows rows;

    ROWS_TEST(&rows, new_response_is_an_empty_200);
    ROWS_TEST(&rows, bytes_are_status_headers_length_body);
    ROWS_TEST(&rows, body_with_nul_is_sent_whole);
    ROWS_TEST(&rows, head_keeps_the_length_and_leaves_the_body_out);
    ROWS_TEST(&rows, reset_drops_status_headers_and_body);
    ROWS_TEST(&rows, redirect_is_a_303);
    ROWS_TEST(&rows, reasons_are_known);
    ROWS_TABLE(&rows, bad_header_aborts, headers);
    ROWS_TABLE(&rows, foreign_redirect_aborts, targets);
    ROWS_TABLE(&rows, cookie_line_is_exact, cookies);
    ROWS_TEST(&rows, cookie_name_is_prefix_and_base);
    ROWS_TABLE(&rows, standing_header_is_there, standing);
    return ROWS_RUN(&rows);
}
