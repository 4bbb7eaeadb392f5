#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/migrate.h"
#include "store/statements.h"

#define FILE_MAX_BYTES (1024 * 1024)
#define CODE_NO_TABLE 1146
#define NAME_MAX_BYTES 100

static const char tables[] =
    "CREATE TABLE IF NOT EXISTS schema_version (\n"
    "  version BIGINT NOT NULL COMMENT 'number of the migration',\n"
    "  name VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'its file',\n"
    "  begun_at DATETIME(6) NOT NULL COMMENT 'when it was begun',\n"
    "  done_at DATETIME(6) NULL COMMENT 'when it was done; NULL: it failed half-way',\n"
    "  PRIMARY KEY (version)\n"
    ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='migrations of this database';\n"
    "CREATE TABLE IF NOT EXISTS schema_lock (\n"
    "  id TINYINT NOT NULL COMMENT 'always 1',\n"
    "  holder VARCHAR(100) CHARACTER SET utf8mb4 NOT NULL COMMENT 'host and process that migrates',\n"
    "  at DATETIME(6) NOT NULL COMMENT 'since when',\n"
    "  PRIMARY KEY (id)\n"
    ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='one row while a migration runs';\n";

static const struct db_statement highest = { "migrate_highest",
    "SELECT version FROM schema_version WHERE done_at IS NOT NULL ORDER BY version DESC LIMIT 1", "", "i" };
static const struct db_statement recorded = { "migrate_recorded",
    "SELECT version, name, done_at FROM schema_version ORDER BY version LIMIT 10000", "", "ist" };
static const struct db_statement begin = { "migrate_begin",
    "INSERT INTO schema_version (version, name, begun_at) VALUES (?, ?, ?)", "ist", "" };
static const struct db_statement done = { "migrate_done",
    "UPDATE schema_version SET done_at = ? WHERE version = ?", "ti", "" };
static const struct db_statement lock = { "migrate_lock",
    "INSERT INTO schema_lock (id, holder, at) VALUES (1, ?, ?)", "st", "" };
static const struct db_statement lock_holder = { "migrate_lock_holder",
    "SELECT holder, at FROM schema_lock WHERE id = 1 LIMIT 1", "", "st" };
static const struct db_statement unlock = { "migrate_unlock",
    "DELETE FROM schema_lock WHERE id = 1", "", "" };

const struct db_statement *const migrate_statements[] = {
    &highest, &recorded, &begin, &done, &lock, &lock_holder, &unlock, NULL,
};

struct files {
    size_t n;
    char **names;   /* in order; the number of names[i] is i + 1 */
};

/* --- the folder ------------------------------------------------------------------------------------------------------ */

static bool ends_in_sql(const char *name)
{
    size_t n = strlen(name);

    return n > 4 && strcmp(name + n - 4, ".sql") == 0;
}

/* The number of NNNN_name.sql, or -1. */
static long number_of(const char *name)
{
    if (strspn(name, "0123456789") != 4 || name[4] != '_' || strlen(name) > NAME_MAX_BYTES)
        return -1;
    return strtol(name, NULL, 10);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static const struct err *list_files(const void *ctx, const char *folder, struct files *files)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;

    *files = (struct files){ 0, NULL };
    if (dir == NULL)
        return err_new(ERR_INPUT, errno, "%s: %s", folder, strerror(errno));
    while ((entry = readdir(dir)) != NULL) {
        if (!ends_in_sql(entry->d_name))
            continue;
        files->names = mem_grow(ctx, files->names, sizeof *files->names, files->n, files->n + 1);
        files->names[files->n++] = mem_copy(ctx, entry->d_name);
    }
    (void)closedir(dir);
    if (files->n > 0)
        qsort(files->names, files->n, sizeof *files->names, by_name);
    for (size_t i = 0; i < files->n; i++) {
        long number = number_of(files->names[i]);

        if (number < 0)
            return err_new(ERR_INPUT, 0, "%s/%s: a migration is named NNNN_name.sql", folder, files->names[i]);
        if (number != (long)i + 1)
            return err_new(ERR_INPUT, 0, "%s/%s: number %04zu expected: one is missing or there twice", folder,
                           files->names[i], i + 1);
    }
    return NULL;
}

static const struct err *read_file(const void *ctx, const char *path, char **text)
{
    struct buf *buf = buf_new(ctx, 16384);
    FILE *file = fopen(path, "re");
    char bytes[8192];
    size_t n;
    int code;

    if (file == NULL)
        return err_new(ERR_INPUT, errno, "%s: %s", path, strerror(errno));
    while ((n = fread(bytes, 1, sizeof bytes, file)) > 0 && buf->n <= FILE_MAX_BYTES)
        buf_add(buf, bytes, n);
    code = ferror(file) ? errno : 0;
    (void)fclose(file);
    if (code != 0)
        return err_new(ERR_INPUT, code, "%s: %s", path, strerror(code));
    if (buf->n > FILE_MAX_BYTES || memchr(buf->bytes, '\0', buf->n) != NULL)
        return err_new(ERR_INPUT, 0, "%s: longer than 1 MiB or no text", path);
    *text = buf->bytes;
    return NULL;
}

