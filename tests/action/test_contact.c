/* Contacts: added, changed and removed; proven by a code that goes to the new address. */
#include "action/code_world.h"

#include "action/contact.h"
#include "action/preferences.h"

#define NEW_EMAIL "new@acme.example"
#define NUMBER "+4915100000188"

static enum contact_outcome outcome;

static int64_t begun(const struct actor *actor, enum channel channel, const char *address)
{
    struct act act = world_act(&world, actor);
    assert_null(contact_begin(&act, channel, address, "", &outcome));
    assert_int_equal(act.is_done, outcome == CONTACT_DONE);
    return act.is_done ? test_db_number(world.db, "SELECT MAX(id) FROM contact_change LIMIT 1") : 0;
}

static struct contact_send_result sent_to(const struct actor *actor, int64_t id)
{
    struct act act = world_act(&world, actor);
    struct contact_send_result result;
    assert_null(contact_send_code(&act, id, &result));
    assert_int_equal(act.is_done, result.outcome == CONTACT_SENT);
    return result;
}

static struct contact_proof proven_by(const struct actor *actor, int64_t id, const char *digits)
{
    struct act act = world_act(&world, actor);
    struct contact_proof proof;
    assert_null(contact_prove(&act, id, digits, &proof));
    return proof;
}

static void make(enum channel channel, const char *address)
{
    const int64_t id = begun(world.owner, channel, address);
    assert_int_equal(sent_to(world.owner, id).outcome, CONTACT_SENT);
    assert_true(proven_by(world.owner, id, right()).is_proven);
}

static int64_t live(enum channel channel)
{
    return test_db_number(world.db, "SELECT COALESCE(MAX(id), 0) FROM contact WHERE account_id = %lld AND channel = '%s' AND is_live = 1 "
                          "LIMIT 1", L(world.customer), channel_name(channel));
}

static void stepped_up_before(int64_t ago_s)
{
    test_db_sql(world.db, "UPDATE session SET step_up_at = TIMESTAMPADD(MICROSECOND, %lld, '1970-01-01')",
                L(world.now - ago_s * CLOCK_SECOND));
}

/* --- adding --- */

static void a_number_is_added_by_the_code_sent_to_it(void **state)
{
    (void)state;
    const int64_t id = begun(world.owner, CHANNEL_SMS, NUMBER);
    assert_int_equal(live(CHANNEL_SMS), 0);
    assert_int_equal(sent_to(world.owner, id).outcome, CONTACT_SENT);
    assert_int_equal(world_count(&world, "delivery", "kind = 'CODE' AND channel = 'SMS' AND address = '" NUMBER "' AND account_id = %lld",
                                 L(world.customer)), 1);
    assert_true(proven_by(world.owner, id, right()).is_proven);
    assert_int_equal(world_count(&world, "contact", "account_id = %lld AND channel = 'SMS' AND address = '" NUMBER "' AND is_live = 1 AND "
                                 "verified_at IS NOT NULL", L(world.customer)), 1);
    assert_int_equal(world_count(&world, "contact_change", "id = %lld AND outcome = 'PROVEN'", L(id)), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'CONTACT_ADDED' AND object = '…0188' AND customer_id = %lld",
                                 L(world.customer)), 1);
    assert_int_equal(world_count(&world, "notification", "kind = 'CONTACT' AND account_id = %lld", L(world.customer)), 1);
    assert_int_equal(world_count(&world, "delivery", "kind = 'CONTACT' AND channel = 'EMAIL'"), 1);
}

static void a_wrong_code_adds_nothing_and_is_counted(void **state)
{
    (void)state;
    const int64_t id = begun(world.owner, CHANNEL_SMS, NUMBER);
    (void)sent_to(world.owner, id);
    const struct contact_proof proof = proven_by(world.owner, id, wrong());
    assert_false(proof.is_proven);
    assert_int_equal(proof.answer, CODE_WRONG);
    assert_int_equal(proof.tries_left, 4);
    assert_int_equal(live(CHANNEL_SMS), 0);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'CODE_FAILED' AND remark = 'CONTACT'"), 1);
    assert_true(proven_by(world.owner, id, right()).is_proven);
}

