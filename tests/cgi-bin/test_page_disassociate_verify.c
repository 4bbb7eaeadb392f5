/* Step 2: the code. */
#include "cgi-bin/wizard_browser.h"

static void without_a_contact_nobody_is_verified(void **state)
{
    (void)state;
    test_db_sql(w.db, "UPDATE contact SET verified_at = NULL WHERE account_id = %lld", L(w.customer));
    confirm();
    browser_sees(b, "We can’t verify you yet");
    browser_sees(b, "Add an email address or mobile number to your account, then come back.");
}

static void channel_must_be_chosen_when_there_are_two(void **state)
{
    (void)state;
    world_contact(&w, w.customer, CHANNEL_SMS, "+4915100000188");
    confirm();
    browser_sees(b, "Where should we send your code?");
    browser_sees(b, "Text message to the mobile number ending in 0188");
    assert_null(strstr(b->body, " checked"));
    browser_post(b, "/disassociate/verify/send", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Select where to send the code");
    browser_post(b, "/disassociate/verify/send", "channel", "SMS", NULL);
    browser_follow(b);
    browser_sees(b, "We sent a 6-digit code by text message to the mobile number ending in 0188.");
    browser_sees(b, "Send it another way");
    get("/disassociate/verify?change=1", 200);
    browser_sees(b, "Where should we send your code?");
}

static void code_faults_say_what_to_do_and_keep_what_was_typed(void **state)
{
    (void)state;
    confirm();
    send();
    browser_post(b, "/disassociate/verify", "code", "", NULL);
    browser_sees(b, "Enter the code");
    assert_int_equal(b->status, 400);
    browser_post(b, "/disassociate/verify", "code", "12 34", NULL);
    browser_sees(b, "Enter all 6 digits");
    assert_string_equal(browser_field(b, "code"), "12 34");
    const char *wrong = wrong_code(w.mem, right());
    browser_post(b, "/disassociate/verify", "code", wrong, NULL);
    browser_sees(b, "The code is not correct. You have 4 attempts left");
    assert_string_equal(browser_field(b, "code"), wrong);
    for (int i = 0; i < 3; i++)
        browser_post(b, "/disassociate/verify", "code", wrong, NULL);
    browser_sees(b, "The code is not correct. You have 1 attempt left");
    browser_post(b, "/disassociate/verify", "code", wrong, NULL);
    browser_sees(b, "Too many wrong codes. Send a new code");
    assert_null(strstr(b->body, "id=\"code\""));
    assert_non_null(strstr(b->body, "href=\"#send\""));
    assert_non_null(strstr(b->body, "id=\"send\""));
}

static void wrong_code_sent_twice_is_one_try(void **state)
{
    (void)state;
    confirm();
    send();
    const char *body = browser_body(b, "/disassociate/verify", "code", wrong_code(w.mem, right()), NULL);
    browser_post_body(b, "/disassociate/verify", body);
    assert_int_equal(b->status, 400);
    browser_post_body(b, "/disassociate/verify", body);
    leads_to("/disassociate/verify");
    browser_follow(b);
    browser_sees(b, "The code is not correct");
    browser_sees(b, "You have 4 attempts left.");
    get("/disassociate/verify", 200);
    browser_does_not_see(b, "The code is not correct");
    assert_int_equal(world_count(&w, "verification_code", "tries = 1"), 1);
    prove();
}

static void code_is_taken_with_spaces_and_full_width_digits(void **state)
{
    static const char *const wide[] = { "０", "１", "２", "３", "４", "５", "６", "７", "８", "９" };
    char *typed;

    (void)state;
    confirm();
    send();
    const char *digits = right();
    typed = mem_text(w.mem, "%s%s%s %s%s-%c", wide[digits[0] - '0'], wide[digits[1] - '0'], wide[digits[2] - '0'],
                     wide[digits[3] - '0'], wide[digits[4] - '0'], digits[5]);
    browser_post(b, "/disassociate/verify", "code", typed, NULL);
    leads_to("/disassociate/reason");
}

static void early_resend_waits(void **state)
{
    (void)state;
    confirm();
    send();
    browser_sees(b, "You can ask for another code from");
    assert_non_null(strstr(b->body, "class=\"cd cd-"));
    browser_post(b, "/disassociate/verify/send", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "more seconds before you ask for another code");
    browser_sees(b, "Enter the code");
    later(2 * CLOCK_MINUTE);
    get("/disassociate/verify", 200);
    assert_null(strstr(b->body, "cd-"));
    send();
    browser_sees(b, "We sent a new code. The earlier one no longer works.");
}

static void expired_code_asks_for_a_new_one(void **state)
{
    (void)state;
    confirm();
    send();
    const char *digits = right();
    later(11 * CLOCK_MINUTE);
    browser_post(b, "/disassociate/verify", "code", digits, NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "This code has expired. Send a new one");
    get("/disassociate/verify", 200);
    browser_sees(b, "This code has expired");
    send();
    prove();
}

static void too_many_sends_name_the_time(void **state)
{
    (void)state;
    confirm();
    for (int64_t i = 0; i < w.config->code.sends_per_hour; i++) {
        send();
        later(2 * CLOCK_MINUTE);
        get("/disassociate/verify", 200);
    }
    browser_post(b, "/disassociate/verify/send", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "You have asked for too many codes. Try again after");
    browser_sees(b, "or contact support");
}

static void failed_delivery_offers_the_other_way(void **state)
{
    (void)state;
    world_contact(&w, w.customer, CHANNEL_SMS, "+4915100000188");
    confirm();
    browser_post(b, "/disassociate/verify/send", "channel", "SMS", NULL);
    browser_follow(b);
    test_db_sql(w.db, "UPDATE delivery SET state = 'DEAD', done_at = created_at, sealed = NULL WHERE code_id IS NOT NULL");
    get("/disassociate/verify", 200);
    browser_sees(b, "We couldn’t send the code");
    browser_sees(b, "Try again or send it another way");
    browser_sees(b, "Where should we send your code?");
}

static void that_a_gateway_refuses_us_is_told_at_once(void **state)
{
    (void)state;
    world_contact(&w, w.customer, CHANNEL_SMS, "+4915100000188");
    confirm();
    browser_post(b, "/disassociate/verify/send", "channel", "SMS", NULL);
    browser_follow(b);
    browser_sees(b, "Enter the code");
    test_db_sql(w.db, "UPDATE delivery SET is_denied = 1 WHERE code_id IS NOT NULL");
    get("/disassociate/verify", 200);
    browser_sees(b, "We couldn’t send the code");
    later(2 * CLOCK_MINUTE);
    get("/disassociate/verify", 200);
    browser_post(b, "/disassociate/verify/send", "channel", "EMAIL", NULL);
    browser_follow(b);
    browser_sees(b, "Enter the code");
    assert_int_equal(world_count(&w, "delivery", "code_id IS NOT NULL AND channel = 'EMAIL'"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_a_contact_nobody_is_verified), TEST(channel_must_be_chosen_when_there_are_two),
        TEST(code_faults_say_what_to_do_and_keep_what_was_typed), TEST(wrong_code_sent_twice_is_one_try),
        TEST(code_is_taken_with_spaces_and_full_width_digits),
        TEST(early_resend_waits), TEST(expired_code_asks_for_a_new_one), TEST(too_many_sends_name_the_time),
        TEST(that_a_gateway_refuses_us_is_told_at_once), TEST(failed_delivery_offers_the_other_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
