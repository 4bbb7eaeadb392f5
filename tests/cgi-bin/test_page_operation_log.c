#include "cgi-bin/owner_browser.h"

#include "action/act.h"
#include "cgi-bin/page_golden.h"
#include "store/store_log.h"

struct entry { int64_t at; enum operation operation; const char *remark; };

static const struct err *append(struct db *db, void *arg)
{
    const struct entry *entry = arg;
    struct operation_row row = {
        .chain_id = w.association, .at = entry->at, .operation = entry->operation, .association_id = w.association,
        .customer_id = w.customer, .partner_id = w.partner, .account_id = w.customer, .initiated_by = SIDE_CUSTOMER,
        .user_id = w.owner->user_id, .user_name = w.owner->user_name, .object = "Nimbus Ltd", .request_no = "", .from_state = "",
        .to_state = "", .result = "DONE", .remark = entry->remark, .ip = "192.0.2.7", .http_id = "test"
    };

    return log_append(db, &row);
}

static void log_at(int64_t at, enum operation operation, const char *remark)
{
    struct entry entry = { at, operation, remark };

    assert_null(db_transaction(w.db, DB_READ_WRITE, append, &entry));
}

/* A request that was sent and rejected. */
static int64_t fill_log(void)
{
    const int64_t id = world_request(&w, w.owner);
    world_answer(&w, id, w.admin, REQUEST_REJECT, "Your contract runs to December.");
    return id;
}

/* Where the button with this in its address leads, without entities; NULL when there is none. */
static const char *button_with(const char *part)
{
    static const char button[] = "class=\"btn sm\" href=\"";

    for (const char *at = b->body; (at = strstr(at, button)) != NULL;) {
        at += sizeof button - 1;
        char *href = mem_copy_n(w.mem, at, strcspn(at, "\""));
        for (char *amp; (amp = strstr(href, "&amp;")) != NULL;)
            memmove(amp + 1, amp + 5, strlen(amp + 5) + 1);
        if (strstr(href, part) != NULL)
            return href;
    }
    return NULL;
}

static void press(const char *part)
{
    const char *href = button_with(part);

    assert_non_null(href);
    browser_get(b, href);
    assert_int_equal(b->status, 200);
}

static void log_without_rows_says_what_will_be_there(void **state)
{
    (void)state;

    browser_get(b, "/operation-log");

    assert_int_equal(b->status, 200);
    page_golden(b, "operation_log_empty");
    browser_sees(b, "No operations yet");
}

static void customer_reads_its_own_operations(void **state)
{
    (void)state;
    (void)fill_log();

    browser_get(b, "/operation-log");

    page_golden(b, "operation_log");
    browser_sees(b, "Disassociation requested");
    browser_sees(b, "You (Olga Owner)");
    browser_sees(b, "Your partner");
    browser_sees(b, "Your contract runs to December.");
    browser_sees(b, "All operations, newest first");
    browser_does_not_see(b, "Ada Admin");
}

static void partner_reads_its_customers_with_their_names(void **state)
{
    (void)state;
    (void)fill_log();
    browser_become(b, w.manager->user_id);

    browser_get(b, "/operation-log");

    page_golden(b, "operation_log_partner");
    browser_sees(b, "Acme GmbH");
    browser_sees(b, "The customer");
    browser_sees(b, "You (Ada Admin)");
    browser_does_not_see(b, "Olga Owner");
    assert_non_null(strstr(b->body, "href=\"/requests/DR"));
}

static void platform_is_led_to_its_own_log(void **state)
{
    (void)state;
    browser_become(b, w.ops->user_id);

    browser_get(b, "/operation-log?operation=FROZEN&from=2026-06-01&to=");

    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, "/audit-log?operation=FROZEN&from=2026-06-01&to=");
}

static void customer_reaches_its_own_request_and_its_partners(void **state)
{
    (void)state;
    const char *own = no_of(fill_log()), *partners = no_of(world_request(&w, w.admin));

    browser_get(b, "/operation-log");

    assert_true(offers(mem_text(w.mem, "/disassociate/submitted/%s", own)));
    assert_false(offers(mem_text(w.mem, "/process-request/%s", own)));
    assert_true(offers(mem_text(w.mem, "/disassociate/submitted/%s", partners)));
    browser_get(b, mem_text(w.mem, "/disassociate/submitted/%s", own));
    assert_int_equal(b->status, 200);
    browser_get(b, mem_text(w.mem, "/disassociate/submitted/%s", partners));
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, mem_text(w.mem, "/process-request/%s", partners));
    browser_get(b, b->location);
    assert_int_equal(b->status, 200);
}

