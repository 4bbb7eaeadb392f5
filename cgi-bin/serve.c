#include "serve.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/rand.h"
#include "base/url.h"
#include "domain/card_number.h"
#include "kept.h"
#include "routes.h"
#include "visit.h"

#define FORM_TTL_S (24 * 60 * 60)   /* as long as a draft is kept */
#define LANG_COOKIE_S (365 * 24 * 60 * 60)

/* --- time ------------------------------------------------------------------------------------------------------------ */

/* How long ago the web server passed this request on. Its clock is the machine's, whatever a test does to ours. */
static int64_t waited(const struct http_request *request)
{
    struct timespec time;
    if (request->passed_at == 0 || clock_gettime(CLOCK_REALTIME, &time) != 0)
        return 0;
    int64_t age = (int64_t)time.tv_sec * CLOCK_SECOND + time.tv_nsec / 1000 - request->passed_at;
    return age > 0 ? age : 0;
}

/* Somebody who waited too long has been told that it failed: nothing may be done behind their back. */
static const struct err *set_deadline(struct call *call)
{
    int64_t left = call->site->config->web.request_deadline_s * CLOCK_SECOND - waited(call->request);
    if (left <= 0)
        return err_new(ERR_BUSY, 0, "the request waited too long");
    db_deadline(call->db, call->now + left);
    return NULL;
}

/* --- language -------------------------------------------------------------------------------------------------------- */

/* The language in "?lang=zh-Hans", which every page takes; NULL if none. *path is this page without it, as an address has it. */
static const struct lang *asked_language(struct call *call, const char **path)
{
    const char *query = call->request->query;
    struct buf *rest = buf_new(call->mem, 64);
    const struct lang *lang = NULL;
    for (const char *p = query; *p != '\0';) {
        size_t n = strcspn(p, "&");
        if (strncmp(p, "lang=", 5) == 0) {
            lang = lang_find(mem_copy_n(call->mem, p + 5, n - 5));
        } else if (n > 0) {
            buf_char(rest, rest->n == 0 ? '?' : '&');
            buf_add(rest, p, n);
        }
        p += n + (p[n] == '&');
    }
    *path = mem_text(call->mem, "%s%s", url_encode_path(call->mem, call->request->path), rest->bytes);
    return lang;
}

/* It is remembered in a cookie, and the page comes again without it. An address that is too long to lead to is answered
 * at once. */
static bool took_language(struct call *call, const struct lang **lang)
{
    const char *path = NULL;
    if (call->request->method == HTTP_POST || (*lang = asked_language(call, &path)) == NULL)
        return false;
    http_set_cookie(call->response, &call->site->cookies, "lang", (*lang)->tag, LANG_COOKIE_S);
    if (!url_is_local(call->request->path) || !url_is_local(path))
        return false;
    http_redirect(call->response, path);
    return true;
}

/* --- the gate -------------------------------------------------------------------------------------------------------- */

static bool is_free_text(enum field_kind kind)
{
    return kind == FIELD_TEXT || kind == FIELD_LINES || kind == FIELD_EMAIL || kind == FIELD_DATE;
}

/* Whatever is typed may be stored or kept, so a full card number goes no further than this: its digits are wiped out of what is
 * shown again. */
static void mask_card_numbers(struct call *call)
{
    for (size_t i = 0; i < call->form->n; i++) {
        struct field *field = &call->form->fields[i];
        if (!is_free_text(field->spec->kind) || !(card_number_in(field->typed) || card_number_in(field->text)))
            continue;
        field->typed = card_number_mask(call->mem, field->typed);
        field->text = card_number_mask(call->mem, field->text);
        if (call->card_number_field == NULL)
            call->card_number_field = field->spec->name;
    }
}

/* A form sent with anything but the fields of its row is refused as a whole. */
static const struct err *read_form(struct call *call)
{
    const struct http_request *request = call->request;
    if (request->method != HTTP_POST)
        return form_parse(call->mem, NULL, call->route->fields, request->query, strlen(request->query), false, &call->form);
    static const char urlencoded[] = "application/x-www-form-urlencoded";
    if (strcmp(request->content_type, urlencoded) != 0)
        return err_new(ERR_INPUT, 415, "the content type of a form is %s", urlencoded);
    TRY(form_parse(call->mem, route_common_fields, call->route->fields, request->body, request->body_n, true, &call->form));
    mask_card_numbers(call);
    return NULL;
}

