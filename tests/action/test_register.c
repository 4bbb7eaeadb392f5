#include "support/rows.h"
#include "support/own_world.h"
#include "support/invited.h"
#include "support/sent_code.h"

#include "action/hashing.h"
#include "action/register.h"
#include "base/clock.h"
#include "base/text.h"
#include "store/store_registration.h"
#include "store/store_session.h"
#include "store/store_user.h"

#define EMAIL "nora@customer.example"
#define PASSWORD "seven green bottles"

static struct register_visit visit;
static const struct actor visitor = {
    .role = ROLE_ANONYMOUS, .login = "", .user_name = "", .account_name = "", .account_no = "", .lang = "", .zone = "", .theme = ""
};
static const struct register_form filled = { .name = "Nora New", .company = "Newco Ltd", .email = "ignored@x.example", .password = PASSWORD };
static int64_t invitation_id;

static int begin(void **state)
{
    (void)setup(state);
    visit.token = invited_by_email(&world, world.admin, EMAIL, &invitation_id);
    memset(visit.visit_hash, 'v', sizeof visit.visit_hash);
    return 0;
}

static struct register_result keep(const struct register_form *form)
{
    struct act act = world_act(&world, &visitor);
    struct register_result result;

    assert_null(register_keep(&act, &visit, form, &result));
    return result;
}

static struct register_send_result send_code(void)
{
    struct act act = world_act(&world, &visitor);
    struct register_send_result result;

    assert_null(register_send(&act, &visit, &result));
    assert_int_equal(act.is_done, result.outcome == REGISTER_SENT);
    return result;
}

/* Typed and sent: the digits on their way. */
static const char *ready(void)
{
    assert_int_equal(keep(&filled).outcome, REGISTER_DONE);
    assert_int_equal(send_code().outcome, REGISTER_SENT);
    return sent_code(db, world.mem, &world.keys.outbox);
}

static struct register_proof_result prove(const char *digits)
{
    struct act act = world_act(&world, &visitor);
    struct register_proof_result result;

    assert_null(register_prove(&act, &visit, digits, "browser", &result));
    return result;
}

static struct register_state read_state(void)
{
    struct act act = world_act(&world, &visitor);
    struct register_state state;

    assert_null(register_read(&act, &visit, &state));
    return state;
}

static int64_t accounts(void)
{
    return world_count(&world, "account", "name = 'Newco Ltd'");
}

/* --- done ----------------------------------------------------------------------------------------------------------------- */

static void registering_makes_account_owner_contact_and_session(void **state)
{
    struct register_proof_result result = prove(ready());
    struct user *user = NULL;
    struct session *session = NULL;
    unsigned char hash[SECRET_DIGEST_BYTES];
    bool is_right = false;
    char *renewed;

    (void)state;
    assert_int_equal(result.outcome, REGISTER_PROVEN);
    assert_null(user_find(db, world.mem, EMAIL, &user));
    assert_non_null(user);
    assert_int_equal(user->role, ROLE_OWNER);
    assert_int_equal(user->kind, ACCOUNT_CUSTOMER);
    assert_string_equal(user->name, "Nora New");
    assert_string_equal(user->account_name, "Newco Ltd");
    assert_memory_equal(user->account_no, "C-", 2);
    assert_null(hashing_check(world.mem, world.config, PASSWORD, user->password_hash, &is_right, &renewed));
    assert_true(is_right);
    assert_int_equal(world_count(&world, "contact", "account_id = %lld AND channel = 'EMAIL' AND address = '" EMAIL "' AND "
                                 "verified_at IS NOT NULL", L(user->account_id)), 1);
    assert_int_equal(world_count(&world, "account", "id = %lld AND billing_mode = 'DIRECT' AND currency IS NULL",
                                 L(user->account_id)), 1);
    secret_sha256(result.session_token, strlen(result.session_token), hash);
    assert_null(session_find(db, world.mem, hash, world.now, false, &session));
    assert_int_equal(session->actor.user_id, user->id);
    assert_int_equal(world_count(&world, "verification_code", "purpose = 'REGISTER' AND state = 'USED' AND target_id = %lld",
                                 L(invitation_id)), 1);
    assert_int_equal(world_count(&world, "registration", "account_id = %lld AND password_hash = ''", L(user->account_id)), 1);
    for (size_t i = 0; i < 4; i++) {
        static const char *const operations[] = { "CODE_PROVEN", "ACCOUNT_CREATED", "USER_CREATED", "SIGNED_IN" };

        assert_int_equal(world_count(&world, "operation_log", "operation = '%s' AND user_id = %lld AND account_id = %lld",
                                     operations[i], L(user->id), L(user->account_id)), 1);
    }
    assert_int_equal(world_count(&world, "association", "1 = 1"), 1);   /* accepting is a step of its own */
    assert_int_equal(invitation_of(&world, invitation_id)->status, INVITATION_OPEN);
}

