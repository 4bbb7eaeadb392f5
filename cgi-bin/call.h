/* call.h - one visit: what came in, who it is, what goes out. Everything lives in `mem`, freed after the response. */
#ifndef CGI_CALL_H
#define CGI_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "action/act.h"
#include "base/config.h"
#include "base/err.h"
#include "base/lang.h"
#include "base/memory.h"
#include "base/secret.h"
#include "domain/account.h"
#include "store/db.h"
#include "store/store_session.h"
#include "view/format.h"
#include "view/page.h"
#include "view/tpl.h"
#include "web/form.h"
#include "web/guard.h"
#include "web/http.h"
#include "web/pattern.h"

struct site {                      /* one a process */
    const struct config *config;
    struct secret_key csrf_key, once_key;
    struct act_keys act_keys;
    struct db *db;                 /* connection of this worker, made again at request start if lost */
    struct http_cookie_rules cookies;
    struct known_table *known;     /* of this worker (known.h); NULL: nothing is kept from one request to the next */
};

struct route;

struct kept {                      /* what was typed before the session ran out */
    struct form *form;
    bool is_shown;                 /* a page has asked for some of it */
};

struct made { struct act *act; struct made *before; };   /* an act of this visit, and the one that was made before it */

struct call {
    void *mem;
    struct site *site;
    struct db *db;
    int64_t now;                   /* read once */
    char http_id[24];              /* request id: log line, error page, operation log */
    const struct route *route;     /* row in charge; of the GET page while a stale or refused form is shown again */
    struct pattern_vars vars;      /* of the path */
    struct http_request *request;
    struct http_response *response;
    struct form *form;             /* fields of the POST, or of the query of a GET */
    size_t typed_n;                /* POST: so many fields are the form's own, the others those of the page's query */
    struct actor actor;
    const char *session_token;     /* the cookie's, or the visitor's pre-session token; never "" after the session step */
    bool session_timed_out;        /* a known session that ended by time: the sign-in page says so */
    const char *timed_out_token;   /* that session's, and whose it was */
    int64_t timed_out_user_id;
    struct kept *kept;             /* GET: NULL if nothing is */
    bool must_enrol;               /* has to set a second factor up before anything else */
    int64_t step_up_at;            /* last time this session proved itself */
    int64_t unread;
    const struct association_stamp *stamp;   /* on routes with ROUTE_KNOWN, of who is signed in; else NULL */
    const struct lang *lang;
    const char *zone;
    unsigned char once_digest[SECRET_DIGEST_BYTES];   /* POST: of the form's one-time key and the path */
    struct made *acts;             /* by call_act(), the last first */
    bool is_stale;                 /* POST whose tokens are not right: the page is shown again, filled in; nothing is done */
    const char *card_number_field; /* POST: the first text that held a full card number, as if it were stale; NULL: none */
    const char *flash;             /* code of what is to be said once on this page; "" */
    bool is_put_off;               /* POST that leads to /step-up first: what was typed is still wanted */
    const char *said;              /* code that call_flash() was given; NULL: none */
    const struct err *logged;      /* the error the answer came from, for the log line */
    struct page *page;             /* made by call_page() */
};

/* --- for page handlers --- */

/* The frame for this call: stem, translated title, actor, tokens, stale and flash messages. Also call->page. */
struct page *call_page(struct call *call, const char *stem, const char *title);
/* Renders call->page into the response. status 0: 200, or 400 when the page has faults, or 403 when the form was stale. */
const struct err *call_show(struct call *call, int status);
/* After a POST that worked: 303 to a local path. A query that would make it too long for one is left out. */
const struct err *call_go(struct call *call, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Something to say once on the page that comes next, by its code in flash.c; carried in a cookie, so no GET has to write. */
void call_flash(struct call *call, const char *code);
/* What was typed into this field of the form at hand, to be shown again: also what was kept for a GET (kept.h). `otherwise`
 * when there is no such field or the form was not sent. */
const char *call_typed(const struct call *call, const char *field, const char *otherwise);
/* An act of this call's actor. For a POST it carries the form's one-time key; `location` is where success leads. */
struct act *call_act(struct call *call, const char *location);
/* Whether the actor's account gets what is told to it by email too: it has an address that was proven. Reads. */
const struct err *call_gets_email(struct call *call, bool *gets);
/* "Contact" of support, from the config. */
const char *call_support(const struct call *call);
/* Shows the page of an expected end of the road: 404 (unknown or not yours), 403, 409 with words of its own. */
const struct err *call_missing(struct call *call);
const struct err *call_error_page(struct call *call, int status, const char *title, const char *text,
                                  const char *href, const char *link);

/* Path of the page that shows what this call is about: of the form's page for a POST, with this path's variables put in. */
const char *call_page_path(struct call *call);

/* --- for serve.c --- */
const struct err *call_fail(struct call *call, const struct err *err);   /* the page for an error */

#endif
