#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "base/url.h"
#include "web/http.h"

/* nginx's header buffers bound the whole; these bound what one request makes us do. */
#define PARAMS_MAX 200
#define URI_MAX_BYTES 4096
#define METHOD_SHOWN_BYTES 20
#define AGENT_SHOWN_BYTES 200
#define NAME_SHOWN_BYTES 40
#define LENGTH_DIGITS_MAX 15

static const struct { const char *name; enum http_method method; } methods[] = {
    { "GET", HTTP_GET },
    { "HEAD", HTTP_HEAD },
    { "POST", HTTP_POST },
};

/* The first value with this name, NULL if there is none. */
static const char *param(const struct http_source *source, const char *name)
{
    size_t n = strlen(name);

    for (size_t i = 0; source->env[i] != NULL; i++)
        if (strncmp(source->env[i], name, n) == 0 && source->env[i][n] == '=')
            return source->env[i] + n + 1;
    return NULL;
}

/* A copy whose bytes are all printable ASCII; others become "?", so that a strange value can equal no good one. */
static char *printable(const void *ctx, const char *value, size_t max)
{
    char *copy = value == NULL ? mem_copy(ctx, "") : mem_copy_n(ctx, value, strnlen(value, max));

    for (char *c = copy; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || (unsigned char)*c >= 0x7F)
            *c = '?';
    return copy;
}

/* "Text/HTML; charset=utf-8" is "text/html": the bytes are checked to be UTF-8 whatever a parameter claims. */
static char *media_type(const void *ctx, const char *value)
{
    char *type = printable(ctx, value, SIZE_MAX);
    char *end = type + strcspn(type, ";");

    while (end > type && end[-1] == ' ')
        end--;
    *end = '\0';
    for (char *c = type; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return type;
}

static const struct err *parse_method(struct http_request *request, const struct http_source *source)
{
    const char *name = param(source, "REQUEST_METHOD");

    request->method = HTTP_OTHER;
    request->method_name = printable(request, name, METHOD_SHOWN_BYTES);
    if (name == NULL || *name == '\0')
        return err_new(ERR_INPUT, 0, "no request method");
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (strcmp(methods[i].name, name) == 0)
            request->method = methods[i].method;
    return NULL;
}

/* ASCII controls, DEL, and the C1 controls U+0080 to U+009F, which are C2 80 to C2 9F. */
static bool has_control(const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++)
        if (*c < ' ' || *c == 0x7F || (*c == 0xC2 && c[1] < 0xA0))
            return true;
    return false;
}

/* An encoded slash would make a separator that the web server in front has not seen as one. */
static bool has_encoded_slash(const char *path, size_t n)
{
    for (size_t i = 0; i + 2 < n; i++)
        if (path[i] == '%' && path[i + 1] == '2' && (path[i + 2] | 0x20) == 'f')
            return true;
    return false;
}

/* "//" and "/../" are left as they are: no route has such a segment. */
static const struct err *parse_uri(struct http_request *request, const struct http_source *source)
{
    const char *uri = param(source, "REQUEST_URI");
    size_t path_n;
    char *path;

    if (uri == NULL || uri[0] != '/')
        return err_new(ERR_INPUT, 0, "the address does not start with a slash");
    if (strnlen(uri, URI_MAX_BYTES + 1) > URI_MAX_BYTES)
        return err_new(ERR_INPUT, 0, "the address is longer than %d bytes", URI_MAX_BYTES);
    for (const char *c = uri; *c != '\0'; c++)
        if ((unsigned char)*c <= ' ' || *c == 0x7F)
            return err_new(ERR_INPUT, 0, "the address holds a space or control character");
    path_n = strcspn(uri, "?");
    path = url_decode(request, uri, path_n, false);
    if (path == NULL || has_control(path) || has_encoded_slash(uri, path_n))
        return err_new(ERR_INPUT, 0, "the path is not well encoded");
    request->path = path;
    request->query = mem_copy(request, uri[path_n] == '?' ? uri + path_n + 1 : "");
    return NULL;
}

/* A header that comes twice arrives as the same parameter twice, and whoever asks for "the" value gets one of them: two
 * readers could see two different requests. */
static const struct err *refuse_repeated(const struct http_request *request, const struct http_source *source)
{
    const char *const *env = source->env;

    for (size_t i = 0; env[i] != NULL; i++) {
        size_t n = strcspn(env[i], "=");

        if (i == PARAMS_MAX)
            return err_new(ERR_INPUT, 0, "more than %d parameters", PARAMS_MAX);
        for (size_t j = 0; j < i; j++)
            if (strncmp(env[i], env[j], n) == 0 && (env[j][n] == '=' || env[j][n] == '\0'))
                return err_new(ERR_INPUT, 0, "parameter %.*s came twice", NAME_SHOWN_BYTES, printable(request, env[i], n));
    }
    return NULL;
}

