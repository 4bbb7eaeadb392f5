#include "support/rows.h"
#include "support/own_world.h"
#include "support/invited.h"

#include "action/invitation_answer.h"
#include "base/clock.h"

#define EMAIL "new@customer.example"

static struct answer_result result;
static const struct actor *lone;      /* owner of a customer without a partner */
static const char *token;
static int64_t id;

static int begin(void **state)
{
    (void)setup(state);
    world.config->association.default_freeze = true;
    lone = lone_owner(&world, "Lone Ltd");
    token = invited_by_email(&world, world.admin, EMAIL, &id);
    return 0;
}

static int end_lawless(void **state)
{
    (void)state;
    world_end(&world);
    return 0;
}

static struct act accept_as(const struct actor *actor)
{
    struct act act = world_act(&world, actor);

    assert_null(invitation_answer_accept(&act, token, &result));
    return act;
}

static int64_t associations(void)
{
    return world_count(&world, "association", "1 = 1") - 1;   /* without the world's own */
}

/* --- accepted ------------------------------------------------------------------------------------------------------------ */

static void accepting_has_all_its_effects(void **state)
{
    int64_t version = test_db_number(db, "SELECT version FROM account WHERE id = %lld LIMIT 1", L(lone->account_id));
    struct act act = accept_as(lone);
    const struct invitation *invitation = invitation_of(&world, id);

    (void)state;
    assert_true(act.is_done);
    assert_int_equal(result.outcome, ANSWER_DONE);
    assert_int_equal(invitation->status, INVITATION_ACCEPTED);
    assert_int_equal(invitation->customer_id, lone->account_id);
    assert_int_equal(invitation->association_id, result.association_id);
    assert_true(invitation->decided_at == world.now);
    assert_int_equal(world_count(&world, "association", "id = %lld AND customer_id = %lld AND partner_id = %lld AND model = "
                                 "'RESELLER' AND status = 'ACTIVE'", L(result.association_id), L(lone->account_id),
                                 L(world.partner)), 1);
    assert_int_equal(world_count(&world, "account", "id = %lld AND billing_mode = 'PARTNER' AND version = %lld",
                                 L(lone->account_id), L(version + 1)), 1);
    assert_int_equal(world_count(&world, "freeze", "open_account = %lld AND type = 'ACCOUNT' AND source = 'ASSOCIATION_DEFAULT'",
                                 L(lone->account_id)), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'ASSOCIATED' AND is_transition = 1 AND from_state = '' AND "
                                 "to_state = 'ACTIVE' AND chain_id = %lld AND customer_id = %lld AND partner_id = %lld AND "
                                 "initiated_by = 'CUSTOMER'", L(result.association_id), L(lone->account_id), L(world.partner)), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'INVITATION_ACCEPTED' AND is_transition = 0 AND result = "
                                 "'ACCEPTED' AND remark = '" EMAIL "'"), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'FROZEN' AND remark = 'ACCOUNT ASSOCIATION_DEFAULT' "
                                 "AND initiated_by = 'SYSTEM' AND user_name = '' AND account_id IS NULL"), 1);
    assert_int_equal(world_count(&world, "notification", "kind = 'INVITATION_ACCEPTED' AND account_id = %lld AND link = "
                                 "'/my-partner'", L(lone->account_id)), 1);
    assert_int_equal(world_count(&world, "notification", "kind = 'INVITATION_ACCEPTED' AND account_id = %lld AND link = "
                                 "'/invitations/%lld'", L(world.partner), L(id)), 1);
}

static void accepted_by_a_clock_that_is_behind(void **state)
{
    struct act act = world_act(&world, lone);

    (void)state;
    act.now -= 20 * CLOCK_MINUTE;
    assert_null(invitation_answer_accept(&act, token, &result));
    assert_true(act.is_done);
    assert_int_equal(world_count(&world, "invitation i JOIN association a ON a.id = i.association_id",
                                 "i.decided_at >= i.created_at AND a.associated_at = i.decided_at"), 1);
}

static void without_the_default_nobody_starts_frozen(void **state)
{
    (void)state;
    world.config->association.default_freeze = false;
    assert_true(accept_as(lone).is_done);
    assert_int_equal(world_count(&world, "freeze", "1 = 1"), 0);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'FROZEN'"), 0);
    assert_int_equal(world_count(&world, "notification", "details LIKE '%%freeze_type%%'"), 0);
}

