/* Team, joining it, settings, and the password that is asked for first. */
#include "cgi-bin/partner_desk.h"

#include <string.h>


#define PASSWORD "correct horse battery"

static const char *member(const struct actor *actor, const char *more)
{
    return mem_text(w.mem, "/team/%lld%s", L(actor->user_id), more);
}

/* So late that the password is asked for again; the session still lives. */
static void wait_for_step_up(void)
{
    test_db_sql(w.db, "UPDATE session SET step_up_at = TIMESTAMPADD(MICROSECOND, %lld, '1970-01-01')", L(w.now - CLOCK_HOUR));
}

/* --- the list --- */

static void the_team_is_listed_for_the_one_in_charge(void **state)
{
    (void)state;
    get("/team", 200);
    browser_sees(b, "Ada Admin You");
    browser_sees(b, "Mo Manager");
    browser_does_not_see(b, "Olga Owner");
    assert_true(offers(member(w.manager, "/remove")));
    browser_become(b, w.owner->user_id);
    get("/team", 200);
    browser_sees(b, "Olga Owner You");
    browser_sees(b, "Viktor Viewer");
    browser_become(b, w.ops->user_id);
    get("/team", 200);
    browser_sees(b, "Otto Ops You");
}

static void those_who_only_read_do_not_see_it(void **state)
{
    const struct actor *others[] = {w.manager, w.viewer, world_user(&w, w.ops->account_id, ROLE_AUDITOR, "Auditor")};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        browser_become(b, others[i]->user_id);
        get("/team", 403);
        get("/team/invite", 403);
        get(member(w.admin, ""), 403);
    }
}

static void members_of_other_teams_are_not_found(void **state)
{
    (void)state;
    get(member(w.owner, ""), 404);
    get(member(w.owner, "/remove"), 404);
    get("/team/999999999", 404);
    get(member(w.manager, "/remove"), 200);
    const char *body = browser_body(b, member(w.manager, "/remove"), NULL);
    browser_become(b, w.owner->user_id);
    browser_post_body(b, member(w.manager, "/remove"), body);
    assert_int_equal(b->status, 404);
    assert_int_equal(world_count(&w, "user", "status = 'DISABLED'"), 0);
}

/* --- inviting and joining --- */

static const char *link_path(void)
{
    static const struct db_statement mail = {
        "test_mail", "SELECT event_id, sealed FROM delivery WHERE kind = 'TEAM_INVITATION' ORDER BY id DESC LIMIT 1", "", "sb"};
    struct db_rows *rows = NULL;
    struct notice_values values;
    size_t sealed_n = 0, n = 0;
    char *plain = NULL;
    assert_null(db_query(w.db, w.mem, &mail, &rows));
    const char *sealed = db_bytes(rows, 0, 1, &sealed_n);
    assert_null(secret_open(w.mem, &b->site->act_keys.outbox, db_text(rows, 0, 0), sealed, sealed_n, &plain, &n));
    assert_true(notice_unpack(w.mem, plain, &values));
    assert_memory_equal(values.link, TEST_PUBLIC_URL, strlen(TEST_PUBLIC_URL));
    return values.link + strlen(TEST_PUBLIC_URL);
}

static void invite(const char *email, const char *role)
{
    get("/team/invite", 200);
    browser_post(b, "/team/invite", "email", email, "role", role, NULL);
    leads_to("/team");
    browser_follow(b);
    browser_sees(b, "Invitation sent");
}

static void a_person_is_invited_joins_and_signs_in(void **state)
{
    (void)state;
    invite("New@Nimbus.example", "manager");
    browser_sees(b, "new@nimbus.example");
    browser_sees(b, "Manager. Sent on");
    const char *path = link_path();
    struct browser *guest = browser_new(b->site);
    browser_get(guest, path);
    assert_int_equal(guest->status, 200);
    browser_sees(guest, "Join Nimbus Ltd");
    browser_sees(guest, "new@nimbus.example");
    browser_does_not_see(guest, "authenticator");
    browser_post(guest, path, "name", "", "password", "short", NULL);
    assert_int_equal(guest->status, 400);
    browser_sees(guest, "Enter your name");
    browser_post(guest, path, "name", "Nina New", "password", "short", NULL);
    assert_int_equal(guest->status, 400);
    browser_sees(guest, "Enter at least 12 characters");
    assert_non_null(strstr(guest->body, "value=\"Nina New\""));
    assert_null(strstr(guest->body, "value=\"short\""));
    const char *body = browser_body(guest, path, "name", "Nina New", "password", PASSWORD, NULL);
    for (int i = 0; i < 2; i++) {   /* sent twice */
        browser_post_body(guest, path, body);
        assert_int_equal(guest->status, 303);
        assert_string_equal(guest->location, "/sign-in");
    }
    browser_follow(guest);
    browser_sees(guest, "You have joined");
    browser_sign_in(guest, "new@nimbus.example", PASSWORD);
    browser_get(guest, "/customers");
    browser_sees(guest, "Acme GmbH");
    browser_get(guest, path);
    assert_int_equal(guest->status, 404);
    browser_sees(guest, "This invitation no longer works");
    talloc_free(guest);
    get("/team", 200);
    browser_sees(b, "Nina New");
    browser_does_not_see(b, "Invitations that wait");
}

