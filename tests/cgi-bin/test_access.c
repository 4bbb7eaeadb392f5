/* Who may reach what: every route with each of its forms, as every role, about an object of one's own, of somebody else, of nobody,
 * and one that is over.
 *
 * What must come of it is told by the rule below, from the route table's roles and from whose the object is; no handler is asked.
 * A route with a variable that access_objects.h cannot make objects for fails, so does a form without fields here. */
#include "cgi-bin/access_forms.h"

#include <stdlib.h>

/* --- a case ------------------------------------------------------------------------------------------------------------- */

struct visit {
    const struct route *route;
    const struct sent_form *form;   /* NULL: GET */
    enum role role;
    enum object object;
    struct browser *b;
    int64_t before;
    bool is_changed;
};

static void wrong(const struct visit *v, const char *what)
{
    static const char *const objects[] = {"own", "another's", "none", "ended"};
    fail_msg("%s, %s as %s, %s: %s (%d %s)\n%.600s", asking_name(w.mem, &(struct asking){v->route, v->form}), v->b->path,
             role_name(v->role), objects[v->object], what, v->b->status, v->b->location, v->b->body_n > 0 ? browser_text(v->b) : "");
}

/* --- every answer, whatever it says -------------------------------------------------------------------------------------- */

static void must_have(const struct visit *v, const char *name, const char *value)
{
    if (strncmp(browser_header(v->b, name), value, strlen(value)) != 0 || browser_header(v->b, name)[0] == '\0')
        wrong(v, name);
}

static void judge_html(const struct visit *v)
{
    static const char end[] = "</html>\n";
    const size_t n = sizeof end - 1;
    if (v->b->body_n < n || strcmp(v->b->body + v->b->body_n - n, end) != 0 || strncmp(v->b->body, "<!DOCTYPE html>", 15) != 0)
        wrong(v, "not a whole document");
    if (strstr(v->b->body, "{{") != NULL)
        wrong(v, "a marker in the page");
}

static void judge_answer(const struct visit *v)
{
    must_have(v, "Content-Security-Policy", "default-src 'none'; ");
    must_have(v, "X-Content-Type-Options", "nosniff");
    must_have(v, "Referrer-Policy", "same-origin");
    must_have(v, "Cross-Origin-Opener-Policy", "same-origin");
    must_have(v, "Cross-Origin-Resource-Policy", "same-origin");
    must_have(v, "Permissions-Policy", "accelerometer=()");
    must_have(v, "Cache-Control", "no-store");
    if (strcmp(browser_header(v->b, "Content-Length"), mem_text(w.mem, "%zu", v->b->body_n)) != 0)
        wrong(v, "Content-Length");
    if (v->b->status >= 500)
        wrong(v, "a fault of ours");
    if (v->b->status == 303) {
        if (v->b->body_n != 0 || v->b->location[0] != '/' || v->b->location[1] == '/')
            wrong(v, "where it leads");
    } else if (v->b->status == 200 && strstr(v->route->pattern, ".svg") != NULL) {
        must_have(v, "Content-Type", "image/svg+xml");
    } else if (v->b->status == 200 && strstr(v->route->pattern, "/json") != NULL) {
        must_have(v, "Content-Type", "application/json");
        must_have(v, "Content-Disposition", "attachment; ");
    } else if (v->b->status == 200 && strstr(v->route->pattern, "/file") != NULL) {
        must_have(v, "Content-Type", "text/csv; charset=utf-8");
        must_have(v, "Content-Disposition", "attachment; ");
        must_have(v, "X-Accel-Redirect", "/audit-log-files/");
    } else {
        must_have(v, "Content-Type", "text/html; charset=utf-8");
        judge_html(v);
    }
}

/* --- the rule ------------------------------------------------------------------------------------------------------------ */

static bool is_one_of(int status, const char *statuses)
{
    return strstr(statuses, mem_text(w.mem, "%d", status)) != NULL;
}

