/* What silence does: reminders before the deadline, then the platform or the end. */
#include "support/race.h"

#include "action/deadline.h"
#include "action/decide.h"
#include "action/ops_decide.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/store_request.h"

#define L(value) ((long long)(value))

static int setup(void **state)
{
    (void)state;
    begin();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    end();
    return 0;
}

static enum deadline_outcome meet_at(int64_t request_id, int64_t at)
{
    struct act act = world_act(&world, act_system);
    enum deadline_outcome outcome = DEADLINE_NOTHING;
    act.now = at;
    assert_null(deadline_meet(&act, request_id, &outcome));
    assert_int_equal(act.is_done, outcome != DEADLINE_NOTHING);
    return outcome;
}

static enum deadline_outcome remind_at(int64_t request_id, int64_t at)
{
    struct act act = world_act(&world, act_system);
    enum deadline_outcome outcome = DEADLINE_NOTHING;
    act.now = at;
    assert_null(deadline_remind(&act, request_id, &outcome));
    return outcome;
}

static struct request *load(int64_t request_id)
{
    struct request *request = NULL;
    assert_null(request_load(db, world.mem, request_id, &request));
    assert_non_null(request);
    return request;
}

static int64_t told(int64_t account_id, const char *kind)
{
    return world_count(&world, "notification", "account_id = %lld AND kind = '%s'", L(account_id), kind);
}

static int64_t logged(const char *operation)
{
    return world_count(&world, "operation_log", "operation = '%s' AND initiated_by = 'SYSTEM' AND user_id IS NULL", operation);
}

static int64_t slots(void) { return world_count(&world, "quota_slot", "request_id IS NOT NULL"); }

/* --- at the deadline --- */

static void nothing_happens_before_the_deadline(void **state)
{
    (void)state;
    const int64_t own = world_request(&world, world.owner);
    const int64_t before = world_fingerprint(&world);
    assert_int_equal(meet_at(own, world.now + 10 * CLOCK_DAY - 1), DEADLINE_NOTHING);
    assert_true(world_fingerprint(&world) == before);
}

static void partners_request_expires_at_its_deadline_to_the_microsecond(void **state)
{
    (void)state;
    const int64_t id = world_request(&world, world.admin);
    assert_int_equal(slots(), 1);
    assert_int_equal(meet_at(id, world.now + 10 * CLOCK_DAY - 1), DEADLINE_NOTHING);
    assert_int_equal(meet_at(id, world.now + 10 * CLOCK_DAY), DEADLINE_EXPIRED);
    const struct request *request = load(id);
    assert_int_equal(request->state, REQUEST_EXPIRED);
    assert_int_equal(request->decided_by, SIDE_SYSTEM);
    assert_true(request->decided_at == world.now + 10 * CLOCK_DAY);
    assert_int_equal(slots(), 0);
    assert_int_equal(logged("REQUEST_EXPIRED"), 1);
    assert_int_equal(told(world.customer, "REQUEST_EXPIRED"), 1);
    assert_int_equal(told(world.partner, "REQUEST_EXPIRED"), 1);
    assert_int_equal(world_count(&world, "association", "status = 'ACTIVE'"), 1);
}

static void customers_request_goes_to_the_platform_with_a_second_deadline(void **state)
{
    (void)state;
    const int64_t id = world_request(&world, world.owner), at = world.now + 10 * CLOCK_DAY + CLOCK_HOUR;
    assert_int_equal(meet_at(id, at), DEADLINE_ESCALATED);
    const struct request *request = load(id);
    assert_int_equal(request->state, REQUEST_PENDING);
    assert_true(request->escalated_at == at);
    assert_true(request->deadline_at == at + world.config->request.escalation_s * CLOCK_SECOND);
    assert_int_equal(request->version, 2);
    assert_int_equal(slots(), 1);
    assert_int_equal(logged("REQUEST_ESCALATED"), 1);
    assert_int_equal(told(world.customer, "REQUEST_ESCALATED"), 1);
    assert_int_equal(told(world.partner, "REQUEST_ESCALATED"), 1);
    assert_int_equal(world_count(&world, "notification", "kind = 'REQUEST_ESCALATED' AND details LIKE '%%until%%'"), 2);
    assert_int_equal(world_count(&world, "notification", "details LIKE '%%FROZEN%%'"), 0);
}

