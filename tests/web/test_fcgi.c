#include "web/fcgi_world.h"

/* --- serving ------------------------------------------------------------------------------------------------------------ */

static void get_is_answered(void **state)
{
    struct world *world = *state;
    char *answer;

    run_server(world);
    answer = ask(world, "/hello?x=1", NULL);
    assert_non_null(answer);
    assert_string_equal(strchr(answer, ' '), " /hello fine -");
}

static void worker_is_not_the_master(void **state)
{
    struct world *world = *state;

    run_server(world);
    assert_int_not_equal(pid_of_worker(world), world->master);
}

static void body_is_handed_over(void **state)
{
    struct world *world = *state;
    char *answer;

    run_server(world);
    answer = ask(world, "/form", "a=1&b=2");
    assert_non_null(answer);
    assert_string_equal(strchr(answer, ' '), " /form fine a=1&b=2");
}

static void megabyte_arrives_whole(void **state)
{
    struct world *world = *state;
    char *answer;

    run_server(world);
    answer = ask(world, "/big", NULL);
    assert_non_null(answer);
    assert_true(strlen(answer) > 1 << 20);
}

static void repeated_parameters_reach_the_parser(void **state)
{
    struct world *world = *state;
    struct buf *out = client_request(world, "/twice", NULL, false), *params = buf_new(world, 64);
    const size_t begin_n = 16;
    int fd;
    char *answer;

    client_param(params, "HTTP_COOKIE", "sid=1");
    client_param(params, "HTTP_COOKIE", "sid=2");
    run_server(world);
    fd = client_connect(world->path);
    {
        struct buf *whole = buf_new(world, 256);

        buf_add(whole, out->bytes, begin_n);
        client_record(whole, RECORD_PARAMS, params->bytes, params->n);
        buf_add(whole, out->bytes + begin_n, out->n - begin_n);
        assert_true(client_send(fd, whole));
    }
    answer = finish(world, fd);
    assert_non_null(answer);
    assert_string_equal(strchr(answer, ' '), " /twice INPUT -");
}

/* finish() reads until the server closes: a kept connection would never end. */
static void connection_is_closed_although_the_peer_wants_to_keep_it(void **state)
{
    struct world *world = *state;

    run_server(world);
    assert_non_null(finish(world, begin(world, "/keep", NULL, true)));
    assert_non_null(ask(world, "/next", NULL));
}

static void request_without_answer_harms_no_other(void **state)
{
    struct world *world = *state;

    run_server(world);
    assert_null(ask(world, "/nothing", NULL));
    assert_non_null(ask(world, "/next", NULL));
}

static void queued_requests_are_all_answered(void **state)
{
    struct world *world = *state;
    int fds[20];

    world->server.workers = 2;
    run_server(world);
    for (int i = 0; i < 20; i++)
        fds[i] = begin(world, "/many", "a=1", false);
    for (int i = 0; i < 20; i++)
        assert_non_null(finish(world, fds[i]));
}

/* --- peers that speak nonsense ------------------------------------------------------------------------------------------ */

#define BYTES(text) text, sizeof text - 1

static const struct garbage { const char *name; const char *bytes; size_t n; } garbages[] = {
    { "http_instead", BYTES("GET / HTTP/1.1\r\nHost: x\r\n\r\n") },
    { "zeros", BYTES("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0") },
    { "wrong_version", BYTES("\x09\x01\0\x01\0\x08\0\0\0\x01\0\0\0\0\0\0") },
    { "unknown_record_type", BYTES("\x01\xfe\0\x01\0\x04\0\0abcd") },
    { "params_before_begin", BYTES("\x01\x04\0\x01\0\x04\0\0\x01\x01" "ab") },
    { "half_a_header", BYTES("\x01\x01\0") },
    { "begin_without_end", BYTES("\x01\x01\0\x01\0\x08\0\0\0\x01\0\0\0\0\0\0") },
    { "unknown_role", BYTES("\x01\x01\0\x01\0\x08\0\0\0\x63\0\0\0\0\0\0") },
    { "record_shorter_than_said", BYTES("\x01\x01\0\x01\0\x08\0\0\0\x01\0\0\0\0\0\0\x01\x04\0\x01\xff\xff\0\0ab") },
    { "param_longer_than_record",
      BYTES("\x01\x01\0\x01\0\x08\0\0\0\x01\0\0\0\0\0\0\x01\x04\0\x01\0\x04\0\0\x7f\x7f" "ab\x01\x04\0\x01\0\0\0\0") },
    { "param_of_two_gigabytes",
      BYTES("\x01\x01\0\x01\0\x08\0\0\0\x01\0\0\0\0\0\0"
            "\x01\x04\0\x01\0\x09\0\0\xff\xff\xff\xff\xff\xff\xff\xff" "a\x01\x04\0\x01\0\0\0\0") },
    { "empty_params", BYTES("\x01\x01\0\x01\0\x08\0\0\0\x01\0\0\0\0\0\0\x01\x04\0\x01\0\0\0\0\x01\x05\0\x01\0\0\0\0") },
};

