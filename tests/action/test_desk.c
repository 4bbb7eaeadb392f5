/* The platform's desk: grants, users, contacts, undelivered messages, closing an account. */
#include "support/rows.h"

#include "action/check.h"
#include "action/desk_close.h"
#include "action/desk_contact.h"
#include "action/desk_grant.h"
#include "action/desk_notices.h"
#include "action/desk_user.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/store_association.h"
#include "support/own_world.h"

#define CUSTOMER "C-100000"
#define PARTNER "P-100001"

static enum desk_outcome outcome;

static int64_t logged(const char *operation, const char *remark)
{
    return world_count(&world, "operation_log", "operation = '%s' AND initiated_by = 'PLATFORM' AND remark = '%s'", operation, remark);
}

static int64_t told(int64_t account_id, const char *kind)
{
    return world_count(&world, "notification", "account_id = %lld AND kind = '%s'", L(account_id), kind);
}

static int64_t version_of(int64_t account_id)
{
    return test_db_number(db, "SELECT version FROM account WHERE id = %lld LIMIT 1", L(account_id));
}

static void make_stale(const struct actor *actor)
{
    test_db_sql(db, "UPDATE session SET step_up_at = step_up_at - INTERVAL 1 DAY WHERE id = %lld", L(actor->session_id));
}

/* --- grants ------------------------------------------------------------------------------------------------------------ */

static enum desk_outcome give(enum side side, int64_t extra, int64_t until_at, const char *note)
{
    const struct desk_grant grant = {.customer_no = CUSTOMER, .side = side, .extra = extra, .until_at = until_at, .note = note};
    struct act act = world_act(&world, world.ops);
    assert_null(desk_grant_give(&act, &grant, &outcome));
    assert_int_equal(act.is_done, outcome == DESK_DONE);
    return outcome;
}

static int64_t limit_of(enum side side)
{
    struct association *association = NULL;
    struct check *check = NULL;
    assert_null(association_load(db, world.mem, world.association, &association));
    assert_null(check_compute(db, world.mem, association, side, rule_operation_of(side == SIDE_PARTNER, false), world.now, &check));
    return check->facts->quota.limit;
}

static void a_grant_counts_until_its_end_is_logged_and_told(void **state)
{
    (void)state;
    const int64_t before = version_of(world.customer), end = world.now + 30 * CLOCK_DAY;
    assert_int_equal(give(SIDE_CUSTOMER, 2, end, "They were ill."), DESK_DONE);
    assert_int_equal(limit_of(SIDE_CUSTOMER), 5);
    assert_int_equal(limit_of(SIDE_PARTNER), 3);
    assert_int_equal(version_of(world.customer), before + 1);
    assert_int_equal(logged("QUOTA_GRANTED", "CUSTOMER 0 -> 2, until 2026-07-15T12:00:00Z: They were ill."), 1);
    assert_int_equal(told(world.customer, "QUOTA"), 1);
    assert_int_equal(told(world.partner, "QUOTA"), 0);
    world.now = end;
    assert_int_equal(limit_of(SIDE_CUSTOMER), 3);
}

static void a_grant_for_the_pair_is_the_partners(void **state)
{
    (void)state;
    assert_int_equal(give(SIDE_PARTNER, 1, world.now + CLOCK_DAY, "asked"), DESK_DONE);
    assert_int_equal(limit_of(SIDE_PARTNER), 4);
    assert_int_equal(limit_of(SIDE_CUSTOMER), 3);
    assert_int_equal(told(world.partner, "QUOTA"), 1);
}

static void a_grant_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    const int64_t end = world.now + CLOCK_DAY;
    assert_int_equal(give(SIDE_CUSTOMER, 0, end, "x"), DESK_TOO_MANY);
    assert_int_equal(give(SIDE_CUSTOMER, 21, end, "x"), DESK_TOO_MANY);
    assert_int_equal(give(SIDE_CUSTOMER, 1, world.now, "x"), DESK_NO_END);
    assert_int_equal(give(SIDE_CUSTOMER, 1, world.now + 400 * CLOCK_DAY, "x"), DESK_NO_END);
    assert_int_equal(give(SIDE_CUSTOMER, 1, end, ""), DESK_NO_REASON);
    assert_int_equal(give(SIDE_CUSTOMER, 15, end, "x"), DESK_DONE);
    assert_int_equal(give(SIDE_CUSTOMER, 6, end, "x"), DESK_TOO_MANY);
    assert_int_equal(world_count(&world, "quota_grant", "TRUE"), 1);
}

