/* The second step of signing in: a one-time password. */
#include "action/sign_in_world.h"

static int setup(void **state)
{
    (void)state;
    begin_empty();
    make(ACCOUNT_PLATFORM, ROLE_OPS, OPS, SECRET);
    return 0;
}

static struct sign_in second(const char *half, const char *code)
{
    struct sign_in sign_in = {.agent = "browser"};
    struct act act = new_act(&sign_in_nobody);
    assert_null(sign_in_code(&act, half, code, &sign_in));
    return sign_in;
}

static const char *code_at(int64_t at)
{
    char code[7];
    assert_true(totp_now(SECRET, at, code));
    return mem_copy(mem, code);
}

static const char *half_now(void)
{
    struct sign_in sign_in = attempt(OPS, PASSWORD);
    assert_int_equal(sign_in.outcome, SIGN_IN_HALF);
    return sign_in.half;
}

static void the_password_alone_is_half_a_sign_in(void **state)
{
    (void)state;
    assert_non_null(half_now());
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM session"), 0);
    assert_int_equal(logged("SIGNED_IN"), 0);
}

static void the_right_code_completes_it_with_the_platforms_times(void **state)
{
    (void)state;
    struct sign_in sign_in = second(half_now(), code_at(T0));
    assert_int_equal(sign_in.outcome, SIGN_IN_DONE);
    const struct session *session = session_of(sign_in.token);
    assert_int_equal(session->actor.role, ROLE_OPS);
    assert_int_equal(session->expires_at, T0 + config->session.absolute_platform_s * CLOCK_SECOND);
    assert_int_equal(test_db_number(db, "SELECT idle_s FROM session"), config->session.idle_platform_s);
}

static void a_code_works_once(void **state)
{
    (void)state;
    const char *code = code_at(T0);
    assert_int_equal(second(half_now(), code).outcome, SIGN_IN_DONE);
    assert_int_equal(second(half_now(), code).outcome, SIGN_IN_WRONG);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM session"), 1);
    now += 30 * CLOCK_SECOND;
    assert_int_equal(second(half_now(), code_at(now)).outcome, SIGN_IN_DONE);
}

static void the_form_that_is_sent_twice_leads_to_one_session_by_another_the_code_works_no_more(void **state)
{
    struct sign_in first, again;
    const char *half = half_now();
    (void)state;
    assert_null(by_form(NULL, half, code_at(T0), 1, &first));
    assert_null(by_form(NULL, half, code_at(T0), 1, &again));
    assert_int_equal(again.outcome, SIGN_IN_DONE);
    assert_string_equal(again.token, first.token);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM session"), 1);
    assert_int_equal(logged("SIGN_IN_FAILED"), 0);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM user WHERE failures > 0"), 0);
    assert_null(by_form(NULL, half, code_at(T0), 2, &again));
    assert_int_equal(again.outcome, SIGN_IN_WRONG);
}

/* A recovery code is told by its form only; whether it is one, the database says when it is used. */
static void a_used_form_wants_the_code_that_it_was_used_with(void **state)
{
    static const char *const others[] = {"000000000000", "0000 0000 0000", "123456"};
    struct sign_in first, other;
    const char *half = half_now();
    (void)state;
    assert_null(by_form(NULL, half, code_at(T0), 1, &first));
    assert_int_equal(first.outcome, SIGN_IN_DONE);
    for (size_t i = 0; i < 3; i++) {
        assert_null(by_form(NULL, half, others[i], 1, &other));
        assert_int_equal(other.outcome, SIGN_IN_WRONG);
        assert_true(other.token == NULL || strcmp(other.token, first.token) != 0);
    }
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM user WHERE failures = 3"), 1);
    assert_int_equal(logged("SIGN_IN_FAILED"), 3);
    /* The next one-time password is right, but not the one that this form was used with. */
    now += 30 * CLOCK_SECOND;
    assert_null(by_form(NULL, half, code_at(now), 1, &other));
    assert_int_equal(other.outcome, SIGN_IN_WRONG);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM session"), 1);
}

static void a_used_form_leads_nobody_else_past_the_second_step(void **state)
{
    struct sign_in first, other;
    (void)state;
    make_account(&(struct create_account){.kind = ACCOUNT_CUSTOMER, .name = "Other", .user = {.login = "bea@other.example", .name = "Bea",
        .password = PASSWORD, .role = ROLE_OWNER, .totp_secret = SECRET}});
    assert_null(by_form(NULL, half_now(), code_at(T0), 1, &first));
    struct sign_in half = attempt("bea@other.example", PASSWORD);
    assert_int_equal(half.outcome, SIGN_IN_HALF);
    assert_null(by_form(NULL, half.half, code_at(T0), 1, &other));
    assert_int_equal(other.outcome, SIGN_IN_WRONG);
    assert_null(by_form(NULL, half.half, "000000000000", 1, &other));
    assert_int_equal(other.outcome, SIGN_IN_WRONG);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM session"), 1);
}

