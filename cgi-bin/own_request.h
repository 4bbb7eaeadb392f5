/* own_request.h - the request that a path names, if it is one that the account of who asks has sent. */
#ifndef CGI_OWN_REQUEST_H
#define CGI_OWN_REQUEST_H

#include "call.h"
#include "domain/request.h"

/* By the path's {no}. *request NULL: unknown, another account's, or the other side's request: nothing for this reader. */
const struct err *own_request_find(struct call *call, struct request **request);

#endif
