/* The wizard's rows: written whole, found again, and never by two at once. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/store_wizard.h"
#include "support/test_db.h"

#define NOW (INT64_C(1781524800) * CLOCK_SECOND + 123456)
#define ACCOUNT INT64_C(11)
#define TARGET INT64_C(22)

static struct db *db;
static void *mem;

static int begin(void **state)
{
    (void)state;
    if (db == NULL)
        db = test_db_open(NULL);
    test_db_clear(db);
    test_db_sql(db, "INSERT INTO account (id, kind, no, name, created_at) VALUES (11, 'CUSTOMER', 'C-1', 'Acme', '2026-01-01')");
    test_db_sql(db, "INSERT INTO user (id, account_id, login, name, role, created_at) VALUES "
                "(33, 11, 'olga@example.com', 'Olga Owner', 'owner', '2026-01-01')");
    mem = talloc_new(NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static struct wizard *find(enum wizard_purpose purpose, int64_t target_id)
{
    struct wizard *wizard = NULL;

    assert_null(wizard_find(db, mem, ACCOUNT, purpose, target_id, &wizard));
    return wizard;
}

static struct wizard *opened(enum wizard_purpose purpose, int64_t target_id)
{
    const struct wizard fresh = {
        .account_id = ACCOUNT, .purpose = purpose, .target_id = target_id, .opened_at = NOW, .updated_at = NOW,
        .opened_by_user_id = 33, .expires_at = NOW + CLOCK_DAY
    };
    int64_t id = 0;

    assert_null(wizard_insert(db, &fresh, &id));
    struct wizard *wizard = find(purpose, target_id);
    assert_non_null(wizard);
    assert_int_equal(wizard->id, id);
    return wizard;
}

static void fresh_row_is_found_empty(void **state)
{
    (void)state;
    assert_null(find(WIZARD_SUBMIT, TARGET));
    const struct wizard *w = opened(WIZARD_SUBMIT, TARGET);
    assert_int_equal(w->state, WIZARD_OPEN);
    assert_int_equal(w->revision, 1);
    assert_int_equal(w->opened_at, NOW);
    assert_string_equal(w->opened_by_name, "Olga Owner");
    assert_int_equal(w->statement_at, INSTANT_NONE);
    assert_int_equal(w->checked_at, INSTANT_NONE);
    assert_int_equal(w->decision, REQUEST_EVENTS);
    assert_int_equal(w->channel, CHANNEL_NONE);
    assert_int_equal(w->grant_expires_at, INSTANT_NONE);
    assert_int_equal(w->reason, REASON_NONE);
    assert_string_equal(w->reason_text, "");
    assert_int_equal(w->request_id, 0);
    assert_null(find(WIZARD_ANSWER, TARGET));
    assert_null(find(WIZARD_SUBMIT, TARGET + 1));
}

static void everything_written_is_read_back(void **state)
{
    struct wizard *w = opened(WIZARD_ANSWER, TARGET);
    bool written = false;

    (void)state;
    w->updated_at = NOW + 1;
    w->expires_at = NOW + 2;
    w->checked_at = NOW + 3;
    w->checked_report = "C1=P";
    w->statement_at = NOW + 4;
    w->statement_version = "v1";
    w->statement_lang = "zh-Hans";
    w->decision = REQUEST_REJECT;
    w->decision_text = "no “thanks”";
    w->channel = CHANNEL_SMS;
    w->code_id = 5;
    w->grant_session_id = 6;
    w->grant_expires_at = NOW + 7;
    w->reason = REASON_OTHER;
    w->reason_text = "因为";
    w->request_id = 8;
    assert_null(wizard_write(db, w, &written));
    assert_true(written);
    assert_int_equal(w->revision, 2);
    const struct wizard *r = find(WIZARD_ANSWER, TARGET);
    assert_int_equal(r->revision, 2);
    assert_int_equal(r->updated_at, NOW + 1);
    assert_int_equal(r->expires_at, NOW + 2);
    assert_int_equal(r->checked_at, NOW + 3);
    assert_string_equal(r->checked_report, "C1=P");
    assert_int_equal(r->statement_at, NOW + 4);
    assert_string_equal(r->statement_version, "v1");
    assert_string_equal(r->statement_lang, "zh-Hans");
    assert_int_equal(r->decision, REQUEST_REJECT);
    assert_string_equal(r->decision_text, "no “thanks”");
    assert_int_equal(r->channel, CHANNEL_SMS);
    assert_int_equal(r->code_id, 5);
    assert_int_equal(r->grant_session_id, 6);
    assert_int_equal(r->grant_expires_at, NOW + 7);
    assert_int_equal(r->reason, REASON_OTHER);
    assert_string_equal(r->reason_text, "因为");
    assert_int_equal(r->request_id, 8);
}

static void zeros_are_written_as_nothing(void **state)
{
    struct wizard *w = opened(WIZARD_SUBMIT, TARGET);
    bool written = false;

    (void)state;
    assert_null(wizard_write(db, w, &written));
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM wizard WHERE code_id IS NULL AND grant_session_id IS NULL AND "
                                    "grant_expires_at IS NULL AND request_id IS NULL AND statement_at IS NULL"), 1);
}

static void second_writer_of_one_revision_writes_nothing(void **state)
{
    struct wizard *first = opened(WIZARD_SUBMIT, TARGET), *second = find(WIZARD_SUBMIT, TARGET);
    bool written = false;

    (void)state;
    first->reason_text = "first";
    assert_null(wizard_write(db, first, &written));
    assert_true(written);
    second->reason_text = "second";
    assert_null(wizard_write(db, second, &written));
    assert_false(written);
    assert_int_equal(second->revision, 1);
    assert_string_equal(find(WIZARD_SUBMIT, TARGET)->reason_text, "first");
}

static void second_open_row_of_one_target_is_refused(void **state)
{
    struct wizard *w = opened(WIZARD_SUBMIT, TARGET);
    int64_t id = 0;

    (void)state;
    const struct err *err = wizard_insert(db, w, &id);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_CONFLICT);
    assert_true(db_is_duplicate(err, "wizard_open"));
    (void)opened(WIZARD_SUBMIT, TARGET + 1);
    (void)opened(WIZARD_ANSWER, TARGET);
}

static void closed_row_is_not_found_nor_written_and_makes_room(void **state)
{
    struct wizard *w = opened(WIZARD_SUBMIT, TARGET);
    bool written = false;

    (void)state;
    w->state = WIZARD_CLOSED;
    assert_null(wizard_write(db, w, &written));
    assert_true(written);
    assert_null(find(WIZARD_SUBMIT, TARGET));
    w->state = WIZARD_OPEN;
    assert_null(wizard_write(db, w, &written));
    assert_false(written);
    (void)opened(WIZARD_SUBMIT, TARGET);
}

static void row_past_its_time_is_still_found(void **state)
{
    (void)state;
    const struct wizard *w = opened(WIZARD_SUBMIT, TARGET);
    assert_false(wizard_is_live(w, w->expires_at));
    assert_non_null(find(WIZARD_SUBMIT, TARGET));
}

static void closing_a_target_closes_the_drafts_of_everybody(void **state)
{
    struct wizard other = { .account_id = 99, .purpose = WIZARD_SUBMIT, .target_id = TARGET, .opened_at = NOW, .updated_at = NOW,
                            .expires_at = NOW + 1 };
    int64_t id = 0;

    (void)state;
    struct wizard *w = opened(WIZARD_SUBMIT, TARGET);
    (void)opened(WIZARD_ANSWER, TARGET);
    (void)opened(WIZARD_SUBMIT, TARGET + 1);
    assert_null(wizard_insert(db, &other, &id));
    assert_null(wizard_close_target(db, WIZARD_SUBMIT, TARGET, NOW + 5));
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM wizard WHERE state = 'CLOSED'"), 2);
    assert_null(find(WIZARD_SUBMIT, TARGET));
    assert_non_null(find(WIZARD_ANSWER, TARGET));
    assert_non_null(find(WIZARD_SUBMIT, TARGET + 1));
    bool written = true;
    assert_null(wizard_write(db, w, &written));
    assert_false(written);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

struct holding { struct db *other; const struct err *closed; };

static const struct err *close_while_held(struct db *held, void *arg)
{
    struct holding *holding = arg;

    test_db_sql(held, "UPDATE wizard SET updated_at = updated_at WHERE target_id = %lld", (long long)TARGET + 1);
    holding->closed = wizard_close_target(holding->other, WIZARD_SUBMIT, TARGET, NOW);
    return NULL;
}

/* Open drafts of others are neither read nor waited for. */
static void closing_a_target_does_not_wait_for_the_drafts_of_another(void **state)
{
    struct holding holding = { .other = test_db_again(mem) };

    (void)state;
    assert_null(db_ready(holding.other, NOW));
    test_db_sql(holding.other, "SET SESSION innodb_lock_wait_timeout = 0");
    (void)opened(WIZARD_SUBMIT, TARGET);
    (void)opened(WIZARD_SUBMIT, TARGET + 1);
    assert_null(db_transaction(db, DB_READ_WRITE, close_while_held, &holding));
    if (holding.closed != NULL)
        fail_msg("%s", holding.closed->what);
    assert_null(find(WIZARD_SUBMIT, TARGET));
    assert_non_null(find(WIZARD_SUBMIT, TARGET + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(fresh_row_is_found_empty), TEST(everything_written_is_read_back), TEST(zeros_are_written_as_nothing),
        TEST(second_writer_of_one_revision_writes_nothing), TEST(second_open_row_of_one_target_is_refused),
        TEST(closed_row_is_not_found_nor_written_and_makes_room), TEST(row_past_its_time_is_still_found),
        TEST(closing_a_target_closes_the_drafts_of_everybody),
        TEST(closing_a_target_does_not_wait_for_the_drafts_of_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
