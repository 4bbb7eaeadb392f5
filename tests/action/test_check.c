#include "support/rows.h"
#include "support/own_world.h"

#include "base/clock.h"
#include "base/memory.h"

#include "store/store_association.h"
#include "store/store_wizard.h"

#include "action/check.h"

static struct association *association(void)
{
    struct association *found;

    assert_null(association_active(db, world.mem, world.customer, &found));
    assert_non_null(found);
    return found;
}

static struct check *compute(enum side side, enum rule_operation operation)
{
    struct check *check;

    assert_null(check_compute(db, world.mem, association(), side, operation, world.now, &check));
    return check;
}

static struct check *again(struct act *act)
{
    struct check *check = NULL;

    assert_null(check_again(act, association(), WIZARD_SUBMIT, world.association, OPERATION_CUSTOMER_SUBMIT, &check));
    assert_non_null(check);
    return check;
}

/* --- looking ---------------------------------------------------------------------------------------------------------- */

static void looking_changes_nothing(void **state)
{
    int64_t before = world_fingerprint(&world);

    (void)state;
    assert_int_equal(compute(SIDE_CUSTOMER, OPERATION_CUSTOMER_SUBMIT)->report.blocking, 0);
    assert_true(world_fingerprint(&world) == before);
}

static const struct err *look_read_only(struct db *connection, void *arg)
{
    struct check *check;

    return check_compute(connection, world.mem, arg, SIDE_CUSTOMER, OPERATION_CUSTOMER_SUBMIT, world.now, &check);
}

static void looking_works_where_writing_is_forbidden(void **state)
{
    (void)state;
    assert_null(db_transaction(db, DB_READ_ONLY, look_read_only, association()));
}

static void sides_have_quotas_of_their_own(void **state)
{
    (void)state;
    world_slots(&world, SIDE_CUSTOMER, 3, world.now + 1);
    assert_int_equal(compute(SIDE_CUSTOMER, OPERATION_CUSTOMER_SUBMIT)->report.results[RULE_Q].outcome, RULE_FAILED);
    assert_int_equal(compute(SIDE_PARTNER, OPERATION_PARTNER_SUBMIT)->report.results[RULE_Q].outcome, RULE_PASSED);
    assert_int_equal(compute(SIDE_CUSTOMER, OPERATION_CUSTOMER_AGREE)->report.blocking, 0);
}

static void severity_is_data(void **state)
{
    (void)state;
    world_currency(&world, world.customer, NULL);
    assert_int_equal(compute(SIDE_CUSTOMER, OPERATION_CUSTOMER_SUBMIT)->report.blocking, 1);
    test_db_sql(db, "UPDATE rule SET severity = 'WARN' WHERE code = 'C5'");
    assert_int_equal(compute(SIDE_CUSTOMER, OPERATION_CUSTOMER_SUBMIT)->report.blocking, 0);
    test_db_sql(db, "UPDATE rule SET severity = 'BLOCK' WHERE code = 'C5'");
}

/* --- asked for -------------------------------------------------------------------------------------------------------- */

static void checking_again_is_logged(void **state)
{
    struct act act = world_act(&world, world.owner);

    (void)state;
    world_currency(&world, world.customer, NULL);
    assert_int_equal(again(&act)->report.conditions_failed, 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'CHECK_RUN' AND result = 'FAILED' AND remark LIKE '%%C5=F%%' "
                                 "AND is_transition = 0 AND is_shown = 0 AND chain_id = %lld", (long long)world.association), 1);
}

static void checking_again_costs_no_quota(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        struct act act = world_act(&world, world.owner);

        assert_int_equal(again(&act)->report.blocking, 0);
    }
    assert_int_equal(world_count(&world, "quota_slot", "1 = 1"), 0);
    assert_int_equal(world_count(&world, "operation_log", "result = 'PASSED'"), 5);
}

static void open_draft_keeps_the_outcome(void **state)
{
    struct act act = world_act(&world, world.owner);
    int64_t revision = world_ready_to_submit(&world, world.owner);
    struct rule_report kept;
    struct wizard *wizard;

    (void)state;
    world_currency(&world, world.customer, NULL);
    (void)again(&act);
    assert_null(wizard_find(db, world.mem, world.customer, WIZARD_SUBMIT, world.association, &wizard));
    assert_true(wizard->checked_at == world.now);
    assert_true(wizard->revision == revision + 1);
    assert_true(rule_report_unpack(wizard->checked_report, &kept));
    assert_int_equal(kept.results[RULE_C5].outcome, RULE_FAILED);
    /* Nothing else of the draft is touched. */
    assert_int_equal(wizard->reason, REASON_PRICE);
    assert_true(wizard->statement_at != INSTANT_NONE);
    assert_int_equal(wizard_grant(wizard, world.owner->session_id, world.now), GRANT_GOOD);
}

static void draft_past_its_time_is_left_alone(void **state)
{
    struct act act;

    (void)state;
    (void)world_ready_to_submit(&world, world.owner);
    world.now += CLOCK_DAY;
    act = world_act(&world, world.owner);
    (void)again(&act);
    assert_int_equal(world_count(&world, "wizard", "revision = 5 AND checked_at IS NULL"), 1);
}

static void same_form_twice_is_logged_once(void **state)
{
    struct act first = world_form(&world, world.owner, 1, "/disassociate/check"), second = first;

    (void)state;
    (void)again(&first);
    assert_int_equal(again(&second)->report.blocking, 0);
    assert_true(second.is_replay);
    assert_int_equal(world_count(&world, "operation_log", "1 = 1"), 1);
}

static void stranger_checks_nothing(void **state)
{
    const struct actor *stranger = world_user(&world, world_account(&world, ACCOUNT_CUSTOMER, "Other"), ROLE_OWNER, "S");
    struct act act = world_act(&world, stranger);
    struct check *check = NULL;
    const struct err *err = check_again(&act, association(), WIZARD_SUBMIT, world.association, OPERATION_CUSTOMER_SUBMIT, &check);

    (void)state;
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_MISSING);
    assert_null(check);
    assert_int_equal(world_count(&world, "operation_log", "1 = 1"), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(looking_changes_nothing), TEST(looking_works_where_writing_is_forbidden), TEST(sides_have_quotas_of_their_own),
        TEST(severity_is_data), TEST(checking_again_is_logged), TEST(checking_again_costs_no_quota),
        TEST(open_draft_keeps_the_outcome), TEST(draft_past_its_time_is_left_alone), TEST(same_form_twice_is_logged_once),
        TEST(stranger_checks_nothing)
    };

    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
