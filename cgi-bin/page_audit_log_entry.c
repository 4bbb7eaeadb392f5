#include "pages.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/store_account_name.h"
#include "store/store_audit.h"
#include "store/store_user.h"
#include "view/view_operation_log.h"

struct reading {
    struct call *call;
    int64_t id;
    struct operation_row *row;         /* NULL: there is none */
    unsigned char hash_before[OPERATION_HASH_BYTES];
    bool has_before;
    struct user *user;                 /* who acted; NULL: nobody, or gone */
    struct account_name *names;
    size_t names_n;
    struct log_page request;           /* all rows of its request */
};

static const struct err *read_all(struct db *db, void *arg)
{
    struct reading *reading = arg;
    const struct call *call = reading->call;
    TRY(audit_load(db, call->mem, reading->id, &reading->row));
    if (reading->row == NULL)
        return NULL;
    const int64_t ids[] = {reading->row->customer_id, reading->row->partner_id, reading->row->account_id};
    TRY(audit_hash_before(db, reading->row, reading->hash_before, &reading->has_before));
    TRY(account_names(db, call->mem, ids, 3, &reading->names, &reading->names_n));
    if (reading->row->user_id != 0)
        TRY(user_load(db, call->mem, reading->row->user_id, &reading->user));
    if (reading->row->request_id != 0)
        TRY(log_of_request(db, call->mem, reading->row->request_id, &reading->request));
    return NULL;
}

/* --- is it as it was written? ----------------------------------------------------------------------------------------- */

static struct view_badge integrity(const struct reading *reading)
{
    static const unsigned char nothing[OPERATION_HASH_BYTES] = {0};
    const struct operation_row *row = reading->row;
    unsigned char hash[OPERATION_HASH_BYTES];
    operation_hash(row, hash);
    if (memcmp(hash, row->hash, sizeof hash) != 0)
        return (struct view_badge){"bad", _("This row was changed after it was written")};
    if (row->seq > 1 && !reading->has_before)
        return (struct view_badge){"bad", _("The row before it in the chain is missing")};
    if (memcmp(row->prev_hash, row->seq > 1 ? reading->hash_before : nothing, sizeof nothing) != 0)
        return (struct view_badge){"bad", _("It does not follow the row before it in the chain")};
    return (struct view_badge){"ok", _("The row matches its hash and follows the row before it")};
}

/* --- showing ---------------------------------------------------------------------------------------------------------- */

static void fill_account(const struct reading *reading, int64_t id, const char *label)
{
    for (size_t i = 0; i < reading->names_n; i++) {
        if (reading->names[i].id != id)
            continue;
        struct tpl_dict *dict = tpl_row(reading->call->page->dict, "ACCOUNT");
        tpl_set(dict, "ACCOUNT_LABEL", label);
        tpl_set(dict, "ACCOUNT_NAME", reading->names[i].name);
        tpl_set(dict, "ACCOUNT_NO", reading->names[i].no);
    }
}

static void fill_text(struct tpl_dict *dict, const char *section, const char *name, const char *text)
{
    tpl_show_if(dict, section, text[0] != '\0');
    tpl_set(dict, name, text);
}

static const char *or_dash(const char *text) { return text[0] != '\0' ? text : "–"; }

static void fill_what(const struct reading *reading)
{
    const struct call *call = reading->call;
    const struct operation_row *row = reading->row;
    struct tpl_dict *dict = call->page->dict;
    const struct view_badge badge = view_operation_result(row);
    const struct view_change change = view_operation_change(call->mem, row, call->zone);
    tpl_set(dict, "RESULT_CSS", badge.css);
    tpl_set(dict, "RESULT", badge.text);
    tpl_set(dict, "TIME", format_time_s(call->mem, row->at, call->zone));
    tpl_set(dict, "TIME_ISO", format_iso(call->mem, row->at, call->zone));
    tpl_set(dict, "OPERATION", _(operation_info(row->operation)->text));
    tpl_set(dict, "OPERATION_CODE", operation_info(row->operation)->code);
    tpl_set(dict, "STARTED_BY", view_operation_initiator(call->mem, row, SIDE_PLATFORM));
    fill_text(dict, "WITH_PERSON", "LOGIN", reading->user != NULL ? reading->user->login : "");
    fill_account(reading, row->customer_id, _("Customer"));
    fill_account(reading, row->partner_id, _("Partner"));
    if (row->account_id != row->customer_id && row->account_id != row->partner_id)
        fill_account(reading, row->account_id, _("Account that acted"));
    fill_text(dict, "WITH_OBJECT", "OBJECT", row->object);
    fill_text(dict, "WITH_NO", "NO", row->request_no);
    if (change.before != NULL) {
        tpl_show(dict, "CHANGE");
        tpl_set(dict, "BEFORE", or_dash(change.before));
        tpl_set(dict, "AFTER", or_dash(change.after));
    }
    fill_text(dict, "WITH_REMARK", "REMARK", text_isolate(call->mem, change.words));
}

