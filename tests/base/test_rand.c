#include "base/memory.h"
#include "base/rand.h"
#include "support/rows.h"

static void bytes_differ_each_time(void **state)
{
    unsigned char a[32] = { 0 }, b[32] = { 0 };

    (void)state;
    rand_bytes(a, sizeof a);
    rand_bytes(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
}

static void digits_are_digits_of_that_number(void **state)
{
    char digits[9];

    (void)state;
    for (size_t n = 0; n <= 8; n++) {
        memset(digits, 'x', sizeof digits);
        rand_digits(digits, n);
        assert_int_equal(strlen(digits), n);
        assert_int_equal(strspn(digits, "0123456789"), n);
    }
}

/* 60,000 draws over ten digits: 6,000 each, standard deviation 73; ten of them are never reached by chance. */
static void digits_are_evenly_spread(void **state)
{
    static char digits[60001];
    int seen[10] = { 0 };

    (void)state;
    rand_digits(digits, 60000);
    for (size_t i = 0; i < 60000; i++)
        seen[digits[i] - '0']++;
    for (int d = 0; d < 10; d++)
        assert_in_range(seen[d], 6000 - 730, 6000 + 730);
}

static void token_is_url_safe_and_new(void **state)
{
    void *ctx = mem_context(NULL, "test");
    char *a = rand_token(ctx, 32), *b = rand_token(ctx, 32);

    (void)state;
    assert_int_equal(strlen(a), 43);
    assert_int_equal(strspn(a, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), 43);
    assert_string_not_equal(a, b);
    talloc_free(ctx);
}

static void below_one_is_always_zero(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++)
        assert_int_equal(rand_below(1), 0);
}

static void below_reaches_each_value_and_no_more(void **state)
{
    int seen[7] = { 0 };

    (void)state;
    for (int i = 0; i < 7000; i++) {
        unsigned value = rand_below(7);

        assert_true(value < 7);
        seen[value]++;
    }
    for (int i = 0; i < 7; i++)
        assert_in_range(seen[i], 700, 1300);
}

static void below_works_with_the_largest_limit(void **state)
{
    unsigned all = 0;

    (void)state;
    for (int i = 0; i < 200; i++)
        all |= rand_below(0xFFFFFFFFU);
    assert_int_equal(all, 0xFFFFFFFFU);
}

int main(void)
{
    struct rows rows = { .n = 0 };

    ROWS_TEST(&rows, bytes_differ_each_time);
    ROWS_TEST(&rows, digits_are_digits_of_that_number);
    ROWS_TEST(&rows, digits_are_evenly_spread);
    ROWS_TEST(&rows, token_is_url_safe_and_new);
    ROWS_TEST(&rows, below_one_is_always_zero);
    ROWS_TEST(&rows, below_reaches_each_value_and_no_more);
    ROWS_TEST(&rows, below_works_with_the_largest_limit);
    return ROWS_RUN(&rows);
}
