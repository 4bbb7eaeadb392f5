#include "pages.h"

#include <string.h>

#include "action/show_names.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/url.h"
#include "customer_call.h"
#include "list_key.h"
#include "pager.h"
#include "routes.h"
#include "store/store_customer.h"
#include "view/view_customer.h"

#define PER_PAGE 20
#define SEARCH_MAX 120

static const char *const status_choices[] = {"active", "account", "all", NULL};
static const char *const request_choices[] = {"you", "customer", "none", NULL};

const struct field_spec customers_query[] = {
    {.name = "q", .kind = FIELD_TEXT, .max = SEARCH_MAX},
    {.name = "status", .kind = FIELD_CHOICE, .choices = status_choices},
    {.name = "request", .kind = FIELD_CHOICE, .choices = request_choices},
    {.name = "before", .kind = FIELD_TOKEN, .max = 48},   /* <at>.<id> of the last one on the page before */
    {.name = NULL},
};

struct option { const char *choice, *text; int value; };
static const struct option status_options[] = {
    {"", N_("All"), CUSTOMER_ANY_STATUS},
    {"active", N_("Active"), CUSTOMER_NOT_FROZEN},
    {"account", N_("Account frozen"), CUSTOMER_ACCOUNT_FROZEN},
    {"all", N_("Account and resources frozen"), CUSTOMER_ALL_FROZEN},
};
static const struct option request_options[] = {
    {"", N_("All"), CUSTOMER_ANY_REQUEST},
    {"you", N_("Waiting for you"), CUSTOMER_WAITS_FOR_PARTNER},
    {"customer", N_("Waiting for customer"), CUSTOMER_IS_ASKED},
    {"none", N_("No open request"), CUSTOMER_NO_REQUEST},
};
#define OPTIONS 4

struct reading {
    struct call *call;
    struct customer_filter filter;
    int64_t before_at, before_id;
    struct customer *customers, *asking;   /* asking: to be unfrozen; on the first page */
    size_t n, asking_n;
    bool has_more, is_masked;
    bool is_frozen;                        /* the partner itself: it can do nothing but reject */
};

static const struct err *read_all(struct db *db, void *arg)
{
    struct reading *reading = arg;
    struct call *call = reading->call;
    TRY(customer_call_is_masked(call, &reading->is_masked));
    if (reading->before_at == INSTANT_NONE)
        TRY(customer_list_asking(db, call->mem, call->actor.account_id, &reading->asking, &reading->asking_n));
    return customer_list(db, call->mem, &reading->filter, reading->before_at, reading->before_id, PER_PAGE, &reading->customers,
                         &reading->n, &reading->has_more);
}

static int chosen(const struct option *options, const char *choice)
{
    for (size_t i = 0; i < OPTIONS; i++)
        if (strcmp(options[i].choice, choice) == 0)
            return options[i].value;
    return options[0].value;
}

static struct customer_filter filter_of(const struct call *call)
{
    return (struct customer_filter){
        .partner_id = call->actor.account_id, .text = form_text(call->form, "q"),
        .status = (enum customer_status)chosen(status_options, form_text(call->form, "status")),
        .request = (enum customer_request)chosen(request_options, form_text(call->form, "request")),
    };
}

/* The filters, as they stand in the page's URL. */
static char *with_filters(const struct call *call, const char *before)
{
    static const char *const names[] = {"q", "status", "request"};
    struct buf *path = buf_new(call->mem, 128);
    char next = '?';
    buf_text(path, "/customers");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = form_text(call->form, names[i]);
        if (value[0] == '\0')
            continue;
        buf_text(path, mem_text(call->mem, "%c%s=%s", next, names[i], url_encode(call->mem, value)));
        next = '&';
    }
    if (before != NULL)
        buf_text(path, mem_text(call->mem, "%cbefore=%s", next, before));
    return path->bytes;
}

static bool is_filtered(const struct reading *reading)
{
    const struct customer_filter *filter = &reading->filter;
    return filter->text[0] != '\0' || filter->status != CUSTOMER_ANY_STATUS || filter->request != CUSTOMER_ANY_REQUEST;
}

static void fill_options(struct tpl_dict *dict, const char *section, const struct option *options, int value)
{
    for (size_t i = 0; i < OPTIONS; i++) {
        struct tpl_dict *option = tpl_row(dict, section);
        tpl_set(option, "OPTION_VALUE", options[i].choice);
        tpl_set(option, "OPTION_TEXT", _(options[i].text));
        tpl_show_if(option, "OPTION_CHOSEN", options[i].value == value);
    }
}

