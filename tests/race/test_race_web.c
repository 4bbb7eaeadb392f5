/* Many at once through the whole program: nginx, four web workers, two job workers, MariaDB. Each volley is of complete forms that
 * lack their last byte; the last bytes go out together. The naive variants, which must be seen to break, are those of the races
 * on the actions: tests/action/test_race*.c and test_code_race.c. RACE_ROUNDS sets how often. */
#include "action/code_world.h"

#include <dirent.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/rand.h"
#include "store/store_request.h"
#include "support/real_site.h"

#define SHOTS_MAX 60
#define WAIT_MAX_S 60      /* what takes longer hangs */

static struct real_site *site;
static struct shot shots[SHOTS_MAX];
static const char *owner_token, *admin_token;

static int rounds(void)
{
    const char *text = getenv("RACE_ROUNDS");

    return text == NULL ? 2 : atoi(text);
}

static void start_round(void)
{
    void *none = NULL;

    (void)begin(&none);
    world_log_beginnings(&world);
    real_site_clock_at(site, world.now + CLOCK_SECOND);
    owner_token = real_site_token(&world, world.owner);
    admin_token = real_site_token(&world, world.admin);
}

static void end_round(void)
{
    void *none = NULL;

    assert_int_equal(real_site_broken_invariants(&world), 0);
    (void)teardown(&none);
}

static void fire(size_t n) { real_site_volley(site, &world, shots, n, NULL); }

/* The job workers look for work every 50 ms: the answers go out at any moment of that, so that now these, now those are first. */
static void jobs_ahead(void)
{
    real_site_jobs_run(site, REAL_SITE_JOB_WORKERS);
    (void)usleep(1000 * rand_below(60));
}

/* Far enough from the time of the volley before that each job is due at once, not when its second is over. */
static void fire_with_jobs(size_t n)
{
    static int volleys;

    real_site_clock_at(site, world.now + (volleys++ % 2 == 0 ? 10 : 20) * CLOCK_SECOND);
    real_site_volley(site, &world, shots, n, jobs_ahead);
}

/* Every answer is one of these. */
static void only(size_t n, const char *statuses)
{
    for (size_t i = 0; i < n; i++)
        if (shots[i].status == 0 || strstr(statuses, mem_text(world.mem, "%d", shots[i].status)) == NULL)
            fail_msg("shot %zu was answered with %d:\n%.3000s", i, shots[i].status, shots[i].answer);
}

static size_t led_to(size_t n, const char *start)
{
    size_t found = 0;

    for (size_t i = 0; i < n; i++)
        found += shots[i].status == 303 && strncmp(shots[i].location, start, strlen(start)) == 0;
    return found;
}

/* Whoever was slower is told what became of it, and not sent back to begin anew. */
static void none_led_back(size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (shots[i].status == 303 && strstr(shots[i].location, "/disassociate/") != NULL &&
            strstr(shots[i].location, "/disassociate/submitted/") == NULL)
            fail_msg("shot %zu was led back to %s", i, shots[i].location);
}

static void all_led_to(size_t n, const char *start)
{
    for (size_t i = 0; i < n; i++)
        if (shots[i].status != 303 || strncmp(shots[i].location, start, strlen(start)) != 0)
            fail_msg("shot %zu was answered with %d and led to \"%s\", not to %s", i, shots[i].status, shots[i].location, start);
}

static const char *request_no(void)
{
    return world_request_no(&world, test_db_number(world.db, "SELECT MAX(id) FROM disassociation_request LIMIT 1"));
}

/* One text for all rounds: each text stays prepared. */
static int64_t customer_number(void)
{
    test_db_sql(world.db, "SET @customer = %lld", L(world.customer));
    return test_db_number(world.db, "SELECT CAST(SUBSTR(no, 3) AS SIGNED) FROM account WHERE id = @customer LIMIT 1");
}

/* --- forms ------------------------------------------------------------------------------------------------------------- */

#define REASON "&reason=PRICE&details=too+dear&rev=5"

static struct shot submit_by_owner(void)
{
    return real_site_form(site, &world, owner_token, "/disassociate/reason", "/disassociate/reason", REASON);
}

