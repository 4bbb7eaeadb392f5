/* The steps of the wizard: begin, leave, confirm, decide, keep a reason; each refusal beside its success. */
#include "support/own_world.h"

#include <string.h>

#include "action/wizard_steps.h"
#include "base/clock.h"
#include "base/memory.h"
#include "domain/statement.h"
#include "store/store_wizard.h"

static struct wizard_target target;

static int begin(void **state)
{
    (void)setup(state);
    target = world_submit_target(&world, world.owner);
    return 0;
}

static struct wizard *row_of(const struct actor *actor, const struct wizard_target *of)
{
    struct wizard *wizard = NULL;

    assert_null(wizard_find(world.db, world.mem, actor->account_id, of->purpose, of->target_id, &wizard));
    return wizard;
}

static struct wizard *row(void) { return row_of(world.owner, &target); }

static enum wizard_outcome confirm(const struct actor *actor, int64_t revision)
{
    struct act act = world_act(&world, actor);
    enum wizard_outcome outcome = WIZARD_GONE;

    assert_null(wizard_confirm(&act, &target, revision, &outcome));
    assert_int_equal(act.is_done, outcome == WIZARD_OK);
    return outcome;
}

static enum wizard_outcome keep(int64_t *revision, enum reason reason, const char *text)
{
    struct act act = world_act(&world, world.owner);
    enum wizard_outcome outcome = WIZARD_OK;

    assert_null(wizard_keep_reason(&act, &target, revision, reason, text, &outcome));
    return outcome;
}

/* --- begin and leave -------------------------------------------------------------------------------------------------- */

static void beginning_opens_a_row_and_resumes_it(void **state)
{
    struct act act = world_act(&world, world.owner);
    struct wizard *first = NULL, *second = NULL;

    (void)state;
    assert_null(wizard_begin(&act, &target, &first));
    world.now += CLOCK_HOUR;
    act.now = world.now;
    assert_null(wizard_begin(&act, &target, &second));
    assert_int_equal(first->id, second->id);
    assert_int_equal(second->opened_by_user_id, world.owner->user_id);
    assert_string_equal(second->opened_by_name, "Olga Owner");
    assert_int_equal(second->expires_at - second->opened_at, world.config->request.draft_s * CLOCK_SECOND);
}

static void draft_past_its_time_is_closed_and_a_new_one_opened(void **state)
{
    struct act act = world_act(&world, world.owner);
    struct wizard *first = NULL, *second = NULL;

    (void)state;
    assert_null(wizard_begin(&act, &target, &first));
    world.now = act.now = first->expires_at;
    assert_null(wizard_begin(&act, &target, &second));
    assert_int_not_equal(first->id, second->id);
    assert_int_equal(world_count(&world, "wizard", "state = 'CLOSED'"), 1);
    assert_int_equal(world_count(&world, "wizard", "state = 'OPEN'"), 1);
}

static void draft_is_live_one_microsecond_before_its_end(void **state)
{
    struct act act = world_act(&world, world.owner);
    struct wizard *first = NULL, *second = NULL;

    (void)state;
    assert_null(wizard_begin(&act, &target, &first));
    act.now = first->expires_at - 1;
    assert_null(wizard_begin(&act, &target, &second));
    assert_int_equal(first->id, second->id);
}

static void leaving_closes_the_row_and_logs_only_answers(void **state)
{
    struct act act = world_act(&world, world.owner);
    struct wizard *wizard = NULL;

    (void)state;
    assert_null(wizard_leave(&act, &target));
    assert_int_equal(world_count(&world, "wizard", "1"), 0);
    assert_null(wizard_begin(&act, &target, &wizard));
    assert_null(wizard_leave(&act, &target));
    assert_int_equal(world_count(&world, "operation_log", "operation = 'DRAFT_CANCELLED'"), 0);
    assert_int_equal(confirm(world.owner, 0), WIZARD_OK);
    assert_null(wizard_leave(&act, &target));
    assert_int_equal(world_count(&world, "wizard", "state = 'OPEN'"), 0);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'DRAFT_CANCELLED'"), 1);
    assert_int_equal(world_count(&world, "quota_slot", "request_id IS NOT NULL"), 0);
}