static void five_wrong_codes_kill_it(void **state)
{
    (void)state;
    const int64_t id = begun(world.owner, CHANNEL_SMS, NUMBER);
    (void)sent_to(world.owner, id);
    const char *digits = right();
    for (int i = 0; i < 4; i++)
        assert_int_equal(proven_by(world.owner, id, wrong_code(world.mem, digits)).answer, CODE_WRONG);
    assert_int_equal(proven_by(world.owner, id, wrong_code(world.mem, digits)).answer, CODE_EXHAUSTED);
    assert_int_equal(proven_by(world.owner, id, digits).answer, CODE_EXHAUSTED);
    assert_int_equal(live(CHANNEL_SMS), 0);
}

static void a_code_that_ran_out_adds_nothing(void **state)
{
    (void)state;
    const int64_t id = begun(world.owner, CHANNEL_SMS, NUMBER);
    (void)sent_to(world.owner, id);
    world.now += 10 * CLOCK_MINUTE;
    assert_int_equal(proven_by(world.owner, id, right()).answer, CODE_EXPIRED);
    assert_int_equal(live(CHANNEL_SMS), 0);
}

static void a_code_works_only_in_the_session_that_asked_for_it(void **state)
{
    (void)state;
    const struct actor *again = world_sign_in_again(&world, world.owner);
    const int64_t id = begun(world.owner, CHANNEL_SMS, NUMBER);
    (void)sent_to(world.owner, id);
    assert_int_equal(proven_by(again, id, right()).answer, CODE_NOT_LIVE);
    assert_true(proven_by(world.owner, id, right()).is_proven);
}

static void a_code_for_leaving_proves_no_contact(void **state)
{
    (void)state;
    sent();
    const char *digits = right();
    const int64_t id = begun(world.owner, CHANNEL_SMS, NUMBER);
    assert_int_equal(proven_by(world.owner, id, digits).answer, CODE_NOT_LIVE);
    assert_int_equal(live(CHANNEL_SMS), 0);
}

static void a_code_for_one_address_does_not_prove_another(void **state)
{
    (void)state;
    const int64_t first = begun(world.owner, CHANNEL_SMS, NUMBER);
    (void)sent_to(world.owner, first);
    const int64_t second = begun(world.owner, CHANNEL_SMS, "+4915100000199");
    assert_true(proven_by(world.owner, first, right()).is_gone);
    assert_int_equal(proven_by(world.owner, second, right()).answer, CODE_NOT_LIVE);
    assert_int_equal(live(CHANNEL_SMS), 0);
}

static void another_code_has_to_wait_its_minute(void **state)
{
    (void)state;
    const int64_t id = begun(world.owner, CHANNEL_SMS, NUMBER);
    (void)sent_to(world.owner, id);
    const struct contact_send_result early = sent_to(world.owner, id);
    assert_int_equal(early.outcome, CONTACT_SEND_WAIT);
    assert_int_equal(early.at, world.now + CLOCK_MINUTE);
    world.now += CLOCK_MINUTE;
    assert_true(sent_to(world.owner, id).superseded);
}

static void five_codes_an_hour_are_enough_whatever_the_address(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        const int64_t id = begun(world.owner, CHANNEL_SMS, mem_text(world.mem, "+4915100000%d", 200 + i));
        assert_int_equal(sent_to(world.owner, id).outcome, CONTACT_SENT);
        world.now += CLOCK_MINUTE;
    }
    assert_int_equal(sent_to(world.owner, begun(world.owner, CHANNEL_SMS, NUMBER)).outcome, CONTACT_SEND_TOO_MANY);
}

static void the_proven_address_is_no_change(void **state)
{
    (void)state;
    make(CHANNEL_SMS, NUMBER);
    const int64_t before = world_fingerprint(&world);
    (void)begun(world.owner, CHANNEL_SMS, NUMBER);
    assert_int_equal(outcome, CONTACT_SAME);
    assert_true(world_fingerprint(&world) == before);
}

static void a_change_is_forgotten_after_a_day(void **state)
{
    (void)state;
    const int64_t id = begun(world.owner, CHANNEL_SMS, NUMBER);
    world.now += CLOCK_DAY;
    assert_int_equal(sent_to(world.owner, id).outcome, CONTACT_SEND_GONE);
    assert_true(proven_by(world.owner, id, "123456").is_gone);
}

static void the_same_form_twice_proves_once(void **state)
{
    (void)state;
    const int64_t id = begun(world.owner, CHANNEL_SMS, NUMBER);
    (void)sent_to(world.owner, id);
    for (int i = 0; i < 2; i++) {
        struct act act = world_form(&world, world.owner, 7, "/contacts");
        struct contact_proof proof;
        assert_null(contact_prove(&act, id, right(), &proof));
        assert_true(proof.is_proven);
    }
    assert_int_equal(world_count(&world, "operation_log", "operation = 'CONTACT_ADDED'"), 1);
}

