/* The platform looks for accounts: customers and partners. */
#include "pages.h"

#include "base/clock.h"
#include "base/text.h"
#include "list_key.h"
#include "pager.h"
#include "store/store_desk.h"
#include "view/view_customer.h"
#include "view/view_request.h"

#define SEARCH_MAX 254

const struct field_spec accounts_query[] = {
    {.name = "q", .kind = FIELD_TEXT, .max = SEARCH_MAX},
    {.name = "before", .kind = FIELD_TOKEN, .max = 48},   /* <created_at>.<id> of the last one on the page before */
    {.name = NULL},
};

struct reading {
    struct call *call;
    const char *search;
    int64_t before_at, before_id;
    struct desk_account *list;
    size_t n;
    bool has_more;
};

static const struct err *read_all(struct db *db, void *arg)
{
    struct reading *r = arg;
    return desk_account_list(db, r->call->mem, r->search, r->before_at, r->before_id, &r->list, &r->n, &r->has_more);
}

static void fill_row(struct page *page, const struct desk_account *account)
{
    struct tpl_dict *row = tpl_row(page->dict, "ACCOUNT");
    const struct view_badge badge = view_freeze_badge(account->is_frozen, account->is_frozen ? account->freeze.type : FREEZE_ACCOUNT);
    const bool is_closed = account->closed_at != INSTANT_NONE;
    tpl_set(row, "NO", account->no);
    tpl_set(row, "NAME", account->name);
    tpl_set(row, "KIND", account->kind == ACCOUNT_PARTNER ? _("Partner") : _("Customer"));
    tpl_set(row, "BADGE_CSS", is_closed ? "" : badge.css);
    tpl_set(row, "BADGE", is_closed ? _("Closed") : badge.text);
    tpl_show_if(row, "WITH_PARTNER", account->association_id != 0);
    tpl_set(row, "PARTNER_NAME", account->partner_name);
    tpl_set(row, "PARTNER_NO", account->partner_no);
    tpl_show_if(row, "WITHOUT_PARTNER", account->kind == ACCOUNT_CUSTOMER && account->association_id == 0);
    tpl_show_if(row, "IS_PARTNER", account->kind == ACCOUNT_PARTNER);
    tpl_set(row, "CUSTOMERS", account->kind == ACCOUNT_PARTNER
            ? text_fill(page->ctx, ngettext("{n} customer", "{n} customers", (unsigned long)account->customers), "n",
                        mem_text(page->ctx, "%lld", (long long)account->customers), NULL) : "");
    tpl_set(row, "CREATED", format_date(page->ctx, account->created_at, page->zone));
}

static void fill_pager(struct page *page, const struct reading *r)
{
    const bool is_first = r->before_at == INSTANT_NONE, has_next = r->has_more && r->search[0] == '\0';
    const struct desk_account *last = r->n > 0 ? &r->list[r->n - 1] : NULL;
    pager_fill(page->dict, &(struct pager){
        .newest = is_first ? NULL : "/accounts",
        .older = !has_next ? NULL : mem_text(page->ctx, "/accounts?before=%s", list_key_text(page->ctx, last->created_at, last->id))});
    tpl_show_if(page->dict, "TOO_MANY", r->has_more && r->search[0] != '\0');
}

const struct err *accounts_get(struct call *call)
{
    struct reading r = {.call = call, .search = form_text(call->form, "q"), .before_at = INSTANT_NONE};
    if (r.search[0] == '\0')
        list_key_read(form_text(call->form, "before"), &r.before_at, &r.before_id);
    TRY(db_transaction(call->db, DB_READ_ONLY, read_all, &r));
    struct page *page = call_page(call, "accounts", _("Accounts"));
    page->current = "/accounts";
    tpl_set(page->dict, "Q", r.search);
    tpl_show_if(page->dict, "FILTERED", r.search[0] != '\0');
    tpl_show_if(page->dict, "EMPTY", r.n == 0);
    tpl_show_if(page->dict, "LIST", r.n > 0);
    for (size_t i = 0; i < r.n; i++)
        fill_row(page, &r.list[i]);
    fill_pager(page, &r);
    return call_show(call, 0);
}
