#include "support/real_site.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/rand.h"
#include "invariants.h"
#include "support/test_db.h"
#include "web/guard.h"

#define SITE_KEY "a key for tests, of 32 bytes...."   /* as in test_world.c */
#define WEB_WORKERS 4
#define PATIENCE_S 60         /* what takes longer hangs */

static struct real_site site;
static pid_t owner;           /* a fork of the test must not end it */
static struct db *watched;    /* a connection of the test's own */
static const char *gateway;   /* URL; NULL: text messages go into files */

/* --- files ----------------------------------------------------------------------------------------------------------- */

static void write_file(const char *name, const char *text)
{
    char path[160];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/%s", site.folder, name);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0600), 0);
}

static char *with(const void *ctx, const char *text, const char *mark, const char *value)
{
    struct buf *out = buf_new(ctx, strlen(text) + 1024);

    for (const char *at; (at = strstr(text, mark)) != NULL; text = at + strlen(mark)) {
        buf_add(out, text, (size_t)(at - text));
        buf_text(out, value);
    }
    buf_text(out, text);
    return out->bytes;
}

static char *read_file(const void *ctx, const char *path)
{
    char *text = mem_array(ctx, char, 65536);
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    assert_true(fread(text, 1, 65535, file) > 0);
    (void)fclose(file);
    return text;
}

/* The manual's own lines, for this gateway and this socket. */
static char *receipt_location(const void *ctx)
{
    char *manual = read_file(ctx, TEST_SOURCE_ROOT "/deploy/sms_gateway.md"), *begin = strstr(manual, "location = /sms-receipt {"), *end;

    assert_non_null(begin);
    end = strstr(begin, "```");
    assert_non_null(end);
    *end = '\0';
    begin = with(ctx, begin, "192.0.2.10", "127.0.0.1");
    return with(ctx, begin, "/run/mypartner-receipt.sock", mem_text(ctx, "%s/receipt.sock", site.folder));
}

/* The demo's own nginx configuration, so that what is tested is what runs. */
static void write_nginx(const void *ctx)
{
    char *text = read_file(ctx, TEST_SOURCE_ROOT "/deploy/local/nginx.conf");

    if (gateway != NULL)
        text = with(ctx, text, "location / {", mem_text(ctx, "%s\n location / {", receipt_location(ctx)));
    text = with(ctx, text, "@USER@", getuid() == 0 ? "user root;" : "");
    text = with(ctx, text, "@PORT@", mem_text(ctx, "%d", site.port));
    text = with(ctx, text, "@VAR@", site.folder);
    text = with(ctx, text, "@STATIC@", TEST_SOURCE_ROOT "/static");
    write_file("nginx/nginx.conf", text);
}

static const char *sms_settings(const void *ctx)
{
    if (gateway == NULL)
        return mem_text(ctx, "transport = file\nfolder = %s/messages\nfrom = mypartner\n", site.folder);
    write_file("gateway_password", "secret\n");
    return mem_text(ctx, "transport = http\nurl = %s\nuser = mypartner\npassword_file = %s/gateway_password\nfrom = mypartner\n"
                    "receipts_url = http://127.0.0.1:%d/sms-receipt\n", gateway, site.folder, site.port);
}

static void write_config(const void *ctx)
{
    const struct config *config = test_db_config();

    write_file("site_key", secret_hex(ctx, (const unsigned char *)SITE_KEY, SECRET_KEY_BYTES));
    write_file("clock", "0\n");
    write_file("site.ini", mem_text(ctx,
        "[web]\nsocket = %s/web.sock\nworkers = %d\npublic_url = http://127.0.0.1:%d\nsecure_cookies = false\n"
        "templates = " TEST_BUILD "/templates\nmessages = " TEST_BUILD "/messages\nhash_lock = %s/hash.lock\n"
        "[database]\nsocket = %s\nname = %s\nuser = %s\n[secret]\nkey_file = %s/site_key\n"
        "[mail]\ntransport = file\nfolder = %s/messages\nfrom = no-reply@demo.test\n"
        "[sms]\n%s"
        "[worker]\ncheckpoints = %s/checkpoints\npoll_ms = 50\n[payment]\nprovider = demo\n[test]\nclock_file = %s/clock\n",
        site.folder, WEB_WORKERS, site.port, site.folder, config->database.socket, config->database.name, config->database.user,
        site.folder, site.folder, sms_settings(ctx), site.folder, site.folder));
}

