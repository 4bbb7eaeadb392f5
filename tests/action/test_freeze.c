#include "support/rows.h"
#include "support/own_world.h"

#include "base/clock.h"
#include "base/memory.h"

#include "action/decide.h"
#include "action/freeze.h"

static struct freeze_result result;

typedef const struct err *(*doing)(struct act *act, int64_t association_id, enum freeze_type type, const char *reason,
                                   struct freeze_result *result);

static struct act did(doing what, const struct actor *actor, enum freeze_type type, const char *reason)
{
    struct act act = world_act(&world, actor);
    assert_null(what(&act, world.association, type, reason, &result));
    return act;
}

static void refused(doing what, enum freeze_type type, const char *reason, enum freeze_outcome outcome)
{
    const int64_t before = world_fingerprint(&world);
    struct act act = did(what, world.admin, type, reason);
    assert_int_equal(result.outcome, outcome);
    assert_false(act.is_done);
    assert_true(world_fingerprint(&world) == before);
}

static void failed(doing what, const struct actor *actor, int64_t association_id, enum err_kind kind)
{
    const int64_t before = world_fingerprint(&world);
    struct act act = world_act(&world, actor);
    const struct err *err = what(&act, association_id, FREEZE_ACCOUNT, "unpaid", &result);
    assert_non_null(err);
    assert_int_equal(err->kind, kind);
    assert_true(world_fingerprint(&world) == before);
}

static int64_t version(void) { return test_db_number(db, "SELECT version FROM account WHERE id = %lld", L(world.customer)); }

/* --- freezing --- */

static void freezing_is_written_logged_and_told(void **state)
{
    const int64_t before = version();
    (void)state;
    struct act act = did(freeze_customer, world.admin, FREEZE_ACCOUNT_AND_RESOURCES, "bill of May unpaid");
    assert_true(act.is_done);
    assert_int_equal(result.outcome, FREEZE_DONE);
    assert_non_null(result.freeze);
    assert_int_equal(world_count(&world, "freeze", "account_id = %lld AND type = 'ACCOUNT_AND_RESOURCES' AND source = 'PARTNER' "
                                 "AND reason = 'bill of May unpaid' AND lifted_at IS NULL", L(world.customer)), 1);
    assert_int_equal(version(), before + 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'FROZEN' AND chain_id = %lld AND initiated_by = 'PARTNER' "
                                 "AND remark = 'ACCOUNT_AND_RESOURCES PARTNER: bill of May unpaid'", L(world.association)), 1);
    assert_int_equal(world_count(&world, "notification", "kind = 'FROZEN' AND account_id = %lld AND link = '/my-partner' AND "
                                 "details LIKE '%%bill of May unpaid%%'", L(world.customer)), 1);
    assert_int_equal(world_count(&world, "notification", "account_id = %lld", L(world.partner)), 0);
    assert_int_equal(world_count(&world, "delivery", "kind = 'FROZEN'"), 1);
}

static void frozen_customer_cannot_be_frozen_again(void **state)
{
    (void)state;
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    refused(freeze_customer, FREEZE_ACCOUNT_AND_RESOURCES, "unpaid", FREEZE_ALREADY);
    assert_int_equal(result.freeze->source, FREEZE_BY_PLATFORM);
}

