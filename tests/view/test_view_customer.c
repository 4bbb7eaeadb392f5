#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "view/view_customer.h"
#include "view/view_role.h"

static void *mem;

static int setup(void **state)
{
    (void)state;
    mem = mem_context(NULL, "test");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static void a_name_is_shown_whole_or_by_its_first_letter(void **state)
{
    (void)state;
    assert_string_equal(view_customer_name(mem, "Acme GmbH", false), "Acme GmbH");
    assert_string_equal(view_customer_name(mem, "Acme GmbH", true), "A…");
    assert_string_equal(view_customer_name(mem, "晨星科技", true), "晨…");
    assert_string_equal(view_customer_name(mem, "É", true), "É…");
    assert_string_equal(view_customer_name(mem, "😀 Ltd", true), "😀…");
    assert_string_equal(view_customer_name(mem, "", true), "…");
}

static void a_freeze_is_named_by_what_it_freezes(void **state)
{
    (void)state;
    assert_string_equal(view_freeze_badge(false, FREEZE_ACCOUNT).css, "ok");
    assert_string_equal(view_freeze_badge(true, FREEZE_ACCOUNT).text, "Account frozen");
    assert_string_equal(view_freeze_badge(true, FREEZE_ACCOUNT_AND_RESOURCES).text, "Account and resources frozen");
    assert_string_equal(view_freeze_badge(true, FREEZE_ACCOUNT).css, "bad");
    assert_string_equal(view_freeze_type(FREEZE_ACCOUNT), "Account only");
    assert_string_equal(view_freeze_type(FREEZE_ACCOUNT_AND_RESOURCES), "Account and resources");
}

static void every_source_has_words(void **state)
{
    (void)state;
    for (int source = 0; source < FREEZE_SOURCES; source++)
        assert_true(strlen(view_freeze_source((enum freeze_source)source)) > 3);
    assert_string_equal(view_freeze_source(FREEZE_SOURCES), "");
}

static void every_role_of_an_account_has_words(void **state)
{
    (void)state;
    for (unsigned role = ROLE_OWNER; role <= ROLE_AUDITOR; role <<= 1)
        assert_true(strlen(view_role((enum role)role)) > 3);
    assert_string_equal(view_role(ROLE_ANONYMOUS), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_shown_whole_or_by_its_first_letter),
        cmocka_unit_test(a_freeze_is_named_by_what_it_freezes),
        cmocka_unit_test(every_source_has_words),
        cmocka_unit_test(every_role_of_an_account_has_words),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
