/* aborts.h - whether a call ends the process, tried in a child. */
#ifndef TESTS_WEB_ABORTS_H
#define TESTS_WEB_ABORTS_H

#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

static inline bool call_aborts(void (*call)(const void *arg), const void *arg)
{
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        signal(SIGABRT, SIG_DFL);
        call(arg);
        _exit(0);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

#endif
