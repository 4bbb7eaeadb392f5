#include <string.h>

#include "base/memory.h"
#include "web/form.h"

#include "support/rows.h"
#include "web/aborts.h"

static const char *const colours[] = { "red", "green", NULL };

static const struct field_spec common[] = {
    { "csrf", FIELD_TOKEN, 8, NULL },
    { NULL, FIELD_TEXT, 0, NULL },
};
static const struct field_spec specs[] = {
    { "text", FIELD_TEXT, 5, NULL },
    { "lines", FIELD_LINES, 9, NULL },
    { "choice", FIELD_CHOICE, 0, colours },
    { "tick", FIELD_TICK, 0, NULL },
    { "code", FIELD_CODE, 6, NULL },
    { "email", FIELD_EMAIL, 20, NULL },
    { "password", FIELD_PASSWORD, 6, NULL },
    { "number", FIELD_NUMBER, 50, NULL },
    { "any_number", FIELD_NUMBER, 0, NULL },
    { "date", FIELD_DATE, 10, NULL },
    { NULL, FIELD_TEXT, 0, NULL },
};

/* --- posts that must be refused --------------------------------------------------------------------------------------- */

#define NAME64 "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
#define BYTES(text) text, sizeof text - 1

static const struct refused { const char *name, *bytes; size_t n; const char *names_field; } refused[] = {
    { "unknown_field", BYTES("text=a&role=admin"), "role" },
    { "unknown_field_without_value", BYTES("role"), "role" },
    { "empty_name", BYTES("=a"), "" },
    { "name_in_other_case", BYTES("Text=a"), "Text" },
    { "name_with_brackets", BYTES("text%5B%5D=a"), "text[]" },
    { "name_with_space", BYTES("text+=a"), "text" },
    { "name_with_bom", BYTES("%EF%BB%BFtext=a"), "text" },
    { "unknown_name_is_cleaned_in_the_error", BYTES("ro%0Ale=a"), "ro le" },
    { "repeated_field", BYTES("text=a&text=a"), "text" },
    { "repeated_empty_field", BYTES("text=&text="), "text" },
    { "repeated_field_spelled_otherwise", BYTES("text=a&te%78t=b"), "text" },
    { "repeated_field_without_value", BYTES("tick&tick"), "tick" },
    { "repeated_standing_field", BYTES("csrf=a&text=b&csrf=a"), "csrf" },
    { "encoded_nul", BYTES("text=a%00b"), "text" },
    { "raw_nul", BYTES("text=a\0b"), "text" },
    { "nul_in_name", BYTES("text%00x=a"), "" },
    { "nul_at_the_end", BYTES("text=a\0"), "text" },
    { "nul_in_password", BYTES("password=a%00"), "password" },
    { "percent_alone", BYTES("text=%"), "text" },
    { "percent_with_one_digit", BYTES("text=%4"), "text" },
    { "percent_with_no_digits", BYTES("text=%zz"), "text" },
    { "percent_with_second_bad", BYTES("text=%4g"), "text" },
    { "percent_cut_by_ampersand", BYTES("text=%4&tick=1"), "text" },
    { "percent_u", BYTES("text=%u0041"), "text" },
    { "percent_in_name", BYTES("te%xt=a"), "" },
    { "lone_continuation_byte", BYTES("text=%80"), "text" },
    { "cut_sequence", BYTES("text=%e4%b8"), "text" },
    { "overlong_slash", BYTES("text=%c0%af"), "text" },
    { "overlong_nul", BYTES("text=%c0%80"), "text" },
    { "surrogate", BYTES("text=%ed%a0%80"), "text" },
    { "above_unicode", BYTES("text=%f4%90%80%80"), "text" },
    { "latin1", BYTES("text=%e9"), "text" },
    { "raw_latin1", BYTES("text=\xe9"), "text" },
    { "utf8_cut_between_fields", BYTES("text=%e4%b8&lines=%ad"), "text" },
    { "semicolon_is_no_separator", BYTES("text=a&tick;lines=1"), "tick;lines" },
    { "json_body", BYTES("{\"text\":\"a\"}"), "{\"text\":\"a\"}" },
    { "multipart_body", BYTES("--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\na\r\n--x--"), "name" },
    { "name_of_65_bytes", BYTES(NAME64 "n=a"), "" },
    { "unknown_name_of_64_bytes", BYTES(NAME64 "=a"), NAME64 },
    { "token_with_space", BYTES("csrf=a+b"), "csrf" },
    { "token_with_quote", BYTES("csrf=%22"), "csrf" },
    { "token_with_slash", BYTES("csrf=a/b"), "csrf" },
    { "token_with_line_feed", BYTES("csrf=a%0A"), "csrf" },
    { "token_beyond_ascii", BYTES("csrf=%C3%A9"), "csrf" },
    { "token_too_long", BYTES("csrf=123456789"), "csrf" },
};

