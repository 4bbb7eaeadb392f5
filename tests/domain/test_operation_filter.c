#include "support/rows.h"

#include "base/clock.h"

#include "domain/operation_filter.h"

static const struct operation_row row = {
    .operation = OP_FROZEN, .customer_id = 1, .partner_id = 2, .account_id = 2, .user_id = 9, .request_id = 7, .initiated_by = SIDE_PARTNER,
    .result = "DONE"
};

#define ANY .side = SIDES, .result = "", .from_at = INSTANT_NONE, .until_at = INSTANT_NONE

struct wanted { const char *claim; struct operation_filter filter; enum operation_lead lead; bool is_fast, matches; };
static const struct wanted filters[] = {
    { "no_criterion_reads_by_time", { ANY }, LEAD_TIME, true, true },
    { "a_request_leads", { ANY, .request_id = 7 }, LEAD_REQUEST, true, true },
    { "another_request_does_not_match", { ANY, .request_id = 8 }, LEAD_REQUEST, true, false },
    { "a_person_leads", { ANY, .user_id = 9 }, LEAD_USER, true, true },
    { "another_person_does_not_match", { ANY, .user_id = 8 }, LEAD_USER, true, false },
    { "an_account_matches_as_customer", { ANY, .account_id = 1 }, LEAD_ACCOUNT, true, true },
    { "an_account_matches_as_partner_and_as_whoever_acted", { ANY, .account_id = 2 }, LEAD_ACCOUNT, true, true },
    { "another_account_does_not_match", { ANY, .account_id = 3 }, LEAD_ACCOUNT, true, false },
    { "an_operation_leads", { ANY, .by_operation = true, .operation = OP_FROZEN }, LEAD_OPERATION, true, true },
    { "another_operation_does_not_match", { ANY, .by_operation = true, .operation = OP_UNFROZEN }, LEAD_OPERATION, true, false },
    { "a_result_leads", { .side = SIDES, .result = "DONE", .from_at = INSTANT_NONE, .until_at = INSTANT_NONE }, LEAD_RESULT, true, true },
    { "another_result_does_not_match", { .side = SIDES, .result = "FAILED", .from_at = INSTANT_NONE, .until_at = INSTANT_NONE }, LEAD_RESULT,
      true, false },
    { "a_side_leads", { .side = SIDE_PARTNER, .result = "", .from_at = INSTANT_NONE, .until_at = INSTANT_NONE }, LEAD_SIDE, true, true },
    { "another_side_does_not_match", { .side = SIDE_SYSTEM, .result = "", .from_at = INSTANT_NONE, .until_at = INSTANT_NONE }, LEAD_SIDE, true,
      false },
    { "dates_alone_are_fast", { .side = SIDES, .result = "", .from_at = 1, .until_at = 2 }, LEAD_TIME, true, true },
    { "dates_make_nothing_slow", { .side = SIDES, .result = "", .from_at = 1, .until_at = 2, .account_id = 1 }, LEAD_ACCOUNT, true, true },
    { "two_criteria_may_be_slow_and_both_count", { ANY, .account_id = 1, .by_operation = true, .operation = OP_FROZEN }, LEAD_ACCOUNT, false,
      true },
    { "one_of_two_that_does_not_match_is_enough", { ANY, .account_id = 1, .by_operation = true, .operation = OP_UNFROZEN }, LEAD_ACCOUNT,
      false, false },
    { "the_most_telling_of_several_leads", { ANY, .account_id = 1, .user_id = 9, .request_id = 7 }, LEAD_REQUEST, false, true },
    { "what_is_not_there_matches_nothing_at_once", { ANY, .is_of_nothing = true }, LEAD_TIME, true, false },
};

static void filter_is_as_it_should(void **state)
{
    const struct wanted *wanted = *state;

    assert_int_equal(operation_filter_lead(&wanted->filter), wanted->lead);
    assert_int_equal(operation_filter_is_fast(&wanted->filter), wanted->is_fast);
    assert_int_equal(operation_filter_matches(&wanted->filter, &row), wanted->matches);
}

int main(void)
{
    static struct rows rows;

    ROWS_TABLE(&rows, filter_is_as_it_should, filters);
    return ROWS_RUN(&rows);
}
