/* view_checks.c - see view_checks.h. */
#include <string.h>

#include "base/clock.h"
#include "base/lang.h"
#include "base/memory.h"
#include "base/text.h"

#include "view/check_text.h"
#include "view/format.h"
#include "view/view_customer.h"

static bool is_passed(const struct rule_result *result)
{
    return result->outcome == RULE_PASSED || result->outcome == RULE_COVERED;
}

static bool counts(const struct rule_result *result)
{
    return result->severity == SEVERITY_BLOCK && result->binds &&
           (result->code != RULE_Q || result->outcome == RULE_UNKNOWN);
}

/* Failed, and not the quota, which has a page of its own. */
static bool stops(const struct rule_result *result)
{
    return counts(result) && !is_passed(result);
}

static bool is_good_to_know(const struct rule_result *result)
{
    return result->severity == SEVERITY_WARN && result->binds && result->outcome == RULE_FAILED;
}

void view_checks_count(const struct rule_report *report, int *failed, int *total)
{
    *failed = *total = 0;
    for (int i = 0; i < RULES; i++) {
        *failed += stops(&report->results[i]);
        *total += counts(&report->results[i]);
    }
}

static char *counted(const struct page *page, const char *pattern, int n)
{
    return text_fill(page->ctx, pattern, "n", mem_text(page->ctx, "%d", n), "time",
                     format_time(page->ctx, page->now, page->zone), NULL);
}

/* What the partner itself can do about it stands on the pages of the customer. */
static void fill_partners_remedy(const struct page *page, struct tpl_dict *row, const struct view_checks *checks,
                                 const struct rule_result *result)
{
    bool is_freeze = result->code == RULE_C2 || result->code == RULE_C3;

    if ((is_freeze && result->fixer != FIXER_PARTNER) || (!is_freeze && result->code != RULE_C6))
        return;
    struct tpl_dict *link = tpl_row(row, "CHECK_LINK");
    tpl_set(link, "CHECK_LINK_HREF", mem_text(page->ctx, is_freeze ? "%s/unfreeze" : "%s#contracts", checks->customer_href));
    tpl_set(link, "CHECK_LINK_TEXT", is_freeze ? _("Unfreeze first") : _("See its contracts"));
}

/* What the customer can mend has a page of its own. */
static const struct { const char *href, *text; } own_pages[RULES] = {
    [RULE_C1] = { "/members", N_("Manage member accounts") },
    [RULE_C4] = { "/subscriptions", N_("Review and unsubscribe") },
    [RULE_C5] = { "/currency", N_("Set currency") },
    [RULE_X3] = { "/subscriptions", N_("Review support plans") },
    [RULE_X7] = { "/payment-method", N_("Add payment method") },
};

static void fill_own_page(const struct page *page, struct tpl_dict *row, const struct view_checks *checks, enum rule_code code)
{
    if (!checks->with_account_pages || own_pages[code].href == NULL)
        return;
    struct tpl_dict *link = tpl_row(row, "CHECK_LINK");
    tpl_set(link, "CHECK_LINK_HREF", checks->return_to == NULL
                ? own_pages[code].href : mem_text(page->ctx, "%s?return=%s", own_pages[code].href, checks->return_to));
    tpl_set(link, "CHECK_LINK_TEXT", _(own_pages[code].text));
}

static void fill_row(const struct page *page, struct tpl_dict *row, const struct view_checks *checks,
                     const struct rule_result *result)
{
    struct check_text text = check_text_failed(page, checks, result);
    bool is_partners = (result->code == RULE_C2 || result->code == RULE_C3) && result->fixer == FIXER_PARTNER &&
                       !checks->for_partner;
    bool has_asked = is_partners && checks->unfreeze_asked_at != INSTANT_NONE;
    bool can_ask = is_partners && !has_asked && checks->unfreeze_once != NULL;

    tpl_set(row, "CHECK_ID", rule_slug(result->code));
    tpl_set(row, "CHECK_NAME", view_check_name(result->code));
    tpl_set(row, "CHECK_TEXT", text.text);
    tpl_show_if(row, "CHECK_IS_FAILED", result->outcome == RULE_FAILED);
    tpl_show_if(row, "CHECK_IS_UNKNOWN", result->outcome == RULE_UNKNOWN);
    tpl_show_if(row, "CHECK_EVIDENCE", text.evidence_n > 0);
    for (size_t i = 0; i < text.evidence_n; i++)
        tpl_set(tpl_row(row, "EVIDENCE"), "EVIDENCE_TEXT", text.evidence[i]);
    tpl_show_if(row, "CHECK_WITH_REMEDY", text.remedy[0] != '\0');
    tpl_set(row, "CHECK_REMEDY", text.remedy);
    tpl_show_if(row, "CHECK_WITH_WHO", text.who[0] != '\0');
    tpl_set(row, "CHECK_WHO", text.who);
    tpl_show_if(row, "CHECK_CONTACT", text.contact[0] != '\0');
    tpl_set(row, "CHECK_CONTACT_TEXT", text.contact);
    tpl_show_if(row, "CHECK_UNFREEZE", can_ask);
    if (can_ask)
        tpl_set(row, "ONCE", checks->unfreeze_once);
    if (has_asked)
        tpl_set(tpl_row(row, "CHECK_ASKED"), "CHECK_ASKED_TEXT", view_unfreeze_asked(page, checks->unfreeze_asked_at));
    if (checks->for_partner && checks->customer_href != NULL && result->outcome == RULE_FAILED)
        fill_partners_remedy(page, row, checks, result);
    if (result->outcome == RULE_FAILED)
        fill_own_page(page, row, checks, result->code);
}

