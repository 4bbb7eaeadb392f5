/* Verification codes in the database: what counts, what is refused, each by one statement. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/store_code.h"
#include "support/test_db.h"

#define NOW (INT64_C(1781524800) * CLOCK_SECOND)
#define ACCOUNT INT64_C(11)
#define TARGET INT64_C(22)
#define SESSION INT64_C(44)
#define TRIES INT64_C(5)
#define GRANT_AT (NOW + 10 * CLOCK_MINUTE)

static struct db *db;
static void *mem;

static int begin(void **state)
{
    (void)state;
    if (db == NULL)
        db = test_db_open(NULL);
    test_db_clear(db);
    test_db_sql(db, "INSERT INTO account (id, kind, no, name, created_at) VALUES (11, 'CUSTOMER', 'C-1', 'Acme', '2026-01-01')");
    mem = talloc_new(NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static struct code code_at(int64_t at)
{
    struct code code = {
        .account_id = ACCOUNT, .user_id = 33, .session_id = SESSION, .contact_id = 55, .purpose = CODE_SUBMIT, .target_id = TARGET,
        .channel = CHANNEL_EMAIL, .destination = "jane@acme.example", .sent_at = at, .expires_at = at + 10 * CLOCK_MINUTE
    };

    memset(code.mac, 7, sizeof code.mac);
    return code;
}

static int64_t inserted_at(int64_t at)
{
    struct code code = code_at(at);
    int64_t id = 0;

    assert_null(code_supersede(db, ACCOUNT, CODE_SUBMIT));
    assert_null(code_insert(db, &code, &id));
    return id;
}

static struct code *latest(void)
{
    struct code *code = NULL;

    assert_null(code_latest(db, mem, ACCOUNT, CODE_SUBMIT, TARGET, &code));
    return code;
}

static bool counted(int64_t id, int64_t session_id, int64_t now)
{
    bool is_counted = false;

    assert_null(code_count_try(db, id, session_id, now, TRIES, &is_counted));
    return is_counted;
}

static int64_t version(void)
{
    struct code_budget budget;
    int64_t v = -1;

    assert_null(code_budget_load(db, ACCOUNT, CODE_SUBMIT, NOW, &budget, &v));
    return v;
}

static bool took(int64_t v)
{
    bool taken = false;

    assert_null(code_budget_take(db, ACCOUNT, CODE_SUBMIT, v, &taken));
    return taken;
}

static void live_contacts_are_listed_verified_or_not(void **state)
{
    struct contact *list = NULL;
    size_t n = 0;

    (void)state;
    test_db_sql(db, "INSERT INTO contact (account_id, channel, address, verified_at, removed_at) VALUES "
                "(11, 'EMAIL', 'old@acme.example', '2026-01-01', '2026-02-01'), (11, 'EMAIL', 'jane@acme.example', '2026-02-01', NULL), "
                "(11, 'SMS', '+4915100000188', NULL, NULL)");
    assert_null(contact_list(db, mem, ACCOUNT, &list, &n));
    assert_int_equal(n, 2);
    assert_string_equal(list[0].address, "jane@acme.example");
    assert_int_not_equal(list[0].verified_at, INSTANT_NONE);
    assert_int_equal(list[1].channel, CHANNEL_SMS);
    assert_int_equal(list[1].verified_at, INSTANT_NONE);
}

static void latest_is_the_newest_of_its_target(void **state)
{
    (void)state;
    assert_null(latest());
    (void)inserted_at(NOW);
    const int64_t newer = inserted_at(NOW + CLOCK_MINUTE);
    const struct code *code = latest();
    assert_int_equal(code->id, newer);
    assert_int_equal(code->state, CODE_LIVE);
    assert_int_equal(code->session_id, SESSION);
    assert_int_equal(code->channel, CHANNEL_EMAIL);
    assert_string_equal(code->destination, "jane@acme.example");
    assert_int_equal(code->expires_at, NOW + 11 * CLOCK_MINUTE);
    assert_int_equal(code->grant_expires_at, INSTANT_NONE);
    assert_int_equal(code->mac[0], 7);
    struct code *other = NULL;
    assert_null(code_latest(db, mem, ACCOUNT, CODE_SUBMIT, TARGET + 1, &other));
    assert_null(other);
    assert_null(code_latest(db, mem, ACCOUNT, CODE_AGREE, TARGET, &other));
    assert_null(other);
    assert_null(code_latest(db, mem, ACCOUNT + 1, CODE_SUBMIT, TARGET, &other));
    assert_null(other);
}

static void two_live_codes_cannot_be(void **state)
{
    struct code code = code_at(NOW);
    int64_t id = 0;

    (void)state;
    (void)inserted_at(NOW);
    const struct err *err = code_insert(db, &code, &id);
    assert_non_null(err);
    assert_true(db_is_duplicate(err, "verification_code_live"));
}

static void change_of_contact_supersedes_its_codes_only(void **state)
{
    (void)state;
    (void)inserted_at(NOW);
    assert_null(code_supersede_contact(db, 56));
    assert_int_equal(latest()->state, CODE_LIVE);
    assert_null(code_supersede_contact(db, 55));
    assert_int_equal(latest()->state, CODE_SUPERSEDED);
}

static void budget_without_a_row_is_empty(void **state)
{
    struct code_budget budget;
    int64_t v = -1;

    (void)state;
    assert_null(code_budget_load(db, ACCOUNT, CODE_SUBMIT, NOW, &budget, &v));
    assert_int_equal(v, 0);
    assert_int_equal(budget.sends_hour, 0);
    assert_int_equal(budget.sends_day, 0);
    assert_int_equal(budget.last_sent_at, INSTANT_NONE);
    assert_int_equal(budget.locked_until, INSTANT_NONE);
    assert_int_equal(budget.hour_frees_at, INSTANT_NONE);
}

static void budget_counts_the_last_hour_and_day(void **state)
{
    struct code_budget budget;
    int64_t v = -1;

    (void)state;
    (void)inserted_at(NOW - CLOCK_DAY);                      /* just out of the day */
    (void)inserted_at(NOW - CLOCK_DAY + 1);
    (void)inserted_at(NOW - CLOCK_HOUR);                     /* just out of the hour */
    (void)inserted_at(NOW - CLOCK_HOUR + 1);
    (void)inserted_at(NOW - CLOCK_MINUTE);
    assert_true(took(0));
    assert_null(code_budget_load(db, ACCOUNT, CODE_SUBMIT, NOW, &budget, &v));
    assert_int_equal(v, 1);
    assert_int_equal(budget.sends_hour, 2);
    assert_int_equal(budget.sends_day, 4);
    assert_int_equal(budget.hour_frees_at, NOW + 1);
    assert_int_equal(budget.day_frees_at, NOW + 1);
    assert_int_equal(budget.last_sent_at, NOW - CLOCK_MINUTE);
    assert_null(code_budget_load(db, ACCOUNT, CODE_AGREE, NOW, &budget, &v));
    assert_int_equal(budget.sends_day, 0);
}

