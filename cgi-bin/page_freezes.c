#include "pages.h"

#include "base/clock.h"
#include "list_key.h"
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

static void fill_pager(struct page *page, const struct reading *reading)
{
    const bool is_first = reading->after_at == INSTANT_NONE;
    const struct freeze *last = reading->n > 0 ? &reading->list[reading->n - 1].freeze : NULL;
    tpl_show_if(page->dict, "PAGER", reading->has_more || !is_first);
    tpl_show_if(page->dict, "FIRST", !is_first);
    tpl_show_if(page->dict, "NEXT", reading->has_more);
    tpl_set(page->dict, "NEXT_HREF",
            last == NULL ? "" : mem_text(page->ctx, "/freezes?after=%s", list_key_text(page->ctx, last->at, last->id)));
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
    fill_pager(page, &reading);
    return call_show(call, 0);
}
