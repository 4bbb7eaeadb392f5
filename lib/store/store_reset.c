#include "store/store_reset.h"

#include "base/memory.h"
#include "store/statements.h"

#define DIGEST_BYTES ((size_t)32)

static const struct db_statement find = {
    "reset_find",
    "SELECT r.user_id\n"
    "  FROM password_reset r\n"
    " WHERE r.token_hash = ? AND r.used_at IS NULL AND r.expires_at > ?\n"
    " LIMIT 1",
    "bt", "i"};

static const struct db_statement count = {
    "reset_count", "SELECT COUNT(*)\n  FROM password_reset\n WHERE user_id = ? AND created_at > ?\n LIMIT 1", "it", "i"};

static const struct db_statement make_void = {
    "reset_void", "UPDATE password_reset\n   SET used_at = ?\n WHERE user_id = ? AND used_at IS NULL", "ti", ""};

static const struct db_statement insert = {
    "reset_insert",
    "INSERT INTO password_reset (token_hash, user_id, created_at, expires_at)\n"
    "VALUES (?, ?, ?, ?)",
    "bitt", ""};

static const struct db_statement use = {
    "reset_use",
    "UPDATE password_reset\n"
    "   SET used_at = ?\n"
    " WHERE token_hash = ? AND used_at IS NULL AND expires_at > ?",
    "tbt", ""};

const struct db_statement *const store_reset_statements[] = {&find, &count, &make_void, &insert, &use, NULL};

const struct err *reset_find(struct db *db, const unsigned char token_hash[32], int64_t now, int64_t *user_id)
{
    void *ctx = mem_context(NULL, "reset_find");
    struct db_rows *rows = NULL;
    const struct err *err = db_query(db, ctx, &find, &rows, token_hash, DIGEST_BYTES, now);
    if (err == NULL)
        *user_id = rows->n > 0 ? db_int(rows, 0, 0) : 0;
    talloc_free(ctx);
    return err;
}

const struct err *reset_count(struct db *db, int64_t user_id, int64_t since, int64_t *n)
{
    void *ctx = mem_context(NULL, "reset_count");
    struct db_rows *rows = NULL;
    const struct err *err = db_query(db, ctx, &count, &rows, user_id, since);
    if (err == NULL)
        *n = db_int(rows, 0, 0);
    talloc_free(ctx);
    return err;
}

const struct err *reset_void(struct db *db, int64_t user_id, int64_t now)
{
    return db_exec(db, &make_void, NULL, now, user_id);
}

const struct err *reset_insert(struct db *db, const unsigned char token_hash[32], int64_t user_id, int64_t at,
                               int64_t expires_at)
{
    return db_exec(db, &insert, NULL, token_hash, DIGEST_BYTES, user_id, at, expires_at);
}

const struct err *reset_use(struct db *db, const unsigned char token_hash[32], int64_t now, bool *used)
{
    int64_t affected = 0;
    TRY(db_exec(db, &use, &affected, now, token_hash, DIGEST_BYTES, now));
    *used = affected == 1;
    return NULL;
}
