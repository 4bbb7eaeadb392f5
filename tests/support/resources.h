/* resources.h - resources and payment methods of a made-up world, and what became of them. For test programs that have `db` and
 * `world` as their globals. */
#ifndef TESTS_SUPPORT_RESOURCES_H
#define TESTS_SUPPORT_RESOURCES_H

#include "action/decide.h"
#include "base/clock.h"

#define RESOURCE_AT "TIMESTAMPADD(MICROSECOND, %lld, '1970-01-01')"

/* The customer has left: nobody pays for it but itself. */
static inline void leave(void)
{
    const int64_t request_id = world_request(&world, world.owner);
    const struct wizard_target target = world_answer_target(&world, world.admin, request_id);
    const int64_t revision = world_ready_to_answer(&world, world.admin, request_id, REQUEST_AGREE, "");
    struct act act = world_act(&world, world.admin);
    struct decide_result decided;

    assert_null(decide_request(&act, &target, revision, REQUEST_AGREE, &decided));
    assert_true(act.is_done);
}

static inline int64_t resource_of(int64_t customer_id, const char *name, int64_t due_at)
{
    test_db_sql(db, "INSERT INTO resource (customer_id, name, amount_minor, next_charge_at) VALUES (%lld, '%s', 1250, " RESOURCE_AT ")",
                (long long)customer_id, name, (long long)due_at);
    return test_db_number(db, "SELECT MAX(id) FROM resource LIMIT 1");
}

static inline int64_t card_of(int64_t customer_id, const char *reference, int64_t valid_to)
{
    test_db_sql(db, "INSERT INTO payment_method (customer_id, kind, last_four, provider_reference, valid_to, added_at) VALUES (%lld, "
                "'CARD', '4242', '%s', " RESOURCE_AT ", " RESOURCE_AT ")", (long long)customer_id, reference, (long long)valid_to,
                (long long)world.now);
    return test_db_number(db, "SELECT MAX(id) FROM payment_method LIMIT 1");
}

static inline bool resource_is(int64_t id, const char *state, int64_t until_at)
{
    return test_db_number(db, "SELECT COUNT(*) FROM resource WHERE id = %lld AND state = '%s' AND state_until <=> IF(%d, "
                          RESOURCE_AT ", NULL) LIMIT 1", (long long)id, state, until_at != INSTANT_NONE,
                          (long long)(until_at == INSTANT_NONE ? 0 : until_at)) == 1;
}

static inline bool resource_due(int64_t id, int64_t due_at)
{
    return test_db_number(db, "SELECT COUNT(*) FROM resource WHERE id = %lld AND next_charge_at = " RESOURCE_AT " LIMIT 1",
                          (long long)id, (long long)due_at) == 1;
}

static inline int64_t told_of(const char *action)
{
    return world_count(&world, "notification", "kind = 'RESOURCE' AND JSON_VALUE(details, '$.action') = '%s'", action);
}

static inline int64_t logged(const char *operation)
{
    return world_count(&world, "operation_log", "operation = '%s'", operation);
}

#endif
