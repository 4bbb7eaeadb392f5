/* fcgi.h - the prefork server around libfcgi; the only includer of <fcgiapp.h> is fcgi.c.
 *
 * The master opens the socket with mode 0660 (or takes fd 0), forks workers, replaces ones that end, and stops them on
 * SIGTERM or SIGINT; each worker finishes the request in flight first. SIGHUP replaces the workers one by one. Workers
 * end when the master does. Shutdown is race-free: a non-blocking listening socket, signals blocked outside ppoll().
 * "<socket_path>.lock" stays behind; it keeps two instances from starting on one path at once.
 */
#ifndef WEB_FCGI_H
#define WEB_FCGI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "web/http.h"

struct fcgi_server {
    const char *socket_path;     /* "" : fd 0 is the listening socket */
    int workers;                 /* 0: no fork, serve in this process (tests, demo program) */
    int requests_per_worker;     /* 0: no limit; otherwise a worker leaves after so many and is replaced (with workers 0,
                                  * fcgi_run returns) */
    bool (*start)(void *arg);    /* in each worker before its first request, may be NULL; false ends the worker with a pause */
    /* Answers one request: reads from source, returns the bytes to send (NULL: none). ctx is freed afterwards. A peer that
     * keeps silent for 10 s while it is read from or written to is given up. */
    struct buf *(*serve)(void *ctx, const struct http_source *source, void *arg);
    void (*stop)(void *arg);     /* in each worker after its last request; may be NULL */
    void *arg;
};

/* Returns when told to stop. ERR_BUSY if the socket cannot be opened (another live instance holds it, path too long, …),
 * and with workers 0 also if start says false. */
const struct err *fcgi_run(const struct fcgi_server *server);

#endif
