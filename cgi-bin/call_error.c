/* call_error.c - the page for every end of the road. No page is blank, half, or a look inside. */
#include "call.h"

#include "base/clock.h"
#include "base/text.h"
#include "routes.h"
#include "view/view_role.h"

#define RETRY_AFTER_S 5          /* as static/unavailable.html is sent by the web server */
#define THROTTLED_S 60

struct trouble {
    int status;
    const char *title, *text;
    const char *more;            /* another paragraph; NULL: none */
    const char *what;            /* what was wrong with the bytes, as the log has it; NULL: none */
    const char *href, *link;     /* NULL: none */
};

static const struct err *show(struct call *call, const struct trouble *trouble)
{
    struct page *page = call_page(call, "error", trouble->title);
    page->is_narrow = true;
    page->messages_n = 0;
    call->flash = "";            /* is said on the next page that is none of these */
    tpl_set(page->dict, "TEXT", trouble->text);
    tpl_show_if(page->dict, "WITH_MORE", trouble->more != NULL);
    tpl_set(page->dict, "MORE", trouble->more);
    tpl_show_if(page->dict, "WITH_WHAT", trouble->what != NULL);
    tpl_set(page->dict, "WHAT", trouble->what);
    tpl_set(page->dict, "HTTP_ID", call->http_id);
    tpl_show_if(page->dict, "WITH_ID", trouble->status >= 500);
    tpl_show_if(page->dict, "WITH_LINK", trouble->href != NULL);
    tpl_set(page->dict, "LINK", trouble->href);
    tpl_set(page->dict, "LINK_TEXT", trouble->link);
    return call_show(call, trouble->status);
}

const struct err *call_error_page(struct call *call, int status, const char *title, const char *text, const char *href,
                                  const char *link)
{
    return show(call, &(struct trouble){.status = status, .title = title, .text = text, .href = href, .link = link});
}

const struct err *call_missing(struct call *call)
{
    return call_error_page(call, 404, _("Page not found"),
                           _("If you followed a link, the request may already be closed."), "/", _("Go to the start page"));
}

static const struct err *show_input(struct call *call, const struct err *err)
{
    return show(call, &(struct trouble){
        .status = err->code == 415 ? 415 : 400, .title = _("We couldn’t read what was sent"),
        .text = _("Nothing was changed. Go back, load the page again and send it once more."), .what = err->what,
        .href = "/", .link = _("Go to the start page")});
}

/* The role that would do, when an owner of the same account could give it. */
static const char *missing_role(const struct call *call)
{
    static const enum role givable[] = {ROLE_OWNER, ROLE_VIEWER, ROLE_ADMIN, ROLE_MANAGER, ROLE_OPS, ROLE_AUDITOR};
    for (size_t i = 0; call->route != NULL && i < sizeof givable / sizeof givable[0]; i++)
        if ((call->route->roles & givable[i]) != 0 && role_fits(givable[i], call->actor.kind))
            return view_role(givable[i]);
    return NULL;
}

static const struct err *show_denied(struct call *call)
{
    const char *role = missing_role(call);
    const char *text = role != NULL
        ? text_fill(call->mem, _("Ask your account owner for the “{role}” role."), "role", role, NULL)
        : _("It is for accounts of another kind.");
    return call_error_page(call, 403, _("You don’t have access to this page"), text, "/", _("Go to the start page"));
}

static const struct err *show_throttled(struct call *call, const struct err *err)
{
    int64_t wait_s = err->code > 0 ? err->code : THROTTLED_S;
    const char *time = format_clock_s(call->mem, call->now + wait_s * CLOCK_SECOND, call->zone);
    http_header(call->response, "Retry-After", mem_text(call->mem, "%lld", (long long)wait_s));
    return call_error_page(call, 429, _("Too many tries"), text_fill(call->mem, _("Try again after {time}."), "time", time, NULL),
                           NULL, NULL);
}

/* A GET changes nothing, but it may be the one that shows what a POST before it has done. */
static const struct err *show_our_side(struct call *call, const struct err *err)
{
    const char *unsure =
        _("We cannot tell whether your last step was saved. Open My Partner to see its status before you try again.");
    bool is_post = call->request->method == HTTP_POST;
    if (err->kind != ERR_BUG)
        http_header(call->response, "Retry-After", mem_text(call->mem, "%d", RETRY_AFTER_S));
    return show(call, &(struct trouble){
        .status = err->kind == ERR_BUG ? 500 : 503, .title = _("Something went wrong on our side"),
        .text = is_post ? unsure : _("Nothing was changed. Try again in a few minutes."),
        .more = is_post ? NULL : mem_text(call->mem, "%s %s", _("Have you just sent something?"), unsure),
        .href = "/", .link = _("Go to the start page")});
}

const struct err *call_fail(struct call *call, const struct err *err)
{
    call->logged = err;
    switch (err->kind) {
    case ERR_INPUT:
        return show_input(call, err);
    case ERR_TOO_LARGE:
        return call_error_page(call, 413, _("What you sent is too long"),
                               _("Nothing was changed. Go back, shorten your text and try again."), NULL, NULL);
    case ERR_SIGNED_OUT:
        return call_go(call, "/sign-in");
    case ERR_DENIED:
        return show_denied(call);
    case ERR_MISSING:
        return call_missing(call);
    case ERR_CONFLICT:
        return call_error_page(call, 409, _("Someone else changed this"),
                               _("Nothing of yours was saved. See what is current, then try again."), "/",
                               _("See what is current"));
    case ERR_THROTTLED:
        return show_throttled(call, err);
    case ERR_BUSY:
    case ERR_UNCERTAIN:
    case ERR_BUG:
        break;
    }
    return show_our_side(call, err);
}
