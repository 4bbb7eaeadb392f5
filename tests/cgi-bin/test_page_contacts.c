/* Contact details: the list, adding by a code, changing, removing, and the way back to the step that needed a code. */
#include "cgi-bin/wizard_browser.h"


#define PASSWORD "correct horse battery"
#define NEW_EMAIL "new@acme.example"
#define NUMBER "+4915100000188"

static const char *change;     /* path of the change at hand */

static void wait_for_step_up(void)
{
    test_db_sql(w.db, "UPDATE session SET step_up_at = TIMESTAMPADD(MICROSECOND, %lld, '1970-01-01')", L(w.now - CLOCK_HOUR));
}

static int64_t live(int64_t account_id, const char *channel)
{
    return test_db_number(w.db, "SELECT COALESCE(MAX(id), 0) FROM contact WHERE account_id = %lld AND channel = '%s' AND is_live = 1 LIMIT 1",
                          L(account_id), channel);
}

static const char *digits(void) { return sent_code(w.db, w.mem, &b->site->act_keys.outbox); }

static void begin_change(const char *page, const char *address)
{
    get(page, 200);
    browser_post(b, "/contacts/change", "address", address, NULL);
    assert_int_equal(b->status, 303);
    change = mem_copy(w.mem, b->location);
    browser_follow(b);
    assert_int_equal(b->status, 200);
}

static void send_code(void)
{
    browser_post(b, mem_text(w.mem, "%s/send", change), NULL);
    leads_to(change);
    browser_follow(b);
    browser_sees(b, "Code sent");
}

static void prove_it(const char *then)
{
    browser_post(b, change, "code", digits(), NULL);
    leads_to(then);
    browser_follow(b);
    browser_sees(b, "Your new contact is proven");
}

static void lacks_contacts(void)
{
    test_db_sql(w.db, "UPDATE contact SET removed_at = verified_at WHERE account_id = %lld", L(w.customer));
}

/* --- the list --- */

static void an_owner_sees_and_may_change_them(void **state)
{
    (void)state;
    get("/contacts", 200);
    browser_sees(b, "Contact details");
    browser_sees(b, "Proven");
    browser_sees(b, "Mobile number None. Add");
    assert_non_null(strstr(b->body, "href=\"/contacts/change?channel=SMS\""));
    assert_non_null(strstr(b->body, mem_text(w.mem, "href=\"/contacts/%lld/remove\"", L(live(w.customer, "EMAIL")))));
}

static void those_who_read_see_them_masked(void **state)
{
    const struct actor *readers[] = {w.viewer, w.manager};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        browser_become(b, readers[i]->user_id);
        get("/contacts", 200);
        browser_sees(b, "***@");
        browser_sees(b, "You can look at them.");
        assert_null(strstr(b->body, "/contacts/change"));
        assert_null(strstr(b->body, "/remove"));
        get("/contacts/change", 403);
        get(mem_text(w.mem, "/contacts/%lld/remove", L(live(w.customer, "EMAIL"))), 403);
    }
}

static void the_platform_has_none(void **state)
{
    (void)state;
    browser_become(b, w.ops->user_id);
    get("/contacts", 403);
}

/* --- adding, changing --- */

static void a_number_is_added_and_proven(void **state)
{
    (void)state;
    begin_change("/contacts/change?channel=SMS", "0049 151 00000188");
    browser_sees(b, "Prove your mobile number");
    browser_sees(b, "We will send a code to the mobile number ending in 0188.");
    send_code();
    browser_sees(b, "We sent a 6-digit code by text message to the mobile number ending in 0188.");
    browser_post(b, change, "code", wrong_code(w.mem, digits()), NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "The code is not correct. You have 4 attempts left");
    browser_post(b, change, "code", "12", NULL);
    browser_sees(b, "Enter all 6 digits");
    browser_post(b, change, "code", "", NULL);
    browser_sees(b, "Enter the code");
    prove_it("/contacts");
    browser_sees(b, NUMBER);
    assert_true(live(w.customer, "SMS") > 0);
    get(change, 404);
}

