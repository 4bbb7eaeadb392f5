/* A page taken for a file: whatever is put behind the address of a page, so that a cache between here and the reader would keep it as
 * a style sheet or a picture, is not that page, and is not to be kept; nor does it take that page's form. Every row of the route
 * table, as every role that may enter. */
#include "cgi-bin/access_forms.h"

static const char *const ends[] = {
    "/x.css", "/static/x.css", "/../static/x.css", "/x.svg", ";x.css", ".css", "%2fx.css", "%2Fx.css", "%3bx.css", "%3fx.css", "%23x.css",
    "%00x.css", "%0ax.css", "%5cx.css", "\\x.css", "//x.css", "/", "%20", ",x.js", "!x.css", "~x.css",
};
#define ENDS_N (sizeof ends / sizeof ends[0])

static void judge(struct browser *b, enum role role, const char *path, const char *page)
{
    const bool is_page = page != NULL && b->body_n > 0 && strstr(b->body, page) != NULL;
    if ((b->status != 404 && b->status != 400) || is_page)
        fail_msg("%s as %s: answered %d %s", path, role_name(role), b->status, b->location);
    if (strcmp(browser_header(b, "Cache-Control"), "no-store") != 0)
        fail_msg("%s as %s: may be kept: %s", path, role_name(role), browser_header(b, "Cache-Control"));
}

/* The heading of the page itself; NULL: it is none, or leads on. */
static const char *heading(const struct browser *b)
{
    const char *start = b->status == 200 && b->body_n > 0 ? strstr(b->body, "<h1") : NULL;
    const char *end = start == NULL ? NULL : strstr(start, "</h1>");
    return end == NULL ? NULL : mem_copy_n(w.mem, start, (size_t)(end - start));
}

static bool walk(const struct route *route, enum role role)
{
    const char *variable = world_with_own(route, role);
    if (variable != NULL) {
        struct browser *b = browser_of(role);
        const struct sent_form *form = route->method == HTTP_POST ? form_named(route->pattern) : NULL;
        if (form != NULL)
            go_before(form, role, b, variable);
        else if (route->method == HTTP_POST)
            fail_msg("no form has the bare name of POST %s", route->pattern);
        const char *path = path_of(route, variable), *page = NULL;
        const int64_t before = fingerprint();
        if (route->method == HTTP_GET) {
            browser_get(b, path);
            if (b->status != 200 && b->status != 303)
                fail_msg("%s as %s: answered %d", path, role_name(role), b->status);
            page = heading(b);
        }
        for (size_t i = 0; i < ENDS_N; i++) {
            const char *taken = mem_text(w.mem, "%s%s", strcmp(path, "/") == 0 ? "" : path, ends[i]);
            if (strcmp(taken, "/") == 0)
                continue;
            if (route->method == HTTP_GET)
                browser_get(b, taken);
            else
                browser_post_body(b, taken, form_body_of(route, form, role, b));
            judge(b, role, taken, page);
        }
        assert_true(fingerprint() == before);
        talloc_free(b);
    }
    world_end(&w);
    return variable != NULL;
}

static void no_file_is_a_page(void **state)
{
    const struct route *route = *state;
    size_t seen = 0;
    for (size_t i = 0; i < ROLES_N; i++)
        if ((route->roles & roles[i]) != 0)
            seen += walk(route, roles[i]);
    assert_true(seen > 0);
}

int main(void)
{
    void *mem = mem_context(NULL, "tests");
    struct CMUnitTest *tests = mem_array(mem, struct CMUnitTest, routes_n);
    size_t n = 0;
    for (size_t i = 0; i < routes_n; i++)
        tests[n++] = (struct CMUnitTest){mem_text(mem, "%s %s", method_name(&routes[i]), routes[i].pattern), no_file_is_a_page, NULL, NULL,
                                         (void *)(uintptr_t)&routes[i]};
    int failed = _cmocka_run_group_tests("deception", tests, n, open_forms_site, NULL);
    talloc_free(mem);
    return failed;
}
