/* view_role.h - roles in words, and the choice between the two of an account. */
#ifndef VIEW_VIEW_ROLE_H
#define VIEW_VIEW_ROLE_H

#include "domain/account.h"
#include "view/page.h"

const char *view_role(enum role role);   /* "Owner", "Viewer", … */

/* {{>ROLES}}, part_roles.html: radio buttons `role` with the roles of this kind of account, `chosen` (a role's name; "" for
 * none) checked. A fault of the field "role" is shown with them. */
void view_role_choices(struct page *page, enum account_kind kind, const char *chosen);

#endif
