/* A person's own ways in: sessions, password, second factor, recovery codes. */
#include "support/rows.h"
#include "support/own_world.h"

#include "base/clock.h"
#include "base/memory.h"

#include "action/hashing.h"
#include "action/factor_secret.h"
#include "action/security.h"
#include "action/sign_in.h"

#define LOGIN "olga@acme.example"
#define PASSWORD "correct horse battery"
#define NEW_PASSWORD "another horse battery"

static enum security_outcome outcome;
static int form_n;

static void stepped_up_before(int64_t ago_s)
{
    test_db_sql(db, "UPDATE session SET step_up_at = TIMESTAMPADD(MICROSECOND, %lld, '1970-01-01')", L(world.now - ago_s * CLOCK_SECOND));
}

static int64_t alive(const struct actor *actor)
{
    return world_count(&world, "session", "user_id = %lld AND ended_at IS NULL", L(actor->user_id));
}

static int64_t logged(const char *operation) { return world_count(&world, "operation_log", "operation = '%s'", operation); }

static void fails(const struct err *err, enum err_kind kind)
{
    assert_non_null(err);
    assert_int_equal(err->kind, kind);
}

/* --- sessions --- */

static enum security_outcome ended(const struct actor *actor, int64_t session_id)
{
    struct act act = world_act(&world, actor);
    assert_null(security_end_session(&act, session_id, &outcome));
    assert_int_equal(act.is_done, outcome == SECURITY_DONE);
    return outcome;
}

static void a_session_of_ones_own_is_ended_and_logged(void **state)
{
    (void)state;
    const struct actor *again = world_sign_in_again(&world, world.viewer);
    assert_int_equal(ended(again, world.viewer->session_id), SECURITY_DONE);
    assert_int_equal(alive(world.viewer), 1);
    assert_int_equal(logged("SESSIONS_ENDED"), 1);
}

static void the_session_at_hand_is_left_by_signing_out(void **state)
{
    (void)state;
    assert_int_equal(ended(world.owner, world.owner->session_id), SECURITY_GONE);
    assert_int_equal(alive(world.owner), 1);
}

static void sessions_of_others_are_not_found(void **state)
{
    const int64_t others[] = {world.viewer->session_id, world.admin->session_id, 999999, 0, -1};
    const int64_t before = world_fingerprint(&world);
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        struct act act = world_act(&world, world.owner);
        fails(security_end_session(&act, others[i], &outcome), ERR_MISSING);
    }
    assert_true(world_fingerprint(&world) == before);
}

static void all_others_are_ended_at_once(void **state)
{
    (void)state;
    (void)world_sign_in_again(&world, world.owner);
    const struct actor *third = world_sign_in_again(&world, world.owner);
    struct act act = world_act(&world, third);
    assert_null(security_end_others(&act, &outcome));
    assert_int_equal(alive(world.owner), 1);
    assert_int_equal(world_count(&world, "session", "id = %lld AND ended_at IS NULL", L(third->session_id)), 1);
    assert_int_equal(alive(world.viewer), 1);
}

static void all_of_it_needs_the_password_of_the_last_minutes(void **state)
{
    const struct actor *again = world_sign_in_again(&world, world.owner);
    struct act others = world_act(&world, world.owner), password = world_act(&world, world.owner), start = world_act(&world, world.owner);
    struct act off = world_act(&world, world.owner), codes = world_form(&world, world.owner, 99, "/x");
    struct recovery_codes recovery;
    enum password_fault fault;
    (void)state;
    stepped_up_before(601);
    const int64_t before = world_fingerprint(&world);
    assert_int_equal(ended(world.owner, again->session_id), SECURITY_NO_STEP_UP);
    assert_null(security_end_others(&others, &outcome));
    assert_int_equal(outcome, SECURITY_NO_STEP_UP);
    assert_null(security_set_password(&password, NEW_PASSWORD, &outcome, &fault));
    assert_int_equal(outcome, SECURITY_NO_STEP_UP);
    assert_null(second_factor_start(&start, &outcome));
    assert_int_equal(outcome, SECURITY_NO_STEP_UP);
    assert_null(second_factor_switch_off(&off, &outcome));
    assert_int_equal(outcome, SECURITY_NO_STEP_UP);
    assert_null(second_factor_renew_codes(&codes, &outcome, &recovery));
    assert_int_equal(outcome, SECURITY_NO_STEP_UP);
    assert_true(world_fingerprint(&world) == before);
}