static struct shot submit_by_admin(void)
{
    return real_site_form(site, &world, admin_token, "/customers/{no}/disassociate/reason",
                          mem_text(world.mem, "/customers/C-%lld/disassociate/reason", L(customer_number())), REASON);
}

static struct shot answer_by_admin(const char *decision)
{
    return real_site_form(site, &world, admin_token, "/requests/{no}", mem_text(world.mem, "/requests/%s", request_no()),
                          mem_text(world.mem, "&decision=%s&understood=1&message=as+agreed&rev=5", decision));
}

static struct shot answer_by_owner(const char *decision)
{
    return real_site_form(site, &world, owner_token, "/process-request/{no}", mem_text(world.mem, "/process-request/%s", request_no()),
                          mem_text(world.mem, "&decision=%s&understood=1&message=as+agreed&rev=5", decision));
}

static struct shot withdraw_by_owner(void)
{
    return real_site_form(site, &world, owner_token, "/my-partner/withdraw/{no}",
                          mem_text(world.mem, "/my-partner/withdraw/%s", request_no()), "");
}

static struct shot withdraw_by_admin(void)
{
    return real_site_form(site, &world, admin_token, "/requests/{no}/withdraw",
                          mem_text(world.mem, "/requests/%s/withdraw", request_no()), "");
}

static struct shot freeze_by_admin(void)
{
    return real_site_form(site, &world, admin_token, "/customers/{no}/freeze",
                          mem_text(world.mem, "/customers/C-%lld/freeze", L(customer_number())), "&type=ACCOUNT&reason=unpaid");
}

/* Until the job workers have come so far that there is none of these left. */
static void wait_while_any(const char *table, const char *where)
{
    const time_t begun = time(NULL);

    while (world_count(&world, table, "%s", where) > 0) {
        if (time(NULL) - begun > WAIT_MAX_S)
            fail_msg("%s where %s: still there after %d s", table, where, WAIT_MAX_S);
        (void)usleep(20000);
    }
    real_site_jobs_stand(site);
}

/* --- codes ------------------------------------------------------------------------------------------------------------- */

static size_t told(size_t n, const char *words)
{
    size_t found = 0;

    for (size_t i = 0; i < n; i++)
        found += strstr(shots[i].answer, words) != NULL;
    return found;
}

/* A try for each that was compared, at most five. What was compared is counted by the forms that were used up, by the log, and by
 * the pages that tell how the comparison ended: whoever used up the last try is told the same as whoever came after it. */
static void compared_are_counted(void)
{
    const int64_t tries = test_db_number(world.db, "SELECT tries FROM verification_code LIMIT 1");
    const int64_t right = world_count(&world, "operation_log", "operation = 'CODE_PROVEN'");

    assert_in_range(tries, 1, 5);
    assert_in_range(world_count(&world, "form_key", "1 = 1"), 1, tries);
    assert_in_range(world_count(&world, "operation_log", "operation = 'CODE_FAILED'"), 1 - right, tries - right);
    assert_in_range(told(50, "The code is not correct"), 0, tries - right);
}

/* Whether this form was used up, and led on. */
static int64_t has_led_on(const struct shot *shot)
{
    const char *once = strstr(shot->bytes, "&once=");

    assert_non_null(once);
    return world_count(&world, "form_key", "location <> '' AND "
                       "digest = UNHEX(SHA2(CONCAT(SHA2('%.*s', 256), ' /disassociate/verify'), 256))", (int)strcspn(once + 6, "&"), once + 6);
}

static void fifty_guesses_at_once_compare_five(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        start_round();
        sent();
        for (size_t i = 0; i < 50; i++)
            shots[i] = real_site_form(site, &world, owner_token, "/disassociate/verify", "/disassociate/verify",
                                      mem_text(world.mem, "&code=%s", wrong()));
        fire(50);
        only(50, "200 303 400 409 429 503");
        assert_int_equal(led_to(50, "/disassociate/reason"), 0);
        assert_int_equal(world_count(&world, "verification_code", "tries = 5 AND state NOT IN ('LIVE', 'PROVEN', 'USED')"), 1);
        compared_are_counted();
        assert_int_equal(prove(right()), CODE_EXHAUSTED);
        end_round();
    }
}

