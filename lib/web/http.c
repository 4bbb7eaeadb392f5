#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/url.h"
#include "web/http.h"

static const struct { int status; const char *reason; } reasons[] = {
    { 200, "OK" },
    { 303, "See Other" },
    { 304, "Not Modified" },
    { 400, "Bad Request" },
    { 403, "Forbidden" },
    { 404, "Not Found" },
    { 405, "Method Not Allowed" },
    { 409, "Conflict" },
    { 410, "Gone" },
    { 413, "Content Too Large" },
    { 415, "Unsupported Media Type" },
    { 422, "Unprocessable Content" },
    { 429, "Too Many Requests" },
    { 500, "Internal Server Error" },
    { 503, "Service Unavailable" },
};

/* No page has script, so the policy names none. Features of the browser that no page needs are switched off by name. */
static const struct http_pair standing_headers[] = {
    { "Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
                                 "base-uri 'none'; frame-ancestors 'none'" },
    { "X-Content-Type-Options", "nosniff" },
    { "Referrer-Policy", "same-origin" },
    { "Cross-Origin-Opener-Policy", "same-origin" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
    { "Permissions-Policy", "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
                            "magnetometer=(), microphone=(), midi=(), payment=(), usb=()" },
    { "Cache-Control", "no-store" },
};

#define HSTS_TWO_YEARS "max-age=63072000"

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* RFC 9110, section 5.6.2. */
static bool is_token(const char *text)
{
    const char *c = text;

    while (*c != '\0' && (is_alphanumeric(*c) || strchr("-!#$%&'*+.^_`|~", *c) != NULL))
        c++;
    return c > text && *c == '\0';
}

/* RFC 6265, section 4.1.1: no control, space, double quote, comma, semicolon, backslash. */
static bool is_cookie_value(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text <= ' ' || (unsigned char)*text >= 0x7F || strchr("\",;\\", *text) != NULL)
            return false;
    return true;
}

const char *http_reason(int status)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Unknown";
}

const struct err *http_cookie(const struct http_request *request, const char *name, const char **value)
{
    const char *found = NULL;

    for (size_t i = 0; i < request->cookies_n; i++) {
        if (strcmp(request->cookies[i].name, name) != 0)
            continue;
        if (found != NULL)
            return err_new(ERR_INPUT, 0, "cookie %s came twice", name);
        found = request->cookies[i].value;
    }
    *value = found == NULL ? "" : found;
    return NULL;
}

struct http_response *http_response_new(const void *ctx)
{
    struct http_response *response = mem_new(ctx, struct http_response);

    response->headers = buf_new(response, 1024);
    response->body = buf_new(response, 8192);
    response->status = 200;
    return response;
}

void http_reset(struct http_response *response)
{
    response->status = 200;
    buf_clear(response->headers);
    buf_clear(response->body);
}

void http_header(struct http_response *response, const char *name, const char *value)
{
    const size_t n = strlen(value);

    if (!is_token(name) || memchr(value, '\r', n) != NULL || memchr(value, '\n', n) != NULL)
        abort();
    buf_text(response->headers, name);
    buf_add(response->headers, ": ", 2);
    buf_add(response->headers, value, n);
    buf_add(response->headers, "\r\n", 2);
}

void http_redirect(struct http_response *response, const char *local_path)
{
    if (!url_is_local(local_path))
        abort();
    response->status = 303;
    http_header(response, "Location", local_path);
}

char *http_cookie_name(const void *ctx, const struct http_cookie_rules *rules, const char *base)
{
    return mem_text(ctx, "%s%s", rules->prefix == NULL ? "" : rules->prefix, base);
}

void http_set_cookie(struct http_response *response, const struct http_cookie_rules *rules, const char *base,
                     const char *value, int64_t max_age_s)
{
    char *name = http_cookie_name(response, rules, base);
    char *age = max_age_s < 0 ? mem_copy(name, "") : mem_text(name, "; Max-Age=%lld", (long long)max_age_s);

    if (!is_token(name) || !is_cookie_value(value))
        abort();
    http_header(response, "Set-Cookie",
                mem_text(name, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", name, value, rules->secure ? "; Secure" : "", age));
    talloc_free(name);
}

void http_security_headers(struct http_response *response, bool secure)
{
    for (size_t i = 0; i < sizeof standing_headers / sizeof *standing_headers; i++)
        http_header(response, standing_headers[i].name, standing_headers[i].value);
    if (secure)
        http_header(response, "Strict-Transport-Security", HSTS_TWO_YEARS);
}

struct buf *http_response_bytes(const void *ctx, const struct http_response *response, bool is_head)
{
    struct buf *bytes = buf_new(ctx, response->headers->n + response->body->n + 128);

    buf_format(bytes, "Status: %d %s\r\n", response->status, http_reason(response->status));
    buf_add(bytes, response->headers->bytes, response->headers->n);
    buf_format(bytes, "Content-Length: %zu\r\n\r\n", response->body->n);
    if (!is_head)
        buf_add(bytes, response->body->bytes, response->body->n);
    return bytes;
}
