#include "pages.h"

#include <string.h>

#include "base/clock.h"
#include "base/url.h"
#include "date_range.h"
#include "list_key.h"
#include "pager.h"
#include "store/store_account_name.h"
#include "store/store_association.h"
#include "store/store_customer.h"
#include "store/store_log.h"
#include "view/view_operation_log.h"

#define PER_PAGE 20

const struct field_spec operation_log_query[] = {
    {.name = "operation", .kind = FIELD_TEXT, .max = 40},   /* a code of the log, or "" */
    {.name = "customer", .kind = FIELD_TEXT, .max = 40},    /* partners: the account number of one of theirs, or "" */
    {.name = "from", .kind = FIELD_DATE},
    {.name = "to", .kind = FIELD_DATE},
    {.name = "before", .kind = FIELD_TOKEN, .max = 48},     /* older than this row */
    {.name = "after", .kind = FIELD_TOKEN, .max = 48},      /* newer than this row */
    {.name = NULL},
};

struct reading {
    struct call *call;
    struct log_filter filter;
    struct log_key before, after;
    struct log_page page;
    struct account_name *names;
    size_t names_n;
    struct date_range range;
    const char *customer_no;                /* "": all customers */
    bool is_filtered;
};

/* --- filter ----------------------------------------------------------------------------------------------------------- */

/* What this log can hold: its two sides see association and disassociation operations only. */
static bool is_offered(enum operation operation)
{
    return operation_info(operation)->is_association;
}

static void read_filter(struct reading *reading)
{
    const struct call *call = reading->call;
    reading->filter = (struct log_filter){.reader = side_of_kind(call->actor.kind), .account_id = call->actor.account_id};
    reading->filter.by_operation = operation_find(form_text(call->form, "operation"), &reading->filter.operation) &&
                                   is_offered(reading->filter.operation);
    reading->customer_no = call->actor.kind == ACCOUNT_PARTNER ? form_text(call->form, "customer") : "";
    reading->filter.by_customer = reading->customer_no[0] != '\0';
    reading->is_filtered = reading->filter.by_operation || reading->filter.by_customer;
    reading->range = date_range_read(call);
    reading->is_filtered |= reading->range.is_set;
    reading->filter.from_at = reading->range.from_at;
    reading->filter.until_at = reading->range.until_at;
}

static struct log_key read_key(const struct call *call, const char *field)
{
    struct log_key key = {.at = INSTANT_NONE};
    list_key_read(form_text(call->form, field), &key.at, &key.id);
    return key;
}

/* A number that is none of this partner's customers is that of account 0, which has no rows. */
static const struct err *find_customer(struct db *db, struct reading *reading)
{
    const struct call *call = reading->call;
    struct association *association = NULL;
    int64_t id = 0;
    reading->filter.customer_id = 0;
    TRY(customer_association(db, call->actor.account_id, reading->customer_no, &id));
    if (id != 0)
        TRY(association_load(db, call->mem, id, &association));
    if (association != NULL)
        reading->filter.customer_id = association->customer_id;
    return NULL;
}

static const struct err *read_rows(struct db *db, void *arg)
{
    struct reading *reading = arg;
    const struct call *call = reading->call;
    if (reading->filter.by_customer)
        TRY(find_customer(db, reading));
    TRY(log_list(db, call->mem, &reading->filter, reading->before, reading->after, PER_PAGE, &reading->page));
    if (call->actor.kind == ACCOUNT_CUSTOMER)
        return NULL;
    int64_t *ids = mem_array(call->mem, int64_t, reading->page.n);
    for (size_t i = 0; i < reading->page.n; i++)
        ids[i] = reading->page.rows[i].customer_id;
    return account_names(db, call->mem, ids, reading->page.n, &reading->names, &reading->names_n);
}

/* --- showing ---------------------------------------------------------------------------------------------------------- */

static struct account_name name_of(const struct reading *reading, int64_t account_id)
{
    for (size_t i = 0; i < reading->names_n; i++)
        if (reading->names[i].id == account_id)
            return reading->names[i];
    return (struct account_name){.name = "–", .no = ""};
}

static void fill_customer(const struct reading *reading, struct tpl_dict *dict, const struct operation_row *row)
{
    if (reading->call->actor.kind == ACCOUNT_CUSTOMER)
        return;   /* its log is about one account: its own */
    const struct account_name customer = name_of(reading, row->customer_id);
    tpl_show(dict, "WITH_CUSTOMER");
    tpl_set(dict, "CUSTOMER", customer.name);
    tpl_set(dict, "CUSTOMER_NO", customer.no);
    tpl_show_if(dict, "HAS_CUSTOMER_NO", customer.no[0] != '\0');
}

static void fill_row(const struct reading *reading, const struct operation_row *row)
{
    const struct call *call = reading->call;
    struct tpl_dict *dict = tpl_row(call->page->dict, "ROW");
    const struct view_badge badge = view_operation_result(row);
    tpl_set(dict, "TIME", format_time_s(call->mem, row->at, call->zone));
    tpl_set(dict, "TIME_ISO", format_iso(call->mem, row->at, call->zone));
    tpl_set(dict, "OPERATION", _(operation_info(row->operation)->text));
    tpl_set(dict, "STARTED_BY", view_operation_initiator(call->mem, row, reading->filter.reader));
    tpl_set(dict, "RESULT_CSS", badge.css);
    tpl_set(dict, "RESULT", badge.text);
    fill_customer(reading, dict, row);
    bool is_quoted = false;
    const char *details = view_operation_details(call->mem, row, call->zone, &is_quoted);
    if (row->request_no[0] != '\0') {
        tpl_show(dict, "OF_REQUEST");
        tpl_set(dict, "NO", row->request_no);
    }
    tpl_show_if(dict, "WITH_REMARK", !is_quoted && details[0] != '\0');
    tpl_show_if(dict, "WITH_QUOTE", is_quoted && details[0] != '\0');
    tpl_set(dict, "REMARK", details);
}

