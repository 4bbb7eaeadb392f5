#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/lang.h"
#include "base/memory.h"
#include "base/text.h"

#include "view/format.h"
#include "view/view_customer.h"
#include "view/view_my_partner.h"
#include "view/view_request.h"

/* --- tables ----------------------------------------------------------------------------------------------------------- */

/* What a person can do from the banner: a section of the template, and what is said to one who may not. */
enum banner_act { ACT_WITHDRAW, ACT_SEEN, ACT_UNFREEZE };
static const struct {
    const char *section;
    const char *to_viewer;
} acts[] = {
    [ACT_WITHDRAW] = { "CAN_WITHDRAW", N_("To withdraw the request, ask the owner of your account.") },
    [ACT_SEEN] = { "CAN_MARK_READ", "" },
    [ACT_UNFREEZE] = { "CAN_ASK_UNFREEZE", N_("Ask the owner of your account to ask your partner to unfreeze it.") },
};

static const struct {
    const char *css;
    const char *icon_section;
} tones[] = {
    [TONE_INFO] = { "info", "BANNER_IS_INFO" },
    [TONE_OK] = { "ok", "BANNER_IS_OK" },
    [TONE_WARN] = { "warn", "BANNER_IS_WARN" },
    [TONE_BAD] = { "bad", "BANNER_IS_BAD" },
};

static const char *const failed_texts[RULES] = {
    [RULE_C1] = N_("Independent accounting members are still linked to your account."),
    [RULE_C2] = N_("Your account is frozen."),
    [RULE_C3] = N_("Your account and resources are frozen."),
    [RULE_C4] = N_("You have active reserved instances or a partner support plan."),
    [RULE_C5] = N_("Your account has no settlement currency."),
    [RULE_C6] = N_("A special commerce contract is in effect."),
};

/* By source and type. What only the partner's customers cannot do is the same for every source. */
static const struct {
    enum freeze_source source;
    const char *account, *all;
} freeze_texts[] = {
    { FREEZE_BY_PARTNER,
      N_("{partner} froze it on {date}. You can’t buy, renew or change resources until your partner unfreezes it."),
      N_("{partner} froze it and its resources on {date}. You can’t use any resource until your partner unfreezes them.") },
    { FREEZE_BY_ASSOCIATION_DEFAULT,
      N_("It has been frozen since you were associated with {partner} on {date}. Your partner can unfreeze it."),
      N_("It and its resources have been frozen since you were associated with {partner} on {date}. Your partner can unfreeze them.") },
    { FREEZE_BY_BUDGET,
      N_("It has been frozen since {date} because the budget set for it is used up. You can’t buy, renew or change resources."),
      N_("It and its resources have been frozen since {date} because the budget set for it is used up. You can’t use any resource.") },
    { FREEZE_BY_PLATFORM,
      N_("The platform froze it on {date}. You can’t buy, renew or change resources."),
      N_("The platform froze it and its resources on {date}. You can’t use any resource.") },
};

static const struct {
    const char *kind, *title, *text;
    const char *href, *link;     /* href NULL: the partner is written to */
} task_texts[] = {
    { "ACCOUNT_INFORMATION", N_("Update your account information"),
      N_("Check the name, address and tax details on your bills."), "/account-information", N_("Update account information") },
    { "PAYMENT_METHOD", N_("Add a payment method"),
      N_("Your resources keep running only if they are paid for."), "/payment-method", N_("Add payment method") },
    { "PAY_RESOURCES", N_("Pay for your resources"),
      N_("A payment is past due. Pay before the period ends, or data is deleted."), "/resources", N_("See what to pay") },
    { "EXPORT_BILLS", N_("Export your partner’s bills"), N_("Your partner has the bills up to {date}. Ask for them: {contact}"),
      NULL, N_("Write to your partner") },
};

/* --- banner ----------------------------------------------------------------------------------------------------------- */

struct banner { struct page *page; const struct my_partner *my; struct tpl_dict *dict; };

