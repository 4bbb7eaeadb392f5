/* The log of all accounts, as the platform's people read it, and its exports. */
#include "cgi-bin/browser_world.h"
#include "cgi-bin/page_golden.h"

#include "action/act.h"
#include "store/store_export.h"

static const struct actor *auditor;

static int begin(void **state)
{
    (void)state;
    open_browser();
    test_db_sql(w.db, "ALTER TABLE operation_log AUTO_INCREMENT = 1");   /* golden pages name its rows */
    auditor = world_user(&w, w.ops->account_id, ROLE_AUDITOR, "Audrey Auditor");
    browser_become(b, auditor->user_id);
    test_db_config()->worker.exports = "/nonexistent";
    return 0;
}

static const struct err *log_work(struct db *db, void *arg)
{
    struct operation_row *row = arg;
    struct act act = world_act(&w, w.owner);
    (void)db;
    act.now = row->at;
    return act_log(&act, row);
}

static void log_at(int64_t at, enum operation operation, const char *result, const char *remark)
{
    struct operation_row row = {
        .operation = operation, .association_id = w.association, .customer_id = w.customer, .partner_id = w.partner, .object = "Nimbus Ltd",
        .result = result, .remark = remark, .at = at
    };
    assert_null(db_transaction(w.db, DB_READ_WRITE, log_work, &row));
}

/* --- the list --- */

static void everything_is_shown_newest_first(void **state)
{
    (void)state;
    (void)world_request(&w, w.owner);
    log_at(w.now + 1, OP_FROZEN, "DONE", "ACCOUNT PARTNER: unpaid");
    browser_get(b, "/audit-log");
    page_golden(b, "audit_log");
    browser_sees(b, "Account only. By its partner: unpaid");
    browser_sees(b, "Customer (Olga Owner)");
    browser_sees(b, "Nimbus Ltd");
    browser_sees(b, "Export CSV");
}

static void the_filter_is_in_the_address_and_shown_again(void **state)
{
    (void)state;
    (void)world_request(&w, w.owner);
    log_at(w.now + 1, OP_FROZEN, "DONE", "");
    browser_get(b, "/audit-log?about=&operation=FROZEN&side=&result=&actor=&from=&to=");
    browser_sees(b, "1 operation");
    browser_sees(b, "Account frozen, newest first");
    browser_does_not_see(b, "Disassociation requested Acme");
    assert_non_null(strstr(b->body, "<option value=\"FROZEN\" selected>"));
    browser_sees(b, "Clear filters");
}

struct case_of { const char *query, *sees, *sees_not; };

