/* Messages that were given up: why, and sending them again. */
#include "pages.h"

#include <stdlib.h>

#include "action/desk_notices.h"
#include "base/clock.h"
#include "desk_call.h"
#include "domain/contact.h"
#include "list_key.h"
#include "pager.h"
#include "store/store_dead.h"

#define PER_PAGE 20

const struct field_spec dead_notices_query[] = {
    {.name = "before", .kind = FIELD_TOKEN, .max = 48},   /* <done_at>.<id> of the last one on the page before */
    {.name = NULL},
};

struct listing {
    struct call *call;
    int64_t before_at, before_id, all, ready;
    struct dead_notice *list;
    size_t n;
    bool has_more;
};

static const struct err *read_list(struct db *db, void *arg)
{
    struct listing *l = arg;
    TRY(dead_count(db, &l->all, &l->ready));
    return dead_list(db, l->call->mem, l->before_at, l->before_id, PER_PAGE, &l->list, &l->n, &l->has_more);
}

/* What kind of message it was: its subject names people, so only what it is about in general is shown. */
static const char *kind_text(const struct dead_notice *notice)
{
    if (!notice->is_known)
        return _("Unknown");
    switch (notice->kind) {
    case NOTICE_CODE:
        return _("Verification code");
    case NOTICE_PASSWORD_RESET:
        return _("Link for a new password");
    case NOTICE_TEAM_INVITATION:
    case NOTICE_INVITATION:
        return _("Invitation");
    case NOTICE_REQUEST_SENT:
    case NOTICE_REQUEST_RECEIVED:
    case NOTICE_REQUEST_AGREED:
    case NOTICE_REQUEST_REJECTED:
    case NOTICE_REQUEST_WITHDRAWN:
    case NOTICE_REQUEST_EXPIRED:
    case NOTICE_REQUEST_CANCELLED:
    case NOTICE_REQUEST_ESCALATED:
    case NOTICE_REQUEST_REMINDER:
        return _("About a request");
    case NOTICE_FROZEN:
    case NOTICE_UNFROZEN:
    case NOTICE_UNFREEZE_ASKED:
        return _("About a freeze");
    case NOTICE_PASSWORD_CHANGED:
    case NOTICE_SMS_LOCKED:
    case NOTICE_CONTACT:
    case NOTICE_SECOND_FACTOR:
    case NOTICE_USER:
        return _("About security");
    default:
        return _("Notice");
    }
}

static void fill_row(struct page *page, const struct dead_notice *notice, bool may)
{
    struct tpl_dict *row = tpl_row(page->dict, "NOTICE");
    const bool can_retry = !notice->is_secret && notice->address_now[0] != '\0';
    tpl_set_int(row, "ID", notice->id);
    tpl_set(row, "KIND", kind_text(notice));
    tpl_set(row, "CHANNEL", notice->channel == CHANNEL_SMS ? _("SMS") : _("Email"));
    tpl_set(row, "ADDRESS", contact_mask(page->ctx, notice->channel, notice->address));
    tpl_show_if(row, "OF_ACCOUNT", notice->account_no[0] != '\0');
    tpl_set(row, "ACCOUNT_NO", notice->account_no);
    tpl_set(row, "ACCOUNT_NAME", notice->account_name);
    tpl_set(row, "WHEN", format_time(page->ctx, notice->done_at, page->zone));
    tpl_set_int(row, "TRIES", notice->tries);
    tpl_set(row, "WHY", notice->detail[0] != '\0' ? notice->detail : _("No answer"));
    tpl_show_if(row, "CAN_RETRY", may && can_retry);
    tpl_show_if(row, "SECRET", notice->is_secret);
    tpl_show_if(row, "NOWHERE", !notice->is_secret && !can_retry);
}

const struct err *dead_notices_get(struct call *call)
{
    struct listing l = {.call = call, .before_at = INSTANT_NONE};
    if (call->request->method != HTTP_POST)
        list_key_read(form_text(call->form, "before"), &l.before_at, &l.before_id);
    TRY(db_transaction(call->db, DB_READ_ONLY, read_list, &l));
    struct page *page = call_page(call, "dead_notices", _("Undelivered messages"));
    page->current = "/dead-notices";
    TRY(desk_call_warn_of_denials(call, page));
    tpl_show_if(page->dict, "EMPTY", l.n == 0);
    tpl_show_if(page->dict, "LIST", l.n > 0);
    tpl_set_int(page->dict, "ALL", l.all);
    tpl_set_int(page->dict, "READY", l.ready);
    tpl_show_if(page->dict, "CAN_RETRY_ALL", desk_call_may(call) && l.ready > 0);
    for (size_t i = 0; i < l.n; i++)
        fill_row(page, &l.list[i], desk_call_may(call));
    pager_fill(page->dict, &(struct pager){
        .newest = l.before_at == INSTANT_NONE ? NULL : "/dead-notices",
        .older = !l.has_more ? NULL : mem_text(call->mem, "/dead-notices?before=%s",
                                               list_key_text(call->mem, l.list[l.n - 1].done_at, l.list[l.n - 1].id))});
    return call_show(call, 0);
}

static const struct err *said(struct call *call, const struct act *act, const char *done)
{
    call_flash(call, act->is_done ? done : "notice-gone");
    return call_go(call, "/dead-notices");
}

const struct err *dead_notice_retry_post(struct call *call)
{
    enum desk_outcome outcome = DESK_DONE;
    struct act *act = call_act(call, "/dead-notices");
    TRY(act_seen_before(act));
    if (!act->is_done)
        TRY(desk_notice_retry(act, strtoll(call->vars.values[0], NULL, 10), &outcome));
    return said(call, act, "notice-retried");
}

const struct err *dead_notices_retry_post(struct call *call)
{
    enum desk_outcome outcome = DESK_DONE;
    struct act *act = call_act(call, "/dead-notices");
    TRY(desk_notices_retry_all(act, &outcome));
    return said(call, act, "notices-retried");
}
