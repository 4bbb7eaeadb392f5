/* Messages that really arrive: every text of every notice and code through a real mail server into a mailbox, and through a real
 * gateway to an SMSC, by the worker's own queues; then again while both are killed, slow, refusing and dropping.
 * tests/run.sh starts the servers. */
#include "sbin/outbox_world.h"

#include <dirent.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "domain/notice_sample.h"
#include "notify/channel.h"
#include "support/faulty_proxy.h"
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

static void use_channels(int mail_port, int sms_port, int64_t timeout_s)
{
    worker.email = channel_smtp(mem, &(struct smtp_settings){
        .url = mem_text(mem, "smtp://127.0.0.1:%d", mail_port), .from = FROM, .from_name = "mypartner", .host_name = "worker.test",
        .timeout_s = timeout_s });
    worker.sms = channel_sms_http(mem, &(struct sms_settings){
        .url = mem_text(mem, "http://127.0.0.1:%d/cgi-bin/sendsms", sms_port), .user = "mypartner", .password = "secret",
        .from = "mypartner", .timeout_s = timeout_s });
}

static int mail_port(void) { return atoi(env("TEST_SMTP_PORT")); }
static int sms_port(void) { return atoi(strrchr(env("TEST_KANNEL_URL"), ':') + 1); }

static int begin_sending(void **state)
{
    (void)begin(state);
    test_db_config()->budget.sms_per_hour = 100000;
    test_db_config()->worker.poll_ms = 10;
    use_channels(mail_port(), sms_port(), 20);
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

/* --- workers, each a process --- */

enum { WORKERS = 4 };
static struct { pid_t pid; int name; } crew[WORKERS];
static int names;

static void start_worker(int which, int mail, int sms_gateway, int64_t timeout_s)
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    crew[which].pid = pid;
    crew[which].name = ++names;
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        worker.db = test_db_again(mem);
        worker.name = mem_text(mem, "w%d", names);
        use_channels(mail, sms_gateway, timeout_s);
        for (;;) {
            bool more = false;

            (void)worker_deliver(&worker, mem, clock_now(), &more);
            if (!more)
                (void)usleep(20000);
        }
    }
}

static void start_workers(int mail, int sms_gateway, int64_t timeout_s)
{
    for (int i = 0; i < WORKERS; i++)
        start_worker(i, mail, sms_gateway, timeout_s);
}

/* --- the day has no time to wait --- */

static const struct db_statement
    expire = { "expire", "UPDATE delivery SET lease_until = created_at WHERE state = 'SENDING' AND claimed_by = ?", "s", "" },
    hasten = { "hasten", "UPDATE delivery SET next_at = created_at WHERE state = 'QUEUED' AND event_id LIKE ?", "s", "" };

struct change { const struct db_statement *statement; const char *of; };

static const struct err *do_change(struct db *own, void *arg)
{
    const struct change *one = arg;

    return db_exec(own, one->statement, NULL, one->of);
}

/* Tried again when a worker is in the way. */
static void change(const struct db_statement *statement, const char *of)
{
    struct change one = { statement, of };

    assert_null(db_transaction(db, DB_READ_WRITE, do_change, &one));
}

/* What it held is due again at once. */
static void stop_worker(int which)
{
    assert_int_equal(kill(crew[which].pid, SIGKILL), 0);
    assert_int_equal(waitpid(crew[which].pid, NULL, 0), crew[which].pid);
    change(&expire, mem_text(mem, "w%d", crew[which].name));
}

static void stop_workers(void)
{
    for (int i = 0; i < WORKERS; i++)
        stop_worker(i);
}

static bool all_sent(void) { return test_db_number(db, "SELECT COUNT(*) FROM delivery WHERE state <> 'SENT'") == 0; }

