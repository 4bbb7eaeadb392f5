/* sign.h - signatures (Ed25519, RFC 8032): made with a private key that one program has, checked by anybody with the public one. */
#ifndef BASE_SIGN_H
#define BASE_SIGN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define SIGN_BYTES 64

struct sign_key;

/* From PEM files, as `openssl genpkey -algorithm ed25519` and `openssl pkey -pubout` write them, without a password. A private
 * key must not be readable by others, and checks as well. ERR_BUG names the path's fault. The key lives in ctx. */
const struct err *sign_private_load(const void *ctx, const char *path, struct sign_key **key);
const struct err *sign_public_load(const void *ctx, const char *path, struct sign_key **key);

void sign_make(const struct sign_key *key, const void *bytes, size_t n, unsigned char signature[SIGN_BYTES]);
bool sign_check(const struct sign_key *key, const void *bytes, size_t n, const unsigned char signature[SIGN_BYTES]);

#endif
