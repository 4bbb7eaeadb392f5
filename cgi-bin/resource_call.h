/* resource_call.h - a customer's resources and how they are paid for, for the pages that show them. */
#ifndef CGI_RESOURCE_CALL_H
#define CGI_RESOURCE_CALL_H

#include "call.h"
#include "store/store_payment.h"
#include "store/store_resource.h"

struct resource_call {
    struct resource *resources;
    size_t n;
    struct payment_method *method;    /* the one that is charged; NULL: no valid one */
    struct payment_customer customer;
};

/* In the transaction that is open, and in one of its own. */
const struct err *resource_call_load(struct call *call, int64_t customer_id, struct resource_call *seen);
const struct err *resource_call_read(struct call *call, int64_t customer_id, struct resource_call *seen);

/* In grace or retention: its charge is past due. */
bool resource_call_is_owed(const struct resource *resource);
/* A message for each currency in which something is owed: "You owe USD 12.50" and `text`. href NULL: no link. */
void resource_call_owed(struct call *call, const struct resource_call *seen, const char *text, const char *href, const char *link);

/* {{>IMPACT}} of the page: for each resource who pays, when the next charge is due, and what happens on which days without a
 * payment method. Nothing when nothing runs. is_open: the table is seen at once. */
void resource_call_impact(struct call *call, const struct resource_call *seen, bool is_open);

/* "Card ending in 4242" */
const char *resource_call_method(struct call *call, const struct payment_method *method);
/* "Works", "Grace period", …, in words, with the class of its badge. */
struct resource_badge { const char *css, *text; };
struct resource_badge resource_call_badge(const struct resource *resource);
const char *resource_call_price(struct call *call, const struct resource *resource);

#endif