static void the_other_language_of_a_faulty_form_is_of_the_same_page(void **state)
{
    (void)state;
    get("/contacts/change?channel=SMS", 200);
    browser_post(b, "/contacts/change", "address", "+12 & 3", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Add a mobile number");
    assert_non_null(strstr(b->body, "href=\"/contacts/change?channel=SMS&amp;address=%2B12%20%26%203&amp;lang=zh-Hans\""));
    get("/contacts/change?channel=SMS&address=%2B12%20%26%203&lang=en", 303);
    browser_follow(b);
    browser_sees(b, "Add a mobile number");
    assert_string_equal(browser_field(b, "address"), "+12 & 3");
}

static void a_sent_form_that_comes_again_leads_the_same_way(void **state)
{
    (void)state;
    begin_change("/contacts/change?channel=SMS", NUMBER);
    send_code();
    const char *body = browser_body(b, change, "code", digits(), NULL);
    for (int i = 0; i < 2; i++) {
        browser_post_body(b, change, body);
        leads_to("/contacts");
    }
    assert_int_equal(world_count(&w, "operation_log", "operation = 'CONTACT_ADDED'"), 1);
}

static void another_code_too_early_waits(void **state)
{
    (void)state;
    begin_change("/contacts/change?channel=SMS", NUMBER);
    send_code();
    browser_post(b, mem_text(w.mem, "%s/send", change), NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "more seconds before you ask for another code");
}

static void changing_the_email_tells_the_earlier_one(void **state)
{
    (void)state;
    const int64_t earlier = live(w.customer, "EMAIL");
    get("/contacts/change?channel=EMAIL", 200);
    browser_sees(b, "Change your email address");
    browser_sees(b, "It stays until you prove the new one.");
    begin_change("/contacts/change?channel=EMAIL", "New@Acme.Example");
    send_code();
    prove_it("/contacts");
    browser_sees(b, NEW_EMAIL);
    assert_int_equal(world_count(&w, "delivery d JOIN contact c ON c.address = d.address", "d.kind = 'CONTACT' AND c.id = %lld", L(earlier)), 1);
}

static void bad_input_is_refused_with_clear_words(void **state)
{
    static const struct { const char *page, *address, *words; } bad[] = {
        {"/contacts/change?channel=EMAIL", "", "Enter an email address, like name@example.com"},
        {"/contacts/change?channel=EMAIL", "not an address", "Enter an email address, like name@example.com"},
        {"/contacts/change?channel=EMAIL", "a@b@c.example", "Enter an email address, like name@example.com"},
        {"/contacts/change?channel=SMS", "", "Enter a mobile number with its country code, like +49 1512 3456789"},
        {"/contacts/change?channel=SMS", "0151 2345678", "Enter a mobile number with its country code"},
        {"/contacts/change?channel=SMS", "+49 call me", "Enter a mobile number with its country code"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        get(bad[i].page, 200);
        browser_post(b, "/contacts/change", "address", bad[i].address, NULL);
        assert_int_equal(b->status, 400);
        browser_sees(b, bad[i].words);
    }
    assert_int_equal(world_count(&w, "contact_change", "1 = 1"), 0);
    begin_change("/contacts/change?channel=SMS", NUMBER);
    send_code();
    prove_it("/contacts");
    get("/contacts/change?channel=SMS", 200);
    browser_post(b, "/contacts/change", "address", NUMBER, NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "This mobile number is your contact already");
}

static void a_form_without_its_channel_is_no_form(void **state)
{
    (void)state;
    get("/contacts/change", 200);
    browser_post(b, "/contacts/change", "channel", NULL, "address", NEW_EMAIL, NULL);
    assert_int_equal(b->status, 400);
    assert_int_equal(world_count(&w, "contact_change", "1 = 1"), 0);
}

static void the_password_is_asked_for_and_what_was_typed_stays(void **state)
{
    (void)state;
    world_password(&w, NULL, PASSWORD);
    get("/contacts/change?channel=SMS", 200);
    wait_for_step_up();
    browser_post(b, "/contacts/change", "address", NUMBER, NULL);
    assert_int_equal(b->status, 303);
    assert_memory_equal(b->location, "/step-up?next=", 14);
    browser_follow(b);
    browser_post(b, "/step-up", "password", PASSWORD, NULL);
    browser_follow(b);
    assert_non_null(strstr(b->body, "value=\"" NUMBER "\""));
    browser_post(b, "/contacts/change", "address", NUMBER, NULL);
    assert_int_equal(b->status, 303);
    wait_for_step_up();
    browser_get(b, mem_text(w.mem, "/contacts/%lld/remove", L(live(w.customer, "EMAIL"))));
    assert_int_equal(b->status, 303);
    assert_memory_equal(b->location, "/step-up?next=", 14);
}

/* --- removing --- */

static void the_last_contact_goes_only_after_a_warning(void **state)
{
    (void)state;
    const char *path = mem_text(w.mem, "/contacts/%lld/remove", L(live(w.customer, "EMAIL")));
    get(path, 200);
    browser_sees(b, "This is your last contact");
    browser_post(b, path, NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Tick the box to show that you have read this");
    assert_true(live(w.customer, "EMAIL") > 0);
    const char *body = browser_body(b, path, "understood", "1", NULL);
    for (int i = 0; i < 2; i++) {
        browser_post_body(b, path, body);
        leads_to("/contacts");
    }
    browser_follow(b);
    browser_sees(b, "The contact was removed");
    assert_int_equal(live(w.customer, "EMAIL"), 0);
    get(path, 404);
}

static void one_of_two_goes_without_a_warning(void **state)
{
    (void)state;
    world_contact(&w, w.customer, CHANNEL_SMS, NUMBER);
    const char *path = mem_text(w.mem, "/contacts/%lld/remove", L(live(w.customer, "SMS")));
    get(path, 200);
    browser_does_not_see(b, "This is your last contact");
    browser_post(b, path, NULL);
    leads_to("/contacts");
    assert_int_equal(live(w.customer, "SMS"), 0);
}

static void contacts_of_others_are_not_found(void **state)
{
    (void)state;
    begin_change("/contacts/change?channel=SMS", NUMBER);
    const char *remove = mem_text(w.mem, "/contacts/%lld/remove", L(live(w.customer, "EMAIL")));
    browser_become(b, w.admin->user_id);
    get(change, 404);
    get(remove, 404);
    get("/contacts/999999999/remove", 404);
    get("/contacts/change/999999999", 404);
    const char *own = mem_text(w.mem, "/contacts/%lld/remove", L(live(w.partner, "EMAIL")));
    get(own, 200);
    const char *body = browser_body(b, own, "understood", "1", NULL);
    browser_post_body(b, remove, body);
    assert_int_equal(b->status, 404);
    assert_true(live(w.customer, "EMAIL") > 0);
}

/* --- the way back --- */

static void the_code_step_leads_here_and_back(void **state)
{
    (void)state;
    lacks_contacts();
    confirm();
    browser_sees(b, "We can’t verify you yet");
    assert_non_null(strstr(b->body, "href=\"/contacts?return=verify\">Add contact details</a>"));
    get("/contacts?return=verify", 200);
    browser_sees(b, "You came from a step that needs a code");
    assert_non_null(strstr(b->body, "href=\"/contacts/change?channel=EMAIL&amp;return=verify\""));
    begin_change("/contacts/change?channel=EMAIL&return=verify", NEW_EMAIL);
    send_code();
    prove_it("/disassociate/verify");
    browser_sees(b, "We will send a code to n***@acme.example.");
}

static void a_way_back_that_is_none_of_ours_is_not_taken(void **state)
{
    static const char *const bad[] = {"https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "DR%2F..%2F..%2Fx", "C-100001", "x"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        get(mem_text(w.mem, "/contacts?return=%s", bad[i]), 200);
        browser_does_not_see(b, "You came from a step");
        assert_null(strstr(b->body, "channel=SMS&amp;return="));
        assert_null(strstr(b->body, "Go back to where you came from"));
    }
    get("/contacts?return=DR20260615-000001", 200);
    assert_non_null(strstr(b->body, "href=\"/process-request/DR20260615-000001/verify\""));
    browser_become(b, w.admin->user_id);
    get("/contacts?return=DR20260615-000001", 200);
    assert_non_null(strstr(b->body, "href=\"/requests/DR20260615-000001/verify\""));
    get("/contacts?return=C-100001", 200);
    assert_non_null(strstr(b->body, "href=\"/customers/C-100001/disassociate/verify\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_owner_sees_and_may_change_them), TEST(those_who_read_see_them_masked), TEST(the_platform_has_none),
        TEST(a_number_is_added_and_proven), TEST(the_other_language_of_a_faulty_form_is_of_the_same_page),
        TEST(a_sent_form_that_comes_again_leads_the_same_way), TEST(another_code_too_early_waits),
        TEST(changing_the_email_tells_the_earlier_one), TEST(bad_input_is_refused_with_clear_words),
        TEST(a_form_without_its_channel_is_no_form), TEST(the_password_is_asked_for_and_what_was_typed_stays),
        TEST(the_last_contact_goes_only_after_a_warning), TEST(one_of_two_goes_without_a_warning),
        TEST(contacts_of_others_are_not_found), TEST(the_code_step_leads_here_and_back),
        TEST(a_way_back_that_is_none_of_ours_is_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
