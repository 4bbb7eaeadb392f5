/* The outbox as queues: who goes first, who waits for nobody, and what a killed worker leaves behind. */
#include "sbin/outbox_world.h"

#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fault.h"

/* --- queues --- */

static void queue_notices(int n)
{
    test_db_sql(db, "INSERT INTO delivery (event_id, account_id, channel, address, lang, kind, details, link, next_at, created_at, give_up_at)\n"
                    "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99)\n"
                    "SELECT CONCAT('n', 100 * a.i + b.i + 1), 1, 'EMAIL', 'a@x.test', 'en', 'REQUEST_REJECTED', '%s', '', UTC_TIMESTAMP(6) - INTERVAL 1 HOUR,\n"
                    "       UTC_TIMESTAMP(6) - INTERVAL 1 HOUR, UTC_TIMESTAMP(6) + INTERVAL 1 DAY\n"
                    "  FROM n a JOIN n b WHERE 100 * a.i + b.i < %d", VALUES, n);
}

static void a_code_goes_before_ten_thousand_notices(void **state)
{
    int64_t code;

    (void)state;
    queue_notices(10000);
    code = queue_code("code-1", "code-1", CHANNEL_EMAIL);
    fake.stops_worker = true;    /* after the first message */
    (void)deliver();
    assert_int_equal(fake.sent, 1);
    is_now(code, "SENT");
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM delivery WHERE state = 'QUEUED'"), 10000);
}

static int64_t between;          /* the code that is queued while a notice is sent */

static void send_and_queue_a_code(struct notify_channel *channel, const struct message *message, struct channel_result *result)
{
    fake_send(channel, message, result);
    if (fake.sent == 3)
        between = queue_code("code-2", "code-2", CHANNEL_SMS);
    if (fake.sent == 4)
        is_stopping = 1;
}

static void a_code_queued_while_notices_go_out_goes_next(void **state)
{
    (void)state;
    queue_notices(10);
    fake.channel.send = send_and_queue_a_code;
    (void)deliver();
    is_now(between, "SENT");
    assert_non_null(strstr(fake.text, "482913"));
    assert_int_equal(fake.sent, 4);
}

struct part { const char *claim; enum worker_part part; const char *sent; };
static const struct part parts[] = {
    { "the_part_for_urgent_mail_takes_nothing_else", WORKER_URGENT_EMAIL, "code-mail" },
    { "the_part_for_urgent_texts_takes_nothing_else", WORKER_URGENT_SMS, "code-sms" },
    { "the_part_for_mail_takes_nothing_else", WORKER_EMAIL, "notice" },
    { "the_part_for_texts_takes_nothing_else", WORKER_SMS, "text" },
    { "the_part_for_jobs_sends_nothing", WORKER_JOBS, "" },
};

static void part_takes_its_own(void **state)
{
    const struct part *row = *state;

    (void)begin(NULL);
    (void)queue("notice", now, now + CLOCK_DAY);
    (void)queue("text", now, now + CLOCK_DAY);
    test_db_sql(db, "UPDATE delivery SET channel = 'SMS', address = '+6591000001', kind = 'REQUEST_AGREED' WHERE event_id = 'text'");
    (void)queue_code("code-mail", "code-mail", CHANNEL_EMAIL);
    (void)queue_code("code-sms", "code-sms", CHANNEL_SMS);
    worker.part = row->part;
    worker_run(&worker, 2);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM delivery WHERE state = 'SENT' AND event_id = '%s'", row->sent),
                     row->sent[0] != '\0');
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM delivery WHERE state = 'QUEUED'"), row->sent[0] != '\0' ? 3 : 4);
    (void)end(NULL);
}

/* --- codes that nobody wants any more --- */

static void a_superseded_code_is_not_sent(void **state)
{
    int64_t code = queue_code("code-1", "code-1", CHANNEL_SMS);

    (void)state;
    test_db_sql(db, "INSERT INTO verification_code (id, account_id, user_id, session_id, purpose, target_id, contact_id, channel, destination, mac,\n"
                    "                               state, sent_at, expires_at)\n"
                    "VALUES (5, 1, 11, 1, 'SUBMIT', 1, 1, 'SMS', '+6591000001', REPEAT('x', 32), 'SUPERSEDED', UTC_TIMESTAMP(6),\n"
                    "        UTC_TIMESTAMP(6) + INTERVAL 10 MINUTE)");
    (void)deliver();
    is_now(code, "DEAD");
    assert_int_equal(fake.sent, 0);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM delivery WHERE sealed IS NOT NULL"), 0);
}

static void an_attempt_ends_with_the_codes_time(void **state)
{
    struct message message = { .until = now + 2 * CLOCK_SECOND };

    (void)state;
    assert_in_range(channel_time_left(&message, 20000), 1, 2000);
    assert_int_equal(channel_time_left(&message, 1), 1);
    message.until = now - 1;
    assert_int_equal(channel_time_left(&message, 20000), 0);
    message.until = 0;
    assert_int_equal(channel_time_left(&message, 20000), 20000);
}

