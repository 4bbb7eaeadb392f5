#include <string.h>

#include "base/memory.h"
#include "web/http.h"

#include "support/rows.h"

#define BODY_MAX 64
#define PARAMS_ROOM 8

/* A body that arrives in pieces, as it may from a socket. */
struct body { const char *bytes; size_t n, piece; };

static size_t read_piece(void *arg, char *out, size_t n)
{
    struct body *body = arg;
    size_t got = n < body->piece ? n : body->piece;

    got = got < body->n ? got : body->n;
    memcpy(out, body->bytes, got);
    body->bytes += got;
    body->n -= got;
    return got;
}

static const struct err *parse(const void *ctx, const char *const *env, const char *body, struct http_request **request)
{
    struct body bytes = { body == NULL ? "" : body, body == NULL ? 0 : strlen(body), 5 };
    struct http_source source = { env, read_piece, &bytes };

    return http_parse(ctx, &source, BODY_MAX, request);
}

/* --- requests that must be refused; the request that comes back still serves an error page --------------------------- */

static const struct refused {
    const char *name;
    enum err_kind kind;
    const char *body;
    const char *env[PARAMS_ROOM];
} refused[] = {
    { "no_method", ERR_INPUT, NULL, { "REQUEST_URI=/" } },
    { "empty_method", ERR_INPUT, NULL, { "REQUEST_METHOD=", "REQUEST_URI=/" } },
    { "no_address", ERR_INPUT, NULL, { "REQUEST_METHOD=GET" } },
    { "empty_address", ERR_INPUT, NULL, { "REQUEST_METHOD=GET", "REQUEST_URI=" } },
    { "address_without_slash", ERR_INPUT, NULL, { "REQUEST_METHOD=GET", "REQUEST_URI=home" } },
    { "absolute_address", ERR_INPUT, NULL, { "REQUEST_METHOD=GET", "REQUEST_URI=http://evil.test/" } },
    { "asterisk_address", ERR_INPUT, NULL, { "REQUEST_METHOD=OPTIONS", "REQUEST_URI=*" } },
    { "query_alone", ERR_INPUT, NULL, { "REQUEST_METHOD=GET", "REQUEST_URI=?a=1" } },
    { "nul_in_path", ERR_INPUT, NULL, { "REQUEST_METHOD=GET", "REQUEST_URI=/a%00b" } },
    { "line_feed_in_path", ERR_INPUT, NULL, { "REQUEST_METHOD=GET", "REQUEST_URI=/a%0Ab" } },
    { "carriage_return_in_path", ERR_INPUT, NULL, { "REQUEST_METHOD=GET", "REQUEST_URI=/a%0db" } },
    { "escape_in_path", ERR_INPUT, NULL, { "REQUEST_METHOD=GET", "REQUEST_URI=/%1b[31m" } },
    { "delete_in_path", ERR_INPUT, NULL, { "REQUEST_METHOD=GET", "REQUEST_URI=/%7F" } },
    { "c1_control_in_path", ERR_INPUT, NULL, { "REQUEST_METHOD=GET", "REQUEST_URI=/%C2%85" } },
    { "raw_control_in_path", ERR_INPUT, NULL, { "REQUEST_METHOD=GET", "REQUEST_URI=/a\nb" } },
    { "raw_control_in_query", ERR_INPUT, NULL, { "REQUEST_METHOD=GET", "REQUEST_URI=/a?b\rc" } },
    { "space_in_query", ERR_INPUT, NULL, { "REQUEST_METHOD=GET", "REQUEST_URI=/a?b c" } },
    { "percent_at_end", ERR_INPUT, NULL, { "REQUEST_METHOD=GET", "REQUEST_URI=/a%" } },
    { "one_hex_digit", ERR_INPUT, NULL, { "REQUEST_METHOD=GET", "REQUEST_URI=/a%4" } },
    { "no_hex_digits", ERR_INPUT, NULL, { "REQUEST_METHOD=GET", "REQUEST_URI=/a%zz" } },
    { "broken_utf8_in_path", ERR_INPUT, NULL, { "REQUEST_METHOD=GET", "REQUEST_URI=/%ff" } },
    { "overlong_slash_in_path", ERR_INPUT, NULL, { "REQUEST_METHOD=GET", "REQUEST_URI=/..%c0%af.." } },
    { "surrogate_in_path", ERR_INPUT, NULL, { "REQUEST_METHOD=GET", "REQUEST_URI=/%ed%a0%80" } },
    { "encoded_slash", ERR_INPUT, NULL, { "REQUEST_METHOD=GET", "REQUEST_URI=/a%2fb" } },
    { "encoded_slash_upper_case", ERR_INPUT, NULL, { "REQUEST_METHOD=GET", "REQUEST_URI=/a%2Fb" } },
    { "two_cookie_headers", ERR_INPUT, NULL,
      { "REQUEST_METHOD=GET", "REQUEST_URI=/", "HTTP_COOKIE=sid=1", "HTTP_COOKIE=sid=2" } },
    { "two_equal_cookie_headers", ERR_INPUT, NULL,
      { "REQUEST_METHOD=GET", "REQUEST_URI=/", "HTTP_COOKIE=sid=1", "HTTP_COOKIE=sid=1" } },
    { "two_addresses", ERR_INPUT, NULL, { "REQUEST_METHOD=GET", "REQUEST_URI=/", "REQUEST_URI=/b" } },
    { "two_methods", ERR_INPUT, NULL, { "REQUEST_METHOD=GET", "REQUEST_URI=/", "REQUEST_METHOD=POST" } },
    { "two_origins", ERR_INPUT, NULL,
      { "REQUEST_METHOD=GET", "REQUEST_URI=/", "HTTP_ORIGIN=https://a.test", "HTTP_ORIGIN=" } },
    { "two_lengths", ERR_INPUT, "a=1",
      { "REQUEST_METHOD=POST", "REQUEST_URI=/", "CONTENT_LENGTH=3", "CONTENT_LENGTH=3" } },
    { "parameter_twice_without_value", ERR_INPUT, NULL, { "REQUEST_METHOD=GET", "REQUEST_URI=/", "HTTP_X", "HTTP_X" } },
    { "control_in_cookies", ERR_INPUT, NULL, { "REQUEST_METHOD=GET", "REQUEST_URI=/", "HTTP_COOKIE=sid=1\t2" } },
    { "twenty_one_cookies", ERR_INPUT, NULL,
      { "REQUEST_METHOD=GET", "REQUEST_URI=/",
        "HTTP_COOKIE=a=;a=;a=;a=;a=;a=;a=;a=;a=;a=;a=;a=;a=;a=;a=;a=;a=;a=;a=;a=;a=" } },
    { "body_shorter_than_said", ERR_INPUT, "a=12345", { "REQUEST_METHOD=POST", "REQUEST_URI=/", "CONTENT_LENGTH=8" } },
    { "no_body_although_said", ERR_INPUT, "", { "REQUEST_METHOD=POST", "REQUEST_URI=/", "CONTENT_LENGTH=1" } },
    { "body_longer_than_said", ERR_INPUT, "a=12345", { "REQUEST_METHOD=POST", "REQUEST_URI=/", "CONTENT_LENGTH=6" } },
    { "body_without_length", ERR_INPUT, "a=1", { "REQUEST_METHOD=POST", "REQUEST_URI=/", "CONTENT_LENGTH=" } },
    { "negative_length", ERR_INPUT, "a", { "REQUEST_METHOD=POST", "REQUEST_URI=/", "CONTENT_LENGTH=-1" } },
    { "signed_length", ERR_INPUT, "a", { "REQUEST_METHOD=POST", "REQUEST_URI=/", "CONTENT_LENGTH=+1" } },
    { "hexadecimal_length", ERR_INPUT, "a", { "REQUEST_METHOD=POST", "REQUEST_URI=/", "CONTENT_LENGTH=0x1" } },
    { "length_with_space", ERR_INPUT, "a", { "REQUEST_METHOD=POST", "REQUEST_URI=/", "CONTENT_LENGTH= 1" } },
    { "length_list", ERR_INPUT, "a", { "REQUEST_METHOD=POST", "REQUEST_URI=/", "CONTENT_LENGTH=1,1" } },
    { "length_over_the_machine", ERR_INPUT, "a",
      { "REQUEST_METHOD=POST", "REQUEST_URI=/", "CONTENT_LENGTH=18446744073709551617" } },
    { "contradictory_lengths", ERR_INPUT, "a=1",
      { "REQUEST_METHOD=POST", "REQUEST_URI=/", "CONTENT_LENGTH=3", "HTTP_CONTENT_LENGTH=4" } },
    { "client_length_alone", ERR_INPUT, "a=1", { "REQUEST_METHOD=POST", "REQUEST_URI=/", "HTTP_CONTENT_LENGTH=3" } },
    { "get_with_body", ERR_INPUT, "a=1", { "REQUEST_METHOD=GET", "REQUEST_URI=/", "CONTENT_LENGTH=3" } },
    { "head_with_body", ERR_INPUT, "a=1", { "REQUEST_METHOD=HEAD", "REQUEST_URI=/", "CONTENT_LENGTH=3" } },
    { "body_over_the_limit", ERR_TOO_LARGE, "a=1", { "REQUEST_METHOD=POST", "REQUEST_URI=/", "CONTENT_LENGTH=65" } },
    { "body_far_over_the_limit", ERR_TOO_LARGE, "a=1",
      { "REQUEST_METHOD=POST", "REQUEST_URI=/", "CONTENT_LENGTH=999999999999999" } },
};

