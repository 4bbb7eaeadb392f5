#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "domain/request.h"

#define DAY0 (INT64_C(20000) * CLOCK_DAY)

enum escalated { NO = 1, YES = 2, BOTH = NO | YES };
enum initiators { C = 1, P = 2, CP = C | P };

/* What is legal, written down from the rules once more. Everything else must be refused. */
static const struct {
    enum request_state from;
    enum request_event event;
    enum request_mover mover;
    enum initiators initiators;
    enum escalated escalated;
    enum request_state to;
    const char *verb;
    const char *flags;   /* R rules, S statement, C code, Q frees quota, E ends the association */
} legal[] = {
    { REQUEST_NONE, REQUEST_SUBMIT, MOVER_INITIATOR, CP, BOTH, REQUEST_PENDING, "REQUEST_SUBMITTED", "RSC" },
    { REQUEST_PENDING, REQUEST_AGREE, MOVER_OTHER, CP, BOTH, REQUEST_COMPLETED, "REQUEST_AGREED", "RSCE" },
    { REQUEST_PENDING, REQUEST_REJECT, MOVER_OTHER, CP, BOTH, REQUEST_REJECTED, "REQUEST_REJECTED", "C" },
    { REQUEST_PENDING, REQUEST_WITHDRAW, MOVER_INITIATOR, CP, BOTH, REQUEST_WITHDRAWN, "REQUEST_WITHDRAWN", "" },
    { REQUEST_PENDING, REQUEST_ESCALATE, MOVER_WORKER, C, NO, REQUEST_PENDING, "REQUEST_ESCALATED", "" },
    { REQUEST_PENDING, REQUEST_EXPIRE, MOVER_WORKER, C, YES, REQUEST_EXPIRED, "REQUEST_EXPIRED", "Q" },
    { REQUEST_PENDING, REQUEST_EXPIRE, MOVER_WORKER, P, BOTH, REQUEST_EXPIRED, "REQUEST_EXPIRED", "Q" },
    { REQUEST_PENDING, REQUEST_COMPLETE, MOVER_OPS, C, YES, REQUEST_COMPLETED, "REQUEST_COMPLETED", "RE" },
    { REQUEST_PENDING, REQUEST_DISMISS, MOVER_OPS, C, YES, REQUEST_REJECTED, "REQUEST_DISMISSED", "" },
    { REQUEST_PENDING, REQUEST_VOID, MOVER_OPS, CP, BOTH, REQUEST_CANCELLED, "REQUEST_CANCELLED", "Q" }
};
#define LEGAL_N (sizeof legal / sizeof legal[0])

static int expected(int from, int event, int mover, int initiator, bool is_escalated)
{
    int bit = initiator == SIDE_CUSTOMER ? C : initiator == SIDE_PARTNER ? P : 0;

    for (size_t i = 0; i < LEGAL_N; i++)
        if ((int)legal[i].from == from && (int)legal[i].event == event && (int)legal[i].mover == mover &&
            ((int)legal[i].initiators & bit) != 0 && ((int)legal[i].escalated & (is_escalated ? YES : NO)) != 0)
            return (int)i;
    return -1;
}

static void assert_flags(const struct request_move *move, const char *flags)
{
    assert_int_equal(move->needs_rules, strchr(flags, 'R') != NULL);
    assert_int_equal(move->needs_statement, strchr(flags, 'S') != NULL);
    assert_int_equal(move->needs_code, strchr(flags, 'C') != NULL);
    assert_int_equal(move->frees_quota, strchr(flags, 'Q') != NULL);
    assert_int_equal(move->ends_association, strchr(flags, 'E') != NULL);
}

