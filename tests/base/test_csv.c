#include "support/rows.h"

#include <jansson.h>

#include "base/csv.h"
#include "base/memory.h"

struct written { const char *claim, *text, *cell; };
static const struct written cells[] = {
    { "plain_text_stays_as_it_is", "Acme GmbH", "Acme GmbH" },
    { "nothing_is_an_empty_cell", "", "" },
    { "a_comma_is_quoted", "a,b", "\"a,b\"" },
    { "a_quote_is_doubled", "say \"hi\"", "\"say \"\"hi\"\"\"" },
    { "a_line_break_stays_within_its_cell", "a\r\nb", "\"a\r\nb\"" },
    { "an_equals_sign_is_no_formula", "=1+1", "'=1+1" },
    { "a_plus_is_no_formula", "+4930", "'+4930" },
    { "a_minus_is_no_formula", "-1", "'-1" },
    { "an_at_sign_is_no_formula", "@SUM(A1)", "'@SUM(A1)" },
    { "a_tab_hides_no_formula", "\t=1", "'\t=1" },
    { "a_carriage_return_hides_no_formula", "\r=1", "\"'\r=1\"" },
    { "a_line_feed_hides_no_formula", "\n=1", "\"'\n=1\"" },
    { "a_formula_with_a_comma_is_guarded_inside_the_quotes", "=HYPERLINK(\"http://evil\",\"x\")",
      "\"'=HYPERLINK(\"\"http://evil\"\",\"\"x\"\")\"" },
    { "a_wide_equals_sign_is_no_formula", "\uff1d1+1", "'\uff1d1+1" },
    { "a_wide_plus_is_no_formula", "\uff0b1", "'\uff0b1" },
    { "a_wide_minus_is_no_formula", "\uff0d1", "'\uff0d1" },
    { "a_wide_at_sign_is_no_formula", "\uff20SUM", "'\uff20SUM" },
    { "another_wide_sign_is_text", "\uff01", "\uff01" },
    { "a_sign_further_on_is_text", "a=b", "a=b" },
    { "chinese_is_taken_over", "张氏贸易", "张氏贸易" },
};

static void cell_is_written(void **state)
{
    const struct written *written = *state;
    struct buf *out = buf_new(NULL, 8);

    csv_cell(out, written->text);
    assert_string_equal(out->bytes, written->cell);
    talloc_free(out);
}

static void json_texts_are_read_back_as_they_were(void **state)
{
    static const char *const texts[] = { "", "plain", "a \"b\" \\c", "line\nfeed\ttab\r", "\x01\x1f", "张 “x” 🙂" };
    struct buf *out = buf_new(NULL, 8);

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        json_t *json;

        buf_clear(out);
        csv_json_text(out, texts[i]);
        json = json_loads(out->bytes, JSON_DECODE_ANY, NULL);
        assert_non_null(json);
        assert_string_equal(json_string_value(json), texts[i]);
        json_decref(json);
    }
    talloc_free(out);
}

static void numbers_are_written_to_their_ends(void **state)
{
    struct buf *out = buf_new(NULL, 8);

    (void)state;
    csv_number(out, 0);
    csv_number(out, -7);
    csv_number(out, INT64_MAX);
    csv_number(out, INT64_MIN);
    assert_string_equal(out->bytes, "0-79223372036854775807-9223372036854775808");
    talloc_free(out);
}

int main(void)
{
    static struct rows rows;

    ROWS_TABLE(&rows, cell_is_written, cells);
    ROWS_TEST(&rows, json_texts_are_read_back_as_they_were);
    ROWS_TEST(&rows, numbers_are_written_to_their_ends);
    return ROWS_RUN(&rows);
}
