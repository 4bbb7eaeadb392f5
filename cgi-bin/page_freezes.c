#include "pages.h"

#include "base/clock.h"
#include "list_key.h"
#include "pager.h"
#include "store/store_freeze.h"
#include "view/view_customer.h"

#define PER_PAGE 20

const struct field_spec freezes_query[] = {
    {.name = "after", .kind = FIELD_TOKEN, .max = 48},   /* <at>.<id> of the last one on the page before */
    {.name = NULL},
};

struct reading {
    struct call *call;
    int64_t after_at, after_id;
    struct held_freeze *list;
    size_t n;
    bool has_more;
};

static const struct err *read_all(struct db *db, void *arg)
{
    struct reading *reading = arg;
    return freeze_list(db, reading->call->mem, reading->after_at, reading->after_id, PER_PAGE, &reading->list, &reading->n,
                       &reading->has_more);
}

static void fill_row(struct page *page, const struct held_freeze *held, bool can_lift)
{
    struct tpl_dict *row = tpl_row(page->dict, "FREEZE");
    tpl_set_int(row, "ID", held->freeze.id);
    tpl_set(row, "NAME", held->account.name);
    tpl_set(row, "NO", held->account.no);
    tpl_set(row, "KIND", held->account.kind == ACCOUNT_PARTNER ? _("Partner") : _("Customer"));
    tpl_set(row, "SOURCE", view_freeze_source_for_platform(held->freeze.source));
    tpl_set(row, "SCOPE", view_freeze_type(held->freeze.type));
    tpl_set(row, "SINCE", format_time(page->ctx, held->freeze.at, page->zone));
    tpl_set(row, "REASON", held->freeze.reason);
    tpl_show_if(row, "ROW_LIFT", can_lift);
}

const struct err *freezes_get(struct call *call)
{
    struct reading reading = {.call = call, .after_at = INSTANT_NONE};
    const bool can_lift = call->actor.role == ROLE_OPS;
    list_key_read(form_text(call->form, "after"), &reading.after_at, &reading.after_id);
    TRY(db_transaction(call->db, DB_READ_ONLY, read_all, &reading));
    struct page *page = call_page(call, "freezes", _("Freezes"));
    page->current = "/freezes";
    tpl_show_if(page->dict, "CAN_FREEZE", can_lift);
    tpl_show_if(page->dict, "CAN_LIFT", can_lift);
    tpl_show_if(page->dict, "EMPTY", reading.n == 0);
    tpl_show_if(page->dict, "LIST", reading.n > 0);
    for (size_t i = 0; i < reading.n; i++)
        fill_row(page, &reading.list[i], can_lift);
    pager_fill(page->dict, &(struct pager){
        .longest = reading.after_at == INSTANT_NONE ? NULL : "/freezes", .longest_text = _("Longest frozen"),
        .more = !reading.has_more ? NULL : mem_text(call->mem, "/freezes?after=%s",
                                                    list_key_text(call->mem, reading.list[reading.n - 1].freeze.at, reading.list[reading.n - 1].freeze.id))});
    return call_show(call, 0);
}
