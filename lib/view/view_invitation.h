/* view_invitation.h - an invitation as the partner reads it in its list, and what accepting means to the one invited. */
#ifndef VIEW_VIEW_INVITATION_H
#define VIEW_VIEW_INVITATION_H

#include "domain/invitation.h"
#include "view/page.h"
#include "view/view_request.h"

/* "Sent", "Accepted", "Expired", "Failed", … */
struct view_badge view_invitation_badge(const struct invitation *invitation, int64_t now);
/* Why it failed, when, and what can be done; "" if it did not. */
char *view_invitation_failure(const void *ctx, const struct invitation *invitation, int64_t now, const char *zone);

/* {{>MEANING}}, part_invitation.html: who invites, and what changes. */
void view_invitation_meaning(struct page *page, const struct invitation *invitation, bool starts_frozen);

/* What is in the way, each with what to do: {{>GATES}}, part_gates.html. `has_page` tells whether a path has a page. */
void view_invitation_gates(struct page *page, unsigned gates, const struct invitation_facts *facts, bool (*has_page)(const char *path));

#endif
