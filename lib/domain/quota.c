#include <stdlib.h>

#include "base/clock.h"

#include "domain/quota.h"

static bool counts(const struct quota_slot *slot, int64_t now)
{
    return now < slot->frees_at;
}

static int compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int by_submitted_at(const void *a, const void *b)
{
    const struct quota_slot *left = a, *right = b;
    int order = compare(left->submitted_at, right->submitted_at);

    return order != 0 ? order : compare(left->frees_at, right->frees_at);
}

static int by_frees_at(const void *a, const void *b)
{
    return compare(((const struct quota_slot *)a)->frees_at, ((const struct quota_slot *)b)->frees_at);
}

/* The counting slots, in the order they come. */
static size_t pick(const struct quota *quota, int64_t now, struct quota_slot *out)
{
    size_t known = quota->n < QUOTA_SLOTS_MAX ? quota->n : QUOTA_SLOTS_MAX;
    size_t n = 0;

    for (size_t i = 0; i < known; i++)
        if (counts(&quota->slots[i], now))
            out[n++] = quota->slots[i];
    return n;
}

int64_t quota_frees_at(int64_t submitted_at, int months, const char *zone)
{
    return clock_add_months(submitted_at, months, zone);
}

int64_t quota_used(const struct quota *quota, int64_t now)
{
    struct quota_slot slots[QUOTA_SLOTS_MAX];

    return (int64_t)pick(quota, now, slots);
}

bool quota_is_free(const struct quota *quota, int64_t now)
{
    return quota_used(quota, now) < quota->limit;
}

int64_t quota_next_at(const struct quota *quota, int64_t now)
{
    struct quota_slot slots[QUOTA_SLOTS_MAX];
    size_t n = pick(quota, now, slots);

    if ((int64_t)n < quota->limit)
        return now;
    if (quota->limit <= 0)
        return INSTANT_NONE;
    /* One is free once fewer than `limit` of the n count, that is when the (n - limit + 1)th of them has fallen out. */
    qsort(slots, n, sizeof slots[0], by_frees_at);
    return slots[n - (size_t)quota->limit].frees_at;
}

size_t quota_counting(const struct quota *quota, int64_t now, struct quota_slot *out)
{
    size_t n = pick(quota, now, out);

    qsort(out, n, sizeof out[0], by_submitted_at);
    return n;
}
