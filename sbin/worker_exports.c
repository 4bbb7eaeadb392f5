#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "log_export.h"
#include "store/store_export.h"

#define LEASE (2 * CLOCK_MINUTE)
#define PORTION_ROWS 20000          /* looked at in one go: mail is not to wait for an export */
#define EXPIRED_AT_ONCE 20
#define MODE 0640                   /* the web server's group reads */

struct writing {
    struct worker *worker;
    struct log_export *export;
    struct log_export_walk *walk;
    int fd;
};

static const char *path_of(const struct worker *worker, const void *ctx, const struct log_export *export)
{
    return mem_text(ctx, "%s/%s", worker->config->worker.exports, export->file);
}

/* --- the file --------------------------------------------------------------------------------------------------------- */

/* What lies behind the bytes that the database tells of was written by a worker that died: it is cut off and written again. */
static int open_file(const char *path, int64_t bytes, int *fd)
{
    const int opened = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, MODE);

    if (opened < 0)
        return errno;
    if (fchmod(opened, MODE) != 0 || ftruncate(opened, (off_t)bytes) != 0 || lseek(opened, 0, SEEK_END) != (off_t)bytes) {
        const int code = errno;

        (void)close(opened);
        return code;
    }
    *fd = opened;
    return 0;
}

static int write_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        const ssize_t written = write(fd, bytes, n);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return written < 0 ? errno : ENOSPC;
        bytes += written;
        n -= (size_t)written;
    }
    return 0;
}

/* The rows of one portion; *code is the file's fault. */
static const struct err *write_portion(struct writing *w, int *code)
{
    int looked = 0;

    while (looked < PORTION_ROWS && !w->walk->is_end && *code == 0) {
        TRY(log_export_next(w->walk));
        *code = write_all(w->fd, w->walk->out->bytes, w->walk->out->n);
        w->export->bytes += (int64_t)w->walk->out->n;
        buf_clear(w->walk->out);
        looked += LOG_EXPORT_ROWS;
    }
    if (*code == 0 && fsync(w->fd) != 0)
        *code = errno;
    w->export->key = w->walk->key;
    w->export->n = w->walk->n;
    return NULL;
}

/* --- an export -------------------------------------------------------------------------------------------------------- */

static const struct err *give_up(struct worker *worker, const void *ctx, const struct log_export *export, int code, int64_t now)
{
    const char *path = path_of(worker, ctx, export);
    bool held;

    log_line("export_failed", "%s: %s", path, strerror(code));
    (void)unlink(path);
    return export_finish(worker->db, export->id, worker->name, EXPORT_FAILED, now, INSTANT_NONE, &held);
}

static const struct err *go_on(struct worker *worker, const void *ctx, struct log_export *export, int64_t now, bool *more)
{
    struct writing w = { .worker = worker, .export = export };
    const struct err *err;
    bool held;
    int code;

    if (worker->export_accounts == NULL)
        worker->export_accounts = log_export_accounts_new(worker->mem);
    w.walk = log_export_begin(ctx, worker->db, &export->filter, export->format, export->zone, worker->export_accounts);
    if (export->bytes > 0)
        buf_clear(w.walk->out);   /* the head is there */
    w.walk->key = export->key;
    w.walk->n = export->n;
    code = open_file(path_of(worker, ctx, export), export->bytes, &w.fd);
    if (code != 0)
        return give_up(worker, ctx, export, code, now);
    err = write_portion(&w, &code);
    (void)close(w.fd);
    TRY(err);
    if (code != 0)
        return give_up(worker, ctx, export, code, now);
    TRY(export_advance(worker->db, export, worker->name, now + LEASE, &held));
    *more = true;
    if (!held || !w.walk->is_end)
        return NULL;
    return export_finish(worker->db, export->id, worker->name, EXPORT_READY, now, now + worker->config->worker.export_ttl_s * CLOCK_SECOND,
                         &held);
}

/* The file first: a row that tells of one is the only thing that knows its name. */
static const struct err *delete_expired(struct worker *worker, const void *ctx, int64_t now)
{
    struct log_export *exports;
    size_t n;

    TRY(export_expired(worker->db, ctx, now, EXPIRED_AT_ONCE, &exports, &n));
    for (size_t i = 0; i < n; i++) {
        const char *path = path_of(worker, ctx, &exports[i]);

        if (unlink(path) != 0 && errno != ENOENT)
            return err_new(ERR_BUG, errno, "%s: %s", path, strerror(errno));
        TRY(export_deleted(worker->db, exports[i].id));
    }
    return NULL;
}

const struct err *worker_exports(struct worker *worker, const void *ctx, int64_t now, bool *more)
{
    struct log_export *export;

    if (worker->config->worker.exports[0] == '\0')
        return NULL;
    TRY(delete_expired(worker, ctx, now));
    TRY(export_claim(worker->db, ctx, worker->name, now, now + LEASE, &export));
    return export == NULL ? NULL : go_on(worker, ctx, export, now, more);
}
