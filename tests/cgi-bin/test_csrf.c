/* Forged forms: every POST of the route table, as every role that may send it, about an object of its own, without the tokens of
 * its page, with those of another session, and from another site. None is done; the same form with its own tokens is. */
#include "cgi-bin/access_forms.h"

enum judged { AS_STALE, AS_FOREIGN };

struct forgery {
    const char *what;
    bool (*body)(const struct route *route, const char *csrf, const char *once, const char *others_csrf, const char *others_once,
                 const char **body);
    const char *origin, *fetch_site;
    enum judged judged;
};

/* --- what is sent: false where a route asks for no such token -------------------------------------------------------------- */

static bool asks_once(const struct route *route) { return strcmp(route_form_page(route), ROUTE_ANY_PAGE) != 0; }

#define FORGED(name, asked, text, ...) \
    static bool name(const struct route *route, const char *csrf, const char *once, const char *others_csrf, const char *others_once, \
                     const char **body) \
    { \
        (void)route; (void)csrf; (void)once; (void)others_csrf; (void)others_once; \
        *body = mem_text(w.mem, text, __VA_ARGS__); \
        return asked; \
    }

FORGED(nothing, true, "%s", "x=")
FORGED(only_once, asks_once(route), "once=%s", once)
FORGED(only_csrf, asks_once(route), "csrf=%s", csrf)
FORGED(others, true, "csrf=%s&once=%s", others_csrf, others_once)
FORGED(others_csrf_own_once, asks_once(route), "csrf=%s&once=%s", others_csrf, once)
FORGED(own_csrf_others_once, asks_once(route), "csrf=%s&once=%s", csrf, others_once)
FORGED(own, true, "csrf=%s&once=%s", csrf, once)

#define HERE TEST_PUBLIC_URL
static const struct forgery forgeries[] = {
    {"no tokens", nothing, HERE, NULL, AS_STALE},
    {"no token of the session", only_once, HERE, NULL, AS_STALE},
    {"no token of the page", only_csrf, HERE, NULL, AS_STALE},
    {"the tokens of another session", others, HERE, NULL, AS_STALE},
    {"another session's token, its own page's", others_csrf_own_once, HERE, NULL, AS_STALE},
    {"its own session's token, another one's page", own_csrf_others_once, HERE, NULL, AS_STALE},
    {"from another site", own, "https://evil.example", NULL, AS_FOREIGN},
    {"from a page without an origin", own, "null", NULL, AS_FOREIGN},
    {"from another port", own, "http://127.0.0.1:8081", NULL, AS_FOREIGN},
    {"from another site, as the browser says", own, NULL, "cross-site", AS_FOREIGN},
    {"from a neighbour's site, as the browser says", own, HERE, "same-site", AS_FOREIGN},
};
#define FORGERIES_N (sizeof forgeries / sizeof forgeries[0])

/* --- one form --------------------------------------------------------------------------------------------------------------- */

struct sent { const struct route *route; const struct sent_form *form; enum role role; const char *path, *page_leads_to; struct browser *b, *other; };

static void wrong(const struct sent *s, const char *forgery, const char *what)
{
    fail_msg("POST %s (%s) as %s, %s: %s (%d %s)\n%.600s", s->path, s->form->name, role_name(s->role), forgery, what, s->b->status, s->b->location,
             s->b->body_n > 0 ? browser_text(s->b) : "");
}

static const char *token_of(const struct sent *s, const struct browser *browser)
{
    return browser_cookie(browser, s->role == ROLE_ANONYMOUS ? "visit" : "session");
}

static const char *once_of(const struct sent *s, const char *token)
{
    return guard_once_make(w.mem, &site->once_key, token, route_form_page(s->route), test_site_now());
}

