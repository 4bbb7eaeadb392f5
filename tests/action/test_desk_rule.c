/* Account checks that operators change: what they say is what everybody is checked by. */
#include "support/rows.h"

#include "action/check.h"
#include "action/desk_rule.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/store_association.h"
#include "support/own_world.h"

static struct rule_edit_result result;

static int64_t rule_id(int64_t set_id, const char *code)
{
    return test_db_number(db, "SELECT id FROM rule WHERE rule_set_id = %lld AND code = '%s' LIMIT 1", L(set_id), code);
}

static enum rule_edit_outcome edit(const struct actor *by, const char *code, struct rule_row row, int64_t seen)
{
    const struct rule_edit wanted = {.rule_id = rule_id(1, code), .seen_version = seen, .row = row, .note = "as agreed"};
    struct act act = world_act(&world, by);
    assert_null(desk_rule_edit(&act, &wanted, &result));
    assert_int_equal(act.is_done, result.outcome == RULE_EDIT_DONE);
    return result.outcome;
}

static enum rule_edit_outcome use(int64_t set_id, int64_t seen, int64_t from)
{
    const struct rule_set_use wanted = {.set_id = set_id, .seen_version = seen, .seen_in_force = from, .note = "as agreed"};
    struct act act = world_act(&world, world.ops);
    assert_null(desk_rule_set_use(&act, &wanted, &result));
    assert_int_equal(act.is_done, result.outcome == RULE_EDIT_DONE);
    return result.outcome;
}

static int blocking(enum side side, enum rule_operation operation)
{
    struct association *association = NULL;
    struct check *check = NULL;
    assert_null(association_load(db, world.mem, world.association, &association));
    assert_null(check_compute(db, world.mem, association, side, operation, world.now, &check));
    return check->report.blocking;
}

static void owe(void)
{
    test_db_sql(db, "INSERT INTO partner_order (customer_id, name, status, at) VALUES (%lld, 'Order', 'WAITING_FOR_PARTNER', "
                "'2026-06-01')", L(world.customer));
}

#define ALL (OPERATION_CUSTOMER_SUBMIT | OPERATION_CUSTOMER_AGREE | OPERATION_PARTNER_SUBMIT | OPERATION_PARTNER_AGREE)

static void a_rule_that_is_made_to_stop_stops_at_once(void **state)
{
    (void)state;
    owe();
    assert_int_equal(blocking(SIDE_CUSTOMER, OPERATION_CUSTOMER_SUBMIT), 0);
    assert_int_equal(edit(world.ops, "X1", (struct rule_row){.severity = SEVERITY_BLOCK, .operations = ALL}, 1), RULE_EDIT_DONE);
    assert_int_equal(blocking(SIDE_CUSTOMER, OPERATION_CUSTOMER_SUBMIT), 1);
    assert_int_equal(edit(world.ops, "X1", (struct rule_row){.severity = SEVERITY_OFF, .operations = ALL}, 2), RULE_EDIT_DONE);
    assert_int_equal(blocking(SIDE_CUSTOMER, OPERATION_CUSTOMER_SUBMIT), 0);
}

static void bindings_say_whom_it_stops(void **state)
{
    (void)state;
    owe();
    assert_int_equal(edit(world.ops, "X1", (struct rule_row){.severity = SEVERITY_BLOCK, .operations = OPERATION_PARTNER_AGREE}, 1),
                     RULE_EDIT_DONE);
    assert_int_equal(blocking(SIDE_CUSTOMER, OPERATION_CUSTOMER_SUBMIT), 0);
    assert_int_equal(blocking(SIDE_PARTNER, OPERATION_PARTNER_SUBMIT), 0);
    assert_int_equal(blocking(SIDE_PARTNER, OPERATION_PARTNER_AGREE), 1);
}

