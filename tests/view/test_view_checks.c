/* The account checks as cards: words of each rule for either reader, evidence, who helps, what was fixed since. */
#include "view/checks_page.h"

#include "view/view_statement.h"
#include "view/view_steps.h"

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
    sees(out->bytes, "<li class=\"done\">Reason<span class=\"vh\">: done</span></li>");
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
    sees(out->bytes, "<li class=\"done\">Check and confirm<span class=\"vh\">: done</span></li>");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_passed_is_one_closed_line), TEST(everything_that_fails_is_shown_with_its_evidence), TEST(good_to_know_never_fails),
        TEST(each_link_of_the_box_leads_to_its_item), TEST(account_freeze_can_be_asked_about),
        TEST(freeze_of_others_names_support_and_asks_nobody), TEST(freeze_by_a_frozen_partner_names_support),
        TEST(whoever_may_not_act_gets_no_button), TEST(data_already_due_is_not_counted_in_days),
        TEST(what_could_not_be_read_is_not_checked), TEST(quota_that_could_not_be_read_is_an_item),
        TEST(used_quota_is_no_failed_check), TEST(rule_that_only_warns_is_good_to_know), TEST(rule_that_is_off_is_not_mentioned),
        TEST(warning_made_to_block_is_counted),
        TEST(items_fixed_since_are_named),
        TEST(nothing_fixed_says_nothing), TEST(freeze_that_became_worse_is_not_fixed), TEST(statement_counts_this_request),
        TEST(receipt_has_its_heading_elsewhere), TEST(without_a_code_there_are_three_steps), TEST(chinese_has_all_it_needs), TEST(cards_look_as_they_did),
        TEST(cards_of_the_partner_look_as_they_did),
    };

    return cmocka_run_group_tests(tests, load, NULL);
}