static void a_code_earlier_than_one_that_was_used_does_not_work(void **state)
{
    (void)state;
    assert_int_equal(second(half_now(), code_at(T0)).outcome, SIGN_IN_DONE);
    assert_int_equal(second(half_now(), code_at(T0 - 30 * CLOCK_SECOND)).outcome, SIGN_IN_WRONG);
}

static void a_wrong_code_is_counted_and_logged(void **state)
{
    (void)state;
    const char *half = half_now();
    static const char *const wrong[] = {"", "12345", "abcdef", "1234567"};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(second(half, wrong[i]).outcome, SIGN_IN_WRONG);
    assert_int_equal(test_db_number(db, "SELECT failures FROM user WHERE login = '" OPS "'"), 4);
    assert_int_equal(logged("SIGN_IN_FAILED"), 4);
}

static void codes_cannot_be_guessed_between_right_passwords(void **state)
{
    (void)state;
    const char *half = NULL;
    for (int i = 0; i < 5; i++) {
        half = half_now();
        assert_int_equal(second(half, "x").outcome, SIGN_IN_WRONG);
    }
    assert_int_equal(second(half, code_at(T0)).outcome, SIGN_IN_WAIT);
    assert_int_equal(attempt(OPS, PASSWORD).outcome, SIGN_IN_WAIT);
}

static void half_a_sign_in_lasts_five_minutes(void **state)
{
    (void)state;
    const char *half = half_now();
    now = T0 + SIGN_IN_HALF_S * CLOCK_SECOND;
    assert_int_equal(second(half, "x").outcome, SIGN_IN_WRONG);
    now += CLOCK_SECOND;
    assert_int_equal(second(half, code_at(now)).outcome, SIGN_IN_LATE);
}

static void half_a_sign_in_cannot_be_forged(void **state)
{
    (void)state;
    const char *half = half_now();
    char *other_mac = mem_copy(mem, half), *other_user = mem_copy(mem, half), *other_time = mem_copy(mem, half);
    size_t n = strlen(half);
    other_mac[n - 5] = other_mac[n - 5] == 'A' ? 'B' : 'A';
    other_user[0] = other_user[0] == '9' ? '8' : (char)(other_user[0] + 1);
    strchr(other_time, '.')[9] ^= 1;
    const char *const forged[] = {"", ".", "..", "1..", "1.2.3", "1.2.3.4", "x.y.z.", "....", other_mac, other_user, other_time,
                                  mem_text(mem, "%s.", half), mem_text(mem, "0%s", half), mem_copy_n(mem, half, n - 1)};
    for (size_t i = 0; i < sizeof forged / sizeof *forged; i++)
        assert_int_equal(second(forged[i], code_at(T0)).outcome, SIGN_IN_LATE);
}

static void half_a_sign_in_is_void_once_the_password_has_changed(void **state)
{
    (void)state;
    const char *half = half_now();
    test_db_sql(db, "UPDATE user SET password_hash = 'another' WHERE login = '" OPS "'");
    assert_int_equal(second(half, code_at(T0)).outcome, SIGN_IN_LATE);
}

static void half_a_sign_in_is_void_once_the_user_is_disabled(void **state)
{
    (void)state;
    const char *half = half_now();
    test_db_sql(db, "UPDATE user SET status = 'DISABLED' WHERE login = '" OPS "'");
    assert_int_equal(second(half, code_at(T0)).outcome, SIGN_IN_LATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_password_alone_is_half_a_sign_in),
        TEST(the_right_code_completes_it_with_the_platforms_times),
        TEST(a_code_works_once),
        TEST(the_form_that_is_sent_twice_leads_to_one_session_by_another_the_code_works_no_more),
        TEST(a_used_form_wants_the_code_that_it_was_used_with), TEST(a_used_form_leads_nobody_else_past_the_second_step),
        TEST(a_code_earlier_than_one_that_was_used_does_not_work),
        TEST(a_wrong_code_is_counted_and_logged),
        TEST(codes_cannot_be_guessed_between_right_passwords),
        TEST(half_a_sign_in_lasts_five_minutes),
        TEST(half_a_sign_in_cannot_be_forged),
        TEST(half_a_sign_in_is_void_once_the_password_has_changed),
        TEST(half_a_sign_in_is_void_once_the_user_is_disabled),
    };
    return cmocka_run_group_tests(tests, open_db, close_db);
}