/* --- password --- */

static enum security_outcome set_password(const struct actor *actor, const char *password, enum password_fault *fault)
{
    struct act act = world_act(&world, actor);
    assert_null(security_set_password(&act, password, &outcome, fault));
    return outcome;
}

static void a_new_password_ends_the_other_sessions_and_is_told(void **state)
{
    enum password_fault fault;
    char *hash = NULL;
    bool is_right = false;
    (void)state;
    (void)world_sign_in_again(&world, world.owner);
    assert_int_equal(set_password(world.owner, NEW_PASSWORD, &fault), SECURITY_DONE);
    assert_int_equal(alive(world.owner), 1);
    assert_int_equal(world_count(&world, "session", "id = %lld AND ended_at IS NULL", L(world.owner->session_id)), 1);
    assert_int_equal(world_count(&world, "notification", "kind = 'PASSWORD_CHANGED' AND account_id = %lld", L(world.customer)), 1);
    assert_int_equal(world_count(&world, "delivery", "kind = 'PASSWORD_CHANGED' AND channel = 'EMAIL'"), 1);
    assert_int_equal(logged("PASSWORD_CHANGED"), 1);
    static const struct db_statement find = {"find", "SELECT password_hash FROM user WHERE id = ? LIMIT 1", "i", "s"};
    struct db_rows *rows = NULL;
    assert_null(db_query(db, world.mem, &find, &rows, world.owner->user_id));
    assert_null(hashing_check(world.mem, world.config, NEW_PASSWORD, db_text(rows, 0, 0), &is_right, &hash));
    assert_true(is_right);
}

static void a_weak_password_is_refused_with_its_fault(void **state)
{
    enum password_fault fault;
    (void)state;
    assert_int_equal(set_password(world.owner, "short", &fault), SECURITY_REFUSED);
    assert_int_equal(fault, PASSWORD_SHORT);
    assert_int_equal(set_password(world.owner, "password1234", &fault), SECURITY_REFUSED);
    assert_int_equal(fault, PASSWORD_COMMON);
    assert_int_equal(logged("PASSWORD_CHANGED"), 0);
}

/* --- second factor --- */

static const char *secret_of(const struct actor *actor, const char *column)
{
    static const struct db_statement find = {
        "find_secrets", "SELECT COALESCE(totp_secret, ''), COALESCE(totp_pending, '') FROM user WHERE id = ? LIMIT 1", "i", "ss"};
    struct db_rows *rows = NULL;
    char *secret = NULL;
    assert_null(db_query(db, world.mem, &find, &rows, actor->user_id));
    const char *stored = db_text(rows, 0, strcmp(column, "totp_secret") == 0 ? 0 : 1);
    assert_null(factor_open(world.mem, &world.keys, actor->login, stored, &secret));
    return secret;
}

static void start(const struct actor *actor)
{
    struct act act = world_act(&world, actor);
    assert_null(second_factor_start(&act, &outcome));
    assert_int_equal(outcome, SECURITY_DONE);
}

static enum security_outcome confirm(const struct actor *actor, const char *code, int form, struct recovery_codes *codes)
{
    struct act act = world_form(&world, actor, form, "/x");
    assert_null(second_factor_set_up(&act, code, &outcome, codes));
    assert_int_equal(act.is_done, outcome == SECURITY_DONE);
    return outcome;
}

static const char *code_now(const char *secret)
{
    char code[7];
    assert_true(totp_now(secret, world.now, code));
    return mem_copy(world.mem, code);
}

static void set_up(const struct actor *actor, struct recovery_codes *codes)
{
    start(actor);
    assert_int_equal(confirm(actor, code_now(secret_of(actor, "totp_pending")), ++form_n, codes), SECURITY_DONE);
}