static void second_deadline_ends_it_and_gives_the_quota_back(void **state)
{
    (void)state;
    const int64_t id = world_request(&world, world.owner);
    assert_int_equal(meet_at(id, world.now + 10 * CLOCK_DAY), DEADLINE_ESCALATED);
    assert_int_equal(meet_at(id, world.now + 20 * CLOCK_DAY - 1), DEADLINE_NOTHING);
    assert_int_equal(meet_at(id, world.now + 20 * CLOCK_DAY), DEADLINE_EXPIRED);
    assert_int_equal(load(id)->state, REQUEST_EXPIRED);
    assert_int_equal(slots(), 0);
    assert_int_equal(told(world.customer, "REQUEST_EXPIRED"), 1);
    world.now += 20 * CLOCK_DAY;
    (void)world_request(&world, world.owner);   /* may ask anew */
    assert_int_equal(slots(), 1);
}

static void doing_it_again_does_nothing(void **state)
{
    (void)state;
    const int64_t id = world_request(&world, world.owner);
    assert_int_equal(meet_at(id, world.now + 10 * CLOCK_DAY), DEADLINE_ESCALATED);
    int64_t before = world_fingerprint(&world);
    assert_int_equal(meet_at(id, world.now + 10 * CLOCK_DAY), DEADLINE_NOTHING);
    assert_true(world_fingerprint(&world) == before);
    assert_int_equal(meet_at(id, world.now + 30 * CLOCK_DAY), DEADLINE_EXPIRED);
    before = world_fingerprint(&world);
    assert_int_equal(meet_at(id, world.now + 60 * CLOCK_DAY), DEADLINE_NOTHING);
    assert_true(world_fingerprint(&world) == before);
}

static void an_answered_request_has_no_deadline(void **state)
{
    (void)state;
    const int64_t id = world_request(&world, world.owner);
    struct act act = world_act(&world, world.owner);
    struct decide_result result;
    assert_null(withdraw_request(&act, id, &result));
    assert_int_equal(meet_at(id, world.now + 40 * CLOCK_DAY), DEADLINE_NOTHING);
    assert_int_equal(remind_at(id, world.now + 5 * CLOCK_DAY), DEADLINE_NOTHING);
}

static void expiring_closes_the_draft_of_an_answer(void **state)
{
    (void)state;
    const int64_t id = world_request(&world, world.admin);
    (void)world_ready_to_answer(&world, world.owner, id, REQUEST_REJECT, "no");
    assert_int_equal(world_count(&world, "wizard", "purpose = 'ANSWER' AND state = 'OPEN'"), 1);
    assert_int_equal(meet_at(id, world.now + 10 * CLOCK_DAY), DEADLINE_EXPIRED);
    assert_int_equal(world_count(&world, "wizard", "purpose = 'ANSWER' AND state = 'OPEN'"), 0);
    test_db_sql(db, "UPDATE verification_code SET state = 'SUPERSEDED' WHERE state = 'PROVEN'");
}

static void an_unknown_request_is_missing(void **state)
{
    (void)state;
    struct act act = world_act(&world, act_system);
    enum deadline_outcome outcome;
    const struct err *err = deadline_meet(&act, 4711, &outcome);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_MISSING);
}

