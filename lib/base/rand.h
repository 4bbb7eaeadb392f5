/* rand.h - randomness from OpenSSL's CSPRNG. Aborts when the system has none. */
#ifndef BASE_RAND_H
#define BASE_RAND_H

#include <stddef.h>

void rand_bytes(void *out, size_t n);

/* n decimal digits, evenly spread (rejection sampling), and a NUL; out has room for n + 1. */
void rand_digits(char *out, size_t n);

/* A URL-safe text of `bytes` random bytes (base64url without padding) in ctx. */
char *rand_token(const void *ctx, size_t bytes);

/* 0 … limit-1, evenly spread; limit ≥ 1. */
unsigned rand_below(unsigned limit);

#endif
