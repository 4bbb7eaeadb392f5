/* The code step: sending and proving; each refusal beside its success. */
#include "action/code_world.h"

/* --- sending ---------------------------------------------------------------------------------------------------------- */

static void code_is_queued_sealed_and_logged_without_its_digits(void **state)
{
    (void)state;
    sent();
    const char *digits = right();
    assert_int_equal(strlen(digits), world.config->code.digits);
    assert_int_equal(world_count(&world, "delivery", "code_id IS NOT NULL AND details IS NULL AND sealed IS NOT NULL"), 1);
    assert_int_equal(world_count(&world, "delivery", "INSTR(sealed, '%s') > 0", digits), 0);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'CODE_SENT' AND result = 'DONE'"), 1);
    assert_int_equal(world_count(&world, "operation_log", "INSTR(CONCAT(remark, object), '%s') > 0", digits), 0);
    assert_int_equal(world_count(&world, "verification_code", "state = 'LIVE' AND tries = 0"), 1);
    assert_int_equal(row()->channel, CHANNEL_EMAIL);
}

static void without_a_tick_no_code_is_sent(void **state)
{
    struct act act = world_act(&world, world.owner);
    struct wizard *wizard = NULL;

    (void)state;
    assert_int_equal(send_one(), SEND_GONE);
    assert_null(wizard_begin(&act, &target, &wizard));
    assert_int_equal(send_one(), SEND_NOT_YET);
    assert_int_equal(world_count(&world, "verification_code", "1"), 0);
}

static void old_revision_sends_nothing(void **state)
{
    struct act act = world_act(&world, world.owner);
    struct send_result result;

    (void)state;
    confirm();
    assert_null(code_step_send(&act, &target, revision() - 1, CHANNEL_NONE, &result));
    assert_int_equal(result.outcome, SEND_MOVED);
    assert_int_equal(world_count(&world, "verification_code", "1"), 0);
}

static void draft_past_its_time_sends_nothing(void **state)
{
    (void)state;
    confirm();
    world.now = row()->expires_at;
    assert_int_equal(send_one(), SEND_GONE);
}

static void with_two_channels_one_is_chosen(void **state)
{
    (void)state;
    world_contact(&world, world.customer, CHANNEL_SMS, "+4915100000188");
    confirm();
    assert_int_equal(send_one(), SEND_CHOOSE);
    assert_int_equal(send_as(world.owner, CHANNEL_SMS).outcome, SEND_OK);
    assert_int_equal(world_count(&world, "delivery", "channel = 'SMS' AND address = '+4915100000188'"), 1);
    assert_int_equal(world_count(&world, "verification_code", "channel = 'SMS'"), 1);
}

static void channel_without_a_contact_is_to_be_chosen_again(void **state)
{
    (void)state;
    confirm();
    assert_int_equal(send_as(world.owner, CHANNEL_SMS).outcome, SEND_CHOOSE);
}

static void unverified_contact_gets_no_code(void **state)
{
    (void)state;
    test_db_sql(world.db, "UPDATE contact SET verified_at = NULL WHERE account_id = %lld", L(world.customer));
    confirm();
    assert_int_equal(send_one(), SEND_NO_CHANNEL);
    assert_int_equal(world_count(&world, "verification_code", "1"), 0);
}

static void resend_waits_for_the_cool_down(void **state)
{
    (void)state;
    sent();
    const int64_t ready_at = world.now + world.config->code.resend_s * CLOCK_SECOND;
    world.now = ready_at - 1;
    struct send_result result = send_as(world.owner, CHANNEL_NONE);
    assert_int_equal(result.outcome, SEND_WAIT);
    assert_int_equal(result.at, ready_at);
    world.now = ready_at;
    assert_int_equal(send_one(), SEND_OK);
}

static void resend_supersedes_the_earlier_code(void **state)
{
    (void)state;
    sent();
    const char *earlier = mem_copy(world.mem, right());
    world.now += CLOCK_MINUTE;
    struct send_result result = send_as(world.owner, CHANNEL_NONE);
    assert_int_equal(result.outcome, SEND_OK);
    assert_true(result.superseded);
    assert_int_equal(world_count(&world, "verification_code", "state = 'SUPERSEDED'"), 1);
    assert_int_equal(world_count(&world, "verification_code", "state = 'LIVE'"), 1);
    /* The digits of a superseded code may, once in a million, be those of the new one. */
    if (strcmp(earlier, right()) != 0)
        assert_int_equal(prove(earlier), CODE_WRONG);
    assert_int_equal(prove(right()), CODE_RIGHT);
}

