#include "pages.h"

#include "action/team.h"
#include "base/text.h"
#include "base/url.h"
#include "step_up_call.h"
#include "view/view_role.h"


static const char *const roles[] = {"owner", "viewer", "admin", "manager", "ops", "auditor", NULL};

/* What was typed comes back by the query after the password was asked for. */
const struct field_spec team_invite_query[] = {
    {.name = "email", .kind = FIELD_EMAIL, .max = LOGIN_MAX},
    {.name = "role", .kind = FIELD_CHOICE, .choices = roles},
    {.name = NULL},
};
const struct field_spec team_invite_fields[] = {
    {.name = "email", .kind = FIELD_EMAIL, .max = LOGIN_MAX},
    {.name = "role", .kind = FIELD_CHOICE, .choices = roles},
    {.name = NULL},
};

static struct page *make_page(struct call *call)
{
    struct page *page = call_page(call, "team_invite", _("Invite a person"));
    page->is_narrow = true;
    page->current = "/team";
    page_crumb(page, "/team", _("Team"));
    page_crumb(page, NULL, page->title);
    tpl_set(page->dict, "EMAIL", call_typed(call, "email", ""));
    return page;
}

static const struct err *show(struct call *call, int status)
{
    page_field(call->page, "email", "EMAIL_FAULT", "EMAIL_ERROR");
    view_role_choices(call->page, call->actor.kind, form_text(call->form, "role"));
    return call_show(call, status);
}

static const char *here(const struct call *call)
{
    const char *email = form_text(call->form, "email"), *role = form_text(call->form, "role");
    char *path = mem_text(call->mem, "/team/invite?email=%s&role=%s", url_encode(call->mem, email), role);
    return url_is_local(path) ? path : "/team/invite";
}

const struct err *team_invite_get(struct call *call)
{
    if (!call->is_stale && step_up_first(call, here(call)))
        return NULL;
    make_page(call);
    return show(call, 0);
}

static enum role find_faults(struct call *call)
{
    enum role role = ROLE_ANONYMOUS;
    if (!text_is_email(form_text(call->form, "email")))
        page_fault(call->page, "email", _("Enter an email address, like name@example.com"));
    if (!role_find(form_text(call->form, "role"), &role) || !role_fits(role, call->actor.kind))
        page_fault(call->page, "role", _("Select a role"));
    return role;
}

const struct err *team_invite_post(struct call *call)
{
    enum team_outcome outcome = TEAM_DONE;
    struct page *page = make_page(call);
    const enum role role = find_faults(call);
    if (page->faults_n > 0)
        return show(call, 0);
    struct act *act = call_act(call, "/team");
    TRY(team_invite(act, form_text(call->form, "email"), role, &outcome));
    switch (outcome) {
    case TEAM_DONE:
        call_flash(call, "team-invited");
        return call_go(call, "/team");
    case TEAM_NO_STEP_UP:
        return step_up_go(call, here(call));
    case TEAM_IS_MEMBER:
        page_fault(page, "email", _("This person belongs to your team already"));
        return show(call, 0);
    case TEAM_TOO_MANY:
        page_message(page, TONE_BAD, _("Your account has sent too many invitations"), _("Try again tomorrow."));
        return show(call, 429);
    case TEAM_LAST:
    case TEAM_SAME:
        break;
    }
    return err_new(ERR_BUG, 0, "an invitation ended with outcome %d", (int)outcome);
}
