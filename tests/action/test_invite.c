#include "support/rows.h"
#include "support/own_world.h"
#include "support/invited.h"

#include "base/clock.h"

#define EMAIL "new@customer.example"

static struct invite_result result;

static void refused(const struct err *err, const struct act *act, enum invite_outcome outcome)
{
    assert_null(err);
    assert_false(act->is_done);
    assert_int_equal(result.outcome, outcome);
}

/* --- by email ----------------------------------------------------------------------------------------------------------- */

static void invitation_by_email_is_kept_mailed_and_logged(void **state)
{
    struct act act = world_form(&world, world.admin, 1, "/invitations/{no}");
    unsigned char hash[SECRET_DIGEST_BYTES];
    const struct invitation *invitation;

    (void)state;
    assert_null(invite_by_email(&act, "Nora New", EMAIL, &result));
    assert_true(act.is_done);
    assert_string_equal(act.location, mem_text(world.mem, "/invitations/%lld", L(result.id)));
    invitation = invitation_of(&world, result.id);
    assert_int_equal(invitation->kind, INVITATION_EMAIL);
    assert_int_equal(invitation->status, INVITATION_OPEN);
    assert_string_equal(invitation->name, "Nora New");
    assert_string_equal(invitation->email, EMAIL);
    assert_int_equal(invitation->partner_id, world.partner);
    assert_true(invitation->expires_at == world.now + 7 * CLOCK_DAY);
    assert_null(invitation->sealed_token);

    const struct notice_values words = sealed_words(&world, "INVITATION");
    const char *token = token_in(words.link);
    assert_int_equal(strlen(token), 43);
    secret_sha256(token, strlen(token), hash);
    assert_memory_equal(hash, invitation->token_hash, sizeof hash);
    assert_string_not_equal(words.until, "");
    assert_int_equal(world_count(&world, "delivery", "kind = 'INVITATION' AND address = '" EMAIL "' AND details IS NULL AND "
                                 "channel = 'EMAIL' AND account_id IS NULL AND give_up_at <= created_at + INTERVAL 7 DAY"), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'INVITED' AND is_shown = 1 AND is_transition = 0 AND "
                                 "partner_id = %lld AND customer_id IS NULL AND object = '" EMAIL "' AND initiated_by = 'PARTNER' "
                                 "AND result = 'PENDING' AND remark = 'EMAIL'", L(world.partner)), 1);
}

static void token_is_nowhere_in_the_database(void **state)
{
    const char *token;

    (void)state;
    token = invited_by_email(&world, world.admin, EMAIL, NULL);
    assert_int_equal(world_count(&world, "invitation", "CONCAT_WS('|', name, email, COALESCE(sealed_token, '')) LIKE '%%%s%%'", token), 0);
    assert_int_equal(world_count(&world, "delivery", "CONCAT_WS('|', link, COALESCE(details, ''), sealed) LIKE '%%%s%%'", token), 0);
    assert_int_equal(world_count(&world, "operation_log", "CONCAT_WS('|', object, remark) LIKE '%%%s%%'", token), 0);
    token = invited_by_link(&world, world.admin, NULL);
    assert_int_equal(world_count(&world, "invitation", "CONCAT_WS('|', name, email, sealed_token) LIKE '%%%s%%'", token), 0);
}

static void address_with_an_open_invitation_is_refused_with_it(void **state)
{
    int64_t id, before;
    struct act act = world_act(&world, world.admin);

    (void)state;
    (void)invited_by_email(&world, world.admin, EMAIL, &id);
    before = world_fingerprint(&world);
    refused(invite_by_email(&act, "Nora", EMAIL, &result), &act, INVITE_ALREADY_OPEN);
    assert_int_equal(result.invitation->id, id);
    assert_true(world_fingerprint(&world) == before);
}

static void another_partner_may_invite_the_same_address(void **state)
{
    const struct actor *other = world_user(&world, world_account(&world, ACCOUNT_PARTNER, "Other"), ROLE_ADMIN, "Otis");

    (void)state;
    (void)invited_by_email(&world, world.admin, EMAIL, NULL);
    (void)invited_by_email(&world, other, EMAIL, NULL);
    assert_int_equal(world_count(&world, "invitation", "status = 'OPEN'"), 2);
}