/* --- what notices may use --- */

static void use_texts(int64_t n)
{
    test_db_sql(db, "INSERT INTO message_budget (scope, subject, since, used, allowed) VALUES ('TOTAL', 'SMS', UTC_TIMESTAMP(6), %lld, 1000)",
                (long long)n);
}

static int64_t queue_text(void)
{
    int64_t id = queue("text", now, now + CLOCK_DAY);

    test_db_sql(db, "UPDATE delivery SET channel = 'SMS', address = '+6591000001', kind = 'REQUEST_AGREED' WHERE id = %lld", (long long)id);
    return id;
}

static void notices_leave_a_fifth_of_the_hours_texts_to_codes(void **state)
{
    int64_t notice, code;

    (void)state;
    use_texts(test_db_config()->budget.sms_per_hour * 4 / 5);
    notice = queue_text();
    code = queue_code("code-1", "code-1", CHANNEL_SMS);
    (void)deliver();
    is_now(code, "SENT");
    is_now(notice, "QUEUED");
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM delivery WHERE next_at > UTC_TIMESTAMP(6) + INTERVAL 50 MINUTE"), 1);
}

static void a_notice_by_text_is_counted(void **state)
{
    int64_t notice;

    (void)state;
    use_texts(test_db_config()->budget.sms_per_hour * 4 / 5 - 1);
    notice = queue_text();
    (void)deliver();
    is_now(notice, "SENT");
    assert_int_equal(test_db_number(db, "SELECT used FROM message_budget"), test_db_config()->budget.sms_per_hour * 4 / 5);
}

/* --- a next hop that refuses us --- */

static int64_t told_of(const char *channel)
{
    return test_db_number(db, "SELECT COUNT(*) FROM notification WHERE kind = 'CHANNEL' AND details LIKE '%%\"%s\"%%'", channel);
}

static int64_t ops_mails(void) { return test_db_number(db, "SELECT COUNT(*) FROM delivery WHERE kind = 'CHANNEL'"); }

static void add_ops(void)
{
    test_db_sql(db, "INSERT INTO account (id, kind, no, name, created_at) VALUES (9, 'PLATFORM', 'PLATFORM', 'The platform', '2026-01-01');\n"
                    "INSERT INTO user (id, account_id, login, name, role, created_at) VALUES (91, 9, 'ops@x.test', 'O', 'ops', '2026-01-01')");
}

static void a_gateway_that_refuses_us_loses_nothing_and_ops_is_told_once(void **state)
{
    int64_t code = queue_code("code-1", "code-1", CHANNEL_SMS), other = queue_code("code-2", "code-2", CHANNEL_SMS);

    (void)state;
    add_ops();
    worker.part = WORKER_URGENT_SMS;
    answer(CHANNEL_DENIED, "the gateway refuses us with status 403");
    (void)deliver();
    is_now(code, "QUEUED");
    is_now(other, "QUEUED");
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM delivery WHERE is_denied = 1 AND sealed IS NOT NULL AND next_at > created_at"), 2);
    assert_int_equal(told_of("SMS"), 1);
    assert_int_equal(ops_mails(), 1);
    answer(CHANNEL_DELIVERED, "250 fine");
    test_db_sql(db, "UPDATE delivery SET next_at = created_at");
    (void)deliver();
    is_now(code, "SENT");
    is_now(other, "SENT");
}

static void that_email_is_refused_is_not_told_by_email(void **state)
{
    int64_t id = queue("e", now, now + CLOCK_HOUR);

    (void)state;
    add_ops();
    answer(CHANNEL_DENIED, "curl 67, Login denied; the server said: 535 5.7.8 no");
    (void)deliver();
    is_now(id, "QUEUED");
    assert_int_equal(told_of("EMAIL"), 1);
    assert_int_equal(ops_mails(), 0);
}

static void one_that_is_denied_for_all_its_time_is_dead(void **state)
{
    int64_t id = queue("e", now - CLOCK_HOUR, now + 200 * 1000);

    (void)state;
    answer(CHANNEL_DENIED, "the gateway refuses us with status 403");
    (void)deliver();
    (void)usleep(250000);
    (void)deliver();
    is_now(id, "DEAD");
}

/* --- a worker that is killed --- */

static int events_in(const char *folder, int wanted)
{
    DIR *dir = opendir(folder);
    char *seen = mem_array(mem, char, (size_t)wanted);
    int n = 0;

    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char path[400], text[4000] = "", *id;
        FILE *file;

        if (strncmp(entry->d_name, "..", 2) == 0 || strcmp(entry->d_name, ".") == 0)
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        file = fopen(path, "re");
        assert_non_null(file);
        text[fread(text, 1, sizeof text - 1, file)] = '\0';
        (void)fclose(file);
        (void)unlink(path);
        id = strstr(text, "Message-ID:\r\n <n");
        if (entry->d_name[0] == '.' || id == NULL)   /* a draft of one that was killed while writing */
            continue;
        id += strlen("Message-ID:\r\n <n");
        if (atoi(id) >= 1 && atoi(id) <= wanted && !seen[atoi(id) - 1]) {
            seen[atoi(id) - 1] = 1;
            n++;
        }
    }
    (void)closedir(dir);
    return n;
}

