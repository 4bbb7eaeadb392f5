#include "action/sign_in_world.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int setup(void **state)
{
    (void)state;
    begin_empty();
    config->web.hash_slots = 2;
    config->secret.scrypt_p = 1;
    make(ACCOUNT_CUSTOMER, ROLE_OWNER, LOGIN, NULL);
    make(ACCOUNT_PLATFORM, ROLE_OPS, OPS, SECRET);
    return 0;
}

static void fail_times(const char *login, int n)
{
    for (int i = 0; i < n; i++)
        assert_int_equal(attempt(login, "wrong").outcome, SIGN_IN_WRONG);
}

/* --- right and wrong --- */

static void the_right_password_makes_a_session(void **state)
{
    (void)state;
    struct sign_in sign_in = attempt(LOGIN, PASSWORD);
    assert_int_equal(sign_in.outcome, SIGN_IN_DONE);
    assert_int_equal(strlen(sign_in.token), 43);
    const struct session *session = session_of(sign_in.token);
    assert_non_null(session);
    assert_string_equal(session->actor.login, LOGIN);
    assert_int_equal(session->expires_at, T0 + config->session.absolute_s * CLOCK_SECOND);
    assert_int_equal(test_db_number(db, "SELECT idle_s FROM session"), config->session.idle_s);
    assert_int_equal(logged("SIGNED_IN"), 1);
    assert_int_equal(logged("SIGN_IN_FAILED"), 0);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM operation_log WHERE operation = 'SIGNED_IN' AND user_name = 'Ada' "
                                        "AND initiated_by = 'CUSTOMER' AND chain_id = 0"), 1);
}

static void the_token_itself_is_stored_nowhere(void **state)
{
    (void)state;
    struct sign_in sign_in = attempt(LOGIN, PASSWORD);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM session WHERE token_hash = UNHEX(SHA2('%s', 256))", sign_in.token), 1);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM session WHERE token_hash = '%.32s'", sign_in.token), 0);
}

static int64_t saw(const char *lang) { return test_db_number(db, "SELECT COUNT(*) FROM user WHERE seen_lang = '%s' AND lang = ''", lang); }

/* Two users there are, of whom one signs in. */
static void the_language_that_was_signed_in_with_is_remembered(void **state)
{
    (void)state;
    struct act act = new_act(&sign_in_nobody);
    struct sign_in sign_in = {.agent = "browser"};
    act.lang = "zh-Hans";
    assert_null(sign_in_password(&act, LOGIN, "wrong", &sign_in));
    assert_int_equal(sign_in.outcome, SIGN_IN_WRONG);
    assert_int_equal(saw(""), 2);
    assert_null(sign_in_password(&act, LOGIN, PASSWORD, &sign_in));
    assert_int_equal(sign_in.outcome, SIGN_IN_DONE);
    assert_int_equal(saw("zh-Hans"), 1);
    assert_int_equal(saw(""), 1);
    assert_int_equal(attempt(LOGIN, PASSWORD).outcome, SIGN_IN_DONE);
    assert_int_equal(saw("en"), 1);
    act.lang = "xx";
    assert_null(sign_in_password(&act, LOGIN, PASSWORD, &sign_in));
    assert_int_equal(saw("en"), 1);
}

static void a_wrong_password_makes_no_session(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "correct horse batter", "correct horse battery ", "CORRECT HORSE BATTERY"};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(attempt(LOGIN, wrong[i]).outcome, SIGN_IN_WRONG);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM session"), 0);
    assert_int_equal(logged("SIGN_IN_FAILED"), 4);
    assert_int_equal(logged("SIGNED_IN"), 0);
}

static void a_password_typed_in_full_width_characters_is_the_same(void **state)
{
    (void)state;
    assert_int_equal(attempt(LOGIN, "\xEF\xBD\x83orrect horse battery").outcome, SIGN_IN_DONE);
}

