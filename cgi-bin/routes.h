/* routes.h - the site map: method, path, handler, roles, fields. What is not in the table does not exist. */
#ifndef CGI_ROUTES_H
#define CGI_ROUTES_H

#include <stddef.h>

#include "call.h"

/* In `flags`: texts of this form are kept when the session runs out while somebody types (kept.h). At most one for a page. */
#define ROUTE_KEEPS 1u
/* In `flags`: open to somebody who runs the platform and has still to set up a second factor; all else leads them there. */
#define ROUTE_ENROLS 2u
/* A customer's page about its own association: what a worker knows of it is kept (known.h). */
#define ROUTE_KNOWN 4u

/* As `page`: the form stands on every page, so its one-time key is not that of one of them; the session's token is all that is
 * asked, and the form works once a session. */
#define ROUTE_ANY_PAGE "*"

struct route {
    enum http_method method;           /* GET rows answer HEAD too */
    const char *pattern;
    const struct err *(*handle)(struct call *call);
    unsigned roles;                    /* bits of enum role that may enter; nobody else */
    const struct field_spec *fields;   /* of the POST body, or of the GET's query; NULL: none */
    const char *page;                  /* POST: pattern of the GET row that shows the form again when it is stale or refused;
                                          NULL: the same pattern */
    unsigned flags;
};

extern const struct route routes[];
extern const size_t routes_n;

/* The row for this request, with path variables; NULL and *allow = "" when no pattern matches (404), or *allow = "GET, HEAD"
 * etc. when only the method is wrong (405). */
const struct route *route_find(const void *ctx, enum http_method method, const char *path, struct pattern_vars *vars,
                               const char **allow);
/* The GET row with this pattern; NULL if there is none. */
const struct route *route_page(const char *pattern);
/* Pattern of the page a form of this row stands on: its `page`, or its own pattern. */
const char *route_form_page(const struct route *route);

/* The POST row whose form stands on this page and is kept; NULL if there is none. */
const struct route *route_keeping(const char *page_pattern);
/* The path as the log may have it: a token in it is a secret, also where what follows it makes the address unknown. */
const char *route_log_path(const void *ctx, const char *path);

/* Fields every POST carries. */
extern const struct field_spec route_common_fields[];

#endif
