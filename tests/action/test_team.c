#include "support/rows.h"
#include "support/own_world.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"

#include "action/settings.h"
#include "action/show_names.h"
#include "action/team.h"

#define LOGIN "new@nimbus.example"

static enum team_outcome outcome;

/* The password was given so long ago. */
static void step_up_before(const struct actor *actor, int64_t ago_s)
{
    test_db_sql(db, "UPDATE session SET step_up_at = TIMESTAMPADD(MICROSECOND, %lld, '1970-01-01') WHERE id = %lld",
                L(world.now - ago_s * CLOCK_SECOND), L(actor->session_id));
}

enum doing { INVITE, TAKE_BACK, REMOVE, ROLE };

static const struct err *doing(struct act *act, enum doing what, int64_t id, enum role role)
{
    switch (what) {
    case INVITE: return team_invite(act, LOGIN, role, &outcome);
    case TAKE_BACK: return team_take_back(act, id, &outcome);
    case REMOVE: return team_remove(act, id, &outcome);
    case ROLE: return team_change_role(act, id, role, &outcome);
    }
    return NULL;
}

static void done(const struct actor *actor, enum doing what, int64_t id, enum role role)
{
    struct act act = world_act(&world, actor);
    assert_null(doing(&act, what, id, role));
    assert_int_equal(outcome, TEAM_DONE);
    assert_true(act.is_done);
}

static void refused(const struct actor *actor, enum doing what, int64_t id, enum role role, enum team_outcome expected)
{
    const int64_t before = world_fingerprint(&world);
    struct act act = world_act(&world, actor);
    assert_null(doing(&act, what, id, role));
    assert_int_equal(outcome, expected);
    assert_false(act.is_done);
    assert_true(world_fingerprint(&world) == before);
}

static void failed(const struct actor *actor, enum doing what, int64_t id, enum role role, enum err_kind kind)
{
    const int64_t before = world_fingerprint(&world);
    struct act act = world_act(&world, actor);
    const struct err *err = doing(&act, what, id, role);
    assert_non_null(err);
    assert_int_equal(err->kind, kind);
    assert_true(world_fingerprint(&world) == before);
}

static int64_t invitation(void) { return test_db_number(db, "SELECT MAX(id) FROM team_invitation LIMIT 1"); }

/* --- inviting --- */

static void inviting_mails_a_sealed_link_and_is_logged(void **state)
{
    (void)state;
    done(world.admin, INVITE, 0, ROLE_MANAGER);
    assert_int_equal(world_count(&world, "team_invitation", "account_id = %lld AND login = '" LOGIN "' AND role = 'manager' AND "
                                 "TIMESTAMPDIFF(DAY, created_at, expires_at) = 7", L(world.partner)), 1);
    assert_int_equal(world_count(&world, "delivery", "kind = 'TEAM_INVITATION' AND address = '" LOGIN "' AND sealed IS NOT NULL AND "
                                 "details IS NULL AND notification_id IS NULL"), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'USER_INVITED' AND object = '" LOGIN "' AND remark = "
                                 "'manager' AND partner_id = %lld", L(world.partner)), 1);
    assert_int_equal(world_count(&world, "user", "login = '" LOGIN "'"), 0);
}

static void the_longest_address_can_be_invited(void **state)
{
    (void)state;
    char login[LOGIN_MAX + 1] = "";
    for (size_t i = 0; i < LOGIN_MAX; i++)
        login[i] = i == 60 ? '@' : i > 60 && i % 60 == 0 ? '.' : 'a';
    struct act act = world_act(&world, world.admin);
    assert_true(text_is_email(login));
    assert_null(team_invite(&act, login, ROLE_MANAGER, &outcome));
    assert_int_equal(outcome, TEAM_DONE);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'USER_INVITED' AND object = '%s'", login), 1);
}

static void inviting_again_replaces_the_first_link(void **state)
{
    (void)state;
    done(world.admin, INVITE, 0, ROLE_MANAGER);
    const int64_t first = invitation();
    done(world.admin, INVITE, 0, ROLE_ADMIN);
    assert_int_equal(world_count(&world, "team_invitation", "id = %lld AND ended_at IS NOT NULL", L(first)), 1);
    assert_int_equal(world_count(&world, "team_invitation", "open_login = '" LOGIN "' AND role = 'admin'"), 1);
}

static void a_member_is_not_invited(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE user SET login = '" LOGIN "' WHERE id = %lld", L(world.manager->user_id));
    refused(world.admin, INVITE, 0, ROLE_MANAGER, TEAM_IS_MEMBER);
}

static void somebody_elses_login_is_invited_like_any_other(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE user SET login = '" LOGIN "' WHERE id = %lld", L(world.owner->user_id));
    done(world.admin, INVITE, 0, ROLE_MANAGER);
}

