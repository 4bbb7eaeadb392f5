/* customer_call.h - what the pages about one customer share: which one it is, what its partner may know, how it is called. */
#ifndef CGI_CUSTOMER_CALL_H
#define CGI_CUSTOMER_CALL_H

#include "call.h"
#include "domain/association.h"
#include "domain/request.h"

struct customer_call {
    struct association *association;   /* of the actor's partner; one that ended is there to be read only */
    struct freeze *freeze;             /* active: the open one; NULL if none */
    struct request *open;              /* active: the open request; NULL if none */
    int64_t asks_since;                /* active: it asks to be unfrozen; INSTANT_NONE if not */
    bool is_masked;
    const char *name;                  /* as it may be shown */
    const char *path;                  /* "/customers/C-100482" */
};

/* The customer whose number the path has. *out NULL: the response is the 404 page, as it was never this partner's. Reads only. */
const struct err *customer_call(struct call *call, struct customer_call **out);
/* The same for changing something: of an association that ended there is no page for that (404), and a form that was on its way
 * when it ended is told so, as customer_call_left(). */
const struct err *customer_call_active(struct call *call, struct customer_call **out);
/* 409: the customer has left meanwhile, by whose answer and when. */
const struct err *customer_call_left(struct call *call, const struct customer_call *c);

/* Says on call->page that the partner's own account is frozen, and what it may do. */
void customer_call_say_frozen(struct call *call);
/* Whether it is; if so, it is said. */
const struct err *customer_call_own_freeze(struct call *call, bool *is_frozen);

/* Whether this session sees names masked. */
const struct err *customer_call_is_masked(struct call *call, bool *is_masked);

/* "Freeze {customer}" with the name as it may be shown. */
char *customer_call_text(const struct call *call, const struct customer_call *c, const char *pattern);
/* Customers / name / the page's title. */
void customer_call_crumbs(struct page *page, const struct customer_call *c);

#endif
