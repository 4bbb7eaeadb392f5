/* contact_call.h - the way back from the contacts: a step that needs a code and had nowhere to send it is shown again.
 *
 * `return` is "verify" (the own request), a request's number, or (partners) a customer's number; anything else is no way back.
 * Wherever it leads, that page asks again who may see it.
 */
#ifndef CGI_CONTACT_CALL_H
#define CGI_CONTACT_CALL_H

#include "call.h"

#define CONTACT_RETURN_FIELD {.name = "return", .kind = FIELD_TEXT, .max = 40}

/* The query's or form's; "" when it is none of ours. */
const char *contact_call_return(const struct call *call);
/* Where it leads; "/contacts" for "". */
const char *contact_call_path(const struct call *call, const char *return_to);
/* This path, with the way back added when there is one. */
const char *contact_call_keep(const struct call *call, const char *path);
/* What is said first when one came from such a step. After call_page(). */
void contact_call_say(struct call *call, const char *return_to);

#endif
