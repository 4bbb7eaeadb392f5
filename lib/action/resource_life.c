#include "action/resource_life.h"

#include <string.h>

#include "action/customer_log.h"
#include "action/payment.h"
#include "action/resource_news.h"
#include "base/clock.h"
#include "base/memory.h"
#include "domain/money.h"
#include "store/store_association.h"
#include "store/store_payment.h"
#include "store/store_resource.h"

struct life {
    struct act *act;
    int64_t id;
    struct resource *resource;
    struct payment_customer customer;
    /* Of the worker. */
    bool *stepped;
    /* Of a payment. */
    int64_t due_at;
    enum pay_outcome *outcome;
};

struct lifecycle_days resource_days(const struct config *config)
{
    return (struct lifecycle_days){config->request.grace_days, config->request.retention_days};
}

static const struct err *load(struct life *l)
{
    struct act *act = l->act;
    const struct lifecycle_days otherwise = resource_days(act->config);
    TRY(resource_load(act->db, act->mem, l->id, &otherwise, &l->resource));
    return l->resource == NULL ? NULL : payment_customer(act->db, act->mem, l->resource->customer_id, &l->customer);
}

/* The row is this transaction's from here on. */
static const struct err *claim(const struct life *l)
{
    bool claimed = false;
    TRY(resource_claim(l->act->db, l->resource->id, l->resource->version, &claimed));
    return claimed ? NULL : db_again("the resource was changed meanwhile");
}

static struct resource_news news_of(const struct life *l, enum resource_state to, int64_t until_at)
{
    const struct resource *resource = l->resource;
    return (struct resource_news){
        .resource_id = resource->id, .customer_id = resource->customer_id, .name = resource->name, .customer_name = l->customer.name,
        .from = resource->life.state, .to = to, .due_at = resource->life.due_at, .until_at = until_at,
    };
}

/* Both of a step from the state it is in to another. */
static const struct err *tell_move(const struct life *l, enum resource_state to, int64_t until_at, const char *what,
                                   enum operation operation)
{
    const struct resource_news news = news_of(l, to, until_at);
    TRY(resource_tell(l->act, &news, what, 0));
    return resource_log_move(l->act, &news, operation);
}

static const struct err *log_payment(const struct life *l)
{
    struct act *act = l->act;
    const struct resource *resource = l->resource;
    struct operation_row row = {
        .operation = OP_RESOURCE_PAID, .resource_id = resource->id, .object = resource->name, .result = "DONE",
        .remark = mem_text(act->mem, "%s: %s, due %s, paid by %s", resource->name,
                           money_format(act->mem, resource->amount_minor, resource->currency),
                           act_time(act, resource->life.due_at), resource->life.is_partners ? "partner" : "customer"),
    };
    return customer_log(act, resource->customer_id, &row);
}

/* --- being paid ------------------------------------------------------------------------------------------------------- */

static const struct err *note_charge(const struct life *l, const struct payment_method *method, const char *result)
{
    const struct resource *resource = l->resource;
    const struct charge_new charge = {
        .resource_id = resource->id, .customer_id = resource->customer_id, .due_at = resource->life.due_at,
        .amount_minor = resource->amount_minor, .currency = resource->currency, .method_id = method == NULL ? 0 : method->id,
        .payer = resource->life.is_partners ? "PARTNER" : "CUSTOMER", .result = result, .at = l->act->now,
    };
    return charge_insert(l->act->db, &charge);
}

/* The next period begins where this one ends, and grace and retention are over. */
static const struct err *paid(const struct life *l, const struct payment_method *method)
{
    struct act *act = l->act;
    const struct resource *resource = l->resource;
    const struct lifecycle *life = &resource->life;
    const int64_t anchor_at = resource->anchor_at == INSTANT_NONE ? life->due_at : resource->anchor_at;
    const struct resource_change change = {
        .id = resource->id, .state = RESOURCE_ACTIVE, .anchor_at = anchor_at, .until_at = INSTANT_NONE, .told = 0,
        .due_at = lifecycle_next_charge(anchor_at, life->due_at, resource->period_months, act->config->site.zone),
    };
    TRY(resource_write(act->db, &change));
    TRY(note_charge(l, method, "PAID"));
    if (life->state != RESOURCE_ACTIVE)
        TRY(tell_move(l, RESOURCE_ACTIVE, INSTANT_NONE, "RESTORED", OP_RESOURCE_RESTORED));
    return log_payment(l);
}