/* --- who -------------------------------------------------------------------------------------------------------------- */

static void strangers_and_readers_open_nothing(void **state)
{
    const struct actor *stranger = world_user(&world, world_account(&world, ACCOUNT_CUSTOMER, "Other"), ROLE_OWNER, "Sam");
    const struct actor *const actors[] = { stranger, world.admin, world.viewer };
    enum wizard_outcome outcome;
    struct wizard *wizard = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof actors / sizeof actors[0]; i++) {
        struct act act = world_act(&world, actors[i]);
        int64_t before = world_fingerprint(&world), revision = 0;
        enum err_kind kind = actors[i] == world.viewer ? ERR_DENIED : ERR_MISSING;
        const struct err *err = wizard_begin(&act, &target, &wizard);

        assert_non_null(err);
        assert_int_equal(err->kind, kind);
        err = wizard_confirm(&act, &target, 0, &outcome);
        assert_non_null(err);
        assert_int_equal(err->kind, kind);
        err = wizard_keep_reason(&act, &target, &revision, REASON_PRICE, "", &outcome);
        assert_non_null(err);
        assert_int_equal(err->kind, kind);
        err = wizard_leave(&act, &target);
        assert_non_null(err);
        assert_int_equal(err->kind, kind);
        assert_int_equal(world_fingerprint(&world), before);
    }
}

/* --- confirm ---------------------------------------------------------------------------------------------------------- */

static void tick_is_kept_with_version_and_language(void **state)
{
    (void)state;
    assert_int_equal(confirm(world.owner, 0), WIZARD_OK);
    assert_int_equal(row()->statement_at, world.now);
    assert_string_equal(row()->statement_version, STATEMENT_VERSION);
    assert_string_equal(row()->statement_lang, "en");
    assert_int_equal(world_count(&world, "operation_log", "operation = 'STATEMENT_ACCEPTED' AND remark = '%s en'",
                                 STATEMENT_VERSION), 1);
}

static void tick_with_an_old_revision_has_moved(void **state)
{
    (void)state;
    assert_int_equal(confirm(world.owner, 0), WIZARD_OK);
    const int64_t before = world_fingerprint(&world);
    assert_int_equal(confirm(world.owner, 0), WIZARD_MOVED);
    assert_int_equal(confirm(world.owner, row()->revision - 1), WIZARD_MOVED);
    assert_int_equal(world_fingerprint(&world), before);
    assert_int_equal(confirm(world.owner, row()->revision), WIZARD_OK);
}

static void tick_for_a_draft_that_is_gone_is_refused(void **state)
{
    (void)state;
    assert_int_equal(confirm(world.owner, 7), WIZARD_GONE);
    assert_int_equal(confirm(world.owner, 0), WIZARD_OK);
    const int64_t revision = row()->revision;
    world.now = row()->expires_at;
    assert_int_equal(confirm(world.owner, revision), WIZARD_GONE);
}

static void tick_after_the_association_ended_is_refused(void **state)
{
    (void)state;
    test_db_sql(world.db, "UPDATE association SET status = 'ENDED', ended_at = associated_at");
    assert_int_equal(confirm(world.owner, 0), WIZARD_GONE);
    assert_int_equal(world_count(&world, "wizard", "1"), 0);
    test_db_sql(world.db, "UPDATE association SET status = 'ACTIVE', ended_at = NULL");
}

static void tick_while_a_check_fails_is_refused(void **state)
{
    (void)state;
    world_currency(&world, world.customer, NULL);
    assert_int_equal(confirm(world.owner, 0), WIZARD_CHECKS_FAILED);
    assert_int_equal(world_count(&world, "wizard", "1"), 0);
}

