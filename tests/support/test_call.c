#include "support/test_call.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/rand.h"
#include "base/url.h"
#include "serve.h"
#include "store/store_session.h"
#include "support/test_db.h"

#define HOPS_MAX 5
#define PAIRS_MAX 32

/* --- the site --- */

static char clock_path[128];

static void remove_clock(void)
{
    (void)unlink(clock_path);
}

struct site *test_site(struct db *db)
{
    static struct site *site;
    if (site != NULL) {
        site->db = db;
        return site;
    }
    struct config *config = test_db_config();
    (void)snprintf(clock_path, sizeof clock_path, "/tmp/mypartner-test-clock.%ld", (long)getpid());
    (void)atexit(remove_clock);
    config->web.public_url = TEST_PUBLIC_URL;
    config->web.secure_cookies = false;

    struct secret_key key;
    site = mem_new(config, struct site);
    memcpy(key.bytes, "a key for tests, of 32 bytes....", sizeof key.bytes);   /* as in test_world.c */
    secret_derive(&key, "csrf", &site->csrf_key);
    secret_derive(&key, "once", &site->once_key);
    act_keys(&key, &site->act_keys);
    site->config = config;
    site->db = db;
    site->cookies = (struct http_cookie_rules){.secure = false, .prefix = TEST_COOKIE_PREFIX};
    lang_init(TEST_BUILD "/messages");
    const char *tags[8];
    for (size_t i = 0; i < langs_n && i < 8; i++)
        tags[i] = langs[i].tag;
    const struct err *err = tpl_load(TEST_BUILD "/templates", tags, langs_n);
    if (err != NULL) {
        (void)fprintf(stderr, "templates: %s\n", err->what);
        abort();
    }
    test_site_clock(0);
    clock_use_test_file(clock_path);
    return site;
}

void test_site_clock(int64_t offset_s)
{
    FILE *file = fopen(clock_path, "w");
    if (file == NULL || fprintf(file, "%lld\n", (long long)offset_s) < 0 || fclose(file) != 0)
        abort();
}

void test_site_clock_at(int64_t at)
{
    test_site_clock(0);
    test_site_clock((at - clock_now()) / CLOCK_SECOND);
}

int64_t test_site_now(void) { return clock_now(); }

/* --- requests and answers --- */

struct body { const char *bytes; size_t n, at; };

static size_t read_body(void *arg, char *out, size_t n)
{
    struct body *body = arg;
    size_t left = body->n - body->at;
    if (n > left)
        n = left;
    memcpy(out, body->bytes + body->at, n);
    body->at += n;
    return n;
}

static void add_param(const void *ctx, const char **env, size_t *n, const char *name, const char *value)
{
    if (value != NULL)
        env[(*n)++] = mem_text(ctx, "%s=%s", name, value);
}

static const char *cookie_header(const struct browser *b, const void *ctx)
{
    struct buf *text = buf_new(ctx, 256);
    for (size_t i = 0; i < b->cookies_n; i++)
        buf_format(text, "%s%s=%s", i > 0 ? "; " : "", b->cookies[i].name, b->cookies[i].value);
    return text->n > 0 ? text->bytes : NULL;
}

static void put_cookie(struct browser *b, const char *name, const char *value)
{
    size_t i = 0;
    while (i < b->cookies_n && strcmp(b->cookies[i].name, name) != 0)
        i++;
    if (value[0] == '\0') {
        if (i < b->cookies_n)
            b->cookies[i] = b->cookies[--b->cookies_n];
        return;
    }
    if (i == BROWSER_COOKIES_MAX)
        fail_msg("too many cookies");
    if (i == b->cookies_n)
        b->cookies[b->cookies_n++].name = mem_copy(b, name);
    b->cookies[i].value = mem_copy(b, value);
}

/* "name=value; attributes": a Max-Age of 0 deletes. */
static void take_cookie(struct browser *b, const char *line)
{
    char *copy = mem_copy(b->mem, line);
    char *attributes = strchr(copy, ';');
    bool is_gone = attributes != NULL && strstr(attributes, "; Max-Age=0") != NULL;
    copy[strcspn(copy, ";")] = '\0';
    char *value = strchr(copy, '=');
    if (value == NULL)
        fail_msg("malformed Set-Cookie: %s", line);
    *value++ = '\0';
    put_cookie(b, copy, is_gone ? "" : value);
}

