/* checks_page.h - a page with the account checks on it, of facts that a test changes. Included once by each program of tests. */
#ifndef TESTS_VIEW_CHECKS_PAGE_H
#define TESTS_VIEW_CHECKS_PAGE_H

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

static inline int load(void **state)
{
    (void)state;
    return tpl_load(TEST_BUILD "/templates", tags, 2) == NULL ? 0 : -1;
}

static inline void make_page(void)
{
    page = page_new(mem, "disassociate_check");
    page->title = "Check your account";
    page->now = now;
    page->support = SUPPORT;
}

/* Every check passes. */
static inline int setup(void **state)
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

static inline int teardown(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static inline const char *shown_in(const char *lang)
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

static inline const char *shown(void) { return shown_in("en"); }

static inline void sees(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("not there: %s\n%s", part, text);
}

static inline void misses(const char *text, const char *part)
{
    if (strstr(text, part) != NULL)
        fail_msg("there: %s\n%s", part, text);
}

static inline void freeze(enum freeze_type type, enum freeze_source source)
{
    facts.is_frozen = true;
    facts.freeze = (struct freeze){ .type = type, .source = source, .reason = "unpaid <bill>", .at = now - 3 * CLOCK_DAY };
}

static inline void fail_all(void)
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


#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
