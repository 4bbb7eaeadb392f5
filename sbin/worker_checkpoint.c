#include "worker.h"

#include "checkpoint.h"

/* The heads of all chains, a batch at a time. A head that moves meanwhile is published the next time. */
const struct err *worker_publish(struct worker *worker, const void *ctx, int64_t now, bool *more)
{
    int64_t after = -1;
    size_t n = CHECKPOINT_HEADS_MAX;

    const char *path = worker->config->worker.checkpoints, *key_file = worker->config->worker.checkpoint_key_file;

    (void)more;
    if (path[0] == '\0')
        return NULL;
    if (key_file[0] == '\0')
        return err_new(ERR_BUG, 0, "worker.checkpoints is set and worker.checkpoint_key_file is not: nothing is published");
    /* Not at the start of the program: a file that cannot be read or written is no reason to send no mail. */
    if (worker->checkpoint_key == NULL)
        TRY(sign_private_load(worker->mem, key_file, &worker->checkpoint_key));
    if (worker->checkpoint == NULL)
        TRY(checkpoint_open(worker->mem, path, worker->checkpoint_key, &worker->checkpoint));
    while (n == CHECKPOINT_HEADS_MAX) {
        struct log_head *heads;

        TRY(log_heads(worker->db, ctx, after, CHECKPOINT_HEADS_MAX, &heads, &n));
        TRY(checkpoint_add(worker->checkpoint, heads, n, now));
        if (n > 0)
            after = heads[n - 1].chain_id;
    }
    return NULL;
}
