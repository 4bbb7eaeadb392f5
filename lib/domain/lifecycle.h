/* lifecycle.h - what becomes of a resource whose charge is due: paid, or grace, retention, release.
 *
 * Pure: no clock, no SQL. Days are calendar days in the site's zone with the same wall time, so that an end lies at the hour that
 * people were told also where the clock changed meanwhile. Both ends count from the original due time, however late it is looked at.
 * Source: guide of 2025-06-30, what happens after disassociation (grace period, retention period, release).
 */
#ifndef DOMAIN_LIFECYCLE_H
#define DOMAIN_LIFECYCLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum resource_state { RESOURCE_ACTIVE, RESOURCE_GRACE, RESOURCE_RETENTION, RESOURCE_RELEASED, RESOURCE_STATES };
const char *resource_state_name(enum resource_state state);   /* "ACTIVE", as stored */
bool resource_state_find(const char *name, enum resource_state *state);

struct lifecycle_days { int64_t grace, retention; };

struct lifecycle {
    enum resource_state state;
    int64_t due_at;        /* the charge that is not paid: the next one while ACTIVE, the one that failed after that */
    int64_t until_at;      /* end of GRACE or RETENTION as it was told; INSTANT_NONE otherwise */
    int64_t told;          /* notices given that this end is near */
    bool is_partners;      /* a partner pays for it: its charges do not fail */
};

enum lifecycle_step {
    LIFECYCLE_NOTHING,
    LIFECYCLE_CHARGE,      /* be paid; without that an ACTIVE one goes to GRACE */
    LIFECYCLE_RETAIN,      /* GRACE → RETENTION */
    LIFECYCLE_RELEASE,     /* RETENTION → RELEASED */
    LIFECYCLE_WARN         /* tell that its end is near */
};
/* The one step that is due at now; at the very instant of an end that end has come. Taken again and again until it is
 * LIFECYCLE_NOTHING, it makes up for any time that nobody looked. */
enum lifecycle_step lifecycle_next(const struct lifecycle *resource, int64_t now, const char *zone);

/* n calendar days later, or earlier, the same wall time. */
int64_t lifecycle_add_days(int64_t at, int64_t days, const char *zone);
int64_t lifecycle_grace_end(int64_t due_at, const struct lifecycle_days *days, const char *zone);
int64_t lifecycle_retention_end(int64_t due_at, const struct lifecycle_days *days, const char *zone);

/* Notices before an end, the first one first: 3 days and 1 day. */
#define LIFECYCLE_WARNINGS 2
/* How many of them should have been given by now: one whose time passed while nobody looked counts as given. */
int64_t lifecycle_warnings_due(int64_t until_at, int64_t now, const char *zone);

/* The charge after the one due at due_at: whole periods of calendar months from anchor_at, so the 31st comes back after a shorter
 * month. anchor_at INSTANT_NONE: due_at. */
int64_t lifecycle_next_charge(int64_t anchor_at, int64_t due_at, int months, const char *zone);

/* Reminders to add a payment method after leaving: 1, 3 and 7 days. How many should have been given by now. */
#define LIFECYCLE_REMINDERS 3
int64_t lifecycle_reminders_due(int64_t left_at, int64_t now, const char *zone);

#endif
