#include "store/empty_db.h"

#include "store/store_reset.h"
#include "store/store_user.h"

#define NOW (INT64_C(1795327331) * CLOCK_SECOND)
#define LONG_AGO (NOW - CLOCK_DAY)

static int64_t account_id, user_id;

static int setup(void **state)
{
    (void)empty(state);
    const struct account_new account = {.kind = ACCOUNT_PARTNER, .no = "P-100001", .name = "Northwind", .at = NOW};
    assert_null(account_insert(db, &account, &account_id));
    const struct user_new user = {
        .account_id = account_id, .at = NOW, .login = "pat@north.example", .name = "Pat", .password_hash = "hash",
        .role = ROLE_ADMIN, .lang = "zh-Hans"};
    assert_null(user_insert(db, &user, &user_id));
    return 0;
}

static void a_user_is_found_by_login(void **state)
{
    (void)state;
    struct user *user = NULL;
    assert_null(user_find(db, mem, "pat@north.example", &user));
    assert_non_null(user);
    assert_int_equal(user->id, user_id);
    assert_int_equal(user->account_id, account_id);
    assert_int_equal(user->role, ROLE_ADMIN);
    assert_int_equal(user->kind, ACCOUNT_PARTNER);
    assert_true(user->is_active);
    assert_string_equal(user->password_hash, "hash");
    assert_null(user->totp_secret);
    assert_string_equal(user->lang, "zh-Hans");
    assert_string_equal(user->account_no, "P-100001");
}

static void the_language_of_messages_is_the_chosen_one_else_the_one_last_seen(void **state)
{
    (void)state;
    const char *lang = NULL;
    struct ops_user *ops = NULL;
    size_t n = 0;
    assert_null(user_lang(db, mem, "pat@north.example", "en", &lang));
    assert_string_equal(lang, "zh-Hans");
    assert_null(user_lang(db, mem, "nobody@north.example", "en", &lang));
    assert_string_equal(lang, "en");
    test_db_sql(db, "UPDATE user SET lang = '', role = 'ops'");
    assert_null(user_lang(db, mem, "pat@north.example", "other", &lang));
    assert_string_equal(lang, "other");
    assert_null(user_list_ops(db, mem, &ops, &n));
    assert_string_equal(ops[0].lang, "en");
    assert_null(user_saw_lang(db, user_id, "zh-Hans"));
    assert_null(user_lang(db, mem, "pat@north.example", "en", &lang));
    assert_string_equal(lang, "zh-Hans");
    assert_null(user_list_ops(db, mem, &ops, &n));
    assert_string_equal(ops[0].lang, "zh-Hans");
    test_db_sql(db, "UPDATE user SET status = 'DISABLED'");
    assert_null(user_lang(db, mem, "pat@north.example", "en", &lang));
    assert_string_equal(lang, "en");
}

/* The database's usual collation would take these for the same. */
static void a_login_is_compared_byte_by_byte(void **state)
{
    (void)state;
    static const char *const others[] = {"pat@north.example ", "Pat@north.example", "pát@north.example", "", "pat@north.exampl_", "%"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct user *user = NULL;
        assert_null(user_find(db, mem, others[i], &user));
        assert_null(user);
    }
}

static void a_user_is_inactive_when_disabled_or_the_account_is_closed(void **state)
{
    (void)state;
    struct user *user = NULL;
    test_db_sql(db, "UPDATE account SET status = 'CLOSED', closed_at = NOW(6)");
    assert_null(user_load(db, mem, user_id, &user));
    assert_false(user->is_active);
    test_db_sql(db, "UPDATE account SET status = 'OPEN', closed_at = NULL");
    test_db_sql(db, "UPDATE user SET status = 'DISABLED' WHERE id = %lld", (long long)user_id);
    assert_null(user_load(db, mem, user_id, &user));
    assert_false(user->is_active);
}

