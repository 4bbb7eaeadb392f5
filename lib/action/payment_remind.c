#include "action/resource_life.h"

#include "base/clock.h"
#include "base/memory.h"
#include "store/store_association.h"
#include "store/store_payment.h"
#include "store/store_resource.h"

struct reminding { struct act *act; int64_t id; bool *stepped; };

/* Nobody who has a valid one, or whom another partner pays for, is to add one. */
static const struct err *needs_one(struct act *act, int64_t customer_id, bool *needs)
{
    struct payment_customer customer;
    struct payment_method *method = NULL;
    TRY(payment_customer(act->db, act->mem, customer_id, &customer));
    TRY(payment_method_to_charge(act->db, act->mem, customer_id, act->now, &method));
    *needs = !customer.is_partners && method == NULL;
    return NULL;
}

static const struct err *work(struct db *db, void *arg)
{
    const struct reminding *r = arg;
    struct act *act = r->act;
    struct payment_task *task = NULL;
    bool needs = false, moved = false, closed = false;

    *r->stepped = false;
    TRY(payment_task_load(db, act->mem, r->id, &task));
    if (task == NULL)
        return act_refuse();
    const int64_t due = lifecycle_reminders_due(task->left_at, act->now, act->config->site.zone);
    if (due <= task->reminded)
        return act_refuse();
    *r->stepped = true;
    TRY(needs_one(act, task->account_id, &needs));
    if (!needs)
        return task_close(db, task->account_id, "PAYMENT_METHOD", task->association_id, act->now, &closed);
    TRY(payment_task_reminded(db, task->id, task->reminded, due, &moved));
    if (!moved)
        return db_again("the task was changed meanwhile");
    const struct notice_values values = {.partner = task->partner};
    return act_notify(act, task->account_id, NOTICE_PAYMENT_METHOD, &values, "/payment-method", 0,
                      mem_text(act->mem, "LEFT%lld-PAY%lld", (long long)task->association_id, (long long)due));
}

const struct err *payment_remind(struct act *act, int64_t task_id, bool *stepped)
{
    struct reminding r = {.act = act, .id = task_id, .stepped = stepped};
    const struct err *err = act_run(act, work, &r);
    *stepped = *stepped && act->is_done;
    return err;
}