/* The route is not for this role, whosever the object is. */
static void judge_refused(const struct visit *v)
{
    if (v->role == ROLE_ANONYMOUS) {
        const char *location = v->b->location;
        bool is_sign_in = strcmp(location, "/sign-in") == 0 || strncmp(location, "/sign-in?next=%2F", 17) == 0;
        if (v->b->status != 303 || !is_sign_in)
            wrong(v, "not led to signing in");
    } else if (v->b->status != 403) {
        wrong(v, "not refused");
    }
}

static void judge_own(const struct visit *v)
{
    if (v->route->method == HTTP_GET) {
        if (!is_one_of(v->b->status, "200 303"))
            wrong(v, "one's own is not shown");
    } else if (!is_one_of(v->b->status, "303 400 409 410")) {
        wrong(v, "one's own is not answered");
    } else if (is_done_by(v->form, v->role) && (!leads_on(v->form, v->b) || !v->is_changed)) {
        wrong(v, "not done");
    }
    if (v->b->status == 303 && (v->route->roles & ROLE_ANONYMOUS) == 0 && strncmp(v->b->location, "/sign-in", 8) == 0)
        wrong(v, "led to signing in");
}

static void judge_ended(const struct visit *v, enum over over)
{
    const bool is_readable = over == OVER_IS_READ || (over == OVER_IS_READ_BY_PLATFORM && (v->role & ROLES_PLATFORM) != 0);
    const bool is_read = is_readable && v->route->method == HTTP_GET;
    if (!is_one_of(v->b->status, is_read ? "200 303" : "303 404 409 410"))
        wrong(v, is_read ? "not readable any more" : "not over");
}

static void judge(const struct visit *v, const struct object_maker *maker)
{
    const bool may_enter = (v->route->roles & v->role) != 0;
    const bool may_change = may_enter && v->route->method == HTTP_POST && v->object == OBJECT_OWN;
    judge_answer(v);
    if (v->is_changed && !may_change)
        wrong(v, "something was changed");
    if (!may_enter)
        judge_refused(v);
    else if (v->object == OBJECT_OWN)
        judge_own(v);
    else if (v->object == OBJECT_ENDED)
        judge_ended(v, maker->over);
    else if (v->b->status != maker->hidden)
        wrong(v, "not hidden");
}

/* --- the walk ------------------------------------------------------------------------------------------------------------ */

/* An address that is about nothing in particular. */
static const char *no_object(enum role role, enum object object)
{
    (void)role;
    return object == OBJECT_OWN ? "" : NULL;
}

static void ask(struct visit *v, const char *variable, const struct object_maker *maker)
{
    v->b = browser_of(v->role);
    if (v->form != NULL && v->object == OBJECT_OWN && (v->route->roles & v->role) != 0)
        go_before(v->form, v->role, v->b, variable);
    v->before = fingerprint();
    if (v->form != NULL)
        browser_post_body(v->b, path_of(v->route, variable), form_body_of(v->route, v->form, v->role, v->b));
    else
        browser_get(v->b, path_of(v->route, variable));
    v->is_changed = fingerprint() != v->before;
    judge(v, maker);
    talloc_free(v->b);
}

/* One world: the object as it is for this role; first everybody who may not enter, as they change nothing, then the role. */
static void walk(const struct asking *asking, enum role role, enum object object, bool with_others)
{
    static const struct object_maker nothing = {"", no_object, OVER_IS_GONE, 404};
    const struct route *route = asking->route;
    const struct object_maker *maker = maker_of(route->pattern);
    if (maker == NULL && strchr(route->pattern, '{') != NULL)
        fail_msg("access_objects.h does not say how to make the objects of %s", route->pattern);
    if (maker == NULL)
        maker = &nothing;
    world_begin(&w, db);
    auditor = world_user(&w, w.ops->account_id, ROLE_AUDITOR, "Audrey Auditor");
    const char *variable = maker->make(role, object);
    if (variable == NULL) {
        world_end(&w);
        return;
    }
    test_site_clock_at(w.now);
    for (size_t i = 0; i < ROLES_N && with_others; i++)
        if ((route->roles & roles[i]) == 0)
            ask(&(struct visit){.route = route, .form = asking->form, .role = roles[i], .object = object}, variable, maker);
    ask(&(struct visit){.route = route, .form = asking->form, .role = role, .object = object}, variable, maker);
    world_end(&w);
}

