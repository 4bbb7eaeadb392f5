/* Preferences, sessions, password, second factor and recovery codes, as each person sees their own. */
#include "cgi-bin/wizard_browser.h"

#include "web/http.h"

#define PASSWORD "correct horse battery"
#define LOGIN "olga@acme.example"

static void give_passwords(void)
{
    world_password(&w, NULL, PASSWORD);
    test_db_sql(w.db, "UPDATE user SET login = '" LOGIN "' WHERE id = %lld", L(w.owner->user_id));
}

static void wait_for_step_up(void)
{
    test_db_sql(w.db, "UPDATE session SET step_up_at = TIMESTAMPADD(MICROSECOND, %lld, '1970-01-01')", L(w.now - CLOCK_HOUR));
}

static void asks_for_the_password(void)
{
    assert_int_equal(b->status, 303);
    assert_memory_equal(b->location, "/step-up?next=", 14);
}

/* --- proving oneself again --- */

#define FACTOR "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

static void whoever_has_a_second_factor_may_prove_it_by_a_code(void **state)
{
    char code[7];
    (void)state;
    wait_for_step_up();
    get("/step-up?next=%2Fsecurity", 200);
    assert_null(strstr(b->body, "name=\"code\""));
    browser_post(b, "/step-up", "next", "/security", "code", "123456", NULL);
    browser_sees(b, "Enter your password");
    test_db_sql(w.db, "UPDATE user SET totp_secret = '" FACTOR "' WHERE id = %lld", L(w.owner->user_id));
    get("/step-up?next=%2Fsecurity", 200);
    browser_sees(b, "Or a one-time password");
    browser_post(b, "/step-up", "next", "/security", "password", "", NULL);
    browser_sees(b, "Enter your password or a one-time password");
    browser_post(b, "/step-up", "next", "/security", "code", "12", NULL);
    browser_sees(b, "The one-time password is not correct");
    assert_true(totp_now(FACTOR, w.now, code));
    browser_post(b, "/step-up", "next", "/security", "code", code, NULL);
    leads_to("/security");
}

static const struct actor *everybody(size_t i)
{
    const struct actor *all[] = {w.owner, w.viewer, w.admin, w.manager, w.ops};
    return i < 5 ? all[i] : NULL;
}

/* --- preferences --- */

static void everybody_has_preferences_of_their_own(void **state)
{
    (void)state;
    for (size_t i = 0; everybody(i) != NULL; i++) {
        browser_become(b, everybody(i)->user_id);
        get("/preferences", 200);
        const bool leads = i == 0 || i == 2;
        assert_int_equal(strstr(b->body, "name=\"by_email\"") != NULL, leads);
        browser_post(b, "/preferences", "language", "en", "zone", "Asia/Tokyo", "theme", "dark", leads ? "by_email" : NULL, "1", NULL);
        leads_to("/preferences");
        browser_follow(b);
        browser_sees(b, "Preferences saved");
        browser_sees(b, "Times are shown in UTC+09:00");
        assert_non_null(strstr(b->body, "class=\"theme-dark\""));
        assert_non_null(strstr(b->body, "<option value=\"Asia/Tokyo\" selected>"));
    }
    assert_int_equal(world_count(&w, "user", "zone = 'Asia/Tokyo' AND lang = 'en'"), 5);
}

static void the_language_of_the_profile_is_spoken_until_another_is_chosen_here(void **state)
{
    (void)state;
    browser_set_cookie(b, "lang", "en");
    get("/preferences", 200);
    browser_post(b, "/preferences", "language", "zh-Hans", "zone", "", "theme", "device", "by_email", "1", NULL);
    browser_follow(b);
    assert_non_null(strstr(b->body, "<html lang=\"zh-Hans\""));
    assert_string_equal(browser_cookie(b, "lang"), "");
    browser_get(b, "/preferences?lang=en");
    browser_follow(b);
    assert_non_null(strstr(b->body, "<html lang=\"en\""));
}

