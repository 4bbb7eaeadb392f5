#include <limits.h>
#include <stdint.h>
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "base/memory.h"
#include "base/rand.h"
#include "base/secret.h"

void rand_bytes(void *out, size_t n)
{
    if (n > INT_MAX || RAND_bytes(out, (int)n) != 1)
        abort();
}

void rand_digits(char *out, size_t n)
{
    size_t have = 0;

    while (have < n) {
        unsigned char byte;

        rand_bytes(&byte, 1);
        if (byte < 250)           /* 25 whole runs of ten; the rest would favour 0 to 5 */
            out[have++] = (char)('0' + byte % 10);
    }
    out[n] = '\0';
}

char *rand_token(const void *ctx, size_t bytes)
{
    unsigned char *random = mem_array(ctx, unsigned char, bytes);
    char *token;

    rand_bytes(random, bytes);
    token = secret_base64url(ctx, random, bytes);
    OPENSSL_cleanse(random, bytes);
    talloc_free(random);
    return token;
}

unsigned rand_below(unsigned limit)
{
    uint32_t excess, value;

    if (limit == 0)
        abort();
    excess = (UINT32_MAX % limit + 1) % limit;      /* 2^32 mod limit */
    do
        rand_bytes(&value, sizeof value);
    while (value > UINT32_MAX - excess);
    return value % limit;
}
