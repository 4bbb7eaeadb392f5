/* operation_filter.h - which rows of the operation log somebody who reviews it wants to see.
 *
 * One criterion has a key of the database to itself. Several at once are found by looking through the rows of one of them and
 * leaving out what does not match: that may take long where one is common and the other rare.
 */
#ifndef DOMAIN_OPERATION_FILTER_H
#define DOMAIN_OPERATION_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "domain/operation.h"

struct operation_filter {
    bool is_of_nothing;            /* it names an account, request or person that is not there: no row matches */
    int64_t request_id;            /* 0: any; likewise the next two */
    int64_t user_id;               /* who acted */
    int64_t account_id;            /* the customer or partner it is about, or the account that acted */
    bool by_operation;
    enum operation operation;      /* when by_operation */
    enum side side;                /* that acted; SIDES: any */
    const char *result;            /* "": any */
    int64_t from_at, until_at;     /* INSTANT_NONE: open; until is exclusive */
};

/* By which criterion rows are looked up: the first that is set, most telling first. */
enum operation_lead { LEAD_REQUEST, LEAD_USER, LEAD_ACCOUNT, LEAD_OPERATION, LEAD_RESULT, LEAD_SIDE, LEAD_TIME, LEADS };
enum operation_lead operation_filter_lead(const struct operation_filter *filter);

/* One criterion at most: every row of the lead within the time matches. The key of a lead: lib/store/store_audit.c. */
bool operation_filter_is_fast(const struct operation_filter *filter);

/* Whether a row matches all criteria but the time. */
bool operation_filter_matches(const struct operation_filter *filter, const struct operation_row *row);

#endif