static void every_message_arrives_exactly_once(void **state)
{
    const char *run = run_id();
    const size_t skip = texts_so_far();
    int mails, texts, mail_most, text_most;

    (void)state;
    queue_all(run, langs_n, &mails, &texts);
    assert_true(mails > 100 && texts > 40);
    start_workers(mail_port(), sms_port(), 60);
    for (int i = 0; i < 6000 && !all_sent(); i++)
        (void)usleep(50000);
    stop_workers();
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM delivery WHERE state = 'SENT' AND sealed IS NULL"), mails + texts);
    wait_for(run, skip, mails, texts, &mail_most, &text_most);
    assert_int_equal(mail_most, 1);
    assert_int_equal(text_most, 1);
}

/* --- a bad day --- */

/* Also from the proxies' processes, where nothing may be asserted. */
static void script(const char *name, const char *words)
{
    if (system(mem_text(mem, "exec bash %s/tests/support/%s %s", TEST_SOURCE_ROOT, name, words)) != 0)
        (void)fprintf(stderr, "%s %s failed\n", name, words);
}

static void box(const char *action, const char *name) { script("private_kannel.sh", mem_text(mem, "%s %s", action, name)); }

static const char *die_file(void) { return mem_text(mem, "%s/die", env("TEST_SMTP_DIR")); }

/* exim dies when it has the whole text and would answer next. */
static void exim_is_to_die(void)
{
    FILE *file = fopen(die_file(), "we");

    if (file == NULL || fclose(file) != 0)
        abort();
}

static void kill_exim(enum fate fate)
{
    (void)fate;
    script("private_exim.sh", "stop exim");
    (void)unlink(die_file());
    script("private_exim.sh", "start exim");
}

static bool mail_is_whole(const char *text, size_t n) { return n >= 5 && memcmp(text + n - 5, "\r\n.\r\n", 5) == 0; }

static const enum fate mail_fates[] = {
    [1] = FATE_DROP, [2] = FATE_KILL_IN_TEXT, [3] = FATE_REFUSE, [5] = FATE_BUSY, [6] = FATE_KILL_UNANSWERED, [7] = FATE_SILENT,
    [9] = FATE_DROP, [11] = FATE_KILL_AFTER, [17] = FATE_KILL_IN_TEXT, [23] = FATE_KILL_UNANSWERED, [25] = FATE_DROP,
    [29] = FATE_KILL_AFTER, [33] = FATE_REFUSE, [35] = FATE_BUSY, [41] = FATE_KILL_IN_TEXT, [47] = FATE_KILL_UNANSWERED,
    [53] = FATE_KILL_AFTER, [57] = FATE_SILENT, [59] = FATE_DROP
};

/* Nobody acknowledges a message before bearerbox has it in its spool. */
static void bearerbox_stands(void)
{
    char pid[20] = "";
    FILE *file = fopen(mem_text(mem, "%s/bearerbox.pid", env("TEST_KANNEL_DIR")), "re");

    if (file == NULL || fgets(pid, sizeof pid, file) == NULL || fclose(file) != 0 || kill((pid_t)atoi(pid), SIGSTOP) != 0)
        abort();
    /* Each of its threads, on whatever processor. */
    if (system(mem_text(mem, "while grep -L '^State:.T' /proc/%d/task/*/status | grep -q .; do sleep 0.01; done", atoi(pid))) != 0)
        abort();
}

/* Half a message reaches smsbox only. The SMSC ends by itself when it has read what bearerbox still wrote to it. */
static void kill_kannel(enum fate fate)
{
    box("stop", "smsbox");
    if (fate != FATE_KILL_IN_TEXT) {
        box("stop", "bearerbox");
        box("await", "fakesmsc");
    }
    script("private_kannel.sh", "revive");
}

static bool post_is_whole(const char *text, size_t n)
{
    const char *length = memmem(text, n, "\r\nContent-Length: ", 18), *body = memmem(text, n, "\r\n\r\n", 4);

    return length != NULL && body != NULL && (size_t)(text + n - (body + 4)) >= strtoul(length + 18, NULL, 10);
}