static void sends_of_an_hour_are_limited(void **state)
{
    (void)state;
    confirm();
    const int64_t first_at = world.now;
    for (int64_t i = 0; i < world.config->code.sends_per_hour; i++) {
        assert_int_equal(send_one(), SEND_OK);
        world.now += CLOCK_MINUTE;
    }
    struct send_result result = send_as(world.owner, CHANNEL_NONE);
    assert_int_equal(result.outcome, SEND_TOO_MANY);
    assert_int_equal(result.at, first_at + CLOCK_HOUR);
    world.now = first_at + CLOCK_HOUR - 1;
    assert_int_equal(send_one(), SEND_TOO_MANY);
    world.now = first_at + CLOCK_HOUR;
    assert_int_equal(send_one(), SEND_OK);
}

static void sends_of_a_day_are_limited(void **state)
{
    (void)state;
    confirm();
    const int64_t first_at = world.now;
    for (int64_t i = 0; i < world.config->code.sends_per_day; i++) {
        assert_int_equal(send_one(), SEND_OK);
        world.now += 30 * CLOCK_MINUTE;
    }
    struct send_result result = send_as(world.owner, CHANNEL_NONE);
    assert_int_equal(result.outcome, SEND_TOO_MANY);
    assert_int_equal(result.at, first_at + CLOCK_DAY);
}

static void new_session_does_not_reset_the_cool_down(void **state)
{
    (void)state;
    sent();
    assert_int_equal(send_as(world_sign_in_again(&world, world.owner), CHANNEL_NONE).outcome, SEND_WAIT);
    assert_int_equal(send_as(world_user(&world, world.customer, ROLE_OWNER, "Carl"), CHANNEL_NONE).outcome, SEND_WAIT);
}

static void same_form_twice_sends_once(void **state)
{
    struct act first, second;
    struct send_result result;

    (void)state;
    confirm();
    const int64_t form_revision = revision();
    first = world_form(&world, world.owner, 1, "/verify");
    second = world_form(&world, world.owner, 1, "/verify");
    assert_null(code_step_send(&first, &target, form_revision, CHANNEL_NONE, &result));
    assert_int_equal(result.outcome, SEND_OK);
    assert_null(code_step_send(&second, &target, form_revision, CHANNEL_NONE, &result));
    assert_int_equal(result.outcome, SEND_OK);
    assert_true(second.is_replay);
    assert_int_equal(world_count(&world, "verification_code", "1"), 1);
}

static void sending_voids_an_earlier_grant(void **state)
{
    (void)state;
    (void)world_ready_to_submit(&world, world.owner);
    assert_int_equal(wizard_grant(row(), world.owner->session_id, world.now), GRANT_GOOD);
    assert_int_equal(send_one(), SEND_OK);
    assert_int_equal(wizard_grant(row(), world.owner->session_id, world.now), GRANT_NONE);
}

/* --- proving ---------------------------------------------------------------------------------------------------------- */