static void users_of_the_platform_add_a_second_factor(void **state)
{
    char code[7], secret[33] = "";
    (void)state;
    browser_become(b, w.ops->user_id);
    invite("audit@cloud.example", "auditor");
    const char *path = link_path();
    struct browser *guest = browser_new(b->site);
    browser_get(guest, path);
    browser_sees(guest, "Add this key to the app");
    memcpy(secret, strstr(guest->body, "app: <span class=\"code\">") + strlen("app: <span class=\"code\">"), 32);
    browser_post(guest, path, "name", "Anna Audit", "password", PASSWORD, "code", "", NULL);
    browser_sees(guest, "Enter the code that your app shows");
    browser_post(guest, path, "name", "Anna Audit", "password", PASSWORD, "code", "abcdef", NULL);
    browser_sees(guest, "The code is not correct");
    assert_true(totp_now(secret, test_site_now(), code));
    browser_post(guest, path, "name", "Anna Audit", "password", PASSWORD, "code", code, NULL);
    assert_int_equal(guest->status, 303);
    talloc_free(guest);
}

static void somebody_elses_login_is_told_when_it_joins(void **state)
{
    (void)state;
    test_db_sql(w.db, "UPDATE user SET login = 'taken@acme.example' WHERE id = %lld", L(w.owner->user_id));
    invite("taken@acme.example", "manager");
    const char *path = link_path();
    get(path, 200);
    browser_post(b, path, "name", "Olga", "password", PASSWORD, NULL);
    assert_int_equal(b->status, 409);
    browser_sees(b, "You can already sign in with this address");
}

