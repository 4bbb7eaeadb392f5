#include <string.h>

#include "base/memory.h"
#include "web/pattern.h"

#include "web/aborts.h"
#include "support/rows.h"

#define TOKEN16 "abcdefghij_-0123"
#define TEXT40 "0123456789012345678901234567890123456789"
#define TOKEN128 TEXT40 TEXT40 TEXT40 "01234567"

static const struct match { const char *name, *pattern, *path, *first, *second; bool matches; } matches[] = {
    { "root", "/", "/", NULL, NULL, true },
    { "fixed_path", "/sign-in", "/sign-in", NULL, NULL, true },
    { "fixed_path_in_other_case", "/sign-in", "/Sign-in", NULL, NULL, false },
    { "shorter_path", "/sign-in", "/sign-i", NULL, NULL, false },
    { "longer_path", "/sign-in", "/sign-in2", NULL, NULL, false },
    { "trailing_slash", "/sign-in", "/sign-in/", NULL, NULL, false },
    { "double_slash", "/sign-in", "//sign-in", NULL, NULL, false },
    { "dot_segment", "/sign-in", "/x/../sign-in", NULL, NULL, false },
    { "empty_path", "/", "", NULL, NULL, false },
    { "no", "/requests/{no}", "/requests/R-2026-00017", "R-2026-00017", NULL, true },
    { "no_in_the_middle", "/requests/{no}/verify", "/requests/R-1/verify", "R-1", NULL, true },
    { "no_of_40_bytes", "/requests/{no}", "/requests/" TEXT40, TEXT40, NULL, true },
    { "no_of_41_bytes", "/requests/{no}", "/requests/" TEXT40 "0", NULL, NULL, false },
    { "empty_no", "/requests/{no}", "/requests/", NULL, NULL, false },
    { "empty_no_in_the_middle", "/requests/{no}/verify", "/requests//verify", NULL, NULL, false },
    { "no_with_underscore", "/requests/{no}", "/requests/a_b", NULL, NULL, false },
    { "no_with_dot", "/requests/{no}", "/requests/..", NULL, NULL, false },
    { "no_with_slash", "/requests/{no}", "/requests/a/b", NULL, NULL, false },
    { "no_with_trailing_slash", "/requests/{no}", "/requests/a/", NULL, NULL, false },
    { "no_with_percent", "/requests/{no}", "/requests/a%41", NULL, NULL, false },
    { "no_with_space", "/requests/{no}", "/requests/a b", NULL, NULL, false },
    { "no_with_quote", "/requests/{no}", "/requests/a'b", NULL, NULL, false },
    { "no_beyond_ascii", "/requests/{no}", "/requests/é", NULL, NULL, false },
    { "other_tail", "/requests/{no}/verify", "/requests/R-1/verified", NULL, NULL, false },
    { "tail_missing", "/requests/{no}/verify", "/requests/R-1", NULL, NULL, false },
    { "token_of_16_bytes", "/invitation/{token}", "/invitation/" TOKEN16, TOKEN16, NULL, true },
    { "token_of_15_bytes", "/invitation/{token}", "/invitation/abcdefghij_-012", NULL, NULL, false },
    { "token_of_128_bytes", "/invitation/{token}", "/invitation/" TOKEN128, TOKEN128, NULL, true },
    { "token_of_129_bytes", "/invitation/{token}", "/invitation/" TOKEN128 "x", NULL, NULL, false },
    { "token_with_padding", "/invitation/{token}", "/invitation/abcdefghij_-012=", NULL, NULL, false },
    { "token_with_plus", "/invitation/{token}", "/invitation/abcdefghij_-012+", NULL, NULL, false },
    { "id", "/x/{id}", "/x/90", "90", NULL, true },
    { "id_of_18_digits", "/x/{id}", "/x/123456789012345678", "123456789012345678", NULL, true },
    { "id_of_19_digits", "/x/{id}", "/x/1234567890123456789", NULL, NULL, false },
    { "id_with_leading_zero", "/x/{id}", "/x/01", NULL, NULL, false },
    { "id_zero", "/x/{id}", "/x/0", NULL, NULL, false },
    { "negative_id", "/x/{id}", "/x/-1", NULL, NULL, false },
    { "id_with_letter", "/x/{id}", "/x/1a", NULL, NULL, false },
    { "two_variables", "/x/{id}/y/{no}", "/x/7/y/b-2", "7", "b-2", true },
    { "second_variable_wrong", "/x/{id}/y/{no}", "/x/7/y/b_2", NULL, NULL, false },
};

static void path_matches_or_not(void **state)
{
    const struct match *row = *state;
    struct pattern_vars vars = { .n = 99 };
    void *ctx = mem_context(NULL, "test");

    assert_int_equal(pattern_match(ctx, row->pattern, row->path, &vars), row->matches);
    if (row->matches) {
        assert_int_equal(vars.n, (row->first != NULL) + (row->second != NULL));
        if (row->first != NULL)
            assert_string_equal(vars.values[0], row->first);
        if (row->second != NULL)
            assert_string_equal(vars.values[1], row->second);
    } else {
        assert_int_equal(vars.n, 99);
    }
    talloc_free(ctx);
}

static void match_in_vain(const void *pattern)
{
    struct pattern_vars vars;

    (void)pattern_match(NULL, pattern, "/x/1/2/3", &vars);
}

static void unknown_type_of_segment_aborts(void **state)
{
    (void)state;
    assert_true(call_aborts(match_in_vain, "/x/{number}"));
}

static void three_variables_abort(void **state)
{
    (void)state;
    assert_true(call_aborts(match_in_vain, "/x/{id}/{id}/{id}"));
}

int main(void)
{
    static struct rows rows;

    ROWS_TABLE(&rows, path_matches_or_not, matches);
    ROWS_TEST(&rows, unknown_type_of_segment_aborts);
    ROWS_TEST(&rows, three_variables_abort);
    return ROWS_RUN(&rows);
}