/* --- processes --------------------------------------------------------------------------------------------------------- */

/* Ends with this program, whatever becomes of it. */
static pid_t spawn(const char *log, char *const argv[])
{
    pid_t parent = getpid(), pid;

    (void)fflush(NULL);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        char path[160];
        int fd;

        (void)snprintf(path, sizeof path, "%s/log/%s", site.folder, log);
        fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
        (void)setpgid(0, 0);   /* held and let go with its children */
        (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent || fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
            _exit(126);
        (void)execvp(argv[0], argv);
        _exit(127);
    }
    (void)setpgid(pid, pid);   /* whoever of the two comes first */
    return pid;
}

static void end_one(pid_t *pid, int number)
{
    if (*pid <= 0)
        return;
    (void)kill(-*pid, SIGCONT);
    (void)kill(*pid, number);
    (void)waitpid(*pid, NULL, 0);
    *pid = 0;
}

/* What a sanitizer had to say stands in the programs' logs. */
static bool has_report(const char *log)
{
    char path[160], line[4096];
    FILE *file;
    bool found = false;

    (void)snprintf(path, sizeof path, "%s/log/%s", site.folder, log);
    file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strstr(line, "Sanitizer:") != NULL || strstr(line, "runtime error:") != NULL) {
            (void)fprintf(stderr, "%s: %s", log, line);
            found = true;
        }
    if (file != NULL)
        (void)fclose(file);
    return found;
}

static void stop(void)
{
    char command[100];
    bool is_faulty;

    if (getpid() != owner)
        return;
    talloc_free(watched);
    end_one(&site.nginx, SIGQUIT);
    end_one(&site.web, SIGTERM);
    for (size_t i = 0; i < REAL_SITE_JOB_WORKERS; i++)
        end_one(&site.jobs[i], SIGTERM);
    end_one(&site.receipts, SIGTERM);
    is_faulty = has_report("web") | has_report("jobs") | has_report("receipts");
    (void)snprintf(command, sizeof command, "rm -rf '%s'", site.folder);
    if (system(command) != 0)
        (void)fprintf(stderr, "%s is left behind\n", site.folder);
    if (is_faulty)
        _exit(1);
}

static int connected(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)site.port)};
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

static bool is_answering(void)
{
    static const char ask[] = "GET /sign-in HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n";
    char answer[16] = "";
    int fd = connected();

    if (fd < 0)
        return false;
    if (write(fd, ask, sizeof ask - 1) == (ssize_t)sizeof ask - 1)
        (void)!read(fd, answer, sizeof answer - 1);
    (void)close(fd);
    return strstr(answer, " 200") != NULL;
}

