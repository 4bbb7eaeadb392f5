#include "support/rows.h"

#include "base/memory.h"
#include "domain/card_number.h"

/* The numbers are the ones that card schemes publish for tests. */
static const struct found { const char *claim, *text, *masked; } found_rows[] = {
    { "a_number_in_one_piece", "4111111111111111", "****************" },
    { "a_number_with_blanks", "pay with 4111 1111 1111 1111 please", "pay with **** **** **** **** please" },
    { "a_number_with_hyphens", "5555-5555-5555-4444", "****-****-****-****" },
    { "a_number_with_several_blanks", "4111  1111   1111 1111", "****  ****   **** ****" },
    { "fourteen_digits", "3056 930902 5904", "**** ****** ****" },
    { "fifteen_digits", "3782 822463 10005", "**** ****** *****" },
    { "nineteen_digits", "6304000000000000000", "*******************" },
    { "a_number_before_its_code", "4111111111111111 123", "**************** 123" },
    { "a_number_after_other_digits", "12 4111111111111111", "12 ****************" },
    { "a_number_next_to_letters", "card4111111111111111x", "card****************x" },
    { "a_number_on_two_lines", "4111 1111\n1111 1111", "**** ****\n**** ****" },
    { "full_width_digits", "\xEF\xBC\x94" "111111111111111", "****************" },
    { "no_break_spaces", "4111\xC2\xA0" "1111\xC2\xA0" "1111\xC2\xA0" "1111", "****\xC2\xA0****\xC2\xA0****\xC2\xA0****" },
    { "dashes", "4111\xE2\x80\x93" "1111\xE2\x80\x93" "1111\xE2\x80\x93" "1111", "****\xE2\x80\x93****\xE2\x80\x93****\xE2\x80\x93****" },
    { "zero_width_spaces", "4111\xE2\x80\x8B" "1111\xE2\x80\x8B" "11111111", "****\xE2\x80\x8B****\xE2\x80\x8B********" },
    { "a_line_end_of_a_form", "My card is\r\n5555 5555\r\n5555 4444 thanks", "My card is\r\n**** ****\r\n**** **** thanks" },
    { "marks_of_direction", "4111\xE2\x80\xAA" "1111\xE2\x80\x8E" "1111\xE2\x80\xAD" "1111", "****\xE2\x80\xAA****\xE2\x80\x8E****\xE2\x80\xAD****" },
    { "control_characters", "4111\x0B" "1111\x07" "1111\x7F" "1111", "****\x0B****\x07****\x7F****" },
    { "joiners_and_variation_selectors", "4111\xCD\x8F" "1111\xEF\xB8\x8F" "1111" "1111", "****\xCD\x8F****\xEF\xB8\x8F********" },
    { "wide_blanks_and_fillers", "4111\xE2\x80\x83" "1111\xE3\x85\xA4" "1111\xE2\x80\xA8" "1111", "****\xE2\x80\x83****\xE3\x85\xA4****\xE2\x80\xA8****" },
    { "dots", "4111.1111.1111.1111", "****.****.****.****" },
    { "slashes", "4111/1111/1111/1111", "****/****/****/****" },
    { "other_signs", "4111, 1111 | 1111_1111", "****, **** | ****_****" },
    { "brackets", "(4111)(1111)(1111)(1111)", "(****)(****)(****)(****)" },
    { "digits_of_another_script", "\xD9\xA4\xD9\xA1\xD9\xA1\xD9\xA1 1111 1111 1111", "**** **** **** ****" },
    { "circled_digits", "\xE2\x91\xA3\xE2\x91\xA0\xE2\x91\xA0\xE2\x91\xA0 1111 1111 1111", "**** **** **** ****" },
    { "a_number_dressed_as_a_request", "DR41111111-111111 11", "DR********-****** **" },
    { "two_numbers", "4111111111111111, 5555555555554444", "****************, ****************" },
    { "a_number_around_a_number", "41111<4111111111111111>11111111111", "*****<****************>***********" },
    { "a_number_after_a_request", "DR20250630-000123 4111111111111111", "DR20250630-000123 ****************" },
};

static const struct passed { const char *claim, *text; } passed_rows[] = {
    { "no_text", "" },
    { "words", "The project has ended." },
    { "a_wrong_check_digit", "4111111111111112" },
    { "twelve_digits", "411111111117" },
    { "twenty_digits_in_one_piece", "41111111111111111111" },
    { "short_groups_parted_by_signs", "41/11/11/11/11/11/11/11" },
    { "a_tax_number_that_begins_otherwise", "02558157000162" },
    { "a_length_that_the_scheme_has_not", "41111111111113" },
    { "two_dates_whose_digits_pass", "2025-01-01 2025-06-06" },
    { "times_of_a_log", "2026-11-28T21:45:19Z, 2026-12-23T21:45:19Z" },
    { "amounts", "4,111,111.11 and 1,111,111.11" },
    { "digits_parted_by_words", "4111 1111 and 1111 1111" },
    { "a_phone_number", "+6591234567" },
    { "a_long_phone_number_whose_digits_pass", "+49 151 1234 5678" },
    { "a_date_and_time", "2026-11-22 14:02" },
    { "the_last_four", "4242" },
    { "a_request_number_whose_digits_pass", "DR20250630-000002" },
};

static void is_found(void **state)
{
    const struct found *row = *state;
    void *mem = mem_context(NULL, "test");

    assert_true(card_number_in(row->text));
    assert_string_equal(card_number_mask(mem, row->text), row->masked);
    assert_false(card_number_in(card_number_mask(mem, row->text)));
    talloc_free(mem);
}

static void is_passed(void **state)
{
    const struct passed *row = *state;
    void *mem = mem_context(NULL, "test");

    assert_false(card_number_in(row->text));
    assert_string_equal(card_number_mask(mem, row->text), row->text);
    talloc_free(mem);
}

static void nothing_is_no_number(void **state)
{
    (void)state;
    assert_false(card_number_in(NULL));
}

/* All the check digits of one number but the right one, and each digit of it changed. */
static void only_the_right_check_digit_counts(void **state)
{
    (void)state;
    for (int i = 0; i < 16; i++)
        for (char digit = '0'; digit <= '9'; digit++) {
            char text[] = "4111111111111111";
            const bool is_same = text[i] == digit;

            text[i] = digit;
            assert_true(card_number_in(text) == is_same);
        }
}

int main(void)
{
    static struct rows rows;

    ROWS_TABLE(&rows, is_found, found_rows);
    ROWS_TABLE(&rows, is_passed, passed_rows);
    ROWS_TEST(&rows, nothing_is_no_number);
    ROWS_TEST(&rows, only_the_right_check_digit_counts);
    return _cmocka_run_group_tests(__FILE__, rows.tests, rows.n, NULL, NULL);
}
