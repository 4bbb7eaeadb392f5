/* Joining a team by a mailed link, and giving the password again. */
#include "support/rows.h"
#include "support/own_world.h"

#include "base/clock.h"
#include "base/memory.h"

#include "action/session_token.h"
#include "action/sign_in.h"
#include "action/step_up.h"
#include "action/team.h"
#include "store/store_security.h"

#define LOGIN "new@nimbus.example"
#define PASSWORD "correct horse battery"
#define LINK "https://partner.example.com/join/"

static const char *token;

/* Sends an invitation and reads the link from the mail, as the worker would. */
static void invite_as(const struct actor *actor, enum role role)
{
    enum team_outcome outcome = TEAM_DONE;
    struct act act = world_act(&world, actor);
    struct db_rows *rows = NULL;
    static const struct db_statement mail = {
        "test_mail", "SELECT event_id, sealed FROM delivery WHERE kind = 'TEAM_INVITATION' ORDER BY id DESC LIMIT 1", "", "sb"};
    char *plain = NULL;
    size_t sealed_n = 0, n = 0;
    struct notice_values values;

    assert_null(team_invite(&act, LOGIN, role, &outcome));
    assert_int_equal(outcome, TEAM_DONE);
    assert_null(db_query(db, world.mem, &mail, &rows));
    const char *sealed = db_bytes(rows, 0, 1, &sealed_n);
    assert_null(secret_open(world.mem, &world.keys.outbox, db_text(rows, 0, 0), sealed, sealed_n, &plain, &n));
    assert_true(notice_unpack(world.mem, plain, &values));
    assert_memory_equal(values.link, LINK, strlen(LINK));
    token = values.link + strlen(LINK);
}

static struct team_join join_with(const char *name, const char *password, const char *code)
{
    struct team_join join = {.name = name, .password = password, .code = code};
    struct act act = world_act(&world, &sign_in_nobody);
    assert_null(team_join(&act, token, &join));
    assert_int_equal(act.is_done, join.outcome == JOIN_DONE);
    return join;
}

static void refused(const char *password, enum team_join_outcome outcome)
{
    const int64_t before = world_fingerprint(&world);
    assert_int_equal(join_with("Nina New", password, "").outcome, outcome);
    assert_true(world_fingerprint(&world) == before);
}

static enum sign_in_outcome sign_in(const char *password)
{
    struct sign_in result = {.agent = "test"};
    struct act act = world_act(&world, &sign_in_nobody);
    assert_null(sign_in_password(&act, LOGIN, password, &result));
    return result.outcome;
}

static void who_has_the_link_joins_and_can_sign_in(void **state)
{
    (void)state;
    invite_as(world.admin, ROLE_MANAGER);
    assert_int_equal(join_with("Nina New", PASSWORD, "").outcome, JOIN_DONE);
    assert_int_equal(world_count(&world, "user", "login = '" LOGIN "' AND account_id = %lld AND role = 'manager' AND name = "
                                 "'Nina New' AND status = 'ACTIVE' AND totp_secret IS NULL", L(world.partner)), 1);
    assert_int_equal(world_count(&world, "team_invitation", "used_at IS NOT NULL AND user_id IS NOT NULL"), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'USER_CREATED' AND initiated_by = 'PARTNER' AND object = '"
                                 LOGIN "' AND user_name = 'Nina New'"), 1);
    assert_int_equal(sign_in(PASSWORD), SIGN_IN_DONE);
}

static void a_link_works_once(void **state)
{
    (void)state;
    invite_as(world.admin, ROLE_MANAGER);
    assert_int_equal(join_with("Nina New", PASSWORD, "").outcome, JOIN_DONE);
    refused("another battery of horses", JOIN_GONE);
}

static void a_link_works_for_seven_days(void **state)
{
    (void)state;
    invite_as(world.admin, ROLE_MANAGER);
    world.now += 7 * CLOCK_DAY;
    refused(PASSWORD, JOIN_GONE);
    world.now -= 1;
    assert_int_equal(join_with("Nina New", PASSWORD, "").outcome, JOIN_DONE);
}