static void each_criterion_keeps_only_what_matches(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    const char *login = w.owner->login;
    log_at(w.now + 1, OP_FROZEN, "FAILED", "MARK");
    const struct case_of cases[] = {
        {mem_text(w.mem, "about=%s", no_of(id)), "Submitted", "MARK"},
        {mem_text(w.mem, "about=%s", customer_no(w.customer)), "MARK", NULL},
        {"about=C-999999", "Nothing matches these filters", "MARK"},
        {"about=DR20260101-999999", "Nothing matches these filters", "MARK"},
        {"result=FAILED", "MARK", "Submitted"},
        {"side=CUSTOMER", "MARK", NULL},
        {"side=PLATFORM", "Nothing matches these filters", "MARK"},
        {mem_text(w.mem, "actor=%s", login), "MARK", NULL},
        {"actor=nobody@example.com", "Nothing matches these filters", "MARK"},
        {"from=2026-06-15&to=2026-06-15", "MARK", NULL},
        {"from=2026-06-16", "Nothing matches these filters", "MARK"},
        {mem_text(w.mem, "about=%s&operation=FROZEN&result=FAILED", customer_no(w.customer)), "This may be slow", "Submitted"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        browser_get(b, mem_text(w.mem, "/audit-log?%s", cases[i].query));
        assert_int_equal(b->status, 200);
        browser_sees(b, cases[i].sees);
        if (cases[i].sees_not != NULL)
            browser_does_not_see(b, cases[i].sees_not);
    }
}

static void what_is_no_number_date_or_login_is_a_fault(void **state)
{
    static const struct case_of cases[] = {
        {"about=12345", "Enter a number like C-100482, P-100001 or DR20260630-000123", NULL},
        {"actor=Olga", "Enter a user name like olga@example.com", NULL},
        {"from=yesterday", "Enter a date like 2026-11-22", NULL},
        {"from=2026-11-22&to=2026-11-21", "‘From’ must be on or before ‘To’", NULL},
        {"about=1&actor=O&from=1&to=2", "Enter a date like 2026-11-22 Enter a date like 2026-11-22", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        browser_get(b, mem_text(w.mem, "/audit-log?%s", cases[i].query));
        assert_int_equal(b->status, 400);
        browser_sees(b, cases[i].sees);
        browser_does_not_see(b, "Nothing matches");
    }
}

static void fifty_a_page_forth_and_back(void **state)
{
    (void)state;
    for (int i = 0; i < 120; i++)
        log_at(w.now + i, OP_CHECK_RUN, "PASSED", mem_text(w.mem, "N%03dN", i));
    browser_get(b, "/audit-log?operation=CHECK_RUN");
    browser_sees(b, "120 operations");
    browser_sees(b, "N119N");
    browser_sees(b, "N070N");
    browser_does_not_see(b, "N069N");
    const char *older = strstr(b->body, "&amp;before=");
    assert_non_null(older);
    browser_get(b, mem_text(w.mem, "/audit-log?operation=CHECK_RUN&%.*s", (int)strcspn(older + 5, "\""), older + 5));
    browser_sees(b, "N069N");
    browser_sees(b, "N020N");
    browser_does_not_see(b, "N070N");
    const char *newer = strstr(b->body, "&amp;after=");
    assert_non_null(newer);
    browser_get(b, mem_text(w.mem, "/audit-log?operation=CHECK_RUN&%.*s", (int)strcspn(newer + 5, "\""), newer + 5));
    browser_sees(b, "N119N");
    browser_sees(b, "N070N");
    browser_does_not_see(b, "N069N");
}

static void a_log_without_rows_says_what_will_be_there(void **state)
{
    (void)state;
    test_db_sql(w.db, "DELETE FROM operation_log");
    browser_get(b, "/audit-log");
    browser_sees(b, "No operations yet");
    browser_does_not_see(b, "Export CSV");
}

static void only_the_platform_reads_it(void **state)
{
    const struct actor *const others[] = {w.owner, w.viewer, w.admin, w.manager};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        browser_become(b, others[i]->user_id);
        browser_get(b, "/audit-log");
        assert_int_equal(b->status, 403);
    }
}

static void what_people_typed_is_text(void **state)
{
    (void)state;
    log_at(w.now, OP_FROZEN, "DONE", "<script>alert(1)</script>");
    browser_get(b, "/audit-log?about=%3Cscript%3E&actor=%22%3E%3Cscript%3E");
    assert_null(strstr(b->body, "<script"));
    browser_get(b, "/audit-log");
    browser_sees(b, "<script>alert(1)</script>");
    assert_null(strstr(b->body, "<script"));
}

/* --- one row --- */

static int64_t last_row(void) { return test_db_number(w.db, "SELECT MAX(id) FROM operation_log LIMIT 1"); }

static void a_row_tells_all_it_holds_and_the_timeline_of_its_request(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    world_answer(&w, id, w.admin, REQUEST_REJECT, "not now");
    test_db_sql(w.db, "UPDATE operation_log SET ip = ip");
    browser_get(b, mem_text(w.mem, "/audit-log/%lld", L(last_row())));
    assert_int_equal(b->status, 200);
    browser_sees(b, "Disassociation request rejected");
    browser_sees(b, "BeforePENDING");
    browser_sees(b, "AfterREJECTED");
    browser_sees(b, "not now");
    browser_sees(b, mem_text(w.mem, "Timeline of request %s", no_of(id)));
    browser_sees(b, "Disassociation requested");
    browser_sees(b, "The row matches its hash and follows the row before it");
    browser_sees(b, "Ada Admin");
}

static void a_row_that_was_changed_says_so(void **state)
{
    (void)state;
    log_at(w.now, OP_CHECK_RUN, "PASSED", "first");
    log_at(w.now, OP_CHECK_RUN, "PASSED", "second");
    const int64_t id = last_row();
    test_db_sql(w.db, "UPDATE operation_log SET remark = 'nothing' WHERE id = %lld", L(id));
    browser_get(b, mem_text(w.mem, "/audit-log/%lld", L(id)));
    browser_sees(b, "This row was changed after it was written");
    test_db_sql(w.db, "UPDATE operation_log SET remark = 'second' WHERE id = %lld", L(id));
    test_db_sql(w.db, "DELETE FROM operation_log WHERE id = %lld", L(id - 1));
    browser_get(b, mem_text(w.mem, "/audit-log/%lld", L(id)));
    browser_sees(b, "The row before it in the chain is missing");
}

/* Whoever writes nonsense into one row is not to hide all others by it. */
static void a_row_that_no_program_has_written_is_shown_among_the_others(void **state)
{
    (void)state;
    log_at(w.now, OP_CHECK_RUN, "PASSED", "first");
    log_at(w.now, OP_CHECK_RUN, "PASSED", "second");
    test_db_sql(w.db, "UPDATE operation_log SET operation = 'NONSENSE', initiated_by = 'NOBODY' WHERE id = %lld", L(last_row()));
    browser_get(b, "/audit-log");
    assert_int_equal(b->status, 200);
    browser_sees(b, "Unknown operation");
    browser_sees(b, "Account checks run");
    browser_get(b, mem_text(w.mem, "/audit-log/%lld", L(last_row())));
    assert_int_equal(b->status, 200);
    browser_sees(b, "This row was changed after it was written");
}

/* --- exports --- */

static void an_export_is_asked_for_with_the_filter_at_hand(void **state)
{
    struct log_export *exports;
    size_t n;
    (void)state;
    log_at(w.now, OP_FROZEN, "DONE", "");
    test_site_clock_at(w.now + CLOCK_SECOND);
    browser_get(b, mem_text(w.mem, "/audit-log?operation=FROZEN&about=%s&from=2026-06-01", customer_no(w.customer)));
    browser_post(b, "/audit-log/exports", "format", "CSV", NULL);
    assert_string_equal(b->location, "/audit-log/exports");
    browser_follow(b);
    browser_sees(b, "The export is being prepared");
    browser_sees(b, mem_text(w.mem, "about %s, operation FROZEN, from 2026-06-01", customer_no(w.customer)));
    browser_sees(b, "Waiting");
    browser_sees(b, "Refresh");
    assert_null(export_list(w.db, w.mem, auditor->user_id, 5, &exports, &n));
    assert_int_equal(n, 1);
    assert_int_equal(exports[0].filter.operation, OP_FROZEN);
    assert_int_equal(exports[0].filter.account_id, w.customer);
    browser_get(b, "/audit-log");
    browser_post(b, "/audit-log/exports", "format", "JSONL", NULL);
    browser_follow(b);
    browser_sees(b, "Another export of yours is being prepared");
    assert_int_equal(world_count(&w, "log_export", "1 = 1"), 1);
    assert_int_equal(world_count(&w, "operation_log", "operation = 'LOG_EXPORTED'"), 1);
}

static void a_faulty_filter_exports_nothing_and_is_shown_again(void **state)
{
    (void)state;
    log_at(w.now, OP_FROZEN, "DONE", "");
    browser_get(b, "/audit-log");
    browser_post(b, "/audit-log/exports", "format", "CSV", "from", "yesterday", "about", "C-100000", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Enter a date like 2026-11-22");
    assert_string_equal(browser_field(b, "about"), "C-100000");
    browser_get(b, "/audit-log");
    browser_post(b, "/audit-log/exports", "format", "XML", NULL);
    browser_does_not_see(b, "The export is being prepared");
    assert_int_equal(world_count(&w, "log_export", "1 = 1"), 0);
}

static void a_file_is_handed_out_after_each_logged_request_for_a_minute(void **state)
{
    (void)state;
    browser_get(b, "/audit-log/exports");
    browser_sees(b, "No exports yet");
    log_at(w.now, OP_FROZEN, "DONE", "");
    browser_get(b, "/audit-log");
    browser_post(b, "/audit-log/exports", "format", "CSV", NULL);
    test_db_sql(w.db, "UPDATE log_export SET state = 'READY', n = 3, done_at = created_at, expires_at = created_at + INTERVAL 1 DAY");
    const int64_t id = test_db_number(w.db, "SELECT MAX(id) FROM log_export LIMIT 1");
    const char *file = mem_text(w.mem, "/audit-log/exports/%lld/file", L(id));
    browser_get(b, file);
    assert_string_equal(b->location, "/audit-log/exports");
    browser_follow(b);
    browser_sees(b, "Select Download once more");
    browser_post(b, mem_text(w.mem, "/audit-log/exports/%lld/download", L(id)), NULL);
    assert_string_equal(b->location, file);
    browser_get(b, file);
    assert_int_equal(b->status, 200);
    assert_non_null(strstr(browser_header(b, "X-Accel-Redirect"), "/audit-log-files/"));
    assert_non_null(strstr(browser_header(b, "Content-Disposition"), ".csv\""));
    assert_int_equal(world_count(&w, "operation_log", "operation = 'LOG_EXPORT_READ' AND user_id = %lld", L(auditor->user_id)), 1);
    test_site_clock_at(w.now + 2 * CLOCK_MINUTE);
    browser_get(b, file);
    assert_string_equal(b->location, "/audit-log/exports");
    browser_become(b, w.ops->user_id);
    browser_get(b, file);
    assert_int_equal(b->status, 404);
}

static void without_a_folder_there_are_no_exports_in_the_browser(void **state)
{
    (void)state;
    test_db_config()->worker.exports = "";
    log_at(w.now, OP_FROZEN, "DONE", "");
    browser_get(b, "/audit-log");
    browser_sees(b, "Exports in the browser are switched off here");
    browser_does_not_see(b, "Export CSV");
    browser_post(b, "/audit-log/exports", "format", "CSV", NULL);
    assert_int_equal(b->status, 409);
    assert_int_equal(world_count(&w, "log_export", "1 = 1"), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(everything_is_shown_newest_first), TEST(the_filter_is_in_the_address_and_shown_again),
        TEST(each_criterion_keeps_only_what_matches), TEST(what_is_no_number_date_or_login_is_a_fault), TEST(fifty_a_page_forth_and_back),
        TEST(a_log_without_rows_says_what_will_be_there), TEST(only_the_platform_reads_it), TEST(what_people_typed_is_text),
        TEST(a_row_tells_all_it_holds_and_the_timeline_of_its_request), MADE_UP(a_row_that_was_changed_says_so),
        MADE_UP(a_row_that_no_program_has_written_is_shown_among_the_others),
        TEST(an_export_is_asked_for_with_the_filter_at_hand), TEST(a_faulty_filter_exports_nothing_and_is_shown_again),
        TEST(a_file_is_handed_out_after_each_logged_request_for_a_minute),
        TEST(without_a_folder_there_are_no_exports_in_the_browser),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
