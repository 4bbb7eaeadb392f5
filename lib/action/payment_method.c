#include "action/payment_method.h"

#include <string.h>

#include "action/customer_log.h"
#include "base/clock.h"
#include "base/memory.h"
#include "domain/card_number.h"
#include "store/store_association.h"
#include "store/store_payment.h"
#include "store/store_resource.h"

struct changing {
    struct act *act;
    const struct payment_method_new *added;
    int64_t id;
    enum payment_outcome *outcome;
};

static const struct err *refuse(const struct changing *c, enum payment_outcome outcome)
{
    *c->outcome = outcome;
    return act_refuse();
}

static const struct err *may(const struct act *act)
{
    return act->actor->role == ROLE_OWNER ? NULL : err_new(ERR_DENIED, 0, "only an owner may change how the account pays");
}

static const struct err *bump(struct act *act)
{
    struct payment_customer customer;
    bool bumped = false;
    TRY(payment_customer(act->db, act->mem, act->actor->account_id, &customer));
    TRY(account_bump(act->db, act->actor->account_id, customer.version, &bumped));
    return bumped ? NULL : db_again("the customer was changed meanwhile");
}

static const struct err *log_it(struct act *act, enum operation operation, bool is_card, const char *last_four)
{
    const char *object = mem_text(act->mem, "%s %s", is_card ? "CARD" : "BANK", last_four);
    struct operation_row row = {.operation = operation, .object = object, .remark = object, .result = "DONE"};
    return customer_log(act, act->actor->account_id, &row);
}

/* The actor's, to be changed: the customer's version is bumped first, so two changes at once come one after the other. */
static const struct err *find(const struct changing *c, struct payment_method **method)
{
    TRY(may(c->act));
    TRY(bump(c->act));
    TRY(payment_method_load(c->act->db, c->act->mem, c->id, method));
    if (*method == NULL || !act_is_own(c->act, (*method)->customer_id))
        return refuse(c, PAYMENT_MISSING);
    return NULL;
}

static const struct err *set_default(struct act *act, int64_t id)
{
    bool set = false;
    TRY(payment_method_clear_default(act->db, act->actor->account_id));
    TRY(payment_method_set_default(act->db, id, &set));
    return set ? NULL : db_again("the payment method was changed meanwhile");
}

/* --- adding ----------------------------------------------------------------------------------------------------------- */

bool payment_digits_fit(const char *last_four)
{
    return strlen(last_four) == 4 && strspn(last_four, "0123456789") == 4;
}

static enum payment_outcome judge(const struct payment_method_new *method, int64_t now)
{
    const size_t n = strlen(method->reference);
    if (card_number_in(method->last_four) || card_number_in(method->reference))
        return PAYMENT_FULL_NUMBER;
    if (!payment_digits_fit(method->last_four))
        return PAYMENT_BAD_DIGITS;
    if (n == 0 || n > 64)
        return PAYMENT_MISSING;
    return method->valid_to != INSTANT_NONE && method->valid_to <= now ? PAYMENT_EXPIRED : PAYMENT_DONE;
}

static const struct err *add_work(struct db *db, void *arg)
{
    const struct changing *c = arg;
    struct act *act = c->act;
    struct payment_method *there = NULL, added = {
        .customer_id = act->actor->account_id, .is_card = c->added->is_card, .last_four = c->added->last_four,
        .reference = c->added->reference, .valid_to = c->added->valid_to, .added_at = act->now,
    };
    size_t n = 0, valid = 0;
    int64_t id = 0;

    *c->outcome = judge(c->added, act->now);
    TRY(may(act));
    if (*c->outcome != PAYMENT_DONE)
        return act_refuse();
    TRY(bump(act));
    TRY(payment_method_list(db, act->mem, added.customer_id, &there, &n));
    for (size_t i = 0; i < n; i++)
        valid += payment_method_is_valid(&there[i], act->now);
    if (n >= PAYMENT_METHODS_MAX)
        return refuse(c, PAYMENT_TOO_MANY);
    const struct err *err = payment_method_insert(db, &added, &id);
    if (err != NULL && db_is_duplicate(err, "payment_method_reference"))
        return refuse(c, PAYMENT_THERE);
    TRY(err);
    if (valid == 0)
        TRY(set_default(act, id));
    TRY(payment_task_close(db, added.customer_id, act->now));
    return log_it(act, OP_PAYMENT_METHOD_ADDED, added.is_card, added.last_four);
}

const struct err *payment_method_add(struct act *act, const struct payment_method_new *method, enum payment_outcome *outcome)
{
    struct changing c = {.act = act, .added = method, .outcome = outcome};
    TRY(act_run(act, add_work, &c));
    if (act->is_replay)
        *outcome = PAYMENT_DONE;
    return NULL;
}

/* --- the default, and out --------------------------------------------------------------------------------------------- */

static const struct err *default_work(struct db *db, void *arg)
{
    const struct changing *c = arg;
    struct payment_method *method = NULL;
    (void)db;
    *c->outcome = PAYMENT_DONE;
    TRY(find(c, &method));
    if (!payment_method_is_valid(method, c->act->now))
        return refuse(c, PAYMENT_EXPIRED);
    TRY(set_default(c->act, method->id));
    return log_it(c->act, OP_PAYMENT_METHOD_DEFAULT, method->is_card, method->last_four);
}

const struct err *payment_method_make_default(struct act *act, int64_t id, enum payment_outcome *outcome)
{
    struct changing c = {.act = act, .id = id, .outcome = outcome};
    TRY(act_run(act, default_work, &c));
    if (act->is_replay)
        *outcome = PAYMENT_DONE;
    return NULL;
}

static const struct err *out_work(struct db *db, void *arg)
{
    const struct changing *c = arg;
    struct act *act = c->act;
    struct payment_method *method = NULL, *left = NULL;
    bool removed = false;
    size_t n = 0;

    *c->outcome = PAYMENT_DONE;
    TRY(find(c, &method));
    TRY(payment_method_remove(db, method->id, act->now, &removed));
    if (!removed)
        return db_again("the payment method was changed meanwhile");
    TRY(payment_method_list(db, act->mem, method->customer_id, &left, &n));
    if (method->is_default && n > 0)
        TRY(set_default(act, left[0].id));
    return log_it(act, OP_PAYMENT_METHOD_REMOVED, method->is_card, method->last_four);
}

const struct err *payment_method_take_out(struct act *act, int64_t id, enum payment_outcome *outcome)
{
    struct changing c = {.act = act, .id = id, .outcome = outcome};
    TRY(act_run(act, out_work, &c));
    if (act->is_replay)
        *outcome = PAYMENT_DONE;
    return NULL;
}
