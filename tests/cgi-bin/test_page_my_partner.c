#include "cgi-bin/owner_browser.h"
#include "cgi-bin/page_golden.h"

#define DAY_S (24 * 3600)

static void see_page(const char *golden)
{
    test_site_clock_at(w.now);
    browser_get(b, "/my-partner");
    assert_int_equal(b->status, 200);
    page_golden(b, golden);
}

/* --- states ----------------------------------------------------------------------------------------------------------- */

static void customer_without_partner_is_told_how_to_get_one(void **state)
{
    (void)state;
    const int64_t alone = world_account(&w, ACCOUNT_CUSTOMER, "Alone Ltd");
    browser_become(b, world_user(&w, alone, ROLE_OWNER, "Alma Alone")->user_id);

    see_page("my_partner_none");

    browser_sees(b, "You have no partner");
    browser_sees(b, "Operation log");
    browser_does_not_see(b, "Disassociate");
}

static void owner_without_open_request_can_disassociate(void **state)
{
    (void)state;

    see_page("my_partner_no_request");

    browser_sees(b, "Nimbus Ltd");
    browser_sees(b, "0 of 3 requests used in the last 3 months");
    assert_non_null(strstr(b->body, "href=\"/disassociate\""));
}

static void partners_contact_is_shown_as_a_link_and_a_number(void **state)
{
    (void)state;
    test_db_sql(w.db, "UPDATE account SET public_email = 'care@nimbus.example', public_phone = '+6560000100' WHERE id = %lld",
                L(w.partner));

    browser_get(b, "/my-partner");

    assert_non_null(strstr(b->body, "<a href=\"mailto:care@nimbus.example\">care@nimbus.example</a>"));
    browser_sees(b, "+6560000100");
    browser_does_not_see(b, "shows no contact");
}

static void account_without_partner_frozen_by_the_platform_is_sent_to_support(void **state)
{
    (void)state;
    const int64_t alone = world_account(&w, ACCOUNT_CUSTOMER, "Alone Ltd");
    world_freeze(&w, alone, FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_PLATFORM);
    browser_become(b, world_user(&w, alone, ROLE_OWNER, "Alma Alone")->user_id);

    browser_get(b, "/my-partner");

    browser_sees(b, "Your account and resources are frozen");
    browser_sees(b, "To have it unfrozen, contact support:");
    browser_sees(b, "You have no partner");
}

static void viewer_reads_and_is_told_who_can_act(void **state)
{
    (void)state;
    browser_become(b, w.viewer->user_id);

    see_page("my_partner_viewer");

    browser_sees(b, "To disassociate from your partner, ask the owner of your account.");
    assert_null(strstr(b->body, "href=\"/disassociate\""));
}

static void failed_checks_are_listed_while_a_draft_is_open(void **state)
{
    (void)state;
    world_currency(&w, w.customer, NULL);
    world_commitment(&w, w.customer, COMMITMENT_RI, w.now + CLOCK_DAY);
    (void)world_ready_to_submit(&w, w.owner);

    see_page("my_partner_failed");

    browser_sees(b, "2 of 6 account checks failed");
    browser_sees(b, "Your account has no settlement currency.");
    assert_non_null(strstr(b->body, "href=\"/disassociate/check\""));
}

static void nobody_is_nagged_about_checks_without_a_draft(void **state)
{
    (void)state;
    world_currency(&w, w.customer, NULL);

    browser_get(b, "/my-partner");

    browser_does_not_see(b, "account checks failed");
    browser_sees(b, "No open request");
}

static void old_draft_nags_only_for_thirty_days_after_its_check(void **state)
{
    (void)state;
    world_currency(&w, w.customer, NULL);
    (void)world_ready_to_submit(&w, w.owner);
    test_db_sql(w.db, "UPDATE wizard SET expires_at = opened_at + INTERVAL 1 MINUTE, checked_at = FROM_UNIXTIME(%lld)",
                L(w.now / CLOCK_SECOND - 29 * DAY_S));
    browser_get(b, "/my-partner");
    browser_sees(b, "1 of 6 account checks failed");
    browser_sees(b, "after you fix this item.");

    test_db_sql(w.db, "UPDATE wizard SET checked_at = FROM_UNIXTIME(%lld)", L(w.now / CLOCK_SECOND - 30 * DAY_S - 60));
    browser_get(b, "/my-partner");

    browser_does_not_see(b, "account checks failed");
}

static void own_request_waits_for_the_partner(void **state)
{
    (void)state;
    (void)world_request(&w, w.owner);

    see_page("my_partner_waiting");

    browser_sees(b, "Your partner is reviewing your request");
    browser_sees(b, "Waiting for Nimbus Ltd");
    browser_sees(b, "After that the platform decides.");
    browser_sees(b, "1 of 3 requests used in the last 3 months");
    assert_null(strstr(b->body, "href=\"/disassociate\""));
}