static void the_quotas_number_counts_from_now_on(void **state)
{
    const struct rule_row one = {
        .severity = SEVERITY_BLOCK, .operations = OPERATION_CUSTOMER_SUBMIT | OPERATION_PARTNER_SUBMIT, .limit = 1, .months = 3};
    (void)state;
    world_slots(&world, SIDE_CUSTOMER, 2, world.now + 30 * CLOCK_DAY);
    assert_int_equal(blocking(SIDE_CUSTOMER, OPERATION_CUSTOMER_SUBMIT), 0);
    assert_int_equal(edit(world.ops, "Q", one, 1), RULE_EDIT_DONE);
    assert_int_equal(blocking(SIDE_CUSTOMER, OPERATION_CUSTOMER_SUBMIT), 1);
}

static void history_and_log_keep_before_and_after(void **state)
{
    (void)state;
    assert_int_equal(edit(world.ops, "C5", (struct rule_row){.severity = SEVERITY_WARN, .operations = ALL}, 1), RULE_EDIT_DONE);
    assert_int_equal(world_count(&world, "rule_change", "rule_set_id = 1 AND set_version = 2 AND code = 'C5' AND before_text = "
                                 "'BLOCK 1111 0/0' AND after_text = 'WARN 1111 0/0' AND user_id = %lld AND note = 'as agreed'",
                                 L(world.ops->user_id)), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'RULE_CHANGED' AND object = 'seed-2025-06-30 C5' AND remark = "
                                 "'BLOCK 1111 0/0 -> WARN 1111 0/0: as agreed'"), 1);
}

static void of_two_operators_the_second_is_told_what_the_first_did(void **state)
{
    const struct actor *other = world_user(&world, world.ops->account_id, ROLE_OPS, "Oona Ops");
    (void)state;
    assert_int_equal(edit(world.ops, "C5", (struct rule_row){.severity = SEVERITY_WARN, .operations = ALL}, 1), RULE_EDIT_DONE);
    assert_int_equal(edit(other, "C5", (struct rule_row){.severity = SEVERITY_OFF, .operations = ALL}, 1), RULE_EDIT_CONFLICT);
    assert_int_equal(result.changes_n, 1);
    assert_string_equal(result.changes[0].user_name, "Otto Ops");
    assert_string_equal(result.changes[0].after, "WARN 1111 0/0");
    assert_int_equal(world_count(&world, "rule", "rule_set_id = 1 AND code = 'C5' AND severity = 'WARN'"), 1);
    assert_int_equal(edit(other, "C5", (struct rule_row){.severity = SEVERITY_OFF, .operations = ALL}, 2), RULE_EDIT_DONE);
}

static void what_does_not_go_with_a_rule_is_refused(void **state)
{
    (void)state;
    assert_int_equal(edit(world.ops, "C5", (struct rule_row){.severity = SEVERITY_WARN, .operations = ALL, .limit = 3}, 1),
                     RULE_EDIT_UNFIT);
    assert_int_equal(edit(world.ops, "Q", (struct rule_row){.severity = SEVERITY_WARN, .operations = ALL, .limit = 3, .months = 3}, 1),
                     RULE_EDIT_UNFIT);
    assert_int_equal(edit(world.ops, "C5", (struct rule_row){.severity = SEVERITY_BLOCK, .operations = ALL}, 1), RULE_EDIT_SAME);
    assert_int_equal(world_count(&world, "rule_change", "TRUE"), 0);
    assert_int_equal(world_count(&world, "rule_set", "version > 1"), 0);
}

static void it_needs_ops_a_reason_and_the_password(void **state)
{
    const struct actor *auditor = world_user(&world, world.ops->account_id, ROLE_AUDITOR, "Audrey");
    const struct rule_edit wanted = {
        .rule_id = rule_id(1, "C5"), .seen_version = 1, .row = {.severity = SEVERITY_OFF, .operations = ALL}, .note = ""};
    struct act by_auditor = world_act(&world, auditor), act = world_act(&world, world.ops);
    (void)state;
    const struct err *err = desk_rule_edit(&by_auditor, &wanted, &result);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_DENIED);
    assert_null(desk_rule_edit(&act, &wanted, &result));
    assert_int_equal(result.outcome, RULE_EDIT_NO_REASON);
    test_db_sql(db, "UPDATE session SET step_up_at = '2026-06-14'");
    assert_int_equal(edit(world.ops, "C5", (struct rule_row){.severity = SEVERITY_OFF, .operations = ALL}, 1), RULE_EDIT_NO_STEP_UP);
}