static void tick_with_the_quota_used_is_refused(void **state)
{
    (void)state;
    world_slots(&world, SIDE_CUSTOMER, 3, world.now + CLOCK_DAY);
    assert_int_equal(confirm(world.owner, 0), WIZARD_QUOTA_USED);
    test_db_sql(world.db, "DELETE FROM quota_slot");
}

static void ticking_again_keeps_the_grant(void **state)
{
    const int64_t revision = world_ready_to_submit(&world, world.owner);

    (void)state;
    assert_int_equal(confirm(world.owner, revision), WIZARD_OK);
    assert_int_equal(wizard_grant(row(), world.owner->session_id, world.now), GRANT_GOOD);
}

static void ticking_another_text_voids_the_grant(void **state)
{
    const int64_t revision = world_ready_to_submit(&world, world.owner);

    (void)state;
    test_db_sql(world.db, "UPDATE wizard SET statement_version = 'older'");
    assert_int_equal(confirm(world.owner, revision), WIZARD_OK);
    assert_int_equal(wizard_grant(row(), world.owner->session_id, world.now), GRANT_NONE);
}

static void same_form_twice_ticks_once(void **state)
{
    struct act first = world_form(&world, world.owner, 1, "/next"), second = world_form(&world, world.owner, 1, "/elsewhere");
    enum wizard_outcome outcome = WIZARD_GONE;

    (void)state;
    assert_null(wizard_confirm(&first, &target, 0, &outcome));
    assert_int_equal(outcome, WIZARD_OK);
    assert_null(wizard_confirm(&second, &target, 0, &outcome));
    assert_int_equal(outcome, WIZARD_OK);
    assert_true(second.is_replay);
    assert_string_equal(second.location, "/next");
    assert_int_equal(world_count(&world, "operation_log", "operation = 'STATEMENT_ACCEPTED'"), 1);
}

static void colleague_goes_on_with_the_same_row(void **state)
{
    const struct actor *colleague = world_user(&world, world.customer, ROLE_OWNER, "Carl Colleague");

    (void)state;
    assert_int_equal(confirm(world.owner, 0), WIZARD_OK);
    assert_int_equal(confirm(colleague, row()->revision), WIZARD_OK);
    assert_int_equal(world_count(&world, "wizard", "1"), 1);
    assert_int_equal(row()->opened_by_user_id, world.owner->user_id);
}

/* --- reason ----------------------------------------------------------------------------------------------------------- */

static void reason_is_kept_even_when_incomplete(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner), form = revision;

    (void)state;
    assert_int_equal(keep(&revision, REASON_OTHER, ""), WIZARD_OK);
    assert_int_equal(revision, form + 1);
    assert_int_equal(row()->reason, REASON_OTHER);
    assert_int_equal(keep(&revision, REASON_NONE, "just text"), WIZARD_OK);
    assert_int_equal(row()->reason, REASON_NONE);
    assert_string_equal(row()->reason_text, "just text");
    assert_int_equal(wizard_grant(row(), world.owner->session_id, world.now), GRANT_GOOD);
}

static void reason_with_an_old_revision_has_moved(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner), old = revision;

    (void)state;
    assert_int_equal(keep(&revision, REASON_SERVICE, "slow"), WIZARD_OK);
    assert_int_equal(keep(&old, REASON_PRICE, "other words"), WIZARD_MOVED);
    assert_string_equal(row()->reason_text, "slow");
}

static void reason_that_is_kept_already_has_not_moved(void **state)
{
    int64_t revision = world_ready_to_submit(&world, world.owner), old = revision;

    (void)state;
    assert_int_equal(keep(&revision, REASON_SERVICE, "slow"), WIZARD_OK);
    assert_int_equal(keep(&old, REASON_SERVICE, "slow"), WIZARD_OK);
    assert_int_equal(old, revision);
    assert_int_equal(row()->revision, revision);
}

static void reason_without_a_draft_is_gone(void **state)
{
    int64_t revision = 0;

    (void)state;
    assert_int_equal(keep(&revision, REASON_PRICE, ""), WIZARD_GONE);
    revision = world_ready_to_submit(&world, world.owner);
    world.now = row()->expires_at;
    assert_int_equal(keep(&revision, REASON_SERVICE, ""), WIZARD_GONE);
}

