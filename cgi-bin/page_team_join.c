#include "pages.h"

#include "action/team.h"
#include "base/text.h"
#include "view/view_role.h"

#define NAME_MAX_POINTS 120

const struct field_spec team_join_fields[] = {
    {.name = "name", .kind = FIELD_TEXT, .max = NAME_MAX_POINTS},
    {.name = "password", .kind = FIELD_PASSWORD},
    {.name = "code", .kind = FIELD_CODE, .max = 16},
    {.name = NULL},
};

static const char *const password_faults[] = {
    [PASSWORD_FINE] = "",
    [PASSWORD_SHORT] = N_("Enter at least 12 characters"),
    [PASSWORD_LONG] = N_("Enter 128 characters or fewer"),
    [PASSWORD_COMMON] = N_("Many people use this password. Choose another one"),
    [PASSWORD_IS_LOGIN] = N_("Choose a password that is not like your user name"),
};

struct joining { struct team_invitation *invitation; const char *totp_secret; };

static const struct err *show_gone(struct call *call)
{
    return call_error_page(call, 404, _("This invitation no longer works"),
                           _("It was used, taken back, replaced by a newer one, or its time is over. Ask the person who invited you for a new one."),
                           "/sign-in", _("Sign in"));
}

/* *invitation NULL: the response is made. */
static const struct err *find(struct call *call, struct joining *j)
{
    *j = (struct joining){.invitation = NULL};
    TRY(team_join_find(call_act(call, NULL), call->vars.values[0], &j->invitation, &j->totp_secret));
    return j->invitation == NULL ? show_gone(call) : NULL;
}

static struct page *make_page(struct call *call, const struct joining *j)
{
    struct page *page = call_page(call, "team_join", text_fill(call->mem, _("Join {account}"), "account", j->invitation->account_name, NULL));
    page->is_narrow = true;
    tpl_set(page->dict, "ACTION", call->request->path);
    tpl_set(page->dict, "LOGIN", j->invitation->login);
    tpl_set(page->dict, "ROLE_TEXT", view_role(j->invitation->role));
    tpl_set(page->dict, "NAME", call_typed(call, "name", ""));
    tpl_set_int(page->dict, "MIN", PASSWORD_MIN_POINTS);
    tpl_show_if(page->dict, "TOTP", j->totp_secret != NULL);
    tpl_set(page->dict, "SECRET", j->totp_secret);
    return page;
}

static const struct err *show(struct call *call)
{
    page_field(call->page, "name", "NAME_FAULT", "NAME_ERROR");
    page_field(call->page, "password", "PASSWORD_FAULT", "PASSWORD_ERROR");
    page_field(call->page, "code", "CODE_FAULT", "CODE_ERROR");
    return call_show(call, 0);
}

const struct err *team_join_get(struct call *call)
{
    struct joining j;
    TRY(find(call, &j));
    if (j.invitation == NULL)
        return NULL;
    make_page(call, &j);
    return show(call);
}

static void find_faults(struct call *call, const struct joining *j)
{
    const struct field *name = form_field(call->form, "name");
    if (name->fault == FIELD_TOO_LONG)
        page_fault(call->page, "name", _("The name must be 120 characters or fewer"));
    else if (name->text[0] == '\0')
        page_fault(call->page, "name", _("Enter your name"));
    if (form_text(call->form, "password")[0] == '\0')
        page_fault(call->page, "password", _("Enter a password"));
    if (j->totp_secret != NULL && form_text(call->form, "code")[0] == '\0')
        page_fault(call->page, "code", _("Enter the code that your app shows"));
}

const struct err *team_join_post(struct call *call)
{
    struct joining j;
    struct act *act = call_act(call, "/sign-in");
    TRY(act_seen_before(act));
    if (act->is_done) {
        call_flash(call, "joined");
        return call_go(call, "%s", act->location);
    }
    TRY(find(call, &j));
    if (j.invitation == NULL)
        return NULL;
    struct page *page = make_page(call, &j);
    find_faults(call, &j);
    if (page->faults_n > 0)
        return show(call);
    struct team_join join = {
        .name = form_text(call->form, "name"), .password = form_text(call->form, "password"), .code = form_text(call->form, "code")};
    TRY(team_join(act, call->vars.values[0], &join));
    switch (join.outcome) {
    case JOIN_DONE:
        call_flash(call, "joined");
        return call_go(call, "/sign-in");
    case JOIN_GONE:
        return show_gone(call);
    case JOIN_TAKEN:
        return call_error_page(call, 409, _("You can already sign in with this address"),
                               _("It belongs to another account, and one address signs in for one account. Ask to be invited with another address."),
                               "/sign-in", _("Sign in"));
    case JOIN_PASSWORD:
        page_fault(page, "password", _(password_faults[join.fault]));
        break;
    case JOIN_CODE:
        page_fault(page, "code", _("The code is not correct. Enter the one your app shows now"));
        break;
    }
    return show(call);
}
