/* The receipt of a finished request, for its two sides: on paper, and as JSON that a program can check against the log. */
#include "pages.h"

#include <string.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "customer_call.h"
#include "store/store_log.h"
#include "store/store_request.h"
#include "view/view_customer.h"
#include "view/view_operation_log.h"
#include "view/view_request.h"

struct receipt {
    struct call *call;
    struct request *request;         /* NULL: there is none, or it is not the actor's */
    struct log_page rows;            /* of the request */
    struct log_head head;            /* of the chain, now */
    const char *customer_name;       /* as this reader may see it */
};

static const struct err *read_head(struct db *db, struct receipt *receipt)
{
    const int64_t chain_id = receipt->request->association_id;
    struct log_head *heads = NULL;
    size_t n = 0;
    TRY(log_heads(db, receipt->call->mem, chain_id - 1, 1, &heads, &n));
    if (n == 0 || heads[0].chain_id != chain_id)
        return err_new(ERR_BUG, 0, "chain %lld has no head", (long long)chain_id);
    receipt->head = heads[0];
    return NULL;
}

static const struct err *read_all(struct db *db, void *arg)
{
    struct receipt *receipt = arg;
    const struct call *call = receipt->call;
    TRY(request_load_no(db, call->mem, call->vars.values[0], &receipt->request));
    const struct request *request = receipt->request;
    if (request == NULL || (request->customer_id != call->actor.account_id && request->partner_id != call->actor.account_id)) {
        receipt->request = NULL;
        return NULL;
    }
    TRY(log_of_request(db, call->mem, request->id, &receipt->rows));
    return read_head(db, receipt);
}

/* *is_answered: there is no receipt (yet), and the response says so. */
static const struct err *find(struct receipt *receipt, bool *is_answered)
{
    struct call *call = receipt->call;
    bool is_masked = false;
    *is_answered = true;
    TRY(db_transaction(call->db, DB_READ_ONLY, read_all, receipt));
    const struct request *request = receipt->request;
    if (request == NULL)
        return call_missing(call);
    if (!request_is_final(request->state))
        return call_go(call, call->actor.kind == ACCOUNT_PARTNER ? "/requests/%s"
                       : request->initiator == SIDE_CUSTOMER ? "/disassociate/submitted/%s" : "/process-request/%s", request->no);
    if (call->actor.kind == ACCOUNT_PARTNER)
        TRY(customer_call_is_masked(call, &is_masked));
    receipt->customer_name = view_customer_name(call->mem, request->customer_name, is_masked);
    *is_answered = false;
    return NULL;
}

/* --- the page --------------------------------------------------------------------------------------------------------- */

static void fill_step(const struct receipt *receipt, const struct operation_row *row)
{
    const struct call *call = receipt->call;
    struct tpl_dict *dict = tpl_row(call->page->dict, "STEP");
    tpl_set_int(dict, "STEP_SEQ", row->seq);
    tpl_set(dict, "STEP_TIME", format_time_s(call->mem, row->at, call->zone));
    tpl_set(dict, "STEP_OPERATION", _(operation_info(row->operation)->text));
    tpl_set(dict, "STEP_BY", view_operation_initiator(call->mem, row, side_of_kind(call->actor.kind)));
    tpl_set(dict, "STEP_HASH", secret_hex(call->mem, row->hash, sizeof row->hash));
}

static void fill(const struct receipt *receipt)
{
    const struct call *call = receipt->call;
    const struct request *request = receipt->request;
    struct tpl_dict *dict = call->page->dict;
    const enum side reader = side_of_kind(call->actor.kind);
    const struct view_badge badge = view_request_badge(request, reader);
    tpl_set(dict, "NO", request->no);
    tpl_set(dict, "CUSTOMER", receipt->customer_name);
    tpl_set(dict, "CUSTOMER_NO", request->customer_no);
    tpl_set(dict, "PARTNER", request->partner_name);
    tpl_set(dict, "PARTNER_NO", request->partner_no);
    tpl_set(dict, "SENT_BY", request->initiator == SIDE_CUSTOMER ? _("The customer") : _("The partner"));
    tpl_set(dict, "SUBMITTED", format_time_s(call->mem, request->submitted_at, call->zone));
    tpl_set(dict, "REASON", view_request_reason(call->mem, request));
    tpl_set(dict, "BADGE_CSS", badge.css);
    tpl_set(dict, "BADGE", badge.text);
    tpl_set(dict, "DECISION", view_request_decision(call->mem, request, reader));
    tpl_set(dict, "DECIDED", format_time_s(call->mem, request->decided_at, call->zone));
    tpl_show_if(dict, "WITH_MESSAGE", request->decision_text[0] != '\0');
    tpl_set(dict, "MESSAGE", request->decision_text);
    for (size_t i = 0; i < receipt->rows.n; i++)
        if (operation_info(receipt->rows.rows[i].operation)->is_transition)
            fill_step(receipt, &receipt->rows.rows[i]);
    tpl_set_int(dict, "CHAIN", receipt->head.chain_id);
    tpl_set_int(dict, "HEAD_SEQ", receipt->head.seq);
    tpl_set(dict, "HEAD_HASH", secret_hex(call->mem, receipt->head.hash, sizeof receipt->head.hash));
    tpl_set(dict, "PRINTED", format_time_s(call->mem, call->now, call->zone));
}

