#include "pages.h"

#include <string.h>

#include "audit_call.h"
#include "base/clock.h"
#include "base/text.h"
#include "list_key.h"
#include "pager.h"
#include "store/store_account_name.h"
#include "store/store_audit.h"
#include "view/view_operation_log.h"

#define PER_PAGE 50
#define LOOKED_MAX 20000   /* rows that one visit looks through when several criteria are combined */

const struct field_spec audit_log_query[] = {
    AUDIT_FIELDS,
    {.name = "before", .kind = FIELD_TOKEN, .max = 48},   /* older than this row */
    {.name = "after", .kind = FIELD_TOKEN, .max = 48},    /* newer than this row */
    {.name = NULL},
};

struct reading {
    struct call *call;
    struct audit_call audit;
    struct log_key before, after;
    struct audit_page page;
    int64_t count, count_max;
    struct account_name *names;
    size_t names_n;
};

/* --- reading ---------------------------------------------------------------------------------------------------------- */

static struct log_key read_key(const struct call *call, const char *field)
{
    struct log_key key = {.at = INSTANT_NONE};
    list_key_read(form_text(call->form, field), &key.at, &key.id);
    return key;
}

/* The names of all accounts on the page; ACCOUNT_NAMES_MAX at a time. */
static const struct err *read_names(struct db *db, struct reading *reading)
{
    const struct call *call = reading->call;
    const size_t n = reading->page.n, each = ACCOUNT_NAMES_MAX / 3;
    reading->names = mem_array(call->mem, struct account_name, 3 * n);
    for (size_t from = 0; from < n; from += each) {
        int64_t ids[ACCOUNT_NAMES_MAX];
        size_t ids_n = 0, found_n;
        struct account_name *found;
        for (size_t i = from; i < n && i < from + each; i++) {
            ids[ids_n++] = reading->page.rows[i].customer_id;
            ids[ids_n++] = reading->page.rows[i].partner_id;
            ids[ids_n++] = reading->page.rows[i].account_id;
        }
        TRY(account_names(db, call->mem, ids, ids_n, &found, &found_n));
        for (size_t i = 0; i < found_n; i++)
            reading->names[reading->names_n++] = found[i];
    }
    return NULL;
}

static const struct err *read_all(struct db *db, void *arg)
{
    struct reading *reading = arg;
    const struct operation_filter *filter = &reading->audit.filter;
    reading->names_n = 0;
    TRY(audit_call_find(db, reading->call, &reading->audit));
    TRY(audit_list(db, reading->call->mem, filter, reading->before, reading->after, PER_PAGE, LOOKED_MAX, &reading->page));
    if (operation_filter_is_fast(filter))
        TRY(audit_count(db, filter, &reading->count_max, &reading->count));
    return read_names(db, reading);
}

/* --- showing ---------------------------------------------------------------------------------------------------------- */

static const char *no_of(const struct reading *reading, int64_t account_id)
{
    for (size_t i = 0; i < reading->names_n; i++)
        if (reading->names[i].id == account_id)
            return reading->names[i].no;
    return "";
}

static const char *name_of(const struct reading *reading, int64_t account_id)
{
    for (size_t i = 0; i < reading->names_n; i++)
        if (reading->names[i].id == account_id)
            return reading->names[i].name;
    return "–";
}

static void fill_account(const struct reading *reading, struct tpl_dict *dict, int64_t account_id, const char *name, const char *no,
                         const char *has_no)
{
    tpl_set(dict, name, name_of(reading, account_id));
    tpl_set(dict, no, no_of(reading, account_id));
    tpl_show_if(dict, has_no, no_of(reading, account_id)[0] != '\0');
}

