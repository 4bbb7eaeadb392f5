#include "support/rows.h"
#include "support/own_world.h"

#include "base/clock.h"
#include "base/memory.h"

#include "store/store_request.h"

#include "action/decide.h"

static struct decide_result result;

static struct act decide_as(const struct actor *actor, int64_t request_id, int64_t revision)
{
    struct act act = world_act(&world, actor);
    struct wizard_target target = world_answer_target(&world, actor, request_id);

    assert_null(decide_request(&act, &target, revision, world_decision(&world, request_id), &result));
    return act;
}

/* Prepared and carried out; time passes in between. */
static void decide(const struct actor *actor, int64_t request_id, enum request_event decision, const char *text)
{
    int64_t revision;
    struct act act;

    world.now += CLOCK_MINUTE;
    revision = world_ready_to_answer(&world, actor, request_id, decision, text);
    world.now += CLOCK_MINUTE;
    act = decide_as(actor, request_id, revision);
    assert_int_equal(result.outcome, DECIDE_DONE);
    assert_true(act.is_done);
}

static void refused(const struct actor *actor, int64_t request_id, int64_t revision, enum decide_outcome outcome)
{
    int64_t before = world_fingerprint(&world);
    struct act act = decide_as(actor, request_id, revision);

    assert_int_equal(result.outcome, outcome);
    assert_false(act.is_done);
    assert_non_null(result.request);
    assert_true(world_fingerprint(&world) == before);
}

/* --- agreeing --------------------------------------------------------------------------------------------------------- */

static void partner_agreeing_ends_the_association(void **state)
{
    int64_t id = world_request(&world, world.owner);

    (void)state;
    decide(world.admin, id, REQUEST_AGREE, "good luck");
    assert_int_equal(result.request->state, REQUEST_COMPLETED);
    assert_int_equal(result.request->version, 2);
    assert_int_equal(result.request->decided_by, SIDE_PARTNER);
    assert_string_equal(result.request->decided_by_name, "Ada Admin");
    assert_string_equal(result.request->decision_text, "good luck");
    assert_true(result.request->decided_at == world.now);
    assert_int_equal(world_count(&world, "association", "status = 'ENDED' AND ended_by_request = %lld AND version = 2",
                                 (long long)id), 1);
    assert_int_equal(world_count(&world, "account", "id = %lld AND billing_mode = 'DIRECT'", (long long)world.customer), 1);
    assert_int_equal(world_count(&world, "task", "account_id = %lld AND done_at IS NULL AND kind IN ('ACCOUNT_INFORMATION', "
                                 "'PAYMENT_METHOD', 'EXPORT_BILLS')", (long long)world.customer), 3);
}

static void agreeing_is_logged_as_two_transitions(void **state)
{
    int64_t id = world_request(&world, world.owner);

    (void)state;
    decide(world.admin, id, REQUEST_AGREE, "");
    assert_int_equal(world_count(&world, "operation_log", "operation = 'REQUEST_AGREED' AND from_state = 'PENDING' AND "
                                 "to_state = 'COMPLETED' AND is_transition = 1 AND result = 'AGREED' AND user_name = 'Ada Admin' "
                                 "AND partner_id = %lld", (long long)world.partner), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'DISASSOCIATED' AND from_state = 'ACTIVE' AND "
                                 "to_state = 'ENDED' AND is_transition = 1 AND request_id = %lld", (long long)id), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'UNFROZEN'"), 0);
}

static void agreeing_is_told_to_both(void **state)
{
    int64_t id = world_request(&world, world.owner);

    (void)state;
    world_contact(&world, world.customer, CHANNEL_SMS, "+491701234567");
    decide(world.admin, id, REQUEST_AGREE, "");
    assert_int_equal(world_count(&world, "notification", "kind = 'REQUEST_AGREED' AND account_id = %lld AND link LIKE '/disassociate/submitted/DR%%'",
                                 (long long)world.customer), 1);
    assert_int_equal(world_count(&world, "notification", "kind = 'REQUEST_AGREED' AND account_id = %lld AND link LIKE "
                                 "'/requests/DR%%'", (long long)world.partner), 1);
    assert_int_equal(world_count(&world, "delivery", "kind = 'REQUEST_AGREED' AND channel = 'SMS'"), 1);
    assert_int_equal(world_count(&world, "delivery", "kind = 'REQUEST_AGREED' AND channel = 'EMAIL'"), 2);
}

