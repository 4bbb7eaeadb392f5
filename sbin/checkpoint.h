/* checkpoint.h - heads of the operation log's chains, signed, and kept in a file outside the database.
 *
 * One JSON line each time some heads have moved: {"at":…,"before":"…","heads":[[chain, seq, "hash"], …],"signature":"…"}. The
 * signature is over the line up to it, with a key that only the worker has; `before` is the SHA-256 of the line before it, so
 * that none is taken out. Lines are only added. Whoever can write to the database but not to this file cannot take back a row
 * of the log below the last line without being found out; whoever can write to the file but has not the key can only cut its
 * end off, and not without changing the database too, which keeps the digest of the last line (store_checkpoint.h). Whoever can
 * do both is found out by a copy only, which belongs on a disk of somebody else.
 */
#ifndef SBIN_CHECKPOINT_H
#define SBIN_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/secret.h"
#include "base/sign.h"
#include "store/store_log.h"

#define CHECKPOINT_HEADS_MAX 500   /* in one line */

struct checkpoint;
/* Reads what the file has published so far; a line that was broken off by a crash is cut away. The file is made when it is not
 * there. The key is a private one, kept and not copied. ERR_BUG names what cannot be read or written. */
const struct err *checkpoint_open(const void *ctx, const char *path, const struct sign_key *key,
                                  struct checkpoint **checkpoint);
/* Adds a line with those of the heads that have moved since, if any, and waits until it is on the disk. n at most
 * CHECKPOINT_HEADS_MAX. */
const struct err *checkpoint_add(struct checkpoint *checkpoint, const struct log_head *heads, size_t n, int64_t at);

/* The SHA-256 of the last line, newline included, is what tells how far the file goes. Zeroes: it has none. */
const struct err *checkpoint_last(const struct checkpoint *checkpoint, unsigned char digest[SECRET_DIGEST_BYTES]);
/* Whether one of its lines has this digest. All of the file is read; signatures are not looked at. */
const struct err *checkpoint_holds(const struct checkpoint *checkpoint, const unsigned char digest[SECRET_DIGEST_BYTES], bool *holds);

/* FORGED: not readable, or its signature is wrong; it has no heads. MISPLACED: genuine, but the line before it is another one. */
enum checkpoint_fault { CHECKPOINT_FINE, CHECKPOINT_FORGED, CHECKPOINT_MISPLACED };
struct checkpoint_line {
    size_t number;                   /* from 1 */
    enum checkpoint_fault fault;
    const struct log_head *heads;
    size_t n;
    unsigned char digest[SECRET_DIGEST_BYTES];
};

/* Reads a file line by line for verification, by the public key; `hear` hears each. ERR_MISSING: there is no such file. */
const struct err *checkpoint_read(const char *path, const struct sign_key *key,
                                  void (*hear)(void *arg, const struct checkpoint_line *line), void *arg);

#endif