static void partners_request_is_shown_with_its_reason_and_the_way_to_answer(void **state)
{
    (void)state;
    (void)world_request(&w, w.admin);

    see_page("my_partner_asked");

    browser_sees(b, "Your partner wants to end the association");
    browser_sees(b, "too dear");
    browser_sees(b, "Waiting for you");
    browser_sees(b, "After that the request expires and you stay associated.");
    assert_null(strstr(b->body, "/my-partner/withdraw/"));
    assert_non_null(strstr(b->body, "/process-request/DR"));
    browser_sees(b, "Process");
}

static void viewer_is_told_who_answers_the_partners_request(void **state)
{
    (void)state;
    (void)world_request(&w, w.admin);
    browser_become(b, w.viewer->user_id);

    browser_get(b, "/my-partner");

    browser_sees(b, "To answer it, ask the owner of your account.");
    assert_null(strstr(b->body, "/process-request/"));
}

static void escalated_request_is_with_the_platform(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    test_db_sql(w.db, "UPDATE disassociation_request SET escalated_at = submitted_at + INTERVAL 1 HOUR WHERE id = %lld", L(id));

    see_page("my_partner_escalated");

    browser_sees(b, "The platform now looks at your request");
    browser_sees(b, "With the platform");
    browser_sees(b, "Withdraw request");
}

static void account_frozen_by_the_partner_can_ask_to_be_unfrozen(void **state)
{
    (void)state;
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);

    see_page("my_partner_frozen");
    browser_sees(b, "Your account is frozen");
    browser_sees(b, "Reason given: “unpaid”");
    browser_post(b, "/my-partner/ask-unfreeze", NULL);
    assert_int_equal(b->status, 303);
    browser_follow(b);

    browser_sees(b, "We asked your partner to unfreeze your account");
    assert_int_equal(world_count(&w, "task", "account_id = %lld AND kind = 'UNFREEZE'", L(w.partner)), 1);
}

static void asking_twice_tells_the_partner_once(void **state)
{
    (void)state;
    world_freeze(&w, w.customer, FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_PARTNER);
    browser_get(b, "/my-partner");
    const char *body = browser_body(b, "/my-partner/ask-unfreeze", NULL);
    browser_get(b, "/my-partner");
    browser_post(b, "/my-partner/ask-unfreeze", NULL);

    browser_post_body(b, "/my-partner/ask-unfreeze", body);
    browser_follow(b);

    browser_sees(b, "You have already asked your partner");
    assert_int_equal(world_count(&w, "notification", "kind = 'UNFREEZE_ASKED'"), 1);
}

static void asked_partner_is_not_asked_again(void **state)
{
    (void)state;
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    browser_get(b, "/my-partner");
    browser_post(b, "/my-partner/ask-unfreeze", NULL);

    browser_get(b, "/my-partner");

    browser_sees(b, "You asked your partner on 15 Jun 2026 to unfreeze your account.");
    assert_null(strstr(b->body, "/my-partner/ask-unfreeze"));
}

static void asked_partner_is_not_asked_again_while_a_request_is_open(void **state)
{
    (void)state;
    (void)world_request(&w, w.admin);
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    browser_get(b, "/my-partner");
    browser_post(b, "/my-partner/ask-unfreeze", NULL);

    browser_get(b, "/my-partner");

    browser_sees(b, "Your partner wants to end the association");
    browser_sees(b, "You asked your partner on 15 Jun 2026 to unfreeze your account.");
    assert_null(strstr(b->body, "/my-partner/ask-unfreeze"));
}

static void frozen_resources_name_the_days_that_are_left(void **state)
{
    (void)state;
    world_freeze(&w, w.customer, FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_PARTNER);
    browser_get(b, "/my-partner");
    browser_sees(b, "14 days are left before data is deleted.");
    test_db_sql(w.db, "UPDATE freeze SET at = at - INTERVAL 30 DAY");

    browser_get(b, "/my-partner");

    browser_sees(b, "The data can be deleted at any time.");
}

static void without_an_email_address_none_is_promised(void **state)
{
    (void)state;
    test_db_sql(w.db, "UPDATE contact SET verified_at = NULL WHERE account_id = %lld", L(w.customer));
    (void)world_request(&w, w.owner);

    browser_get(b, "/my-partner");

    browser_sees(b, "We will tell you the result here and in Notifications.");
    browser_does_not_see(b, "by email");
    browser_get(b, mem_text(w.mem, "/disassociate/submitted/%s", no_of(test_db_number(w.db, "SELECT id FROM disassociation_request"))));
    browser_sees(b, "We tell you the result in Notifications.");
    browser_does_not_see(b, "by email");
}

static void account_frozen_by_a_budget_is_sent_to_support(void **state)
{
    (void)state;
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_BUDGET);

    see_page("my_partner_frozen_budget");

    browser_sees(b, "To have it unfrozen, contact support:");
    assert_null(strstr(b->body, "/my-partner/ask-unfreeze"));
}

static void frozen_account_with_an_open_request_has_one_banner_and_can_still_ask(void **state)
{
    (void)state;
    (void)world_request(&w, w.admin);
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);

    browser_get(b, "/my-partner");

    browser_sees(b, "Your partner wants to end the association");
    browser_does_not_see(b, "Your account is frozen");
    browser_sees(b, "Frozen");
    assert_non_null(strstr(b->body, "/my-partner/ask-unfreeze"));
}