static void customer_agrees_with_a_code(void **state)
{
    int64_t id = world_request(&world, world.admin);

    (void)state;
    decide(world.owner, id, REQUEST_AGREE, "");
    assert_int_equal(result.request->decided_by, SIDE_CUSTOMER);
    assert_int_equal(world_count(&world, "verification_code", "purpose = 'AGREE' AND state = 'USED' AND used_by_request = %lld",
                                 (long long)id), 1);
    assert_int_equal(world_count(&world, "disassociation_request", "decision_code_id IS NOT NULL"), 1);
}

static void partner_agrees_with_a_code_when_its_function_is_on(void **state)
{
    int64_t id = world_request(&world, world.owner);

    (void)state;
    world_partner_code(&world, true);
    decide(world.admin, id, REQUEST_AGREE, "");
    assert_int_equal(world_count(&world, "verification_code", "purpose = 'AGREE' AND state = 'USED'"), 1);
}

static void freezes_of_the_partner_go_with_it(void **state)
{
    int64_t id = world_request(&world, world.owner);

    (void)state;
    /* Rules that block would keep anybody frozen from leaving; an operator may have switched them off. */
    test_db_sql(db, "UPDATE rule SET severity = 'OFF' WHERE code IN ('C2', 'C3')");
    world_freeze(&world, world.customer, FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_ASSOCIATION_DEFAULT);
    test_db_sql(db, "INSERT INTO task (account_id, kind, association_id, created_at) VALUES (%lld, 'UNFREEZE', %lld, NOW(6))",
                (long long)world.partner, (long long)world.association);
    decide(world.admin, id, REQUEST_AGREE, "");
    test_db_sql(db, "UPDATE rule SET severity = 'BLOCK' WHERE code IN ('C2', 'C3')");
    assert_int_equal(world_count(&world, "freeze", "lifted_at IS NOT NULL AND lift_reason LIKE '%%%s'", result.request->no), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'UNFROZEN' AND is_transition = 0"), 1);
    assert_int_equal(world_count(&world, "task", "kind = 'UNFREEZE' AND done_at IS NOT NULL"), 1);
}

static void freezes_of_the_platform_stay(void **state)
{
    int64_t id = world_request(&world, world.owner);

    (void)state;
    test_db_sql(db, "UPDATE rule SET severity = 'OFF' WHERE code IN ('C2', 'C3')");
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    decide(world.admin, id, REQUEST_AGREE, "");
    test_db_sql(db, "UPDATE rule SET severity = 'BLOCK' WHERE code IN ('C2', 'C3')");
    assert_int_equal(world_count(&world, "freeze", "lifted_at IS NULL"), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'UNFROZEN'"), 0);
}

static void drafts_for_it_are_closed(void **state)
{
    int64_t id = world_request(&world, world.owner);

    (void)state;
    (void)world_ready_to_submit(&world, world.admin);
    decide(world.admin, id, REQUEST_AGREE, "");
    assert_int_equal(world_count(&world, "wizard", "state = 'OPEN'"), 0);
    assert_int_equal(world_count(&world, "wizard", "state = 'DONE'"), 2);
}

static void quota_is_not_asked_when_agreeing(void **state)
{
    int64_t id = world_request(&world, world.admin);

    (void)state;
    world_slots(&world, SIDE_CUSTOMER, 3, world.now + CLOCK_DAY);
    decide(world.owner, id, REQUEST_AGREE, "");
}

static void agreeing_bumps_the_customers_version(void **state)
{
    int64_t id = world_request(&world, world.owner);
    int64_t before = test_db_number(db, "SELECT version FROM account WHERE id = %lld", (long long)world.customer);

    (void)state;
    decide(world.admin, id, REQUEST_AGREE, "");
    assert_true(test_db_number(db, "SELECT version FROM account WHERE id = %lld", (long long)world.customer) == before + 1);
}

/* --- rejecting -------------------------------------------------------------------------------------------------------- */

static void partner_rejecting_changes_the_request_only(void **state)
{
    int64_t id = world_request(&world, world.owner);

    (void)state;
    decide(world.admin, id, REQUEST_REJECT, "bills are open");
    assert_int_equal(result.request->state, REQUEST_REJECTED);
    assert_string_equal(result.request->decision_text, "bills are open");
    assert_int_equal(world_count(&world, "association", "status = 'ACTIVE' AND version = 1"), 1);
    assert_int_equal(world_count(&world, "account", "id = %lld AND billing_mode = 'PARTNER'", (long long)world.customer), 1);
    assert_int_equal(world_count(&world, "task", "1 = 1"), 0);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'REQUEST_REJECTED' AND to_state = 'REJECTED' AND remark = "
                                 "'bills are open'"), 1);
    assert_int_equal(world_count(&world, "notification", "kind = 'REQUEST_REJECTED' AND details LIKE '%%bills are open%%'"), 2);
}