static void nobody_is_answered_like_a_wrong_password_and_not_logged(void **state)
{
    (void)state;
    assert_int_equal(attempt("nobody@acme.example", PASSWORD).outcome, SIGN_IN_WRONG);
    assert_int_equal(attempt("ada@acme.example ", PASSWORD).outcome, SIGN_IN_WRONG);
    assert_int_equal(attempt("\xC3\xA9 or 1=1", PASSWORD).outcome, SIGN_IN_WRONG);
    assert_int_equal(logged("SIGN_IN_FAILED"), 0);
}

static void a_disabled_user_is_answered_like_a_wrong_password(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE user SET status = 'DISABLED' WHERE login = '" LOGIN "'");
    assert_int_equal(attempt(LOGIN, PASSWORD).outcome, SIGN_IN_WRONG);
    assert_int_equal(logged("SIGN_IN_FAILED"), 1);
}

static void a_user_of_a_closed_account_is_answered_like_a_wrong_password(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE account SET status = 'CLOSED', closed_at = NOW(6)");
    assert_int_equal(attempt(LOGIN, PASSWORD).outcome, SIGN_IN_WRONG);
}

static void a_user_without_a_password_is_answered_like_a_wrong_password(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE user SET password_hash = NULL");
    assert_int_equal(attempt(LOGIN, "").outcome, SIGN_IN_WRONG);
    assert_int_equal(attempt(LOGIN, PASSWORD).outcome, SIGN_IN_WRONG);
}

static void a_platform_user_without_a_second_factor_must_set_one_up(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE user SET totp_secret = NULL WHERE login = '" OPS "'");
    assert_int_equal(attempt(OPS, "not the password").outcome, SIGN_IN_WRONG);
    const struct sign_in sign_in = attempt(OPS, PASSWORD);
    assert_int_equal(sign_in.outcome, SIGN_IN_DONE);
    const struct session *session = session_of(sign_in.token);
    assert_true(session->must_enrol);
    bool held = true;
    assert_null(session_hold(db, &session->actor, false, &held));
    assert_false(held);
    assert_null(session_hold(db, &session->actor, true, &held));
    assert_true(held);
}

static void each_sign_in_has_a_token_of_its_own_and_ends_the_session_before(void **state)
{
    (void)state;
    struct sign_in first = attempt(LOGIN, PASSWORD), again = {.agent = "browser"};
    struct act act = new_act(&session_of(first.token)->actor);
    assert_null(sign_in_password(&act, LOGIN, PASSWORD, &again));
    assert_int_equal(again.outcome, SIGN_IN_DONE);
    assert_string_not_equal(first.token, again.token);
    assert_null(session_of(first.token));
    assert_non_null(session_of(again.token));
}

static void a_hash_of_another_cost_is_renewed_at_sign_in(void **state)
{
    (void)state;
    config->secret.scrypt_p = 2;
    assert_int_equal(attempt(LOGIN, PASSWORD).outcome, SIGN_IN_DONE);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM user WHERE login = '" LOGIN "' AND password_hash LIKE '%%p=2%%'"), 1);
    assert_int_equal(attempt(LOGIN, PASSWORD).outcome, SIGN_IN_DONE);
}

static void a_wrong_password_does_not_renew_a_hash(void **state)
{
    (void)state;
    config->secret.scrypt_p = 2;
    fail_times(LOGIN, 1);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM user WHERE password_hash LIKE '%%p=2%%'"), 0);
}

/* --- the throttle --- */

static void four_failures_cost_no_wait(void **state)
{
    (void)state;
    fail_times(LOGIN, 4);
    assert_int_equal(attempt(LOGIN, PASSWORD).outcome, SIGN_IN_DONE);
    assert_int_equal(test_db_number(db, "SELECT failures FROM user WHERE login = '" LOGIN "'"), 0);
}

static void the_fifth_failure_makes_even_the_right_password_wait(void **state)
{
    (void)state;
    fail_times(LOGIN, 5);
    struct sign_in sign_in = attempt(LOGIN, PASSWORD);
    assert_int_equal(sign_in.outcome, SIGN_IN_WAIT);
    assert_int_equal(sign_in.wait_until, T0 + CLOCK_SECOND);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM session"), 0);
    now = sign_in.wait_until;
    assert_int_equal(attempt(LOGIN, PASSWORD).outcome, SIGN_IN_DONE);
}

