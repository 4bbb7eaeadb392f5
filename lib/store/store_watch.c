#include "store/store_watch.h"

#include "base/memory.h"
#include "store/statements.h"

static const struct db_statement add = {
    "watch_add",
    "INSERT INTO check_watch (account_id, association_id, user_id, created_at, seen_version, look_at)\nVALUES (?, ?, ?, ?, 0, ?)",
    "iiitt", ""};
static const struct db_statement find_open = {
    "watch_is_open", "SELECT id\nFROM check_watch\nWHERE open_account = ?\nLIMIT 1", "i", "i"};
/* open_account has few rows that are not NULL: only open ones are read. */
static const struct db_statement due = {
    "watch_due",
    "SELECT w.id\nFROM check_watch w\nJOIN account a ON a.id = w.account_id\n"
    "WHERE w.open_account IS NOT NULL AND (a.version <> w.seen_version OR w.look_at <= ?) AND w.id > ?\nORDER BY w.id\nLIMIT ?",
    "tii", "i"};
static const struct db_statement load = {
    "watch_load",
    "SELECT id, account_id, association_id, open_account IS NOT NULL\nFROM check_watch\nWHERE id = ?\nLIMIT 1", "i", "iiii"};
static const struct db_statement look = {
    "watch_looked",
    "UPDATE check_watch\nSET seen_version = ?, look_at = ?\nWHERE id = ? AND told_at IS NULL AND ended_at IS NULL", "iti", ""};
static const struct db_statement tell = {
    "watch_told", "UPDATE check_watch\nSET told_at = ?\nWHERE id = ? AND told_at IS NULL AND ended_at IS NULL", "ti", ""};
static const struct db_statement end = {
    "watch_ended", "UPDATE check_watch\nSET ended_at = ?\nWHERE id = ? AND told_at IS NULL AND ended_at IS NULL", "ti", ""};

const struct db_statement *const store_watch_statements[] = {&add, &find_open, &due, &load, &look, &tell, &end, NULL};

const struct err *watch_add(struct db *db, int64_t account_id, int64_t association_id, int64_t user_id, int64_t at, bool *is_new)
{
    const struct err *err = db_exec(db, &add, NULL, account_id, association_id, user_id, at, at);
    *is_new = err == NULL;
    return db_is_duplicate(err, "check_watch_open") ? NULL : err;
}

const struct err *watch_is_open(struct db *db, int64_t account_id, bool *is_open)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, NULL, &find_open, &rows, account_id));
    *is_open = rows->n > 0;
    talloc_free(rows);
    return NULL;
}

const struct err *watch_due(struct db *db, const void *ctx, int64_t now, int64_t after, int64_t limit, int64_t **ids, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &due, &rows, now, after, limit));
    *ids = mem_array(ctx, int64_t, rows->n + 1);
    for (size_t i = 0; i < rows->n; i++)
        (*ids)[i] = db_int(rows, i, 0);
    *n = rows->n;
    return NULL;
}

const struct err *watch_load(struct db *db, const void *ctx, int64_t id, struct watch **watch)
{
    struct db_rows *rows = NULL;
    *watch = NULL;
    TRY(db_query(db, ctx, &load, &rows, id));
    if (rows->n == 0)
        return NULL;
    *watch = mem_new(ctx, struct watch);
    **watch = (struct watch){db_int(rows, 0, 0), db_int(rows, 0, 1), db_int(rows, 0, 2), db_int(rows, 0, 3) != 0};
    return NULL;
}

const struct err *watch_looked(struct db *db, int64_t id, int64_t version, int64_t look_at, bool *moved)
{
    int64_t affected = 0;
    TRY(db_exec(db, &look, &affected, version, look_at, id));
    *moved = affected == 1;
    return NULL;
}

const struct err *watch_told(struct db *db, int64_t id, int64_t at, bool *moved)
{
    int64_t affected = 0;
    TRY(db_exec(db, &tell, &affected, at, id));
    *moved = affected == 1;
    return NULL;
}

const struct err *watch_ended(struct db *db, int64_t id, int64_t at, bool *moved)
{
    int64_t affected = 0;
    TRY(db_exec(db, &end, &affected, at, id));
    *moved = affected == 1;
    return NULL;
}
