#include "pages.h"

#include <stdlib.h>
#include <string.h>

#include "action/mark_read.h"
#include "base/clock.h"
#include "base/text.h"
#include "list_key.h"
#include "pager.h"
#include "store/store_notice.h"
#include "view/notice_view.h"

#define PER_PAGE 20
#define UNREAD_MAX 100   /* counted no further */

const struct field_spec notifications_query[] = {
    {.name = "before", .kind = FIELD_TOKEN, .max = 48},   /* <at>.<id> of the last one on the page before */
    {.name = NULL},
};
const struct field_spec notification_read_fields[] = {
    {.name = "before", .kind = FIELD_TOKEN, .max = 48},   /* of the page it stands on, to lead back there */
    {.name = NULL},
};

struct reading {
    struct call *call;
    int64_t before_at, before_id;
    struct notice *notices;
    size_t n;
    bool has_more;
};

static const struct err *read_list(struct db *db, void *arg)
{
    struct reading *reading = arg;
    const struct call *call = reading->call;
    return notice_list(db, call->mem, call->actor.account_id, call->actor.user_id, reading->before_at, reading->before_id, PER_PAGE,
                       &reading->notices, &reading->n, &reading->has_more);
}

static void fill_body(const struct page *page, struct tpl_dict *row, const char *body)
{
    while (*body != '\0') {
        const char *end = strstr(body, "\n\n");
        size_t n = end != NULL ? (size_t)(end - body) : strlen(body);
        tpl_set(tpl_row(row, "PARAGRAPH"), "TEXT", mem_copy_n(page->ctx, body, n));
        body += n;
        body += strspn(body, "\n");
    }
}

static void fill_row(const struct page *page, const struct notice *notice)
{
    struct tpl_dict *row = tpl_row(page->dict, "NOTICE");
    const struct notice_values values = notice_view_values(page->ctx, notice->kind, &notice->values, page->zone);
    tpl_set_int(row, "ID", notice->id);
    tpl_set(row, "SUBJECT", notice_subject(page->ctx, notice->kind, &values));
    fill_body(page, row, notice_body(page->ctx, notice->kind, &values));
    tpl_set(row, "TIME", format_time(page->ctx, notice->at, page->zone));
    tpl_set(row, "TIME_ISO", format_iso(page->ctx, notice->at, page->zone));
    tpl_show_if(row, "IS_UNREAD", !notice->is_read);
    tpl_show_if(row, "WITH_LINK", notice->link[0] != '\0');
    tpl_show_if(row, "WITHOUT_LINK", notice->link[0] == '\0');
    tpl_set(row, "HREF", notice->link);
}

static const char *unread_text(const struct page *page)
{
    if (page->unread == 0)
        return _("All read");
    if (page->unread >= UNREAD_MAX)
        return _("More than 99 unread");
    return text_fill(page->ctx, ngettext("{n} unread", "{n} unread", (unsigned long)page->unread), "n",
                     mem_text(page->ctx, "%d", (int)page->unread), NULL);
}

static void fill_pager(const struct page *page, const struct reading *reading)
{
    const bool is_first = reading->before_at == INSTANT_NONE;
    const struct notice *last = reading->n > 0 ? &reading->notices[reading->n - 1] : NULL;
    pager_fill(page->dict, &(struct pager){
        .newest = is_first ? NULL : "/notifications",
        .older = !reading->has_more ? NULL : mem_text(page->ctx, "/notifications?before=%s", list_key_text(page->ctx, last->at, last->id))});
}

const struct err *notifications_get(struct call *call)
{
    struct reading reading = {.call = call, .before_at = INSTANT_NONE};
    list_key_read(call_typed(call, "before", ""), &reading.before_at, &reading.before_id);
    TRY(db_transaction(call->db, DB_READ_ONLY, read_list, &reading));
    struct page *page = call_page(call, "notifications", _("Notifications"));
    const bool is_first = reading.before_at == INSTANT_NONE;
    page->current = "/notifications";
    tpl_show_if(page->dict, "LIST", reading.n > 0);
    tpl_show_if(page->dict, "EMPTY", reading.n == 0 && is_first);
    tpl_show_if(page->dict, "EMPTY_PAGE", reading.n == 0 && !is_first);
    tpl_show_if(page->dict, "WITH_UNREAD", call->unread > 0);
    tpl_set(page->dict, "UNREAD", unread_text(page));
    tpl_set(page->dict, "BEFORE", is_first ? "" : list_key_text(page->ctx, reading.before_at, reading.before_id));
    for (size_t i = 0; i < reading.n; i++)
        fill_row(page, &reading.notices[i]);
    fill_pager(page, &reading);
    return call_show(call, 0);
}

const struct err *notification_read_post(struct call *call)
{
    int64_t at, id;
    const char *before = form_text(call->form, "before");
    const char *back = list_key_read(before, &at, &id) ? mem_text(call->mem, "/notifications?before=%s", before) : "/notifications";
    bool found = false;
    /* The pattern allows digits only, 18 of them at most. */
    TRY(mark_read(call_act(call, back), strtoll(call->vars.values[0], NULL, 10), &found));
    return found ? call_go(call, "%s", back) : call_missing(call);
}

const struct err *notifications_read_all_post(struct call *call)
{
    TRY(mark_all_read(call_act(call, "/notifications")));
    call_flash(call, "read-all");
    return call_go(call, "/notifications");
}