/* An answer or none may come; afterwards the server works as before. */
static void garbage_is_survived(void **state)
{
    struct world *world = *state;

    run_server(world);
    for (size_t i = 0; i < sizeof garbages / sizeof *garbages; i++) {
        int fd = client_connect(world->path);

        assert_true(fd >= 0);
        assert_true(send(fd, garbages[i].bytes, garbages[i].n, MSG_NOSIGNAL) > 0);
        close(fd);
        print_message("after %s\n", garbages[i].name);
        (void)pid_of_worker(world);
    }
}

static void body_that_breaks_off_is_refused(void **state)
{
    struct world *world = *state;
    struct buf *out = client_request(world, "/cut", "a=12345", false);
    char *answer;
    int fd;

    run_server(world);
    fd = client_connect(world->path);
    out->n -= 8 + 3;
    assert_true(client_send(fd, out));
    shutdown(fd, SHUT_WR);
    answer = finish(world, fd);
    assert_non_null(answer);
    assert_string_equal(strchr(answer, ' '), " /cut INPUT -");
}

static void peer_that_goes_away_is_survived(void **state)
{
    struct world *world = *state;

    run_server(world);
    for (int i = 0; i < 5; i++)
        close(begin(world, "/big", NULL, false));
    assert_non_null(ask(world, "/next", NULL));
}

/* With one worker, which the silent peer would otherwise hold for ever. */
static void silent_peer_is_given_up(void **state)
{
    struct world *world = *state;
    int silent;

    run_server(world);
    silent = client_connect(world->path);
    assert_int_equal(send(silent, "\x01\x01", 2, MSG_NOSIGNAL), 2);
    assert_non_null(ask(world, "/next", NULL));
    close(silent);
}

/* --- workers that end --------------------------------------------------------------------------------------------------- */

static void killed_worker_is_replaced(void **state)
{
    struct world *world = *state;
    pid_t first;

    run_server(world);
    first = pid_of_worker(world);
    kill(first, SIGKILL);
    assert_int_not_equal(pid_of_worker(world), first);
}

static void worker_that_dies_in_a_request_loses_only_that_one(void **state)
{
    struct world *world = *state;

    run_server(world);
    assert_null(ask(world, "/crash", NULL));
    assert_non_null(ask(world, "/next", NULL));
}

static void worker_leaves_after_its_requests(void **state)
{
    struct world *world = *state;
    pid_t first, second;
    char byte;

    world->server.requests_per_worker = 1;
    run_server(world);
    first = pid_of_worker(world);
    second = pid_of_worker(world);
    assert_int_not_equal(first, second);
    assert_int_equal(read(world->stopped[0], &byte, 1), 1);
}

static void worker_that_could_not_start_is_tried_again(void **state)
{
    struct world *world = *state;
    char marker[96];

    (void)snprintf(marker, sizeof marker, "%s/refuse", world->folder);
    close(open(marker, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    run_server(world);
    assert_non_null(ask(world, "/next", NULL));
    assert_int_not_equal(access(marker, F_OK), 0);
}

static void hangup_replaces_every_worker(void **state)
{
    struct world *world = *state;
    pid_t first;

    run_server(world);
    first = pid_of_worker(world);
    kill(world->master, SIGHUP);
    while (pid_of_worker(world) == first)
        usleep(2000);
    assert_int_equal(end_server(world), 0);
}

static void user_signal_does_not_disturb_a_worker(void **state)
{
    struct world *world = *state;
    pid_t first;

    run_server(world);
    first = pid_of_worker(world);
    kill(first, SIGUSR1);
    assert_int_equal(pid_of_worker(world), first);
    assert_int_equal(pid_of_worker(world), first);
}

/* This process adopts the orphan, and so learns how it ended. */
static void workers_end_when_the_master_is_killed(void **state)
{
    struct world *world = *state;
    pid_t worker;
    int status;

    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    run_server(world);
    worker = pid_of_worker(world);
    kill(world->master, SIGKILL);
    assert_int_equal(waitpid(world->master, NULL, 0), world->master);
    world->master = 0;
    assert_int_equal(waitpid(worker, &status, 0), worker);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(get_is_answered),
        CLAIM(worker_is_not_the_master),
        CLAIM(body_is_handed_over),
        CLAIM(megabyte_arrives_whole),
        CLAIM(repeated_parameters_reach_the_parser),
        CLAIM(connection_is_closed_although_the_peer_wants_to_keep_it),
        CLAIM(request_without_answer_harms_no_other),
        CLAIM(queued_requests_are_all_answered),
        CLAIM(garbage_is_survived),
        CLAIM(body_that_breaks_off_is_refused),
        CLAIM(peer_that_goes_away_is_survived),
        CLAIM(silent_peer_is_given_up),
        CLAIM(killed_worker_is_replaced),
        CLAIM(worker_that_dies_in_a_request_loses_only_that_one),
        CLAIM(worker_leaves_after_its_requests),
        CLAIM(worker_that_could_not_start_is_tried_again),
        CLAIM(hangup_replaces_every_worker),
        CLAIM(user_signal_does_not_disturb_a_worker),
        CLAIM(workers_end_when_the_master_is_killed),
    };

    return cmocka_run_group_tests_name("fcgi", tests, NULL, NULL);
}