/* --- decide ----------------------------------------------------------------------------------------------------------- */

static enum wizard_outcome decide(const struct wizard_target *of, int64_t revision, enum request_event decision,
                                  const char *text, bool is_ticked)
{
    struct act act = world_act(&world, world.admin);
    enum wizard_outcome outcome = WIZARD_OK;

    assert_null(wizard_decide(&act, of, &revision, decision, text, is_ticked, &outcome));
    assert_int_equal(act.is_done, outcome == WIZARD_OK);
    if (outcome == WIZARD_OK)
        assert_int_equal(row_of(world.admin, of)->revision, revision);
    return outcome;
}

static void agreeing_needs_tick_and_checks(void **state)
{
    const int64_t request_id = world_request(&world, world.owner);
    const struct wizard_target answer = world_answer_target(&world, world.admin, request_id);

    (void)state;
    assert_int_equal(decide(&answer, 0, REQUEST_AGREE, "", false), WIZARD_NOT_YET);
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    assert_int_equal(decide(&answer, 0, REQUEST_AGREE, "", true), WIZARD_CHECKS_FAILED);
    assert_null(row_of(world.admin, &answer));
    world_unfreeze(&world, world.customer);
    assert_int_equal(decide(&answer, 0, REQUEST_AGREE, "", true), WIZARD_OK);
    assert_int_equal(row_of(world.admin, &answer)->decision, REQUEST_AGREE);
    assert_int_equal(row_of(world.admin, &answer)->statement_at, world.now);
}

static void rejecting_needs_neither(void **state)
{
    const int64_t request_id = world_request(&world, world.owner);
    const struct wizard_target answer = world_answer_target(&world, world.admin, request_id);

    (void)state;
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    assert_int_equal(decide(&answer, 0, REQUEST_REJECT, "not yet", false), WIZARD_OK);
    assert_string_equal(row_of(world.admin, &answer)->decision_text, "not yet");
    assert_int_equal(world_count(&world, "operation_log", "operation = 'STATEMENT_ACCEPTED'"), 0);
}

static void quota_does_not_stop_an_answer(void **state)
{
    const int64_t request_id = world_request(&world, world.owner);
    const struct wizard_target answer = world_answer_target(&world, world.admin, request_id);

    (void)state;
    test_db_sql(world.db, "UPDATE rule SET limit_n = 1 WHERE code = 'Q'");
    assert_int_equal(decide(&answer, 0, REQUEST_AGREE, "", true), WIZARD_OK);
    test_db_sql(world.db, "UPDATE rule SET limit_n = 3 WHERE code = 'Q'");
}

static void other_decision_voids_the_grant(void **state)
{
    world_partner_code(&world, true);
    const int64_t request_id = world_request(&world, world.owner);
    const struct wizard_target answer = world_answer_target(&world, world.admin, request_id);
    const int64_t revision = world_ready_to_answer(&world, world.admin, request_id, REQUEST_REJECT, "no");

    (void)state;
    assert_int_equal(wizard_grant(row_of(world.admin, &answer), world.admin->session_id, world.now), GRANT_GOOD);
    assert_int_equal(decide(&answer, revision, REQUEST_REJECT, "no, really", false), WIZARD_OK);
    assert_int_equal(wizard_grant(row_of(world.admin, &answer), world.admin->session_id, world.now), GRANT_GOOD);
    assert_int_equal(decide(&answer, revision + 1, REQUEST_AGREE, "", true), WIZARD_OK);
    assert_int_equal(wizard_grant(row_of(world.admin, &answer), world.admin->session_id, world.now), GRANT_NONE);
}