static void only_the_legal_moves_are_allowed(void **state)
{
    int allowed = 0, refused = 0;

    (void)state;
    for (int from = 0; from < REQUEST_STATES; from++)
    for (int event = 0; event < REQUEST_EVENTS; event++)
    for (int mover = 0; mover < MOVERS; mover++)
    for (int initiator = 0; initiator < SIDES; initiator++)
    for (int is_escalated = 0; is_escalated < 2; is_escalated++) {
        const struct request_move *move = request_move((enum request_state)from, (enum request_event)event,
            (enum request_mover)mover, (enum side)initiator, is_escalated != 0);
        int row = expected(from, event, mover, initiator, is_escalated != 0);

        if (row < 0) {
            if (move != NULL)
                fail_msg("%s %s by mover %d was allowed (initiator %d, escalated %d)", request_state_name(move->from),
                         request_event_name(move->event), mover, initiator, is_escalated);
            refused++;
            continue;
        }
        assert_non_null(move);
        assert_int_equal(move->from, from);
        assert_int_equal(move->to, legal[row].to);
        assert_string_equal(move->verb, legal[row].verb);
        assert_flags(move, legal[row].flags);
        allowed++;
    }
    assert_int_equal(allowed, 26);
    assert_int_equal(allowed + refused, REQUEST_STATES * REQUEST_EVENTS * MOVERS * SIDES * 2);
}

static void each_row_of_the_table_is_reached(void **state)
{
    (void)state;
    assert_int_equal(request_moves_n, LEGAL_N);
    for (size_t i = 0; i < request_moves_n; i++) {
        const struct request_move *row = &request_moves[i];
        enum side initiator = (row->initiators & (1u << SIDE_CUSTOMER)) != 0 ? SIDE_CUSTOMER : SIDE_PARTNER;

        assert_ptr_equal(request_move(row->from, row->event, row->mover, initiator, row->needs_escalation), row);
    }
}

static void nothing_moves_a_final_request(void **state)
{
    (void)state;
    for (size_t i = 0; i < request_moves_n; i++)
        assert_false(request_is_final(request_moves[i].from));
}

static void partner_cannot_approve_own_request(void **state)
{
    (void)state;
    assert_null(request_move(REQUEST_PENDING, REQUEST_AGREE, MOVER_INITIATOR, SIDE_PARTNER, false));
    assert_null(request_move(REQUEST_PENDING, REQUEST_AGREE, MOVER_INITIATOR, SIDE_CUSTOMER, false));
}

static void a_request_escalates_only_once(void **state)
{
    (void)state;
    assert_non_null(request_move(REQUEST_PENDING, REQUEST_ESCALATE, MOVER_WORKER, SIDE_CUSTOMER, false));
    assert_null(request_move(REQUEST_PENDING, REQUEST_ESCALATE, MOVER_WORKER, SIDE_CUSTOMER, true));
}

static void silence_is_never_consent(void **state)
{
    (void)state;
    for (int event = 0; event < REQUEST_EVENTS; event++)
        for (int initiator = 0; initiator < SIDES; initiator++)
            for (int is_escalated = 0; is_escalated < 2; is_escalated++) {
                const struct request_move *move = request_move(REQUEST_PENDING, (enum request_event)event, MOVER_WORKER,
                                                               (enum side)initiator, is_escalated != 0);

                assert_true(move == NULL || move->to != REQUEST_COMPLETED);
            }
}

static void the_mover_is_told_by_side_and_account(void **state)
{
    struct request request = { .customer_id = 10, .partner_id = 20, .initiator = SIDE_CUSTOMER };

    (void)state;
    assert_int_equal(request_mover(&request, SIDE_CUSTOMER, 10), MOVER_INITIATOR);
    assert_int_equal(request_mover(&request, SIDE_PARTNER, 20), MOVER_OTHER);
    request.initiator = SIDE_PARTNER;
    assert_int_equal(request_mover(&request, SIDE_CUSTOMER, 10), MOVER_OTHER);
    assert_int_equal(request_mover(&request, SIDE_PARTNER, 20), MOVER_INITIATOR);
    assert_int_equal(request_mover(&request, SIDE_PLATFORM, 1), MOVER_OPS);
    assert_int_equal(request_mover(&request, SIDE_SYSTEM, 0), MOVER_WORKER);
}

static void another_account_is_a_stranger_on_either_side(void **state)
{
    struct request request = { .customer_id = 10, .partner_id = 20, .initiator = SIDE_CUSTOMER };

    (void)state;
    assert_int_equal(request_mover(&request, SIDE_CUSTOMER, 11), MOVER_STRANGER);
    assert_int_equal(request_mover(&request, SIDE_PARTNER, 21), MOVER_STRANGER);
    assert_int_equal(request_mover(&request, SIDE_CUSTOMER, 20), MOVER_STRANGER);
    assert_int_equal(request_mover(&request, SIDE_PARTNER, 10), MOVER_STRANGER);
    assert_int_equal(request_mover(&request, SIDES, 10), MOVER_STRANGER);
}

