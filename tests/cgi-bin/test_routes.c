#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "routes.h"

static void *mem;

static int make_mem(void **state)
{
    (void)state;
    mem = mem_context(NULL, "test");
    return 0;
}

static int free_mem(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static const struct route *find(enum http_method method, const char *path, const char **allow)
{
    struct pattern_vars vars = {0};
    return route_find(mem, method, path, &vars, allow);
}

/* --- the table ------------------------------------------------------------------------------------------------------- */

static bool is_on_every_page(const struct route *route) { return strcmp(route_form_page(route), ROUTE_ANY_PAGE) == 0; }

static void no_row_is_there_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < routes_n; i++)
        for (size_t j = 0; j < i; j++)
            if (routes[i].method == routes[j].method && strcmp(routes[i].pattern, routes[j].pattern) == 0)
                fail_msg("%s", routes[i].pattern);
}

static void rows_are_for_get_and_post_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < routes_n; i++)
        if (routes[i].method != HTTP_GET && routes[i].method != HTTP_POST)
            fail_msg("%s", routes[i].pattern);
}

static void every_row_has_a_handler_and_somebody_who_may_enter(void **state)
{
    (void)state;
    for (size_t i = 0; i < routes_n; i++)
        if (routes[i].handle == NULL || (routes[i].roles & ROLES_ALL) == 0 || (routes[i].roles & ~(unsigned)ROLES_ALL) != 0)
            fail_msg("%s", routes[i].pattern);
}

/* A refused or stale form is shown again there, to the same person. */
static void every_form_stands_on_a_page_that_its_senders_may_see(void **state)
{
    (void)state;
    for (size_t i = 0; i < routes_n; i++) {
        const struct route *route = &routes[i];
        if (route->method != HTTP_POST || is_on_every_page(route))
            continue;
        const struct route *page = route_page(route_form_page(route));
        if (page == NULL || (page->roles & route->roles) != route->roles)
            fail_msg("%s", route->pattern);
    }
}

/* The page's variables are the first ones of the form's path. */
static void every_page_of_a_form_is_found_with_the_variables_of_its_path(void **state)
{
    (void)state;
    for (size_t i = 0; i < routes_n; i++) {
        if (routes[i].method != HTTP_POST)
            continue;
        const char *of_form = strchr(routes[i].pattern, '{'), *of_page = strchr(route_form_page(&routes[i]), '{');
        if (of_page != NULL && (of_form == NULL || strncmp(of_page, of_form, strcspn(of_page, "}") + 1) != 0))
            fail_msg("%s", routes[i].pattern);
    }
}

static void visitors_may_only_see_help_and_the_way_in(void **state)
{
    static const char *const open[] = {"/", "/help", "/accessibility", "/signed-out"};
    static const char *const below[] = {"/sign-in", "/forgotten-password", "/reset-password/", "/register", "/invitation/",
                                        "/join/"};
    (void)state;
    for (size_t i = 0; i < routes_n; i++) {
        bool is_fine = (routes[i].roles & ROLE_ANONYMOUS) == 0;
        for (size_t k = 0; k < sizeof open / sizeof open[0]; k++)
            is_fine |= strcmp(routes[i].pattern, open[k]) == 0;
        for (size_t k = 0; k < sizeof below / sizeof below[0]; k++)
            is_fine |= strncmp(routes[i].pattern, below[k], strlen(below[k])) == 0;
        if (!is_fine)
            fail_msg("%s", routes[i].pattern);
    }
}

static void only_owners_admins_and_operators_change_anything(void **state)
{
    static const char *const personal[] = {"/sign-out", "/notifications", "/step-up", "/customers/names",
                                            "/preferences", "/security"};
    (void)state;
    for (size_t i = 0; i < routes_n; i++) {
        const struct route *route = &routes[i];
        bool is_fine = route->method == HTTP_GET || (route->roles & ROLE_ANONYMOUS) != 0 ||
                       (route->roles & (ROLE_VIEWER | ROLE_MANAGER | ROLE_AUDITOR)) == 0;
        for (size_t k = 0; k < sizeof personal / sizeof personal[0]; k++)
            is_fine |= strncmp(route->pattern, personal[k], strlen(personal[k])) == 0;
        /* Anybody may have a list exported, which is logged. */
        is_fine |= strstr(route->pattern, "/export") != NULL;
        if (!is_fine)
            fail_msg("%s", route->pattern);
    }
}

static bool is_named(const struct field_spec *specs, const char *name)
{
    for (; specs != NULL && specs->name != NULL; specs++)
        if (strcmp(specs->name, name) == 0)
            return true;
    return false;
}

static void no_field_has_a_name_that_every_form_or_page_uses(void **state)
{
    (void)state;
    for (size_t i = 0; i < routes_n; i++)
        if (is_named(routes[i].fields, "csrf") || is_named(routes[i].fields, "once") || is_named(routes[i].fields, "lang"))
            fail_msg("%s", routes[i].pattern);
}

static void no_field_is_listed_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < routes_n; i++)
        for (const struct field_spec *spec = routes[i].fields; spec != NULL && spec->name != NULL; spec++)
            if (is_named(spec + 1, spec->name))
                fail_msg("%s %s", routes[i].pattern, spec->name);
}

static void texts_have_a_limit(void **state)
{
    (void)state;
    for (size_t i = 0; i < routes_n; i++)
        for (const struct field_spec *spec = routes[i].fields; spec != NULL && spec->name != NULL; spec++)
            if ((spec->kind == FIELD_TEXT || spec->kind == FIELD_LINES || spec->kind == FIELD_EMAIL) && spec->max == 0)
                fail_msg("%s %s", routes[i].pattern, spec->name);
}

