/* serve.h - the straight path of one request: parse, route, session, gate, handle, respond, log. */
#ifndef CGI_SERVE_H
#define CGI_SERVE_H

#include "call.h"

/* Answers one request. Never NULL: every fault has its page. */
struct buf *serve_one(void *ctx, const struct http_source *source, struct site *site);

#endif
