#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/test_server.h"

static void must(int is_true)
{
    if (!is_true)
        abort();
}

static int bound_socket(int *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    must(fd >= 0 && bind(fd, (struct sockaddr *)&address, n) == 0 && getsockname(fd, (struct sockaddr *)&address, &n) == 0);
    *port = ntohs(address.sin_port);
    return fd;
}

struct test_server test_server_start(test_server_script *script)
{
    struct test_server server;
    int listening = bound_socket(&server.port), record[2];

    must(listen(listening, 1) == 0 && pipe(record) == 0);
    server.pid = fork();
    must(server.pid >= 0);
    if (server.pid == 0) {
        int client;

        (void)signal(SIGPIPE, SIG_IGN);
        (void)close(record[0]);
        client = accept(listening, NULL, NULL);
        if (client >= 0)
            script(client, record[1]);
        _exit(0);
    }
    (void)close(listening);
    (void)close(record[1]);
    server.record = record[0];
    return server;
}

char *test_server_end(struct test_server *server)
{
    size_t n = 0, room = 1 << 20;
    char *noted = calloc(1, room);
    ssize_t got;

    must(noted != NULL);
    (void)kill(server->pid, SIGTERM);
    (void)waitpid(server->pid, NULL, 0);
    while (n + 1 < room && (got = read(server->record, noted + n, room - 1 - n)) > 0)
        n += (size_t)got;
    (void)close(server->record);
    return noted;
}

int test_server_closed_port(int *keep)
{
    int port;

    *keep = bound_socket(&port);
    return port;
}

size_t test_server_read(int client, char *out, size_t room, const char *ending)
{
    size_t n = 0, end_n = strlen(ending);

    while (n + 1 < room && read(client, out + n, 1) == 1) {
        n++;
        if (n >= end_n && memcmp(out + n - end_n, ending, end_n) == 0)
            break;
    }
    out[n] = '\0';
    return n;
}

void test_server_write(int fd, const char *text)
{
    size_t n = strlen(text);

    while (n > 0) {
        ssize_t done = write(fd, text, n);

        if (done <= 0)
            return;
        text += done;
        n -= (size_t)done;
    }
}
