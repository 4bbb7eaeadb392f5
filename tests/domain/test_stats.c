#include "support/rows.h"

#include "domain/stats.h"

static const struct percentile { const char *claim; int64_t values[12]; size_t n; int percent; int64_t is; } percentiles[] = {
    {"of_nothing_it_is_nothing", {0}, 0, 50, 0},
    {"of_one_it_is_that_one", {7}, 1, 90, 7},
    {"half_of_two_is_the_lower", {9, 3}, 2, 50, 3},
    {"half_of_three_is_the_middle", {9, 3, 5}, 3, 50, 5},
    {"nine_of_ten_is_the_ninth", {10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, 10, 90, 9},
    {"nine_of_eleven_is_the_tenth", {11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, 11, 90, 10},
    {"all_is_the_greatest", {4, 4, 2}, 3, 100, 4},
    {"one_in_a_hundred_is_the_least", {4, 8, 2}, 3, 1, 2},
};

static void percentile_is_one_of_the_values(void **state)
{
    const struct percentile *row = *state;
    int64_t values[12];
    memcpy(values, row->values, sizeof values);
    assert_int_equal(stats_percentile(values, row->n, row->percent), row->is);
}

static const struct round { const char *claim; int64_t value, is; } rounds[] = {
    {"nothing_has_an_axis_of_one", 0, 1}, {"one_stays", 1, 1}, {"three_is_four", 3, 4}, {"seven_is_eight", 7, 8}, {"ten_stays", 10, 10},
    {"eleven_is_twenty", 11, 20}, {"twenty_one_is_fifty", 21, 50}, {"fifty_one_is_a_hundred", 51, 100}, {"a_hundred_and_one_is_two_hundred", 101, 200},
    {"a_million_stays", 1000000, 1000000},
};

static void top_of_an_axis_is_round(void **state)
{
    const struct round *row = *state;
    assert_int_equal(stats_round_up(row->value), row->is);
}

static void no_top_is_below_its_value(void **state)
{
    (void)state;
    for (int64_t value = 0; value < 3000; value++)
        assert_true(stats_round_up(value) >= value && stats_round_up(value) <= 5 * value / 2 + 1);
}

int main(void)
{
    static struct rows rows;
    ROWS_TABLE(&rows, percentile_is_one_of_the_values, percentiles);
    ROWS_TABLE(&rows, top_of_an_axis_is_round, rounds);
    ROWS_TEST(&rows, no_top_is_below_its_value);
    return ROWS_RUN(&rows);
}
