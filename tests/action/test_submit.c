#include "support/rows.h"
#include "support/own_world.h"

#include "base/clock.h"
#include "base/memory.h"

#include "store/store_request.h"

#include "action/submit.h"

static struct submit_result result;

/* Sends what is in the draft. */
static struct act submit_as(const struct actor *actor, int64_t revision)
{
    struct act act = world_act(&world, actor);
    struct wizard_target target = world_submit_target(&world, actor);

    assert_null(submit_request(&act, &target, revision, NULL, &result));
    return act;
}

/* … and expects it to be refused with nothing changed at all. */
static void refused(const struct actor *actor, int64_t revision, enum submit_outcome outcome)
{
    int64_t before = world_fingerprint(&world);
    struct act act = submit_as(actor, revision);

    assert_int_equal(result.outcome, outcome);
    assert_false(act.is_done);
    assert_true(world_fingerprint(&world) == before);
}

static struct request *load(void)
{
    struct request *request;

    assert_non_null(result.request_no);
    assert_null(request_load_no(db, world.mem, result.request_no, &request));
    assert_non_null(request);
    return request;
}

/* --- done ------------------------------------------------------------------------------------------------------------- */

static void customer_request_has_all_its_effects(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner), version;
    struct act act;
    struct request *request;

    (void)state;
    version = test_db_number(db, "SELECT version FROM account WHERE id = %lld", (long long)world.customer);
    act = submit_as(world.owner, revision);
    assert_int_equal(result.outcome, SUBMIT_DONE);
    assert_true(act.is_done);
    assert_false(act.is_replay);
    request = load();
    assert_true(request_no_is_valid(request->no));
    assert_memory_equal(request->no, "DR20260615-", 11);
    assert_int_equal(request->state, REQUEST_PENDING);
    assert_int_equal(request->version, 1);
    assert_int_equal(request->initiator, SIDE_CUSTOMER);
    assert_int_equal(request->reason, REASON_PRICE);
    assert_string_equal(request->reason_text, "too dear");
    assert_true(request->submitted_at == world.now);
    assert_true(request->deadline_at == world.now + world.config->request.deadline_s * CLOCK_SECOND);
    assert_string_equal(request->submitted_by_name, "Olga Owner");
    assert_int_equal(world_count(&world, "quota_slot", "request_id = %lld AND side = 'CUSTOMER' AND partner_id = 0",
                                 (long long)request->id), 1);
    assert_int_equal(world_count(&world, "verification_code", "state = 'USED' AND used_by_request = %lld", (long long)request->id), 1);
    assert_int_equal(world_count(&world, "wizard", "state = 'DONE' AND request_id = %lld", (long long)request->id), 1);
    assert_int_equal(world_count(&world, "account", "id = %lld AND version = %lld", (long long)world.customer,
                                 (long long)version + 1), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'REQUEST_SUBMITTED' AND is_transition = 1 AND is_shown = 1 "
                                 "AND from_state = '' AND to_state = 'PENDING' AND result = 'PENDING' AND initiated_by = 'CUSTOMER' "
                                 "AND ip = '192.0.2.7' AND chain_id = %lld", (long long)world.association), 1);
    assert_int_equal(world_count(&world, "notification", "kind = 'REQUEST_SENT' AND account_id = %lld AND link LIKE '/disassociate/submitted/DR%%'",
                                 (long long)world.customer), 1);
    assert_int_equal(world_count(&world, "notification", "kind = 'REQUEST_RECEIVED' AND account_id = %lld AND link = "
                                 "'/requests/%s'", (long long)world.partner, request->no), 1);
    /* An instant: it is told in the zone and language of whoever reads it. */
    assert_int_equal(world_count(&world, "notification", "kind = 'REQUEST_RECEIVED' AND details LIKE '%%\"until\":\"2026-06-25T12:00:00Z\"%%'"), 1);
    assert_int_equal(world_count(&world, "delivery", "channel = 'EMAIL' AND state = 'QUEUED'"), 2);
    assert_int_equal(world_count(&world, "association", "status = 'ACTIVE'"), 1);
}

