/* Messages that really arrive: every text of every notice and code through a real mail server into a mailbox, and through a real
 * gateway to an SMSC, by the worker's own queues; then again while both are killed, slow, refusing and dropping.
 * tests/run.sh starts the servers. */
#include "sbin/outbox_world.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "domain/notice_sample.h"
#include "notify/channel.h"
#include "support/test_sms.h"

#define FROM "no-reply@partner.example.com"
enum { SMS_MAX = 400 };

static struct test_sms sms[SMS_MAX];

static const char *env(const char *name)
{
    const char *value = getenv(name);

    if (value == NULL)
        fail_msg("%s is not set: run this by tests/run.sh", name);
    return value;
}

/* --- the worker's channels --- */

static void use_channels(const char *mail_port, int64_t timeout_s)
{
    worker.email = channel_smtp(mem, &(struct smtp_settings){
        .url = mem_text(mem, "smtp://127.0.0.1:%s", mail_port), .from = FROM, .from_name = "mypartner", .host_name = "worker.test",
        .timeout_s = timeout_s });
    worker.sms = channel_sms_http(mem, &(struct sms_settings){
        .url = env("TEST_KANNEL_URL"), .user = "mypartner", .password = "secret", .from = "mypartner", .timeout_s = timeout_s });
}

static int begin_sending(void **state)
{
    (void)begin(state);
    test_db_config()->budget.sms_per_hour = 100000;
    test_db_config()->worker.poll_ms = 10;
    use_channels(env("TEST_SMTP_PORT"), 20);
    return 0;
}

/* --- what is queued --- */

static const char *run_id(void)
{
    static char id[40];
    static int runs;

    (void)snprintf(id, sizeof id, "d%ld-%d", (long)getpid(), ++runs);
    return id;
}

static void queue_one(const char *event_id, const struct notice_sample *sample, enum channel channel, const char *lang, size_t i)
{
    const bool is_secret = notice_info(sample->kind)->is_secret;
    char *json = notice_pack(mem, &sample->values);
    struct delivery_new delivery = {
        .event_id = event_id, .account_id = 1, .channel = channel, .lang = lang, .kind = sample->kind, .link = "", .at = now,
        .address = channel == CHANNEL_SMS ? mem_text(mem, "+6590%06zu", i) : "pat@acme.example", .give_up_at = now + CLOCK_HOUR,
    };

    if (is_secret)
        delivery.sealed = secret_seal(mem, &worker.outbox_key, event_id, json, strlen(json), &delivery.sealed_n);
    else
        delivery.details = json;
    assert_null(delivery_insert(db, &delivery));
}

/* Every text there is, in that many languages: by email, and by SMS where it has one. How many each. */
static void queue_all(const char *run, size_t languages, int *mails, int *texts)
{
    *mails = *texts = 0;
    for (size_t k = 0; k < languages; k++)
        for (size_t i = 0; i < notice_samples(); i++) {
            const struct notice_sample sample = notice_sample(i);

            queue_one(mem_text(mem, "%s-%zu-%zu-EMAIL", run, k, i), &sample, CHANNEL_EMAIL, langs[k].tag, i);
            ++*mails;
            if (!sample.has_sms)
                continue;
            queue_one(mem_text(mem, "%s-%zu-%zu-SMS", run, k, i), &sample, CHANNEL_SMS, langs[k].tag, 1000 * k + i);
            ++*texts;
        }
}

/* What the worker would say, for comparing. */
static const char *sms_text_of(size_t i, size_t k)
{
    const struct notice_sample sample = notice_sample(i);
    const struct config *config = test_db_config();
    const struct notice_mail_frame frame = {
        .lang = &langs[k], .zone = config->site.zone, .site = config->site.name, .support = config->site.support,
        .public_url = config->web.public_url, .link = "" };

    return notice_view_sms(mem, sample.kind, &sample.values, &frame);
}

/* --- what arrived --- */

