#include "call.h"

#include <stdarg.h>
#include <string.h>

#include "base/clock.h"
#include "base/url.h"
#include "flash.h"
#include "routes.h"
#include "store/store_code.h"

/* Patterns are followed by values: "/requests/{no}" with DR1 is "/requests/DR1". */
const char *call_page_path(struct call *call)
{
    if (call->route == NULL || call->request->method != HTTP_POST)
        return call->request->path;
    const char *pattern = route_form_page(call->route);
    struct buf *path = buf_new(call->mem, 128);
    size_t var = 0;
    if (strcmp(pattern, ROUTE_ANY_PAGE) == 0)
        return "/";
    for (const char *p = pattern; *p != '\0'; p++) {
        if (*p == '{') {
            buf_text(path, var < call->vars.n ? call->vars.values[var++] : "");
            p = strchr(p, '}');
        } else {
            buf_char(path, *p);
        }
    }
    return path->bytes;
}

/* The language link of every page holds its path: one that a browser could read as another site is not repeated. */
static const char *path_to_show(struct call *call)
{
    const char *path = call_page_path(call);
    return url_is_local(path) ? path : "/";
}

/* NULL before a form is read, too. */
static const struct field *find_typed(const struct call *call, const char *name)
{
    return call->form != NULL ? form_find(call->form, name) : NULL;
}

/* What the language link repeats with it. A form carries the query of its page in fields of the same names. */
static const char *query_to_show(struct call *call)
{
    if (call->request->method != HTTP_POST)
        return call->request->query;
    const struct route *page = call->route != NULL ? route_page(route_form_page(call->route)) : NULL;
    const struct field_spec *spec = page != NULL ? page->fields : NULL;
    struct buf *query = buf_new(call->mem, 64);
    for (; spec != NULL && spec->name != NULL; spec++) {
        const struct field *field = find_typed(call, spec->name);
        if (field == NULL || field->typed[0] == '\0')
            continue;
        buf_format(query, "%s%s=%s", query->n > 0 ? "&" : "", spec->name, url_encode(call->mem, field->typed));
    }
    return query->bytes;
}

struct page *call_page(struct call *call, const char *stem, const char *title)
{
    struct page *page = page_new(call->mem, stem);
    page->lang = call->lang->tag;
    page->zone = call->zone;
    page->now = call->now;
    page->title = title;
    page->path = path_to_show(call);
    page->query = query_to_show(call);
    page->current = "";
    page->actor = &call->actor;
    page->unread = call->unread;
    page->support = call_support(call);
    page->csrf = guard_csrf(call->mem, &call->site->csrf_key, call->session_token);
    page->once = guard_once_make(call->mem, &call->site->once_key, call->session_token,
                                 call->route != NULL ? route_form_page(call->route) : "", call->now);
    call->page = page;
    if (call->card_number_field != NULL)
        page_fault(page, call->card_number_field,
                   _("Take the full card number out. We never keep one, so nothing was saved."));
    else if (call->is_stale)
        page_message(page, TONE_WARN, _("This page was open for too long, so we didn’t save it"),
                     _("Check your answers and continue."));
    const struct flash *flash = flash_find(call->flash);
    if (flash != NULL) {
        page_message(page, flash->tone, _(flash->title), flash->text[0] != '\0' ? _(flash->text) : "");
        page->messages[page->messages_n - 1].is_status = true;
    }
    return page;
}

const struct err *call_show(struct call *call, int status)
{
    struct page *page = call->page;
    if (status == 0)
        status = call->card_number_field != NULL ? 400 : call->is_stale ? 403 : page->faults_n > 0 ? 400 : 200;
    if (page->faults_n > 0)
        page->is_error = true;
    if (call->kept != NULL && call->kept->is_shown)
        page_message(page, TONE_INFO, _("We kept what you typed"), _("Check it and continue."));
    if (call->flash[0] != '\0')
        http_set_cookie(call->response, &call->site->cookies, "flash", "", 0);
    call->response->status = status;
    http_header(call->response, "Content-Type", "text/html; charset=utf-8");
    http_header(call->response, "Content-Language", page->lang);
    return page_render(page, call->response->body);
}

const struct err *call_go(struct call *call, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *path = mem_vtext(call->mem, format, args);
    va_end(args);
    if (!url_is_local(path))
        path[strcspn(path, "?")] = '\0';
    if (!url_is_local(path))
        return err_new(ERR_BUG, 0, "a redirect to what is no path of ours");
    http_redirect(call->response, path);
    return NULL;
}

void call_flash(struct call *call, const char *code)
{
    call->said = code;
    http_set_cookie(call->response, &call->site->cookies, "flash", code, 60);
}

const char *call_typed(const struct call *call, const char *name, const char *otherwise)
{
    const struct field *field = find_typed(call, name);
    if (field != NULL && (field->is_present || field < call->form->fields + call->typed_n))
        return field->typed;
    field = call->kept != NULL ? form_find(call->kept->form, name) : NULL;
    if (field == NULL || !field->is_present)
        return otherwise;
    call->kept->is_shown = true;
    return field->typed;
}

struct act *call_act(struct call *call, const char *location)
{
    struct act *act = mem_new(call->mem, struct act);
    act->mem = call->mem;
    act->db = call->db;
    act->config = call->site->config;
    act->keys = &call->site->act_keys;
    act->now = call->now;
    act->actor = &call->actor;
    act->ip = call->request->remote_addr;
    act->http_id = call->http_id;
    act->lang = call->lang->tag;
    if (call->request->method == HTTP_POST) {
        act->once_digest = call->once_digest;
        act->route = call->route->pattern;
    }
    act->location = location;
    struct made *made = mem_new(call->mem, struct made);
    *made = (struct made){.act = act, .before = call->acts};
    call->acts = made;
    return act;
}

const struct err *call_gets_email(struct call *call, bool *gets)
{
    struct contact *contacts = NULL;
    size_t n = 0;
    *gets = false;
    TRY(contact_list(call->db, call->mem, call->actor.account_id, &contacts, &n));
    for (size_t i = 0; i < n; i++)
        *gets |= contacts[i].channel == CHANNEL_EMAIL && contacts[i].verified_at != INSTANT_NONE;
    return NULL;
}

const char *call_support(const struct call *call) { return call->site->config->site.support; }
