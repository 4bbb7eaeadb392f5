/* Sending a request with what the page of the last step has: what is typed goes with the request, or nothing of it is written; and
 * rows that the page had read do as long as nothing has changed. */
#include "support/rows.h"
#include "support/own_world.h"

#include "action/submit.h"
#include "base/clock.h"
#include "store/store_association.h"
#include "store/store_wizard.h"

static struct submit_result result;

static struct act submit_with(int64_t revision, enum reason reason, const char *text)
{
    struct act act = world_act(&world, world.owner);
    struct wizard_target target = world_submit_target(&world, world.owner);
    const struct submit_page page = {.reason = reason, .text = text};
    assert_null(submit_request(&act, &target, revision, &page, &result));
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

/* --- rows that the page had read ---------------------------------------------------------------------------------------- */

static struct submit_page read_page_of(int64_t account_id, enum reason reason, const char *text)
{
    struct association *association = NULL;
    struct wizard *wizard = NULL;
    assert_null(association_load(db, world.mem, world.association, &association));
    assert_null(wizard_find(db, world.mem, account_id, WIZARD_SUBMIT, world.association, &wizard));
    assert_non_null(wizard);
    return (struct submit_page){.reason = reason, .text = text, .association = association, .wizard = wizard};
}

static struct submit_page read_page(enum reason reason, const char *text)
{
    return read_page_of(world.customer, reason, text);
}

static const struct err *submit_page_as(const struct actor *actor, const struct submit_page *page)
{
    struct act act = world_act(&world, actor);
    struct wizard_target target = world_submit_target(&world, actor->kind == ACCOUNT_PARTNER ? actor : world.owner);
    const struct err *err = submit_request(&act, &target, page->wizard->revision, page, &result);
    assert_int_equal(act.is_done, err == NULL && result.outcome == SUBMIT_DONE);
    return err;
}

static void page_is_refused_to(const struct actor *actor, const struct submit_page *page, enum submit_outcome outcome)
{
    int64_t before = world_fingerprint(&world);
    assert_null(submit_page_as(actor, page));
    assert_int_equal(result.outcome, outcome);
    assert_true(world_fingerprint(&world) == before);
}

static void page_is_refused(const struct submit_page *page, enum submit_outcome outcome)
{
    page_is_refused_to(world.owner, page, outcome);
}

static void rows_just_read_do(void **state)
{
    (void)state;
    (void)world_ready_to_submit(&world, world.owner);
    const struct submit_page page = read_page(REASON_SERVICE, "nobody answers");
    const struct association association = *page.association;
    const struct wizard wizard = *page.wizard;
    assert_null(submit_page_as(world.owner, &page));
    assert_int_equal(result.outcome, SUBMIT_DONE);
    assert_memory_equal(page.association, &association, sizeof association);
    assert_memory_equal(page.wizard, &wizard, sizeof wizard);
    assert_int_equal(world_count(&world, "wizard", "state = 'DONE' AND reason_text = 'nobody answers'"), 1);
}

static void rows_of_somebody_else_are_refused(void **state)
{
    (void)state;
    (void)world_ready_to_submit(&world, world.owner);
    const struct submit_page page = read_page(REASON_SERVICE, "");
    int64_t stranger = world_account(&world, ACCOUNT_CUSTOMER, "Stranger Ltd");
    const struct err *err = submit_page_as(world_user(&world, stranger, ROLE_OWNER, "Sam Stranger"), &page);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_BUG);
}

static void association_of_somebody_else_is_missing(void **state)
{
    (void)state;
    (void)world_ready_to_submit(&world, world.owner);
    struct submit_page page = read_page(REASON_SERVICE, "");
    int64_t stranger = world_account(&world, ACCOUNT_CUSTOMER, "Stranger Ltd");
    struct wizard wizard = *page.wizard;
    wizard.account_id = stranger;
    page.wizard = &wizard;
    const struct err *err = submit_page_as(world_user(&world, stranger, ROLE_OWNER, "Sam Stranger"), &page);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_MISSING);
}

static void request_of_the_other_side_since_is_seen(void **state)
{
    (void)state;
    (void)world_ready_to_submit(&world, world.owner);
    const struct submit_page page = read_page(REASON_SERVICE, "");
    (void)world_request(&world, world.admin);
    page_is_refused(&page, SUBMIT_ALREADY_OPEN);
    assert_true(result.open_by_other);
}

