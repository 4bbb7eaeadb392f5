/* log_verify.h - walks every chain of the operation log and finds rows that were edited, taken out, put in, reordered or cut
 * off. Without checkpoints a cut tail shows only if the chain's head was left as it was. */
#ifndef SBIN_LOG_VERIFY_H
#define SBIN_LOG_VERIFY_H

#include <stdint.h>

#include "base/err.h"
#include "base/secret.h"
#include "store/db.h"

struct log_verify {
    const char *checkpoints;            /* file; NULL or "": not compared */
    const struct secret_key *key;       /* of checkpoint_key(); with checkpoints only */
    /* Hears each fault as a sentence; may be NULL. */
    void (*fault)(void *arg, const char *text);
    /* Hears how many rows were read so far; may be NULL. */
    void (*progress)(void *arg, int64_t rows);
    void *arg;

    int64_t rows, chains, lines, faults;   /* out; lines: of the checkpoints */
};

/* ERR_MISSING: there is no file of checkpoints. A row that cannot be read at all is a fault and ends the walk. */
const struct err *log_verify(struct db *db, struct log_verify *verify);

#endif
