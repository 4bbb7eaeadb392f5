#include "store/store_export.h"

#include "base/clock.h"
#include "base/memory.h"
#include "store/statements.h"

#define COLUMNS \
    "id, user_id, format, zone, words, of_nothing, COALESCE(request_id, 0), COALESCE(actor_id, 0), COALESCE(account_id, 0), operation,\n" \
    "  side, result, from_at, until_at, created_at, state, file, key_at, key_id, n, bytes, expires_at, fetch_until"
#define RESULTS "iisssiiiissstttsst" "iiitt"

static const struct db_statement insert = {
    "export_insert",
    "INSERT INTO log_export (user_id, format, zone, words, of_nothing, request_id, actor_id, account_id, operation, side, result,\n"
    "  from_at, until_at, created_at, file)\n"
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "isssiIIIssstt" "ts", ""
};
static const struct db_statement list = {
    "export_list", "SELECT " COLUMNS "\nFROM log_export\nWHERE user_id = ?\nORDER BY created_at DESC, id DESC\nLIMIT ?", "ii", RESULTS
};
static const struct db_statement load = {
    "export_load", "SELECT " COLUMNS "\nFROM log_export\nWHERE id = ? AND user_id = ?\nLIMIT 1", "ii", RESULTS
};
static const struct db_statement let_fetch = {
    "export_let_fetch",
    "UPDATE log_export\nSET fetch_until = ?\nWHERE id = ? AND user_id = ? AND state = 'READY' AND expires_at > ?", "tiit", ""
};
static const struct db_statement claim = {
    "export_claim",
    "UPDATE log_export\nSET state = 'WRITING', claimed_by = ?, lease_until = ?\n"
    "WHERE state = 'QUEUED' OR (state = 'WRITING' AND (claimed_by = ? OR lease_until < ?))\n"
    "ORDER BY created_at, id\nLIMIT 1",
    "stst", ""
};
static const struct db_statement claimed = {
    "export_claimed", "SELECT " COLUMNS "\nFROM log_export\nWHERE state = 'WRITING' AND claimed_by = ?\nORDER BY created_at, id\nLIMIT 1",
    "s", RESULTS
};
static const struct db_statement advance = {
    "export_advance",
    "UPDATE log_export\nSET key_at = ?, key_id = ?, n = ?, bytes = ?, lease_until = ?\n"
    "WHERE id = ? AND state = 'WRITING' AND claimed_by = ?",
    "tiiitis", ""
};
static const struct db_statement finish = {
    "export_finish",
    "UPDATE log_export\nSET state = ?, done_at = ?, expires_at = ?, lease_until = NULL\n"
    "WHERE id = ? AND state = 'WRITING' AND claimed_by = ?",
    "sttis", ""
};
static const struct db_statement expired = {
    "export_expired", "SELECT " COLUMNS "\nFROM log_export\nWHERE state = 'READY' AND expires_at <= ?\nORDER BY id\nLIMIT ?", "ti", RESULTS
};
static const struct db_statement deleted = {
    "export_deleted", "UPDATE log_export\nSET state = 'DELETED'\nWHERE id = ? AND state = 'READY'", "i", ""
};

const struct db_statement *const store_export_statements[] = {
    &insert, &list, &load, &let_fetch, &claim, &claimed, &advance, &finish, &expired, &deleted, NULL
};

static const struct err *read_row(const struct db_rows *rows, size_t r, struct log_export *export)
{
    const char *operation = db_text(rows, r, 9), *side = db_text(rows, r, 10);

    *export = (struct log_export){
        .id = db_int(rows, r, 0), .user_id = db_int(rows, r, 1), .zone = db_text(rows, r, 3), .words = db_text(rows, r, 4),
        .filter = { .is_of_nothing = db_int(rows, r, 5) != 0, .request_id = db_int(rows, r, 6), .user_id = db_int(rows, r, 7),
                    .account_id = db_int(rows, r, 8), .by_operation = operation[0] != '\0', .side = SIDES, .result = db_text(rows, r, 11),
                    .from_at = db_time(rows, r, 12), .until_at = db_time(rows, r, 13) },
        .created_at = db_time(rows, r, 14), .file = db_text(rows, r, 16), .key = { db_time(rows, r, 17), db_int(rows, r, 18) },
        .n = db_int(rows, r, 19), .bytes = db_int(rows, r, 20), .expires_at = db_time(rows, r, 21), .fetch_until = db_time(rows, r, 22)
    };
    if (!export_format_find(db_text(rows, r, 2), &export->format) || !export_state_find(db_text(rows, r, 15), &export->state) ||
        (operation[0] != '\0' && !operation_find(operation, &export->filter.operation)) ||
        (side[0] != '\0' && !side_find(side, &export->filter.side)))
        return err_new(ERR_BUG, 0, "export %lld is malformed", (long long)export->id);
    return NULL;
}

