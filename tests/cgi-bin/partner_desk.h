/* partner_desk.h - the world as the partner's pages see it: an admin of the partner in a browser, requests to and fro. For the
 * tests of those pages, one program each. */
#ifndef TESTS_CGI_BIN_PARTNER_DESK_H
#define TESTS_CGI_BIN_PARTNER_DESK_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "action/decide.h"
#include "base/clock.h"
#include "base/memory.h"
#include "cgi-bin/page_golden.h"
#include "store/store_request.h"
#include "support/test_call.h"
#include "support/test_db.h"
#include "support/test_world.h"

#define L(value) ((long long)(value))

static struct world w;
static struct browser *b;

static inline int begin(void **state)
{
    static struct db *db;

    (void)state;
    if (db == NULL)
        db = test_db_open(NULL);
    struct site *site = test_site(db);
    world_begin(&w, db);
    test_site_clock_at(w.now);
    b = browser_new(site);
    browser_become(b, w.admin->user_id);
    return 0;
}

static inline int end(void **state)
{
    (void)state;
    talloc_free(b);
    world_end(&w);
    return 0;
}

static inline const char *no_of(int64_t request_id)
{
    struct request *request = NULL;

    assert_null(request_load(w.db, w.mem, request_id, &request));
    assert_non_null(request);
    return request->no;
}

static inline const char *path_of(int64_t request_id)
{
    return mem_text(w.mem, "/requests/%s", no_of(request_id));
}

static inline void answer(int64_t request_id, const struct actor *actor, enum request_event event, const char *text)
{
    struct wizard_target target = world_answer_target(&w, actor, request_id);
    int64_t revision = world_ready_to_answer(&w, actor, request_id, event, text);
    struct act act = world_act(&w, actor);
    struct decide_result result;

    assert_null(decide_request(&act, &target, revision, event, &result));
    assert_true(act.is_done);
}

static inline int64_t in_state(const char *state)
{
    return world_count(&w, "disassociation_request", "state = '%s'", state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

#endif