static void a_link_taken_back_is_gone(void **state)
{
    enum team_outcome outcome = TEAM_DONE;
    struct act act = world_act(&world, world.admin);
    (void)state;
    invite_as(world.admin, ROLE_MANAGER);
    assert_null(team_take_back(&act, test_db_number(db, "SELECT MAX(id) FROM team_invitation LIMIT 1"), &outcome));
    refused(PASSWORD, JOIN_GONE);
}

static void a_replaced_link_is_gone(void **state)
{
    (void)state;
    invite_as(world.admin, ROLE_MANAGER);
    const char *first = token;
    invite_as(world.admin, ROLE_MANAGER);
    const char *second = token;
    token = first;
    refused(PASSWORD, JOIN_GONE);
    token = second;
    assert_int_equal(join_with("Nina New", PASSWORD, "").outcome, JOIN_DONE);
}

static void an_unknown_link_is_gone(void **state)
{
    (void)state;
    token = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    refused(PASSWORD, JOIN_GONE);
}

static void a_closed_account_lets_nobody_join(void **state)
{
    (void)state;
    invite_as(world.owner, ROLE_VIEWER);
    test_db_sql(db, "UPDATE account SET status = 'CLOSED', closed_at = NOW(6) WHERE id = %lld", L(world.customer));
    refused(PASSWORD, JOIN_GONE);
}

static void a_poor_password_is_refused(void **state)
{
    (void)state;
    invite_as(world.admin, ROLE_MANAGER);
    refused("short", JOIN_PASSWORD);
    refused("passwordpassword", JOIN_PASSWORD);
}

static void somebody_elses_login_cannot_join(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE user SET login = '" LOGIN "' WHERE id = %lld", L(world.owner->user_id));
    invite_as(world.admin, ROLE_MANAGER);
    refused(PASSWORD, JOIN_TAKEN);
    test_db_sql(db, "UPDATE user SET status = 'DISABLED' WHERE id = %lld", L(world.owner->user_id));
    test_db_sql(db, "UPDATE session SET ended_at = NOW(6) WHERE user_id = %lld", L(world.owner->user_id));
    refused(PASSWORD, JOIN_TAKEN);
}

static void somebody_removed_comes_back_with_a_new_role_and_password(void **state)
{
    enum team_outcome outcome = TEAM_DONE;
    struct act act = world_act(&world, world.admin);
    (void)state;
    test_db_sql(db, "UPDATE user SET login = '" LOGIN "', totp_secret = 'OLD' WHERE id = %lld", L(world.manager->user_id));
    assert_null(team_remove(&act, world.manager->user_id, &outcome));
    invite_as(world.admin, ROLE_ADMIN);
    assert_int_equal(join_with("Mo Again", PASSWORD, "").outcome, JOIN_DONE);
    assert_int_equal(world_count(&world, "user", "id = %lld AND status = 'ACTIVE' AND role = 'admin' AND name = 'Mo Again' AND "
                                 "totp_secret IS NULL", L(world.manager->user_id)), 1);
    assert_int_equal(sign_in(PASSWORD), SIGN_IN_DONE);
}

static void users_of_the_platform_join_with_a_second_factor(void **state)
{
    struct team_invitation *invitation = NULL;
    const char *secret = NULL, *again = NULL;
    struct act act = world_act(&world, &sign_in_nobody);
    char code[7];
    (void)state;
    invite_as(world.ops, ROLE_AUDITOR);
    assert_null(team_join_find(&act, token, &invitation, &secret));
    assert_non_null(secret);
    assert_int_equal(strlen(secret), 32);
    assert_null(team_join_find(&act, token, &invitation, &again));
    assert_string_equal(secret, again);
    refused(PASSWORD, JOIN_CODE);
    assert_true(totp_now(secret, world.now, code));
    assert_int_equal(join_with("Nina New", PASSWORD, code).outcome, JOIN_DONE);
    assert_int_equal(world_count(&world, "user", "login = '" LOGIN "' AND totp_secret LIKE 'v1.%%' AND totp_secret NOT LIKE '%%%s%%' "
                                 "AND totp_step > 0", secret), 1);
    assert_int_equal(sign_in(PASSWORD), SIGN_IN_HALF);
}

