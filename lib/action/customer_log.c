#include "action/customer_log.h"

#include "store/store_association.h"

const struct err *customer_log(struct act *act, int64_t customer_id, struct operation_row *row)
{
    struct association *association = NULL;

    TRY(association_active(act->db, act->mem, customer_id, &association));
    row->partner_id = association == NULL ? 0 : association->partner_id;
    if (association == NULL)
        TRY(association_last_ended(act->db, act->mem, customer_id, &association));
    row->association_id = association == NULL ? 0 : association->id;
    row->customer_id = customer_id;
    return act_log(act, row);
}