static void request_is_refused(void **state)
{
    const struct refused *row = *state;
    void *ctx = mem_context(NULL, "test");
    struct http_request *request = NULL;
    const struct err *err = parse(ctx, row->env, row->body, &request);

    assert_non_null(err);
    assert_int_equal(err->kind, row->kind);
    assert_non_null(request);
    assert_int_equal(request->path[0], '/');
    assert_non_null(request->method_name);
    assert_non_null(request->query);
    assert_null(request->body);
    talloc_free(ctx);
}

/* --- what is taken ------------------------------------------------------------------------------------------------------ */

static const struct path { const char *name, *uri, *path, *query; } paths[] = {
    { "root", "REQUEST_URI=/", "/", "" },
    { "path_and_query", "REQUEST_URI=/log?from=1&to=2", "/log", "from=1&to=2" },
    { "empty_query", "REQUEST_URI=/log?", "/log", "" },
    { "second_question_mark_belongs_to_the_query", "REQUEST_URI=/a?b?c", "/a", "b?c" },
    { "path_is_decoded", "REQUEST_URI=/%E4%B8%AD%41", "/中A", "" },
    { "plus_is_a_plus_in_a_path", "REQUEST_URI=/a+b", "/a+b", "" },
    { "query_stays_raw", "REQUEST_URI=/a?b=%zz%00", "/a", "b=%zz%00" },
    { "double_slash_is_not_normalised", "REQUEST_URI=//evil.test/a", "//evil.test/a", "" },
    { "dots_are_not_normalised", "REQUEST_URI=/a/../b", "/a/../b", "" },
    { "encoded_dots_are_not_normalised", "REQUEST_URI=/%2e%2e/b", "/../b", "" },
    { "percent_may_be_encoded", "REQUEST_URI=/a%252fb", "/a%2fb", "" },
    { "c2_above_the_controls", "REQUEST_URI=/%C2%A0", "/\xC2\xA0", "" },
};

