#include "action/reset_password.h"
#include "pages.h"
#include "password_text.h"

const struct field_spec reset_password_fields[] = {
    {.name = "password", .kind = FIELD_PASSWORD},
    {.name = NULL},
};

static struct page *make_page(struct call *call)
{
    struct page *page = call_page(call, "reset_password", _("Choose a new password"));
    page->is_narrow = true;
    tpl_set(page->dict, "ACTION", call->request->path);
    tpl_set_int(page->dict, "MIN", PASSWORD_MIN_POINTS);
    return page;
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

const struct err *reset_password_get(struct call *call)
{
    bool is_open = false;
    TRY(reset_password_is_open(call_act(call, NULL), call->vars.values[0], &is_open));
    if (!is_open)
        return show_gone(call);
    make_page(call);
    return show(call);
}

const struct err *reset_password_post(struct call *call)
{
    const char *password = form_text(call->form, "password");
    if (password[0] == '\0') {
        page_fault(make_page(call), "password", _("Enter a new password"));
        return show(call);
    }
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
    page_fault(make_page(call), "password", password_text(reset.fault));
    return show(call);
}
