#include "log_verify.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "checkpoint.h"
#include "store/store_log.h"

#define BATCH 1000

struct published { struct log_head head; size_t line; };

struct heads { struct log_head *heads; size_t n, room; };

struct walk {
    struct log_verify *verify;
    void *mem;
    struct published *published;        /* by (chain, seq) once all are read */
    size_t published_n, published_room, published_at;
    struct heads before;                /* by chain: read before the walk, so that every row up to them must be there */
    size_t head_at;
    struct operation_row last;          /* of the chain at hand; seq 0: none yet */
    struct heads walked;                /* the last row of each chain */
};

static void fault(struct walk *walk, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void fault(struct walk *walk, const char *format, ...)
{
    va_list args;
    char *text;

    walk->verify->faults++;
    if (walk->verify->fault == NULL)
        return;
    va_start(args, format);
    text = mem_vtext(NULL, format, args);
    va_end(args);
    walk->verify->fault(walk->verify->arg, text);
    talloc_free(text);
}

static void add_head(const void *mem, struct heads *heads, const struct log_head *head)
{
    if (heads->n == heads->room) {
        size_t room = heads->room == 0 ? 256 : 2 * heads->room;

        heads->heads = mem_grow(mem, heads->heads, sizeof *head, heads->room, room);
        heads->room = room;
    }
    heads->heads[heads->n++] = *head;
}

/* --- what was published, and the heads -------------------------------------------------------------------------------- */

static void hear_line(void *arg, size_t number, bool is_genuine, const struct log_head *heads, size_t n)
{
    struct walk *walk = arg;

    walk->verify->lines++;
    if (!is_genuine)
        fault(walk, "checkpoint line %zu is not genuine: it was forged or damaged", number);
    for (size_t i = 0; i < n; i++) {
        if (walk->published_n == walk->published_room) {
            size_t room = walk->published_room == 0 ? 1024 : 2 * walk->published_room;

            walk->published = mem_grow(walk->mem, walk->published, sizeof *walk->published, walk->published_room, room);
            walk->published_room = room;
        }
        walk->published[walk->published_n++] = (struct published){ heads[i], number };
    }
}

static int by_place(const void *a, const void *b)
{
    const struct log_head *x = &((const struct published *)a)->head, *y = &((const struct published *)b)->head;

    if (x->chain_id != y->chain_id)
        return x->chain_id < y->chain_id ? -1 : 1;
    return x->seq == y->seq ? 0 : x->seq < y->seq ? -1 : 1;
}

static const struct err *read_published(struct walk *walk)
{
    const struct log_verify *verify = walk->verify;

    if (verify->checkpoints == NULL || verify->checkpoints[0] == '\0')
        return NULL;
    TRY(checkpoint_read(verify->checkpoints, verify->key, hear_line, walk));
    if (walk->published_n > 0)
        qsort(walk->published, walk->published_n, sizeof *walk->published, by_place);
    return NULL;
}

static const struct err *read_heads(struct db *db, const void *mem, struct heads *heads)
{
    int64_t after = -1;
    size_t n = BATCH;

    while (n == BATCH) {
        void *ctx = mem_context(NULL, "heads");
        struct log_head *some;
        const struct err *err = log_heads(db, ctx, after, BATCH, &some, &n);

        for (size_t i = 0; i < n && err == NULL; i++) {
            add_head(mem, heads, &some[i]);
            after = some[i].chain_id;
        }
        talloc_free(ctx);
        TRY(err);
    }
    return NULL;
}

/* --- the walk --------------------------------------------------------------------------------------------------------- */

/* Published heads up to and including this place. Those before it that were passed over stood for rows that are not there. */
static void compare_published(struct walk *walk, int64_t chain_id, int64_t seq, const unsigned char *hash)
{
    for (; walk->published_at < walk->published_n; walk->published_at++) {
        const struct published *published = &walk->published[walk->published_at];
        const struct log_head *head = &published->head;

        if (head->chain_id > chain_id || (head->chain_id == chain_id && head->seq > seq))
            return;
        if (head->chain_id != chain_id || head->seq != seq || hash == NULL)
            fault(walk, "chain %" PRId64 ": row %" PRId64 ", published in checkpoint line %zu, is not there", head->chain_id,
                  head->seq, published->line);
        else if (memcmp(head->hash, hash, sizeof head->hash) != 0)
            fault(walk, "chain %" PRId64 ": row %" PRId64 " is not the one published in checkpoint line %zu", head->chain_id,
                  head->seq, published->line);
    }
}

static const struct log_head *head_of(struct walk *walk, int64_t chain_id)
{
    while (walk->head_at < walk->before.n && walk->before.heads[walk->head_at].chain_id < chain_id) {
        const struct log_head *passed = &walk->before.heads[walk->head_at++];

        if (passed->seq > 0)
            fault(walk, "chain %" PRId64 ": all of its %" PRId64 " rows are missing", passed->chain_id, passed->seq);
    }
    if (walk->head_at < walk->before.n && walk->before.heads[walk->head_at].chain_id == chain_id)
        return &walk->before.heads[walk->head_at];
    return NULL;
}

static void end_chain(struct walk *walk)
{
    const struct operation_row *last = &walk->last;
    const struct log_head *head;
    struct log_head end = { .chain_id = last->chain_id, .seq = last->seq };

    if (last->seq == 0)
        return;
    head = head_of(walk, last->chain_id);
    if (head != NULL && last->seq < head->seq)
        fault(walk, "chain %" PRId64 ": rows %" PRId64 " to %" PRId64 " are cut off its end", last->chain_id, last->seq + 1,
              head->seq);
    if (head != NULL)
        walk->head_at++;
    memcpy(end.hash, last->hash, sizeof end.hash);
    add_head(walk->mem, &walk->walked, &end);
}

static void check_row(struct walk *walk, const struct operation_row *row)
{
    static const unsigned char nothing[OPERATION_HASH_BYTES] = { 0 };
    const struct operation_row *last = &walk->last;
    bool is_first = last->seq == 0 || last->chain_id != row->chain_id;
    int64_t expected = is_first ? 1 : last->seq + 1;
    const unsigned char *before = is_first ? nothing : last->hash;
    unsigned char hash[OPERATION_HASH_BYTES];
    const struct log_head *head;

    operation_hash(row, hash);
    if (row->seq != expected)
        fault(walk, "chain %" PRId64 ": row %" PRId64 " is missing (the next is row %" PRId64 ", id %" PRId64 ")", row->chain_id,
              expected, row->seq, row->id);
    else if (memcmp(row->prev_hash, before, sizeof nothing) != 0)
        fault(walk, "chain %" PRId64 ": row %" PRId64 " (id %" PRId64 ") does not follow the row before it", row->chain_id,
              row->seq, row->id);
    if (memcmp(row->hash, hash, sizeof hash) != 0)
        fault(walk, "chain %" PRId64 ": row %" PRId64 " (id %" PRId64 ") was changed", row->chain_id, row->seq, row->id);
    head = head_of(walk, row->chain_id);
    if (head != NULL && head->seq == row->seq && memcmp(head->hash, row->hash, sizeof head->hash) != 0)
        fault(walk, "chain %" PRId64 ": row %" PRId64 " (id %" PRId64 ") is not the chain's head", row->chain_id, row->seq, row->id);
    compare_published(walk, row->chain_id, row->seq, row->hash);
}

static void take_row(struct walk *walk, const struct operation_row *row)
{
    if (walk->last.seq != 0 && walk->last.chain_id != row->chain_id)
        end_chain(walk);
    if (walk->last.seq == 0 || walk->last.chain_id != row->chain_id)
        walk->verify->chains++;
    check_row(walk, row);
    walk->verify->rows++;
    walk->last = *row;   /* its numbers and hashes are used; its texts go with the batch */
}

static const struct err *walk_rows(struct db *db, struct walk *walk)
{
    int64_t chain_id = INT64_MIN, seq = 0;
    size_t n = BATCH;

    while (n == BATCH) {
        void *ctx = mem_context(NULL, "rows");
        struct log_page page = { .n = 0 };
        const struct err *err = log_walk(db, ctx, chain_id, seq, BATCH, &page);

        n = page.n;
        for (size_t i = 0; i < n && err == NULL; i++) {
            take_row(walk, &page.rows[i]);
            chain_id = page.rows[i].chain_id;
            seq = page.rows[i].seq;
        }
        talloc_free(ctx);
        if (err != NULL && err->kind == ERR_BUG && err->code == 0) {
            fault(walk, "%s", err->what);
            return NULL;
        }
        TRY(err);
        if (walk->verify->progress != NULL)
            walk->verify->progress(walk->verify->arg, walk->verify->rows);
    }
    end_chain(walk);
    (void)head_of(walk, INT64_MAX);
    compare_published(walk, INT64_MAX, INT64_MAX, NULL);
    return NULL;
}

/* Rows that were appended during the walk have moved the head with them; rows beyond it were put there by somebody else. */
static const struct err *compare_heads_after(struct db *db, struct walk *walk)
{
    struct heads after = { .n = 0 };
    size_t at = 0;

    TRY(read_heads(db, walk->mem, &after));
    for (size_t i = 0; i < walk->walked.n; i++) {
        const struct log_head *end = &walk->walked.heads[i];

        while (at < after.n && after.heads[at].chain_id < end->chain_id)
            at++;
        if (at == after.n || after.heads[at].chain_id != end->chain_id)
            fault(walk, "chain %" PRId64 ": it has rows and no head", end->chain_id);
        else if (after.heads[at].seq < end->seq)
            fault(walk, "chain %" PRId64 ": rows after row %" PRId64 " were put behind its head", end->chain_id,
                  after.heads[at].seq);
    }
    return NULL;
}

const struct err *log_verify(struct db *db, struct log_verify *verify)
{
    struct walk walk = { .verify = verify, .mem = mem_context(NULL, "log_verify") };
    const struct err *err;

    verify->rows = verify->chains = verify->lines = verify->faults = 0;
    /* Checkpoints first: what is published later may speak of rows that the walk has passed. */
    err = read_published(&walk);
    if (err == NULL)
        err = read_heads(db, walk.mem, &walk.before);
    if (err == NULL)
        err = walk_rows(db, &walk);
    if (err == NULL)
        err = compare_heads_after(db, &walk);
    talloc_free(walk.mem);
    return err;
}