static void others_join_without(void **state)
{
    struct team_invitation *invitation = NULL;
    const char *secret = NULL;
    struct act act = world_act(&world, &sign_in_nobody);
    (void)state;
    invite_as(world.owner, ROLE_OWNER);
    assert_null(team_join_find(&act, token, &invitation, &secret));
    assert_non_null(invitation);
    assert_null(secret);
}

/* --- giving the password again --- */

static struct step_up prove(const struct actor *actor, const char *password, const char *code)
{
    struct step_up result = {.agent = "test", .old_token = "cookie"};
    struct act act = world_act(&world, actor);
    assert_null(step_up(&act, password, code, &result));
    return result;
}

static struct step_up give(const struct actor *actor, const char *password) { return prove(actor, password, ""); }

static void the_right_password_makes_a_new_session(void **state)
{
    bool is_fresh = true;
    struct act act = world_act(&world, world.admin);
    (void)state;
    world_password(&world, world.admin, PASSWORD);
    world.now += CLOCK_HOUR;
    act.now = world.now;
    assert_null(step_up_is_fresh(&act, &is_fresh));
    assert_false(is_fresh);
    test_db_sql(db, "UPDATE session SET names_shown_at = NOW(6) WHERE id = %lld", L(world.admin->session_id));
    const struct step_up result = give(world.admin, PASSWORD);
    assert_int_equal(result.outcome, STEP_UP_DONE);
    assert_non_null(result.token);
    struct actor again = *world.admin;
    again.session_id = test_db_number(db, "SELECT MAX(id) FROM session LIMIT 1");
    assert_true(again.session_id != world.admin->session_id);
    act.actor = &again;
    assert_null(step_up_is_fresh(&act, &is_fresh));
    assert_true(is_fresh);
    /* The old one proves nothing and ends soon; the new one ends when the old one would have ended. */
    act.actor = world.admin;
    assert_null(step_up_is_fresh(&act, &is_fresh));
    assert_false(is_fresh);
    assert_int_equal(world_count(&world, "session", "id = %lld AND expires_at = TIMESTAMPADD(MICROSECOND, %lld, '1970-01-01')",
                                 L(world.admin->session_id), L(world.now + STEP_UP_OVERLAP_S * CLOCK_SECOND)), 1);
    assert_int_equal(world_count(&world, "session", "id = %lld AND expires_at = TIMESTAMPADD(MICROSECOND, %lld, '1970-01-01') AND "
                                 "idle_s = 1800 AND names_shown_at IS NOT NULL", L(again.session_id),
                                 L(world.now - CLOCK_HOUR + CLOCK_DAY)), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'STEPPED_UP'"), 1);
    assert_int_equal(world_count(&world, "user", "failures > 0"), 0);
}

/* The form of that number, of the actor's session. */
static const struct err *prove_by_form(const struct actor *actor, int form, struct step_up *result)
{
    struct act act = world_form(&world, actor, form, NULL);
    *result = (struct step_up){.agent = "test", .old_token = "cookie"};
    return step_up(&act, PASSWORD, "", result);
}

static int64_t live_sessions(void)
{
    return world_count(&world, "session", "user_id = %lld AND ended_at IS NULL", L(world.admin->user_id));
}

static void the_form_that_is_sent_twice_leads_to_one_session(void **state)
{
    struct step_up first, again;
    (void)state;
    world_password(&world, world.admin, PASSWORD);
    assert_null(prove_by_form(world.admin, 1, &first));
    world.now += CLOCK_SECOND;
    assert_null(prove_by_form(world.admin, 1, &again));
    assert_int_equal(again.outcome, STEP_UP_DONE);
    assert_int_equal(strlen(first.token), 43);
    assert_string_equal(again.token, first.token);
    assert_int_equal(live_sessions(), 2);
    assert_int_equal(world_count(&world, "session", "token_hash = UNHEX(SHA2('%s', 256)) AND expires_at > TIMESTAMPADD(MICROSECOND, %lld, '1970-01-01')",
                                 first.token, L(world.now + CLOCK_HOUR)), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'STEPPED_UP'"), 1);
    assert_int_equal(world_count(&world, "user", "failures > 0"), 0);
}

static void the_token_is_of_the_form_and_of_the_cookie(void **state)
{
    struct act one = world_form(&world, world.admin, 1, NULL), two = world_form(&world, world.admin, 2, NULL), none = world_act(&world, world.admin);
    const char *token = session_token_new(&one, "cookie", 7, "");
    (void)state;
    assert_string_equal(session_token_new(&one, "cookie", 7, ""), token);
    assert_string_not_equal(session_token_new(&two, "cookie", 7, ""), token);
    assert_string_not_equal(session_token_new(&one, "cookiE", 7, ""), token);
    assert_string_not_equal(session_token_new(&one, "cookie", 8, ""), token);
    assert_string_not_equal(session_token_new(&one, "cookie", 7, "1"), token);
    assert_string_not_equal(session_token_new(&none, "cookie", 7, ""), session_token_new(&none, "cookie", 7, ""));
}

/* It would have taken over the short end of the first. */
static void another_form_of_the_old_session_leads_nowhere(void **state)
{
    struct step_up first, other;
    (void)state;
    world_password(&world, world.admin, PASSWORD);
    assert_null(prove_by_form(world.admin, 1, &first));
    const struct err *err = prove_by_form(world.admin, 2, &other);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_SIGNED_OUT);
    assert_int_equal(live_sessions(), 2);
}

static void the_sessions_that_led_to_it_end_with_it(void **state)
{
    struct actor last = *world.admin;
    struct step_up result;
    bool ended = false;
    (void)state;
    world_password(&world, world.admin, PASSWORD);
    for (int form = 1; form <= 3; form++) {
        assert_null(prove_by_form(&last, form, &result));
        last.session_id = test_db_number(db, "SELECT MAX(id) FROM session LIMIT 1");
    }
    assert_int_equal(live_sessions(), 4);
    struct act act = world_act(&world, &last);
    assert_null(sign_out(&act));
    assert_int_equal(live_sessions(), 0);
    /* The same from the list of sessions. */
    const struct actor *again = world_sign_in_again(&world, world.admin);
    assert_null(prove_by_form(again, 4, &result));
    assert_null(session_end_own(db, world.admin->user_id, test_db_number(db, "SELECT MAX(id) FROM session LIMIT 1"), 0, world.now, &ended));
    assert_true(ended);
    assert_int_equal(live_sessions(), 0);
}

/* A tab that still has the old session, or a list that shows it: whoever ends that means the one that goes on. */
static void the_session_that_goes_on_ends_with_the_old_one(void **state)
{
    const struct actor *other = world_sign_in_again(&world, world.admin);
    struct step_up result;
    bool ended = false;
    (void)state;
    world_password(&world, world.admin, PASSWORD);
    const int64_t before = live_sessions();
    assert_null(prove_by_form(world.admin, 1, &result));
    assert_int_equal(live_sessions(), before + 1);
    struct act act = world_act(&world, world.admin);
    assert_null(sign_out(&act));
    assert_int_equal(live_sessions(), before - 1);
    /* From the list of another browser; but whoever goes on is not signed out by ending what came before. */
    const struct actor *again = world_sign_in_again(&world, world.admin);
    assert_null(prove_by_form(again, 2, &result));
    const int64_t next = test_db_number(db, "SELECT MAX(id) FROM session LIMIT 1");
    assert_null(session_end_own(db, world.admin->user_id, again->session_id, next, world.now, &ended));
    assert_true(ended);
    assert_int_equal(world_count(&world, "session", "id = %lld AND ended_at IS NULL", L(next)), 1);
    test_db_sql(db, "UPDATE session SET ended_at = NULL WHERE id = %lld", L(again->session_id));
    assert_null(session_end_own(db, world.admin->user_id, again->session_id, other->session_id, world.now, &ended));
    assert_true(ended);
    assert_int_equal(world_count(&world, "session", "id = %lld AND ended_at IS NULL", L(next)), 0);
    assert_int_equal(world_count(&world, "session", "id = %lld AND ended_at IS NULL", L(other->session_id)), 1);
}

/* Of two that are sent at once, the one that began earlier may be counted later. */
static void who_began_earlier_and_comes_later_does_not_wait(void **state)
{
    struct step_up first, again;
    (void)state;
    world_password(&world, world.admin, PASSWORD);
    assert_null(prove_by_form(world.admin, 1, &first));
    world.now -= CLOCK_SECOND / 4;
    assert_null(prove_by_form(world.admin, 1, &again));
    assert_int_equal(again.outcome, STEP_UP_DONE);
    assert_string_equal(again.token, first.token);
    assert_int_equal(give(world.admin, "no horse no battery").outcome, STEP_UP_WRONG);
    world.now -= CLOCK_SECOND / 4;
    assert_int_equal(give(world.admin, "no horse no battery").outcome, STEP_UP_WRONG);
}

static void a_wrong_password_is_counted_and_logged(void **state)
{
    (void)state;
    world_password(&world, world.admin, PASSWORD);
    assert_int_equal(give(world.admin, "no horse no battery").outcome, STEP_UP_WRONG);
    assert_int_equal(world_count(&world, "user", "id = %lld AND failures = 1", L(world.admin->user_id)), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'STEP_UP_FAILED' AND result = 'FAILED'"), 1);
    assert_int_equal(world_count(&world, "session", "user_id = %lld", L(world.admin->user_id)), 1);
}

static void after_five_wrong_ones_there_is_a_wait_that_also_holds_for_signing_in(void **state)
{
    (void)state;
    world_password(&world, world.admin, PASSWORD);
    test_db_sql(db, "UPDATE user SET login = '" LOGIN "' WHERE id = %lld", L(world.admin->user_id));
    for (int i = 0; i < 5; i++)
        assert_int_equal(give(world.admin, "no horse no battery").outcome, STEP_UP_WRONG);
    const struct step_up result = give(world.admin, PASSWORD);
    assert_int_equal(result.outcome, STEP_UP_WAIT);
    assert_true(result.wait_until > world.now);
    assert_int_equal(sign_in(PASSWORD), SIGN_IN_WAIT);
    world.now = result.wait_until;
    assert_int_equal(give(world.admin, PASSWORD).outcome, STEP_UP_DONE);
}

static void a_user_without_password_cannot_prove_it(void **state)
{
    (void)state;
    assert_int_equal(give(world.admin, "").outcome, STEP_UP_WRONG);
}

#define FACTOR "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

static void a_one_time_password_proves_it_once(void **state)
{
    bool takes_code = false;
    struct act act = world_act(&world, world.admin);
    char code[7];
    (void)state;
    test_db_sql(db, "UPDATE user SET totp_secret = '" FACTOR "' WHERE id = %lld", L(world.admin->user_id));
    assert_null(step_up_takes_code(&act, &takes_code));
    assert_true(takes_code);
    assert_true(totp_now(FACTOR, world.now, code));
    const struct step_up result = prove(world.admin, "", code);
    assert_int_equal(result.outcome, STEP_UP_DONE);
    assert_non_null(result.token);
    assert_int_equal(prove(world.admin, "", code).outcome, STEP_UP_WRONG);
    assert_int_equal(world_count(&world, "session", "user_id = %lld", L(world.admin->user_id)), 2);
    assert_int_equal(world_count(&world, "user", "id = %lld AND failures = 1", L(world.admin->user_id)), 1);
    world.now += 30 * CLOCK_SECOND;
    assert_true(totp_now(FACTOR, world.now, code));
    struct actor again = *world.admin;
    again.session_id = test_db_number(db, "SELECT MAX(id) FROM session LIMIT 1");
    assert_int_equal(prove(&again, "", code).outcome, STEP_UP_DONE);
}

static void a_wrong_one_time_password_is_counted_and_logged(void **state)
{
    char code[7];
    (void)state;
    test_db_sql(db, "UPDATE user SET totp_secret = '" FACTOR "' WHERE id = %lld", L(world.admin->user_id));
    assert_true(totp_now(FACTOR, world.now, code));
    code[0] = code[0] == '9' ? '0' : (char)(code[0] + 1);
    assert_int_equal(prove(world.admin, "", code).outcome, STEP_UP_WRONG);
    assert_int_equal(world_count(&world, "user", "id = %lld AND failures = 1", L(world.admin->user_id)), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'STEP_UP_FAILED' AND result = 'FAILED'"), 1);
    assert_int_equal(world_count(&world, "session", "user_id = %lld", L(world.admin->user_id)), 1);
}

static void a_right_one_time_password_does_not_help_a_wrong_password(void **state)
{
    char code[7];
    (void)state;
    world_password(&world, world.admin, PASSWORD);
    test_db_sql(db, "UPDATE user SET totp_secret = '" FACTOR "' WHERE id = %lld", L(world.admin->user_id));
    assert_true(totp_now(FACTOR, world.now, code));
    assert_int_equal(prove(world.admin, "no horse no battery", code).outcome, STEP_UP_WRONG);
}

static void without_a_second_factor_no_code_is_right(void **state)
{
    bool takes_code = true;
    struct act act = world_act(&world, world.admin);
    char code[7];
    (void)state;
    assert_null(step_up_takes_code(&act, &takes_code));
    assert_false(takes_code);
    assert_true(totp_now(FACTOR, world.now, code));
    assert_int_equal(prove(world.admin, "", code).outcome, STEP_UP_WRONG);
}

static void an_ended_session_and_a_removed_user_are_signed_out(void **state)
{
    struct step_up result = {.agent = "test", .old_token = "cookie"};
    struct act act = world_act(&world, world.admin);
    (void)state;
    world_password(&world, world.admin, PASSWORD);
    test_db_sql(db, "UPDATE session SET ended_at = NOW(6) WHERE id = %lld", L(world.admin->session_id));
    const struct err *err = step_up(&act, PASSWORD, "", &result);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_SIGNED_OUT);
    test_db_sql(db, "UPDATE user SET status = 'DISABLED' WHERE id = %lld", L(world.admin->user_id));
    err = step_up(&act, PASSWORD, "", &result);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_SIGNED_OUT);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_has_the_link_joins_and_can_sign_in), TEST(a_link_works_once), TEST(a_link_works_for_seven_days),
        TEST(a_link_taken_back_is_gone), TEST(a_replaced_link_is_gone), TEST(an_unknown_link_is_gone),
        TEST(a_closed_account_lets_nobody_join), TEST(a_poor_password_is_refused), TEST(somebody_elses_login_cannot_join),
        TEST(somebody_removed_comes_back_with_a_new_role_and_password), TEST(users_of_the_platform_join_with_a_second_factor),
        TEST(others_join_without), TEST(the_right_password_makes_a_new_session),
        TEST(the_form_that_is_sent_twice_leads_to_one_session), TEST(the_token_is_of_the_form_and_of_the_cookie),
        TEST(another_form_of_the_old_session_leads_nowhere), TEST(the_sessions_that_led_to_it_end_with_it),
        TEST(the_session_that_goes_on_ends_with_the_old_one), TEST(who_began_earlier_and_comes_later_does_not_wait),
        TEST(a_wrong_password_is_counted_and_logged),
        TEST(after_five_wrong_ones_there_is_a_wait_that_also_holds_for_signing_in), TEST(a_user_without_password_cannot_prove_it), TEST(a_one_time_password_proves_it_once),
        TEST(a_wrong_one_time_password_is_counted_and_logged), TEST(a_right_one_time_password_does_not_help_a_wrong_password),
        TEST(without_a_second_factor_no_code_is_right),
        TEST(an_ended_session_and_a_removed_user_are_signed_out),
    };
    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
