#include "support/rows.h"
#include "support/own_world.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"

#include "store/store_association.h"

#include "action/act.h"

/* --- act_run ---------------------------------------------------------------------------------------------------------- */

/* Sets billing to DIRECT, as a change that can be seen, then ends as it is told. */
struct job { struct act *act; int runs, agains; const struct err *(*end)(void); };

static const struct err *job_work(struct db *connection, void *arg)
{
    struct job *job = arg;

    job->runs++;
    TRY(account_set_billing_direct(connection, world.customer));
    act_locate(job->act, "DR20260615-000001");
    if (job->runs <= job->agains)
        return db_again("test");
    return job->end == NULL ? NULL : job->end();
}

static const struct err *a_bug(void) { return err_new(ERR_BUG, 0, "test"); }

static bool is_changed(void)
{
    return world_count(&world, "account", "id = %lld AND billing_mode = 'DIRECT'", (long long)world.customer) == 1;
}

static void work_that_succeeds_is_committed(void **state)
{
    struct act act = world_form(&world, world.owner, 1, "/x/{no}");
    struct job job = { .act = &act };

    (void)state;
    assert_null(act_run(&act, job_work, &job));
    assert_true(act.is_done);
    assert_false(act.is_replay);
    assert_true(is_changed());
    assert_string_equal(act.location, "/x/DR20260615-000001");
    assert_int_equal(world_count(&world, "form_key", "location = '/x/DR20260615-000001' AND route = '/form' AND user_id = %lld",
                                 (long long)world.owner->user_id), 1);
}

static void work_that_refuses_is_rolled_back(void **state)
{
    struct act act = world_form(&world, world.owner, 1, "/x");
    struct job job = { .act = &act, .end = act_refuse };

    (void)state;
    assert_null(act_run(&act, job_work, &job));
    assert_false(act.is_done);
    assert_false(is_changed());
    assert_int_equal(job.runs, 1);
    assert_int_equal(world_count(&world, "form_key", "1 = 1"), 0);
}

static void work_that_fails_is_rolled_back(void **state)
{
    struct act act = world_form(&world, world.owner, 1, "/x");
    struct job job = { .act = &act, .end = a_bug };
    const struct err *err = act_run(&act, job_work, &job);

    (void)state;
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_BUG);
    assert_false(act.is_done);
    assert_false(is_changed());
    assert_int_equal(world_count(&world, "form_key", "1 = 1"), 0);
}

static void work_runs_again_with_the_location_it_was_given(void **state)
{
    struct act act = world_form(&world, world.owner, 1, "/x/{no}");
    struct job job = { .act = &act, .agains = 2 };

    (void)state;
    assert_null(act_run(&act, job_work, &job));
    assert_int_equal(job.runs, 3);
    assert_true(act.is_done);
    assert_string_equal(act.location, "/x/DR20260615-000001");
    assert_int_equal(world_count(&world, "form_key", "1 = 1"), 1);
}

static void work_that_never_settles_is_a_conflict(void **state)
{
    struct act act = world_act(&world, world.owner);
    struct job job = { .act = &act, .agains = 1000 };
    const struct err *err = act_run(&act, job_work, &job);

    (void)state;
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_CONFLICT);
    assert_false(is_changed());
}

static void used_form_does_not_run_its_work(void **state)
{
    struct act first = world_form(&world, world.owner, 1, "/x"), second = world_form(&world, world.owner, 1, "/y");
    struct job once = { .act = &first }, never = { .act = &second };

    (void)state;
    assert_null(act_run(&first, job_work, &once));
    assert_null(act_run(&second, job_work, &never));
    assert_int_equal(never.runs, 0);
    assert_true(second.is_done);
    assert_true(second.is_replay);
    assert_string_equal(second.location, "/x");
}

static void forms_with_different_keys_both_run(void **state)
{
    struct act first = world_form(&world, world.owner, 1, "/x"), second = world_form(&world, world.owner, 2, "/x");
    struct job once = { .act = &first }, twice = { .act = &second };

    (void)state;
    assert_null(act_run(&first, job_work, &once));
    assert_null(act_run(&second, job_work, &twice));
    assert_int_equal(twice.runs, 1);
    assert_false(second.is_replay);
}

static void without_a_key_nothing_is_recorded(void **state)
{
    struct act act = world_act(&world, world.owner);
    struct job job = { .act = &act };

    (void)state;
    assert_null(act_run(&act, job_work, &job));
    assert_true(act.is_done);
    assert_null(act.location);
    assert_int_equal(world_count(&world, "form_key", "1 = 1"), 0);
}

/* --- act_log ---------------------------------------------------------------------------------------------------------- */

static const struct err *log_work(struct db *connection, void *arg)
{
    struct act *act = arg;
    struct operation_row row = {
        .operation = OP_SIGN_IN_FAILED, .account_id = 77, .user_id = 78, .user_name = "given", .initiated_by = SIDE_CUSTOMER,
        .result = "FAILED"
    };

    (void)connection;
    return act_log(act, &row);
}