static void send_is_taken_once_a_version(void **state)
{
    (void)state;
    assert_int_equal(version(), 0);
    assert_true(took(0));
    assert_false(took(0));
    assert_int_equal(version(), 1);
    assert_true(took(1));
    assert_false(took(1));
    assert_int_equal(version(), 2);
}

static void tries_are_counted_up_to_their_number(void **state)
{
    const int64_t id = inserted_at(NOW);

    (void)state;
    for (int64_t i = 0; i < TRIES; i++)
        assert_true(counted(id, SESSION, NOW));
    assert_false(counted(id, SESSION, NOW));
    assert_int_equal(latest()->tries, TRIES);
}

static void try_that_may_not_be_is_not_counted(void **state)
{
    const int64_t id = inserted_at(NOW);

    (void)state;
    assert_false(counted(id, SESSION + 1, NOW));
    assert_false(counted(id, SESSION, NOW + 10 * CLOCK_MINUTE));
    assert_false(counted(id + 1, SESSION, NOW));
    assert_null(code_supersede(db, ACCOUNT, CODE_SUBMIT));
    assert_false(counted(id, SESSION, NOW));
    assert_int_equal(latest()->tries, 0);
}

static void failure_adds_up_and_kills_at_the_last_try(void **state)
{
    const int64_t id = inserted_at(NOW);
    int64_t left = -1;
    bool locked = true;

    (void)state;
    assert_true(took(0));
    for (int64_t i = 1; i <= TRIES; i++) {
        assert_true(counted(id, SESSION, NOW));
        assert_null(code_failed(db, id, ACCOUNT, CODE_SUBMIT, TRIES, 20, NOW + CLOCK_DAY, &left, &locked));
        assert_int_equal(left, TRIES - i);
        assert_false(locked);
        assert_int_equal(latest()->state, i < TRIES ? CODE_LIVE : CODE_DEAD);
    }
    assert_int_equal(test_db_number(db, "SELECT failures FROM code_budget LIMIT 1"), TRIES);
}

static void lock_comes_at_its_number_and_starts_the_count_anew(void **state)
{
    const int64_t id = inserted_at(NOW);
    int64_t left = -1;
    bool locked = false;

    (void)state;
    assert_true(took(0));
    assert_null(code_failed(db, id, ACCOUNT, CODE_SUBMIT, TRIES, 2, NOW + CLOCK_DAY, &left, &locked));
    assert_false(locked);
    assert_null(code_failed(db, id, ACCOUNT, CODE_SUBMIT, TRIES, 2, NOW + CLOCK_DAY, &left, &locked));
    assert_true(locked);
    struct code_budget budget;
    int64_t v;
    assert_null(code_budget_load(db, ACCOUNT, CODE_SUBMIT, NOW, &budget, &v));
    assert_int_equal(budget.locked_until, NOW + CLOCK_DAY);
    assert_int_equal(budget.failures, 0);
}