static void rejected_request_is_shown_until_it_is_marked_as_read(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    world_answer(&w, id, w.admin, REQUEST_REJECT, "Your contract runs to December.");

    see_page("my_partner_rejected");
    browser_sees(b, "Your partner rejected your request");
    browser_sees(b, "Your contract runs to December.");
    browser_post(b, mem_text(w.mem, "/my-partner/seen/%s", no_of(id)), NULL);
    assert_int_equal(b->status, 303);
    browser_follow(b);

    browser_does_not_see(b, "Your partner rejected your request");
    browser_sees(b, "No open request");
}

static void expired_request_is_shown_until_it_is_marked_as_read(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    test_db_sql(w.db, "UPDATE disassociation_request SET state = 'EXPIRED', decided_at = submitted_at + INTERVAL 1 HOUR, "
                "decided_by_side = 'SYSTEM' WHERE id = %lld", L(id));

    see_page("my_partner_expired");

    browser_sees(b, "Your request has expired");
}

static void viewer_cannot_mark_a_result_as_read(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    world_answer(&w, id, w.admin, REQUEST_REJECT, "no");
    browser_get(b, "/my-partner");
    const char *path = mem_text(w.mem, "/my-partner/seen/%s", no_of(id));
    const char *body = browser_body(b, path, NULL);
    browser_become(b, w.viewer->user_id);

    browser_get(b, "/my-partner");
    assert_null(strstr(b->body, path));
    browser_post_body(b, path, body);

    assert_int_equal(b->status, 403);
    assert_int_equal(world_count(&w, "disassociation_request", "result_seen_at IS NOT NULL"), 0);
}

static void customer_who_has_just_left_sees_what_to_do(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    world_answer(&w, id, w.admin, REQUEST_AGREE, "");

    see_page("my_partner_left");

    browser_sees(b, "You are no longer associated with Nimbus Ltd");
    browser_sees(b, "Add a payment method");
    browser_sees(b, "Export your partner’s bills");
    browser_sees(b, "You have no partner");
}

static void used_quota_names_the_day_and_keeps_the_button(void **state)
{
    (void)state;
    world_slots(&w, SIDE_CUSTOMER, 3, w.now + 5 * CLOCK_DAY);

    see_page("my_partner_quota");

    browser_sees(b, "You have used all 3 requests");
    browser_sees(b, "3 of 3 requests used");
    assert_non_null(strstr(b->body, "href=\"/disassociate\""));
}

static void referral_customer_is_sent_to_support(void **state)
{
    (void)state;
    const int64_t customer = world_account(&w, ACCOUNT_CUSTOMER, "Referred Ltd");
    (void)world_associate(&w, customer, w.partner, MODEL_REFERRAL);
    browser_become(b, world_user(&w, customer, ROLE_OWNER, "Rita Referred")->user_id);

    see_page("my_partner_referral");

    browser_sees(b, "You are associated in the referral model");
    assert_null(strstr(b->body, "href=\"/disassociate\""));
}

static void partner_has_no_my_partner_page(void **state)
{
    (void)state;
    browser_become(b, w.admin->user_id);

    browser_get(b, "/my-partner");

    assert_int_equal(b->status, 403);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(customer_without_partner_is_told_how_to_get_one),
        TEST(owner_without_open_request_can_disassociate),
        TEST(partners_contact_is_shown_as_a_link_and_a_number),
        TEST(account_without_partner_frozen_by_the_platform_is_sent_to_support),
        TEST(viewer_reads_and_is_told_who_can_act),
        TEST(failed_checks_are_listed_while_a_draft_is_open),
        TEST(nobody_is_nagged_about_checks_without_a_draft),
        TEST(old_draft_nags_only_for_thirty_days_after_its_check),
        TEST(own_request_waits_for_the_partner),
        TEST(partners_request_is_shown_with_its_reason_and_the_way_to_answer),
        TEST(viewer_is_told_who_answers_the_partners_request),
        TEST(escalated_request_is_with_the_platform),
        TEST(account_frozen_by_the_partner_can_ask_to_be_unfrozen),
        TEST(asking_twice_tells_the_partner_once),
        TEST(asked_partner_is_not_asked_again),
        TEST(asked_partner_is_not_asked_again_while_a_request_is_open),
        TEST(frozen_resources_name_the_days_that_are_left),
        TEST(without_an_email_address_none_is_promised),
        TEST(account_frozen_by_a_budget_is_sent_to_support),
        TEST(frozen_account_with_an_open_request_has_one_banner_and_can_still_ask),
        TEST(rejected_request_is_shown_until_it_is_marked_as_read),
        MADE_UP(expired_request_is_shown_until_it_is_marked_as_read),
        TEST(viewer_cannot_mark_a_result_as_read),
        TEST(customer_who_has_just_left_sees_what_to_do),
        TEST(used_quota_names_the_day_and_keeps_the_button),
        TEST(referral_customer_is_sent_to_support),
        TEST(partner_has_no_my_partner_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