static void it_comes_in_the_language_of_whoever_has_the_login(void **state)
{
    (void)state;
    done(world.admin, INVITE, 0, ROLE_MANAGER);
    assert_int_equal(world_count(&world, "delivery", "kind = 'TEAM_INVITATION' AND lang = 'en'"), 1);
    test_db_sql(db, "UPDATE user SET login = '" LOGIN "', lang = 'zh-Hans' WHERE id = %lld", L(world.owner->user_id));
    done(world.admin, INVITE, 0, ROLE_MANAGER);
    assert_int_equal(world_count(&world, "delivery", "kind = 'TEAM_INVITATION' AND lang = 'zh-Hans'"), 1);
}

static void each_kind_of_account_has_its_roles(void **state)
{
    (void)state;
    done(world.owner, INVITE, 0, ROLE_VIEWER);
    done(world.ops, INVITE, 0, ROLE_AUDITOR);
    failed(world.admin, INVITE, 0, ROLE_OWNER, ERR_INPUT);
    failed(world.owner, INVITE, 0, ROLE_OPS, ERR_INPUT);
    failed(world.ops, INVITE, 0, ROLE_ADMIN, ERR_INPUT);
}

static void only_so_many_invitations_a_day(void **state)
{
    (void)state;
    test_db_sql(db, "INSERT INTO team_invitation (token_hash, account_id, login, role, invited_by, created_at, expires_at) "
                "SELECT UNHEX(SHA2(seq, 256)), %lld, CONCAT(seq, '@x.example'), 'manager', 1, TIMESTAMPADD(MICROSECOND, %lld, "
                "'1970-01-01'), TIMESTAMPADD(MICROSECOND, %lld, '1970-01-01') FROM seq_1_to_50", L(world.partner),
                L(world.now - CLOCK_HOUR), L(world.now + CLOCK_DAY));
    refused(world.admin, INVITE, 0, ROLE_MANAGER, TEAM_TOO_MANY);
    world.now += CLOCK_DAY;
    step_up_before(world.admin, 0);
    done(world.admin, INVITE, 0, ROLE_MANAGER);
}

