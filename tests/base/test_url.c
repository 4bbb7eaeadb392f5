#include "base/memory.h"
#include "base/url.h"
#include "support/rows.h"

static const struct decode {
    const char *claim, *in;
    size_t n;
    bool plus;
    const char *out;     /* NULL: refused */
} decodes[] = {
    { "plain_text_is_itself", "abc", 3, true, "abc" },
    { "nothing_is_nothing", "", 0, true, "" },
    { "percent_and_hex_is_a_byte", "a%2Fb%2f", 8, true, "a/b/" },
    { "plus_is_a_space_in_a_form", "a+b%2B", 6, true, "a b+" },
    { "plus_is_itself_in_a_path", "a+b", 3, false, "a+b" },
    { "utf8_is_put_together", "%E4%B8%AD", 9, true, "中" },
    { "percent_at_the_end_is_refused", "a%", 2, true, NULL },
    { "percent_and_one_digit_is_refused", "a%2", 3, true, NULL },
    { "percent_and_no_hex_is_refused", "%zz", 3, true, NULL },
    { "percent_and_half_hex_is_refused", "%2x", 3, true, NULL },
    { "encoded_nul_is_refused", "a%00b", 5, true, NULL },
    { "raw_nul_is_refused", "a\0b", 3, true, NULL },
    { "encoded_invalid_utf8_is_refused", "%FF", 3, true, NULL },
    { "overlong_slash_is_refused", "%C0%AF", 6, true, NULL },
    { "surrogate_is_refused", "%ED%A0%80", 9, true, NULL },
    { "nothing_behind_the_end_is_read", "a%2F", 3, true, NULL },
};

static void check_decode(void **state)
{
    const struct decode *row = *state;
    char *out = url_decode(NULL, row->in, row->n, row->plus);

    if (row->out == NULL)
        assert_null(out);
    else
        assert_string_equal(out, row->out);
    talloc_free(out);
}

static void every_byte_survives_encoding(void **state)
{
    void *ctx = mem_context(NULL, "test");
    char *encoded;

    (void)state;
    encoded = url_encode(ctx, "a b&c=d/é?%+~._-");
    assert_string_equal(encoded, "a%20b%26c%3Dd%2F%C3%A9%3F%25%2B~._-");
    assert_string_equal(url_decode(ctx, encoded, strlen(encoded), false), "a b&c=d/é?%+~._-");
    talloc_free(ctx);
}

static const struct local { const char *claim, *path; bool is_local; } locals[] = {
    { "root_is_local", "/", true },
    { "page_with_query_is_local", "/operation-log?page=2&x=%2F", true },
    { "empty_is_not_local", "", false },
    { "missing_is_not_local", NULL, false },
    { "other_host_is_not_local", "https://evil.example/", false },
    { "scheme_less_host_is_not_local", "//evil.example/", false },
    { "backslash_host_is_not_local", "/\\evil.example/", false },
    { "backslash_anywhere_is_not_local", "/a\\b", false },
    { "tab_that_browsers_drop_is_not_local", "/\t/evil.example", false },
    { "line_end_is_not_local", "/a\r\nSet-Cookie: x", false },
    { "relative_is_not_local", "page", false },
    { "script_is_not_local", "javascript:alert(1)", false },
    { "leading_space_is_not_local", " /a", false },
    { "space_is_not_local", "/a b", false },
    { "raw_non_ascii_is_not_local", "/é", false },
};

static void check_local(void **state)
{
    const struct local *row = *state;

    assert_int_equal(url_is_local(row->path), row->is_local);
}

static void local_path_is_at_most_200_bytes(void **state)
{
    char path[202];

    (void)state;
    memset(path, 'a', sizeof path);
    path[0] = '/';
    path[200] = '\0';
    assert_true(url_is_local(path));
    path[200] = 'a';
    path[201] = '\0';
    assert_false(url_is_local(path));
}

int main(void)
{
    struct rows rows = { .n = 0 };

    ROWS_TABLE(&rows, check_decode, decodes);
    ROWS_TEST(&rows, every_byte_survives_encoding);
    ROWS_TABLE(&rows, check_local, locals);
    ROWS_TEST(&rows, local_path_is_at_most_200_bytes);
    return ROWS_RUN(&rows);
}