static void rejected_request_still_counts(void **state)
{
    int64_t id = world_request(&world, world.owner);

    (void)state;
    decide(world.admin, id, REQUEST_REJECT, "no");
    assert_int_equal(world_count(&world, "quota_slot", "request_id = %lld AND frees_at IS NOT NULL", (long long)id), 1);
}

static void customer_rejects_without_a_text_but_with_a_code(void **state)
{
    int64_t id = world_request(&world, world.admin);

    (void)state;
    decide(world.owner, id, REQUEST_REJECT, "");
    assert_int_equal(world_count(&world, "verification_code", "purpose = 'REJECT' AND state = 'USED'"), 1);
}

static void rules_need_not_pass_to_reject(void **state)
{
    int64_t id = world_request(&world, world.owner);

    (void)state;
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    decide(world.admin, id, REQUEST_REJECT, "pay first");
}

static void frozen_partner_can_reject(void **state)
{
    int64_t id = world_request(&world, world.owner);

    (void)state;
    world_freeze(&world, world.partner, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    decide(world.admin, id, REQUEST_REJECT, "no");
}

/* --- refused ---------------------------------------------------------------------------------------------------------- */

static void frozen_partner_cannot_agree(void **state)
{
    int64_t id = world_request(&world, world.owner), revision;

    (void)state;
    world_freeze(&world, world.partner, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    revision = world_ready_to_answer(&world, world.admin, id, REQUEST_AGREE, "");
    refused(world.admin, id, revision, DECIDE_PARTNER_FROZEN);
}

static void frozen_customer_cannot_be_agreed_to(void **state)
{
    int64_t id = world_request(&world, world.owner), revision = world_ready_to_answer(&world, world.admin, id, REQUEST_AGREE, "");

    (void)state;
    world_freeze(&world, world.customer, FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_PARTNER);
    refused(world.admin, id, revision, DECIDE_CHECKS_FAILED);
    assert_int_equal(result.check->report.results[RULE_C3].outcome, RULE_FAILED);
    assert_int_equal(result.check->report.results[RULE_C2].outcome, RULE_COVERED);
}

/* Every condition is asked again inside the transaction. */
static const struct broken { const char *claim; enum rule_code code; } broken_rows[] = {
    { "independent_member_stops_an_agreement", RULE_C1 }, { "account_freeze_stops_an_agreement", RULE_C2 },
    { "resource_freeze_stops_an_agreement", RULE_C3 }, { "reserved_instance_stops_an_agreement", RULE_C4 },
    { "missing_currency_stops_an_agreement", RULE_C5 }, { "special_contract_stops_an_agreement", RULE_C6 }
};

static void break_rule(enum rule_code code)
{
    switch (code) {
    case RULE_C1: (void)world_member(&world, world.customer, "Member", true); break;
    case RULE_C2: world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_BUDGET); break;
    case RULE_C3: world_freeze(&world, world.customer, FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_PLATFORM); break;
    case RULE_C4: world_commitment(&world, world.customer, COMMITMENT_RI, world.now + 1); break;
    case RULE_C5: world_currency(&world, world.customer, NULL); break;
    case RULE_C6: world_contract(&world, world.customer, world.now, world.now + 1); break;
    default: fail();
    }
}

static void broken_rule_stops_an_agreement(void **state)
{
    const struct broken *row = *state;
    int64_t id, revision;

    world_begin(&world, db);
    id = world_request(&world, world.admin);
    revision = world_ready_to_answer(&world, world.owner, id, REQUEST_AGREE, "");
    break_rule(row->code);
    refused(world.owner, id, revision, DECIDE_CHECKS_FAILED);
    assert_int_equal(result.check->report.blocking, 1);
    assert_int_equal(result.check->report.results[row->code].outcome, RULE_FAILED);
    assert_int_equal(world_count(&world, "verification_code", "purpose = 'AGREE' AND state = 'PROVEN'"), 1);
    world_end(&world);
}

static void initiator_cannot_answer_its_own_request(void **state)
{
    int64_t id = world_request(&world, world.owner), revision = world_ready_to_answer(&world, world.owner, id, REQUEST_AGREE, "");

    (void)state;
    refused(world.owner, id, revision, DECIDE_NOT_YOURS);
}

static void partner_cannot_approve_own_request(void **state)
{
    int64_t id = world_request(&world, world.admin), revision = world_ready_to_answer(&world, world.admin, id, REQUEST_AGREE, "");

    (void)state;
    refused(world.admin, id, revision, DECIDE_NOT_YOURS);
}

static void second_answer_sees_who_and_when(void **state)
{
    const struct actor *colleague = world_user(&world, world.partner, ROLE_ADMIN, "Carl Colleague");
    int64_t id = world_request(&world, world.owner), decided_at;

    (void)state;
    decide(colleague, id, REQUEST_REJECT, "no");
    decided_at = world.now;
    world.now += CLOCK_HOUR;
    refused(world.admin, id, world_ready_to_answer(&world, world.admin, id, REQUEST_AGREE, ""), DECIDE_ALREADY);
    assert_int_equal(result.request->state, REQUEST_REJECTED);
    assert_string_equal(result.request->decided_by_name, "Carl Colleague");
    assert_true(result.request->decided_at == decided_at);
}

static void missing_statement_is_refused(void **state)
{
    int64_t id = world_request(&world, world.owner), revision = world_ready_to_answer(&world, world.admin, id, REQUEST_AGREE, "");

    (void)state;
    test_db_sql(db, "UPDATE wizard SET statement_at = NULL WHERE purpose = 'ANSWER'");
    refused(world.admin, id, revision, DECIDE_NO_STATEMENT);
}

static void missing_code_is_refused(void **state)
{
    int64_t id = world_request(&world, world.admin), revision = world_ready_to_answer(&world, world.owner, id, REQUEST_AGREE, "");

    (void)state;
    test_db_sql(db, "UPDATE wizard SET code_id = NULL, grant_session_id = NULL, grant_expires_at = NULL WHERE purpose = 'ANSWER'");
    refused(world.owner, id, revision, DECIDE_NO_GRANT);
}

static void code_for_rejecting_does_not_agree(void **state)
{
    int64_t id = world_request(&world, world.admin), revision = world_ready_to_answer(&world, world.owner, id, REQUEST_AGREE, "");

    (void)state;
    test_db_sql(db, "UPDATE verification_code SET purpose = 'REJECT' WHERE purpose = 'AGREE'");
    refused(world.owner, id, revision, DECIDE_NO_GRANT);
}

static void used_code_does_not_agree(void **state)
{
    int64_t id = world_request(&world, world.admin), revision = world_ready_to_answer(&world, world.owner, id, REQUEST_AGREE, "");

    (void)state;
    test_db_sql(db, "UPDATE verification_code SET state = 'DEAD' WHERE purpose = 'AGREE'");
    refused(world.owner, id, revision, DECIDE_NO_GRANT);
}

static void partner_must_give_a_reason_to_reject(void **state)
{
    int64_t id = world_request(&world, world.owner), revision = world_ready_to_answer(&world, world.admin, id, REQUEST_REJECT, "");

    (void)state;
    refused(world.admin, id, revision, DECIDE_NO_TEXT);
}

static void without_a_draft_there_is_no_decision(void **state)
{
    int64_t id = world_request(&world, world.owner);

    (void)state;
    refused(world.admin, id, 1, DECIDE_NO_DECISION);
}

static void draft_without_a_choice_is_no_decision(void **state)
{
    int64_t id = world_request(&world, world.owner), revision = world_ready_to_answer(&world, world.admin, id, REQUEST_AGREE, "");

    (void)state;
    test_db_sql(db, "UPDATE wizard SET decision = '' WHERE purpose = 'ANSWER'");
    refused(world.admin, id, revision, DECIDE_NO_DECISION);
}

static void draft_past_its_time_is_no_decision(void **state)
{
    int64_t id = world_request(&world, world.owner), revision = world_ready_to_answer(&world, world.admin, id, REQUEST_AGREE, "");

    (void)state;
    world.now += CLOCK_DAY;
    refused(world.admin, id, revision, DECIDE_NO_DECISION);
}

static void old_revision_has_moved(void **state)
{
    int64_t id = world_request(&world, world.owner), revision = world_ready_to_answer(&world, world.admin, id, REQUEST_AGREE, "");

    (void)state;
    refused(world.admin, id, revision - 1, DECIDE_MOVED);
}

/* A draft is its account's: what a colleague keeps in it meanwhile is not carried out in the name of whoever chose before. */
static void decision_of_a_colleague_is_not_carried_out(void **state)
{
    const struct actor *colleague = world_user(&world, world.partner, ROLE_ADMIN, "Colleague");
    int64_t id = world_request(&world, world.owner), mine = 0, before;
    struct wizard_target target = world_answer_target(&world, world.admin, id);
    struct act act = world_act(&world, world.admin), other = world_act(&world, colleague);
    enum wizard_outcome outcome;

    (void)state;
    assert_null(wizard_decide(&act, &target, &mine, REQUEST_REJECT, "not yet", false, &outcome));
    assert_int_equal(outcome, WIZARD_OK);
    int64_t theirs = mine;
    assert_null(wizard_decide(&other, &target, &theirs, REQUEST_AGREE, "", true, &outcome));
    assert_int_equal(outcome, WIZARD_OK);
    assert_true(theirs > mine);
    before = world_fingerprint(&world);
    assert_null(decide_request(&act, &target, mine, REQUEST_REJECT, &result));
    assert_int_equal(result.outcome, DECIDE_MOVED);
    assert_null(decide_request(&act, &target, theirs, REQUEST_REJECT, &result));
    assert_int_equal(result.outcome, DECIDE_MOVED);
    assert_false(act.is_done);
    assert_true(world_fingerprint(&world) == before);
    assert_null(decide_request(&other, &target, theirs, REQUEST_AGREE, &result));
    assert_int_equal(result.outcome, DECIDE_DONE);
}

static int64_t version_of(int64_t account_id)
{
    return test_db_number(db, "SELECT version FROM account WHERE id = %lld", (long long)account_id);
}

/* Whoever freezes the partner bumps its version, so an answer that read it before fails and runs again. */
static void partners_answer_takes_the_partners_version(void **state)
{
    static const enum request_event answers[] = { REQUEST_REJECT, REQUEST_AGREE };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        int64_t id = world_request(&world, world.owner), before = version_of(world.partner);

        decide(world.admin, id, answers[i], "so be it");
        assert_int_equal(version_of(world.partner), before + 1);
    }
}

