#include "worker.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "checkpoint.h"
#include "store/store_checkpoint.h"

/* Several hosts may write a file each. */
static const char *place_of(const void *ctx, const char *path)
{
    char host[65] = "";

    if (gethostname(host, sizeof host - 1) != 0 || !text_is_utf8(host, strlen(host)))
        host[0] = '\0';
    return text_cut(ctx, mem_text(ctx, "%s:%s", host, path), CHECKPOINT_PLACE_MAX_POINTS);
}

/* Not at the start of the program: a file that cannot be read or written is no reason to send no mail. */
static const struct err *open_file(struct worker *worker)
{
    if (worker->checkpoint_key == NULL)
        TRY(sign_private_load(worker->mem, worker->config->worker.checkpoint_key_file, &worker->checkpoint_key));
    if (worker->checkpoint == NULL)
        TRY(checkpoint_open(worker->mem, worker->config->worker.checkpoints, worker->checkpoint_key, &worker->checkpoint));
    return NULL;
}

/* Where another worker has written too, or this one died before it could tell, the line is not the last one, but there. */
static const struct err *is_there(const struct worker *worker, const struct checkpoint_end *end, bool *there)
{
    unsigned char last[SECRET_DIGEST_BYTES];

    *there = true;
    if (end == NULL)
        return NULL;
    TRY(checkpoint_last(worker->checkpoint, last));
    return memcmp(last, end->digest, sizeof last) == 0 ? NULL : checkpoint_holds(worker->checkpoint, end->digest, there);
}

/* The heads of all chains, a batch at a time. A head that moves meanwhile is published the next time. */
static const struct err *add_heads(struct worker *worker, const void *ctx, int64_t now)
{
    int64_t after = -1;
    size_t n = CHECKPOINT_HEADS_MAX;

    while (n == CHECKPOINT_HEADS_MAX) {
        struct log_head *heads;

        TRY(log_heads(worker->db, ctx, after, CHECKPOINT_HEADS_MAX, &heads, &n));
        TRY(checkpoint_add(worker->checkpoint, heads, n, now));
        if (n > 0)
            after = heads[n - 1].chain_id;
    }
    return NULL;
}

static const struct err *tell_end(const struct worker *worker, const struct checkpoint_end *before, const char *place, int64_t now)
{
    static const unsigned char nothing[SECRET_DIGEST_BYTES] = { 0 };
    struct checkpoint_end end = { .place = place, .at = now };

    TRY(checkpoint_last(worker->checkpoint, end.digest));
    if (memcmp(end.digest, before == NULL ? nothing : before->digest, sizeof end.digest) == 0)
        return NULL;
    return checkpoint_end_save(worker->db, &end);
}

const struct err *worker_publish(struct worker *worker, const void *ctx, int64_t now, bool *more)
{
    const char *path = worker->config->worker.checkpoints, *place = place_of(ctx, path);
    struct checkpoint_end *end = NULL;
    bool there = false;
    char at[32];

    (void)more;
    if (path[0] == '\0')
        return NULL;
    if (worker->config->worker.checkpoint_key_file[0] == '\0')
        return err_new(ERR_BUG, 0, "worker.checkpoints is set and worker.checkpoint_key_file is not: nothing is published");
    TRY(open_file(worker));
    TRY(checkpoint_end_load(worker->db, ctx, place, &end));
    TRY(is_there(worker, end, &there));
    if (there) {
        TRY(add_heads(worker, ctx, now));
        return tell_end(worker, end, place, now);
    }
    /* What is not in the file any more is published again; what was in it stays the end that verification asks for. */
    talloc_free(worker->checkpoint);
    worker->checkpoint = NULL;
    TRY(open_file(worker));
    TRY(add_heads(worker, ctx, now));
    clock_format_utc(end->at, false, at);
    return err_new(ERR_BUG, 0, "checkpoints %s: the line that was published at %s is gone: the file was cut off, or is another one",
                   path, at);
}
