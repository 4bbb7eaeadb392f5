/* The parameters of a FastCGI request and its body: which are taken, and that what was understood is what came.
 *
 * Input: flags, the body's length, the body, then parameters, each ended by a NUL.
 */
#include "fuzz/fuzz.h"

#include "web/http.h"

#define PARAMS_MAX 200
#define URI_MAX 4096
#define BODY_MAX 64

/* Put before the input's own, so that most of what is invented is of use; the fuzzer may repeat them. */
static const char *const usual[] = { "REQUEST_METHOD=POST", "REQUEST_URI=/requests?x=1", "REMOTE_ADDR=203.0.113.9" };

void fuzz_begin(void)
{
}

struct body { const char *bytes; size_t n, at, step; };

static size_t read_some(void *arg, char *out, size_t n)
{
    struct body *body = arg;
    size_t left = body->n - body->at, step = body->step < left ? body->step : left;

    step = step < n ? step : n;
    memcpy(out, body->bytes + body->at, step);
    body->at += step;
    return step;
}

/* --- what must be refused ------------------------------------------------------------------------------------------ */

static size_t name_n(const char *param)
{
    const char *equals = strchr(param, '=');

    return equals == NULL ? strlen(param) : (size_t)(equals - param);
}

static const char *value_of(const char *const *env, const char *name)
{
    for (; *env != NULL; env++)
        if (name_n(*env) == strlen(name) && (*env)[strlen(name)] == '=' && memcmp(*env, name, strlen(name)) == 0)
            return *env + strlen(name) + 1;
    return NULL;
}

static bool any_repeated(const char *const *env, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            if (name_n(env[i]) == name_n(env[j]) && memcmp(env[i], env[j], name_n(env[i])) == 0)
                return true;
    return false;
}

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The path as it must be understood; NULL: not at all. */
static char *path_of(const void *mem, const char *uri)
{
    char *path;
    size_t n = 0;
    uint32_t point;

    if (uri == NULL || uri[0] != '/' || strlen(uri) > URI_MAX)
        return NULL;
    for (const char *c = uri; *c != '\0'; c++)
        if ((*c > 0 && *c <= 0x20) || *c == 0x7F)
            return NULL;
    path = mem_array(mem, char, strlen(uri) + 1);
    for (const char *c = uri; *c != '\0' && *c != '?'; c++) {
        path[n] = *c;
        if (*c == '%') {
            if (hex(c[1]) < 0 || hex(c[2]) < 0)
                return NULL;
            path[n] = (char)(hex(c[1]) * 16 + hex(c[2]));
            if (path[n] == '/')
                return NULL;
            c += 2;
        }
        n++;
    }
    for (size_t i = 0, length; i < n; i += length) {
        length = fuzz_utf8((const uint8_t *)path + i, n - i, &point);
        if (length == 0 || point < 0x20 || (point >= 0x7F && point < 0xA0))
            return NULL;
    }
    return path;
}

static bool cookies_are_good(const char *header)
{
    size_t pairs = 0;
    bool has_equals = false;

    if (header == NULL)
        return true;
    for (const char *c = header;; c++) {
        if ((*c > 0 && *c < 0x20) || *c == 0x7F)
            return false;
        has_equals |= *c == '=';
        if (*c == ';' || *c == '\0') {
            pairs += has_equals;
            has_equals = false;
        }
        if (*c == '\0')
            return pairs <= HTTP_COOKIES_MAX;
    }
}

/* The length of the body that is announced; -1: in no way that can be believed. */
static long long length_of(const char *const *env)
{
    const char *length = value_of(env, "CONTENT_LENGTH"), *said = value_of(env, "HTTP_CONTENT_LENGTH");
    long long n = 0;

    length = length == NULL ? "" : length;
    said = said == NULL ? "" : said;
    if (*said != '\0' && strcmp(said, length) != 0)
        return -1;
    if (strlen(length) > 15)
        return -1;
    for (; *length != '\0'; length++) {
        if (*length < '0' || *length > '9')
            return -1;
        n = n * 10 + (*length - '0');
    }
    return n;
}

/* 0: taken; 400 or 413. */
static int expect(const void *mem, const char *const *env, size_t n, size_t body_n)
{
    const char *method = value_of(env, "REQUEST_METHOD");
    long long length = length_of(env);
    bool is_post = method != NULL && strcmp(method, "POST") == 0;
    bool is_read = method != NULL && (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0);

    if (method == NULL || *method == '\0' || path_of(mem, value_of(env, "REQUEST_URI")) == NULL || n > PARAMS_MAX ||
        any_repeated(env, n) || !cookies_are_good(value_of(env, "HTTP_COOKIE")) || length < 0)
        return 400;
    if (is_read && length > 0)
        return 400;
    if (!is_post)
        return 0;
    if (length > BODY_MAX)
        return 413;
    return (size_t)length == body_n ? 0 : 400;
}

