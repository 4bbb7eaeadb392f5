#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/memory.h"
#include "domain/rule.h"

static void rule_words_are_found_again(void **state)
{
    static const char *const names[] = { "C1", "C2", "C3", "C4", "C5", "C6", "Q", "X1", "X2", "X3", "X4", "X5", "X7" };
    enum rule_code code;
    enum severity severity;
    enum commitment_kind kind;

    (void)state;
    for (int i = 0; i < RULES; i++) {
        assert_string_equal(rule_code_name((enum rule_code)i), names[i]);
        assert_true(rule_code_find(names[i], &code));
        assert_int_equal(code, i);
    }
    assert_string_equal(severity_name(SEVERITY_BLOCK), "BLOCK");
    assert_true(severity_find("WARN", &severity));
    assert_int_equal(severity, SEVERITY_WARN);
    assert_string_equal(commitment_kind_name(COMMITMENT_RI), "RI");
    assert_true(commitment_kind_find("SERVICE_SUPPORT_PLAN", &kind));
    assert_int_equal(kind, COMMITMENT_SERVICE_SUPPORT_PLAN);
}

static void an_unknown_rule_word_is_not_found(void **state)
{
    enum rule_code code = RULE_X7;
    enum severity severity = SEVERITY_WARN;
    enum commitment_kind kind = COMMITMENT_RI;

    (void)state;
    assert_false(rule_code_find("X6", &code));
    assert_false(rule_code_find("c1", &code));
    assert_false(severity_find("block", &severity));
    assert_false(commitment_kind_find("", &kind));
    assert_int_equal(code, RULE_X7);
    assert_int_equal(severity, SEVERITY_WARN);
    assert_int_equal(kind, COMMITMENT_RI);
}

static void each_slug_is_its_own_and_fit_for_an_anchor(void **state)
{
    (void)state;
    for (int i = 0; i < RULES; i++) {
        const char *slug = rule_slug((enum rule_code)i);

        assert_true(slug[0] != '\0');
        assert_int_equal(strspn(slug, "abcdefghijklmnopqrstuvwxyz-"), strlen(slug));
        for (int j = 0; j < i; j++)
            assert_string_not_equal(slug, rule_slug((enum rule_code)j));
    }
}

static void a_report_packs_to_one_line(void **state)
{
    void *ctx = mem_context(NULL, "test");
    struct rule_report report = { .at = 1 };

    (void)state;
    report.results[RULE_C1].outcome = RULE_FAILED;
    report.results[RULE_C2].outcome = RULE_COVERED;
    report.results[RULE_X7].outcome = RULE_UNKNOWN;
    assert_string_equal(rule_report_pack(ctx, &report),
                        "C1=F C2=C C3=P C4=P C5=P C6=P Q=P X1=P X2=P X3=P X4=P X5=P X7=U");
    talloc_free(ctx);
}

static void a_packed_report_unpacks_to_the_same_outcomes(void **state)
{
    void *ctx = mem_context(NULL, "test");
    struct rule_report report = { .at = 1 }, read;

    (void)state;
    for (int i = 0; i < RULES; i++)
        report.results[i].outcome = (enum rule_outcome)(i % 4);
    assert_true(rule_report_unpack(rule_report_pack(ctx, &report), &read));
    for (int i = 0; i < RULES; i++) {
        assert_int_equal(read.results[i].code, i);
        assert_int_equal(read.results[i].outcome, i % 4);
    }
    talloc_free(ctx);
}

static void unknown_codes_are_ignored_and_missing_ones_unknown(void **state)
{
    struct rule_report read;

    (void)state;
    assert_true(rule_report_unpack("C9=F C1=P LATER=C", &read));
    assert_int_equal(read.results[RULE_C1].outcome, RULE_PASSED);
    assert_int_equal(read.results[RULE_C2].outcome, RULE_UNKNOWN);
    assert_int_equal(read.results[RULE_X7].outcome, RULE_UNKNOWN);
}