static struct banner banner_open(struct page *page, const struct my_partner *my, enum page_tone tone, const char *title)
{
    struct tpl_dict *dict = tpl_row(page->dict, "BANNER");
    tpl_set(dict, "BANNER_TONE", tones[tone].css);
    tpl_show(dict, tones[tone].icon_section);
    tpl_set(dict, "BANNER_TITLE", title);
    return (struct banner) { page, my, dict };
}

static void banner_say(struct banner banner, const char *text)
{
    if (text[0] == '\0') return;
    tpl_set(tpl_row(banner.dict, "BANNER_LINE"), "BANNER_TEXT", text);
}

static void banner_item(struct banner banner, const char *text)
{
    tpl_set(tpl_row(banner.dict, "BANNER_ITEM"), "BANNER_ITEM_TEXT", text);
}

static void banner_link(struct banner banner, const char *href, const char *text)
{
    tpl_show(banner.dict, "BANNER_WITH_LINK");
    tpl_set(banner.dict, "BANNER_HREF", href);
    tpl_set(banner.dict, "BANNER_LINK", text);
}

static void banner_act(struct banner banner, enum banner_act act)
{
    if (banner.my->may_act)
        tpl_show(banner.dict, acts[act].section);
    else if (acts[act].to_viewer[0] != '\0')
        banner_say(banner, _(acts[act].to_viewer));
}

static char *say(const struct banner banner, const char *pattern)
{
    return text_fill(banner.page->ctx, pattern, "support", banner.page->support, NULL);
}

static char *quoted_reason(const struct page *page, const char *reason)
{
    if (reason[0] == '\0') return mem_copy(page->ctx, "");
    return text_fill(page->ctx, _("Reason given: “{reason}”"), "reason", reason, NULL);
}

/* --- the banners, one for each state that needs one -------------------------------------------------------------------- */

static void say_own_request(struct page *page, const struct my_partner *my)
{
    const struct request *request = my->open;
    const char *sent = format_time(page->ctx, request->submitted_at, page->zone);
    const char *until = format_time(page->ctx, request->deadline_at, page->zone);
    struct banner banner;
    if (request->escalated_at != INSTANT_NONE) {
        banner = banner_open(page, my, TONE_INFO, _("The platform now looks at your request"));
        const char *pattern = my->association != NULL && my->association->partner_is_frozen
            ? _("Your partner can’t answer request {no} at present, so the platform decides by {until}.")
            : _("Your partner has not answered request {no}, so the platform decides by {until}.");
        banner_say(banner, text_fill(page->ctx, pattern, "no", request->no, "until", until, NULL));
        banner_say(banner, say(banner, _("You stay associated until then. Questions about it go to support: {support}")));
    } else {
        banner = banner_open(page, my, TONE_INFO, _("Your partner is reviewing your request"));
        banner_say(banner, text_fill(page->ctx,
                                     my->gets_email
                                         ? _("Request {no} was sent on {time}. We will tell you the result here, in "
                                             "Notifications and by email.")
                                         : _("Request {no} was sent on {time}. We will tell you the result here and in "
                                             "Notifications."),
                                     "no", request->no, "time", sent, NULL));
    }
    banner_act(banner, ACT_WITHDRAW);
}

static void say_partner_request(struct page *page, const struct my_partner *my)
{
    const struct request *request = my->open;
    struct banner banner = banner_open(page, my, TONE_WARN, _("Your partner wants to end the association"));
    banner_say(banner, text_fill(page->ctx, _("{partner} sent request {no} on {time}. Nothing changes until you answer."),
                                 "partner", request->partner_name, "no", request->no,
                                 "time", format_time(page->ctx, request->submitted_at, page->zone), NULL));
    banner_say(banner, quoted_reason(page, view_request_reason(page->ctx, request)));
    if (my->may_act)
        banner_link(banner, mem_text(page->ctx, "/process-request/%s", request->no), _("Process"));
    else
        banner_say(banner, _("To answer it, ask the owner of your account."));
}

