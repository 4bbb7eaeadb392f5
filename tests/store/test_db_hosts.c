#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/db.h"
#include "support/test_db.h"

/* The private server has a unix socket only; a child of this program passes TCP connections on to it. */

static void *mem;
static struct config config;
static int silent_fd;                                /* listens and never answers */
static unsigned dead_port, silent_port, good_port;
static pid_t relay;

static int listen_somewhere(unsigned *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, n) != 0 || listen(fd, 16) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &n) != 0)
        abort();
    *port = ntohs(address.sin_port);
    return fd;
}

static int connect_server(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", getenv("TEST_DB_SOCKET"));
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        _exit(1);
    return fd;
}

/* One connection at a time is enough here. */
static void pass_on(int client)
{
    struct pollfd ends[2] = { { client, POLLIN, 0 }, { connect_server(), POLLIN, 0 } };
    char bytes[4096];

    while (poll(ends, 2, -1) > 0)
        for (int i = 0; i < 2; i++) {
            ssize_t n;

            if (ends[i].revents == 0)
                continue;
            n = read(ends[i].fd, bytes, sizeof bytes);
            if (n <= 0 || write(ends[1 - i].fd, bytes, (size_t)n) != n) {
                (void)close(ends[1].fd);
                return;
            }
        }
}

static int open_hosts(void **state)
{
    int fd;

    (void)state;
    mem = mem_context(NULL, "test");
    config = *test_db_config();
    talloc_free(test_db_open(mem));
    (void)close(listen_somewhere(&dead_port));
    silent_fd = listen_somewhere(&silent_port);
    fd = listen_somewhere(&good_port);
    relay = fork();
    if (relay == 0) {
        (void)signal(SIGPIPE, SIG_IGN);
        for (;;) {
            int client = accept(fd, NULL, NULL);

            if (client < 0)
                _exit(1);
            pass_on(client);
            (void)close(client);
        }
    }
    (void)close(fd);
    return relay > 0 ? 0 : -1;
}

static int close_hosts(void **state)
{
    int status;

    (void)state;
    (void)kill(relay, SIGTERM);
    (void)waitpid(relay, &status, 0);
    (void)close(silent_fd);
    talloc_free(mem);
    return 0;
}

static const struct err *connect_with(const char *hosts)
{
    struct db *db;
    const struct err *err;

    config.database.hosts = hosts;
    config.database.connect_timeout_s = 1;
    db = db_new(mem, &config, "");
    err = db_ready(db, clock_now());
    if (err == NULL)
        assert_int_equal(test_db_number(db, "SELECT 42"), 42);
    talloc_free(db);
    return err;
}

static void is_fine(const struct err *err)
{
    if (err != NULL)
        fail_msg("%s %d %s", err_kind_name(err->kind), err->code, err->what);
}

static void the_first_host_that_works_is_taken(void **state)
{
    (void)state;
    is_fine(connect_with(mem_text(mem, "127.0.0.1:%u", good_port)));
}

static void a_host_that_refuses_is_passed_over(void **state)
{
    (void)state;
    is_fine(connect_with(mem_text(mem, "127.0.0.1:%u, 127.0.0.1:%u", dead_port, good_port)));
}

static void a_host_that_accepts_and_stays_silent_is_passed_over(void **state)
{
    (void)state;
    is_fine(connect_with(mem_text(mem, "127.0.0.1:%u,127.0.0.1:%u", silent_port, good_port)));
}

static void an_entry_that_is_no_host_is_passed_over(void **state)
{
    static const char *const wrong[] = { "127.0.0.1:port", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", ":3306", "[::1", "[::1]3306" };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const struct err *err = connect_with(wrong[i]);

        assert_non_null(err);
        assert_non_null(strstr(err->what, "is not host:port"));
        is_fine(connect_with(mem_text(mem, "%s, 127.0.0.1:%u", wrong[i], good_port)));
    }
}

static void when_none_works_it_is_busy_and_each_is_named(void **state)
{
    const char *first = mem_text(mem, "127.0.0.1:%u: ", dead_port);
    const struct err *err = connect_with(mem_text(mem, "127.0.0.1:%u, [::1]:%u", dead_port, dead_port));

    (void)state;
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_BUSY);
    assert_non_null(strstr(err->what, first));
    assert_non_null(strstr(err->what, mem_text(mem, "[::1]:%u: ", dead_port)));
}

static void a_list_of_nothing_is_busy(void **state)
{
    const struct err *err = connect_with(" , ");

    (void)state;
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_BUSY);
}

static void a_socket_that_is_not_there_is_busy(void **state)
{
    const char *socket = config.database.socket;
    const struct err *err;

    (void)state;
    config.database.socket = "/nowhere/db.sock";
    err = connect_with("");
    config.database.socket = socket;
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_BUSY);
    assert_int_equal(err->code, 2002);
}

static void a_wrong_account_is_busy(void **state)
{
    const char *user = config.database.user;
    const struct err *err;

    (void)state;
    config.database.user = "nobody_here";
    err = connect_with("");
    config.database.user = user;
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_BUSY);
    assert_int_equal(err->code, 1045);
}

/* The library by itself goes on in plain text, silently. */
static void where_tls_is_demanded_a_server_without_is_refused(void **state)
{
    const struct err *err;

    (void)state;
    config.database.tls_ca = "/nowhere/ca.pem";
    err = connect_with(mem_text(mem, "127.0.0.1:%u", good_port));
    config.database.tls_ca = "";
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_BUSY);
    assert_int_equal(err->code, 2026);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_host_that_works_is_taken),
        cmocka_unit_test(a_host_that_refuses_is_passed_over),
        cmocka_unit_test(a_host_that_accepts_and_stays_silent_is_passed_over),
        cmocka_unit_test(an_entry_that_is_no_host_is_passed_over),
        cmocka_unit_test(when_none_works_it_is_busy_and_each_is_named),
        cmocka_unit_test(a_list_of_nothing_is_busy),
        cmocka_unit_test(a_socket_that_is_not_there_is_busy),
        cmocka_unit_test(a_wrong_account_is_busy),
        cmocka_unit_test(where_tls_is_demanded_a_server_without_is_refused),
    };

    return cmocka_run_group_tests(tests, open_hosts, close_hosts);
}