static void post_is_refused(void **state)
{
    const struct refused *row = *state;
    void *ctx = mem_context(NULL, "test");
    struct form *form = NULL;
    const struct err *err = form_parse(ctx, common, specs, row->bytes, row->n, true, &form);

    assert_non_null(err);
    assert_int_equal(err->kind, ERR_INPUT);
    assert_null(form);
    assert_non_null(strstr(err->what, row->names_field));
    talloc_free(ctx);
}

/* --- values ------------------------------------------------------------------------------------------------------------- */

static const struct value {
    const char *name, *bytes, *field, *text, *typed;
    enum field_fault fault;
    int64_t number;
} values[] = {
    { "plain_text", "text=abc", "text", "abc", "abc", FIELD_FINE, 0 },
    { "raw_utf8", "text=\xe4\xb8\xad", "text", "中", "中", FIELD_FINE, 0 },
    { "encoded_utf8", "text=%E4%b8%ad", "text", "中", "中", FIELD_FINE, 0 },
    { "plus_is_a_space", "text=a+b", "text", "a b", "a b", FIELD_FINE, 0 },
    { "encoded_plus", "text=a%2Bb", "text", "a+b", "a+b", FIELD_FINE, 0 },
    { "encoded_ampersand_and_equals", "text=%26%3D", "text", "&=", "&=", FIELD_FINE, 0 },
    { "second_equals_belongs_to_the_value", "text=a=b", "text", "a=b", "a=b", FIELD_FINE, 0 },
    { "encoded_name", "t%65xt=a", "text", "a", "a", FIELD_FINE, 0 },
    { "no_equals_is_empty", "text", "text", "", "", FIELD_FINE, 0 },
    { "empty_pieces_are_passed_over", "&&text=a&", "text", "a", "a", FIELD_FINE, 0 },
    { "text_is_trimmed", "text=++a++", "text", "a", "  a  ", FIELD_FINE, 0 },
    { "text_is_one_line", "text=a%0D%0Ab", "text", "a b", "a\r\nb", FIELD_FINE, 0 },
    { "text_of_max_points", "text=%E4%B8%AD%E4%B8%AD%E4%B8%AD%E4%B8%AD%E4%B8%AD", "text", "中中中中中", "中中中中中", FIELD_FINE, 0 },
    { "text_over_max_points", "text=abcdef", "text", "abcdef", "abcdef", FIELD_TOO_LONG, 0 },
    { "trimmed_text_counts", "text=+abcde+", "text", "abcde", " abcde ", FIELD_FINE, 0 },
    { "markup_stays_text", "text=%3Cb%3E", "text", "<b>", "<b>", FIELD_FINE, 0 },
    { "lines_keep_line_feeds", "lines=a%0D%0Ab%0Dc", "lines", "a\nb\nc", "a\r\nb\rc", FIELD_FINE, 0 },
    { "lines_too_long", "lines=a%0Ab%0Ac%0Ad%0Ae%0Af", "lines", "a\nb\nc\nd\ne\nf", "a\nb\nc\nd\ne\nf", FIELD_TOO_LONG, 0 },
    { "choice", "choice=green", "choice", "green", "green", FIELD_FINE, 0 },
    { "no_choice_made", "choice=", "choice", "", "", FIELD_FINE, 0 },
    { "unknown_choice", "choice=blue", "choice", "", "blue", FIELD_NOT_A_CHOICE, 0 },
    { "choice_in_other_case", "choice=Red", "choice", "", "Red", FIELD_NOT_A_CHOICE, 0 },
    { "choice_with_space", "choice=red+", "choice", "", "red ", FIELD_NOT_A_CHOICE, 0 },
    { "choice_cut", "choice=re", "choice", "", "re", FIELD_NOT_A_CHOICE, 0 },
    { "ticked", "tick=1", "tick", "1", "1", FIELD_FINE, 0 },
    { "tick_left_empty", "tick=", "tick", "", "", FIELD_FINE, 0 },
    { "tick_with_other_value", "tick=on", "tick", "", "on", FIELD_NOT_A_CHOICE, 0 },
    { "code_with_spaces_and_hyphen", "code=482+1-93", "code", "482193", "482 1-93", FIELD_FINE, 0 },
    { "code_in_full_width", "code=%EF%BC%94%EF%BC%98%EF%BC%92193", "code", "482193", "４８２193", FIELD_FINE, 0 },
    { "code_too_long", "code=4821930", "code", "4821930", "4821930", FIELD_TOO_LONG, 0 },
    { "email_is_lower_case", "email=+Me%40Demo.Test+", "email", "me@demo.test", " Me@Demo.Test ", FIELD_FINE, 0 },
    { "email_too_long", "email=123456789012345678901", "email", "123456789012345678901", "123456789012345678901", FIELD_TOO_LONG, 0 },
    { "password_is_kept_exactly", "password=+A%09b+", "password", " A\tb ", "", FIELD_FINE, 0 },
    { "password_too_long", "password=1234567", "password", "1234567", "", FIELD_TOO_LONG, 0 },
    { "number", "number=42", "number", "42", "42", FIELD_FINE, 42 },
    { "number_zero", "number=0", "number", "0", "0", FIELD_FINE, 0 },
    { "number_at_the_maximum", "number=50", "number", "50", "50", FIELD_FINE, 50 },
    { "number_over_the_maximum", "number=51", "number", "", "51", FIELD_NOT_A_NUMBER, 0 },
    { "number_with_zeros_before", "number=007", "number", "007", "007", FIELD_FINE, 7 },
    { "number_left_empty", "number=", "number", "", "", FIELD_FINE, 0 },
    { "negative_number", "number=-1", "number", "", "-1", FIELD_NOT_A_NUMBER, 0 },
    { "signed_number", "number=%2B1", "number", "", "+1", FIELD_NOT_A_NUMBER, 0 },
    { "fraction", "number=1.5", "number", "", "1.5", FIELD_NOT_A_NUMBER, 0 },
    { "hexadecimal", "number=0x1", "number", "", "0x1", FIELD_NOT_A_NUMBER, 0 },
    { "largest_number", "any_number=9223372036854775807", "any_number", "9223372036854775807", "9223372036854775807",
      FIELD_FINE, INT64_MAX },
    { "number_over_64_bits", "any_number=9223372036854775808", "any_number", "", "9223372036854775808",
      FIELD_NOT_A_NUMBER, 0 },
    { "number_far_over_64_bits", "any_number=99999999999999999999999", "any_number", "", "99999999999999999999999",
      FIELD_NOT_A_NUMBER, 0 },
    { "date", "date=2026-11-22", "date", "2026-11-22", "2026-11-22", FIELD_FINE, 0 },
    { "date_too_long", "date=2026-11-22T00", "date", "2026-11-22T00", "2026-11-22T00", FIELD_TOO_LONG, 0 },
    { "token", "csrf=aZ0._~-", "csrf", "aZ0._~-", "aZ0._~-", FIELD_FINE, 0 },
    { "token_of_max_bytes", "csrf=12345678", "csrf", "12345678", "12345678", FIELD_FINE, 0 },
    { "token_left_empty", "csrf=", "csrf", "", "", FIELD_FINE, 0 },
};