/* --- the database ---------------------------------------------------------------------------------------------------- */

/* What is recorded must be a beginning of what the folder holds, each done. *n counts it. */
static const struct err *check_recorded(const void *ctx, struct db *db, const struct files *files, size_t *n)
{
    struct db_rows *rows;

    TRY(db_query(db, ctx, &recorded, &rows));
    for (size_t i = 0; i < rows->n; i++) {
        const char *name = db_text(rows, i, 1);

        if (db_is_null(rows, i, 2))
            return err_new(ERR_CONFLICT, 0, "%s was begun and not finished: see what it has done, undo or finish it by hand, "
                           "then delete or complete its row in schema_version", name);
        if (i >= files->n)
            return err_new(ERR_CONFLICT, 0, "the database is newer than this program: it has %s", name);
        if (db_int(rows, i, 0) != (int64_t)i + 1 || strcmp(name, files->names[i]) != 0)
            return err_new(ERR_CONFLICT, 0, "the database has %s where this program has %s", name, files->names[i]);
    }
    *n = rows->n;
    return NULL;
}

static const struct err *run_file(const void *ctx, struct db *db, const char *folder, const char *name, int64_t version)
{
    char *text;

    TRY(read_file(ctx, mem_text(ctx, "%s/%s", folder, name), &text));
    TRY(db_exec(db, &begin, NULL, version, name, clock_now()));
    TRY(db_run_text(db, text, name));
    return db_exec(db, &done, NULL, clock_now(), version);
}

static const struct err *run_missing(const void *ctx, struct db *db, const char *folder, const struct files *files, int *applied,
                                     void (*report)(const char *name, void *arg), void *arg)
{
    size_t n = 0;

    TRY(check_recorded(ctx, db, files, &n));
    for (size_t i = n; i < files->n; i++) {
        TRY(run_file(ctx, db, folder, files->names[i], (int64_t)i + 1));
        (*applied)++;
        if (report != NULL)
            report(files->names[i], arg);
    }
    return NULL;
}

static const struct err *take_lock(const void *ctx, struct db *db, int64_t now)
{
    char host[65] = "", since[32];
    struct db_rows *rows;
    const struct err *err;

    (void)gethostname(host, sizeof host - 1);
    err = db_exec(db, &lock, NULL, mem_text(ctx, "%s, process %ld", host, (long)getpid()), now);
    if (err == NULL || err->kind != ERR_CONFLICT)
        return err;
    TRY(db_query(db, ctx, &lock_holder, &rows));
    if (rows->n == 0)
        return err_new(ERR_CONFLICT, 0, "another migration ends just now");
    clock_format_utc(db_time(rows, 0, 1), false, since);
    return err_new(ERR_CONFLICT, 0, "%s migrates since %s; if it is gone: DELETE FROM schema_lock", db_text(rows, 0, 0), since);
}

static const struct err *run_locked(const void *ctx, struct db *db, const char *folder, const struct files *files, int64_t now,
                                    int *applied, void (*report)(const char *name, void *arg), void *arg)
{
    const struct err *err, *unlock_err;

    TRY(db_ready(db, now));
    TRY(db_run_text(db, tables, "the tables of migrations"));
    TRY(take_lock(ctx, db, now));
    err = run_missing(ctx, db, folder, files, applied, report, arg);
    /* The lock goes even if the connection broke; what failed half-way is recorded otherwise. */
    unlock_err = db_ready(db, now);
    if (unlock_err == NULL)
        unlock_err = db_exec(db, &unlock, NULL);
    return err != NULL ? err : unlock_err;
}

/* --- for callers ----------------------------------------------------------------------------------------------------- */

const struct err *migrate(struct db *db, const char *folder, int64_t now, int *applied,
                          void (*report)(const char *name, void *arg), void *arg)
{
    void *mem = mem_context(NULL, "migrate");
    struct files files;
    const struct err *err = list_files(mem, folder, &files), *ready_err;

    *applied = 0;
    if (err == NULL) {
        db_limit_statements(db, false);
        err = run_locked(mem, db, folder, &files, now, applied, report, arg);
        db_limit_statements(db, true);
        ready_err = db_ready(db, now);
        if (err == NULL)
            err = ready_err;
    }
    talloc_free(mem);
    return err;
}

const struct err *migrate_version(struct db *db, int64_t *version)
{
    struct db_rows *rows;
    const struct err *err = db_query(db, NULL, &highest, &rows);

    if (err != NULL && err->code != CODE_NO_TABLE)
        return err;
    *version = err != NULL || rows->n == 0 ? 0 : db_int(rows, 0, 0);
    if (err == NULL)
        talloc_free(rows);
    return NULL;
}
