#include "base/memory.h"
#include "base/text.h"
#include "support/rows.h"

static const struct utf8 { const char *claim, *bytes; size_t n; bool is_right; } utf8s[] = {
    { "nothing_is_utf8", "", 0, true },
    { "ascii_is_utf8", "abc", 3, true },
    { "chinese_is_utf8", "中文", 6, true },
    { "four_byte_character_is_utf8", "\xF0\x9F\x90\x9F", 4, true },
    { "last_code_point_is_utf8", "\xF4\x8F\xBF\xBF", 4, true },
    { "beyond_the_last_is_not", "\xF4\x90\x80\x80", 4, false },
    { "nul_is_not", "a\0b", 3, false },
    { "overlong_slash_is_not", "\xC0\xAF", 2, false },
    { "overlong_nul_is_not", "\xC0\x80", 2, false },
    { "three_byte_overlong_is_not", "\xE0\x80\xAF", 3, false },
    { "surrogate_is_not", "\xED\xA0\x80", 3, false },
    { "lone_continuation_is_not", "\x80", 1, false },
    { "cut_character_is_not", "\xE4\xB8", 2, false },
    { "latin_1_is_not", "caf\xE9", 4, false },
};

static void check_utf8(void **state)
{
    const struct utf8 *row = *state;

    assert_int_equal(text_is_utf8(row->bytes, row->n), row->is_right);
}

static void points_are_counted_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(text_points(""), 0);
    assert_int_equal(text_points("abc"), 3);
    assert_int_equal(text_points("中文é\xF0\x9F\x90\x9F"), 4);
}

static const struct clean { const char *claim, *in; bool multi_line; const char *out; } cleans[] = {
    { "plain_text_stays", "Hello, 世界!", false, "Hello, 世界!" },
    { "empty_stays_empty", "", true, "" },
    { "ends_are_trimmed", " \t a b \n ", false, "a b" },
    { "foreign_white_space_is_trimmed", "\u00A0\u3000a\u2003", false, "a" },
    { "only_white_space_is_nothing", " \u3000\n\t", true, "" },
    { "only_invisible_is_nothing", "\u200B\u202E\uFEFF", false, "" },
    { "letters_are_composed", "e\u0301", false, "é" },
    { "what_was_apart_composes", "e\u200B\u0301", false, "é" },
    { "compatibility_forms_stay", "４８２ﬁ", false, "４８２ﬁ" },
    { "line_end_becomes_a_space", "a\nb", false, "a b" },
    { "two_byte_line_end_becomes_one_space", "a\r\nb", false, "a b" },
    { "tab_becomes_a_space", "a\tb", false, "a b" },
    { "line_separator_becomes_a_space", "a\u2028b", false, "a b" },
    { "lines_stay_lines", "a\nb\tc", true, "a\nb\tc" },
    { "windows_lines_become_lines", "a\r\nb\rc\r\r\nd", true, "a\nb\nc\n\nd" },
    { "controls_are_dropped", "a\x01\x1b[31mb\x7f", true, "a[31mb" },
    { "c1_controls_are_dropped", "a\xC2\x9B" "b", true, "ab" },
    { "overrides_are_dropped", "a\u202Eb\u2066c\u200Fd\u061Ce", true, "abcde" },
    { "zero_width_is_dropped", "a\u200Bb\uFEFFc\u2060d\u00ADe", true, "abcde" },
    { "tag_characters_are_dropped", "a\U000E0041\U000E007Fb", true, "ab" },
    { "joiners_stay", "ک\u200Cا\u200Dب", false, "ک\u200Cا\u200Dب" },
};

static void check_clean(void **state)
{
    const struct clean *row = *state;
    void *ctx = mem_context(NULL, "test");
    char *once = text_clean(ctx, row->in, row->multi_line);

    assert_string_equal(once, row->out);
    assert_string_equal(text_clean(ctx, once, row->multi_line), once);
    talloc_free(ctx);
}

static const struct map { const char *claim, *in, *out; } codes[] = {
    { "code_stays", "482913", "482913" },
    { "full_width_digits_are_digits", "４８２９１３", "482913" },
    { "blanks_in_a_code_are_dropped", " 482 913\t\n", "482913" },
    { "hyphens_in_a_code_are_dropped", "482-9\u20131－3\u2212", "482913" },
    { "invisible_in_a_code_is_dropped", "\u200B482\uFEFF9\u200D13", "482913" },
    { "letters_in_a_code_stay", "48x", "48x" },
    { "empty_code_stays_empty", "", "" },
};

static void check_code(void **state)
{
    const struct map *row = *state;
    char *out = text_clean_code(NULL, row->in);

    assert_string_equal(out, row->out);
    talloc_free(out);
}

static const struct map passwords[] = {
    { "password_is_not_trimmed", " a b ", " a b " },
    { "full_width_password_is_folded", "ｐａｓｓ", "pass" },
    { "decomposed_password_is_composed", "e\u0301", "é" },
    { "ideographic_space_is_a_space", "a\u3000b", "a b" },
    { "case_of_a_password_stays", "aBc", "aBc" },
    { "empty_password_stays_empty", "", "" },
};

