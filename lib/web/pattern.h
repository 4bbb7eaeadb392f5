/* pattern.h - path patterns with typed segments, matched whole: "/requests/{no}/verify", "/invitation/{token}", "/x/{id}".
 * {no}: letters, digits, "-", 1-40 bytes. {token}: base64url, 16-128 bytes. {id}: decimal, 1-18 digits, no leading zero. */
#ifndef WEB_PATTERN_H
#define WEB_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#define PATTERN_VARS_MAX 2
struct pattern_vars { size_t n; const char *values[PATTERN_VARS_MAX]; };   /* in the order of the segments */

bool pattern_match(const void *ctx, const char *pattern, const char *path, struct pattern_vars *vars);

#endif
