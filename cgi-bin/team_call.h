/* team_call.h - what the pages about one member of the actor's team share. */
#ifndef CGI_TEAM_CALL_H
#define CGI_TEAM_CALL_H

#include "action/team.h"
#include "call.h"

/* The member whose id the path has. *out NULL: the response is made, the 404 page or the way to the password. */
const struct err *team_call_member(struct call *call, struct member **out);
/* A page about that member: narrow, below "Team". */
struct page *team_call_page(struct call *call, const char *stem, const char *title, const struct member *member);
/* What follows an outcome that is the same for all of them: 303 to /team or /signed-out, to the password, or the page that says
 * why not. `flash` is said when it is done. */
const struct err *team_call_end(struct call *call, const struct act *act, const struct member *member, enum team_outcome outcome,
                                const char *flash);
/* Where it leads: somebody who changed themselves is signed out. */
const char *team_call_location(const struct call *call, const struct member *member);

#endif