/* A stale form shows its page again, or leads to where that page leads. */
static void judge(const struct sent *s, const struct forgery *f)
{
    if (s->b->status >= 500)
        wrong(s, f->what, "a fault of ours");
    if (f->judged == AS_FOREIGN && s->b->status != 403)
        wrong(s, f->what, "not refused");
    if (s->b->status == 303 && strcmp(s->b->location, s->page_leads_to) != 0)
        wrong(s, f->what, "led on as if it were done");
}

static void forge(const struct sent *s, const struct forgery *f)
{
    const char *token = token_of(s, s->b), *others = token_of(s, s->other), *tokens = NULL;
    const char *csrf = guard_csrf(w.mem, &site->csrf_key, token), *others_csrf = guard_csrf(w.mem, &site->csrf_key, others);
    assert_string_not_equal(token, others);
    if (!f->body(s->route, csrf, once_of(s, token), others_csrf, once_of(s, others), &tokens))
        return;
    if (!asks_once(s->route) && strstr(tokens, "&once=") != NULL)
        tokens = mem_copy_n(w.mem, tokens, (size_t)(strstr(tokens, "&once=") - tokens));
    s->b->origin = f->origin;
    s->b->fetch_site = f->fetch_site;
    browser_post_body(s->b, s->path, mem_text(w.mem, "%s%s", tokens, fields_of(s->form, s->role)));
    judge(s, f);
}

/* So what was refused was not refused for anything else. */
static void send_honestly(const struct sent *s)
{
    const int64_t before = fingerprint();
    s->b->origin = TEST_PUBLIC_URL;
    s->b->fetch_site = NULL;
    browser_post_body(s->b, s->path, form_body_of(s->route, s->form, s->role, s->b));
    if (is_done_by(s->form, s->role) && (!leads_on(s->form, s->b) || fingerprint() == before))
        wrong(s, "with its own tokens", "not done");
}

/* --- every form ------------------------------------------------------------------------------------------------------------- */

static const char *where_page_leads(const struct sent *s, const char *variable)
{
    const struct route *page = route_page(route_form_page(s->route));
    if (page == NULL)
        return "/";
    browser_get(s->b, path_of(page, variable));
    return s->b->status == 303 ? mem_copy(w.mem, s->b->location) : "";
}

static bool walk(const struct asking *asking, enum role role)
{
    const struct route *route = asking->route;
    const char *variable = world_with_own(route, role);
    if (variable != NULL) {
        struct sent s = {.route = route, .form = asking->form, .role = role, .path = path_of(route, variable), .b = browser_of(role)};
        go_before(s.form, role, s.b, variable);
        s.other = browser_of(role);
        s.page_leads_to = where_page_leads(&s, variable);
        const int64_t before = fingerprint();
        for (size_t i = 0; i < FORGERIES_N; i++)
            forge(&s, &forgeries[i]);
        if (fingerprint() != before)
            wrong(&s, "one of the forgeries", "something was changed");
        send_honestly(&s);
        talloc_free(s.b);
        talloc_free(s.other);
    }
    world_end(&w);
    return variable != NULL;
}

static void the_form_is_not_done_when_forged(void **state)
{
    const struct asking *asking = *state;
    size_t sent = 0;
    for (size_t i = 0; i < ROLES_N; i++)
        if ((asking->route->roles & roles[i]) != 0)
            sent += walk(asking, roles[i]);
    assert_true(sent > 0);
}

int main(void)
{
    void *mem = mem_context(NULL, "tests");
    size_t askings_n = 0, n = 0;
    struct asking *askings = askings_new(mem, &askings_n);
    struct CMUnitTest *tests = mem_array(mem, struct CMUnitTest, askings_n);
    for (size_t i = 0; i < askings_n; i++)
        if (askings[i].form != NULL)
            tests[n++] = (struct CMUnitTest){asking_name(mem, &askings[i]), the_form_is_not_done_when_forged, NULL, NULL, &askings[i]};
    int failed = n < 80 ? 1 : _cmocka_run_group_tests("csrf", tests, n, open_forms_site, NULL);
    talloc_free(mem);
    return failed;
}
