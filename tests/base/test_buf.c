#include "base/buf.h"
#include "base/memory.h"
#include "support/rows.h"

static void new_buffer_is_an_empty_text(void **state)
{
    struct buf *buf = buf_new(NULL, 0);

    (void)state;
    assert_int_equal(buf->n, 0);
    assert_string_equal(buf->bytes, "");
    talloc_free(buf);
}

static void adding_grows_and_stays_ended(void **state)
{
    struct buf *buf = buf_new(NULL, 0);

    (void)state;
    for (int i = 0; i < 10000; i++) {
        buf_char(buf, (char)('a' + i % 26));
        assert_int_equal(buf->bytes[buf->n], '\0');
        assert_true(buf->n <= buf->room);
    }
    assert_int_equal(buf->n, 10000);
    for (int i = 0; i < 10000; i++)
        assert_int_equal(buf->bytes[i], 'a' + i % 26);
    talloc_free(buf);
}

static void bytes_may_hold_nul(void **state)
{
    struct buf *buf = buf_new(NULL, 1);

    (void)state;
    buf_add(buf, "a\0b", 3);
    buf_add(buf, NULL, 0);
    buf_text(buf, "cd");
    assert_int_equal(buf->n, 5);
    assert_memory_equal(buf->bytes, "a\0bcd\0", 6);
    talloc_free(buf);
}

static void format_grows_when_it_must(void **state)
{
    struct buf *buf = buf_new(NULL, 3);

    (void)state;
    buf_format(buf, "%d", 123);
    assert_string_equal(buf->bytes, "123");
    buf_format(buf, "%0200d", 7);
    assert_int_equal(buf->n, 203);
    assert_int_equal(buf->bytes[202], '7');
    assert_int_equal(buf->bytes[203], '\0');
    talloc_free(buf);
}

static void clear_keeps_the_room(void **state)
{
    struct buf *buf = buf_new(NULL, 0);
    size_t room;

    (void)state;
    buf_text(buf, "something longer than nothing");
    room = buf->room;
    buf_clear(buf);
    assert_int_equal(buf->n, 0);
    assert_string_equal(buf->bytes, "");
    assert_int_equal(buf->room, room);
    talloc_free(buf);
}

int main(void)
{
    struct rows rows = { .n = 0 };

    ROWS_TEST(&rows, new_buffer_is_an_empty_text);
    ROWS_TEST(&rows, adding_grows_and_stays_ended);
    ROWS_TEST(&rows, bytes_may_hold_nul);
    ROWS_TEST(&rows, format_grows_when_it_must);
    ROWS_TEST(&rows, clear_keeps_the_room);
    return ROWS_RUN(&rows);
}