static const struct {
    enum request_state state;
    enum side decider;       /* SIDES: any */
    enum page_tone tone;
    const char *title, *text;
} result_texts[] = {
    { REQUEST_REJECTED, SIDE_PARTNER, TONE_WARN, N_("Your partner rejected your request"), N_("You can send another request.") },
    { REQUEST_REJECTED, SIDES, TONE_WARN, N_("The platform rejected your request"), N_("You can send another request.") },
    { REQUEST_WITHDRAWN, SIDES, TONE_INFO, N_("Your request was withdrawn"), N_("You stay associated with your partner.") },
    { REQUEST_EXPIRED, SIDES, TONE_WARN, N_("Your request has expired"),
      N_("Nobody decided on it in time. You stay associated, and the request no longer counts towards your quota.") },
    { REQUEST_CANCELLED, SIDES, TONE_WARN, N_("Your request was cancelled"), N_("An account was closed.") },
};

static void say_result(struct page *page, const struct my_partner *my)
{
    const struct request *request = my->result;
    for (size_t i = 0; i < sizeof result_texts / sizeof *result_texts; i++) {
        if (result_texts[i].state != request->state) continue;
        if (result_texts[i].decider != SIDES && result_texts[i].decider != request->decided_by) continue;
        struct banner banner = banner_open(page, my, result_texts[i].tone, _(result_texts[i].title));
        banner_say(banner, text_fill(page->ctx, _("Request {no} ended on {time}."), "no", request->no,
                                     "time", format_time(page->ctx, request->decided_at, page->zone), NULL));
        banner_say(banner, quoted_reason(page, request->decision_text));
        banner_say(banner, _(result_texts[i].text));
        banner_act(banner, ACT_SEEN);
        return;
    }
}

static bool partner_can_unfreeze(const struct freeze *freeze)
{
    return freeze->source == FREEZE_BY_PARTNER || freeze->source == FREEZE_BY_ASSOCIATION_DEFAULT;
}

static bool has_asked(const struct my_partner *my)
{
    return my->freeze != NULL && my->association != NULL && partner_can_unfreeze(my->freeze) &&
           my->unfreeze_asked_at != INSTANT_NONE;
}

static char *freeze_text(const struct page *page, const struct my_partner *my)
{
    for (size_t i = 0; i < sizeof freeze_texts / sizeof *freeze_texts; i++) {
        if (freeze_texts[i].source != my->freeze->source) continue;
        const char *pattern = my->freeze->type == FREEZE_ACCOUNT ? freeze_texts[i].account : freeze_texts[i].all;
        return text_fill(page->ctx, _(pattern), "partner", my->association != NULL ? my->association->partner_name : "",
                         "date", format_date(page->ctx, my->freeze->at, page->zone), NULL);
    }
    return mem_copy(page->ctx, "");
}

static void say_freeze(struct page *page, const struct my_partner *my)
{
    struct banner banner = banner_open(page, my, TONE_WARN, my->freeze->type == FREEZE_ACCOUNT
        ? _("Your account is frozen") : _("Your account and resources are frozen"));
    banner_say(banner, freeze_text(page, my));
    banner_say(banner, view_freeze_left(page->ctx, my->freeze, my->kept_days, page->now));
    banner_say(banner, quoted_reason(page, my->freeze->reason));
    if (has_asked(my))
        banner_say(banner, view_unfreeze_asked(page, my->unfreeze_asked_at));
    else if (partner_can_unfreeze(my->freeze) && my->association != NULL)
        banner_act(banner, ACT_UNFREEZE);
    else
        banner_say(banner, say(banner, _("To have it unfrozen, contact support: {support}")));
}

