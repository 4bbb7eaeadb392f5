#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "domain/statement.h"

static void each_point_of_the_statement_is_a_text_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < STATEMENT_POINTS; i++) {
        assert_true(strlen(statement_point(i)) > 40);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(statement_point(i), statement_point(j));
    }
    assert_non_null(strstr(statement_point(0), "payment method"));
    assert_non_null(strstr(statement_point(1), "grace period"));
    assert_non_null(strstr(statement_point(2), "retention period"));
    assert_non_null(strstr(statement_point(3), "can’t be undone"));
}

static void there_is_no_point_outside_the_statement(void **state)
{
    (void)state;
    assert_string_equal(statement_point(-1), "");
    assert_string_equal(statement_point(STATEMENT_POINTS), "");
}

static void the_tick_says_the_guides_words(void **state)
{
    (void)state;
    assert_string_equal(statement_tick(),
                        "I understand the preceding statement and confirm to disassociate from the partner account");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_point_of_the_statement_is_a_text_of_its_own),
        cmocka_unit_test(there_is_no_point_outside_the_statement),
        cmocka_unit_test(the_tick_says_the_guides_words)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
