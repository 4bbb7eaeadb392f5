#include "support/faulty_proxy.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 20000
#define HELD_MS 1000
enum { ROOM = 65536 };

static const struct proxied *server;
static struct faulty_proxy self;
static int turn = -1;                  /* whoever has it locked kills */

static void must(bool is_true)
{
    if (!is_true)
        abort();
}

static int connect_to(int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

static void meet(enum fate fate) { (void)__atomic_add_fetch(&self.seen[fate], 1, __ATOMIC_SEQ_CST); }

static bool begins(const char *bytes, ssize_t n, const char *with)
{
    return n >= (ssize_t)strlen(with) && memcmp(bytes, with, strlen(with)) == 0;
}

static bool pass(int to, const char *bytes, ssize_t n) { return write(to, bytes, (size_t)n) == n; }

/* Everything the server still says; true: it took the message. */
static bool is_taken(int upstream)
{
    char bytes[ROOM];
    ssize_t n = read(upstream, bytes, sizeof bytes);

    return begins(bytes, n, server->takes);
}

/* The last bytes of the text, which are passed on here; true: it came to what was fated. */
static bool end_of_text(int upstream, const char *bytes, ssize_t n, enum fate fate)
{
    struct pollfd answer = { .fd = upstream, .events = POLLIN };

    if (!pass(upstream, bytes, n))
        return false;
    if (fate != FATE_KILL_UNANSWERED)
        return is_taken(upstream);
    /* Held as it is, it either ends by itself or says nothing. */
    return poll(&answer, 1, HELD_MS) == 0 || !is_taken(upstream);
}

static void meet_at_the_end(int upstream, const char *bytes, ssize_t n, enum fate fate)
{
    bool is_met;

    if (fate == FATE_KILL_UNANSWERED)
        server->hold();
    is_met = end_of_text(upstream, bytes, n, fate);
    if (fate == FATE_KILL_UNANSWERED || (fate == FATE_KILL_AFTER && is_met))
        server->kill_and_start(fate);
    if (is_met)
        meet(fate);
}

struct way { int client, upstream; enum fate fate; bool in_text; char text[ROOM]; size_t text_n; };

/* False: that was the end of it. */
static bool from_server(struct way *way)
{
    char bytes[ROOM];
    ssize_t n = read(way->upstream, bytes, sizeof bytes);

    if (n <= 0)
        return false;
    way->in_text = way->in_text || begins(bytes, n, server->asks_for_text);
    return pass(way->client, bytes, n);
}

static bool from_client(struct way *way)
{
    char bytes[ROOM];
    ssize_t n = read(way->client, bytes, sizeof bytes);

    if (n <= 0)
        return false;
    if (!way->in_text || way->fate == FATE_WELL)
        return pass(way->upstream, bytes, n);
    if (way->fate == FATE_KILL_IN_TEXT) {
        if (pass(way->upstream, bytes, n / 2)) {
            server->kill_and_start(way->fate);
            meet(way->fate);
        }
        return false;
    }
    must(way->text_n + (size_t)n < sizeof way->text);
    memcpy(way->text + way->text_n, bytes, (size_t)n);
    way->text_n += (size_t)n;
    if (!server->is_whole(way->text, way->text_n))
        return pass(way->upstream, bytes, n);
    meet_at_the_end(way->upstream, bytes, n, way->fate);
    return false;
}

static void go_between(int client, int upstream, enum fate fate)
{
    static struct way way;
    struct pollfd fds[2] = { { .fd = upstream, .events = POLLIN }, { .fd = client, .events = POLLIN } };

    way = (struct way){ .client = client, .fate = fate, .in_text = server->asks_for_text[0] == '\0', .upstream = upstream };
    while (poll(fds, 2, PATIENCE_MS) > 0) {
        if (fds[0].revents != 0 && !from_server(&way))
            break;
        if (fds[1].revents != 0 && !from_client(&way))
            break;
    }
}

/* No fate is spent on a connection that the server, on its way back, does not take. */
static enum fate next_fate(void)
{
    const size_t count = (size_t)__atomic_fetch_add(&self.seen[FATES], 1, __ATOMIC_SEQ_CST);

    return count < server->fates_n ? server->fates[count] : FATE_WELL;
}

static void serve(int client)
{
    struct pollfd silence = { .fd = client, .events = POLLRDHUP };
    int upstream = connect_to(server->port);
    enum fate fate;

    if (upstream < 0)
        return;
    fate = next_fate();
    if (fate == FATE_BUSY)
        (void)!write(client, server->busy, strlen(server->busy));
    if (fate == FATE_SILENT)
        (void)poll(&silence, 1, PATIENCE_MS);
    if (fate == FATE_BUSY || fate == FATE_SILENT || fate == FATE_REFUSE) {
        meet(fate);
        return;
    }
    if (fate == FATE_KILL_IN_TEXT || fate == FATE_KILL_UNANSWERED || fate == FATE_KILL_AFTER) {
        (void)close(upstream);
        must(flock(turn, LOCK_EX) == 0);
        upstream = connect_to(server->port);
        if (upstream < 0)
            return;
    }
    go_between(client, upstream, fate);
}

/* Opened anew by each child, so that each has locks of its own. */
static void take_own_turn(int file)
{
    char path[40];

    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    turn = open(path, O_RDWR | O_CLOEXEC);
    must(turn >= 0);
}

static void run(int listening, int file)
{
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGCHLD, SIG_IGN);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        int client = accept(listening, NULL, NULL);

        if (fork() == 0) {
            (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
            (void)signal(SIGCHLD, SIG_DFL);      /* system() waits for what it starts */
            (void)close(listening);
            take_own_turn(file);
            serve(client);
            _exit(0);
        }
        (void)close(client);
    }
}

struct faulty_proxy faulty_proxy_start(const struct proxied *what)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof address;
    int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int file = memfd_create("turn", MFD_CLOEXEC);

    must(listening >= 0 && file >= 0 && bind(listening, (struct sockaddr *)&address, n) == 0 && listen(listening, 20) == 0);
    must(getsockname(listening, (struct sockaddr *)&address, &n) == 0);
    server = what;
    self = (struct faulty_proxy){ .port = ntohs(address.sin_port),
        .seen = mmap(NULL, (FATES + 1) * sizeof *self.seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) };
    must(self.seen != MAP_FAILED);
    self.pid = fork();
    must(self.pid >= 0);
    if (self.pid == 0)
        run(listening, file);
    (void)close(listening);
    (void)close(file);
    return self;
}

int faulty_proxy_met(const struct faulty_proxy *proxy, enum fate fate)
{
    return __atomic_load_n(&proxy->seen[fate], __ATOMIC_SEQ_CST);
}

void faulty_proxy_end(struct faulty_proxy *proxy)
{
    must(kill(proxy->pid, SIGKILL) == 0 && waitpid(proxy->pid, NULL, 0) == proxy->pid);
    must(munmap(proxy->seen, (FATES + 1) * sizeof *proxy->seen) == 0);
}