static void right_guess_among_fifty_lets_through_at_most_once_after_five(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        const size_t at = rand_below(8);   /* late enough to come too late, or not */

        start_round();
        sent();
        for (size_t i = 0; i < 50; i++)
            shots[i] = real_site_form(site, &world, owner_token, "/disassociate/verify", "/disassociate/verify",
                                      mem_text(world.mem, "&code=%s", i == at ? right() : wrong()));
        fire(50);
        only(50, "200 303 400 409 429 503");
        compared_are_counted();
        const int64_t proven = world_count(&world, "verification_code", "state = 'PROVEN'");
        assert_in_range(proven, 0, 1);
        assert_int_equal(world_count(&world, "operation_log", "operation = 'CODE_PROVEN'"), proven);
        /* Only the form with the right digits leads on; those that come after it find the step done and are led on too. */
        assert_int_equal(world_count(&world, "form_key", "location <> ''"), proven);
        assert_int_equal(has_led_on(&shots[at]), proven);
        if (proven == 1) {
            assert_true(shots[at].status == 303 && strcmp(shots[at].location, "/disassociate/reason") == 0);
        } else {
            assert_int_equal(led_to(50, "/disassociate/reason"), 0);
            assert_int_equal(world_count(&world, "verification_code", "tries = 5 AND state NOT IN ('LIVE', 'USED')"), 1);
        }
        end_round();
    }
}

/* --- sending a request ------------------------------------------------------------------------------------------------- */

static void twenty_times_the_same_form_is_one_request_and_one_answer(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        start_round();
        (void)world_ready_to_submit(&world, world.owner);
        shots[0] = submit_by_owner();
        for (size_t i = 1; i < 20; i++)
            shots[i] = shots[0];
        fire(20);
        only(20, "303");
        all_led_to(20, mem_text(world.mem, "/disassociate/submitted/%s", request_no()));
        assert_int_equal(world_count(&world, "disassociation_request", "1 = 1"), 1);
        assert_int_equal(world_count(&world, "quota_slot", "request_id IS NOT NULL"), 1);
        end_round();
    }
}

/* One association has one open request, so three legal ones follow each other: each wave is of forty different forms, and what
 * one of them opened is withdrawn before the next wave. From the third on the last slot of the quota is what they race for. */
static void forty_submits_at_quota_three_count_three(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        start_round();
        for (int wave = 1; wave <= 5; wave++) {
            test_db_sql(world.db, "DELETE FROM wizard");
            (void)world_ready_to_submit(&world, world.owner);
            for (size_t i = 0; i < 40; i++)
                shots[i] = submit_by_owner();
            fire(40);
            only(40, "303 409 503");
            assert_int_equal(led_to(40, "/disassociate/submitted/"), wave <= 3 ? 1 : 0);
            assert_int_equal(world_count(&world, "disassociation_request", "1 = 1"), wave <= 3 ? wave : 3);
            assert_int_equal(world_count(&world, "quota_slot", "request_id IS NOT NULL"), wave <= 3 ? wave : 3);
            if (wave > 3) {
                test_db_sql(world.db, "UPDATE verification_code SET state = 'SUPERSEDED' WHERE state = 'PROVEN'");
                continue;
            }
            shots[0] = withdraw_by_owner();
            shots[1] = withdraw_by_owner();
            fire(2);
            assert_int_equal(shots_with(shots, 2, 303), 1);
        }
        end_round();
    }
}

static void both_sides_at_once_are_one_request(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        start_round();
        (void)world_ready_to_submit(&world, world.owner);
        (void)world_ready_to_submit(&world, world.admin);
        for (size_t i = 0; i < 20; i++)
            shots[i] = i % 2 == 0 ? submit_by_owner() : submit_by_admin();
        fire(20);
        only(20, "303 409 503");
        const char *no = request_no();
        assert_int_equal(led_to(20, mem_text(world.mem, "/disassociate/submitted/%s", no)) +
                         led_to(20, mem_text(world.mem, "/requests/%s/sent", no)), 1);
        assert_int_equal(world_count(&world, "disassociation_request", "1 = 1"), 1);
        assert_int_equal(world_count(&world, "quota_slot", "request_id IS NOT NULL"), 1);
        none_led_back(20);
        end_round();
    }
}

