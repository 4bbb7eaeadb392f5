/* check_text.c - see check_text.h. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/lang.h"
#include "base/memory.h"
#include "base/text.h"

#include "domain/money.h"

#include "view/check_text.h"
#include "view/format.h"
#include "view/view_customer.h"

/* [0] for the customer, [1] for its partner. */
static const struct {
    const char *name;
    const char *item;        /* in "We couldn’t check {item} right now." */
    const char *link[2];
    const char *passed[2];
} words[RULES] = {
    [RULE_C1] = { N_("Member accounts"), N_("the member accounts"),
                  { N_("Disassociate the independent accounting members"), N_("Independent accounting members are linked") },
                  { N_("No independent accounting members are linked to your account."),
                    N_("No independent accounting members are linked to the customer’s account.") } },
    [RULE_C2] = { N_("Account freeze"), N_("the account freeze"),
                  { N_("Have your account unfrozen"), N_("The account is frozen") },
                  { N_("Your account isn’t frozen."), N_("The customer’s account isn’t frozen.") } },
    [RULE_C3] = { N_("Account and resource freeze"), N_("the account and resource freeze"),
                  { N_("Have your account and resources unfrozen"), N_("The account and its resources are frozen") },
                  { N_("Your account and resources aren’t frozen."),
                    N_("The customer’s account and resources aren’t frozen.") } },
    [RULE_C4] = { N_("Reserved instances and partner support plan"), N_("the reserved instances and the partner support plan"),
                  { N_("Unsubscribe from reserved instances and the partner support plan"),
                    N_("Reserved instances or a partner support plan are active") },
                  { N_("You have no active reserved instances or partner support plan."),
                    N_("The customer has no active reserved instances or partner support plan.") } },
    [RULE_C5] = { N_("Settlement currency"), N_("the settlement currency"),
                  { N_("Set a settlement currency"), N_("The customer has no settlement currency") },
                  { N_("Your settlement currency is {currency}."), N_("The customer has a settlement currency.") } },
    [RULE_C6] = { N_("Special commerce contract"), N_("the special commerce contracts"),
                  { N_("Agree how to end the special commerce contract"), N_("A special commerce contract is in effect") },
                  { N_("No special commerce contract is in effect."), N_("No special commerce contract is in effect.") } },
    [RULE_Q] = { N_("Number of requests"), N_("the number of requests"),
                 { N_("See when you can start another request"), N_("See when another request can be started") },
                 { N_("You can start another request."), N_("You can start another request for this customer.") } },
    [RULE_X1] = { N_("Orders"), N_("the orders"),
                  { N_("Have waiting orders paid or cancelled"), N_("Orders wait for your payment") },
                  { N_("No order waits for your partner’s payment."), N_("No order waits for your payment.") } },
    [RULE_X2] = { N_("Unpaid bills"), N_("the unpaid bills"),
                  { N_("Pay what you owe"), N_("The customer has unpaid bills") },
                  { N_("You have no unpaid bills."), N_("The customer has no unpaid bills.") } },
    [RULE_X3] = { N_("Service support plan"), N_("the service support plan"),
                  { N_("Check your service support plan"), N_("A service support plan is active") },
                  { N_("You have no active service support plan."), N_("The customer has no active service support plan.") } },
    [RULE_X4] = { N_("Members with a service support plan"), N_("the members’ service support plans"),
                  { N_("Check your members’ service support plans"), N_("Members have a service support plan") },
                  { N_("No unified accounting member has a service support plan."),
                    N_("No unified accounting member has a service support plan.") } },
    [RULE_X5] = { N_("Member of another account"), N_("whether the account is a member of another one"),
                  { N_("Tell the master account"), N_("The account is a member of another one") },
                  { N_("Your account isn’t a member of another account."),
                    N_("The customer’s account isn’t a member of another account.") } },
    [RULE_X7] = { N_("Payment method"), N_("the payment method"),
                  { N_("Add a payment method"), N_("The customer has no payment method") },
                  { N_("You have a valid payment method."), N_("The customer has a valid payment method.") } },
};

const char *view_check_name(enum rule_code code) { return _(words[code].name); }

const char *check_text_link(enum rule_code code, bool for_partner) { return _(words[code].link[for_partner]); }

