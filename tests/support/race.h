/* race.h - several processes doing something at once, each with a connection of its own. RACE_ROUNDS sets how often.
 *
 * For test programs that have `db` and `world` as their globals. */
#ifndef TESTS_SUPPORT_RACE_H
#define TESTS_SUPPORT_RACE_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/rows.h"
#include "support/test_db.h"
#include "support/test_world.h"

#define MANY 8
#define FAILED 100     /* + the kind of the error */

static struct db *db;
static struct world world;

static inline int rounds(void)
{
    const char *text = getenv("RACE_ROUNDS");

    return text == NULL ? 5 : atoi(text);
}

struct answer { int who, what; };

/* In a child: connects, waits until the write end of `go` is closed everywhere, runs, tells. */
static inline void child(int who, int (*run)(int who), const int ready[2], const int go[2], const int answers[2])
{
    struct answer answer = { who, 0 };
    char byte = 'r';

    (void)close(go[1]);
    world_reconnect(&world);
    db = world.db;
    if (write(ready[1], &byte, 1) != 1 || read(go[0], &byte, 1) != 0)
        _exit(2);
    answer.what = run(who);
    _exit(write(answers[1], &answer, sizeof answer) == (ssize_t)sizeof answer ? 0 : 2);
}

/* Runs `run` in n processes at once; what each answered is in what[n]. */
static inline void race(int n, int (*run)(int who), int *what)
{
    int ready[2], go[2], answers[2];
    struct answer answer;
    char byte;

    assert_int_equal(pipe(ready) | pipe(go) | pipe(answers), 0);
    (void)fflush(NULL);
    for (int i = 0; i < n; i++) {
        pid_t pid = fork();

        assert_true(pid >= 0);
        if (pid == 0)
            child(i, run, ready, go, answers);
    }
    for (int i = 0; i < n; i++)
        assert_int_equal(read(ready[0], &byte, 1), 1);
    (void)close(go[1]);
    for (int i = 0; i < n; i++) {
        assert_int_equal(read(answers[0], &answer, sizeof answer), sizeof answer);
        what[answer.who] = answer.what;
    }
    for (int i = 0; i < n; i++) {
        int status;

        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    (void)close(ready[0]); (void)close(ready[1]); (void)close(go[0]); (void)close(answers[0]); (void)close(answers[1]);
}

static inline int count(const int *what, int n, int value)
{
    int found = 0;

    for (int i = 0; i < n; i++)
        found += what[i] == value;
    return found;
}

static inline void begin(void)
{
    world_begin(&world, db);
}

static inline void end(void)
{
    assert_int_equal(world_faults(&world), 0);
    world_end(&world);
}

/* A little while, for whoever is naive. */
static inline void dawdle(void)
{
    const struct timespec pause = { 0, 20000000 };

    (void)nanosleep(&pause, NULL);
}

/* One number, then a pause. */
static inline const struct err *look(const struct db_statement *statement, int64_t *n)
{
    struct db_rows *rows;

    TRY(db_query(db, world.mem, statement, &rows));
    *n = db_int(rows, 0, 0);
    dawdle();
    return NULL;
}

#endif
