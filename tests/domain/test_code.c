#include "support/rows.h"

#include "base/clock.h"
#include "base/memory.h"
#include "domain/code.h"

#define NOW (INT64_C(1750000000) * CLOCK_SECOND)

static const struct code_policy policy = {
    .digits = 6, .ttl_s = 600, .resend_s = 60, .tries = 5, .sends_per_hour = 5, .sends_per_day = 10,
    .failures_lock = 20, .lock_s = 86400, .grant_s = 600
};

static struct code_budget fresh(void)
{
    return (struct code_budget){
        .hour_frees_at = INSTANT_NONE, .day_frees_at = INSTANT_NONE, .last_sent_at = INSTANT_NONE,
        .locked_until = INSTANT_NONE
    };
}

static void a_first_code_may_be_sent(void **state)
{
    struct code_budget budget = fresh();
    int64_t at = 0;

    (void)state;
    assert_int_equal(code_may_send(&policy, &budget, NOW, &at), CODE_SEND_OK);
    assert_int_equal(at, NOW);
}

static void a_second_code_waits_for_the_cool_down(void **state)
{
    struct code_budget budget = fresh();
    int64_t at;

    (void)state;
    budget.sends_hour = budget.sends_day = 1;
    budget.last_sent_at = NOW;
    assert_int_equal(code_may_send(&policy, &budget, NOW + 60 * CLOCK_SECOND - 1, &at), CODE_SEND_WAIT);
    assert_int_equal(at, NOW + 60 * CLOCK_SECOND);
    assert_int_equal(code_may_send(&policy, &budget, NOW + 60 * CLOCK_SECOND, &at), CODE_SEND_OK);
}

static void a_sixth_code_in_an_hour_waits_for_the_hour(void **state)
{
    struct code_budget budget = fresh();
    int64_t at;

    (void)state;
    budget.sends_hour = budget.sends_day = 4;
    budget.hour_frees_at = NOW + 30 * CLOCK_MINUTE;
    budget.day_frees_at = NOW + 20 * CLOCK_HOUR;
    assert_int_equal(code_may_send(&policy, &budget, NOW, &at), CODE_SEND_OK);
    budget.sends_hour = budget.sends_day = 5;
    assert_int_equal(code_may_send(&policy, &budget, NOW, &at), CODE_SEND_TOO_MANY);
    assert_int_equal(at, NOW + 30 * CLOCK_MINUTE);
}

static void an_eleventh_code_in_a_day_waits_for_the_day(void **state)
{
    struct code_budget budget = fresh();
    int64_t at;

    (void)state;
    budget.sends_hour = 2;
    budget.sends_day = 10;
    budget.day_frees_at = NOW + 7 * CLOCK_HOUR;
    assert_int_equal(code_may_send(&policy, &budget, NOW, &at), CODE_SEND_TOO_MANY);
    assert_int_equal(at, NOW + 7 * CLOCK_HOUR);
    budget.sends_hour = 5;
    budget.hour_frees_at = NOW + CLOCK_MINUTE;
    assert_int_equal(code_may_send(&policy, &budget, NOW, &at), CODE_SEND_TOO_MANY);
    assert_int_equal(at, NOW + 7 * CLOCK_HOUR);
}

static void no_send_left_is_said_before_the_cool_down(void **state)
{
    struct code_budget budget = fresh();
    int64_t at;

    (void)state;
    budget.sends_hour = budget.sends_day = 5;
    budget.hour_frees_at = NOW + 50 * CLOCK_MINUTE;
    budget.last_sent_at = NOW - CLOCK_SECOND;
    assert_int_equal(code_may_send(&policy, &budget, NOW, &at), CODE_SEND_TOO_MANY);
    assert_int_equal(at, NOW + 50 * CLOCK_MINUTE);
}

static void a_limit_of_zero_sends_nothing_and_names_a_later_time(void **state)
{
    struct code_policy none = policy;
    struct code_budget budget = fresh();
    int64_t at;

    (void)state;
    none.sends_per_hour = 0;
    assert_int_equal(code_may_send(&none, &budget, NOW, &at), CODE_SEND_TOO_MANY);
    assert_true(at > NOW);
}

static void a_locked_purpose_sends_nothing_until_it_opens(void **state)
{
    struct code_budget budget = fresh();
    int64_t at;

    (void)state;
    budget.locked_until = NOW + CLOCK_DAY;
    budget.sends_hour = 5;
    budget.hour_frees_at = NOW + CLOCK_HOUR;
    assert_int_equal(code_may_send(&policy, &budget, NOW + CLOCK_DAY - 1, &at), CODE_SEND_LOCKED);
    assert_int_equal(at, NOW + CLOCK_DAY);
    budget.sends_hour = 0;
    assert_int_equal(code_may_send(&policy, &budget, NOW + CLOCK_DAY, &at), CODE_SEND_OK);
}

#define SESSION 7