static void packed_checks_are_kept_with_the_request(void **state)
{
    struct rule_report report;
    const char *packed;

    (void)state;
    (void)submit_as(world.owner, world_ready_to_submit(&world, world.owner));
    assert_null(request_checks(db, world.mem, load()->id, &packed));
    assert_true(rule_report_unpack(packed, &report));
    assert_int_equal(report.results[RULE_C1].outcome, RULE_PASSED);
    assert_int_equal(report.results[RULE_X7].outcome, RULE_FAILED);
}

static void partner_needs_no_code_while_its_function_is_off(void **state)
{
    struct request *request;

    (void)state;
    (void)submit_as(world.admin, world_ready_to_submit(&world, world.admin));
    assert_int_equal(result.outcome, SUBMIT_DONE);
    request = load();
    assert_int_equal(request->initiator, SIDE_PARTNER);
    assert_int_equal(world_count(&world, "quota_slot", "side = 'PARTNER' AND partner_id = %lld AND request_id = %lld",
                                 (long long)world.partner, (long long)request->id), 1);
    assert_int_equal(world_count(&world, "disassociation_request", "submit_code_id IS NULL"), 1);
    assert_int_equal(world_count(&world, "notification", "kind = 'REQUEST_RECEIVED' AND account_id = %lld AND link = "
                                 "'/process-request/%s'", (long long)world.customer, request->no), 1);
}

static void partner_proves_a_code_when_its_function_is_on(void **state)
{
    (void)state;
    world_partner_code(&world, true);
    (void)submit_as(world.admin, world_ready_to_submit(&world, world.admin));
    assert_int_equal(result.outcome, SUBMIT_DONE);
    assert_int_equal(world_count(&world, "verification_code", "state = 'USED'"), 1);
}

static void drafts_of_the_other_side_are_closed(void **state)
{
    (void)state;
    (void)world_ready_to_submit(&world, world.admin);
    (void)submit_as(world.owner, world_ready_to_submit(&world, world.owner));
    assert_int_equal(world_count(&world, "wizard", "account_id = %lld AND state = 'CLOSED'", (long long)world.partner), 1);
}

static void warnings_stop_nothing(void **state)
{
    (void)state;
    test_db_sql(db, "INSERT INTO balance (customer_id, currency, owed_minor) VALUES (%lld, 'USD', 500)", (long long)world.customer);
    world_commitment(&world, world.customer, COMMITMENT_SERVICE_SUPPORT_PLAN, world.now + CLOCK_DAY);
    (void)submit_as(world.owner, world_ready_to_submit(&world, world.owner));
    assert_int_equal(result.outcome, SUBMIT_DONE);
}

static void location_names_the_request(void **state)
{
    struct act act = world_form(&world, world.owner, 1, "/disassociate/submitted/{no}");
    struct wizard_target target = world_submit_target(&world, world.owner);

    (void)state;
    assert_null(submit_request(&act, &target, world_ready_to_submit(&world, world.owner), NULL, &result));
    assert_string_equal(act.location, mem_text(world.mem, "/disassociate/submitted/%s", result.request_no));
}

/* --- refused ---------------------------------------------------------------------------------------------------------- */

static void ended_association_is_refused(void **state)
{
    int64_t request_id = world_request(&world, world.owner), revision = world_ready_to_submit(&world, world.owner);

    (void)state;
    /* As completing it would leave things, as far as submit looks. */
    test_db_sql(db, "UPDATE association SET status = 'ENDED', ended_at = NOW(6), ended_by_request = %lld WHERE id = %lld",
                (long long)request_id, (long long)world.association);
    refused(world.owner, revision, SUBMIT_NOT_ASSOCIATED);
    test_db_sql(db, "UPDATE association SET status = 'ACTIVE', ended_at = NULL, ended_by_request = NULL");
}

