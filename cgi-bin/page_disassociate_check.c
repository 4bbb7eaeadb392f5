/* Step 1: the account checks, what happens after leaving, the tick. The GET computes and stores nothing. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "check_call.h"
#include "domain/quota.h"
#include "domain/statement.h"
#include "known.h"
#include "pages.h"
#include "resource_call.h"
#include "store/store_watch.h"
#include "view/view_checks.h"
#include "view/view_statement.h"
#include "view/view_steps.h"

const struct field_spec disassociate_check_fields[] = {{.name = NULL}};
const struct field_spec disassociate_confirm_fields[] = {
    {.name = "understood", .kind = FIELD_TICK},
    {.name = "rev", .kind = FIELD_NUMBER, .max = WIZARD_REVISION_MAX},
    {.name = NULL},
};

struct watching { struct call *call; bool is_open; };

static struct page *frame(struct call *call, const struct wizard_call *w)
{
    struct page *page = wizard_call_page(call, w, "disassociate_check",
                                         w->target.side == SIDE_PARTNER ? _("Check the customer’s account")
                                                                        : _("Check your account"));
    wizard_call_words(call, w);
    return page;
}

/* A referral partner bills nobody; there is nothing to end here. */
static const struct err *show_referral(struct call *call, const struct wizard_call *w)
{
    struct page *page = frame(call, w);
    page->title = _("There is nothing to disassociate here");
    tpl_show(page->dict, "REFERRAL");
    return call_show(call, 0);
}

static const char *number(struct call *call, int64_t n) { return mem_text(call->mem, "%lld", (long long)n); }

/* "3 Oct 2026, 28 Oct 2026 and 15 Nov 2026" */
static const char *counting_dates(struct call *call, const struct quota *quota)
{
    struct quota_slot slots[QUOTA_SLOTS_MAX];
    const char *dates[QUOTA_SLOTS_MAX];
    size_t n = quota_counting(quota, call->now, slots);
    for (size_t i = 0; i < n; i++)
        dates[i] = format_date(call->mem, slots[i].submitted_at, call->zone);
    return format_list(call->mem, dates, (int)n);
}

static void fill_quota_used(struct call *call, const struct wizard_call *w, const struct check *check)
{
    struct page *page = call->page;
    const struct quota *quota = &check->facts->quota;
    const char *limit = number(call, quota->limit), *months = number(call, check->set->rows[RULE_Q].months);
    int64_t next_at = quota_next_at(quota, call->now);
    page->title = text_fill(call->mem, ngettext("You have used your {n} request", "You have used all {n} requests",
                                                (unsigned long)quota->limit), "n", limit, NULL);
    tpl_show(page->dict, "QUOTA");
    tpl_set(page->dict, "QUOTA_NEXT",
            next_at == INSTANT_NONE ? _("You can’t start a request at present")
                                    : text_fill(call->mem, _("You can start another request on {date}"), "date",
                                                format_date(call->mem, next_at, call->zone), NULL));
    tpl_set(page->dict, "QUOTA_RULE",
            text_fill(call->mem, w->target.side == SIDE_PARTNER
                          ? _("For each customer you can start up to {limit} disassociation requests in any {months} months.")
                          : _("You can start up to {limit} disassociation requests in any {months} months."),
                      "limit", limit, "months", months, NULL));
    tpl_show_if(page->dict, "QUOTA_WITH_DATES", quota_used(quota, call->now) > 0);
    tpl_set(page->dict, "QUOTA_DATES",
            text_fill(call->mem, ngettext("Your last one was on {dates}.", "Your last {n} were on {dates}.",
                                          (unsigned long)quota_used(quota, call->now)),
                      "n", number(call, quota_used(quota, call->now)), "dates", counting_dates(call, quota), NULL));
}

static void fill_confirm(struct call *call, const struct wizard_call *w, const struct check *check)
{
    bool is_ticked = w->wizard != NULL && w->wizard->statement_at != INSTANT_NONE &&
                     strcmp(w->wizard->statement_version, STATEMENT_VERSION) == 0;
    tpl_show(call->page->dict, "CONFIRM");
    tpl_set_int(call->page->dict, "REVISION", w->revision);
    view_statement_fill(call->page, w->target.side, &check->facts->quota, check->set->rows[RULE_Q].months);
    view_statement_tick(call->page, w->target.side, strcmp(call_typed(call, "understood", is_ticked ? "1" : ""), "1") == 0);
    tpl_set(call->page->dict, "CANCEL", wizard_call_holds_reason(w) ? mem_text(call->mem, "%s/cancel", w->start) : w->home);
}

static const struct err *read_watch(struct db *db, void *arg)
{
    struct watching *watching = arg;
    return watch_is_open(db, watching->call->actor.account_id, &watching->is_open);
}

