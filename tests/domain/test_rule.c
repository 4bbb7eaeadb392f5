#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rule_facts.h"

/* Exactly this rule fails, and nothing else is not passed. */
static void assert_only_failure(const struct facts *facts, enum rule_code code, enum fixer fixer)
{
    struct rule_report report = check(facts, OPERATION_CUSTOMER_SUBMIT);

    for (int i = 0; i < RULES; i++) {
        if (i == (int)code) {
            assert_int_equal(report.results[i].outcome, RULE_FAILED);
            assert_int_equal(report.results[i].fixer, fixer);
        } else {
            assert_int_not_equal(report.results[i].outcome, RULE_FAILED);
            assert_int_not_equal(report.results[i].outcome, RULE_UNKNOWN);
            assert_int_equal(report.results[i].fixer, FIXER_NOBODY);
        }
    }
    assert_int_equal(report.blocking, code <= RULE_Q ? 1 : 0);
    assert_int_equal(report.conditions, 6);
    assert_int_equal(report.conditions_failed, code <= RULE_C6 ? 1 : 0);
    assert_int_equal(report.warnings, code > RULE_Q ? 1 : 0);
}

static void assert_all_pass(const struct facts *facts)
{
    struct rule_report report = check(facts, OPERATION_CUSTOMER_SUBMIT);

    for (int i = 0; i < RULES; i++) {
        assert_int_equal(report.results[i].code, i);
        assert_int_equal(report.results[i].outcome, RULE_PASSED);
        assert_int_equal(report.results[i].fixer, FIXER_NOBODY);
    }
    assert_int_equal(report.blocking, 0);
    assert_int_equal(report.conditions, 6);
    assert_int_equal(report.conditions_failed, 0);
    assert_int_equal(report.warnings, 0);
    assert_int_equal(report.at, NOW);
}

static void nothing_wrong_passes_everything(void **state)
{
    struct facts facts = good_facts();

    (void)state;
    assert_all_pass(&facts);
}

static void c1_fails_with_an_independent_member(void **state)
{
    struct facts facts = good_facts();

    (void)state;
    facts.members_independent = 1;
    assert_only_failure(&facts, RULE_C1, FIXER_CUSTOMER);
}

static void c1_passes_with_unified_members_only(void **state)
{
    struct facts_member member = { .id = 1, .name = "Unified" };
    struct facts facts = good_facts();

    (void)state;
    facts.members = &member;
    facts.members_n = 1;
    assert_all_pass(&facts);
}

static void c2_fails_when_the_account_is_frozen(void **state)
{
    struct facts facts = good_facts();

    (void)state;
    facts.is_frozen = true;
    facts.freeze.type = FREEZE_ACCOUNT;
    for (int source = 0; source < FREEZE_SOURCES; source++) {
        bool is_partners = source == FREEZE_BY_PARTNER || source == FREEZE_BY_ASSOCIATION_DEFAULT;

        facts.freeze.source = (enum freeze_source)source;
        assert_only_failure(&facts, RULE_C2, is_partners ? FIXER_PARTNER : FIXER_PLATFORM);
    }
    assert_int_equal(check(&facts, OPERATION_CUSTOMER_SUBMIT).results[RULE_C3].outcome, RULE_PASSED);
}

static void c3_fails_and_covers_c2_when_resources_are_frozen_too(void **state)
{
    struct facts facts = good_facts();
    struct rule_report report;

    (void)state;
    facts.is_frozen = true;
    facts.freeze.type = FREEZE_ACCOUNT_AND_RESOURCES;
    assert_only_failure(&facts, RULE_C3, FIXER_PARTNER);
    report = check(&facts, OPERATION_CUSTOMER_SUBMIT);
    assert_int_equal(report.results[RULE_C2].outcome, RULE_COVERED);
    assert_false(rule_blocks(&report.results[RULE_C2]));
    facts.freeze.source = FREEZE_BY_PLATFORM;
    assert_only_failure(&facts, RULE_C3, FIXER_PLATFORM);
}

static void a_frozen_partner_cannot_lift_its_freeze(void **state)
{
    struct facts facts = good_facts();

    (void)state;
    facts.is_frozen = facts.partner_is_frozen = true;
    assert_only_failure(&facts, RULE_C2, FIXER_PLATFORM);
}

