/* sign_in_browser.h - a browser in front of the sign-in page, and people with passwords who may come in. Included once by each
 * program of tests. */
#ifndef TESTS_CGI_BIN_SIGN_IN_BROWSER_H
#define TESTS_CGI_BIN_SIGN_IN_BROWSER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "action/create.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/memory.h"
#include "support/test_call.h"
#include "support/test_db.h"

#define LOGIN "ada@acme.example"
#define PASSWORD "correct horse battery"
#define OPS "ops@site.example"
#define SECRET "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"   /* of the second factor of OPS */

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static void *mem;
static struct db *db;
static struct site *site;
static struct browser *b;

static inline void make(enum account_kind kind, enum role role, const char *login, const char *totp_secret)
{
    struct act act = {.mem = mem, .db = db, .config = site->config, .keys = &site->act_keys, .now = test_site_now(),
                      .actor = act_system, .ip = "", .http_id = "", .lang = "en"};
    enum create_outcome outcome = CREATE_NO_ACCOUNT;
    struct create_account account = {
        .kind = kind, .name = "Acme",
        .user = {.login = login, .name = "Ada", .password = PASSWORD, .role = role, .totp_secret = totp_secret}};

    assert_null(create_account(&act, &account, &outcome));
    assert_int_equal(outcome, CREATE_DONE);
}

static inline int open_site(void **state)
{
    (void)state;
    db = test_db_open(NULL);
    site = test_site(db);
    return 0;
}

static inline int close_site(void **state)
{
    (void)state;
    talloc_free(db);
    return 0;
}

static inline int setup(void **state)
{
    (void)state;
    mem = mem_context(NULL, "test");
    test_db_clear(db);
    test_site_clock(0);
    make(ACCOUNT_CUSTOMER, ROLE_OWNER, LOGIN, NULL);
    make(ACCOUNT_PLATFORM, ROLE_OPS, OPS, SECRET);
    b = browser_new(site);
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    talloc_free(b);
    talloc_free(mem);
    return 0;
}

static inline void sign_in_with(const char *login, const char *password)
{
    browser_get(b, "/sign-in");
    browser_post(b, "/sign-in", "login", login, "password", password, NULL);
}

static inline void add_without(struct buf *out, const char *text, const char *start, const char *value, const char *end)
{
    for (const char *at; (at = strstr(text, start)) != NULL;) {
        const char *from = strstr(at, value);

        assert_non_null(from);
        from += strlen(value);
        buf_add(out, text, (size_t)(from - text));
        text = strstr(from, end);
        assert_non_null(text);
    }
    buf_text(out, text);
}

static inline const char *without(const char *text, const char *start, const char *value, const char *end)
{
    struct buf *out = buf_new(mem, strlen(text) + 1);

    add_without(out, text, start, value, end);
    return out->bytes;
}

/* The whole answer and its size, without the login that was typed, which is shown again, and then without what is different each
 * time: tokens and cookies. */
static inline const char *bare_answer(void)
{
    const char *text = mem_text(mem, "%d\n%s\n%.*s", b->status, b->headers, (int)b->body_n, b->body_n > 0 ? b->body : "");

    text = without(text, "Content-Length: ", ": ", "\r\n");
    text = without(text, "name=\"login\"", "value=\"", "\"");
    const size_t n = strlen(text);
    text = without(text, "name=\"csrf\"", "value=\"", "\"");
    text = without(text, "name=\"once\"", "value=\"", "\"");
    return mem_text(mem, "%zu bytes\n%s", n, without(text, "Set-Cookie: ", "=", "\r\n"));
}

static inline int64_t count(const char *what) { return test_db_number(db, "SELECT COUNT(*) FROM %s", what); }

#endif
