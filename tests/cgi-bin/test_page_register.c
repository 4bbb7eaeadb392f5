/* Opening an account on an invitation: form, code, and signed in on the invitation's page. */
#include "cgi-bin/browser_world.h"
#include "support/invited.h"
#include "support/sent_code.h"

#define EMAIL "nora@customer.example"
#define PASSWORD "seven green bottles"

static const char *path;

static int begin(void **state)
{
    (void)state;
    open_browser();
    path = mem_text(w.mem, "/invitation/%s", invited_by_email(&w, w.admin, EMAIL, NULL));
    return 0;
}

static const char *at(const char *rest)
{
    return mem_text(w.mem, "%s%s", path, rest);
}

static void fill_in(void)
{
    browser_get(b, at("/register"));
    assert_int_equal(b->status, 200);
    browser_post(b, at("/register"), "name", "Nora New", "company", "Newco Ltd", "password", PASSWORD, NULL);
    assert_int_equal(b->status, 303);
    browser_follow(b);
    assert_string_equal(b->path, at("/register/code"));
}

static const char *send_code(void)
{
    browser_post(b, at("/register/code/send"), NULL);
    assert_int_equal(b->status, 303);
    browser_follow(b);
    browser_sees(b, "Code sent");
    return sent_code(w.db, w.mem, &w.keys.outbox);
}

static void invited_person_registers_and_accepts(void **state)
{
    (void)state;
    browser_get(b, path);
    fill_in();
    browser_sees(b, "We will send a code to n***@customer.example");
    const char *sent = send_code();
    browser_post(b, at("/register/code"), "code", sent, NULL);
    assert_int_equal(b->status, 303);
    assert_string_not_equal(browser_cookie(b, "session"), "");
    assert_string_equal(browser_cookie(b, "visit"), "");
    browser_follow(b);
    assert_string_equal(b->path, path);
    browser_sees(b, "Your account is ready and you are signed in");
    browser_sees(b, "You accept for the account Newco Ltd");
    browser_post(b, at("/accept"), NULL);
    assert_int_equal(b->status, 303);
    browser_follow(b);
    browser_sees(b, "You are associated with your partner");
    browser_sees(b, "Nimbus Ltd");
    assert_int_equal(world_count(&w, "association", "status = 'ACTIVE'"), 2);
    assert_int_equal(world_faults(&w), 0);
}

static void registered_person_signs_in_with_the_password(void **state)
{
    struct site *site = b->site;
    (void)state;
    fill_in();
    const char *sent = send_code();
    browser_post(b, at("/register/code"), "code", sent, NULL);
    talloc_free(b);
    b = browser_new(site);
    browser_sign_in(b, EMAIL, PASSWORD);
}