static void revoking_takes_effect_at_once_and_once(void **state)
{
    struct act act = world_act(&world, world.ops), again = world_act(&world, world.ops);
    (void)state;
    assert_int_equal(give(SIDE_CUSTOMER, 2, world.now + CLOCK_DAY, "asked"), DESK_DONE);
    const int64_t id = test_db_number(db, "SELECT MAX(id) FROM quota_grant LIMIT 1");
    assert_null(desk_grant_revoke(&act, id, "a mistake", &outcome));
    assert_int_equal(outcome, DESK_DONE);
    assert_int_equal(limit_of(SIDE_CUSTOMER), 3);
    assert_int_equal(logged("QUOTA_REVOKED", "CUSTOMER 2 -> 0, until 2026-06-16T12:00:00Z: a mistake"), 1);
    assert_int_equal(told(world.customer, "QUOTA"), 2);
    assert_null(desk_grant_revoke(&again, id, "a mistake", &outcome));
    assert_int_equal(outcome, DESK_GONE);
    assert_false(again.is_done);
}

/* --- users ------------------------------------------------------------------------------------------------------------- */

static enum desk_outcome change(const struct actor *by, int64_t user_id, enum desk_user_act what)
{
    struct act act = world_act(&world, by);
    assert_null(desk_user(&act, user_id, what, "asked by phone", &outcome));
    assert_int_equal(act.is_done, outcome == DESK_DONE);
    return outcome;
}

static int64_t alive(const struct actor *actor)
{
    return world_count(&world, "session", "user_id = %lld AND ended_at IS NULL", L(actor->user_id));
}

static void a_disabled_user_is_out_at_once_and_can_be_enabled(void **state)
{
    (void)state;
    assert_int_equal(change(world.ops, world.owner->user_id, DESK_USER_DISABLE), DESK_DONE);
    assert_int_equal(alive(world.owner), 0);
    assert_int_equal(world_count(&world, "user", "id = %lld AND status = 'DISABLED'", L(world.owner->user_id)), 1);
    assert_int_equal(logged("USER_DISABLED", "ACTIVE -> DISABLED: asked by phone"), 1);
    assert_int_equal(told(world.customer, "USER"), 1);
    assert_int_equal(world_count(&world, "delivery", "kind = 'USER' AND address = '%s'", world.owner->login), 1);
    assert_int_equal(change(world.ops, world.owner->user_id, DESK_USER_DISABLE), DESK_GONE);
    world.now += CLOCK_MINUTE;
    assert_int_equal(change(world.ops, world.owner->user_id, DESK_USER_ENABLE), DESK_DONE);
    assert_int_equal(change(world.ops, world.owner->user_id, DESK_USER_ENABLE), DESK_GONE);
    assert_int_equal(alive(world.owner), 0);
}

static void sessions_end_and_the_user_stays(void **state)
{
    (void)state;
    (void)world_sign_in_again(&world, world.admin);
    assert_int_equal(change(world.ops, world.admin->user_id, DESK_USER_END_SESSIONS), DESK_DONE);
    assert_int_equal(alive(world.admin), 0);
    assert_int_equal(logged("SESSIONS_ENDED", "2 -> 0: asked by phone"), 1);
    assert_int_equal(change(world.ops, world.admin->user_id, DESK_USER_END_SESSIONS), DESK_GONE);
}