/* --- ending one -------------------------------------------------------------------------------------------------------- */

/* Due for the job workers, which stand still so far. */
static void make_due(void)
{
    test_db_sql(world.db, "UPDATE disassociation_request SET deadline_at = TIMESTAMPADD(MICROSECOND, %lld, '1970-01-01')",
                L(world.now + 2 * CLOCK_SECOND));
}

static void wait_for_deadline(void)
{
    wait_while_any("disassociation_request", "state = 'PENDING' AND escalated_at IS NULL");
}

/* Twelve different forms tried to end it while its deadline passed: it has ended once, and whoever did it was told so. Whoever
 * chose otherwise in another tab meanwhile may be led to the request's own page. */
static void has_one_end(const char *answered, const char *withdrawn, const char *ends)
{
    const int64_t expired = world_count(&world, "disassociation_request", "state = 'EXPIRED'");

    assert_int_equal(world_count(&world, "operation_log", "is_transition = 1 AND from_state = 'PENDING' AND to_state <> 'PENDING'"), 1);
    assert_int_equal(world_count(&world, "disassociation_request", "state IN (%s)", ends), 1);
    assert_int_equal(led_to(12, answered) + led_to(12, withdrawn) + (size_t)expired, 1);
}

static void customers_request_agree_reject_withdraw_and_deadline_make_one_end(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        start_round();
        const int64_t id = world_request(&world, world.owner);
        (void)world_ready_to_answer(&world, world.admin, id, REQUEST_AGREE, "");
        make_due();
        for (size_t i = 0; i < 12; i++)
            shots[i] = i % 3 == 0 ? answer_by_admin("AGREE") : i % 3 == 1 ? answer_by_admin("REJECT") : withdraw_by_owner();
        fire_with_jobs(12);
        only(12, "303 404 409 503");
        wait_for_deadline();
        /* Escalated or not, whoever asked may still withdraw: so it does not stay open. */
        has_one_end(mem_text(world.mem, "/requests/%s/done", request_no()), "/my-partner", "'COMPLETED', 'REJECTED', 'WITHDRAWN'");
        assert_in_range(world_count(&world, "operation_log", "operation = 'REQUEST_ESCALATED'"), 0, 1);
        end_round();
    }
}

static void partners_request_agree_withdraw_and_deadline_make_one_end(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        start_round();
        const int64_t id = world_request(&world, world.admin);
        (void)world_ready_to_answer(&world, world.owner, id, REQUEST_AGREE, "");
        make_due();
        for (size_t i = 0; i < 12; i++)
            shots[i] = i % 2 == 0 ? answer_by_owner("AGREE") : withdraw_by_admin();
        fire_with_jobs(12);
        only(12, "303 404 409 503");
        wait_for_deadline();
        has_one_end(mem_text(world.mem, "/process-request/%s/done", request_no()), mem_text(world.mem, "/requests/%s", request_no()),
                    "'COMPLETED', 'WITHDRAWN', 'EXPIRED'");
        assert_int_equal(world_count(&world, "disassociation_request", "version = 2"), 1);
        end_round();
    }
}

/* --- frozen meanwhile -------------------------------------------------------------------------------------------------- */

static void freeze_and_agree_at_once_nobody_leaves_frozen(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        start_round();
        const int64_t id = world_request(&world, world.owner);
        (void)world_ready_to_answer(&world, world.admin, id, REQUEST_AGREE, "");
        for (size_t i = 0; i < 8; i++)
            shots[i] = (i + (size_t)round) % 2 == 0 ? answer_by_admin("AGREE") : freeze_by_admin();
        fire(8);
        only(8, "303 404 409 503");
        /* Whoever is frozen stays, and whoever left is no longer the partner's to freeze: had both happened, leaving would have
         * lifted the freeze, so lifted ones count too. */
        const int64_t freezes = world_count(&world, "freeze", "1 = 1");
        const int64_t left = world_count(&world, "disassociation_request", "state = 'COMPLETED'");
        assert_int_equal(freezes + left, 1);
        assert_int_equal(world_count(&world, "freeze", "lifted_at IS NULL"), freezes);
        assert_int_equal(world_count(&world, "association", "status = 'ENDED'"), left);
        assert_int_equal(world_count(&world, "operation_log", "operation = 'FROZEN'"), freezes);
        assert_int_equal(world_count(&world, "operation_log", "operation = 'REQUEST_AGREED'"), left);
        assert_int_equal(world_count(&world, "operation_log", "operation = 'UNFROZEN'"), 0);
        assert_int_equal(led_to(8, mem_text(world.mem, "/requests/%s/done", request_no())), left);
        assert_int_equal(shots_with(shots, 8, 404), 0);
        end_round();
    }
}

