#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/rand.h"
#include "web/guard.h"

#define ONCE_RANDOM_BYTES 16
#define ONCE_MAX_BYTES 120
/* Hosts of one site may differ by this much before a key from the future is refused. */
#define CLOCK_SKEW_S 300

static const char *const loopback_names[] = { "127.0.0.1", "localhost", "[::1]" };

/* Texts are compared whole, never their decoded bytes: base64url has several spellings of the same bytes, and a second
 * spelling of a used key must not be a new key. */
static bool same_text(const char *a, const char *b)
{
    size_t n = strlen(a);

    return strlen(b) == n && secret_equal(a, b, n);
}

char *guard_csrf(const void *ctx, const struct secret_key *key, const char *session_token)
{
    unsigned char mac[SECRET_DIGEST_BYTES];

    secret_hmac(key, session_token, strlen(session_token), mac);
    return secret_base64url(ctx, mac, sizeof mac);
}

bool guard_csrf_is_right(const struct secret_key *key, const char *session_token, const char *csrf)
{
    char *expected = guard_csrf(NULL, key, session_token);
    bool is_right = *session_token != '\0' && same_text(expected, csrf);

    talloc_free(expected);
    return is_right;
}

/* host, optionally ":" and digits. */
static bool is_loopback_host(const char *host)
{
    for (size_t i = 0; i < sizeof loopback_names / sizeof *loopback_names; i++) {
        size_t n = strlen(loopback_names[i]);

        if (strncmp(host, loopback_names[i], n) != 0)
            continue;
        if (host[n] == '\0' || (host[n] == ':' && host[n + 1 + strspn(host + n + 1, "0123456789")] == '\0'))
            return true;
    }
    return false;
}

/* The host part of "http://…" or "https://…"; NULL for anything else. */
static const char *after_scheme(const char *origin)
{
    if (strncmp(origin, "http://", 7) == 0)
        return origin + 7;
    if (strncmp(origin, "https://", 8) == 0)
        return origin + 8;
    return NULL;
}

static bool is_own_origin(const struct http_request *request, const char *public_url)
{
    const char *origin_host = after_scheme(request->origin), *public_host = after_scheme(public_url);

    if (strcmp(request->origin, public_url) == 0)
        return true;
    /* A demo behind a forwarded port has another port in the browser than in its settings. The Host must be a loopback
     * name as well: a foreign name that resolves to 127.0.0.1 agrees with its own Origin. */
    return origin_host != NULL && public_host != NULL && is_loopback_host(public_host) &&
        is_loopback_host(request->host) && strcmp(origin_host, request->host) == 0;
}

bool guard_same_origin(const struct http_request *request, const char *public_url)
{
    const char *site = request->fetch_site;

    if (*request->origin != '\0' && !is_own_origin(request, public_url))
        return false;
    return *site == '\0' || strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0;
}

/* NULs part the texts, so that no two different triples give the same bytes. */
static char *once_text(const void *ctx, const struct secret_key *key, const char *session_token, const char *route,
                       const char *random, int64_t issued_s)
{
    unsigned char mac[SECRET_DIGEST_BYTES];
    char *head = mem_text(ctx, "%s.%lld", random, (long long)issued_s);
    struct buf *bytes = buf_new(head, 256);
    char *text;

    buf_add(bytes, head, strlen(head) + 1);
    buf_add(bytes, session_token, strlen(session_token) + 1);
    buf_add(bytes, route, strlen(route) + 1);
    secret_hmac(key, bytes->bytes, bytes->n, mac);
    text = mem_text(ctx, "%s.%s", head, secret_base64url(head, mac, sizeof mac));
    talloc_free(head);
    return text;
}

char *guard_once_make(const void *ctx, const struct secret_key *key, const char *session_token, const char *route, int64_t now)
{
    char *random = rand_token(ctx, ONCE_RANDOM_BYTES);
    char *once = once_text(ctx, key, session_token, route, random, now / CLOCK_SECOND);

    talloc_free(random);
    return once;
}

/* Parts "random.issued.mac"; the mac is not looked at, the whole text is made anew and compared. */
static bool once_parts(const void *ctx, const char *once, char **random, int64_t *issued_s)
{
    size_t random_n = strcspn(once, "."), digits_n;
    const char *digits = once + random_n + 1;
    unsigned char bytes[ONCE_RANDOM_BYTES];

    if (strnlen(once, ONCE_MAX_BYTES + 1) > ONCE_MAX_BYTES || once[random_n] != '.' ||
        !secret_unbase64url(once, random_n, bytes, sizeof bytes))
        return false;
    digits_n = strspn(digits, "0123456789");
    if (digits_n == 0 || digits_n > 12 || digits[digits_n] != '.')
        return false;
    *random = mem_copy_n(ctx, once, random_n);
    *issued_s = strtoll(digits, NULL, 10);
    return true;
}

bool guard_once_check(const struct secret_key *key, const char *session_token, const char *route, const char *once,
                      int64_t now, int64_t ttl_s, unsigned char digest[SECRET_DIGEST_BYTES])
{
    int64_t now_s = now / CLOCK_SECOND, issued_s;
    void *ctx = mem_context(NULL, "once");
    char *random;
    bool is_right = once_parts(ctx, once, &random, &issued_s) &&
        same_text(once_text(ctx, key, session_token, route, random, issued_s), once) &&
        issued_s <= now_s + CLOCK_SKEW_S && now_s - issued_s <= ttl_s;

    if (is_right)
        secret_sha256(once, strlen(once), digest);
    talloc_free(ctx);
    return is_right;
}