static const enum fate sms_fates[] = {
    [1] = FATE_DROP, [2] = FATE_KILL_IN_TEXT, [3] = FATE_REFUSE, [4] = FATE_BUSY, [5] = FATE_KILL_UNANSWERED, [6] = FATE_SILENT,
    [9] = FATE_KILL_AFTER, [13] = FATE_KILL_IN_TEXT, [17] = FATE_KILL_UNANSWERED, [19] = FATE_DROP, [21] = FATE_KILL_AFTER,
    [25] = FATE_KILL_IN_TEXT, [29] = FATE_KILL_UNANSWERED, [33] = FATE_KILL_AFTER
};

static struct proxied exim = {
    .busy = "421 4.3.2 come back later\r\n", .asks_for_text = "354", .takes = "250", .is_whole = mail_is_whole,
    .hold = exim_is_to_die, .kill_and_start = kill_exim, .fates = mail_fates, .fates_n = sizeof mail_fates / sizeof mail_fates[0]
};
static struct proxied kannel = {
    .busy = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", .asks_for_text = "", .takes = "HTTP/1.1 202",
    .is_whole = post_is_whole, .hold = bearerbox_stands, .kill_and_start = kill_kannel, .fates = sms_fates,
    .fates_n = sizeof sms_fates / sizeof sms_fates[0]
};

static int64_t unsent(const char *channel)
{
    return test_db_number(db, "SELECT COUNT(*) FROM delivery WHERE channel = '%s' AND state <> 'SENT'", channel);
}

static int kills(const struct faulty_proxy *proxy)
{
    return faulty_proxy_met(proxy, FATE_KILL_IN_TEXT) + faulty_proxy_met(proxy, FATE_KILL_UNANSWERED) +
           faulty_proxy_met(proxy, FATE_KILL_AFTER);
}

static void each_was_killed(const struct faulty_proxy *proxy)
{
    static const enum fate deaths[] = { FATE_KILL_IN_TEXT, FATE_KILL_UNANSWERED, FATE_KILL_AFTER, FATE_DROP };

    for (size_t i = 0; i < sizeof deaths / sizeof deaths[0]; i++)
        if (faulty_proxy_met(proxy, deaths[i]) == 0)
            fail_msg("fate %d was not met", (int)deaths[i]);
}

static void on_a_bad_day_every_message_arrives_at_least_once(void **state)
{
    const char *run = run_id();
    const size_t skip = texts_so_far();
    int mails, texts, mail_most, text_most;
    struct faulty_proxy mail_proxy, sms_proxy;

    (void)state;
    exim.port = mail_port();
    kannel.port = sms_port();
    mail_proxy = faulty_proxy_start(&exim);
    sms_proxy = faulty_proxy_start(&kannel);
    queue_all(run, 1, &mails, &texts);
    /* The fake SMSC acknowledges nothing, so Kannel believes that it got what lies unread before it when it dies. Now nothing does.
     * It comes back with bearerbox, which keeps what it took until then, though it is killed itself. */
    box("stop", "fakesmsc");
    start_workers(mail_proxy.port, sms_proxy.port, 2);
    for (int round = 0; round < 2400 && !(round >= 60 && all_sent()); round++) {
        if (round % 20 == 19 && round < 20 * WORKERS) {
            stop_worker(round / 20);
            start_worker(round / 20, mail_proxy.port, sms_proxy.port, 2);
        }
        if (round % 50 == 49)
            script("private_kannel.sh", "revive");
        (void)usleep(50000);
        if (round % 4 == 0)
            change(&hasten, "%");
    }
    stop_workers();
    if (!all_sent())
        fail_msg("%lld mails and %lld texts were not handed over", (long long)unsent("EMAIL"), (long long)unsent("SMS"));
    wait_for(run, skip, mails, texts, &mail_most, &text_most);
    each_was_killed(&mail_proxy);
    each_was_killed(&sms_proxy);
    print_message("# figures: %d mails, %d texts; at most %d and %d of one; exim killed %d times, Kannel %d\n", mails, texts, mail_most, text_most,
                  kills(&mail_proxy), kills(&sms_proxy));
    faulty_proxy_end(&mail_proxy);
    faulty_proxy_end(&sms_proxy);
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
