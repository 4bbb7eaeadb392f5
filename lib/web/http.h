/* http.h - one request as bytes and texts, one response to be written in one piece. Knows nothing of partners. */
#ifndef WEB_HTTP_H
#define WEB_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_OTHER };

struct http_pair { const char *name, *value; };

struct http_request {
    enum http_method method;
    const char *method_name;            /* as it came, cleaned for the log */
    const char *path;                   /* decoded, starts with "/", valid UTF-8 without NUL or control characters */
    const char *query;                  /* raw, after "?"; "" if none */
    const char *remote_addr;            /* of the peer that nginx saw; the client's own headers are never asked */
    const char *host;                   /* "" if none */
    const char *origin;                 /* "" if none */
    const char *fetch_site;             /* Sec-Fetch-Site; "" if none */
    const char *accept_language;        /* "" if none */
    const char *user_agent;             /* "" if none; at most 200 bytes, cleaned */
    const char *content_type;           /* "" if none */
    int64_t passed_at;                  /* when the web server passed it on (REQUEST_MSEC), microseconds since 1970; 0: not told */
    struct http_pair *cookies;          /* as sent, at most HTTP_COOKIES_MAX */
    size_t cookies_n;
    const char *body;                   /* POST; NULL otherwise */
    size_t body_n;
};

#define HTTP_COOKIES_MAX 20

/* From the environment of a FastCGI call. ERR_INPUT for a repeated parameter, a bad path, contradictory lengths;
 * ERR_TOO_LARGE for a body over the limit. The request is usable (method, path "/…") for an error page even then. */
struct http_source {                       /* where bytes come from: FastCGI, or a test */
    const char *const *env;                /* "NAME=value", NULL ends */
    size_t (*read)(void *arg, char *out, size_t n);   /* 0 at the end */
    void *arg;
};
const struct err *http_parse(const void *ctx, const struct http_source *source, size_t body_max, struct http_request **request);

/* The value of the one cookie with this name; "" if it is not there; ERR_INPUT if it is there twice. */
const struct err *http_cookie(const struct http_request *request, const char *name, const char **value);

struct http_response {
    int status;                            /* 200 unless set */
    struct buf *headers;                   /* complete lines, each ended with CR LF */
    struct buf *body;
};
struct http_response *http_response_new(const void *ctx);
/* Adds "name: value"; aborts on a CR, LF or NUL in either (a fault of ours: values come from code or are encoded). */
void http_header(struct http_response *response, const char *name, const char *value);
void http_redirect(struct http_response *response, const char *local_path);   /* 303 See Other; path must be url_is_local */
/* Drops status, headers and body set so far. */
void http_reset(struct http_response *response);
const char *http_reason(int status);

/* Cookies. */
struct http_cookie_rules { bool secure; const char *prefix; };   /* "__Host-" when secure; otherwise e.g. "p8080-" */
char *http_cookie_name(const void *ctx, const struct http_cookie_rules *rules, const char *base);
/* max_age_s < 0: until the browser closes; 0: deletes it. HttpOnly, SameSite=Lax, Path=/, Secure by the rules. */
void http_set_cookie(struct http_response *response, const struct http_cookie_rules *rules, const char *base,
                     const char *value, int64_t max_age_s);

/* The standing headers of every page: CSP, nosniff, Referrer-Policy, COOP, CORP, Permissions-Policy, Cache-Control no-store,
 * HSTS when secure. */
void http_security_headers(struct http_response *response, bool secure);

/* The whole response as bytes for FastCGI: Status, headers, Content-Length, body (left out for HEAD). */
struct buf *http_response_bytes(const void *ctx, const struct http_response *response, bool is_head);

#endif