static void tries_are_counted_and_a_wait_refuses_more(void **state)
{
    (void)state;
    struct tally tally = {.failures = 0};
    bool counted = false;
    for (int i = 1; i <= 3; i++) {
        assert_null(user_count_try(db, user_id, NOW, LONG_AGO, &tally, &counted));
        assert_true(counted);
        assert_int_equal(tally.failures, i);
    }
    assert_null(user_set_wait(db, user_id, NOW + 10));
    assert_null(user_count_try(db, user_id, NOW + 9, LONG_AGO, &tally, &counted));
    assert_false(counted);
    assert_int_equal(tally.failures, 3);
    assert_int_equal(tally.wait_until, NOW + 10);
    assert_null(user_count_try(db, user_id, NOW + 10, LONG_AGO, &tally, &counted));
    assert_true(counted);
    assert_int_equal(tally.failures, 4);
}

static void old_failures_are_forgotten(void **state)
{
    (void)state;
    struct tally tally = {.failures = 0};
    bool counted = false;
    test_db_sql(db, "UPDATE user SET failures = 9");
    assert_null(user_set_wait(db, user_id, LONG_AGO - 1));
    assert_null(user_count_try(db, user_id, NOW, LONG_AGO, &tally, &counted));
    assert_true(counted);
    assert_int_equal(tally.failures, 1);
}

static void a_try_is_taken_back_whoever_was_counted_after_it(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE user SET failures = 4, wait_until = '2026-11-22 12:00:00'");
    assert_null(user_uncount(db, user_id, 3, NOW));
    assert_int_equal(test_db_number(db, "SELECT failures FROM user"), 3);
    /* The wait is that of the later try. */
    assert_int_equal(test_db_number(db, "SELECT wait_until = '2026-11-22 12:00:00' FROM user"), 1);
    assert_null(user_uncount(db, user_id, 3, NOW));
    assert_int_equal(test_db_number(db, "SELECT failures FROM user"), 2);
    assert_int_equal(test_db_number(db, "SELECT wait_until = '2026-11-22 12:00:00' FROM user"), 0);
}

static void an_address_is_counted_alike(void **state)
{
    (void)state;
    struct tally tally = {.failures = 0};
    bool counted = false;
    assert_null(address_count_try(db, "192.0.2.1", NOW, LONG_AGO, &tally, &counted));
    assert_true(counted);
    assert_int_equal(tally.failures, 1);
    assert_null(address_set_wait(db, "192.0.2.1", NOW + 10));
    assert_null(address_count_try(db, "192.0.2.1", NOW + 9, LONG_AGO, &tally, &counted));
    assert_false(counted);
    assert_int_equal(tally.wait_until, NOW + 10);
    assert_null(address_count_try(db, "192.0.2.2", NOW, LONG_AGO, &tally, &counted));
    assert_true(counted);
    assert_int_equal(tally.failures, 1);
    assert_null(address_uncount(db, "192.0.2.2", 1, NOW));
    assert_int_equal(test_db_number(db, "SELECT failures FROM sign_in_address WHERE ip = '192.0.2.2'"), 0);
    assert_null(address_uncount(db, "192.0.2.2", 0, NOW));
    assert_int_equal(test_db_number(db, "SELECT failures FROM sign_in_address WHERE ip = '192.0.2.2'"), 0);
}

static void signing_in_clears_failures_of_that_very_password_only(void **state)
{
    (void)state;
    bool done = true;
    test_db_sql(db, "UPDATE user SET failures = 4, wait_until = NOW(6)");
    assert_null(user_signed_in(db, user_id, "another hash", &done));
    assert_false(done);
    assert_int_equal(test_db_number(db, "SELECT failures FROM user"), 4);
    assert_null(user_signed_in(db, user_id, "hash", &done));
    assert_true(done);
    assert_int_equal(test_db_number(db, "SELECT failures FROM user WHERE wait_until IS NULL"), 0);
}

static void a_disabled_user_does_not_sign_in(void **state)
{
    (void)state;
    bool done = true;
    test_db_sql(db, "UPDATE user SET status = 'DISABLED'");
    assert_null(user_signed_in(db, user_id, "hash", &done));
    assert_false(done);
    assert_null(user_set_password(db, user_id, "new", &done));
    assert_false(done);
}

static void a_time_step_is_used_once_and_no_earlier_one_after_it(void **state)
{
    (void)state;
    bool done = false;
    assert_null(user_use_totp(db, user_id, 100, &done));
    assert_true(done);
    assert_null(user_use_totp(db, user_id, 100, &done));
    assert_false(done);
    assert_null(user_use_totp(db, user_id, 99, &done));
    assert_false(done);
    assert_null(user_use_totp(db, user_id, 101, &done));
    assert_true(done);
}

