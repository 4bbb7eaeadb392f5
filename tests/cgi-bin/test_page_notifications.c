#include "cgi-bin/owner_browser.h"
#include "cgi-bin/page_golden.h"
#include "store/store_notice.h"

static int64_t tell(int64_t account_id, enum notice_kind kind, const struct notice_values *values, const char *link, int64_t at)
{
    static int n;
    int64_t id;

    assert_null(notice_insert(w.db, account_id, kind, notice_pack(w.mem, values), link, 0, mem_text(w.mem, "key-%d", ++n), at, &id));
    assert_null(notice_count(w.db, account_id));
    return id;
}

static int64_t tell_rejected(const char *no, int64_t at)
{
    const struct notice_values values = {
        .by_partner = true, .customer = "Acme", .partner = "Northwind", .request_no = no, .reason = "Not <now>"
    };

    return tell(w.customer, NOTICE_REQUEST_REJECTED, &values, "/my-partner", at);
}

static int64_t read_marks(void)
{
    return test_db_number(w.db, "SELECT COUNT(*) FROM notification_read");
}

static const char *read_path(int64_t id)
{
    return mem_text(w.mem, "/notifications/%lld/read", (long long)id);
}

static void an_empty_inbox_says_what_comes_here(void **state)
{
    (void)state;
    browser_get(b, "/notifications");
    assert_int_equal(b->status, 200);
    browser_sees(b, "Nothing here yet");
    browser_sees(b, "We tell you here when your partner sends or answers a request");
    browser_does_not_see(b, "Mark all as read");
}

static void a_notice_is_told_in_words_and_is_unread(void **state)
{
    (void)state;
    (void)tell_rejected("DR20260615-000007", w.now - CLOCK_HOUR);
    browser_get(b, "/notifications");
    assert_int_equal(b->status, 200);
    browser_sees(b, "Your partner rejected your request (unread)");
    browser_sees(b, "DR20260615-000007");
    browser_sees(b, "Not <now>");
    browser_sees(b, "1 unread");
    browser_sees(b, "15 Jun 2026, 11:00");
    assert_non_null(strstr(b->body, "<li class=\"unread\">"));
    assert_non_null(strstr(b->body, "<a href=\"/my-partner\">Your partner rejected"));
}

/* The direction of a sentence is the one of its language, whoever it begins with. */
static void a_name_from_right_to_left_turns_nothing_else_around(void **state)
{
    (void)state;
    const struct notice_values values = {.by_partner = true, .partner = "שרה", .customer = "Acme", .request_no = "DR20260615-000007",
                                         .reason = "לא"};
    (void)tell(w.customer, NOTICE_REQUEST_REJECTED, &values, "/my-partner", w.now - CLOCK_HOUR);
    browser_get(b, "/notifications");
    assert_int_equal(b->status, 200);
    assert_non_null(strstr(b->body, "\u2068לא\u2069"));
    assert_null(strstr(b->body, "<p dir=\"auto\""));
}

static void the_page_is_as_its_golden_file(void **state)
{
    int64_t id = tell_rejected("DR20260615-000007", w.now - 3 * CLOCK_HOUR);
    const struct notice_values received = { .by_partner = true, .customer = "Acme", .partner = "Northwind", .request_no = "DR20260615-000008" };
    bool found;

    (void)state;
    assert_null(notice_mark_read(w.db, w.customer, w.owner->user_id, id, w.now, &found));
    /* Numbers that are the same in every run. */
    test_db_sql(w.db, "SET SESSION foreign_key_checks = 0");
    test_db_sql(w.db, "UPDATE notification SET id = 123455 WHERE id = %lld", (long long)id);
    test_db_sql(w.db, "UPDATE notification_read SET notification_id = 123455");
    id = tell(w.customer, NOTICE_REQUEST_RECEIVED, &received, "", w.now - CLOCK_HOUR);
    test_db_sql(w.db, "UPDATE notification SET id = 123456 WHERE id = %lld", (long long)id);
    test_db_sql(w.db, "SET SESSION foreign_key_checks = 1");
    browser_get(b, "/notifications");
    page_golden(b, "notifications");
}

