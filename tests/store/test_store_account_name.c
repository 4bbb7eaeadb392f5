#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "store/store_account_name.h"
#include "support/test_db.h"

static struct db *db;
static void *mem;
static int64_t first;   /* of the accounts, whose ids follow each other */

static int begin(void **state)
{
    (void)state;
    mem = mem_context(NULL, "test");
    test_db_clear(db);
    for (int i = 0; i < ACCOUNT_NAMES_MAX + 1; i++)
        test_db_sql(db, "INSERT INTO account (kind, no, name, created_at) VALUES ('CUSTOMER', 'C-%d', 'Customer %d', UTC_TIMESTAMP(6))",
                    i, i);
    first = test_db_number(db, "SELECT MIN(id) FROM account");
    return 0;
}

static int end(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static void each_account_is_named_once(void **state)
{
    (void)state;
    const int64_t ids[] = { first + 1, 0, first, first + 1, first + 100000 };
    struct account_name *names;
    size_t n;

    assert_null(account_names(db, mem, ids, 5, &names, &n));

    assert_int_equal(n, 2);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(names[i].no, names[i].id == first ? "C-0" : "C-1");
        assert_string_equal(names[i].name, names[i].id == first ? "Customer 0" : "Customer 1");
    }
}

static void list_of_nobody_has_no_names(void **state)
{
    (void)state;
    const int64_t none = 0;
    struct account_name *names;
    size_t n;

    assert_null(account_names(db, mem, &none, 0, &names, &n));
    assert_int_equal(n, 0);
    assert_null(account_names(db, mem, &none, 1, &names, &n));
    assert_int_equal(n, 0);
}

static void as_many_as_fit_are_named_and_one_more_is_a_fault(void **state)
{
    (void)state;
    int64_t ids[ACCOUNT_NAMES_MAX + 1];
    struct account_name *names;
    size_t n;
    for (int i = 0; i < ACCOUNT_NAMES_MAX + 1; i++)
        ids[i] = first + i;

    assert_null(account_names(db, mem, ids, ACCOUNT_NAMES_MAX, &names, &n));
    assert_int_equal(n, ACCOUNT_NAMES_MAX);
    const struct err *err = account_names(db, mem, ids, ACCOUNT_NAMES_MAX + 1, &names, &n);

    assert_non_null(err);
    assert_int_equal(err->kind, ERR_BUG);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_account_is_named_once, begin, end),
        cmocka_unit_test_setup_teardown(list_of_nobody_has_no_names, begin, end),
        cmocka_unit_test_setup_teardown(as_many_as_fit_are_named_and_one_more_is_a_fault, begin, end),
    };

    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
