#include <stdlib.h>

#include "action/invite.h"
#include "base/clock.h"
#include "base/text.h"
#include "list_key.h"
#include "pager.h"
#include "pages.h"
#include "store/store_invitation.h"
#include "view/qr.h"
#include "view/view_invitation.h"

#define PER_PAGE 20

const struct field_spec invitations_query[] = {
    {.name = "before", .kind = FIELD_TOKEN, .max = 48},   /* <at>.<id> of the last one on the page before */
    {.name = NULL},
};

static const char *who(const void *ctx, const struct invitation *invitation)
{
    return invitation->name[0] != '\0' ? invitation->name : invite_object(ctx, invitation);
}

static const char *until(struct page *page, const struct invitation *invitation)
{
    return invitation->expires_at == INSTANT_NONE ? _("Until you revoke it")
                                                  : format_time(page->ctx, invitation->expires_at, page->zone);
}

static bool can_send_again(const struct call *call, const struct invitation *invitation)
{
    return call->actor.role == ROLE_ADMIN && invitation->kind == INVITATION_EMAIL &&
           (invitation->status == INVITATION_OPEN || invitation->status == INVITATION_EXPIRED);
}

/* What list and page say alike. */
static void fill(const struct call *call, struct page *page, struct tpl_dict *dict, const struct invitation *invitation)
{
    const struct view_badge badge = view_invitation_badge(invitation, call->now);
    const char *failure = view_invitation_failure(page->ctx, invitation, call->now, page->zone);
    tpl_set_int(dict, "ID", invitation->id);
    tpl_set(dict, "WHO", who(page->ctx, invitation));
    tpl_show_if(dict, "WITH_EMAIL", invitation->email[0] != '\0');
    tpl_set(dict, "EMAIL", invitation->email);
    tpl_set(dict, "SENT", format_time(page->ctx, invitation->sent_at, page->zone));
    tpl_set(dict, "UNTIL", until(page, invitation));
    tpl_set(dict, "BADGE_CSS", badge.css);
    tpl_set(dict, "BADGE", badge.text);
    tpl_show_if(dict, "WITH_FAILURE", failure[0] != '\0');
    tpl_set(dict, "FAILURE", failure);
    tpl_show_if(dict, "CAN_SEND_AGAIN", can_send_again(call, invitation));
}

/* --- the list --- */

struct reading { struct call *call; int64_t before_at, before_id; struct invitation_page page; };

static const struct err *read_list(struct db *db, void *arg)
{
    struct reading *reading = arg;
    return invitation_list(db, reading->call->mem, reading->call->actor.account_id, reading->before_at, reading->before_id,
                           PER_PAGE, &reading->page);
}

const struct err *invitations_get(struct call *call)
{
    struct reading reading = {.call = call, .before_at = INSTANT_NONE};
    bool is_later = list_key_read(form_text(call->form, "before"), &reading.before_at, &reading.before_id);
    TRY(db_transaction(call->db, DB_READ_ONLY, read_list, &reading));
    const struct invitation_page *list = &reading.page;
    struct page *page = call_page(call, "invitations", _("Invitations"));
    page->current = "/invitations";
    tpl_show_if(page->dict, "CAN_INVITE", call->actor.role == ROLE_ADMIN);
    tpl_show(page->dict, list->n == 0 ? "EMPTY" : "LIST");
    for (size_t i = 0; i < list->n; i++) {
        struct tpl_dict *row = tpl_row(page->dict, "INVITATION");
        fill(call, page, row, &list->invitations[i]);
        tpl_set(row, "KIND", list->invitations[i].kind == INVITATION_EMAIL ? _("Email") : _("Link"));
    }
    const struct invitation *last = list->n > 0 ? &list->invitations[list->n - 1] : NULL;
    pager_fill(page->dict, &(struct pager){
        .newest = is_later ? "/invitations" : NULL,
        .older = !list->has_more ? NULL : mem_text(call->mem, "/invitations?before=%s", list_key_text(call->mem, last->created_at, last->id))});
    return call_show(call, 0);
}

/* --- one --- */

static int64_t id_of(const struct call *call) { return strtoll(call->vars.values[0], NULL, 10); }