static void referral_is_refused(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE association SET model = 'REFERRAL'");
    refused(world.owner, world_ready_to_submit(&world, world.owner), SUBMIT_REFERRAL);
}

static void frozen_partner_cannot_initiate(void **state)
{
    (void)state;
    world_freeze(&world, world.partner, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    refused(world.admin, world_ready_to_submit(&world, world.admin), SUBMIT_PARTNER_FROZEN);
}

static void customer_of_a_frozen_partner_can_initiate(void **state)
{
    (void)state;
    world_freeze(&world, world.partner, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    (void)submit_as(world.owner, world_ready_to_submit(&world, world.owner));
    assert_int_equal(result.outcome, SUBMIT_DONE);
}

static void request_of_the_other_side_is_shown(void **state)
{
    (void)state;
    (void)world_request(&world, world.admin);
    refused(world.owner, world_ready_to_submit(&world, world.owner), SUBMIT_ALREADY_OPEN);
    assert_true(result.open_by_other);
    assert_true(request_no_is_valid(result.open_no));
}

static void request_of_a_colleague_is_shown(void **state)
{
    const struct actor *colleague = world_user(&world, world.customer, ROLE_OWNER, "Carla Colleague");

    (void)state;
    (void)world_request(&world, world.owner);
    refused(colleague, 5, SUBMIT_ALREADY_OPEN);
    assert_false(result.open_by_other);
}

static void failed_check_is_refused_with_its_report(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner);

    (void)state;
    world_member(&world, world.customer, "Independent One", true);
    refused(world.owner, revision, SUBMIT_CHECKS_FAILED);
    assert_non_null(result.check);
    assert_int_equal(result.check->report.results[RULE_C1].outcome, RULE_FAILED);
    assert_int_equal(result.check->report.blocking, 1);
}

static void freeze_between_check_and_submit_is_seen(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner);

    (void)state;
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    refused(world.owner, revision, SUBMIT_CHECKS_FAILED);
    assert_int_equal(result.check->report.results[RULE_C2].outcome, RULE_FAILED);
    /* The proven code stays good: once the freeze is gone the same draft goes through. */
    world_unfreeze(&world, world.customer);
    (void)submit_as(world.owner, revision);
    assert_int_equal(result.outcome, SUBMIT_DONE);
}

static void used_quota_is_refused(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner);

    (void)state;
    world_slots(&world, SIDE_CUSTOMER, 3, world.now + CLOCK_DAY);
    refused(world.owner, revision, SUBMIT_QUOTA_USED);
    assert_non_null(result.check);
    assert_true(quota_next_at(&result.check->facts->quota, world.now) == world.now + CLOCK_DAY);
}

static void failed_check_comes_before_the_quota(void **state)
{
    (void)state;
    world_slots(&world, SIDE_CUSTOMER, 3, world.now + CLOCK_DAY);
    world_currency(&world, world.customer, NULL);
    refused(world.owner, world_ready_to_submit(&world, world.owner), SUBMIT_CHECKS_FAILED);
}

static void slot_is_free_at_the_very_instant_it_frees(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner);

    (void)state;
    world_slots(&world, SIDE_CUSTOMER, 3, world.now);
    (void)submit_as(world.owner, revision);
    assert_int_equal(result.outcome, SUBMIT_DONE);
}

static void slot_is_taken_one_microsecond_before(void **state)
{
    (void)state;
    world_slots(&world, SIDE_CUSTOMER, 3, world.now + 1);
    refused(world.owner, world_ready_to_submit(&world, world.owner), SUBMIT_QUOTA_USED);
}

static void grant_allows_one_more(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner);

    (void)state;
    world_slots(&world, SIDE_CUSTOMER, 3, world.now + CLOCK_DAY);
    world_grant(&world, SIDE_CUSTOMER, 1, world.now + CLOCK_DAY);
    (void)submit_as(world.owner, revision);
    assert_int_equal(result.outcome, SUBMIT_DONE);
    assert_int_equal(world_count(&world, "quota_slot", "slot_no = 4 AND request_id = %lld", (long long)load()->id), 1);
}