static void faults_stand_beside_their_fields_and_nothing_is_lost(void **state)
{
    (void)state;
    browser_get(b, at("/register"));
    browser_sees(b, EMAIL);
    browser_post(b, at("/register"), "name", "", "company", "Newco Ltd", "password", "", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Enter your name");
    browser_sees(b, "Enter a password");
    assert_string_equal(browser_field(b, "company"), "Newco Ltd");
    browser_post(b, at("/register"), "name", "Nora", "company", "Newco Ltd", "password", "too short", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Enter at least 12 characters");
    browser_post(b, at("/register"), "name", "Nora", "company", "Newco Ltd", "password", "password1234", NULL);
    browser_sees(b, "Many people use this password.");
    assert_null(strstr(b->body, "password1234"));
    assert_int_equal(world_count(&w, "registration", "1 = 1"), 0);
}

static void link_asks_for_the_address(void **state)
{
    (void)state;
    path = mem_text(w.mem, "/invitation/%s", invited_by_link(&w, w.admin, NULL));
    browser_get(b, at("/register"));
    browser_post(b, at("/register"), "name", "Nora", "company", "Newco Ltd", "email", "nobody", "password", PASSWORD, NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Enter an email address, like name@example.com");
    browser_post(b, at("/register"), "name", "Nora", "company", "Newco Ltd", "email", "Typed@Customer.Example", "password", PASSWORD,
                 NULL);
    assert_int_equal(b->status, 303);
    assert_int_equal(world_count(&w, "registration", "email = 'typed@customer.example'"), 1);
    browser_get(b, at("/register"));   /* back */
    assert_string_equal(browser_field(b, "email"), "typed@customer.example");
    assert_string_equal(browser_field(b, "name"), "Nora");
}

static void code_page_without_a_form_leads_to_it(void **state)
{
    (void)state;
    browser_get(b, at("/register/code"));
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, at("/register"));
}

static void wrong_codes_are_told_with_what_is_left(void **state)
{
    (void)state;
    fill_in();
    const char *right = send_code(), *wrong = wrong_code(w.mem, right);
    browser_post(b, at("/register/code"), "code", "", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Enter the code");
    browser_post(b, at("/register/code"), "code", "123", NULL);
    browser_sees(b, "Enter all 6 digits");
    browser_post(b, at("/register/code"), "code", wrong, NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "The code is not correct. You have 4 attempts left");
    assert_string_equal(browser_field(b, "code"), wrong);
    for (int i = 0; i < 4; i++)
        browser_post(b, at("/register/code"), "code", wrong, NULL);
    browser_sees(b, "Too many wrong codes. Send a new code");
    browser_get(b, at("/register/code"));
    assert_string_equal(browser_field(b, "code"), "");
}

static void asking_again_at_once_is_told_to_wait(void **state)
{
    (void)state;
    fill_in();
    (void)send_code();
    browser_post(b, at("/register/code/send"), NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "more seconds before you ask for another code");
    assert_int_equal(world_count(&w, "delivery", "kind = 'CODE'"), 1);
}

static void address_with_an_account_is_led_to_sign_in_after_the_proof(void **state)
{
    (void)state;
    test_db_sql(w.db, "UPDATE user SET login = '" EMAIL "' WHERE id = %lld", L(w.viewer->user_id));
    fill_in();
    const char *sent = send_code();
    browser_post(b, at("/register/code"), "code", sent, NULL);
    assert_int_equal(b->status, 409);
    browser_sees(b, "You already have an account");
    browser_sees(b, "Sign in");
    assert_string_equal(browser_cookie(b, "session"), "");
}

static void double_click_on_ok_registers_once(void **state)
{
    (void)state;
    fill_in();
    const char *code = send_code();
    const char *body = browser_body(b, at("/register/code"), "code", code, NULL);
    const char *visit = mem_copy(w.mem, browser_cookie(b, "visit"));
    browser_post_body(b, at("/register/code"), body);
    assert_int_equal(b->status, 303);
    browser_set_cookie(b, "session", "");
    browser_set_cookie(b, "visit", visit);
    browser_post_body(b, at("/register/code"), body);   /* as it was sent: before the answer came */
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, path);
    assert_int_equal(world_count(&w, "account", "name = 'Newco Ltd'"), 1);
}

static void somebody_signed_in_goes_to_the_invitation(void **state)
{
    (void)state;
    browser_become(b, w.owner->user_id);
    browser_get(b, at("/register"));
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, path);
}

static void closed_invitation_registers_nobody(void **state)
{
    (void)state;
    fill_in();
    const char *code = send_code();
    test_db_sql(w.db, "UPDATE invitation SET expires_at = created_at - INTERVAL 1 MINUTE");
    browser_post(b, at("/register/code"), "code", code, NULL);
    assert_int_equal(b->status, 410);
    browser_sees(b, "This invitation has expired");
    browser_get(b, at("/register"));
    assert_int_equal(b->status, 410);
    assert_int_equal(world_count(&w, "account", "name = 'Newco Ltd'"), 0);
}

static void what_was_typed_is_escaped(void **state)
{
    (void)state;
    browser_get(b, at("/register"));
    browser_post(b, at("/register"), "name", "\"><script>", "company", "<b>", "password", "", NULL);
    assert_int_equal(b->status, 400);
    assert_null(strstr(b->body, "<script>"));
    assert_null(strstr(b->body, "<b>"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(invited_person_registers_and_accepts), TEST(registered_person_signs_in_with_the_password),
        TEST(faults_stand_beside_their_fields_and_nothing_is_lost), TEST(link_asks_for_the_address),
        TEST(code_page_without_a_form_leads_to_it), TEST(wrong_codes_are_told_with_what_is_left),
        TEST(asking_again_at_once_is_told_to_wait),
        TEST(address_with_an_account_is_led_to_sign_in_after_the_proof), TEST(double_click_on_ok_registers_once),
        TEST(somebody_signed_in_goes_to_the_invitation), TEST(closed_invitation_registers_nobody),
        TEST(what_was_typed_is_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
