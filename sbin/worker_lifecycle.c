/* What becomes of resources that are not paid for, and reminders to those who left without a payment method. What is found is only a
 * list; whether something is to be done is decided in the transaction of each, so two workers with the same list do it once. */
#include "worker.h"

#include "action/resource_life.h"
#include "base/memory.h"
#include "store/store_resource.h"

#define BATCH 50

static const struct {
    resource_due_list *list;
    const struct err *(*step)(struct act *act, int64_t id, bool *stepped);
} kinds[] = {
    {resource_due_charge, resource_step},
    {resource_due_end, resource_step},
    {resource_due_warning, resource_step},
    {payment_task_due, payment_remind},
};

/* Without a database there is no point in going on with the others. */
static bool is_away(const struct err *err) { return err->kind == ERR_BUSY || err->kind == ERR_UNCERTAIN; }

/* Errors are kept for a short while only. */
static const struct err *copy_of(const void *ctx, const struct err *err)
{
    struct err *copy = mem_new(ctx, struct err);
    *copy = *err;
    return copy;
}

/* Until nothing is due any more: a worker that was away for long makes up for it. */
static const struct err *follow(struct act *act, size_t kind, int64_t id, const struct worker *worker)
{
    bool stepped = true;
    while (stepped && !*worker->is_stopping)
        TRY(kinds[kind].step(act, id, &stepped));
    return NULL;
}

/* One that fails is not in the way of those after it; the first failure is told. */
static const struct err *do_batch(struct worker *worker, const void *ctx, size_t kind, int64_t now, int64_t *after, size_t *n,
                                  const struct err **failed)
{
    void *mem = mem_context(worker->mem, "lifecycle");
    struct act act = worker_act(worker, mem, now);
    int64_t *ids = NULL;
    const struct err *err = kinds[kind].list(worker->db, mem, now, *after, BATCH, &ids, n);
    for (size_t i = 0; err == NULL && i < *n && !*worker->is_stopping; i++) {
        err = follow(&act, kind, ids[i], worker);
        *after = ids[i];
        if (err != NULL && *failed == NULL)
            *failed = copy_of(ctx, err);
        if (err != NULL && !is_away(err))
            err = NULL;
    }
    talloc_free(mem);
    return err;
}

const struct err *worker_lifecycle(struct worker *worker, const void *ctx, int64_t now, bool *more)
{
    const struct err *failed = NULL;
    (void)more;   /* nothing is left over */
    for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
        int64_t after = 0;
        size_t n = BATCH;
        while (n == BATCH && !*worker->is_stopping)
            TRY(do_batch(worker, ctx, kind, now, &after, &n, &failed));
    }
    return failed;
}
