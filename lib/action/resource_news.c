#include "action/resource_news.h"

#include "action/customer_log.h"
#include "base/clock.h"
#include "base/memory.h"

const struct err *resource_tell(struct act *act, const struct resource_news *news, const char *what, int64_t which)
{
    const struct notice_values values = {
        .customer = news->customer_name, .object = news->name, .action = what,
        .until = news->until_at == INSTANT_NONE ? "" : act_time(act, news->until_at),
    };
    return act_notify(act, news->customer_id, NOTICE_RESOURCE, &values, "/resources", 0,
                      mem_text(act->mem, "S%lld-%lld-%s%lld", (long long)news->resource_id,
                               (long long)(news->due_at / CLOCK_SECOND), what, (long long)which));
}

const struct err *resource_log_move(struct act *act, const struct resource_news *news, enum operation operation)
{
    const char *until = news->until_at == INSTANT_NONE ? "" : mem_text(act->mem, ", until %s", act_time(act, news->until_at));
    struct operation_row row = {
        .operation = operation, .resource_id = news->resource_id, .object = news->name, .from_state = resource_state_name(news->from),
        .to_state = resource_state_name(news->to), .result = "DONE",
        .remark = mem_text(act->mem, "%s: due %s%s", news->name, act_time(act, news->due_at), until),
    };
    return customer_log(act, news->customer_id, &row);
}
