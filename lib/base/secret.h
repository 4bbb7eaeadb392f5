/* secret.h - digests, MACs, sealing, passwords, one-time passwords. The only includer of <libscrypt.h> is password.c. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SECRET_DIGEST_BYTES 32   /* SHA-256 and HMAC-SHA-256 */
#define SECRET_KEY_BYTES 32

struct secret_key { unsigned char bytes[SECRET_KEY_BYTES]; };

/* Reads a key file: exactly 64 hex digits and an optional newline; not readable by others. ERR_BUG names the path's fault. */
const struct err *secret_key_load(const char *path, struct secret_key *key);

/* A key for one use, derived from the site's key: HMAC(key, label). Labels are fixed texts: "csrf", "code", "form", … */
void secret_derive(const struct secret_key *key, const char *label, struct secret_key *out);

void secret_sha256(const void *bytes, size_t n, unsigned char out[SECRET_DIGEST_BYTES]);
/* HMAC-SHA-256. Stays in memory: the last keys it was used with. */
void secret_hmac(const struct secret_key *key, const void *bytes, size_t n, unsigned char out[SECRET_DIGEST_BYTES]);
bool secret_equal(const void *a, const void *b, size_t n);   /* constant time */
void secret_wipe(void *bytes, size_t n);

/* AES-256-GCM with a random nonce: nonce ‖ ciphertext ‖ tag in ctx. `aad` binds it to its place. */
unsigned char *secret_seal(const void *ctx, const struct secret_key *key, const char *aad,
                           const void *plain, size_t n, size_t *sealed_n);
/* ERR_INPUT if it was not sealed with this key for this place. The plain text gets a NUL that does not count. */
const struct err *secret_open(const void *ctx, const struct secret_key *key, const char *aad,
                              const void *sealed, size_t sealed_n, char **plain, size_t *n);

char *secret_hex(const void *ctx, const void *bytes, size_t n);                          /* lower case */
bool secret_unhex(const char *hex, size_t hex_n, unsigned char *out, size_t out_n);      /* true if all of it fits exactly */
char *secret_base64url(const void *ctx, const void *bytes, size_t n);                    /* no padding */
bool secret_unbase64url(const char *text, size_t n, unsigned char *out, size_t out_n);   /* true if exactly out_n bytes */

/* Passwords, scrypt (RFC 7914). The stored text is "$scrypt$n=15,r=8,p=3$<salt b64url>$<hash b64url>". */
struct password_cost { int log2_n, r, p; };      /* memory is 128 · r · 2^log2_n bytes */
const struct err *password_hash(const void *ctx, const char *password, size_t n, struct password_cost cost, char **stored);
/* *is_right; *is_stale when its cost differs from `cost` (hash it again). A malformed stored text is wrong, never an error.
 * stored = NULL does the same work against a dummy and answers wrong, so that unknown users cost the same. */
const struct err *password_check(const char *password, size_t n, const char *stored, struct password_cost cost,
                                 bool *is_right, bool *is_stale);

/* RFC 6238 codes, 30 s steps, six digits, secret in base32. *step is the time step that matched (one step of drift either
 * way), for refusing a second use. False for a wrong code or a malformed secret. */
bool totp_check(const char *secret_base32, const char *code, int64_t now, int64_t *step);
bool totp_now(const char *secret_base32, int64_t now, char code[7]);

#endif
