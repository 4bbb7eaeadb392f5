/* Routes: which row answers an address, against a reading segment by segment; what of it may be logged; whose forms are ours. */
#include "fuzz/fuzz.h"

#include "routes.h"
#include "web/guard.h"

void fuzz_begin(void)
{
}

/* --- segment by segment -------------------------------------------------------------------------------------------- */

/* The next segment of a path that starts with a slash; NULL after the last one. */
static char *segment(const void *mem, const char **path)
{
    const char *from = *path;
    size_t n;

    if (*from != '/')
        return NULL;
    for (n = 0; from[1 + n] != '\0' && from[1 + n] != '/'; n++)
        ;
    *path = from + 1 + n;
    return mem_copy_n(mem, from + 1, n);
}

static bool is_made_of(const char *text, const char *others, bool has_letters, size_t min, size_t max)
{
    for (const char *c = text; *c != '\0'; c++) {
        bool is_letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z');

        if (!(*c >= '0' && *c <= '9') && !(has_letters && is_letter) && strchr(others, *c) == NULL)
            return false;
    }
    return strlen(text) >= min && strlen(text) <= max;
}

static bool segment_fits(const char *pattern, const char *text)
{
    if (strcmp(pattern, "{no}") == 0)
        return is_made_of(text, "-", true, 1, 40);
    if (strcmp(pattern, "{token}") == 0)
        return is_made_of(text, "-_", true, 16, 128);
    if (strcmp(pattern, "{id}") == 0)
        return is_made_of(text, "", false, 1, 18) && text[0] != '0';
    return strcmp(pattern, text) == 0;
}

static bool fits(const void *mem, const char *pattern, const char *path, struct pattern_vars *vars)
{
    vars->n = 0;
    for (;;) {
        char *of_pattern = segment(mem, &pattern), *of_path = segment(mem, &path);

        if (of_pattern == NULL || of_path == NULL)
            return of_pattern == NULL && of_path == NULL && *pattern == '\0' && *path == '\0';
        if (!segment_fits(of_pattern, of_path))
            return false;
        if (of_pattern[0] == '{')
            vars->values[vars->n++] = of_path;
    }
}

static void route_is_right(const void *mem, enum http_method method, const char *path)
{
    struct pattern_vars vars = { 0 }, found = { 0 };
    const struct route *expected = NULL, *route;
    const char *allow = NULL;
    bool can_get = false, can_post = false;

    for (size_t i = 0; i < routes_n; i++) {
        struct pattern_vars these;

        if (!fits(mem, routes[i].pattern, path, &these))
            continue;
        can_get |= routes[i].method == HTTP_GET;
        can_post |= routes[i].method == HTTP_POST;
        if (expected == NULL && (routes[i].method == method || (method == HTTP_HEAD && routes[i].method == HTTP_GET))) {
            expected = &routes[i];
            vars = these;
        }
    }
    route = route_find(mem, method, path, &found, &allow);
    FUZZ_CHECK(route == expected, "%s leads to %s", path, route == NULL ? "nothing" : route->pattern);
    if (route == NULL) {
        FUZZ_CHECK((strstr(allow, "GET, HEAD") != NULL) == can_get, "%s: %s", path, allow);
        FUZZ_CHECK((strstr(allow, "POST") != NULL) == can_post, "%s: %s", path, allow);
        FUZZ_CHECK((*allow == '\0') == (!can_get && !can_post), "%s: %s", path, allow);
        return;
    }
    FUZZ_CHECK(*allow == '\0' && found.n == vars.n, "%s", path);
    for (size_t i = 0; i < vars.n; i++)
        FUZZ_CHECK(strcmp(found.values[i], vars.values[i]) == 0, "%s: %s", path, found.values[i]);
    FUZZ_CHECK(route->method == HTTP_GET || route_page(route_form_page(route)) != NULL ||
               strcmp(route_form_page(route), ROUTE_ANY_PAGE) == 0, "%s", route->pattern);
}

