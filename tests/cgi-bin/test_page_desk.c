/* The platform's desk: accounts and what is done about them, users, grants, undelivered messages. */
#include "cgi-bin/browser_world.h"
#include "cgi-bin/page_golden.h"

#include "action/desk_close.h"
#include "action/security.h"

#define CUSTOMER "/accounts/C-100000"
#define PASSWORD "correct horse battery"

static const struct actor *auditor;

/* The operator is at the browser. */
static int begin(void **state)
{
    (void)state;
    open_browser();
    auditor = world_user(&w, w.ops->account_id, ROLE_AUDITOR, "Audrey Auditor");
    test_db_sql(w.db, "UPDATE user SET login = CONCAT(role, '@example.com')");
    test_db_sql(w.db, "ALTER TABLE disassociation_request AUTO_INCREMENT = 1");   /* a golden page names one */
    browser_become(b, w.ops->user_id);
    return 0;
}

static const char *user_path(const struct actor *actor) { return mem_text(w.mem, "/users/%lld", L(actor->user_id)); }

static void make_stale(void) { test_db_sql(w.db, "UPDATE session SET step_up_at = step_up_at - INTERVAL 1 DAY"); }

/* --- accounts ---------------------------------------------------------------------------------------------------------- */

static void accounts_are_found_by_number_name_and_login(void **state)
{
    static const char *const searches[] = {"C-100000", "Acm", "acme%20g", "owner%40example.com"};
    (void)state;
    for (size_t i = 0; i < sizeof searches / sizeof searches[0]; i++) {
        browser_get(b, mem_text(w.mem, "/accounts?q=%s", searches[i]));
        browser_sees(b, "Acme GmbH");
        browser_does_not_see(b, "C-100001");
    }
    browser_get(b, "/accounts?q=%25");
    browser_sees(b, "No account found");
    browser_get(b, "/accounts?q=Platform");
    browser_sees(b, "No account found");
    browser_get(b, "/accounts");
    browser_sees(b, "Nimbus Ltd");
    browser_sees(b, "1 customer");
}

static void the_page_of_a_customer_leads_to_all_that_can_be_done(void **state)
{
    (void)state;
    world_contract(&w, w.customer, w.now - CLOCK_DAY, w.now + CLOCK_DAY);
    browser_get(b, CUSTOMER);
    assert_int_equal(b->status, 200);
    browser_sees(b, "Nimbus Ltd");
    browser_sees(b, "owner@example.com");
    browser_sees(b, "Used: 0. Allowed, with what was granted: 3.");
    browser_sees(b, "What its account checks say now");
    assert_non_null(strstr(b->body, "href=\"" CUSTOMER "/grant\""));
    assert_non_null(strstr(b->body, "href=\"" CUSTOMER "/contact\""));
    assert_non_null(strstr(b->body, "href=\"" CUSTOMER "/close\""));
    assert_non_null(strstr(b->body, "href=\"/freezes/new?account=C-100000\""));
    assert_non_null(strstr(b->body, "/settle\""));
    assert_null(strstr(b->body, mem_text(w.mem, "account%lld@example.com", L(w.customer))));   /* contacts are masked */
    browser_get(b, "/freezes/new?account=C-100000");
    assert_string_equal(browser_field(b, "account"), "C-100000");
}

static void the_page_of_a_partner_has_no_requests_to_grant(void **state)
{
    (void)state;
    browser_get(b, "/accounts/P-100001");
    browser_sees(b, "Nimbus Ltd");
    assert_null(strstr(b->body, "/grant\""));
    browser_get(b, "/accounts/P-100001/grant");
    assert_int_equal(b->status, 409);
}

static void an_auditor_reads_it_all_and_is_offered_nothing(void **state)
{
    static const char *const pages[] = {"/accounts", CUSTOMER, "/grants", "/users", "/dead-notices", "/dead-events", "/rule-sets", "/rule-sets/1", "/overview"};
    (void)state;
    browser_become(b, auditor->user_id);
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        browser_get(b, pages[i]);
        assert_int_equal(b->status, 200);
        assert_null(strstr(b->body, "btn danger"));
        assert_null(strstr(b->body, "/retry\""));
        assert_null(strstr(b->body, "href=\"/rules/"));
        assert_null(strstr(b->body, "/grant\""));
    }
    browser_get(b, user_path(w.owner));
    browser_does_not_see(b, "What do you want to do?");
}

