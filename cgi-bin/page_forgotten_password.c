#include "action/reset_password.h"
#include "base/text.h"
#include "pages.h"

const struct field_spec forgotten_password_fields[] = {
    {.name = "login", .kind = FIELD_EMAIL, .max = 254},
    {.name = NULL},
};

static struct page *make_page(struct call *call)
{
    struct page *page = call_page(call, "forgotten_password", _("Forgotten password"));
    page->is_narrow = true;
    tpl_set(page->dict, "LOGIN", call_typed(call, "login", ""));
    return page;
}

static const struct err *show(struct call *call)
{
    page_field(call->page, "login", "LOGIN_FAULT", "LOGIN_ERROR");
    return call_show(call, 0);
}

const struct err *forgotten_password_get(struct call *call)
{
    make_page(call);
    return show(call);
}

const struct err *forgotten_password_post(struct call *call)
{
    const char *login = form_text(call->form, "login");
    if (!text_is_email(login)) {
        page_fault(make_page(call), "login",
                   login[0] == '\0' ? _("Enter your user name") : _("Enter an email address, like name@example.com"));
        return show(call);
    }
    struct act *act = call_act(call, "/forgotten-password/sent");
    TRY(reset_password_ask(act, login));
    return call_go(call, "/forgotten-password/sent");
}

const struct err *forgotten_password_sent_get(struct call *call)
{
    struct page *page = call_page(call, "forgotten_password_sent", _("Check your email"));
    page->is_narrow = true;
    tpl_set_int(page->dict, "MINUTES", RESET_TTL_S / 60);
    return call_show(call, 0);
}