static void expired_invitation_makes_room_and_is_marked(void **state)
{
    int64_t id;

    (void)state;
    (void)invited_by_email(&world, world.admin, EMAIL, &id);
    world.now += 7 * CLOCK_DAY;
    (void)invited_by_email(&world, world.admin, EMAIL, NULL);
    assert_int_equal(invitation_of(&world, id)->status, INVITATION_EXPIRED);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'INVITATION_EXPIRED'"), 1);
    assert_int_equal(world_count(&world, "invitation", "status = 'OPEN'"), 1);
}

static void login_of(int64_t user_id, const char *login)
{
    test_db_sql(db, "UPDATE user SET login = '%s' WHERE id = %lld", login, L(user_id));
}

static void customer_of_another_partner_is_refused_and_the_question_logged(void **state)
{
    int64_t customer = world_account(&world, ACCOUNT_CUSTOMER, "Taken Ltd");
    const struct actor *owner = world_user(&world, customer, ROLE_OWNER, "Tina");
    struct act act = world_act(&world, world.admin);

    (void)state;
    (void)world_associate(&world, customer, world_account(&world, ACCOUNT_PARTNER, "Other"), MODEL_RESELLER);
    login_of(owner->user_id, EMAIL);
    refused(invite_by_email(&act, "Tina", EMAIL, &result), &act, INVITE_HAS_PARTNER);
    assert_int_equal(world_count(&world, "invitation", "1 = 1"), 0);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'INVITED' AND result = 'REFUSED' AND remark = 'HAS_PARTNER'"), 1);
}

static void own_customer_is_refused(void **state)
{
    struct act act = world_act(&world, world.admin);

    (void)state;
    login_of(world.owner->user_id, EMAIL);
    refused(invite_by_email(&act, "Olga", EMAIL, &result), &act, INVITE_OWN_CUSTOMER);
}

static void customer_without_a_partner_may_be_invited(void **state)
{
    (void)state;
    login_of(lone_owner(&world, "Lone Ltd")->user_id, EMAIL);
    assert_non_null(invited_by_email(&world, world.admin, EMAIL, NULL));
}

static int64_t invited_in(const char *lang) { return world_count(&world, "delivery", "kind = 'INVITATION' AND lang = '%s'", lang); }

static void whoever_signs_in_here_already_is_invited_in_their_language(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE user SET seen_lang = 'zh-Hans' WHERE id = %lld", L(world.ops->user_id));
    assert_non_null(invited_by_email(&world, world.admin, "stranger@customer.example", NULL));
    assert_int_equal(invited_in("en"), 1);
    login_of(lone_owner(&world, "Lone Ltd")->user_id, EMAIL);
    test_db_sql(db, "UPDATE user SET seen_lang = 'zh-Hans' WHERE login = '" EMAIL "'");
    assert_non_null(invited_by_email(&world, world.admin, EMAIL, NULL));
    assert_int_equal(invited_in("en"), 1);
    assert_int_equal(invited_in("zh-Hans"), 1);
}

static void frozen_partner_cannot_invite(void **state)
{
    struct act act = world_act(&world, world.admin), link = world_act(&world, world.admin);

    (void)state;
    world_freeze(&world, world.partner, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    refused(invite_by_email(&act, "Nora", EMAIL, &result), &act, INVITE_PARTNER_FROZEN);
    refused(invite_by_link(&link, "", &result), &link, INVITE_PARTNER_FROZEN);
}

static void number_of_invitations_in_a_day_is_bounded(void **state)
{
    int64_t bound = world.config->association.invitations_per_day;
    struct act act = world_act(&world, world.admin);

    (void)state;
    world.config->association.invitations_per_day = 2;
    (void)invited_by_link(&world, world.admin, NULL);
    (void)invited_by_link(&world, world.admin, NULL);
    refused(invite_by_email(&act, "Nora", EMAIL, &result), &act, INVITE_TOO_MANY);
    world.now += CLOCK_DAY;
    assert_non_null(invited_by_email(&world, world.admin, EMAIL, NULL));
    world.config->association.invitations_per_day = bound;
}

static void only_an_admin_of_a_partner_invites(void **state)
{
    const struct actor *others[] = { world.manager, world.owner, world.viewer, world.ops };

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct act act = world_act(&world, others[i]);
        const struct err *err = invite_by_email(&act, "Nora", EMAIL, &result);

        assert_non_null(err);
        assert_int_equal(err->kind, ERR_DENIED);
        err = invite_by_link(&act, "", &result);
        assert_non_null(err);
        assert_int_equal(err->kind, ERR_DENIED);
    }
    assert_int_equal(world_count(&world, "invitation", "1 = 1"), 0);
}

