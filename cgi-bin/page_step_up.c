#include "pages.h"

#include <string.h>

#include "action/step_up.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/url.h"
#include "step_up_call.h"

#define NEXT_MAX 200

const struct field_spec step_up_query[] = {
    {.name = "next", .kind = FIELD_TEXT, .max = NEXT_MAX},
    {.name = NULL},
};
const struct field_spec step_up_fields[] = {
    {.name = "next", .kind = FIELD_TEXT, .max = NEXT_MAX},
    {.name = "password", .kind = FIELD_PASSWORD},
    {.name = NULL},
};

static bool is_fresh(const struct call *call)
{
    return call->now - call->step_up_at <= call->site->config->session.step_up_s * CLOCK_SECOND;
}

const struct err *step_up_go(struct call *call, const char *next)
{
    return call_go(call, "/step-up?next=%s", url_encode(call->mem, next));
}

bool step_up_first(struct call *call, const char *next)
{
    if (is_fresh(call))
        return false;
    step_up_go(call, next);
    return true;
}

static const char *next_of(const struct call *call)
{
    const char *next = form_text(call->form, "next");
    return url_is_local(next) && strncmp(next, "/step-up", 8) != 0 ? next : "/";
}

static struct page *make_page(struct call *call)
{
    struct page *page = call_page(call, "step_up", _("Confirm that it’s you"));
    page->is_narrow = true;
    tpl_set(page->dict, "NEXT", next_of(call));
    tpl_set(page->dict, "LOGIN", call->actor.login);
    tpl_set(page->dict, "LASTS", text_fill(call->mem, _("You are about to change who can act for your account, or how. We don’t ask again for {duration}."),
                                           "duration", format_duration(call->mem, call->site->config->session.step_up_s), NULL));
    return page;
}

static const struct err *show(struct call *call)
{
    page_field(call->page, "password", "PASSWORD_FAULT", "PASSWORD_ERROR");
    return call_show(call, 0);
}

static const struct err *show_wait(struct call *call, int64_t until)
{
    const int64_t seconds = (until - call->now + CLOCK_SECOND - 1) / CLOCK_SECOND;
    const char *time = format_clock_s(call->mem, until + CLOCK_SECOND - 1, call->zone);
    page_message(call->page, TONE_BAD, _("Too many tries"),
                 text_fill(call->mem, _("Try again after {time}."), "time", time, NULL));
    http_header(call->response, "Retry-After", mem_text(call->mem, "%lld", (long long)seconds));
    page_field(call->page, "password", "PASSWORD_FAULT", "PASSWORD_ERROR");
    return call_show(call, 429);
}

const struct err *step_up_get(struct call *call)
{
    if (!call->is_stale && is_fresh(call))
        return call_go(call, "%s", next_of(call));
    make_page(call);
    return show(call);
}

const struct err *step_up_post(struct call *call)
{
    const char *password = form_text(call->form, "password");
    struct page *page = make_page(call);
    if (password[0] == '\0') {
        page_fault(page, "password", _("Enter your password"));
        return show(call);
    }
    struct step_up result = {.agent = call->request->user_agent};
    TRY(step_up(call_act(call, NULL), password, &result));
    switch (result.outcome) {
    case STEP_UP_DONE:
        http_set_cookie(call->response, &call->site->cookies, "session", result.token, -1);
        return call_go(call, "%s", next_of(call));
    case STEP_UP_WAIT:
        return show_wait(call, result.wait_until);
    case STEP_UP_WRONG:
        break;
    }
    page_fault(page, "password", _("The password is not correct"));
    return show(call);
}