static void signing_in_brings_the_language_of_the_profile(void **state)
{
    (void)state;
    give_passwords();
    struct browser *guest = browser_new(b->site);
    test_db_sql(w.db, "UPDATE user SET lang = 'zh-Hans' WHERE id = %lld", L(w.owner->user_id));
    browser_set_cookie(guest, "lang", "en");
    browser_sign_in(guest, LOGIN, PASSWORD);
    assert_string_equal(browser_cookie(guest, "lang"), "");
    assert_non_null(strstr(guest->body, "<html lang=\"zh-Hans\""));
    talloc_free(guest);
    guest = browser_new(b->site);
    test_db_sql(w.db, "UPDATE user SET lang = '' WHERE id = %lld", L(w.owner->user_id));
    browser_set_cookie(guest, "lang", "zh-Hans");
    browser_sign_in(guest, LOGIN, PASSWORD);
    assert_non_null(strstr(guest->body, "<html lang=\"zh-Hans\""));
    talloc_free(guest);
}

static void preferences_that_do_not_exist_are_refused(void **state)
{
    (void)state;
    get("/preferences", 200);
    browser_post(b, "/preferences", "language", "xx", "zone", "Mars/Olympus", "theme", "pink", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Select a language");
    browser_sees(b, "Select a time zone");
    browser_sees(b, "Select a theme");
    browser_sees(b, "Select at least one way to send you notices");
    browser_post(b, "/preferences", "language", "en", "zone", "", "theme", "device", "by_sms", "1", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Add a mobile number to your contact details before you turn email off");
    assert_int_equal(world_count(&w, "operation_log", "operation = 'PREFERENCES_SET'"), 0);
}

static void a_viewer_cannot_choose_for_the_account(void **state)
{
    (void)state;
    browser_become(b, w.viewer->user_id);
    get("/preferences", 200);
    browser_sees(b, "Notices go to your account by email, the most important ones by text message too.");
    browser_post(b, "/preferences", "language", "en", "zone", "", "theme", "device", "channels", "1", "by_email", "1", NULL);
    assert_int_equal(b->status, 403);
    assert_int_equal(world_count(&w, "account", "notice_sms = 0"), 0);
}

/* --- sessions --- */

static void everybody_sees_their_own_sessions_and_ends_one(void **state)
{
    (void)state;
    for (size_t i = 0; everybody(i) != NULL; i++) {
        test_db_sql(w.db, "UPDATE session SET ended_at = seen_at WHERE user_id = %lld AND id <> %lld", L(everybody(i)->user_id),
                    L(everybody(i)->session_id));
        browser_become(b, everybody(i)->user_id);
        get("/security", 200);
        browser_sees(b, "This session");
        browser_sees(b, "End all other sessions");
        browser_post(b, mem_text(w.mem, "/security/sessions/%lld/end", L(everybody(i)->session_id)), NULL);
        leads_to("/security");
        browser_follow(b);
        browser_sees(b, "The session was ended");
        browser_does_not_see(b, "End all other sessions");
        assert_int_equal(world_count(&w, "session", "user_id = %lld AND ended_at IS NULL", L(everybody(i)->user_id)), 1);
    }
}

static void all_others_end_at_once(void **state)
{
    (void)state;
    world_sign_in_again(&w, w.owner);
    get("/security", 200);
    browser_post(b, "/security/sessions/end-others", NULL);
    leads_to("/security");
    browser_follow(b);
    browser_sees(b, "All other sessions were ended");
    assert_int_equal(world_count(&w, "session", "user_id = %lld AND ended_at IS NULL", L(w.owner->user_id)), 1);
}

static void sessions_of_others_are_not_found(void **state)
{
    (void)state;
    get("/security", 200);
    const char *body = browser_body(b, mem_text(w.mem, "/security/sessions/%lld/end", L(w.owner->session_id)), NULL);
    browser_post_body(b, mem_text(w.mem, "/security/sessions/%lld/end", L(w.viewer->session_id)), body);
    assert_int_equal(b->status, 404);
    browser_post_body(b, "/security/sessions/999999999/end", body);
    assert_int_equal(b->status, 404);
    assert_int_equal(world_count(&w, "session", "ended_at IS NOT NULL"), 0);
}

static void each_of_it_asks_for_the_password_first(void **state)
{
    (void)state;
    get("/security", 200);
    wait_for_step_up();
    browser_post(b, "/security/sessions/end-others", NULL);
    asks_for_the_password();
    get("/security", 200);
    browser_post(b, mem_text(w.mem, "/security/sessions/%lld/end", L(w.owner->session_id)), NULL);
    asks_for_the_password();
    get("/security", 200);
    browser_post(b, "/security/second-factor/start", NULL);
    asks_for_the_password();
    static const char *const pages[] = {"/security/password", "/security/second-factor", "/security/second-factor/qr.svg",
                                        "/security/second-factor/off"};
    for (size_t i = 0; i < 4; i++) {
        browser_get(b, pages[i]);
        asks_for_the_password();
    }
}

/* --- password --- */

static void a_password_is_changed(void **state)
{
    (void)state;
    give_passwords();
    get("/security/password", 200);
    browser_post(b, "/security/password", "password", "", NULL);
    browser_sees(b, "Enter a new password");
    browser_post(b, "/security/password", "password", "short", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Enter at least 12 characters");
    assert_null(strstr(b->body, "value=\"short\""));
    const char *body = browser_body(b, "/security/password", "password", "a quite new password", NULL);
    for (int i = 0; i < 2; i++) {
        browser_post_body(b, "/security/password", body);
        leads_to("/security");
    }
    browser_follow(b);
    browser_sees(b, "Your password was changed");
    assert_int_equal(world_count(&w, "operation_log", "operation = 'PASSWORD_CHANGED'"), 1);
    struct browser *guest = browser_new(b->site);
    browser_sign_in(guest, LOGIN, "a quite new password");
    talloc_free(guest);
}

/* --- second factor --- */

static const char *secret_shown(void)
{
    const char *at = strstr(b->body, "id=\"totp-secret\"");
    assert_non_null(at);
    at = strchr(at, '>') + 1;
    struct buf *secret = buf_new(w.mem, 40);
    for (; *at != '<'; at++)
        if (*at != ' ')
            buf_char(secret, *at);
    return secret->bytes;
}

static const char *code_of(const char *secret)
{
    char code[7];
    assert_true(totp_now(secret, test_site_now(), code));
    return mem_copy(w.mem, code);
}

/* The first recovery code on the page. */
static const char *recovery_shown(void)
{
    const char *at = strstr(b->body, "id=\"recovery-codes\"");
    assert_non_null(at);
    at = strstr(at, "dir=\"ltr\">") + 10;
    return mem_copy_n(w.mem, at, strcspn(at, "<"));
}

static const char *set_up(void)
{
    get("/security", 200);
    browser_post(b, "/security/second-factor/start", NULL);
    leads_to("/security/second-factor");
    browser_follow(b);
    const char *secret = secret_shown();
    browser_get(b, "/security/second-factor/qr.svg");
    assert_int_equal(b->status, 200);
    assert_string_equal(browser_header(b, "Content-Type"), "image/svg+xml");
    browser_post(b, "/security/second-factor", "code", "000000", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "The code is not correct.");
    browser_post(b, "/security/second-factor", "code", code_of(secret), NULL);
    leads_to("/security/recovery-codes");
    return secret;
}

static void a_factor_is_set_up_and_a_recovery_code_signs_in_once(void **state)
{
    (void)state;
    give_passwords();
    (void)set_up();
    browser_follow(b);
    browser_sees(b, "They are shown only this once.");
    const char *recovery = recovery_shown();
    assert_int_equal(strlen(recovery), 14);
    get("/security/recovery-codes", 200);
    browser_sees(b, "Recovery codes are shown only once");
    assert_null(strstr(b->body, recovery));
    get("/security", 200);
    browser_sees(b, "10 recovery codes are left.");
    for (int i = 0; i < 2; i++) {
        struct browser *guest = browser_new(b->site);
        browser_get(guest, "/sign-in");
        browser_post(guest, "/sign-in", "login", LOGIN, "password", PASSWORD, NULL);
        browser_follow(guest);
        browser_sees(guest, "Enter your one-time password");
        browser_post(guest, "/sign-in/code", "code", recovery, NULL);
        assert_int_equal(guest->status, i == 0 ? 303 : 400);
        talloc_free(guest);
    }
    get("/security", 200);
    browser_sees(b, "9 recovery codes are left.");
}

static void a_form_sent_twice_still_shows_the_codes(void **state)
{
    (void)state;
    get("/security", 200);
    browser_post(b, "/security/second-factor/start", NULL);
    browser_follow(b);
    const char *body = browser_body(b, "/security/second-factor", "code", code_of(secret_shown()), NULL);
    browser_post_body(b, "/security/second-factor", body);
    browser_set_cookie(b, "codes", "");    /* the first answer never came */
    browser_post_body(b, "/security/second-factor", body);
    leads_to("/security/recovery-codes");
    browser_follow(b);
    browser_sees(b, "They are shown only this once.");
}

static void codes_in_a_cookie_are_nobody_elses(void **state)
{
    (void)state;
    (void)set_up();
    const char *cookie = mem_copy(w.mem, browser_cookie(b, "codes"));
    assert_true(strlen(cookie) > 100);
    browser_become(b, w.viewer->user_id);
    browser_set_cookie(b, "codes", cookie);
    get("/security/recovery-codes", 200);
    browser_sees(b, "Recovery codes are shown only once");
    browser_set_cookie(b, "codes", "nonsense");
    get("/security/recovery-codes", 200);
    browser_sees(b, "Recovery codes are shown only once");
}

static void new_codes_are_made_and_shown(void **state)
{
    (void)state;
    (void)set_up();
    browser_follow(b);
    const char *first = recovery_shown();
    get("/security", 200);
    browser_post(b, "/security/recovery-codes", NULL);
    leads_to("/security/recovery-codes");
    browser_follow(b);
    assert_string_not_equal(recovery_shown(), first);
}

static void a_key_that_was_not_begun_is_not_shown(void **state)
{
    (void)state;
    browser_get(b, "/security/second-factor");
    leads_to("/security");
    get("/security/second-factor/qr.svg", 404);
}

static void the_factor_is_switched_off(void **state)
{
    (void)state;
    (void)set_up();
    get("/security/second-factor/off", 200);
    browser_post(b, "/security/second-factor/off", NULL);
    leads_to("/security");
    browser_follow(b);
    browser_sees(b, "Two-step sign-in is off");
    assert_int_equal(world_count(&w, "user", "totp_secret IS NOT NULL AND id = %lld", L(w.owner->user_id)), 0);
    browser_get(b, "/security/second-factor/off");
    leads_to("/security");
}

static void those_who_run_the_platform_cannot_switch_it_off(void **state)
{
    (void)state;
    browser_become(b, w.ops->user_id);
    (void)set_up();
    get("/security", 200);
    browser_sees(b, "Those who run the platform always need it.");
    assert_null(strstr(b->body, "/security/second-factor/off"));
    get("/security/second-factor/off", 409);
    browser_become(b, w.owner->user_id);
    (void)set_up();
    get("/security/second-factor/off", 200);
    const char *body = browser_body(b, "/security/second-factor/off", NULL);
    test_db_sql(w.db, "UPDATE account SET kind = 'PLATFORM', notices = 0 WHERE id = %lld", L(w.customer));
    test_db_sql(w.db, "UPDATE user SET role = 'ops' WHERE account_id = %lld", L(w.customer));
    browser_post_body(b, "/security/second-factor/off", body);
    assert_int_equal(b->status, 409);
    assert_int_equal(world_count(&w, "user", "totp_secret IS NOT NULL AND id = %lld", L(w.owner->user_id)), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(whoever_has_a_second_factor_may_prove_it_by_a_code),
        TEST(everybody_has_preferences_of_their_own), TEST(the_language_of_the_profile_is_spoken_until_another_is_chosen_here),
        TEST(signing_in_brings_the_language_of_the_profile), TEST(preferences_that_do_not_exist_are_refused),
        TEST(a_viewer_cannot_choose_for_the_account), TEST(everybody_sees_their_own_sessions_and_ends_one),
        TEST(all_others_end_at_once), TEST(sessions_of_others_are_not_found), TEST(each_of_it_asks_for_the_password_first),
        TEST(a_password_is_changed), TEST(a_factor_is_set_up_and_a_recovery_code_signs_in_once),
        TEST(a_form_sent_twice_still_shows_the_codes), TEST(codes_in_a_cookie_are_nobody_elses), TEST(new_codes_are_made_and_shown),
        TEST(a_key_that_was_not_begun_is_not_shown), TEST(the_factor_is_switched_off),
        TEST(those_who_run_the_platform_cannot_switch_it_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