static void looking_marks_nothing(void **state)
{
    (void)state;
    (void)tell_rejected("DR20260615-000007", w.now);
    browser_get(b, "/notifications");
    browser_get(b, "/notifications");
    browser_sees(b, "(unread)");
    assert_int_equal(read_marks(), 0);
}

static void one_is_marked_as_read_by_a_post(void **state)
{
    int64_t id = tell_rejected("DR20260615-000007", w.now - CLOCK_HOUR);

    (void)state;
    (void)tell_rejected("DR20260615-000008", w.now);
    browser_get(b, "/notifications");
    browser_post(b, read_path(id), NULL);
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, "/notifications");
    browser_follow(b);
    browser_sees(b, "1 unread");
    assert_int_equal(read_marks(), 1);
}

static void the_same_form_twice_is_answered_alike(void **state)
{
    int64_t id = tell_rejected("DR20260615-000007", w.now);
    const char *body;

    (void)state;
    browser_get(b, "/notifications");
    body = browser_body(b, read_path(id), NULL);
    browser_post_body(b, read_path(id), body);
    assert_int_equal(b->status, 303);
    browser_post_body(b, read_path(id), body);
    assert_int_equal(b->status, 303);
    assert_int_equal(read_marks(), 1);
}

static void all_are_marked_as_read_and_it_is_said(void **state)
{
    (void)state;
    for (int i = 0; i < 25; i++)
        (void)tell_rejected("DR20260615-000007", w.now - i * CLOCK_MINUTE);
    browser_get(b, "/notifications");
    browser_post(b, "/notifications/read", NULL);
    assert_int_equal(b->status, 303);
    browser_follow(b);
    browser_sees(b, "All notifications are marked as read");
    browser_sees(b, "All read");
    browser_does_not_see(b, "(unread)");
    browser_does_not_see(b, "Mark all as read");
    assert_int_equal(read_marks(), 25);
}

static void pages_lead_to_older_ones_and_back(void **state)
{
    (void)state;
    for (int i = 0; i < 45; i++)
        (void)tell_rejected(mem_text(w.mem, "DR20260615-%06d", i + 1), w.now - i * CLOCK_MINUTE);
    browser_get(b, "/notifications");
    browser_sees(b, "DR20260615-000001");
    browser_sees(b, "DR20260615-000020");
    browser_does_not_see(b, "DR20260615-000021");
    browser_does_not_see(b, "Newest");
    for (int page = 0; page < 2; page++) {
        const char *pager = strstr(b->body, "class=\"pager\""), *href;

        assert_non_null(pager);
        href = strstr(pager, "/notifications?before=");   /* the language link repeats this page's own query */
        assert_non_null(href);
        browser_get(b, mem_copy_n(w.mem, href, strcspn(href, "\"")));
    }
    browser_sees(b, "DR20260615-000041");
    browser_sees(b, "DR20260615-000045");
    browser_does_not_see(b, "DR20260615-000040");
    browser_does_not_see(b, "Older");
    browser_sees(b, "Newest");
}

static void marking_leads_back_to_the_same_page(void **state)
{
    const char *href;
    int64_t id = 0;

    (void)state;
    for (int i = 0; i < 25; i++)
        id = tell_rejected("DR20260615-000007", w.now - i * CLOCK_MINUTE);
    browser_get(b, "/notifications");
    href = strstr(b->body, "/notifications?before=");
    assert_non_null(href);
    href = mem_copy_n(w.mem, href, strcspn(href, "\""));
    browser_get(b, href);
    browser_post(b, read_path(id), NULL);
    assert_string_equal(b->location, href);
}

static void a_page_beyond_the_end_leads_to_the_newest(void **state)
{
    (void)state;
    (void)tell_rejected("DR20260615-000007", w.now);
    browser_get(b, "/notifications?before=1.1");
    assert_int_equal(b->status, 200);
    browser_sees(b, "Nothing more on this page");
}

static void nonsense_in_the_query_is_the_first_page(void **state)
{
    (void)state;
    (void)tell_rejected("DR20260615-000007", w.now);
    browser_get(b, "/notifications?before=nonsense");
    assert_int_equal(b->status, 200);
    browser_sees(b, "DR20260615-000007");
}