static void fill_row(const struct reading *reading, const struct operation_row *row)
{
    const struct call *call = reading->call;
    struct tpl_dict *dict = tpl_row(call->page->dict, "ROW");
    const struct view_badge badge = view_operation_result(row);
    bool is_quoted = false;
    const char *details = view_operation_details(call->mem, row, call->zone, &is_quoted);
    tpl_set_int(dict, "ID", row->id);
    tpl_set(dict, "TIME", format_time_s(call->mem, row->at, call->zone));
    tpl_set(dict, "TIME_ISO", format_iso(call->mem, row->at, call->zone));
    tpl_set(dict, "OPERATION", _(operation_info(row->operation)->text));
    fill_account(reading, dict, row->customer_id, "CUSTOMER", "CUSTOMER_NO", "HAS_CUSTOMER_NO");
    fill_account(reading, dict, row->partner_id, "PARTNER", "PARTNER_NO", "HAS_PARTNER_NO");
    tpl_set(dict, "STARTED_BY", view_operation_initiator(call->mem, row, SIDE_PLATFORM));
    tpl_set(dict, "STARTED_BY_NO", no_of(reading, row->account_id));
    tpl_show_if(dict, "HAS_STARTED_BY_NO", no_of(reading, row->account_id)[0] != '\0');
    tpl_set(dict, "RESULT_CSS", badge.css);
    tpl_set(dict, "RESULT", badge.text);
    tpl_set(dict, "NO", row->request_no);
    tpl_show_if(dict, "WITH_NO", row->request_no[0] != '\0');
    tpl_set(dict, "REMARK", details);
    tpl_show_if(dict, "WITH_REMARK", !is_quoted && details[0] != '\0');
    tpl_show_if(dict, "WITH_QUOTE", is_quoted && details[0] != '\0');
}

static void fill_option(struct page *page, const char *section, const char *value, const char *text, bool is_chosen)
{
    struct tpl_dict *option = tpl_row(page->dict, section);
    tpl_set(option, "OPTION_VALUE", value);
    tpl_set(option, "OPTION_TEXT", text);
    tpl_show_if(option, "OPTION_CHOSEN", is_chosen);
}

static const char *side_text(enum side side)
{
    return side == SIDE_CUSTOMER ? _("Customer") : side == SIDE_PARTNER ? _("Partner") : side == SIDE_PLATFORM ? _("Platform") : _("System");
}

static void fill_filter(const struct reading *reading)
{
    static const char *const typed[][2] = {{"about", "ABOUT"}, {"actor", "ACTOR"}, {"from", "FROM"}, {"to", "TO"}};
    static const char *const faults[][3] = {{"about", "ABOUT_FAULT", "ABOUT_ERROR"}, {"actor", "ACTOR_FAULT", "ACTOR_ERROR"},
                                            {"from", "FROM_FAULT", "FROM_ERROR"}, {"to", "TO_FAULT", "TO_ERROR"}};
    const struct operation_filter *filter = &reading->audit.filter;
    struct page *page = reading->call->page;
    for (int i = 0; i < OPERATIONS; i++)
        fill_option(page, "OPERATION_OPTION", operation_info((enum operation)i)->code, _(operation_info((enum operation)i)->text),
                    filter->by_operation && filter->operation == (enum operation)i);
    for (int i = 0; i < SIDES; i++)
        fill_option(page, "SIDE_OPTION", side_name((enum side)i), side_text((enum side)i), filter->side == (enum side)i);
    for (size_t i = 0; operation_result_at(i) != NULL; i++)
        fill_option(page, "RESULT_OPTION", operation_result_at(i),
                    text_fill(page->ctx, _("{result} ({code})"), "result", operation_result_text(operation_result_at(i)), "code",
                              operation_result_at(i), NULL),
                    strcmp(filter->result, operation_result_at(i)) == 0);
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++)
        tpl_set(page->dict, typed[i][1], call_typed(reading->call, typed[i][0], ""));
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        page_field(page, faults[i][0], faults[i][1], faults[i][2]);
    tpl_show_if(page->dict, "FILTERED", reading->audit.is_filtered);
    tpl_show_if(page->dict, "MAY_BE_SLOW", !operation_filter_is_fast(filter) && filter->request_id == 0);
}

/* This page's address with the same filter, beginning somewhere else. */
static const char *href(const struct reading *reading, const char *key, struct log_key from)
{
    const struct call *call = reading->call;
    return mem_text(call->mem, "/audit-log?%s&%s=%s", audit_call_query(call), key, list_key_text(call->mem, from.at, from.id));
}

static struct log_key key_of(const struct operation_row *row) { return (struct log_key){row->at, row->id}; }

static void fill_pager(const struct reading *reading)
{
    const struct audit_page *rows = &reading->page;
    if (rows->n == 0)
        return;
    pager_fill(reading->call->page->dict, &(struct pager){
        .newer = rows->has_newer ? href(reading, "after", key_of(&rows->rows[0])) : NULL,
        .older = rows->has_older ? href(reading, "before", key_of(&rows->rows[rows->n - 1])) : NULL});
}

