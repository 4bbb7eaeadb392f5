/* The one who is invited reads, accepts, declines; whatever an invitation came to has its page. */
#include "cgi-bin/browser_world.h"
#include "support/invited.h"

#define EMAIL "new@customer.example"

static const struct actor *lone;
static const char *token, *path;
static int64_t id;

static int begin(void **state)
{
    (void)state;
    open_browser();
    lone = lone_owner(&w, "Lone Ltd");
    token = invited_by_email(&w, w.admin, EMAIL, &id);
    path = mem_text(w.mem, "/invitation/%s", token);
    browser_become(b, lone->user_id);
    return 0;
}

static const char *at(const char *rest)
{
    return mem_text(w.mem, "%s%s", path, rest);
}

static struct browser *as_visitor(void)
{
    talloc_free(b);
    b = browser_new(site);
    return b;
}

static void owner_reads_what_it_means_and_accepts(void **state)
{
    (void)state;
    browser_get(b, path);
    assert_int_equal(b->status, 200);
    browser_sees(b, "Nimbus Ltd invites you to become its customer");
    browser_sees(b, "will bill you");
    browser_sees(b, "Your account stays frozen until the partner unfreezes it.");
    browser_sees(b, "You accept for the account Lone Ltd");
    browser_post(b, at("/accept"), NULL);
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, "/my-partner");
    browser_follow(b);
    browser_sees(b, "You are associated with your partner");
    browser_sees(b, "Nimbus Ltd");
    assert_int_equal(world_count(&w, "association", "customer_id = %lld AND status = 'ACTIVE'", L(lone->account_id)), 1);
    browser_get(b, path);
    assert_int_equal(b->status, 410);
    browser_sees(b, "You accepted this invitation");
}

static void freeze_is_not_announced_where_there_is_none(void **state)
{
    (void)state;
    w.config->association.default_freeze = false;
    browser_get(b, path);
    browser_does_not_see(b, "stays frozen");
    w.config->association.default_freeze = true;
}

static void double_click_on_accept_leads_to_the_same_page(void **state)
{
    (void)state;
    browser_get(b, path);
    const char *body = browser_body(b, at("/accept"), NULL);
    browser_post_body(b, at("/accept"), body);
    browser_post_body(b, at("/accept"), body);
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, "/my-partner");
    assert_int_equal(world_count(&w, "operation_log", "operation = 'ASSOCIATED'"), 1);
}

static void invitation_used_by_somebody_else_has_its_page(void **state)
{
    const struct actor *second = lone_owner(&w, "Second Ltd");
    (void)state;
    browser_get(b, path);
    const char *body = browser_body(b, at("/accept"), NULL);
    struct browser *other = browser_new(b->site);
    browser_become(other, second->user_id);
    browser_get(other, path);
    browser_post(other, at("/accept"), NULL);
    assert_int_equal(other->status, 303);
    talloc_free(other);

    browser_post_body(b, at("/accept"), body);
    assert_int_equal(b->status, 410);
    browser_sees(b, "This invitation was already used");
    browser_sees(b, "Ask Nimbus Ltd to send you a new one.");
    browser_get(b, path);
    assert_int_equal(b->status, 410);
    browser_sees(b, "This invitation was already used");
}

static void expired_invitation_has_its_page(void **state)
{
    (void)state;
    browser_get(b, path);
    const char *body = browser_body(b, at("/accept"), NULL);
    test_db_sql(w.db, "UPDATE invitation SET expires_at = created_at - INTERVAL 1 MINUTE");
    browser_get(b, path);
    assert_int_equal(b->status, 410);
    browser_sees(b, "This invitation has expired");
    browser_sees(b, "Ask Nimbus Ltd to send you a new one.");
    browser_post_body(b, at("/accept"), body);
    assert_int_equal(b->status, 410);
    assert_int_equal(world_count(&w, "association", "customer_id = %lld", L(lone->account_id)), 0);
}

