#include <errno.h>
#include <stdbool.h>

#include "base/err.h"
#include "base/text.h"
#include "support/rows.h"

static void error_holds_what_it_was_given(void **state)
{
    const struct err *err = err_new(ERR_BUSY, ENOMEM, "no %s left", "room");

    (void)state;
    assert_int_equal(err->kind, ERR_BUSY);
    assert_int_equal(err->code, ENOMEM);
    assert_string_equal(err->what, "no room left");
    assert_string_equal(err->where, "error_holds_what_it_was_given");
}

static void wrapping_keeps_kind_and_code(void **state)
{
    const struct err *inner = err_new(ERR_CONFLICT, 1062, "duplicate");
    const struct err *err = err_wrap(inner, "saving %d", 5);

    (void)state;
    assert_int_equal(err->kind, ERR_CONFLICT);
    assert_int_equal(err->code, 1062);
    assert_string_equal(err->what, "saving 5: duplicate");
}

static void error_outlives_thirty_one_others(void **state)
{
    const struct err *err = err_new(ERR_INPUT, 1, "the first");

    (void)state;
    for (int i = 0; i < 31; i++)
        (void)err_new(ERR_BUG, 0, "other %d", i);
    assert_string_equal(err->what, "the first");
    assert_int_equal(err->kind, ERR_INPUT);
}

static void wrapping_works_around_the_ring(void **state)
{
    const struct err *err = err_new(ERR_DENIED, 0, "core");

    (void)state;
    for (int i = 0; i < 40; i++)
        err = err_wrap(err, "%d", i % 10);
    assert_int_equal(err->kind, ERR_DENIED);
    assert_int_equal(strncmp(err->what, "9: 8: 7: ", 9), 0);
    assert_non_null(strstr(err->what, "0: core"));
}

static void text_is_one_line(void **state)
{
    (void)state;
    assert_string_equal(err_new(ERR_INPUT, 0, "a\nb\rc\x1b" "d")->what, "a b c d");
}

static void long_text_is_cut_on_a_character(void **state)
{
    char text[700];

    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        const struct err *err;

        memset(text, 'x', shift);
        for (size_t i = shift; i + 4 < sizeof text; i += 4)
            memcpy(text + i, "\xF0\x9F\x90\x9F", 5);
        err = err_new(ERR_INPUT, 0, "%s", text);
        assert_true(text_is_utf8(err->what, strlen(err->what)));
        assert_true(strlen(err->what) >= sizeof err->what - 4);
    }
}

static void whole_last_character_stays(void **state)
{
    (void)state;
    assert_string_equal(err_new(ERR_INPUT, 0, "%s", "né")->what, "né");
    assert_string_equal(err_new(ERR_INPUT, 0, "%s", "中文")->what, "中文");
    assert_string_equal(err_new(ERR_INPUT, 0, "%s", "\xF0\x9F\x90\x9F")->what, "\xF0\x9F\x90\x9F");
}

static const struct err *three_steps(int failing, int *done)
{
    for (*done = 0; *done < 3; (*done)++)
        TRY(*done == failing ? err_new(ERR_MISSING, 0, "step %d", failing) : NULL);
    return NULL;
}

static void try_returns_at_the_first_error(void **state)
{
    int done;

    (void)state;
    assert_null(three_steps(-1, &done));
    assert_int_equal(done, 3);
    assert_string_equal(three_steps(1, &done)->what, "step 1");
    assert_int_equal(done, 1);
}

static void kinds_have_names(void **state)
{
    (void)state;
    for (int kind = ERR_INPUT; kind <= ERR_BUG; kind++)
        assert_true(strlen(err_kind_name((enum err_kind)kind)) > 2);
    assert_string_equal(err_kind_name(ERR_UNCERTAIN), "UNCERTAIN");
    assert_string_equal(err_kind_name(ERR_SIGNED_OUT), "SIGNED_OUT");
}

int main(void)
{
    struct rows rows = { .n = 0 };

    ROWS_TEST(&rows, error_holds_what_it_was_given);
    ROWS_TEST(&rows, wrapping_keeps_kind_and_code);
    ROWS_TEST(&rows, error_outlives_thirty_one_others);
    ROWS_TEST(&rows, wrapping_works_around_the_ring);
    ROWS_TEST(&rows, text_is_one_line);
    ROWS_TEST(&rows, long_text_is_cut_on_a_character);
    ROWS_TEST(&rows, whole_last_character_stays);
    ROWS_TEST(&rows, try_returns_at_the_first_error);
    ROWS_TEST(&rows, kinds_have_names);
    return ROWS_RUN(&rows);
}