static const struct err *fill_watch(struct call *call)
{
    struct watching watching = {.call = call};
    TRY(db_transaction(call->db, DB_READ_ONLY, read_watch, &watching));
    tpl_show(call->page->dict, "WATCH");
    tpl_show_if(call->page->dict, "IS_WATCHED", watching.is_open);
    tpl_show_if(call->page->dict, "CAN_WATCH", !watching.is_open);
    return NULL;
}

/* To a partner it is not told what its customer pays with. */
static const struct err *fill_impact(struct call *call, const struct wizard_call *w)
{
    struct resource_call seen = {.n = 0};
    if (w->target.side == SIDE_PARTNER || (w->known != NULL && !w->known->has_resources))
        return NULL;
    TRY(resource_call_read(call, call->actor.account_id, &seen));
    resource_call_impact(call, &seen, false);
    return NULL;
}

static const struct err *show(struct call *call, struct wizard_call *w, const char *fault)
{
    struct check *check = NULL;
    TRY(check_call_now(call, w, &check));
    const struct rule_result *quota = &check->report.results[RULE_Q];
    bool is_quota_used = rule_blocks(quota) && quota->outcome == RULE_FAILED;
    struct page *page = frame(call, w);
    struct view_checks checks = check_call_view(call, w, check);
    int failed, total;
    view_checks_count(&check->report, &failed, &total);
    wizard_call_messages(call, w);
    check_call_say_fixed(call, w, check);
    if (!is_quota_used)
        view_checks_message(page, &checks);
    if (fault != NULL && failed == 0)
        page_fault(page, "understood", fault);
    view_checks_fill(page, &checks);
    tpl_set(page->dict, "CHECKED",
            text_fill(call->mem, _("Last checked {time}."), "time", format_time(call->mem, call->now, call->zone), NULL));
    if (is_quota_used)
        fill_quota_used(call, w, check);
    tpl_show_if(page->dict, "CHECK_AGAIN", failed > 0);
    if (failed > 0 && w->target.side == SIDE_CUSTOMER)
        TRY(fill_watch(call));
    tpl_show_if(page->dict, "BACK_ONLY", failed == 0 && is_quota_used);
    if (failed == 0 && !is_quota_used) {
        fill_confirm(call, w, check);
        TRY(fill_impact(call, w));
    }
    if (is_quota_used)
        tpl_show(page->dict, "PLAIN_HEADING");
    else
        view_steps_submit(page, 0, w->target.needs_code);
    return call_show(call, call->request->method == HTTP_POST ? 0 : 200);
}

const struct err *disassociate_check_get(struct call *call)
{
    struct wizard_call *w = NULL;
    TRY(wizard_call_submit(call, &w));
    if (w == NULL)
        return NULL;
    return w->association->model == MODEL_REFERRAL ? show_referral(call, w) : show(call, w, NULL);
}

const struct err *disassociate_check_post(struct call *call)
{
    struct wizard_call *w = NULL;
    TRY(wizard_call_submit(call, &w));
    if (w == NULL)
        return NULL;
    return w->association->model == MODEL_REFERRAL ? show_referral(call, w) : check_call_again(call, w);
}

static const struct err *refuse_confirm(struct call *call, struct wizard_call *w, enum wizard_outcome outcome)
{
    switch (outcome) {
    case WIZARD_MOVED:
        return wizard_call_go_on(call, w, "moved");
    case WIZARD_GONE:
        return wizard_call_go_on(call, w, "draft-gone");
    case WIZARD_OK:
    case WIZARD_NOT_YET:
    case WIZARD_CHECKS_FAILED:
    case WIZARD_QUOTA_USED:
        break;
    }
    return show(call, w, NULL);
}

const struct err *disassociate_confirm_post(struct call *call)
{
    struct act *act = call_act(call, NULL);
    struct wizard_call *w = NULL;
    enum wizard_outcome outcome = WIZARD_OK;
    TRY(act_seen_before(act));
    if (act->is_done)
        return call_go(call, "%s", act->location);
    TRY(wizard_call_submit(call, &w));
    if (w == NULL)
        return NULL;
    if (w->association->model == MODEL_REFERRAL)
        return show_referral(call, w);
    if (!form_ticked(call->form, "understood"))
        return show(call, w, _("Tick the box to show that you have read the statement"));
    /* A proof that still holds is not asked for again. */
    act->location = wizard_call_path(call, w, w->step == STEP_REASON || !w->target.needs_code ? STEP_REASON : STEP_VERIFY);
    TRY(wizard_confirm(act, &w->target, form_number(call->form, "rev"), &outcome));
    return act->is_done ? call_go(call, "%s", act->location) : refuse_confirm(call, w, outcome);
}