static void invitation_by_email_decides_the_address(void **state)
{
    (void)state;
    assert_int_equal(keep(&filled).outcome, REGISTER_DONE);
    assert_string_equal(read_state().email, EMAIL);
}

static void link_takes_the_address_that_was_typed(void **state)
{
    struct register_form form = filled;

    (void)state;
    visit.token = invited_by_link(&world, world.admin, NULL);
    form.email = "typed@customer.example";
    assert_int_equal(keep(&form).outcome, REGISTER_DONE);
    assert_string_equal(read_state().email, "typed@customer.example");
    assert_int_equal(send_code().outcome, REGISTER_SENT);
    assert_int_equal(world_count(&world, "delivery", "kind = 'CODE' AND address = 'typed@customer.example'"), 1);
    assert_int_equal(prove(sent_code(db, world.mem, &world.keys.outbox)).outcome, REGISTER_PROVEN);
}

static void typing_again_keeps_one_row_and_the_last_words(void **state)
{
    struct register_form form = filled;

    (void)state;
    (void)keep(&filled);
    form.company = "Renamed Ltd";
    (void)keep(&form);
    assert_int_equal(world_count(&world, "registration", "1 = 1"), 1);
    assert_string_equal(read_state().company, "Renamed Ltd");
}

/* --- refused ---------------------------------------------------------------------------------------------------------------- */

static void weak_passwords_are_refused(void **state)
{
    static const struct { const char *password; enum password_fault fault; } rows[] = {
        { "too short", PASSWORD_SHORT }, { "password1234", PASSWORD_COMMON }, { "nora@customer.example", PASSWORD_IS_LOGIN }
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct register_form form = filled;
        struct register_result result;

        form.password = rows[i].password;
        result = keep(&form);
        assert_int_equal(result.outcome, REGISTER_PASSWORD);
        assert_int_equal(result.fault, rows[i].fault);
    }
    assert_int_equal(world_count(&world, "registration", "1 = 1"), 0);
}

static void closed_invitation_registers_nobody(void **state)
{
    const char *digits = ready();

    (void)state;
    world.now += 7 * CLOCK_DAY;
    assert_int_equal(keep(&filled).outcome, REGISTER_CLOSED);
    assert_int_equal(send_code().outcome, REGISTER_SEND_CLOSED);
    assert_int_equal(prove(digits).outcome, REGISTER_INVITATION_CLOSED);
    assert_int_equal(accounts(), 0);
}

static void address_with_an_account_is_told_only_after_the_proof(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE user SET login = '" EMAIL "' WHERE id = %lld", L(world.viewer->user_id));
    const char *digits = ready();   /* nothing is different so far */
    assert_int_equal(prove(wrong_code(world.mem, digits)).answer, CODE_WRONG);
    assert_int_equal(prove(digits).outcome, REGISTER_LOGIN_TAKEN);
    assert_int_equal(accounts(), 0);
    assert_int_equal(world_count(&world, "contact", "address = '" EMAIL "'"), 0);
}

static void without_a_form_there_is_no_code(void **state)
{
    (void)state;
    assert_null(read_state().email);
    assert_int_equal(send_code().outcome, REGISTER_SEND_GONE);
    assert_int_equal(prove("123456").outcome, REGISTER_GONE);
}

static void other_browser_finds_nothing_and_proves_nothing(void **state)
{
    const char *digits = ready();

    (void)state;
    memset(visit.visit_hash, 'w', sizeof visit.visit_hash);
    assert_null(read_state().email);
    assert_int_equal(prove(digits).outcome, REGISTER_GONE);
    (void)keep(&filled);
    assert_int_equal(prove(digits).answer, CODE_NOT_LIVE);   /* the code of the first browser */
    assert_int_equal(accounts(), 0);
}