static void the_route_keeps_to_the_rule(void **state)
{
    const struct asking *asking = *state;
    bool is_first = true;
    for (size_t i = 0; i < ROLES_N; i++) {
        if ((asking->route->roles & roles[i]) == 0)
            continue;
        for (enum object object = OBJECT_OWN; object < OBJECTS; object++)
            walk(asking, roles[i], object, is_first);
        is_first = false;
    }
}

/* --- nothing is left out --------------------------------------------------------------------------------------------------- */

static void every_pattern_with_a_variable_has_its_objects(void **state)
{
    (void)state;
    for (size_t i = 0; i < routes_n; i++)
        if (strchr(routes[i].pattern, '{') != NULL && maker_of(routes[i].pattern) == NULL)
            fail_msg("access_objects.h does not say how to make the objects of %s", routes[i].pattern);
}

static void every_line_of_objects_is_of_a_route(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof makers / sizeof makers[0]; k++) {
        size_t used = 0;
        for (size_t i = 0; i < routes_n; i++)
            used += maker_of(routes[i].pattern) == &makers[k];
        if (used == 0)
            fail_msg("no route is like %s", makers[k].pattern);
    }
}

static void every_form_has_fields_here_and_every_line_a_form(void **state)
{
    bool used[FORMS_N] = {false};
    (void)state;
    for (size_t i = 0; i < routes_n; i++) {
        bool has_fields = routes[i].method != HTTP_POST;
        for (size_t k = 0; k < FORMS_N; k++) {
            has_fields |= is_form_of(&forms[k], &routes[i]);
            used[k] |= is_form_of(&forms[k], &routes[i]);
        }
        if (!has_fields)
            fail_msg("no fields are named here for POST %s", routes[i].pattern);
    }
    for (size_t k = 0; k < FORMS_N; k++)
        if (!used[k] || form_named(forms[k].name) != &forms[k])
            fail_msg("no POST is %s, or it is there twice", forms[k].name);
}

static void what_goes_before_is_of_a_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < BEHIND_N; i++)
        if (form_named(behind[i].name) == NULL || (behind[i].before != NULL && form_named(behind[i].before) == NULL))
            fail_msg("there is no form %s, or none %s", behind[i].name, behind[i].before);
}

/* One variable an address: path_of() fills in no more. */
static void no_pattern_has_two_variables(void **state)
{
    (void)state;
    for (size_t i = 0; i < routes_n; i++)
        if (strchr(routes[i].pattern, '{') != strrchr(routes[i].pattern, '{'))
            fail_msg("%s", routes[i].pattern);
}

int main(void)
{
    static const struct CMUnitTest first[] = {
        cmocka_unit_test(every_pattern_with_a_variable_has_its_objects),
        cmocka_unit_test(every_line_of_objects_is_of_a_route),
        cmocka_unit_test(every_form_has_fields_here_and_every_line_a_form),
        cmocka_unit_test(what_goes_before_is_of_a_form),
        cmocka_unit_test(no_pattern_has_two_variables),
    };
    const size_t first_n = sizeof first / sizeof first[0];
    void *mem = mem_context(NULL, "tests");
    size_t n = 0;
    struct asking *askings = askings_new(mem, &n);
    struct CMUnitTest *tests = mem_array(mem, struct CMUnitTest, first_n + n);
    memcpy(tests, first, sizeof first);
    for (size_t i = 0; i < n; i++)
        tests[first_n + i] = (struct CMUnitTest){asking_name(mem, &askings[i]), the_route_keeps_to_the_rule, NULL, NULL, &askings[i]};
    if (getenv("ACCESS_ONLY") != NULL)
        cmocka_set_test_filter(getenv("ACCESS_ONLY"));
    int failed = _cmocka_run_group_tests("access", tests, first_n + n, open_forms_site, NULL);
    talloc_free(mem);
    return failed;
}
