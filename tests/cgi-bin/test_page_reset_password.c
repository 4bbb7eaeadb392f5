/* A new password by a mailed link, as a person sees it. */
#include "cgi-bin/sign_in_browser.h"

#include "store/store_notice.h"

/* Enumeration: the answers differ in nothing, their sizes neither. */
static void asking_answers_the_same_for_everybody(void **state)
{
    static const struct { const char *login, *before; int times, links; } asks[] = {
        {LOGIN, "", 1, 1}, {"nobody@acme.example", "", 1, 0}, {LOGIN, "UPDATE user SET status = 'DISABLED'", 1, 0},
        {LOGIN, "UPDATE account SET status = 'CLOSED', closed_at = created_at", 1, 0}, {OPS, "", 1, 1}, {LOGIN, "", 5, 3},
    };
    const char *first[2] = {NULL, NULL};
    (void)state;
    for (size_t i = 0; i < sizeof asks / sizeof *asks; i++) {
        (void)teardown(NULL);
        (void)setup(NULL);
        if (asks[i].before[0] != '\0')
            test_db_sql(db, "%s", asks[i].before);
        const char *texts[2] = {NULL, NULL};
        for (int time = 0; time < asks[i].times; time++) {
            browser_get(b, "/forgotten-password");
            browser_post(b, "/forgotten-password", "login", asks[i].login, NULL);
            assert_int_equal(b->status, 303);
            assert_string_equal(b->location, "/forgotten-password/sent");
            texts[0] = bare_answer();
            browser_follow(b);
            texts[1] = bare_answer();
        }
        for (size_t k = 0; k < 2; k++) {
            if (first[k] == NULL)
                first[k] = mem_copy(NULL, texts[k]);
            assert_string_equal(texts[k], first[k]);
        }
        assert_int_equal(count("password_reset"), asks[i].links);
    }
    for (size_t k = 0; k < 2; k++)
        talloc_free((void *)(uintptr_t)first[k]);
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

/* Whose link it was, or whether there ever was one, is not told. */
static void every_link_that_does_not_work_says_the_same(void **state)
{
    static const char *const befores[] = {
        "DO 0", "UPDATE password_reset SET used_at = created_at", "UPDATE password_reset SET expires_at = created_at",
        "UPDATE user SET status = 'DISABLED'", "UPDATE account SET status = 'CLOSED', closed_at = created_at",
    };
    const char *first = NULL;
    (void)state;
    for (size_t i = 0; i < sizeof befores / sizeof *befores; i++) {
        (void)teardown(NULL);
        (void)setup(NULL);
        browser_get(b, "/forgotten-password");
        browser_post(b, "/forgotten-password", "login", LOGIN, NULL);
        const char *link = i == 0 ? "/reset-password/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" : link_sent();
        test_db_sql(db, "%s", befores[i]);
        browser_get(b, link);
        assert_int_equal(b->status, 404);
        browser_sees(b, "This link no longer works");
        const char *bare = without(bare_answer(), "href=\"/reset-password/", "/reset-password/", "?");   /* as it was asked for */
        if (first == NULL)
            first = mem_copy(NULL, bare);
        assert_string_equal(bare, first);
    }
    talloc_free((void *)(uintptr_t)first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(asking_answers_the_same_for_everybody),
        TEST(asking_names_what_is_wrong_with_the_address),
        TEST(the_mailed_link_sets_a_new_password),
        TEST(every_link_that_does_not_work_says_the_same),
    };
    return cmocka_run_group_tests(tests, open_site, close_site);
}