static void say_failed_checks(struct page *page, const struct my_partner *my)
{
    char failed[16], of[16];
    snprintf(failed, sizeof failed, "%d", my->report->conditions_failed);
    snprintf(of, sizeof of, "%d", my->report->conditions);
    struct banner banner = banner_open(page, my, TONE_WARN,
        text_fill(page->ctx, _("{k} of {n} account checks failed"), "k", failed, "n", of, NULL));
    banner_say(banner, text_fill(page->ctx,
                                 ngettext("You can request disassociation after you fix this item. Last checked {time}.",
                                          "You can request disassociation after you fix these items. Last checked {time}.",
                                          (unsigned long)my->report->conditions_failed),
                                 "time", format_time(page->ctx, my->report->at, page->zone), NULL));
    tpl_show(banner.dict, "BANNER_WITH_ITEMS");
    for (int i = 0; i < RULES; i++) {
        const struct rule_result *result = &my->report->results[i];
        if (!rule_is_condition(result->code) || !rule_blocks(result)) continue;
        banner_item(banner, result->outcome == RULE_UNKNOWN ? _("An item can’t be checked right now.") : _(failed_texts[result->code]));
    }
    if (my->may_act)
        banner_link(banner, "/disassociate/check", _("See what to fix"));
    else
        banner_say(banner, _("To see what to fix, ask the owner of your account."));
}

static char *dates_of(const struct page *page, const struct quota *quota)
{
    struct quota_slot slots[QUOTA_SLOTS_MAX];
    const char *dates[QUOTA_SLOTS_MAX];
    const size_t n = quota_counting(quota, page->now, slots);
    for (size_t i = 0; i < n; i++) dates[i] = format_date(page->ctx, slots[i].submitted_at, page->zone);
    return format_list(page->ctx, dates, (int)n);
}

static void say_quota_used(struct page *page, const struct my_partner *my)
{
    const struct quota *quota = &my->facts->quota;
    char limit[24];
    snprintf(limit, sizeof limit, "%" PRId64, quota->limit);
    struct banner banner = banner_open(page, my, TONE_INFO,
        text_fill(page->ctx, ngettext("You have used your {n} request", "You have used all {n} requests", (unsigned long)quota->limit),
                  "n", limit, NULL));
    banner_say(banner, text_fill(page->ctx, _("You can start another request on {date}. You sent the ones that count on {dates}."),
                                 "date", format_time(page->ctx, quota_next_at(quota, page->now), page->zone),
                                 "dates", dates_of(page, quota), NULL));
    banner_say(banner, say(banner, _("If you can’t wait, ask your partner to start the request, or contact support: {support}")));
}

static void say_referral(struct page *page, const struct my_partner *my)
{
    struct banner banner = banner_open(page, my, TONE_INFO, _("You are associated in the referral model"));
    banner_say(banner, _("Your partner does not bill you, so you can’t request disassociation here."));
    banner_say(banner, say(banner, _("To end the association, contact support: {support}")));
}

static void say_left(struct page *page, const struct my_partner *my)
{
    struct banner banner = banner_open(page, my, TONE_WARN,
        text_fill(page->ctx, _("You are no longer associated with {partner}"), "partner", my->left->partner_name, NULL));
    banner_say(banner, text_fill(page->ctx, _("The association ended on {date}. Your partner no longer pays for your resources."),
                                 "date", format_date(page->ctx, my->left->ended_at, page->zone), NULL));
    if (my->tasks_n > 0)
        banner_say(banner, _("Do what is listed below now so that your resources keep running."));
    banner_link(banner, "/resources", _("See your resources"));
}

static bool quota_is_used(const struct my_partner *my)
{
    return my->report != NULL && rule_blocks(&my->report->results[RULE_Q]) &&
           my->report->results[RULE_Q].outcome == RULE_FAILED;
}