/* The same charge has the same key, whoever asks for it and however often. */
static const struct err *ask_provider(const struct life *l, const struct payment_method *method, enum payment_result *result)
{
    const struct payment_provider *provider = payment_provider(l->act->config);
    const struct resource *resource = l->resource;
    const struct payment_charge charge = {
        .reference = method->reference, .currency = resource->currency, .amount_minor = resource->amount_minor,
        .key = mem_text(l->act->mem, "R%lld-%lld-M%lld", (long long)resource->id, (long long)resource->life.due_at,
                        (long long)method->id),
    };
    return provider->charge(provider, &charge, result);
}

/* Several one after the other, but not so many that a slow provider holds the transaction for long. */
#define METHODS_TRIED_MAX 3

/* The valid ones in the order in which they are listed until one is charged; *payer NULL: none was. A declined one is noted. */
static const struct err *try_methods(const struct life *l, const struct payment_method **payer, size_t *tried)
{
    struct act *act = l->act;
    struct payment_method *methods = NULL;
    size_t n = 0;

    TRY(payment_method_list(act->db, act->mem, l->resource->customer_id, &methods, &n));
    for (size_t i = 0; i < n && *tried < METHODS_TRIED_MAX && *payer == NULL; i++) {
        enum payment_result result = PAYMENT_DECLINED;
        if (!payment_method_is_valid(&methods[i], act->now))
            continue;
        ++*tried;
        TRY(ask_provider(l, &methods[i], &result));
        if (result == PAYMENT_PAID)
            *payer = &methods[i];
        else
            TRY(note_charge(l, &methods[i], "DECLINED"));
    }
    return NULL;
}

/* --- the worker's steps ----------------------------------------------------------------------------------------------- */

static const struct err *move_to(const struct life *l, enum resource_state to, int64_t until_at, enum operation operation)
{
    const struct lifecycle *life = &l->resource->life;
    const struct resource_change change = {
        .id = l->resource->id, .state = to, .due_at = life->due_at, .anchor_at = l->resource->anchor_at, .until_at = until_at,
        /* Near its end at once: entering it says so already. */
        .told = until_at == INSTANT_NONE ? 0 : lifecycle_warnings_due(until_at, l->act->now, l->act->config->site.zone),
    };
    TRY(resource_write(l->act->db, &change));
    return tell_move(l, to, until_at, resource_state_name(to), operation);
}

static const struct err *charge(const struct life *l)
{
    struct act *act = l->act;
    const struct resource *resource = l->resource;
    const struct payment_method *payer = NULL;
    size_t tried = 0;

    /* What costs nothing is paid, whoever would have to. */
    if (resource->life.is_partners || resource->amount_minor == 0)
        return paid(l, NULL);
    TRY(try_methods(l, &payer, &tried));
    if (payer != NULL)
        return paid(l, payer);
    if (tried == 0)
        TRY(note_charge(l, NULL, "NO_METHOD"));
    return move_to(l, RESOURCE_GRACE, lifecycle_grace_end(resource->life.due_at, &resource->days, act->config->site.zone),
                   OP_RESOURCE_GRACE);
}

static const struct err *warn(const struct life *l)
{
    const struct lifecycle *life = &l->resource->life;
    const struct resource_change change = {
        .id = l->resource->id, .state = life->state, .due_at = life->due_at, .anchor_at = l->resource->anchor_at,
        .until_at = life->until_at,
        .told = lifecycle_warnings_due(life->until_at, l->act->now, l->act->config->site.zone),
    };
    TRY(resource_write(l->act->db, &change));
    const struct resource_news news = news_of(l, life->state, life->until_at);
    return resource_tell(l->act, &news, life->state == RESOURCE_GRACE ? "GRACE_ENDS" : "RETENTION_ENDS", change.told);
}