static void customers_answer_leaves_the_partners_version(void **state)
{
    int64_t id = world_request(&world, world.admin), before = version_of(world.partner);

    (void)state;
    decide(world.owner, id, REQUEST_AGREE, "");
    assert_int_equal(version_of(world.partner), before);
}

static void denied(const struct actor *actor, int64_t request_id, enum err_kind kind)
{
    int64_t before = world_fingerprint(&world);
    struct wizard_target target = world_answer_target(&world, actor, request_id);
    struct act act = world_act(&world, actor);
    const struct err *err = decide_request(&act, &target, 5, world_decision(&world, request_id), &result);

    assert_non_null(err);
    assert_int_equal(err->kind, kind);
    assert_true(world_fingerprint(&world) == before);
}

static void readers_are_denied_and_strangers_find_nothing(void **state)
{
    int64_t id = world_request(&world, world.owner);
    const struct actor *stranger = world_user(&world, world_account(&world, ACCOUNT_PARTNER, "Other"), ROLE_ADMIN, "S");

    (void)state;
    (void)world_ready_to_answer(&world, world.admin, id, REQUEST_AGREE, "");
    denied(world.manager, id, ERR_DENIED);
    denied(world.viewer, id, ERR_DENIED);
    denied(stranger, id, ERR_MISSING);
    denied(world.admin, id + 1, ERR_MISSING);
}