static void what_was_answered_long_ago_waits_for_nothing(void **state)
{
    (void)state;
    (void)fill_log();

    browser_get(b, "/operation-log");

    browser_does_not_see(b, "Waiting for an answer");
    browser_sees(b, "Submitted");
}

static void details_are_told_in_words(void **state)
{
    (void)state;
    log_at(w.now, OP_ASSOCIATED, "RESELLER");

    browser_get(b, "/operation-log");

    browser_sees(b, "Reseller");
    assert_null(strstr(b->body, "RESELLER"));
}

static void partner_reads_the_log_of_one_customer(void **state)
{
    (void)state;
    (void)fill_log();
    const int64_t other = world_account(&w, ACCOUNT_CUSTOMER, "Blue Harbor");
    (void)world_associate(&w, other, w.partner, MODEL_RESELLER);
    browser_become(b, w.manager->user_id);

    browser_get(b, mem_text(w.mem, "/operation-log?customer=%s", customer_no(w.customer)));
    browser_sees(b, "Acme GmbH");
    browser_sees(b, "Only customer");
    browser_sees(b, "Clear filters");
    assert_non_null(strstr(b->body, mem_text(w.mem, "name=\"customer\" value=\"%s\"", customer_no(w.customer))));

    browser_get(b, mem_text(w.mem, "/operation-log?customer=%s", customer_no(other)));
    browser_sees(b, "Nothing matches these filters");
}

static void customer_of_another_partner_has_no_log_here(void **state)
{
    (void)state;
    (void)fill_log();
    const int64_t stranger = world_account(&w, ACCOUNT_PARTNER, "Other Cloud");
    browser_become(b, world_user(&w, stranger, ROLE_ADMIN, "Stranger")->user_id);

    browser_get(b, mem_text(w.mem, "/operation-log?customer=%s", customer_no(w.customer)));

    assert_int_equal(b->status, 200);
    browser_sees(b, "Nothing matches these filters");
}

static void only_partners_choose_a_customer(void **state)
{
    (void)state;
    (void)fill_log();

    browser_get(b, "/operation-log?customer=C-999999");

    browser_sees(b, "All operations, newest first");
    browser_does_not_see(b, "Only customer");
}

static void customer_does_not_see_steps_before_a_request(void **state)
{
    (void)state;
    log_at(w.now, OP_CHECK_RUN, "C1=P");

    browser_get(b, "/operation-log");

    browser_sees(b, "No operations yet");
    browser_does_not_see(b, "Account checks run");
}

static void strangers_see_nothing_of_it(void **state)
{
    (void)state;
    (void)fill_log();
    const int64_t stranger = world_account(&w, ACCOUNT_CUSTOMER, "Stranger Ltd");
    browser_become(b, world_user(&w, stranger, ROLE_OWNER, "Stan Stranger")->user_id);

    browser_get(b, "/operation-log");

    browser_sees(b, "No operations yet");
}

static void filter_by_operation_keeps_only_that_one(void **state)
{
    (void)state;
    (void)fill_log();

    browser_get(b, "/operation-log?operation=REQUEST_REJECTED");

    browser_sees(b, "Disassociation request rejected, newest first");
    browser_does_not_see(b, "Submitted");
    browser_sees(b, "Clear filters");
}

static void operation_that_is_not_offered_filters_nothing(void **state)
{
    (void)state;
    (void)fill_log();

    browser_get(b, "/operation-log?operation=CHECK_RUN");

    browser_sees(b, "All operations, newest first");
}

static void filter_without_matches_says_so(void **state)
{
    (void)state;
    (void)fill_log();

    browser_get(b, "/operation-log?from=2020-01-01&to=2020-12-31");

    assert_int_equal(b->status, 200);
    browser_sees(b, "Nothing matches these filters");
}

static void days_of_the_filter_are_both_inside_and_said_in_words(void **state)
{
    (void)state;
    int64_t day;
    assert_null(clock_parse_date("2026-05-03", test_db_config()->site.zone, &day));
    log_at(day - CLOCK_SECOND, OP_ASSOCIATED, "one second before");
    log_at(day, OP_ASSOCIATED, "first instant");
    log_at(day + 2 * CLOCK_DAY - CLOCK_SECOND, OP_ASSOCIATED, "last second");
    log_at(day + 2 * CLOCK_DAY, OP_ASSOCIATED, "one day later");

    browser_get(b, "/operation-log?from=2026-05-03&to=2026-05-04");

    browser_sees(b, "from 3 May 2026 to 4 May 2026");
    browser_sees(b, "first instant");
    browser_sees(b, "last second");
    browser_does_not_see(b, "one second before");
    browser_does_not_see(b, "one day later");
}

