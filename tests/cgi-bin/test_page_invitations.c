/* Inviting, the list, and one invitation: what partners see. */
#include "cgi-bin/partner_desk.h"
#include "support/invited.h"

#define EMAIL "new@customer.example"

static struct browser *as(const struct actor *actor)
{
    browser_become(b, actor->user_id);
    return b;
}

static int64_t newest(void)
{
    return test_db_number(w.db, "SELECT MAX(id) FROM invitation LIMIT 1");
}

static const char *page_of(int64_t id)
{
    return mem_text(w.mem, "/invitations/%lld", L(id));
}

static void admin_invites_by_email_and_sees_it_in_the_list(void **state)
{
    (void)state;
    browser_get(b, "/invitations");
    assert_int_equal(b->status, 200);
    browser_sees(b, "No invitations yet");
    browser_get(b, "/customer-invite");
    browser_sees(b, "We send a link that works for 7 days.");
    browser_post(b, "/customer-invite", "name", "Nora New", "email", " New@Customer.Example ", NULL);
    assert_int_equal(b->status, 303);
    browser_follow(b);
    assert_string_equal(b->path, "/invitations");
    browser_sees(b, "Invitation sent");
    browser_sees(b, "Nora New");
    browser_sees(b, EMAIL);
    browser_sees(b, "Sent");
    assert_int_equal(world_count(&w, "invitation", "email = '" EMAIL "' AND partner_id = %lld", L(w.partner)), 1);
}

static void double_click_invites_once(void **state)
{
    (void)state;
    browser_get(b, "/customer-invite");
    const char *body = browser_body(b, "/customer-invite", "name", "Nora", "email", EMAIL, NULL);
    browser_post_body(b, "/customer-invite", body);
    browser_post_body(b, "/customer-invite", body);
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, "/invitations");
    assert_int_equal(world_count(&w, "invitation", "1 = 1"), 1);
}

