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
    {.name = "code", .kind = FIELD_CODE, .max = 16},
    {.name = NULL},
};

bool step_up_is_recent(const struct call *call)
{
    return call->now - call->step_up_at <= call->site->config->session.step_up_s * CLOCK_SECOND;
}

const struct err *step_up_go(struct call *call, const char *next)
{
    call->is_put_off = true;
    return call_go(call, "/step-up?next=%s", url_encode(call->mem, next));
}

bool step_up_first(struct call *call, const char *next)
{
    if (step_up_is_recent(call))
        return false;
    step_up_go(call, next);
    return true;
}

static const char *next_of(const struct call *call)
{
    const char *next = form_text(call->form, "next");
    return url_is_local(next) && strncmp(next, "/step-up", 8) != 0 ? next : "/";
}

static const struct err *make_page(struct call *call, bool *takes_code)
{
    TRY(step_up_takes_code(call_act(call, NULL), takes_code));
    struct page *page = call_page(call, "step_up", _("Confirm that it’s you"));
    page->is_narrow = true;
    tpl_set(page->dict, "NEXT", next_of(call));
    tpl_set(page->dict, "LOGIN", call->actor.login);
    tpl_set(page->dict, "LASTS", text_fill(call->mem, _("You are about to change who can act for your account, or how. We don’t ask again for {duration}."),
                                           "duration", format_duration(call->mem, call->site->config->session.step_up_s), NULL));
    return NULL;
}

static const struct err *show(struct call *call, bool takes_code, int status)
{
    page_field(call->page, "password", "PASSWORD_FAULT", "PASSWORD_ERROR");
    page_field(call->page, "code", "CODE_FAULT", "CODE_ERROR");
    if (takes_code)
        tpl_show(call->page->dict, "WITH_CODE");
    return call_show(call, status);
}

static const struct err *show_wait(struct call *call, bool takes_code, int64_t until)
{
    const int64_t seconds = (until - call->now + CLOCK_SECOND - 1) / CLOCK_SECOND;
    const char *time = format_clock_s(call->mem, until + CLOCK_SECOND - 1, call->zone);
    page_message(call->page, TONE_BAD, _("Too many tries"),
                 text_fill(call->mem, _("Try again after {time}."), "time", time, NULL));
    http_header(call->response, "Retry-After", mem_text(call->mem, "%lld", (long long)seconds));
    return show(call, takes_code, 429);
}

const struct err *step_up_get(struct call *call)
{
    bool takes_code = false;
    if (!call->is_stale && step_up_is_recent(call))
        return call_go(call, "%s", next_of(call));
    TRY(make_page(call, &takes_code));
    return show(call, takes_code, 0);
}

const struct err *step_up_post(struct call *call)
{
    const char *password = form_text(call->form, "password"), *code = form_text(call->form, "code");
    const bool by_code = password[0] == '\0' && code[0] != '\0';
    bool takes_code = false;
    TRY(make_page(call, &takes_code));
    if (password[0] == '\0' && (code[0] == '\0' || !takes_code)) {
        page_fault(call->page, "password", takes_code ? _("Enter your password or a one-time password") : _("Enter your password"));
        return show(call, takes_code, 0);
    }
    struct step_up result = {.agent = call->request->user_agent, .old_token = call->session_token};
    TRY(step_up(call_act(call, NULL), password, code, &result));
    switch (result.outcome) {
    case STEP_UP_DONE:
        http_set_cookie(call->response, &call->site->cookies, "session", result.token, -1);
        return call_go(call, "%s", next_of(call));
    case STEP_UP_WAIT:
        return show_wait(call, takes_code, result.wait_until);
    case STEP_UP_WRONG:
        break;
    }
    if (by_code)
        page_fault(call->page, "code", _("The one-time password is not correct"));
    else
        page_fault(call->page, "password", _("The password is not correct"));
    return show(call, takes_code, 0);
}
