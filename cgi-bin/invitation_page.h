/* invitation_page.h - what the pages of somebody invited share. */
#ifndef CGI_INVITATION_PAGE_H
#define CGI_INVITATION_PAGE_H

#include "action/invitation_answer.h"
#include "call.h"

/* "/invitation/<token>" followed by `rest`, for the token of this call's path. */
const char *invitation_page_path(struct call *call, const char *rest);
/* The sign-in page that leads back to the invitation. */
const char *invitation_page_sign_in(struct call *call);
/* Reads it, in a transaction that cannot write. */
const struct err *invitation_page_read(struct call *call, struct invitation_found *found);
/* The page of one that is not open (or not there): what became of it, and who can send a new one. */
const struct err *invitation_page_closed(struct call *call, const struct invitation_found *found);

#endif