static void another_set_comes_into_force_and_the_old_one_rests(void **state)
{
    (void)state;
    owe();
    assert_int_equal(use(2, 1, 1), RULE_EDIT_DONE);
    assert_int_equal(blocking(SIDE_CUSTOMER, OPERATION_CUSTOMER_SUBMIT), 1);
    assert_int_equal(world_count(&world, "rule_set", "is_active = 1 AND id = 2"), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'RULE_SET_USED' AND remark = "
                                 "'seed-2025-06-30 -> earlier-guides: as agreed'"), 1);
    assert_int_equal(use(2, 2, 2), RULE_EDIT_SAME);
    assert_int_equal(use(1, 1, 1), RULE_EDIT_CONFLICT);   /* who thinks that the first is still in force */
    assert_int_equal(result.changes_n, 1);
    assert_int_equal(use(1, 1, 2), RULE_EDIT_DONE);
    assert_int_equal(blocking(SIDE_CUSTOMER, OPERATION_CUSTOMER_SUBMIT), 0);
}

static void a_preview_counts_whom_it_would_stop_and_free(void **state)
{
    struct rule_set *seed = NULL, *earlier = NULL;
    struct rule_preview preview;
    (void)state;
    owe();
    const int64_t calm = world_account(&world, ACCOUNT_CUSTOMER, "Calm AG"), bound = world_account(&world, ACCOUNT_CUSTOMER, "Bound AG");
    const int64_t referred = world_account(&world, ACCOUNT_CUSTOMER, "Referred AG");
    (void)world_associate(&world, calm, world.partner, MODEL_RESELLER);
    (void)world_associate(&world, bound, world.partner, MODEL_RESELLER);
    (void)world_associate(&world, referred, world.partner, MODEL_REFERRAL);
    world_currency(&world, bound, NULL);
    assert_null(rule_set_find(db, world.mem, 1, &seed));
    assert_null(rule_set_find(db, world.mem, 2, &earlier));
    const int64_t before = world_fingerprint(&world);
    assert_null(desk_rule_preview(db, world.mem, seed, earlier, world.now, &preview));
    assert_int_equal(preview.all, 3);
    assert_int_equal(preview.looked_at, 3);
    assert_int_equal(preview.more, 1);
    assert_int_equal(preview.fewer, 0);
    assert_string_equal(preview.named[0].customer_name, "Acme GmbH");
    assert_int_equal(preview.stopped[0].before, 1);
    assert_int_equal(preview.stopped[0].after, 2);
    earlier->rows[RULE_C5].severity = SEVERITY_OFF;
    assert_null(desk_rule_preview(db, world.mem, seed, earlier, world.now, &preview));
    assert_int_equal(preview.fewer, 1);
    assert_int_equal(world_fingerprint(&world), before);
}

static void a_preview_of_a_smaller_quota_counts_what_is_used(void **state)
{
    struct rule_set *seed = NULL, after;
    struct rule_preview preview;
    (void)state;
    world_slots(&world, SIDE_CUSTOMER, 2, world.now + 30 * CLOCK_DAY);
    assert_null(rule_set_find(db, world.mem, 1, &seed));
    after = *seed;
    after.rows[RULE_Q].limit = 2;
    assert_null(desk_rule_preview(db, world.mem, seed, &after, world.now, &preview));
    assert_int_equal(preview.more, 1);
    assert_int_equal(preview.stopped[0].after, 1);
    assert_int_equal(preview.stopped[1].after, 0);
    assert_int_equal(preview.stopped[2].after, 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_rule_that_is_made_to_stop_stops_at_once), TEST(bindings_say_whom_it_stops), TEST(the_quotas_number_counts_from_now_on),
        TEST(history_and_log_keep_before_and_after), TEST(of_two_operators_the_second_is_told_what_the_first_did),
        TEST(what_does_not_go_with_a_rule_is_refused), TEST(it_needs_ops_a_reason_and_the_password),
        TEST(another_set_comes_into_force_and_the_old_one_rests), TEST(a_preview_counts_whom_it_would_stop_and_free),
        TEST(a_preview_of_a_smaller_quota_counts_what_is_used),
    };
    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