static void frozen_account_keeps_its_own_freeze(void **state)
{
    (void)state;
    world_freeze(&world, lone->account_id, FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_PLATFORM);
    assert_true(accept_as(lone).is_done);
    assert_int_equal(world_count(&world, "freeze", "open_account = %lld AND source = 'PLATFORM'", L(lone->account_id)), 1);
    assert_int_equal(world_count(&world, "freeze", "1 = 1"), 1);
}

static void link_works_and_its_token_is_wiped(void **state)
{
    (void)state;
    token = invited_by_link(&world, world.admin, &id);
    assert_true(accept_as(lone).is_done);
    assert_int_equal(world_count(&world, "invitation", "sealed_token IS NOT NULL"), 0);
}

/* Its association is ended by hand, so that the world's laws about requests do not hold: not asked at the end. */
static void customer_that_left_may_come_back(void **state)
{
    (void)state;
    assert_true(accept_as(lone).is_done);
    test_db_sql(db, "UPDATE association SET status = 'ENDED', ended_at = associated_at WHERE id = %lld", L(result.association_id));
    world_unfreeze(&world, lone->account_id);
    token = invited_by_link(&world, world.admin, &id);
    assert_true(accept_as(lone).is_done);
    assert_int_equal(world_count(&world, "association", "customer_id = %lld", L(lone->account_id)), 2);
    assert_int_equal(world_count(&world, "association", "customer_id = %lld AND status = 'ACTIVE'", L(lone->account_id)), 1);
}

/* --- closed -------------------------------------------------------------------------------------------------------------- */

static void closed_as(enum invitation_status status)
{
    int64_t before = world_fingerprint(&world);
    struct act act = accept_as(lone);

    assert_false(act.is_done);
    assert_int_equal(result.outcome, ANSWER_CLOSED);
    assert_int_equal(result.found.status, status);
    assert_true(world_fingerprint(&world) == before);
}

static void used_invitation_works_no_second_time(void **state)
{
    const struct actor *second = lone_owner(&world, "Second Ltd");

    (void)state;
    assert_true(accept_as(second).is_done);
    closed_as(INVITATION_ACCEPTED);
    assert_int_equal(associations(), 1);
}

static void expired_invitation_is_refused_at_the_very_instant(void **state)
{
    (void)state;
    world.now += 7 * CLOCK_DAY;
    closed_as(INVITATION_EXPIRED);
    world.now -= 1;
    assert_true(accept_as(lone).is_done);
}

static void revoked_invitation_is_refused(void **state)
{
    struct act act = world_act(&world, world.admin);
    struct invite_result revoked;

    (void)state;
    assert_null(invite_revoke(&act, id, &revoked));
    closed_as(INVITATION_REVOKED);
}

/* The owner whose login is the address the invitation went to. */
static struct act as_invited(void)
{
    test_db_sql(db, "UPDATE user SET login = '" EMAIL "' WHERE id = %lld", L(lone->user_id));
    struct actor *invited = mem_new(world.mem, struct actor);
    *invited = *lone;
    invited->login = EMAIL;
    return world_act(&world, invited);
}

static void declined_invitation_is_refused(void **state)
{
    struct act act = as_invited();

    (void)state;
    assert_null(invitation_answer_decline(&act, token, &result));
    assert_true(act.is_done);
    closed_as(INVITATION_DECLINED);
}

static void unknown_token_is_no_invitation(void **state)
{
    (void)state;
    token = "abcdefghijklmnopqrstuvwxyz0123456789abcdefg";
    assert_false(accept_as(lone).is_done);
    assert_int_equal(result.outcome, ANSWER_MISSING);
}

/* --- gates --------------------------------------------------------------------------------------------------------------- */

/* Refused with this gate, noted for the partner, and nothing else changed. */
static void stopped_by(const struct actor *actor, enum invitation_gate gate)
{
    int64_t before = associations();
    struct act act = accept_as(actor);
    const struct invitation *invitation = invitation_of(&world, id);

    assert_false(act.is_done);
    assert_int_equal(result.outcome, ANSWER_GATES);
    assert_int_equal(result.found.gates, 1u << gate);
    assert_int_equal(associations(), before);
    assert_int_equal(invitation->status, INVITATION_OPEN);
    assert_int_equal(invitation->failure, gate);
    assert_true(invitation->failed_at == world.now);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'INVITATION_REFUSED' AND result = 'REFUSED' AND remark = '%s' "
                                 "AND partner_id = %lld", invitation_gate_info(gate)->code, L(world.partner)), 1);
    assert_int_equal(world_count(&world, "notification", "1 = 1"), 0);
}

