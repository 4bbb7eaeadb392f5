#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/url.h"

#define LOCAL_MAX_BYTES 200

/* RFC 3986, section 2.3. */
static bool is_unreserved(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
        c == '-' || c == '.' || c == '_' || c == '~';
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

static char *encode(const void *ctx, const char *text, char stays)
{
    static const char digits[] = "0123456789ABCDEF";
    char *encoded = mem_array(ctx, char, 3 * strlen(text) + 1);
    char *out = encoded;

    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (is_unreserved(c) || *text == stays) {
            *out++ = *text;
            continue;
        }
        *out++ = '%';
        *out++ = digits[c >> 4];
        *out++ = digits[c & 15];
    }
    *out = '\0';
    return encoded;
}

char *url_encode(const void *ctx, const char *text)
{
    return encode(ctx, text, '\0');
}

char *url_encode_path(const void *ctx, const char *path)
{
    return encode(ctx, path, '/');
}

char *url_decode(const void *ctx, const char *bytes, size_t n, bool plus)
{
    char *decoded = mem_array(ctx, char, n + 1);
    size_t out = 0;

    for (size_t i = 0; i < n; i++) {
        if (bytes[i] == '%') {
            int high = n - i > 2 ? hex_value(bytes[i + 1]) : -1;
            int low = n - i > 2 ? hex_value(bytes[i + 2]) : -1;

            if (high < 0 || low < 0)
                goto malformed;
            decoded[out++] = (char)(high << 4 | low);
            i += 2;
        } else {
            decoded[out++] = plus && bytes[i] == '+' ? ' ' : bytes[i];
        }
    }
    decoded[out] = '\0';
    if (text_is_utf8(decoded, out))
        return decoded;
malformed:
    talloc_free(decoded);
    return NULL;
}

/* Browsers read a backslash as a slash and drop tabs and line ends from a URL, so none of them may appear anywhere. */
bool url_is_local(const char *path)
{
    size_t n = path == NULL ? 0 : strnlen(path, LOCAL_MAX_BYTES + 1);

    if (n == 0 || n > LOCAL_MAX_BYTES || path[0] != '/' || path[1] == '/')
        return false;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)path[i] <= ' ' || (unsigned char)path[i] >= 0x7F || path[i] == '\\')
            return false;
    return true;
}
