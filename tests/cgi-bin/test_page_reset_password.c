/* A new password by a mailed link, as a person sees it. */
#include "cgi-bin/sign_in_browser.h"

#include "store/store_notice.h"

static void asking_answers_the_same_for_everybody(void **state)
{
    (void)state;
    static const char *const logins[] = {LOGIN, "nobody@acme.example"};
    const char *texts[2];
    for (size_t i = 0; i < 2; i++) {
        browser_get(b, "/forgotten-password");
        browser_post(b, "/forgotten-password", "login", logins[i], NULL);
        assert_int_equal(b->status, 303);
        assert_string_equal(b->location, "/forgotten-password/sent");
        browser_follow(b);
        texts[i] = mem_copy(mem, browser_text(b));
    }
    assert_string_equal(texts[0], texts[1]);
    assert_int_equal(count("password_reset"), 1);
}

static void asking_names_what_is_wrong_with_the_address(void **state)
{
    (void)state;
    browser_get(b, "/forgotten-password");
    browser_post(b, "/forgotten-password", "login", "", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Enter your user name");
    browser_post(b, "/forgotten-password", "login", "ada", NULL);
    browser_sees(b, "Enter an email address, like name@example.com");
}

static const char *link_sent(void)
{
    struct delivery *deliveries = NULL;
    size_t n = 0, plain_n = 0;
    char *plain = NULL;
    struct notice_values values;
    int64_t now = test_site_now();
    assert_null(delivery_claim(db, mem, &(struct delivery_queue){CHANNEL_EMAIL, true}, "test", now, now + CLOCK_MINUTE, 1, &deliveries, &n));
    assert_int_equal(n, 1);
    assert_null(secret_open(mem, &site->act_keys.outbox, deliveries[0].event_id, deliveries[0].sealed, deliveries[0].sealed_n,
                            &plain, &plain_n));
    assert_true(notice_unpack(mem, plain, &values));
    return values.link + strlen(TEST_PUBLIC_URL);
}

static void the_mailed_link_sets_a_new_password(void **state)
{
    (void)state;
    browser_get(b, "/forgotten-password");
    browser_post(b, "/forgotten-password", "login", LOGIN, NULL);
    const char *link = link_sent();
    browser_get(b, link);
    assert_int_equal(b->status, 200);
    assert_non_null(strstr(b->body, "autocomplete=\"new-password\""));
    assert_non_null(strstr(b->body, "value=\"" LOGIN "\" autocomplete=\"username\""));
    browser_post(b, link, "password", "", NULL);
    browser_sees(b, "Enter a new password");
    browser_post(b, link, "password", "short", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Enter at least 12 characters");
    browser_post(b, link, "password", "a staple of another kind", NULL);
    assert_int_equal(b->status, 303);
    browser_follow(b);
    browser_sees(b, "Your password was changed");
    sign_in_with(LOGIN, PASSWORD);
    assert_int_equal(b->status, 400);
    sign_in_with(LOGIN, "a staple of another kind");
    assert_int_equal(b->status, 303);
    browser_get(b, link);
    assert_int_equal(b->status, 404);
    browser_sees(b, "This link no longer works");
}

static void a_made_up_link_says_that_it_does_not_work(void **state)
{
    (void)state;
    browser_get(b, "/reset-password/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert_int_equal(b->status, 404);
    browser_sees(b, "This link no longer works");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(asking_answers_the_same_for_everybody),
        TEST(asking_names_what_is_wrong_with_the_address),
        TEST(the_mailed_link_sets_a_new_password),
        TEST(a_made_up_link_says_that_it_does_not_work),
    };
    return cmocka_run_group_tests(tests, open_site, close_site);
}