/* How many different mails of a run are in the Maildir, by Message-ID; *most: how often the one is that is there most often. */
static int mails_arrived(const char *run, int *most)
{
    static int seen[2][400];
    char folder[300];
    int different = 0;
    DIR *dir;

    memset(seen, 0, sizeof seen);
    *most = 0;
    (void)snprintf(folder, sizeof folder, "%s/new", env("TEST_SMTP_MAILDIR"));
    dir = opendir(folder);
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        static char text[20000];
        char path[700], *id;
        size_t k, i;
        FILE *file;

        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        file = entry->d_name[0] == '.' ? NULL : fopen(path, "re");
        if (file == NULL)
            continue;
        text[fread(text, 1, sizeof text - 1, file)] = '\0';
        (void)fclose(file);
        id = strstr(text, mem_text(mem, "\nMessage-ID:\n <%s-", run));
        if (id == NULL)
            continue;
        id += strlen("\nMessage-ID:\n <-") + strlen(run);
        assert_int_equal(sscanf(id, "%zu-%zu-EMAIL@partner.example.com>", &k, &i), 2);
        assert_true(k < 2 && i < 400);
        different += seen[k][i]++ == 0;
        if (seen[k][i] > *most)
            *most = seen[k][i];
    }
    if (dir != NULL)
        (void)closedir(dir);
    return different;
}

/* The same of the SMSC: texts that came after the first `skip` messages there. */
static int texts_arrived(size_t skip, int *most)
{
    size_t n = test_sms_read(env("TEST_KANNEL_SMSC"), sms, SMS_MAX);
    int different = 0;

    *most = 0;
    for (size_t k = 0; k < langs_n; k++)
        for (size_t i = 0; i < notice_samples(); i++) {
            const char *to = mem_text(mem, "+6590%06zu", 1000 * k + i), *text = NULL;
            int seen = 0;

            for (size_t m = skip; m < n; m++) {
                if (strcmp(sms[m].to, to) != 0)
                    continue;
                text = text != NULL ? text : sms_text_of(i, k);
                seen += strcmp(sms[m].text, text) == 0;
            }
            different += seen > 0;
            if (seen > *most)
                *most = seen;
        }
    return different;
}

/* Both accept first and deliver then. A minute is not what is tested, it only ends a hopeless wait. */
static void wait_for(const char *run, size_t skip, int mails, int texts, int *mail_most, int *text_most)
{
    int mails_there = 0, texts_there = 0;

    for (int i = 0; i < 600; i++) {
        mails_there = mails_arrived(run, mail_most);
        texts_there = texts_arrived(skip, text_most);
        if (mails_there == mails && texts_there == texts)
            return;
        (void)usleep(100000);
    }
    fail_msg("%d of %d mails and %d of %d texts arrived", mails_there, mails, texts_there, texts);
}

static size_t texts_so_far(void) { return test_sms_read(env("TEST_KANNEL_SMSC"), sms, SMS_MAX); }

static void every_message_arrives_exactly_once(void **state)
{
    const char *run = run_id();
    const size_t skip = texts_so_far();
    int mails, texts, mail_most, text_most;

    (void)state;
    queue_all(run, langs_n, &mails, &texts);
    assert_true(mails > 100 && texts > 40);
    while (deliver())
        ;
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM delivery WHERE state = 'SENT' AND sealed IS NULL"), mails + texts);
    wait_for(run, skip, mails, texts, &mail_most, &text_most);
    assert_int_equal(mail_most, 1);
    assert_int_equal(text_most, 1);
}

/* --- a bad day --- */

/* In front of the mail server: every connection fares another way. */
enum fate { FATE_WELL, FATE_DROP_AFTER_DATA, FATE_REFUSE, FATE_SILENT, FATE_BUSY };