static void fill_count(const struct reading *reading)
{
    const struct call *call = reading->call;
    const bool is_more = reading->count > reading->count_max;
    char number[32];
    if (!operation_filter_is_fast(&reading->audit.filter))
        return;
    int64_t n = is_more ? reading->count_max : reading->count;
    if (n >= 1000)
        (void)snprintf(number, sizeof number, "%lld,%03lld", (long long)(n / 1000), (long long)(n % 1000));
    else
        (void)snprintf(number, sizeof number, "%lld", (long long)n);
    tpl_show(call->page->dict, "COUNTED");
    tpl_set(call->page->dict, "COUNT", is_more ? text_fill(call->mem, _("{n}+ operations"), "n", number, NULL)
            : text_fill(call->mem, ngettext("{n} operation", "{n} operations", (unsigned long)n), "n", number, NULL));
}

/* How far the rows were looked through, and how to go on. */
static void fill_cut(const struct reading *reading)
{
    struct tpl_dict *dict = reading->call->page->dict;
    const bool is_back = reading->after.at != INSTANT_NONE;
    if (!reading->page.is_cut)
        return;
    tpl_show(dict, "CUT");
    tpl_set(dict, "CUT_TEXT", text_fill(reading->call->mem, _("We looked through {n} operations, to {time}, and stopped there."), "n",
                                        "20,000", "time", format_time_s(reading->call->mem, reading->page.looked_to.at, reading->call->zone), NULL));
    tpl_set(dict, "CUT_HREF", href(reading, is_back ? "after" : "before", reading->page.looked_to));
}

static void fill_table(const struct reading *reading)
{
    const struct call *call = reading->call;
    const struct operation_filter *filter = &reading->audit.filter;
    struct tpl_dict *dict = call->page->dict;
    const bool is_paging = reading->before.at != INSTANT_NONE || reading->after.at != INSTANT_NONE;
    fill_cut(reading);
    if (reading->page.n == 0) {
        if (!reading->page.is_cut)
            tpl_show(dict, is_paging ? "EMPTY_PAGE" : reading->audit.is_filtered ? "EMPTY_FILTER" : "EMPTY");
        return;
    }
    tpl_show(dict, "TABLE");
    fill_count(reading);
    tpl_set(dict, "RANGE", date_range_words(call, &reading->audit.range,
                                            filter->by_operation ? _(operation_info(filter->operation)->text) : _("All operations")));
    for (size_t i = 0; i < reading->page.n; i++)
        fill_row(reading, &reading->page.rows[i]);
    fill_pager(reading);
}

static void fill_exports(const struct reading *reading)
{
    static const char *const fields[][2] = {{"about", "ABOUT"}, {"operation", "OPERATION"}, {"side", "SIDE"}, {"result", "RESULT"},
                                            {"actor", "ACTOR"}, {"from", "FROM"}, {"to", "TO"}};
    const struct call *call = reading->call;
    const bool is_on = call->site->config->worker.exports[0] != '\0';
    tpl_show(call->page->dict, "EXPORTS");
    tpl_show_if(call->page->dict, "EXPORTS_ON", is_on);
    tpl_show_if(call->page->dict, "EXPORTS_OFF", !is_on);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        tpl_set(call->page->dict, mem_text(call->mem, "EXPORT_%s", fields[i][1]), form_text(call->form, fields[i][0]));
}

const struct err *audit_log_get(struct call *call)
{
    struct reading reading = {.call = call};
    audit_call_read(call, &reading.audit);
    reading.before = read_key(call, "before");
    reading.after = read_key(call, "after");
    const bool is_fine = reading.audit.faults_n == 0;
    if (is_fine)
        TRY(db_transaction(call->db, DB_READ_ONLY, read_all, &reading));
    struct page *page = call_page(call, "audit_log", _("Audit log"));
    page->current = "/audit-log";
    for (size_t i = 0; i < reading.audit.faults_n; i++)
        page_fault(page, reading.audit.faults[i].field, reading.audit.faults[i].text);
    fill_filter(&reading);
    if (!is_fine)
        return call_show(call, 0);
    fill_table(&reading);
    if (reading.page.n > 0 || reading.page.is_cut)
        fill_exports(&reading);
    return call_show(call, 0);
}
