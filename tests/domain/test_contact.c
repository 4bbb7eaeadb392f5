#include "support/rows.h"

#include "base/memory.h"
#include "domain/contact.h"

static void *ctx;

static int make_ctx(void **state)
{
    (void)state;
    ctx = mem_context(NULL, "test");
    return 0;
}

static int free_ctx(void **state)
{
    (void)state;
    talloc_free(ctx);
    return 0;
}

static const struct typed { const char *claim; enum channel channel; const char *typed, *clean; bool is_fine; } rows_typed[] = {
    { "an_email_is_kept_in_lower_case", CHANNEL_EMAIL, "Ann@Acme.Example", "ann@acme.example", true },
    { "an_email_without_a_host_is_refused", CHANNEL_EMAIL, "ann@", "ann@", false },
    { "a_number_is_no_email", CHANNEL_EMAIL, "+4915123456789", "+4915123456789", false },
    { "a_number_loses_what_only_separates", CHANNEL_SMS, "+49 (151) 23-45.67/89", "+4915123456789", true },
    { "a_number_with_two_zeros_in_front_is_international", CHANNEL_SMS, "0049 151 23456789", "+4915123456789", true },
    { "a_number_without_its_country_is_refused", CHANNEL_SMS, "0151 23456789", "015123456789", false },
    { "a_number_with_letters_is_refused", CHANNEL_SMS, "+49 151 CALLME", "+49151CALLME", false },
    { "an_email_is_no_number", CHANNEL_SMS, "ann@acme.example", "ann@acmeexample", false },
    { "nothing_is_no_number", CHANNEL_SMS, "", "", false },
    { "nothing_is_no_email", CHANNEL_EMAIL, "", "", false },
    { "a_number_that_is_too_long_is_refused", CHANNEL_SMS, "+1234567890123456", "+1234567890123456", false },
};

static void is_cleaned_and_judged(void **state)
{
    const struct typed *row = *state;
    const char *clean = contact_clean(ctx, row->channel, row->typed);
    assert_string_equal(clean, row->clean);
    assert_int_equal(contact_is_fine(row->channel, clean), row->is_fine);
}

static void a_mask_tells_no_more_than_needed(void **state)
{
    (void)state;
    assert_string_equal(contact_mask(ctx, CHANNEL_EMAIL, "ann@acme.example"), "a***@acme.example");
    assert_string_equal(contact_mask(ctx, CHANNEL_SMS, "+4915123456789"), "…6789");
}

int main(void)
{
    static struct rows rows;
    ROWS_TABLE(&rows, is_cleaned_and_judged, rows_typed);
    ROWS_TEST(&rows, a_mask_tells_no_more_than_needed);
    return _cmocka_run_group_tests(__FILE__, rows.tests, rows.n, make_ctx, free_ctx);
}
