#include "pages.h"

#include <string.h>

#include "base/clock.h"
#include "customer_call.h"
#include "list_key.h"
#include "pager.h"
#include "store/store_request.h"
#include "view/view_request.h"

#define PER_PAGE 20

static const char *const tab_choices[] = {"waiting", "customer", "closed", NULL};

const struct field_spec requests_query[] = {
    {.name = "tab", .kind = FIELD_CHOICE, .choices = tab_choices},
    {.name = "before", .kind = FIELD_TOKEN, .max = 48},   /* <at>.<id> of the last one on the page before */
    {.name = NULL},
};

/* In the order of the tabs on the page. */
static const struct {
    enum request_tab tab;
    const char *choice, *text, *caption, *empty, *empty_text;
} tabs[] = {
    {TAB_WAITING_FOR_PARTNER, "waiting", N_("Waiting for you"), N_("Requests that wait for your answer"),
     N_("No requests are waiting for you"), N_("When a customer asks to leave, the request appears here.")},
    {TAB_WAITING_FOR_CUSTOMER, "customer", N_("Waiting for customer"), N_("Requests that wait for a customer’s answer"),
     N_("No requests are waiting for a customer"), N_("Requests that you send to a customer appear here until they are answered.")},
    {TAB_CLOSED, "closed", N_("Closed"), N_("Requests that were answered or have ended"),
     N_("No closed requests yet"), N_("Requests that were answered or have ended appear here.")},
};
#define TABS (sizeof tabs / sizeof tabs[0])

struct reading {
    struct call *call;
    size_t tab;
    int64_t before_at, before_id;
    struct request *requests;
    size_t n;
    bool has_more;
    int64_t waiting;
};

static const struct err *read_all(struct db *db, void *arg)
{
    struct reading *reading = arg;
    const struct call *call = reading->call;
    TRY(request_list(db, call->mem, call->actor.account_id, tabs[reading->tab].tab, reading->before_at, reading->before_id,
                     PER_PAGE, &reading->requests, &reading->n, &reading->has_more));
    return request_count_waiting(db, call->actor.account_id, &reading->waiting);
}

static size_t chosen_tab(const struct call *call)
{
    for (size_t i = 0; i < TABS; i++)
        if (strcmp(form_text(call->form, "tab"), tabs[i].choice) == 0)
            return i;
    return 0;
}

static void fill_tabs(struct page *page, const struct reading *reading)
{
    for (size_t i = 0; i < TABS; i++) {
        struct tpl_dict *tab = tpl_row(page->dict, "TAB");
        tpl_set(tab, "TAB_HREF", mem_text(page->ctx, "/requests?tab=%s", tabs[i].choice));
        tpl_set(tab, "TAB_TEXT", _(tabs[i].text));
        tpl_show_if(tab, "TAB_CURRENT", i == reading->tab);
        if (tabs[i].tab == TAB_WAITING_FOR_PARTNER && reading->waiting > 0) {
            tpl_show(tab, "TAB_COUNT");
            tpl_set_int(tab, "TAB_N", reading->waiting);
        }
    }
}

static void fill_row(struct page *page, const struct request *request)
{
    struct tpl_dict *row = tpl_row(page->dict, "REQUEST");
    const struct view_badge badge = view_request_badge(request, SIDE_PARTNER);
    const bool is_final = request_is_final(request->state);
    tpl_set(row, "CUSTOMER", request->customer_name);
    tpl_set(row, "CUSTOMER_NO", request->customer_no);
    tpl_set(row, "NO", request->no);
    tpl_set(row, "SUBMITTED", format_time(page->ctx, request->submitted_at, page->zone));
    tpl_set(row, "DUE", format_time(page->ctx, is_final ? request->decided_at : request->deadline_at, page->zone));
    tpl_set(row, "BADGE_CSS", badge.css);
    tpl_set(row, "BADGE", badge.text);
}

static void fill_list(struct page *page, const struct reading *reading)
{
    if (reading->n == 0) {
        tpl_show(page->dict, "EMPTY");
        tpl_set(page->dict, "EMPTY_TITLE", _(tabs[reading->tab].empty));
        tpl_set(page->dict, "EMPTY_TEXT", _(tabs[reading->tab].empty_text));
        return;
    }
    tpl_show(page->dict, "LIST");
    tpl_set(page->dict, "CAPTION", _(tabs[reading->tab].caption));
    tpl_set(page->dict, "DUE_LABEL", tabs[reading->tab].tab == TAB_CLOSED ? _("Ended") : _("Answer by"));
    for (size_t i = 0; i < reading->n; i++)
        fill_row(page, &reading->requests[i]);
}

static void fill_pager(struct page *page, const struct reading *reading)
{
    const bool is_first = reading->before_at == INSTANT_NONE;
    const char *tab = tabs[reading->tab].choice;
    const struct request *last = reading->n > 0 ? &reading->requests[reading->n - 1] : NULL;
    pager_fill(page->dict, &(struct pager){
        .newest = is_first ? NULL : mem_text(page->ctx, "/requests?tab=%s", tab),
        .older = !reading->has_more ? NULL : mem_text(page->ctx, "/requests?tab=%s&before=%s", tab,
                                                      list_key_text(page->ctx, last->submitted_at, last->id))});
}

const struct err *requests_get(struct call *call)
{
    struct reading reading = {.call = call, .tab = chosen_tab(call), .before_at = INSTANT_NONE};
    bool is_frozen = false;
    list_key_read(form_text(call->form, "before"), &reading.before_at, &reading.before_id);
    TRY(db_transaction(call->db, DB_READ_ONLY, read_all, &reading));
    struct page *page = call_page(call, "requests", _("Requests"));
    page->current = "/requests";
    TRY(customer_call_own_freeze(call, &is_frozen));
    fill_tabs(page, &reading);
    fill_list(page, &reading);
    fill_pager(page, &reading);
    return call_show(call, 0);
}
