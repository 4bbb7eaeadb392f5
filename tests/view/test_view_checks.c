/* The account checks as cards: words of each rule for either reader, evidence, who helps, what was fixed since. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/memory.h"
#include "support/golden.h"
#include "view/view_checks.h"
#include "view/view_statement.h"
#include "view/view_steps.h"

#define SUPPORT "help@cloud.example"

static const char *const tags[] = { "en", "zh-Hans" };
static void *mem;
static struct page *page;
static struct rule_set set;
static struct facts facts;
static struct rule_report report;
static struct view_checks checks;
static int64_t now;

static struct facts_member members[] = {
    { .id = 1, .name = "Branch <One>", .is_independent = true }, { .id = 2, .name = "Branch Two", .is_independent = true },
    { .id = 3, .name = "Unified", .has_service_plan = true },
};
static struct facts_commitment commitments[3];
static struct facts_contract contracts[1];

static int load(void **state)
{
    (void)state;
    return tpl_load(TEST_BUILD "/templates", tags, 2) == NULL ? 0 : -1;
}

static void make_page(void)
{
    page = page_new(mem, "disassociate_check");
    page->title = "Check your account";
    page->now = now;
    page->support = SUPPORT;
}

/* Every check passes. */
static int setup(void **state)
{
    (void)state;
    mem = talloc_new(NULL);
    now = 1781524800 * CLOCK_SECOND;   /* 2026-06-15T12:00:00Z */
    make_page();
    for (int i = 0; i < RULES; i++)
        set.rows[i] = (struct rule_row){ .code = (enum rule_code)i, .severity = i <= RULE_Q ? SEVERITY_BLOCK : SEVERITY_WARN,
                                         .operations = 15, .limit = i == RULE_Q ? 3 : 0, .months = i == RULE_Q ? 3 : 0 };
    facts = (struct facts){
        .known = FACTS_ALL, .customer_name = "Acme GmbH", .partner_name = "Nimbus Ltd.", .currency = "USD", .master_name = "",
        .arrears_currency = "USD", .has_payment_method = true, .quota = { .limit = 3 }
    };
    commitments[0] = (struct facts_commitment){ .kind = COMMITMENT_RI, .name = "ri-1", .valid_to = now + 10 * CLOCK_DAY, .is_valid = true };
    commitments[1] = (struct facts_commitment){ .kind = COMMITMENT_PARTNER_SUPPORT_PLAN, .name = "plan-1",
                                                .valid_to = now + 20 * CLOCK_DAY, .is_valid = true };
    commitments[2] = (struct facts_commitment){ .kind = COMMITMENT_SERVICE_SUPPORT_PLAN, .name = "service-1",
                                                .valid_to = now + 30 * CLOCK_DAY, .is_valid = true };
    contracts[0] = (struct facts_contract){ .number = "SC-7", .starts_at = now - CLOCK_DAY, .ends_at = now + 40 * CLOCK_DAY,
                                            .is_effective = true };
    checks = (struct view_checks){
        .set = &set, .facts = &facts, .report = &report, .partner_email = "desk@nimbus.example", .partner_phone = "+4930123456",
        .kept_days = 15, .unfreeze_once = "other-key", .unfreeze_asked_at = INSTANT_NONE
    };
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static const char *shown_in(const char *lang)
{
    struct buf *out = buf_new(mem, 32768);

    page->lang = lang;
    rule_check(&set, &facts, checks.for_partner ? OPERATION_PARTNER_AGREE : OPERATION_CUSTOMER_SUBMIT, now, &report);
    view_checks_message(page, &checks);
    view_checks_fill(page, &checks);
    assert_null(page_render(page, out));
    assert_string_equal(tpl_missing(), "");
    return out->bytes;
}

static const char *shown(void) { return shown_in("en"); }

static void sees(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("not there: %s\n%s", part, text);
}

static void misses(const char *text, const char *part)
{
    if (strstr(text, part) != NULL)
        fail_msg("there: %s\n%s", part, text);
}

static void freeze(enum freeze_type type, enum freeze_source source)
{
    facts.is_frozen = true;
    facts.freeze = (struct freeze){ .type = type, .source = source, .reason = "unpaid <bill>", .at = now - 3 * CLOCK_DAY };
}

static void fail_all(void)
{
    facts.members = members;
    facts.members_n = 3;
    facts.members_independent = 2;
    facts.members_unified_with_plan = 1;
    facts.commitments = commitments;
    facts.commitments_n = 3;
    facts.reserved_instances = facts.partner_support_plans = facts.service_support_plans = 1;
    facts.contracts = contracts;
    facts.contracts_n = 1;
    facts.special_contracts = 1;
    facts.currency = "";
    facts.orders_waiting = 2;
    facts.arrears_minor = 123456;
    facts.master_name = "Mother AG";
    facts.has_payment_method = false;
    freeze(FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_PARTNER);
}

/* --- passed ----------------------------------------------------------------------------------------------------------- */

static void all_passed_is_one_closed_line(void **state)
{
    const char *text = shown();

    (void)state;
    sees(text, "<details class=\"card\">");
    sees(text, "All 6 checks passed 15 Jun 2026, 12:00");
    sees(text, "No independent accounting members are linked to your account.");
    sees(text, "Your account isn’t frozen.");
    sees(text, "Your account and resources aren’t frozen.");
    sees(text, "You have no active reserved instances or partner support plan.");
    sees(text, "Your settlement currency is USD.");
    sees(text, "No special commerce contract is in effect.");
    misses(text, "Good to know");
    misses(text, "<section class=\"msg bad\"");
}

/* --- failed, in the words of each rule -------------------------------------------------------------------------------- */

static void everything_that_fails_is_shown_with_its_evidence(void **state)
{
    (void)state;
    fail_all();
    const char *text = shown();
    sees(text, "5 of 6 checks failed");
    sees(text, "Fix these items (5)");
    sees(text, "2 independent accounting members are still linked to your enterprise master account.");
    sees(text, "<bdi>Branch &lt;One&gt;</bdi>");
    sees(text, "Nimbus Ltd. froze your account and resources on 12 Jun 2026.");
    sees(text, "12 days are left before data is deleted.");
    sees(text, "Reason: “unpaid &lt;bill&gt;”");
    sees(text, "1 reserved instance and 1 partner support plan are still active.");
    sees(text, "<bdi>ri-1, until 25 Jun 2026</bdi>");
    sees(text, "Have your account and resources unfrozen first. Then unsubscribe from all of them.");
    sees(text, "Your account has no settlement currency.");
    sees(text, "Choose one in the account center, then check again.");
    sees(text, "Special commerce contract SC-7 is in effect until 25 Jul 2026.");
    sees(text, "This can’t be settled online. Agree with Nimbus Ltd. how to end it, then check again.");
    sees(text, "Contact details of Nimbus Ltd.: desk@nimbus.example, +4930123456");
    misses(text, "contact support");
    sees(text, "Covered by “Account and resource freeze”.");
    sees(text, "Passed (1)");
}

static void good_to_know_never_fails(void **state)
{
    (void)state;
    fail_all();
    facts.currency = "USD";
    const char *text = shown();
    sees(text, "Good to know");
    sees(text, "2 orders wait for your partner’s payment.");
    sees(text, "You owe USD 1,234.56.");
    sees(text, "1 service support plan is still active.");
    sees(text, "1 unified accounting member has a service support plan.");
    sees(text, "Your account is a member of another account: Mother AG");
    sees(text, "You have no valid payment method.");
    misses(text, "6 of 6");
}

static void each_link_of_the_box_leads_to_its_item(void **state)
{
    (void)state;
    fail_all();
    const char *text = shown();
    for (int i = 0; i < RULES; i++) {
        const char *slug = rule_slug((enum rule_code)i);

        if (strstr(text, mem_text(mem, "href=\"#%s\"", slug)) != NULL)
            sees(text, mem_text(mem, "<li class=\"fail\" id=\"%s\">", slug));
    }
    sees(text, "href=\"#currency\">Set a settlement currency</a>");
}

static void account_freeze_can_be_asked_about(void **state)
{
    (void)state;
    freeze(FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    const char *text = shown();
    sees(text, "Nimbus Ltd. froze your account on 12 Jun 2026.");
    sees(text, "Only your partner can unfreeze it.");
    sees(text, "action=\"/my-partner/ask-unfreeze\"");
    sees(text, "name=\"once\" value=\"other-key\"");
    misses(text, "before data is deleted");
}

static void freeze_of_others_names_support_and_asks_nobody(void **state)
{
    static const enum freeze_source sources[] = { FREEZE_BY_PLATFORM, FREEZE_BY_BUDGET };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        make_page();
        freeze(FREEZE_ACCOUNT, sources[i]);
        const char *text = shown();
        sees(text, sources[i] == FREEZE_BY_PLATFORM ? "The cloud platform froze your account on 12 Jun 2026."
                                                    : "because a budget was used up.");
        sees(text, "Only the cloud platform can lift this freeze.");
        sees(text, "contact support: " SUPPORT);
        misses(text, "ask-unfreeze");
    }
}

static void freeze_by_a_frozen_partner_names_support(void **state)
{
    (void)state;
    freeze(FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    facts.partner_is_frozen = true;
    const char *text = shown();
    sees(text, "Only the cloud platform can lift this freeze.");
    misses(text, "ask-unfreeze");
}

static void whoever_may_not_act_gets_no_button(void **state)
{
    (void)state;
    freeze(FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    checks.unfreeze_once = NULL;
    misses(shown(), "ask-unfreeze");
}

static void data_already_due_is_not_counted_in_days(void **state)
{
    (void)state;
    freeze(FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_PARTNER);
    facts.freeze.at = now - 15 * CLOCK_DAY;
    misses(shown(), "before data is deleted");
    make_page();
    facts.freeze.at = now - 15 * CLOCK_DAY + 1;
    sees(shown(), "1 day is left before data is deleted.");
}

static void what_could_not_be_read_is_not_checked(void **state)
{
    (void)state;
    facts.known &= ~(unsigned)FACTS_COMMITMENTS;
    const char *text = shown();
    sees(text, "1 of 6 checks failed");
    sees(text, "We couldn’t check the reserved instances and the partner support plan right now. Try again in a few minutes.");
    sees(text, "<span class=\"badge warn\">Not checked</span>");
    misses(text, "<span class=\"badge bad\">Failed</span>");
}

static void quota_that_could_not_be_read_is_an_item(void **state)
{
    int failed, total;

    (void)state;
    facts.known &= ~(unsigned)FACTS_QUOTA;
    sees(shown(), "We couldn’t check the number of requests right now.");
    view_checks_count(&report, &failed, &total);
    assert_int_equal(failed, 1);
    assert_int_equal(total, 7);
}

static void used_quota_is_no_failed_check(void **state)
{
    int failed, total;

    (void)state;
    facts.quota.limit = 0;
    (void)shown();
    view_checks_count(&report, &failed, &total);
    assert_int_equal(failed, 0);
    assert_int_equal(total, 6);
}

static void rule_that_only_warns_is_good_to_know(void **state)
{
    (void)state;
    set.rows[RULE_C5].severity = SEVERITY_WARN;
    facts.currency = "";
    const char *text = shown();
    sees(text, "All 5 checks passed");
    sees(text, "Good to know");
    sees(text, "Your account has no settlement currency.");
}

static void rule_that_is_off_is_not_mentioned(void **state)
{
    (void)state;
    set.rows[RULE_C5].severity = SEVERITY_OFF;
    facts.currency = "";
    misses(shown(), "currency");
}

static void warning_made_to_block_is_counted(void **state)
{
    (void)state;
    set.rows[RULE_X7].severity = SEVERITY_BLOCK;
    facts.has_payment_method = false;
    const char *text = shown();
    sees(text, "1 of 7 checks failed");
    sees(text, "<li class=\"fail\" id=\"payment-method\">");
}

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

/* --- since the last check --------------------------------------------------------------------------------------------- */

static void items_fixed_since_are_named(void **state)
{
    (void)state;
    fail_all();
    (void)shown();
    char *before = rule_report_pack(mem, &report);
    facts.currency = "USD";
    facts.contracts_n = 0;
    facts.special_contracts = 0;
    make_page();
    (void)shown();
    assert_string_equal(view_checks_fixed(mem, before, &report),
                        "Fixed since your last check: Settlement currency and Special commerce contract");
}

static void nothing_fixed_says_nothing(void **state)
{
    (void)state;
    fail_all();
    (void)shown();
    assert_null(view_checks_fixed(mem, rule_report_pack(mem, &report), &report));
    assert_null(view_checks_fixed(mem, "", &report));
    assert_null(view_checks_fixed(mem, "garbage", &report));
}

static void freeze_that_became_worse_is_not_fixed(void **state)
{
    (void)state;
    freeze(FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    (void)shown();
    char *before = rule_report_pack(mem, &report);
    freeze(FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_PARTNER);
    make_page();
    (void)shown();
    assert_null(view_checks_fixed(mem, before, &report));
}

/* --- statement and steps ---------------------------------------------------------------------------------------------- */

static void statement_counts_this_request(void **state)
{
    struct buf *out = buf_new(mem, 8192);

    (void)state;
    facts.quota.n = 1;
    facts.quota.slots[0] = (struct quota_slot){ now - CLOCK_DAY, now + CLOCK_DAY };
    tpl_show(page->dict, "CONFIRM");
    tpl_set(page->dict, "CANCEL", "/my-partner");
    tpl_set_int(page->dict, "REVISION", 0);
    tpl_set(page->dict, "START", "/disassociate");
    page_fault(page, "understood", "Tick the box to show that you have read the statement");
    view_statement_fill(page, SIDE_CUSTOMER, &facts.quota, 3);
    view_statement_tick(page, SIDE_CUSTOMER, false);
    view_steps_submit(page, 0, true);
    assert_null(page_render(page, out));
    assert_string_equal(tpl_missing(), "");
    sees(out->bytes, "You can start up to 3 requests in 3 months. This is request 2 of 3.");
    sees(out->bytes, "id=\"understood-error\">Tick the box to show that you have read the statement</p>");
    sees(out->bytes, "step 1 of 4");
    sees(out->bytes, "<li class=\"bad\" aria-current=\"step\">Check and confirm</li>");
    misses(out->bytes, " checked");
}

static void receipt_has_its_heading_elsewhere(void **state)
{
    struct buf *out = buf_new(mem, 8192);

    (void)state;
    view_steps_submit(page, 3, true);
    assert_null(page_render(page, out));
    misses(out->bytes, "<h1>");
    sees(out->bytes, "<li class=\"done\">Reason</li>");
    sees(out->bytes, "<li aria-current=\"step\">Submitted</li>");
}

static void without_a_code_there_are_three_steps(void **state)
{
    struct buf *out = buf_new(mem, 8192);

    (void)state;
    tpl_set(page->dict, "BACK", "/back");
    tpl_set(page->dict, "START", "/start");
    tpl_set(page->dict, "DETAILS", "");
    tpl_set_int(page->dict, "REVISION", 0);
    page->stem = "disassociate_reason";
    view_steps_submit(page, 2, false);
    assert_null(page_render(page, out));
    sees(out->bytes, "step 2 of 3");
    sees(out->bytes, "<li class=\"done\">Check and confirm</li>");
    sees(out->bytes, "<li aria-current=\"step\">Reason</li>");
    misses(out->bytes, ">Verify</li>");
}

static void chinese_has_all_it_needs(void **state)
{
    (void)state;
    fail_all();
    (void)shown_in("zh-Hans");
}

static void cards_look_as_they_did(void **state)
{
    (void)state;
    fail_all();
    const char *text = shown();
    golden_check("part_checks", text, strlen(text));
}

static void cards_of_the_partner_look_as_they_did(void **state)
{
    (void)state;
    fail_all();
    checks.for_partner = true;
    const char *text = shown();
    golden_check("part_checks_partner", text, strlen(text));
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_passed_is_one_closed_line), TEST(everything_that_fails_is_shown_with_its_evidence), TEST(good_to_know_never_fails),
        TEST(each_link_of_the_box_leads_to_its_item), TEST(account_freeze_can_be_asked_about),
        TEST(freeze_of_others_names_support_and_asks_nobody), TEST(freeze_by_a_frozen_partner_names_support),
        TEST(whoever_may_not_act_gets_no_button), TEST(data_already_due_is_not_counted_in_days),
        TEST(what_could_not_be_read_is_not_checked), TEST(quota_that_could_not_be_read_is_an_item),
        TEST(used_quota_is_no_failed_check), TEST(rule_that_only_warns_is_good_to_know), TEST(rule_that_is_off_is_not_mentioned),
        TEST(warning_made_to_block_is_counted), TEST(partner_reads_numbers_only),
        TEST(partner_is_led_to_what_it_can_mend_itself), TEST(manager_is_sent_to_an_admin_of_its_account),
        TEST(what_support_will_not_do_does_not_lead_to_support), TEST(data_past_its_time_can_be_deleted_any_time),
        TEST(asking_to_unfreeze_is_remembered), TEST(partner_cannot_lift_the_platforms_freeze),
        TEST(customer_is_led_to_the_pages_of_its_account_and_back), TEST(pages_of_the_account_lead_back_only_where_one_came_from),
        TEST(items_fixed_since_are_named),
        TEST(nothing_fixed_says_nothing), TEST(freeze_that_became_worse_is_not_fixed), TEST(statement_counts_this_request),
        TEST(receipt_has_its_heading_elsewhere), TEST(without_a_code_there_are_three_steps), TEST(chinese_has_all_it_needs), TEST(cards_look_as_they_did),
        TEST(cards_of_the_partner_look_as_they_did), TEST(platform_reads_of_the_customer_with_all_evidence),
        TEST(platform_is_told_which_freezes_it_can_lift),
    };

    return cmocka_run_group_tests(tests, load, NULL);
}