static const struct err *read_rows(const void *ctx, const struct db_rows *rows, struct log_export **exports, size_t *n)
{
    *n = rows->n;
    *exports = mem_array(ctx, struct log_export, rows->n);
    for (size_t i = 0; i < rows->n; i++)
        TRY(read_row(rows, i, &(*exports)[i]));
    return NULL;
}

static const struct err *read_one(const void *ctx, const struct db_rows *rows, struct log_export **export)
{
    *export = NULL;
    if (rows->n == 0)
        return NULL;
    *export = mem_new(ctx, struct log_export);
    return read_row(rows, 0, *export);
}

const struct err *export_insert(struct db *db, const struct log_export *export, int64_t *id)
{
    const struct operation_filter *filter = &export->filter;

    TRY(db_exec(db, &insert, NULL, export->user_id, export_format_name(export->format), export->zone, export->words,
                (int64_t)filter->is_of_nothing, filter->request_id, filter->user_id, filter->account_id,
                filter->by_operation ? operation_info(filter->operation)->code : "", filter->side == SIDES ? "" : side_name(filter->side),
                filter->result, filter->from_at, filter->until_at, export->created_at, export->file));
    *id = db_insert_id(db);
    return NULL;
}

const struct err *export_list(struct db *db, const void *ctx, int64_t user_id, int limit, struct log_export **exports, size_t *n)
{
    struct db_rows *rows;

    TRY(db_query(db, ctx, &list, &rows, user_id, (int64_t)limit));
    return read_rows(ctx, rows, exports, n);
}

const struct err *export_load(struct db *db, const void *ctx, int64_t id, int64_t user_id, struct log_export **export)
{
    struct db_rows *rows;

    TRY(db_query(db, ctx, &load, &rows, id, user_id));
    return read_one(ctx, rows, export);
}

const struct err *export_let_fetch(struct db *db, int64_t id, int64_t user_id, int64_t now, int64_t until_at, bool *allowed)
{
    int64_t affected = 0;

    TRY(db_exec(db, &let_fetch, &affected, until_at, id, user_id, now));
    *allowed = affected == 1;
    return NULL;
}

const struct err *export_claim(struct db *db, const void *ctx, const char *worker, int64_t now, int64_t lease_until,
                               struct log_export **export)
{
    struct db_rows *rows;
    int64_t affected = 0;

    *export = NULL;
    TRY(db_exec(db, &claim, &affected, worker, lease_until, worker, now));
    if (affected == 0)
        return NULL;
    TRY(db_query(db, ctx, &claimed, &rows, worker));
    return read_one(ctx, rows, export);
}

const struct err *export_advance(struct db *db, const struct log_export *export, const char *worker, int64_t lease_until, bool *held)
{
    int64_t affected = 0;

    TRY(db_exec(db, &advance, &affected, export->key.at, export->key.id, export->n, export->bytes, lease_until, export->id, worker));
    *held = affected == 1;
    return NULL;
}

const struct err *export_finish(struct db *db, int64_t id, const char *worker, enum export_state state, int64_t now,
                                int64_t expires_at, bool *held)
{
    int64_t affected = 0;

    TRY(db_exec(db, &finish, &affected, export_state_name(state), now, expires_at, id, worker));
    *held = affected == 1;
    return NULL;
}

const struct err *export_expired(struct db *db, const void *ctx, int64_t now, int limit, struct log_export **exports, size_t *n)
{
    struct db_rows *rows;

    TRY(db_query(db, ctx, &expired, &rows, now, (int64_t)limit));
    return read_rows(ctx, rows, exports, n);
}

const struct err *export_deleted(struct db *db, int64_t id)
{
    return db_exec(db, &deleted, NULL, id);
}