static const struct { const char *query, *text; } bad_dates[] = {
    { "from=yesterday", "Enter a date like 2026-11-22" },
    { "to=2026-02-30", "Enter a date like 2026-11-22" },
    { "to=22.11.2026", "Enter a date like 2026-11-22" },
    { "from=2026-05-04&to=2026-05-03", "‘From’ must be on or before ‘To’" },
};

static void dates_that_are_none_are_faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_dates / sizeof bad_dates[0]; i++) {
        browser_get(b, mem_text(w.mem, "/operation-log?%s", bad_dates[i].query));
        assert_int_equal(b->status, 400);
        browser_sees(b, bad_dates[i].text);
    }
}

static void each_date_that_is_none_is_marked(void **state)
{
    (void)state;
    browser_get(b, "/operation-log?from=2026-13-45&to=abc");
    assert_int_equal(b->status, 400);
    assert_non_null(strstr(b->body, "id=\"from-err\">Enter a date like 2026-11-22"));
    assert_non_null(strstr(b->body, "id=\"to-err\">Enter a date like 2026-11-22"));
    assert_non_null(strstr(b->body, "href=\"#to\""));
}

static void first_and_last_days_of_the_calendar_do_no_harm(void **state)
{
    (void)state;
    (void)fill_log();

    browser_get(b, "/operation-log?from=1970-01-01&to=9999-12-31");

    assert_int_equal(b->status, 200);
    browser_sees(b, "Disassociation requested");
}

static void twenty_a_page_forth_and_back(void **state)
{
    (void)state;
    for (int i = 0; i < 45; i++)
        log_at(w.now - 45 * CLOCK_HOUR + i * CLOCK_HOUR, OP_ASSOCIATED, mem_text(w.mem, "row %02d.", i));
    browser_get(b, "/operation-log?operation=ASSOCIATED");
    browser_sees(b, "row 44.");
    browser_sees(b, "row 25.");
    browser_does_not_see(b, "row 24.");

    assert_null(button_with("after="));

    press("before=");
    browser_sees(b, "row 24.");
    browser_sees(b, "row 05.");
    browser_does_not_see(b, "row 25.");
    browser_does_not_see(b, "row 04.");
    const char *newer = button_with("after=");

    press("before=");
    browser_sees(b, "row 04.");
    browser_sees(b, "row 00.");
    assert_null(button_with("before="));

    assert_non_null(newer);
    browser_get(b, newer);
    browser_sees(b, "row 44.");
    browser_sees(b, "row 25.");
    browser_does_not_see(b, "row 24.");
}

static void nobody_reads_it_without_signing_in(void **state)
{
    (void)state;
    browser_set_cookie(b, "session", "");

    browser_get(b, "/operation-log");

    assert_int_equal(b->status, 303);
    assert_non_null(strstr(b->location, "/sign-in"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(log_without_rows_says_what_will_be_there),
        TEST(customer_reads_its_own_operations),
        TEST(partner_reads_its_customers_with_their_names),
        TEST(platform_is_led_to_its_own_log),
        TEST(customer_reaches_its_own_request_and_its_partners),
        TEST(what_was_answered_long_ago_waits_for_nothing),
        TEST(details_are_told_in_words),
        TEST(partner_reads_the_log_of_one_customer),
        TEST(customer_of_another_partner_has_no_log_here),
        TEST(only_partners_choose_a_customer),
        TEST(customer_does_not_see_steps_before_a_request),
        TEST(strangers_see_nothing_of_it),
        TEST(filter_by_operation_keeps_only_that_one),
        TEST(operation_that_is_not_offered_filters_nothing),
        TEST(filter_without_matches_says_so),
        TEST(days_of_the_filter_are_both_inside_and_said_in_words),
        TEST(dates_that_are_none_are_faults), TEST(each_date_that_is_none_is_marked),
        TEST(first_and_last_days_of_the_calendar_do_no_harm),
        TEST(twenty_a_page_forth_and_back),
        TEST(nobody_reads_it_without_signing_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