static void an_invitation_can_be_taken_back_once(void **state)
{
    (void)state;
    done(world.admin, INVITE, 0, ROLE_MANAGER);
    done(world.admin, TAKE_BACK, invitation(), ROLE_MANAGER);
    assert_int_equal(world_count(&world, "team_invitation", "ended_at IS NOT NULL"), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'INVITATION_ENDED'"), 1);
    refused(world.admin, TAKE_BACK, invitation(), ROLE_MANAGER, TEAM_SAME);
}

static void nobody_takes_back_that_of_another_account(void **state)
{
    (void)state;
    done(world.admin, INVITE, 0, ROLE_MANAGER);
    refused(world.owner, TAKE_BACK, invitation(), ROLE_MANAGER, TEAM_SAME);
    failed(world.manager, TAKE_BACK, invitation(), ROLE_MANAGER, ERR_DENIED);
}

/* --- removing --- */

static void removing_ends_sessions_and_links(void **state)
{
    (void)state;
    const int64_t user = world.manager->user_id;
    (void)world_sign_in_again(&world, world.manager);
    test_db_sql(db, "INSERT INTO password_reset (token_hash, user_id, created_at, expires_at) VALUES (UNHEX(SHA2('x', 256)), %lld, "
                "NOW(6), NOW(6))", L(user));
    done(world.admin, REMOVE, user, ROLE_MANAGER);
    assert_int_equal(world_count(&world, "user", "id = %lld AND status = 'DISABLED'", L(user)), 1);
    assert_int_equal(world_count(&world, "session", "user_id = %lld AND ended_at IS NULL", L(user)), 0);
    assert_int_equal(world_count(&world, "session", "user_id = %lld", L(user)), 2);
    assert_int_equal(world_count(&world, "password_reset", "used_at IS NULL"), 0);
    assert_int_equal(world_count(&world, "session", "user_id = %lld AND ended_at IS NULL", L(world.admin->user_id)), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'USER_REMOVED' AND remark = 'manager'"), 1);
}

static void the_last_one_in_charge_cannot_be_removed(void **state)
{
    (void)state;
    refused(world.admin, REMOVE, world.admin->user_id, ROLE_ADMIN, TEAM_LAST);
    refused(world.owner, REMOVE, world.owner->user_id, ROLE_OWNER, TEAM_LAST);
    refused(world.ops, REMOVE, world.ops->user_id, ROLE_OPS, TEAM_LAST);
}

static void a_disabled_colleague_does_not_count(void **state)
{
    (void)state;
    const struct actor *second = world_user(&world, world.partner, ROLE_ADMIN, "Second");
    test_db_sql(db, "UPDATE user SET status = 'DISABLED' WHERE id = %lld", L(second->user_id));
    test_db_sql(db, "UPDATE session SET ended_at = NOW(6) WHERE user_id = %lld", L(second->user_id));
    refused(world.admin, REMOVE, world.admin->user_id, ROLE_ADMIN, TEAM_LAST);
}

static void one_of_two_can_go_even_oneself(void **state)
{
    (void)state;
    const struct actor *second = world_user(&world, world.partner, ROLE_ADMIN, "Second");
    done(second, REMOVE, second->user_id, ROLE_ADMIN);
    refused(world.admin, REMOVE, world.admin->user_id, ROLE_ADMIN, TEAM_LAST);
}

static void foreign_and_removed_users_are_not_found(void **state)
{
    (void)state;
    failed(world.admin, REMOVE, world.owner->user_id, ROLE_OWNER, ERR_MISSING);
    failed(world.ops, REMOVE, world.admin->user_id, ROLE_ADMIN, ERR_MISSING);
    failed(world.admin, ROLE, world.owner->user_id, ROLE_MANAGER, ERR_MISSING);
    done(world.admin, REMOVE, world.manager->user_id, ROLE_MANAGER);
    failed(world.admin, REMOVE, world.manager->user_id, ROLE_MANAGER, ERR_MISSING);
}

static void those_who_only_read_change_no_team(void **state)
{
    (void)state;
    failed(world.manager, REMOVE, world.admin->user_id, ROLE_ADMIN, ERR_DENIED);
    failed(world.viewer, INVITE, 0, ROLE_VIEWER, ERR_DENIED);
    failed(world.manager, ROLE, world.manager->user_id, ROLE_ADMIN, ERR_DENIED);
}

/* --- roles --- */

static void another_role_signs_out_everywhere(void **state)
{
    (void)state;
    done(world.admin, ROLE, world.manager->user_id, ROLE_ADMIN);
    assert_int_equal(world_count(&world, "user", "id = %lld AND role = 'admin'", L(world.manager->user_id)), 1);
    assert_int_equal(world_count(&world, "session", "user_id = %lld AND ended_at IS NULL", L(world.manager->user_id)), 0);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'USER_ROLE_SET' AND remark = 'manager to admin'"), 1);
}

static void the_last_one_in_charge_keeps_the_role(void **state)
{
    (void)state;
    refused(world.admin, ROLE, world.admin->user_id, ROLE_MANAGER, TEAM_LAST);
}

static void the_same_role_changes_nothing(void **state)
{
    (void)state;
    refused(world.admin, ROLE, world.manager->user_id, ROLE_MANAGER, TEAM_SAME);
}

static void a_role_of_another_kind_of_account_is_no_choice(void **state)
{
    (void)state;
    failed(world.admin, ROLE, world.manager->user_id, ROLE_OPS, ERR_INPUT);
}

/* --- the password --- */

static void each_change_needs_the_password_of_the_last_minutes(void **state)
{
    static const enum doing each[] = {INVITE, REMOVE, ROLE};
    (void)state;
    step_up_before(world.admin, world.config->session.step_up_s + 1);
    for (size_t i = 0; i < sizeof each / sizeof each[0]; i++)
        refused(world.admin, each[i], world.manager->user_id, ROLE_ADMIN, TEAM_NO_STEP_UP);
    step_up_before(world.admin, world.config->session.step_up_s);
    done(world.admin, ROLE, world.manager->user_id, ROLE_ADMIN);
}

static void an_ended_session_changes_nothing(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE session SET ended_at = NOW(6) WHERE id = %lld", L(world.admin->session_id));
    failed(world.admin, REMOVE, world.manager->user_id, ROLE_MANAGER, ERR_SIGNED_OUT);
}

/* --- the verification-code function --- */

static enum settings_outcome set(const struct actor *actor, bool is_on)
{
    enum settings_outcome what = SETTINGS_DONE;
    struct act act = world_act(&world, actor);
    assert_null(settings_set_code(&act, is_on, &what));
    assert_int_equal(act.is_done, what == SETTINGS_DONE);
    return what;
}

static void an_admin_switches_the_code_function(void **state)
{
    (void)state;
    assert_int_equal(set(world.admin, true), SETTINGS_DONE);
    assert_int_equal(world_count(&world, "account", "id = %lld AND code_on = 1", L(world.partner)), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'CODE_FUNCTION_SET' AND remark = 'ON'"), 1);
    assert_int_equal(world_count(&world, "notification", "kind = 'CODE_FUNCTION' AND account_id = %lld", L(world.partner)), 1);
    assert_int_equal(set(world.admin, true), SETTINGS_SAME);
    world.now += CLOCK_SECOND;
    assert_int_equal(set(world.admin, false), SETTINGS_DONE);
    assert_int_equal(world_count(&world, "account", "id = %lld AND code_on = 0", L(world.partner)), 1);
}

static void switching_needs_the_password(void **state)
{
    (void)state;
    step_up_before(world.admin, world.config->session.step_up_s + 1);
    assert_int_equal(set(world.admin, true), SETTINGS_NO_STEP_UP);
    assert_int_equal(world_count(&world, "account", "code_on = 1"), 0);
}

static void without_a_verified_address_codes_cannot_be_switched_on(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE contact SET verified_at = NULL WHERE account_id = %lld", L(world.partner));
    assert_int_equal(set(world.admin, true), SETTINGS_NO_CONTACT);
    world_partner_code(&world, true);
    assert_int_equal(set(world.admin, false), SETTINGS_DONE);
}

static void only_an_admin_switches(void **state)
{
    const struct actor *others[] = {world.manager, world.owner, world.ops};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        enum settings_outcome what = SETTINGS_DONE;
        struct act act = world_act(&world, others[i]);
        const struct err *err = settings_set_code(&act, true, &what);
        assert_non_null(err);
        assert_int_equal(err->kind, ERR_DENIED);
    }
    assert_int_equal(world_count(&world, "account", "code_on = 1"), 0);
}

/* --- full names --- */

static void showing_names_is_logged_and_for_partners_only(void **state)
{
    (void)state;
    struct act act = world_act(&world, world.manager), other = world_act(&world, world.owner);
    assert_null(show_names(&act));
    assert_int_equal(world_count(&world, "session", "names_shown_at IS NOT NULL AND id = %lld", L(world.manager->session_id)), 1);
    assert_int_equal(world_count(&world, "session", "names_shown_at IS NOT NULL"), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'NAMES_SHOWN' AND partner_id = %lld", L(world.partner)), 1);
    const struct err *err = show_names(&other);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_DENIED);
}

/* What somebody has begun as the one in charge ends with that. */
static void invitations_of_who_is_no_longer_in_charge_end(void **state)
{
    (void)state;
    static const enum doing ends[] = {REMOVE, ROLE};
    for (size_t i = 0; i < 2; i++) {
        const struct actor *leader = world_user(&world, world.partner, ROLE_ADMIN, "Second");
        done(leader, INVITE, 0, ROLE_ADMIN);
        const int64_t theirs = invitation();
        struct act act = world_act(&world, world.admin);
        assert_null(team_invite(&act, "other@nimbus.example", ROLE_MANAGER, &outcome));
        const int64_t mine = invitation();
        done(world.admin, ends[i], leader->user_id, ROLE_MANAGER);
        assert_int_equal(world_count(&world, "team_invitation", "id = %lld AND ended_at IS NOT NULL AND used_at IS NULL", L(theirs)), 1);
        assert_int_equal(world_count(&world, "team_invitation", "id = %lld AND ended_at IS NULL", L(mine)), 1);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_longest_address_can_be_invited), TEST(invitations_of_who_is_no_longer_in_charge_end),
        TEST(inviting_mails_a_sealed_link_and_is_logged), TEST(inviting_again_replaces_the_first_link), TEST(a_member_is_not_invited),
        TEST(somebody_elses_login_is_invited_like_any_other), TEST(it_comes_in_the_language_of_whoever_has_the_login),
        TEST(each_kind_of_account_has_its_roles),
        TEST(only_so_many_invitations_a_day), TEST(an_invitation_can_be_taken_back_once),
        TEST(nobody_takes_back_that_of_another_account), TEST(removing_ends_sessions_and_links),
        TEST(the_last_one_in_charge_cannot_be_removed), TEST(a_disabled_colleague_does_not_count), TEST(one_of_two_can_go_even_oneself),
        TEST(foreign_and_removed_users_are_not_found), TEST(those_who_only_read_change_no_team), TEST(another_role_signs_out_everywhere),
        TEST(the_last_one_in_charge_keeps_the_role), TEST(the_same_role_changes_nothing),
        TEST(a_role_of_another_kind_of_account_is_no_choice), TEST(each_change_needs_the_password_of_the_last_minutes),
        TEST(an_ended_session_changes_nothing), TEST(an_admin_switches_the_code_function), TEST(switching_needs_the_password),
        TEST(without_a_verified_address_codes_cannot_be_switched_on), TEST(only_an_admin_switches),
        TEST(showing_names_is_logged_and_for_partners_only),
    };
    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
