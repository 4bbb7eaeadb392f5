#include "domain/lifecycle.h"

#include <string.h>

#include "base/clock.h"

static const char *const names[RESOURCE_STATES] = {
    [RESOURCE_ACTIVE] = "ACTIVE", [RESOURCE_GRACE] = "GRACE", [RESOURCE_RETENTION] = "RETENTION", [RESOURCE_RELEASED] = "RELEASED",
};
static const int64_t warn_days[LIFECYCLE_WARNINGS] = { 3, 1 };
static const int64_t remind_days[LIFECYCLE_REMINDERS] = { 1, 3, 7 };

const char *resource_state_name(enum resource_state state)
{
    return state < RESOURCE_STATES ? names[state] : "";
}

bool resource_state_find(const char *name, enum resource_state *state)
{
    for (int i = 0; i < RESOURCE_STATES; i++) {
        if (strcmp(names[i], name) != 0)
            continue;
        *state = (enum resource_state)i;
        return true;
    }
    return false;
}

int64_t lifecycle_add_days(int64_t at, int64_t days, const char *zone)
{
    /* The reading as if it were UTC's, where every day has the same length. */
    struct civil civil = clock_civil(at, zone);

    civil = clock_civil(clock_instant(&civil, "UTC") + days * CLOCK_DAY, "UTC");
    return clock_instant(&civil, zone);
}

int64_t lifecycle_grace_end(int64_t due_at, const struct lifecycle_days *days, const char *zone)
{
    return lifecycle_add_days(due_at, days->grace, zone);
}

int64_t lifecycle_retention_end(int64_t due_at, const struct lifecycle_days *days, const char *zone)
{
    return lifecycle_add_days(due_at, days->grace + days->retention, zone);
}

int64_t lifecycle_warnings_due(int64_t until_at, int64_t now, const char *zone)
{
    int64_t due = 0;

    while (due < LIFECYCLE_WARNINGS && lifecycle_add_days(until_at, -warn_days[due], zone) <= now)
        due++;
    return due;
}

int64_t lifecycle_reminders_due(int64_t left_at, int64_t now, const char *zone)
{
    int64_t due = 0;

    while (due < LIFECYCLE_REMINDERS && lifecycle_add_days(left_at, remind_days[due], zone) <= now)
        due++;
    return due;
}

enum lifecycle_step lifecycle_next(const struct lifecycle *resource, int64_t now, const char *zone)
{
    switch (resource->state) {
    case RESOURCE_ACTIVE:
        return now >= resource->due_at ? LIFECYCLE_CHARGE : LIFECYCLE_NOTHING;
    case RESOURCE_GRACE:
    case RESOURCE_RETENTION:
        if (resource->is_partners)
            return LIFECYCLE_CHARGE;
        if (now >= resource->until_at)
            return resource->state == RESOURCE_GRACE ? LIFECYCLE_RETAIN : LIFECYCLE_RELEASE;
        return lifecycle_warnings_due(resource->until_at, now, zone) > resource->told ? LIFECYCLE_WARN : LIFECYCLE_NOTHING;
    case RESOURCE_RELEASED:
    case RESOURCE_STATES:
        break;
    }
    return LIFECYCLE_NOTHING;
}

int64_t lifecycle_next_charge(int64_t anchor_at, int64_t due_at, int months, const char *zone)
{
    const int64_t anchor = anchor_at == INSTANT_NONE || anchor_at > due_at ? due_at : anchor_at;
    const struct civil first = clock_civil(anchor, zone), last = clock_civil(due_at, zone);
    int passed = ((last.year - first.year) * 12 + last.month - first.month) / months * months;

    for (int64_t next; ; passed += months)
        if ((next = clock_add_months(anchor, passed, zone)) > due_at)
            return next;
}
