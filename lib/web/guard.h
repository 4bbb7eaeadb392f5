/* guard.h - cross-site request forgery and one-time form keys, as pure functions over keys and texts. */
#ifndef WEB_GUARD_H
#define WEB_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/secret.h"
#include "web/http.h"

/* The token for forms of one session (or of the visitor's pre-session cookie): HMAC(key, session token), base64url. */
char *guard_csrf(const void *ctx, const struct secret_key *key, const char *session_token);
bool guard_csrf_is_right(const struct secret_key *key, const char *session_token, const char *csrf);

/* Origin and Sec-Fetch-Site speak for this site: Origin absent or equal to public_url (or to "http(s)://" Host when the
 * request comes in over a loopback demo), Sec-Fetch-Site absent, "same-origin" or "none". */
bool guard_same_origin(const struct http_request *request, const char *public_url);

/* A one-time key for a form: "<16 random bytes>.<issued, s>.<mac>", base64url; bound to session token and route name. */
char *guard_once_make(const void *ctx, const struct secret_key *key, const char *session_token, const char *route, int64_t now);
/* False if it was not made for this session and route or is older than ttl_s. digest identifies it in the database. */
bool guard_once_check(const struct secret_key *key, const char *session_token, const char *route, const char *once,
                      int64_t now, int64_t ttl_s, unsigned char digest[SECRET_DIGEST_BYTES]);

#endif