static void somebody_elses_notice_is_not_there(void **state)
{
    const struct notice_values values = { .to_partner = true, .customer = "Acme", .request_no = "DR20260615-000009" };
    int64_t id = tell(w.partner, NOTICE_REQUEST_RECEIVED, &values, "/requests/DR20260615-000009", w.now);
    int64_t own = tell_rejected("DR20260615-000007", w.now);
    const char *body;

    (void)state;
    browser_get(b, "/notifications");
    browser_does_not_see(b, "DR20260615-000009");
    body = browser_body(b, read_path(own), NULL);
    browser_post_body(b, read_path(id), body);
    assert_int_equal(b->status, 404);
    assert_int_equal(read_marks(), 0);
}

static void a_viewer_has_marks_of_its_own(void **state)
{
    int64_t id = tell_rejected("DR20260615-000007", w.now);

    (void)state;
    browser_become(b, w.viewer->user_id);
    browser_get(b, "/notifications");
    browser_post(b, read_path(id), NULL);
    assert_int_equal(b->status, 303);
    browser_become(b, w.owner->user_id);
    browser_get(b, "/notifications");
    browser_sees(b, "(unread)");
}

static void a_partner_reads_its_own_words(void **state)
{
    const struct notice_values values = { .to_partner = true, .customer = "Acme", .partner = "Northwind", .request_no = "DR20260615-000009" };

    (void)state;
    (void)tell(w.partner, NOTICE_REQUEST_RECEIVED, &values, "/requests/DR20260615-000009", w.now);
    browser_become(b, w.admin->user_id);
    browser_get(b, "/notifications");
    assert_int_equal(b->status, 200);
    browser_sees(b, "Acme");
    browser_sees(b, "DR20260615-000009");
}

static void the_platform_has_no_inbox(void **state)
{
    (void)state;
    browser_become(b, w.ops->user_id);
    browser_get(b, "/notifications");
    assert_int_equal(b->status, 403);
}

static void a_time_is_told_in_the_readers_zone(void **state)
{
    const struct notice_values values = {
        .to_partner = true, .customer = "Acme", .partner = "Northwind", .request_no = "DR20260615-000009", .until = "2026-06-25T12:00:00Z"
    };

    (void)state;
    (void)tell(w.partner, NOTICE_REQUEST_RECEIVED, &values, "", w.now);
    test_db_sql(w.db, "UPDATE user SET zone = 'Asia/Singapore' WHERE id = %lld", (long long)w.admin->user_id);
    browser_become(b, w.admin->user_id);
    browser_get(b, "/notifications");
    browser_sees(b, "25 Jun 2026, 20:00 (UTC+08:00)");
}

static void without_a_token_nothing_is_marked(void **state)
{
    int64_t id = tell_rejected("DR20260615-000007", w.now);

    (void)state;
    browser_get(b, "/notifications");
    browser_post(b, read_path(id), "csrf", "wrong", NULL);
    assert_int_equal(b->status, 403);
    assert_int_equal(read_marks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_empty_inbox_says_what_comes_here),
        TEST(a_notice_is_told_in_words_and_is_unread),
        TEST(a_name_from_right_to_left_turns_nothing_else_around),
        TEST(the_page_is_as_its_golden_file),
        TEST(looking_marks_nothing),
        TEST(one_is_marked_as_read_by_a_post),
        TEST(the_same_form_twice_is_answered_alike),
        TEST(all_are_marked_as_read_and_it_is_said),
        TEST(pages_lead_to_older_ones_and_back),
        TEST(marking_leads_back_to_the_same_page),
        TEST(a_page_beyond_the_end_leads_to_the_newest),
        TEST(nonsense_in_the_query_is_the_first_page),
        TEST(somebody_elses_notice_is_not_there),
        TEST(a_viewer_has_marks_of_its_own),
        TEST(a_partner_reads_its_own_words),
        TEST(the_platform_has_no_inbox),
        TEST(a_time_is_told_in_the_readers_zone),
        TEST(without_a_token_nothing_is_marked)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
