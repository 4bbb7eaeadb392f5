/* Budgets of messages that are used up: a line in the log, and ops is told, once in each hour. */
#include "worker.h"

#include "action/tell_ops.h"
#include "base/log.h"

#define BATCH 20

const struct err *worker_budgets(struct worker *worker, const void *ctx, int64_t now, bool *more)
{
    struct budget_used *used = NULL;
    size_t n = 0;

    TRY(budget_used_up(worker->db, ctx, now, BATCH, &used, &n));
    for (size_t i = 0; i < n; i++) {
        struct act act = worker_act(worker, ctx, now);
        bool told = false;

        TRY(tell_ops_of_budget(&act, &used[i], &told));
        if (!told)
            continue;
        log_begin("budget_used");
        log_text("scope", budget_scope_name(used[i].scope));
        log_text("subject", used[i].subject);
        log_int("allowed", used[i].allowed);
        log_end();
    }
    *more = n == BATCH;
    return NULL;
}
