/* kept.h - nothing typed is lost: texts and choices of a form (its route is marked ROUTE_KEEPS) that could not be taken,
 * because the session had run out, or the person has to prove itself first or went on elsewhere, are kept for the same user
 * and shown when the page is next opened. Passwords, codes, ticks and tokens are never kept. Pages need nothing special:
 * call_typed() gives the values. */
#ifndef CGI_KEPT_H
#define CGI_KEPT_H

#include "call.h"

/* A POST whose session has run out, before it leads to sign-in. Nothing is kept unless the form was one of that session. */
const struct err *kept_save_signed_out(struct call *call);
/* Whether something is kept for whose session has run out, at the page of this path; its query does not matter. */
const struct err *kept_waits(struct call *call, const char *path, bool *waits);
/* A GET, before its handler: fills call->kept. */
const struct err *kept_load(struct call *call);
/* A POST, after its handler: what was kept is no longer needed, or is kept now as the answer says that it was not taken. */
const struct err *kept_settle(struct call *call);

#endif
