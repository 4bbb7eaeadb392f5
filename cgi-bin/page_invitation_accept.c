#include "base/clock.h"
#include "base/text.h"
#include "base/url.h"
#include "invitation_page.h"
#include "pages.h"
#include "routes.h"
#include "view/view_invitation.h"

/* --- shared with the pages of registering --- */

const char *invitation_page_path(struct call *call, const char *rest)
{
    return mem_text(call->mem, "/invitation/%s%s", call->vars.values[0], rest);
}

const char *invitation_page_sign_in(struct call *call)
{
    return mem_text(call->mem, "/sign-in?next=%s", url_encode(call->mem, invitation_page_path(call, "")));
}

struct reading { struct call *call; struct invitation_found *found; };

static const struct err *read_work(struct db *db, void *arg)
{
    struct reading *reading = arg;
    (void)db;
    return invitation_answer_read(call_act(reading->call, NULL), reading->call->vars.values[0], reading->found);
}

const struct err *invitation_page_read(struct call *call, struct invitation_found *found)
{
    struct reading reading = {.call = call, .found = found};
    return db_transaction(call->db, DB_READ_ONLY, read_work, &reading);
}

static const struct { const char *title, *text; } endings[INVITATION_STATUSES] = {
    [INVITATION_ACCEPTED] = {N_("This invitation was already used"),
                             N_("It was accepted: {time}. An invitation works once. Ask {partner} to send you a new one.")},
    [INVITATION_DECLINED] = {N_("This invitation was declined"),
                             N_("It was declined: {time}. If you changed your mind, ask {partner} to send you a new one.")},
    [INVITATION_REVOKED] = {N_("This invitation was revoked"),
                            N_("The partner took it back: {time}. Ask {partner} to send you a new one.")},
    [INVITATION_EXPIRED] = {N_("This invitation has expired"), N_("It worked until {time}. Ask {partner} to send you a new one.")},
};

const struct err *invitation_page_closed(struct call *call, const struct invitation_found *found)
{
    const struct invitation *invitation = found->invitation;
    if (invitation == NULL)
        return call_error_page(call, 404, _("This invitation doesn’t work"),
                               _("Part of the link may be missing, or a newer invitation was sent in its place. Open the link in "
                                 "your newest message, or ask the partner to send a new one."),
                               "/", _("Go to the start page"));
    bool is_own = invitation->status == INVITATION_ACCEPTED && invitation->customer_id == call->actor.account_id;
    if (is_own)
        return call_error_page(call, 410, _("You accepted this invitation"),
                               text_fill(call->mem, _("You did that on {time}. There is nothing left to do here."), "time",
                                         format_time(call->mem, invitation->decided_at, call->zone), NULL),
                               "/my-partner", _("Go to My Partner"));
    int64_t at = found->status == INVITATION_EXPIRED ? invitation->expires_at : invitation->decided_at;
    return call_error_page(call, 410, _(endings[found->status].title),
                           text_fill(call->mem, _(endings[found->status].text), "time", format_time(call->mem, at, call->zone),
                                     "partner", invitation->partner_name, NULL),
                           "/", _("Go to the start page"));
}

/* --- the page --- */

static bool has_page(const char *path) { return route_page(path) != NULL; }

static const struct err *show(struct call *call, const struct invitation_found *found, int status)
{
    const struct invitation *invitation = found->invitation;
    enum role role = call->actor.role;
    struct page *page = call_page(call, "invitation_accept",
                                  text_fill(call->mem, _("{partner} invites you to become its customer"), "partner",
                                            invitation->partner_name, NULL));
    page->is_narrow = true;
    view_invitation_meaning(page, invitation, call->site->config->association.default_freeze);
    if (found->gates != 0)
        view_invitation_gates(page, found->gates, &found->facts, has_page);
    tpl_show_if(page->dict, "VISITOR", role == ROLE_ANONYMOUS && found->gates == 0);
    tpl_set(page->dict, "SIGN_IN_HREF", invitation_page_sign_in(call));
    tpl_set(page->dict, "REGISTER_HREF", invitation_page_path(call, "/register"));
    tpl_show_if(page->dict, "VIEWER", role == ROLE_VIEWER && found->gates == 0);
    tpl_show_if(page->dict, "CAN_ACCEPT", role == ROLE_OWNER && found->gates == 0);
    tpl_set(page->dict, "ACCEPT_ACTION", invitation_page_path(call, "/accept"));
    tpl_set(page->dict, "ACCOUNT_NAME", call->actor.account_name);
    tpl_set(page->dict, "ACCOUNT_NO", call->actor.account_no);
    tpl_show_if(page->dict, "CAN_DECLINE", invitation_answer_may_decline(&call->actor, invitation));
    tpl_set(page->dict, "DECLINE_ACTION", invitation_page_path(call, "/decline"));
    return call_show(call, status);
}

const struct err *invitation_accept_get(struct call *call)
{
    struct invitation_found found;
    TRY(invitation_page_read(call, &found));
    return found.invitation == NULL || found.status != INVITATION_OPEN ? invitation_page_closed(call, &found)
                                                                      : show(call, &found, 0);
}

static const struct err *show_refusal(struct call *call, const struct answer_result *result)
{
    return result->outcome == ANSWER_GATES ? show(call, &result->found, 409) : invitation_page_closed(call, &result->found);
}

const struct err *invitation_accept_post(struct call *call)
{
    struct act *act = call_act(call, "/my-partner");
    struct answer_result result = {.outcome = ANSWER_DONE};
    TRY(invitation_answer_accept(act, call->vars.values[0], &result));
    if (!act->is_done)
        return show_refusal(call, &result);
    call_flash(call, "associated");
    return call_go(call, "%s", act->location);
}

/* Where it leads holds the token, which is kept nowhere: it is not the act's location. */
const struct err *invitation_decline_post(struct call *call)
{
    struct act *act = call_act(call, NULL);
    struct answer_result result = {.outcome = ANSWER_DONE};
    TRY(invitation_answer_decline(act, call->vars.values[0], &result));
    return act->is_done ? call_go(call, "%s", invitation_page_path(call, "")) : show_refusal(call, &result);
}
