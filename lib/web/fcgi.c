#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <fcgiapp.h>

#include "base/buf.h"
#include "base/memory.h"
#include "web/fcgi.h"

#define REQUEST_BYTES (192 * 1024)   /* most requests need less; what does not fit is allocated piece by piece */
#define BACKLOG 511
/* A worker that ends badly within the first second is replaced only after this pause: its cause is likely still there. */
#define EARLY_MS 1000
#define PAUSE_MS 1000
#define WORKER_DID_NOT_START 75
/* libfcgi reads and writes its connection without a limit: a silent peer would hold the worker for ever. A timer signal
 * interrupts it. The repetition is longer than the 2 s that libfcgi itself waits for a first byte. */
#define PEER_TIMEOUT_S 10
#define PEER_TIMEOUT_AGAIN_S 5

/* --- signals: blocked everywhere but inside ppoll(), so none falls between a test and a wait -------------------------- */

static volatile sig_atomic_t stop_asked, restart_asked;

static void on_signal(int number)
{
    if (number == SIGTERM || number == SIGINT)
        stop_asked = 1;
    if (number == SIGHUP)
        restart_asked = 1;
}

static const struct { int number; bool is_ignored, is_blocked; } signals[] = {
    { SIGTERM, false, true },
    { SIGINT, false, true },
    { SIGHUP, false, true },
    { SIGCHLD, false, true },
    { SIGALRM, false, false },
    { SIGPIPE, true, false },
    { SIGUSR1, true, false },   /* libfcgi would take it for its own shutdown, which has a race */
};
#define SIGNALS_N (sizeof signals / sizeof *signals)

struct signal_state { sigset_t mask, waiting; struct sigaction actions[SIGNALS_N]; };

static void signals_install(struct sigaction *old)
{
    for (size_t i = 0; i < SIGNALS_N; i++) {
        struct sigaction action = { .sa_handler = signals[i].is_ignored ? SIG_IGN : on_signal };

        sigaction(signals[i].number, &action, old == NULL ? NULL : &old[i]);
    }
}

static void signals_take(struct signal_state *state)
{
    sigset_t blocked;

    stop_asked = restart_asked = 0;
    sigemptyset(&blocked);
    for (size_t i = 0; i < SIGNALS_N; i++)
        if (signals[i].is_blocked)
            sigaddset(&blocked, signals[i].number);
    sigprocmask(SIG_BLOCK, &blocked, &state->mask);
    state->waiting = state->mask;
    for (size_t i = 0; i < SIGNALS_N; i++)
        sigdelset(&state->waiting, signals[i].number);
    signals_install(state->actions);
}

static void signals_give_back(const struct signal_state *state)
{
    for (size_t i = 0; i < SIGNALS_N; i++)
        sigaction(signals[i].number, &state->actions[i], NULL);
    sigprocmask(SIG_SETMASK, &state->mask, NULL);
}

/* Waits for a connection (socket ≥ 0), a signal, or the time (ms ≥ 0). */
static void wait_for(int socket, int64_t ms, const sigset_t *waiting)
{
    struct pollfd fd = { .fd = socket, .events = POLLIN };
    struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

    (void)ppoll(&fd, 1, ms < 0 ? NULL : &time, waiting);
}

static int64_t monotonic_ms(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* --- the socket: FCGX_OpenSocket() would take over a live one and exit on an error ------------------------------------ */

struct listener { int socket, lock; const char *path; };

static const struct err *refuse(const char *path, const char *why)
{
    return err_new(ERR_BUSY, errno, "socket %s: %s: %s", path, why, strerror(errno));
}

/* Held until the process ends: two instances starting at once must not each remove the other's socket as stale. */
static const struct err *take_lock(struct listener *listener)
{
    char *name = mem_text(NULL, "%s.lock", listener->path);

    listener->lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    talloc_free(name);
    if (listener->lock < 0)
        return refuse(listener->path, "its lock file cannot be made");
    if (flock(listener->lock, LOCK_EX | LOCK_NB) != 0)
        return refuse(listener->path, "another instance holds it");
    return NULL;
}

static const struct err *remove_stale(const char *path, const struct sockaddr_un *address)
{
    struct stat status;
    int probe, failed;

    if (lstat(path, &status) != 0)
        return errno == ENOENT ? NULL : refuse(path, "cannot be looked at");
    errno = EEXIST;
    if (!S_ISSOCK(status.st_mode))
        return refuse(path, "is no socket");
    probe = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (probe < 0)
        return refuse(path, "no socket to try it with");
    failed = connect(probe, (const struct sockaddr *)address, sizeof *address) == 0 ? EADDRINUSE : errno;
    close(probe);
    errno = failed;
    if (failed != ECONNREFUSED)
        return refuse(path, "another instance answers on it");
    return unlink(path) == 0 ? NULL : refuse(path, "a stale one cannot be removed");
}

static const struct err *listen_on(struct listener *listener)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const char *path = listener->path;
    mode_t old_mask;
    int failed;

    errno = ENAMETOOLONG;
    if (strlen(path) >= sizeof address.sun_path)
        return refuse(path, "cannot be opened");
    memcpy(address.sun_path, path, strlen(path) + 1);
    TRY(take_lock(listener));
    TRY(remove_stale(path, &address));
    listener->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener->socket < 0)
        return refuse(path, "cannot be opened");
    /* Mode 0660 from the first moment: whoever can connect can hold a worker and name any REMOTE_ADDR. */
    old_mask = umask(0117);
    failed = bind(listener->socket, (const struct sockaddr *)&address, sizeof address);
    umask(old_mask);
    if (failed != 0)
        return refuse(path, "cannot be bound");
    if (listen(listener->socket, BACKLOG) != 0)
        return refuse(path, "cannot be listened on");
    return NULL;
}