static void a_second_factor_is_reset_with_its_recovery_codes_by_another_operator(void **state)
{
    const struct actor *other = world_user(&world, world.ops->account_id, ROLE_OPS, "Oona Ops");
    (void)state;
    test_db_sql(db, "INSERT INTO recovery_code (user_id, digest, created_at) VALUES (%lld, REPEAT('x', 32), '2026-06-01')",
                L(other->user_id));
    assert_int_equal(change(world.ops, other->user_id, DESK_USER_RESET_FACTOR), DESK_DONE);
    assert_int_equal(world_count(&world, "user", "id = %lld AND totp_secret IS NULL", L(other->user_id)), 1);
    assert_int_equal(world_count(&world, "recovery_code", "voided_at IS NULL"), 0);
    assert_int_equal(alive(other), 0);
    assert_int_equal(logged("FACTOR_RESET", "ON -> OFF: asked by phone"), 1);
    assert_int_equal(world_count(&world, "delivery", "kind = 'USER' AND address = '%s' AND account_id IS NULL", other->login), 1);
    assert_int_equal(change(world.ops, other->user_id, DESK_USER_RESET_FACTOR), DESK_GONE);
}

static void nobody_does_it_to_themselves(void **state)
{
    (void)state;
    for (int what = 0; what < DESK_USER_ACTS; what++)
        assert_int_equal(change(world.ops, world.ops->user_id, (enum desk_user_act)what), DESK_OWN);
    assert_int_equal(alive(world.ops), 1);
    assert_int_equal(world_count(&world, "user", "id = %lld AND totp_secret IS NOT NULL", L(world.ops->user_id)), 1);
}

static void it_needs_the_password_again_and_a_reason(void **state)
{
    struct act act = world_act(&world, world.ops);
    (void)state;
    assert_null(desk_user(&act, world.owner->user_id, DESK_USER_DISABLE, "", &outcome));
    assert_int_equal(outcome, DESK_NO_REASON);
    make_stale(world.ops);
    assert_int_equal(change(world.ops, world.owner->user_id, DESK_USER_DISABLE), DESK_NO_STEP_UP);
    assert_int_equal(alive(world.owner), 1);
}

/* --- contacts ---------------------------------------------------------------------------------------------------------- */

static enum desk_outcome replace(enum channel channel, const char *address)
{
    const struct desk_contact contact = {.account_no = CUSTOMER, .channel = channel, .address = address, .proof = "passport seen"};
    struct act act = world_act(&world, world.ops);
    assert_null(desk_contact_replace(&act, &contact, &outcome));
    assert_int_equal(act.is_done, outcome == DESK_DONE);
    return outcome;
}

static void both_addresses_are_told_and_codes_to_the_old_one_are_superseded(void **state)
{
    (void)state;
    const char *old = mem_text(world.mem, "account%lld@example.com", L(world.customer));
    test_db_sql(db, "INSERT INTO verification_code (account_id, user_id, purpose, target_id, contact_id, channel, destination, session_id, "
                "mac, state, sent_at, expires_at) SELECT account_id, %lld, 'SUBMIT', 1, id, channel, address, %lld, REPEAT('x', 32), "
                "'LIVE', '2026-06-15 11:59:00', '2026-06-15 12:09:00' FROM contact WHERE account_id = %lld",
                L(world.owner->user_id), L(world.owner->session_id), L(world.customer));
    test_db_sql(db, "INSERT INTO contact_change (account_id, user_id, channel, address, started_at) VALUES (%lld, %lld, 'EMAIL', "
                "'thief@example.com', '2026-06-15')", L(world.customer), L(world.owner->user_id));
    assert_int_equal(replace(CHANNEL_EMAIL, "new@example.com"), DESK_DONE);
    assert_int_equal(world_count(&world, "delivery", "kind = 'CONTACT' AND address = '%s'", old), 1);
    assert_int_equal(world_count(&world, "delivery", "kind = 'CONTACT' AND address = 'new@example.com'"), 1);
    assert_int_equal(world_count(&world, "contact", "is_live = 1 AND account_id = %lld AND address = 'new@example.com' AND verified_at "
                                 "IS NOT NULL", L(world.customer)), 1);
    assert_int_equal(world_count(&world, "contact", "is_live = 1 AND account_id = %lld", L(world.customer)), 1);
    assert_int_equal(world_count(&world, "verification_code", "state = 'LIVE'"), 0);
    assert_int_equal(world_count(&world, "contact_change", "closed_at IS NULL"), 0);
    assert_int_equal(logged("CONTACT_REPLACED", "a***@example.com -> n***@example.com: passport seen"), 1);
}