/* Below the range of ephemeral ports, and nobody's a moment ago. */
static int free_port(void)
{
    for (;;) {
        struct sockaddr_in address = {.sin_family = AF_INET};
        const int port = 20000 + (int)rand_below(12000);
        int fd = socket(AF_INET, SOCK_STREAM, 0), status;

        address.sin_port = htons((uint16_t)port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        status = bind(fd, (struct sockaddr *)&address, sizeof address);
        (void)close(fd);
        if (status == 0)
            return port;
    }
}

struct real_site *real_site_start(void)
{
    static const char *const folders[] = {"", "/log", "/nginx", "/messages"};
    void *ctx = mem_context(NULL, "start");
    struct secret_key key;

    if (owner != 0)
        return &site;
    owner = getpid();
    (void)snprintf(site.folder, sizeof site.folder, "/tmp/mypartner-race.XXXXXX");
    assert_non_null(mkdtemp(site.folder));
    for (size_t i = 1; i < sizeof folders / sizeof *folders; i++)
        assert_int_equal(mkdir(mem_text(ctx, "%s%s", site.folder, folders[i]), 0700), 0);
    (void)atexit(stop);
    memcpy(key.bytes, SITE_KEY, sizeof key.bytes);
    secret_derive(&key, "csrf", &site.csrf_key);
    secret_derive(&key, "once", &site.once_key);
    site.port = free_port();
    write_config(ctx);
    write_nginx(ctx);
    char *ini = mem_text(ctx, "%s/site.ini", site.folder), *conf = mem_text(ctx, "%s/nginx/nginx.conf", site.folder);
    char *log = mem_text(ctx, "%s/log/nginx", site.folder), *prefix = mem_text(ctx, "%s/nginx/", site.folder);

    /* From the first on the programs live when the worlds do: a job worker that is held in the middle of its work goes on with
     * the time at which it began. */
    int64_t first_at = 0;
    assert_null(clock_parse_date("2026-06-15", "UTC", &first_at));
    real_site_clock_at(&site, first_at + 12 * CLOCK_HOUR);
    (void)setenv("PATH", mem_text(ctx, "%s:/usr/sbin:/sbin", getenv("PATH")), 1);
    site.web = spawn("web", (char *[]){(char *)TEST_BUILD "/bin/mypartner", (char *)"-c", ini, NULL});
    site.nginx = spawn("nginx", (char *[]){(char *)"nginx", (char *)"-e", log, (char *)"-p", prefix, (char *)"-c", conf, NULL});
    for (size_t i = 0; i < REAL_SITE_JOB_WORKERS; i++)
        site.jobs[i] = spawn("jobs", (char *[]){(char *)TEST_BUILD "/bin/mypartner_worker", (char *)"-c", ini, NULL});
    if (gateway != NULL)
        site.receipts = spawn("receipts", (char *[]){(char *)TEST_BUILD "/bin/mypartner_receipt", (char *)"-c", ini,
                                                     mem_text(ctx, "%s/receipt.sock", site.folder), NULL});
    while (!is_answering()) {
        if (waitpid(site.web, NULL, WNOHANG) != 0 || waitpid(site.nginx, NULL, WNOHANG) != 0)
            fail_msg("the site did not start: see the logs in %s", site.folder);
        (void)usleep(20000);
    }
    watched = test_db_again(NULL);
    real_site_jobs_stand(&site);
    talloc_free(ctx);
    return &site;
}

struct real_site *real_site_start_with_gateway(const char *url)
{
    gateway = url;
    return real_site_start();
}

void real_site_clock_at(struct real_site *it, int64_t at)
{
    struct timespec time;
    char text[32];

    (void)it;
    (void)clock_gettime(CLOCK_REALTIME, &time);
    (void)snprintf(text, sizeof text, "%lld\n", (long long)(at / CLOCK_SECOND - time.tv_sec));
    write_file("clock", text);
}

void real_site_jobs_run(struct real_site *it, int n)
{
    for (int i = 0; i < n; i++)
        (void)kill(-it->jobs[i], SIGCONT);
}

void real_site_jobs_stand(struct real_site *it)
{
    const time_t begun = time(NULL);

    for (;;) {
        if (time(NULL) - begun > PATIENCE_S)
            fail_msg("the job workers hold locks or messages for more than %d s", PATIENCE_S);
        for (int i = 0; i < REAL_SITE_JOB_WORKERS; i++)
            (void)kill(-it->jobs[i], SIGSTOP);
        /* INNODB_TRX shows what was when it was last made, until nobody has read it for 0.1 s. */
        if (watched != NULL)
            (void)usleep(120000);
        if (watched == NULL || test_db_number(watched, "SELECT (SELECT COUNT(*) FROM information_schema.INNODB_TRX "
                                              "WHERE trx_rows_locked > 0 OR trx_rows_modified > 0 OR trx_state = 'LOCK WAIT') + "
                                              "(SELECT COUNT(*) FROM delivery WHERE state = 'SENDING') LIMIT 1") == 0)
            return;
        /* One of them was stopped with locks in its hands, or a message. */
        for (int i = 0; i < REAL_SITE_JOB_WORKERS; i++)
            (void)kill(-it->jobs[i], SIGCONT);
        (void)usleep(10000 + 1000 * rand_below(40));   /* at other places of their rounds each time */
    }
}

/* --- forms ------------------------------------------------------------------------------------------------------------- */

const char *real_site_token(struct world *world, const struct actor *actor)
{
    const char *token = rand_token(world->mem, 32);

    test_db_sql(world->db, "UPDATE session SET token_hash = UNHEX(SHA2('%s', 256)) WHERE id = %lld", token,
                (long long)actor->session_id);
    return token;
}

struct shot real_site_form(struct real_site *it, struct world *world, const char *token, const char *page, const char *path,
                           const char *fields)
{
    const char *csrf = guard_csrf(world->mem, &it->csrf_key, token);
    const char *once = guard_once_make(world->mem, &it->once_key, token, page, world->now);
    const char *body = mem_text(world->mem, "csrf=%s&once=%s%s", csrf, once, fields);

    return (struct shot){.fd = -1, .bytes = mem_text(world->mem,
        "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nOrigin: http://127.0.0.1:%d\r\nCookie: p%d-session=%s\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
        path, it->port, it->port, it->port, token, strlen(body), body)};
}

/* --- a volley ---------------------------------------------------------------------------------------------------------- */

static void send_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);

        assert_true(sent > 0);
        bytes += sent;
        n -= (size_t)sent;
    }
}

