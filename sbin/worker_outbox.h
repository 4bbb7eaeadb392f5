/* worker_outbox.h - what the jobs that send have in common: how a claim is held, and how it ends. */
#ifndef SBIN_WORKER_OUTBOX_H
#define SBIN_WORKER_OUTBOX_H

#include "base/clock.h"
#include "store/outbox.h"
#include "worker.h"

#define WORKER_BATCH 10
#define WORKER_LEASE CLOCK_MINUTE

/* Is to give back what it claimed at `claimed_at` and has not begun: it is to end, or could not be done within the lease. */
bool worker_is_late(const struct worker *worker, int64_t claimed_at);

/* What became of one that was claimed. */
struct worker_ending {
    const struct outbox *outbox;
    int64_t id, tries, give_up_at;
    int64_t wait_until;                      /* when it is due again if it is for later; INSTANT_NONE: after a back-off */
    const struct channel_result *result;
    const struct err *(*denied)(struct db *db, int64_t id, const char *worker);   /* in the same transaction; NULL: nothing */
    int64_t now;                             /* out */
    const char *became;                      /* out, for the log: SENT, QUEUED, DEAD, or that another worker has it now */
};

/* Writes it down. Not written down, for want of a database: the lease runs out and it is sent again, under the same id. */
const struct err *worker_end(struct worker *worker, struct worker_ending *ending);

#endif
