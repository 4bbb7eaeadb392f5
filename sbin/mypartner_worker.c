/* mypartner_worker - the job worker: sends what is queued, publishes checkpoints of the operation log, watches deadlines,
 * clears away.
 *
 *   mypartner_worker -c FILE
 *
 * It is a process for each queue of messages and one for the rest. TERM or INT ends them after the message they are sending.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "action/act.h"
#include "base/clock.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/rand.h"
#include "view/tpl.h"
#include "worker.h"

static volatile sig_atomic_t is_stopping;

static void stop(int number)
{
    (void)number;
    is_stopping = 1;
}

/* Blocked but where worker_is_stopping() lets them in. */
static void catch_signals(void)
{
    struct sigaction action = { .sa_handler = stop };
    sigset_t blocked;

    (void)sigemptyset(&blocked);
    (void)sigaddset(&blocked, SIGTERM);
    (void)sigaddset(&blocked, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &blocked, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
    action.sa_handler = SIG_IGN;
    (void)sigaction(SIGPIPE, &action, NULL);
}

static const char *own_name(const void *ctx)
{
    char host[24] = "";

    if (gethostname(host, sizeof host - 1) != 0)
        host[0] = '\0';
    /* Stored as ASCII. */
    for (char *c = host; *c != '\0'; c++)
        if (*c < '!' || *c > '~')
            *c = '-';
    return mem_text(ctx, "%.16s-%ld-%s", host, (long)getpid(), rand_token(ctx, 6));
}

static const struct err *prepare_keys(struct worker *worker)
{
    struct secret_key site_key;
    struct act_keys keys;

    TRY(secret_key_load(worker->config->secret.key_file, &site_key));
    act_keys(&site_key, &keys);
    worker->outbox_key = keys.outbox;
    worker->receipt_key = keys.receipt;
    secret_wipe(&site_key, sizeof site_key);
    secret_wipe(&keys, sizeof keys);
    return NULL;
}

static const struct err *prepare(struct worker *worker)
{
    const struct config *config = worker->config;
    const char **tags = mem_array(worker->mem, const char *, langs_n);

    if (config->test.clock_file[0] != '\0')
        clock_use_test_file(config->test.clock_file);
    TRY(prepare_keys(worker));
    TRY(db_of_config(worker->mem, config, &worker->db));
    worker->is_stopping = &is_stopping;
    lang_init(config->web.messages);
    for (size_t i = 0; i < langs_n; i++)
        tags[i] = langs[i].tag;
    TRY(tpl_load(config->web.templates, tags, langs_n));
    return worker_channels(worker);
}

static int run_part(enum worker_part part, void *arg)
{
    struct worker *worker = arg;

    worker->part = part;
    worker->name = own_name(worker->mem);
    log_line("start", "worker %s, %s", worker->name, worker_part_name(part));
    worker_run(worker, 0);
    log_line("stop", "worker %s, %s", worker->name, worker_part_name(part));
    talloc_free(worker->mem);
    return 0;
}

int main(int argc, char **argv)
{
    struct worker worker = { .mem = mem_context(NULL, "process") };
    struct config *config = NULL;
    const struct err *err;

    if (argc != 3 || strcmp(argv[1], "-c") != 0) {
        (void)fputs("usage: mypartner_worker -c FILE\n", stderr);
        return 2;
    }
    log_program("mypartner_worker");
    catch_signals();
    err = config_load(worker.mem, argv[2], &config);
    if (err == NULL) {
        worker.config = config;
        err = prepare(&worker);
    }
    if (err != NULL) {
        log_line("start", "%s", err->what);
        talloc_free(worker.mem);
        return 1;
    }
    worker_parts_run(run_part, &worker, &is_stopping);
    talloc_free(worker.mem);
    return 0;
}