/* --- changing --- */

static void a_change_is_told_to_the_earlier_address(void **state)
{
    (void)state;
    const int64_t earlier = live(CHANNEL_EMAIL);
    assert_true(earlier > 0);
    make(CHANNEL_EMAIL, NEW_EMAIL);
    assert_int_equal(world_count(&world, "contact", "id = %lld AND removed_at IS NOT NULL", L(earlier)), 1);
    assert_int_equal(world_count(&world, "delivery d JOIN contact c ON c.address = d.address AND c.account_id = d.account_id",
                                 "d.kind = 'CONTACT' AND c.id = %lld", L(earlier)), 1);
    assert_int_equal(world_count(&world, "delivery", "kind = 'CONTACT' AND address = '" NEW_EMAIL "'"), 0);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'CONTACT_CHANGED' AND object = 'n***@acme.example' AND remark LIKE "
                                 "'%%***@%%'"), 1);
}

static void a_code_out_to_the_earlier_address_no_longer_works(void **state)
{
    (void)state;
    sent();
    const char *digits = right();
    make(CHANNEL_EMAIL, NEW_EMAIL);
    assert_int_equal(world_count(&world, "verification_code", "purpose = 'SUBMIT' AND state = 'SUPERSEDED'"), 1);
    assert_int_equal(prove(digits), CODE_NOT_LIVE);
    world.now += CLOCK_MINUTE;
    assert_int_equal(send_one(), SEND_OK);
    assert_int_equal(world_count(&world, "delivery", "kind = 'CODE' AND address = '" NEW_EMAIL "'"), 2);
    assert_int_equal(prove(right()), CODE_RIGHT);
}

static void a_code_out_to_the_other_channel_still_works(void **state)
{
    (void)state;
    sent();
    const char *digits = right();
    make(CHANNEL_SMS, NUMBER);
    assert_int_equal(prove(digits), CODE_RIGHT);
}

static void until_it_is_proven_the_earlier_address_stays(void **state)
{
    (void)state;
    const int64_t earlier = live(CHANNEL_EMAIL);
    const int64_t id = begun(world.owner, CHANNEL_EMAIL, NEW_EMAIL);
    (void)sent_to(world.owner, id);
    assert_int_equal(live(CHANNEL_EMAIL), earlier);
    sent();
    assert_int_equal(prove(right()), CODE_RIGHT);
}

/* --- removing --- */

static enum contact_outcome removed(const struct actor *actor, int64_t id, bool accepts_none)
{
    struct act act = world_act(&world, actor);
    assert_null(contact_remove(&act, id, accepts_none, &outcome));
    assert_int_equal(act.is_done, outcome == CONTACT_DONE);
    return outcome;
}