static void what_is_no_report_is_refused_and_changes_nothing(void **state)
{
    static const char *const bad[] = { "", " ", "C1", "C1=", "C1=X", "=P", "C1=PP", "C1=P C2", "C1=P,C2=P", "C1==P" };
    struct rule_report read = { .at = 42 };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (rule_report_unpack(bad[i], &read))
            fail_msg("“%s” was taken", bad[i]);
    assert_false(rule_report_unpack(NULL, &read));
    assert_int_equal(read.at, 42);
}

static void a_row_packs_to_one_line_and_back(void **state)
{
    const struct rule_row row = {
        .code = RULE_Q, .severity = SEVERITY_WARN, .operations = OPERATION_CUSTOMER_SUBMIT | OPERATION_PARTNER_SUBMIT, .limit = 4, .months = 6 };
    struct rule_row read = { .code = RULE_Q };
    char *packed = rule_row_pack(NULL, &row);

    (void)state;
    assert_string_equal(packed, "WARN 1010 4/6");
    assert_true(rule_row_unpack(packed, &read));
    assert_true(rule_row_equal(&row, &read));
    talloc_free(packed);
}

static void what_is_no_row_is_refused(void **state)
{
    static const char *const bad[] = { "", "seed-2025-06-30", "WARN", "WARN 101 4/6", "WARN 10101 4/6", "LOUD 1010 4/6", "WARN 1010 4/6 ",
                                       "WARN 1210 4/6" };
    struct rule_row read = { .code = RULE_Q, .limit = 7 };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (rule_row_unpack(bad[i], &read))
            fail_msg("“%s” was taken", bad[i]);
    assert_int_equal(read.limit, 7);
}

static void only_the_quota_has_numbers_and_answers_use_none_of_it(void **state)
{
    struct rule_row quota = { .code = RULE_Q, .severity = SEVERITY_BLOCK, .operations = OPERATION_CUSTOMER_SUBMIT, .limit = 1, .months = 1 };
    struct rule_row other = { .code = RULE_C1, .severity = SEVERITY_OFF, .operations = 15 };

    (void)state;
    assert_true(rule_row_is_fine(&quota) && rule_row_is_fine(&other));
    other.limit = 1;
    assert_false(rule_row_is_fine(&other));
    other.limit = 0;
    other.operations = 16;
    assert_false(rule_row_is_fine(&other));
    quota.operations = OPERATION_CUSTOMER_AGREE;
    assert_false(rule_row_is_fine(&quota));
    quota.operations = 0;
    quota.limit = RULE_LIMIT_MAX;
    quota.months = RULE_MONTHS_MAX;
    assert_true(rule_row_is_fine(&quota));
    quota.limit++;
    assert_false(rule_row_is_fine(&quota));
    quota.limit = 0;
    assert_false(rule_row_is_fine(&quota));
    quota.limit = 1;
    quota.months = 0;
    assert_false(rule_row_is_fine(&quota));
    quota.months = RULE_MONTHS_MAX + 1;
    assert_false(rule_row_is_fine(&quota));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_words_are_found_again),
        cmocka_unit_test(an_unknown_rule_word_is_not_found),
        cmocka_unit_test(each_slug_is_its_own_and_fit_for_an_anchor),
        cmocka_unit_test(a_report_packs_to_one_line),
        cmocka_unit_test(a_packed_report_unpacks_to_the_same_outcomes),
        cmocka_unit_test(unknown_codes_are_ignored_and_missing_ones_unknown),
        cmocka_unit_test(what_is_no_report_is_refused_and_changes_nothing),
        cmocka_unit_test(a_row_packs_to_one_line_and_back),
        cmocka_unit_test(what_is_no_row_is_refused),
        cmocka_unit_test(only_the_quota_has_numbers_and_answers_use_none_of_it)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
