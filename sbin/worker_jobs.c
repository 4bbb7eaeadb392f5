#include "worker.h"

#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"

#define AFTER_ERROR CLOCK_SECOND

static int64_t each_poll(const struct config *config)
{
    return config->worker.poll_ms * 1000;
}

static int64_t each_checkpoint(const struct config *config)
{
    return config->worker.checkpoint_s * CLOCK_SECOND;
}

static int64_t each_second(const struct config *config)
{
    (void)config;
    return CLOCK_SECOND;
}

static int64_t each_minute(const struct config *config)
{
    (void)config;
    return CLOCK_MINUTE;
}

static int64_t each_ten_minutes(const struct config *config)
{
    (void)config;
    return 10 * CLOCK_MINUTE;
}

#define SENDERS (1u << WORKER_URGENT_SMS | 1u << WORKER_URGENT_EMAIL | 1u << WORKER_SMS | 1u << WORKER_EMAIL)
#define JOBS (1u << WORKER_JOBS)

const struct worker_job worker_jobs[] = {
    { "deliver", SENDERS, worker_deliver, each_poll },
    { "webhooks", 1u << WORKER_WEBHOOKS, worker_webhooks, each_poll },
    { "checkpoint", JOBS, worker_publish, each_checkpoint },
    { "deadlines", JOBS, worker_deadlines, each_second },
    { "watches", JOBS, worker_watches, each_second },
    { "lifecycle", JOBS, worker_lifecycle, each_second },
    { "budgets", JOBS, worker_budgets, each_second },
    { "exports", JOBS, worker_exports, each_second },
    { "expire_invitations", JOBS, worker_expire_invitations, each_minute },
    { "purge", JOBS, worker_purge, each_ten_minutes }
};
const size_t worker_jobs_n = sizeof worker_jobs / sizeof worker_jobs[0];

enum { JOBS_N = sizeof worker_jobs / sizeof worker_jobs[0] };

static bool is_ours(const struct worker *worker, const struct worker_job *job)
{
    return worker->part == WORKER_ALL || (job->parts & 1u << worker->part) != 0;
}

/* What went wrong is said when it is new, and once a minute while it lasts. */
struct worker_round {
    int64_t due_at[JOBS_N];
    char said[sizeof ((struct err *)0)->what];
    int64_t said_at;
};

static void say(struct worker_round *round, const char *job, const struct err *err, int64_t now)
{
    if (strcmp(round->said, err->what) == 0 && now - round->said_at < CLOCK_MINUTE && now >= round->said_at)
        return;
    strcpy(round->said, err->what);
    round->said_at = now;
    log_begin("job_failed");
    log_text("job", job);
    log_text("kind", err_kind_name(err->kind));
    log_int("code", err->code);
    log_text("message", err->what);
    log_end();
}

/* One job, if it is due. A clock that was set back must not put it off for long. */
static void run_job(struct worker *worker, struct worker_round *round, size_t i)
{
    const struct worker_job *job = &worker_jobs[i];
    int64_t now = clock_now(), pause = job->pause(worker->config);
    bool more = false;
    const struct err *err;
    void *ctx;

    if (now < round->due_at[i] && round->due_at[i] - now <= pause + AFTER_ERROR)
        return;
    ctx = mem_context(worker->mem, job->name);
    err = db_ready(worker->db, now);
    if (err == NULL)
        err = job->run(worker, ctx, now, &more);
    if (err != NULL) {
        say(round, job->name, err, now);
        round->due_at[i] = now + (pause < AFTER_ERROR ? AFTER_ERROR : pause);
        /* A database that came back is noticed at once by the jobs that run often; the others are not to wait for hours. */
        if (pause > CLOCK_MINUTE)
            round->due_at[i] = now + CLOCK_MINUTE;
    } else {
        round->said[0] = '\0';
        round->due_at[i] = more ? now : now + pause;
    }
    talloc_free(ctx);
}

struct act worker_act(const struct worker *worker, const void *ctx, int64_t now)
{
    return (struct act){
        .mem = ctx, .db = worker->db, .config = worker->config, .now = now, .actor = act_system, .ip = "", .http_id = "", .lang = "en"
    };
}

void worker_let_signals_in(int64_t wait_ms)
{
    const struct timespec wait = { .tv_sec = wait_ms / 1000, .tv_nsec = wait_ms % 1000 * 1000000 };
    sigset_t none;

    (void)sigemptyset(&none);
    (void)ppoll(NULL, 0, &wait, &none);
}

bool worker_is_stopping(const struct worker *worker)
{
    worker_let_signals_in(0);
    return *worker->is_stopping != 0;
}

void worker_run(struct worker *worker, int rounds)
{
    struct worker_round round = { .said = "" };

    for (int n = 0; !worker_is_stopping(worker) && (rounds <= 0 || n < rounds); n++) {
        bool is_busy = false;

        for (size_t i = 0; i < worker_jobs_n && !worker_is_stopping(worker); i++) {
            if (!is_ours(worker, &worker_jobs[i]))
                continue;
            run_job(worker, &round, i);
            is_busy |= round.due_at[i] <= clock_now();
        }
        if (rounds <= 0 && !*worker->is_stopping && !is_busy)
            worker_let_signals_in(worker->config->worker.poll_ms);
    }
}