static void frozen_partners_customers_do_not_wait(void **state)
{
    (void)state;
    const int64_t id = world_request(&world, world.owner);
    world_freeze(&world, world.partner, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    assert_int_equal(meet_at(id, world.now + CLOCK_MINUTE), DEADLINE_ESCALATED);
    assert_int_equal(meet_at(id, world.now + CLOCK_MINUTE), DEADLINE_NOTHING);
    assert_true(load(id)->deadline_at == world.now + CLOCK_MINUTE + 10 * CLOCK_DAY);
    assert_int_equal(world_count(&world, "notification", "kind = 'REQUEST_ESCALATED' AND details LIKE '%%\"action\":\"FROZEN\"%%'"), 2);
}

static void frozen_partners_own_request_runs_on(void **state)
{
    (void)state;
    const int64_t id = world_request(&world, world.admin);
    world_freeze(&world, world.partner, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    assert_int_equal(meet_at(id, world.now + CLOCK_MINUTE), DEADLINE_NOTHING);
    assert_int_equal(meet_at(id, world.now + 10 * CLOCK_DAY), DEADLINE_EXPIRED);
}

static void a_frozen_customers_deadline_runs_on(void **state)
{
    (void)state;
    const int64_t id = world_request(&world, world.owner);
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    assert_int_equal(meet_at(id, world.now + 9 * CLOCK_DAY), DEADLINE_NOTHING);
    assert_int_equal(meet_at(id, world.now + 10 * CLOCK_DAY), DEADLINE_ESCALATED);
}

/* --- reminders --- */

static void partner_is_reminded_at_half_time_three_days_and_one_day(void **state)
{
    static const struct { int64_t at, told; } steps[] = {
        {5 * CLOCK_DAY - 1, 0}, {5 * CLOCK_DAY, 1}, {5 * CLOCK_DAY + CLOCK_HOUR, 1}, {7 * CLOCK_DAY - 1, 1}, {7 * CLOCK_DAY, 2},
        {8 * CLOCK_DAY, 2}, {9 * CLOCK_DAY - 1, 2}, {9 * CLOCK_DAY, 3}, {10 * CLOCK_DAY - 1, 3}, {10 * CLOCK_DAY, 3},
    };
    (void)state;
    const int64_t id = world_request(&world, world.owner);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        (void)remind_at(id, world.now + steps[i].at);
        if (told(world.partner, "REQUEST_REMINDER") != steps[i].told)
            fail_msg("step %zu: told %lld times", i, L(told(world.partner, "REQUEST_REMINDER")));
    }
    assert_int_equal(told(world.customer, "REQUEST_REMINDER"), 0);
    assert_int_equal(world_count(&world, "notification", "kind = 'REQUEST_REMINDER' AND link LIKE '/requests/DR%%'"), 3);
    assert_int_equal(load(id)->version, 1);
}

static void customer_is_reminded_of_its_partners_request(void **state)
{
    (void)state;
    const int64_t id = world_request(&world, world.admin);
    assert_int_equal(remind_at(id, world.now + 5 * CLOCK_DAY), DEADLINE_REMINDED);
    assert_int_equal(told(world.customer, "REQUEST_REMINDER"), 1);
    assert_int_equal(told(world.partner, "REQUEST_REMINDER"), 0);
    assert_int_equal(world_count(&world, "notification", "kind = 'REQUEST_REMINDER' AND link LIKE '/process-request/DR%%'"), 1);
}

static void reminders_that_were_missed_are_told_as_one(void **state)
{
    (void)state;
    const int64_t id = world_request(&world, world.owner);
    assert_int_equal(remind_at(id, world.now + 9 * CLOCK_DAY + CLOCK_HOUR), DEADLINE_REMINDED);
    assert_int_equal(remind_at(id, world.now + 9 * CLOCK_DAY + CLOCK_HOUR), DEADLINE_NOTHING);
    assert_int_equal(told(world.partner, "REQUEST_REMINDER"), 1);
    assert_int_equal(world_count(&world, "disassociation_request", "remind_at IS NULL"), 1);
}

static void nobody_is_reminded_of_what_is_with_the_platform(void **state)
{
    (void)state;
    const int64_t id = world_request(&world, world.owner);
    assert_int_equal(meet_at(id, world.now + 10 * CLOCK_DAY), DEADLINE_ESCALATED);
    assert_int_equal(remind_at(id, world.now + 15 * CLOCK_DAY), DEADLINE_NOTHING);
    assert_int_equal(remind_at(id, world.now + 19 * CLOCK_DAY), DEADLINE_NOTHING);
    assert_int_equal(world_count(&world, "notification", "kind = 'REQUEST_REMINDER'"), 0);
}

/* It cannot agree; the request is about to go to the platform. */
static void a_frozen_partner_is_not_reminded(void **state)
{
    (void)state;
    const int64_t id = world_request(&world, world.owner);
    world_freeze(&world, world.partner, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    assert_int_equal(remind_at(id, world.now + 5 * CLOCK_DAY), DEADLINE_NOTHING);
}

static void a_short_deadline_has_the_reminders_that_fit(void **state)
{
    (void)state;
    const int64_t before = world.config->request.deadline_s;
    world.config->request.deadline_s = 2 * CLOCK_HOUR / CLOCK_SECOND;
    const int64_t id = world_request(&world, world.owner);
    world.config->request.deadline_s = before;
    assert_int_equal(remind_at(id, world.now + CLOCK_HOUR - 1), DEADLINE_NOTHING);
    assert_int_equal(remind_at(id, world.now + CLOCK_HOUR), DEADLINE_REMINDED);
    assert_int_equal(remind_at(id, world.now + 2 * CLOCK_HOUR - 1), DEADLINE_NOTHING);
    assert_int_equal(told(world.partner, "REQUEST_REMINDER"), 1);
}

/* --- at once --- */

static int64_t request_id;

static int meet(int who)
{
    struct act act = world_act(&world, act_system);
    enum deadline_outcome outcome = DEADLINE_NOTHING;
    (void)who;
    act.now += 10 * CLOCK_DAY;
    const struct err *err = deadline_meet(&act, request_id, &outcome);
    return err == NULL ? (int)outcome : FAILED + (int)err->kind;
}

static int remind(int who)
{
    struct act act = world_act(&world, act_system);
    enum deadline_outcome outcome = DEADLINE_NOTHING;
    (void)who;
    act.now += 5 * CLOCK_DAY;
    const struct err *err = deadline_remind(&act, request_id, &outcome);
    return err == NULL ? (int)outcome : FAILED + (int)err->kind;
}

static void eight_workers_escalate_once(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[MANY];
        begin();
        request_id = world_request(&world, world.owner);
        race(MANY, meet, what);
        assert_int_equal(count(what, MANY, DEADLINE_ESCALATED), 1);
        assert_int_equal(count(what, MANY, DEADLINE_NOTHING), MANY - 1);
        assert_int_equal(logged("REQUEST_ESCALATED"), 1);
        end();
    }
}

static void eight_workers_expire_once(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[MANY];
        begin();
        request_id = world_request(&world, world.admin);
        race(MANY, meet, what);
        assert_int_equal(count(what, MANY, DEADLINE_EXPIRED), 1);
        assert_int_equal(count(what, MANY, DEADLINE_NOTHING), MANY - 1);
        assert_int_equal(logged("REQUEST_EXPIRED"), 1);
        end();
    }
}

