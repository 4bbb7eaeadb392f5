/* log_verify.h - reads the whole operation log and finds rows that were edited, taken out, put in, reordered or cut off. Without
 * checkpoints a tail that was cut off with its head is not found.
 *
 * Rows are read as they lie on the disk, and each chain is followed at once: memory grows with the chains, not with the rows. */
#ifndef SBIN_LOG_VERIFY_H
#define SBIN_LOG_VERIFY_H

#include <stdint.h>

#include "base/err.h"
#include "base/sign.h"
#include "store/db.h"

struct log_verify {
    const char *checkpoints;            /* file; NULL or "": not compared */
    const struct sign_key *key;         /* public; with checkpoints only */
    /* Hears each fault as a sentence that names chain and row; may be NULL. */
    void (*fault)(void *arg, const char *text);
    /* Hears how many rows were read so far; may be NULL. */
    void (*progress)(void *arg, int64_t rows);
    void *arg;

    int64_t rows, rows_expected;        /* out; expected: by the heads at the beginning */
    int64_t chains, lines, faults;      /* out; lines: of the checkpoints */
};

/* ERR_MISSING: there is no file of checkpoints. */
const struct err *log_verify(struct db *db, struct log_verify *verify);

#endif