static void grant_that_ran_out_allows_nothing(void **state)
{
    (void)state;
    world_slots(&world, SIDE_CUSTOMER, 3, world.now + CLOCK_DAY);
    world_grant(&world, SIDE_CUSTOMER, 1, world.now);
    refused(world.owner, world_ready_to_submit(&world, world.owner), SUBMIT_QUOTA_USED);
}

static void quotas_of_the_sides_are_apart(void **state)
{
    (void)state;
    world_slots(&world, SIDE_CUSTOMER, 3, world.now + CLOCK_DAY);
    (void)submit_as(world.admin, world_ready_to_submit(&world, world.admin));
    assert_int_equal(result.outcome, SUBMIT_DONE);
}

static void quota_that_only_warns_still_keeps_count(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE rule SET severity = 'WARN' WHERE code = 'Q'");
    world_slots(&world, SIDE_CUSTOMER, 3, world.now + CLOCK_DAY);
    (void)submit_as(world.owner, world_ready_to_submit(&world, world.owner));
    test_db_sql(db, "UPDATE rule SET severity = 'BLOCK' WHERE code = 'Q'");
    assert_int_equal(result.outcome, SUBMIT_DONE);
    assert_int_equal(world_count(&world, "quota_slot", "slot_no = 4 AND request_id = %lld", (long long)load()->id), 1);
}

static void missing_statement_is_refused(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner);

    (void)state;
    test_db_sql(db, "UPDATE wizard SET statement_at = NULL");
    refused(world.owner, revision, SUBMIT_NO_STATEMENT);
}

static void statement_of_another_version_is_refused(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner);

    (void)state;
    test_db_sql(db, "UPDATE wizard SET statement_version = '2020-01-01.1'");
    refused(world.owner, revision, SUBMIT_NO_STATEMENT);
}

static void missing_code_is_refused(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner);

    (void)state;
    test_db_sql(db, "UPDATE wizard SET code_id = NULL, grant_session_id = NULL, grant_expires_at = NULL");
    refused(world.owner, revision, SUBMIT_NO_GRANT);
    assert_int_equal(result.grant, GRANT_NONE);
}

static void code_is_needed_although_the_target_says_no(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner);
    struct wizard_target target = world_submit_target(&world, world.owner);
    struct act act = world_act(&world, world.owner);

    (void)state;
    test_db_sql(db, "UPDATE wizard SET code_id = NULL, grant_session_id = NULL, grant_expires_at = NULL");
    target.needs_code = false;
    assert_null(submit_request(&act, &target, revision, NULL, &result));
    assert_int_equal(result.outcome, SUBMIT_NO_GRANT);
    assert_int_equal(world_count(&world, "disassociation_request", "1 = 1"), 0);
}

static void code_that_ran_out_is_refused(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner);

    (void)state;
    world.now += 10 * CLOCK_MINUTE;
    refused(world.owner, revision, SUBMIT_NO_GRANT);
    assert_int_equal(result.grant, GRANT_EXPIRED);
}

static void code_of_another_session_is_refused(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner);

    (void)state;
    refused(world_sign_in_again(&world, world.owner), revision, SUBMIT_NO_GRANT);
    assert_int_equal(result.grant, GRANT_OTHER_SESSION);
}

static void code_of_another_purpose_is_refused(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner);

    (void)state;
    test_db_sql(db, "UPDATE verification_code SET purpose = 'REJECT'");
    refused(world.owner, revision, SUBMIT_NO_GRANT);
}

static void code_of_another_target_is_refused(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner);

    (void)state;
    test_db_sql(db, "UPDATE verification_code SET target_id = target_id + 1");
    refused(world.owner, revision, SUBMIT_NO_GRANT);
}