static void same_form_twice_invites_once(void **state)
{
    struct act act = world_form(&world, world.admin, 3, "/invitations/{no}"), again = world_form(&world, world.admin, 3, "/invitations/{no}");

    (void)state;
    assert_null(invite_by_email(&act, "Nora", EMAIL, &result));
    assert_null(invite_by_email(&again, "Nora", EMAIL, &result));
    assert_true(again.is_done);
    assert_true(again.is_replay);
    assert_string_equal(again.location, act.location);
    assert_int_equal(world_count(&world, "invitation", "1 = 1"), 1);
    assert_int_equal(world_count(&world, "delivery", "kind = 'INVITATION'"), 1);
}

/* --- by link -------------------------------------------------------------------------------------------------------------- */

static void link_can_be_shown_while_it_is_open(void **state)
{
    struct act act = world_act(&world, world.admin);
    int64_t id;
    const char *token = invited_by_link(&world, world.admin, &id), *url;
    struct invitation *invitation = invitation_of(&world, id);

    (void)state;
    assert_int_equal(strlen(token), 43);
    assert_true(invitation->expires_at == INSTANT_NONE);
    url = invite_url(&act, invitation);
    assert_string_equal(url, mem_text(world.mem, "%s/invitation/%s", world.config->web.public_url, token));
    assert_null(invite_revoke(&act, id, &result));
    assert_null(invite_url(&act, invitation_of(&world, id)));
    assert_int_equal(world_count(&world, "invitation", "sealed_token IS NOT NULL"), 0);
}

static void link_sealed_for_another_row_is_not_shown(void **state)
{
    struct act act = world_act(&world, world.admin);
    int64_t one, two;

    (void)state;
    (void)invited_by_link(&world, world.admin, &one);
    (void)invited_by_link(&world, world.admin, &two);
    test_db_sql(db, "UPDATE invitation a JOIN invitation b ON b.id = %lld SET a.sealed_token = b.sealed_token WHERE a.id = %lld",
                L(one), L(two));
    assert_null(invite_url(&act, invitation_of(&world, two)));
    assert_non_null(invite_url(&act, invitation_of(&world, one)));
}

/* --- sending again ---------------------------------------------------------------------------------------------------- */

static void sending_again_makes_the_link_before_void(void **state)
{
    int64_t id;
    const char *first = invited_by_email(&world, world.admin, EMAIL, &id);
    struct act act;
    struct invitation *found = NULL;
    unsigned char hash[SECRET_DIGEST_BYTES];

    (void)state;
    world.now += 8 * CLOCK_DAY;   /* also one that is over */
    act = world_act(&world, world.admin);
    assert_null(invite_again(&act, id, &result));
    assert_true(act.is_done);
    const char *second = token_in(sealed_words(&world, "INVITATION").link);
    assert_string_not_equal(first, second);
    secret_sha256(first, strlen(first), hash);
    assert_null(invitation_find(db, world.mem, hash, &found));
    assert_null(found);
    secret_sha256(second, strlen(second), hash);
    assert_null(invitation_find(db, world.mem, hash, &found));
    assert_int_equal(found->id, id);
    assert_int_equal(found->sends, 2);
    assert_true(found->expires_at == world.now + 7 * CLOCK_DAY);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'INVITATION_SENT_AGAIN' AND object = '" EMAIL "'"), 1);
}