/* fd 0, opened by whoever started us. */
static const struct err *listen_inherited(struct listener *listener)
{
    int is_listening = 0, flags = fcntl(0, F_GETFL);
    socklen_t n = sizeof is_listening;

    if (getsockopt(0, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &n) != 0 || is_listening == 0)
        return refuse("(inherited)", "descriptor 0 is no listening socket");
    if (fcntl(0, F_SETFL, flags | O_NONBLOCK) != 0)
        return refuse("(inherited)", "cannot be made non-blocking");
    listener->socket = 0;
    return NULL;
}

static const struct err *listener_open(const char *path, struct listener *listener)
{
    *listener = (struct listener){ .socket = -1, .lock = -1, .path = path };
    return *path == '\0' ? listen_inherited(listener) : listen_on(listener);
}

static void listener_close(const struct listener *listener)
{
    if (listener->socket > 0)
        close(listener->socket);
    if (listener->lock >= 0)
        close(listener->lock);
}

/* --- one worker ------------------------------------------------------------------------------------------------------- */

static void peer_timer(bool is_on)
{
    struct itimerval timer = { .it_value.tv_sec = is_on ? PEER_TIMEOUT_S : 0,
                               .it_interval.tv_sec = is_on ? PEER_TIMEOUT_AGAIN_S : 0 };

    setitimer(ITIMER_REAL, &timer, NULL);
}

static size_t read_body(void *arg, char *out, size_t n)
{
    FCGX_Request *request = arg;
    int got;

    peer_timer(true);
    got = FCGX_GetStr(out, n > 65536 ? 65536 : (int)n, request->in);
    peer_timer(false);
    return got > 0 ? (size_t)got : 0;
}

static void answer(const struct fcgi_server *server, FCGX_Request *request)
{
    void *ctx = mem_pool("request", REQUEST_BYTES);
    struct http_source source = { (const char *const *)request->envp, read_body, request };
    struct buf *bytes = server->serve(ctx, &source, server->arg);

    peer_timer(true);
    if (bytes != NULL && bytes->n <= INT32_MAX)
        FCGX_PutStr(bytes->bytes, (int)bytes->n, request->out);
    /* A connection that the peer wants to keep would belong to this worker alone, and starve the others' requests. */
    request->keepConnection = 0;
    FCGX_Finish_r(request);
    peer_timer(false);
    talloc_free(ctx);
}

/* False: nothing was answered, be it that another worker was faster, the peer sent nonsense, or it sent nothing. */
static bool accept_one(FCGX_Request *request, const sigset_t *waiting)
{
    int result;

    peer_timer(true);
    result = FCGX_Accept_r(request);
    peer_timer(false);
    if (result >= 0)
        return true;
    if (result != -EAGAIN && result != -EINTR)
        wait_for(-1, 100, waiting);
    return false;
}

