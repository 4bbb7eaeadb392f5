#include "log_verify.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "chain_table.h"
#include "checkpoint.h"
#include "store/store_checkpoint.h"
#include "store/store_log.h"

#define BATCH 1000
#define EARLY_MAX 64             /* rows of one chain that wait for one before them: then it is missing */
#define PROGRESS_ROWS 20000

struct published { struct log_head head; size_t line; };

struct walk {
    struct log_verify *verify;
    void *mem;
    struct chain_table *chains;
    struct chain *last;                 /* the chain of the row before: rows of one often come together */
    struct published *published;        /* by (chain, seq) once all are read */
    size_t published_n, published_room;
    struct checkpoint_end *ends;        /* of all files that workers have written */
    size_t ends_n;
    bool has_end;                       /* the file goes as far as one of them */
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

/* --- what was published, and the heads -------------------------------------------------------------------------------- */

static void hear_line(void *arg, const struct checkpoint_line *line)
{
    struct walk *walk = arg;

    walk->verify->lines++;
    if (line->fault == CHECKPOINT_FORGED)
        fault(walk, "checkpoint line %zu is not genuine: it was forged or damaged", line->number);
    if (line->fault == CHECKPOINT_MISPLACED)
        fault(walk, "checkpoint line %zu does not follow the line before it: lines were taken out or reordered", line->number);
    for (size_t i = 0; i < walk->ends_n; i++)
        walk->has_end |= memcmp(walk->ends[i].digest, line->digest, sizeof line->digest) == 0;
    for (size_t i = 0; i < line->n; i++) {
        if (walk->published_n == walk->published_room) {
            size_t room = walk->published_room == 0 ? 1024 : 2 * walk->published_room;

            walk->published = mem_grow(walk->mem, walk->published, sizeof *walk->published, walk->published_room, room);
            walk->published_room = room;
        }
        walk->published[walk->published_n++] = (struct published){ line->heads[i], line->number };
    }
}

static int by_place(const void *a, const void *b)
{
    const struct log_head *x = &((const struct published *)a)->head, *y = &((const struct published *)b)->head;

    if (x->chain_id != y->chain_id)
        return x->chain_id < y->chain_id ? -1 : 1;
    return x->seq == y->seq ? 0 : x->seq < y->seq ? -1 : 1;
}

/* Where several hosts write a file each, this one is one of them. */
static void compare_ends(struct walk *walk)
{
    char at[32];

    for (size_t i = 0; i < walk->ends_n && !walk->has_end; i++) {
        clock_format_utc(walk->ends[i].at, false, at);
        fault(walk, "the checkpoints do not reach the line that was published at %s (%s): their end was cut off, or they are older", at,
              walk->ends[i].place);
    }
}

/* The ends before the lines: a worker may add to both meanwhile, and to the file first. */
static const struct err *read_published(struct db *db, struct walk *walk)
{
    const struct log_verify *verify = walk->verify;

    if (verify->checkpoints == NULL || verify->checkpoints[0] == '\0')
        return NULL;
    TRY(checkpoint_end_list(db, walk->mem, &walk->ends, &walk->ends_n));
    TRY(checkpoint_read(verify->checkpoints, verify->key, hear_line, walk));
    compare_ends(walk);
    if (walk->published_n > 0)
        qsort(walk->published, walk->published_n, sizeof *walk->published, by_place);
    for (size_t i = 0; i < walk->published_n; i++) {
        struct chain *chain = chain_find(walk->chains, walk->published[i].head.chain_id);

        if (chain->published_end == 0)
            chain->published_at = i;
        chain->published_end = i + 1;
    }
    return NULL;
}

static const struct err *read_heads(struct db *db, struct walk *walk, void (*take)(struct walk *walk, const struct log_head *head))
{
    int64_t after = -1;
    size_t n = BATCH;

    while (n == BATCH) {
        void *ctx = mem_context(NULL, "heads");
        struct log_head *heads;
        const struct err *err = log_heads(db, ctx, after, BATCH, &heads, &n);

        for (size_t i = 0; i < n && err == NULL; i++) {
            take(walk, &heads[i]);
            after = heads[i].chain_id;
        }
        talloc_free(ctx);
        TRY(err);
    }
    return NULL;
}

static void take_head(struct walk *walk, const struct log_head *head)
{
    struct chain *chain = chain_find(walk->chains, head->chain_id);

    chain->has_head = true;
    chain->head_seq = head->seq;
    chain->head_at = head->at;
    memcpy(chain->head_hash, head->hash, sizeof chain->head_hash);
    walk->verify->rows_expected += head->seq;
}

/* --- a row in its chain ----------------------------------------------------------------------------------------------- */

/* Published heads up to and including this row. Those before it that were passed over stood for rows that are not there. */
static void compare_published(struct walk *walk, struct chain *chain, int64_t seq, const unsigned char *hash)
{
    for (; chain->published_at < chain->published_end; chain->published_at++) {
        const struct published *published = &walk->published[chain->published_at];

        if (published->head.seq > seq)
            return;
        if (published->head.seq != seq || hash == NULL)
            fault(walk, "chain %" PRId64 ": row %" PRId64 ", published in checkpoint line %zu, is not there", chain->chain_id,
                  published->head.seq, published->line);
        else if (memcmp(published->head.hash, hash, sizeof published->head.hash) != 0)
            fault(walk, "chain %" PRId64 ": row %" PRId64 " is not the one published in checkpoint line %zu", chain->chain_id, seq,
                  published->line);
    }
}

static void compare_with_head(struct walk *walk, const struct chain *chain, const struct chain_row *row)
{
    if (!chain->has_head || chain->head_seq != row->seq)
        return;
    if (memcmp(chain->head_hash, row->hash, OPERATION_HASH_BYTES) != 0)
        fault(walk, "chain %" PRId64 ": row %" PRId64 " (id %" PRId64 ") is not the chain's head", chain->chain_id, row->seq, row->id);
    else if (chain->head_at != row->at)   /* the next row would not be from before that */
        fault(walk, "chain %" PRId64 ": the head tells another time than row %" PRId64 " (id %" PRId64 ")", chain->chain_id, row->seq,
              row->id);
}

/* The next row of its chain, or one after a gap. */
static void accept(struct walk *walk, struct chain *chain, const struct chain_row *row)
{
    if (row->seq != chain->seq + 1)
        fault(walk, "chain %" PRId64 ": row %" PRId64 " is missing (the next is row %" PRId64 ", id %" PRId64 ")", chain->chain_id,
              chain->seq + 1, row->seq, row->id);
    else if (memcmp(row->prev_hash, chain->hash, OPERATION_HASH_BYTES) != 0)
        fault(walk, "chain %" PRId64 ": row %" PRId64 " (id %" PRId64 ") does not follow the row before it", chain->chain_id, row->seq,
              row->id);
    compare_with_head(walk, chain, row);
    if (chain->published_at < chain->published_end)
        compare_published(walk, chain, row->seq, row->hash);
    chain->seq = row->seq;
    memcpy(chain->hash, row->hash, OPERATION_HASH_BYTES);
}

/* Those that waited for this one; with `force` the first of them even if the one before it never came. */
static void take_early(struct walk *walk, struct chain *chain, bool force)
{
    size_t taken = 0;

    while (taken < chain->early_n && (chain->early[taken].seq == chain->seq + 1 || (force && taken == 0)))
        accept(walk, chain, &chain->early[taken++]);
    if (taken == 0)
        return;
    chain->early_n -= taken;
    memmove(chain->early, &chain->early[taken], chain->early_n * sizeof *chain->early);
}

static void keep_early(struct walk *walk, struct chain *chain, const struct chain_row *row)
{
    size_t place = chain->early_n;

    if (chain->early == NULL)
        chain->early = mem_array(walk->mem, struct chain_row, EARLY_MAX);
    while (place > 0 && chain->early[place - 1].seq > row->seq)
        place--;
    memmove(&chain->early[place + 1], &chain->early[place], (chain->early_n - place) * sizeof *row);
    chain->early[place] = *row;
    if (++chain->early_n == EARLY_MAX)
        take_early(walk, chain, true);
}

static const struct err *take_row(void *arg, const struct operation_row *row, bool is_fine)
{
    struct walk *walk = arg;
    unsigned char hash[OPERATION_HASH_BYTES];
    struct chain_row place = { .seq = row->seq, .id = row->id, .at = row->at };

    memcpy(place.prev_hash, row->prev_hash, sizeof place.prev_hash);
    memcpy(place.hash, row->hash, sizeof place.hash);
    if (walk->last == NULL || walk->last->chain_id != row->chain_id)
        walk->last = chain_find(walk->chains, row->chain_id);
    struct chain *chain = walk->last;
    operation_hash(row, hash);
    if (row->is_malformed)
        fault(walk, "chain %" PRId64 ": row %" PRId64 " (id %" PRId64 ") is malformed", row->chain_id, row->seq, row->id);
    else if (memcmp(row->hash, hash, sizeof hash) != 0)
        fault(walk, "chain %" PRId64 ": row %" PRId64 " (id %" PRId64 ") was changed", row->chain_id, row->seq, row->id);
    else if (!is_fine)
        fault(walk, "chain %" PRId64 ": row %" PRId64 " (id %" PRId64 ") is marked as another operation", row->chain_id, row->seq, row->id);
    if (row->seq == chain->seq + 1) {
        accept(walk, chain, &place);
        if (chain->early_n > 0)
            take_early(walk, chain, false);
    } else if (row->seq > chain->seq) {
        keep_early(walk, chain, &place);
    } else {
        fault(walk, "chain %" PRId64 ": row %" PRId64 " (id %" PRId64 ") comes after row %" PRId64, row->chain_id, row->seq, row->id, chain->seq);
    }
    if (++walk->verify->rows % PROGRESS_ROWS == 0 && walk->verify->progress != NULL)
        walk->verify->progress(walk->verify->arg, walk->verify->rows);
    return NULL;
}

/* --- the ends --------------------------------------------------------------------------------------------------------- */

static void end_chain(struct walk *walk, struct chain *chain)
{
    while (chain->early_n > 0)
        take_early(walk, chain, true);
    if (chain->seq > 0)
        walk->verify->chains++;
    if (chain->has_head && chain->seq == 0 && chain->head_seq > 0)
        fault(walk, "chain %" PRId64 ": all of its %" PRId64 " rows are missing", chain->chain_id, chain->head_seq);
    else if (chain->has_head && chain->seq < chain->head_seq)
        fault(walk, "chain %" PRId64 ": rows %" PRId64 " to %" PRId64 " are cut off its end", chain->chain_id, chain->seq + 1,
              chain->head_seq);
    compare_published(walk, chain, INT64_MAX, NULL);
}

/* Rows that were appended during the walk have moved the head with them; rows beyond it were put there by somebody else. */
static void end_head(struct walk *walk, const struct log_head *head)
{
    struct chain *chain = chain_find(walk->chains, head->chain_id);

    chain->has_head = true;
    chain->head_seq = head->seq;
}

static void compare_head(struct walk *walk, const struct chain *chain)
{
    if (chain->seq > 0 && !chain->has_head)
        fault(walk, "chain %" PRId64 ": it has rows and no head", chain->chain_id);
    else if (chain->seq > chain->head_seq)
        fault(walk, "chain %" PRId64 ": rows after row %" PRId64 " were put behind its head", chain->chain_id, chain->head_seq);
}

static const struct err *end_all(struct db *db, struct walk *walk)
{
    struct chain **chains;
    size_t n;

    chains = chain_table_sorted(walk->mem, walk->chains, &n);
    for (size_t i = 0; i < n; i++)
        end_chain(walk, chains[i]);
    TRY(read_heads(db, walk, end_head));
    for (size_t i = 0; i < n; i++)
        compare_head(walk, chains[i]);
    return NULL;
}

const struct err *log_verify(struct db *db, struct log_verify *verify)
{
    struct walk walk = { .verify = verify, .mem = mem_context(NULL, "log_verify") };
    const struct err *err;

    walk.chains = chain_table_new(walk.mem);
    verify->rows = verify->rows_expected = verify->chains = verify->lines = verify->faults = 0;
    /* Checkpoints first: what is published later may speak of rows that the walk has passed. */
    err = read_published(db, &walk);
    /* Then the heads, so that every row up to them must be there. */
    if (err == NULL)
        err = read_heads(db, &walk, take_head);
    if (err == NULL)
        err = log_each(db, take_row, &walk);
    if (err == NULL)
        err = end_all(db, &walk);
    talloc_free(walk.mem);
    return err;
}
