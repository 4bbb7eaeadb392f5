/* Passwords by scrypt (RFC 7914). libscrypt_check() destroys its argument and stops at a NUL, so the stored text is parsed
 * here and only the function itself is the library's. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <libscrypt.h>

#include "base/memory.h"
#include "base/rand.h"
#include "base/secret.h"

#define SALT_BYTES 16
#define HASH_BYTES 32
#define SALT_CHARS 22
#define HASH_CHARS 43
#define LOG2_N_MAX 20
#define R_MAX 32
#define P_MAX 32
#define MEMORY_MAX_BYTES (INT64_C(1) << 30)

struct stored {
    struct password_cost cost;
    unsigned char salt[SALT_BYTES], hash[HASH_BYTES];
};

/* A stored text must not be able to ask for more memory or time than a host has. */
static bool cost_is_sane(struct password_cost cost)
{
    return cost.log2_n >= 1 && cost.log2_n <= LOG2_N_MAX && cost.r >= 1 && cost.r <= R_MAX && cost.p >= 1 && cost.p <= P_MAX &&
        INT64_C(128) * cost.r * (INT64_C(1) << cost.log2_n) <= MEMORY_MAX_BYTES;
}

static const struct err *scrypt(const char *password, size_t n, const unsigned char *salt, struct password_cost cost,
                                unsigned char hash[HASH_BYTES])
{
    if (!cost_is_sane(cost))
        return err_new(ERR_BUG, 0, "password cost n=%d,r=%d,p=%d is out of range", cost.log2_n, cost.r, cost.p);
    if (libscrypt_scrypt((const uint8_t *)password, n, salt, SALT_BYTES, UINT64_C(1) << cost.log2_n, (uint32_t)cost.r,
                         (uint32_t)cost.p, hash, HASH_BYTES) != 0)
        return err_new(ERR_BUSY, errno, "scrypt: %s", strerror(errno));
    return NULL;
}

const struct err *password_hash(const void *ctx, const char *password, size_t n, struct password_cost cost, char **stored)
{
    unsigned char salt[SALT_BYTES], hash[HASH_BYTES];
    void *work;

    rand_bytes(salt, sizeof salt);
    TRY(scrypt(password, n, salt, cost, hash));
    work = mem_context(ctx, "password_hash");
    *stored = mem_text(ctx, "$scrypt$n=%d,r=%d,p=%d$%s$%s", cost.log2_n, cost.r, cost.p,
                       secret_base64url(work, salt, sizeof salt), secret_base64url(work, hash, sizeof hash));
    talloc_free(work);
    return NULL;
}

static bool take(const char **at, const char *text)
{
    size_t n = strlen(text);

    if (strncmp(*at, text, n) != 0)
        return false;
    *at += n;
    return true;
}

/* One or two digits, no leading zero. */
static bool take_number(const char **at, int *number)
{
    const char *c = *at;

    if (*c < '1' || *c > '9')
        return false;
    *number = *c++ - '0';
    if (*c >= '0' && *c <= '9')
        *number = *number * 10 + (*c++ - '0');
    *at = c;
    return true;
}

static bool take_bytes(const char **at, size_t chars, unsigned char *out, size_t n)
{
    if (strnlen(*at, chars) != chars || !secret_unbase64url(*at, chars, out, n))
        return false;
    *at += chars;
    return true;
}

static bool parse(const char *text, struct stored *stored)
{
    return take(&text, "$scrypt$n=") && take_number(&text, &stored->cost.log2_n) &&
        take(&text, ",r=") && take_number(&text, &stored->cost.r) &&
        take(&text, ",p=") && take_number(&text, &stored->cost.p) &&
        take(&text, "$") && take_bytes(&text, SALT_CHARS, stored->salt, SALT_BYTES) &&
        take(&text, "$") && take_bytes(&text, HASH_CHARS, stored->hash, HASH_BYTES) &&
        *text == '\0' && cost_is_sane(stored->cost);
}

static bool same_cost(struct password_cost a, struct password_cost b)
{
    return a.log2_n == b.log2_n && a.r == b.r && a.p == b.p;
}

const struct err *password_check(const char *password, size_t n, const char *stored, struct password_cost cost,
                                 bool *is_right, bool *is_stale)
{
    struct stored known = { .cost = cost };
    unsigned char hash[HASH_BYTES];
    bool is_known = stored != NULL && parse(stored, &known);

    if (!is_known)
        known = (struct stored){ .cost = cost };
    TRY(scrypt(password, n, known.salt, known.cost, hash));
    *is_right = secret_equal(hash, known.hash, sizeof hash) && is_known;
    *is_stale = is_known && !same_cost(known.cost, cost);
    secret_wipe(hash, sizeof hash);
    return NULL;
}