static int connect_to(int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

/* True: it was all of it. */
static bool pass(int from, int to)
{
    char bytes[16384];
    ssize_t n = read(from, bytes, sizeof bytes);

    return n > 0 && write(to, bytes, (size_t)n) == n;
}

/* The text's end went to the server; its answer is read and kept back. */
static bool has_ended_text(const char *bytes, ssize_t n) { return n >= 5 && memcmp(bytes + n - 5, "\r\n.\r\n", 5) == 0; }

static void serve(int client, enum fate fate, int port)
{
    struct pollfd fds[2] = { { .fd = client, .events = POLLIN }, { .fd = -1, .events = POLLIN } };
    char bytes[16384];

    if (fate == FATE_REFUSE)
        return;
    if (fate == FATE_BUSY) {
        static const char busy[] = "421 4.3.2 come back later\r\n";

        (void)!write(client, busy, sizeof busy - 1);
        return;
    }
    if (fate == FATE_SILENT) {
        (void)poll(fds, 1, 20000);
        while (read(client, bytes, sizeof bytes) > 0)
            ;
        return;
    }
    fds[1].fd = connect_to(port);
    while (fds[1].fd >= 0 && poll(fds, 2, 20000) > 0) {
        ssize_t n;

        if ((fds[1].revents & (POLLIN | POLLHUP)) != 0 && !pass(fds[1].fd, client))
            break;
        if ((fds[0].revents & (POLLIN | POLLHUP)) == 0)
            continue;
        n = read(client, bytes, sizeof bytes);
        if (n <= 0 || write(fds[1].fd, bytes, (size_t)n) != n)
            break;
        if (fate == FATE_DROP_AFTER_DATA && has_ended_text(bytes, n)) {
            (void)!read(fds[1].fd, bytes, sizeof bytes);   /* "250 OK", which nobody hears of */
            break;
        }
    }
    if (fds[1].fd >= 0)
        (void)close(fds[1].fd);
}

static pid_t start_proxy(int *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof address;
    int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), to = atoi(env("TEST_SMTP_PORT"));
    pid_t pid;

    assert_int_equal(bind(listening, (struct sockaddr *)&address, n), 0);
    assert_int_equal(listen(listening, 20), 0);
    assert_int_equal(getsockname(listening, (struct sockaddr *)&address, &n), 0);
    *port = ntohs(address.sin_port);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)signal(SIGPIPE, SIG_IGN);
        (void)signal(SIGCHLD, SIG_IGN);
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (int count = 0;; count++) {
            static const enum fate fates[20] = { [1] = FATE_DROP_AFTER_DATA, [3] = FATE_REFUSE, [5] = FATE_BUSY,
                                                 [9] = FATE_DROP_AFTER_DATA };
            int client = accept(listening, NULL, NULL);

            /* Rarely a silent one, which costs a time-out. */
            if (fork() == 0) {
                serve(client, count % 50 == 7 ? FATE_SILENT : fates[count % 20], to);
                _exit(0);
            }
            (void)close(client);
        }
    }
    (void)close(listening);
    return pid;
}

static void box(const char *action, const char *name)
{
    assert_int_equal(system(mem_text(mem, "exec bash %s/tests/support/private_kannel.sh %s %s", TEST_SOURCE_ROOT, action, name)), 0);
}

static pid_t start_worker(int mail_port, int n)
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        worker.db = test_db_again(mem);
        worker.name = mem_text(mem, "w%d", n);
        use_channels(mem_text(mem, "%d", mail_port), 2);
        for (;;) {
            bool more = false;

            (void)worker_deliver(&worker, mem, clock_now(), &more);
            if (!more)
                (void)usleep(20000);
        }
    }
    return pid;
}

/* What it held is due again at once: the day has no time to wait for a lease. */
static void stop_worker(pid_t pid, int n)
{
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    test_db_sql(db, "UPDATE delivery SET lease_until = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND\n"
                    " WHERE state = 'SENDING' AND claimed_by = 'w%d'", n);
}

/* So is what was postponed. */
static void hurry(void) { test_db_sql(db, "UPDATE delivery SET next_at = created_at WHERE state = 'QUEUED'"); }

static bool all_sent(void) { return test_db_number(db, "SELECT COUNT(*) FROM delivery WHERE state <> 'SENT'") == 0; }

static void on_a_bad_day_every_message_arrives_at_least_once(void **state)
{
    const char *run = run_id();
    const size_t skip = texts_so_far();
    int mails, texts, mail_most, text_most, port, names[2] = { 0, 1 };
    pid_t proxy = start_proxy(&port), workers[2];

    (void)state;
    queue_all(run, 1, &mails, &texts);
    workers[0] = start_worker(port, 0);
    workers[1] = start_worker(port, 1);
    for (int round = 0; round < 1200 && !(round >= 2 && all_sent()); round++) {
        if (round < 2) {
            /* The gateway's door, and one of the workers. What is lost between the gateway and an SMSC that dies is the
             * gateway's: the fake one acknowledges nothing. */
            box("stop", "smsbox");
            (void)usleep(150000);
            stop_worker(workers[round % 2], names[round % 2]);
            box("start", "smsbox");
            names[round % 2] = 2 + round;
            workers[round % 2] = start_worker(port, names[round % 2]);
        }
        (void)usleep(50000);
        hurry();
    }
    stop_worker(workers[0], names[0]);
    stop_worker(workers[1], names[1]);
    assert_true(all_sent());
    wait_for(run, skip, mails, texts, &mail_most, &text_most);
    assert_int_equal(kill(proxy, SIGKILL), 0);
    assert_int_equal(waitpid(proxy, NULL, 0), proxy);
    /* Those whose acceptance nobody heard of came again, under the same Message-ID: that is how they were counted. */
    assert_true(mail_most > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_message_arrives_exactly_once, begin_sending, end),
        cmocka_unit_test_setup_teardown(on_a_bad_day_every_message_arrives_at_least_once, begin_sending, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
