/* Customers who asked to be told when all checks pass. What is found is only a list; whether somebody is told is decided in the
 * transaction of each watch, so two workers with the same list tell once. */
#include "worker.h"

#include "action/check_watch.h"
#include "base/memory.h"
#include "store/store_watch.h"

#define BATCH 50

static bool is_away(const struct err *err) { return err->kind == ERR_BUSY || err->kind == ERR_UNCERTAIN; }

/* One that fails is not in the way of those after it; the first failure is told. Errors are kept for a short while only, so it
 * is copied. */
static void keep_first(const void *ctx, const struct err *err, const struct err **failed)
{
    if (*failed != NULL)
        return;
    struct err *copy = mem_new(ctx, struct err);
    *copy = *err;
    *failed = copy;
}

static const struct err *do_batch(struct worker *worker, const void *ctx, int64_t now, int64_t *after, size_t *n,
                                  const struct err **failed)
{
    void *mem = mem_context(worker->mem, "watches");
    struct act act = worker_act(worker, mem, now);
    int64_t *ids = NULL;
    const struct err *err = watch_due(worker->db, mem, now, *after, BATCH, &ids, n);
    for (size_t i = 0; err == NULL && i < *n && !*worker->is_stopping; i++) {
        bool told = false;
        err = look_at_watch(&act, ids[i], &told);
        *after = ids[i];
        if (err != NULL)
            keep_first(ctx, err, failed);
        if (err != NULL && !is_away(err))
            err = NULL;
    }
    talloc_free(mem);
    return err;
}

const struct err *worker_watches(struct worker *worker, const void *ctx, int64_t now, bool *more)
{
    const struct err *failed = NULL;
    int64_t after = 0;
    size_t n = BATCH;
    (void)more;   /* nothing is left over */
    while (n == BATCH && !*worker->is_stopping)
        TRY(do_batch(worker, ctx, now, &after, &n, &failed));
    return failed;
}
