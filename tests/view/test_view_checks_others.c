/* The account checks of a customer as its partner and the platform read them. */
#include "view/checks_page.h"

/* --- the partner's view ----------------------------------------------------------------------------------------------- */

static void partner_reads_numbers_only(void **state)
{
    (void)state;
    fail_all();
    checks.for_partner = true;
    const char *text = shown();
    static const char *const secrets[] = { "Branch", "SC-7", "ri-1", "plan-1", "service-1", "Mother AG", "1,234.56", "unpaid &lt;",
                                           "ask-unfreeze" };
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
        misses(text, secrets[i]);
    sees(text, "2 independent accounting members are still linked to the customer’s enterprise master account.");
    sees(text, "1 special commerce contract is in effect.");
    sees(text, "The customer’s account and resources have been frozen since 12 Jun 2026.");
    sees(text, "The customer has unpaid bills.");
    sees(text, "5 of 6 checks failed");
    misses(text, "Your account");
}

static void customer_is_led_to_the_pages_of_its_account_and_back(void **state)
{
    (void)state;
    fail_all();
    checks.with_account_pages = true;
    checks.return_to = "check";
    const char *text = shown();
    sees(text, "<a class=\"btn sm\" href=\"/members?return=check\">Manage member accounts</a>");
    sees(text, "<a class=\"btn sm\" href=\"/subscriptions?return=check\">Review and unsubscribe</a>");
    sees(text, "<a class=\"btn sm\" href=\"/currency?return=check\">Set currency</a>");
    sees(text, "<a class=\"btn sm\" href=\"/subscriptions?return=check\">Review support plans</a>");
    sees(text, "<a class=\"btn sm\" href=\"/payment-method?return=check\">Add payment method</a>");
}

static void pages_of_the_account_lead_back_only_where_one_came_from(void **state)
{
    (void)state;
    fail_all();
    checks.with_account_pages = true;
    sees(shown(), "href=\"/currency\"");
    make_page();
    checks.with_account_pages = false;
    misses(shown(), "href=\"/currency");
}

static void partner_is_led_to_what_it_can_mend_itself(void **state)
{
    (void)state;
    fail_all();
    checks.for_partner = true;
    checks.customer_href = "/customers/C-1";
    const char *text = shown();
    sees(text, "<a class=\"btn sm\" href=\"/customers/C-1/unfreeze\">Unfreeze first</a>");
    sees(text, "<a class=\"btn sm\" href=\"/customers/C-1#contracts\">See its contracts</a>");
    sees(text, "Agree with the customer how to end it and mark it as settled, then check again.");
    misses(text, "To have this done");
    misses(text, "settled online");
}

static void manager_is_sent_to_an_admin_of_its_account(void **state)
{
    const struct actor manager = {.role = ROLE_MANAGER, .kind = ACCOUNT_PARTNER, .login = "", .user_name = "", .account_name = "",
                                  .account_no = "", .lang = "", .zone = "", .theme = ""};
    (void)state;
    fail_all();
    checks.for_partner = true;
    page->actor = &manager;
    const char *text = shown();
    sees(text, "To have this done, ask an admin of your account.");
    misses(text, "contact support");
}

static void what_support_will_not_do_does_not_lead_to_support(void **state)
{
    (void)state;
    facts.arrears_minor = 123456;
    facts.master_name = "Mother AG";
    facts.service_support_plans = 1;
    const char *text = shown();
    sees(text, "Pay it before you leave.");
    sees(text, "Tell its owner before you leave.");
    sees(text, "Decide before you leave");
    misses(text, "contact support");
}

static void data_past_its_time_can_be_deleted_any_time(void **state)
{
    (void)state;
    freeze(FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_PARTNER);
    facts.freeze.at = now - checks.kept_days * CLOCK_DAY;
    const char *text = shown();
    sees(text, "The data can be deleted at any time.");
    misses(text, "before data is deleted");
}

static void asking_to_unfreeze_is_remembered(void **state)
{
    (void)state;
    freeze(FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    checks.unfreeze_once = "once";
    checks.unfreeze_asked_at = now - 2 * CLOCK_DAY;
    const char *text = shown();
    sees(text, "You asked your partner on 13 Jun 2026 to unfreeze your account.");
    misses(text, "ask-unfreeze");
}

static void partner_cannot_lift_the_platforms_freeze(void **state)
{
    (void)state;
    fail_all();
    checks.for_partner = true;
    checks.customer_href = "/customers/C-1";
    facts.freeze.source = FREEZE_BY_PLATFORM;
    const char *text = shown();
    misses(text, "Unfreeze first");
    sees(text, "To have this done, contact support");
}

/* --- the platform ----------------------------------------------------------------------------------------------------- */

static void for_platform(void)
{
    checks.for_partner = checks.for_platform = true;
    checks.unfreeze_once = NULL;
}

static void platform_reads_of_the_customer_with_all_evidence(void **state)
{
    (void)state;
    fail_all();
    for_platform();
    const char *text = shown();
    golden_check("part_checks_platform", text, strlen(text));
    sees(text, "Branch &lt;One&gt;");
    sees(text, "SC-7");
    sees(text, "Reason: “unpaid &lt;bill&gt;”");
    sees(text, "The customer owes USD 1,234.56.");
    sees(text, "2 orders wait for the partner’s payment.");
    misses(text, "Your ");
    misses(text, SUPPORT);
}

static void platform_is_told_which_freezes_it_can_lift(void **state)
{
    (void)state;
    for_platform();
    freeze(FREEZE_ACCOUNT, FREEZE_BY_BUDGET);
    sees(shown(), "You can lift this freeze.");
    make_page();
    freeze(FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    sees(shown(), "Only the partner can lift this freeze.");
    make_page();
    facts.partner_is_frozen = true;
    sees(shown(), "Lift the freeze of the partner first.");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(partner_reads_numbers_only),
        TEST(partner_is_led_to_what_it_can_mend_itself),
        TEST(manager_is_sent_to_an_admin_of_its_account),
        TEST(what_support_will_not_do_does_not_lead_to_support),
        TEST(data_past_its_time_can_be_deleted_any_time),
        TEST(asking_to_unfreeze_is_remembered),
        TEST(partner_cannot_lift_the_platforms_freeze),
        TEST(customer_is_led_to_the_pages_of_its_account_and_back),
        TEST(pages_of_the_account_lead_back_only_where_one_came_from),
        TEST(platform_reads_of_the_customer_with_all_evidence),
        TEST(platform_is_told_which_freezes_it_can_lift),
    };

    return cmocka_run_group_tests(tests, load, NULL);
}
