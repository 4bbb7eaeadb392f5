/* test_server.h - a server on loopback in a process of its own, for one connection and one test. */
#ifndef TEST_SERVER_H
#define TEST_SERVER_H

#include <stddef.h>
#include <sys/types.h>

struct test_server {
    int port;
    pid_t pid;
    int record;             /* what the server noted, to read */
};

/* Serves one connection: reads and writes `client`, notes what the test wants to see in `record`. */
typedef void test_server_script(int client, int record);

/* The port answers from here on. */
struct test_server test_server_start(test_server_script *script);

/* Ends the server and returns what it noted; the caller frees it. */
char *test_server_end(struct test_server *server);

/* A port that refuses connections for as long as *keep, a descriptor, stays open. */
int test_server_closed_port(int *keep);

/* For scripts. A line or all that comes until `ending`, with a NUL; 0 at the end of the connection. */
size_t test_server_read(int client, char *out, size_t room, const char *ending);
void test_server_write(int fd, const char *text);

#endif