static void one_of_two_is_removed_and_told(void **state)
{
    (void)state;
    make(CHANNEL_SMS, NUMBER);
    assert_int_equal(removed(world.owner, live(CHANNEL_SMS), false), CONTACT_DONE);
    assert_int_equal(live(CHANNEL_SMS), 0);
    assert_int_equal(world_count(&world, "delivery", "kind = 'CONTACT' AND channel = 'SMS' AND address = '" NUMBER "'"), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'CONTACT_REMOVED' AND object = '…0188'"), 1);
}

static void the_last_one_is_removed_only_after_the_warning(void **state)
{
    (void)state;
    const int64_t id = live(CHANNEL_EMAIL), before = world_fingerprint(&world);
    assert_int_equal(removed(world.owner, id, false), CONTACT_LAST);
    assert_true(world_fingerprint(&world) == before);
    sent();
    assert_int_equal(removed(world.owner, id, true), CONTACT_DONE);
    assert_int_equal(live(CHANNEL_EMAIL), 0);
    assert_int_equal(prove(right()), CODE_NOT_LIVE);
    world.now += CLOCK_MINUTE;
    assert_int_equal(send_one(), SEND_NO_CHANNEL);
}

static void an_unproven_one_is_no_last_contact(void **state)
{
    (void)state;
    test_db_sql(world.db, "UPDATE contact SET verified_at = NULL WHERE account_id = %lld", L(world.customer));
    assert_int_equal(removed(world.owner, live(CHANNEL_EMAIL), false), CONTACT_DONE);
}

/* --- who may --- */

static void each_needs_the_password_of_the_last_minutes(void **state)
{
    (void)state;
    make(CHANNEL_SMS, NUMBER);
    stepped_up_before(601);
    const int64_t before = world_fingerprint(&world);
    (void)begun(world.owner, CHANNEL_EMAIL, NEW_EMAIL);
    assert_int_equal(outcome, CONTACT_NO_STEP_UP);
    assert_int_equal(removed(world.owner, live(CHANNEL_SMS), true), CONTACT_NO_STEP_UP);
    assert_true(world_fingerprint(&world) == before);
    stepped_up_before(600);
    assert_int_equal(removed(world.owner, live(CHANNEL_SMS), true), CONTACT_DONE);
}

static void fails(const struct err *err, enum err_kind kind)
{
    assert_non_null(err);
    assert_int_equal(err->kind, kind);
}

static void those_who_only_read_change_nothing(void **state)
{
    const struct actor *others[] = {world.viewer, world.manager, world.ops};
    const int64_t id = begun(world.owner, CHANNEL_SMS, NUMBER), before = world_fingerprint(&world);
    struct contact_send_result send;
    struct contact_proof proof;
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct act act = world_act(&world, others[i]);
        fails(contact_begin(&act, CHANNEL_EMAIL, NEW_EMAIL, "", &outcome), ERR_DENIED);
        fails(contact_send_code(&act, id, &send), ERR_DENIED);
        fails(contact_prove(&act, id, "123456", &proof), ERR_DENIED);
    }
    struct act viewer = world_act(&world, world.viewer);
    fails(contact_remove(&viewer, live(CHANNEL_EMAIL), true, &outcome), ERR_DENIED);
    assert_true(world_fingerprint(&world) == before);
}

static void contacts_of_others_are_not_found(void **state)
{
    const int64_t id = begun(world.owner, CHANNEL_SMS, NUMBER);
    struct act act = world_act(&world, world.admin);
    (void)state;
    fails(contact_remove(&act, live(CHANNEL_EMAIL), true, &outcome), ERR_MISSING);
    assert_int_equal(sent_to(world.admin, id).outcome, CONTACT_SEND_GONE);
    (void)sent_to(world.owner, id);
    assert_true(proven_by(world.admin, id, right()).is_gone);
    assert_true(live(CHANNEL_EMAIL) > 0);
}

/* --- channels of notices --- */

static enum preferences_outcome choose(const struct actor *actor, bool by_email, bool by_sms)
{
    const struct preferences wanted = {.lang = "", .zone = "", .theme = "", .with_channels = true, .channels = {by_email, by_sms}};
    enum preferences_outcome chosen = PREFERENCES_DONE;
    struct act act = world_act(&world, actor);
    assert_null(preferences_set(&act, &wanted, &chosen));
    assert_int_equal(act.is_done, chosen == PREFERENCES_DONE);
    return chosen;
}

static void tell(enum notice_kind kind)
{
    static int n;
    const struct notice_values values = {.partner = "P", .freeze_type = "ACCOUNT", .reason = "r", .by_partner = true};
    struct act act = world_act(&world, world.owner);
    test_db_sql(world.db, "DELETE FROM delivery");
    assert_null(act_notify(&act, world.customer, kind, &values, "", 0, mem_text(world.mem, "T%d", ++n)));
}

static int64_t by(const char *channel) { return world_count(&world, "delivery", "channel = '%s'", channel); }

static void notices_go_by_the_channels_that_were_chosen(void **state)
{
    (void)state;
    make(CHANNEL_SMS, NUMBER);
    tell(NOTICE_FROZEN);
    assert_true(by("EMAIL") == 1 && by("SMS") == 1);
    assert_int_equal(choose(world.owner, true, false), PREFERENCES_DONE);
    tell(NOTICE_FROZEN);
    assert_true(by("EMAIL") == 1 && by("SMS") == 0);
    assert_int_equal(choose(world.owner, false, true), PREFERENCES_DONE);
    tell(NOTICE_FROZEN);
    assert_true(by("EMAIL") == 0 && by("SMS") == 1);
    tell(NOTICE_UNFROZEN);
    assert_true(by("EMAIL") == 0 && by("SMS") == 0);
    assert_int_equal(world_count(&world, "notification", "kind = 'UNFROZEN'"), 1);
}

