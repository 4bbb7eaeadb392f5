/* worker.h - the job worker: what every job is given, and the table of jobs.
 *
 * The program is a process for each part, so that a mail server which hangs holds up nobody who waits for a code, and a slow
 * job no message. In a part jobs are run one after the other, each at its own pace, for ever. None keeps state that the database does not have, but
 * the checkpoints' memory of what is published, which is read back at the start, and numbers of accounts for exports. So any number of workers may run at once.
 */
#ifndef SBIN_WORKER_H
#define SBIN_WORKER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "action/act.h"
#include "base/config.h"
#include "base/err.h"
#include "base/secret.h"
#include "notify/channel.h"
#include "store/db.h"

struct checkpoint;
struct sign_key;
struct log_export_accounts;

/* What one process does. Tests run all in one. */
enum worker_part {
    WORKER_ALL,
    WORKER_URGENT_SMS, WORKER_URGENT_EMAIL,   /* codes and links */
    WORKER_SMS, WORKER_EMAIL,                 /* notices */
    WORKER_WEBHOOKS,
    WORKER_JOBS,                              /* all that sends nothing itself */
    WORKER_PARTS
};
const char *worker_part_name(enum worker_part part);

struct worker {
    enum worker_part part;
    void *mem;                        /* as long as the process */
    const struct config *config;
    struct db *db;
    struct secret_key outbox_key, receipt_key;
    struct notify_channel *email, *sms;
    struct notify_channel *webhook;   /* NULL: no endpoint */
    const char *name;                 /* of this process among all workers */
    struct sign_key *checkpoint_key;  /* NULL until the first are written, likewise the next */
    struct checkpoint *checkpoint;
    struct log_export_accounts *export_accounts;   /* NULL until the first export */
    const volatile sig_atomic_t *is_stopping;
};

struct worker_job {
    const char *name;                 /* in the log */
    unsigned parts;                   /* bits of enum worker_part: who runs it */
    /* Does one portion of work in ctx, which is freed after it. *more: there is more of it now. */
    const struct err *(*run)(struct worker *worker, const void *ctx, int64_t now, bool *more);
    int64_t (*pause)(const struct config *config);   /* between portions when there is no more; microseconds */
};
extern const struct worker_job worker_jobs[];
extern const size_t worker_jobs_n;

/* Runs jobs until *is_stopping; an error is logged and the job tried again. `rounds` > 0: at most so many times round the
 * table, without waiting (tests). */
void worker_run(struct worker *worker, int rounds);

/* Starts a process for each part by `run`, which returns its exit status, and starts again what ends, until *is_stopping. Then
 * ends all and returns when they are gone. In a child `run` is called with signals as they are here; it ends with its parent.
 * Returns in the parent only. */
void worker_parts_run(int (*run)(enum worker_part part, void *arg), void *arg, const volatile sig_atomic_t *is_stopping);

/* Waits at most so long, or looks only (0), with signals let in: as both is done at once none is missed in between. */
void worker_let_signals_in(int64_t wait_ms);

/* Whether it is to end. Signals are blocked while it works, so that none cuts a message short; they are let in here. */
bool worker_is_stopping(const struct worker *worker);

/* The system acting at `now`; what it makes lives in ctx. */
struct act worker_act(const struct worker *worker, const void *ctx, int64_t now);

/* Channels as the config asks for them. */
const struct err *worker_channels(struct worker *worker);

/* --- jobs --- */

const struct err *worker_deliver(struct worker *worker, const void *ctx, int64_t now, bool *more);
const struct err *worker_webhooks(struct worker *worker, const void *ctx, int64_t now, bool *more);
const struct err *worker_publish(struct worker *worker, const void *ctx, int64_t now, bool *more);
const struct err *worker_deadlines(struct worker *worker, const void *ctx, int64_t now, bool *more);
const struct err *worker_watches(struct worker *worker, const void *ctx, int64_t now, bool *more);
const struct err *worker_lifecycle(struct worker *worker, const void *ctx, int64_t now, bool *more);
const struct err *worker_expire_invitations(struct worker *worker, const void *ctx, int64_t now, bool *more);
const struct err *worker_exports(struct worker *worker, const void *ctx, int64_t now, bool *more);
const struct err *worker_budgets(struct worker *worker, const void *ctx, int64_t now, bool *more);
const struct err *worker_purge(struct worker *worker, const void *ctx, int64_t now, bool *more);

/* How long after the try with this number (from 1) a delivery waits: 5 s, doubled each time up to an hour, and up to a
 * quarter less or more, so that what failed together does not come back together. */
int64_t worker_back_off(int64_t tries);

#endif