static void right_code_gives_a_grant_once(void **state)
{
    (void)state;
    sent();
    assert_int_equal(prove(right()), CODE_RIGHT);
    assert_int_equal(wizard_grant(row(), world.owner->session_id, world.now), GRANT_GOOD);
    assert_int_equal(row()->grant_expires_at, world.now + world.config->code.grant_s * CLOCK_SECOND);
    assert_int_equal(world_count(&world, "verification_code", "state = 'PROVEN' AND tries = 1"), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'CODE_PROVEN'"), 1);
    /* Sent again, it leads on as before and is not counted again. */
    assert_int_equal(prove(right()), CODE_RIGHT);
    assert_int_equal(world_count(&world, "verification_code", "tries = 1"), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'CODE_PROVEN'"), 1);
}

static void grant_ends_with_its_time(void **state)
{
    (void)state;
    sent();
    assert_int_equal(prove(right()), CODE_RIGHT);
    world.now += world.config->code.grant_s * CLOCK_SECOND - 1;
    assert_int_equal(wizard_grant(row(), world.owner->session_id, world.now), GRANT_GOOD);
    world.now += 1;
    assert_int_equal(wizard_grant(row(), world.owner->session_id, world.now), GRANT_EXPIRED);
    assert_int_equal(prove(right()), CODE_NOT_LIVE);
}

static void wrong_form_twice_is_one_try(void **state)
{
    struct act first = world_form(&world, world.owner, 1, "/reason"), second = world_form(&world, world.owner, 1, "/reason");
    struct prove_result result;

    (void)state;
    sent();
    assert_null(code_step_prove(&first, &target, 0, wrong(), &result));
    assert_int_equal(result.answer, CODE_WRONG);
    assert_false(first.is_replay);
    assert_null(code_step_prove(&second, &target, 0, wrong(), &result));
    assert_true(second.is_replay);
    assert_int_equal(result.answer, CODE_WRONG);
    assert_false(result.moved_on);
    assert_int_equal(world_count(&world, "verification_code", "tries = 1"), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'CODE_FAILED'"), 1);
}

/* With no place to lead to, where the form led is the draft that it has proven. */
static void right_form_twice_is_right_with_the_same_draft(void **state)
{
    struct act first = world_form(&world, world.owner, 1, NULL), second = world_form(&world, world.owner, 1, NULL);
    struct prove_result result, again;

    (void)state;
    sent();
    assert_null(code_step_prove(&first, &target, revision(), right(), &result));
    assert_int_equal(result.answer, CODE_RIGHT);
    assert_int_equal(result.revision, revision());
    assert_null(code_step_prove(&second, &target, revision() - 1, right(), &again));
    assert_true(second.is_replay);
    assert_int_equal(again.answer, CODE_RIGHT);
    assert_int_equal(again.revision, result.revision);
    assert_int_equal(world_count(&world, "verification_code", "tries = 1"), 1);
}

static void code_for_a_draft_that_moved_is_not_compared(void **state)
{
    struct act act = world_act(&world, world.owner);
    struct prove_result result;
    int64_t before;

    (void)state;
    sent();
    before = world_fingerprint(&world);
    assert_null(code_step_prove(&act, &target, revision() - 1, right(), &result));
    assert_true(result.is_overtaken);
    assert_false(result.moved_on);
    assert_true(world_fingerprint(&world) == before);
    assert_null(code_step_prove(&act, &target, revision(), right(), &result));
    assert_int_equal(result.answer, CODE_RIGHT);
    assert_null(code_step_prove(&act, &target, revision() - 1, right(), &result));
    assert_true(result.is_overtaken);
}

static void wrong_codes_are_counted_down_and_kill_the_code(void **state)
{
    (void)state;
    sent();
    for (int64_t left = world.config->code.tries - 1; left > 0; left--) {
        struct prove_result result = prove_as(world.owner, wrong());

        assert_int_equal(result.answer, CODE_WRONG);
        assert_int_equal(result.tries_left, left);
        assert_int_equal(state_now(world.owner)->tries_left, left);
    }
    assert_int_equal(prove(wrong()), CODE_EXHAUSTED);
    assert_int_equal(world_count(&world, "verification_code", "state = 'DEAD' AND tries = %lld", L(world.config->code.tries)), 1);
    assert_int_equal(prove(right()), CODE_EXHAUSTED);
    assert_false(state_now(world.owner)->is_enterable);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'CODE_FAILED'"), (int)world.config->code.tries);
}

static void last_try_may_be_right(void **state)
{
    (void)state;
    sent();
    for (int64_t i = 1; i < world.config->code.tries; i++)
        assert_int_equal(prove(wrong()), CODE_WRONG);
    assert_int_equal(prove(right()), CODE_RIGHT);
}

static void code_works_until_its_end_and_not_at_it(void **state)
{
    (void)state;
    sent();
    const int64_t end_at = world.now + world.config->code.ttl_s * CLOCK_SECOND;
    world.now = end_at;
    assert_int_equal(prove(right()), CODE_EXPIRED);
    assert_int_equal(world_count(&world, "verification_code", "tries = 0"), 1);
    world.now = end_at - 1;
    assert_int_equal(prove(right()), CODE_RIGHT);
}

static void code_of_another_session_proves_nothing(void **state)
{
    const struct actor *again;

    (void)state;
    sent();
    again = world_sign_in_again(&world, world.owner);
    assert_int_equal(prove_as(again, right()).answer, CODE_NOT_LIVE);
    assert_int_equal(prove_as(world_user(&world, world.customer, ROLE_OWNER, "Carl"), right()).answer, CODE_NOT_LIVE);
    assert_false(state_now(again)->is_enterable);
    assert_int_equal(world_count(&world, "verification_code", "state = 'LIVE' AND tries = 0"), 1);
}

static void grant_is_not_for_another_session(void **state)
{
    (void)state;
    sent();
    assert_int_equal(prove(right()), CODE_RIGHT);
    assert_int_equal(state_now(world_sign_in_again(&world, world.owner))->grant, GRANT_OTHER_SESSION);
}

static void code_of_another_target_or_purpose_proves_nothing(void **state)
{
    (void)state;
    sent();
    const char *digits = mem_copy(world.mem, right());
    test_db_sql(world.db, "UPDATE verification_code SET target_id = target_id + 1000");
    assert_int_equal(prove(digits), CODE_NOT_LIVE);
    test_db_sql(world.db, "UPDATE verification_code SET target_id = target_id - 1000, purpose = 'AGREE'");
    assert_int_equal(prove(digits), CODE_NOT_LIVE);
    /* Put back under the right names it still counts: what failed was the place. */
    test_db_sql(world.db, "UPDATE verification_code SET purpose = 'SUBMIT'");
    assert_int_equal(prove(digits), CODE_RIGHT);
}

static void mac_binds_the_code_to_its_place(void **state)
{
    (void)state;
    sent();
    const char *digits = mem_copy(world.mem, right());
    /* A row moved in the database to another association of the same account, its draft too. */
    test_db_sql(world.db, "UPDATE verification_code SET target_id = target_id + 1000");
    test_db_sql(world.db, "UPDATE wizard SET target_id = target_id + 1000");
    target.target_id += 1000;
    assert_int_equal(prove(digits), CODE_WRONG);
}

static void nothing_sent_proves_nothing(void **state)
{
    (void)state;
    confirm();
    assert_int_equal(prove("000000"), CODE_NOT_LIVE);
}

static void superseded_by_a_change_of_contact_it_proves_nothing(void **state)
{
    (void)state;
    sent();
    const int64_t contact_id = test_db_number(world.db, "SELECT contact_id FROM verification_code LIMIT 1");
    assert_null(code_supersede_contact(world.db, contact_id));
    assert_int_equal(prove(right()), CODE_NOT_LIVE);
}

static void failures_add_up_over_codes_and_lock(void **state)
{
    const int64_t at_once = world.config->code.tries, lock_at = world.config->code.failures_lock;
    enum code_answer answer = CODE_WRONG;
    int64_t failures = 0;

    (void)state;
    world_contact(&world, world.customer, CHANNEL_SMS, "+4915100000188");
    confirm();
    while (failures < lock_at) {
        assert_int_equal(send_as(world.owner, CHANNEL_EMAIL).outcome, SEND_OK);
        for (int64_t i = 0; i < at_once && failures < lock_at; i++, failures++)
            answer = prove(wrong());
        world.now += 20 * CLOCK_MINUTE;
    }
    assert_int_equal(answer, CODE_BUDGET_LOCKED);
    world.now -= 20 * CLOCK_MINUTE;
    assert_int_equal(prove(right()), CODE_BUDGET_LOCKED);
    struct send_result result = send_as(world.owner, CHANNEL_EMAIL);
    assert_int_equal(result.outcome, SEND_LOCKED);
    assert_int_equal(result.at, world.now + world.config->code.lock_s * CLOCK_SECOND);
    assert_int_equal(world_count(&world, "notification", "kind = 'SMS_LOCKED'"), 1);
    world.now = result.at;
    confirm();
    assert_int_equal(send_as(world.owner, CHANNEL_EMAIL).outcome, SEND_OK);
    assert_int_equal(prove(right()), CODE_RIGHT);
}

static void right_code_forgives_failures(void **state)
{
    (void)state;
    sent();
    assert_int_equal(prove(wrong()), CODE_WRONG);
    assert_int_equal(world_count(&world, "code_budget", "failures = 1"), 1);
    assert_int_equal(prove(right()), CODE_RIGHT);
    assert_int_equal(world_count(&world, "code_budget", "failures = 0"), 1);
}

static void failed_delivery_is_seen(void **state)
{
    (void)state;
    sent();
    assert_false(state_now(world.owner)->code->delivery_failed);
    test_db_sql(world.db, "UPDATE delivery SET state = 'DEAD', done_at = created_at, sealed = NULL WHERE code_id IS NOT NULL");
    assert_true(state_now(world.owner)->code->delivery_failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(code_is_queued_sealed_and_logged_without_its_digits), TEST(without_a_tick_no_code_is_sent),
        TEST(old_revision_sends_nothing), TEST(draft_past_its_time_sends_nothing), TEST(with_two_channels_one_is_chosen),
        TEST(channel_without_a_contact_is_to_be_chosen_again), TEST(unverified_contact_gets_no_code),
        TEST(resend_waits_for_the_cool_down), TEST(resend_supersedes_the_earlier_code), TEST(sends_of_an_hour_are_limited),
        TEST(sends_of_a_day_are_limited), TEST(new_session_does_not_reset_the_cool_down), TEST(same_form_twice_sends_once),
        TEST(sending_voids_an_earlier_grant), TEST(right_code_gives_a_grant_once), TEST(grant_ends_with_its_time),
        TEST(wrong_form_twice_is_one_try), TEST(right_form_twice_is_right_with_the_same_draft),
        TEST(code_for_a_draft_that_moved_is_not_compared), TEST(wrong_codes_are_counted_down_and_kill_the_code),
        TEST(last_try_may_be_right), TEST(code_works_until_its_end_and_not_at_it),
        TEST(code_of_another_session_proves_nothing), TEST(grant_is_not_for_another_session),
        TEST(code_of_another_target_or_purpose_proves_nothing), TEST(mac_binds_the_code_to_its_place),
        TEST(nothing_sent_proves_nothing), TEST(superseded_by_a_change_of_contact_it_proves_nothing),
        TEST(failures_add_up_over_codes_and_lock), TEST(right_code_forgives_failures), TEST(failed_delivery_is_seen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
