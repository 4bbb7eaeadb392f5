/* The overview: what it counts, and how it draws it. */
#include "cgi-bin/browser_world.h"
#include "cgi-bin/page_golden.h"

static int begin(void **state)
{
    (void)state;
    open_browser();
    browser_become(b, w.ops->user_id);
    return 0;
}

static void with_nothing_to_tell_it_says_so(void **state)
{
    (void)state;
    browser_get(b, "/overview");
    assert_int_equal(b->status, 200);
    browser_sees(b, "No request was sent in this time.");
    browser_sees(b, "No check failed in this time.");
    browser_sees(b, "No message of the last 14 days failed.");
    browser_sees(b, "No request waits for the platform.");
    assert_null(strstr(b->body, "<rect"));
}

/* One of each: a request that was rejected two days ago after five hours, one that waits for the platform, a draft whose currency
 * failed, a message that was given up. */
static void arrange(void)
{
    const char *const requests =
        "INSERT INTO disassociation_request (no, association_id, customer_id, partner_id, initiator, state, version, reason, "
        "statement_version, statement_lang, checks, submitted_at, submitted_by, deadline_at, escalated_at, decided_at, decided_by_side) "
        "VALUES ('DR20260612-000001', %lld, %lld, %lld, 'CUSTOMER', 'REJECTED', 2, 'PRICE', '1', 'en', '', '2026-06-13 07:00:00', 1, "
        "'2026-06-23', NULL, '2026-06-13 12:00:00', 'PARTNER'), ('DR20260601-000002', %lld, %lld, %lld, 'CUSTOMER', 'PENDING', 2, 'PRICE', "
        "'1', 'en', '', '2026-06-01', 1, '2026-06-23', '2026-06-11', NULL, NULL)";
    test_db_sql(w.db, requests, L(w.association), L(w.customer), L(w.partner), L(w.association), L(w.customer), L(w.partner));
    test_db_sql(w.db, "INSERT INTO wizard (account_id, purpose, target_id, opened_at, opened_by, updated_at, expires_at, checked_at, "
                "checked_report) VALUES (%lld, 'SUBMIT', 1, '2026-06-14', 1, '2026-06-14', '2026-06-16', '2026-06-14', 'C1=P C5=F Q=P')",
                L(w.customer));
    test_db_sql(w.db, "INSERT INTO delivery (event_id, account_id, channel, address, lang, kind, link, state, next_at, created_at, "
                "give_up_at, done_at) VALUES ('a', 1, 'EMAIL', 'a@example.com', 'en', 'CODE', '', 'DEAD', '2026-06-10', '2026-06-10', "
                "'2026-06-11', '2026-06-11')");
    world_slots(&w, SIDE_CUSTOMER, 2, w.now + CLOCK_DAY);
}

/* A row of a table: its heading and cells. */
static void has_row(const char *heading, ...) __attribute__((sentinel));
static void has_row(const char *heading, ...)
{
    struct buf *row = buf_new(w.mem, 128);
    va_list cells;
    buf_format(row, "<th scope=\"row\">%s</th>", heading);
    va_start(cells, heading);
    for (const char *cell; (cell = va_arg(cells, const char *)) != NULL;)
        buf_format(row, "<td>%s</td>", cell);
    va_end(cells);
    buf_text(row, "</tr>");
    if (strstr(b->body, row->bytes) == NULL)
        fail_msg("no row %s", row->bytes);
}

static void pictures_and_tables_hold_the_same_numbers(void **state)
{
    (void)state;
    arrange();
    browser_get(b, "/overview");
    page_golden(b, "overview");
    has_row("13 Jun 2026", "0", "0", "1", "0", NULL);
    has_row("1 Jun 2026", "1", "0", "0", "0", NULL);
    has_row("8 Jun 2026", "5 hours", "5 hours", NULL);
    has_row("Settlement currency", "1", NULL);
    has_row("2", "1", NULL);
    has_row("3 to 6 days", "1", NULL);
    has_row("10 Jun 2026", "0", "1", "0", NULL);
    assert_null(strstr(b->body, "style="));
}

static void every_picture_has_a_title_a_description_and_a_table(void **state)
{
    (void)state;
    arrange();
    browser_get(b, "/overview");
    size_t pictures = 0, titles = 0, descriptions = 0, tables = 0;
    for (const char *at = b->body; (at = strstr(at, "<svg class=\"chart\"")) != NULL; at++)
        pictures++;
    for (const char *at = b->body; (at = strstr(at, "<title id=")) != NULL; at++)
        titles++;
    for (const char *at = b->body; (at = strstr(at, "<desc id=")) != NULL; at++)
        descriptions++;
    for (const char *at = b->body; (at = strstr(at, "<table class=\"nums\"")) != NULL; at++)
        tables++;
    assert_int_equal(pictures, 6);
    assert_int_equal(titles, 6);
    assert_int_equal(descriptions, 6);
    assert_int_equal(tables, 6);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(with_nothing_to_tell_it_says_so),
        MADE_UP(pictures_and_tables_hold_the_same_numbers),
        MADE_UP(every_picture_has_a_title_a_description_and_a_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
