#include "support/rows.h"

#include "base/memory.h"
#include "view/view_rule.h"

static const struct row_text { const char *claim; struct rule_row row; const char *text; } rows_told[] = {
    {"a_rule_that_stops_names_when", {.code = RULE_C1, .severity = SEVERITY_BLOCK, .operations = OPERATION_CUSTOMER_SUBMIT},
     "Stops: Customer asks"},
    {"several_are_listed", {.code = RULE_C1, .severity = SEVERITY_WARN, .operations = OPERATION_CUSTOMER_AGREE | OPERATION_PARTNER_AGREE},
     "Good to know: Customer agrees and Partner agrees"},
    {"the_quota_tells_its_numbers",
     {.code = RULE_Q, .severity = SEVERITY_BLOCK, .operations = OPERATION_PARTNER_SUBMIT, .limit = 2, .months = 6},
     "Stops: Partner asks; 2 requests in 6 months"},
    {"what_is_off_is_off", {.code = RULE_C1, .severity = SEVERITY_OFF, .operations = 15}, "Off"},
    {"what_binds_nothing_says_so", {.code = RULE_C1, .severity = SEVERITY_BLOCK}, "Binds nothing"},
};

static void row_says(void **state)
{
    const struct row_text *row = *state;
    void *mem = mem_context(NULL, "test");
    assert_string_equal(view_rule_row(mem, &row->row), row->text);
    talloc_free(mem);
}

static void packed_rows_are_told_and_names_of_sets_stay(void **state)
{
    void *mem = mem_context(NULL, "test");
    (void)state;
    assert_string_equal(view_rule_packed(mem, "C1", "WARN 1000 0/0"), "Good to know: Customer asks");
    assert_string_equal(view_rule_packed(mem, "", "seed-2025-06-30"), "seed-2025-06-30");
    assert_string_equal(view_rule_packed(mem, "C1", "nonsense"), "nonsense");
    talloc_free(mem);
}

int main(void)
{
    static struct rows rows;
    ROWS_TABLE(&rows, row_says, rows_told);
    ROWS_TEST(&rows, packed_rows_are_told_and_names_of_sets_stay);
    return ROWS_RUN(&rows);
}