const struct err *receipt_get(struct call *call)
{
    struct receipt receipt = {.call = call};
    bool is_answered;
    TRY(find(&receipt, &is_answered));
    if (is_answered)
        return NULL;
    struct page *page = call_page(call, "receipt", text_fill(call->mem, _("Receipt for request {no}"), "no", receipt.request->no, NULL));
    page->current = call->actor.kind == ACCOUNT_PARTNER ? "/requests" : "/my-partner";
    page_crumb(page, page->current, call->actor.kind == ACCOUNT_PARTNER ? _("Requests") : _("My Partner"));
    page_crumb(page, NULL, _("Receipt"));
    fill(&receipt);
    return call_show(call, 0);
}

/* --- JSON ------------------------------------------------------------------------------------------------------------- */

static json_t *instant(int64_t at)
{
    char text[32];
    clock_format_utc(at, true, text);
    return json_string(text);
}

static json_t *transitions(const struct receipt *receipt)
{
    const void *mem = receipt->call->mem;
    json_t *list = json_array();
    for (size_t i = 0; i < receipt->rows.n; i++) {
        const struct operation_row *row = &receipt->rows.rows[i];
        if (operation_info(row->operation)->is_transition)
            json_array_append_new(list, json_pack("{s:I, s:o, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "row", (json_int_t)row->seq, "at",
                                                  instant(row->at), "operation", operation_info(row->operation)->code, "initiated_by",
                                                  side_name(row->initiated_by), "from_state", row->from_state, "to_state", row->to_state,
                                                  "result", row->result, "previous_hash",
                                                  secret_hex(mem, row->prev_hash, sizeof row->prev_hash), "hash",
                                                  secret_hex(mem, row->hash, sizeof row->hash)));
    }
    return list;
}

static json_t *as_json(const struct receipt *receipt)
{
    const struct request *request = receipt->request;
    json_t *about = json_pack("{s:s, s:s, s:{s:s, s:s}, s:{s:s, s:s}, s:s, s:s, s:s, s:o, s:o, s:s, s:s}", "number", request->no,
                              "initiated_by", side_name(request->initiator), "customer", "number", request->customer_no, "name",
                              receipt->customer_name, "partner", "number", request->partner_no, "name", request->partner_name, "reason",
                              reason_name(request->reason), "reason_details", request->reason_text, "state",
                              request_state_name(request->state), "submitted_at", instant(request->submitted_at), "decided_at",
                              instant(request->decided_at), "decided_by", side_name(request->decided_by), "message", request->decision_text);
    return json_pack("{s:o, s:o, s:{s:I, s:I, s:s}, s:o}", "request", about, "transitions", transitions(receipt), "chain", "association",
                     (json_int_t)receipt->head.chain_id, "row", (json_int_t)receipt->head.seq, "hash",
                     secret_hex(receipt->call->mem, receipt->head.hash, sizeof receipt->head.hash), "read_at", instant(receipt->call->now));
}

static int add_bytes(const char *bytes, size_t n, void *out)
{
    buf_add(out, bytes, n);
    return 0;
}

const struct err *receipt_json_get(struct call *call)
{
    struct receipt receipt = {.call = call};
    bool is_answered;
    TRY(find(&receipt, &is_answered));
    if (is_answered)
        return NULL;
    json_t *json = as_json(&receipt);
    if (json == NULL || json_dump_callback(json, add_bytes, call->response->body, JSON_INDENT(2)) != 0)
        return err_new(ERR_BUG, 0, "the receipt of %s is no JSON", receipt.request->no);
    json_decref(json);
    buf_char(call->response->body, '\n');
    http_header(call->response, "Content-Type", "application/json");
    http_header(call->response, "Content-Disposition", mem_text(call->mem, "attachment; filename=\"receipt-%s.json\"", receipt.request->no));
    return NULL;
}
