/* return_call.h - the way back: a page that mends a failed account check leads to the check it was opened from.
 *
 * The query's and form's `return` is "check" (of the own request) or the number of the partner's request; anything else is no
 * way back. Wherever it leads, that page asks again who may see it.
 */
#ifndef CGI_RETURN_CALL_H
#define CGI_RETURN_CALL_H

#include "call.h"

#define RETURN_FIELD {.name = "return", .kind = FIELD_TEXT, .max = 40}
extern const struct field_spec return_query[];    /* it alone: for a GET */
extern const struct field_spec return_fields[];   /* … and a POST */

/* "check", a request's number, or "". */
const char *return_call(const struct call *call);
/* Where it leads: "/disassociate/check", "/process-request/DR…"; NULL when there is no way back. */
const char *return_call_path(const struct call *call);
/* This path, with the way back added when there is one. */
const char *return_call_keep(const struct call *call, const char *path);
/* The page's values RETURN, BACK and BACK_TEXT (to the check, or `otherwise`: the account page), and what is said first: where
 * one came from, and that one is taken back `after` ("After you set the currency we take you back to them."; NULL: nothing). */
void return_call_fill(struct call *call, const char *after);

/* What was just done, on the page that comes next: "Currency set to USD". After call_page(). */
void return_call_say_currency(struct call *call);

#endif
