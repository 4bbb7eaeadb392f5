#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "view/qr.h"

#define URL "https://partner.example.com/invitation/abcdefghijklmnopqrstuvwxyz0123456789-_ABCDE"

static void a_link_becomes_a_whole_drawing(void **state)
{
    (void)state;
    struct buf *out = buf_new(NULL, 64);
    assert_true(qr_svg(URL, out));
    assert_memory_equal(out->bytes, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ", 52);
    assert_string_equal(out->bytes + out->n - 7, "</svg>\n");
    assert_null(strstr(out->bytes, "style"));   /* the content security policy allows none */
    talloc_free(out);
}

/* The finder pattern's top row: seven dark modules behind the quiet zone, at both upper corners. ISO/IEC 18004. */
static void finder_patterns_stand_behind_the_quiet_zone(void **state)
{
    (void)state;
    struct buf *out = buf_new(NULL, 64);
    int side = 0;
    assert_true(qr_svg("HELLO", out));
    assert_int_equal(sscanf(strstr(out->bytes, "viewBox=\"0 0 ") + 13, "%d", &side), 1);
    assert_int_equal(side, 21 + 8);
    assert_non_null(strstr(out->bytes, "\"M4 4h7v1h-7z"));
    assert_non_null(strstr(out->bytes, "M18 4h7v1h-7z"));
    assert_non_null(strstr(out->bytes, "M4 24h7v1h-7z"));
    talloc_free(out);
}

static void another_text_is_another_drawing(void **state)
{
    (void)state;
    struct buf *one = buf_new(NULL, 64), *two = buf_new(NULL, 64);
    assert_true(qr_svg(URL "1", one) && qr_svg(URL "2", two));
    assert_string_not_equal(one->bytes, two->bytes);
    talloc_free(one);
    talloc_free(two);
}

static void nothing_and_too_much_are_refused(void **state)
{
    (void)state;
    struct buf *out = buf_new(NULL, 64);
    char *long_text = mem_zero_array(out, 1, 4000, "text");
    memset(long_text, 'a', 3999);
    assert_false(qr_svg("", out));
    assert_false(qr_svg(long_text, out));
    assert_int_equal(out->n, 0);
    talloc_free(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_link_becomes_a_whole_drawing),
        cmocka_unit_test(finder_patterns_stand_behind_the_quiet_zone),
        cmocka_unit_test(another_text_is_another_drawing),
        cmocka_unit_test(nothing_and_too_much_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
