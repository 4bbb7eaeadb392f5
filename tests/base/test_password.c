#include <sys/resource.h>

#include "base/memory.h"
#include "base/secret.h"
#include "support/rows.h"

static const struct password_cost cheap = { .log2_n = 4, .r = 1, .p = 1 };

#define RIGHT "correct horse"
#define RIGHT_N (sizeof RIGHT - 1)

static void assert_answer(const char *password, size_t n, const char *stored, bool expected)
{
    bool is_right = !expected, is_stale = true;

    assert_null(password_check(password, n, stored, cheap, &is_right, &is_stale));
    assert_int_equal(is_right, expected);
    assert_false(is_stale);
}

static void right_password_is_right_and_others_are_not(void **state)
{
    char *stored;

    (void)state;
    assert_null(password_hash(NULL, RIGHT, RIGHT_N, cheap, &stored));
    assert_answer(RIGHT, RIGHT_N, stored, true);
    assert_answer("correct horsf", RIGHT_N, stored, false);
    assert_answer("correct hors", RIGHT_N - 1, stored, false);
    assert_answer("correct horse ", RIGHT_N + 1, stored, false);
    assert_answer("", 0, stored, false);
    talloc_free(stored);
}

static void bytes_behind_a_nul_count(void **state)
{
    char *stored;

    (void)state;
    assert_null(password_hash(NULL, "ab\0cd", 5, cheap, &stored));
    assert_answer("ab\0cd", 5, stored, true);
    assert_answer("ab\0ce", 5, stored, false);
    assert_answer("ab", 2, stored, false);
    talloc_free(stored);
}

static void stored_text_has_the_documented_form(void **state)
{
    char *stored;

    (void)state;
    assert_null(password_hash(NULL, RIGHT, RIGHT_N, cheap, &stored));
    assert_int_equal(strncmp(stored, "$scrypt$n=4,r=1,p=1$", 20), 0);
    assert_int_equal(strlen(stored), 20 + 22 + 1 + 43);
    assert_int_equal(stored[42], '$');
    talloc_free(stored);
}

static void same_password_is_stored_differently_each_time(void **state)
{
    char *a, *b;

    (void)state;
    assert_null(password_hash(NULL, RIGHT, RIGHT_N, cheap, &a));
    assert_null(password_hash(NULL, RIGHT, RIGHT_N, cheap, &b));
    assert_string_not_equal(a, b);
    talloc_free(a);
    talloc_free(b);
}

/* Made with Python's hashlib.scrypt(b"correct horse", salt=bytes(range(16)), n=1024, r=8, p=2, dklen=32). */
static void another_implementation_agrees(void **state)
{
    bool is_right = false, is_stale = false;

    (void)state;
    assert_null(password_check(RIGHT, RIGHT_N, "$scrypt$n=10,r=8,p=2$AAECAwQFBgcICQoLDA0ODw$RBjCXYboo4yjHH0P1K75vrL4xGciLt6io-o2v0yqSlo", cheap,
                               &is_right, &is_stale));
    assert_true(is_right);
    assert_true(is_stale);
}

static void other_cost_is_right_and_stale(void **state)
{
    static const struct password_cost dearer[] = { { 5, 1, 1 }, { 4, 2, 1 }, { 4, 1, 2 } };
    char *stored;

    (void)state;
    assert_null(password_hash(NULL, RIGHT, RIGHT_N, cheap, &stored));
    for (size_t i = 0; i < sizeof dearer / sizeof *dearer; i++) {
        bool is_right = false, is_stale = false;

        assert_null(password_check(RIGHT, RIGHT_N, stored, dearer[i], &is_right, &is_stale));
        assert_true(is_right);
        assert_true(is_stale);
    }
    talloc_free(stored);
}

#define SALT "AAECAwQFBgcICQoLDA0ODw"
#define HASH "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static const struct form { const char *claim, *stored; } malformed[] = {
    { "unknown_user_is_wrong", NULL },
    { "empty_stored_text_is_wrong", "" },
    { "all_zero_hash_is_wrong", "$scrypt$n=4,r=1,p=1$" SALT "$" HASH },
    { "other_scheme_is_wrong", "$2y$10$abcdefghijklmnopqrstuuKW3IbJDDMTVYxyKXbUVOQ4F1cNY1QbW" },
    { "plain_text_is_wrong", "correct horse" },
    { "missing_number_is_wrong", "$scrypt$n=,r=1,p=1$" SALT "$" HASH },
    { "leading_zero_is_wrong", "$scrypt$n=04,r=1,p=1$" SALT "$" HASH },
    { "zero_cost_is_wrong", "$scrypt$n=0,r=1,p=1$" SALT "$" HASH },
    { "negative_cost_is_wrong", "$scrypt$n=-4,r=1,p=1$" SALT "$" HASH },
    { "three_digits_are_wrong", "$scrypt$n=4,r=1,p=100$" SALT "$" HASH },
    { "enormous_n_is_wrong", "$scrypt$n=63,r=1,p=1$" SALT "$" HASH },
    { "enormous_memory_is_wrong", "$scrypt$n=20,r=32,p=1$" SALT "$" HASH },
    { "other_order_is_wrong", "$scrypt$r=1,n=4,p=1$" SALT "$" HASH },
    { "blank_is_wrong", "$scrypt$n=4, r=1,p=1$" SALT "$" HASH },
    { "short_salt_is_wrong", "$scrypt$n=4,r=1,p=1$AAEC$" HASH },
    { "missing_hash_is_wrong", "$scrypt$n=4,r=1,p=1$" SALT },
    { "empty_hash_is_wrong", "$scrypt$n=4,r=1,p=1$" SALT "$" },
    { "short_hash_is_wrong", "$scrypt$n=4,r=1,p=1$" SALT "$AAAA" },
    { "text_behind_is_wrong", "$scrypt$n=4,r=1,p=1$" SALT "$" HASH "A" },
    { "salt_that_is_no_base64_is_wrong", "$scrypt$n=4,r=1,p=1$AAECAwQFBgcICQoLDA0OD!$" HASH },
    { "other_alphabet_is_wrong", "$scrypt$n=4,r=1,p=1$" SALT "$+AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
};

