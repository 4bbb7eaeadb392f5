#include "action/reset_password.h"
#include "pages.h"
#include "password_text.h"

const struct field_spec reset_password_fields[] = {
    {.name = "password", .kind = FIELD_PASSWORD},
    {.name = NULL},
};

static void make_page(struct call *call, const char *login)
{
    struct page *page = call_page(call, "reset_password", _("Choose a new password"));
    page->is_narrow = true;
    tpl_set(page->dict, "ACTION", call->request->path);
    tpl_set(page->dict, "LOGIN", login);
    tpl_set_int(page->dict, "MIN", PASSWORD_MIN_POINTS);
}

static const struct err *show(struct call *call)
{
    page_field(call->page, "password", "PASSWORD_FAULT", "PASSWORD_ERROR");
    return call_show(call, 0);
}

static const struct err *show_gone(struct call *call)
{
    return call_error_page(call, 404, _("This link no longer works"),
                           _("It was used, a newer one was sent, or its time is over. Ask for a new link."),
                           "/forgotten-password", _("Ask for a new link"));
}

/* `fault` NULL: none yet. */
static const struct err *show_open(struct call *call, const char *fault)
{
    const char *login = NULL;
    TRY(reset_password_login(call_act(call, NULL), call->vars.values[0], &login));
    if (login == NULL)
        return show_gone(call);
    make_page(call, login);
    if (fault != NULL)
        page_fault(call->page, "password", fault);
    return show(call);
}

const struct err *reset_password_get(struct call *call) { return show_open(call, NULL); }

const struct err *reset_password_post(struct call *call)
{
    const char *password = form_text(call->form, "password");
    if (password[0] == '\0')
        return show_open(call, _("Enter a new password"));
    struct reset reset = {.outcome = RESET_GONE};
    TRY(reset_password_set(call_act(call, "/sign-in"), call->vars.values[0], password, &reset));
    switch (reset.outcome) {
    case RESET_DONE:
        call_flash(call, "password-set");
        return call_go(call, "/sign-in");
    case RESET_GONE:
        return show_gone(call);
    case RESET_REFUSED:
        break;
    }
    return show_open(call, password_text(reset.fault));
}
