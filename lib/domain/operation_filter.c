#include <string.h>

#include "domain/operation_filter.h"

/* Which criteria are set, in the order of enum operation_lead. */
static void criteria(const struct operation_filter *filter, bool is_set[LEADS])
{
    is_set[LEAD_REQUEST] = filter->request_id != 0;
    is_set[LEAD_USER] = filter->user_id != 0;
    is_set[LEAD_ACCOUNT] = filter->account_id != 0;
    is_set[LEAD_OPERATION] = filter->by_operation;
    is_set[LEAD_RESULT] = filter->result[0] != '\0';
    is_set[LEAD_SIDE] = filter->side != SIDES;
    is_set[LEAD_TIME] = true;
}

enum operation_lead operation_filter_lead(const struct operation_filter *filter)
{
    bool is_set[LEADS];
    int lead = 0;

    criteria(filter, is_set);
    while (!is_set[lead])
        lead++;
    return (enum operation_lead)lead;
}

bool operation_filter_is_fast(const struct operation_filter *filter)
{
    bool is_set[LEADS];
    int n = 0;

    criteria(filter, is_set);
    for (int i = 0; i < LEAD_TIME; i++)
        n += is_set[i];
    return n <= 1 || filter->is_of_nothing;
}

bool operation_filter_matches(const struct operation_filter *filter, const struct operation_row *row)
{
    if (filter->is_of_nothing)
        return false;
    if (filter->request_id != 0 && row->request_id != filter->request_id)
        return false;
    if (filter->user_id != 0 && row->user_id != filter->user_id)
        return false;
    if (filter->account_id != 0 && row->customer_id != filter->account_id && row->partner_id != filter->account_id &&
        row->account_id != filter->account_id)
        return false;
    if (filter->by_operation && row->operation != filter->operation)
        return false;
    if (filter->result[0] != '\0' && strcmp(filter->result, row->result) != 0)
        return false;
    return filter->side == SIDES || row->initiated_by == filter->side;
}
