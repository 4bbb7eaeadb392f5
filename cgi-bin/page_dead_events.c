/* Events for the platform's systems that were given up: why, and sending them again. */
#include "pages.h"

#include <stdlib.h>

#include "action/desk_events.h"
#include "base/clock.h"
#include "desk_call.h"
#include "domain/webhook.h"
#include "list_key.h"
#include "pager.h"
#include "store/store_dead_event.h"

#define PER_PAGE 20

const struct field_spec dead_events_query[] = {
    {.name = "before", .kind = FIELD_TOKEN, .max = 48},   /* <done_at>.<id> of the last one on the page before */
    {.name = NULL},
};

struct listing {
    struct call *call;
    int64_t before_at, before_id, all;
    struct dead_event *list;
    size_t n;
    bool has_more;
};

static const struct err *read_list(struct db *db, void *arg)
{
    struct listing *l = arg;
    TRY(dead_event_count(db, &l->all));
    return dead_event_list(db, l->call->mem, l->before_at, l->before_id, PER_PAGE, &l->list, &l->n, &l->has_more);
}

static void fill_row(struct page *page, const struct dead_event *event, bool may)
{
    struct tpl_dict *row = tpl_row(page->dict, "EVENT");
    const char *type = webhook_type(event->operation);
    tpl_set_int(row, "ID", event->id);
    tpl_set(row, "NAME", webhook_id(page->ctx, event->chain_id, event->seq));
    tpl_set(row, "TYPE", type != NULL ? type : _("Unknown"));
    tpl_set(row, "OBJECT", event->object);
    tpl_show_if(row, "OF_LOG", event->log_id != 0);
    tpl_set_int(row, "LOG_ID", event->log_id);
    tpl_set(row, "HAPPENED", format_time(page->ctx, event->at, page->zone));
    tpl_set(row, "WHEN", format_time(page->ctx, event->done_at, page->zone));
    tpl_set_int(row, "TRIES", event->tries);
    tpl_set(row, "WHY", event->detail[0] != '\0' ? event->detail : _("No answer"));
    tpl_show_if(row, "CAN_RETRY", may);
}

const struct err *dead_events_get(struct call *call)
{
    struct listing l = {.call = call, .before_at = INSTANT_NONE};
    if (call->request->method != HTTP_POST)
        list_key_read(form_text(call->form, "before"), &l.before_at, &l.before_id);
    TRY(db_transaction(call->db, DB_READ_ONLY, read_list, &l));
    struct page *page = call_page(call, "dead_events", _("Undelivered events"));
    page->current = "/dead-events";
    tpl_show_if(page->dict, "EMPTY", l.n == 0);
    tpl_show_if(page->dict, "LIST", l.n > 0);
    tpl_set_int(page->dict, "ALL", l.all);
    tpl_show_if(page->dict, "CAN_RETRY_ALL", desk_call_may(call));
    for (size_t i = 0; i < l.n; i++)
        fill_row(page, &l.list[i], desk_call_may(call));
    pager_fill(page->dict, &(struct pager){
        .newest = l.before_at == INSTANT_NONE ? NULL : "/dead-events",
        .older = !l.has_more ? NULL : mem_text(call->mem, "/dead-events?before=%s",
                                               list_key_text(call->mem, l.list[l.n - 1].done_at, l.list[l.n - 1].id))});
    return call_show(call, 0);
}

static const struct err *said(struct call *call, const struct act *act, const char *done)
{
    call_flash(call, act->is_done ? done : "event-gone");
    return call_go(call, "/dead-events");
}

const struct err *dead_event_retry_post(struct call *call)
{
    enum desk_outcome outcome = DESK_DONE;
    struct act *act = call_act(call, "/dead-events");
    TRY(act_seen_before(act));
    if (!act->is_done)
        TRY(desk_event_retry(act, strtoll(call->vars.values[0], NULL, 10), &outcome));
    return said(call, act, "event-retried");
}

const struct err *dead_events_retry_post(struct call *call)
{
    enum desk_outcome outcome = DESK_DONE;
    struct act *act = call_act(call, "/dead-events");
    TRY(desk_events_retry_all(act, &outcome));
    return said(call, act, "events-retried");
}