/* The one likely thing to do, for who may do it. */
static void fill_act(const struct reading *reading, struct tpl_dict *row, const struct customer *customer)
{
    const bool is_waiting = customer->request_no[0] != '\0' && customer->request_initiator == SIDE_CUSTOMER;
    const bool is_liftable = customer->is_frozen && (customer->freeze_source == FREEZE_BY_PARTNER ||
                                                     customer->freeze_source == FREEZE_BY_ASSOCIATION_DEFAULT);
    if (reading->call->actor.role != ROLE_ADMIN)
        return;
    tpl_show_if(row, "CAN_PROCESS", is_waiting && !reading->is_frozen);
    tpl_show_if(row, "CAN_REJECT", is_waiting && reading->is_frozen);
    if (is_waiting || reading->is_frozen || customer->model != MODEL_RESELLER)
        return;
    tpl_show_if(row, "CAN_FREEZE", !customer->is_frozen);
    tpl_show_if(row, "CAN_UNFREEZE", is_liftable);
}

static void fill_row(const struct call *call, const struct reading *reading, const struct customer *customer)
{
    const struct page *page = call->page;
    struct tpl_dict *row = tpl_row(page->dict, "CUSTOMER");
    const struct view_badge badge = view_freeze_badge(customer->is_frozen, customer->freeze_type);
    tpl_set(row, "NAME", view_customer_name(page->ctx, customer->name, reading->is_masked));
    tpl_set(row, "NO", customer->no);
    tpl_set(row, "BADGE_CSS", badge.css);
    tpl_set(row, "BADGE", badge.text);
    tpl_show_if(row, "ASKS", customer->asks_unfreeze);
    tpl_set(row, "SINCE", format_date(page->ctx, customer->associated_at, page->zone));
    tpl_set(row, "REQUEST_NO", customer->request_no);
    tpl_show_if(row, "WITHOUT_REQUEST", customer->request_no[0] == '\0');
    if (customer->request_no[0] != '\0') {
        const bool is_theirs = customer->request_initiator == SIDE_CUSTOMER;
        struct tpl_dict *request = tpl_row(row, "REQUEST");
        tpl_set(request, "REQUEST_CSS", is_theirs ? "warn" : "info");
        tpl_set(request, "REQUEST_BADGE", customer->request_is_escalated ? _("With the platform")
                                          : is_theirs ? _("Waiting for you") : _("Waiting for customer"));
    }
    fill_act(reading, row, customer);
}

static void fill_asking(const struct call *call, const struct reading *reading)
{
    if (reading->asking_n == 0)
        return;
    struct tpl_dict *card = tpl_row(call->page->dict, "ASKING");
    for (size_t i = 0; i < reading->asking_n; i++) {
        const struct customer *customer = &reading->asking[i];
        struct tpl_dict *row = tpl_row(card, "WISH");
        tpl_set(row, "WISH_NAME", view_customer_name(call->mem, customer->name, reading->is_masked));
        tpl_set(row, "WISH_NO", customer->no);
    }
}

static void fill_list(const struct call *call, const struct reading *reading)
{
    struct tpl_dict *dict = call->page->dict;
    if (reading->n == 0) {
        const bool filtered = is_filtered(reading);
        tpl_show(dict, "EMPTY");
        tpl_set(dict, "EMPTY_TITLE", filtered ? _("Nothing matches these filters") : _("No customers yet"));
        tpl_set(dict, "EMPTY_TEXT", filtered ? _("Change them, or show all customers.") : _("Invite a customer to see it here."));
        return;
    }
    tpl_show(dict, "LIST");
    for (size_t i = 0; i < reading->n; i++)
        fill_row(call, reading, &reading->customers[i]);
    const bool is_first = reading->before_at == INSTANT_NONE;
    const struct customer *last = &reading->customers[reading->n - 1];
    pager_fill(dict, &(struct pager){
        .newest = is_first ? NULL : with_filters(call, NULL),
        .older = !reading->has_more ? NULL : with_filters(call, list_key_text(call->mem, last->associated_at, last->association_id))});
}

const struct err *customers_get(struct call *call)
{
    struct reading reading = {.call = call, .filter = filter_of(call), .before_at = INSTANT_NONE};
    list_key_read(form_text(call->form, "before"), &reading.before_at, &reading.before_id);
    TRY(db_transaction(call->db, DB_READ_ONLY, read_all, &reading));
    struct page *page = call_page(call, "customers", _("Customers"));
    page->current = "/customers";
    TRY(customer_call_own_freeze(call, &reading.is_frozen));
    tpl_show_if(page->dict, "CAN_INVITE", call->actor.role == ROLE_ADMIN && !reading.is_frozen && route_page("/customer-invite") != NULL);
    tpl_set(page->dict, "Q", form_text(call->form, "q"));
    fill_options(page->dict, "STATUS_OPTION", status_options, (int)reading.filter.status);
    fill_options(page->dict, "REQUEST_OPTION", request_options, (int)reading.filter.request);
    tpl_show_if(page->dict, "FILTERED", is_filtered(&reading));
    tpl_show_if(page->dict, "MASKED", reading.is_masked && reading.n > 0);
    fill_asking(call, &reading);
    fill_list(call, &reading);
    return call_show(call, 0);
}

const struct err *customers_names_post(struct call *call)
{
    TRY(show_names(call_act(call, "/customers")));
    call_flash(call, "names-shown");
    return call_go(call, "/customers");
}
