#include "action/decide_world.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(partner_agreeing_ends_the_association), TEST(agreeing_is_logged_as_two_transitions), TEST(agreeing_is_told_to_both),
        TEST(customer_agrees_with_a_code), TEST(partner_agrees_with_a_code_when_its_function_is_on),
        TEST(freezes_of_the_partner_go_with_it), TEST(freezes_of_the_platform_stay), TEST(drafts_for_it_are_closed),
        TEST(quota_is_not_asked_when_agreeing), TEST(agreeing_bumps_the_customers_version),
        TEST(partner_rejecting_changes_the_request_only), TEST(rejected_request_still_counts),
        TEST(customer_rejects_without_a_text_but_with_a_code), TEST(rules_need_not_pass_to_reject), TEST(frozen_partner_can_reject),
    };

    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