/* --- what was understood ------------------------------------------------------------------------------------------- */

static void is_printable(const char *text, const char *value, size_t max)
{
    size_t n = value == NULL ? 0 : strnlen(value, max);

    FUZZ_CHECK(text != NULL && strlen(text) == n, "%s", text);
    for (size_t i = 0; i < n; i++)
        FUZZ_CHECK(value[i] >= ' ' && value[i] < 0x7F ? text[i] == value[i] : text[i] == '?', "%s", text);
}

static void is_usable(const struct http_request *request, const char *const *env)
{
    FUZZ_CHECK(request != NULL && request->path[0] == '/' && request->query != NULL, "no request for an error page");
    is_printable(request->method_name == NULL ? "" : request->method_name, value_of(env, "REQUEST_METHOD"), 20);
    is_printable(request->host, value_of(env, "HTTP_HOST"), SIZE_MAX);
    is_printable(request->origin, value_of(env, "HTTP_ORIGIN"), SIZE_MAX);
    is_printable(request->remote_addr, value_of(env, "REMOTE_ADDR"), SIZE_MAX);
    is_printable(request->fetch_site, value_of(env, "HTTP_SEC_FETCH_SITE"), SIZE_MAX);
    is_printable(request->accept_language, value_of(env, "HTTP_ACCEPT_LANGUAGE"), SIZE_MAX);
    is_printable(request->user_agent, value_of(env, "HTTP_USER_AGENT"), 200);
    FUZZ_CHECK(strpbrk(request->content_type, ";ABCDEFGHIJKLMNOPQRSTUVWXYZ\r\n") == NULL, "%s", request->content_type);
    FUZZ_CHECK(request->passed_at >= 0 && request->passed_at < INT64_C(1000000000000000000), "%lld", (long long)request->passed_at);
}

static void is_right(const void *mem, const struct http_request *request, const char *const *env, const struct body *body)
{
    const char *uri = value_of(env, "REQUEST_URI"), *query = strchr(uri, '?'), *method = value_of(env, "REQUEST_METHOD");

    FUZZ_CHECK(strcmp(request->path, path_of(mem, uri)) == 0, "%s", request->path);
    FUZZ_CHECK(strcmp(request->query, query == NULL ? "" : query + 1) == 0, "%s", request->query);
    FUZZ_CHECK((request->method == HTTP_POST) == (strcmp(method, "POST") == 0), "%s", method);
    FUZZ_CHECK((request->method == HTTP_GET) == (strcmp(method, "GET") == 0), "%s", method);
    FUZZ_CHECK((request->method == HTTP_HEAD) == (strcmp(method, "HEAD") == 0), "%s", method);
    if (request->method != HTTP_POST) {
        FUZZ_CHECK(request->body == NULL && request->body_n == 0, "a body with %s", method);
        return;
    }
    FUZZ_CHECK(request->body_n == body->n && memcmp(request->body, body->bytes, body->n) == 0, "%zu bytes", request->body_n);
    FUZZ_CHECK(request->body[request->body_n] == '\0', "the body does not end");
}

void fuzz_one(void *mem, const uint8_t *bytes, size_t size)
{
    struct fuzz_input in = { bytes, size };
    unsigned flags = fuzz_byte(&in), n = 0, body_n = fuzz_byte(&in);
    const char **env = mem_array(mem, const char *, 2 * size + 210);
    struct body body = { .step = 1 + flags % 7 };
    struct http_source source = { .env = env, .read = read_some, .arg = &body };
    struct http_request *request = NULL;
    const struct err *err;
    int expected;

    body.n = body_n < in.n ? body_n : in.n;
    body.bytes = (const char *)memcpy(mem_array(mem, char, body.n + 1), in.n > 0 ? in.at : (const uint8_t *)"", body.n);
    in.at += body.n;
    in.n -= body.n;
    for (unsigned i = 0; i < 3; i++)
        if ((flags & 8u << i) != 0)
            env[n++] = usual[i];
    if ((flags & 64) != 0)
        env[n++] = mem_text(mem, "CONTENT_LENGTH=%zu", body.n);
    for (unsigned i = 0; (flags & 128) != 0 && i < 190; i++)
        env[n++] = mem_text(mem, "X%u=", i);
    while (in.n > 0)
        env[n++] = fuzz_text_next(mem, &in);

    expected = expect(mem, env, n, body.n);
    err = http_parse(mem, &source, BODY_MAX, &request);
    is_usable(request, env);
    FUZZ_CHECK((err == NULL) == (expected == 0), "%s", err == NULL ? "taken" : err->what);
    FUZZ_CHECK(err == NULL || err->kind == (expected == 413 ? ERR_TOO_LARGE : ERR_INPUT), "%s", err->what);
    if (err != NULL)
        fuzz_error_is_fine(err);
    else
        is_right(mem, request, env, &body);
}
