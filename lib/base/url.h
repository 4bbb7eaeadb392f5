/* url.h - percent-encoding and local paths. */
#ifndef BASE_URL_H
#define BASE_URL_H

#include <stdbool.h>
#include <stddef.h>

/* Everything but unreserved characters becomes %XX. */
char *url_encode(const void *ctx, const char *text);
/* The same, but "/" stays: of a path that was decoded. */
char *url_encode_path(const void *ctx, const char *path);

/* Decodes %XX, and + as a space when `plus`. NULL if a %XX is malformed or the result holds a NUL or is not UTF-8. */
char *url_decode(const void *ctx, const char *bytes, size_t n, bool plus);

/* A path of our own to go to after something: starts with one "/", not "//" nor "/\", no scheme, no control characters,
 * at most 200 bytes. */
bool url_is_local(const char *path);

#endif
