/* store_checkpoint.h - the last line of each file of checkpoints (sbin/checkpoint.h), as the worker that wrote it has told. */
#ifndef STORE_STORE_CHECKPOINT_H
#define STORE_STORE_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/secret.h"
#include "store/db.h"

#define CHECKPOINT_ENDS_MAX 100          /* files of one site */
#define CHECKPOINT_PLACE_MAX_POINTS 250

struct checkpoint_end { const char *place; unsigned char digest[SECRET_DIGEST_BYTES]; int64_t at; };

/* Of two workers that write into one file the later one stays. */
const struct err *checkpoint_end_save(struct db *db, const struct checkpoint_end *end);
/* *end NULL: nothing was published at this place. */
const struct err *checkpoint_end_load(struct db *db, const void *ctx, const char *place, struct checkpoint_end **end);
/* By place, at most CHECKPOINT_ENDS_MAX. */
const struct err *checkpoint_end_list(struct db *db, const void *ctx, struct checkpoint_end **ends, size_t *n);

#endif
