/* Cookies: what a header of any bytes gives, against a reading by hand; what is set comes back as it was. */
#include "fuzz/fuzz.h"

#include "base/secret.h"
#include "web/http.h"

void fuzz_begin(void)
{
}

static size_t read_nothing(void *arg, char *out, size_t n)
{
    (void)arg;
    (void)out;
    (void)n;
    return 0;
}

static const struct err *parse(const void *mem, const char *header, struct http_request **request)
{
    const char *env[] = { "REQUEST_METHOD=GET", "REQUEST_URI=/", mem_text(mem, "HTTP_COOKIE=%s", header), NULL };
    struct http_source source = { .env = env, .read = read_nothing };

    return http_parse(mem, &source, 100, request);
}

/* --- by hand: character for character ------------------------------------------------------------------------------ */

struct jar { bool is_good; size_t n; char *names[HTTP_COOKIES_MAX + 1], *values[HTTP_COOKIES_MAX + 1]; };

static void add_pair(const void *mem, struct jar *jar, const char *from, const char *end)
{
    const char *equals = from;

    while (equals < end && *equals != '=')
        equals++;
    if (equals == end)
        return;
    while (from < equals && *from == ' ')
        from++;
    while (end > equals + 1 && end[-1] == ' ')
        end--;
    if (jar->n == HTTP_COOKIES_MAX) {
        jar->is_good = false;
        return;
    }
    jar->names[jar->n] = mem_copy_n(mem, from, (size_t)(equals - from));
    jar->values[jar->n++] = mem_copy_n(mem, equals + 1, (size_t)(end - equals - 1));
}

static struct jar read_by_hand(const void *mem, const char *header)
{
    struct jar jar = { .is_good = true };
    const char *from = header;

    for (const char *c = header;; c++) {
        if ((*c > 0 && *c < 0x20) || *c == 0x7F) {
            jar.is_good = false;
            return jar;
        }
        if (*c != ';' && *c != '\0')
            continue;
        add_pair(mem, &jar, from, c);
        if (*c == '\0')
            return jar;
        from = c + 1;
    }
}

static void look_up(const struct http_request *request, const struct jar *jar, const char *name)
{
    const char *value = NULL, *found = "";
    size_t times = 0;
    const struct err *err = http_cookie(request, name, &value);

    for (size_t i = 0; i < jar->n; i++)
        if (strcmp(jar->names[i], name) == 0) {
            found = jar->values[i];
            times++;
        }
    FUZZ_CHECK((err != NULL) == (times > 1), "%s", name);
    FUZZ_CHECK(err == NULL ? strcmp(value, found) == 0 : err->kind == ERR_INPUT && value == NULL, "%s", name);
}

static void read_header(void *mem, const char *header)
{
    struct http_request *request = NULL;
    struct jar jar = read_by_hand(mem, header);
    const struct err *err = parse(mem, header, &request);

    FUZZ_CHECK((err == NULL) == jar.is_good, "%s", err == NULL ? "taken" : err->what);
    FUZZ_CHECK(err == NULL || err->kind == ERR_INPUT, "%s", err->what);
    FUZZ_CHECK(request != NULL && strcmp(request->path, "/") == 0, "no request for the error page");
    if (err != NULL) {
        fuzz_error_is_fine(err);
        return;
    }
    FUZZ_CHECK(request->cookies_n == jar.n, "%zu, not %zu", request->cookies_n, jar.n);
    for (size_t i = 0; i < jar.n; i++) {
        FUZZ_CHECK(strcmp(request->cookies[i].name, jar.names[i]) == 0, "%s", jar.names[i]);
        FUZZ_CHECK(strcmp(request->cookies[i].value, jar.values[i]) == 0, "%s", jar.values[i]);
        look_up(request, &jar, jar.names[i]);
    }
    look_up(request, &jar, "p8080-session");
    look_up(request, &jar, "session");
}

/* --- there and back ------------------------------------------------------------------------------------------------ */

/* Any bytes, as the value that the program makes of them: sent back among others, they are the same again. */
static void set_and_read(void *mem, const uint8_t *bytes, size_t n)
{
    const struct http_cookie_rules rules = { .secure = n % 2 == 1, .prefix = n % 2 == 1 ? "__Host-" : "p8080-" };
    const char *value = secret_base64url(mem, bytes, n < 48 ? n : 48), *name = http_cookie_name(mem, &rules, "session");
    struct http_response *response = http_response_new(mem);
    struct http_request *request = NULL;
    const char *line, *end, *found = NULL;

    http_set_cookie(response, &rules, "session", value, (int64_t)(n % 3) - 1);
    line = response->headers->bytes;
    end = strstr(line, "\r\n");
    FUZZ_CHECK(end != NULL && end[2] == '\0' && strncmp(line, "Set-Cookie: ", 12) == 0, "%s", line);
    FUZZ_CHECK(strstr(line, "; Path=/; HttpOnly; SameSite=Lax") != NULL, "%s", line);
    FUZZ_CHECK((strstr(line, "; Secure") != NULL) == rules.secure, "%s", line);
    line = mem_copy_n(mem, line + 12, strcspn(line + 12, ";"));
    FUZZ_CHECK(parse(mem, mem_text(mem, "lang=en; %s; visit=x", line), &request) == NULL, "%s", line);
    FUZZ_CHECK(http_cookie(request, name, &found) == NULL && strcmp(found, value) == 0, "%s", line);
}

void fuzz_one(void *mem, const uint8_t *bytes, size_t n)
{
    read_header(mem, fuzz_text(mem, (struct fuzz_input){ bytes, n }));
    set_and_read(mem, bytes, n);
}
