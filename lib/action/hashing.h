/* hashing.h - password hashes, of which only a few run at once on a host: each takes tens of megabytes.
 *
 * The slots are byte ranges of config.web.hash_lock, locked for the time of one hash. Whoever finds none free waits about two
 * seconds, then gets ERR_BUSY.
 */
#ifndef ACTION_HASHING_H
#define ACTION_HASHING_H

#include <stdbool.h>

#include "base/config.h"
#include "base/err.h"

/* Is this the password that `stored` was made from? stored NULL costs the same and is never right. *renewed is the same
 * password hashed with the cost of the config, when it was right and that has changed; NULL otherwise. */
const struct err *hashing_check(const void *ctx, const struct config *config, const char *password, const char *stored,
                                bool *is_right, char **renewed);
const struct err *hashing_make(const void *ctx, const struct config *config, const char *password, char **stored);

#endif