static void a_lifted_freeze_does_not_count(void **state)
{
    struct facts facts = good_facts();

    (void)state;
    facts.freeze.type = FREEZE_ACCOUNT_AND_RESOURCES;
    facts.freeze.lifted_at = NOW - 1;
    assert_all_pass(&facts);
}

static void c4_fails_with_a_reserved_instance_or_a_partner_plan(void **state)
{
    struct facts facts = good_facts();

    (void)state;
    facts.reserved_instances = 1;
    assert_only_failure(&facts, RULE_C4, FIXER_CUSTOMER);
    facts.reserved_instances = 0;
    facts.partner_support_plans = 2;
    assert_only_failure(&facts, RULE_C4, FIXER_CUSTOMER);
}

static void c4_passes_at_exactly_valid_to(void **state)
{
    struct facts_commitment commitment = { .kind = COMMITMENT_RI, .is_valid = true };
    struct facts facts = good_facts();

    (void)state;
    facts.commitments = &commitment;
    facts.commitments_n = 1;
    facts.reserved_instances = 1;
    commitment.valid_to = NOW + 1;
    assert_only_failure(&facts, RULE_C4, FIXER_CUSTOMER);
    commitment.valid_to = NOW;
    assert_all_pass(&facts);
    commitment.valid_to = NOW + CLOCK_DAY;
    commitment.is_valid = false;
    assert_all_pass(&facts);
}

static void c4_counts_what_the_list_has_no_room_for(void **state)
{
    struct facts_commitment commitment = { .kind = COMMITMENT_RI, .is_valid = true, .valid_to = NOW };
    struct facts facts = good_facts();

    (void)state;
    facts.commitments = &commitment;
    facts.commitments_n = 1;
    facts.reserved_instances = 2;
    assert_only_failure(&facts, RULE_C4, FIXER_CUSTOMER);
}

static void c4_does_not_mind_a_service_plan(void **state)
{
    struct facts_commitment commitment = { .kind = COMMITMENT_SERVICE_SUPPORT_PLAN, .is_valid = true, .valid_to = NOW + 1 };
    struct facts facts = good_facts();

    (void)state;
    facts.commitments = &commitment;
    facts.commitments_n = 1;
    facts.service_support_plans = 1;
    assert_only_failure(&facts, RULE_X3, FIXER_CUSTOMER);
    commitment.valid_to = NOW;
    assert_all_pass(&facts);
}

static void c5_fails_without_a_currency(void **state)
{
    struct facts facts = good_facts();

    (void)state;
    facts.currency = "";
    assert_only_failure(&facts, RULE_C5, FIXER_CUSTOMER);
    facts.currency = NULL;
    assert_only_failure(&facts, RULE_C5, FIXER_CUSTOMER);
}

static void c6_fails_with_a_contract_in_effect(void **state)
{
    struct facts facts = good_facts();

    (void)state;
    facts.special_contracts = 1;
    assert_only_failure(&facts, RULE_C6, FIXER_BOTH);
}

static void c6_holds_from_starts_at_up_to_ends_at(void **state)
{
    struct facts_contract contract = { .number = "SC-1", .starts_at = NOW, .ends_at = NOW + 1, .is_effective = true };
    struct facts facts = good_facts();

    (void)state;
    facts.contracts = &contract;
    facts.contracts_n = 1;
    facts.special_contracts = 1;
    assert_only_failure(&facts, RULE_C6, FIXER_BOTH);
    contract.ends_at = NOW;
    contract.starts_at = NOW - CLOCK_DAY;
    assert_all_pass(&facts);
    contract.starts_at = NOW + 1;
    contract.ends_at = NOW + CLOCK_DAY;
    assert_all_pass(&facts);
    contract.starts_at = NOW;
    contract.is_effective = false;
    assert_all_pass(&facts);
}

static void c6_counts_what_the_list_has_no_room_for(void **state)
{
    struct facts_contract contract = { .starts_at = NOW - CLOCK_DAY, .ends_at = NOW, .is_effective = true };
    struct facts facts = good_facts();

    (void)state;
    facts.contracts = &contract;
    facts.contracts_n = 1;
    facts.special_contracts = 2;
    assert_only_failure(&facts, RULE_C6, FIXER_BOTH);
}