static void a_factor_is_asked_for_only_after_its_code_was_entered(void **state)
{
    struct recovery_codes codes;
    (void)state;
    start(world.owner);
    const char *pending = secret_of(world.owner, "totp_pending");
    assert_int_equal(strlen(pending), 32);
    assert_int_equal(world_count(&world, "user", "totp_pending LIKE 'v1.%%' AND totp_pending NOT LIKE '%%%s%%'", pending), 1);
    assert_string_equal(secret_of(world.owner, "totp_secret"), "");
    assert_int_equal(confirm(world.owner, "000000", ++form_n, &codes), SECURITY_WRONG);
    assert_int_equal(confirm(world.owner, "", ++form_n, &codes), SECURITY_WRONG);
    assert_string_equal(secret_of(world.owner, "totp_secret"), "");
    assert_int_equal(confirm(world.owner, code_now(pending), ++form_n, &codes), SECURITY_DONE);
    assert_string_equal(secret_of(world.owner, "totp_secret"), pending);
    assert_int_equal(logged("SECOND_FACTOR_ON"), 1);
    assert_int_equal(world_count(&world, "delivery", "kind = 'SECOND_FACTOR'"), 1);
    assert_int_equal(world_count(&world, "recovery_code", "user_id = %lld AND used_at IS NULL AND voided_at IS NULL",
                                 L(world.owner->user_id)), RECOVERY_CODES);
}

static void a_key_can_be_confirmed_for_an_hour_and_once(void **state)
{
    struct recovery_codes codes;
    (void)state;
    assert_int_equal(confirm(world.owner, "123456", ++form_n, &codes), SECURITY_GONE);
    start(world.owner);
    const char *pending = secret_of(world.owner, "totp_pending");
    world.now += CLOCK_HOUR;
    stepped_up_before(0);
    assert_int_equal(confirm(world.owner, code_now(pending), ++form_n, &codes), SECURITY_GONE);
    world.now -= CLOCK_SECOND;
    assert_int_equal(confirm(world.owner, code_now(pending), ++form_n, &codes), SECURITY_DONE);
    assert_int_equal(confirm(world.owner, code_now(pending), ++form_n, &codes), SECURITY_GONE);
}

static void the_same_form_shows_the_same_recovery_codes(void **state)
{
    struct recovery_codes first, second;
    (void)state;
    start(world.owner);
    const char *code = code_now(secret_of(world.owner, "totp_pending"));
    assert_int_equal(confirm(world.owner, code, ++form_n, &first), SECURITY_DONE);
    assert_int_equal(confirm(world.owner, code, form_n, &second), SECURITY_DONE);
    assert_memory_equal(&first, &second, sizeof first);
    for (int i = 0; i < RECOVERY_CODES; i++)
        for (int k = 0; k < i; k++)
            assert_string_not_equal(first.digits[i], first.digits[k]);
    assert_int_equal(world_count(&world, "recovery_code", "1 = 1"), RECOVERY_CODES);
}

static const char *half(void)
{
    struct sign_in sign_in = {.agent = "browser"};
    struct act act = world_act(&world, &sign_in_nobody);
    act.ip = "192.0.2.1";
    assert_null(sign_in_password(&act, LOGIN, PASSWORD, &sign_in));
    assert_int_equal(sign_in.outcome, SIGN_IN_HALF);
    return sign_in.half;
}

static enum sign_in_outcome sign_in_with(const char *code)
{
    struct sign_in sign_in = {.agent = "browser"};
    struct act act = world_act(&world, &sign_in_nobody);
    act.ip = "192.0.2.1";
    assert_null(sign_in_code(&act, half(), code, &sign_in));
    return sign_in.outcome;
}

static void give_password(void)
{
    world_password(&world, NULL, PASSWORD);
    test_db_sql(db, "UPDATE user SET login = '" LOGIN "' WHERE id = %lld", L(world.owner->user_id));
}

static void each_recovery_code_signs_in_once(void **state)
{
    struct recovery_codes codes;
    (void)state;
    give_password();
    set_up(world.owner, &codes);
    assert_int_equal(sign_in_with(codes.digits[3]), SIGN_IN_DONE);
    assert_int_equal(sign_in_with(codes.digits[3]), SIGN_IN_WRONG);
    assert_int_equal(sign_in_with(codes.digits[4]), SIGN_IN_DONE);
    assert_int_equal(world_count(&world, "recovery_code", "used_at IS NOT NULL"), 2);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'SIGNED_IN' AND remark = 'recovery code'"), 2);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'SIGN_IN_FAILED'"), 1);
}

