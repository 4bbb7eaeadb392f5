#include "pages.h"

#include <string.h>

#include "action/check.h"
#include "action/finish_bills.h"
#include "action/decide.h"
#include "base/clock.h"
#include "known.h"
#include "own_request.h"
#include "resource_call.h"
#include "store/store_association.h"
#include "store/store_customer.h"
#include "store/store_request.h"
#include "store/store_wizard.h"
#include "view/view_my_partner.h"

/* Failed checks are worth a banner so long after somebody asked for them; later nobody is nagged. */
#define CHECKED_LATELY (30 * CLOCK_DAY)
/* The page says that somebody has left for so long, and longer while something is still to be done. */
#define LEFT_LATELY (90 * CLOCK_DAY)

struct reading { struct call *call; struct my_partner *my; };

static const struct err *read_checks(struct call *call, struct my_partner *my, const struct known *known)
{
    struct check *check = NULL;
    struct wizard *wizard = NULL;
    if (known != NULL)
        TRY(check_known(call->db, call->mem, my->association, known->set, known->facts, OPERATION_CUSTOMER_SUBMIT, call->now, &check));
    else
        TRY(check_compute(call->db, call->mem, my->association, SIDE_CUSTOMER, OPERATION_CUSTOMER_SUBMIT, call->now, &check));
    if (call->stamp == NULL || call->stamp->has_draft)
        TRY(wizard_find(call->db, call->mem, call->actor.account_id, WIZARD_SUBMIT, my->association->id, &wizard));
    my->set = check->set;
    my->facts = check->facts;
    my->report = &check->report;
    my->freeze = check->facts->is_frozen ? &check->facts->freeze : NULL;
    my->unfreeze_asked_at = check->unfreeze_asked_at;
    my->is_preparing = wizard_is_live(wizard, call->now) ||
        (wizard != NULL && wizard->checked_at != INSTANT_NONE && call->now - wizard->checked_at < CHECKED_LATELY);
    return NULL;
}

/* What is not asked for as a task, and has to be done all the same: a payment method may go after it was added, and what is
 * past due is paid by hand. */
static const struct err *add_unpaid(struct call *call, bool asks_for_method, const char **kinds, size_t *n)
{
    struct resource_call seen = {.n = 0};
    bool owes = false, runs = false;
    TRY(resource_call_load(call, call->actor.account_id, &seen));
    for (size_t i = 0; i < seen.n; i++) {
        owes |= resource_call_is_owed(&seen.resources[i]);
        runs |= seen.resources[i].life.state != RESOURCE_RELEASED;
    }
    if (!asks_for_method && seen.method == NULL && runs)
        kinds[(*n)++] = "PAYMENT_METHOD";
    if (owes)
        kinds[(*n)++] = "PAY_RESOURCES";
    return NULL;
}

static const struct err *read_left(struct call *call, struct my_partner *my)
{
    struct association *left = NULL;
    struct task *tasks = NULL;
    size_t n = 0;
    TRY(association_last_ended(call->db, call->mem, call->actor.account_id, &left));
    if (left == NULL)
        return NULL;
    TRY(task_list(call->db, call->mem, call->actor.account_id, &tasks, &n));
    const char **kinds = mem_array(call->mem, const char *, n + 2);
    bool asks_for_method = false;
    for (size_t i = 0; i < n; i++) {
        if (tasks[i].association_id != left->id)
            continue;
        kinds[my->tasks_n++] = tasks[i].kind;
        asks_for_method |= strcmp(tasks[i].kind, "PAYMENT_METHOD") == 0;
    }
    TRY(add_unpaid(call, asks_for_method, kinds, &my->tasks_n));
    my->tasks = kinds;
    if (my->tasks_n > 0 || call->now - left->ended_at < LEFT_LATELY)
        my->left = left;
    return NULL;
}

static const struct err *read_freeze(struct call *call, struct my_partner *my)
{
    struct freeze *freeze = NULL;
    TRY(freeze_open(call->db, call->mem, call->actor.account_id, &freeze));
    my->freeze = freeze;
    return my->association == NULL ? NULL : customer_asks_unfreeze(call->db, my->association->partner_id, my->association->id,
                                                                   &my->unfreeze_asked_at);
}

static const struct err *read_association(struct db *db, struct call *call, struct my_partner *my)
{
    struct association *association = NULL;
    struct request *open = NULL, *result = NULL;
    TRY(association_active(db, call->mem, call->actor.account_id, &association));
    my->association = association;
    if (association == NULL)
        return NULL;
    TRY(request_open_with(db, call->mem, association, &open));
    if (open == NULL)
        TRY(request_unseen_result(db, call->mem, association->id, SIDE_CUSTOMER, &result));
    my->open = open;
    my->result = result;
    return NULL;
}

static const struct err *take_known(struct my_partner *my, const struct known *known)
{
    my->association = known->association;
    my->open = known->open;
    my->result = known->result;
    return NULL;
}

static const struct err *read_all(struct db *db, void *arg)
{
    struct reading *reading = arg;
    struct call *call = reading->call;
    struct my_partner *my = reading->my;
    const struct known *known = NULL;
    TRY(known_find(call, &known));
    TRY(known != NULL ? take_known(my, known) : read_association(db, call, my));
    if (my->association == NULL) {
        TRY(read_freeze(call, my));
        return read_left(call, my);
    }
    if (my->open != NULL)
        TRY(call_gets_email(call, &my->gets_email));   /* only then it is told where news goes */
    return my->association->model == MODEL_RESELLER ? read_checks(call, my, known) : read_freeze(call, my);
}

const struct err *my_partner_get(struct call *call)
{
    struct my_partner my = {
        .may_act = call->actor.role == ROLE_OWNER,
        .kept_days = call->site->config->request.retention_days, .unfreeze_asked_at = INSTANT_NONE,
    };
    struct reading reading = {call, &my};
    TRY(db_transaction(call->db, DB_READ_ONLY, read_all, &reading));
    if (strcmp(call->flash, "withdrawn") == 0)
        my.result = NULL;   /* it is being said already */
    struct page *page = call_page(call, "my_partner", _("My Partner"));
    page->current = "/my-partner";
    view_my_partner(page, &my);
    return call_show(call, 0);
}

const struct err *my_partner_seen_post(struct call *call)
{
    struct request *request = NULL;
    TRY(own_request_find(call, &request));
    if (request == NULL)
        return call_missing(call);
    TRY(see_result(call_act(call, "/my-partner"), request->id));
    return call_go(call, "/my-partner");
}

/* Only the customer knows when it has them. */
const struct err *my_partner_bills_post(struct call *call)
{
    TRY(finish_bills(call_act(call, "/my-partner")));
    return call_go(call, "/my-partner");
}

const struct err *my_partner_ask_unfreeze_post(struct call *call)
{
    struct association *association = NULL;
    struct freeze *freeze = NULL;
    bool asked = false;
    TRY(association_active(call->db, call->mem, call->actor.account_id, &association));
    TRY(freeze_open(call->db, call->mem, call->actor.account_id, &freeze));
    if (association == NULL || freeze == NULL)
        return call_go(call, "/my-partner");   /* unfrozen meanwhile: the page shows it */
    struct act *act = call_act(call, "/my-partner");
    TRY(ask_unfreeze(act, association->id, &asked));
    call_flash(call, asked || act->is_replay ? "asked-unfreeze" : "asked-before");
    return call_go(call, "/my-partner");
}
