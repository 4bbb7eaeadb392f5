/* Requests more than the rule allows: the list, one more, and taking one back. */
#include "pages.h"

#include <stdlib.h>
#include <string.h>

#include "action/desk_grant.h"
#include "base/clock.h"
#include "base/text.h"
#include "desk_call.h"
#include "list_key.h"
#include "pager.h"
#include "store/store_grant.h"

#define PER_PAGE 20

static const char *const sides[] = {"CUSTOMER", "PARTNER", NULL};

const struct field_spec grants_query[] = {
    {.name = "before", .kind = FIELD_TOKEN, .max = 48},   /* <granted_at>.<id> of the last one on the page before */
    {.name = NULL},
};
const struct field_spec grant_new_fields[] = {
    {.name = "side", .kind = FIELD_CHOICE, .choices = sides},
    {.name = "extra", .kind = FIELD_NUMBER, .max = GRANT_EXTRA_MAX},
    {.name = "until", .kind = FIELD_DATE},
    {.name = "reason", .kind = FIELD_LINES, .max = DESK_REASON_MAX_POINTS},
    {.name = NULL},
};
const struct field_spec grant_revoke_fields[] = {
    {.name = "reason", .kind = FIELD_LINES, .max = DESK_REASON_MAX_POINTS},
    {.name = NULL},
};

/* --- the list ---------------------------------------------------------------------------------------------------------- */

struct listing { struct call *call; int64_t before_at, before_id; struct grant *list; size_t n; bool has_more; };

static const struct err *read_list(struct db *db, void *arg)
{
    struct listing *l = arg;
    return grant_list(db, l->call->mem, 0, l->before_at, l->before_id, PER_PAGE, &l->list, &l->n, &l->has_more);
}

static void fill_grant(struct page *page, struct tpl_dict *row, const struct grant *grant)
{
    tpl_set(row, "CUSTOMER", grant->customer_name);
    tpl_set(row, "CUSTOMER_NO", grant->customer_no);
    tpl_set(row, "WHO", grant->side == SIDE_PARTNER ? grant->partner_name : grant->customer_name);
    tpl_set_int(row, "EXTRA", grant->extra);
    tpl_set(row, "GRANTED", format_time(page->ctx, grant->granted_at, page->zone));
    tpl_set(row, "GRANTED_BY", grant->granted_by);
    tpl_set(row, "UNTIL", format_date(page->ctx, grant->until_at, page->zone));
    tpl_set(row, "WHY", grant->note);
}

const struct err *grants_get(struct call *call)
{
    struct listing l = {.call = call, .before_at = INSTANT_NONE};
    list_key_read(form_text(call->form, "before"), &l.before_at, &l.before_id);
    TRY(db_transaction(call->db, DB_READ_ONLY, read_list, &l));
    struct page *page = call_page(call, "grants", _("Granted requests"));
    page->current = "/grants";
    tpl_show_if(page->dict, "EMPTY", l.n == 0);
    tpl_show_if(page->dict, "LIST", l.n > 0);
    for (size_t i = 0; i < l.n; i++) {
        const struct grant *grant = &l.list[i];
        const bool is_revoked = grant->revoked_at != INSTANT_NONE, is_over = grant->until_at <= call->now;
        struct tpl_dict *row = tpl_row(page->dict, "GRANT");
        fill_grant(page, row, grant);
        tpl_set_int(row, "ID", grant->id);
        tpl_set(row, "CSS", is_revoked || is_over ? "" : "ok");
        tpl_set(row, "STATUS", is_revoked ? _("Taken back") : is_over ? _("Over") : _("In force"));
        tpl_show_if(row, "CAN_REVOKE", desk_call_may(call) && !is_revoked && !is_over);
    }
    pager_fill(page->dict, &(struct pager){
        .newest = l.before_at == INSTANT_NONE ? NULL : "/grants",
        .older = !l.has_more ? NULL : mem_text(call->mem, "/grants?before=%s",
                                               list_key_text(call->mem, l.list[l.n - 1].granted_at, l.list[l.n - 1].id))});
    return call_show(call, 0);
}

/* --- one more ---------------------------------------------------------------------------------------------------------- */

static bool takes_grants(const struct desk_account *account)
{
    return account->kind == ACCOUNT_CUSTOMER && account->closed_at == INSTANT_NONE;
}

static const struct err *find_customer(struct call *call, struct desk_account **account)
{
    TRY(desk_call_account(call, account));
    if (*account == NULL || takes_grants(*account))
        return NULL;
    const char *back = mem_text(call->mem, "/accounts/%s", (*account)->no);
    *account = NULL;
    return call_error_page(call, 409, _("This account can’t send requests"), _("Requests are granted to customers whose account is open."),
                           back, _("Go back"));
}

static void make_new(struct call *call, const struct desk_account *account)
{
    struct page *page = desk_call_page(call, "grant_new", _("Grant more requests"), account);
    const char *side = call_typed(call, "side", "CUSTOMER");
    tpl_show_if(page->dict, "WITH_PARTNER", account->association_id != 0);
    tpl_set(page->dict, "PARTNER_NAME", account->partner_name);
    tpl_show_if(page->dict, "FOR_CUSTOMER", strcmp(side, "PARTNER") != 0);
    tpl_show_if(page->dict, "FOR_PARTNER", strcmp(side, "PARTNER") == 0);
    tpl_set(page->dict, "EXTRA", call_typed(call, "extra", "1"));
    tpl_set(page->dict, "UNTIL", call_typed(call, "until", ""));
    tpl_set_int(page->dict, "EXTRA_MAX", GRANT_EXTRA_MAX);
}

