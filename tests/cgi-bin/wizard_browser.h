/* wizard_browser.h - a browser on its way through the wizard: the steps that most tests take. Included once by
 * each program of tests. */
#ifndef TESTS_CGI_BIN_WIZARD_BROWSER_H
#define TESTS_CGI_BIN_WIZARD_BROWSER_H

#include "cgi-bin/owner_browser.h"
#include "support/sent_code.h"

/* --- moving about ----------------------------------------------------------------------------------------------------- */

/* Later on, with a session that has not run out meanwhile. */
static inline void later(int64_t micros)
{
    w.now += micros;
    test_site_clock_at(w.now);
    test_db_sql(w.db, "UPDATE session SET seen_at = TIMESTAMPADD(MICROSECOND, %lld, '1970-01-01'), expires_at = "
                "TIMESTAMPADD(MICROSECOND, %lld, '1970-01-01')", L(w.now), L(w.now + CLOCK_DAY));
}

/* GET that leads to another page, which is then shown. */
static inline void get_leads_to(const char *from, const char *to)
{
    browser_get(b, from);
    leads_to(to);
    browser_follow(b);
    assert_int_equal(b->status, 200);
}

static inline void confirm(void)
{
    get("/disassociate/check", 200);
    browser_post(b, "/disassociate/confirm", "understood", "1", NULL);
    leads_to("/disassociate/verify");
    browser_follow(b);
}

static inline const char *right(void)
{
    const char *digits = sent_code(w.db, w.mem, &b->site->act_keys.outbox);

    assert_non_null(digits);
    return digits;
}

static inline void send(void)
{
    browser_post(b, "/disassociate/verify/send", NULL);
    leads_to("/disassociate/verify");
    browser_follow(b);
}

static inline void prove(void)
{
    browser_post(b, "/disassociate/verify", "code", right(), NULL);
    leads_to("/disassociate/reason");
    browser_follow(b);
}

static inline void to_reason(void)
{
    confirm();
    send();
    prove();
}

static inline void submit(void)
{
    browser_post(b, "/disassociate/reason", "reason", "PRICE", "details", "too dear", NULL);
    assert_int_equal(b->status, 303);
    assert_non_null(strstr(b->location, "/disassociate/submitted/DR"));
}

static inline int64_t requests(void) { return world_count(&w, "disassociation_request", "1"); }

#endif