static void actors_fields_are_filled_in(void **state)
{
    struct act act = world_act(&world, world.admin);

    (void)state;
    assert_null(act_run(&act, log_work, &act));
    assert_int_equal(world_count(&world, "operation_log", "chain_id = 0 AND seq = 1 AND account_id = %lld AND user_id = %lld AND "
                                 "user_name = 'Ada Admin' AND initiated_by = 'PARTNER' AND ip = '192.0.2.7' AND http_id = 'test'",
                                 (long long)world.partner, (long long)world.admin->user_id), 1);
}

static void system_acts_as_nobody(void **state)
{
    struct act act = world_act(&world, act_system);

    (void)state;
    assert_int_equal(act_side(&act), SIDE_SYSTEM);
    assert_false(act_is_own(&act, 0));
    assert_null(act_run(&act, log_work, &act));
    assert_int_equal(world_count(&world, "operation_log", "initiated_by = 'SYSTEM' AND user_id IS NULL AND user_name = ''"), 1);
}

static void visitors_rows_stay_as_given(void **state)
{
    const struct actor visitor = { .role = ROLE_ANONYMOUS, .user_name = "" };
    struct act act = world_act(&world, &visitor);

    (void)state;
    assert_null(act_run(&act, log_work, &act));
    assert_int_equal(world_count(&world, "operation_log", "account_id = 77 AND user_id = 78 AND user_name = 'given'"), 1);
}

/* --- act_notify ------------------------------------------------------------------------------------------------------- */

struct note { struct act *act; enum notice_kind kind; const char *event; };

static const struct err *notify_work(struct db *connection, void *arg)
{
    const struct note *note = arg;
    const struct notice_values values = { .customer = "Acme GmbH", .partner = "Nimbus Ltd", .request_no = "DR1" };

    (void)connection;
    return act_notify(note->act, world.customer, note->kind, &values, "/my-partner", 0, note->event);
}

static void tell(enum notice_kind kind, const char *event)
{
    struct act act = world_act(&world, world.admin);
    struct note note = { &act, kind, event };

    assert_null(act_run(&act, notify_work, &note));
}

static void notice_goes_to_inbox_and_email(void **state)
{
    (void)state;
    world_contact(&world, world.customer, CHANNEL_SMS, "+491701234567");
    tell(NOTICE_REQUEST_REJECTED, "E1");
    assert_int_equal(world_count(&world, "notification", "account_id = %lld AND link = '/my-partner'", (long long)world.customer), 1);
    assert_int_equal(world_count(&world, "delivery", "channel = 'EMAIL' AND notification_id IS NOT NULL AND state = 'QUEUED' AND "
                                 "give_up_at > next_at AND lang = 'en'"), 1);
    assert_int_equal(world_count(&world, "delivery", "channel = 'SMS'"), 0);
}

static void urgent_notice_goes_by_sms_as_well(void **state)
{
    (void)state;
    world_contact(&world, world.customer, CHANNEL_SMS, "+491701234567");
    tell(NOTICE_REQUEST_AGREED, "E1");
    assert_int_equal(world_count(&world, "delivery", "channel = 'SMS' AND address = '+491701234567'"), 1);
    assert_int_equal(world_count(&world, "delivery", "channel = 'EMAIL'"), 1);
}

static void nobody_is_told_twice(void **state)
{
    (void)state;
    tell(NOTICE_REQUEST_REJECTED, "E1");
    tell(NOTICE_REQUEST_REJECTED, "E1");
    assert_int_equal(world_count(&world, "notification", "1 = 1"), 1);
    assert_int_equal(world_count(&world, "account", "id = %lld AND notices = 1", (long long)world.customer), 1);
    assert_int_equal(world_count(&world, "delivery", "1 = 1"), 1);
    tell(NOTICE_REQUEST_REJECTED, "E2");
    assert_int_equal(world_count(&world, "notification", "1 = 1"), 2);
}

static void unverified_address_is_sent_nothing(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE contact SET verified_at = NULL");
    tell(NOTICE_REQUEST_AGREED, "E1");
    assert_int_equal(world_count(&world, "notification", "1 = 1"), 1);
    assert_int_equal(world_count(&world, "delivery", "1 = 1"), 0);
}

static void removed_address_is_sent_nothing(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE contact SET removed_at = NOW(6)");
    tell(NOTICE_REQUEST_AGREED, "E1");
    assert_int_equal(world_count(&world, "delivery", "1 = 1"), 0);
}

static void message_speaks_the_accounts_language(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE user SET lang = 'zh-Hans' WHERE id = %lld", (long long)world.owner->user_id);
    tell(NOTICE_REQUEST_REJECTED, "E1");
    assert_int_equal(world_count(&world, "delivery", "lang = 'zh-Hans'"), 1);
}

static void times_are_kept_as_instants(void **state)
{
    struct act act = world_act(&world, world.owner);

    (void)state;
    assert_string_equal(act_time(&act, world.now), "2026-06-15T12:00:00Z");
}

