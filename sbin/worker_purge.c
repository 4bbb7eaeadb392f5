#include "worker.h"

#include "base/clock.h"
#include "store/store_kept.h"
#include "store/store_purge.h"
#include "store/store_registration.h"
#include "store/store_webhook.h"

static const struct err *purge_events(struct db *db, int64_t before_at, int64_t *n)
{
    return webhook_purge(db, before_at, PURGE_BATCH, n);
}

/* What is kept for how long. */
static const struct {
    const struct err *(*purge)(struct db *db, int64_t before_at, int64_t *n);
    int64_t keep;
} purges[] = {
    { purge_form_keys, 2 * CLOCK_DAY },
    { purge_kept_forms, CLOCK_DAY },
    { purge_sign_in_addresses, CLOCK_DAY },
    { purge_sessions, 30 * CLOCK_DAY },
    { purge_password_resets, 30 * CLOCK_DAY },
    { purge_events, 30 * CLOCK_DAY },
    { purge_budgets, 2 * CLOCK_HOUR },
    { purge_registrations, 0 }   /* each names its end itself */
};

const struct err *worker_purge(struct worker *worker, const void *ctx, int64_t now, bool *more)
{
    (void)ctx;
    for (size_t i = 0; i < sizeof purges / sizeof purges[0]; i++) {
        int64_t n = 0;

        TRY(purges[i].purge(worker->db, now - purges[i].keep, &n));
        *more |= n == PURGE_BATCH;
    }
    return NULL;
}