const char *check_text_passed(const struct page *page, const struct view_checks *checks, const struct rule_result *result)
{
    /* Only the freeze of both stands for another. */
    if (result->outcome == RULE_COVERED)
        return text_fill(page->ctx, _("Covered by “{item}”."), "item", view_check_name(RULE_C3), NULL);
    return text_fill(page->ctx, _(words[result->code].passed[checks->for_partner]), "currency", checks->facts->currency, NULL);
}

/* --- what failed --- */

struct failed {
    const struct page *page;
    const struct view_checks *checks;
    const struct facts *facts;
    const struct rule_result *result;
    struct check_text *out;
};

static char *counted(const struct failed *f, const char *pattern, int64_t n)
{
    return text_fill(f->page->ctx, pattern, "n", mem_text(f->page->ctx, "%" PRId64, n), NULL);
}

static char *date(const struct failed *f, int64_t at) { return format_date(f->page->ctx, at, f->page->zone); }

static void add_evidence(struct failed *f, const char **lines, size_t n)
{
    f->out->evidence = lines;
    f->out->evidence_n = n;
}

static const char *more(const struct failed *f, int64_t n)
{
    return counted(f, ngettext("and {n} more", "and {n} more", (unsigned long)n), n);
}

/* Names are the customer's own affair; its partner reads the number alone. */
static bool sees_numbers_only(const struct failed *f) { return f->checks->for_partner && !f->checks->for_platform; }

static void list_members(struct failed *f, bool is_independent, int64_t total)
{
    const char **lines = mem_array(f->page->ctx, const char *, f->facts->members_n + 1);
    size_t n = 0;

    if (sees_numbers_only(f))
        return;
    for (size_t i = 0; i < f->facts->members_n; i++) {
        const struct facts_member *member = &f->facts->members[i];

        if (is_independent ? member->is_independent : !member->is_independent && member->has_service_plan)
            lines[n++] = member->name;
    }
    if (total > (int64_t)n && n > 0) {
        lines[n] = more(f, total - (int64_t)n);
        n++;
    }
    add_evidence(f, lines, n);
}

static void list_commitments(struct failed *f, bool service_plans, int64_t total)
{
    const char **lines = mem_array(f->page->ctx, const char *, f->facts->commitments_n + 1);
    size_t n = 0;

    if (sees_numbers_only(f))
        return;
    for (size_t i = 0; i < f->facts->commitments_n; i++) {
        const struct facts_commitment *commitment = &f->facts->commitments[i];

        if ((commitment->kind == COMMITMENT_SERVICE_SUPPORT_PLAN) == service_plans &&
            facts_commitment_holds(commitment, f->checks->report->at))
            lines[n++] = text_fill(f->page->ctx, _("{name}, until {date}"), "name", commitment->name,
                                   "date", date(f, commitment->valid_to), NULL);
    }
    if (total > (int64_t)n && n > 0) {
        lines[n] = more(f, total - (int64_t)n);
        n++;
    }
    add_evidence(f, lines, n);
}

static void members(struct failed *f)
{
    int64_t n = f->facts->members_independent;

    f->out->text = f->checks->for_partner
        ? counted(f, ngettext("{n} independent accounting member is still linked to the customer’s enterprise master account.",
                              "{n} independent accounting members are still linked to the customer’s enterprise master account.",
                              (unsigned long)n), n)
        : counted(f, ngettext("{n} independent accounting member is still linked to your enterprise master account.",
                              "{n} independent accounting members are still linked to your enterprise master account.",
                              (unsigned long)n), n);
    f->out->remedy = f->checks->for_partner ? _("The customer disassociates all of them, then you check again.")
                                            : _("Disassociate all of them, then check again.");
    list_members(f, true, n);
}

/* [type][source] for the customer; the partner reads only since when. */
static const char *const freeze_texts[FREEZE_TYPES][FREEZE_SOURCES] = {
    [FREEZE_ACCOUNT] = {
        [FREEZE_BY_PARTNER] = N_("{partner} froze your account on {date}."),
        [FREEZE_BY_BUDGET] = N_("Your account was frozen on {date}, because a budget was used up."),
        [FREEZE_BY_PLATFORM] = N_("The cloud platform froze your account on {date}."),
        [FREEZE_BY_ASSOCIATION_DEFAULT] = N_("Your account has been frozen since your association began on {date}."),
    },
    [FREEZE_ACCOUNT_AND_RESOURCES] = {
        [FREEZE_BY_PARTNER] = N_("{partner} froze your account and resources on {date}."),
        [FREEZE_BY_BUDGET] = N_("Your account and resources were frozen on {date}, because a budget was used up."),
        [FREEZE_BY_PLATFORM] = N_("The cloud platform froze your account and resources on {date}."),
        [FREEZE_BY_ASSOCIATION_DEFAULT] = N_("Your account and resources have been frozen since your association began on {date}."),
    },
};
static const char *const freeze_texts_for_partner[FREEZE_TYPES] = {
    [FREEZE_ACCOUNT] = N_("The customer’s account has been frozen since {date}."),
    [FREEZE_ACCOUNT_AND_RESOURCES] = N_("The customer’s account and resources have been frozen since {date}."),
};

