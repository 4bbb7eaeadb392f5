/* stats.h - small sums about many numbers, for the platform's overview. */
#ifndef DOMAIN_STATS_H
#define DOMAIN_STATS_H

#include <stddef.h>
#include <stdint.h>

/* The smallest of the values that at least `percent` (1 … 100) of them do not exceed: nearest rank, so always one of them.
 * 0 when there are none. Sorts `values`. */
int64_t stats_percentile(int64_t *values, size_t n, int percent);

/* A round number that is not less than `value`: 1, 2 or 5 and zeroes, or an even one below ten. At least 1. For the top of an axis. */
int64_t stats_round_up(int64_t value);

#endif