static void missing_reason_is_refused(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner);

    (void)state;
    test_db_sql(db, "UPDATE wizard SET reason = ''");
    refused(world.owner, revision, SUBMIT_NO_REASON);
}

static void another_reason_needs_details(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner);

    (void)state;
    test_db_sql(db, "UPDATE wizard SET reason = 'OTHER', reason_text = ''");
    refused(world.owner, revision, SUBMIT_NO_REASON);
}

static void draft_past_its_time_is_gone(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner);

    (void)state;
    world.now += CLOCK_DAY;
    refused(world.owner, revision, SUBMIT_GONE);
}

static void without_a_draft_it_is_gone(void **state)
{
    (void)state;
    refused(world.owner, 1, SUBMIT_GONE);
}

static void old_revision_has_moved(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner);

    (void)state;
    refused(world.owner, revision - 1, SUBMIT_MOVED);
}

/* --- not allowed ------------------------------------------------------------------------------------------------------ */

static void denied(const struct actor *actor, enum err_kind kind)
{
    struct act act = world_act(&world, actor);
    struct wizard_target target = world_submit_target(&world, actor);
    const struct err *err = submit_request(&act, &target, 5, NULL, &result);

    assert_non_null(err);
    assert_int_equal(err->kind, kind);
    assert_false(act.is_done);
    assert_int_equal(world_count(&world, "disassociation_request", "1 = 1"), 0);
}

static void viewer_and_manager_are_denied(void **state)
{
    (void)state;
    (void)world_ready_to_submit(&world, world.owner);
    denied(world.viewer, ERR_DENIED);
    denied(world.manager, ERR_DENIED);
}

static void strangers_find_nothing(void **state)
{
    (void)state;
    (void)world_ready_to_submit(&world, world.owner);
    denied(world_user(&world, world_account(&world, ACCOUNT_CUSTOMER, "Other Customer"), ROLE_OWNER, "S"), ERR_MISSING);
    denied(world_user(&world, world_account(&world, ACCOUNT_PARTNER, "Other Partner"), ROLE_ADMIN, "T"), ERR_MISSING);
    denied(world.ops, ERR_MISSING);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(customer_request_has_all_its_effects), TEST(packed_checks_are_kept_with_the_request),
        TEST(partner_needs_no_code_while_its_function_is_off), TEST(partner_proves_a_code_when_its_function_is_on),
        TEST(drafts_of_the_other_side_are_closed), TEST(warnings_stop_nothing), TEST(location_names_the_request),
        TEST(ended_association_is_refused), TEST(referral_is_refused), TEST(frozen_partner_cannot_initiate),
        TEST(customer_of_a_frozen_partner_can_initiate), TEST(request_of_the_other_side_is_shown),
        TEST(request_of_a_colleague_is_shown), TEST(failed_check_is_refused_with_its_report),
        TEST(freeze_between_check_and_submit_is_seen), TEST(used_quota_is_refused), TEST(failed_check_comes_before_the_quota),
        TEST(slot_is_free_at_the_very_instant_it_frees), TEST(slot_is_taken_one_microsecond_before), TEST(grant_allows_one_more),
        TEST(grant_that_ran_out_allows_nothing), TEST(quotas_of_the_sides_are_apart), TEST(quota_that_only_warns_still_keeps_count),
        TEST(missing_statement_is_refused), TEST(statement_of_another_version_is_refused), TEST(missing_code_is_refused),
        TEST(code_is_needed_although_the_target_says_no), TEST(code_that_ran_out_is_refused),
        TEST(code_of_another_session_is_refused), TEST(code_of_another_purpose_is_refused), TEST(code_of_another_target_is_refused),
        TEST(missing_reason_is_refused), TEST(another_reason_needs_details), TEST(draft_past_its_time_is_gone),
        TEST(without_a_draft_it_is_gone), TEST(old_revision_has_moved), TEST(viewer_and_manager_are_denied),
        TEST(strangers_find_nothing)
    };

    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