static void inviting_asks_for_what_is_missing(void **state)
{
    (void)state;
    get("/team/invite", 200);
    browser_post(b, "/team/invite", "email", "nobody", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Enter an email address, like name@example.com");
    browser_sees(b, "Select a role");
    browser_post(b, "/team/invite", "email", "a@b.example", "role", "owner", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Select a role");
    test_db_sql(w.db, "UPDATE user SET login = 'mo@nimbus.example' WHERE id = %lld", L(w.manager->user_id));
    browser_post(b, "/team/invite", "email", "mo@nimbus.example", "role", "manager", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "This person belongs to your team already");
    assert_int_equal(world_count(&w, "team_invitation", "1 = 1"), 0);
}

static void an_invitation_is_taken_back(void **state)
{
    (void)state;
    invite("new@nimbus.example", "manager");
    const char *path = link_path();
    const char *action = mem_text(w.mem, "/team/invitations/%lld/take-back", L(test_db_number(w.db, "SELECT MAX(id) FROM team_invitation LIMIT 1")));
    browser_post(b, action, NULL);
    leads_to("/team");
    browser_follow(b);
    browser_sees(b, "Invitation taken back");
    browser_does_not_see(b, "new@nimbus.example");
    get(path, 404);
}

/* --- roles and removing --- */

static void a_role_is_changed(void **state)
{
    (void)state;
    get(member(w.manager, ""), 200);
    browser_sees(b, "Role of Mo Manager");
    browser_post(b, member(w.manager, ""), "role", "admin", NULL);
    leads_to("/team");
    browser_follow(b);
    browser_sees(b, "The role was changed");
    assert_int_equal(world_count(&w, "user", "id = %lld AND role = 'admin'", L(w.manager->user_id)), 1);
}

static void somebody_removed_is_signed_out(void **state)
{
    struct browser *other = browser_new(b->site);
    (void)state;
    browser_become(other, w.manager->user_id);
    browser_get(other, "/customers");
    assert_int_equal(other->status, 200);
    get(member(w.manager, "/remove"), 200);
    browser_sees(b, "Remove Mo Manager?");
    const char *body = browser_body(b, member(w.manager, "/remove"), NULL);
    for (int i = 0; i < 2; i++) {
        browser_post_body(b, member(w.manager, "/remove"), body);
        leads_to("/team");
    }
    browser_follow(b);
    browser_does_not_see(b, "Mo Manager");
    browser_get(other, "/customers");
    assert_int_equal(other->status, 303);
    assert_memory_equal(other->location, "/sign-in", 8);
    talloc_free(other);
}

static void the_last_admin_stays(void **state)
{
    (void)state;
    get("/team", 200);
    assert_null(strstr(b->body, member(w.admin, "/remove")));
    assert_non_null(strstr(b->body, member(w.manager, "/remove")));
    get(member(w.admin, "/remove"), 409);
    browser_sees(b, "Nobody would be left to look after this account");
    const struct actor *second = world_user(&w, w.partner, ROLE_ADMIN, "Second");
    get(member(w.admin, "/remove"), 200);
    browser_sees(b, "This is you.");
    test_db_sql(w.db, "UPDATE user SET status = 'DISABLED' WHERE id = %lld", (long long)second->user_id);
    browser_post(b, member(w.admin, "/remove"), NULL);
    assert_int_equal(b->status, 409);
    browser_sees(b, "Nobody would be left to look after this account");
    get(member(w.admin, ""), 200);
    browser_post(b, member(w.admin, ""), "role", "manager", NULL);
    assert_int_equal(b->status, 409);
    get("/team", 200);
}

static void one_of_two_admins_can_leave(void **state)
{
    (void)state;
    (void)world_user(&w, w.partner, ROLE_ADMIN, "Second");
    get(member(w.admin, "/remove"), 200);
    browser_post(b, member(w.admin, "/remove"), NULL);
    leads_to("/signed-out");
    browser_follow(b);
    get("/team", 303);
}

/* --- the password first --- */

static void pages_that_change_the_team_ask_for_the_password_first(void **state)
{
    const char *pages[] = {"/team/invite", member(w.manager, ""), member(w.manager, "/remove")};
    (void)state;
    world_password(&w, NULL, PASSWORD);
    wait_for_step_up();
    for (size_t i = 0; i < 3; i++) {
        get(pages[i], 303);
        assert_memory_equal(b->location, "/step-up?next=%2Fteam%2F", 24);
    }
    get("/team", 200);
}

static void the_password_leads_on_with_a_new_session(void **state)
{
    (void)state;
    world_password(&w, NULL, PASSWORD);
    wait_for_step_up();
    get(member(w.manager, "/remove"), 303);
    browser_follow(b);
    browser_sees(b, "Confirm that it’s you");
    const char *before = mem_copy(w.mem, browser_cookie(b, "session"));
    browser_post(b, "/step-up", "password", "", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Enter your password");
    browser_post(b, "/step-up", "password", "no horse no battery", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "The password is not correct");
    browser_post(b, "/step-up", "password", PASSWORD, NULL);
    leads_to(member(w.manager, "/remove"));
    assert_string_not_equal(browser_cookie(b, "session"), before);
    browser_follow(b);
    browser_sees(b, "Remove Mo Manager?");
    /* The token of before is as good as it was for a minute, and no better. */
    browser_set_cookie(b, "session", before);
    get(member(w.manager, "/remove"), 303);
    test_site_clock_at(w.now + 2 * CLOCK_MINUTE);
    get("/team", 303);
    assert_memory_equal(b->location, "/sign-in", 8);
}

/* A double click: both requests carry the old cookie, and the browser may take either answer. */
static void the_form_that_is_sent_twice_gets_the_same_session(void **state)
{
    const char *before, *body, *session;
    (void)state;
    world_password(&w, NULL, PASSWORD);
    wait_for_step_up();
    get("/step-up", 200);
    before = mem_copy(w.mem, browser_cookie(b, "session"));
    body = browser_body(b, "/step-up", "password", PASSWORD, NULL);
    browser_post_body(b, "/step-up", body);
    leads_to("/");
    session = mem_copy(w.mem, browser_cookie(b, "session"));
    assert_string_not_equal(session, before);
    browser_set_cookie(b, "session", before);
    browser_post_body(b, "/step-up", body);
    leads_to("/");
    assert_string_equal(browser_cookie(b, "session"), session);
    /* Longer than the old one lasts. */
    test_site_clock_at(w.now + 5 * 60 * CLOCK_SECOND);
    get("/team", 200);
    browser_set_cookie(b, "session", before);
    get("/team", 303);
}

static void what_was_typed_comes_back_after_the_password(void **state)
{
    (void)state;
    world_password(&w, NULL, PASSWORD);
    get("/team/invite", 200);
    wait_for_step_up();
    browser_post(b, "/team/invite", "email", "new@nimbus.example", "role", "manager", NULL);
    assert_int_equal(b->status, 303);
    browser_follow(b);
    browser_post(b, "/step-up", "password", PASSWORD, NULL);
    browser_follow(b);
    assert_int_equal(b->status, 200);
    assert_non_null(strstr(b->body, "value=\"new@nimbus.example\""));
    assert_non_null(strstr(b->body, "value=\"manager\" aria-describedby=\"manager-h\" checked"));
}

static void too_many_wrong_passwords_wait(void **state)
{
    (void)state;
    world_password(&w, NULL, PASSWORD);
    wait_for_step_up();
    get("/step-up?next=%2Fteam", 200);
    for (int i = 0; i < 5; i++)
        browser_post(b, "/step-up", "password", "no horse no battery", NULL);
    browser_post(b, "/step-up", "password", PASSWORD, NULL);
    assert_int_equal(b->status, 429);
    browser_sees(b, "Too many tries");
    assert_string_not_equal(browser_header(b, "Retry-After"), "");
}

static void it_leads_nowhere_else(void **state)
{
    static const char *const elsewhere[] = {"https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example", "%2Fstep-up", ""};
    (void)state;
    world_password(&w, NULL, PASSWORD);
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++) {
        get(mem_text(w.mem, "/step-up?next=%s", elsewhere[i]), 303);   /* fresh: straight on */
        assert_string_equal(b->location, "/");
    }
    wait_for_step_up();
    get("/step-up?next=%2F%2Fevil.example", 200);
    assert_non_null(strstr(b->body, "name=\"next\" value=\"/\""));
}

/* --- settings --- */

static void codes_are_switched_on_and_off(void **state)
{
    (void)state;
    get("/settings", 200);
    browser_sees(b, "Verification codesOff");
    browser_post(b, "/settings", NULL);
    leads_to("/settings");
    browser_follow(b);
    browser_sees(b, "Verification codes are on");
    browser_sees(b, "Verification codesOn");
    browser_post(b, "/settings", NULL);
    browser_follow(b);
    browser_sees(b, "Verification codes are off");
    assert_int_equal(world_count(&w, "operation_log", "operation = 'CODE_FUNCTION_SET'"), 2);
}

static void switching_asks_for_the_password_first(void **state)
{
    (void)state;
    get("/settings", 200);
    wait_for_step_up();
    browser_post(b, "/settings", NULL);
    leads_to("/step-up?next=%2Fsettings");
    assert_int_equal(world_count(&w, "account", "code_on = 1"), 0);
}

static void without_an_address_codes_cannot_be_switched_on(void **state)
{
    (void)state;
    test_db_sql(w.db, "UPDATE contact SET removed_at = NOW(6) WHERE account_id = %lld", L(w.partner));
    get("/settings", 200);
    browser_post(b, "/settings", NULL);
    assert_int_equal(b->status, 409);
    browser_sees(b, "There is nowhere to send a code to");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_team_is_listed_for_the_one_in_charge), TEST(those_who_only_read_do_not_see_it),
        TEST(members_of_other_teams_are_not_found), TEST(a_person_is_invited_joins_and_signs_in),
        TEST(users_of_the_platform_add_a_second_factor), TEST(somebody_elses_login_is_told_when_it_joins),
        TEST(inviting_asks_for_what_is_missing), TEST(an_invitation_is_taken_back), TEST(a_role_is_changed),
        TEST(somebody_removed_is_signed_out), TEST(the_last_admin_stays), TEST(one_of_two_admins_can_leave),
        TEST(pages_that_change_the_team_ask_for_the_password_first), TEST(the_password_leads_on_with_a_new_session),
        TEST(the_form_that_is_sent_twice_gets_the_same_session),
        TEST(what_was_typed_comes_back_after_the_password), TEST(too_many_wrong_passwords_wait), TEST(it_leads_nowhere_else),
        TEST(codes_are_switched_on_and_off), TEST(switching_asks_for_the_password_first),
        TEST(without_an_address_codes_cannot_be_switched_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