/* Whatever became of a request, it counts for the quota, unless it expired or was cancelled. */
static const struct { enum request_state state; bool is_final, counts; } states[] = {
    { REQUEST_NONE, false, false }, { REQUEST_PENDING, false, true }, { REQUEST_COMPLETED, true, true },
    { REQUEST_REJECTED, true, true }, { REQUEST_WITHDRAWN, true, true }, { REQUEST_EXPIRED, true, false },
    { REQUEST_CANCELLED, true, false }
};

static void final_states_are_as_the_rules_say(void **state)
{
    (void)state;
    assert_int_equal(sizeof states / sizeof states[0], REQUEST_STATES);
    for (size_t i = 0; i < REQUEST_STATES; i++) {
        assert_int_equal(states[i].state, i);
        assert_int_equal(request_is_final(states[i].state), states[i].is_final);
    }
}

static void a_move_frees_quota_exactly_when_its_end_does_not_count(void **state)
{
    (void)state;
    for (size_t i = 0; i < request_moves_n; i++)
        assert_int_equal(request_moves[i].frees_quota, !states[request_moves[i].to].counts);
}

static void state_and_reason_words_are_found_again(void **state)
{
    enum request_state found;
    enum reason reason;

    (void)state;
    for (int i = REQUEST_PENDING; i < REQUEST_STATES; i++) {
        assert_true(request_state_find(request_state_name((enum request_state)i), &found));
        assert_int_equal(found, i);
    }
    for (int i = REASON_DIRECT; i < REASONS; i++) {
        assert_true(reason_find(reason_name((enum reason)i), &reason));
        assert_int_equal(reason, i);
        assert_true(strlen(reason_text((enum reason)i, SIDE_CUSTOMER)) > 10);
        assert_true(strlen(reason_text((enum reason)i, SIDE_PARTNER)) > 10);
        assert_null(strstr(reason_text((enum reason)i, SIDE_PARTNER), "I "));
    }
    assert_string_equal(request_event_name(REQUEST_VOID), "VOID");
    assert_string_equal(reason_text(REASON_PROJECT_ENDED, SIDE_CUSTOMER), "The project has ended");
}

static void no_reason_is_no_word(void **state)
{
    enum reason reason = REASON_PRICE;
    enum request_state found = REQUEST_EXPIRED;

    (void)state;
    assert_string_equal(reason_name(REASON_NONE), "");
    assert_string_equal(reason_text(REASON_NONE, SIDE_CUSTOMER), "");
    assert_string_equal(reason_text(REASONS, SIDE_PARTNER), "");
    assert_false(reason_find("", &reason));
    assert_false(reason_find("price", &reason));
    assert_false(reason_find(NULL, &reason));
    assert_false(request_state_find("NONE", &found));
    assert_false(request_state_find("pending", &found));
    assert_int_equal(reason, REASON_PRICE);
    assert_int_equal(found, REQUEST_EXPIRED);
}