static void what_concerns_security_goes_by_all(void **state)
{
    (void)state;
    make(CHANNEL_SMS, NUMBER);
    assert_int_equal(choose(world.owner, true, false), PREFERENCES_DONE);
    tell(NOTICE_PASSWORD_CHANGED);
    assert_true(by("EMAIL") == 1 && by("SMS") == 1);
    assert_int_equal(choose(world.owner, false, true), PREFERENCES_DONE);
    tell(NOTICE_CONTACT);
    assert_true(by("EMAIL") == 1 && by("SMS") == 1);
}

static void email_is_not_given_up_without_a_number(void **state)
{
    (void)state;
    assert_int_equal(choose(world.owner, false, true), PREFERENCES_NO_NUMBER);
    make(CHANNEL_SMS, NUMBER);
    assert_int_equal(choose(world.owner, false, true), PREFERENCES_DONE);
    assert_int_equal(removed(world.owner, live(CHANNEL_SMS), false), CONTACT_DONE);
    tell(NOTICE_FROZEN);
    assert_int_equal(by("EMAIL"), 1);
}

static void preferences_are_those_of_the_person_and_logged(void **state)
{
    const struct preferences wanted = {.lang = "zh-Hans", .zone = "Asia/Tokyo", .theme = "dark"};
    enum preferences_outcome chosen;
    struct act act = world_act(&world, world.viewer);
    (void)state;
    assert_null(preferences_set(&act, &wanted, &chosen));
    assert_int_equal(world_count(&world, "user", "lang = 'zh-Hans' AND zone = 'Asia/Tokyo' AND theme = 'dark' AND id = %lld",
                                 L(world.viewer->user_id)), 1);
    assert_int_equal(world_count(&world, "user", "lang = 'zh-Hans'"), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'PREFERENCES_SET' AND user_id = %lld AND remark = "
                                 "'language zh-Hans, time zone Asia/Tokyo, theme dark'", L(world.viewer->user_id)), 1);
}

static void preferences_that_do_not_exist_are_refused(void **state)
{
    static const struct preferences bad[] = {
        {.lang = "xx", .zone = "", .theme = ""}, {.lang = "", .zone = "Mars/Olympus", .theme = ""}, {.lang = "", .zone = "", .theme = "pink"},
        {.lang = "", .zone = "../../etc/passwd", .theme = ""}, {.lang = "", .zone = "", .theme = "", .with_channels = true},
    };
    const int64_t before = world_fingerprint(&world);
    enum preferences_outcome chosen;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct act act = world_act(&world, world.owner);
        fails(preferences_set(&act, &bad[i], &chosen), ERR_INPUT);
    }
    const struct preferences channels = {.lang = "", .zone = "", .theme = "", .with_channels = true, .channels = {true, true}};
    const struct actor *others[] = {world.viewer, world.manager, world.ops};
    for (size_t i = 0; i < 3; i++) {
        struct act act = world_act(&world, others[i]);
        fails(preferences_set(&act, &channels, &chosen), ERR_DENIED);
    }
    assert_true(world_fingerprint(&world) == before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_number_is_added_by_the_code_sent_to_it), TEST(a_wrong_code_adds_nothing_and_is_counted), TEST(five_wrong_codes_kill_it),
        TEST(a_code_that_ran_out_adds_nothing), TEST(a_code_works_only_in_the_session_that_asked_for_it),
        TEST(a_code_for_leaving_proves_no_contact), TEST(a_code_for_one_address_does_not_prove_another),
        TEST(another_code_has_to_wait_its_minute), TEST(five_codes_an_hour_are_enough_whatever_the_address),
        TEST(the_proven_address_is_no_change), TEST(a_change_is_forgotten_after_a_day), TEST(the_same_form_twice_proves_once),
        TEST(a_change_is_told_to_the_earlier_address), TEST(a_code_out_to_the_earlier_address_no_longer_works),
        TEST(a_code_out_to_the_other_channel_still_works), TEST(until_it_is_proven_the_earlier_address_stays),
        TEST(one_of_two_is_removed_and_told), TEST(the_last_one_is_removed_only_after_the_warning),
        TEST(an_unproven_one_is_no_last_contact), TEST(each_needs_the_password_of_the_last_minutes),
        TEST(those_who_only_read_change_nothing), TEST(contacts_of_others_are_not_found),
        TEST(notices_go_by_the_channels_that_were_chosen), TEST(what_concerns_security_goes_by_all),
        TEST(email_is_not_given_up_without_a_number), TEST(preferences_are_those_of_the_person_and_logged),
        TEST(preferences_that_do_not_exist_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