static void path_is_taken(void **state)
{
    const struct path *row = *state;
    const char *env[] = { "REQUEST_METHOD=GET", row->uri, NULL };
    void *ctx = mem_context(NULL, "test");
    struct http_request *request;

    assert_null(parse(ctx, env, NULL, &request));
    assert_string_equal(request->path, row->path);
    assert_string_equal(request->query, row->query);
    talloc_free(ctx);
}

static const struct method { const char *name, *env; enum http_method method; } method_rows[] = {
    { "GET", "REQUEST_METHOD=GET", HTTP_GET },
    { "HEAD", "REQUEST_METHOD=HEAD", HTTP_HEAD },
    { "POST", "REQUEST_METHOD=POST", HTTP_POST },
    { "PUT", "REQUEST_METHOD=PUT", HTTP_OTHER },
    { "get", "REQUEST_METHOD=get", HTTP_OTHER },
    { "GETS", "REQUEST_METHOD=GETS", HTTP_OTHER },
};

static void method_is_told(void **state)
{
    const struct method *row = *state;
    const char *env[] = { "REQUEST_URI=/", row->env, NULL };
    void *ctx = mem_context(NULL, "test");
    struct http_request *request;

    assert_null(parse(ctx, env, NULL, &request));
    assert_int_equal(request->method, row->method);
    assert_string_equal(request->method_name, row->name);
    talloc_free(ctx);
}

