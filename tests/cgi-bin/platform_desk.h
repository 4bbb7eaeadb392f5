/* platform_desk.h - an operator in a browser, and a request that went to the platform. Included once by each program of tests. */
#ifndef TESTS_CGI_BIN_PLATFORM_DESK_H
#define TESTS_CGI_BIN_PLATFORM_DESK_H

#include "cgi-bin/browser_world.h"
#include "cgi-bin/page_golden.h"

#include "action/deadline.h"

static const struct actor *auditor;

/* The operator is at the browser. */
static inline int begin(void **state)
{
    (void)state;
    open_browser();
    test_db_sql(w.db, "ALTER TABLE freeze AUTO_INCREMENT = 1;\nALTER TABLE contract AUTO_INCREMENT = 1");   /* golden pages name them */
    auditor = world_user(&w, w.ops->account_id, ROLE_AUDITOR, "Audrey Auditor");
    browser_become(b, w.ops->user_id);
    return 0;
}

static inline void escalate(int64_t id, int64_t at)
{
    struct act act = world_act(&w, act_system);
    enum deadline_outcome outcome;
    act.now = at;
    assert_null(deadline_meet(&act, id, &outcome));
    assert_int_equal(outcome, DEADLINE_ESCALATED);
}

/* A customer's request that went to the platform. */
static inline int64_t escalated(void)
{
    const int64_t id = world_request(&w, w.owner);
    w.now += 10 * CLOCK_DAY + CLOCK_HOUR;
    escalate(id, w.now);
    w.now += CLOCK_HOUR;
    test_site_clock_at(w.now);
    browser_become(b, w.ops->user_id);
    return id;
}

static inline const char *escalation_of(int64_t id) { return mem_text(w.mem, "/escalations/%s", no_of(id)); }

static inline const char *lift_path(int64_t account_id)
{
    return mem_text(w.mem, "/freezes/%lld/lift",
                    L(test_db_number(w.db, "SELECT id FROM freeze WHERE open_account = %lld LIMIT 1", L(account_id))));
}

#endif