static void revoked_and_unknown_ones_have_their_pages(void **state)
{
    struct act act = world_act(&w, w.admin);
    struct invite_result result;
    (void)state;
    assert_null(invite_revoke(&act, id, &result));
    browser_get(b, path);
    assert_int_equal(b->status, 410);
    browser_sees(b, "This invitation was revoked");
    browser_get(b, "/invitation/abcdefghijklmnopqrstuvwxyz0123456789abcdefg");
    assert_int_equal(b->status, 404);
    browser_sees(b, "This invitation doesn’t work");
}

static void each_gate_is_told_with_its_remedy(void **state)
{
    (void)state;
    (void)world_associate(&w, lone->account_id, world_account(&w, ACCOUNT_PARTNER, "Other Cloud"), MODEL_RESELLER);
    world_commitment(&w, lone->account_id, COMMITMENT_RI, w.now + 90 * CLOCK_DAY);
    world_contract(&w, lone->account_id, w.now - CLOCK_DAY, w.now + 90 * CLOCK_DAY);
    browser_get(b, path);
    assert_int_equal(b->status, 200);
    browser_sees(b, "You already have a partner");
    browser_sees(b, "Leave that partner first.");
    browser_sees(b, "Other Cloud");
    browser_sees(b, "Reserved instances that are still active: 1.");
    browser_sees(b, "A special commerce contract is in effect");
    assert_null(strstr(b->body, "/accept\""));
}

static void gate_that_closed_meanwhile_is_told_and_shown_to_the_partner(void **state)
{
    (void)state;
    browser_get(b, path);
    const char *body = browser_body(b, at("/accept"), NULL);
    (void)world_associate(&w, lone->account_id, world_account(&w, ACCOUNT_PARTNER, "Other Cloud"), MODEL_RESELLER);
    browser_post_body(b, at("/accept"), body);
    assert_int_equal(b->status, 409);
    browser_sees(b, "You already have a partner");
    browser_become(b, w.admin->user_id);
    browser_get(b, "/invitations");
    browser_sees(b, "Failed");
    browser_sees(b, "This customer already has a partner");
}

static void partner_and_operator_are_told_that_they_are_no_customers(void **state)
{
    (void)state;
    browser_become(b, world_user(&w, world_account(&w, ACCOUNT_PARTNER, "Other"), ROLE_ADMIN, "Otis")->user_id);
    browser_get(b, path);
    assert_int_equal(b->status, 200);
    browser_sees(b, "Your account is a partner account");
    assert_null(strstr(b->body, "/accept\""));
    browser_become(b, w.ops->user_id);
    browser_get(b, path);
    browser_sees(b, "You are signed in for the platform");
}

static void viewer_reads_and_is_refused(void **state)
{
    const struct actor *viewer = world_user(&w, lone->account_id, ROLE_VIEWER, "Vera");
    (void)state;
    browser_get(b, path);
    const char *body = browser_body(b, at("/accept"), NULL);
    browser_become(b, viewer->user_id);
    browser_get(b, path);
    assert_int_equal(b->status, 200);
    browser_sees(b, "Ask the owner of your account to open this invitation.");
    assert_null(strstr(b->body, "/accept\""));
    assert_null(strstr(b->body, "/decline\""));
    browser_post_body(b, at("/accept"), body);
    assert_int_equal(b->status, 403);
    browser_post_body(b, at("/decline"), body);
    assert_int_equal(b->status, 403);
    assert_int_equal(world_count(&w, "invitation", "status = 'OPEN'"), 1);
}

static void visitor_is_led_to_sign_in_and_back(void **state)
{
    (void)state;
    as_visitor();
    browser_get(b, path);
    assert_int_equal(b->status, 200);
    browser_sees(b, "Sign in to accept");
    browser_sees(b, "Register");
    assert_null(strstr(b->body, "/accept\""));
    const char *next = mem_text(w.mem, "/sign-in?next=%%2Finvitation%%2F%s", token);
    assert_non_null(strstr(b->body, next));
    browser_get(b, next);
    assert_int_equal(b->status, 200);
    assert_string_equal(browser_field(b, "next"), path);
}