static void method_is_cleaned_for_the_log(void **state)
{
    const char *env[] = { "REQUEST_URI=/", "REQUEST_METHOD=B\x1b\xff""D-AND-LONGER-THAN-TWENTY", NULL };
    void *ctx = mem_context(NULL, "test");
    struct http_request *request;

    (void)state;
    assert_null(parse(ctx, env, NULL, &request));
    assert_string_equal(request->method_name, "B??D-AND-LONGER-THAN");
    talloc_free(ctx);
}

static void body_is_read_in_pieces_and_whole(void **state)
{
    const char *env[] = { "REQUEST_METHOD=POST", "REQUEST_URI=/", "CONTENT_LENGTH=17", "HTTP_CONTENT_LENGTH=17",
                          "CONTENT_TYPE=Application/x-www-form-URLencoded ; charset=UTF-8", NULL };
    void *ctx = mem_context(NULL, "test");
    struct http_request *request;

    (void)state;
    assert_null(parse(ctx, env, "abcdefghijklmnopq", &request));
    assert_int_equal(request->body_n, 17);
    assert_string_equal(request->body, "abcdefghijklmnopq");
    assert_string_equal(request->content_type, "application/x-www-form-urlencoded");
    talloc_free(ctx);
}

static void body_of_exactly_the_limit_is_taken(void **state)
{
    const char *env[] = { "REQUEST_METHOD=POST", "REQUEST_URI=/", "CONTENT_LENGTH=64", NULL };
    char body[BODY_MAX + 1] = { 0 };
    void *ctx = mem_context(NULL, "test");
    struct http_request *request;

    (void)state;
    memset(body, 'x', BODY_MAX);
    assert_null(parse(ctx, env, body, &request));
    assert_int_equal(request->body_n, BODY_MAX);
    talloc_free(ctx);
}

static void post_without_body_has_an_empty_one(void **state)
{
    const char *env[] = { "REQUEST_METHOD=POST", "REQUEST_URI=/", NULL };
    void *ctx = mem_context(NULL, "test");
    struct http_request *request;

    (void)state;
    assert_null(parse(ctx, env, "", &request));
    assert_int_equal(request->body_n, 0);
    assert_string_equal(request->body, "");
    talloc_free(ctx);
}

static void body_of_an_unknown_method_is_left_unread(void **state)
{
    const char *env[] = { "REQUEST_METHOD=PUT", "REQUEST_URI=/", "CONTENT_LENGTH=999999", NULL };
    void *ctx = mem_context(NULL, "test");
    struct http_request *request;

    (void)state;
    assert_null(parse(ctx, env, "a=1", &request));
    assert_null(request->body);
    talloc_free(ctx);
}

static void absent_headers_are_empty(void **state)
{
    const char *env[] = { "REQUEST_METHOD=GET", "REQUEST_URI=/", NULL };
    void *ctx = mem_context(NULL, "test");
    struct http_request *request;

    (void)state;
    assert_null(parse(ctx, env, NULL, &request));
    assert_string_equal(request->remote_addr, "");
    assert_string_equal(request->host, "");
    assert_string_equal(request->origin, "");
    assert_string_equal(request->fetch_site, "");
    assert_string_equal(request->accept_language, "");
    assert_string_equal(request->user_agent, "");
    assert_string_equal(request->content_type, "");
    assert_int_equal(request->cookies_n, 0);
    assert_null(request->body);
    talloc_free(ctx);
}

