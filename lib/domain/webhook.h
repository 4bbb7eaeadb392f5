/* webhook.h - what the platform's own systems are told, and in which form. deploy/webhooks.md is its manual.
 *
 * An event is a row of the operation log, which never changes, so the same event has the same bytes whenever it is sent.
 */
#ifndef DOMAIN_WEBHOOK_H
#define DOMAIN_WEBHOOK_H

#include "domain/operation.h"

/* "request.submitted"; NULL for what is not told: checks, codes, sign-ins and the like. */
const char *webhook_type(enum operation operation);

struct webhook_event {
    struct operation_row row;
    const char *customer_no, *partner_no;      /* account numbers; "" if none */
    int64_t resource_id;                       /* 0: it is about none */
    const char *resource_key;                  /* its name in the system it was imported from, "source:id"; "" */
};

/* The id of the event of a row, "log-12-7": the same whenever it is sent, and no other event's. */
char *webhook_id(const void *ctx, int64_t chain_id, int64_t seq);
/* The body: one JSON object, members in a fixed order, empty ones left out. */
char *webhook_body(const void *ctx, const struct webhook_event *event);

#endif
