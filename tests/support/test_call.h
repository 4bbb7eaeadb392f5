/* test_call.h - a browser without a socket: GET and POST through serve_one() against the test database.
 *
 * It keeps cookies, fills in the hidden fields of the form it sends, and follows redirects when told. Every HTML page it is
 * shown must have had all its markers set, or the test fails.
 *
 *     struct browser *b = browser_new(site);
 *     browser_become(b, world.owner->user_id);
 *     browser_get(b, "/disassociate/check");
 *     browser_post(b, "/disassociate/confirm", "statement", "1", NULL);   // csrf and once come from the page shown
 *     assert_int_equal(b->status, 303);
 *     browser_follow(b);
 *     browser_sees(b, "Send code");
 */
#ifndef TESTS_SUPPORT_TEST_CALL_H
#define TESTS_SUPPORT_TEST_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "call.h"

#define TEST_PUBLIC_URL "http://127.0.0.1:8080"
#define TEST_COOKIE_PREFIX "p8080-"

/* The site of this test program: templates loaded, fixed keys, the database's owner as its user.
 * Changes test_db_config(). Made once; a second call answers the same. */
struct site *test_site(struct db *db);
/* Moves the clock that pages are served by: it is the real one plus these seconds. */
void test_site_clock(int64_t offset_s);
/* The same, so that it reads about `at`: the time of a made-up world, for one. */
void test_site_clock_at(int64_t at);
int64_t test_site_now(void);

#define BROWSER_COOKIES_MAX 12

struct browser {
    struct site *site;
    /* What the next requests say; may be changed at any time. NULL: the header is not sent. */
    const char *ip, *agent, *accept_language;
    const char *origin;                  /* of POSTs; TEST_PUBLIC_URL at first */
    const char *fetch_site;
    void (*before_serving)(void);        /* called right around serve_one(), for tests that make it fail; NULL: nothing */
    void (*after_serving)(void);

    /* The last answer; lives until the next request. */
    void *mem;
    int status;
    const char *location;                /* "" if none */
    const char *headers;                 /* lines with CR LF */
    const char *body;
    size_t body_n;
    const char *path;                    /* what was asked for */

    char *page;                          /* the last HTML body: the forms one can send */
    struct { char *name, *value; } cookies[BROWSER_COOKIES_MAX];
    size_t cookies_n;
};

struct browser *browser_new(struct site *site);   /* freed with talloc_free, or with the site's context never */

void browser_get(struct browser *b, const char *path);     /* path with its query */
void browser_head(struct browser *b, const char *path);
/* Sends the form of the page at hand whose action is this path, with its hidden fields; pairs of name and value follow, NULL
 * ends them. A value replaces the hidden field of that name; the value NULL leaves that field out. Fails the test when
 * the page has no such form. */
void browser_post(struct browser *b, const char *path, ...) __attribute__((sentinel));
/* The same with the n-th form (from 0) of that action. */
void browser_post_nth(struct browser *b, size_t nth, const char *path, ...) __attribute__((sentinel));
/* A body as it stands, urlencoded: for forged and repeated forms. */
void browser_post_body(struct browser *b, const char *path, const char *body);
/* The body that browser_post() would send, to be sent later or twice. Lives as long as the browser. */
const char *browser_body(struct browser *b, const char *path, ...) __attribute__((sentinel));
/* Goes where the last answer leads, at most five times; fails the test when that does not end. */
void browser_follow(struct browser *b);

/* Has a session of this user, without signing in: for tests of other pages. */
void browser_become(struct browser *b, int64_t user_id);
/* Signs in and follows to the page it leads to; fails the test when that does not work. */
void browser_sign_in(struct browser *b, const char *login, const char *password);
void browser_sign_in_totp(struct browser *b, const char *login, const char *password, const char *totp_secret);

/* "" when it is not there. Lives until the next request; base is the cookie's name without prefix. */
const char *browser_header(const struct browser *b, const char *name);
const char *browser_cookie(const struct browser *b, const char *base);
void browser_set_cookie(struct browser *b, const char *base, const char *value);   /* "" deletes it */
/* The value of a named input of the page at hand; "" when there is none. */
const char *browser_field(struct browser *b, const char *name);

/* The page as a person reads it: without tags, entities as characters, white space as one space. */
const char *browser_text(struct browser *b);
/* Fail the test, showing the page's text. What is looked for is text, not HTML. */
void browser_sees(struct browser *b, const char *text);
void browser_does_not_see(struct browser *b, const char *text);

#endif