static void fill_filter(const struct reading *reading)
{
    struct page *page = reading->call->page;
    for (int i = 0; i < OPERATIONS; i++) {
        if (!is_offered((enum operation)i))
            continue;
        struct tpl_dict *option = tpl_row(page->dict, "OPTION");
        tpl_set(option, "OPTION_VALUE", operation_info((enum operation)i)->code);
        tpl_set(option, "OPTION_TEXT", _(operation_info((enum operation)i)->text));
        tpl_show_if(option, "OPTION_CHOSEN", reading->filter.by_operation && reading->filter.operation == (enum operation)i);
    }
    tpl_show_if(page->dict, "OF_CUSTOMER", reading->filter.by_customer);
    tpl_set(page->dict, "OF_CUSTOMER_NO", reading->customer_no);
    tpl_set(page->dict, "FROM", call_typed(reading->call, "from", ""));
    tpl_set(page->dict, "TO", call_typed(reading->call, "to", ""));
    page_field(page, "from", "FROM_FAULT", "FROM_ERROR");
    page_field(page, "to", "TO_FAULT", "TO_ERROR");
    tpl_show_if(page->dict, "FILTERED", reading->is_filtered);
}

/* This page's address with the same filter, beginning somewhere else. */
static const char *href(const struct reading *reading, const char *key, const struct operation_row *row)
{
    const struct call *call = reading->call;
    return mem_text(call->mem, "/operation-log?customer=%s&operation=%s&from=%s&to=%s&%s=%s",
                    url_encode(call->mem, reading->customer_no),
                    reading->filter.by_operation ? operation_info(reading->filter.operation)->code : "",
                    url_encode(call->mem, form_text(call->form, "from")), url_encode(call->mem, form_text(call->form, "to")), key,
                    list_key_text(call->mem, row->at, row->id));
}

static void fill_pager(const struct reading *reading)
{
    const struct log_page *rows = &reading->page;
    if (rows->n == 0)
        return;
    pager_fill(reading->call->page->dict, &(struct pager){
        .newer = rows->has_newer ? href(reading, "after", &rows->rows[0]) : NULL,
        .older = rows->has_older ? href(reading, "before", &rows->rows[rows->n - 1]) : NULL});
}

static void fill_table(const struct reading *reading)
{
    struct tpl_dict *dict = reading->call->page->dict;
    const bool is_paging = reading->before.at != INSTANT_NONE || reading->after.at != INSTANT_NONE;
    if (reading->page.n == 0) {
        tpl_show(dict, is_paging ? "EMPTY_PAGE" : reading->is_filtered ? "EMPTY_FILTER" : "EMPTY");
        return;
    }
    tpl_show(dict, "TABLE");
    tpl_show_if(dict, "COLUMN_CUSTOMER", reading->call->actor.kind != ACCOUNT_CUSTOMER);
    /* The page of a row's request, as this reader has it: a customer's leads on if its partner has sent the request. */
    tpl_set(dict, "REQUESTS", reading->call->actor.kind == ACCOUNT_PARTNER ? "/requests" : "/disassociate/submitted");
    tpl_set(dict, "RANGE", date_range_words(reading->call, &reading->range, reading->filter.by_operation
        ? _(operation_info(reading->filter.operation)->text) : _("All operations")));
    for (size_t i = 0; i < reading->page.n; i++)
        fill_row(reading, &reading->page.rows[i]);
    fill_pager(reading);
}

const struct err *operation_log_get(struct call *call)
{
    struct reading reading = {.call = call};
    /* The platform's people have a page of their own for all logs. */
    if (call->actor.kind == ACCOUNT_PLATFORM)
        return call_go(call, "/audit-log?operation=%s&from=%s&to=%s", url_encode(call->mem, form_text(call->form, "operation")),
                       url_encode(call->mem, form_text(call->form, "from")), url_encode(call->mem, form_text(call->form, "to")));
    read_filter(&reading);
    reading.before = read_key(call, "before");
    reading.after = read_key(call, "after");
    if (!reading.range.has_fault)
        TRY(db_transaction(call->db, DB_READ_ONLY, read_rows, &reading));
    struct page *page = call_page(call, "operation_log", _("Operation log"));
    page->current = "/operation-log";
    if (reading.range.from_fault != NULL)
        page_fault(page, "from", reading.range.from_fault);
    if (reading.range.to_fault != NULL)
        page_fault(page, "to", reading.range.to_fault);
    tpl_show_if(page->dict, "FOR_CUSTOMER", call->actor.kind == ACCOUNT_CUSTOMER);
    tpl_show_if(page->dict, "FOR_PARTNER", call->actor.kind == ACCOUNT_PARTNER);
    fill_filter(&reading);
    if (!reading.range.has_fault)
        fill_table(&reading);
    return call_show(call, 0);
}
