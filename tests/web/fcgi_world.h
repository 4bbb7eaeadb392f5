/* fcgi_world.h - a server in a process of its own, in a folder of its own, and ways to ask it. */
#ifndef TESTS_WEB_FCGI_WORLD_H
#define TESTS_WEB_FCGI_WORLD_H

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/memory.h"
#include "web/fcgi.h"

#include "support/rows.h"
#include "web/fcgi_client.h"

struct world {
    char folder[32];
    char path[64];
    struct fcgi_server server;
    pid_t master;          /* 0: not running */
    int started[2], go[2]; /* /slow tells that it has begun, and waits to go on */
    int stopped[2];        /* the stop function writes here */
};

static inline bool start_unless_told(void *arg)
{
    const struct world *world = arg;
    char marker[96];

    (void)snprintf(marker, sizeof marker, "%s/refuse", world->folder);
    return unlink(marker) != 0;
}

static inline void stop_tells(void *arg)
{
    const struct world *world = arg;

    (void)!write(world->stopped[1], "s", 1);
}

/* "pid path error-kind body", and for /big a megabyte more. */
static inline struct buf *serve(void *ctx, const struct http_source *source, void *arg)
{
    const struct world *world = arg;
    struct http_request *request;
    const struct err *err = http_parse(ctx, source, 1 << 20, &request);
    struct http_response *response = http_response_new(ctx);
    char byte;

    if (strcmp(request->path, "/slow") == 0 &&
        (write(world->started[1], "s", 1) != 1 || read(world->go[0], &byte, 1) != 1))
        return NULL;
    if (strcmp(request->path, "/crash") == 0)
        raise(SIGKILL);
    if (strcmp(request->path, "/nothing") == 0)
        return NULL;
    http_header(response, "Content-Type", "text/plain");
    buf_format(response->body, "%d %s %s %s", (int)getpid(), request->path, err == NULL ? "fine" : err_kind_name(err->kind),
               request->body == NULL ? "-" : request->body);
    if (strcmp(request->path, "/big") == 0)
        for (int i = 0; i < 1 << 16; i++)
            buf_text(response->body, "0123456789abcdef");
    return http_response_bytes(ctx, response, request->method == HTTP_HEAD);
}

static inline int set_up(void **state)
{
    struct world *world = mem_new(NULL, struct world);

    (void)snprintf(world->folder, sizeof world->folder, "/tmp/test_fcgi.XXXXXX");
    if (mkdtemp(world->folder) == NULL || pipe(world->started) != 0 || pipe(world->go) != 0 || pipe(world->stopped) != 0)
        return -1;
    (void)snprintf(world->path, sizeof world->path, "%s/web.sock", world->folder);
    world->server = (struct fcgi_server){ world->path, 1, 0, start_unless_told, serve, stop_tells, world };
    *state = world;
    return 0;
}

static inline int tear_down(void **state)
{
    struct world *world = *state;
    char lock[96];

    if (world->master > 0) {
        kill(world->master, SIGTERM);
        waitpid(world->master, NULL, 0);
    }
    (void)snprintf(lock, sizeof lock, "%s.lock", world->path);
    unlink(world->path);
    unlink(lock);
    rmdir(world->folder);
    for (int i = 0; i < 2; i++) {
        close(world->started[i]);
        close(world->go[i]);
        close(world->stopped[i]);
    }
    talloc_free(world);
    return 0;
}

/* Forks the server and waits until it listens; it must not end before. */
static inline void run_server(struct world *world)
{
    int fd;

    world->master = fork();
    assert_true(world->master >= 0);
    if (world->master == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        _exit(fcgi_run(&world->server) == NULL ? 0 : 1);
    }
    while ((fd = client_connect(world->path)) < 0) {
        assert_int_equal(waitpid(world->master, NULL, WNOHANG), 0);
        usleep(2000);
    }
    close(fd);
}

static inline int end_server(struct world *world)
{
    int status;

    kill(world->master, SIGTERM);
    assert_int_equal(waitpid(world->master, &status, 0), world->master);
    world->master = 0;
    return status;
}

static inline int begin(const struct world *world, const char *uri, const char *body, bool keep)
{
    void *ctx = mem_context(NULL, "begin");
    int fd = client_connect(world->path);

    assert_true(fd >= 0);
    assert_true(client_send(fd, client_request(ctx, uri, body, keep)));
    talloc_free(ctx);
    return fd;
}

/* The body of the answer, after checking that it came whole; NULL if the request was not answered. */
static inline char *finish(const void *ctx, int fd)
{
    struct buf *answer = client_answer(ctx, fd);
    const char *length, *body;

    close(fd);
    if (answer == NULL || answer->n == 0)
        return NULL;
    length = strstr(answer->bytes, "Content-Length: ");
    body = strstr(answer->bytes, "\r\n\r\n");
    assert_memory_equal(answer->bytes, "Status: 200 OK\r\n", 16);
    assert_non_null(length);
    assert_non_null(body);
    assert_int_equal(strlen(body + 4), strtol(length + 16, NULL, 10));
    return mem_copy(ctx, body + 4);
}

static inline char *ask(const struct world *world, const char *uri, const char *body)
{
    return finish(world, begin(world, uri, body, false));
}

/* Asks until some worker answers: one that was just killed may take the connection into its grave. */
static inline pid_t pid_of_worker(const struct world *world)
{
    char *answer;

    while ((answer = ask(world, "/pid", NULL)) == NULL)
        usleep(2000);
    return (pid_t)strtol(answer, NULL, 10);
}

#define CLAIM(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
