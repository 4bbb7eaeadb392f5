/* chain_table.h - where each chain of the operation log stands while its rows are walked: found by its number, in constant time. */
#ifndef SBIN_CHAIN_TABLE_H
#define SBIN_CHAIN_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/operation.h"

/* What of a row tells its place in the chain. */
struct chain_row { int64_t seq, id, at; unsigned char prev_hash[OPERATION_HASH_BYTES], hash[OPERATION_HASH_BYTES]; };

struct chain {
    int64_t chain_id;
    int64_t seq;                                    /* of the last row that was taken; 0: none */
    unsigned char hash[OPERATION_HASH_BYTES];
    bool has_head;                                  /* as it was before the walk */
    int64_t head_seq, head_at;
    unsigned char head_hash[OPERATION_HASH_BYTES];
    size_t published_at, published_end;             /* its heads in the checkpoints, by seq */
    struct chain_row *early;                        /* that came before the one they follow (rows of one chain are numbered by
                                                     * several nodes of a cluster), by seq; NULL: none */
    size_t early_n;
};

struct chain_table;
struct chain_table *chain_table_new(const void *ctx);
/* The chain, made if it is new. */
struct chain *chain_find(struct chain_table *table, int64_t chain_id);
/* All of them, ordered by number. */
struct chain **chain_table_sorted(const void *ctx, struct chain_table *table, size_t *n);

#endif
