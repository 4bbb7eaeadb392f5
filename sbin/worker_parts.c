#include "worker.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define PAUSE_FIRST (CLOCK_SECOND / 10)
#define PAUSE_LAST (10 * CLOCK_SECOND)
#define LOOK_MS 100                   /* a child's end is noticed this soon */
#define STEADY CLOCK_MINUTE           /* one that lived so long starts again at once */

static const char *const names[WORKER_PARTS] = {
    [WORKER_ALL] = "all", [WORKER_URGENT_SMS] = "urgent_sms", [WORKER_URGENT_EMAIL] = "urgent_email", [WORKER_SMS] = "sms", [WORKER_EMAIL] = "email",
    [WORKER_WEBHOOKS] = "webhooks", [WORKER_JOBS] = "jobs",
};
#define EACH(i) (int i = WORKER_ALL + 1; i < WORKER_PARTS; i++)

const char *worker_part_name(enum worker_part part)
{
    return part < WORKER_PARTS ? names[part] : "";
}

struct child { pid_t pid; int64_t born_at, due_at, pause; };   /* pid 0: not running, to be started at due_at */

static void start(struct child *child, enum worker_part part, int (*run)(enum worker_part part, void *arg), void *arg)
{
    const pid_t parent = getpid();
    const pid_t pid = fork();

    if (pid == 0) {
        /* A parent that was killed takes its children with it: they end as if it had asked them to. */
        (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
        exit(getppid() == parent ? run(part, arg) : 0);
    }
    child->born_at = clock_now();
    child->pid = pid > 0 ? pid : 0;
    if (pid < 0)
        child->due_at = child->born_at + PAUSE_LAST;
}

static void note_end(struct child *child, enum worker_part part, int status)
{
    const int64_t now = clock_now();

    if (now - child->born_at >= STEADY)
        child->pause = 0;
    child->pid = 0;
    child->due_at = now + child->pause;
    child->pause = child->pause == 0 ? PAUSE_FIRST : child->pause * 2 > PAUSE_LAST ? PAUSE_LAST : child->pause * 2;
    log_begin("part_ended");
    log_text("part", names[part]);
    log_int("status", WIFEXITED(status) ? WEXITSTATUS(status) : 0);
    log_int("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    log_end();
}

static void reap(struct child children[WORKER_PARTS])
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for EACH(i)
            if (children[i].pid == pid)
                note_end(&children[i], (enum worker_part)i, status);
}

static void end_all(struct child children[WORKER_PARTS])
{
    for EACH(i)
        if (children[i].pid > 0)
            (void)kill(children[i].pid, SIGTERM);
    for EACH(i)
        if (children[i].pid > 0)
            (void)waitpid(children[i].pid, NULL, 0);
}

void worker_parts_run(int (*run)(enum worker_part part, void *arg), void *arg, const volatile sig_atomic_t *is_stopping)
{
    struct child children[WORKER_PARTS] = { { .pid = 0 } };

    while (*is_stopping == 0) {
        const int64_t now = clock_now();

        for EACH(i)
            /* A clock that was set back must not put it off for long. */
            if (children[i].pid == 0 && (now >= children[i].due_at || children[i].due_at - now > PAUSE_LAST))
                start(&children[i], (enum worker_part)i, run, arg);
        worker_let_signals_in(LOOK_MS);
        reap(children);
    }
    end_all(children);
}