/* What matters most is said; the rest is on the cards. */
static void fill_banner(struct page *page, const struct my_partner *my)
{
    if (my->open != NULL && my->open->initiator == SIDE_CUSTOMER)
        say_own_request(page, my);
    else if (my->open != NULL)
        say_partner_request(page, my);
    else if (my->result != NULL)
        say_result(page, my);
    else if (my->freeze != NULL)
        say_freeze(page, my);
    else if (my->report != NULL && my->report->conditions_failed > 0 && my->is_preparing)
        say_failed_checks(page, my);
    else if (quota_is_used(my))
        say_quota_used(page, my);
    else if (my->association != NULL && my->association->model == MODEL_REFERRAL)
        say_referral(page, my);
    else if (my->left != NULL)
        say_left(page, my);
}

/* --- cards ------------------------------------------------------------------------------------------------------------ */

static void fill_partner(struct page *page, const struct my_partner *my)
{
    const struct association *association = my->association;
    struct tpl_dict *card = tpl_row(page->dict, "PARTNER");
    tpl_set(card, "PARTNER_NAME", association->partner_name);
    tpl_set(card, "PARTNER_NO", association->partner_no);
    tpl_set(card, "MODEL", association->model == MODEL_RESELLER ? _("Reseller – your partner bills you")
                                                                : _("Referral – the platform bills you"));
    tpl_set(card, "SINCE", format_date(page->ctx, association->associated_at, page->zone));
    tpl_show_if(card, "IS_ACTIVE", my->freeze == NULL);
    tpl_show_if(card, "IS_FROZEN", my->freeze != NULL);
    tpl_set(card, "FROZEN_SINCE", my->freeze == NULL ? "" : text_fill(page->ctx, _("since {date}"), "date",
                                                                      format_date(page->ctx, my->freeze->at, page->zone), NULL));
    tpl_show_if(card, "WITH_EMAIL", association->partner_email[0] != '\0');
    tpl_set(card, "PARTNER_EMAIL", association->partner_email);
    tpl_show_if(card, "WITH_PHONE", association->partner_phone[0] != '\0');
    tpl_set(card, "PARTNER_PHONE", association->partner_phone);
    tpl_show_if(card, "WITHOUT_CONTACT", association->partner_email[0] == '\0' && association->partner_phone[0] == '\0');
}

static char *quota_text(const struct page *page, const struct my_partner *my)
{
    char used[24], limit[24], months[24];
    snprintf(used, sizeof used, "%" PRId64, quota_used(&my->facts->quota, page->now));
    snprintf(limit, sizeof limit, "%" PRId64, my->facts->quota.limit);
    snprintf(months, sizeof months, "%" PRId64, my->set->rows[RULE_Q].months);
    return text_fill(page->ctx, ngettext("{n} of {limit} requests used in the last month",
                                         "{n} of {limit} requests used in the last {months} months",
                                         (unsigned long)my->set->rows[RULE_Q].months),
                     "n", used, "limit", limit, "months", months, NULL);
}

static void fill_quota(struct page *page, const struct my_partner *my, struct tpl_dict *card)
{
    const bool is_known = my->facts != NULL && (my->facts->known & FACTS_QUOTA) != 0;
    if (!is_known || my->set->rows[RULE_Q].severity == SEVERITY_OFF) return;
    tpl_show(card, "QUOTA");
    tpl_set_int(card, "QUOTA_USED", quota_used(&my->facts->quota, page->now));
    tpl_set_int(card, "QUOTA_LIMIT", my->facts->quota.limit);
    tpl_set(card, "QUOTA_TEXT", quota_text(page, my));
}

