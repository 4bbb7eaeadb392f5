#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "domain/account.h"
#include "domain/side.h"

static void each_account_word_is_found_again(void **state)
{
    enum account_kind kind;
    enum channel channel;
    enum side side;

    (void)state;
    for (int i = 0; i < ACCOUNT_KINDS; i++) {
        assert_true(account_kind_find(account_kind_name((enum account_kind)i), &kind));
        assert_int_equal(kind, i);
    }
    for (int i = 0; i < CHANNELS; i++) {
        assert_true(channel_find(channel_name((enum channel)i), &channel));
        assert_int_equal(channel, i);
    }
    for (int i = 0; i < SIDES; i++) {
        assert_true(side_find(side_name((enum side)i), &side));
        assert_int_equal(side, i);
    }
}

static void account_words_are_those_of_the_database(void **state)
{
    (void)state;
    assert_string_equal(account_kind_name(ACCOUNT_CUSTOMER), "CUSTOMER");
    assert_string_equal(account_kind_name(ACCOUNT_PARTNER), "PARTNER");
    assert_string_equal(account_kind_name(ACCOUNT_PLATFORM), "PLATFORM");
    assert_string_equal(channel_name(CHANNEL_EMAIL), "EMAIL");
    assert_string_equal(channel_name(CHANNEL_SMS), "SMS");
    assert_string_equal(side_name(SIDE_SYSTEM), "SYSTEM");
}

static void an_unknown_word_is_not_found_and_changes_nothing(void **state)
{
    static const char *const strange[] = { "", "customer", "CUSTOMER ", "PARTNERS", "email", "open", "EMAIL,SMS" };
    enum account_kind kind = ACCOUNT_PLATFORM;
    enum channel channel = CHANNEL_SMS;
    enum role role = ROLE_OPS;
    enum side side = SIDE_SYSTEM;

    (void)state;
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
        assert_false(account_kind_find(strange[i], &kind));
        assert_false(channel_find(strange[i], &channel));
        assert_false(role_find(strange[i], &role));
        assert_false(side_find(strange[i], &side));
    }
    assert_false(account_kind_find(NULL, &kind));
    assert_false(role_find(NULL, &role));
    assert_int_equal(kind, ACCOUNT_PLATFORM);
    assert_int_equal(channel, CHANNEL_SMS);
    assert_int_equal(role, ROLE_OPS);
    assert_int_equal(side, SIDE_SYSTEM);
}

static void a_value_outside_its_table_has_no_name(void **state)
{
    (void)state;
    assert_string_equal(channel_name(CHANNEL_NONE), "");
    assert_string_equal(account_kind_name(ACCOUNT_KINDS), "");
    assert_string_equal(side_name(SIDES), "");
    assert_string_equal(role_name(ROLES_CUSTOMER), "");
}

static void each_role_fits_one_kind_of_account_only(void **state)
{
    static const struct { enum role role; const char *name; int kind; } rows[] = {
        { ROLE_OWNER, "owner", ACCOUNT_CUSTOMER }, { ROLE_VIEWER, "viewer", ACCOUNT_CUSTOMER },
        { ROLE_ADMIN, "admin", ACCOUNT_PARTNER }, { ROLE_MANAGER, "manager", ACCOUNT_PARTNER },
        { ROLE_OPS, "ops", ACCOUNT_PLATFORM }, { ROLE_AUDITOR, "auditor", ACCOUNT_PLATFORM },
        { ROLE_ANONYMOUS, "anonymous", -1 }
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum role found;

        assert_string_equal(role_name(rows[i].role), rows[i].name);
        assert_true(role_find(rows[i].name, &found));
        assert_int_equal(found, rows[i].role);
        for (int kind = 0; kind <= ACCOUNT_KINDS; kind++)
            assert_int_equal(role_fits(rows[i].role, (enum account_kind)kind), kind == rows[i].kind);
    }
}

static void a_set_of_roles_fits_no_account(void **state)
{
    (void)state;
    assert_false(role_fits(ROLES_CUSTOMER, ACCOUNT_CUSTOMER));
    assert_false(role_fits(ROLES_ALL, ACCOUNT_PLATFORM));
}

static void each_kind_of_account_stands_on_its_side(void **state)
{
    (void)state;
    assert_int_equal(side_of_kind(ACCOUNT_CUSTOMER), SIDE_CUSTOMER);
    assert_int_equal(side_of_kind(ACCOUNT_PARTNER), SIDE_PARTNER);
    assert_int_equal(side_of_kind(ACCOUNT_PLATFORM), SIDE_PLATFORM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_account_word_is_found_again),
        cmocka_unit_test(account_words_are_those_of_the_database),
        cmocka_unit_test(an_unknown_word_is_not_found_and_changes_nothing),
        cmocka_unit_test(a_value_outside_its_table_has_no_name),
        cmocka_unit_test(each_role_fits_one_kind_of_account_only),
        cmocka_unit_test(a_set_of_roles_fits_no_account),
        cmocka_unit_test(each_kind_of_account_stands_on_its_side)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
