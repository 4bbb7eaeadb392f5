#include "web/fcgi_world.h"

/* --- stopping ----------------------------------------------------------------------------------------------------------- */

static const int stop_signals[] = { SIGTERM, SIGINT };

static void stop_finishes_the_request_in_flight(void **state)
{
    for (size_t i = 0; i < 2; i++) {
        struct world *world = *state;
        int fd, status;
        char byte, *answer;

        run_server(world);
        fd = begin(world, "/slow", NULL, false);
        assert_int_equal(read(world->started[0], &byte, 1), 1);
        kill(world->master, stop_signals[i]);
        usleep(20000);
        assert_int_equal(waitpid(world->master, NULL, WNOHANG), 0);
        assert_int_equal(write(world->go[1], "g", 1), 1);
        answer = finish(world, fd);
        assert_non_null(answer);
        assert_string_equal(strchr(answer, ' '), " /slow fine -");
        assert_int_equal(waitpid(world->master, &status, 0), world->master);
        world->master = 0;
        assert_int_equal(status, 0);
        assert_int_equal(read(world->stopped[0], &byte, 1), 1);
        assert_int_not_equal(access(world->path, F_OK), 0);
    }
}

static void idle_server_stops_and_leaves_no_socket(void **state)
{
    struct world *world = *state;

    world->server.workers = 3;
    run_server(world);
    assert_int_equal(end_server(world), 0);
    assert_int_not_equal(access(world->path, F_OK), 0);
}

static void server_without_workers_serves_in_its_own_process(void **state)
{
    struct world *world = *state;
    pid_t first;

    world->server.workers = 0;
    run_server(world);
    first = pid_of_worker(world);
    assert_int_equal(first, world->master);
    assert_int_equal(end_server(world), 0);
}

/* --- the socket --------------------------------------------------------------------------------------------------------- */

static void socket_is_for_owner_and_group(void **state)
{
    struct world *world = *state;
    struct stat status;

    run_server(world);
    assert_int_equal(stat(world->path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0660);
}

static void second_instance_is_refused_and_the_first_goes_on(void **state)
{
    struct world *world = *state;
    const struct err *err;

    run_server(world);
    err = fcgi_run(&world->server);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_BUSY);
    assert_non_null(ask(world, "/next", NULL));
}

/* A socket of this process, bound to the path of the server. */
static int own_socket(const struct world *world, bool is_listening)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    memcpy(address.sun_path, world->path, strlen(world->path) + 1);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    if (is_listening)
        assert_int_equal(listen(fd, 5), 0);
    return fd;
}

static void socket_of_a_stranger_is_not_taken_over(void **state)
{
    struct world *world = *state;
    int fd = own_socket(world, true), client;

    assert_int_equal(fcgi_run(&world->server)->kind, ERR_BUSY);
    client = client_connect(world->path);
    assert_true(client >= 0);
    close(client);
    close(fd);
}

static void stale_socket_is_replaced(void **state)
{
    struct world *world = *state;

    close(own_socket(world, true));
    run_server(world);
    assert_non_null(ask(world, "/next", NULL));
}

static void file_in_the_place_of_the_socket_is_left_alone(void **state)
{
    struct world *world = *state;

    close(open(world->path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    assert_int_equal(fcgi_run(&world->server)->kind, ERR_BUSY);
    assert_int_equal(access(world->path, F_OK), 0);
}

static void folder_that_is_not_there_is_told(void **state)
{
    struct world *world = *state;

    world->server.socket_path = "/tmp/no-such-folder-of-test-fcgi/web.sock";
    assert_int_equal(fcgi_run(&world->server)->kind, ERR_BUSY);
}

static void path_of_108_bytes_is_too_long(void **state)
{
    struct world *world = *state;
    char path[109] = { 0 };

    memset(path, 'x', 108);
    memcpy(path, "/tmp/", 5);
    world->server.socket_path = path;
    assert_int_equal(fcgi_run(&world->server)->kind, ERR_BUSY);
}

static void start_that_refuses_ends_a_server_without_workers(void **state)
{
    struct world *world = *state;
    char marker[96];

    (void)snprintf(marker, sizeof marker, "%s/refuse", world->folder);
    close(open(marker, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    world->server.workers = 0;
    assert_int_equal(fcgi_run(&world->server)->kind, ERR_BUSY);
    assert_int_not_equal(access(world->path, F_OK), 0);
}

static void inherited_socket_is_served_and_stays(void **state)
{
    struct world *world = *state;
    int fd = own_socket(world, true), status;

    world->server.socket_path = "";
    world->master = fork();
    if (world->master == 0)
        _exit(dup2(fd, 0) == 0 && fcgi_run(&world->server) == NULL ? 0 : 1);
    assert_non_null(ask(world, "/next", NULL));
    status = end_server(world);
    assert_int_equal(status, 0);
    assert_int_equal(access(world->path, F_OK), 0);
    close(fd);
}

static void inherited_file_is_refused(void **state)
{
    struct world *world = *state;
    int status;
    pid_t pid = fork();

    world->server.socket_path = "";
    if (pid == 0) {
        int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
        const struct err *err = dup2(fd, 0) == 0 ? fcgi_run(&world->server) : NULL;

        _exit(err != NULL && err->kind == ERR_BUSY ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(stop_finishes_the_request_in_flight),
        CLAIM(idle_server_stops_and_leaves_no_socket),
        CLAIM(server_without_workers_serves_in_its_own_process),
        CLAIM(socket_is_for_owner_and_group),
        CLAIM(second_instance_is_refused_and_the_first_goes_on),
        CLAIM(socket_of_a_stranger_is_not_taken_over),
        CLAIM(stale_socket_is_replaced),
        CLAIM(file_in_the_place_of_the_socket_is_left_alone),
        CLAIM(folder_that_is_not_there_is_told),
        CLAIM(path_of_108_bytes_is_too_long),
        CLAIM(start_that_refuses_ends_a_server_without_workers),
        CLAIM(inherited_socket_is_served_and_stays),
        CLAIM(inherited_file_is_refused),
    };

    return cmocka_run_group_tests_name("fcgi_socket", tests, NULL, NULL);
}
