#include "pages.h"

#include <stdlib.h>

#include "action/team.h"
#include "base/clock.h"
#include "view/view_role.h"

struct reading {
    struct call *call;
    struct member *members;
    size_t members_n;
    struct team_invitation *invitations;
    size_t invitations_n;
};

static const struct err *read_all(struct db *db, void *arg)
{
    struct reading *reading = arg;
    const struct call *call = reading->call;
    TRY(team_list(db, call->mem, call->actor.account_id, &reading->members, &reading->members_n));
    return team_invitation_list(db, call->mem, call->actor.account_id, call->now, &reading->invitations, &reading->invitations_n);
}

static void fill_members(const struct call *call, const struct reading *reading)
{
    const enum role leader = team_leader(call->actor.kind);
    size_t leaders = 0;
    for (size_t i = 0; i < reading->members_n; i++)
        leaders += reading->members[i].role == leader;
    for (size_t i = 0; i < reading->members_n; i++) {
        const struct member *member = &reading->members[i];
        struct tpl_dict *row = tpl_row(call->page->dict, "MEMBER");
        tpl_set_int(row, "ID", member->id);
        tpl_set(row, "NAME", member->name);
        tpl_set(row, "LOGIN", member->login);
        tpl_set(row, "ROLE_TEXT", view_role(member->role));
        tpl_set(row, "SINCE", format_date(call->mem, member->joined_at, call->zone));
        tpl_show_if(row, "YOU", member->id == call->actor.user_id);
        tpl_show_if(row, "CAN_REMOVE", member->role != leader || leaders > 1);
    }
}

static void fill_invitations(const struct call *call, const struct reading *reading)
{
    if (reading->invitations_n == 0)
        return;
    struct tpl_dict *card = tpl_row(call->page->dict, "INVITATIONS");
    for (size_t i = 0; i < reading->invitations_n; i++) {
        const struct team_invitation *invitation = &reading->invitations[i];
        struct tpl_dict *row = tpl_row(card, "INVITATION");
        tpl_set_int(row, "ID", invitation->id);
        tpl_set(row, "LOGIN", invitation->login);
        tpl_set(row, "ROLE_TEXT", view_role(invitation->role));
        tpl_set(row, "SENT", format_time(call->mem, invitation->created_at, call->zone));
        tpl_set(row, "UNTIL", format_time(call->mem, invitation->expires_at, call->zone));
    }
}

const struct err *team_get(struct call *call)
{
    struct reading reading = {.call = call};
    TRY(db_transaction(call->db, DB_READ_ONLY, read_all, &reading));
    struct page *page = call_page(call, "team", _("Team"));
    page->current = "/team";
    fill_members(call, &reading);
    fill_invitations(call, &reading);
    return call_show(call, 0);
}

const struct err *team_take_back_post(struct call *call)
{
    const int64_t id = strtoll(call->vars.values[0], NULL, 10);
    enum team_outcome outcome = TEAM_DONE;
    bool is_ours = false;
    TRY(team_invitation_is_of(call->db, call->actor.account_id, id, &is_ours));
    if (!is_ours)
        return call_missing(call);
    TRY(team_take_back(call_act(call, "/team"), id, &outcome));
    call_flash(call, outcome == TEAM_DONE ? "team-taken-back" : "team-gone");
    return call_go(call, "/team");
}
