#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "domain/notice.h"

static void assert_same(const struct notice_values *a, const struct notice_values *b)
{
    assert_int_equal(a->to_partner, b->to_partner);
    assert_int_equal(a->by_partner, b->by_partner);
    assert_string_equal(a->customer, b->customer);
    assert_string_equal(a->partner, b->partner);
    assert_string_equal(a->request_no, b->request_no);
    assert_string_equal(a->reason, b->reason);
    assert_string_equal(a->until, b->until);
    assert_string_equal(a->code, b->code);
    assert_string_equal(a->action, b->action);
    assert_string_equal(a->link, b->link);
    assert_string_equal(a->host, b->host);
    assert_string_equal(a->freeze_type, b->freeze_type);
    assert_string_equal(a->object, b->object);
}

static void values_come_back_as_they_were_packed(void **state)
{
    void *ctx = mem_context(NULL, "test");
    struct notice_values read, values = {
        .to_partner = true, .customer = "伙伴 \"A\" & <B>", .partner = "Acme Ltd.", .request_no = "DR20250630-000123",
        .reason = "two\nlines\\", .until = "u", .code = "c", .action = "a", .link = "/l?x=1", .host = "h", .freeze_type = "f",
        .object = "SC-1"
    };

    (void)state;
    assert_true(notice_unpack(ctx, notice_pack(ctx, &values), &read));
    assert_same(&read, &values);
    values.to_partner = false;
    values.by_partner = true;
    assert_true(notice_unpack(ctx, notice_pack(ctx, &values), &read));
    assert_same(&read, &values);
    talloc_free(ctx);
}

static const struct notice_values empty = {
    .customer = "", .partner = "", .request_no = "", .reason = "", .until = "", .code = "", .action = "", .link = "",
    .host = "", .freeze_type = "", .object = ""
};

static void missing_values_come_back_as_empty_texts(void **state)
{
    void *ctx = mem_context(NULL, "test");
    struct notice_values read, values = { .to_partner = false };

    (void)state;
    assert_true(notice_unpack(ctx, notice_pack(ctx, &values), &read));
    assert_same(&read, &empty);
    assert_true(notice_unpack(ctx, "{\"customer\":null,\"to_partner\":null}", &read));
    assert_same(&read, &empty);
    talloc_free(ctx);
}

static void unknown_names_are_ignored(void **state)
{
    void *ctx = mem_context(NULL, "test");
    struct notice_values read;

    (void)state;
    assert_true(notice_unpack(ctx, "{\"later\":{\"x\":[1]},\"customer\":\"C\"}", &read));
    assert_string_equal(read.customer, "C");
    talloc_free(ctx);
}

static void what_is_no_object_of_texts_is_refused_and_changes_nothing(void **state)
{
    static const char *const bad[] = {
        "", "{", "[]", "null", "\"x\"", "{\"customer\":1}", "{\"to_partner\":\"yes\"}", "{\"by_partner\":1}",
        "{\"customer\":\"a\",\"customer\":\"b\"}", "{} {}", "{\"customer\":\"\xff\"}", "{\"customer\":\"a\\u0000b\"}"
    };
    void *ctx = mem_context(NULL, "test");
    struct notice_values read = { .customer = "untouched" };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (notice_unpack(ctx, bad[i], &read))
            fail_msg("%s was taken", bad[i]);
    assert_false(notice_unpack(ctx, NULL, &read));
    assert_string_equal(read.customer, "untouched");
    talloc_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_come_back_as_they_were_packed),
        cmocka_unit_test(missing_values_come_back_as_empty_texts),
        cmocka_unit_test(unknown_names_are_ignored),
        cmocka_unit_test(what_is_no_object_of_texts_is_refused_and_changes_nothing)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
