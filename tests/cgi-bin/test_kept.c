#include "cgi-bin/browser_world.h"

#include "store/store_kept.h"

#define PROSE "Your contract runs to December: <b>10 % & more</b>."

static const char *path;   /* of the review page of a request that waits for an answer */

static int begin(void **state)
{
    (void)state;
    open_browser();
    path = mem_text(w.mem, "/requests/%s", no_of(world_request(&w, w.owner)));
    browser_become(b, w.admin->user_id);
    get(path, 200);
    return 0;
}

static const char *answer(void) { return browser_body(b, path, "decision", "REJECT", "message", PROSE, "understood", "1", NULL); }

/* Idle for longer than any session lasts. */
static void time_out(void) { test_site_clock_at(w.now + 2 * CLOCK_HOUR); }

static int64_t kept(void) { return world_count(&w, "kept_form", "fields <> ''"); }

static void come_back(const struct actor *actor)
{
    browser_become(b, actor->user_id);
    browser_get(b, path);
    assert_int_equal(b->status, 200);
}

static bool page_holds_prose(void) { return strstr(b->body, "10 % &amp; more") != NULL; }

static void what_was_typed_after_the_session_ran_out_is_shown_when_its_user_is_back(void **state)
{
    (void)state;
    const char *body = answer();
    time_out();
    browser_post_body(b, path, body);
    assert_int_equal(b->status, 303);
    assert_int_equal(strncmp(b->location, "/sign-in?next=%2Frequests%2FDR", 30), 0);
    browser_follow(b);
    browser_sees(b, "You were signed out because you were inactive");
    browser_sees(b, "Your answers are saved. Sign in to continue.");
    come_back(w.admin);
    browser_sees(b, "We kept what you typed");
    browser_sees(b, PROSE);
    assert_null(strstr(b->body, "<b>10"));
    assert_non_null(strstr(b->body, "checked"));
}

static void it_is_still_there_when_the_page_is_opened_again(void **state)
{
    (void)state;
    const char *body = answer();
    time_out();
    browser_post_body(b, path, body);
    come_back(w.admin);
    browser_get(b, path);
    browser_sees(b, PROSE);
}

static void tokens_ticks_and_numbers_are_not_kept(void **state)
{
    (void)state;
    const char *body = answer();
    time_out();
    browser_post_body(b, path, body);
    assert_int_equal(world_count(&w, "kept_form", "user_id = %lld AND path = '%s' AND fields LIKE 'decision=REJECT&message=%%'",
                                 (long long)w.admin->user_id, path), 1);
    static const char *const never[] = {"csrf", "once", "understood", "rev="};
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
        assert_int_equal(world_count(&w, "kept_form", "fields LIKE '%%%s%%'", never[i]), 0);
}

static void a_form_that_is_sent_is_no_longer_kept(void **state)
{
    (void)state;
    const char *body = answer();
    time_out();
    browser_post_body(b, path, body);
    come_back(w.admin);
    assert_int_equal(kept(), 1);
    browser_post(b, path, "decision", "REJECT", "message", "Shorter.", NULL);
    assert_int_equal(b->status, 303);
    assert_int_equal(kept(), 0);
    browser_follow(b);
    browser_does_not_see(b, "We kept what you typed");
}

