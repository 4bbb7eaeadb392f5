#include "action/import_resource.h"

#include "action/resource_news.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/store_import.h"

#define PAGE 200

/* One that was released while it worked was given up by who had it, and needs no word from us that nobody paid. */
static const struct err *one(struct act *act, const struct import_moved *moved)
{
    const struct resource_news news = {
        .resource_id = moved->resource_id, .customer_id = moved->customer_id, .name = moved->name, .customer_name = moved->customer_name,
        .from = moved->from, .to = moved->to, .due_at = moved->due_at, .until_at = INSTANT_NONE,
    };
    const bool is_released = moved->to == RESOURCE_RELEASED;
    if (moved->from != RESOURCE_ACTIVE)
        TRY(resource_tell(act, &news, is_released ? "RELEASED" : "RESTORED", 0));
    return resource_log_move(act, &news, is_released ? OP_RESOURCE_RELEASED : OP_RESOURCE_RESTORED);
}

const struct err *import_resources(struct act *act)
{
    int64_t after_id = 0;
    for (size_t n = PAGE; n == PAGE;) {
        void *mem = mem_context(NULL, "import resources");
        struct act within = *act;
        struct import_moved *moved;
        within.mem = mem;
        const struct err *err = import_moved_list(act->db, mem, after_id, PAGE, &moved, &n);
        for (size_t i = 0; err == NULL && i < n; i++) {
            after_id = moved[i].resource_id;
            err = one(&within, &moved[i]);
        }
        talloc_free(mem);
        TRY(err);
    }
    return NULL;
}