static void fill_status(struct page *page, const struct my_partner *my)
{
    struct tpl_dict *card = tpl_row(page->dict, "STATUS");
    struct tpl_dict *timeline = tpl_include(card, "TIMELINE", "part_timeline.html");
    struct view_badge badge = { "", _("No open request") };
    if (my->open != NULL) {
        badge = view_request_badge(my->open, SIDE_CUSTOMER);
        view_request_timeline(page->ctx, timeline, my->open, SIDE_CUSTOMER, page->zone);
    } else {
        view_timeline_entry(timeline, TIMELINE_DONE,
            text_fill(page->ctx, _("Associated with {partner}"), "partner", my->association->partner_name, NULL),
            format_date(page->ctx, my->association->associated_at, page->zone));
        if (my->result != NULL)
            view_timeline_entry(timeline, TIMELINE_BAD, view_request_decision(page->ctx, my->result, SIDE_CUSTOMER),
                                format_time(page->ctx, my->result->decided_at, page->zone));
        view_timeline_entry(timeline, TIMELINE_NOW, _("No open request"), "");
    }
    tpl_set(card, "BADGE_CSS", badge.css);
    tpl_set(card, "BADGE", badge.text);
    fill_quota(page, my, card);
}

static char *contact_of(const struct page *page, const struct association *association)
{
    if (association->partner_email[0] != '\0') return mem_copy(page->ctx, association->partner_email);
    if (association->partner_phone[0] != '\0') return mem_copy(page->ctx, association->partner_phone);
    return mem_copy(page->ctx, association->partner_name);
}

static void fill_tasks(struct page *page, const struct my_partner *my)
{
    if (my->left == NULL || my->tasks_n == 0) return;
    struct tpl_dict *card = tpl_row(page->dict, "TASKS");
    for (size_t i = 0; i < my->tasks_n; i++) {
        for (size_t t = 0; t < sizeof task_texts / sizeof *task_texts; t++) {
            if (strcmp(task_texts[t].kind, my->tasks[i]) != 0) continue;
            struct tpl_dict *task = tpl_row(card, "TASK");
            const char *email = my->left->partner_email;
            tpl_set(task, "TASK_TITLE", _(task_texts[t].title));
            tpl_show_if(task, "TASK_PAGE", task_texts[t].href != NULL && my->may_act);
            tpl_set(task, "TASK_HREF", task_texts[t].href);
            tpl_show_if(task, "TASK_MAIL", task_texts[t].href == NULL && email[0] != '\0');
            tpl_set(task, "TASK_EMAIL", email);
            tpl_set(task, "TASK_LINK", _(task_texts[t].link));
            tpl_show_if(task, "TASK_DONE", task_texts[t].href == NULL && my->may_act);
            tpl_set(task, "TASK_TEXT", text_fill(page->ctx, _(task_texts[t].text), "date", format_date(page->ctx, my->left->ended_at, page->zone),
                                                 "contact", contact_of(page, my->left), NULL));
        }
    }
}

static void fill_operations(struct page *page, const struct my_partner *my)
{
    const bool can_ask = my->association != NULL && my->association->model == MODEL_RESELLER && my->open == NULL;
    const bool may_want = my->freeze != NULL && my->association != NULL && partner_can_unfreeze(my->freeze) &&
                          (my->open != NULL || my->result != NULL);   /* otherwise the banner is about the freeze */
    tpl_show_if(page->dict, "CAN_DISASSOCIATE", can_ask && my->may_act);
    tpl_show_if(page->dict, "CANNOT_DISASSOCIATE", can_ask && !my->may_act);
    tpl_show_if(page->dict, "CAN_ASK_UNFREEZE_TOO", may_want && my->may_act && !has_asked(my));
    if (may_want && has_asked(my))
        tpl_set(tpl_row(page->dict, "ASKED_UNFREEZE"), "ASKED_TEXT", view_unfreeze_asked(page, my->unfreeze_asked_at));
}

void view_my_partner(struct page *page, const struct my_partner *my)
{
    const struct request *of_banner = my->open != NULL ? my->open : my->result;
    tpl_set(page->dict, "REQUEST_NO", of_banner != NULL ? of_banner->no : "");
    fill_banner(page, my);
    fill_tasks(page, my);
    fill_operations(page, my);
    if (my->association == NULL) {
        tpl_show(page->dict, "NO_PARTNER");
        return;
    }
    tpl_show(page->dict, "WITH_PARTNER");
    fill_partner(page, my);
    fill_status(page, my);
}
