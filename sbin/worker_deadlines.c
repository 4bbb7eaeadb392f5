/* Deadlines: reminders, requests that go to the platform, requests that expire. What is found is only a list; whether something
 * is to be done is decided in the transaction of each request, so two workers with the same list do it once. */
#include "worker.h"

#include "action/deadline.h"
#include "base/memory.h"
#include "store/store_deadline.h"

#define BATCH 50

static const struct {
    deadline_list *list;
    const struct err *(*act)(struct act *act, int64_t request_id, enum deadline_outcome *outcome);
} kinds[] = {
    {deadline_passed, deadline_meet},
    {deadline_stuck, deadline_meet},
    {deadline_to_remind, deadline_remind},
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

/* One that fails is not in the way of those after it; the first failure is told. */
static const struct err *do_batch(struct worker *worker, const void *ctx, size_t kind, int64_t now, struct deadline_due *after,
                                  size_t *n, const struct err **failed)
{
    void *mem = mem_context(worker->mem, "deadlines");
    struct act act = worker_act(worker, mem, now);
    struct deadline_due *due = NULL;
    const struct err *err = kinds[kind].list(worker->db, mem, now, *after, BATCH, &due, n);
    for (size_t i = 0; err == NULL && i < *n && !*worker->is_stopping; i++) {
        enum deadline_outcome outcome = DEADLINE_NOTHING;
        err = kinds[kind].act(&act, due[i].id, &outcome);
        *after = due[i];
        if (err != NULL && *failed == NULL)
            *failed = copy_of(ctx, err);
        if (err != NULL && !is_away(err))
            err = NULL;
    }
    talloc_free(mem);
    return err;
}

const struct err *worker_deadlines(struct worker *worker, const void *ctx, int64_t now, bool *more)
{
    const struct err *failed = NULL;
    (void)more;   /* nothing is left over */
    for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
        struct deadline_due after = DEADLINE_FIRST;
        size_t n = BATCH;
        while (n == BATCH && !*worker->is_stopping)
            TRY(do_batch(worker, ctx, kind, now, &after, &n, &failed));
    }
    return failed;
}
