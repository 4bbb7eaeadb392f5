/* quota.h - three requests in three months, sliding. Source: guide of 2025-06-30, Precautions 1.
 *
 * A request holds a slot from submitted_at until frees_at = submitted_at + 3 calendar months in the site's zone (the day
 * clamped to the month's end), computed once at submit. It counts while now < frees_at.
 */
#ifndef DOMAIN_QUOTA_H
#define DOMAIN_QUOTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QUOTA_SLOTS_MAX 32   /* limit and grants together; more would be no limit */

struct quota_slot { int64_t submitted_at, frees_at; };

struct quota {
    int64_t limit;                               /* from the rule's row, plus grants in force */
    size_t n;                                    /* slots[0 … n-1] are known, any order */
    struct quota_slot slots[QUOTA_SLOTS_MAX];
};

int64_t quota_frees_at(int64_t submitted_at, int months, const char *zone);
int64_t quota_used(const struct quota *quota, int64_t now);
bool quota_is_free(const struct quota *quota, int64_t now);
/* When the next request is possible: now if one is free, else the earliest frees_at that makes it so; INSTANT_NONE when
 * the limit is 0. */
int64_t quota_next_at(const struct quota *quota, int64_t now);
/* The slots that count at now, oldest first, into out[QUOTA_SLOTS_MAX]; returns how many. */
size_t quota_counting(const struct quota *quota, int64_t now, struct quota_slot *out);

#endif
