#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "domain/association.h"

static void association_words_are_those_of_the_database(void **state)
{
    enum association_model model;
    enum association_status status;

    (void)state;
    assert_string_equal(association_model_name(MODEL_RESELLER), "RESELLER");
    assert_true(association_model_find("REFERRAL", &model));
    assert_int_equal(model, MODEL_REFERRAL);
    assert_string_equal(association_status_name(ASSOCIATION_ENDED), "ENDED");
    assert_true(association_status_find("ACTIVE", &status));
    assert_int_equal(status, ASSOCIATION_ACTIVE);
}

static void freeze_words_are_those_of_the_database(void **state)
{
    static const char *const sources[] = { "PARTNER", "BUDGET", "PLATFORM", "ASSOCIATION_DEFAULT" };
    enum freeze_type type;
    enum freeze_source source;

    (void)state;
    assert_string_equal(freeze_type_name(FREEZE_ACCOUNT), "ACCOUNT");
    assert_true(freeze_type_find("ACCOUNT_AND_RESOURCES", &type));
    assert_int_equal(type, FREEZE_ACCOUNT_AND_RESOURCES);
    for (int i = 0; i < FREEZE_SOURCES; i++) {
        assert_string_equal(freeze_source_name((enum freeze_source)i), sources[i]);
        assert_true(freeze_source_find(sources[i], &source));
        assert_int_equal(source, i);
    }
}

static void an_unknown_association_word_is_not_found(void **state)
{
    enum association_model model = MODEL_REFERRAL;
    enum association_status status = ASSOCIATION_ENDED;
    enum freeze_type type = FREEZE_ACCOUNT;
    enum freeze_source source = FREEZE_BY_BUDGET;

    (void)state;
    assert_false(association_model_find("reseller", &model));
    assert_false(association_status_find("ENDING", &status));
    assert_false(freeze_type_find("ACCOUNT_AND", &type));
    assert_false(freeze_source_find("", &source));
    assert_int_equal(model, MODEL_REFERRAL);
    assert_int_equal(status, ASSOCIATION_ENDED);
    assert_int_equal(type, FREEZE_ACCOUNT);
    assert_int_equal(source, FREEZE_BY_BUDGET);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(association_words_are_those_of_the_database),
        cmocka_unit_test(freeze_words_are_those_of_the_database),
        cmocka_unit_test(an_unknown_association_word_is_not_found)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