static void a_recovery_code_of_somebody_else_is_wrong(void **state)
{
    struct recovery_codes codes, others;
    (void)state;
    give_password();
    set_up(world.owner, &codes);
    set_up(world.viewer, &others);
    assert_int_equal(sign_in_with(others.digits[0]), SIGN_IN_WRONG);
    assert_int_equal(sign_in_with("123412341234"), SIGN_IN_WRONG);
    assert_int_equal(world_count(&world, "recovery_code", "used_at IS NOT NULL"), 0);
}

static void new_recovery_codes_void_the_earlier_ones(void **state)
{
    struct recovery_codes first, second;
    struct act act = world_form(&world, world.owner, ++form_n, "/x"), nobodys = world_form(&world, world.viewer, ++form_n, "/x");
    (void)state;
    give_password();
    set_up(world.owner, &first);
    assert_null(second_factor_renew_codes(&act, &outcome, &second));
    assert_int_equal(outcome, SECURITY_DONE);
    assert_int_equal(logged("RECOVERY_CODES_MADE"), 1);
    assert_int_equal(sign_in_with(first.digits[0]), SIGN_IN_WRONG);
    assert_int_equal(sign_in_with(second.digits[0]), SIGN_IN_DONE);
    assert_null(second_factor_renew_codes(&nobodys, &outcome, &second));
    assert_int_equal(outcome, SECURITY_GONE);
}

static void codes_are_stored_as_digests_only(void **state)
{
    struct recovery_codes codes;
    (void)state;
    set_up(world.owner, &codes);
    for (int i = 0; i < RECOVERY_CODES; i++) {
        assert_int_equal(strlen(codes.digits[i]), RECOVERY_DIGITS);
        assert_int_equal(world_count(&world, "recovery_code", "digest LIKE '%%%s%%'", codes.digits[i]), 0);
        assert_int_equal(world_count(&world, "operation_log", "remark LIKE '%%%s%%' OR object LIKE '%%%s%%'", codes.digits[i],
                                     codes.digits[i]), 0);
    }
}

static void switching_off_voids_the_codes_and_is_told(void **state)
{
    struct recovery_codes codes;
    struct act act = world_act(&world, world.owner), again = world_act(&world, world.owner);
    (void)state;
    set_up(world.owner, &codes);
    assert_null(second_factor_switch_off(&act, &outcome));
    assert_int_equal(outcome, SECURITY_DONE);
    assert_string_equal(secret_of(world.owner, "totp_secret"), "");
    assert_int_equal(world_count(&world, "recovery_code", "voided_at IS NULL"), 0);
    assert_int_equal(logged("SECOND_FACTOR_OFF"), 1);
    assert_int_equal(world_count(&world, "notification", "kind = 'SECOND_FACTOR'"), 2);
    assert_null(second_factor_switch_off(&again, &outcome));
    assert_int_equal(outcome, SECURITY_GONE);
}

static void those_who_run_the_platform_keep_theirs(void **state)
{
    struct recovery_codes codes;
    struct act act = world_act(&world, world.ops);
    (void)state;
    set_up(world.ops, &codes);
    const char *first = secret_of(world.ops, "totp_secret");
    assert_null(second_factor_switch_off(&act, &outcome));
    assert_int_equal(outcome, SECURITY_REQUIRED);
    assert_string_equal(secret_of(world.ops, "totp_secret"), first);
    world.now += CLOCK_MINUTE;
    set_up(world.ops, &codes);   /* another app in its place */
    assert_string_not_equal(secret_of(world.ops, "totp_secret"), first);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_session_of_ones_own_is_ended_and_logged), TEST(the_session_at_hand_is_left_by_signing_out),
        TEST(sessions_of_others_are_not_found), TEST(all_others_are_ended_at_once),
        TEST(all_of_it_needs_the_password_of_the_last_minutes), TEST(a_new_password_ends_the_other_sessions_and_is_told),
        TEST(a_weak_password_is_refused_with_its_fault), TEST(a_factor_is_asked_for_only_after_its_code_was_entered),
        TEST(a_key_can_be_confirmed_for_an_hour_and_once), TEST(the_same_form_shows_the_same_recovery_codes),
        TEST(each_recovery_code_signs_in_once), TEST(a_recovery_code_of_somebody_else_is_wrong),
        TEST(new_recovery_codes_void_the_earlier_ones), TEST(codes_are_stored_as_digests_only),
        TEST(switching_off_voids_the_codes_and_is_told), TEST(those_who_run_the_platform_keep_theirs),
    };
    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
