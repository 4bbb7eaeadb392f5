/* Lines of a facts file: what is taken, and what is refused with which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/memory.h"
#include "domain/import_line.h"

#define NOW INT64_C(1781524800000000)   /* 2026-06-15T12:00:00Z */

static void *mem;
static struct import_line line;
static struct import_fault fault;

static int setup(void **state)
{
    (void)state;
    mem = mem_context(NULL, "test");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static bool parse(const char *text) { return import_line_parse(mem, text, strlen(text), "billing", NOW, &line, &fault); }

#define COMMITMENT "{\"kind\":\"commitment\",\"id\":\"ri-1\",\"account\":\"C-1\",\"type\":\"RI\",\"name\":\"Plan\",\"valid_from\":\"2026-01-01T00:00:00Z\""
#define METHOD "{\"kind\":\"payment_method\",\"id\":\"pm-1\",\"account\":\"C-1\",\"type\":\"CARD\",\"added_at\":\"2026-01-01T00:00:00Z\""
#define PAYMENT "{\"kind\":\"payment\",\"id\":\"p-1\",\"account\":\"C-1\",\"resource\":\"r-1\",\"at\":\"2026-05-01T00:00:00Z\",\"amount_minor\":5,\"currency\":\"USD\""
#define FREEZE "{\"kind\":\"freeze\",\"id\":\"f-1\",\"account\":\"C-1\",\"type\":\"ACCOUNT\",\"source\":\"PARTNER\",\"reason\":\"late\",\"frozen_at\":\"2026-05-01T00:00:00Z\""

/* The id is a name in the source system; else the line says itself which one it is. */
static bool is_keyed(enum import_kind kind)
{
    const struct import_field *field = import_kind_info(kind)->fields;
    while (field->name != NULL && field->slot != IMPORT_ID)
        field++;
    return field->name != NULL && field->type == IMPORT_IS_KEY;
}

static void each_kind_is_read(void **state)
{
    static const char *const lines[IMPORT_KINDS] = {
        "{\"kind\":\"account\",\"id\":\"C-1\",\"type\":\"CUSTOMER\",\"name\":\"A\"}",
        "{\"kind\":\"user\",\"login\":\"a@b.test\",\"account\":\"C-1\",\"name\":\"A\",\"role\":\"owner\"}",
        "{\"kind\":\"association\",\"customer\":\"C-1\",\"partner\":\"P-1\",\"since\":\"2026-01-01T00:00:00Z\"}",
        COMMITMENT ",\"valid_to\":\"2027-01-01T00:00:00Z\"}",
        "{\"kind\":\"contract\",\"id\":\"k\",\"account\":\"C-1\",\"number\":\"SC 1\",\"starts_at\":\"2026-01-01T00:00:00Z\",\"ends_at\":\"2027-01-01T00:00:00Z\"}",
        "{\"kind\":\"member\",\"id\":\"m\",\"master\":\"C-1\",\"member\":\"C-2\",\"accounting\":\"UNIFIED\",\"since\":\"2026-01-01T00:00:00Z\"}",
        "{\"kind\":\"resource\",\"id\":\"r\",\"account\":\"C-1\",\"name\":\"A\",\"next_charge_at\":\"2027-01-01T00:00:00Z\",\"amount_minor\":1,\"currency\":\"USD\",\"period_months\":12}",
        FREEZE "}",
        "{\"kind\":\"order\",\"id\":\"o\",\"account\":\"C-1\",\"name\":\"A\",\"status\":\"PAID\",\"ordered_at\":\"2026-01-01T00:00:00Z\"}",
        "{\"kind\":\"balance\",\"account\":\"C-1\",\"currency\":\"USD\",\"owed_minor\":0}",
        METHOD ",\"last_four\":\"4242\",\"provider_reference\":\"pm_1\"}",
        PAYMENT ",\"result\":\"FAILED\",\"due_at\":\"2026-05-01T00:00:00Z\"}",
    };
    (void)state;
    for (int kind = 0; kind < IMPORT_KINDS; kind++) {
        if (!parse(lines[kind]))
            fail_msg("%s: %s %s", lines[kind], fault.field, fault.what);
        assert_int_equal(line.kind, kind);
        assert_non_null(line.texts[IMPORT_ID]);
        assert_int_equal(is_keyed((enum import_kind)kind), strncmp(line.texts[IMPORT_ID], "billing:", 8) == 0);
    }
}

static void values_are_typed(void **state)
{
    (void)state;
    assert_true(parse(COMMITMENT ",\"valid_to\":\"2026-06-15T20:00:00.25+08:00\"}"));
    assert_string_equal(line.texts[IMPORT_ID], "billing:ri-1");
    assert_string_equal(line.texts[IMPORT_OF_ACCOUNT], "C-1");
    assert_string_equal(line.texts[IMPORT_TYPE], "RI");
    assert_string_equal(line.texts[IMPORT_STATUS], "VALID");
    assert_true(line.until_at == NOW + CLOCK_SECOND / 4);
    assert_true(line.next_at == INSTANT_NONE && line.amount == -1);
}

static void a_leap_day_is_a_day(void **state)
{
    char text[32];
    (void)state;
    assert_true(parse(COMMITMENT ",\"valid_to\":\"2028-02-29T23:59:59Z\"}"));
    clock_format_utc(line.until_at, false, text);
    assert_string_equal(text, "2028-02-29T23:59:59Z");
}

static void only_small_plain_sources_are_good(void **state)
{
    (void)state;
    assert_true(import_source_is_good("billing-2"));
    assert_false(import_source_is_good(""));
    assert_false(import_source_is_good("Billing"));
    assert_false(import_source_is_good("a:b"));
    assert_false(import_source_is_good("a234567890123456789012345"));
}

static void every_field_is_described(void **state)
{
    (void)state;
    for (int kind = 0; kind < IMPORT_KINDS; kind++)
        for (const struct import_field *field = import_kind_info((enum import_kind)kind)->fields; field->name != NULL; field++)
            assert_true(strlen(import_field_kind(mem, field)) > 3);
}

#define TENS "abcdefghij"

/* A row is a test of its own: the line, the field that is named, words of the fault. */
static const struct refusal { const char *name, *line, *field, *what; } refusals[] = {
    {"no_json_is_refused", "{\"kind\":", "", "is not JSON"},
    {"no_object_is_refused", "[1]", "", "is not a JSON object"},
    {"bytes_that_are_no_utf8_are_refused", "{\"kind\":\"\xff\"}", "", "is not JSON"},
    {"a_field_twice_is_refused", "{\"kind\":\"account\",\"id\":\"A\",\"id\":\"B\"}", "", "is not JSON"},
    {"a_line_without_kind_is_refused", "{}", "kind", "is missing"},
    {"an_unknown_kind_is_refused", "{\"kind\":\"invoice\"}", "kind", "is no kind"},
    {"a_kind_that_is_no_string_is_refused", "{\"kind\":7}", "kind", "is no kind"},
    {"a_missing_field_is_refused", COMMITMENT "}", "valid_to", "is missing"},
    {"an_unknown_field_is_refused", COMMITMENT ",\"valid_to\":\"2027-01-01T00:00:00Z\",\"colour\":\"red\"}", "colour", "is no field"},
    {"a_field_name_is_told_on_one_line", "{\"kind\":\"balance\",\"account\":\"C-1\",\"currency\":\"USD\",\"owed_minor\":1,\"x\\nline 9: \\u001b[2Jy\":1}", "x line 9: [2Jy", "is no field"},
    {"a_card_number_as_field_name_is_not_told", "{\"kind\":\"balance\",\"account\":\"C-1\",\"currency\":\"USD\",\"owed_minor\":1,\"4111 1111 1111 1111\":1}", "**** **** **** ****", "is no field"},
    {"a_card_number_that_a_cut_makes_is_not_told", "{\"kind\":\"balance\",\"account\":\"C-1\",\"currency\":\"USD\",\"owed_minor\":1,\"" TENS TENS TENS TENS "abcd 4111 1111 1111 11112\":1}", TENS TENS TENS TENS "abcd **** **** **** ****", "is no field"},
    {"a_long_field_name_is_cut", "{\"kind\":\"balance\",\"account\":\"C-1\",\"currency\":\"USD\",\"owed_minor\":1,\"" TENS TENS TENS TENS TENS TENS TENS "\":1}", TENS TENS TENS TENS TENS TENS "abcd", "is no field"},
    {"a_wrong_type_is_refused", COMMITMENT ",\"valid_to\":2027}", "valid_to", "must be a string"},
    {"a_null_is_refused", COMMITMENT ",\"valid_to\":null}", "valid_to", "must be a string"},
    {"a_date_without_time_is_refused", COMMITMENT ",\"valid_to\":\"2027-01-01\"}", "valid_to", "date and time"},
    {"a_day_that_is_not_is_refused", COMMITMENT ",\"valid_to\":\"2027-02-29T00:00:00Z\"}", "valid_to", "date and time"},
    {"an_hour_that_is_not_is_refused", COMMITMENT ",\"valid_to\":\"2027-01-01T24:00:00Z\"}", "valid_to", "date and time"},
    {"a_time_without_zone_is_refused", COMMITMENT ",\"valid_to\":\"2027-01-01T00:00:00\"}", "valid_to", "date and time"},
    {"an_end_before_the_beginning_is_refused", COMMITMENT ",\"valid_to\":\"2025-01-01T00:00:00Z\"}", "valid_to", "must be after valid_from"},
    {"an_unknown_word_is_refused", "{\"kind\":\"account\",\"id\":\"C-1\",\"type\":\"CUSTOM\",\"name\":\"A\"}", "type", "must be one of CUSTOMER|PARTNER"},
    {"the_platform_is_refused", "{\"kind\":\"account\",\"id\":\"S-1\",\"type\":\"PLATFORM\",\"name\":\"A\"}", "type", "must be one of"},
    {"a_card_number_in_a_name_is_refused", "{\"kind\":\"account\",\"id\":\"C-1\",\"type\":\"CUSTOMER\",\"name\":\"4111 1111-1111 1111\"}", "name", "card number"},
    {"an_empty_name_is_refused", "{\"kind\":\"account\",\"id\":\"C-1\",\"type\":\"CUSTOMER\",\"name\":\"  \"}", "name", "1 to 120"},
    {"a_bad_number_is_refused", "{\"kind\":\"account\",\"id\":\"C 1\",\"type\":\"CUSTOMER\",\"name\":\"A\"}", "id", "account's number"},
    {"a_bad_currency_is_refused", "{\"kind\":\"balance\",\"account\":\"C-1\",\"currency\":\"usd\",\"owed_minor\":1}", "currency", "capital letters"},
    {"a_negative_amount_is_refused", "{\"kind\":\"balance\",\"account\":\"C-1\",\"currency\":\"USD\",\"owed_minor\":-1}", "owed_minor", "must not be negative"},
    {"a_fraction_of_an_amount_is_refused", "{\"kind\":\"balance\",\"account\":\"C-1\",\"currency\":\"USD\",\"owed_minor\":1.5}", "owed_minor", "whole number"},
    {"a_giant_amount_is_refused", "{\"kind\":\"balance\",\"account\":\"C-1\",\"currency\":\"USD\",\"owed_minor\":9100000000000000}", "owed_minor", "too large"},
    {"a_bad_login_is_refused", "{\"kind\":\"user\",\"login\":\"ann\",\"account\":\"C-1\",\"name\":\"A\",\"role\":\"owner\"}", "login", "email address"},
    {"a_password_is_refused", "{\"kind\":\"user\",\"login\":\"a@b.test\",\"account\":\"C-1\",\"name\":\"A\",\"role\":\"owner\",\"password\":\"x\"}", "password", "is no field"},
    {"a_role_of_the_platform_is_refused", "{\"kind\":\"user\",\"login\":\"a@b.test\",\"account\":\"C-1\",\"name\":\"A\",\"role\":\"ops\"}", "role", "must be one of"},
    {"a_beginning_in_the_future_is_refused", "{\"kind\":\"association\",\"customer\":\"C-1\",\"partner\":\"P-1\",\"since\":\"2027-01-01T00:00:00Z\"}", "since", "future"},
    {"a_member_of_itself_is_refused", "{\"kind\":\"member\",\"id\":\"m\",\"master\":\"C-1\",\"member\":\"C-1\",\"accounting\":\"UNIFIED\",\"since\":\"2026-01-01T00:00:00Z\"}", "member", "master itself"},
    {"a_lift_reason_without_lift_is_refused", FREEZE ",\"lift_reason\":\"paid\"}", "lift_reason", "lifted_at is not"},
    {"a_card_number_as_reference_is_refused", METHOD ",\"last_four\":\"1111\",\"provider_reference\":\"4111111111111111\"}", "provider_reference", "card number"},
    {"a_card_number_as_last_four_is_refused", METHOD ",\"last_four\":\"4111111111111111\",\"provider_reference\":\"pm_1\"}", "last_four", "card number"},
    {"a_field_for_a_card_number_is_refused", METHOD ",\"last_four\":\"1111\",\"provider_reference\":\"pm_1\",\"number\":\"4111111111111111\"}", "number", "is no field"},
    {"thirteen_digits_as_reference_are_refused", METHOD ",\"last_four\":\"1111\",\"provider_reference\":\"x1234567890123\"}", "provider_reference", "13 digits"},
    {"three_last_digits_are_refused", METHOD ",\"last_four\":\"111\",\"provider_reference\":\"pm_1\"}", "last_four", "four digits"},
    {"a_payment_without_next_charge_is_refused", PAYMENT ",\"result\":\"PAID\",\"due_at\":\"2026-05-01T00:00:00Z\"}", "next_charge_at", "is missing"},
    {"a_next_charge_before_this_one_is_refused", PAYMENT ",\"result\":\"PAID\",\"due_at\":\"2026-05-01T00:00:00Z\",\"next_charge_at\":\"2026-05-01T00:00:00Z\"}", "next_charge_at", "must be after due_at"},
    {"a_next_charge_of_a_failed_one_is_refused", PAYMENT ",\"result\":\"FAILED\",\"due_at\":\"2026-05-01T00:00:00Z\",\"next_charge_at\":\"2026-06-01T00:00:00Z\"}", "next_charge_at", "not made"},
    {"a_failed_one_due_in_the_future_is_refused", PAYMENT ",\"result\":\"FAILED\",\"due_at\":\"2027-05-01T00:00:00Z\"}", "due_at", "future"},
    {"a_period_of_no_months_is_refused", "{\"kind\":\"resource\",\"id\":\"r\",\"account\":\"C-1\",\"name\":\"A\",\"next_charge_at\":\"2027-01-01T00:00:00Z\",\"amount_minor\":1,\"currency\":\"USD\",\"period_months\":0}", "period_months", "1 to 36"},
};
#define REFUSALS (sizeof refusals / sizeof *refusals)

static void is_refused(void **state)
{
    const struct refusal *refusal = *state;
    assert_false(parse(refusal->line));
    assert_string_equal(fault.field, refusal->field);
    if (strstr(fault.what, refusal->what) == NULL)
        fail_msg("%s", fault.what);
    assert_null(strstr(fault.what, "4111"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest plain[] = {
        TEST(each_kind_is_read), TEST(values_are_typed), TEST(a_leap_day_is_a_day),
        TEST(only_small_plain_sources_are_good), TEST(every_field_is_described),
    };
    enum { PLAIN = sizeof plain / sizeof *plain };
    struct CMUnitTest tests[PLAIN + REFUSALS];
    memcpy(tests, plain, sizeof plain);
    for (size_t i = 0; i < REFUSALS; i++)
        tests[PLAIN + i] = (struct CMUnitTest){refusals[i].name, is_refused, setup, teardown, (void *)(uintptr_t)&refusals[i]};
    return cmocka_run_group_tests_name("import_line", tests, NULL, NULL);
}