static void tries_during_a_wait_do_not_prolong_it(void **state)
{
    (void)state;
    fail_times(LOGIN, 5);
    for (int i = 0; i < 10; i++)
        assert_int_equal(attempt(LOGIN, "wrong").outcome, SIGN_IN_WAIT);
    assert_int_equal(attempt(LOGIN, "wrong").wait_until, T0 + CLOCK_SECOND);
}

static void waits_double_up_to_a_quarter_of_an_hour_and_never_lock(void **state)
{
    (void)state;
    static const int waits_s[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900};
    fail_times(LOGIN, 4);
    for (size_t i = 0; i < sizeof waits_s / sizeof *waits_s; i++) {
        ip = mem_text(mem, "192.0.2.%zu", 50 + i);
        fail_times(LOGIN, 1);
        struct sign_in sign_in = attempt(LOGIN, PASSWORD);
        assert_int_equal(sign_in.outcome, SIGN_IN_WAIT);
        assert_int_equal(sign_in.wait_until, now + waits_s[i] * CLOCK_SECOND);
        now = sign_in.wait_until;
    }
    assert_int_equal(attempt(LOGIN, PASSWORD).outcome, SIGN_IN_DONE);
}

/* The throttle must not tell who exists. */
static void a_login_that_nobody_has_waits_alike(void **state)
{
    (void)state;
    fail_times("nobody@acme.example", 5);
    struct sign_in sign_in = attempt("nobody@acme.example", PASSWORD);
    assert_int_equal(sign_in.outcome, SIGN_IN_WAIT);
    assert_int_equal(sign_in.wait_until, T0 + CLOCK_SECOND);
}

static void one_user_waits_not_another(void **state)
{
    (void)state;
    fail_times("nobody@acme.example", 5);
    assert_int_equal(attempt(LOGIN, PASSWORD).outcome, SIGN_IN_DONE);
}

static void an_address_waits_after_failures_with_many_users(void **state)
{
    (void)state;
    for (int i = 0; i < SIGN_IN_ADDRESS_FREE + 5; i++)
        assert_int_equal(attempt(mem_text(mem, "user%d@acme.example", i), "wrong").outcome, SIGN_IN_WRONG);
    struct sign_in sign_in = attempt(LOGIN, PASSWORD);
    assert_int_equal(sign_in.outcome, SIGN_IN_WAIT);
    assert_int_equal(sign_in.wait_until, T0 + CLOCK_SECOND);
    ip = "192.0.2.2";
    assert_int_equal(attempt(LOGIN, PASSWORD).outcome, SIGN_IN_DONE);
}

static void an_own_account_does_not_clear_the_failures_of_an_address(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++) {
        assert_int_equal(attempt(mem_text(mem, "user%d@acme.example", i), "wrong").outcome, SIGN_IN_WRONG);
        assert_int_equal(attempt(LOGIN, PASSWORD).outcome, SIGN_IN_DONE);
    }
    assert_int_equal(test_db_number(db, "SELECT failures FROM sign_in_address WHERE ip = '192.0.2.1'"), 10);
}

static void a_wait_of_the_address_is_no_failure_of_the_user(void **state)
{
    (void)state;
    for (int i = 0; i < SIGN_IN_ADDRESS_FREE + 5; i++)
        (void)attempt(mem_text(mem, "user%d@acme.example", i), "wrong");
    assert_int_equal(attempt(LOGIN, "wrong").outcome, SIGN_IN_WAIT);
    assert_int_equal(test_db_number(db, "SELECT failures FROM user WHERE login = '" LOGIN "'"), 0);
}

static void a_wait_of_the_user_is_no_failure_of_the_address(void **state)
{
    (void)state;
    fail_times(LOGIN, 5);
    (void)attempt(LOGIN, "wrong");
    assert_int_equal(test_db_number(db, "SELECT failures FROM sign_in_address WHERE ip = '192.0.2.1'"), 5);
}

static int rounds(void)
{
    const char *text = getenv("RACE_ROUNDS");
    return text == NULL ? 1 : atoi(text);
}

