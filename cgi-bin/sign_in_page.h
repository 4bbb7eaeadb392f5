/* sign_in_page.h - what the pages of signing in share. */
#ifndef CGI_SIGN_IN_PAGE_H
#define CGI_SIGN_IN_PAGE_H

#include "action/sign_in.h"
#include "call.h"

#define SIGN_IN_NEXT_MAX 200

/* Where to go afterwards: a path of our own that was asked for, else "/". */
const char *sign_in_next(const struct call *call);
/* "path" or "path?next=..." */
const char *sign_in_path(const struct call *call, const char *path);
/* The session is there: its cookie, no others, and on to `next`. */
const struct err *sign_in_done(struct call *call, const struct sign_in *sign_in);
/* "Too many tries" on the page at hand. */
const struct err *sign_in_show_wait(struct call *call, const struct sign_in *sign_in);
void sign_in_drop_cookie(struct call *call, const char *base);

#endif
