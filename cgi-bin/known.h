/* known.h - what a worker has read of customers' associations, kept while the stamp that came with the session is the same.
 *
 * A page of a customer about its own association takes one query then: the session's. What changes without anybody's doing, as
 * when a contract ends, is seen KNOWN_MAX_AGE later at the latest. Only pages read this: whatever is done checks everything anew.
 * Not kept: accounts with members or a master, whose facts change without a change of their own version.
 */
#ifndef CGI_KNOWN_H
#define CGI_KNOWN_H

#include "call.h"
#include "domain/association.h"
#include "domain/request.h"
#include "domain/rule.h"

#define KNOWN_MAX_AGE (5 * CLOCK_SECOND)
/* An account's entry, of some kilobytes, has so many places, in the set of its number; the entry that was read first makes room. */
#define KNOWN_SETS 128
#define KNOWN_WAYS 4

struct known {
    struct association *association;   /* the active one; NULL if there is none, and then nothing else */
    struct request *open;              /* the request that waits; NULL */
    struct request *result;            /* of the customer's last request, while it is not marked as read; NULL */
    struct rule_set *set;              /* NULL for a referral */
    struct facts *facts;               /* NULL for a referral */
    bool has_resources;                /* of whatever state; they come by import, which is a change of the account's version */
};

/* Lives in ctx. One a worker. */
struct known_table *known_new(const void *ctx);
/* Of the actor's account, as it is now: kept or read. *known is read-only, lives as long as this request, and is NULL where the
 * route or the site keeps nothing (call->stamp): then the page reads for itself. Within a transaction that only reads. */
const struct err *known_find(struct call *call, const struct known **known);

#endif