/* A page that shows a form again may ask for the fields of its own query: they are there, and empty. */
static void add_query_fields(struct call *call)
{
    const struct route *page = route_page(route_form_page(call->route));
    struct form *form = call->form;
    size_t more = 0;
    call->typed_n = form->n;
    while (page != NULL && page->fields != NULL && page->fields[more].name != NULL)
        more++;
    struct field *fields = mem_array(form, struct field, form->n + more);
    memcpy(fields, form->fields, form->n * sizeof *fields);
    form->fields = fields;
    for (size_t i = 0; i < more; i++)
        if (form_find(form, page->fields[i].name) == NULL)
            form->fields[form->n++] = (struct field){.spec = &page->fields[i], .text = "", .typed = ""};
}

static const struct err *to_sign_in(struct call *call)
{
    const char *path = call_page_path(call);
    const char *query = call->request->method == HTTP_POST ? "" : call->request->query;
    char *next = query[0] != '\0' ? mem_text(call->mem, "%s?%s", path, query) : mem_copy(call->mem, path);
    if (!url_is_local(next) || strcmp(next, "/") == 0)
        return call_go(call, "/sign-in");
    return call_go(call, "/sign-in?next=%s", url_encode(call->mem, next));
}

static bool is_own_form(const struct call *call)
{
    return guard_same_origin(call->request, call->site->config->web.public_url);
}

static const struct err *enter(struct call *call)
{
    if ((call->route->roles & call->actor.role) != 0)
        return NULL;
    if (call->actor.role != ROLE_ANONYMOUS)
        return err_new(ERR_DENIED, 0, "role %s", role_name(call->actor.role));
    if (call->request->method == HTTP_POST && is_own_form(call) && read_form(call) == NULL)
        TRY(kept_save_signed_out(call));
    return err_new(ERR_SIGNED_OUT, 0, "nobody is signed in");
}

/* The session's token, the form's one-time key. Wrong ones make the form stale: they may be of an earlier session of the
 * same person, so the page is shown again and nothing is done. */
static void judge_tokens(struct call *call)
{
    unsigned char digest[SECRET_DIGEST_BYTES];
    const char *csrf = form_text(call->form, "csrf");
    const char *page = route_form_page(call->route);
    call->is_stale = !guard_csrf_is_right(&call->site->csrf_key, call->session_token, csrf);
    if (strcmp(page, ROUTE_ANY_PAGE) == 0)
        secret_sha256(csrf, strlen(csrf), digest);
    else if (!guard_once_check(&call->site->once_key, call->session_token, page, form_text(call->form, "once"), call->now,
                               FORM_TTL_S, digest))
        call->is_stale = true;
    if (!call->is_stale) {
        char *bound = mem_text(call->mem, "%s %s", secret_hex(call->mem, digest, sizeof digest), call->request->path);
        secret_sha256(bound, strlen(bound), call->once_digest);
    }
}

/* --- the path -------------------------------------------------------------------------------------------------------- */

static const struct err *get(struct call *call)
{
    TRY(read_form(call));
    TRY(db_ready(call->db, call->now));
    TRY(kept_load(call));
    return call->route->handle(call);
}

/* A form that has done nothing here may have been sent twice, and the other one be done since this one was first looked at: then
 * it gets the answer of that one. */
static const struct err *give_first_answer(struct call *call)
{
    for (const struct made *made = call->acts; made != NULL; made = made->before)
        if (made->act->is_done && made->act->once_digest != NULL)
            return NULL;
    struct act *act = call_act(call, NULL);
    TRY(act_seen_before(act));
    if (!act->is_done || !url_is_local(act->location))
        return NULL;
    http_reset(call->response);
    call->said = NULL;
    return call_go(call, "%s", act->location);
}

static const struct err *post(struct call *call)
{
    if (!is_own_form(call)) {
        call->logged = err_new(ERR_DENIED, 0, "a form from another site");
        return call_error_page(call, 403, _("This form came from another site"),
                               _("Nothing was changed. Open the page here and send the form again."), "/",
                               _("Go to the start page"));
    }
    TRY(read_form(call));
    judge_tokens(call);
    call->is_stale |= call->card_number_field != NULL;
    add_query_fields(call);
    TRY(db_ready(call->db, call->now));
    if (!call->is_stale) {
        TRY(call->route->handle(call));
        TRY(give_first_answer(call));
        const struct err *err = kept_settle(call);
        if (err != NULL)
            call->logged = err;      /* what the form was for is done */
        return NULL;
    }
    db_only_read(call->db, true);
    call->route = route_page(route_form_page(call->route));
    return call->route != NULL ? call->route->handle(call) : call_go(call, "/");
}

