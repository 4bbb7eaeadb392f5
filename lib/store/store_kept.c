#include "store/store_kept.h"

#include "store/statements.h"
#include "store/store_purge.h"

static const struct db_statement put = {
    "kept_form_put",
    "INSERT INTO kept_form (user_id, path, fields, kept_at)\n"
    "VALUES (?, ?, ?, ?)\n"
    "ON DUPLICATE KEY UPDATE fields = VALUES(fields), kept_at = VALUES(kept_at)",
    "isst", ""
};
static const struct db_statement find = {
    "kept_form_find",
    "SELECT fields\n  FROM kept_form\n WHERE user_id = ? AND path = ? AND kept_at >= ? AND fields <> ''\n LIMIT 1",
    "ist", "s"
};
static const struct db_statement clear = {
    "kept_form_clear", "UPDATE kept_form\n   SET fields = ''\n WHERE user_id = ? AND path = ?", "is", ""
};
static const struct db_statement purge = {
    "purge_kept_forms", "DELETE FROM kept_form WHERE kept_at < ? ORDER BY kept_at LIMIT ?", "ti", ""
};

const struct db_statement *const store_kept_statements[] = { &put, &find, &clear, &purge, NULL };

const struct err *kept_form_put(struct db *db, int64_t user_id, const char *path, const char *fields, int64_t now)
{
    return db_exec(db, &put, NULL, user_id, path, fields, now);
}

const struct err *kept_form_find(struct db *db, const void *ctx, int64_t user_id, const char *path, int64_t since,
                                 const char **fields)
{
    struct db_rows *rows;

    TRY(db_query(db, ctx, &find, &rows, user_id, path, since));
    *fields = rows->n == 0 ? NULL : db_text(rows, 0, 0);
    return NULL;
}

const struct err *kept_form_clear(struct db *db, int64_t user_id, const char *path)
{
    return db_exec(db, &clear, NULL, user_id, path);
}

const struct err *purge_kept_forms(struct db *db, int64_t before_at, int64_t *n)
{
    return db_exec(db, &purge, n, before_at, (int64_t)PURGE_BATCH);
}