static void headers_are_copied(void **state)
{
    const char *env[] = { "REQUEST_METHOD=GET", "REQUEST_URI=/", "REMOTE_ADDR=192.0.2.7", "HTTP_HOST=a.test",
                          "HTTP_ORIGIN=https://a.test", "HTTP_SEC_FETCH_SITE=none", "HTTP_ACCEPT_LANGUAGE=zh,en;q=0.5",
                          "HTTP_X_REAL_IP=198.51.100.1", NULL };
    void *ctx = mem_context(NULL, "test");
    struct http_request *request;

    (void)state;
    assert_null(parse(ctx, env, NULL, &request));
    assert_string_equal(request->remote_addr, "192.0.2.7");
    assert_string_equal(request->host, "a.test");
    assert_string_equal(request->origin, "https://a.test");
    assert_string_equal(request->fetch_site, "none");
    assert_string_equal(request->accept_language, "zh,en;q=0.5");
    talloc_free(ctx);
}

static void user_agent_is_cleaned_and_cut(void **state)
{
    char agent[300] = "HTTP_USER_AGENT=Cool\x1b[0m\xff";
    const char *env[] = { "REQUEST_METHOD=GET", "REQUEST_URI=/", agent, NULL };
    void *ctx = mem_context(NULL, "test");
    struct http_request *request;

    (void)state;
    memset(agent + strlen(agent), 'x', sizeof agent - 1 - strlen(agent));
    assert_null(parse(ctx, env, NULL, &request));
    assert_int_equal(strlen(request->user_agent), 200);
    assert_memory_equal(request->user_agent, "Cool?[0m?xxx", 12);
    talloc_free(ctx);
}

static void name_that_begins_with_another_is_no_repetition(void **state)
{
    const char *env[] = { "REQUEST_METHOD=GET", "REQUEST_URI=/", "HTTP_X=1", "HTTP_XY=1", "HTTP_=1", NULL };
    void *ctx = mem_context(NULL, "test");
    struct http_request *request;

    (void)state;
    assert_null(parse(ctx, env, NULL, &request));
    talloc_free(ctx);
}

static void two_hundred_and_one_parameters_are_refused(void **state)
{
    char names[201][16];
    const char *env[202] = { "REQUEST_METHOD=GET", "REQUEST_URI=/" };
    void *ctx = mem_context(NULL, "test");
    struct http_request *request;

    (void)state;
    for (size_t i = 2; i < 201; i++) {
        snprintf(names[i], sizeof names[i], "HTTP_%zu=", i);
        env[i] = names[i];
    }
    assert_int_equal(parse(ctx, env, NULL, &request)->kind, ERR_INPUT);
    env[200] = NULL;
    assert_null(parse(ctx, env, NULL, &request));
    talloc_free(ctx);
}

static void address_over_4096_bytes_is_refused(void **state)
{
    char uri[5200] = "REQUEST_URI=/";
    const char *env[] = { "REQUEST_METHOD=GET", uri, NULL };
    size_t head = strlen("REQUEST_URI=");
    void *ctx = mem_context(NULL, "test");
    struct http_request *request;

    (void)state;
    memset(uri + head + 1, 'a', 4096);
    assert_int_equal(parse(ctx, env, NULL, &request)->kind, ERR_INPUT);
    assert_string_equal(request->path, "/");
    uri[head + 4096] = '\0';
    assert_null(parse(ctx, env, NULL, &request));
    talloc_free(ctx);
}

/* --- cookies ------------------------------------------------------------------------------------------------------------ */