static void value_is_taken(void **state)
{
    const struct value *row = *state;
    void *ctx = mem_context(NULL, "test");
    struct form *form;
    const struct field *field;

    assert_null(form_parse(ctx, common, specs, row->bytes, strlen(row->bytes), true, &form));
    field = form_field(form, row->field);
    assert_true(field->is_present);
    assert_string_equal(field->text, row->text);
    assert_string_equal(field->typed, row->typed);
    assert_int_equal(field->fault, row->fault);
    assert_true(field->number == row->number);
    talloc_free(ctx);
}

static void absent_fields_are_empty(void **state)
{
    void *ctx = mem_context(NULL, "test");
    struct form *form;

    (void)state;
    assert_null(form_parse(ctx, common, specs, "", 0, true, &form));
    assert_int_equal(form->n, 11);
    for (size_t i = 0; i < form->n; i++) {
        assert_false(form->fields[i].is_present);
        assert_string_equal(form->fields[i].text, "");
        assert_string_equal(form->fields[i].typed, "");
        assert_int_equal(form->fields[i].fault, FIELD_FINE);
    }
    talloc_free(ctx);
}

static void accessors_answer_for_their_field(void **state)
{
    const char *bytes = "csrf=tok&text=+a&tick=1&number=7";
    void *ctx = mem_context(NULL, "test");
    struct form *form;

    (void)state;
    assert_null(form_parse(ctx, common, specs, bytes, strlen(bytes), true, &form));
    assert_string_equal(form_text(form, "csrf"), "tok");
    assert_string_equal(form_text(form, "text"), "a");
    assert_string_equal(form_field(form, "text")->typed, " a");
    assert_true(form_ticked(form, "tick"));
    assert_int_equal(form_number(form, "number"), 7);
    talloc_free(ctx);
}