static void fill_where(const struct reading *reading)
{
    const struct call *call = reading->call;
    const struct operation_row *row = reading->row;
    struct tpl_dict *dict = call->page->dict;
    const struct view_badge badge = integrity(reading);
    const char *seq = mem_text(call->mem, "%lld", (long long)row->seq);
    tpl_set(dict, "IP", or_dash(row->ip));
    tpl_set(dict, "HTTP_ID", or_dash(row->http_id));
    tpl_set_int(dict, "ID", row->id);
    tpl_set(dict, "CHAIN", row->chain_id == 0 ? text_fill(call->mem, _("of the platform, row {n}"), "n", seq, NULL)
            : text_fill(call->mem, _("of association {id}, row {n}"), "id", mem_text(call->mem, "%lld", (long long)row->chain_id), "n",
                        seq, NULL));
    tpl_set(dict, "PREV_HASH", secret_hex(call->mem, row->prev_hash, sizeof row->prev_hash));
    tpl_set(dict, "HASH", secret_hex(call->mem, row->hash, sizeof row->hash));
    tpl_set(dict, "INTEGRITY_CSS", badge.css);
    tpl_set(dict, "INTEGRITY", badge.text);
}

static void fill_step(const struct reading *reading, const struct operation_row *row)
{
    const struct call *call = reading->call;
    struct tpl_dict *dict = tpl_row(call->page->dict, "STEP");
    const struct view_badge badge = view_operation_result(row);
    tpl_show_if(dict, "STEP_HERE", row->id == reading->id);
    tpl_show_if(dict, "STEP_ELSEWHERE", row->id != reading->id);
    tpl_set_int(dict, "STEP_ID", row->id);
    tpl_set(dict, "STEP_TIME", format_time_s(call->mem, row->at, call->zone));
    tpl_set(dict, "STEP_OPERATION", _(operation_info(row->operation)->text));
    tpl_set(dict, "STEP_STARTED_BY", view_operation_initiator(call->mem, row, SIDE_PLATFORM));
    tpl_set(dict, "STEP_BEFORE", or_dash(row->from_state));
    tpl_set(dict, "STEP_AFTER", or_dash(row->to_state));
    tpl_set(dict, "STEP_CSS", badge.css);
    tpl_set(dict, "STEP_RESULT", badge.text);
}

const struct err *audit_log_entry_get(struct call *call)
{
    struct reading reading = {.call = call, .id = strtoll(call->vars.values[0], NULL, 10)};
    TRY(db_transaction(call->db, DB_READ_ONLY, read_all, &reading));
    if (reading.row == NULL)
        return call_missing(call);
    struct page *page = call_page(call, "audit_log_entry", _(operation_info(reading.row->operation)->text));
    page->current = "/audit-log";
    page_crumb(page, "/audit-log", _("Audit log"));
    page_crumb(page, NULL, format_time_s(call->mem, reading.row->at, call->zone));
    fill_what(&reading);
    fill_where(&reading);
    if (reading.request.n > 0) {
        tpl_show(page->dict, "TIMELINE");
        tpl_set(page->dict, "TIMELINE_TITLE", text_fill(call->mem, _("Timeline of request {no}"), "no", reading.row->request_no[0] != '\0'
                ? reading.row->request_no : reading.request.rows[reading.request.n - 1].request_no, NULL));
        for (size_t i = 0; i < reading.request.n; i++)
            fill_step(&reading, &reading.request.rows[i]);
    }
    return call_show(call, 0);
}
