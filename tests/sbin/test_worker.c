#include "sbin/outbox_world.h"

#include <dirent.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/test_sign_key.h"

/* --- delivering --- */

static void what_is_queued_is_sent_in_words(void **state)
{
    int64_t id = queue("e", now, now + CLOCK_HOUR);

    (void)state;
    (void)deliver();
    is_now(id, "SENT");
    assert_int_equal(fake.sent, 1);
    assert_string_equal(fake.to, "a@x.test");
    assert_string_equal(fake.subject, "Your partner rejected your request");
    assert_non_null(strstr(fake.text, "DR20260615-000001"));
    assert_non_null(strstr(fake.text, "/my-partner"));
}

static void what_was_sent_is_not_sent_again(void **state)
{
    (void)state;
    (void)queue("e", now, now + CLOCK_HOUR);
    (void)deliver();
    (void)deliver();
    assert_int_equal(fake.sent, 1);
}

static void what_is_not_due_waits(void **state)
{
    (void)state;
    (void)queue("e", now + CLOCK_HOUR, now + CLOCK_DAY);
    (void)deliver();
    assert_int_equal(fake.sent, 0);
}

static void a_code_is_unsealed_sent_and_wiped(void **state)
{
    int64_t id = queue_code("code-1", "code-1", CHANNEL_SMS);

    (void)state;
    (void)deliver();
    is_now(id, "SENT");
    assert_non_null(strstr(fake.text, "482913"));
    assert_string_equal(fake.to, "+6591000001");
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM delivery WHERE sealed IS NOT NULL"), 0);
}

static void a_code_sealed_for_another_message_is_not_sent(void **state)
{
    int64_t id = queue_code("code-1", "code-2", CHANNEL_EMAIL);

    (void)state;
    (void)deliver();
    is_now(id, "DEAD");
    assert_int_equal(fake.sent, 0);
}

static void malformed_values_are_given_up_and_not_in_the_way(void **state)
{
    int64_t bad = queue("bad", now - CLOCK_SECOND, now + CLOCK_HOUR), odd = queue("odd", now - 1, now + CLOCK_HOUR), good;

    (void)state;
    test_db_sql(db, "UPDATE delivery SET details = '[1]' WHERE id = %lld", (long long)bad);
    test_db_sql(db, "UPDATE delivery SET kind = 'FROM_THE_FUTURE' WHERE id = %lld", (long long)odd);
    good = queue("good", now, now + CLOCK_HOUR);
    (void)deliver();
    is_now(bad, "DEAD");
    is_now(odd, "DEAD");
    is_now(good, "SENT");
}

static void a_busy_server_is_tried_again_later(void **state)
{
    int64_t id = queue("e", now, now + CLOCK_DAY);

    (void)state;
    answer(CHANNEL_LATER, "451 later");
    (void)deliver();
    is_now(id, "QUEUED");
    (void)deliver();
    assert_int_equal(fake.sent, 1);
    assert_int_equal(test_db_number(db, "SELECT tries FROM delivery"), 1);
    assert_int_equal(test_db_number(db, "SELECT detail = '451 later' AND next_at > created_at + INTERVAL 3 SECOND\n"
                                        "AND next_at < created_at + INTERVAL 1 MINUTE FROM delivery"), 1);
    test_db_sql(db, "UPDATE delivery SET next_at = created_at");
    answer(CHANNEL_DELIVERED, "250 fine");
    (void)deliver();
    is_now(id, "SENT");
}

static void the_last_try_is_not_after_the_time_to_give_up(void **state)
{
    (void)state;
    (void)queue("e", now, now + CLOCK_SECOND);
    answer(CHANNEL_LATER, "451 later");
    (void)deliver();
    assert_int_equal(test_db_number(db, "SELECT next_at = give_up_at FROM delivery"), 1);
}

static void a_refused_message_is_dead(void **state)
{
    int64_t id = queue("e", now, now + CLOCK_DAY);

    (void)state;
    answer(CHANNEL_REFUSED, "550 no such user");
    (void)deliver();
    is_now(id, "DEAD");
    assert_int_equal(test_db_number(db, "SELECT detail = '550 no such user' FROM delivery"), 1);
}

static void what_is_past_its_time_is_given_up_unsent(void **state)
{
    int64_t id = queue("e", now - CLOCK_DAY, now - CLOCK_HOUR);

    (void)state;
    (void)deliver();
    is_now(id, "DEAD");
    assert_int_equal(fake.sent, 0);
}