static void frozen_partner_cannot_freeze(void **state)
{
    (void)state;
    world_freeze(&world, world.partner, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    refused(freeze_customer, FREEZE_ACCOUNT, "unpaid", FREEZE_PARTNER_FROZEN);
}

static void referral_customer_cannot_be_frozen(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE association SET model = 'REFERRAL'");
    refused(freeze_customer, FREEZE_ACCOUNT, "unpaid", FREEZE_NOT_RESELLER);
}

static void freezing_needs_a_reason(void **state)
{
    (void)state;
    refused(freeze_customer, FREEZE_ACCOUNT, "", FREEZE_NO_REASON);
}

static char *characters(int n)
{
    char *text = mem_copy(world.mem, "");
    for (int i = 0; i < n; i++)
        text = mem_text(world.mem, "%s冻", text);
    return text;
}

static void reason_has_at_most_256_characters(void **state)
{
    (void)state;
    refused(freeze_customer, FREEZE_ACCOUNT, characters(257), FREEZE_NO_REASON);
    (void)did(freeze_customer, world.admin, FREEZE_ACCOUNT, characters(256));
    assert_int_equal(result.outcome, FREEZE_DONE);
}

static void manager_cannot_freeze(void **state)
{
    (void)state;
    failed(freeze_customer, world.manager, world.association, ERR_DENIED);
}

static void strangers_find_no_customer_to_freeze(void **state)
{
    (void)state;
    const int64_t other = world_account(&world, ACCOUNT_PARTNER, "Other Cloud");
    failed(freeze_customer, world_user(&world, other, ROLE_ADMIN, "Stranger"), world.association, ERR_MISSING);
    failed(freeze_customer, world.owner, world.association, ERR_MISSING);
    failed(freeze_customer, world.ops, world.association, ERR_MISSING);
    failed(freeze_customer, world.admin, world.association + 1000, ERR_MISSING);
}

static void ended_association_has_nothing_to_freeze(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE association SET status = 'ENDED', ended_at = NOW(6)");
    (void)did(freeze_customer, world.admin, FREEZE_ACCOUNT, "unpaid");
    assert_int_equal(result.outcome, FREEZE_CUSTOMER_LEFT);
    (void)did(unfreeze_customer, world.admin, FREEZE_ACCOUNT, "paid");
    assert_int_equal(result.outcome, FREEZE_CUSTOMER_LEFT);
    assert_int_equal(world_count(&world, "freeze", "1 = 1"), 0);
    test_db_sql(db, "UPDATE association SET status = 'ACTIVE', ended_at = NULL");
}

/* Whoever freezes the partner itself bumps its version too. */
static void freezing_and_lifting_take_the_partners_version(void **state)
{
    (void)state;
    const int64_t before = test_db_number(db, "SELECT version FROM account WHERE id = %lld", (long long)world.partner);
    (void)did(freeze_customer, world.admin, FREEZE_ACCOUNT, "unpaid");
    (void)did(unfreeze_customer, world.admin, FREEZE_ACCOUNT, "paid");
    assert_int_equal(test_db_number(db, "SELECT version FROM account WHERE id = %lld", (long long)world.partner), before + 2);
}

static void same_form_twice_freezes_once(void **state)
{
    (void)state;
    struct act first = world_form(&world, world.admin, 1, "/customers/x"), second = world_form(&world, world.admin, 1, "/customers/x");
    assert_null(freeze_customer(&first, world.association, FREEZE_ACCOUNT, "unpaid", &result));
    assert_null(freeze_customer(&second, world.association, FREEZE_ACCOUNT, "unpaid", &result));
    assert_true(second.is_done && second.is_replay);
    assert_string_equal(second.location, "/customers/x");
    assert_int_equal(world_count(&world, "freeze", "1 = 1"), 1);
}

static void open_request_does_not_stop_a_freeze_which_then_stops_agreeing(void **state)
{
    (void)state;
    const int64_t request_id = world_request(&world, world.owner);
    (void)did(freeze_customer, world.admin, FREEZE_ACCOUNT, "unpaid");
    assert_int_equal(result.outcome, FREEZE_DONE);
    struct act act = world_act(&world, world.admin);
    struct wizard_target target = world_answer_target(&world, world.admin, request_id);
    struct decide_result decided;
    assert_null(decide_request(&act, &target, world_ready_to_answer(&world, world.admin, request_id, REQUEST_AGREE, ""), REQUEST_AGREE, &decided));
    assert_int_equal(decided.outcome, DECIDE_CHECKS_FAILED);
}

/* --- lifting --- */

static void lifting_is_written_logged_told_and_ends_the_wish(void **state)
{
    bool asked = false;
    (void)state;
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    struct act asking = world_act(&world, world.owner);
    assert_null(ask_unfreeze(&asking, world.association, &asked));
    assert_true(asked);
    const int64_t before = version();
    (void)did(unfreeze_customer, world.admin, FREEZE_ACCOUNT, "paid");
    assert_int_equal(result.outcome, FREEZE_DONE);
    assert_int_equal(world_count(&world, "freeze", "lifted_at IS NULL"), 0);
    assert_int_equal(world_count(&world, "freeze", "lift_reason = 'paid'"), 1);
    assert_int_equal(version(), before + 1);
    assert_int_equal(world_count(&world, "task", "kind = 'UNFREEZE' AND done_at IS NULL"), 0);
    assert_int_equal(world_count(&world, "task", "kind = 'UNFREEZE'"), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'UNFROZEN' AND remark = 'ACCOUNT PARTNER: paid'"), 1);
    assert_int_equal(world_count(&world, "notification", "kind = 'UNFROZEN' AND account_id = %lld", L(world.customer)), 1);
}

static void freeze_of_the_associations_start_is_the_partners_to_lift(void **state)
{
    (void)state;
    world_freeze(&world, world.customer, FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_ASSOCIATION_DEFAULT);
    (void)did(unfreeze_customer, world.admin, FREEZE_ACCOUNT_AND_RESOURCES, "welcome");
    assert_int_equal(result.outcome, FREEZE_DONE);
}

static void freeze_of_a_budget_or_the_platform_is_not(void **state)
{
    static const enum freeze_source sources[] = {FREEZE_BY_BUDGET, FREEZE_BY_PLATFORM};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        world_freeze(&world, world.customer, FREEZE_ACCOUNT, sources[i]);
        refused(unfreeze_customer, FREEZE_ACCOUNT, "paid", FREEZE_NOT_YOURS);
        world_unfreeze(&world, world.customer);
    }
}

static void lifting_names_the_type_of_the_freeze(void **state)
{
    (void)state;
    world_freeze(&world, world.customer, FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_PARTNER);
    refused(unfreeze_customer, FREEZE_ACCOUNT, "paid", FREEZE_OTHER_TYPE);
    assert_int_equal(result.freeze->type, FREEZE_ACCOUNT_AND_RESOURCES);
}

static void nothing_frozen_is_nothing_to_lift(void **state)
{
    (void)state;
    refused(unfreeze_customer, FREEZE_ACCOUNT, "paid", FREEZE_NONE);
}

static void lifting_needs_a_reason(void **state)
{
    (void)state;
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    refused(unfreeze_customer, FREEZE_ACCOUNT, "", FREEZE_NO_REASON);
}

static void frozen_partner_cannot_lift(void **state)
{
    (void)state;
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    world_freeze(&world, world.partner, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    refused(unfreeze_customer, FREEZE_ACCOUNT, "paid", FREEZE_PARTNER_FROZEN);
}

static void manager_and_strangers_cannot_lift(void **state)
{
    (void)state;
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    const int64_t other = world_account(&world, ACCOUNT_PARTNER, "Other Cloud");
    failed(unfreeze_customer, world.manager, world.association, ERR_DENIED);
    failed(unfreeze_customer, world_user(&world, other, ROLE_ADMIN, "Stranger"), world.association, ERR_MISSING);
    failed(unfreeze_customer, world.owner, world.association, ERR_MISSING);
}

static void it_can_be_frozen_again_afterwards(void **state)
{
    (void)state;
    (void)did(freeze_customer, world.admin, FREEZE_ACCOUNT, "one");
    (void)did(unfreeze_customer, world.admin, FREEZE_ACCOUNT, "two");
    (void)did(freeze_customer, world.admin, FREEZE_ACCOUNT, "three");
    assert_int_equal(result.outcome, FREEZE_DONE);
    assert_int_equal(world_count(&world, "freeze", "1 = 1"), 2);
    assert_int_equal(world_count(&world, "notification", "kind = 'FROZEN'"), 2);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(freezing_is_written_logged_and_told), TEST(frozen_customer_cannot_be_frozen_again), TEST(frozen_partner_cannot_freeze),
        TEST(referral_customer_cannot_be_frozen), TEST(freezing_needs_a_reason), TEST(reason_has_at_most_256_characters),
        TEST(manager_cannot_freeze), TEST(strangers_find_no_customer_to_freeze), TEST(ended_association_has_nothing_to_freeze),
        TEST(freezing_and_lifting_take_the_partners_version),
        TEST(same_form_twice_freezes_once), TEST(open_request_does_not_stop_a_freeze_which_then_stops_agreeing),
        TEST(lifting_is_written_logged_told_and_ends_the_wish), TEST(freeze_of_the_associations_start_is_the_partners_to_lift),
        TEST(freeze_of_a_budget_or_the_platform_is_not), TEST(lifting_names_the_type_of_the_freeze),
        TEST(nothing_frozen_is_nothing_to_lift), TEST(lifting_needs_a_reason), TEST(frozen_partner_cannot_lift),
        TEST(manager_and_strangers_cannot_lift), TEST(it_can_be_frozen_again_afterwards),
    };
    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