static struct page *make_page(struct call *call, const struct invitation *invitation)
{
    struct page *page = call_page(call, "invitation", text_fill(call->mem, _("Invitation: {name}"), "name",
                                                                who(call->mem, invitation), NULL));
    struct tpl_dict *dict = page->dict;
    const char *url = call->actor.role == ROLE_ADMIN ? invite_url(call_act(call, NULL), invitation) : NULL;
    page->is_narrow = true;
    page->current = "/invitations";
    page_crumb(page, "/invitations", _("Invitations"));
    page_crumb(page, NULL, who(call->mem, invitation));
    fill(call, page, dict, invitation);
    tpl_set(dict, "CREATED", format_time(call->mem, invitation->created_at, call->zone));
    tpl_set(dict, "CREATED_BY", invitation->created_by_name);
    tpl_show_if(dict, "WITH_SENT", invitation->kind == INVITATION_EMAIL);
    tpl_show_if(dict, "WITH_DECIDED", invitation->decided_at != INSTANT_NONE);
    tpl_set(dict, "DECIDED", invitation->decided_at == INSTANT_NONE ? "" : format_time(call->mem, invitation->decided_at, call->zone));
    tpl_show_if(dict, "WITH_CUSTOMER", invitation->status == INVITATION_ACCEPTED);
    tpl_set(dict, "CUSTOMER", invitation->customer_name);
    tpl_set(dict, "CUSTOMER_NO", invitation->customer_no);
    tpl_show_if(dict, "WITH_LINK", url != NULL);
    tpl_set(dict, "URL", url != NULL ? url : "");
    tpl_show_if(dict, "CAN_REVOKE", call->actor.role == ROLE_ADMIN && invitation->status == INVITATION_OPEN);
    return page;
}

static const struct err *show(struct call *call)
{
    page_field(call->page, "resend", "RESEND_FAULT", "RESEND_ERROR");
    return call_show(call, 0);
}

const struct err *invitation_get(struct call *call)
{
    struct invitation *invitation = NULL;
    TRY(invite_find(call_act(call, NULL), id_of(call), &invitation));
    if (invitation == NULL)
        return call_missing(call);
    make_page(call, invitation);
    return show(call);
}

const struct err *invitation_qr_get(struct call *call)
{
    struct invitation *invitation = NULL;
    struct act *act = call_act(call, NULL);
    TRY(invite_find(act, id_of(call), &invitation));
    const char *url = invitation != NULL ? invite_url(act, invitation) : NULL;
    if (url == NULL || !qr_svg(url, call->response->body))
        return call_missing(call);
    http_header(call->response, "Content-Type", "image/svg+xml");
    return NULL;
}

static const struct err *show_closed(struct call *call)
{
    return call_error_page(call, 409, _("This invitation is no longer open"),
                           _("It was answered, revoked or has expired. See what became of it, or send a new one."),
                           mem_text(call->mem, "/invitations/%lld", (long long)id_of(call)), _("See what is current"));
}

const struct err *invitation_revoke_post(struct call *call)
{
    struct act *act = call_act(call, mem_text(call->mem, "/invitations/%lld", (long long)id_of(call)));
    struct invite_result result = {.outcome = INVITE_DONE};
    TRY(invite_revoke(act, id_of(call), &result));
    if (!act->is_done)
        return show_closed(call);
    call_flash(call, "invitation-revoked");
    return call_go(call, "%s", act->location);
}

const struct err *invitation_resend_post(struct call *call)
{
    struct act *act = call_act(call, mem_text(call->mem, "/invitations/%lld", (long long)id_of(call)));
    struct invite_result result = {.outcome = INVITE_DONE};
    TRY(invite_again(act, id_of(call), &result));
    if (act->is_done) {
        call_flash(call, "invited-again");
        return call_go(call, "%s", act->location);
    }
    if (result.outcome == INVITE_CLOSED)
        return show_closed(call);
    struct page *page = make_page(call, result.invitation);
    switch (result.outcome) {
    case INVITE_WAIT:
        page_fault(page, "resend", text_fill(call->mem, _("It was sent a moment ago. Try again after {time}"), "time",
                                             format_clock_s(call->mem, result.at, call->zone), NULL));
        break;
    case INVITE_TOO_MANY:
        page_fault(page, "resend", _("It was sent too often. Ask the customer to look into the spam folder, or make a link"));
        break;
    case INVITE_PARTNER_FROZEN:
        page_fault(page, "resend", _("Your account is frozen. Contact support"));
        break;
    case INVITE_ALREADY_OPEN:
        page_fault(page, "resend", _("This address has a newer open invitation. Send that one again"));
        break;
    default:
        page_fault(page, "resend", _("This customer already has a partner"));
        break;
    }
    return show(call);
}