static void check_password(void **state)
{
    const struct map *row = *state;
    char *out = text_clean_password(NULL, row->in);

    assert_string_equal(out, row->out);
    talloc_free(out);
}

static void lower_touches_ascii_only(void **state)
{
    char *out = text_lower(NULL, "ABCxyz@Ä.Test");

    (void)state;
    assert_string_equal(out, "abcxyz@Ä.test");
    talloc_free(out);
}

static const struct claim { const char *claim, *text; bool is_right; } emails[] = {
    { "address_is_an_email", "clean@demo.test", true },
    { "plus_and_dots_are_an_email", "a.b+c@x-y.example.com", true },
    { "long_local_part_is_an_email", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@x.example", true },
    { "longer_local_part_is_not", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@x.example", false },
    { "null_is_not_an_email", NULL, false },
    { "empty_is_not_an_email", "", false },
    { "no_at_is_not_an_email", "demo.test", false },
    { "two_ats_are_not_an_email", "a@b@demo.test", false },
    { "nothing_before_is_not_an_email", "@demo.test", false },
    { "nothing_behind_is_not_an_email", "a@", false },
    { "name_without_dot_is_not_an_email", "a@localhost", false },
    { "empty_label_is_not_an_email", "a@demo..test", false },
    { "leading_dot_is_not_an_email", "a@.demo.test", false },
    { "trailing_dot_is_not_an_email", "a@demo.test.", false },
    { "label_with_hyphen_at_its_end_is_not", "a@demo-.test", false },
    { "underscore_in_name_is_not", "a@de_mo.test", false },
    { "double_dot_in_local_part_is_not", "a..b@demo.test", false },
    { "dot_before_at_is_not", "a.@demo.test", false },
    { "blank_is_not_an_email", "a b@demo.test", false },
    { "line_end_is_not_an_email", "a@demo.test\r\nBcc: x@y.test", false },
    { "line_end_before_at_is_not_an_email", "a\r\n@demo.test", false },
    { "angle_brackets_are_not_an_email", "<a@demo.test>", false },
    { "list_is_not_an_email", "a@demo.test,b@demo.test", false },
    { "quoted_local_part_is_not", "\"a b\"@demo.test", false },
    { "non_ascii_is_not_an_email", "é@demo.test", false },
    { "non_ascii_name_is_not_an_email", "a@démo.test", false },
};

static void check_email(void **state)
{
    const struct claim *row = *state;

    assert_int_equal(text_is_email(row->text), row->is_right);
}

static void email_is_at_most_254_bytes(void **state)
{
    char text[257];

    (void)state;
    memset(text, 'a', sizeof text);
    for (size_t i = 0; i < 250; i += 50)
        text[i + 45] = '.';
    text[20] = '@';
    text[254] = '\0';
    assert_true(text_is_email(text));
    text[254] = 'a';
    text[255] = '\0';
    assert_false(text_is_email(text));
}

static const struct claim phones[] = {
    { "e164_is_a_phone", "+4915112345678", true },
    { "seven_digits_are_a_phone", "+1234567", true },
    { "fifteen_digits_are_a_phone", "+123456789012345", true },
    { "six_digits_are_not", "+123456", false },
    { "sixteen_digits_are_not", "+1234567890123456", false },
    { "no_plus_is_not", "4915112345678", false },
    { "leading_zero_is_not", "+0915112345678", false },
    { "blank_is_not_a_phone", "+49 15112345678", false },
    { "line_end_is_not_a_phone", "+4915112345678\n", false },
    { "letters_are_not_a_phone", "+49151123456a", false },
    { "full_width_is_not_a_phone", "+４915112345678", false },
    { "empty_is_not_a_phone", "", false },
    { "plus_alone_is_not_a_phone", "+", false },
    { "null_is_not_a_phone", NULL, false },
};

static void check_phone(void **state)
{
    const struct claim *row = *state;

    assert_int_equal(text_is_phone(row->text), row->is_right);
}

/* Filled with customer = "Ann", partner = "{customer}", none = NULL, cust = "no". */
static const struct map fills[] = {
    { "named_place_is_filled", "{customer} asks to leave", "Ann asks to leave" },
    { "place_is_filled_each_time", "{customer}{customer}, {customer}", "AnnAnn, Ann" },
    { "value_is_not_searched_again", "{partner} {customer}", "{customer} Ann" },
    { "null_value_is_empty", "a{none}b", "ab" },
    { "unknown_place_stays", "{who} and {customer}", "{who} and Ann" },
    { "open_brace_at_the_end_stays", "{customer} {", "Ann {" },
    { "unclosed_place_stays", "{customer", "{customer" },
    { "empty_place_stays", "{}", "{}" },
    { "brace_before_a_place_stays", "{{customer}}", "{Ann}" },
    { "name_must_match_whole", "{cust}{customers}{custo}", "no{customers}{custo}" },
    { "case_of_a_name_counts", "{Customer}", "{Customer}" },
    { "blank_in_a_place_is_another_name", "{ customer }", "{ customer }" },
    { "empty_pattern_is_empty", "", "" },
    { "other_scripts_stay", "“{customer}”请求离开", "“Ann”请求离开" },
};

static void check_fill(void **state)
{
    const struct map *row = *state;
    char *out = text_fill(NULL, row->in, "customer", "Ann", "partner", "{customer}", "none", (char *)NULL, "cust", "no", NULL);

    assert_string_equal(out, row->out);
    talloc_free(out);
}

/* What a value is in the sentence "<{value}>". */
static const struct map values_filled[] = {
    { "hebrew_is_isolated", "אקמה", "<\u2068אקמה\u2069>" },
    { "arabic_is_isolated", "شركة", "<\u2068شركة\u2069>" },
    { "letters_beyond_the_first_plane_are_isolated", "\U0001E900", "<\u2068\U0001E900\u2069>" },
    { "one_letter_among_latin_is_enough", "Acme א 2", "<\u2068Acme א 2\u2069>" },
    { "latin_stays", "Acme", "<Acme>" },
    { "accents_stay", "Škoda’s – Ωμέγα Кот", "<Škoda’s – Ωμέγα Кот>" },
    { "chinese_stays", "北风云", "<北风云>" },
    { "digits_of_arabic_alone_stay", "٤٢", "<٤٢>" },
    { "nothing_stays", "", "<>" },
    { "a_sentence_with_an_isolated_name_stays", "Ask \u2068שרה\u2069 first", "<Ask \u2068שרה\u2069 first>" },
    { "what_follows_an_isolate_counts", "\u2068Ann\u2069 שרה", "<\u2068\u2068Ann\u2069 שרה\u2069>" },
};

static void check_value_filled(void **state)
{
    const struct map *row = *state;
    void *ctx = mem_context(NULL, "test");
    static const char *const names[] = { "value" };

    assert_string_equal(text_fill(ctx, "<{value}>", "value", row->in, NULL), row->out);
    assert_string_equal(text_fill_n(ctx, "<{value}>", names, &row->in, 1), row->out);
    assert_string_equal(mem_text(ctx, "<%s>", text_isolate(ctx, row->in)), row->out);
    talloc_free(ctx);
}

/* The first buffer is 512 bytes: the text ends before, at and behind its end. */
static void isolated_values_fit_at_any_length(void **state)
{
    char value[700], expected[720];

    (void)state;
    for (size_t n = 480; n < 530; n++) {
        memset(value, 'v', n);
        strcpy(value + n, "א");
        (void)snprintf(expected, sizeof expected, "\u2068%s\u2069", value);
        char *out = text_fill(NULL, "{a}", "a", value, NULL);
        assert_string_equal(out, expected);
        talloc_free(out);
    }
}

static void fill_without_pairs_changes_nothing(void **state)
{
    void *ctx = mem_context(NULL, "test");

    (void)state;
    assert_string_equal(text_fill(ctx, "a {b} c", NULL), "a {b} c");
    assert_string_equal(text_fill_n(ctx, "a {b} c", NULL, NULL, 0), "a {b} c");
    talloc_free(ctx);
}

static void fill_with_arrays_does_the_same(void **state)
{
    static const char *const names[] = { "a", "b" };
    static const char *const values[] = { "{b}", NULL };
    char *out = text_fill_n(NULL, "{a}{b}{c}", names, values, 2);

    (void)state;
    assert_string_equal(out, "{b}{c}");
    talloc_free(out);
}

static void fill_takes_texts_of_any_length(void **state)
{
    char value[400], expected[1300];

    (void)state;
    for (size_t n = 0; n < sizeof value; n++) {
        memset(value, 'v', n);
        value[n] = '\0';
        char *out = text_fill(NULL, "{a}-{a}-{b}{a}", "a", value, NULL);
        (void)snprintf(expected, sizeof expected, "%s-%s-{b}%s", value, value, value);
        assert_string_equal(out, expected);
        talloc_free(out);
    }
}

int main(void)
{
    struct rows rows = { .n = 0 };

    ROWS_TABLE(&rows, check_utf8, utf8s);
    ROWS_TEST(&rows, points_are_counted_not_bytes);
    ROWS_TABLE(&rows, check_clean, cleans);
    ROWS_TABLE(&rows, check_code, codes);
    ROWS_TABLE(&rows, check_password, passwords);
    ROWS_TEST(&rows, lower_touches_ascii_only);
    ROWS_TABLE(&rows, check_email, emails);
    ROWS_TEST(&rows, email_is_at_most_254_bytes);
    ROWS_TABLE(&rows, check_phone, phones);
    ROWS_TABLE(&rows, check_fill, fills);
    ROWS_TABLE(&rows, check_value_filled, values_filled);
    ROWS_TEST(&rows, isolated_values_fit_at_any_length);
    ROWS_TEST(&rows, fill_without_pairs_changes_nothing);
    ROWS_TEST(&rows, fill_with_arrays_does_the_same);
    ROWS_TEST(&rows, fill_takes_texts_of_any_length);
    return ROWS_RUN(&rows);
}