static void a_hash_is_renewed_only_if_the_password_is_still_the_same(void **state)
{
    (void)state;
    assert_null(user_rehash(db, user_id, "another", "renewed"));
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM user WHERE password_hash = 'hash'"), 1);
    assert_null(user_rehash(db, user_id, "hash", "renewed"));
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM user WHERE password_hash = 'renewed'"), 1);
}

static void a_login_is_taken_once(void **state)
{
    (void)state;
    const struct user_new again = {
        .account_id = account_id, .at = NOW, .login = "pat@north.example", .name = "Pat", .role = ROLE_MANAGER};
    int64_t id = 0;
    assert_true(db_is_duplicate(user_insert(db, &again, &id), "user_login"));
}

static void an_account_has_one_live_contact_of_each_channel(void **state)
{
    (void)state;
    int64_t id = 0;
    assert_null(contact_insert(db, account_id, CHANNEL_EMAIL, "a@north.example", NOW, &id));
    assert_null(contact_insert(db, account_id, CHANNEL_SMS, "+6561234567", INSTANT_NONE, &id));
    assert_true(db_is_duplicate(contact_insert(db, account_id, CHANNEL_EMAIL, "b@north.example", NOW, &id), "contact_live"));
}

static void accounts_are_found_by_number(void **state)
{
    (void)state;
    struct account *account = NULL;
    assert_null(account_find(db, mem, "P-100001", &account));
    assert_non_null(account);
    assert_int_equal(account->kind, ACCOUNT_PARTNER);
    assert_true(account->is_open);
    assert_null(account_find(db, mem, "p-100001", &account));
    assert_null(account);
    assert_null(account_platform(db, mem, &account));
    assert_null(account);
}

static void a_reset_link_is_used_once(void **state)
{
    (void)state;
    static const unsigned char hash[32] = "hash of a token";
    int64_t found = 0;
    bool used = false;
    assert_null(reset_insert(db, hash, user_id, NOW, NOW + 100));
    assert_null(reset_find(db, hash, NOW + 99, &found));
    assert_int_equal(found, user_id);
    assert_null(reset_find(db, hash, NOW + 100, &found));
    assert_int_equal(found, 0);
    assert_null(reset_use(db, hash, NOW + 100, &used));
    assert_false(used);
    assert_null(reset_use(db, hash, NOW + 99, &used));
    assert_true(used);
    assert_null(reset_use(db, hash, NOW + 99, &used));
    assert_false(used);
    assert_null(reset_find(db, hash, NOW, &found));
    assert_int_equal(found, 0);
}

static void a_void_reset_link_cannot_be_used(void **state)
{
    (void)state;
    static const unsigned char hash[32] = "hash of a token";
    int64_t n = 0;
    bool used = true;
    assert_null(reset_insert(db, hash, user_id, NOW, NOW + 100));
    assert_null(reset_count(db, user_id, NOW - 1, &n));
    assert_int_equal(n, 1);
    assert_null(reset_count(db, user_id, NOW, &n));
    assert_int_equal(n, 0);
    assert_null(reset_void(db, user_id, NOW));
    assert_null(reset_use(db, hash, NOW + 1, &used));
    assert_false(used);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_user_is_found_by_login),
        TEST(the_language_of_messages_is_the_chosen_one_else_the_one_last_seen),
        TEST(a_login_is_compared_byte_by_byte),
        TEST(a_user_is_inactive_when_disabled_or_the_account_is_closed),
        TEST(tries_are_counted_and_a_wait_refuses_more),
        TEST(old_failures_are_forgotten),
        TEST(a_try_is_taken_back_whoever_was_counted_after_it),
        TEST(an_address_is_counted_alike),
        TEST(signing_in_clears_failures_of_that_very_password_only),
        TEST(a_disabled_user_does_not_sign_in),
        TEST(a_time_step_is_used_once_and_no_earlier_one_after_it),
        TEST(a_hash_is_renewed_only_if_the_password_is_still_the_same),
        TEST(a_login_is_taken_once),
        TEST(an_account_has_one_live_contact_of_each_channel),
        TEST(accounts_are_found_by_number),
        TEST(a_reset_link_is_used_once),
        TEST(a_void_reset_link_cannot_be_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
