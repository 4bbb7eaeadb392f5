#include "chain_table.h"

#include <stdlib.h>

#include "base/memory.h"

struct chain_table {
    struct chain **places;          /* open addressing; NULL: free */
    size_t room, n;                 /* room is a power of two */
};

static size_t first_place(int64_t chain_id, size_t room)
{
    return (size_t)(((uint64_t)chain_id * UINT64_C(0x9e3779b97f4a7c15)) >> 20) & (room - 1);
}

struct chain_table *chain_table_new(const void *ctx)
{
    struct chain_table *table = mem_new(ctx, struct chain_table);

    table->room = 1024;
    table->places = mem_array(table, struct chain *, table->room);
    return table;
}

static size_t place_of(const struct chain_table *table, int64_t chain_id)
{
    size_t place = first_place(chain_id, table->room);

    while (table->places[place] != NULL && table->places[place]->chain_id != chain_id)
        place = (place + 1) & (table->room - 1);
    return place;
}

static void grow(struct chain_table *table)
{
    struct chain **old = table->places;
    const size_t old_room = table->room;

    table->room *= 2;
    table->places = mem_array(table, struct chain *, table->room);
    for (size_t i = 0; i < old_room; i++)
        if (old[i] != NULL)
            table->places[place_of(table, old[i]->chain_id)] = old[i];
    talloc_free(old);
}

struct chain *chain_find(struct chain_table *table, int64_t chain_id)
{
    size_t place = place_of(table, chain_id);

    if (table->places[place] != NULL)
        return table->places[place];
    if (2 * ++table->n > table->room) {
        grow(table);
        place = place_of(table, chain_id);
    }
    table->places[place] = mem_new(table, struct chain);
    table->places[place]->chain_id = chain_id;
    return table->places[place];
}

static int by_number(const void *a, const void *b)
{
    const int64_t x = (*(struct chain *const *)a)->chain_id, y = (*(struct chain *const *)b)->chain_id;

    return (x > y) - (x < y);
}

struct chain **chain_table_sorted(const void *ctx, struct chain_table *table, size_t *n)
{
    struct chain **chains = mem_array(ctx, struct chain *, table->n);

    *n = 0;
    for (size_t i = 0; i < table->room; i++)
        if (table->places[i] != NULL)
            chains[(*n)++] = table->places[i];
    if (*n > 0)
        qsort(chains, *n, sizeof(struct chain *), by_number);
    return chains;
}
