#include "support/own_world.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/store_dead_event.h"
#include "worker_here.h"

static struct worker worker;

/* An endpoint that answers as it is told and remembers what it got. */
static struct {
    struct notify_channel channel;
    enum channel_outcome outcome;
    int got;
    char id[20][40], body[20][1000];
} endpoint;

static void take(struct notify_channel *channel, const struct message *message, struct channel_result *result)
{
    (void)channel;
    if (endpoint.got < 20) {
        (void)snprintf(endpoint.id[endpoint.got], sizeof endpoint.id[0], "%s", message->event_id);
        (void)snprintf(endpoint.body[endpoint.got], sizeof endpoint.body[0], "%s", message->text);
    }
    endpoint.got++;
    *result = (struct channel_result){ .outcome = endpoint.outcome, .detail = "as told" };
}

static int begin(void **state)
{
    (void)setup(state);
    memset(&endpoint, 0, sizeof endpoint);
    endpoint.channel.send = take;
    worker = worker_here();
    worker.webhook = &endpoint.channel;
    return 0;
}

static void run(void)
{
    bool more = true;

    while (more) {
        more = false;
        assert_null(worker_webhooks(&worker, world.mem, clock_now(), &more));
    }
}

/* The world lives at another time than the worker. */
static void due(void)
{
    test_db_sql(db, "UPDATE webhook_event SET next_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND, created_at = UTC_TIMESTAMP(6)\n"
                    " WHERE state = 'QUEUED'");
}

static void a_submitted_request_is_told_once_with_its_place_in_the_stream(void **state)
{
    char stream[60];

    (void)state;
    run();                       /* what the world was made of */
    endpoint.got = 0;
    (void)world_request(&world, world.owner);
    due();
    run();
    run();
    assert_int_equal(endpoint.got, 1);
    assert_non_null(strstr(endpoint.body[0], "\"type\":\"request.submitted\""));
    assert_non_null(strstr(endpoint.body[0], "\"to\":\"PENDING\""));
    (void)snprintf(stream, sizeof stream, "\"stream\":\"association-%lld\",\"sequence\":", (long long)world.association);
    assert_non_null(strstr(endpoint.body[0], stream));
    assert_int_equal(world_count(&world, "webhook_event", "state <> 'SENT'"), 0);
}

static void what_is_not_accepted_comes_again_with_the_same_id_and_body(void **state)
{
    (void)state;
    run();
    endpoint.got = 0;
    (void)world_request(&world, world.owner);
    due();
    endpoint.outcome = CHANNEL_LATER;
    run();
    assert_int_equal(world_count(&world, "webhook_event", "state = 'QUEUED' AND tries = 1 AND next_at > UTC_TIMESTAMP(6)"), 1);
    due();
    endpoint.outcome = CHANNEL_DELIVERED;
    run();
    assert_int_equal(endpoint.got, 2);
    assert_string_equal(endpoint.id[0], endpoint.id[1]);
    assert_string_equal(endpoint.body[0], endpoint.body[1]);
    assert_int_equal(world_count(&world, "webhook_event", "state <> 'SENT'"), 0);
}

static void what_is_never_accepted_is_dead_in_the_end(void **state)
{
    (void)state;
    run();
    (void)world_request(&world, world.owner);
    due();
    test_db_sql(db, "UPDATE webhook_event SET created_at = UTC_TIMESTAMP(6) - INTERVAL %lld SECOND WHERE state = 'QUEUED'",
                (long long)world.config->webhook.give_up_s);
    endpoint.outcome = CHANNEL_LATER;
    run();
    assert_int_equal(world_count(&world, "webhook_event", "state = 'DEAD' AND detail = 'as told'"), 1);
}

static void gone_is_final(void **state)
{
    (void)state;
    run();
    (void)world_request(&world, world.owner);
    due();
    endpoint.outcome = CHANNEL_REFUSED;
    run();
    assert_int_equal(world_count(&world, "webhook_event", "state = 'DEAD'"), 1);
}

static void an_event_sent_again_by_ops_has_its_whole_time_before_it(void **state)
{
    bool done = false;

    (void)state;
    run();
    (void)world_request(&world, world.owner);
    due();
    endpoint.outcome = CHANNEL_REFUSED;
    run();
    test_db_sql(db, "UPDATE webhook_event SET created_at = UTC_TIMESTAMP(6) - INTERVAL %lld SECOND WHERE state = 'DEAD'",
                L(world.config->webhook.give_up_s) + 1);
    assert_null(dead_event_retry(db, test_db_number(db, "SELECT id FROM webhook_event WHERE state = 'DEAD'"), clock_now(), &done));
    assert_true(done);
    endpoint.outcome = CHANNEL_LATER;
    run();
    assert_int_equal(world_count(&world, "webhook_event", "state = 'QUEUED' AND tries = 1 AND next_at > UTC_TIMESTAMP(6)"), 1);
    test_db_sql(db, "UPDATE webhook_event SET next_at = UTC_TIMESTAMP(6) WHERE state = 'QUEUED'");
    endpoint.outcome = CHANNEL_DELIVERED;
    run();
    assert_int_equal(world_count(&world, "webhook_event", "state <> 'SENT'"), 0);
}

static void a_lease_that_ran_out_is_sent_again(void **state)
{
    (void)state;
    run();
    endpoint.got = 0;
    (void)world_request(&world, world.owner);
    test_db_sql(db, "UPDATE webhook_event SET state = 'SENDING', claimed_by = 'w0', next_at = created_at,\n"
                    "       lease_until = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND WHERE state = 'QUEUED'");
    test_db_sql(db, "UPDATE webhook_event SET next_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND WHERE state = 'SENDING'");
    run();
    assert_int_equal(endpoint.got, 1);
}

static void without_an_endpoint_events_stay_queued(void **state)
{
    (void)state;
    (void)world_request(&world, world.owner);
    worker.webhook = NULL;
    run();
    assert_true(world_count(&world, "webhook_event", "state = 'QUEUED' AND tries = 0") > 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_submitted_request_is_told_once_with_its_place_in_the_stream),
        TEST(what_is_not_accepted_comes_again_with_the_same_id_and_body), TEST(what_is_never_accepted_is_dead_in_the_end),
        TEST(gone_is_final), TEST(an_event_sent_again_by_ops_has_its_whole_time_before_it), TEST(a_lease_that_ran_out_is_sent_again), TEST(without_an_endpoint_events_stay_queued)
    };

    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
