#include "pages.h"
#include "sign_in_page.h"

const struct field_spec sign_in_code_fields[] = {
    {.name = "next", .kind = FIELD_TEXT, .max = SIGN_IN_NEXT_MAX},
    {.name = "code", .kind = FIELD_CODE, .max = 16},
    {.name = NULL},
};

static const struct err *half_cookie(struct call *call, const char **half)
{
    return http_cookie(call->request, http_cookie_name(call->mem, &call->site->cookies, "half"), half);
}

static struct page *make_page(struct call *call)
{
    struct page *page = call_page(call, "sign_in_code", _("Enter your one-time password"));
    page->is_narrow = true;
    tpl_set(page->dict, "NEXT", sign_in_next(call));
    tpl_set(page->dict, "CODE", call_typed(call, "code", ""));
    tpl_set(page->dict, "BACK", sign_in_path(call, "/sign-in"));
    return page;
}

static const struct err *show(struct call *call)
{
    page_field(call->page, "code", "CODE_FAULT", "CODE_ERROR");
    return call_show(call, 0);
}

/* From the beginning: the first step was too long ago. */
static const struct err *start_again(struct call *call)
{
    sign_in_drop_cookie(call, "half");
    call_flash(call, "sign-in-again");
    return call_go(call, "%s", sign_in_path(call, "/sign-in"));
}

const struct err *sign_in_code_get(struct call *call)
{
    const char *half = "";
    TRY(half_cookie(call, &half));
    if (call->actor.role != ROLE_ANONYMOUS)
        return call_go(call, "%s", sign_in_next(call));
    if (half[0] == '\0')
        return call_go(call, "%s", sign_in_path(call, "/sign-in"));
    make_page(call);
    return show(call);
}

const struct err *sign_in_code_post(struct call *call)
{
    const char *half = "", *code = form_text(call->form, "code");
    TRY(half_cookie(call, &half));
    struct page *page = make_page(call);
    if (half[0] == '\0')
        return start_again(call);
    if (code[0] == '\0') {
        page_fault(page, "code", _("Enter your one-time password"));
        return show(call);
    }
    struct sign_in sign_in = {.agent = call->request->user_agent, .old_token = call->session_token};
    TRY(sign_in_code(call_act(call, NULL), half, code, &sign_in));
    switch (sign_in.outcome) {
    case SIGN_IN_DONE:
        return sign_in_done(call, &sign_in);
    case SIGN_IN_LATE:
        return start_again(call);
    case SIGN_IN_WAIT:
        return sign_in_show_wait(call, &sign_in);
    case SIGN_IN_WRONG:
    case SIGN_IN_HALF:
        break;
    }
    page_fault(page, "code", _("The code is not correct. Each code works once: wait for the next one"));
    return show(call);
}