static void customer_of_another_partner_is_stopped(void **state)
{
    (void)state;
    (void)world_associate(&world, lone->account_id, world_account(&world, ACCOUNT_PARTNER, "Other"), MODEL_REFERRAL);
    stopped_by(lone, GATE_HAS_PARTNER);
    assert_string_equal(result.found.facts.partner_name, "Other");
}

static void own_customer_is_stopped(void **state)
{
    (void)state;
    stopped_by(world.owner, GATE_SAME_PARTNER);
}

static void partner_is_stopped(void **state)
{
    (void)state;
    stopped_by(world_user(&world, world_account(&world, ACCOUNT_PARTNER, "Other"), ROLE_ADMIN, "Otis"), GATE_IS_PARTNER);
}

static void platform_is_stopped(void **state)
{
    (void)state;
    stopped_by(world.ops, GATE_IS_PLATFORM);
}

static void member_account_is_stopped(void **state)
{
    int64_t member = world_member(&world, lone->account_id, "Member", true);

    (void)state;
    stopped_by(world_user(&world, member, ROLE_OWNER, "Mia"), GATE_IS_MEMBER);
    assert_string_equal(result.found.facts.master_name, "Lone Ltd");
}

static void valid_reserved_instance_stops_until_it_ends(void **state)
{
    (void)state;
    world_commitment(&world, lone->account_id, COMMITMENT_RI, world.now + 1);
    stopped_by(lone, GATE_RESERVED_INSTANCES);
    assert_int_equal(result.found.facts.reserved_instances, 1);
    world.now += 1;
    assert_true(accept_as(lone).is_done);
    assert_int_equal(invitation_of(&world, id)->failure, GATE_NONE);
}

static void support_plans_do_not_stop(void **state)
{
    (void)state;
    world_commitment(&world, lone->account_id, COMMITMENT_SERVICE_SUPPORT_PLAN, world.now + CLOCK_DAY);
    assert_true(accept_as(lone).is_done);
}

static void special_contract_stops(void **state)
{
    (void)state;
    world_contract(&world, lone->account_id, world.now - CLOCK_DAY, world.now + CLOCK_DAY);
    stopped_by(lone, GATE_SPECIAL_CONTRACT);
}

static void frozen_partner_takes_nobody(void **state)
{
    (void)state;
    world_freeze(&world, world.partner, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    stopped_by(lone, GATE_PARTNER_UNABLE);
}

/* --- who may ---------------------------------------------------------------------------------------------------------------- */

/* Whoever freezes the partner bumps its version too, so that nobody comes to a partner that was frozen meanwhile. */
static void accepting_takes_the_partners_version(void **state)
{
    const int64_t before = test_db_number(db, "SELECT version FROM account WHERE id = %lld", (long long)world.partner);

    (void)state;
    assert_true(accept_as(lone).is_done);
    assert_int_equal(test_db_number(db, "SELECT version FROM account WHERE id = %lld", (long long)world.partner), before + 1);
}

static void viewer_can_neither_accept_nor_decline(void **state)
{
    struct act act = world_act(&world, world_user(&world, lone->account_id, ROLE_VIEWER, "Vera"));
    const struct err *err = invitation_answer_accept(&act, token, &result);

    (void)state;
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_DENIED);
    err = invitation_answer_decline(&act, token, &result);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_DENIED);
    assert_int_equal(invitation_of(&world, id)->status, INVITATION_OPEN);
}

static const struct actor visitor = {
    .role = ROLE_ANONYMOUS, .login = "", .user_name = "", .account_name = "", .account_no = "", .lang = "", .zone = "", .theme = ""
};

static void visitor_cannot_accept(void **state)
{
    struct act act = world_act(&world, &visitor);
    const struct err *err = invitation_answer_accept(&act, token, &result);

    (void)state;
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_SIGNED_OUT);
}

