#include "domain/stats.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

int64_t stats_percentile(int64_t *values, size_t n, int percent)
{
    if (n == 0)
        return 0;
    qsort(values, n, sizeof *values, compare);
    const size_t rank = (n * (size_t)percent + 99) / 100;
    return values[rank == 0 ? 0 : rank - 1];
}

int64_t stats_round_up(int64_t value)
{
    static const int64_t small[] = {1, 2, 4, 6, 8, 10}, steps[] = {2, 5, 10};
    for (size_t i = 0; i < sizeof small / sizeof small[0]; i++)
        if (value <= small[i])
            return small[i];
    for (int64_t ten = 10; ten < INT64_MAX / 100; ten *= 10)
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
            if (value <= steps[i] * ten)
                return steps[i] * ten;
    return value;
}