/* RFC 6265, section 4.2.1; pieces without "=" are no cookies of ours and are passed over. */
static const struct err *parse_cookies(struct http_request *request, const struct http_source *source)
{
    const char *header = param(source, "HTTP_COOKIE");
    char *rest, *piece;

    if (header == NULL)
        return NULL;
    for (const char *c = header; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7F)
            return err_new(ERR_INPUT, 0, "the cookies hold a control character");
    request->cookies = mem_array(request, struct http_pair, HTTP_COOKIES_MAX);
    rest = mem_copy(request, header);
    while ((piece = strsep(&rest, ";")) != NULL) {
        char *equals = strchr(piece, '='), *end = piece + strlen(piece);

        if (equals == NULL)
            continue;
        if (request->cookies_n == HTTP_COOKIES_MAX)
            return err_new(ERR_INPUT, 0, "more than %d cookies", HTTP_COOKIES_MAX);
        while (end > equals + 1 && end[-1] == ' ')
            end--;
        *end = *equals = '\0';
        request->cookies[request->cookies_n].name = piece + strspn(piece, " ");
        request->cookies[request->cookies_n].value = equals + 1;
        request->cookies_n++;
    }
    return NULL;
}

/* CONTENT_LENGTH is what the web server will send, HTTP_CONTENT_LENGTH what the client said. */
static const struct err *parse_length(const struct http_source *source, size_t *length)
{
    const char *text = param(source, "CONTENT_LENGTH"), *said = param(source, "HTTP_CONTENT_LENGTH");
    size_t n = 0;

    *length = 0;
    if (text == NULL || *text == '\0') {
        if (said != NULL && *said != '\0')
            return err_new(ERR_INPUT, 0, "contradictory lengths of the body");
        return NULL;
    }
    if (strlen(text) > LENGTH_DIGITS_MAX || text[strspn(text, "0123456789")] != '\0')
        return err_new(ERR_INPUT, 0, "the length of the body is not a number");
    if (said != NULL && *said != '\0' && strcmp(text, said) != 0)
        return err_new(ERR_INPUT, 0, "contradictory lengths of the body");
    for (; *text != '\0'; text++)
        n = n * 10 + (size_t)(*text - '0');
    *length = n;
    return NULL;
}

static int wipe_body(char *body)
{
    secret_wipe(body, talloc_get_size(body));
    return 0;
}

static const struct err *read_body(struct http_request *request, const struct http_source *source, size_t length)
{
    char *body = mem_array(request, char, length + 1);
    size_t n = 0, got = 1;
    char extra;

    talloc_set_destructor(body, wipe_body);
    while (n < length && got > 0) {
        got = source->read(source->arg, body + n, length - n);
        n += got;
    }
    if (n < length)
        return err_new(ERR_INPUT, 0, "the body ended after %zu of %zu bytes", n, length);
    if (source->read(source->arg, &extra, 1) != 0)
        return err_new(ERR_INPUT, 0, "the body is longer than %zu bytes", length);
    request->body = body;
    request->body_n = n;
    return NULL;
}

static const struct err *parse_body(struct http_request *request, const struct http_source *source, size_t body_max)
{
    size_t length;

    TRY(parse_length(source, &length));
    if (request->method != HTTP_POST) {
        if (length > 0 && request->method != HTTP_OTHER)
            return err_new(ERR_INPUT, 0, "a body with method %s", request->method_name);
        return NULL;
    }
    if (length > body_max)
        return err_new(ERR_TOO_LARGE, 0, "a body of %zu bytes, at most %zu are taken", length, body_max);
    return read_body(request, source, length);
}

/* nginx's $msec, "1795875731.042"; anything else is as good as nothing. */
static int64_t passed_at(const char *text)
{
    size_t seconds_n = text == NULL ? 0 : strspn(text, "0123456789");
    int64_t seconds = 0, millis = 0;

    if (seconds_n == 0 || seconds_n > 12 || text[seconds_n] != '.' || strspn(text + seconds_n + 1, "0123456789") != 3 ||
        text[seconds_n + 4] != '\0')
        return 0;
    for (size_t i = 0; i < seconds_n; i++)
        seconds = seconds * 10 + (text[i] - '0');
    for (size_t i = seconds_n + 1; i < seconds_n + 4; i++)
        millis = millis * 10 + (text[i] - '0');
    return seconds * 1000000 + millis * 1000;
}

const struct err *http_parse(const void *ctx, const struct http_source *source, size_t body_max, struct http_request **out)
{
    struct http_request *request = mem_new(ctx, struct http_request);

    /* What an error page needs comes first and cannot fail. */
    request->path = "/";
    request->query = "";
    request->remote_addr = printable(request, param(source, "REMOTE_ADDR"), SIZE_MAX);
    request->host = printable(request, param(source, "HTTP_HOST"), SIZE_MAX);
    request->origin = printable(request, param(source, "HTTP_ORIGIN"), SIZE_MAX);
    request->fetch_site = printable(request, param(source, "HTTP_SEC_FETCH_SITE"), SIZE_MAX);
    request->accept_language = printable(request, param(source, "HTTP_ACCEPT_LANGUAGE"), SIZE_MAX);
    request->user_agent = printable(request, param(source, "HTTP_USER_AGENT"), AGENT_SHOWN_BYTES);
    request->content_type = media_type(request, param(source, "CONTENT_TYPE"));
    request->passed_at = passed_at(param(source, "REQUEST_MSEC"));
    *out = request;

    TRY(parse_method(request, source));
    TRY(parse_uri(request, source));
    TRY(refuse_repeated(request, source));
    TRY(parse_cookies(request, source));
    return parse_body(request, source, body_max);
}
