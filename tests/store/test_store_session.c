#include "store/empty_db.h"

#include "store/store_notice.h"
#include "store/store_session.h"

#define NOW (INT64_C(1795327331) * CLOCK_SECOND)
#define USER 21

static const unsigned char hash[32] = "the hash of the session's token";

static int setup(void **state)
{
    (void)empty(state);
    test_db_sql(db, "INSERT INTO account (id, kind, no, name, created_at) VALUES (11, 'CUSTOMER', 'C-100011', 'Acme', NOW(6))");
    test_db_sql(db, "INSERT INTO user (id, account_id, login, name, role, lang, zone, theme, created_at)"
                    " VALUES (%d, 11, 'ada@acme.example', 'Ada', 'owner', 'en', 'Asia/Singapore', 'dark', NOW(6))", USER);
    return 0;
}

static int64_t add(const unsigned char token_hash[32])
{
    struct session_new session = {
        .user_id = USER, .at = NOW, .expires_at = NOW + 12 * CLOCK_HOUR, .idle_s = 1800, .ip = "192.0.2.1", .agent = "browser"};
    int64_t id = 0;
    memcpy(session.token_hash, token_hash, 32);
    assert_null(session_insert(db, &session, &id));
    return id;
}

static struct session *find_at(int64_t now)
{
    struct session *session = NULL;
    assert_null(session_find(db, mem, hash, now, false, &session));
    return session;
}

static void notice(int64_t id)
{
    test_db_sql(db, "INSERT INTO notification (id, event_key, account_id, kind, details, link, at)"
                    " VALUES (%lld, 'E%lld', 11, 'FROZEN', '{}', '', NOW(6))", (long long)id, (long long)id);
    assert_null(notice_count(db, 11));
}

static void a_session_tells_who_it_is(void **state)
{
    (void)state;
    int64_t id = add(hash);
    const struct session *session = find_at(NOW + CLOCK_MINUTE);
    assert_non_null(session);
    assert_false(session->is_over);
    assert_int_equal(session->actor.session_id, id);
    assert_int_equal(session->actor.user_id, USER);
    assert_int_equal(session->actor.account_id, 11);
    assert_int_equal(session->actor.role, ROLE_OWNER);
    assert_int_equal(session->actor.kind, ACCOUNT_CUSTOMER);
    assert_string_equal(session->actor.login, "ada@acme.example");
    assert_string_equal(session->actor.user_name, "Ada");
    assert_string_equal(session->actor.account_name, "Acme");
    assert_string_equal(session->actor.account_no, "C-100011");
    assert_string_equal(session->actor.lang, "en");
    assert_string_equal(session->actor.zone, "Asia/Singapore");
    assert_string_equal(session->actor.theme, "dark");
    assert_int_equal(session->seen_at, NOW);
    assert_int_equal(session->step_up_at, NOW);
    assert_int_equal(session->expires_at, NOW + 12 * CLOCK_HOUR);
}

static void another_token_finds_nothing(void **state)
{
    (void)state;
    static const unsigned char other[32] = "the hash of the session's toket";
    struct session *session = NULL;
    add(hash);
    assert_null(session_find(db, mem, other, NOW, false, &session));
    assert_null(session);
}

static void a_session_lasts_until_it_was_idle_for_its_time(void **state)
{
    (void)state;
    add(hash);
    assert_false(find_at(NOW + 1800 * CLOCK_SECOND)->is_over);
    assert_true(find_at(NOW + 1800 * CLOCK_SECOND + 1)->is_over);
    assert_int_equal(find_at(NOW + CLOCK_DAY)->actor.role, ROLE_ANONYMOUS);
}

static void a_visit_prolongs_a_session(void **state)
{
    (void)state;
    assert_null(session_touch(db, add(hash), NOW + 1700 * CLOCK_SECOND));
    assert_false(find_at(NOW + 3000 * CLOCK_SECOND)->is_over);
}

static void a_visit_never_moves_the_last_one_back(void **state)
{
    (void)state;
    int64_t id = add(hash);
    assert_null(session_touch(db, id, NOW + 1700 * CLOCK_SECOND));
    assert_null(session_touch(db, id, NOW + 60 * CLOCK_SECOND));
    assert_int_equal(find_at(NOW)->seen_at, NOW + 1700 * CLOCK_SECOND);
}

