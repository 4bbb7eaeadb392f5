#include "store/empty_db.h"

#include "store/store_security.h"
#include "store/store_session.h"

#define NOW (INT64_C(1795327331) * CLOCK_SECOND)
#define USER 21
#define OTHER 22
#define KEY "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

static int setup(void **state)
{
    (void)empty(state);
    test_db_sql(db, "INSERT INTO account (id, kind, no, name, created_at) VALUES (11, 'CUSTOMER', 'C-100011', 'Acme', NOW(6))");
    test_db_sql(db, "INSERT INTO user (id, account_id, login, name, role, created_at) VALUES "
                "(%d, 11, 'a@acme.example', 'Ada', 'owner', NOW(6)), (%d, 11, 'b@acme.example', 'Bob', 'viewer', NOW(6))", USER, OTHER);
    return 0;
}

static int64_t add(char mark, int64_t user_id, int64_t at)
{
    struct session_new session = {
        .user_id = user_id, .at = at, .expires_at = at + 12 * CLOCK_HOUR, .idle_s = 1800, .ip = "192.0.2.1", .agent = "browser"};
    int64_t id = 0;
    memset(session.token_hash, mark, sizeof session.token_hash);
    assert_null(session_insert(db, &session, &id));
    return id;
}

static size_t listed(int64_t now, int64_t left_s)
{
    struct session_seen *sessions = NULL;
    size_t n = 0;
    assert_null(session_list(db, mem, USER, now, left_s, &sessions, &n));
    return n;
}

static void sessions_that_live_are_listed(void **state)
{
    (void)state;
    (void)add('a', USER, NOW);
    (void)add('b', USER, NOW - 31 * CLOCK_MINUTE);   /* idle too long */
    (void)add('c', OTHER, NOW);
    assert_int_equal(listed(NOW, 0), 1);
    assert_int_equal(listed(NOW, 12 * 3600), 0);
    assert_int_equal(listed(NOW + 30 * CLOCK_MINUTE, 0), 1);
    assert_int_equal(listed(NOW + 30 * CLOCK_MINUTE + 1, 0), 0);
}

static void a_session_is_ended_by_its_user_once(void **state)
{
    const int64_t id = add('a', USER, NOW);
    bool ended = true;
    (void)state;
    assert_null(session_end_own(db, OTHER, id, 0, NOW, &ended));
    assert_false(ended);
    assert_null(session_end_own(db, USER, id, 0, NOW, &ended));
    assert_true(ended);
    assert_null(session_end_own(db, USER, id, 0, NOW, &ended));
    assert_false(ended);
    assert_int_equal(listed(NOW, 0), 0);
}

static struct second_factor factor(int64_t since)
{
    struct second_factor found;
    assert_null(second_factor_load(db, mem, USER, since, &found));
    return found;
}

static void a_factor_is_pending_then_on_then_off(void **state)
{
    bool done = true;
    (void)state;
    assert_null(second_factor_begin(db, USER, KEY, NOW));
    assert_string_equal(factor(NOW - 1).pending, KEY);
    assert_null(factor(NOW).pending);
    assert_false(factor(NOW - 1).is_on);
    assert_null(second_factor_confirm(db, USER, "ANOTHERKEY", 7, &done));
    assert_false(done);
    assert_null(second_factor_confirm(db, USER, KEY, 7, &done));
    assert_true(done);
    assert_true(factor(NOW - 1).is_on);
    assert_null(factor(NOW - 1).pending);
    assert_int_equal(test_db_number(db, "SELECT totp_step FROM user WHERE id = %d LIMIT 1", USER), 7);
    assert_null(second_factor_off(db, USER, &done));
    assert_true(done);
    assert_null(second_factor_off(db, USER, &done));
    assert_false(done);
    assert_false(factor(NOW - 1).is_on);
}

static void a_recovery_code_is_used_once_by_its_user(void **state)
{
    static const unsigned char digest[32] = "a digest of a recovery code....", second[32] = "a digest of another code.......";
    bool used = true;
    (void)state;
    assert_null(recovery_insert(db, USER, digest, NOW));
    assert_null(recovery_insert(db, USER, second, NOW));
    assert_int_equal(factor(NOW).recovery_left, 2);
    assert_null(recovery_use(db, OTHER, digest, NOW, &used));
    assert_false(used);
    assert_null(recovery_use(db, USER, digest, NOW, &used));
    assert_true(used);
    assert_null(recovery_use(db, USER, digest, NOW, &used));
    assert_false(used);
    assert_null(recovery_void(db, USER, NOW));
    assert_null(recovery_use(db, USER, second, NOW, &used));
    assert_false(used);
    assert_int_equal(factor(NOW).recovery_left, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sessions_that_live_are_listed), TEST(a_session_is_ended_by_its_user_once), TEST(a_factor_is_pending_then_on_then_off),
        TEST(a_recovery_code_is_used_once_by_its_user),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