static void q_fails_until_a_slot_is_free(void **state)
{
    struct facts facts = good_facts();

    (void)state;
    use_up_quota(&facts, NOW + 1);
    assert_only_failure(&facts, RULE_Q, FIXER_TIME);
    use_up_quota(&facts, NOW);
    assert_all_pass(&facts);
}

static void q_binds_submit_only_whatever_its_row_says(void **state)
{
    struct facts facts = good_facts();
    struct rule_set set = default_set();
    struct rule_report report;

    (void)state;
    use_up_quota(&facts, NOW + CLOCK_DAY);
    set.rows[RULE_Q].operations = ALL_OPERATIONS;
    rule_check(&set, &facts, OPERATION_CUSTOMER_AGREE, NOW, &report);
    assert_false(report.results[RULE_Q].binds);
    assert_int_equal(report.results[RULE_Q].outcome, RULE_FAILED);
    assert_int_equal(report.blocking, 0);
    rule_check(&set, &facts, OPERATION_PARTNER_AGREE, NOW, &report);
    assert_int_equal(report.blocking, 0);
    rule_check(&set, &facts, OPERATION_PARTNER_SUBMIT, NOW, &report);
    assert_true(report.results[RULE_Q].binds);
    assert_int_equal(report.blocking, 1);
    assert_int_equal(report.conditions_failed, 0);
}

static void each_warning_fails_alone_and_stops_nothing(void **state)
{
    struct facts facts = good_facts();

    (void)state;
    facts.orders_waiting = 1;
    assert_only_failure(&facts, RULE_X1, FIXER_PARTNER);
    facts = good_facts();
    facts.arrears_minor = 1;
    assert_only_failure(&facts, RULE_X2, FIXER_CUSTOMER);
    facts = good_facts();
    facts.service_support_plans = 1;
    assert_only_failure(&facts, RULE_X3, FIXER_CUSTOMER);
    facts = good_facts();
    facts.members_unified_with_plan = 1;
    assert_only_failure(&facts, RULE_X4, FIXER_CUSTOMER);
    facts = good_facts();
    facts.master_name = "Master";
    assert_only_failure(&facts, RULE_X5, FIXER_CUSTOMER);
    facts = good_facts();
    facts.has_payment_method = false;
    assert_only_failure(&facts, RULE_X7, FIXER_CUSTOMER);
}

static void a_credit_is_no_arrears(void **state)
{
    struct facts facts = good_facts();

    (void)state;
    facts.arrears_minor = -500;
    assert_all_pass(&facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_wrong_passes_everything),
        cmocka_unit_test(c1_fails_with_an_independent_member),
        cmocka_unit_test(c1_passes_with_unified_members_only),
        cmocka_unit_test(c2_fails_when_the_account_is_frozen),
        cmocka_unit_test(c3_fails_and_covers_c2_when_resources_are_frozen_too),
        cmocka_unit_test(a_frozen_partner_cannot_lift_its_freeze),
        cmocka_unit_test(a_lifted_freeze_does_not_count),
        cmocka_unit_test(c4_fails_with_a_reserved_instance_or_a_partner_plan),
        cmocka_unit_test(c4_passes_at_exactly_valid_to),
        cmocka_unit_test(c4_counts_what_the_list_has_no_room_for),
        cmocka_unit_test(c4_does_not_mind_a_service_plan),
        cmocka_unit_test(c5_fails_without_a_currency),
        cmocka_unit_test(c6_fails_with_a_contract_in_effect),
        cmocka_unit_test(c6_holds_from_starts_at_up_to_ends_at),
        cmocka_unit_test(c6_counts_what_the_list_has_no_room_for),
        cmocka_unit_test(q_fails_until_a_slot_is_free),
        cmocka_unit_test(q_binds_submit_only_whatever_its_row_says),
        cmocka_unit_test(each_warning_fails_alone_and_stops_nothing),
        cmocka_unit_test(a_credit_is_no_arrears)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
