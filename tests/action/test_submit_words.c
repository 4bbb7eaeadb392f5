/* Sending a request with what is typed on the last step: it goes with the request, or nothing of it is written. */
#include "support/rows.h"
#include "support/own_world.h"

#include "action/submit.h"

static struct submit_result result;

static struct act submit_with(int64_t revision, enum reason reason, const char *text)
{
    struct act act = world_act(&world, world.owner);
    struct wizard_target target = world_submit_target(&world, world.owner);
    const struct submit_words words = {.reason = reason, .text = text};
    assert_null(submit_request(&act, &target, revision, &words, &result));
    return act;
}

static void refused(int64_t revision, enum reason reason, const char *text, enum submit_outcome outcome)
{
    int64_t before = world_fingerprint(&world);
    struct act act = submit_with(revision, reason, text);
    assert_int_equal(result.outcome, outcome);
    assert_false(act.is_done);
    assert_true(world_fingerprint(&world) == before);
}

static void typed_words_go_with_the_request(void **state)
{
    (void)state;
    int64_t revision = world_ready_to_submit(&world, world.owner);
    struct act act = submit_with(revision, REASON_SERVICE, "nobody answers");
    assert_true(act.is_done);
    assert_int_equal(world_count(&world, "disassociation_request", "reason = 'SERVICE' AND reason_text = 'nobody answers'"), 1);
    assert_int_equal(world_count(&world, "wizard", "state = 'DONE' AND reason = 'SERVICE' AND reason_text = 'nobody answers'"), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'REQUEST_SUBMITTED' AND remark = 'nobody answers'"), 1);
}

static void typed_words_may_be_the_first(void **state)
{
    (void)state;
    int64_t revision = world_ready_to_submit(&world, world.owner);
    test_db_sql(db, "UPDATE wizard SET reason = '', reason_text = ''");
    struct act act = submit_with(revision, REASON_PRICE, "");
    assert_true(act.is_done);
    assert_int_equal(world_count(&world, "disassociation_request", "reason = 'PRICE' AND reason_text = ''"), 1);
}

static void words_that_do_not_do_are_refused(void **state)
{
    (void)state;
    int64_t revision = world_ready_to_submit(&world, world.owner);
    refused(revision, REASON_NONE, "", SUBMIT_NO_REASON);
    refused(revision, REASON_OTHER, "", SUBMIT_NO_REASON);
}

static void refused_for_another_cause_writes_no_words(void **state)
{
    (void)state;
    int64_t revision = world_ready_to_submit(&world, world.owner);
    world_currency(&world, world.customer, NULL);
    refused(revision, REASON_SERVICE, "nobody answers", SUBMIT_CHECKS_FAILED);
}

static void other_words_of_an_old_revision_have_moved(void **state)
{
    (void)state;
    int64_t revision = world_ready_to_submit(&world, world.owner);
    refused(revision - 1, REASON_SERVICE, "nobody answers", SUBMIT_MOVED);
    refused(revision + 1, REASON_PRICE, "too cheap", SUBMIT_MOVED);
}

static void words_that_are_kept_already_are_good(void **state)
{
    (void)state;
    int64_t revision = world_ready_to_submit(&world, world.owner);
    test_db_sql(db, "UPDATE wizard SET reason = 'PRICE', reason_text = 'too dear'");
    struct act act = submit_with(revision - 1, REASON_PRICE, "too dear");
    assert_true(act.is_done);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(typed_words_go_with_the_request), TEST(typed_words_may_be_the_first), TEST(words_that_do_not_do_are_refused),
        TEST(refused_for_another_cause_writes_no_words), TEST(other_words_of_an_old_revision_have_moved),
        TEST(words_that_are_kept_already_are_good),
    };
    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
