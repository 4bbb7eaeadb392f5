/* browser_world.h - a world for each test of a program, and a browser at its site that nobody is signed in to yet. Included once by
 * the program. */
#ifndef TESTS_CGI_BIN_BROWSER_WORLD_H
#define TESTS_CGI_BIN_BROWSER_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/memory.h"
#include "support/test_call.h"
#include "support/test_db.h"
#include "support/test_world.h"

#define L(value) ((long long)(value))
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
/* A test that writes rows by hand which no action could have left so. */
#define MADE_UP(name) cmocka_unit_test_setup_teardown(name, begin, end_made_up)

static struct db *db;
static struct site *site;
static struct world w;
static struct browser *b;

static inline void open_browser(void)
{
    if (db == NULL)
        db = test_db_open(NULL);
    site = test_site(db);
    world_begin(&w, db);
    test_site_clock_at(w.now);
    b = browser_new(site);
}

static inline int end_made_up(void **state)
{
    (void)state;
    talloc_free(b);
    world_end(&w);
    return 0;
}

static inline int end(void **state)
{
    assert_int_equal(world_faults(&w), 0);
    return end_made_up(state);
}

static inline void get(const char *path, int status)
{
    browser_get(b, path);
    assert_int_equal(b->status, status);
}

/* Leads to `path` with 303. */
static inline void leads_to(const char *path)
{
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, path);
}

/* Whether the page links there. */
static inline bool offers(const char *href) { return strstr(b->body, mem_text(w.mem, "href=\"%s\"", href)) != NULL; }

static inline const char *no_of(int64_t request_id) { return world_request_no(&w, request_id); }

static inline int64_t in_state(const char *state) { return world_count(&w, "disassociation_request", "state = '%s'", state); }

static inline const char *customer_no(int64_t account_id)
{
    return mem_text(w.mem, "C-%lld", L(test_db_number(w.db, "SELECT CAST(SUBSTR(no, 3) AS SIGNED) FROM account WHERE id = %lld LIMIT 1",
                                                      L(account_id))));
}

#endif