static void fill_passed(const struct page *page, struct tpl_dict *dict, const struct view_checks *checks, int failed)
{
    int passed = 0;

    for (int i = 0; i < RULES; i++) {
        const struct rule_result *result = &checks->report->results[i];

        if (!counts(result) || !is_passed(result))
            continue;
        struct tpl_dict *row = tpl_row(dict, "PASSED");
        tpl_set(row, "CHECK_NAME", view_check_name(result->code));
        tpl_set(row, "CHECK_TEXT", check_text_passed(page, checks, result));
        passed++;
    }
    tpl_show_if(dict, "CHECKS_PASSED", passed > 0);
    tpl_show_if(dict, "CHECKS_SOME", failed > 0);
    tpl_show_if(dict, "CHECKS_ALL", failed == 0);
    tpl_set(dict, "CHECKS_PASSED_HEADING",
            counted(page, failed > 0 ? _("Passed ({n})")
                                     : ngettext("{n} check passed {time}", "All {n} checks passed {time}", (unsigned long)passed),
                    passed));
}

void view_checks_fill(struct page *page, const struct view_checks *checks)
{
    struct tpl_dict *dict = tpl_include(page->dict, "CHECKS", "part_checks.html");
    int failed, total;

    view_checks_count(checks->report, &failed, &total);
    tpl_show_if(dict, "CHECKS_FAILED", failed > 0);
    tpl_set(dict, "CHECKS_FAILED_HEADING",
            counted(page, ngettext("Fix this item ({n})", "Fix these items ({n})", (unsigned long)failed), failed));
    for (int i = 0; i < RULES; i++) {
        const struct rule_result *result = &checks->report->results[i];

        if (stops(result))
            fill_row(page, tpl_row(dict, "FAILED"), checks, result);
    }
    tpl_show_if(dict, "CHECKS_KNOW", false);
    for (int i = 0; i < RULES; i++) {
        const struct rule_result *result = &checks->report->results[i];

        if (!is_good_to_know(result))
            continue;
        tpl_show(dict, "CHECKS_KNOW");
        fill_row(page, tpl_row(dict, "KNOW"), checks, result);
    }
    fill_passed(page, dict, checks, failed);
}

void view_checks_message(struct page *page, const struct view_checks *checks)
{
    int failed, total;

    view_checks_count(checks->report, &failed, &total);
    if (failed == 0)
        return;
    page_message(page, TONE_BAD,
                 text_fill(page->ctx, ngettext("{k} of {n} check failed", "{k} of {n} checks failed", (unsigned long)total),
                           "k", mem_text(page->ctx, "%d", failed), "n", mem_text(page->ctx, "%d", total), NULL), "");
    for (int i = 0; i < RULES; i++) {
        const struct rule_result *result = &checks->report->results[i];

        if (!stops(result))
            continue;
        page_fault(page, rule_slug(result->code),
                   result->outcome == RULE_UNKNOWN ? check_text_failed(page, checks, result).text
                                                   : check_text_link(result->code, checks->for_partner));
    }
}

char *view_checks_fixed(const void *ctx, const char *before, const struct rule_report *now)
{
    struct rule_report then = { .at = 0 };
    const char *names[RULES];
    int n = 0;

    if (!rule_report_unpack(before, &then))
        return NULL;
    for (int i = 0; i < RULES; i++)
        if (counts(&now->results[i]) && now->results[i].outcome == RULE_PASSED && then.results[i].outcome == RULE_FAILED)
            names[n++] = view_check_name((enum rule_code)i);
    if (n == 0)
        return NULL;
    return text_fill(ctx, _("Fixed since your last check: {items}"), "items", format_list(ctx, names, n), NULL);
}