static void proof_is_given_once_in_its_session_and_time(void **state)
{
    const int64_t id = inserted_at(NOW);
    bool proven = true;

    (void)state;
    assert_true(took(0));
    test_db_sql(db, "UPDATE code_budget SET failures = 3");
    assert_null(code_prove(db, id, SESSION + 1, NOW, GRANT_AT, &proven));
    assert_false(proven);
    assert_null(code_prove(db, id, SESSION, NOW + 10 * CLOCK_MINUTE, GRANT_AT, &proven));
    assert_false(proven);
    assert_int_equal(test_db_number(db, "SELECT failures FROM code_budget LIMIT 1"), 3);
    assert_null(code_prove(db, id, SESSION, NOW, GRANT_AT, &proven));
    assert_true(proven);
    assert_int_equal(test_db_number(db, "SELECT failures FROM code_budget LIMIT 1"), 0);
    assert_int_equal(latest()->state, CODE_PROVEN);
    assert_int_equal(latest()->grant_expires_at, GRANT_AT);
    assert_null(code_prove(db, id, SESSION, NOW, GRANT_AT, &proven));
    assert_false(proven);
}

static void dead_code_proves_nothing(void **state)
{
    const int64_t id = inserted_at(NOW);
    bool proven = true;

    (void)state;
    test_db_sql(db, "UPDATE verification_code SET state = 'DEAD'");
    assert_null(code_prove(db, id, SESSION, NOW, GRANT_AT, &proven));
    assert_false(proven);
}

static void grant_is_used_once_and_only_where_it_belongs(void **state)
{
    const int64_t id = inserted_at(NOW);
    bool is_it = true;

    (void)state;
    assert_null(code_use(db, id, ACCOUNT, SESSION, CODE_SUBMIT, TARGET, NOW, 76, &is_it));
    assert_false(is_it);   /* not proven */
    assert_null(code_prove(db, id, SESSION, NOW, GRANT_AT, &is_it));
    assert_true(is_it);
    const struct { int64_t account_id, session_id, target_id, now; enum code_purpose purpose; } wrong[] = {
        { ACCOUNT + 1, SESSION, TARGET, NOW, CODE_SUBMIT }, { ACCOUNT, SESSION + 1, TARGET, NOW, CODE_SUBMIT },
        { ACCOUNT, SESSION, TARGET + 1, NOW, CODE_SUBMIT }, { ACCOUNT, SESSION, TARGET, GRANT_AT, CODE_SUBMIT },
        { ACCOUNT, SESSION, TARGET, NOW, CODE_AGREE },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_null(code_use(db, id, wrong[i].account_id, wrong[i].session_id, wrong[i].purpose, wrong[i].target_id, wrong[i].now,
                             76, &is_it));
        assert_false(is_it);
    }
    assert_null(code_use(db, id, ACCOUNT, SESSION, CODE_SUBMIT, TARGET, GRANT_AT - 1, 77, &is_it));
    assert_true(is_it);
    assert_null(code_use(db, id, ACCOUNT, SESSION, CODE_SUBMIT, TARGET, NOW, 78, &is_it));
    assert_false(is_it);
    assert_int_equal(test_db_number(db, "SELECT used_by_request FROM verification_code LIMIT 1"), 77);
}

static void failed_delivery_is_read_with_the_code(void **state)
{
    const int64_t id = inserted_at(NOW);

    (void)state;
    assert_false(latest()->delivery_failed);
    test_db_sql(db, "INSERT INTO delivery (event_id, code_id, channel, address, lang, kind, link, state, next_at, created_at, give_up_at, "
                "done_at) VALUES ('e', %lld, 'EMAIL', 'a', 'en', 'CODE', '', 'DEAD', '2026-01-01', '2026-01-01', '2026-01-02', "
                "'2026-01-02')", (long long)id);
    assert_true(latest()->delivery_failed);
    /* The next hop refuses us: it is tried again, and whoever waits is told meanwhile. */
    test_db_sql(db, "UPDATE delivery SET state = 'QUEUED', done_at = NULL");
    assert_false(latest()->delivery_failed);
    test_db_sql(db, "UPDATE delivery SET is_denied = 1");
    assert_true(latest()->delivery_failed);
    test_db_sql(db, "UPDATE delivery SET state = 'SENT', done_at = created_at");
    assert_false(latest()->delivery_failed);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(live_contacts_are_listed_verified_or_not), TEST(latest_is_the_newest_of_its_target), TEST(two_live_codes_cannot_be),
        TEST(change_of_contact_supersedes_its_codes_only), TEST(budget_without_a_row_is_empty),
        TEST(budget_counts_the_last_hour_and_day), TEST(send_is_taken_once_a_version), TEST(tries_are_counted_up_to_their_number),
        TEST(try_that_may_not_be_is_not_counted), TEST(failure_adds_up_and_kills_at_the_last_try),
        TEST(lock_comes_at_its_number_and_starts_the_count_anew), TEST(proof_is_given_once_in_its_session_and_time),
        TEST(dead_code_proves_nothing), TEST(grant_is_used_once_and_only_where_it_belongs), TEST(failed_delivery_is_read_with_the_code),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