static void not_declined_by(const struct actor *actor)
{
    struct act act = world_act(&world, actor);
    const struct err *err = invitation_answer_decline(&act, token, &result);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_DENIED);
    assert_int_equal(invitation_of(&world, id)->status, INVITATION_OPEN);
}

static void who_merely_holds_it_does_not_decline_for_another(void **state)
{
    (void)state;
    not_declined_by(&visitor);
    not_declined_by(lone);
    not_declined_by(world.owner);
    assert_int_equal(world_count(&world, "notification", "1 = 1"), 0);
}

static void link_is_declined_by_nobody(void **state)
{
    struct actor invited = *as_invited().actor;

    (void)state;
    token = invited_by_link(&world, world.admin, &id);
    not_declined_by(&invited);
}

static void invited_one_reads_and_declines(void **state)
{
    struct act act = as_invited();
    struct invitation_found found;

    (void)state;
    assert_null(invitation_answer_read(&act, token, &found));
    assert_int_equal(found.status, INVITATION_OPEN);
    assert_int_equal(found.gates, 0);
    assert_null(invitation_answer_decline(&act, token, &result));
    assert_true(act.is_done);
    assert_int_equal(invitation_of(&world, id)->status, INVITATION_DECLINED);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'INVITATION_DECLINED' AND customer_id = %lld AND partner_id "
                                 "= %lld AND initiated_by = 'CUSTOMER' AND object = '" EMAIL "'", L(lone->account_id), L(world.partner)), 1);
    assert_int_equal(world_count(&world, "notification", "kind = 'INVITATION_DECLINED' AND account_id = %lld", L(world.partner)), 1);
    assert_int_equal(world_count(&world, "notification", "1 = 1"), 1);
}

static void reading_changes_nothing(void **state)
{
    int64_t before = world_fingerprint(&world);
    struct act act = world_act(&world, world.owner);
    struct invitation_found found;

    (void)state;
    assert_null(invitation_answer_read(&act, token, &found));
    assert_int_equal(found.gates, 1u << GATE_SAME_PARTNER);
    assert_true(world_fingerprint(&world) == before);
}

static void same_form_twice_is_accepted_once(void **state)
{
    struct act act = world_form(&world, lone, 5, "/my-partner"), again = world_form(&world, lone, 5, "/my-partner");

    (void)state;
    assert_null(invitation_answer_accept(&act, token, &result));
    assert_null(invitation_answer_accept(&again, token, &result));
    assert_true(again.is_done && again.is_replay);
    assert_int_equal(associations(), 1);
}

static void lost_answer_of_a_commit_is_looked_up(void **state)
{
    struct act act = world_form(&world, lone, 6, "/my-partner");

    (void)state;
    db_test_fail_commit(db, 1);
    assert_null(invitation_answer_accept(&act, token, &result));
    assert_true(act.is_done);
    assert_int_equal(associations(), 1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(accepting_has_all_its_effects), TEST(accepted_by_a_clock_that_is_behind),
        TEST(without_the_default_nobody_starts_frozen),
        TEST(frozen_account_keeps_its_own_freeze), TEST(link_works_and_its_token_is_wiped), cmocka_unit_test_setup_teardown(customer_that_left_may_come_back, begin, end_lawless),
        TEST(used_invitation_works_no_second_time), TEST(expired_invitation_is_refused_at_the_very_instant),
        TEST(revoked_invitation_is_refused), TEST(declined_invitation_is_refused), TEST(unknown_token_is_no_invitation),
        TEST(customer_of_another_partner_is_stopped), TEST(own_customer_is_stopped), TEST(partner_is_stopped),
        TEST(platform_is_stopped), TEST(member_account_is_stopped), TEST(valid_reserved_instance_stops_until_it_ends),
        TEST(support_plans_do_not_stop), TEST(special_contract_stops), TEST(frozen_partner_takes_nobody), TEST(accepting_takes_the_partners_version),
        TEST(viewer_can_neither_accept_nor_decline), TEST(visitor_cannot_accept), TEST(invited_one_reads_and_declines),
        TEST(who_merely_holds_it_does_not_decline_for_another), TEST(link_is_declined_by_nobody),
        TEST(reading_changes_nothing), TEST(same_form_twice_is_accepted_once), TEST(lost_answer_of_a_commit_is_looked_up)
    };

    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