static void a_request_number_has_one_form(void **state)
{
    static const char *const good[] = {
        "DR20250630-000123", "DR20240229-1234567", "DR20000229-000001", "DR20250630-123456789012345678"
    };
    static const char *const bad[] = {
        "", "D", "DR", "DR2025", "DR20250630", "DR20250630-", "DR20250630-00012", "dr20250630-000123", "DR20251330-000123",
        "DR20250631-000123", "DR20250229-000123", "DR21000229-000123", "DR20250600-000123", "DR20250030-000123",
        "DR20250630-00012a", "DR20250630 000123", "DR20250630-000123 ", " DR20250630-000123", "DR20250630--00123",
        "DR20250630-1234567890123456789", "DR2025０630-000123", "DR20250630-000123\n"
    };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(request_no_is_valid(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (request_no_is_valid(bad[i]))
            fail_msg("“%s” was taken", bad[i]);
    assert_false(request_no_is_valid(NULL));
}

static void reminders_come_at_half_time_three_days_and_one(void **state)
{
    int64_t at[3];

    (void)state;
    assert_int_equal(request_reminders(DAY0, DAY0 + 10 * CLOCK_DAY, at), 3);
    assert_int_equal(at[0], DAY0 + 5 * CLOCK_DAY);
    assert_int_equal(at[1], DAY0 + 7 * CLOCK_DAY);
    assert_int_equal(at[2], DAY0 + 9 * CLOCK_DAY);
}

static void reminders_are_in_order_with_a_short_deadline(void **state)
{
    int64_t at[3];

    (void)state;
    assert_int_equal(request_reminders(DAY0, DAY0 + 5 * CLOCK_DAY, at), 3);
    assert_int_equal(at[0], DAY0 + 2 * CLOCK_DAY);
    assert_int_equal(at[1], DAY0 + 2 * CLOCK_DAY + 12 * CLOCK_HOUR);
    assert_int_equal(at[2], DAY0 + 4 * CLOCK_DAY);
}

static void reminders_before_the_start_are_left_out(void **state)
{
    int64_t at[3];

    (void)state;
    assert_int_equal(request_reminders(DAY0, DAY0 + 3 * CLOCK_DAY, at), 2);
    assert_int_equal(at[0], DAY0 + CLOCK_DAY + 12 * CLOCK_HOUR);
    assert_int_equal(at[1], DAY0 + 2 * CLOCK_DAY);
    assert_int_equal(request_reminders(DAY0, DAY0 + CLOCK_HOUR, at), 1);
    assert_int_equal(at[0], DAY0 + 30 * CLOCK_MINUTE);
    assert_int_equal(request_reminders(DAY0, DAY0, at), 0);
}

static void two_reminders_never_fall_on_one_instant(void **state)
{
    int64_t at[3];

    (void)state;
    assert_int_equal(request_reminders(DAY0, DAY0 + 6 * CLOCK_DAY, at), 2);
    assert_int_equal(at[0], DAY0 + 3 * CLOCK_DAY);
    assert_int_equal(at[1], DAY0 + 5 * CLOCK_DAY);
    assert_int_equal(request_reminders(DAY0, DAY0 + 2 * CLOCK_DAY, at), 1);
    assert_int_equal(at[0], DAY0 + CLOCK_DAY);
}

struct lines { int n; bool has_escalation; };

static void take_line(const char *text, void *arg)
{
    struct lines *lines = arg;

    lines->n++;
    assert_true(strlen(text) > 20);
    assert_int_not_equal(text[strlen(text) - 1], ' ');
    if (strstr(text, "REQUEST_ESCALATED") != NULL && strstr(text, "not-escalated") != NULL && strstr(text, "customer") != NULL)
        lines->has_escalation = true;
}

static void the_moves_print_one_line_each_under_a_heading(void **state)
{
    struct lines lines = { 0 };

    (void)state;
    request_print_moves(take_line, &lines);
    assert_int_equal(lines.n, request_moves_n + 1);
    assert_true(lines.has_escalation);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_legal_moves_are_allowed),
        cmocka_unit_test(each_row_of_the_table_is_reached),
        cmocka_unit_test(nothing_moves_a_final_request),
        cmocka_unit_test(partner_cannot_approve_own_request),
        cmocka_unit_test(a_request_escalates_only_once),
        cmocka_unit_test(silence_is_never_consent),
        cmocka_unit_test(the_mover_is_told_by_side_and_account),
        cmocka_unit_test(another_account_is_a_stranger_on_either_side),
        cmocka_unit_test(final_states_are_as_the_rules_say),
        cmocka_unit_test(a_move_frees_quota_exactly_when_its_end_does_not_count),
        cmocka_unit_test(state_and_reason_words_are_found_again),
        cmocka_unit_test(no_reason_is_no_word),
        cmocka_unit_test(a_request_number_has_one_form),
        cmocka_unit_test(reminders_come_at_half_time_three_days_and_one),
        cmocka_unit_test(reminders_are_in_order_with_a_short_deadline),
        cmocka_unit_test(reminders_before_the_start_are_left_out),
        cmocka_unit_test(two_reminders_never_fall_on_one_instant),
        cmocka_unit_test(the_moves_print_one_line_each_under_a_heading)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