/* In a child: its exit status says whether it had to wait (1) or was compared (0). */
static void guess_in_child(void)
{
    struct sign_in sign_in = {.agent = "browser"};
    db = test_db_again(NULL);
    struct act act = new_act(&sign_in_nobody);
    const struct err *err = sign_in_password(&act, LOGIN, "wrong", &sign_in);
    _exit(err != NULL && err->kind != ERR_BUSY ? 2 : err == NULL && sign_in.outcome == SIGN_IN_WAIT ? 1 : 0);
}

/* Counted before it is compared: guesses made at once cannot outrun the count. */
static void guesses_made_at_once_are_all_counted(void **state)
{
    enum { GUESSES = 12 };
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        pid_t children[GUESSES];
        int compared = 0;
        test_db_sql(db, "UPDATE user SET failures = 0, wait_until = NULL");
        test_db_sql(db, "DELETE FROM sign_in_address");
        for (int i = 0; i < GUESSES; i++) {
            children[i] = fork();
            assert_true(children[i] >= 0);
            if (children[i] == 0)
                guess_in_child();
        }
        for (int i = 0; i < GUESSES; i++) {
            int status = 0;
            assert_int_equal(waitpid(children[i], &status, 0), children[i]);
            assert_true(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
            compared += WEXITSTATUS(status) == 0;
        }
        assert_in_range(compared, 1, 5);
        assert_int_equal(test_db_number(db, "SELECT failures FROM user WHERE login = '%s'", LOGIN), compared);
    }
}

/* Other processes hash: this test holds their slots. */
static void right_passwords_at_once_from_one_address_leave_no_failures(void **state)
{
    (void)state;
    pid_t pids[6];
    for (size_t i = 0; i < 6; i++) {
        pids[i] = fork();
        if (pids[i] != 0)
            continue;
        db = test_db_again(NULL);
        config->web.hash_slots = 6;
        struct sign_in sign_in = {.agent = "browser"};
        struct act act = new_act(&sign_in_nobody);
        const struct err *err = sign_in_password(&act, LOGIN, PASSWORD, &sign_in);
        _exit(err == NULL && (sign_in.outcome == SIGN_IN_DONE || sign_in.outcome == SIGN_IN_WAIT) ? 0 : 1);
    }
    for (size_t i = 0; i < 6; i++) {
        int status = 1;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(test_db_number(db, "SELECT failures FROM sign_in_address WHERE ip = '%s'", ip), 0);
}

/* Two requests that overlap: the one that came first may be counted second, with an earlier `now`. */
static void a_request_that_began_a_moment_earlier_does_not_have_to_wait(void **state)
{
    (void)state;
    assert_int_equal(attempt(LOGIN, PASSWORD).outcome, SIGN_IN_DONE);
    now -= 5 * CLOCK_SECOND;
    assert_int_equal(attempt(LOGIN, PASSWORD).outcome, SIGN_IN_DONE);
}

static void a_host_that_hashes_enough_already_says_so_and_blames_nobody(void **state)
{
    (void)state;
    struct sign_in sign_in = {.agent = "browser"};
    struct act act = new_act(&sign_in_nobody);
    struct flock both = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 2};
    struct flock one = {.l_type = F_UNLCK, .l_whence = SEEK_SET, .l_start = 1, .l_len = 1};
    int fd = open(config->web.hash_lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(fcntl(fd, F_OFD_SETLK, &both), 0);
    db_deadline(db, clock_now() + CLOCK_SECOND);   /* over before the wait for a slot is */
    const struct err *err = sign_in_password(&act, LOGIN, PASSWORD, &sign_in);
    db_deadline(db, 0);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_BUSY);
    assert_int_equal(test_db_number(db, "SELECT failures FROM user WHERE login = '" LOGIN "'"), 0);
    assert_int_equal(test_db_number(db, "SELECT failures FROM sign_in_address"), 0);
    assert_int_equal(fcntl(fd, F_OFD_SETLK, &one), 0);
    assert_int_equal(attempt(LOGIN, PASSWORD).outcome, SIGN_IN_DONE);
    assert_int_equal(close(fd), 0);
}