/* --- kept forms ------------------------------------------------------------------------------------------------------ */

static void a_page_has_at_most_one_kept_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < routes_n; i++)
        if ((routes[i].flags & ROUTE_KEEPS) != 0)
            assert_ptr_equal(route_keeping(route_form_page(&routes[i])), &routes[i]);
}

static void kept_forms_are_posts_of_somebody_signed_in(void **state)
{
    (void)state;
    for (size_t i = 0; i < routes_n; i++)
        if ((routes[i].flags & ROUTE_KEEPS) != 0 && (routes[i].method != HTTP_POST || (routes[i].roles & ROLE_ANONYMOUS) != 0))
            fail_msg("%s", routes[i].pattern);
}

static void every_form_with_lines_of_prose_is_kept(void **state)
{
    (void)state;
    for (size_t i = 0; i < routes_n; i++) {
        if (routes[i].method != HTTP_POST || (routes[i].roles & ROLE_ANONYMOUS) != 0 || (routes[i].flags & ROUTE_KEEPS) != 0)
            continue;
        for (const struct field_spec *spec = routes[i].fields; spec != NULL && spec->name != NULL; spec++)
            if (spec->kind == FIELD_LINES && route_keeping(route_form_page(&routes[i])) == NULL)
                fail_msg("%s %s", routes[i].pattern, spec->name);
    }
}

static void a_page_without_a_kept_form_keeps_nothing(void **state)
{
    (void)state;
    assert_null(route_keeping("/my-partner"));
    assert_null(route_keeping("/no-such-page"));
}

/* --- finding --------------------------------------------------------------------------------------------------------- */

static void a_path_is_found_with_its_variables(void **state)
{
    (void)state;
    const char *allow = "x";
    struct pattern_vars vars = {0};
    const struct route *route = route_find(mem, HTTP_GET, "/requests/DR20260615-000001", &vars, &allow);
    assert_non_null(route);
    assert_string_equal(route->pattern, "/requests/{no}");
    assert_int_equal(vars.n, 1);
    assert_string_equal(vars.values[0], "DR20260615-000001");
    assert_string_equal(allow, "");
}

static void head_is_answered_by_the_get_row(void **state)
{
    (void)state;
    const char *allow = "x";
    assert_ptr_equal(find(HTTP_HEAD, "/help", &allow), route_page("/help"));
}

static void an_unknown_path_allows_nothing(void **state)
{
    static const char *const paths[] = {"", "/nowhere", "/help/", "//help", "/HELP", "/help/x", "/requests/a/b", "/requests/",
                                        "/requests/../help", "/my-partner/seen/", "/help.html", "/sign-in "};
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        const char *allow = "x";
        if (find(HTTP_GET, paths[i], &allow) != NULL || allow[0] != '\0')
            fail_msg("%s", paths[i]);
    }
}

static void a_wrong_method_is_told_the_right_ones(void **state)
{
    (void)state;
    const char *allow = "";
    assert_null(find(HTTP_POST, "/help", &allow));
    assert_string_equal(allow, "GET, HEAD");
    assert_null(find(HTTP_GET, "/sign-out", &allow));
    assert_string_equal(allow, "POST");
    assert_null(find(HTTP_HEAD, "/sign-out", &allow));
    assert_string_equal(allow, "POST");
    assert_null(find(HTTP_OTHER, "/sign-in", &allow));
    assert_string_equal(allow, "GET, HEAD, POST");
}

static void a_token_in_a_path_is_not_for_the_log(void **state)
{
    (void)state;
    assert_string_equal(route_log_path(mem, "/reset-password/AAAABBBBCCCCDDDDEEEE"), "/reset-password/{token}");
    assert_string_equal(route_log_path(mem, "/reset-password/AAAABBBBCCCCDDDDEEEE."), "/reset-password/{token}");
    assert_string_equal(route_log_path(mem, "/reset-password/AAAABBBBCCCCDDDDEEEE/x"), "/reset-password/{token}");
    assert_string_equal(route_log_path(mem, "/requests/DR20260615-000001"), "/requests/DR20260615-000001");
    assert_string_equal(route_log_path(mem, "/"), "/");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_mem, free_mem)
    const struct CMUnitTest tests[] = {
        TEST(no_row_is_there_twice),
        TEST(rows_are_for_get_and_post_only),
        TEST(every_row_has_a_handler_and_somebody_who_may_enter),
        TEST(every_form_stands_on_a_page_that_its_senders_may_see),
        TEST(every_page_of_a_form_is_found_with_the_variables_of_its_path),
        TEST(visitors_may_only_see_help_and_the_way_in),
        TEST(only_owners_admins_and_operators_change_anything),
        TEST(no_field_has_a_name_that_every_form_or_page_uses),
        TEST(no_field_is_listed_twice),
        TEST(texts_have_a_limit),
        TEST(a_page_has_at_most_one_kept_form),
        TEST(kept_forms_are_posts_of_somebody_signed_in),
        TEST(every_form_with_lines_of_prose_is_kept),
        TEST(a_page_without_a_kept_form_keeps_nothing),
        TEST(a_path_is_found_with_its_variables),
        TEST(head_is_answered_by_the_get_row),
        TEST(an_unknown_path_allows_nothing),
        TEST(a_wrong_method_is_told_the_right_ones),
        TEST(a_token_in_a_path_is_not_for_the_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
