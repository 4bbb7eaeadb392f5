#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "domain/wizard.h"

#define NOW (INT64_C(1750000000) * CLOCK_SECOND)
#define SESSION 7

static struct wizard opened(enum wizard_purpose purpose)
{
    return (struct wizard){
        .id = 1, .purpose = purpose, .state = WIZARD_OPEN, .opened_at = NOW, .updated_at = NOW,
        .expires_at = NOW + CLOCK_DAY, .checked_at = INSTANT_NONE, .statement_at = INSTANT_NONE,
        .decision = REQUEST_EVENTS, .channel = CHANNEL_NONE, .grant_expires_at = INSTANT_NONE
    };
}

static void prove(struct wizard *wizard)
{
    wizard->grant_session_id = SESSION;
    wizard->grant_expires_at = NOW + 10 * CLOCK_MINUTE;
}

static enum wizard_step step(const struct wizard *wizard)
{
    return wizard_step(wizard, true, SESSION, NOW);
}

static bool may_open(const struct wizard *wizard, enum wizard_step step)
{
    return wizard_may_open(wizard, step, true, SESSION, NOW);
}

static void a_wizard_lives_until_it_expires_or_is_closed(void **state)
{
    struct wizard wizard = opened(WIZARD_SUBMIT);

    (void)state;
    assert_false(wizard_is_live(NULL, NOW));
    assert_true(wizard_is_live(&wizard, NOW + CLOCK_DAY - 1));
    assert_false(wizard_is_live(&wizard, NOW + CLOCK_DAY));
    wizard.state = WIZARD_CLOSED;
    assert_false(wizard_is_live(&wizard, NOW));
    wizard.state = WIZARD_DONE;
    assert_false(wizard_is_live(&wizard, NOW));
}

static void a_grant_is_good_in_its_session_for_its_time(void **state)
{
    struct wizard wizard = opened(WIZARD_SUBMIT);
    int64_t end_at = NOW + 10 * CLOCK_MINUTE;

    (void)state;
    assert_int_equal(wizard_grant(NULL, SESSION, NOW), GRANT_NONE);
    assert_int_equal(wizard_grant(&wizard, SESSION, NOW), GRANT_NONE);
    prove(&wizard);
    assert_int_equal(wizard_grant(&wizard, SESSION, end_at - 1), GRANT_GOOD);
    assert_int_equal(wizard_grant(&wizard, SESSION, end_at), GRANT_EXPIRED);
    assert_int_equal(wizard_grant(&wizard, SESSION + 1, NOW), GRANT_OTHER_SESSION);
}

static void nobodys_session_has_no_grant(void **state)
{
    struct wizard wizard = opened(WIZARD_SUBMIT);

    (void)state;
    wizard.grant_expires_at = NOW + CLOCK_MINUTE;
    wizard.grant_session_id = 0;
    assert_int_equal(wizard_grant(&wizard, 0, NOW), GRANT_OTHER_SESSION);
}

static void a_submit_goes_check_verify_reason_done(void **state)
{
    struct wizard wizard = opened(WIZARD_SUBMIT);

    (void)state;
    assert_int_equal(step(NULL), STEP_CHECK);
    assert_int_equal(step(&wizard), STEP_CHECK);
    wizard.statement_at = NOW;
    assert_int_equal(step(&wizard), STEP_VERIFY);
    prove(&wizard);
    assert_int_equal(step(&wizard), STEP_REASON);
    wizard.reason = REASON_PRICE;
    assert_int_equal(step(&wizard), STEP_REASON);
    wizard.state = WIZARD_DONE;
    assert_int_equal(step(&wizard), STEP_DONE);
}

static void a_proven_code_does_not_stand_for_the_statement(void **state)
{
    struct wizard wizard = opened(WIZARD_SUBMIT);

    (void)state;
    prove(&wizard);
    assert_int_equal(step(&wizard), STEP_CHECK);
}

static void a_submit_without_a_code_skips_verify(void **state)
{
    struct wizard wizard = opened(WIZARD_SUBMIT);

    (void)state;
    wizard.statement_at = NOW;
    assert_int_equal(wizard_step(&wizard, false, SESSION, NOW), STEP_REASON);
    assert_false(wizard_may_open(&wizard, STEP_VERIFY, false, SESSION, NOW));
    assert_true(wizard_may_open(&wizard, STEP_REASON, false, SESSION, NOW));
}

static void an_expired_grant_leads_back_to_verify(void **state)
{
    struct wizard wizard = opened(WIZARD_SUBMIT);

    (void)state;
    wizard.statement_at = NOW;
    prove(&wizard);
    assert_int_equal(wizard_step(&wizard, true, SESSION, NOW + 10 * CLOCK_MINUTE), STEP_VERIFY);
    assert_int_equal(wizard_step(&wizard, true, SESSION + 1, NOW), STEP_VERIFY);
}

static void an_answer_goes_decide_verify_done(void **state)
{
    struct wizard wizard = opened(WIZARD_ANSWER);

    (void)state;
    assert_int_equal(step(&wizard), STEP_CHECK);
    wizard.decision = REQUEST_AGREE;
    assert_int_equal(step(&wizard), STEP_CHECK);
    wizard.statement_at = NOW;
    assert_int_equal(step(&wizard), STEP_VERIFY);
    prove(&wizard);
    assert_int_equal(step(&wizard), STEP_DONE);
}