static void a_channel_switched_off_keeps_notices_and_refuses_codes(void **state)
{
    int64_t notice = queue("e", now, now + CLOCK_DAY), code = queue_code("code-1", "code-1", CHANNEL_EMAIL);

    (void)state;
    test_db_config()->worker.checkpoints = "";
    test_db_config()->mail.transport = "off";
    worker.email = channel_off(mem);
    (void)deliver();
    is_now(notice, "QUEUED");
    is_now(code, "DEAD");
}

static void a_worker_told_to_stop_gives_back_what_it_has_not_begun(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        (void)queue(mem_text(mem, "e%d", i), now - 5 + i, now + CLOCK_DAY);
    fake.stops_worker = true;
    (void)deliver();
    assert_int_equal(fake.sent, 1);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM delivery WHERE state = 'QUEUED'"), 4);
}

static void more_than_a_batch_is_told(void **state)
{
    (void)state;
    for (int i = 0; i < 12; i++)
        (void)queue(mem_text(mem, "e%d", i), now, now + CLOCK_DAY);
    assert_true(deliver());
    assert_false(deliver());
    assert_int_equal(fake.sent, 12);
}

static int files_in(const char *folder)
{
    DIR *dir = opendir(folder);
    int n = 0;

    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        if (entry->d_name[0] != '.') {
            n++;
            (void)unlink(mem_text(mem, "%s/%s", folder, entry->d_name));
        }
    (void)closedir(dir);
    return n;
}

static void work_beside_another(const char *folder)
{
    worker.email = channel_file_email(mem, folder, "no-reply@x.test", "mypartner");
    for (int idle = 0; idle < 3;) {
        bool more = false;

        /* A deadlock between the two is an error that the job's loop would try again. */
        if (worker_deliver(&worker, mem, clock_now(), &more) == NULL && !more)
            idle++;
    }
}

static void two_workers_send_each_message_once(void **state)
{
    char folder[] = "/tmp/mypartner-worker-XXXXXX";
    int status = -1;
    pid_t child;

    (void)state;
    assert_non_null(mkdtemp(folder));
    for (int i = 0; i < 60; i++)
        (void)queue(mem_text(mem, "e%d", i), now, now + CLOCK_DAY);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        worker.db = test_db_again(mem);
        worker.name = "w2";
        work_beside_another(folder);
        _exit(0);
    }
    work_beside_another(folder);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM delivery WHERE state = 'SENT' AND tries = 1"), 60);
    assert_int_equal(files_in(folder), 60);
    assert_int_equal(rmdir(folder), 0);
}

struct wait { const char *claim; int64_t tries, least, most; };

static const struct wait waits[] = {
    { "the_first_wait_is_about_five_seconds", 1, 3750000, 6250000 },
    { "the_second_is_twice_as_long", 2, 7500000, 12500000 },
    { "the_fifth_is_about_eighty_seconds", 5, 60 * CLOCK_SECOND, 100 * CLOCK_SECOND },
    { "the_eleventh_is_about_an_hour", 11, 45 * CLOCK_MINUTE, 75 * CLOCK_MINUTE },
    { "no_wait_is_much_longer_than_an_hour", 1000000, 45 * CLOCK_MINUTE, 75 * CLOCK_MINUTE }
};

static void wait_is(void **state)
{
    const struct wait *row = *state;
    int64_t first = worker_back_off(row->tries);
    bool differ = false;

    for (int i = 0; i < 50; i++) {
        int64_t wait = worker_back_off(row->tries);

        assert_in_range(wait, row->least, row->most);
        differ |= wait != first;
    }
    assert_true(differ);
}

/* --- the other jobs --- */