static char folder[] = "/tmp/mypartner-outbox-XXXXXX";

static void become(int which)
{
    worker.db = test_db_again(mem);
    worker.name = mem_text(mem, "w%d", which);
    worker.email = channel_file_email(mem, folder, "no-reply@x.test", "mypartner");
}

/* What a killed worker had begun is still being rolled back, and may meet this. */
static void expire_leases(void)
{
    const struct err *err;

    while ((err = db_run_text(db, "UPDATE delivery SET lease_until = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND WHERE state = 'SENDING';\n",
                              "leases")) != NULL)
        assert_int_equal(err->kind, ERR_BUSY);
}

static void all_arrive(int messages)
{
    expire_leases();
    worker.email = channel_file_email(mem, folder, "no-reply@x.test", "mypartner");
    while (deliver())
        ;
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM delivery WHERE state = 'SENT'"), messages);
    assert_int_equal(events_in(folder, messages), messages);
}

/* Killed in the middle of whatever it does, again and again; each time another takes over what it had claimed. */
static void killed_anywhere_a_worker_loses_nothing(void **state)
{
    enum { MESSAGES = 300 };
    unsigned seed = 20260615;

    (void)state;
    queue_notices(MESSAGES);
    for (int i = 0; i < 25; i++) {
        pid_t child = fork();

        assert_true(child >= 0);
        if (child == 0) {
            become(i);
            for (;;) {
                bool more = false;

                (void)worker_deliver(&worker, mem, clock_now(), &more);
            }
        }
        seed = seed * 1103515245 + 12345;
        (void)usleep(5000 + seed / 65536 % 25000);
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, NULL, 0), child);
        expire_leases();
    }
    all_arrive(MESSAGES);
}

#ifdef FAULT_POINTS
/* Killed before or after its n-th word with the database, for each n there is. */
static void killed_at_each_place_a_worker_loses_nothing(void **state)
{
    enum { MESSAGES = 3 };
    static const unsigned sides[] = { FAULT_BEFORE, FAULT_AFTER };

    (void)state;
    for (size_t side = 0; side < sizeof sides / sizeof sides[0]; side++) {
        int n = 1;

        for (int status = SIGKILL; WIFSIGNALED(status); n++) {
            pid_t child;

            test_db_sql(db, "DELETE FROM delivery");
            queue_notices(MESSAGES);
            child = fork();
            assert_true(child >= 0);
            if (child == 0) {
                const struct fault fault = { .sides = sides[side], .kinds = FAULT_READ | FAULT_WRITE | FAULT_COMMIT, .nth = n, .code = FAULT_DIE };
                bool more = false;

                become(n);
                fault_set(&fault);
                (void)worker_deliver(&worker, mem, clock_now(), &more);
                _exit(0);
            }
            assert_int_equal(waitpid(child, &status, 0), child);
            assert_true(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 0);
            all_arrive(MESSAGES);
        }
        assert_true(n > 3 * MESSAGES);
    }
}
#endif

int main(void)
{
    static struct rows rows;
    int failed;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_code_goes_before_ten_thousand_notices, begin, end),
        cmocka_unit_test_setup_teardown(a_code_queued_while_notices_go_out_goes_next, begin, end),
        cmocka_unit_test_setup_teardown(a_superseded_code_is_not_sent, begin, end),
        cmocka_unit_test_setup_teardown(an_attempt_ends_with_the_codes_time, begin, end),
        cmocka_unit_test_setup_teardown(notices_leave_a_fifth_of_the_hours_texts_to_codes, begin, end),
        cmocka_unit_test_setup_teardown(a_notice_by_text_is_counted, begin, end),
        cmocka_unit_test_setup_teardown(a_gateway_that_refuses_us_loses_nothing_and_ops_is_told_once, begin, end),
        cmocka_unit_test_setup_teardown(that_email_is_refused_is_not_told_by_email, begin, end),
        cmocka_unit_test_setup_teardown(one_that_is_denied_for_all_its_time_is_dead, begin, end),
#ifdef FAULT_POINTS
        cmocka_unit_test_setup_teardown(killed_at_each_place_a_worker_loses_nothing, begin, end),
#endif
        cmocka_unit_test_setup_teardown(killed_anywhere_a_worker_loses_nothing, begin, end)
    };

    memcpy(rows.tests, tests, sizeof tests);
    rows.n = sizeof tests / sizeof tests[0];
    ROWS_TABLE(&rows, part_takes_its_own, parts);
    if (mkdtemp(folder) == NULL)
        return 1;
    failed = ROWS_RUN(&rows);
    (void)rmdir(folder);
    return failed;
}