static const char *freeze_remedy_for_platform(const struct facts *facts)
{
    if (facts->freeze.source == FREEZE_BY_PLATFORM || facts->freeze.source == FREEZE_BY_BUDGET)
        return _("You can lift this freeze.");
    return facts->partner_is_frozen ? _("Lift the freeze of the partner first. Then the partner can lift this one.")
                                    : _("Only the partner can lift this freeze.");
}

static const char *freeze_remedy(const struct failed *f)
{
    bool is_platform = f->result->fixer == FIXER_PLATFORM, is_all = f->facts->freeze.type == FREEZE_ACCOUNT_AND_RESOURCES;

    if (f->checks->for_platform)
        return freeze_remedy_for_platform(f->facts);
    if (f->checks->for_partner)
        return is_platform ? _("Only the cloud platform can lift this freeze.") : _("Unfreeze it, then check again.");
    if (is_platform)
        return _("Only the cloud platform can lift this freeze.");
    return is_all ? _("Only your partner can unfreeze them.") : _("Only your partner can unfreeze it.");
}

static void frozen(struct failed *f)
{
    const struct freeze *freeze = &f->facts->freeze;
    const char *pattern = f->checks->for_partner ? freeze_texts_for_partner[freeze->type]
                                                 : freeze_texts[freeze->type][freeze->source];
    const char **lines = mem_array(f->page->ctx, const char *, 2);
    const char *left = view_freeze_left(f->page->ctx, freeze, f->checks->kept_days, f->checks->report->at);
    size_t n = 0;

    f->out->text = text_fill(f->page->ctx, _(pattern), "partner", f->facts->partner_name, "date", date(f, freeze->at), NULL);
    f->out->remedy = freeze_remedy(f);
    if (left[0] != '\0')
        lines[n++] = left;
    if (!sees_numbers_only(f) && freeze->reason[0] != '\0')
        lines[n++] = text_fill(f->page->ctx, _("Reason: “{reason}”"), "reason", freeze->reason, NULL);
    add_evidence(f, lines, n);
}

static void commitments(struct failed *f)
{
    int64_t a = f->facts->reserved_instances, b = f->facts->partner_support_plans;
    bool is_frozen_whole = f->facts->is_frozen && f->facts->freeze.type == FREEZE_ACCOUNT_AND_RESOURCES;

    if (b == 0)
        f->out->text = counted(f, ngettext("{n} reserved instance is still active.", "{n} reserved instances are still active.",
                                           (unsigned long)a), a);
    else if (a == 0)
        f->out->text = counted(f, ngettext("{n} partner support plan is still active.",
                                           "{n} partner support plans are still active.", (unsigned long)b), b);
    else
        f->out->text = text_fill(
            f->page->ctx, _("{instances} and {plans} are still active."),
            "instances", counted(f, ngettext("{n} reserved instance", "{n} reserved instances", (unsigned long)a), a),
            "plans", counted(f, ngettext("{n} partner support plan", "{n} partner support plans", (unsigned long)b), b), NULL);
    f->out->remedy = f->checks->for_partner ? _("The customer unsubscribes from all of them, then you check again.")
                     : is_frozen_whole ? _("Have your account and resources unfrozen first. Then unsubscribe from all of them.")
                                       : _("Unsubscribe from all of them, then check again.");
    list_commitments(f, false, a + b);
}

static void currency(struct failed *f)
{
    f->out->text = f->checks->for_partner ? _("The customer’s account has no settlement currency.")
                                          : _("Your account has no settlement currency.");
    f->out->remedy = f->checks->for_partner ? _("The customer chooses one in its account center, then you check again.")
                                            : _("Choose one in the account center, then check again.");
}

