#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "domain/sign_in.h"

static void four_failures_cost_no_wait(void **state)
{
    (void)state;
    for (int64_t failures = -1; failures <= 4; failures++)
        assert_int_equal(sign_in_wait_s(failures), 0);
}

static void from_the_fifth_failure_the_wait_doubles_up_to_a_quarter_hour(void **state)
{
    static const int64_t waits[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900 };

    (void)state;
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++)
        assert_int_equal(sign_in_wait_s(5 + (int64_t)i), waits[i]);
    assert_int_equal(sign_in_wait_s(INT64_MAX), 900);
}

static void assert_judged(const char *password, enum password_fault fault)
{
    enum password_fault found = password_judge(password, "maria.lopez@acme.example");

    if (found != fault)
        fail_msg("“%s” was judged %d, not %d", password, (int)found, (int)fault);
}

static void twelve_points_are_enough_and_eleven_are_not(void **state)
{
    (void)state;
    assert_judged("", PASSWORD_SHORT);
    assert_judged("vintage-hal", PASSWORD_SHORT);
    assert_judged("vintage-halo", PASSWORD_FINE);
    assert_judged("日本語日本漢字混合文章", PASSWORD_SHORT);
    assert_judged("日本語日本漢字混合文章長", PASSWORD_FINE);
}

static void more_than_128_points_or_512_bytes_are_too_long(void **state)
{
    char text[4 * 128 + 2] = "";

    (void)state;
    for (int i = 0; i < 128; i++)
        text[i] = "kumquat-vestry-41"[i % 17];
    assert_judged(text, PASSWORD_FINE);
    text[128] = 'x';
    assert_judged(text, PASSWORD_LONG);
    for (int i = 0; i < 128; i++)
        memcpy(text + 4 * i, i % 7 == 3 ? "\xf0\x9f\x8c\x8a" : "\xf0\x9f\x8c\x8b", 4);
    text[512] = '\0';
    assert_judged(text, PASSWORD_FINE);
    text[512] = 'x';
    text[513] = '\0';
    assert_judged(text, PASSWORD_LONG);
}

static void a_common_password_is_refused_in_any_case(void **state)
{
    static const char *const common[] = {
        "correcthorsebatterystaple", "CorrectHorseBatteryStaple", "1Q2W3E4R5T6Y", "zxcvbnmasdfg", "1qaz2wsx3edc4rfv",
        "iloveyouforever", "!@#$%^&*()_+"
    };

    (void)state;
    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
        assert_judged(common[i], PASSWORD_COMMON);
}

static void a_common_word_does_not_become_good_by_figures_and_signs(void **state)
{
    static const char *const dressed[] = {
        "password1234", "P@ssw0rd2024!", "1234Password", "!!Welcome2025!!", "qwerty123456", "passwordpassword", "adminadmin123",
        "Pa$$w0rd1234", "$ecret123456", "Summer2025!!!", "letmein12345", "mypartner2025", "iloveyou!!!!", "abcabcabc123"
    };

    (void)state;
    for (size_t i = 0; i < sizeof dressed / sizeof dressed[0]; i++)
        assert_judged(dressed[i], PASSWORD_COMMON);
}

static void a_pattern_is_refused(void **state)
{
    static const char *const patterns[] = {
        "aaaaaaaaaaaa", "            ", "121212121212", "abcabcabcabc", "wxyzwxyzwxyz", "123456789012", "098765432109",
        "abcdefghijkl", "zyxwvutsrqpo", "7j9k7j9k7j9k7"
    };

    (void)state;
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++)
        assert_judged(patterns[i], PASSWORD_COMMON);
}

static void a_word_among_others_is_fine(void **state)
{
    static const char *const fine[] = {
        "demo-password-only", "password is not enough", "summer in the attic", "qwerty-kumquat-9", "12345678-vestry",
        "abcdefghijkm", "test 7 olive harbours"
    };

    (void)state;
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++)
        assert_judged(fine[i], PASSWORD_FINE);
}

static void the_login_and_little_else_is_refused(void **state)
{
    static const char *const refused[] = {
        "maria.lopez1", "Maria.Lopez2025", "xx-MARIA.LOPEZ", "maria.lopez@acme.example", "maria.lopezmaria.lopez",
        "maria.lopez@acme.example1"
    };

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_judged(refused[i], PASSWORD_IS_LOGIN);
}

static void the_login_with_enough_beside_it_is_fine(void **state)
{
    (void)state;
    assert_judged("maria.lopez-kumquat", PASSWORD_FINE);
    assert_judged("maria-lopez-41x", PASSWORD_FINE);
}

static void a_very_short_or_missing_login_refuses_nothing(void **state)
{
    (void)state;
    assert_int_equal(password_judge("al-al-al-al-7", "al@x.example"), PASSWORD_FINE);
    assert_int_equal(password_judge("vintage-halo", ""), PASSWORD_FINE);
    assert_int_equal(password_judge("vintage-halo", NULL), PASSWORD_FINE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_failures_cost_no_wait),
        cmocka_unit_test(from_the_fifth_failure_the_wait_doubles_up_to_a_quarter_hour),
        cmocka_unit_test(twelve_points_are_enough_and_eleven_are_not),
        cmocka_unit_test(more_than_128_points_or_512_bytes_are_too_long),
        cmocka_unit_test(a_common_password_is_refused_in_any_case),
        cmocka_unit_test(a_common_word_does_not_become_good_by_figures_and_signs),
        cmocka_unit_test(a_pattern_is_refused),
        cmocka_unit_test(a_word_among_others_is_fine),
        cmocka_unit_test(the_login_and_little_else_is_refused),
        cmocka_unit_test(the_login_with_enough_beside_it_is_fine),
        cmocka_unit_test(a_very_short_or_missing_login_refuses_nothing)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
