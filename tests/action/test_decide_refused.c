/* Answers that are not carried out, and why. */
#include "action/decide_world.h"

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

int main(void)
{
    static struct rows rows;
    const struct CMUnitTest tests[] = {
        TEST(frozen_partner_cannot_agree), TEST(frozen_customer_cannot_be_agreed_to),
        TEST(initiator_cannot_answer_its_own_request), TEST(partner_cannot_approve_own_request),
        TEST(second_answer_sees_who_and_when), TEST(missing_statement_is_refused), TEST(missing_code_is_refused),
        TEST(code_for_rejecting_does_not_agree), TEST(used_code_does_not_agree), TEST(partner_must_give_a_reason_to_reject),
        TEST(without_a_draft_there_is_no_decision), TEST(draft_without_a_choice_is_no_decision),
        TEST(draft_past_its_time_is_no_decision), TEST(old_revision_has_moved), TEST(decision_of_a_colleague_is_not_carried_out),
        TEST(partners_answer_takes_the_partners_version), TEST(customers_answer_leaves_the_partners_version),
        TEST(readers_are_denied_and_strangers_find_nothing), TEST(withdrawn_request_cannot_be_agreed_to),
    };

    db = test_db_open(NULL);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        rows.tests[rows.n++] = tests[i];
    ROWS_TABLE(&rows, broken_rule_stops_an_agreement, broken_rows);
    return ROWS_RUN(&rows);
}