static void faults_stand_beside_their_fields(void **state)
{
    static const struct { const char *email, *text; } rows[] = {
        { "", "Enter an email address, like name@example.com" }, { "nobody", "Enter an email address, like name@example.com" },
        { "a@b@c.example", "Enter an email address, like name@example.com" }
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        browser_get(b, "/customer-invite");
        browser_post(b, "/customer-invite", "name", "", "email", rows[i].email, NULL);
        assert_int_equal(b->status, 400);
        browser_sees(b, rows[i].text);
        browser_sees(b, "Enter a name");
    }
    browser_get(b, "/customer-invite");
    browser_post(b, "/customer-invite", "name", mem_text(w.mem, "%0121d", 7), "email", EMAIL, NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Use 120 characters or fewer");
    assert_int_equal(world_count(&w, "invitation", "1 = 1"), 0);
}

static void customer_with_a_partner_and_open_invitation_are_refused_in_words(void **state)
{
    const int64_t customer = world_account(&w, ACCOUNT_CUSTOMER, "Taken Ltd");
    const struct actor *owner = world_user(&w, customer, ROLE_OWNER, "Tina");
    (void)state;
    (void)world_associate(&w, customer, world_account(&w, ACCOUNT_PARTNER, "Other"), MODEL_RESELLER);
    test_db_sql(w.db, "UPDATE user SET login = '" EMAIL "' WHERE id = %lld", L(owner->user_id));
    browser_get(b, "/customer-invite");
    browser_post(b, "/customer-invite", "name", "Tina", "email", EMAIL, NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "This customer already has a partner");
    assert_string_equal(browser_field(b, "email"), EMAIL);

    (void)invited_by_email(&w, w.admin, "open@customer.example", NULL);
    browser_get(b, "/customer-invite");
    browser_post(b, "/customer-invite", "name", "Oz", "email", "open@customer.example", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "already has an open invitation");
    browser_sees(b, "Show the open invitation");
}

static void frozen_partner_is_told(void **state)
{
    (void)state;
    world_freeze(&w, w.partner, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    browser_get(b, "/customer-invite");
    browser_post(b, "/customer-invite", "name", "Nora", "email", EMAIL, NULL);
    assert_int_equal(b->status, 409);
    browser_sees(b, "Your account is frozen");
}

static void link_is_shown_with_its_qr_code_until_it_is_revoked(void **state)
{
    (void)state;
    browser_get(b, "/customer-invite");
    browser_post(b, "/customer-invite/link", "label", "Trade fair", NULL);
    assert_int_equal(b->status, 303);
    const char *page = page_of(newest()), *qr = mem_text(w.mem, "%s/qr.svg", page);
    browser_follow(b);
    assert_string_equal(b->path, page);
    browser_sees(b, "The link is ready");
    browser_sees(b, "Trade fair");
    const char *url = NULL;
    struct act act = world_act(&w, w.admin);
    url = invite_url(&act, invitation_of(&w, newest()));
    assert_non_null(strstr(b->body, strstr(url, "/invitation/")));
    assert_non_null(strstr(b->body, mem_text(w.mem, "src=\"%s\"", qr)));

    browser_get(b, qr);
    assert_int_equal(b->status, 200);
    assert_string_equal(browser_header(b, "Content-Type"), "image/svg+xml");
    assert_memory_equal(b->body, "<svg ", 5);
    browser_get(b, page);
    browser_post(b, mem_text(w.mem, "%s/revoke", page), NULL);
    assert_int_equal(b->status, 303);
    browser_follow(b);
    browser_sees(b, "Invitation revoked");
    browser_sees(b, "Revoked");
    browser_does_not_see(b, "QR code");
    browser_get(b, qr);
    assert_int_equal(b->status, 404);
}

static void mailed_invitation_is_sent_again_after_a_pause(void **state)
{
    int64_t id;
    (void)state;
    const char *first = invited_by_email(&w, w.admin, EMAIL, &id);
    const char *page = page_of(id), *resend = mem_text(w.mem, "%s/resend", page);
    browser_get(b, page);
    browser_post(b, resend, NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "It was sent a moment ago");
    test_site_clock_at(w.now + 2 * CLOCK_MINUTE);
    browser_get(b, page);
    browser_post(b, resend, NULL);
    assert_int_equal(b->status, 303);
    browser_follow(b);
    browser_sees(b, "Invitation sent again");
    assert_string_not_equal(token_in(sealed_words(&w, "INVITATION").link), first);
}

static void closed_invitation_is_neither_revoked_nor_sent(void **state)
{
    int64_t id;
    struct act act = world_act(&w, w.admin);
    struct invite_result result;
    (void)state;
    (void)invited_by_email(&w, w.admin, EMAIL, &id);
    const char *page = page_of(id), *revoke = mem_text(w.mem, "%s/revoke", page), *resend = mem_text(w.mem, "%s/resend", page);
    browser_get(b, page);
    const char *revoke_body = browser_body(b, revoke, NULL), *resend_body = browser_body(b, resend, NULL);
    assert_null(invite_revoke(&act, id, &result));
    browser_post_body(b, revoke, revoke_body);
    assert_int_equal(b->status, 409);
    browser_sees(b, "This invitation is no longer open");
    browser_post_body(b, resend, resend_body);
    assert_int_equal(b->status, 409);
}

static void failure_and_expiry_are_told_with_their_cause(void **state)
{
    int64_t id;
    (void)state;
    (void)invited_by_email(&w, w.admin, EMAIL, &id);
    test_db_sql(w.db, "UPDATE invitation SET failure = 'HAS_PARTNER', failed_at = created_at WHERE id = %lld", L(id));
    browser_get(b, "/invitations");
    browser_sees(b, "Failed");
    browser_sees(b, "This customer already has a partner (");
    browser_sees(b, "Send again");
    test_db_sql(w.db, "UPDATE delivery SET state = 'DEAD', done_at = created_at");
    browser_get(b, page_of(id));
    browser_sees(b, "The message could not be delivered");
    test_site_clock_at(w.now + 8 * CLOCK_DAY);
    browser_become(b, w.admin->user_id);
    browser_get(b, "/invitations");
    browser_sees(b, "Expired");
}

static void list_goes_on_in_pages(void **state)
{
    (void)state;
    for (int i = 0; i < 21; i++) {
        (void)invited_by_email(&w, w.admin, mem_text(w.mem, "n%d@customer.example", i), NULL);
        w.now += CLOCK_SECOND;
    }
    browser_get(b, "/invitations");
    browser_sees(b, "n20@customer.example");
    browser_does_not_see(b, "n0@customer.example");
    const char *older = strstr(b->body, "/invitations?before=");
    assert_non_null(older);
    browser_get(b, mem_copy_n(w.mem, older, strcspn(older, "\"")));
    browser_sees(b, "n0@customer.example");
    browser_sees(b, "Newest");
}

static void names_are_escaped(void **state)
{
    (void)state;
    browser_get(b, "/customer-invite");
    browser_post(b, "/customer-invite", "name", "<script>alert(1)</script>", "email", EMAIL, NULL);
    browser_follow(b);
    assert_null(strstr(b->body, "<script>"));
    browser_sees(b, "<script>alert(1)</script>");
    browser_get(b, page_of(newest()));
    assert_null(strstr(b->body, "<script>"));
}

static void foreign_invitation_is_not_found(void **state)
{
    const struct actor *other = world_user(&w, world_account(&w, ACCOUNT_PARTNER, "Other"), ROLE_ADMIN, "Otis");
    int64_t id;
    (void)state;
    (void)invited_by_link(&w, w.admin, &id);
    const char *page = page_of(id), *revoke = mem_text(w.mem, "%s/revoke", page);
    browser_get(b, page);
    const char *mine = browser_body(b, revoke, NULL);
    (void)mine;
    browser_get(as(other), page);
    assert_int_equal(b->status, 404);
    browser_get(b, mem_text(w.mem, "%s/qr.svg", page));
    assert_int_equal(b->status, 404);
    int64_t own;
    (void)invited_by_link(&w, other, &own);
    browser_get(b, page_of(own));
    const char *body = browser_body(b, mem_text(w.mem, "%s/revoke", page_of(own)), NULL);
    browser_post_body(b, revoke, body);
    assert_int_equal(b->status, 404);
    assert_int_equal(invitation_of(&w, id)->status, INVITATION_OPEN);
    browser_get(b, "/invitations");
    browser_does_not_see(b, mem_text(w.mem, "I-%lld", L(id)));
    browser_get(b, "/invitations/999999");
    assert_int_equal(b->status, 404);
}

static void manager_reads_the_list_but_no_link_and_acts_not(void **state)
{
    int64_t id;
    (void)state;
    (void)invited_by_link(&w, w.admin, &id);
    browser_get(as(w.manager), "/invitations");
    assert_int_equal(b->status, 200);
    browser_does_not_see(b, "Invite customer");
    browser_get(b, page_of(id));
    assert_int_equal(b->status, 200);
    browser_does_not_see(b, "Revoke");
    assert_null(strstr(b->body, "/invitation/"));
    browser_get(b, mem_text(w.mem, "%s/qr.svg", page_of(id)));
    assert_int_equal(b->status, 403);
    browser_get(b, "/customer-invite");
    assert_int_equal(b->status, 403);
}

static void customers_and_operators_have_no_invitations(void **state)
{
    (void)state;
    browser_get(as(w.owner), "/invitations");
    assert_int_equal(b->status, 403);
    browser_get(as(w.ops), "/invitations");
    assert_int_equal(b->status, 403);
}


int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(admin_invites_by_email_and_sees_it_in_the_list), TEST(double_click_invites_once), TEST(faults_stand_beside_their_fields),
        TEST(customer_with_a_partner_and_open_invitation_are_refused_in_words), TEST(frozen_partner_is_told),
        TEST(link_is_shown_with_its_qr_code_until_it_is_revoked), TEST(mailed_invitation_is_sent_again_after_a_pause),
        TEST(closed_invitation_is_neither_revoked_nor_sent), TEST(failure_and_expiry_are_told_with_their_cause),
        TEST(list_goes_on_in_pages), TEST(names_are_escaped), TEST(foreign_invitation_is_not_found),
        TEST(manager_reads_the_list_but_no_link_and_acts_not), TEST(customers_and_operators_have_no_invitations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
