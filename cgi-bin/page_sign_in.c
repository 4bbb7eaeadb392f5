#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/url.h"
#include "kept.h"
#include "pages.h"
#include "sign_in_page.h"

const struct field_spec sign_in_query[] = {
    {.name = "next", .kind = FIELD_TEXT, .max = SIGN_IN_NEXT_MAX},
    {.name = NULL},
};
const struct field_spec sign_in_fields[] = {
    {.name = "next", .kind = FIELD_TEXT, .max = SIGN_IN_NEXT_MAX},
    {.name = "login", .kind = FIELD_EMAIL, .max = 254},
    {.name = "password", .kind = FIELD_PASSWORD},
    {.name = NULL},
};

/* --- shared with the page of the second step --- */

const char *sign_in_next(const struct call *call)
{
    const char *next = call->form != NULL ? form_text(call->form, "next") : "";
    /* Back to signing in is no place to go, with or without a query. */
    return url_is_local(next) && strncmp(next, "/sign-in", 8) != 0 ? next : "/";
}

const char *sign_in_path(const struct call *call, const char *path)
{
    const char *next = sign_in_next(call);
    return strcmp(next, "/") == 0 ? path : mem_text(call->mem, "%s?next=%s", path, url_encode(call->mem, next));
}

void sign_in_drop_cookie(struct call *call, const char *base)
{
    http_set_cookie(call->response, &call->site->cookies, base, "", 0);
}

const struct err *sign_in_done(struct call *call, const struct sign_in *sign_in)
{
    http_set_cookie(call->response, &call->site->cookies, "session", sign_in->token, -1);
    sign_in_drop_cookie(call, "half");
    sign_in_drop_cookie(call, "visit");
    /* The profile's language, from here on; one that is chosen by the link afterwards is this browser's until the next time. */
    if (sign_in->lang[0] != '\0')
        sign_in_drop_cookie(call, "lang");
    return call_go(call, "%s", sign_in_next(call));
}

const struct err *sign_in_show_wait(struct call *call, const struct sign_in *sign_in)
{
    /* The second in which it works again, not the one before it. */
    int64_t seconds = (sign_in->wait_until - call->now + CLOCK_SECOND - 1) / CLOCK_SECOND;
    const char *time = format_clock_s(call->mem, sign_in->wait_until + CLOCK_SECOND - 1, call->zone);
    page_message(call->page, TONE_BAD, _("Too many tries"),
                 text_fill(call->mem, _("Try again after {time}."), "time", time, NULL));
    http_header(call->response, "Retry-After", mem_text(call->mem, "%lld", (long long)seconds));
    return call_show(call, 429);
}

/* --- user name and password --- */

static struct page *make_page(struct call *call)
{
    struct page *page = call_page(call, "sign_in", _("Sign in"));
    page->is_narrow = true;
    tpl_set(page->dict, "NEXT", sign_in_next(call));
    tpl_set(page->dict, "LOGIN", call_typed(call, "login", ""));
    return page;
}

static const struct err *show(struct call *call)
{
    page_field(call->page, "login", "LOGIN_FAULT", "LOGIN_ERROR");
    page_field(call->page, "password", "PASSWORD_FAULT", "PASSWORD_ERROR");
    return call_show(call, 0);
}

const struct err *sign_in_get(struct call *call)
{
    if (call->actor.role != ROLE_ANONYMOUS)
        return call_go(call, "%s", sign_in_next(call));
    struct page *page = make_page(call);
    if (call->session_timed_out) {
        bool is_kept = false;
        TRY(kept_waits(call, sign_in_next(call), &is_kept));
        page_message(page, TONE_WARN, _("You were signed out because you were inactive"),
                     is_kept ? _("Your answers are saved. Sign in to continue.") : _("Sign in to continue."));
    }
    return show(call);
}

const struct err *sign_in_post(struct call *call)
{
    const char *login = form_text(call->form, "login"), *password = form_text(call->form, "password");
    struct page *page = make_page(call);
    if (login[0] == '\0')
        page_fault(page, "login", _("Enter your user name"));
    if (password[0] == '\0')
        page_fault(page, "password", _("Enter your password"));
    if (page->faults_n > 0)
        return show(call);

    struct sign_in sign_in = {.agent = call->request->user_agent, .old_token = call->session_token};
    TRY(sign_in_password(call_act(call, NULL), login, password, &sign_in));
    switch (sign_in.outcome) {
    case SIGN_IN_DONE:
        return sign_in_done(call, &sign_in);
    case SIGN_IN_HALF:
        http_set_cookie(call->response, &call->site->cookies, "half", sign_in.half, SIGN_IN_HALF_S);
        return call_go(call, "%s", sign_in_path(call, "/sign-in/code"));
    case SIGN_IN_WAIT:
        return sign_in_show_wait(call, &sign_in);
    case SIGN_IN_LATE:
        call->is_stale = true;
        (void)make_page(call);
        return show(call);
    case SIGN_IN_WRONG:
        break;
    }
    page_fault(page, "login", _("The user name or password is not correct"));
    return show(call);
}