static const char *next_header(const struct browser *b, const char *from, const char *name)
{
    size_t n = strlen(name);
    for (const char *line = from; line != NULL && *line != '\0';) {
        const char *end = strstr(line, "\r\n");
        if (strncasecmp(line, name, n) == 0 && line[n] == ':')
            return mem_copy_n(b->mem, line + n + 2, (size_t)(end - line) - n - 2);
        line = end != NULL ? end + 2 : NULL;
    }
    return "";
}

const char *browser_header(const struct browser *b, const char *name) { return next_header(b, b->headers, name); }

static void take_answer(struct browser *b, const struct buf *bytes, bool is_head)
{
    const char *split = strstr(bytes->bytes, "\r\n\r\n");
    if (split == NULL) {
        fail_msg("an answer without end of headers");
        return;
    }
    b->headers = mem_copy_n(b->mem, bytes->bytes, (size_t)(split + 2 - bytes->bytes));
    b->body = split + 4;
    b->body_n = bytes->n - (size_t)(b->body - bytes->bytes);
    b->status = atoi(browser_header(b, "Status"));
    b->location = browser_header(b, "Location");
    for (const char *line = b->headers; *line != '\0'; line = strstr(line, "\r\n") + 2)
        if (strncasecmp(line, "Set-Cookie:", 11) == 0)
            take_cookie(b, next_header(b, line, "Set-Cookie"));
    if (b->body_n == 0 || is_head || strncmp(browser_header(b, "Content-Type"), "text/html", 9) != 0)
        return;
    if (tpl_missing()[0] != '\0')
        fail_msg("%s: markers without a value: %s", b->path, tpl_missing());
    talloc_free(b->page);
    b->page = mem_copy(b, b->body);
}

static void request(struct browser *b, const char *method, const char *path, const char *body)
{
    void *last = b->mem;   /* path and body may be of the last answer */
    const char *env[20];
    size_t n = 0;
    b->mem = mem_context(b, "request");
    b->path = mem_copy(b->mem, path);
    const char *sent = mem_copy(b->mem, body);
    talloc_free(last);
    b->status = 0;
    b->location = b->headers = b->body = "";
    b->body_n = 0;
    add_param(b->mem, env, &n, "REQUEST_METHOD", method);
    add_param(b->mem, env, &n, "REQUEST_URI", b->path);
    add_param(b->mem, env, &n, "REMOTE_ADDR", b->ip);
    add_param(b->mem, env, &n, "HTTP_HOST", "127.0.0.1:8080");
    add_param(b->mem, env, &n, "HTTP_USER_AGENT", b->agent);
    add_param(b->mem, env, &n, "HTTP_ACCEPT_LANGUAGE", b->accept_language);
    add_param(b->mem, env, &n, "HTTP_SEC_FETCH_SITE", b->fetch_site);
    add_param(b->mem, env, &n, "HTTP_COOKIE", cookie_header(b, b->mem));
    struct body source_body = {.bytes = "", .n = 0};
    if (sent != NULL) {
        source_body = (struct body){.bytes = sent, .n = strlen(sent)};
        add_param(b->mem, env, &n, "HTTP_ORIGIN", b->origin);
        add_param(b->mem, env, &n, "CONTENT_TYPE", "application/x-www-form-urlencoded");
        add_param(b->mem, env, &n, "CONTENT_LENGTH", mem_text(b->mem, "%zu", source_body.n));
    }
    env[n] = NULL;
    struct http_source source = {.env = env, .read = read_body, .arg = &source_body};
    if (b->before_serving != NULL)
        b->before_serving();
    struct buf *bytes = serve_one(b->mem, &source, b->site);
    if (b->after_serving != NULL)
        b->after_serving();
    assert_non_null(bytes);
    take_answer(b, bytes, strcmp(method, "HEAD") == 0);
}

