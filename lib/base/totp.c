/* RFC 6238 by liboath. The comparison is ours, because the library's validation stops at the first match and is not in
 * constant time. */

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <oath.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/secret.h"

#define STEP_S 30
#define DIGITS 6
#define DRIFT_STEPS 1
#define SECRET_MAX_CHARS 256

struct totp_key { char *bytes; size_t n; };

/* Out of memory is no wrong code. */
static bool is_fine(int outcome)
{
    if (outcome == OATH_MALLOC_ERROR || outcome == OATH_CRYPTO_ERROR)
        mem_end(0);
    return outcome == OATH_OK;
}

static bool key_open(const char *secret_base32, struct totp_key *key)
{
    size_t n = strnlen(secret_base32, SECRET_MAX_CHARS + 1);

    *key = (struct totp_key){ 0 };
    if (n == 0 || n > SECRET_MAX_CHARS || !is_fine(oath_init()))
        return false;
    return is_fine(oath_base32_decode(secret_base32, n, &key->bytes, &key->n)) && key->n > 0;
}

static void key_close(struct totp_key *key)
{
    if (key->bytes != NULL)
        secret_wipe(key->bytes, key->n);
    free(key->bytes);
}

static bool code_of_step(const struct totp_key *key, int64_t step, char code[DIGITS + 1])
{
    return is_fine(oath_totp_generate(key->bytes, key->n, (time_t)(step * STEP_S), STEP_S, 0, DIGITS, code));
}

static bool is_six_digits(const char *code)
{
    return strnlen(code, DIGITS + 1) == DIGITS && strspn(code, "0123456789") == DIGITS;
}

bool totp_check(const char *secret_base32, const char *code, int64_t now, int64_t *step)
{
    int64_t present = now / CLOCK_SECOND / STEP_S;
    struct totp_key key;
    bool is_right = false;

    if (now < 0 || !is_six_digits(code))
        return false;
    if (key_open(secret_base32, &key))
        for (int64_t s = present - DRIFT_STEPS; s <= present + DRIFT_STEPS; s++) {
            char expected[DIGITS + 1];

            if (s < 0 || !code_of_step(&key, s, expected) || !secret_equal(expected, code, DIGITS))
                continue;
            *step = s;
            is_right = true;
        }
    key_close(&key);
    return is_right;
}

bool totp_now(const char *secret_base32, int64_t now, char code[7])
{
    struct totp_key key;
    bool is_made;

    if (now < 0)
        return false;
    is_made = key_open(secret_base32, &key) && code_of_step(&key, now / CLOCK_SECOND / STEP_S, code);
    key_close(&key);
    return is_made;
}