static const struct err *handle(struct call *call)
{
    const char *allow = "";
    const struct lang *lang = NULL;
    call->route = route_find(call->mem, call->request->method, call->request->path, &call->vars, &allow);
    TRY(set_deadline(call));
    db_only_read(call->db, call->request->method != HTTP_POST);
    if (took_language(call, &lang))
        return NULL;
    TRY(visit_find(call));
    if (lang != NULL) {
        call->lang = lang;
        lang_use(lang);
    }
    if (call->route == NULL && allow[0] == '\0')
        return call_missing(call);
    if (call->route == NULL) {
        http_header(call->response, "Allow", allow);
        return call_error_page(call, 405, _("This can’t be done here"), _("Go back and use the buttons on the page."), "/",
                               _("Go to the start page"));
    }
    const struct err *err = enter(call);
    if (err != NULL)
        return err->kind == ERR_SIGNED_OUT ? to_sign_in(call) : err;
    if (call->must_enrol && (call->route->flags & ROUTE_ENROLS) == 0)
        return call_go(call, "/security");
    return call->request->method == HTTP_POST ? post(call) : get(call);
}

static void log_request(const struct call *call)
{
    log_begin("request");
    log_text("id", call->http_id);
    log_text("method", call->request->method_name);
    log_text("path", card_number_mask(call->mem, route_log_path(call->mem, call->request->path)));
    log_text("route", call->route != NULL ? call->route->pattern : NULL);
    log_text("page", call->page != NULL ? call->page->stem : NULL);
    log_int("status", call->response->status);
    log_int("bytes", (int64_t)call->response->body->n);
    log_int("user", call->actor.user_id);
    log_text("ip", call->request->remote_addr);
    log_int("micros", clock_now() - call->now);
    if (call->logged != NULL) {
        log_text("error", err_kind_name(call->logged->kind));
        log_text("what", call->logged->what);
        log_text("where", call->logged->where);
    }
    log_end();
}

/* When even the error page cannot be rendered. */
static void last_words(struct call *call)
{
    http_reset(call->response);
    call->response->status = 503;
    http_header(call->response, "Content-Type", "text/plain; charset=utf-8");
    http_header(call->response, "Retry-After", "5");
    buf_text(call->response->body, "Something went wrong on our side. We cannot tell whether your last step was saved. "
                                   "Open My Partner to see its status before you try again.\n");
}

/* The connection outlives the request; what held for the request does not. */
static void let_go(struct db *db)
{
    db_only_read(db, false);
    db_deadline(db, 0);
}

static struct call *begin(void *ctx, struct site *site)
{
    struct call *call = mem_new(ctx, struct call);
    unsigned char id[8];
    call->mem = ctx;
    call->site = site;
    call->db = site->db;
    call->now = clock_now();
    rand_bytes(id, sizeof id);
    memcpy(call->http_id, secret_hex(ctx, id, sizeof id), 2 * sizeof id + 1);
    call->response = http_response_new(ctx);
    visit_begin(call);
    return call;
}

struct buf *serve_one(void *ctx, const struct http_source *source, struct site *site)
{
    struct call *call = begin(ctx, site);
    const struct err *err = http_parse(ctx, source, (size_t)site->config->web.body_max_bytes, &call->request);
    if (err == NULL)
        err = handle(call);
    else
        visit_language(call);
    if (err == NULL && call->response->body->n == 0 && call->response->status != 303)
        err = err_new(ERR_BUG, 0, "the handler has answered nothing");
    if (err != NULL) {
        http_reset(call->response);
        if (call->session_token[0] == '\0')
            call->session_token = rand_token(ctx, 32);   /* no cookie goes with it: such a form is stale when it is sent */
        err = call_fail(call, err);
    }
    if (err != NULL) {
        call->logged = err;
        last_words(call);
    }
    let_go(site->db);
    http_security_headers(call->response, site->config->web.secure_cookies);
    log_request(call);
    return http_response_bytes(ctx, call->response, call->request->method == HTTP_HEAD);
}
