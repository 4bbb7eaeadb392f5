#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/memory.h"
#include "domain/receipt.h"
#include "receipt.h"
#include "support/test_db.h"

#define NOW (INT64_C(1781524800) * CLOCK_SECOND)

static void *mem;
static struct receipt_site site = { .key = { "a receipt key of thirty-two byte" } };

static int begin(void **state)
{
    (void)state;
    if (site.db == NULL)
        site.db = test_db_open(NULL);
    mem = mem_context(NULL, "test");
    test_db_clear(site.db);
    test_db_sql(site.db, "INSERT INTO delivery (id, event_id, channel, address, lang, kind, link, state, next_at, created_at, give_up_at, done_at)\n"
                         "VALUES (7, 'e7', 'SMS', '+6591000001', 'en', 'FROZEN', '', 'SENT', '2026-01-01', '2026-01-01', '2026-01-02', '2026-01-01'),\n"
                         "       (8, 'e8', 'EMAIL', 'a@x.test', 'en', 'FROZEN', '', 'SENT', '2026-01-01', '2026-01-01', '2026-01-02', '2026-01-01')");
    return 0;
}

static int end(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static int asked(const char *query)
{
    const struct http_request request = { .method = HTTP_GET, .method_name = "GET", .path = "/sms-receipt", .query = query };
    struct http_response *response = http_response_new(mem);

    receipt_answer(&site, &request, NOW, response);
    return response->status;
}

static int reported(int64_t id, const char *status) { return asked(mem_text(mem, "%s%s", receipt_query(mem, &site.key, id), status)); }

static bool is(int64_t id, const char *receipt)
{
    return test_db_number(site.db, "SELECT COUNT(*) FROM delivery WHERE id = %lld AND receipt = '%s' AND (receipt_at IS NULL) = (receipt = '')",
                          (long long)id, receipt) == 1;
}

static void a_report_is_noted_and_the_last_word_stays(void **state)
{
    (void)state;
    assert_true(is(7, ""));
    assert_int_equal(reported(7, "8"), 200);
    assert_true(is(7, "BUFFERED"));
    assert_int_equal(reported(7, "1"), 200);
    assert_true(is(7, "DELIVERED"));
    assert_int_equal(reported(7, "4"), 200);
    assert_int_equal(reported(7, "2"), 200);
    assert_true(is(7, "DELIVERED"));
}

static void words_are_taken_too_and_failed_is_failed(void **state)
{
    (void)state;
    assert_int_equal(reported(7, "FAILED"), 200);
    assert_true(is(7, "FAILED"));
}

static void what_is_not_signed_changes_nothing(void **state)
{
    const char *good = receipt_query(mem, &site.key, 7), *sig = strstr(good, "&sig=") + 5;

    (void)state;
    assert_int_equal(asked(mem_text(mem, "id=8&sig=%.22s&status=1", sig)), 404);
    assert_int_equal(asked("id=7&sig=AAAAAAAAAAAAAAAAAAAAAA&status=1"), 404);
    assert_int_equal(asked("id=7&status=1"), 404);
    assert_int_equal(asked(""), 404);
    assert_true(is(7, ""));
    assert_true(is(8, ""));
}

static void an_unknown_status_or_a_mail_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(reported(7, "32"), 400);
    assert_int_equal(reported(7, ""), 400);
    assert_int_equal(asked(mem_text(mem, "%s1&status=2", receipt_query(mem, &site.key, 7))), 400);
    assert_true(is(7, ""));
    assert_int_equal(reported(8, "1"), 200);
    assert_true(is(8, ""));
    assert_int_equal(reported(9, "1"), 200);   /* of no delivery: its sender need not try again */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_report_is_noted_and_the_last_word_stays), TEST(words_are_taken_too_and_failed_is_failed),
        TEST(what_is_not_signed_changes_nothing), TEST(an_unknown_status_or_a_mail_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