static void eight_workers_remind_once(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[MANY];
        begin();
        request_id = world_request(&world, world.owner);
        race(MANY, remind, what);
        assert_int_equal(count(what, MANY, DEADLINE_REMINDED), 1);
        assert_int_equal(count(what, MANY, DEADLINE_NOTHING), MANY - 1);
        assert_int_equal(told(world.partner, "REQUEST_REMINDER"), 1);
        end();
    }
}

/* Of a partner's request: the customer agrees, the partner withdraws, two workers find it due. 1: this one ended it. */
static int end_it(int who)
{
    struct decide_result result;
    const struct err *err;
    if (who % 4 >= 2) {
        const int outcome = meet(who);
        return outcome >= FAILED ? outcome : outcome == DEADLINE_EXPIRED;
    }
    struct act act = world_act(&world, who % 4 == 0 ? world.owner : world.admin);
    struct wizard_target target = world_answer_target(&world, world.owner, request_id);
    err = who % 4 == 0 ? decide_request(&act, &target, 5, REQUEST_AGREE, &result) : withdraw_request(&act, request_id, &result);
    return err == NULL ? result.outcome == DECIDE_DONE : FAILED + (int)err->kind;
}

static void agree_withdraw_and_deadline_make_one_transition(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[MANY];
        begin();
        request_id = world_request(&world, world.admin);
        (void)world_ready_to_answer(&world, world.owner, request_id, REQUEST_AGREE, "");
        race(MANY, end_it, what);
        assert_int_equal(count(what, MANY, 1), 1);
        assert_int_equal(count(what, MANY, 0), MANY - 1);
        assert_int_equal(world_count(&world, "operation_log", "is_transition = 1 AND from_state = 'PENDING'"), 1);
        assert_int_equal(world_count(&world, "disassociation_request", "version = 2 AND state <> 'PENDING'"), 1);
        end();
    }
}

