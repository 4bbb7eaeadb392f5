/* visit.h - who this is: the cookies of a request made into actor, session token, language and zone. */
#ifndef CGI_VISIT_H
#define CGI_VISIT_H

#include "call.h"

/* The anonymous actor in the default language, before anything is known. */
void visit_begin(struct call *call);
/* The language for a request that is answered by an error page before anything else is known. */
void visit_language(struct call *call);
/* Reads the cookies and finds the session; a visitor without one gets a token for forms. After it call->session_token is
 * not "". ERR_INPUT for a cookie that came twice; ERR_BUSY when there is a session cookie and no database to ask: nobody is
 * taken for signed out because of that. */
const struct err *visit_find(struct call *call);

#endif
