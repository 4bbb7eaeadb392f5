/* checkpoint.h - heads of the operation log's chains, kept in a file outside the database.
 *
 * One JSON line each time some heads have moved: {"at":…,"heads":[[chain, seq, "hash"], …],"mac":"…"}. The MAC is over the
 * line up to it, with a key that the database does not know. Lines are only added. Whoever can write to the database but not
 * to this file cannot take back a row of the log below the last line without being found out.
 */
#ifndef SBIN_CHECKPOINT_H
#define SBIN_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/secret.h"
#include "store/store_log.h"

#define CHECKPOINT_HEADS_MAX 500   /* in one line */

void checkpoint_key(const struct secret_key *site_key, struct secret_key *key);

struct checkpoint;
/* Reads what the file has published so far; a line that was broken off by a crash is cut away. The file is made when it is not
 * there. ERR_BUG names what cannot be read or written. */
const struct err *checkpoint_open(const void *ctx, const char *path, const struct secret_key *key,
                                  struct checkpoint **checkpoint);
/* Adds a line with those of the heads that have moved since, if any, and waits until it is on the disk. n at most
 * CHECKPOINT_HEADS_MAX. */
const struct err *checkpoint_add(struct checkpoint *checkpoint, const struct log_head *heads, size_t n, int64_t at);

/* Reads a file line by line for verification. `line` hears each: number from 1, its heads, and is_genuine: false when it is
 * not readable or its MAC is wrong (n is 0 then). */
const struct err *checkpoint_read(const char *path, const struct secret_key *key,
                                  void (*line)(void *arg, size_t number, bool is_genuine, const struct log_head *heads, size_t n),
                                  void *arg);

#endif
