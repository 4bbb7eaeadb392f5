#include <string.h>

#include "base/memory.h"

#include "store/store_association.h"
#include "store/store_payment.h"
#include "store/store_request.h"
#include "store/store_wizard.h"

#include "action/effects.h"

const struct err *effects_not_before(struct act *act, const struct association *association)
{
    int64_t at;

    act_not_before(act, association->associated_at);
    TRY(request_newest_at(act->db, act->mem, association->id, &at));
    act_not_before(act, at);
    return NULL;
}

/* "After you left". */
static const char *const tasks[] = { "ACCOUNT_INFORMATION", "PAYMENT_METHOD", "EXPORT_BILLS" };

/* A freeze of the platform or a budget is not the partner's to lift, so it stays when the partner goes. */
static bool goes_with_partner(const struct freeze *freeze)
{
    return freeze != NULL && (freeze->source == FREEZE_BY_PARTNER || freeze->source == FREEZE_BY_ASSOCIATION_DEFAULT);
}

static const struct err *lift(struct act *act, const struct association *association, const char *why, struct freeze **lifted)
{
    struct freeze *freeze;
    bool was_open;

    *lifted = NULL;
    TRY(freeze_open(act->db, act->mem, association->customer_id, &freeze));
    if (!goes_with_partner(freeze))
        return NULL;
    TRY(freeze_lift(act->db, association->customer_id, freeze->type, why, freeze->at > act->now ? freeze->at : act->now, &was_open));
    if (!was_open)
        return db_again("the freeze was changed meanwhile");
    *lifted = freeze;
    return NULL;
}

/* Who has a valid payment method is not asked to add one. */
static const struct err *set_tasks(struct act *act, const struct association *association)
{
    struct payment_method *method;
    bool is_new, closed;

    TRY(payment_method_to_charge(act->db, act->mem, association->customer_id, act->now, &method));
    for (size_t i = 0; i < sizeof tasks / sizeof tasks[0]; i++)
        if (method == NULL || strcmp(tasks[i], "PAYMENT_METHOD") != 0)
            TRY(task_ask(act->db, association->customer_id, tasks[i], association->id, act->now, &is_new));
    return task_close(act->db, association->partner_id, "UNFREEZE", association->id, act->now, &closed);
}

/* Of an account that is closed the row is written by whoever closes it. */
static const struct err *bump(struct act *act, const struct association *association, bool is_bumped)
{
    bool bumped = is_bumped;

    if (!is_bumped)
        TRY(account_bump(act->db, association->customer_id, association->customer_version, &bumped));
    return bumped ? NULL : db_again("a fact about the customer changed meanwhile");
}

static const struct err *end(struct act *act, const struct association *association, const struct request *request, bool is_bumped,
                             const char *why, struct freeze **lifted)
{
    bool ended;

    TRY(bump(act, association, is_bumped));
    TRY(association_end(act->db, association->id, association->version, request == NULL ? 0 : request->id, act->now, &ended));
    if (!ended)
        return db_again("the association was changed meanwhile");
    TRY(lift(act, association, why, lifted));
    TRY(account_set_billing_direct(act->db, association->customer_id));
    TRY(set_tasks(act, association));
    return wizard_close_target(act->db, WIZARD_SUBMIT, association->id, act->now);
}

const struct err *effects_of_leaving(struct act *act, const struct association *association, const struct request *request,
                                     struct freeze **lifted)
{
    TRY(end(act, association, request, false, mem_text(act->mem, "association ended by %s", request->no), lifted));
    return wizard_close_target(act->db, WIZARD_ANSWER, request->id, act->now);
}

const struct err *effects_of_closing(struct act *act, const struct association *association, bool customer_is_closed,
                                     struct freeze **lifted)
{
    return end(act, association, NULL, customer_is_closed, "association ended with an account", lifted);
}

const struct err *effects_log(struct act *act, const struct association *association, const struct request *request,
                              const struct freeze *lifted)
{
    /* The end itself is still of the association's time, so the partner sees it. */
    struct operation_row row = {
        .operation = OP_DISASSOCIATED, .association_id = association->id, .customer_id = association->customer_id,
        .partner_id = association->partner_id,
        .object = act_side(act) == SIDE_CUSTOMER ? association->partner_name : association->customer_name,
        .request_id = request == NULL ? 0 : request->id, .request_no = request == NULL ? "" : request->no,
        .from_state = association_status_name(ASSOCIATION_ACTIVE),
        .to_state = association_status_name(ASSOCIATION_ENDED), .result = "DONE"
    };

    TRY(act_log(act, &row));
    if (lifted == NULL)
        return NULL;
    row = (struct operation_row){
        .operation = OP_UNFROZEN, .association_id = association->id, .customer_id = association->customer_id,
        .partner_id = association->partner_id, .object = association->customer_name,
        .request_id = request == NULL ? 0 : request->id, .request_no = request == NULL ? "" : request->no, .result = "DONE",
        .remark = mem_text(act->mem, "%s %s", freeze_type_name(lifted->type), freeze_source_name(lifted->source))
    };
    return act_log(act, &row);
}
