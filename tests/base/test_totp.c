#include <stdbool.h>

#include "base/clock.h"
#include "base/secret.h"
#include "support/rows.h"

/* RFC 6238, appendix B, SHA-1: the secret is "12345678901234567890"; the last six of its eight digits. */
#define SECRET "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

static const struct vector { const char *claim; int64_t seconds; const char *code; } vectors[] = {
    { "vector_at_59", 59, "287082" },
    { "vector_at_1111111109", 1111111109, "081804" },
    { "vector_at_1111111111", 1111111111, "050471" },
    { "vector_at_1234567890", 1234567890, "005924" },
    { "vector_at_2000000000", 2000000000, "279037" },
    { "vector_at_20000000000", INT64_C(20000000000), "353130" },
};

static void check_vector(void **state)
{
    const struct vector *row = *state;
    char code[7] = "";
    int64_t step = -1;

    assert_true(totp_now(SECRET, row->seconds * CLOCK_SECOND, code));
    assert_string_equal(code, row->code);
    assert_true(totp_check(SECRET, row->code, row->seconds * CLOCK_SECOND, &step));
    assert_int_equal(step, row->seconds / 30);
}

/* The code of step 37037036 (1111111080 to 1111111109) against other moments. */
static const struct moment { const char *claim; int64_t seconds; bool is_right; } moments[] = {
    { "code_works_in_its_first_second", 1111111080, true },
    { "code_works_in_its_last_second", 1111111109, true },
    { "code_works_one_step_late", 1111111139, true },
    { "code_fails_two_steps_late", 1111111140, false },
    { "code_works_one_step_early", 1111111050, true },
    { "code_fails_two_steps_early", 1111111049, false },
};

static void check_moment(void **state)
{
    const struct moment *row = *state;
    int64_t step = -1;

    assert_int_equal(totp_check(SECRET, "081804", row->seconds * CLOCK_SECOND, &step), row->is_right);
    assert_int_equal(step, row->is_right ? 37037036 : -1);
}

static const struct bad { const char *claim, *secret, *code; } bad[] = {
    { "wrong_code_is_refused", SECRET, "081805" },
    { "empty_code_is_refused", SECRET, "" },
    { "five_digits_are_refused", SECRET, "08180" },
    { "seven_digits_are_refused", SECRET, "0818040" },
    { "eight_digit_form_is_refused", SECRET, "07081804" },
    { "letters_are_refused", SECRET, "08180a" },
    { "blank_is_refused", SECRET, " 81804" },
    { "empty_secret_is_refused", "", "081804" },
    { "secret_that_is_no_base32_is_refused", "1!18", "081804" },
    { "other_secret_is_refused", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "081804" },
};

static void check_bad(void **state)
{
    const struct bad *row = *state;
    int64_t step = -1;

    assert_false(totp_check(row->secret, row->code, INT64_C(1111111109) * CLOCK_SECOND, &step));
    assert_int_equal(step, -1);
}

static void first_step_of_all_has_no_step_before(void **state)
{
    char code[7];
    int64_t step = -1;

    (void)state;
    assert_true(totp_now(SECRET, 0, code));
    assert_string_equal(code, "755224");      /* RFC 4226, appendix D, count 0 */
    assert_true(totp_check(SECRET, code, 0, &step));
    assert_int_equal(step, 0);
}

static void no_code_before_the_epoch_or_without_a_secret(void **state)
{
    char code[7];
    int64_t step;

    (void)state;
    assert_false(totp_now(SECRET, -1, code));
    assert_false(totp_check(SECRET, "755224", -1, &step));
    assert_false(totp_now("", 0, code));
    assert_false(totp_now("1!18", 0, code));
}

int main(void)
{
    struct rows rows = { .n = 0 };

    ROWS_TABLE(&rows, check_vector, vectors);
    ROWS_TABLE(&rows, check_moment, moments);
    ROWS_TABLE(&rows, check_bad, bad);
    ROWS_TEST(&rows, first_step_of_all_has_no_step_before);
    ROWS_TEST(&rows, no_code_before_the_epoch_or_without_a_secret);
    return ROWS_RUN(&rows);
}