/* The body must be as long as it says. */
static void judge_answer(struct world *world, struct shot *shot, size_t n)
{
    const char *length = strstr(shot->answer, "Content-Length: "), *end = strstr(shot->answer, "\r\n\r\n");
    const char *location = strstr(shot->answer, "\r\nLocation: ");

    shot->location = "";
    if (n == 0)
        return;
    assert_non_null(end);
    assert_non_null(length);
    assert_true(length < end);
    assert_int_equal(n - (size_t)(end + 4 - shot->answer), strtoul(length + 16, NULL, 10));
    assert_int_equal(sscanf(shot->answer, "HTTP/1.1 %d ", &shot->status), 1);
    if (location != NULL && location < end)
        shot->location = mem_copy_n(world->mem, location + 12, strcspn(location + 12, "\r"));
    if (shot->status == 503)
        assert_non_null(strstr(shot->answer, "\r\nRetry-After: "));
}

static void take_answer(struct world *world, struct shot *shot)
{
    struct buf *bytes = buf_new(world->mem, 16384);
    char piece[16384];
    ssize_t n;

    while ((n = read(shot->fd, piece, sizeof piece)) > 0)
        buf_add(bytes, piece, (size_t)n);
    (void)close(shot->fd);
    shot->fd = -1;
    shot->answer = bytes->bytes;
    judge_answer(world, shot, bytes->n);
}

void real_site_volley(struct real_site *it, struct world *world, struct shot *shots, size_t n, void (*before)(void))
{
    (void)it;
    for (size_t i = 0; i < n; i++) {
        shots[i].fd = connected();
        assert_true(shots[i].fd >= 0);
        send_all(shots[i].fd, shots[i].bytes, strlen(shots[i].bytes) - 1);
    }
    if (before != NULL)
        before();
    for (size_t i = 0; i < n; i++)
        send_all(shots[i].fd, shots[i].bytes + strlen(shots[i].bytes) - 1, 1);
    for (size_t i = 0; i < n; i++)
        take_answer(world, &shots[i]);
}

size_t shots_with(const struct shot *shots, size_t n, int status)
{
    size_t found = 0;

    for (size_t i = 0; i < n; i++)
        found += shots[i].status == status;
    return found;
}

/* --- what must hold ---------------------------------------------------------------------------------------------------- */

int real_site_broken_invariants(struct world *world)
{
    static struct invariant *invariants;
    static size_t n;
    int broken = 0;

    if (invariants == NULL)
        assert_null(invariants_load(mem_context(NULL, "invariants"), TEST_SOURCE_ROOT "/db/invariants", &invariants, &n));
    for (size_t i = 0; i < n; i++) {
        struct db_rows *rows = NULL;

        assert_null(invariant_run(world->db, world->mem, &invariants[i], &rows));
        for (size_t r = 0; r < rows->n; r++)
            (void)fprintf(stderr, "%s: %s: %s\n", invariants[i].name, invariants[i].sentence, db_text(rows, r, 0));
        broken += rows->n > 0;
    }
    return broken;
}