static char *contract_text(const struct failed *f, const struct facts_contract *contract)
{
    return text_fill(f->page->ctx, _("Special commerce contract {no} is in effect until {date}."), "no", contract->number,
                     "date", date(f, contract->ends_at), NULL);
}

static void contracts(struct failed *f)
{
    int64_t n = f->facts->special_contracts;
    const char **lines = mem_array(f->page->ctx, const char *, f->facts->contracts_n + 1);
    size_t lines_n = 0;

    for (size_t i = 0; i < f->facts->contracts_n && !sees_numbers_only(f); i++)
        if (facts_contract_holds(&f->facts->contracts[i], f->checks->report->at))
            lines[lines_n++] = contract_text(f, &f->facts->contracts[i]);
    if (lines_n == 1 && n <= 1) {
        f->out->text = lines[0];
    } else {
        f->out->text = counted(f, ngettext("{n} special commerce contract is in effect.",
                                           "{n} special commerce contracts are in effect.", (unsigned long)n), n);
        add_evidence(f, lines, lines_n);
    }
    f->out->remedy = f->checks->for_platform
        ? _("The customer and the partner agree how to end it. Then the partner or you mark it as settled.")
        : f->checks->for_partner
        ? _("Agree with the customer how to end it and mark it as settled, then check again.")
        : text_fill(f->page->ctx, _("This can’t be settled online. Agree with {partner} how to end it, then check again."),
                    "partner", f->facts->partner_name, NULL);
}

static void requests(struct failed *f)
{
    int64_t n = f->facts->quota.limit;

    f->out->text = counted(f, ngettext("You have used {n} request.", "You have used all {n} requests.", (unsigned long)n), n);
    f->out->remedy = "";
}

static void orders(struct failed *f)
{
    int64_t n = f->facts->orders_waiting;

    if (f->checks->for_platform) {
        f->out->text = counted(f, ngettext("{n} order waits for the partner’s payment.",
                                           "{n} orders wait for the partner’s payment.", (unsigned long)n), n);
        return;
    }
    f->out->text = f->checks->for_partner
        ? counted(f, ngettext("{n} order waits for your payment.", "{n} orders wait for your payment.", (unsigned long)n), n)
        : counted(f, ngettext("{n} order waits for your partner’s payment.", "{n} orders wait for your partner’s payment.",
                              (unsigned long)n), n);
    f->out->remedy = f->checks->for_partner ? _("Pay or cancel what waits before the customer leaves.")
                                            : _("Have what waits paid or cancelled before you leave.");
}

static void arrears(struct failed *f)
{
    f->out->text = sees_numbers_only(f)
        ? _("The customer has unpaid bills.")
        : f->checks->for_platform
        ? text_fill(f->page->ctx, _("The customer owes {money}."), "money",
                    money_format(f->page->ctx, f->facts->arrears_minor, f->facts->arrears_currency), NULL)
        : text_fill(f->page->ctx, _("You owe {money}."), "money",
                    money_format(f->page->ctx, f->facts->arrears_minor, f->facts->arrears_currency), NULL);
    f->out->remedy = f->checks->for_partner ? _("They stay due after the customer has left.") : _("Pay it before you leave.");
}

static void service_plans(struct failed *f)
{
    int64_t n = f->facts->service_support_plans;

    f->out->text = counted(f, ngettext("{n} service support plan is still active.", "{n} service support plans are still active.",
                                       (unsigned long)n), n);
    f->out->remedy = f->checks->for_partner ? _("The customer decides whether to keep it.")
                                            : _("Decide before you leave whether you want to keep it.");
    list_commitments(f, true, n);
}

static void unified_members(struct failed *f)
{
    int64_t n = f->facts->members_unified_with_plan;

    f->out->text = counted(f, ngettext("{n} unified accounting member has a service support plan.",
                                       "{n} unified accounting members have a service support plan.", (unsigned long)n), n);
    f->out->remedy = f->checks->for_partner ? _("The customer decides whether to keep it.")
                                            : _("Decide before you leave whether they want to keep it.");
    list_members(f, false, n);
}

static void member_account(struct failed *f)
{
    f->out->text = f->checks->for_partner
        ? _("The customer’s account is a member of another account.")
        : text_fill(f->page->ctx, _("Your account is a member of another account: {master}"), "master",
                    f->facts->master_name, NULL);
    f->out->remedy = f->checks->for_partner ? "" : _("Tell its owner before you leave.");
}