static const struct judged {
    const char *claim;
    enum code_state state;
    int64_t tries, session_id, ttl, locked_for;
    enum code_answer answer;
} judged[] = {
    { "a_live_code_may_be_compared", CODE_LIVE, 4, SESSION, 1, 0, CODE_RIGHT },
    { "a_code_ends_at_the_very_instant", CODE_LIVE, 0, SESSION, 0, 0, CODE_EXPIRED },
    { "a_code_without_tries_left_is_exhausted_although_it_has_expired", CODE_LIVE, 5, SESSION, 0, 0, CODE_EXHAUSTED },
    { "a_dead_code_is_exhausted", CODE_DEAD, 5, SESSION, 1, 0, CODE_EXHAUSTED },
    { "a_superseded_code_is_none", CODE_SUPERSEDED, 0, SESSION, 1, 0, CODE_NOT_LIVE },
    { "a_used_code_is_none", CODE_USED, 0, SESSION, 1, 0, CODE_NOT_LIVE },
    { "a_code_of_another_session_is_none", CODE_LIVE, 0, SESSION + 1, 1, 0, CODE_NOT_LIVE },
    { "a_lock_comes_before_everything", CODE_DEAD, 5, SESSION + 1, 0, 1, CODE_BUDGET_LOCKED },
    { "a_lock_that_is_over_locks_nothing", CODE_LIVE, 0, SESSION, 1, -1, CODE_RIGHT },
};

static void code_is_judged(void **state)
{
    const struct judged *row = *state;
    struct code_budget budget = fresh();
    const struct code code = { .state = row->state, .tries = row->tries, .session_id = row->session_id, .expires_at = NOW + row->ttl };

    if (row->locked_for != 0)
        budget.locked_until = NOW + row->locked_for;
    assert_int_equal(code_judge(&policy, &budget, &code, SESSION, NOW), row->answer);
}

static void no_code_is_not_live(void **state)
{
    const struct code_budget budget = fresh();

    (void)state;
    assert_int_equal(code_judge(&policy, &budget, NULL, SESSION, NOW), CODE_NOT_LIVE);
}

static void only_exactly_that_many_ascii_digits_are_well_formed(void **state)
{
    (void)state;
    assert_true(code_is_well_formed("048291", 6));
    assert_true(code_is_well_formed("04829100", 8));
    assert_false(code_is_well_formed("", 6));
    assert_false(code_is_well_formed("", 0));
    assert_false(code_is_well_formed("04829", 6));
    assert_false(code_is_well_formed("0482911", 6));
    assert_false(code_is_well_formed("04829a", 6));
    assert_false(code_is_well_formed("-48291", 6));
    assert_false(code_is_well_formed("０４", 6));
}

static void a_mask_shows_neither_name_nor_its_length(void **state)
{
    void *ctx = mem_context(NULL, "test");

    (void)state;
    assert_string_equal(code_mask_email(ctx, "jane@acme.example"), "j***@acme.example");
    assert_string_equal(code_mask_email(ctx, "j@acme.example"), "j***@acme.example");
    assert_string_equal(code_mask_email(ctx, "jane"), "***");
    assert_string_equal(code_mask_email(ctx, "@acme.example"), "***");
    assert_string_equal(code_mask_phone(ctx, "+6591230188"), "0188");
    assert_string_equal(code_mask_phone(ctx, "188"), "188");
    talloc_free(ctx);
}

static void code_words_are_those_of_the_database(void **state)
{
    static const char *const purposes[] = { "SUBMIT", "AGREE", "REJECT", "CONTACT", "REGISTER" };
    static const char *const states[] = { "LIVE", "SUPERSEDED", "PROVEN", "USED", "DEAD" };
    enum code_state found = CODE_LIVE;

    (void)state;
    for (int i = 0; i < CODE_PURPOSES; i++)
        assert_string_equal(code_purpose_name((enum code_purpose)i), purposes[i]);
    for (int i = 0; i < CODE_STATES; i++) {
        assert_true(code_state_find(states[i], &found));
        assert_int_equal(found, i);
    }
    assert_false(code_state_find("", &found));
}

int main(void)
{
    static struct rows rows;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_first_code_may_be_sent),
        cmocka_unit_test(a_second_code_waits_for_the_cool_down),
        cmocka_unit_test(a_sixth_code_in_an_hour_waits_for_the_hour),
        cmocka_unit_test(an_eleventh_code_in_a_day_waits_for_the_day),
        cmocka_unit_test(no_send_left_is_said_before_the_cool_down),
        cmocka_unit_test(a_limit_of_zero_sends_nothing_and_names_a_later_time),
        cmocka_unit_test(a_locked_purpose_sends_nothing_until_it_opens),
        cmocka_unit_test(no_code_is_not_live),
        cmocka_unit_test(only_exactly_that_many_ascii_digits_are_well_formed),
        cmocka_unit_test(a_mask_shows_neither_name_nor_its_length),
        cmocka_unit_test(code_words_are_those_of_the_database)
    };

    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        rows.tests[rows.n++] = tests[i];
    ROWS_TABLE(&rows, code_is_judged, judged);
    return ROWS_RUN(&rows);
}
