#include "support/rows.h"

#include "base/memory.h"
#include "list_key.h"

static const struct refused { const char *claim, *text; } refused[] = {
    { "empty_is_no_key", "" },
    { "one_number_is_no_key", "5" },
    { "point_alone_is_no_key", "." },
    { "number_without_the_other_is_no_key", "5." },
    { "text_after_the_key_is_refused", "5.6x" },
    { "sign_is_refused", "-5.6" },
    { "plus_is_refused", "5.+6" },
    { "space_is_refused", "5. 6" },
    { "instant_after_9999_is_refused", "253402300800000000.1" },
    { "instant_that_is_too_large_is_refused", "99999999999999999999.1" },
    { "id_that_is_too_large_is_refused", "1.99999999999999999999" },
};

static void refuses(void **state)
{
    const struct refused *row = *state;
    int64_t at = 7, id = 8;

    assert_false(list_key_read(row->text, &at, &id));
    assert_int_equal(at, 7);
    assert_int_equal(id, 8);
}

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    void *mem = mem_context(NULL, "test");
    int64_t at, id;

    assert_true(list_key_read(list_key_text(mem, INT64_C(253402300799999999), INT64_MAX), &at, &id));
    assert_true(at == INT64_C(253402300799999999) && id == INT64_MAX);
    assert_true(list_key_read("0.0", &at, &id));
    assert_true(at == 0 && id == 0);
    talloc_free(mem);
}

int main(void)
{
    static struct rows rows;

    ROWS_TABLE(&rows, refuses, refused);
    ROWS_TEST(&rows, what_is_written_is_read_back);
    return ROWS_RUN(&rows);
}
