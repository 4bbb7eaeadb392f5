/* view_rule.h - rules of the account checks, and what was changed about them, as operators read them. */
#ifndef VIEW_VIEW_RULE_H
#define VIEW_VIEW_RULE_H

#include "domain/rule.h"

const char *view_severity(enum severity severity);                      /* "Stops", "Good to know", "Off" */
const char *view_rule_operation(enum rule_operation operation);         /* "Customer asks" */
/* "Stops: customer asks, partner asks. 3 requests in 3 months." */
char *view_rule_row(const void *ctx, const struct rule_row *row);
/* The same of a packed row; a text that is none, such as the name of a set, as it is. */
char *view_rule_packed(const void *ctx, const char *code, const char *packed);

#endif
