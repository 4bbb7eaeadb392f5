/* check_call.h - the account checks on the pages of a wizard: run, shown to this reader, asked for again. */
#ifndef CGI_CHECK_CALL_H
#define CGI_CHECK_CALL_H

#include "view/view_checks.h"
#include "wizard_call.h"

/* Reads only. */
const struct err *check_call_now(struct call *call, const struct wizard_call *w, struct check **check);
/* With what this reader can do about each that fails. */
struct view_checks check_call_view(struct call *call, const struct wizard_call *w, const struct check *check);
/* "Fixed since your last check: …", if something was. After call_page(). */
void check_call_say_fixed(struct call *call, const struct wizard_call *w, const struct check *check);
/* [Check again]: runs and logs them, and leads to the page of the first step. */
const struct err *check_call_again(struct call *call, struct wizard_call *w);

#endif