static const struct err *step_work(struct db *db, void *arg)
{
    struct life *l = arg;
    (void)db;
    *l->stepped = false;
    TRY(load(l));
    if (l->resource == NULL)
        return act_refuse();
    const struct resource *resource = l->resource;
    const char *zone = l->act->config->site.zone;
    const enum lifecycle_step step = lifecycle_next(&resource->life, l->act->now, zone);
    const bool is_others = step == LIFECYCLE_CHARGE && !resource->life.is_partners && payment_provider(l->act->config) == NULL;
    if (step == LIFECYCLE_NOTHING || is_others)
        return act_refuse();
    TRY(claim(l));
    *l->stepped = true;
    switch (step) {
    case LIFECYCLE_CHARGE:
        return charge(l);
    case LIFECYCLE_RETAIN:
        return move_to(l, RESOURCE_RETENTION, lifecycle_retention_end(resource->life.due_at, &resource->days, zone),
                       OP_RESOURCE_RETENTION);
    case LIFECYCLE_RELEASE:
        return move_to(l, RESOURCE_RELEASED, INSTANT_NONE, OP_RESOURCE_RELEASED);
    case LIFECYCLE_WARN:
        return warn(l);
    case LIFECYCLE_NOTHING:
        break;
    }
    return NULL;
}

const struct err *resource_step(struct act *act, int64_t resource_id, bool *stepped)
{
    struct life l = {.act = act, .id = resource_id, .stepped = stepped};
    const struct err *err = act_run(act, step_work, &l);
    *stepped = *stepped && act->is_done;
    return err;
}

/* --- a person pays ---------------------------------------------------------------------------------------------------- */

static const struct err *refuse(const struct life *l, enum pay_outcome outcome)
{
    *l->outcome = outcome;
    return act_refuse();
}

static const struct err *refuse_if_frozen(const struct life *l)
{
    struct freeze *freeze = NULL;
    if (l->resource->life.state != RESOURCE_ACTIVE)
        return NULL;
    TRY(freeze_open(l->act->db, l->act->mem, l->resource->customer_id, &freeze));
    return freeze == NULL ? NULL : refuse(l, PAY_FROZEN);
}

/* Its end has come, whether the worker has been there or not. */
static bool is_over(const struct life *l)
{
    const struct lifecycle *life = &l->resource->life;
    const int64_t end_at = life->state == RESOURCE_RETENTION ? life->until_at
        : lifecycle_retention_end(life->due_at, &l->resource->days, l->act->config->site.zone);
    return (life->state == RESOURCE_GRACE || life->state == RESOURCE_RETENTION) && l->act->now >= end_at;
}

static const struct err *pay_work(struct db *db, void *arg)
{
    struct life *l = arg;
    (void)db;
    struct act *act = l->act;
    const struct payment_method *payer = NULL;
    size_t tried = 0;

    *l->outcome = PAY_DONE;
    if (act->actor->role != ROLE_OWNER)
        return err_new(ERR_DENIED, 0, "only an owner may pay");
    TRY(load(l));
    if (l->resource == NULL || !act_is_own(act, l->resource->customer_id))
        return refuse(l, PAY_MISSING);
    const struct lifecycle *life = &l->resource->life;
    if (life->state == RESOURCE_RELEASED || is_over(l))
        return refuse(l, PAY_RELEASED);
    if (life->is_partners)
        return refuse(l, PAY_PARTNERS);
    if (life->due_at != l->due_at)
        return refuse(l, PAY_CHANGED);
    TRY(refuse_if_frozen(l));
    if (payment_provider(act->config) == NULL)
        return refuse(l, PAY_NO_PROVIDER);
    TRY(claim(l));
    TRY(try_methods(l, &payer, &tried));
    if (tried == 0)
        return refuse(l, PAY_NO_METHOD);
    return payer != NULL ? paid(l, payer) : refuse(l, PAY_DECLINED);
}

const struct err *resource_pay(struct act *act, int64_t resource_id, int64_t due_at, enum pay_outcome *outcome)
{
    struct life l = {.act = act, .id = resource_id, .due_at = due_at, .outcome = outcome};
    TRY(act_run(act, pay_work, &l));
    if (act->is_replay)
        *outcome = PAY_DONE;
    return NULL;
}
