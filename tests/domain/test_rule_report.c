#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rule_facts.h"

static void a_part_that_is_not_known_leaves_its_rules_unknown(void **state)
{
    static const struct { enum facts_part part; enum rule_code codes[4]; int n; int blocking; } rows[] = {
        { FACTS_MEMBERS, { RULE_C1, RULE_X4, RULE_X5 }, 3, 1 }, { FACTS_FREEZE, { RULE_C2, RULE_C3 }, 2, 2 },
        { FACTS_COMMITMENTS, { RULE_C4, RULE_X3 }, 2, 1 }, { FACTS_CURRENCY, { RULE_C5 }, 1, 1 },
        { FACTS_CONTRACTS, { RULE_C6 }, 1, 1 }, { FACTS_QUOTA, { RULE_Q }, 1, 1 }, { FACTS_ORDERS, { RULE_X1 }, 1, 0 },
        { FACTS_BALANCE, { RULE_X2 }, 1, 0 }, { FACTS_PAYMENT, { RULE_X7 }, 1, 0 }
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct facts facts = good_facts();
        struct rule_report report;
        int unknown = 0;

        facts.known &= ~(unsigned)rows[i].part;
        report = check(&facts, OPERATION_CUSTOMER_SUBMIT);
        for (int j = 0; j < rows[i].n; j++) {
            assert_int_equal(report.results[rows[i].codes[j]].outcome, RULE_UNKNOWN);
            assert_int_equal(report.results[rows[i].codes[j]].fixer, FIXER_TIME);
        }
        for (int j = 0; j < RULES; j++)
            unknown += report.results[j].outcome == RULE_UNKNOWN;
        assert_int_equal(unknown, rows[i].n);
        assert_int_equal(report.blocking, rows[i].blocking);
        assert_int_equal(report.warnings, 0);
    }
}

static void unknown_conditions_count_as_not_passed(void **state)
{
    struct facts facts = good_facts();
    struct rule_report report;

    (void)state;
    facts.known = 0;
    report = check(&facts, OPERATION_CUSTOMER_SUBMIT);
    assert_int_equal(report.conditions, 6);
    assert_int_equal(report.conditions_failed, 6);
    assert_int_equal(report.blocking, 7);
}

/* A customer with whom everything is wrong. */
static struct facts bad_facts(void)
{
    struct facts facts = good_facts();

    facts.members_independent = facts.members_unified_with_plan = facts.reserved_instances = 1;
    facts.service_support_plans = facts.special_contracts = facts.orders_waiting = facts.arrears_minor = 1;
    facts.is_frozen = true;
    facts.currency = "";
    facts.master_name = "Master";
    facts.has_payment_method = false;
    use_up_quota(&facts, NOW + CLOCK_DAY);
    return facts;
}

static void every_failure_is_reported_at_once(void **state)
{
    struct facts facts = bad_facts();
    struct rule_report report = check(&facts, OPERATION_PARTNER_SUBMIT);

    (void)state;
    for (int i = 0; i < RULES; i++)
        assert_int_equal(report.results[i].outcome, i == RULE_C3 ? RULE_PASSED : RULE_FAILED);
    assert_int_equal(report.conditions_failed, 5);
    assert_int_equal(report.blocking, 6);
    assert_int_equal(report.warnings, 6);
}

static void severity_decides_what_a_failure_does(void **state)
{
    struct facts facts = bad_facts();

    (void)state;
    for (int code = 0; code < RULES; code++) {
        if (code == RULE_C3)
            continue;
        for (int severity = 0; severity < SEVERITIES; severity++) {
            struct rule_set set = default_set();
            struct rule_report report;

            for (int i = 0; i < RULES; i++)
                set.rows[i].severity = SEVERITY_OFF;
            set.rows[code].severity = (enum severity)severity;
            rule_check(&set, &facts, OPERATION_CUSTOMER_SUBMIT, NOW, &report);
            assert_int_equal(report.results[code].outcome, RULE_FAILED);
            assert_int_equal(rule_blocks(&report.results[code]), severity == SEVERITY_BLOCK);
            assert_int_equal(report.blocking, severity == SEVERITY_BLOCK);
            assert_int_equal(report.warnings, severity == SEVERITY_WARN);
            assert_int_equal(report.conditions, severity == SEVERITY_BLOCK && code <= RULE_C6);
            assert_int_equal(report.conditions_failed, report.conditions);
        }
    }
}

static void a_rule_that_does_not_bind_stops_and_warns_nothing(void **state)
{
    static const enum rule_operation operations[] = {
        OPERATION_CUSTOMER_SUBMIT, OPERATION_CUSTOMER_AGREE, OPERATION_PARTNER_SUBMIT, OPERATION_PARTNER_AGREE
    };
    struct facts facts = bad_facts();

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct rule_set set = default_set();
        struct rule_report report;

        for (int code = 0; code < RULES; code++)
            set.rows[code].operations = ALL_OPERATIONS & ~(unsigned)operations[i];
        rule_check(&set, &facts, operations[i], NOW, &report);
        for (int code = 0; code < RULES; code++)
            assert_false(report.results[code].binds);
        assert_int_equal(report.blocking, 0);
        assert_int_equal(report.warnings, 0);
        assert_int_equal(report.conditions, 0);
        assert_int_equal(report.conditions_failed, 0);
    }
}

static void only_c1_to_c6_are_conditions(void **state)
{
    (void)state;
    for (int i = 0; i < RULES; i++)
        assert_int_equal(rule_is_condition((enum rule_code)i), rule_code_name((enum rule_code)i)[0] == 'C');
}

static void an_operation_is_told_by_side_and_step(void **state)
{
    (void)state;
    assert_int_equal(rule_operation_of(false, false), OPERATION_CUSTOMER_SUBMIT);
    assert_int_equal(rule_operation_of(false, true), OPERATION_CUSTOMER_AGREE);
    assert_int_equal(rule_operation_of(true, false), OPERATION_PARTNER_SUBMIT);
    assert_int_equal(rule_operation_of(true, true), OPERATION_PARTNER_AGREE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_that_is_not_known_leaves_its_rules_unknown),
        cmocka_unit_test(unknown_conditions_count_as_not_passed),
        cmocka_unit_test(every_failure_is_reported_at_once),
        cmocka_unit_test(severity_decides_what_a_failure_does),
        cmocka_unit_test(a_rule_that_does_not_bind_stops_and_warns_nothing),
        cmocka_unit_test(only_c1_to_c6_are_conditions),
        cmocka_unit_test(an_operation_is_told_by_side_and_step)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
