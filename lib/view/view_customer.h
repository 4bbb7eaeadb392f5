/* view_customer.h - a customer as its partner reads it: name, masked or not, and whether it is frozen, by whom. */
#ifndef VIEW_VIEW_CUSTOMER_H
#define VIEW_VIEW_CUSTOMER_H

#include <stdbool.h>

#include "domain/association.h"
#include "view/page.h"
#include "view/view_request.h"

/* "Acme GmbH", or its first letter alone: "A…". */
char *view_customer_name(const void *ctx, const char *name, bool is_masked);

/* "Active", "Account frozen", "Account and resources frozen"; type is read when is_frozen. */
struct view_badge view_freeze_badge(bool is_frozen, enum freeze_type type);
/* "Account only", "Account and resources" */
const char *view_freeze_type(enum freeze_type type);
/* "By you", "By the platform", … */
const char *view_freeze_source(enum freeze_source source);
/* The same as the platform reads it: "By its partner", … */
const char *view_freeze_source_for_platform(enum freeze_source source);
/* "You asked your partner on 14 Jun 2026 to unfreeze your account." */
char *view_unfreeze_asked(const struct page *page, int64_t asked_at);
/* "9 days are left before data is deleted." of a freeze of resources, whose data is kept for `kept_days`; "" of any other. */
char *view_freeze_left(const void *ctx, const struct freeze *freeze, int64_t kept_days, int64_t now);

#endif
