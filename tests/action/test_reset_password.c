#include "action/sign_in_world.h"

#include "action/reset_password.h"
#include "store/store_notice.h"

#define NEW "a staple of another kind"
#define LINK "https://partner.example.com/reset-password/"

static int setup(void **state)
{
    (void)state;
    begin_empty();
    make_account(&(struct create_account){
        .kind = ACCOUNT_CUSTOMER, .name = "Acme", .email = "office@acme.example", .phone = "+6561234567",
        .user = {.login = LOGIN, .name = "Ada", .password = PASSWORD, .role = ROLE_OWNER, .lang = "zh-Hans"}});
    return 0;
}

static void ask(const char *login)
{
    struct act act = new_act(&sign_in_nobody);
    act.location = "/forgotten-password/sent";
    assert_null(reset_password_ask(&act, login));
    assert_true(act.is_done);
    assert_string_equal(act.location, "/forgotten-password/sent");
}

/* The token in the newest message, as the worker opens it. */
static const char *token_sent(void)
{
    struct delivery *deliveries = NULL;
    size_t n = 0, plain_n = 0;
    char *plain = NULL;
    struct notice_values values;
    assert_null(delivery_claim(db, mem, &(struct delivery_queue){CHANNEL_EMAIL, true}, "test", now, now + CLOCK_MINUTE, 10, &deliveries, &n));
    assert_true(n > 0);
    const struct delivery *d = &deliveries[n - 1];
    assert_int_equal(d->kind, NOTICE_PASSWORD_RESET);
    assert_int_equal(d->channel, CHANNEL_EMAIL);
    assert_string_equal(d->address, LOGIN);
    assert_string_equal(d->lang, "zh-Hans");
    assert_int_equal(d->give_up_at, now + RESET_TTL_S * CLOCK_SECOND);
    assert_null(secret_open(mem, &keys.outbox, d->event_id, d->sealed, d->sealed_n, &plain, &plain_n));
    assert_true(notice_unpack(mem, plain, &values));
    assert_memory_equal(values.link, LINK, strlen(LINK));
    assert_string_not_equal(values.until, "");
    return values.link + strlen(LINK);
}

static struct reset set(const char *token, const char *password)
{
    struct reset reset = {.outcome = RESET_REFUSED};
    struct act act = new_act(&sign_in_nobody);
    assert_null(reset_password_set(&act, token, password, &reset));
    return reset;
}

static bool is_open(const char *token)
{
    struct act act = new_act(&sign_in_nobody);
    const char *login = NULL;
    assert_null(reset_password_login(&act, token, &login));
    if (login != NULL)
        assert_string_equal(login, LOGIN);
    return login != NULL;
}

static int64_t count(const char *what) { return test_db_number(db, "SELECT COUNT(*) FROM %s", what); }

static void asking_sends_a_sealed_link(void **state)
{
    (void)state;
    ask(LOGIN);
    assert_int_equal(count("delivery WHERE sealed IS NOT NULL AND details IS NULL AND account_id IS NULL"), 1);
    assert_int_equal(count("notification"), 0);
    assert_true(is_open(token_sent()));
    assert_int_equal(count("operation_log WHERE operation = 'PASSWORD_RESET_ASKED' AND user_name = 'Ada'"), 1);
}

static void the_token_is_stored_nowhere(void **state)
{
    (void)state;
    ask(LOGIN);
    const char *token = token_sent();
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM delivery WHERE sealed LIKE '%%%s%%' OR event_id LIKE '%%%s%%'", token, token), 0);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM password_reset WHERE token_hash = UNHEX(SHA2('%s', 256))", token), 1);
}

static void asking_for_nobody_does_nothing_and_says_the_same(void **state)
{
    (void)state;
    int64_t rows = count("operation_log");
    ask("nobody@acme.example");
    assert_int_equal(count("delivery"), 0);
    assert_int_equal(count("password_reset"), 0);
    assert_int_equal(count("operation_log"), rows);
}

static void a_disabled_user_gets_no_link(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE user SET status = 'DISABLED'");
    ask(LOGIN);
    assert_int_equal(count("delivery"), 0);
}

static void a_fourth_link_in_an_hour_is_not_sent_and_nobody_is_told(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        ask(LOGIN);
    const char *third = token_sent();
    ask(LOGIN);
    assert_int_equal(count("password_reset"), 3);
    assert_int_equal(count("delivery"), 3);
    assert_true(is_open(third));
    now += CLOCK_HOUR;
    ask(LOGIN);
    assert_int_equal(count("password_reset"), 4);
}

static void a_newer_link_makes_the_older_void(void **state)
{
    (void)state;
    ask(LOGIN);
    const char *first = token_sent();
    ask(LOGIN);
    const char *second = token_sent();
    assert_false(is_open(first));
    assert_int_equal(set(first, NEW).outcome, RESET_GONE);
    assert_int_equal(set(second, NEW).outcome, RESET_DONE);
}

static void a_link_works_for_half_an_hour(void **state)
{
    (void)state;
    ask(LOGIN);
    const char *token = token_sent();
    now = T0 + RESET_TTL_S * CLOCK_SECOND - 1;
    assert_true(is_open(token));
    now++;
    assert_false(is_open(token));
    assert_int_equal(set(token, NEW).outcome, RESET_GONE);
    assert_int_equal(attempt(LOGIN, PASSWORD).outcome, SIGN_IN_DONE);
}

