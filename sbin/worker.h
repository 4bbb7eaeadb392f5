/* worker.h - the job worker: what every job is given, and the table of jobs.
 *
 * Jobs are run one after the other, each at its own pace, for ever. None keeps state that the database does not have, but
 * the checkpoints' memory of what is published, which is read back at the start, and numbers of accounts for exports. So any number of workers may run at once.
 */
#ifndef SBIN_WORKER_H
#define SBIN_WORKER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "base/err.h"
#include "base/secret.h"
#include "notify/channel.h"
#include "store/db.h"

struct checkpoint;
struct sign_key;
struct log_export_accounts;

struct worker {
    void *mem;                        /* as long as the process */
    const struct config *config;
    struct db *db;
    struct secret_key outbox_key;
    struct notify_channel *email, *sms;
    const char *name;                 /* of this process among all workers */
    struct sign_key *checkpoint_key;  /* NULL until the first are written, likewise the next */
    struct checkpoint *checkpoint;
    struct log_export_accounts *export_accounts;   /* NULL until the first export */
    const volatile sig_atomic_t *is_stopping;
};

struct worker_job {
    const char *name;                 /* in the log */
    /* Does one portion of work in ctx, which is freed after it. *more: there is more of it now. */
    const struct err *(*run)(struct worker *worker, const void *ctx, int64_t now, bool *more);
    int64_t (*pause)(const struct config *config);   /* between portions when there is no more; microseconds */
};
extern const struct worker_job worker_jobs[];
extern const size_t worker_jobs_n;

/* Runs jobs until *is_stopping; an error is logged and the job tried again. `rounds` > 0: at most so many times round the
 * table, without waiting (tests). */
void worker_run(struct worker *worker, int rounds);

/* Whether it is to end. Signals are blocked while it works, so that none cuts a message short; they are let in here. */
bool worker_is_stopping(const struct worker *worker);

/* Channels as the config asks for them. */
const struct err *worker_channels(struct worker *worker);

/* --- jobs --- */

const struct err *worker_deliver(struct worker *worker, const void *ctx, int64_t now, bool *more);
const struct err *worker_publish(struct worker *worker, const void *ctx, int64_t now, bool *more);
const struct err *worker_deadlines(struct worker *worker, const void *ctx, int64_t now, bool *more);
const struct err *worker_watches(struct worker *worker, const void *ctx, int64_t now, bool *more);
const struct err *worker_lifecycle(struct worker *worker, const void *ctx, int64_t now, bool *more);
const struct err *worker_expire_invitations(struct worker *worker, const void *ctx, int64_t now, bool *more);
const struct err *worker_exports(struct worker *worker, const void *ctx, int64_t now, bool *more);
const struct err *worker_purge(struct worker *worker, const void *ctx, int64_t now, bool *more);

/* How long after the try with this number (from 1) a delivery waits: 5 s, doubled each time up to an hour, and up to a
 * quarter less or more, so that what failed together does not come back together. */
int64_t worker_back_off(int64_t tries);

#endif