static const struct cookie { const char *name, *header, *value; } cookies[] = {
    { "one_cookie", "HTTP_COOKIE=sid=abc", "abc" },
    { "among_others", "HTTP_COOKIE=a=1; sid=abc; b=2", "abc" },
    { "without_space_between", "HTTP_COOKIE=a=1;sid=abc;b=2", "abc" },
    { "spaces_around", "HTTP_COOKIE=  sid=abc  ;  b=2", "abc" },
    { "equals_in_value", "HTTP_COOKIE=sid=a=b==", "a=b==" },
    { "empty_value", "HTTP_COOKIE=sid=", "" },
    { "quotes_belong_to_the_value", "HTTP_COOKIE=sid=\"abc\"", "\"abc\"" },
    { "not_there", "HTTP_COOKIE=a=1", "" },
    { "empty_header", "HTTP_COOKIE=", "" },
    { "longer_name_is_another", "HTTP_COOKIE=sid2=abc; xsid=abc", "" },
    { "case_counts", "HTTP_COOKIE=SID=abc", "" },
    { "piece_without_equals_is_passed_over", "HTTP_COOKIE=sid; ; sid=abc", "abc" },
    { "name_is_not_decoded", "HTTP_COOKIE=s%69d=abc", "" },
};

static void cookie_is_found(void **state)
{
    const struct cookie *row = *state;
    const char *env[] = { "REQUEST_METHOD=GET", "REQUEST_URI=/", row->header, NULL };
    void *ctx = mem_context(NULL, "test");
    struct http_request *request;
    const char *value;

    assert_null(parse(ctx, env, NULL, &request));
    assert_null(http_cookie(request, "sid", &value));
    assert_string_equal(value, row->value);
    talloc_free(ctx);
}

static void same_cookie_twice_is_refused(void **state)
{
    const char *env[] = { "REQUEST_METHOD=GET", "REQUEST_URI=/", "HTTP_COOKIE=sid=good; a=1; sid=evil", NULL };
    void *ctx = mem_context(NULL, "test");
    struct http_request *request;
    const char *value;

    (void)state;
    assert_null(parse(ctx, env, NULL, &request));
    assert_int_equal(http_cookie(request, "sid", &value)->kind, ERR_INPUT);
    assert_null(http_cookie(request, "a", &value));
    assert_string_equal(value, "1");
    talloc_free(ctx);
}

/* Bytes go into the log as they are told; a cut must not go through a character either. */
static void repeated_name_is_told_in_printable_ascii(void **state)
{
    static const char name[] = "HTTP_X_\xFF\xC3_abcdefghijklmnopqrstuvwxyz01234567";
    void *ctx = mem_context(NULL, "test");
    const char *env[] = { "REQUEST_METHOD=GET", "REQUEST_URI=/", mem_text(ctx, "%s=1", name), mem_text(ctx, "%s=2", name), NULL };
    struct http_request *request;

    (void)state;
    assert_string_equal(parse(ctx, env, NULL, &request)->what,
                        "parameter HTTP_X_??_abcdefghijklmnopqrstuvwxyz0123 came twice");
    talloc_free(ctx);
}

int main(void)
{
    static struct rows rows;

    ROWS_TABLE(&rows, request_is_refused, refused);
    ROWS_TABLE(&rows, path_is_taken, paths);
    ROWS_TABLE(&rows, method_is_told, method_rows);
    ROWS_TEST(&rows, method_is_cleaned_for_the_log);
    ROWS_TEST(&rows, body_is_read_in_pieces_and_whole);
    ROWS_TEST(&rows, body_of_exactly_the_limit_is_taken);
    ROWS_TEST(&rows, post_without_body_has_an_empty_one);
    ROWS_TEST(&rows, body_of_an_unknown_method_is_left_unread);
    ROWS_TEST(&rows, absent_headers_are_empty);
    ROWS_TEST(&rows, headers_are_copied);
    ROWS_TEST(&rows, user_agent_is_cleaned_and_cut);
    ROWS_TEST(&rows, name_that_begins_with_another_is_no_repetition);
    ROWS_TEST(&rows, repeated_name_is_told_in_printable_ascii);
    ROWS_TEST(&rows, two_hundred_and_one_parameters_are_refused);
    ROWS_TEST(&rows, address_over_4096_bytes_is_refused);
    ROWS_TABLE(&rows, cookie_is_found, cookies);
    ROWS_TEST(&rows, same_cookie_twice_is_refused);
    return ROWS_RUN(&rows);
}