/* Seen by that they wait for a slot like everybody, which this test holds: so nobody is told apart by what a hash costs. */
static void whoever_it_is_the_password_is_hashed(void **state)
{
    static const char *const logins[] = {"nobody@acme.example", "not an address", LOGIN};
    struct flock both = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 2};
    int fd = open(config->web.hash_lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(fcntl(fd, F_OFD_SETLK, &both), 0);
    test_db_sql(db, "UPDATE user SET password_hash = NULL WHERE login = '%s'", LOGIN);
    for (size_t i = 0; i < sizeof logins / sizeof *logins; i++) {
        struct sign_in sign_in = {.agent = "browser"};
        struct act act = new_act(&sign_in_nobody);
        const struct err *err = sign_in_password(&act, logins[i], PASSWORD, &sign_in);
        assert_non_null(err);
        assert_int_equal(err->kind, ERR_BUSY);
    }
    assert_int_equal(close(fd), 0);
}

static void a_hash_gives_its_slot_back(void **state)
{
    (void)state;
    config->web.hash_slots = 1;
    for (int i = 0; i < 3; i++)
        assert_int_equal(attempt(LOGIN, PASSWORD).outcome, SIGN_IN_DONE);
    assert_int_equal(attempt(LOGIN, "wrong").outcome, SIGN_IN_WRONG);
    assert_int_equal(attempt(LOGIN, PASSWORD).outcome, SIGN_IN_DONE);
}

/* --- signing out --- */

static void signing_out_ends_this_session_and_is_logged(void **state)
{
    (void)state;
    struct sign_in one = attempt(LOGIN, PASSWORD), other = attempt(LOGIN, PASSWORD);
    struct act act = new_act(&session_of(one.token)->actor);
    assert_null(sign_out(&act));
    assert_null(session_of(one.token));
    assert_non_null(session_of(other.token));
    assert_int_equal(logged("SIGNED_OUT"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_right_password_makes_a_session),
        TEST(the_token_itself_is_stored_nowhere),
        TEST(the_language_that_was_signed_in_with_is_remembered),
        TEST(a_wrong_password_makes_no_session),
        TEST(a_password_typed_in_full_width_characters_is_the_same),
        TEST(nobody_is_answered_like_a_wrong_password_and_not_logged),
        TEST(a_disabled_user_is_answered_like_a_wrong_password),
        TEST(a_user_of_a_closed_account_is_answered_like_a_wrong_password),
        TEST(a_user_without_a_password_is_answered_like_a_wrong_password),
        TEST(a_platform_user_without_a_second_factor_must_set_one_up),
        TEST(each_sign_in_has_a_token_of_its_own_and_ends_the_session_before),
        TEST(a_hash_of_another_cost_is_renewed_at_sign_in),
        TEST(a_wrong_password_does_not_renew_a_hash),
        TEST(four_failures_cost_no_wait),
        TEST(the_fifth_failure_makes_even_the_right_password_wait),
        TEST(tries_during_a_wait_do_not_prolong_it),
        TEST(waits_double_up_to_a_quarter_of_an_hour_and_never_lock),
        TEST(a_login_that_nobody_has_waits_alike),
        TEST(one_user_waits_not_another),
        TEST(an_address_waits_after_failures_with_many_users),
        TEST(an_own_account_does_not_clear_the_failures_of_an_address),
        TEST(a_wait_of_the_address_is_no_failure_of_the_user),
        TEST(a_wait_of_the_user_is_no_failure_of_the_address),
        TEST(guesses_made_at_once_are_all_counted),
        TEST(right_passwords_at_once_from_one_address_leave_no_failures),
        TEST(a_request_that_began_a_moment_earlier_does_not_have_to_wait),
        TEST(a_host_that_hashes_enough_already_says_so_and_blames_nobody),
        TEST(whoever_it_is_the_password_is_hashed),
        TEST(a_hash_gives_its_slot_back),
        TEST(signing_out_ends_this_session_and_is_logged),
    };
    if (getenv("RACE_ONLY") != NULL)
        cmocka_set_test_filter(getenv("RACE_ONLY"));
    return cmocka_run_group_tests(tests, open_db, close_db);
}