static void payment(struct failed *f)
{
    f->out->text = f->checks->for_partner
        ? _("The customer has no valid payment method.")
        : _("You have no valid payment method. After you leave, payments fail without one and a grace period starts.");
    f->out->remedy = f->checks->for_partner ? "" : _("Add one before you leave.");
}

static void (*const fill[RULES])(struct failed *f) = {
    [RULE_C1] = members, [RULE_C2] = frozen, [RULE_C3] = frozen, [RULE_C4] = commitments, [RULE_C5] = currency,
    [RULE_C6] = contracts, [RULE_Q] = requests, [RULE_X1] = orders, [RULE_X2] = arrears, [RULE_X3] = service_plans,
    [RULE_X4] = unified_members, [RULE_X5] = member_account, [RULE_X7] = payment,
};

/* Who mends it: as the customer reads it, the partner, the platform. The freezes' remedies say so themselves. */
static const char *const fixers[][3] = {
    [FIXER_NOBODY] = { "", "", "" },
    [FIXER_CUSTOMER] = { N_("You can fix this."), N_("The customer can fix this."), N_("The customer can fix this.") },
    [FIXER_PARTNER] = { N_("Your partner can fix this."), N_("You can fix this."), N_("The partner can fix this.") },
    [FIXER_BOTH] = { N_("You and your partner fix this together, outside this site."),
                     N_("You and the customer fix this together, outside this site."), "" },
    [FIXER_PLATFORM] = { N_("Support can fix this."), N_("Support can fix this."), N_("You can fix this.") },
    [FIXER_TIME] = { "", "", "" },
};

static const char *partner_contact(const struct failed *f)
{
    const char *email = f->checks->partner_email, *phone = f->checks->partner_phone;

    if (email[0] == '\0' && phone[0] == '\0')
        return "";
    return text_fill(f->page->ctx, _("Contact details of {partner}: {details}"), "partner", f->facts->partner_name, "details",
                     email[0] != '\0' && phone[0] != '\0' ? mem_text(f->page->ctx, "%s, %s", email, phone)
                     : email[0] != '\0' ? email : phone, NULL);
}

/* What is good to know before leaving is decided by its reader alone. */
static bool support_helps(enum rule_code code)
{
    return code != RULE_X1 && code != RULE_X2 && code != RULE_X3 && code != RULE_X4 && code != RULE_X5;
}

/* The account center mends it: view_checks.c leads there. */
static bool has_own_page(enum rule_code code)
{
    return code == RULE_C1 || code == RULE_C4 || code == RULE_C5 || code == RULE_X3 || code == RULE_X7;
}

/* Where a remedy has no page of its own, somebody can help. */
static const char *contact(const struct failed *f)
{
    enum fixer fixer = f->result->fixer;
    bool is_partners = fixer == FIXER_PARTNER || fixer == FIXER_BOTH;

    if (f->checks->for_platform)
        return "";
    if (is_partners && !f->checks->for_partner)
        return partner_contact(f);
    if (is_partners && f->checks->customer_href != NULL)
        return "";   /* its own pages mend it */
    if (is_partners && f->page->actor->role == ROLE_MANAGER && support_helps(f->result->code))
        return _("To have this done, ask an admin of your account.");
    if (fixer == FIXER_BOTH || fixer == FIXER_TIME || (fixer == FIXER_CUSTOMER && f->checks->for_partner) ||
        !support_helps(f->result->code))
        return "";
    if (fixer == FIXER_CUSTOMER && has_own_page(f->result->code))
        return "";
    return text_fill(f->page->ctx, _("To have this done, contact support: {support}"), "support", f->page->support, NULL);
}

struct check_text check_text_failed(const struct page *page, const struct view_checks *checks, const struct rule_result *result)
{
    struct check_text out = { .text = "", .remedy = "", .who = "", .contact = "" };
    struct failed f = { .page = page, .checks = checks, .facts = checks->facts, .result = result, .out = &out };
    const char *who = fixers[result->fixer][checks->for_platform ? 2 : checks->for_partner];

    if (result->outcome == RULE_UNKNOWN) {
        out.text = text_fill(page->ctx, _("We couldn’t check {item} right now. Try again in a few minutes."), "item",
                             _(words[result->code].item), NULL);
        return out;
    }
    fill[result->code](&f);
    if (who[0] != '\0' && result->code != RULE_C2 && result->code != RULE_C3)
        out.who = _(who);
    out.contact = contact(&f);
    return out;
}