static void rejecting_needs_a_code_but_no_statement(void **state)
{
    struct wizard wizard = opened(WIZARD_ANSWER);

    (void)state;
    wizard.decision = REQUEST_REJECT;
    assert_int_equal(step(&wizard), STEP_VERIFY);
    assert_int_equal(wizard_step(&wizard, false, SESSION, NOW), STEP_DONE);
    prove(&wizard);
    assert_int_equal(step(&wizard), STEP_DONE);
}

static void only_agree_and_reject_are_decisions(void **state)
{
    struct wizard wizard = opened(WIZARD_ANSWER);

    (void)state;
    wizard.statement_at = NOW;
    prove(&wizard);
    for (int event = 0; event <= REQUEST_EVENTS; event++) {
        bool is_decision = event == REQUEST_AGREE || event == REQUEST_REJECT;

        wizard.decision = (enum request_event)event;
        assert_int_equal(step(&wizard), is_decision ? STEP_DONE : STEP_CHECK);
    }
}

static void a_wizard_that_is_over_starts_again_at_check(void **state)
{
    struct wizard wizard = opened(WIZARD_SUBMIT);

    (void)state;
    wizard.statement_at = NOW;
    prove(&wizard);
    wizard.state = WIZARD_CLOSED;
    assert_int_equal(step(&wizard), STEP_CHECK);
    wizard.state = WIZARD_OPEN;
    wizard.expires_at = NOW;
    assert_int_equal(step(&wizard), STEP_CHECK);
}

static void a_deep_link_to_a_later_step_does_not_open(void **state)
{
    struct wizard wizard = opened(WIZARD_SUBMIT);

    (void)state;
    assert_true(may_open(NULL, STEP_CHECK));
    assert_false(may_open(NULL, STEP_VERIFY));
    assert_false(may_open(NULL, STEP_DONE));
    assert_true(may_open(&wizard, STEP_CHECK));
    assert_false(may_open(&wizard, STEP_VERIFY));
    assert_false(may_open(&wizard, STEP_REASON));
    wizard.statement_at = NOW;
    assert_true(may_open(&wizard, STEP_VERIFY));
    assert_false(may_open(&wizard, STEP_REASON));
    prove(&wizard);
    assert_true(may_open(&wizard, STEP_REASON));
    assert_false(may_open(&wizard, STEP_DONE));
}

static void earlier_steps_stay_open(void **state)
{
    struct wizard wizard = opened(WIZARD_SUBMIT);

    (void)state;
    wizard.statement_at = NOW;
    prove(&wizard);
    assert_true(may_open(&wizard, STEP_CHECK));
    assert_true(may_open(&wizard, STEP_VERIFY));
}

static void an_answer_has_no_reason_step(void **state)
{
    struct wizard wizard = opened(WIZARD_ANSWER);

    (void)state;
    wizard.decision = REQUEST_REJECT;
    prove(&wizard);
    assert_true(may_open(&wizard, STEP_DONE));
    assert_true(may_open(&wizard, STEP_VERIFY));
    assert_false(may_open(&wizard, STEP_REASON));
}

static void what_is_done_is_not_edited(void **state)
{
    struct wizard wizard = opened(WIZARD_SUBMIT);

    (void)state;
    wizard.statement_at = NOW;
    prove(&wizard);
    wizard.state = WIZARD_DONE;
    assert_true(may_open(&wizard, STEP_DONE));
    assert_true(may_open(&wizard, STEP_CHECK));
    assert_false(may_open(&wizard, STEP_VERIFY));
    assert_false(may_open(&wizard, STEP_REASON));
}

static void wizard_words_are_those_of_the_database(void **state)
{
    enum wizard_purpose purpose;
    enum wizard_state found;

    (void)state;
    assert_string_equal(wizard_purpose_name(WIZARD_SUBMIT), "SUBMIT");
    assert_true(wizard_purpose_find("ANSWER", &purpose));
    assert_int_equal(purpose, WIZARD_ANSWER);
    assert_false(wizard_purpose_find("AGREE", &purpose));
    assert_string_equal(wizard_state_name(WIZARD_OPEN), "OPEN");
    assert_true(wizard_state_find("CLOSED", &found));
    assert_int_equal(found, WIZARD_CLOSED);
    assert_true(wizard_state_find("DONE", &found));
    assert_int_equal(found, WIZARD_DONE);
    assert_false(wizard_state_find("", &found));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wizard_lives_until_it_expires_or_is_closed),
        cmocka_unit_test(a_grant_is_good_in_its_session_for_its_time),
        cmocka_unit_test(nobodys_session_has_no_grant),
        cmocka_unit_test(a_submit_goes_check_verify_reason_done),
        cmocka_unit_test(a_proven_code_does_not_stand_for_the_statement),
        cmocka_unit_test(a_submit_without_a_code_skips_verify),
        cmocka_unit_test(an_expired_grant_leads_back_to_verify),
        cmocka_unit_test(an_answer_goes_decide_verify_done),
        cmocka_unit_test(rejecting_needs_a_code_but_no_statement),
        cmocka_unit_test(only_agree_and_reject_are_decisions),
        cmocka_unit_test(a_wizard_that_is_over_starts_again_at_check),
        cmocka_unit_test(a_deep_link_to_a_later_step_does_not_open),
        cmocka_unit_test(earlier_steps_stay_open),
        cmocka_unit_test(an_answer_has_no_reason_step),
        cmocka_unit_test(what_is_done_is_not_edited),
        cmocka_unit_test(wizard_words_are_those_of_the_database)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