static void other_tick_is_not_ticked(void **state)
{
    void *ctx = mem_context(NULL, "test");
    struct form *form;

    (void)state;
    assert_null(form_parse(ctx, common, specs, "tick=11", 7, true, &form));
    assert_false(form_ticked(form, "tick"));
    talloc_free(ctx);
}

/* --- queries ------------------------------------------------------------------------------------------------------------ */

static const struct query { const char *name, *bytes; bool is_refused; } queries[] = {
    { "unknown_field_is_ignored", "utm_source=x&text=a", false },
    { "unknown_repeated_field_is_ignored", "x=1&x=2&text=a", false },
    { "badly_encoded_unknown_value_is_ignored", "x=%zz&text=a", false },
    { "empty_name_is_ignored", "=1&text=a", false },
    { "known_repeated_field_is_refused", "text=a&text=b", true },
    { "badly_encoded_known_value_is_refused", "text=%zz", true },
    { "badly_encoded_name_is_refused", "%zz=1&text=a", true },
    { "long_unknown_name_is_refused", NAME64 "n=1&text=a", true },
};

static void query_is_read(void **state)
{
    const struct query *row = *state;
    void *ctx = mem_context(NULL, "test");
    struct form *form;
    const struct err *err = form_parse(ctx, NULL, specs, row->bytes, strlen(row->bytes), false, &form);

    if (row->is_refused) {
        assert_non_null(err);
        assert_int_equal(err->kind, ERR_INPUT);
    } else {
        assert_null(err);
        assert_string_equal(form_text(form, "text"), "a");
    }
    talloc_free(ctx);
}

/* "x=&" n times. */
static char *many_fields(const void *ctx, size_t n)
{
    char *bytes = mem_array(ctx, char, 3 * n + 1);

    for (size_t i = 0; i < n; i++)
        memcpy(bytes + 3 * i, "x=&", 3);
    return bytes;
}

static void fields_are_counted_known_or_not(void **state)
{
    void *ctx = mem_context(NULL, "test");
    struct form *form;

    (void)state;
    assert_null(form_parse(ctx, NULL, specs, many_fields(ctx, 32), 3 * 32, false, &form));
    assert_int_equal(form_parse(ctx, NULL, specs, many_fields(ctx, 33), 3 * 33, false, &form)->kind, ERR_INPUT);
    assert_int_equal(form_parse(ctx, NULL, specs, many_fields(ctx, 10000), 3 * 10000, false, &form)->kind, ERR_INPUT);
    talloc_free(ctx);
}

/* --- faults of ours ---------------------------------------------------------------------------------------------------- */

static void ask_for_unknown(const void *arg)
{
    (void)form_text(form_empty(NULL, common, specs), arg);
}

static void name_twice_in_the_specs(const void *arg)
{
    (void)arg;
    (void)form_empty(NULL, common, common);
}

static void asking_for_a_field_the_specs_lack_aborts(void **state)
{
    (void)state;
    assert_true(call_aborts(ask_for_unknown, "role"));
    assert_false(call_aborts(ask_for_unknown, "text"));
}

static void a_name_twice_in_the_specs_aborts(void **state)
{
    (void)state;
    assert_true(call_aborts(name_twice_in_the_specs, NULL));
}

int main(void)
{
    static struct rows rows;

    ROWS_TABLE(&rows, post_is_refused, refused);
    ROWS_TABLE(&rows, value_is_taken, values);
    ROWS_TEST(&rows, absent_fields_are_empty);
    ROWS_TEST(&rows, accessors_answer_for_their_field);
    ROWS_TEST(&rows, other_tick_is_not_ticked);
    ROWS_TABLE(&rows, query_is_read, queries);
    ROWS_TEST(&rows, fields_are_counted_known_or_not);
    ROWS_TEST(&rows, asking_for_a_field_the_specs_lack_aborts);
    ROWS_TEST(&rows, a_name_twice_in_the_specs_aborts);
    return ROWS_RUN(&rows);
}
