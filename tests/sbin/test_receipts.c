/* What became of a text message, all the way: worker, Kannel, its SMSC, Kannel's report, nginx, mypartner_receipt, database, and the
 * page that whoever operates the platform reads. tests/run.sh starts Kannel. */
#include "support/own_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "action/freeze.h"
#include "base/clock.h"
#include "base/memory.h"
#include "domain/receipt.h"
#include "support/real_site.h"

static struct real_site *site;

static void box(const char *action, const char *name)
{
    assert_int_equal(system(mem_text(world.mem, "exec bash %s/tests/support/private_kannel.sh %s %s", TEST_SOURCE_ROOT, action, name)), 0);
}

static int begin(void **state)
{
    (void)setup(state);
    real_site_clock_at(site, world.now + CLOCK_SECOND);
    world_contact(&world, world.customer, CHANNEL_SMS, "+6591234567");
    return 0;
}

static int end(void **state)
{
    real_site_jobs_stand(site);
    return teardown(state);
}

/* The customer is told by email and by text message; the id of the latter. */
static int64_t freeze(void)
{
    struct freeze_result frozen;
    struct act act = world_act(&world, world.admin);

    assert_null(freeze_customer(&act, world.association, FREEZE_ACCOUNT, "unpaid bills", &frozen));
    assert_int_equal(frozen.outcome, FREEZE_DONE);
    real_site_jobs_run(site, 1);
    return test_db_number(db, "SELECT id FROM delivery WHERE channel = 'SMS'");
}

/* A minute is not what is tested, it only ends a hopeless wait. */
static void becomes(int64_t id, const char *state, const char *receipt)
{
    for (int i = 0; i < 1200; i++) {
        if (world_count(&world, "delivery", "id = %lld AND state = '%s' AND receipt = '%s'", L(id), state, receipt) == 1)
            return;
        (void)usleep(50000);
    }
    fail_msg("message %lld did not become %s, %s", L(id), state, receipt);
}

static struct shot shoot(const char *method, const char *path, const char *cookie)
{
    struct shot shot = {.fd = -1, .bytes = mem_text(world.mem, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%sConnection: close\r\n\r\n", method,
                                                    path, site->port, cookie)};

    real_site_volley(site, &world, &shot, 1, NULL);
    return shot;
}

static const char *page_of_ops(const char *path)
{
    const char *token = real_site_token(&world, world.ops);
    struct shot shot = shoot("GET", path, mem_text(world.mem, "Cookie: p%d-session=%s\r\n", site->port, token));

    assert_int_equal(shot.status, 200);
    return shot.answer;
}

static int reported(int64_t id, const char *status)
{
    return shoot("GET", mem_text(world.mem, "/sms-receipt?%s%s", receipt_query(world.mem, &world.keys.receipt, id), status), "").status;
}

static void kannels_own_report_arrives(void **state)
{
    const int64_t id = freeze();

    (void)state;
    becomes(id, "SENT", "DELIVERED");
    assert_non_null(strstr(page_of_ops("/dead-notices"), "Everything was delivered"));
}

/* The fake SMSC reports no failure. What Kannel calls then is called here, while Kannel has the message and no SMSC. */
static void a_reported_failure_is_shown_to_ops_who_sends_it_again(void **state)
{
    const char *token, *page;
    struct shot again;
    int64_t id;

    (void)state;
    box("stop", "fakesmsc");
    id = freeze();
    becomes(id, "SENT", "");
    assert_int_equal(reported(id, "2"), 200);
    becomes(id, "DEAD", "FAILED");
    page = page_of_ops("/dead-notices");
    assert_non_null(strstr(page, "the gateway reported that it did not arrive"));
    assert_non_null(strstr(page, "Can be sent again: 1."));
    /* The SMSC comes back and Kannel reports the first one as delivered, which changes nothing any more. */
    box("start", "fakesmsc");
    token = real_site_token(&world, world.ops);
    again = real_site_form(site, &world, token, "/dead-notices", mem_text(world.mem, "/dead-notices/%lld/retry", L(id)), "");
    real_site_volley(site, &world, &again, 1, NULL);
    assert_int_equal(again.status, 303);
    becomes(id, "SENT", "DELIVERED");
    assert_int_equal(world_count(&world, "delivery", "id = %lld AND event_id LIKE 'R%lld-%%'", L(id), L(id)), 1);
}

static void what_nobody_signed_gets_nowhere(void **state)
{
    const int64_t id = freeze();

    (void)state;
    becomes(id, "SENT", "DELIVERED");
    assert_int_equal(shoot("GET", mem_text(world.mem, "/sms-receipt?id=%lld&sig=AAAAAAAAAAAAAAAAAAAAAA&status=2", L(id)), "").status, 404);
    assert_int_equal(reported(id, "99"), 400);
    becomes(id, "SENT", "DELIVERED");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(kannels_own_report_arrives), TEST(a_reported_failure_is_shown_to_ops_who_sends_it_again), TEST(what_nobody_signed_gets_nowhere),
    };

    if (getenv("TEST_KANNEL_URL") == NULL) {
        (void)fputs("TEST_KANNEL_URL is not set: run this by tests/run.sh\n", stderr);
        return 1;
    }
    db = test_db_open(NULL);
    site = real_site_start_with_gateway(getenv("TEST_KANNEL_URL"));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