/* --- grants ------------------------------------------------------------------------------------------------------------ */

static void requests_are_granted_and_taken_back(void **state)
{
    (void)state;
    browser_get(b, CUSTOMER "/grant");
    page_golden(b, "grant_new");
    browser_post(b, CUSTOMER "/grant", "extra", "0", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Enter a number from 1 to 20");
    browser_sees(b, "Enter the last day");
    browser_sees(b, "Enter a reason");
    browser_post(b, CUSTOMER "/grant", "extra", "2", "until", "2026-06-14", "reason", "Ill.", NULL);
    browser_sees(b, "The last day must lie ahead, at most a year");
    browser_post(b, CUSTOMER "/grant", "extra", "2", "until", "2026-06-30", "side", "PARTNER", "reason", "Ill.", NULL);
    assert_string_equal(b->location, CUSTOMER);
    browser_follow(b);
    browser_sees(b, "More requests granted");
    browser_sees(b, "In force");
    assert_int_equal(world_count(&w, "quota_grant", "side = 'PARTNER' AND extra = 2 AND until_at = '2026-07-01'"), 1);
    const char *path = mem_text(w.mem, "/grants/%lld/revoke", L(test_db_number(w.db, "SELECT MAX(id) FROM quota_grant LIMIT 1")));
    browser_get(b, path);
    const char *body = browser_body(b, path, "reason", "A mistake.", NULL);
    browser_post(b, path, NULL);
    browser_sees(b, "Enter a reason");
    browser_post_body(b, path, body);
    assert_string_equal(b->location, "/grants");
    browser_post_body(b, path, body);   /* the same form: the same answer */
    assert_string_equal(b->location, "/grants");
    browser_get(b, "/grants");
    browser_sees(b, "Taken back");
    browser_get(b, path);
    assert_int_equal(b->status, 409);
}

/* --- users ------------------------------------------------------------------------------------------------------------- */

static void users_are_found_by_login_and_account(void **state)
{
    (void)state;
    browser_get(b, "/users");
    browser_sees(b, "auditor@example.com");
    browser_does_not_see(b, "owner@example.com");
    browser_get(b, "/users?q=own");
    browser_sees(b, "owner@example.com");
    browser_get(b, "/users?q=C-100000");
    browser_sees(b, "viewer@example.com");
    browser_get(b, "/users?q=%E5%90%8D");
    browser_sees(b, "No user found");
}

static void a_user_is_disabled_with_a_reason(void **state)
{
    (void)state;
    browser_get(b, user_path(w.owner));
    browser_post(b, user_path(w.owner), NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Select what to do");
    browser_sees(b, "Enter a reason");
    browser_post(b, user_path(w.owner), "act", "DISABLE", "reason", "Left the company.", NULL);
    assert_string_equal(b->location, user_path(w.owner));
    browser_follow(b);
    browser_sees(b, "The user is disabled");
    browser_sees(b, "Enable: can sign in again");
    browser_does_not_see(b, "Disable: can’t sign in any more");
}

static void nobody_changes_themselves_there(void **state)
{
    (void)state;
    browser_get(b, user_path(w.owner));
    const char *body = browser_body(b, user_path(w.owner), "act", "RESET_FACTOR", "reason", "x", NULL);
    browser_get(b, user_path(w.ops));
    browser_sees(b, "This is you.");
    browser_does_not_see(b, "What do you want to do?");
    browser_post_body(b, user_path(w.ops), body);
    assert_int_equal(b->status, 409);
    browser_sees(b, "You can’t do this to yourself");
}

static void the_password_is_asked_for_before_anything_grave(void **state)
{
    (void)state;
    browser_get(b, user_path(w.owner));
    const char *body = browser_body(b, user_path(w.owner), "act", "DISABLE", "reason", "x", NULL);
    make_stale();
    browser_get(b, user_path(w.owner));
    browser_sees(b, "We ask for your password first.");
    browser_post_body(b, user_path(w.owner), body);
    assert_int_equal(strncmp(b->location, "/step-up?next=", 14), 0);
    browser_get(b, CUSTOMER "/close");
    assert_int_equal(strncmp(b->location, "/step-up?next=", 14), 0);
    browser_get(b, CUSTOMER "/contact");
    assert_int_equal(strncmp(b->location, "/step-up?next=", 14), 0);
    browser_get(b, "/rule-sets/2/use");
    assert_int_equal(strncmp(b->location, "/step-up?next=", 14), 0);
    assert_int_equal(world_count(&w, "user", "status = 'DISABLED'"), 0);
}

/* The time for what is grave has run out while the form was open. */
static void what_was_typed_waits_until_the_password_is_given(void **state)
{
    static const struct { const char *path, *fields[4]; } forms[] = {
        {CUSTOMER "/close", {"name", "Acme GmbH", NULL}},
        {CUSTOMER "/contact", {"address", "new@example.com", NULL}},
        {"/rule-sets/2/use", {NULL}},
        {"/rules/1/preview?severity=OFF&cs=1&ps=1", {NULL}},
    };
    (void)state;
    world_password(&w, w.ops, PASSWORD);
    for (size_t i = 0; i <= sizeof forms / sizeof forms[0]; i++) {
        const bool is_user = i == sizeof forms / sizeof forms[0];
        const char *path = is_user ? user_path(w.owner) : forms[i].path;
        const char *to = mem_copy_n(w.mem, path, strcspn(path, "?")), *reason = mem_text(w.mem, "Because of form %zu.", i);
        browser_get(b, path);
        assert_int_equal(b->status, 200);
        const char *body = is_user ? browser_body(b, to, "act", "DISABLE", "reason", reason, NULL)
            : forms[i].fields[0] != NULL ? browser_body(b, to, "reason", reason, forms[i].fields[0], forms[i].fields[1], NULL)
            : browser_body(b, to, "reason", reason, NULL);
        make_stale();
        browser_post_body(b, to, body);
        assert_int_equal(strncmp(b->location, "/step-up?next=", 14), 0);
        browser_follow(b);
        browser_post(b, "/step-up", "password", PASSWORD, NULL);
        assert_int_equal(b->status, 303);
        assert_int_equal(strncmp(b->location, to, strlen(to)), 0);
        browser_follow(b);
        browser_sees(b, "We kept what you typed");
        browser_sees(b, reason);
        if (!is_user && forms[i].fields[1] != NULL)
            assert_non_null(strstr(b->body, mem_text(w.mem, "value=\"%s\"", forms[i].fields[1])));
    }
    assert_int_equal(world_count(&w, "user", "status = 'DISABLED'"), 0);
}

/* --- contacts and closing ---------------------------------------------------------------------------------------------- */

static void a_lost_contact_is_replaced(void **state)
{
    (void)state;
    browser_get(b, CUSTOMER "/contact");
    browser_post(b, CUSTOMER "/contact", "channel", "SMS", "address", "12", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Enter a mobile number with its country code");
    browser_sees(b, "Enter a reason");
    browser_post(b, CUSTOMER "/contact", "channel", "EMAIL", "address", "NEW@example.com", "reason", "Passport seen.", NULL);
    assert_string_equal(b->location, CUSTOMER);
    browser_follow(b);
    browser_sees(b, "The contact was replaced");
    assert_int_equal(world_count(&w, "contact", "address = 'new@example.com' AND is_live = 1"), 1);
}

static void an_account_is_closed_by_typing_its_name(void **state)
{
    (void)state;
    struct desk_account *account = NULL;
    (void)world_request(&w, w.owner);
    assert_null(desk_account_load(w.db, w.mem, "C-100000", &account));
    const char *seen = desk_close_seen(w.mem, account);
    browser_get(b, CUSTOMER "/close");
    page_golden(b, "desk_close");
    browser_post(b, CUSTOMER "/close", "seen", "P-100001.", "name", "Acme GmbH", "reason", "Asked for.", NULL);
    assert_int_equal(b->status, 409);
    browser_sees(b, "Someone else changed this");
    browser_sees(b, "is cancelled");
    browser_post(b, CUSTOMER "/close", "seen", seen, "reason", "Asked for.", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Type the name of the account");
    browser_post(b, CUSTOMER "/close", "seen", seen, "name", "Acme", "reason", "Asked for.", NULL);
    browser_sees(b, "Type the name exactly as it stands above");
    const char *body = browser_body(b, CUSTOMER "/close", "seen", seen, "name", "Acme GmbH", "reason", "Asked for.", NULL);
    browser_post_body(b, CUSTOMER "/close", body);
    assert_string_equal(b->location, CUSTOMER);
    browser_post_body(b, CUSTOMER "/close", body);
    assert_string_equal(b->location, CUSTOMER);
    browser_follow(b);
    browser_sees(b, "The account is closed");
    assert_int_equal(in_state("CANCELLED"), 1);
    browser_get(b, CUSTOMER "/close");
    assert_int_equal(b->status, 409);
    browser_become(b, w.admin->user_id);
    browser_get(b, "/notifications");
    browser_sees(b, "The account of Acme GmbH was closed");
}

static void help_tells_the_platform_about_its_own_pages(void **state)
{
    (void)state;
    browser_get(b, "/help");
    browser_sees(b, "For those who run the platform");
    browser_become(b, w.owner->user_id);
    browser_get(b, "/help");
    browser_does_not_see(b, "For those who run the platform");
}

/* --- undelivered messages ---------------------------------------------------------------------------------------------- */

static int64_t dead(const char *kind, const char *details)
{
    test_db_sql(w.db, "INSERT INTO delivery (event_id, account_id, channel, address, lang, kind, details, link, state, tries, next_at, "
                "created_at, give_up_at, done_at, detail) VALUES (UUID(), %lld, 'EMAIL', 'gone@example.com', 'en', '%s', %s, '', 'DEAD', "
                "9, '2026-06-10', '2026-06-10', '2026-06-12', '2026-06-12', '550 <b>no</b> such user')", L(w.customer), kind, details);
    return test_db_number(w.db, "SELECT MAX(id) FROM delivery LIMIT 1");
}

static void undelivered_messages_say_why_and_can_be_sent_again(void **state)
{
    (void)state;
    browser_get(b, "/dead-notices");
    browser_sees(b, "Everything was delivered");
    const int64_t id = dead("FROZEN", "'{}'");
    (void)dead("CODE", "NULL");
    browser_get(b, "/dead-notices");
    browser_sees(b, "550 <b>no</b> such user");
    browser_sees(b, "All: 2. Can be sent again: 1.");
    browser_sees(b, "Wiped");
    const char *path = mem_text(w.mem, "/dead-notices/%lld/retry", L(id));
    browser_post(b, path, NULL);
    browser_follow(b);
    browser_sees(b, "The message is sent again");
    assert_int_equal(world_count(&w, "delivery", "state = 'QUEUED'"), 1);
    (void)dead("FROZEN", "'{}'");
    browser_get(b, "/dead-notices");
    browser_post(b, "/dead-notices/retry", NULL);
    browser_follow(b);
    browser_sees(b, "The messages are sent again");
    assert_int_equal(world_count(&w, "delivery", "state = 'DEAD'"), 1);
}

static void messages_that_wait_because_we_are_refused_are_told(void **state)
{
    static const char *const pages[] = {"/dead-notices", "/overview"};
    (void)state;
    const int64_t id = dead("FROZEN", "'{}'");
    test_db_sql(w.db, "UPDATE delivery SET state = 'QUEUED', done_at = NULL, is_denied = 1 WHERE id = %lld", L(id));
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        browser_get(b, pages[i]);
        browser_sees(b, "The mail server refuses us: messages wait");
        browser_sees(b, "Waiting: 1. Its answer: 550 <b>no</b> such user");
    }
    test_db_sql(w.db, "UPDATE delivery SET state = 'SENT', done_at = created_at WHERE id = %lld", L(id));
    browser_get(b, "/overview");
    assert_null(strstr(b->body, "refuses us"));
}

/* --- undelivered events ------------------------------------------------------------------------------------------------ */

static void undelivered_events_say_why_and_can_be_sent_again(void **state)
{
    (void)state;
    browser_get(b, "/dead-events");
    browser_sees(b, "No event was given up");
    (void)world_request(&w, w.owner);
    const int64_t id = test_db_number(w.db, "SELECT MAX(id) FROM webhook_event LIMIT 1");
    test_db_sql(w.db, "UPDATE webhook_event SET state = 'DEAD', done_at = created_at, tries = 9, detail = 'the <b>endpoint</b> answered with status 500'");
    browser_get(b, "/dead-events");
    browser_sees(b, "the <b>endpoint</b> answered with status 500");
    browser_sees(b, "request.submitted");
    browser_sees(b, "Send all events again");
    browser_post(b, mem_text(w.mem, "/dead-events/%lld/retry", L(id)), NULL);
    browser_follow(b);
    browser_sees(b, "The event is sent again");
    assert_int_equal(world_count(&w, "webhook_event", "state = 'QUEUED' AND tries = 0 AND retried_at IS NOT NULL AND id = %lld", L(id)), 1);
    assert_int_equal(world_count(&w, "operation_log", "operation = 'EVENTS_RETRIED' AND object LIKE 'log-%%' AND user_id = %lld", L(w.ops->user_id)), 1);
    test_db_sql(w.db, "UPDATE webhook_event SET state = 'DEAD', done_at = created_at");
    browser_get(b, "/dead-events");
    browser_post(b, "/dead-events/retry", NULL);
    browser_follow(b);
    browser_sees(b, "The events are sent again");
    browser_sees(b, "No event was given up");
    assert_int_equal(world_count(&w, "webhook_event", "state = 'DEAD'"), 0);
}

/* --- the second factor of those who run the platform -------------------------------------------------------------------- */

static void without_a_second_factor_everything_leads_to_setting_it_up(void **state)
{
    static const char *const pages[] = {"/", "/overview", "/accounts", "/escalations", "/operation-log", "/team", "/preferences"};
    (void)state;
    browser_get(b, "/accounts");
    test_db_sql(w.db, "UPDATE user SET totp_secret = NULL WHERE id = %lld", L(w.ops->user_id));
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        browser_get(b, pages[i]);
        assert_int_equal(b->status, 303);
        assert_string_equal(b->location, "/security");
    }
    browser_follow(b);
    browser_sees(b, "Set up two-step sign-in first");
    const char *body = mem_text(w.mem, "csrf=%s&once=x&type=ACCOUNT&account=C-100000&reason=x",
                                guard_csrf(w.mem, &b->site->csrf_key, browser_cookie(b, "session")));
    browser_post_body(b, "/freezes/new", body);
    assert_string_equal(b->location, "/security");
    assert_int_equal(world_count(&w, "freeze", "TRUE"), 0);
    browser_get(b, "/security");
    browser_post(b, "/security/second-factor/start", NULL);
    browser_follow(b);
    browser_sees(b, "Scan this code with it, or type the key.");
    const char *at = strstr(b->body, "id=\"totp-secret\"");
    char secret[33] = "", code[7];
    size_t n = 0;
    for (at = strchr(at, '>') + 1; *at != '<' && n < 32; at++)
        if (*at != ' ')
            secret[n++] = *at;
    assert_true(totp_now(secret, test_site_now(), code));
    browser_post(b, "/security/second-factor", "code", code, NULL);
    browser_follow(b);
    browser_sees(b, "Your recovery codes");
    browser_get(b, "/overview");
    assert_int_equal(b->status, 200);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(accounts_are_found_by_number_name_and_login),
        TEST(the_page_of_a_customer_leads_to_all_that_can_be_done),
        TEST(the_page_of_a_partner_has_no_requests_to_grant),
        TEST(an_auditor_reads_it_all_and_is_offered_nothing),
        TEST(requests_are_granted_and_taken_back),
        TEST(users_are_found_by_login_and_account),
        TEST(a_user_is_disabled_with_a_reason),
        TEST(nobody_changes_themselves_there),
        TEST(the_password_is_asked_for_before_anything_grave), TEST(what_was_typed_waits_until_the_password_is_given),
        TEST(a_lost_contact_is_replaced),
        TEST(an_account_is_closed_by_typing_its_name), TEST(help_tells_the_platform_about_its_own_pages),
        TEST(undelivered_messages_say_why_and_can_be_sent_again),
        TEST(messages_that_wait_because_we_are_refused_are_told),
        TEST(undelivered_events_say_why_and_can_be_sent_again),
        TEST(without_a_second_factor_everything_leads_to_setting_it_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
