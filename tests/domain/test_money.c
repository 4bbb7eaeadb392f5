#include "support/rows.h"

#include "base/memory.h"
#include "domain/money.h"

/* Decimals as ISO 4217 has them. */
static const struct row { const char *claim; int64_t minor; const char *currency, *text; } rows[] = {
    { "nothing", 0, "USD", "USD 0.00" },
    { "less_than_a_whole", 5, "USD", "USD 0.05" },
    { "a_whole_and_a_part", 1250, "USD", "USD 12.50" },
    { "three_digits_need_no_group", 99999, "EUR", "EUR 999.99" },
    { "thousands_are_grouped", 100000, "EUR", "EUR 1,000.00" },
    { "each_thousand_is_grouped", 123456789012, "CNY", "CNY 1,234,567,890.12" },
    { "less_than_nothing", -1250, "USD", "USD -12.50" },
    { "the_least_there_is", INT64_MIN, "USD", "USD -92,233,720,368,547,758.08" },
    { "no_currency", 100, "", "1.00" },
    { "a_currency_that_is_not_listed_has_two", 100, "ZZZ", "ZZZ 1.00" },
    { "yen_have_none", 1250, "JPY", "JPY 1,250" },
    { "one_yen", 1, "JPY", "JPY 1" },
    { "won_have_none", 1234567, "KRW", "KRW 1,234,567" },
    { "less_than_no_won", -3, "KRW", "KRW -3" },
    { "dong_have_none", 500000, "VND", "VND 500,000" },
    { "forint_have_two", 1250, "HUF", "HUF 12.50" },
    { "kuwaiti_dinars_have_three", 1250, "KWD", "KWD 1.250" },
    { "bahraini_dinars_have_three", 7, "BHD", "BHD 0.007" },
    { "tunisian_dinars_have_three", 1234567890, "TND", "TND 1,234,567.890" },
    { "units_of_account_may_have_four", 10001, "CLF", "CLF 1.0001" },
};

static void is_written(void **state)
{
    const struct row *row = *state;
    void *ctx = mem_context(NULL, "test_money");

    assert_string_equal(money_format(ctx, row->minor, row->currency), row->text);
    talloc_free(ctx);
}

int main(void)
{
    static struct rows table;

    ROWS_TABLE(&table, is_written, rows);
    return ROWS_RUN(&table);
}
