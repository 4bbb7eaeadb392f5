/* desk_call.h - what the pages of the platform's desk share: which account they are about, the reason each act needs, and where they
 * stand in the navigation. */
#ifndef CGI_DESK_CALL_H
#define CGI_DESK_CALL_H

#include "action/desk.h"
#include "call.h"
#include "store/store_desk.h"

/* The account that the path names by its number. *account NULL: there is none, and the answer is made. */
const struct err *desk_call_account(struct call *call, struct desk_account **account);
/* The same, and it must be open still: of a closed one the answer says so, with `why` nothing can be done about it. */
const struct err *desk_call_open_account(struct call *call, const char *why, struct desk_account **account);
/* That answer by itself, where the action finds it closed. */
const struct err *desk_call_closed(struct call *call, const char *account_no, const char *why);

/* A page about that account: narrow, below "Accounts" and the account. */
struct page *desk_call_page(struct call *call, const char *stem, const char *title, const struct desk_account *account);

/* {{>REASON_FIELD}}, part_reason_field.html: the field "reason" as it was typed, with its label, hint and fault. */
void desk_call_reason(struct call *call, const char *label, const char *hint);
/* The fault of an empty or too long one. */
void desk_call_judge_reason(struct call *call);

/* A warning on top of the page for each channel whose next hop refuses us, while messages wait for it. */
const struct err *desk_call_warn_of_denials(struct call *call, struct page *page);

/* Whether this reader may change things: an auditor reads. */
bool desk_call_may(const struct call *call);

#endif