static const struct err *show_new(struct call *call)
{
    page_field(call->page, "extra", "EXTRA_FAULT", "EXTRA_ERROR");
    page_field(call->page, "until", "UNTIL_FAULT", "UNTIL_ERROR");
    page_field(call->page, "side", "SIDE_FAULT", "SIDE_ERROR");
    desk_call_reason(call, _("Why is it granted?"), _("Whoever gets it sees this. At most 500 characters."));
    return call_show(call, 0);
}

const struct err *grant_new_get(struct call *call)
{
    struct desk_account *account = NULL;
    TRY(find_customer(call, &account));
    if (account == NULL)
        return NULL;
    make_new(call, account);
    return show_new(call);
}

/* The whole of that day counts. */
static bool read_end(struct call *call, int64_t *until_at)
{
    const char *text = form_text(call->form, "until");
    if (text[0] == '\0')
        page_fault(call->page, "until", _("Enter the last day"));
    else if (clock_parse_date(text, call->zone, until_at) != NULL)
        page_fault(call->page, "until", _("Enter a date like 2026-11-22"));
    else {
        *until_at += CLOCK_DAY;
        return true;
    }
    return false;
}

static void say_refused(struct call *call, enum desk_outcome outcome)
{
    switch (outcome) {
    case DESK_NO_END:
        page_fault(call->page, "until", _("The last day must lie ahead, at most a year"));
        break;
    case DESK_NO_PARTNER:
        page_fault(call->page, "side", _("This customer has no partner any more"));
        break;
    case DESK_TOO_MANY:
        page_fault(call->page, "extra", text_fill(call->mem, _("At most {n} requests can be in force at once"), "n",
                                                  mem_text(call->mem, "%d", GRANT_EXTRA_MAX), NULL));
        break;
    default:
        desk_call_judge_reason(call);
    }
}

const struct err *grant_new_post(struct call *call)
{
    struct desk_account *account = NULL;
    enum desk_outcome outcome = DESK_DONE;
    struct desk_grant grant = {.extra = form_number(call->form, "extra"), .note = form_text(call->form, "reason")};
    TRY(find_customer(call, &account));
    if (account == NULL)
        return NULL;
    make_new(call, account);
    if (form_field(call->form, "extra")->fault != FIELD_FINE || grant.extra < 1)
        page_fault(call->page, "extra", text_fill(call->mem, _("Enter a number from 1 to {n}"), "n",
                                                  mem_text(call->mem, "%d", GRANT_EXTRA_MAX), NULL));
    (void)read_end(call, &grant.until_at);
    desk_call_judge_reason(call);
    if (call->page->faults_n > 0)
        return show_new(call);
    grant.customer_no = account->no;
    grant.side = strcmp(form_text(call->form, "side"), "PARTNER") == 0 ? SIDE_PARTNER : SIDE_CUSTOMER;
    struct act *act = call_act(call, mem_text(call->mem, "/accounts/%s", account->no));
    TRY(desk_grant_give(act, &grant, &outcome));
    if (!act->is_done) {
        say_refused(call, outcome);
        return show_new(call);
    }
    call_flash(call, "granted");
    return call_go(call, "%s", act->location);
}

/* --- taking one back --------------------------------------------------------------------------------------------------- */

struct revoking { struct call *call; struct grant *grant; };

static const struct err *read_grant(struct db *db, void *arg)
{
    struct revoking *r = arg;
    return grant_load(db, r->call->mem, strtoll(r->call->vars.values[0], NULL, 10), &r->grant);
}

static const struct err *is_over_page(struct call *call)
{
    return call_error_page(call, 409, _("This grant is not in force"), _("It was taken back before, or its time is over."), "/grants",
                           _("Go to granted requests"));
}

static const struct err *find_grant(struct call *call, struct grant **grant)
{
    struct revoking r = {.call = call};
    TRY(db_transaction(call->db, DB_READ_ONLY, read_grant, &r));
    *grant = NULL;
    if (r.grant == NULL)
        return call_missing(call);
    if (r.grant->revoked_at != INSTANT_NONE || r.grant->until_at <= call->now)
        return is_over_page(call);
    *grant = r.grant;
    return NULL;
}

static const struct err *show_revoke(struct call *call, const struct grant *grant)
{
    struct page *page = call->page;
    fill_grant(page, page->dict, grant);
    tpl_set_int(page->dict, "ID", grant->id);
    desk_call_reason(call, _("Why is it taken back?"), _("Whoever had it sees this. At most 500 characters."));
    return call_show(call, 0);
}

static void make_revoke(struct call *call)
{
    struct page *page = call_page(call, "grant_revoke", _("Take back granted requests?"));
    page->is_narrow = true;
    page->current = "/grants";
    page_crumb(page, "/grants", _("Granted requests"));
    page_crumb(page, NULL, page->title);
}

const struct err *grant_revoke_get(struct call *call)
{
    struct grant *grant = NULL;
    TRY(find_grant(call, &grant));
    if (grant == NULL)
        return NULL;
    make_revoke(call);
    return show_revoke(call, grant);
}

const struct err *grant_revoke_post(struct call *call)
{
    struct grant *grant = NULL;
    enum desk_outcome outcome = DESK_DONE;
    struct act *act = call_act(call, "/grants");
    TRY(act_seen_before(act));
    if (act->is_done)
        return call_go(call, "%s", act->location);
    TRY(find_grant(call, &grant));
    if (grant == NULL)
        return NULL;
    make_revoke(call);
    desk_call_judge_reason(call);
    if (call->page->faults_n > 0)
        return show_revoke(call, grant);
    TRY(desk_grant_revoke(act, grant->id, form_text(call->form, "reason"), &outcome));
    if (!act->is_done)
        return is_over_page(call);
    call_flash(call, "grant-revoked");
    return call_go(call, "%s", act->location);
}