/* Of a customer's request that is with the platform: ops completes, ops rejects, the customer withdraws, the second deadline. */
static int end_escalated(int who)
{
    struct act act = world_act(&world, who % 4 == 3 ? act_system : who % 4 == 2 ? world.owner : world.ops);
    struct decide_result decided;
    struct ops_result result;
    enum deadline_outcome outcome = DEADLINE_NOTHING;
    const struct err *err;
    act.now += 20 * CLOCK_DAY;
    if (who % 4 == 3) {
        err = deadline_meet(&act, request_id, &outcome);
        return err == NULL ? outcome == DEADLINE_EXPIRED : FAILED + (int)err->kind;
    }
    if (who % 4 == 2) {
        err = withdraw_request(&act, request_id, &decided);
        return err == NULL ? decided.outcome == DECIDE_DONE : FAILED + (int)err->kind;
    }
    err = ops_decide(&act, request_id, who % 4 == 0 ? REQUEST_COMPLETE : REQUEST_DISMISS, "both sides were called", &result);
    return err == NULL ? result.outcome == OPS_DONE : FAILED + (int)err->kind;
}

static void platform_withdraw_and_second_deadline_make_one_transition(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[MANY];
        begin();
        request_id = world_request(&world, world.owner);
        assert_int_equal(meet_at(request_id, world.now + 10 * CLOCK_DAY), DEADLINE_ESCALATED);
        race(MANY, end_escalated, what);
        assert_int_equal(count(what, MANY, 1), 1);
        assert_int_equal(count(what, MANY, 0), MANY - 1);
        assert_int_equal(world_count(&world, "disassociation_request", "version = 3 AND state <> 'PENDING'"), 1);
        end();
    }
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_happens_before_the_deadline),
        TEST(partners_request_expires_at_its_deadline_to_the_microsecond),
        TEST(customers_request_goes_to_the_platform_with_a_second_deadline),
        TEST(second_deadline_ends_it_and_gives_the_quota_back),
        TEST(doing_it_again_does_nothing),
        TEST(an_answered_request_has_no_deadline),
        TEST(expiring_closes_the_draft_of_an_answer),
        TEST(an_unknown_request_is_missing),
        TEST(frozen_partners_customers_do_not_wait),
        TEST(frozen_partners_own_request_runs_on),
        TEST(a_frozen_customers_deadline_runs_on),
        TEST(partner_is_reminded_at_half_time_three_days_and_one_day),
        TEST(customer_is_reminded_of_its_partners_request),
        TEST(reminders_that_were_missed_are_told_as_one),
        TEST(nobody_is_reminded_of_what_is_with_the_platform),
        TEST(a_frozen_partner_is_not_reminded),
        TEST(a_short_deadline_has_the_reminders_that_fit),
        cmocka_unit_test(eight_workers_escalate_once),
        cmocka_unit_test(eight_workers_expire_once),
        cmocka_unit_test(eight_workers_remind_once),
        cmocka_unit_test(agree_withdraw_and_deadline_make_one_transition),
        cmocka_unit_test(platform_withdraw_and_second_deadline_make_one_transition),
    };

    if (getenv("RACE_ONLY") != NULL)
        cmocka_set_test_filter(getenv("RACE_ONLY"));
    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