static void a_first_contact_can_be_set_and_the_same_again_is_refused(void **state)
{
    (void)state;
    assert_int_equal(replace(CHANNEL_SMS, "+4915112345678"), DESK_DONE);
    assert_int_equal(replace(CHANNEL_SMS, "+4915112345678"), DESK_SAME);
    make_stale(world.ops);
    assert_int_equal(replace(CHANNEL_SMS, "+4915112345679"), DESK_NO_STEP_UP);
}

/* --- undelivered messages ---------------------------------------------------------------------------------------------- */

static int64_t dead(const char *details, const char *channel)
{
    test_db_sql(db, "INSERT INTO delivery (event_id, account_id, channel, address, lang, kind, details, link, state, tries, next_at, "
                "created_at, give_up_at, done_at, detail) VALUES (UUID(), %lld, '%s', 'gone@example.com', 'en', 'FROZEN', %s, '', 'DEAD', "
                "9, '2026-06-10', '2026-06-10', '2026-06-12', '2026-06-12', '550 no such user')", L(world.customer), channel, details);
    return test_db_number(db, "SELECT MAX(id) FROM delivery LIMIT 1");
}

static enum desk_outcome retry(int64_t id)
{
    struct act act = world_act(&world, world.ops);
    assert_null(desk_notice_retry(&act, id, &outcome));
    return outcome;
}

static void a_dead_message_is_sent_again_to_the_address_of_today(void **state)
{
    (void)state;
    const int64_t id = dead("'{}'", "EMAIL");
    assert_int_equal(retry(id), DESK_DONE);
    assert_int_equal(world_count(&world, "delivery", "id = %lld AND state = 'QUEUED' AND tries = 0 AND done_at IS NULL AND address = "
                                 "'account%lld@example.com' AND give_up_at > '2026-06-15 12:00:00'", L(id), L(world.customer)), 1);
    assert_int_equal(logged("NOTICES_RETRIED", "DEAD -> QUEUED: 1"), 1);
}

static void what_was_wiped_or_has_nowhere_to_go_is_not_sent_again(void **state)
{
    (void)state;
    const int64_t wiped = dead("NULL", "EMAIL"), nowhere = dead("'{}'", "SMS");
    assert_int_equal(retry(wiped), DESK_GONE);
    assert_int_equal(retry(nowhere), DESK_GONE);
    assert_int_equal(world_count(&world, "delivery", "state = 'DEAD'"), 2);
}

static void all_that_can_be_are_sent_again_in_one_act(void **state)
{
    struct act act = world_act(&world, world.ops), again = world_act(&world, world.ops);
    (void)state;
    (void)dead("'{}'", "EMAIL");
    (void)dead("NULL", "EMAIL");
    (void)dead("'{}'", "EMAIL");
    assert_null(desk_notices_retry_all(&act, &outcome));
    assert_int_equal(outcome, DESK_DONE);
    assert_int_equal(world_count(&world, "delivery", "state = 'QUEUED'"), 2);
    assert_int_equal(logged("NOTICES_RETRIED", "DEAD -> QUEUED: 2"), 1);
    assert_null(desk_notices_retry_all(&again, &outcome));
    assert_int_equal(outcome, DESK_GONE);
}

/* --- closing ----------------------------------------------------------------------------------------------------------- */

static enum desk_outcome close_account(const char *no, const char *name)
{
    struct act act = world_act(&world, world.ops);
    size_t ended = 0;
    struct desk_account *account = NULL;
    assert_null(desk_account_load(world.db, world.mem, no, &account));
    const struct desk_closing asked = {
        .account_no = no, .seen = account == NULL ? "" : desk_close_seen(world.mem, account), .typed_name = name,
        .reason = "asked for in writing"};
    assert_null(desk_close(&act, &asked, &outcome, &ended));
    assert_int_equal(act.is_done, outcome == DESK_DONE);
    return outcome;
}