static void a_link_sets_the_password_once(void **state)
{
    (void)state;
    ask(LOGIN);
    const char *token = token_sent();
    assert_int_equal(set(token, NEW).outcome, RESET_DONE);
    assert_int_equal(attempt(LOGIN, PASSWORD).outcome, SIGN_IN_WRONG);
    assert_int_equal(attempt(LOGIN, NEW).outcome, SIGN_IN_DONE);
    assert_int_equal(set(token, "yet another password").outcome, RESET_GONE);
    assert_int_equal(attempt(LOGIN, NEW).outcome, SIGN_IN_DONE);
    assert_int_equal(count("operation_log WHERE operation = 'PASSWORD_CHANGED' AND user_name = 'Ada'"), 1);
}

static void tokens_that_were_never_sent_set_nothing(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    ask(LOGIN);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(set(wrong[i], NEW).outcome, RESET_GONE);
    assert_int_equal(attempt(LOGIN, PASSWORD).outcome, SIGN_IN_DONE);
}

static void a_poor_password_is_refused_and_the_link_stays_good(void **state)
{
    (void)state;
    static const struct { const char *password; enum password_fault fault; } poor[] = {
        {"short", PASSWORD_SHORT}, {"passwordpassword", PASSWORD_COMMON}, {"ada@acme.example1", PASSWORD_IS_LOGIN}};
    ask(LOGIN);
    const char *token = token_sent();
    for (size_t i = 0; i < sizeof poor / sizeof *poor; i++) {
        struct reset reset = set(token, poor[i].password);
        assert_int_equal(reset.outcome, RESET_REFUSED);
        assert_int_equal(reset.fault, poor[i].fault);
    }
    char *too_long = mem_text(mem, "%0200d", 7);
    assert_int_equal(set(token, too_long).fault, PASSWORD_LONG);
    assert_int_equal(set(token, NEW).outcome, RESET_DONE);
}

static void a_new_password_ends_all_sessions(void **state)
{
    (void)state;
    (void)attempt(LOGIN, PASSWORD);
    (void)attempt(LOGIN, PASSWORD);
    assert_int_equal(count("session WHERE ended_at IS NULL"), 2);
    ask(LOGIN);
    assert_int_equal(set(token_sent(), NEW).outcome, RESET_DONE);
    assert_int_equal(count("session WHERE ended_at IS NULL"), 0);
}

static void a_new_password_ends_a_running_wait(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        (void)attempt(LOGIN, "wrong");
    assert_int_equal(attempt(LOGIN, PASSWORD).outcome, SIGN_IN_WAIT);
    ask(LOGIN);
    assert_int_equal(set(token_sent(), NEW).outcome, RESET_DONE);
    assert_int_equal(attempt(LOGIN, NEW).outcome, SIGN_IN_DONE);
}

static void the_accounts_contacts_are_told(void **state)
{
    (void)state;
    ask(LOGIN);
    assert_int_equal(set(token_sent(), NEW).outcome, RESET_DONE);
    assert_int_equal(count("notification WHERE kind = 'PASSWORD_CHANGED'"), 1);
    assert_int_equal(count("delivery WHERE kind = 'PASSWORD_CHANGED' AND address = 'office@acme.example'"), 1);
    assert_int_equal(count("delivery WHERE kind = 'PASSWORD_CHANGED' AND address = '+6561234567'"), 1);
}

/* Two windows, or a double click: the second use of one form hears what became of the first. */
static void the_same_form_twice_is_answered_twice(void **state)
{
    (void)state;
    unsigned char digest[SECRET_DIGEST_BYTES] = {1};
    ask(LOGIN);
    const char *token = token_sent();
    for (int i = 0; i < 2; i++) {
        struct reset reset = {.outcome = RESET_GONE};
        struct act act = new_act(&sign_in_nobody);
        act.once_digest = digest;
        act.route = "/reset-password/{token}";
        act.location = "/sign-in";
        assert_null(reset_password_set(&act, token, NEW, &reset));
        assert_int_equal(reset.outcome, RESET_DONE);
        assert_string_equal(act.location, "/sign-in");
    }
    assert_int_equal(count("operation_log WHERE operation = 'PASSWORD_CHANGED'"), 1);
}

/* Whoever happens to be signed in in that browser is not the one who did it. */
static void the_log_names_the_user_of_the_link(void **state)
{
    (void)state;
    static const struct actor other = {
        .role = ROLE_ADMIN, .kind = ACCOUNT_PARTNER, .user_id = 99, .account_id = 98, .login = "", .user_name = "Other",
        .account_name = "", .account_no = "", .lang = "", .zone = "", .theme = ""};
    struct reset reset = {.outcome = RESET_GONE};
    ask(LOGIN);
    struct act act = new_act(&other);
    assert_null(reset_password_set(&act, token_sent(), NEW, &reset));
    assert_int_equal(reset.outcome, RESET_DONE);
    assert_int_equal(count("operation_log WHERE user_name = 'Other'"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(asking_sends_a_sealed_link),
        TEST(the_token_is_stored_nowhere),
        TEST(asking_for_nobody_does_nothing_and_says_the_same),
        TEST(a_disabled_user_gets_no_link),
        TEST(a_fourth_link_in_an_hour_is_not_sent_and_nobody_is_told),
        TEST(a_newer_link_makes_the_older_void),
        TEST(a_link_works_for_half_an_hour),
        TEST(a_link_sets_the_password_once),
        TEST(tokens_that_were_never_sent_set_nothing),
        TEST(a_poor_password_is_refused_and_the_link_stays_good),
        TEST(a_new_password_ends_all_sessions),
        TEST(a_new_password_ends_a_running_wait),
        TEST(the_accounts_contacts_are_told),
        TEST(the_same_form_twice_is_answered_twice),
        TEST(the_log_names_the_user_of_the_link),
    };
    return cmocka_run_group_tests(tests, open_db, close_db);
}
