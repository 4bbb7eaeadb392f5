#include "pages.h"

#include <stdlib.h>

#include "base/text.h"
#include "step_up_call.h"
#include "team_call.h"
#include "view/view_role.h"

static const char *const roles[] = {"owner", "viewer", "admin", "manager", "ops", "auditor", NULL};

const struct field_spec team_member_fields[] = {
    {.name = "role", .kind = FIELD_CHOICE, .choices = roles},
    {.name = NULL},
};

/* --- shared with the page that removes --- */

const struct err *team_call_member(struct call *call, struct member **out)
{
    struct member *member = NULL;
    *out = NULL;
    TRY(team_member(call->db, call->mem, call->actor.account_id, strtoll(call->vars.values[0], NULL, 10), &member));
    if (member == NULL)
        return call_missing(call);
    if (call->request->method != HTTP_POST && step_up_first(call, call->request->path))
        return NULL;
    *out = member;
    return NULL;
}

struct page *team_call_page(struct call *call, const char *stem, const char *title, const struct member *member)
{
    struct page *page = call_page(call, stem, title);
    page->is_narrow = true;
    page->current = "/team";
    page_crumb(page, "/team", _("Team"));
    page_crumb(page, NULL, page->title);
    tpl_set_int(page->dict, "ID", member->id);
    tpl_set(page->dict, "LOGIN", member->login);
    tpl_show_if(page->dict, "YOU", member->id == call->actor.user_id);
    return page;
}

const char *team_call_location(const struct call *call, const struct member *member)
{
    return member->id == call->actor.user_id ? "/signed-out" : "/team";
}

const struct err *team_call_end(struct call *call, const struct act *act, const struct member *member, enum team_outcome outcome,
                                const char *flash)
{
    switch (outcome) {
    case TEAM_DONE:
        if (member->id != call->actor.user_id)
            call_flash(call, flash);
        return call_go(call, "%s", act->location);
    case TEAM_NO_STEP_UP:
        return step_up_go(call, call_page_path(call));
    case TEAM_LAST:
        return call_error_page(call, 409, _("Nobody would be left to look after this account"),
                               text_fill(call->mem, _("Give another person the role “{role}” first."), "role", view_role(member->role), NULL),
                               "/team", _("Go to the team"));
    case TEAM_SAME:
        return call_go(call, "/team");
    case TEAM_IS_MEMBER:
    case TEAM_TOO_MANY:
        break;
    }
    return err_new(ERR_BUG, 0, "a change of a team ended with outcome %d", (int)outcome);
}

/* --- another role --- */

static struct page *make_page(struct call *call, const struct member *member)
{
    struct page *page = team_call_page(call, "team_member", text_fill(call->mem, _("Role of {name}"), "name", member->name, NULL), member);
    tpl_show_if(page->dict, "OTHER", member->id != call->actor.user_id);
    return page;
}

static const struct err *show(struct call *call, const struct member *member)
{
    view_role_choices(call->page, call->actor.kind, call_typed(call, "role", role_name(member->role)));
    return call_show(call, 0);
}

const struct err *team_member_get(struct call *call)
{
    struct member *member = NULL;
    TRY(team_call_member(call, &member));
    if (member == NULL)
        return NULL;
    make_page(call, member);
    return show(call, member);
}

const struct err *team_member_post(struct call *call)
{
    struct member *member = NULL;
    enum role role = ROLE_ANONYMOUS;
    enum team_outcome outcome = TEAM_DONE;
    TRY(team_call_member(call, &member));
    if (member == NULL)
        return NULL;
    struct page *page = make_page(call, member);
    if (!role_find(form_text(call->form, "role"), &role) || !role_fits(role, call->actor.kind)) {
        page_fault(page, "role", _("Select a role"));
        return show(call, member);
    }
    struct act *act = call_act(call, team_call_location(call, member));
    TRY(team_change_role(act, member->id, role, &outcome));
    return team_call_end(call, act, member, outcome, "team-role");
}
