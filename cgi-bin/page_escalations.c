#include "pages.h"

#include "base/clock.h"
#include "list_key.h"
#include "pager.h"
#include "store/store_request.h"

#define PER_PAGE 20

const struct field_spec escalations_query[] = {
    {.name = "after", .kind = FIELD_TOKEN, .max = 48},   /* <at>.<id> of the last one on the page before */
    {.name = NULL},
};

struct reading {
    struct call *call;
    int64_t after_at, after_id;
    struct request *requests;
    size_t n;
    bool has_more;
};

static const struct err *read_all(struct db *db, void *arg)
{
    struct reading *reading = arg;
    return request_list_escalated(db, reading->call->mem, reading->after_at, reading->after_id, PER_PAGE, &reading->requests,
                                  &reading->n, &reading->has_more);
}

static void fill_row(struct page *page, const struct request *request)
{
    struct tpl_dict *row = tpl_row(page->dict, "REQUEST");
    tpl_set(row, "NO", request->no);
    tpl_set(row, "CUSTOMER", request->customer_name);
    tpl_set(row, "CUSTOMER_NO", request->customer_no);
    tpl_set(row, "PARTNER", request->partner_name);
    tpl_set(row, "PARTNER_NO", request->partner_no);
    tpl_set(row, "SINCE", format_time(page->ctx, request->escalated_at, page->zone));
    tpl_set(row, "DUE", format_time(page->ctx, request->deadline_at, page->zone));
}

const struct err *escalations_get(struct call *call)
{
    struct reading reading = {.call = call, .after_at = INSTANT_NONE};
    list_key_read(form_text(call->form, "after"), &reading.after_at, &reading.after_id);
    TRY(db_transaction(call->db, DB_READ_ONLY, read_all, &reading));
    struct page *page = call_page(call, "escalations", _("Escalated requests"));
    page->current = "/escalations";
    tpl_show_if(page->dict, "EMPTY", reading.n == 0);
    tpl_show_if(page->dict, "LIST", reading.n > 0);
    for (size_t i = 0; i < reading.n; i++)
        fill_row(page, &reading.requests[i]);
    pager_fill(page->dict, &(struct pager){
        .longest = reading.after_at == INSTANT_NONE ? NULL : "/escalations", .longest_text = _("Longest waiting"),
        .more = !reading.has_more ? NULL : mem_text(call->mem, "/escalations?after=%s",
                                                    list_key_text(call->mem, reading.requests[reading.n - 1].escalated_at, reading.requests[reading.n - 1].id))});
    return call_show(call, 0);
}