static void freeze_and_submit_at_once_nothing_is_sent_after_the_freeze(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        start_round();
        (void)world_ready_to_submit(&world, world.owner);
        for (size_t i = 0; i < 8; i++)
            shots[i] = (i + (size_t)round) % 2 == 0 ? submit_by_owner() : freeze_by_admin();
        fire(8);
        only(8, "303 409 503");
        assert_int_equal(world_count(&world, "freeze", "lifted_at IS NULL"), 1);
        /* The chain of the log is in the order of the commits. */
        assert_int_equal(world_count(&world, "operation_log s JOIN operation_log f ON f.chain_id = s.chain_id AND f.seq < s.seq",
                                     "s.operation = 'REQUEST_SUBMITTED' AND f.operation = 'FROZEN'"), 0);
        end_round();
    }
}

/* --- one outbox, two workers --------------------------------------------------------------------------------------------- */

static int64_t files(void)
{
    DIR *folder = opendir(mem_text(world.mem, "%s/messages", site->folder));
    int64_t n = 0;

    assert_non_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
        n += entry->d_name[0] != '.';
    (void)closedir(folder);
    return n;
}

static void two_workers_on_one_outbox_send_each_message_once(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        start_round();
        const int64_t before = files();
        (void)world_request(&world, world.owner);
        for (int i = 0; i < 5; i++)
            test_db_sql(world.db, "INSERT INTO delivery (event_id, account_id, channel, address, lang, kind, details, link, next_at, "
                        "created_at, give_up_at) SELECT CONCAT('copy-', %d, '-', id), account_id, channel, address, lang, kind, "
                        "details, link, next_at, created_at, give_up_at FROM delivery", i);
        const int64_t n = world_count(&world, "delivery", "state = 'QUEUED'");
        assert_true(n >= 64);
        fire_with_jobs(0);
        wait_while_any("delivery", "state IN ('QUEUED', 'SENDING')");
        assert_int_equal(world_count(&world, "delivery", "state = 'SENT' AND tries = 1"), n);
        assert_int_equal(files() - before, n);
        test_db_sql(world.db, "DELETE FROM delivery WHERE event_id LIKE 'copy-%%'");
        end_round();
    }
}

static int start(void **state)
{
    struct db *first = test_db_open(NULL);   /* makes the database that the programs start with */

    (void)state;
    talloc_free(first);
    site = real_site_start();
    return 0;
}

int main(void)
{
    if (getenv("RACE_ONLY") != NULL)
        cmocka_set_test_filter(getenv("RACE_ONLY"));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fifty_guesses_at_once_compare_five),
        cmocka_unit_test(right_guess_among_fifty_lets_through_at_most_once_after_five),
        cmocka_unit_test(twenty_times_the_same_form_is_one_request_and_one_answer),
        cmocka_unit_test(forty_submits_at_quota_three_count_three),
        cmocka_unit_test(both_sides_at_once_are_one_request),
        cmocka_unit_test(customers_request_agree_reject_withdraw_and_deadline_make_one_end),
        cmocka_unit_test(partners_request_agree_withdraw_and_deadline_make_one_end),
        cmocka_unit_test(freeze_and_agree_at_once_nobody_leaves_frozen),
        cmocka_unit_test(freeze_and_submit_at_once_nothing_is_sent_after_the_freeze),
        cmocka_unit_test(two_workers_on_one_outbox_send_each_message_once),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