static void answer_with_an_old_revision_has_moved(void **state)
{
    const int64_t request_id = world_request(&world, world.owner);
    const struct wizard_target answer = world_answer_target(&world, world.admin, request_id);

    (void)state;
    assert_int_equal(decide(&answer, 0, REQUEST_REJECT, "a", false), WIZARD_OK);
    assert_int_equal(decide(&answer, 0, REQUEST_REJECT, "b", false), WIZARD_MOVED);
    assert_string_equal(row_of(world.admin, &answer)->decision_text, "a");
    assert_int_equal(decide(&answer, 99, REQUEST_REJECT, "c", false), WIZARD_MOVED);
}

/* The form whose second half failed is sent again. */
static void decision_that_is_kept_already_has_not_moved(void **state)
{
    const int64_t request_id = world_request(&world, world.owner);
    const struct wizard_target answer = world_answer_target(&world, world.admin, request_id);

    (void)state;
    assert_int_equal(decide(&answer, 0, REQUEST_AGREE, "", true), WIZARD_OK);
    assert_int_equal(decide(&answer, 0, REQUEST_AGREE, "", true), WIZARD_OK);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'STATEMENT_ACCEPTED'"), 1);
    assert_int_equal(decide(&answer, 0, REQUEST_AGREE, "", false), WIZARD_MOVED);
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    assert_int_equal(decide(&answer, 0, REQUEST_AGREE, "", true), WIZARD_CHECKS_FAILED);
    const int64_t revision = row_of(world.admin, &answer)->revision;
    assert_int_equal(decide(&answer, revision, REQUEST_REJECT, "not yet", false), WIZARD_OK);
    assert_int_equal(decide(&answer, revision, REQUEST_REJECT, "not yet", false), WIZARD_OK);
}

static void initiator_cannot_answer_and_final_requests_are_gone(void **state)
{
    const int64_t request_id = world_request(&world, world.owner);
    const struct wizard_target own = world_answer_target(&world, world.owner, request_id),
                               answer = world_answer_target(&world, world.admin, request_id);
    struct act act = world_act(&world, world.owner);
    enum wizard_outcome outcome = WIZARD_OK;
    int64_t revision = 0;

    (void)state;
    assert_null(wizard_decide(&act, &own, &revision, REQUEST_AGREE, "", true, &outcome));
    assert_int_equal(outcome, WIZARD_GONE);
    assert_int_equal(decide(&answer, 5, REQUEST_REJECT, "", false), WIZARD_GONE);
    const struct wizard_target nowhere = world_answer_target(&world, world.admin, request_id + 1000);
    struct act admin = world_act(&world, world.admin);
    const struct err *err = wizard_decide(&admin, &nowhere, &revision, REQUEST_REJECT, "", false, &outcome);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_MISSING);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(beginning_opens_a_row_and_resumes_it), TEST(draft_past_its_time_is_closed_and_a_new_one_opened),
        TEST(draft_is_live_one_microsecond_before_its_end), TEST(leaving_closes_the_row_and_logs_only_answers),
        TEST(strangers_and_readers_open_nothing),
        TEST(tick_is_kept_with_version_and_language), TEST(tick_with_an_old_revision_has_moved),
        TEST(tick_for_a_draft_that_is_gone_is_refused), TEST(tick_after_the_association_ended_is_refused),
        TEST(tick_while_a_check_fails_is_refused), TEST(tick_with_the_quota_used_is_refused),
        TEST(ticking_again_keeps_the_grant), TEST(ticking_another_text_voids_the_grant), TEST(same_form_twice_ticks_once),
        TEST(colleague_goes_on_with_the_same_row),
        TEST(reason_is_kept_even_when_incomplete), TEST(reason_with_an_old_revision_has_moved),
        TEST(reason_that_is_kept_already_has_not_moved), TEST(reason_without_a_draft_is_gone),
        TEST(agreeing_needs_tick_and_checks), TEST(rejecting_needs_neither), TEST(quota_does_not_stop_an_answer),
        TEST(other_decision_voids_the_grant), TEST(answer_with_an_old_revision_has_moved),
        TEST(decision_that_is_kept_already_has_not_moved),
        TEST(initiator_cannot_answer_and_final_requests_are_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