static void old_rows_are_cleared_away_and_young_ones_stay(void **state)
{
    bool more = false;

    (void)state;
    test_db_sql(db, "INSERT INTO form_key (digest, user_id, route, at, location, http_id) VALUES\n"
                    " (REPEAT('a', 32), 0, '/x', UTC_TIMESTAMP(6) - INTERVAL 49 HOUR, '', 'a'),\n"
                    " (REPEAT('b', 32), 0, '/x', UTC_TIMESTAMP(6) - INTERVAL 47 HOUR, '', 'b')");
    test_db_sql(db, "INSERT INTO sign_in_address (ip, failures, failed_at, wait_until) VALUES\n"
                    " ('192.0.2.1', 3, UTC_TIMESTAMP(6) - INTERVAL 25 HOUR, NULL),\n"
                    " ('192.0.2.2', 3, UTC_TIMESTAMP(6) - INTERVAL 23 HOUR, NULL),\n"
                    " ('192.0.2.3', 3, UTC_TIMESTAMP(6) - INTERVAL 25 HOUR, UTC_TIMESTAMP(6) + INTERVAL 1 HOUR)");
    test_db_sql(db, "INSERT INTO session (token_hash, user_id, created_at, seen_at, expires_at, idle_s, step_up_at, ip, agent)\n"
                    "SELECT REPEAT(c, 32), 11, t, t, t + INTERVAL 12 HOUR, 1800, t, '', '' FROM (\n"
                    " SELECT 'a' AS c, UTC_TIMESTAMP(6) - INTERVAL 31 DAY AS t UNION ALL SELECT 'b', UTC_TIMESTAMP(6) - INTERVAL 29 DAY) s");
    assert_null(worker_purge(&worker, mem, clock_now(), &more));
    assert_false(more);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM form_key WHERE http_id = 'b'"), 1);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM form_key"), 1);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM sign_in_address WHERE ip IN ('192.0.2.2', '192.0.2.3')"), 2);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM sign_in_address"), 2);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM session"), 1);
}

static void a_portion_of_clearing_is_bounded_and_says_that_there_is_more(void **state)
{
    bool more = false;

    (void)state;
    test_db_sql(db, "INSERT INTO sign_in_address (ip, failures, failed_at)\n"
                    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 700)\n"
                    "SELECT CONCAT('x', i), 1, '2026-01-01' FROM n");
    assert_null(worker_purge(&worker, mem, clock_now(), &more));
    assert_true(more);
    more = false;
    assert_null(worker_purge(&worker, mem, clock_now(), &more));
    assert_false(more);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM sign_in_address"), 0);
}

static void heads_are_published_outside_the_database(void **state)
{
    char path[] = "/tmp/mypartner-checkpoint-XXXXXX";
    struct stat before, after;
    int fd = mkstemp(path);
    bool more = false;

    (void)state;
    assert_true(fd >= 0);
    (void)close(fd);
    test_db_sql(db, "UPDATE log_chain SET seq = 1, hash = REPEAT('x', 32) WHERE chain_id = 0");
    test_db_config()->worker.checkpoints = path;
    assert_non_null(worker_publish(&worker, mem, now, &more));   /* without a key nothing is published */
    assert_int_equal(stat(path, &before), 0);
    assert_int_equal(before.st_size, 0);
    test_db_config()->worker.checkpoint_key_file = mem_text(mem, "%s.pem", path);
    test_sign_key_write(test_db_config()->worker.checkpoint_key_file, TEST_SIGN_PRIVATE);
    assert_null(worker_publish(&worker, mem, now, &more));
    assert_int_equal(stat(path, &before), 0);
    assert_true(before.st_size > 0);
    assert_null(worker_publish(&worker, mem, now + CLOCK_MINUTE, &more));
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(after.st_size, before.st_size);
    (void)unlink(path);
    (void)unlink(test_db_config()->worker.checkpoint_key_file);
    test_db_config()->worker.checkpoint_key_file = "";
}

/* Somebody cuts off the end, deletes the file or puts an older one there: it is said, what was in it is published again, and the
 * database keeps the line that is missing. */
static void checkpoints_that_were_cut_off_are_missed(void **state)
{
    char path[] = "/tmp/mypartner-checkpoint-XXXXXX";
    const int fd = mkstemp(path);
    const struct err *err;
    struct stat whole, again;
    long long digest;
    bool more = false;

    (void)state;
    assert_true(fd >= 0);
    (void)close(fd);
    test_db_sql(db, "UPDATE log_chain SET seq = 1, hash = REPEAT('x', 32) WHERE chain_id = 0");
    test_db_config()->worker.checkpoints = path;
    test_db_config()->worker.checkpoint_key_file = mem_text(mem, "%s.pem", path);
    test_sign_key_write(test_db_config()->worker.checkpoint_key_file, TEST_SIGN_PRIVATE);
    assert_null(worker_publish(&worker, mem, now, &more));
    assert_int_equal(stat(path, &whole), 0);
    digest = test_db_number(db, "SELECT CRC32(digest) FROM checkpoint_end WHERE place LIKE '%%:%s'", path);
    assert_int_equal(unlink(path), 0);
    for (int i = 1; i <= 2; i++) {
        err = worker_publish(&worker, mem, now + i * CLOCK_MINUTE, &more);
        assert_non_null(err);
        assert_non_null(strstr(err->what, "is gone"));
        assert_int_equal(stat(path, &again), 0);
        assert_int_equal(again.st_size, whole.st_size);
    }
    assert_int_equal(test_db_number(db, "SELECT CRC32(digest) FROM checkpoint_end"), digest);
    (void)unlink(path);
    (void)unlink(test_db_config()->worker.checkpoint_key_file);
    test_db_config()->worker.checkpoint_key_file = "";
}