static void check_malformed(void **state)
{
    const struct form *row = *state;

    assert_answer(RIGHT, RIGHT_N, row->stored, false);
    assert_answer("", 0, row->stored, false);
}

static void any_changed_character_is_wrong(void **state)
{
    char *stored;
    size_t n;

    (void)state;
    assert_null(password_hash(NULL, RIGHT, RIGHT_N, cheap, &stored));
    n = strlen(stored);
    for (size_t i = 0; i < n; i++) {
        bool is_right = true, is_stale = false;
        char kept = stored[i];

        stored[i] = kept == 'B' ? 'C' : 'B';
        assert_null(password_check(RIGHT, RIGHT_N, stored, cheap, &is_right, &is_stale));
        assert_false(is_right);
        stored[i] = kept;
    }
    talloc_free(stored);
}

static int64_t own_cpu_us(void)
{
    struct rusage usage;

    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return (int64_t)usage.ru_utime.tv_sec * 1000000 + usage.ru_utime.tv_usec +
        (int64_t)usage.ru_stime.tv_sec * 1000000 + usage.ru_stime.tv_usec;
}

static int64_t check_cost_us(const char *stored, struct password_cost cost)
{
    bool is_right, is_stale;
    int64_t before = own_cpu_us();

    for (int i = 0; i < 3; i++) {
        assert_null(password_check("wrong", 5, stored, cost, &is_right, &is_stale));
        assert_false(is_right);
    }
    return own_cpu_us() - before;
}

/* Compared with each other, so that the speed of the machine plays no part; a skipped hash would be a thousand times less. */
static void unknown_user_costs_the_same(void **state)
{
    static const struct password_cost cost = { .log2_n = 13, .r = 8, .p = 1 };
    int64_t known_us, unknown_us, malformed_us;
    char *stored;

    (void)state;
    assert_null(password_hash(NULL, RIGHT, RIGHT_N, cost, &stored));
    known_us = check_cost_us(stored, cost);
    unknown_us = check_cost_us(NULL, cost);
    malformed_us = check_cost_us("x", cost);
    assert_true(unknown_us * 4 > known_us);
    assert_true(malformed_us * 4 > known_us);
    talloc_free(stored);
}

static void impossible_cost_is_our_error(void **state)
{
    static const struct password_cost costs[] = { { 0, 8, 1 }, { 21, 8, 1 }, { 15, 0, 1 }, { 15, 8, 0 }, { 20, 32, 1 }, { -1, -1, -1 } };
    bool is_right, is_stale;
    char *stored = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof costs / sizeof *costs; i++) {
        const struct err *err = password_hash(NULL, RIGHT, RIGHT_N, costs[i], &stored);

        assert_non_null(err);
        assert_int_equal(err->kind, ERR_BUG);
        assert_null(stored);
        assert_non_null(password_check(RIGHT, RIGHT_N, NULL, costs[i], &is_right, &is_stale));
    }
}

int main(void)
{
    struct rows rows = { .n = 0 };

    ROWS_TEST(&rows, right_password_is_right_and_others_are_not);
    ROWS_TEST(&rows, bytes_behind_a_nul_count);
    ROWS_TEST(&rows, stored_text_has_the_documented_form);
    ROWS_TEST(&rows, same_password_is_stored_differently_each_time);
    ROWS_TEST(&rows, another_implementation_agrees);
    ROWS_TEST(&rows, other_cost_is_right_and_stale);
    ROWS_TABLE(&rows, check_malformed, malformed);
    ROWS_TEST(&rows, any_changed_character_is_wrong);
    ROWS_TEST(&rows, unknown_user_costs_the_same);
    ROWS_TEST(&rows, impossible_cost_is_our_error);
    return ROWS_RUN(&rows);
}
