#include "pages.h"

#include "base/text.h"
#include "team_call.h"
#include "view/view_role.h"

const struct err *team_remove_get(struct call *call)
{
    struct member *member = NULL;
    TRY(team_call_member(call, &member));
    if (member == NULL)
        return NULL;
    int64_t leaders = 0;
    TRY(team_count(call->db, call->actor.account_id, team_leader(call->actor.kind), &leaders));
    if (leaders <= 1 && member->role == team_leader(call->actor.kind))
        return team_call_end(call, call_act(call, NULL), member, TEAM_LAST, "");
    struct page *page = team_call_page(call, "team_remove", text_fill(call->mem, _("Remove {name}?"), "name", member->name, NULL), member);
    tpl_set(page->dict, "ROLE_TEXT", view_role(member->role));
    return call_show(call, 0);
}

const struct err *team_remove_post(struct call *call)
{
    struct member *member = NULL;
    enum team_outcome outcome = TEAM_DONE;
    struct act *act = call_act(call, "/team");
    /* Sent twice: the member is gone by the second time. */
    TRY(act_seen_before(act));
    if (act->is_done)
        return call_go(call, "%s", act->location);
    TRY(team_call_member(call, &member));
    if (member == NULL)
        return NULL;
    act->location = team_call_location(call, member);
    TRY(team_remove(act, member->id, &outcome));
    return team_call_end(call, act, member, outcome, "team-removed");
}