struct browser *browser_new(struct site *site)
{
    struct browser *b = mem_new(site, struct browser);
    b->site = site;
    b->ip = "192.0.2.7";
    b->agent = "test browser";
    b->origin = TEST_PUBLIC_URL;
    b->location = b->headers = b->body = b->path = "";
    return b;
}

void browser_get(struct browser *b, const char *path) { request(b, "GET", path, NULL); }

void browser_head(struct browser *b, const char *path) { request(b, "HEAD", path, NULL); }

void browser_post_body(struct browser *b, const char *path, const char *body) { request(b, "POST", path, body); }

void browser_follow(struct browser *b)
{
    for (int i = 0; i < HOPS_MAX && b->status == 303; i++)
        browser_get(b, b->location);
    if (b->status == 303)
        fail_msg("redirected for ever: %s", b->location);
}

const char *browser_cookie(const struct browser *b, const char *base)
{
    const char *name = mem_text(b->mem != NULL ? b->mem : b, "%s%s", TEST_COOKIE_PREFIX, base);
    for (size_t i = 0; i < b->cookies_n; i++)
        if (strcmp(b->cookies[i].name, name) == 0)
            return b->cookies[i].value;
    return "";
}

void browser_set_cookie(struct browser *b, const char *base, const char *value)
{
    put_cookie(b, mem_text(b, "%s%s", TEST_COOKIE_PREFIX, base), value);
}

/* --- reading HTML: ours alone, so attributes are in double quotes --- */