static void keys_differ_from_each_other(void **state)
{
    (void)state;
    assert_memory_not_equal(world.keys.code.bytes, world.keys.outbox.bytes, SECRET_KEY_BYTES);
    assert_memory_not_equal(world.keys.code.bytes, world.keys.token.bytes, SECRET_KEY_BYTES);
    assert_memory_not_equal(world.keys.outbox.bytes, world.keys.token.bytes, SECRET_KEY_BYTES);
}

/* --- while the session holds ------------------------------------------------------------------------------------------- */

static void signed_out(const char *what)
{
    struct act act = world_form(&world, world.admin, 1, "/x");
    struct job job = { .act = &act };
    const struct err *err = act_run(&act, job_work, &job);

    print_message("after %s\n", what);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_SIGNED_OUT);
    assert_false(act.is_done);
    assert_int_equal(job.runs, 0);
    assert_false(is_changed());
    assert_int_equal(world_count(&world, "form_key", "1 = 1"), 0);
}

static void ended_session_does_nothing_more(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE session SET ended_at = NOW(6) WHERE id = %lld", (long long)world.admin->session_id);
    signed_out("the session's end");
}

static void removed_user_does_nothing_more(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE user SET status = 'DISABLED' WHERE id = %lld", (long long)world.admin->user_id);
    signed_out("the removal");
    test_db_sql(db, "UPDATE user SET status = 'ACTIVE'");
}

static void user_with_another_role_does_nothing_more(void **state)
{
    (void)state;
    test_db_sql(db, "UPDATE user SET role = 'manager' WHERE id = %lld", (long long)world.admin->user_id);
    signed_out("the change of role");
    test_db_sql(db, "UPDATE user SET role = 'admin' WHERE id = %lld", (long long)world.admin->user_id);
}

static void who_has_no_session_is_not_asked_for_one(void **state)
{
    struct actor actor = *world.admin;
    struct act act = world_act(&world, &actor);
    struct job job = { .act = &act };

    (void)state;
    actor.session_id = 0;
    assert_null(act_run(&act, job_work, &job));
    assert_true(act.is_done);
}

static struct db *other;

static const struct err *removal_waits(struct db *connection, void *arg)
{
    static const struct db_statement users = { "try_user", "SELECT id FROM user WHERE id = ? LIMIT 1 FOR UPDATE NOWAIT", "i", "i" };
    static const struct db_statement sessions = { "try_session", "SELECT id FROM session WHERE id = ? LIMIT 1 FOR UPDATE NOWAIT", "i", "i" };
    int *waits = arg;
    struct db_rows *rows;

    (void)connection;
    *waits = (db_query(other, world.mem, &users, &rows, world.admin->user_id) != NULL) +
             (db_query(other, world.mem, &sessions, &rows, world.admin->session_id) != NULL);
    return NULL;
}

static void removal_waits_for_what_is_under_way(void **state)
{
    struct act act = world_act(&world, world.admin);
    int waits = 0;

    (void)state;
    other = test_db_again(world.mem);
    assert_null(act_run(&act, removal_waits, &waits));
    assert_int_equal(waits, 2);
    assert_null(removal_waits(NULL, &waits));
    assert_int_equal(waits, 0);
}

/* --- the log's room ----------------------------------------------------------------------------------------------------- */

static const struct err *log_long_work(struct db *connection, void *arg)
{
    (void)connection;
    return act_log(arg, &(struct operation_row){
        .operation = OP_USER_INVITED, .result = "DONE", .object = mem_text(world.mem, "%0260d", 0),
        .remark = text_fill(world.mem, "{a}{a}{a}{a}{a}{a}{a}", "a", mem_text(world.mem, "%0100d\u00e9", 0), NULL) });
}

static void long_texts_are_cut_to_the_room_there_is(void **state)
{
    struct act act = world_act(&world, world.admin);

    (void)state;
    assert_null(act_run(&act, log_long_work, &act));
    assert_int_equal(world_count(&world, "operation_log", "CHAR_LENGTH(object) = 254 AND CHAR_LENGTH(remark) = 600"), 1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(work_that_succeeds_is_committed), TEST(work_that_refuses_is_rolled_back), TEST(work_that_fails_is_rolled_back),
        TEST(work_runs_again_with_the_location_it_was_given), TEST(work_that_never_settles_is_a_conflict),
        TEST(used_form_does_not_run_its_work), TEST(forms_with_different_keys_both_run), TEST(without_a_key_nothing_is_recorded),
        TEST(actors_fields_are_filled_in), TEST(system_acts_as_nobody), TEST(visitors_rows_stay_as_given),
        TEST(notice_goes_to_inbox_and_email), TEST(urgent_notice_goes_by_sms_as_well), TEST(nobody_is_told_twice),
        TEST(unverified_address_is_sent_nothing), TEST(removed_address_is_sent_nothing), TEST(message_speaks_the_accounts_language),
        TEST(times_are_kept_as_instants), TEST(keys_differ_from_each_other), TEST(ended_session_does_nothing_more),
        TEST(removed_user_does_nothing_more), TEST(user_with_another_role_does_nothing_more),
        TEST(who_has_no_session_is_not_asked_for_one), TEST(removal_waits_for_what_is_under_way),
        TEST(long_texts_are_cut_to_the_room_there_is)
    };

    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
