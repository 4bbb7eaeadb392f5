/* worker_here.h - a worker over the test's `db` and `world`. Included once by each program of tests, after what makes these two:
 * support/own_world.h or support/race.h. */
#ifndef TESTS_SBIN_WORKER_HERE_H
#define TESTS_SBIN_WORKER_HERE_H

#include "worker.h"

typedef const struct err *worker_portion(struct worker *worker, const void *ctx, int64_t now, bool *more);

static volatile sig_atomic_t is_stopping;

static inline struct worker worker_here(void)
{
    return (struct worker){ .mem = world.mem, .config = world.config, .db = db, .name = "w1", .is_stopping = &is_stopping };
}

/* One portion of a job at that time; whether there is more of it. */
static inline const struct err *portion_at(worker_portion *job, int64_t at, bool *more)
{
    struct worker worker = worker_here();

    *more = false;
    return job(&worker, world.mem, at, more);
}

static inline bool portion(worker_portion *job)
{
    bool more = false;

    assert_null(portion_at(job, world.now, &more));
    return more;
}

#endif