static void marked_expired_one_is_open_again_after_sending(void **state)
{
    int64_t id;
    struct act act;

    (void)state;
    (void)invited_by_email(&world, world.admin, EMAIL, &id);
    world.now += 8 * CLOCK_DAY;
    act = world_act(&world, act_system);
    assert_null(invite_expire(&act, id));
    assert_int_equal(invitation_of(&world, id)->status, INVITATION_EXPIRED);
    act = world_act(&world, world.admin);
    assert_null(invite_again(&act, id, &result));
    assert_true(act.is_done);
    assert_int_equal(invitation_of(&world, id)->status, INVITATION_OPEN);
    assert_true(invitation_of(&world, id)->decided_at == INSTANT_NONE);
}

static void expired_one_stays_so_when_the_address_was_invited_anew(void **state)
{
    int64_t id;
    struct act act;

    (void)state;
    (void)invited_by_email(&world, world.admin, EMAIL, &id);
    world.now += 8 * CLOCK_DAY;
    (void)invited_by_email(&world, world.admin, EMAIL, NULL);
    world.now += CLOCK_HOUR;
    act = world_act(&world, world.admin);
    refused(invite_again(&act, id, &result), &act, INVITE_ALREADY_OPEN);
}

static void sending_again_needs_a_pause_and_has_an_end(void **state)
{
    int64_t id;
    struct act act = world_act(&world, world.admin);

    (void)state;
    (void)invited_by_email(&world, world.admin, EMAIL, &id);
    refused(invite_again(&act, id, &result), &act, INVITE_WAIT);
    assert_true(result.at == world.now + 60 * CLOCK_SECOND);
    for (int sends = 2; sends <= 5; sends++) {
        world.now += CLOCK_MINUTE;
        act = world_act(&world, world.admin);
        assert_null(invite_again(&act, id, &result));
        assert_true(act.is_done);
    }
    world.now += CLOCK_MINUTE;
    act = world_act(&world, world.admin);
    refused(invite_again(&act, id, &result), &act, INVITE_TOO_MANY);
    assert_int_equal(world_count(&world, "delivery", "kind = 'INVITATION'"), 5);
}

static void link_and_closed_ones_are_not_sent_again(void **state)
{
    int64_t link, mail;
    struct act act = world_act(&world, world.admin);

    (void)state;
    (void)invited_by_link(&world, world.admin, &link);
    (void)invited_by_email(&world, world.admin, EMAIL, &mail);
    assert_null(invite_revoke(&act, mail, &result));
    world.now += CLOCK_HOUR;
    act = world_act(&world, world.admin);
    refused(invite_again(&act, link, &result), &act, INVITE_CLOSED);
    refused(invite_again(&act, mail, &result), &act, INVITE_CLOSED);
}

static void mail_that_could_not_be_delivered_shows(void **state)
{
    int64_t id;

    (void)state;
    (void)invited_by_email(&world, world.admin, EMAIL, &id);
    assert_false(invitation_of(&world, id)->mail_failed);
    test_db_sql(db, "UPDATE delivery SET state = 'DEAD', done_at = created_at WHERE kind = 'INVITATION'");
    assert_true(invitation_of(&world, id)->mail_failed);
    world.now += CLOCK_HOUR;
    struct act act = world_act(&world, world.admin);
    assert_null(invite_again(&act, id, &result));
    assert_false(invitation_of(&world, id)->mail_failed);
}

/* --- revoking, expiring ------------------------------------------------------------------------------------------------- */

static void revoking_ends_it_once(void **state)
{
    int64_t id;
    struct act act = world_act(&world, world.admin), again = world_act(&world, world.admin);

    (void)state;
    (void)invited_by_email(&world, world.admin, EMAIL, &id);
    assert_null(invite_revoke(&act, id, &result));
    assert_true(act.is_done);
    assert_int_equal(invitation_of(&world, id)->status, INVITATION_REVOKED);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'INVITATION_REVOKED' AND result = 'REVOKED'"), 1);
    refused(invite_revoke(&again, id, &result), &again, INVITE_CLOSED);
}

static void revoked_by_a_clock_that_is_behind(void **state)
{
    int64_t id;
    struct act act = world_act(&world, world.admin);

    (void)state;
    (void)invited_by_email(&world, world.admin, EMAIL, &id);
    act.now -= 20 * CLOCK_MINUTE;
    assert_null(invite_revoke(&act, id, &result));
    assert_true(act.is_done);
    assert_int_equal(world_count(&world, "invitation", "status = 'REVOKED' AND decided_at >= created_at"), 1);
}

