/* statement.h - the sentence that is ticked, and the version that is logged with it. */
#ifndef DOMAIN_STATEMENT_H
#define DOMAIN_STATEMENT_H

#define STATEMENT_VERSION "2025-06-30.1"
#define STATEMENT_POINTS 4   /* the fifth, about the quota, depends on numbers and is the view's */

const char *statement_point(int i);   /* 0 … STATEMENT_POINTS-1, in the language in use */
const char *statement_tick(void);     /* "I understand the preceding statement and confirm to disassociate from …" */

#endif