/* What stands where a pattern has a token does not get into the log, also when no route fits. */
static void log_path_is_right(const void *mem, const char *path)
{
    const char *logged = route_log_path(mem, path);

    for (size_t i = 0; i < routes_n; i++) {
        const char *token = strstr(routes[i].pattern, "{token}");
        size_t n = token == NULL ? 0 : (size_t)(token - routes[i].pattern);

        if (n > 0 && strncmp(path, routes[i].pattern, n) == 0) {
            FUZZ_CHECK(strncmp(logged, path, n) == 0 && strcmp(logged + n, "{token}") == 0, "%s is logged as %s", path, logged);
            return;
        }
    }
    FUZZ_CHECK(strcmp(logged, path) == 0, "%s is logged as %s", path, logged);
}

/* --- Host and Origin ----------------------------------------------------------------------------------------------- */

static bool is_loopback(const char *host)
{
    static const char *const names[] = { "localhost", "127.0.0.1", "[::1]" };

    for (size_t i = 0; i < 3; i++) {
        const char *rest = strstr(host, names[i]) == host ? host + strlen(names[i]) : NULL;

        if (rest == NULL)
            continue;
        if (*rest == '\0')
            return true;
        if (*rest++ != ':')
            continue;
        while (*rest >= '0' && *rest <= '9')
            rest++;
        if (*rest == '\0')
            return true;
    }
    return false;
}

static void origin_is_right(const struct http_request *request, const char *public_url)
{
    const char *origin = request->origin, *site = request->fetch_site;
    bool is_demo = is_loopback(strstr(public_url, "://") + 3) && is_loopback(request->host);
    bool is_own = *origin == '\0' || strcmp(origin, public_url) == 0;

    if (is_demo && strncmp(origin, "http://", 7) == 0 && strcmp(origin + 7, request->host) == 0)
        is_own = true;
    if (is_demo && strncmp(origin, "https://", 8) == 0 && strcmp(origin + 8, request->host) == 0)
        is_own = true;
    if (*site != '\0' && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
        is_own = false;
    FUZZ_CHECK(guard_same_origin(request, public_url) == is_own, "host %s, origin %s, site %s", request->host, origin, site);
}

/* --- the input: flags, a row; the address or what takes the places of its variables; Host, Origin, Sec-Fetch-Site --- */

static size_t read_nothing(void *arg, char *out, size_t n)
{
    (void)arg;
    (void)out;
    (void)n;
    return 0;
}

static const char *address(const void *mem, struct fuzz_input *in, unsigned flags)
{
    const char *pattern = routes[fuzz_below(in, (unsigned)routes_n)].pattern;
    char *path = mem_copy(mem, "");

    if ((flags & 1) != 0)
        return fuzz_text_next(mem, in);
    while (*pattern != '\0') {
        size_t plain = strcspn(pattern, "{");

        path = mem_text(mem, "%s%.*s", path, (int)plain, pattern);
        pattern += plain;
        if (*pattern == '\0')
            break;
        path = mem_text(mem, "%s%s", path, fuzz_text_next(mem, in));
        pattern += strcspn(pattern, "/");
    }
    return (flags & 2) != 0 ? mem_text(mem, "%s%s", path, fuzz_text_next(mem, in)) : path;
}

void fuzz_one(void *mem, const uint8_t *bytes, size_t size)
{
    static const char *const urls[] = { "https://partner.example", "http://127.0.0.1:8080", "http://localhost", "https://localhost:443" };
    static const char *const methods[] = { "GET", "POST", "HEAD", "DELETE" };
    struct fuzz_input in = { bytes, size };
    unsigned flags = fuzz_byte(&in);
    const char *uri = address(mem, &in, flags);
    const char *env[] = {
        mem_text(mem, "REQUEST_METHOD=%s", methods[flags >> 2 & 3]), mem_text(mem, "REQUEST_URI=%s", uri), "CONTENT_LENGTH=0",
        mem_text(mem, "HTTP_HOST=%s", fuzz_text_next(mem, &in)), mem_text(mem, "HTTP_ORIGIN=%s", fuzz_text_next(mem, &in)),
        mem_text(mem, "HTTP_SEC_FETCH_SITE=%s", fuzz_text_next(mem, &in)), NULL
    };
    struct http_source source = { .env = env, .read = read_nothing };
    struct http_request *request = NULL;
    const struct err *err = http_parse(mem, &source, 0, &request);

    origin_is_right(request, urls[flags >> 4 & 3]);
    log_path_is_right(mem, request->path);
    log_path_is_right(mem, uri);
    if (err == NULL)
        route_is_right(mem, request->method, request->path);
}