static void code_of_another_invitation_is_worth_nothing(void **state)
{
    const char *digits = ready();
    const char *first = visit.token;
    const struct actor *other = world_user(&world, world_account(&world, ACCOUNT_PARTNER, "Other"), ROLE_ADMIN, "Otis");

    (void)state;
    visit.token = invited_by_email(&world, other, EMAIL, NULL);
    (void)keep(&filled);
    assert_int_equal(prove(digits).answer, CODE_NOT_LIVE);
    visit.token = first;
    assert_int_equal(prove(digits).outcome, REGISTER_PROVEN);
}

static void code_for_an_address_that_was_corrected_is_void(void **state)
{
    struct register_form form = filled;

    (void)state;
    visit.token = invited_by_link(&world, world.admin, NULL);
    form.email = "mistyped@customer.example";
    (void)keep(&form);
    (void)send_code();
    const char *digits = sent_code(db, world.mem, &world.keys.outbox);
    form.email = "right@customer.example";
    (void)keep(&form);
    assert_int_equal(prove(digits).answer, CODE_NOT_LIVE);
    assert_false(read_state().is_enterable);
    assert_int_equal(accounts(), 0);
}

static void five_wrong_codes_kill_it(void **state)
{
    const char *digits = ready(), *wrong = wrong_code(world.mem, digits);

    (void)state;
    for (int left = 4; left > 0; left--) {
        struct register_proof_result result = prove(wrong);

        assert_int_equal(result.answer, CODE_WRONG);
        assert_int_equal(result.tries_left, left);
    }
    assert_int_equal(prove(wrong).answer, CODE_EXHAUSTED);
    assert_int_equal(prove(digits).answer, CODE_EXHAUSTED);
    assert_int_equal(accounts(), 0);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'CODE_FAILED' AND object = 'n***@customer.example'"), 5);
}

static void code_is_over_at_the_very_instant(void **state)
{
    const char *digits = ready();

    (void)state;
    world.now += 10 * CLOCK_MINUTE;
    assert_int_equal(prove(digits).answer, CODE_EXPIRED);
    world.now -= 1;
    assert_int_equal(prove(digits).outcome, REGISTER_PROVEN);
}

static void new_code_makes_the_first_void(void **state)
{
    const char *first = ready();
    struct register_send_result sent;

    (void)state;
    sent = send_code();
    assert_int_equal(sent.outcome, REGISTER_SEND_WAIT);
    assert_true(sent.at == world.now + CLOCK_MINUTE);
    world.now += CLOCK_MINUTE;
    sent = send_code();
    assert_int_equal(sent.outcome, REGISTER_SENT);
    assert_true(sent.superseded);
    const char *second = sent_code(db, world.mem, &world.keys.outbox);
    if (strcmp(first, second) != 0)
        assert_int_equal(prove(first).answer, CODE_WRONG);
    assert_int_equal(prove(second).outcome, REGISTER_PROVEN);
}

/* Whoever asks, in however many browsers and on however many invitations. */
static void address_gets_five_codes_an_hour(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        memset(visit.visit_hash, 'a' + i, sizeof visit.visit_hash);
        (void)keep(&filled);
        assert_int_equal(send_code().outcome, REGISTER_SENT);
        world.now += 2 * CLOCK_MINUTE;
    }
    const struct actor *other = world_user(&world, world_account(&world, ACCOUNT_PARTNER, "Other"), ROLE_ADMIN, "Otis");
    visit.token = invited_by_email(&world, other, EMAIL, NULL);
    (void)keep(&filled);
    assert_int_equal(send_code().outcome, REGISTER_SEND_TOO_MANY);
}

