#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "domain/statement.h"

static void each_point_of_the_statement_is_a_text_of_its_own(void **state)
{
    static const enum side sides[] = { SIDE_CUSTOMER, SIDE_PARTNER };

    (void)state;
    for (size_t s = 0; s < 2; s++) {
        for (int i = 0; i < STATEMENT_POINTS; i++) {
            assert_true(strlen(statement_point(sides[s], i)) > 40);
            for (int j = 0; j < i; j++)
                assert_string_not_equal(statement_point(sides[s], i), statement_point(sides[s], j));
        }
        assert_non_null(strstr(statement_point(sides[s], 0), "payment method"));
        assert_non_null(strstr(statement_point(sides[s], 1), "grace period"));
        assert_non_null(strstr(statement_point(sides[s], 2), "retention period"));
        assert_non_null(strstr(statement_point(sides[s], 3), "can’t be undone"));
    }
}

static void the_partner_reads_about_its_customer(void **state)
{
    (void)state;
    for (int i = 0; i < STATEMENT_POINTS; i++)
        assert_non_null(strstr(statement_point(SIDE_PARTNER, i), "customer"));
    assert_string_equal(statement_tick(SIDE_PARTNER),
                        "I understand the preceding statement and confirm to disassociate from the customer account");
}

static void there_is_no_point_outside_the_statement(void **state)
{
    (void)state;
    assert_string_equal(statement_point(SIDE_CUSTOMER, -1), "");
    assert_string_equal(statement_point(SIDE_PARTNER, STATEMENT_POINTS), "");
}

static void the_tick_says_the_guides_words(void **state)
{
    (void)state;
    assert_string_equal(statement_tick(SIDE_CUSTOMER),
                        "I understand the preceding statement and confirm to disassociate from the partner account");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_point_of_the_statement_is_a_text_of_its_own),
        cmocka_unit_test(the_partner_reads_about_its_customer),
        cmocka_unit_test(there_is_no_point_outside_the_statement),
        cmocka_unit_test(the_tick_says_the_guides_words)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