static void a_form_that_is_refused_shows_what_was_typed_last_and_stays_kept(void **state)
{
    (void)state;
    const char *body = answer();
    time_out();
    browser_post_body(b, path, body);
    come_back(w.admin);
    browser_post(b, path, "message", "Another text.", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Another text.");
    assert_false(page_holds_prose());
    assert_int_equal(kept(), 1);
}

static void what_is_typed_later_takes_its_place(void **state)
{
    (void)state;
    const char *body = answer();
    const char *later = browser_body(b, path, "decision", "REJECT", "message", "The later text.", NULL);
    time_out();
    browser_post_body(b, path, body);
    browser_post_body(b, path, later);
    come_back(w.admin);
    browser_sees(b, "The later text.");
    assert_false(page_holds_prose());
}

static void nobody_else_sees_it(void **state)
{
    (void)state;
    const char *body = answer();
    time_out();
    browser_post_body(b, path, body);
    come_back(world_user(&w, w.partner, ROLE_ADMIN, "Bea Boss"));
    assert_false(page_holds_prose());
    browser_does_not_see(b, "We kept what you typed");
    come_back(w.manager);
    assert_false(page_holds_prose());
}

static void after_a_day_it_is_gone(void **state)
{
    (void)state;
    const char *body = answer();
    time_out();
    browser_post_body(b, path, body);
    test_site_clock_at(w.now + 27 * CLOCK_HOUR);
    come_back(w.admin);
    assert_false(page_holds_prose());
    int64_t n = 0;
    assert_null(purge_kept_forms(db, w.now, &n));
    assert_int_equal(n, 0);
    assert_null(purge_kept_forms(db, w.now + 3 * CLOCK_HOUR, &n));
    assert_int_equal(n, 1);
}

static void a_form_without_that_sessions_token_is_not_kept(void **state)
{
    (void)state;
    const char *forged = browser_body(b, path, "csrf", "AAAA", "decision", "REJECT", "message", PROSE, NULL);
    time_out();
    browser_post_body(b, path, forged);
    assert_int_equal(b->status, 303);
    browser_post_body(b, path, "decision=REJECT&message=x");
    assert_int_equal(b->status, 303);
    assert_int_equal(kept(), 0);
}

static void a_form_from_another_site_is_not_kept(void **state)
{
    (void)state;
    const char *body = answer();
    time_out();
    b->origin = "http://evil.example";
    browser_post_body(b, path, body);
    assert_int_equal(b->status, 303);
    assert_int_equal(kept(), 0);
}

static void a_form_that_is_malformed_is_not_kept(void **state)
{
    (void)state;
    const char *body = mem_text(b, "%s&colour=red", answer());
    time_out();
    browser_post_body(b, path, body);
    assert_int_equal(b->status, 303);
    assert_int_equal(kept(), 0);
}

/* Who signs out or is ended means it. */
static void a_form_of_a_session_that_was_ended_is_not_kept(void **state)
{
    (void)state;
    const char *body = answer();
    test_db_sql(db, "UPDATE session SET ended_at = seen_at");
    browser_post_body(b, path, body);
    assert_int_equal(b->status, 303);
    assert_int_equal(kept(), 0);
}

static void an_empty_form_is_not_kept(void **state)
{
    (void)state;
    const char *body = browser_body(b, path, "decision", NULL, "message", "", NULL);
    time_out();
    browser_post_body(b, path, body);
    assert_int_equal(b->status, 303);
    assert_int_equal(kept(), 0);
}

/* Continued in another tab: the answer there counts, and the words typed here are not lost. */
static void what_was_typed_into_an_overtaken_form_is_kept(void **state)
{
    (void)state;
    const char *late = answer();
    world_partner_code(&w, true);
    browser_get(b, path);
    browser_post(b, path, "decision", "REJECT", "message", "First.", NULL);
    assert_int_equal(b->status, 303);
    const char *old = mem_text(b, "%s", late);
    browser_get(b, path);
    browser_post_body(b, path, old);
    assert_int_equal(b->status, 303);
    assert_int_equal(kept(), 1);
    browser_get(b, path);
    browser_sees(b, "We kept what you typed");
    assert_true(page_holds_prose());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_typed_after_the_session_ran_out_is_shown_when_its_user_is_back),
        TEST(it_is_still_there_when_the_page_is_opened_again),
        TEST(tokens_ticks_and_numbers_are_not_kept),
        TEST(a_form_that_is_sent_is_no_longer_kept),
        TEST(a_form_that_is_refused_shows_what_was_typed_last_and_stays_kept),
        TEST(what_is_typed_later_takes_its_place),
        TEST(nobody_else_sees_it),
        TEST(after_a_day_it_is_gone),
        TEST(a_form_without_that_sessions_token_is_not_kept),
        TEST(a_form_from_another_site_is_not_kept),
        TEST(a_form_that_is_malformed_is_not_kept),
        TEST(a_form_of_a_session_that_was_ended_is_not_kept),
        TEST(an_empty_form_is_not_kept),
        TEST(what_was_typed_into_an_overtaken_form_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
