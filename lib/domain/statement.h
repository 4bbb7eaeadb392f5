/* statement.h - the sentence that is ticked, and the version that is logged with it. */
#ifndef DOMAIN_STATEMENT_H
#define DOMAIN_STATEMENT_H

#include "domain/side.h"

#define STATEMENT_VERSION "2025-06-30.2"
#define STATEMENT_POINTS 4   /* the fifth, about the quota, depends on numbers and is the view's */

/* In the language in use. SIDE_CUSTOMER reads what happens to it, SIDE_PARTNER what happens to its customer: the log says
 * whose user ticked, so one version stands for both. */
const char *statement_point(enum side reader, int i);   /* 0 … STATEMENT_POINTS-1 */
const char *statement_tick(enum side reader);   /* "I understand the preceding statement and confirm to disassociate from …" */

#endif