static void foreign_invitations_are_not_there(void **state)
{
    const struct actor *other = world_user(&world, world_account(&world, ACCOUNT_PARTNER, "Other"), ROLE_ADMIN, "Otis");
    struct act act = world_act(&world, other);
    struct invitation *invitation;
    int64_t id;
    const struct err *err;

    (void)state;
    (void)invited_by_email(&world, world.admin, EMAIL, &id);
    assert_null(invite_find(&act, id, &invitation));
    assert_null(invitation);
    err = invite_revoke(&act, id, &result);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_MISSING);
    err = invite_again(&act, id, &result);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_MISSING);
    assert_int_equal(invitation_of(&world, id)->status, INVITATION_OPEN);
}

static void manager_reads_and_changes_nothing(void **state)
{
    struct act act = world_act(&world, world.manager);
    struct invitation *invitation;
    int64_t id;
    const struct err *err;

    (void)state;
    (void)invited_by_email(&world, world.admin, EMAIL, &id);
    assert_null(invite_find(&act, id, &invitation));
    assert_non_null(invitation);
    err = invite_revoke(&act, id, &result);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_DENIED);
    err = invite_again(&act, id, &result);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_DENIED);
}

static void system_marks_what_is_over_and_nothing_else(void **state)
{
    int64_t mail, link, *ids;
    size_t n;
    struct act act;

    (void)state;
    (void)invited_by_email(&world, world.admin, EMAIL, &mail);
    (void)invited_by_link(&world, world.admin, &link);
    world.now += 7 * CLOCK_DAY - 1;
    assert_null(invitation_due(db, world.mem, world.now, 10, &ids, &n));
    assert_int_equal(n, 0);
    act = world_act(&world, act_system);
    assert_null(invite_expire(&act, mail));
    assert_int_equal(invitation_of(&world, mail)->status, INVITATION_OPEN);
    world.now += 1;
    assert_null(invitation_due(db, world.mem, world.now, 10, &ids, &n));
    assert_int_equal(n, 1);
    assert_int_equal(ids[0], mail);
    act = world_act(&world, act_system);
    assert_null(invite_expire(&act, mail));
    assert_null(invite_expire(&act, mail));
    assert_null(invite_expire(&act, link));
    assert_int_equal(invitation_of(&world, mail)->status, INVITATION_EXPIRED);
    assert_int_equal(invitation_of(&world, link)->status, INVITATION_OPEN);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'INVITATION_EXPIRED' AND initiated_by = 'SYSTEM'"), 1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(invitation_by_email_is_kept_mailed_and_logged), TEST(token_is_nowhere_in_the_database),
        TEST(address_with_an_open_invitation_is_refused_with_it), TEST(another_partner_may_invite_the_same_address),
        TEST(expired_invitation_makes_room_and_is_marked), TEST(customer_of_another_partner_is_refused_and_the_question_logged),
        TEST(own_customer_is_refused), TEST(customer_without_a_partner_may_be_invited),
        TEST(whoever_signs_in_here_already_is_invited_in_their_language), TEST(frozen_partner_cannot_invite),
        TEST(number_of_invitations_in_a_day_is_bounded), TEST(only_an_admin_of_a_partner_invites),
        TEST(same_form_twice_invites_once), TEST(link_can_be_shown_while_it_is_open),
        TEST(link_sealed_for_another_row_is_not_shown), TEST(sending_again_makes_the_link_before_void),
        TEST(marked_expired_one_is_open_again_after_sending), TEST(expired_one_stays_so_when_the_address_was_invited_anew),
        TEST(sending_again_needs_a_pause_and_has_an_end), TEST(link_and_closed_ones_are_not_sent_again),
        TEST(mail_that_could_not_be_delivered_shows), TEST(revoking_ends_it_once), TEST(revoked_by_a_clock_that_is_behind),
        TEST(foreign_invitations_are_not_there),
        TEST(manager_reads_and_changes_nothing), TEST(system_marks_what_is_over_and_nothing_else)
    };

    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