static void withdrawn_request_cannot_be_agreed_to(void **state)
{
    int64_t id = world_request(&world, world.owner), revision = world_ready_to_answer(&world, world.admin, id, REQUEST_AGREE, "");
    struct act act = world_act(&world, world.owner);

    (void)state;
    assert_null(withdraw_request(&act, id, &result));
    refused(world.admin, id, revision, DECIDE_ALREADY);
    assert_int_equal(result.request->state, REQUEST_WITHDRAWN);
    assert_string_equal(result.request->decided_by_name, "Olga Owner");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    static struct rows rows;
    const struct CMUnitTest tests[] = {
        TEST(partner_agreeing_ends_the_association), TEST(agreeing_is_logged_as_two_transitions), TEST(agreeing_is_told_to_both),
        TEST(customer_agrees_with_a_code), TEST(partner_agrees_with_a_code_when_its_function_is_on),
        TEST(freezes_of_the_partner_go_with_it), TEST(freezes_of_the_platform_stay), TEST(drafts_for_it_are_closed),
        TEST(quota_is_not_asked_when_agreeing), TEST(agreeing_bumps_the_customers_version),
        TEST(partner_rejecting_changes_the_request_only), TEST(rejected_request_still_counts),
        TEST(customer_rejects_without_a_text_but_with_a_code), TEST(rules_need_not_pass_to_reject), TEST(frozen_partner_can_reject),
        TEST(frozen_partner_cannot_agree), TEST(frozen_customer_cannot_be_agreed_to), TEST(initiator_cannot_answer_its_own_request),
        TEST(partner_cannot_approve_own_request), TEST(second_answer_sees_who_and_when), TEST(missing_statement_is_refused),
        TEST(missing_code_is_refused), TEST(code_for_rejecting_does_not_agree), TEST(used_code_does_not_agree),
        TEST(partner_must_give_a_reason_to_reject), TEST(without_a_draft_there_is_no_decision),
        TEST(draft_without_a_choice_is_no_decision), TEST(draft_past_its_time_is_no_decision), TEST(old_revision_has_moved), TEST(decision_of_a_colleague_is_not_carried_out),
        TEST(partners_answer_takes_the_partners_version), TEST(customers_answer_leaves_the_partners_version),
        TEST(readers_are_denied_and_strangers_find_nothing), TEST(withdrawn_request_cannot_be_agreed_to)
    };

    db = test_db_open(NULL);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        rows.tests[rows.n++] = tests[i];
    ROWS_TABLE(&rows, broken_rule_stops_an_agreement, broken_rows);
    return ROWS_RUN(&rows);
}
