/* The texts that bytes travel as: hex and base64url (RFC 4648, section 5). Declared in secret.h. */

#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "base/secret.h"

static const char hex_digits[] = "0123456789abcdef";
static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

char *secret_hex(const void *ctx, const void *bytes, size_t n)
{
    const unsigned char *in = bytes;
    char *hex = mem_zero_array(ctx, 2, n + 1, "hex");

    for (size_t i = 0; i < n; i++) {
        hex[2 * i] = hex_digits[in[i] >> 4];
        hex[2 * i + 1] = hex_digits[in[i] & 15];
    }
    return hex;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool secret_unhex(const char *hex, size_t hex_n, unsigned char *out, size_t out_n)
{
    if (hex_n % 2 != 0 || hex_n / 2 != out_n)
        return false;
    for (size_t i = 0; i < hex_n; i++)
        if (hex_value(hex[i]) < 0)
            return false;
    for (size_t i = 0; i < out_n; i++)
        out[i] = (unsigned char)(hex_value(hex[2 * i]) << 4 | hex_value(hex[2 * i + 1]));
    return true;
}

char *secret_base64url(const void *ctx, const void *bytes, size_t n)
{
    const unsigned char *in = bytes;
    char *text = mem_array(ctx, char, n / 3 * 4 + 5);
    char *out = text;

    for (size_t i = 0; i < n; i += 3) {
        uint32_t group = (uint32_t)in[i] << 16;

        if (i + 1 < n)
            group |= (uint32_t)in[i + 1] << 8;
        if (i + 2 < n)
            group |= in[i + 2];
        *out++ = base64_digits[group >> 18 & 63];
        *out++ = base64_digits[group >> 12 & 63];
        if (i + 1 < n)
            *out++ = base64_digits[group >> 6 & 63];
        if (i + 2 < n)
            *out++ = base64_digits[group & 63];
    }
    return text;
}

static int base64_value(char c)
{
    const char *at = c == '\0' ? NULL : strchr(base64_digits, c);

    return at == NULL ? -1 : (int)(at - base64_digits);
}

/* One text for one value: spare bits at the end must be zero, or a token would have several spellings. */
bool secret_unbase64url(const char *text, size_t n, unsigned char *out, size_t out_n)
{
    uint32_t bits = 0;
    unsigned held = 0;
    size_t done = 0;

    if (n % 4 == 1 || n / 4 * 3 + (n % 4 == 0 ? 0 : n % 4 - 1) != out_n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (base64_value(text[i]) < 0)
            return false;
    for (size_t i = 0; i < n; i++) {
        bits = (bits << 6 | (uint32_t)base64_value(text[i])) & 0xFFFFFF;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[done++] = (unsigned char)(bits >> held & 0xFF);
        }
    }
    return (bits & ((1U << held) - 1)) == 0;
}