static void closing_a_customer_ends_everything_of_it(void **state)
{
    (void)state;
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_BUDGET);
    world_unfreeze(&world, world.customer);
    const int64_t request = world_request(&world, world.owner);
    assert_int_equal(close_account(CUSTOMER, "Acme GmbH"), DESK_DONE);
    assert_int_equal(world_count(&world, "account", "id = %lld AND status = 'CLOSED' AND closed_at IS NOT NULL AND billing_mode = 'DIRECT'",
                                 L(world.customer)), 1);
    assert_int_equal(world_count(&world, "association", "id = %lld AND status = 'ENDED' AND ended_by_request IS NULL",
                                 L(world.association)), 1);
    assert_int_equal(world_count(&world, "disassociation_request", "id = %lld AND state = 'CANCELLED' AND decided_by_side = 'PLATFORM'",
                                 L(request)), 1);
    assert_int_equal(world_count(&world, "quota_slot", "request_id IS NOT NULL"), 0);
    assert_int_equal(alive(world.owner) + alive(world.viewer), 0);
    assert_int_equal(world_count(&world, "user", "account_id = %lld AND status = 'ACTIVE'", L(world.customer)), 0);
    assert_int_equal(alive(world.admin), 1);
    assert_int_equal(told(world.customer, "ACCOUNT_CLOSED") + told(world.partner, "ACCOUNT_CLOSED"), 2);
    assert_int_equal(told(world.customer, "REQUEST_CANCELLED") + told(world.partner, "REQUEST_CANCELLED"), 2);
    assert_int_equal(logged("ACCOUNT_CLOSED", "OPEN -> CLOSED: asked for in writing"), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'DISASSOCIATED' AND association_id = %lld AND initiated_by = "
                                 "'PLATFORM'", L(world.association)), 1);
    assert_int_equal(close_account(CUSTOMER, "Acme GmbH"), DESK_GONE);
}

static void closing_a_partner_lets_its_customers_go(void **state)
{
    (void)state;
    const int64_t second = world_account(&world, ACCOUNT_CUSTOMER, "Beta AG");
    (void)world_associate(&world, second, world.partner, MODEL_REFERRAL);
    (void)world_request(&world, world.admin);
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    assert_int_equal(close_account(PARTNER, "Nimbus Ltd"), DESK_DONE);
    assert_int_equal(world_count(&world, "association", "partner_id = %lld AND status = 'ACTIVE'", L(world.partner)), 0);
    assert_int_equal(world_count(&world, "freeze", "lifted_at IS NULL"), 0);
    assert_int_equal(told(world.customer, "ACCOUNT_CLOSED") + told(second, "ACCOUNT_CLOSED"), 2);
    assert_int_equal(world_count(&world, "user", "account_id = %lld AND status = 'ACTIVE'", L(world.customer)), 2);
    assert_int_equal(world_count(&world, "task", "account_id = %lld AND done_at IS NULL", L(world.customer)), 3);
}

static void closing_asks_for_the_name_the_password_and_an_open_account(void **state)
{
    (void)state;
    assert_int_equal(close_account(CUSTOMER, "Acme"), DESK_NAME);
    assert_int_equal(close_account(CUSTOMER, "acme gmbh"), DESK_NAME);
    assert_int_equal(close_account("C-999999", "Acme GmbH"), DESK_NONE);
    make_stale(world.ops);
    assert_int_equal(close_account(CUSTOMER, "Acme GmbH"), DESK_NO_STEP_UP);
    assert_int_equal(world_count(&world, "account", "status = 'CLOSED'"), 0);
}