static bool work(const struct fcgi_server *server, int socket, const sigset_t *waiting)
{
    FCGX_Request request;
    int answered = 0;

    if (FCGX_Init() != 0 || FCGX_InitRequest(&request, socket, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
        return false;
    signals_install(NULL);   /* FCGX_Init() put in handlers of its own */
    if (server->start != NULL && !server->start(server->arg))
        return false;
    while (!stop_asked && (server->requests_per_worker == 0 || answered < server->requests_per_worker)) {
        wait_for(socket, -1, waiting);
        if (stop_asked || !accept_one(&request, waiting))
            continue;
        answer(server, &request);
        answered++;
    }
    if (server->stop != NULL)
        server->stop(server->arg);
    FCGX_Free(&request, 1);
    return true;
}

/* --- the master: keeps the wanted number of workers alive ------------------------------------------------------------- */

struct worker {
    pid_t pid;              /* 0: not running */
    int64_t started_ms;
    int64_t not_before_ms;  /* monotonic; when it may be started again */
    int generation;         /* how many restarts had been asked for when it was started */
};

struct master {
    const struct fcgi_server *server;
    const struct listener *listener;
    const sigset_t *waiting;
    struct worker *workers;
    int generation;
    pid_t replaced;         /* a worker told to leave for a restart; 0: none */
};

/* No worker outlives its master, which may have ended already between fork() and here. */
static _Noreturn void be_worker(const struct master *master, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(0);
    _exit(work(master->server, master->listener->socket, master->waiting) ? 0 : WORKER_DID_NOT_START);
}

static void start_worker(const struct master *master, struct worker *worker)
{
    pid_t self = getpid(), pid = fork();

    if (pid == 0)
        be_worker(master, self);
    worker->started_ms = monotonic_ms();
    worker->generation = master->generation;
    worker->pid = pid > 0 ? pid : 0;
    if (pid < 0)
        worker->not_before_ms = worker->started_ms + PAUSE_MS;
}

static void note_end(struct master *master, struct worker *worker, int status)
{
    int64_t now_ms = monotonic_ms();
    bool is_clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    bool is_early = now_ms - worker->started_ms < EARLY_MS ||
        (WIFEXITED(status) && WEXITSTATUS(status) == WORKER_DID_NOT_START);

    if (worker->pid == master->replaced)
        master->replaced = 0;
    worker->pid = 0;
    worker->not_before_ms = is_early && !is_clean ? now_ms + PAUSE_MS : now_ms;
}

static void collect_ended(struct master *master)
{
    int status;

    for (int i = 0; i < master->server->workers; i++) {
        struct worker *worker = &master->workers[i];

        if (worker->pid != 0 && waitpid(worker->pid, &status, WNOHANG) == worker->pid)
            note_end(master, worker, status);
    }
}

/* Starts what is due. How long until the next is due, in ms; -1: nothing waits. */
static int64_t start_due(struct master *master)
{
    int64_t now_ms = monotonic_ms(), wait_ms = -1;

    for (int i = 0; i < master->server->workers; i++) {
        struct worker *worker = &master->workers[i];

        if (worker->pid == 0 && worker->not_before_ms <= now_ms)
            start_worker(master, worker);
        if (worker->pid == 0 && (wait_ms < 0 || worker->not_before_ms - now_ms < wait_ms))
            wait_ms = worker->not_before_ms - now_ms;
    }
    return wait_ms;
}

/* One at a time, and the next only when all run again: the others go on answering. */
static void replace_next(struct master *master)
{
    struct worker *old = NULL;

    if (restart_asked) {
        restart_asked = 0;
        master->generation++;
    }
    for (int i = 0; i < master->server->workers; i++) {
        if (master->workers[i].pid == 0)
            return;
        if (master->workers[i].generation != master->generation)
            old = &master->workers[i];
    }
    if (old == NULL || master->replaced != 0)
        return;
    master->replaced = old->pid;
    kill(old->pid, SIGTERM);
}

static bool tell_all(const struct master *master)
{
    bool is_any = false;

    for (int i = 0; i < master->server->workers; i++) {
        if (master->workers[i].pid == 0)
            continue;
        is_any = true;
        kill(master->workers[i].pid, SIGTERM);
    }
    return is_any;
}

static void keep_workers(struct master *master)
{
    master->workers = mem_array(NULL, struct worker, (size_t)master->server->workers);
    while (!stop_asked) {
        int64_t wait_ms;

        collect_ended(master);
        wait_ms = start_due(master);
        replace_next(master);
        wait_for(-1, wait_ms, master->waiting);
    }
    collect_ended(master);
    while (tell_all(master)) {
        wait_for(-1, -1, master->waiting);
        collect_ended(master);
    }
    talloc_free(master->workers);
}

const struct err *fcgi_run(const struct fcgi_server *server)
{
    const struct err *err;
    struct listener listener;
    struct signal_state state;

    err = listener_open(server->socket_path, &listener);
    if (err != NULL) {
        listener_close(&listener);
        return err;
    }
    signals_take(&state);
    if (server->workers > 0) {
        struct master master = { .server = server, .listener = &listener, .waiting = &state.waiting };

        keep_workers(&master);
    } else if (!work(server, listener.socket, &state.waiting)) {
        err = err_new(ERR_BUSY, 0, "the server could not start");
    }
    if (*listener.path != '\0')
        unlink(listener.path);
    signals_give_back(&state);
    listener_close(&listener);
    return err;
}