/* A link that got about: new addresses do not help, a new day does. */
static void invitation_gives_only_so_many_codes_a_day(void **state)
{
    struct register_form form = filled;

    (void)state;
    world.config->association.invitation_codes = 3;
    visit.token = invited_by_link(&world, world.admin, NULL);
    for (int i = 0; i < 4; i++) {
        memset(visit.visit_hash, 'a' + i, sizeof visit.visit_hash);
        form.email = mem_text(world.mem, "someone%d@customer.example", i);
        (void)keep(&form);
        assert_int_equal(send_code().outcome, i < 3 ? REGISTER_SENT : REGISTER_SEND_TOO_MANY);
    }
    assert_int_equal(world_count(&world, "delivery", "kind = 'CODE'"), 3);
    world.now += CLOCK_DAY - CLOCK_MINUTE;
    (void)keep(&form);
    assert_int_equal(send_code().outcome, REGISTER_SEND_TOO_MANY);
    world.now += CLOCK_MINUTE;
    assert_int_equal(send_code().outcome, REGISTER_SENT);
    world.config->association.invitation_codes = 20;
}

static void wrong_codes_add_up_to_a_lock(void **state)
{
    int64_t bound = world.config->code.failures_lock;

    (void)state;
    world.config->code.failures_lock = 3;
    const char *digits = ready(), *wrong = wrong_code(world.mem, digits);
    (void)prove(wrong);
    (void)prove(wrong);
    assert_int_equal(prove(wrong).answer, CODE_BUDGET_LOCKED);
    assert_int_equal(prove(digits).answer, CODE_BUDGET_LOCKED);
    world.now += 10 * CLOCK_MINUTE;
    assert_int_equal(send_code().outcome, REGISTER_SEND_LOCKED);
    world.config->code.failures_lock = bound;
}

static void what_was_typed_is_kept_a_day_and_removed(void **state)
{
    int64_t n = 0;

    (void)state;
    visit.token = invited_by_link(&world, world.admin, NULL);
    (void)keep(&filled);
    world.now += CLOCK_DAY;
    assert_null(read_state().email);
    assert_null(purge_registrations(db, world.now, &n));
    assert_int_equal(n, 0);
    assert_null(purge_registrations(db, world.now + 1, &n));
    assert_int_equal(n, 1);
}

static void same_form_twice_registers_once(void **state)
{
    const char *digits = ready();
    struct act act = world_form(&world, &visitor, 9, NULL), again = world_form(&world, &visitor, 9, NULL);
    struct register_proof_result result;

    (void)state;
    assert_null(register_prove(&act, &visit, digits, "browser", &result));
    assert_int_equal(result.outcome, REGISTER_PROVEN);
    assert_non_null(result.session_token);
    assert_null(register_prove(&again, &visit, digits, "browser", &result));
    assert_int_equal(result.outcome, REGISTER_PROVEN);
    assert_null(result.session_token);
    assert_int_equal(accounts(), 1);
}

static void neither_code_nor_password_is_in_the_database(void **state)
{
    const char *digits = ready();

    (void)state;
    assert_int_equal(world_count(&world, "delivery", "COALESCE(details, '') LIKE '%%%s%%' OR sealed LIKE '%%%s%%'", digits, digits), 0);
    assert_int_equal(world_count(&world, "operation_log", "CONCAT_WS('|', object, remark) LIKE '%%%s%%'", digits), 0);
    assert_int_equal(world_count(&world, "registration", "password_hash LIKE '%%green%%' OR password_hash NOT LIKE '$scrypt$%%'"), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(registering_makes_account_owner_contact_and_session), TEST(invitation_by_email_decides_the_address),
        TEST(link_takes_the_address_that_was_typed), TEST(typing_again_keeps_one_row_and_the_last_words),
        TEST(weak_passwords_are_refused), TEST(closed_invitation_registers_nobody),
        TEST(address_with_an_account_is_told_only_after_the_proof), TEST(without_a_form_there_is_no_code),
        TEST(other_browser_finds_nothing_and_proves_nothing), TEST(code_of_another_invitation_is_worth_nothing),
        TEST(code_for_an_address_that_was_corrected_is_void), TEST(five_wrong_codes_kill_it), TEST(code_is_over_at_the_very_instant),
        TEST(new_code_makes_the_first_void), TEST(address_gets_five_codes_an_hour),
        TEST(invitation_gives_only_so_many_codes_a_day), TEST(wrong_codes_add_up_to_a_lock),
        TEST(what_was_typed_is_kept_a_day_and_removed), TEST(same_form_twice_registers_once),
        TEST(neither_code_nor_password_is_in_the_database)
    };

    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