static void visitor_that_posts_accept_signs_in_first(void **state)
{
    (void)state;
    as_visitor();
    browser_get(b, path);
    assert_null(strstr(b->body, "/decline\""));
    browser_post_body(b, at("/accept"), "csrf=none&once=none");
    assert_int_equal(b->status, 303);
    assert_memory_equal(b->location, "/sign-in", 8);
    assert_int_equal(world_count(&w, "invitation", "status = 'OPEN'"), 1);
}

/* The owner's login becomes the address the invitation went to. */
static void be_invited(void)
{
    test_db_sql(w.db, "UPDATE user SET login = '" EMAIL "' WHERE id = %lld", L(lone->user_id));
}

static void somebody_else_is_not_offered_to_decline(void **state)
{
    (void)state;
    browser_get(b, path);
    const char *body = browser_body(b, at("/accept"), NULL);
    browser_sees(b, "Accept");
    browser_does_not_see(b, "Decline");
    browser_post_body(b, at("/decline"), body);
    assert_int_equal(b->status, 403);
    assert_int_equal(world_count(&w, "invitation", "status = 'OPEN'"), 1);
}

static void own_customer_is_told_that_it_needs_no_invitation(void **state)
{
    (void)state;
    browser_become(b, w.owner->user_id);
    browser_get(b, path);
    browser_sees(b, "You don’t need this invitation");
    browser_sees(b, "There is nothing left to do.");
    browser_does_not_see(b, "You can’t accept this invitation yet");
    browser_does_not_see(b, "Decline");
}

static void owner_declines_and_the_partner_sees_it(void **state)
{
    (void)state;
    be_invited();
    browser_get(b, path);
    browser_post(b, at("/decline"), NULL);
    assert_int_equal(b->status, 303);
    browser_become(b, w.admin->user_id);
    browser_get(b, "/invitations");
    browser_sees(b, "Declined");
    browser_get(b, "/notifications");
    browser_sees(b, "Your invitation of " EMAIL " was declined");
}

static void forged_form_changes_nothing(void **state)
{
    (void)state;
    browser_get(b, path);
    browser_post(b, at("/accept"), "csrf", "forged", NULL);
    assert_int_equal(b->status, 403);
    b->origin = "https://evil.example";
    browser_get(b, path);
    browser_post(b, at("/accept"), NULL);
    assert_int_equal(b->status, 403);
    assert_int_equal(world_count(&w, "invitation", "status = 'OPEN'"), 1);
}

static void token_is_kept_in_no_form_key(void **state)
{
    (void)state;
    be_invited();
    browser_get(b, path);
    browser_post(b, at("/decline"), NULL);
    assert_int_equal(world_count(&w, "form_key", "location LIKE '%%%s%%' OR route LIKE '%%%s%%'", token, token), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(owner_reads_what_it_means_and_accepts), TEST(freeze_is_not_announced_where_there_is_none),
        TEST(double_click_on_accept_leads_to_the_same_page), TEST(invitation_used_by_somebody_else_has_its_page),
        TEST(expired_invitation_has_its_page), TEST(revoked_and_unknown_ones_have_their_pages),
        TEST(each_gate_is_told_with_its_remedy), TEST(gate_that_closed_meanwhile_is_told_and_shown_to_the_partner),
        TEST(partner_and_operator_are_told_that_they_are_no_customers), TEST(viewer_reads_and_is_refused),
        TEST(visitor_is_led_to_sign_in_and_back), TEST(visitor_that_posts_accept_signs_in_first),
        TEST(somebody_else_is_not_offered_to_decline),
        TEST(own_customer_is_told_that_it_needs_no_invitation), TEST(owner_declines_and_the_partner_sees_it), TEST(forged_form_changes_nothing),
        TEST(token_is_kept_in_no_form_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
