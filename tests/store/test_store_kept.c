#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/store_kept.h"
#include "support/test_db.h"

#define NOW (INT64_C(1781524800) * CLOCK_SECOND)
#define PATH "/requests/DR20260615-000001"

static void *mem;
static struct db *db;

static int begin(void **state)
{
    (void)state;
    mem = mem_context(NULL, "test");
    db = test_db_open(mem);
    test_db_clear(db);
    test_db_sql(db, "INSERT INTO account (id, kind, no, name, created_at) VALUES (1, 'PARTNER', 'P-1', 'Nimbus', '2026-01-01')");
    test_db_sql(db, "INSERT INTO user (id, account_id, login, name, role, created_at) VALUES "
                "(7, 1, 'a@example.com', 'Ada', 'admin', '2026-01-01'), (8, 1, 'b@example.com', 'Bea', 'admin', '2026-01-01')");
    return 0;
}

static int end(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static const char *found(int64_t user_id, const char *path, int64_t since)
{
    const char *fields = "unset";

    assert_null(kept_form_find(db, mem, user_id, path, since, &fields));
    return fields;
}

static void what_is_kept_is_found_by_its_user_at_its_page(void **state)
{
    (void)state;
    assert_null(kept_form_put(db, 7, PATH, "message=a%20b", NOW));
    assert_string_equal(found(7, PATH, NOW), "message=a%20b");
    assert_null(found(8, PATH, NOW));
    assert_null(found(7, "/disassociate/reason", NOW));
    assert_null(found(7, "/requests/dr20260615-000001", NOW));
}

static void what_is_kept_later_takes_its_place(void **state)
{
    (void)state;
    assert_null(kept_form_put(db, 7, PATH, "message=first", NOW));
    assert_null(kept_form_put(db, 7, PATH, "message=second", NOW + CLOCK_HOUR));
    assert_string_equal(found(7, PATH, NOW + CLOCK_HOUR), "message=second");
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM kept_form LIMIT 1"), 1);
}

static void what_is_older_than_asked_for_is_not_found(void **state)
{
    (void)state;
    assert_null(kept_form_put(db, 7, PATH, "message=a", NOW));
    assert_null(found(7, PATH, NOW + 1));
}

static void what_was_sent_is_cleared(void **state)
{
    (void)state;
    assert_null(kept_form_put(db, 7, PATH, "message=a", NOW));
    assert_null(kept_form_put(db, 8, PATH, "message=b", NOW));
    assert_null(kept_form_clear(db, 7, PATH));
    assert_null(found(7, PATH, NOW));
    assert_string_equal(found(8, PATH, NOW), "message=b");
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM kept_form WHERE fields LIKE '%%=a%%' LIMIT 1"), 0);
}

static void clearing_what_is_not_there_is_no_error(void **state)
{
    (void)state;
    assert_null(kept_form_clear(db, 7, PATH));
}

static void nothing_is_kept_for_nobody(void **state)
{
    (void)state;
    assert_non_null(kept_form_put(db, 9, PATH, "message=a", NOW));
}

static void more_than_a_row_holds_is_refused_whole(void **state)
{
    char *fields = mem_array(mem, char, KEPT_FIELDS_MAX_BYTES + 2);

    (void)state;
    memset(fields, 'a', KEPT_FIELDS_MAX_BYTES);
    assert_null(kept_form_put(db, 7, PATH, fields, NOW));
    assert_int_equal(strlen(found(7, PATH, NOW)), KEPT_FIELDS_MAX_BYTES);
    fields[KEPT_FIELDS_MAX_BYTES] = 'a';
    assert_non_null(kept_form_put(db, 8, PATH, fields, NOW));
    assert_null(found(8, PATH, NOW));
}

static void old_ones_are_purged(void **state)
{
    int64_t n = -1;

    (void)state;
    assert_null(kept_form_put(db, 7, PATH, "message=a", NOW));
    assert_null(kept_form_put(db, 8, PATH, "message=b", NOW + CLOCK_HOUR));
    assert_null(purge_kept_forms(db, NOW + 1, &n));
    assert_int_equal(n, 1);
    assert_null(found(7, PATH, NOW));
    assert_string_equal(found(8, PATH, NOW), "message=b");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(what_is_kept_is_found_by_its_user_at_its_page),
        TEST(what_is_kept_later_takes_its_place),
        TEST(what_is_older_than_asked_for_is_not_found),
        TEST(what_was_sent_is_cleared),
        TEST(clearing_what_is_not_there_is_no_error),
        TEST(nothing_is_kept_for_nobody),
        TEST(more_than_a_row_holds_is_refused_whole),
        TEST(old_ones_are_purged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
