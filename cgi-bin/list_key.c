#include "list_key.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"

#define LAST_AT INT64_C(253402300799999999)   /* the end of 9999 */

/* A run of digits and what comes after it. */
static bool read_number(const char **at, int64_t *number)
{
    char *end;
    if (**at < '0' || **at > '9')
        return false;
    errno = 0;
    long long value = strtoll(*at, &end, 10);
    if (errno != 0)
        return false;
    *at = end;
    *number = value;
    return true;
}

bool list_key_read(const char *text, int64_t *at, int64_t *id)
{
    int64_t read_at, read_id;
    if (!read_number(&text, &read_at) || read_at > LAST_AT || *text++ != '.')
        return false;
    if (!read_number(&text, &read_id) || *text != '\0')
        return false;
    *at = read_at;
    *id = read_id;
    return true;
}

char *list_key_text(const void *ctx, int64_t at, int64_t id) { return mem_text(ctx, "%" PRId64 ".%" PRId64, at, id); }