static const struct { const char *entity, *text; } entities[] = {
    {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&nbsp;", " "},
};

static char *unescape(const void *ctx, const char *html, size_t n)
{
    struct buf *text = buf_new(ctx, n + 1);
    for (size_t i = 0; i < n;) {
        size_t e = 0, entities_n = sizeof entities / sizeof *entities;
        while (e < entities_n && strncmp(html + i, entities[e].entity, strlen(entities[e].entity)) != 0)
            e++;
        if (e < entities_n) {
            buf_text(text, entities[e].text);
            i += strlen(entities[e].entity);
        } else {
            buf_char(text, html[i++]);
        }
    }
    return text->bytes;
}

/* The value of an attribute of the tag that starts here; NULL if it has none. */
static char *attribute(const void *ctx, const char *tag, const char *name)
{
    const char *end = strchr(tag, '>');
    char *wanted = mem_text(ctx, " %s=\"", name);
    const char *at = strstr(tag, wanted);
    if (at == NULL || end == NULL || at > end)
        return NULL;
    at += strlen(wanted);
    return unescape(ctx, at, strcspn(at, "\""));
}

static const char *find_form(struct browser *b, const char *path, size_t nth, const char **end)
{
    const char *at = b->page != NULL ? b->page : "";
    while ((at = strstr(at, "<form")) != NULL) {
        const char *action = attribute(b->mem, at, "action"), *method = attribute(b->mem, at, "method");
        if (action != NULL && method != NULL && strcmp(method, "post") == 0 && strcmp(action, path) == 0 && nth-- == 0) {
            *end = strstr(at, "</form>");
            return at;
        }
        at += 5;
    }
    fail_msg("the page last shown has no such form: %s", path);
    return NULL;
}

struct pairs { const char *names[PAIRS_MAX], *values[PAIRS_MAX]; size_t n; };

static void put_pair(struct pairs *pairs, const char *name, const char *value)
{
    size_t i = 0;
    while (i < pairs->n && strcmp(pairs->names[i], name) != 0)
        i++;
    if (i == PAIRS_MAX)
        fail_msg("too many fields");
    if (i == pairs->n)
        pairs->n++;
    pairs->names[i] = name;
    pairs->values[i] = value;
}

static char *form_body(struct browser *b, size_t nth, const char *path, va_list args)
{
    const char *end = NULL;
    const char *at = find_form(b, path, nth, &end);
    struct pairs pairs = {.n = 0};
    while ((at = strstr(at, "<input type=\"hidden\"")) != NULL && at < end) {
        const char *value = attribute(b->mem, at, "value");
        put_pair(&pairs, attribute(b->mem, at, "name"), value != NULL ? value : "");
        at++;
    }
    for (const char *name; (name = va_arg(args, const char *)) != NULL;)
        put_pair(&pairs, name, va_arg(args, const char *));
    struct buf *body = buf_new(b, 512);
    for (size_t i = 0; i < pairs.n; i++)
        if (pairs.values[i] != NULL)
            buf_format(body, "%s%s=%s", body->n > 0 ? "&" : "", url_encode(b->mem, pairs.names[i]),
                       url_encode(b->mem, pairs.values[i]));
    return body->bytes;
}

void browser_post(struct browser *b, const char *path, ...)
{
    va_list args;
    va_start(args, path);
    const char *body = form_body(b, 0, path, args);
    va_end(args);
    browser_post_body(b, path, body);
}

void browser_post_nth(struct browser *b, size_t nth, const char *path, ...)
{
    va_list args;
    va_start(args, path);
    const char *body = form_body(b, nth, path, args);
    va_end(args);
    browser_post_body(b, path, body);
}

const char *browser_body(struct browser *b, const char *path, ...)
{
    va_list args;
    va_start(args, path);
    const char *body = form_body(b, 0, path, args);
    va_end(args);
    return body;
}

const char *browser_field(struct browser *b, const char *name)
{
    for (const char *at = b->page; at != NULL && (at = strstr(at, "<input")) != NULL; at++) {
        const char *found = attribute(b->mem, at, "name"), *value = attribute(b->mem, at, "value");
        if (found != NULL && strcmp(found, name) == 0)
            return value != NULL ? value : "";
    }
    return "";
}

static bool is_blank(char c) { return strchr(" \t\r\n", c) != NULL && c != '\0'; }

const char *browser_text(struct browser *b)
{
    struct buf *text = buf_new(b->mem, b->body_n + 1);
    for (const char *at = b->body; *at != '\0';) {
        if (*at == '<') {
            at += strcspn(at, ">");
            at += *at == '>';
        } else if (is_blank(*at)) {
            while (is_blank(*at))
                at++;
            if (text->n > 0 && text->bytes[text->n - 1] != ' ')
                buf_char(text, ' ');
        } else {
            buf_char(text, *at++);
        }
    }
    return unescape(b->mem, text->bytes, text->n);
}

void browser_sees(struct browser *b, const char *text)
{
    if (strstr(browser_text(b), text) == NULL)
        fail_msg("%s (%d): not seen: %s\n%s", b->path, b->status, text, browser_text(b));
}

void browser_does_not_see(struct browser *b, const char *text)
{
    if (strstr(browser_text(b), text) != NULL)
        fail_msg("%s (%d): seen: %s\n%s", b->path, b->status, text, browser_text(b));
}

/* --- signing in --- */

void browser_become(struct browser *b, int64_t user_id)
{
    const char *token = rand_token(b, 32);
    int64_t now = test_site_now(), id = 0;
    struct session_new session = {
        .user_id = user_id, .at = now, .expires_at = now + CLOCK_DAY, .idle_s = 3600, .ip = b->ip, .agent = b->agent};
    secret_sha256(token, strlen(token), session.token_hash);
    if (session_insert(b->site->db, &session, &id) != NULL)
        fail_msg("no session for user %lld", (long long)user_id);
    browser_set_cookie(b, "session", token);
}

void browser_sign_in(struct browser *b, const char *login, const char *password)
{
    browser_get(b, "/sign-in");
    browser_post(b, "/sign-in", "login", login, "password", password, NULL);
    if (b->status != 303)
        fail_msg("%s cannot sign in (%d): %s", login, b->status, browser_text(b));
    browser_follow(b);
}

void browser_sign_in_totp(struct browser *b, const char *login, const char *password, const char *totp_secret)
{
    char code[7];
    browser_sign_in(b, login, password);
    assert_true(totp_now(totp_secret, test_site_now(), code));
    browser_post(b, "/sign-in/code", "code", code, NULL);
    if (b->status != 303)
        fail_msg("%s cannot sign in (%d): %s", login, b->status, browser_text(b));
    browser_follow(b);
}