static void a_file_that_cannot_be_written_stops_no_mail(void **state)
{
    bool more = false;

    (void)state;
    test_db_config()->worker.checkpoints = "/nonexistent/checkpoints";
    assert_non_null(worker_publish(&worker, mem, now, &more));
    (void)queue("e", now, now + CLOCK_DAY);
    worker_run(&worker, 2);
    assert_int_equal(fake.sent, 1);
}

static void a_database_that_is_away_does_not_end_the_worker(void **state)
{
    struct config away = *test_db_config();

    (void)state;
    away.database.socket = "/nonexistent/db.sock";
    worker.db = db_new(mem, &away, "");
    worker_run(&worker, 3);
    worker.db = db;
    (void)queue("e", now, now + CLOCK_DAY);
    worker_run(&worker, 1);
    assert_int_equal(fake.sent, 1);
}

static void a_worker_told_to_stop_does_nothing_more(void **state)
{
    (void)state;
    (void)queue("e", now, now + CLOCK_DAY);
    is_stopping = 1;
    worker_run(&worker, 5);
    assert_int_equal(fake.sent, 0);
}

int main(void)
{
    static struct rows rows;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_queued_is_sent_in_words, begin, end),
        cmocka_unit_test_setup_teardown(what_was_sent_is_not_sent_again, begin, end),
        cmocka_unit_test_setup_teardown(what_is_not_due_waits, begin, end),
        cmocka_unit_test_setup_teardown(a_code_is_unsealed_sent_and_wiped, begin, end),
        cmocka_unit_test_setup_teardown(a_code_sealed_for_another_message_is_not_sent, begin, end),
        cmocka_unit_test_setup_teardown(malformed_values_are_given_up_and_not_in_the_way, begin, end),
        cmocka_unit_test_setup_teardown(a_busy_server_is_tried_again_later, begin, end),
        cmocka_unit_test_setup_teardown(the_last_try_is_not_after_the_time_to_give_up, begin, end),
        cmocka_unit_test_setup_teardown(a_refused_message_is_dead, begin, end),
        cmocka_unit_test_setup_teardown(what_is_past_its_time_is_given_up_unsent, begin, end),
        cmocka_unit_test_setup_teardown(a_channel_switched_off_keeps_notices_and_refuses_codes, begin, end),
        cmocka_unit_test_setup_teardown(a_worker_told_to_stop_gives_back_what_it_has_not_begun, begin, end),
        cmocka_unit_test_setup_teardown(more_than_a_batch_is_told, begin, end),
        cmocka_unit_test_setup_teardown(two_workers_send_each_message_once, begin, end),
        cmocka_unit_test_setup_teardown(old_rows_are_cleared_away_and_young_ones_stay, begin, end),
        cmocka_unit_test_setup_teardown(a_portion_of_clearing_is_bounded_and_says_that_there_is_more, begin, end),
        cmocka_unit_test_setup_teardown(heads_are_published_outside_the_database, begin, end),
        cmocka_unit_test_setup_teardown(checkpoints_that_were_cut_off_are_missed, begin, end),
        cmocka_unit_test_setup_teardown(a_file_that_cannot_be_written_stops_no_mail, begin, end),
        cmocka_unit_test_setup_teardown(a_database_that_is_away_does_not_end_the_worker, begin, end),
        cmocka_unit_test_setup_teardown(a_worker_told_to_stop_does_nothing_more, begin, end)
    };

    memcpy(rows.tests, tests, sizeof tests);
    rows.n = sizeof tests / sizeof tests[0];
    ROWS_TABLE(&rows, wait_is, waits);
    return ROWS_RUN(&rows);
}