static void a_session_ends_at_its_absolute_time_however_busy(void **state)
{
    (void)state;
    assert_null(session_touch(db, add(hash), NOW + 12 * CLOCK_HOUR - 1));
    assert_false(find_at(NOW + 12 * CLOCK_HOUR - 1)->is_over);
    assert_true(find_at(NOW + 12 * CLOCK_HOUR)->is_over);
}

static void an_ended_session_is_not_found(void **state)
{
    (void)state;
    assert_null(session_end(db, add(hash), NOW));
    assert_null(find_at(NOW));
}

static void an_ended_session_is_not_prolonged(void **state)
{
    (void)state;
    int64_t id = add(hash);
    assert_null(session_end(db, id, NOW));
    assert_null(session_touch(db, id, NOW + CLOCK_MINUTE));
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM session WHERE seen_at > created_at"), 0);
}

static void ending_the_others_spares_one(void **state)
{
    (void)state;
    static const unsigned char other[32] = "another one";
    int64_t id = add(hash);
    add(other);
    assert_null(session_end_others(db, USER, id, NOW));
    assert_non_null(find_at(NOW));
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM session WHERE ended_at IS NULL"), 1);
}

static void ending_all_spares_none(void **state)
{
    (void)state;
    add(hash);
    assert_null(session_end_others(db, USER, 0, NOW));
    assert_null(find_at(NOW));
}

static void a_disabled_user_has_no_session(void **state)
{
    (void)state;
    add(hash);
    test_db_sql(db, "UPDATE user SET status = 'DISABLED' WHERE id = %d", USER);
    assert_null(find_at(NOW));
}

static void users_of_a_closed_account_have_no_session(void **state)
{
    (void)state;
    add(hash);
    test_db_sql(db, "UPDATE account SET status = 'CLOSED', closed_at = NOW(6) WHERE id = 11");
    assert_null(find_at(NOW));
}

static void a_role_that_does_not_fit_the_account_is_an_error(void **state)
{
    (void)state;
    struct session *session = NULL;
    add(hash);
    test_db_sql(db, "UPDATE user SET role = 'ops' WHERE id = %d", USER);
    const struct err *err = session_find(db, mem, hash, NOW, false, &session);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_BUG);
    assert_null(session);
}

static void unread_notices_are_those_of_the_account_this_user_has_not_read(void **state)
{
    (void)state;
    add(hash);
    assert_int_equal(find_at(NOW)->unread, 0);
    for (int id = 1; id <= 3; id++)
        notice(id);
    test_db_sql(db, "INSERT INTO notification_read (user_id, notification_id, at) VALUES (%d, 2, NOW(6))", USER);
    test_db_sql(db, "INSERT INTO notification_read (user_id, notification_id, at) VALUES (99, 3, NOW(6))");
    assert_null(notice_recount(db));
    assert_int_equal(find_at(NOW)->unread, 2);
}

static void unread_notices_are_counted_to_a_hundred(void **state)
{
    (void)state;
    add(hash);
    for (int id = 1; id <= 101; id++)
        notice(id);
    assert_int_equal(find_at(NOW)->unread, 100);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_session_tells_who_it_is),
        TEST(another_token_finds_nothing),
        TEST(a_session_lasts_until_it_was_idle_for_its_time),
        TEST(a_visit_prolongs_a_session),
        TEST(a_visit_never_moves_the_last_one_back),
        TEST(a_session_ends_at_its_absolute_time_however_busy),
        TEST(an_ended_session_is_not_found),
        TEST(an_ended_session_is_not_prolonged),
        TEST(ending_the_others_spares_one),
        TEST(ending_all_spares_none),
        TEST(a_disabled_user_has_no_session),
        TEST(users_of_a_closed_account_have_no_session),
        TEST(a_role_that_does_not_fit_the_account_is_an_error),
        TEST(unread_notices_are_those_of_the_account_this_user_has_not_read),
        TEST(unread_notices_are_counted_to_a_hundred),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