/* It cannot be undone: a request that was sent, or a partner that was found, after the page was shown is not ended unseen. */
static void closing_ends_only_what_was_shown(void **state)
{
    struct desk_account *account = NULL;
    size_t ended = 0;
    enum desk_outcome outcome;
    struct act act = world_act(&world, world.ops), again = world_act(&world, world.ops);
    (void)state;
    assert_null(desk_account_load(world.db, world.mem, CUSTOMER, &account));
    struct desk_closing asked = {CUSTOMER, desk_close_seen(world.mem, account), "Acme GmbH", "asked for"};
    (void)world_request(&world, world.owner);
    assert_null(desk_close(&act, &asked, &outcome, &ended));
    assert_int_equal(outcome, DESK_CHANGED);
    assert_false(act.is_done);
    assert_int_equal(world_count(&world, "account", "status = 'CLOSED'"), 0);
    assert_null(desk_account_load(world.db, world.mem, PARTNER, &account));
    asked = (struct desk_closing){PARTNER, desk_close_seen(world.mem, account), "Nimbus Ltd", "asked for"};
    (void)world_associate(&world, world_account(&world, ACCOUNT_CUSTOMER, "Beta AG"), world.partner, MODEL_REFERRAL);
    assert_null(desk_close(&again, &asked, &outcome, &ended));
    assert_int_equal(outcome, DESK_CHANGED);
}

/* --- who may ----------------------------------------------------------------------------------------------------------- */

static void is_denied(const struct err *err)
{
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_DENIED);
}

static void an_auditor_and_strangers_change_nothing(void **state)
{
    const struct actor *who[] = {world_user(&world, world.ops->account_id, ROLE_AUDITOR, "Audrey"), world.owner, world.admin};
    const struct desk_grant grant = {
        .customer_no = CUSTOMER, .side = SIDE_CUSTOMER, .extra = 1, .until_at = world.now + CLOCK_DAY, .note = "x"};
    const struct desk_contact contact = {.account_no = CUSTOMER, .channel = CHANNEL_EMAIL, .address = "n@example.com", .proof = "x"};
    const int64_t id = dead("'{}'", "EMAIL"), before = world_fingerprint(&world);
    size_t ended = 0;
    (void)state;
    for (size_t i = 0; i < sizeof who / sizeof who[0]; i++) {
        struct act act = world_act(&world, who[i]);
        is_denied(desk_grant_give(&act, &grant, &outcome));
        is_denied(desk_grant_revoke(&act, 1, "x", &outcome));
        is_denied(desk_user(&act, world.viewer->user_id, DESK_USER_DISABLE, "x", &outcome));
        is_denied(desk_contact_replace(&act, &contact, &outcome));
        is_denied(desk_notice_retry(&act, id, &outcome));
        is_denied(desk_notices_retry_all(&act, &outcome));
        is_denied(desk_close(&act, &(struct desk_closing){CUSTOMER, "P-100001.", "Acme GmbH", "x"}, &outcome, &ended));
    }
    assert_int_equal(world_fingerprint(&world), before);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_grant_counts_until_its_end_is_logged_and_told), TEST(a_grant_for_the_pair_is_the_partners),
        TEST(a_grant_that_does_not_fit_is_refused), TEST(revoking_takes_effect_at_once_and_once),
        TEST(a_disabled_user_is_out_at_once_and_can_be_enabled), TEST(sessions_end_and_the_user_stays),
        TEST(a_second_factor_is_reset_with_its_recovery_codes_by_another_operator), TEST(nobody_does_it_to_themselves),
        TEST(it_needs_the_password_again_and_a_reason),
        TEST(both_addresses_are_told_and_codes_to_the_old_one_are_superseded),
        TEST(a_first_contact_can_be_set_and_the_same_again_is_refused),
        TEST(a_dead_message_is_sent_again_to_the_address_of_today), TEST(what_was_wiped_or_has_nowhere_to_go_is_not_sent_again),
        TEST(all_that_can_be_are_sent_again_in_one_act),
        TEST(closing_a_customer_ends_everything_of_it), TEST(closing_a_partner_lets_its_customers_go),
        TEST(closing_asks_for_the_name_the_password_and_an_open_account), TEST(closing_ends_only_what_was_shown), TEST(an_auditor_and_strangers_change_nothing),
    };
    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