static void leaving_since_is_seen(void **state)
{
    (void)state;
    (void)world_ready_to_submit(&world, world.owner);
    const struct submit_page page = read_page(REASON_SERVICE, "");
    world_answer(&world, world_request(&world, world.admin), world.owner, REQUEST_AGREE, "");
    page_is_refused(&page, SUBMIT_NOT_ASSOCIATED);
}

static void draft_written_since_has_moved(void **state)
{
    (void)state;
    (void)world_ready_to_submit(&world, world.owner);
    const struct submit_page page = read_page(REASON_SERVICE, "");
    test_db_sql(db, "UPDATE wizard SET reason = 'PRICE', revision = revision + 1");
    page_is_refused(&page, SUBMIT_MOVED);
}

/* A colleague's words are the same: they go, whoever wrote them first. */
static void draft_written_alike_since_is_good(void **state)
{
    (void)state;
    (void)world_ready_to_submit(&world, world.owner);
    const struct submit_page page = read_page(REASON_SERVICE, "slow");
    test_db_sql(db, "UPDATE wizard SET reason = 'SERVICE', reason_text = 'slow', revision = revision + 1");
    assert_null(submit_page_as(world.owner, &page));
    assert_int_equal(result.outcome, SUBMIT_DONE);
}

static void draft_closed_since_is_gone(void **state)
{
    (void)state;
    (void)world_ready_to_submit(&world, world.owner);
    const struct submit_page page = read_page(REASON_SERVICE, "");
    test_db_sql(db, "UPDATE wizard SET state = 'CLOSED', revision = revision + 1");
    page_is_refused(&page, SUBMIT_GONE);
}

static void freeze_since_is_seen(void **state)
{
    (void)state;
    (void)world_ready_to_submit(&world, world.owner);
    const struct submit_page page = read_page(REASON_SERVICE, "");
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    page_is_refused(&page, SUBMIT_CHECKS_FAILED);
}

/* The last slot is a colleague's now, and so is the open request: that is what is told. */
static void request_of_a_colleague_that_took_the_last_slot_is_seen(void **state)
{
    (void)state;
    world_slots(&world, SIDE_CUSTOMER, 2, world.now + CLOCK_DAY);
    (void)world_ready_to_submit(&world, world.owner);
    const struct submit_page page = read_page(REASON_SERVICE, "");
    struct act faster = world_act(&world, world.owner);
    struct wizard_target target = world_submit_target(&world, world.owner);
    assert_null(submit_request(&faster, &target, page.wizard->revision, NULL, &result));
    assert_true(faster.is_done);
    page_is_refused(&page, SUBMIT_ALREADY_OPEN);
    assert_false(result.open_by_other);
}

static void partners_freeze_since_is_seen(void **state)
{
    (void)state;
    (void)world_ready_to_submit(&world, world.admin);
    const struct submit_page page = read_page_of(world.partner, REASON_SERVICE, "");
    world_freeze(&world, world.partner, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    page_is_refused_to(world.admin, &page, SUBMIT_PARTNER_FROZEN);
}

static void partners_code_since_is_asked_for(void **state)
{
    (void)state;
    (void)world_ready_to_submit(&world, world.admin);
    const struct submit_page page = read_page_of(world.partner, REASON_SERVICE, "");
    world_partner_code(&world, true);
    page_is_refused_to(world.admin, &page, SUBMIT_NO_GRANT);
}

static void partners_rows_just_read_do(void **state)
{
    (void)state;
    (void)world_ready_to_submit(&world, world.admin);
    const struct submit_page page = read_page_of(world.partner, REASON_SERVICE, "");
    assert_null(submit_page_as(world.admin, &page));
    assert_int_equal(result.outcome, SUBMIT_DONE);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(typed_words_go_with_the_request), TEST(typed_words_may_be_the_first), TEST(words_that_do_not_do_are_refused),
        TEST(refused_for_another_cause_writes_no_words), TEST(other_words_of_an_old_revision_have_moved),
        TEST(words_that_are_kept_already_are_good), TEST(rows_just_read_do), TEST(rows_of_somebody_else_are_refused),
        TEST(request_of_the_other_side_since_is_seen), TEST(leaving_since_is_seen), TEST(draft_written_since_has_moved),
        TEST(draft_written_alike_since_is_good), TEST(draft_closed_since_is_gone), TEST(freeze_since_is_seen),
        TEST(association_of_somebody_else_is_missing), TEST(request_of_a_colleague_that_took_the_last_slot_is_seen),
        TEST(partners_freeze_since_is_seen), TEST(partners_code_since_is_asked_for), TEST(partners_rows_just_read_do),
    };
    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
