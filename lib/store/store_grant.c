#include "store/store_grant.h"

#include "base/clock.h"
#include "base/memory.h"
#include "store/statements.h"

#define LAST_AT INT64_C(253402300799999999)   /* nothing is later: 9999-12-31 */

#define GRANT \
    "SELECT g.id, g.customer_id, g.partner_id, g.extra, g.side, g.granted_at, g.until_at, g.revoked_at, c.no, c.name,\n" \
    "  COALESCE(p.no, ''), COALESCE(p.name, ''), COALESCE(u.name, ''), g.note, g.revoke_note\n" \
    "FROM quota_grant g\n" \
    "JOIN account c ON c.id = g.customer_id\n" \
    "LEFT JOIN account p ON p.id = g.partner_id\n" \
    "LEFT JOIN user u ON u.id = g.granted_by\n"
#define GRANT_RESULTS "iiiis" "ttt" "sssss" "ss"

static const struct db_statement insert = {
    "grant_insert",
    "INSERT INTO quota_grant (side, customer_id, partner_id, extra, granted_at, until_at, granted_by, note)\n"
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    "siiittis", ""};
static const struct db_statement load = {"grant_load", GRANT "WHERE g.id = ?\nLIMIT 1", "i", GRANT_RESULTS};
static const struct db_statement list_all = {
    "grant_list",
    GRANT "WHERE g.granted_at <= ? AND (g.granted_at < ? OR g.id < ?)\nORDER BY g.granted_at DESC, g.id DESC\nLIMIT ?",
    "ttii", GRANT_RESULTS};
static const struct db_statement list_of = {
    "grant_list_of",
    GRANT "WHERE g.customer_id = ? AND g.granted_at <= ? AND (g.granted_at < ? OR g.id < ?)\n"
    "ORDER BY g.granted_at DESC, g.id DESC\nLIMIT ?",
    "ittii", GRANT_RESULTS};
static const struct db_statement sum = {
    "grant_sum",
    "SELECT CAST(COALESCE(SUM(extra), 0) AS SIGNED)\nFROM quota_grant\n"
    "WHERE customer_id = ? AND side = ? AND partner_id = ? AND granted_at <= ? AND until_at > ? AND revoked_at IS NULL\nLIMIT 1",
    "isitt", "i"};
static const struct db_statement revoke = {
    "grant_revoke",
    "UPDATE quota_grant\nSET revoked_at = ?, revoked_by = ?, revoke_note = ?\nWHERE id = ? AND revoked_at IS NULL AND until_at > ?",
    "tisit", ""};

const struct db_statement *const store_grant_statements[] = {&insert, &load, &list_all, &list_of, &sum, &revoke, NULL};

const struct err *grant_insert(struct db *db, const struct grant *grant, int64_t user_id, int64_t *id)
{
    TRY(db_exec(db, &insert, NULL, side_name(grant->side), grant->customer_id, grant->partner_id, grant->extra, grant->granted_at,
                grant->until_at, user_id, grant->note));
    *id = db_insert_id(db);
    return NULL;
}

static const struct err *read_grant(const struct db_rows *rows, size_t r, struct grant *grant)
{
    *grant = (struct grant){
        .id = db_int(rows, r, 0), .customer_id = db_int(rows, r, 1), .partner_id = db_int(rows, r, 2), .extra = db_int(rows, r, 3),
        .granted_at = db_time(rows, r, 5), .until_at = db_time(rows, r, 6), .revoked_at = db_time(rows, r, 7),
        .customer_no = db_text(rows, r, 8), .customer_name = db_text(rows, r, 9), .partner_no = db_text(rows, r, 10),
        .partner_name = db_text(rows, r, 11), .granted_by = db_text(rows, r, 12), .note = db_text(rows, r, 13),
        .revoke_note = db_text(rows, r, 14)};
    return side_find(db_text(rows, r, 4), &grant->side) ? NULL : err_new(ERR_BUG, 0, "grant %lld is malformed", (long long)grant->id);
}

const struct err *grant_load(struct db *db, const void *ctx, int64_t id, struct grant **grant)
{
    struct db_rows *rows = NULL;
    *grant = NULL;
    TRY(db_query(db, ctx, &load, &rows, id));
    if (rows->n == 0)
        return NULL;
    *grant = mem_new(ctx, struct grant);
    return read_grant(rows, 0, *grant);
}

const struct err *grant_list(struct db *db, const void *ctx, int64_t customer_id, int64_t before_at, int64_t before_id, int limit,
                             struct grant **grants, size_t *n, bool *has_more)
{
    const int64_t at = before_at == INSTANT_NONE ? LAST_AT : before_at, id = before_at == INSTANT_NONE ? INT64_MAX : before_id;
    struct db_rows *rows = NULL;
    if (customer_id == 0)
        TRY(db_query(db, ctx, &list_all, &rows, at, at, id, (int64_t)limit + 1));
    else
        TRY(db_query(db, ctx, &list_of, &rows, customer_id, at, at, id, (int64_t)limit + 1));
    *has_more = rows->n > (size_t)limit;
    *n = *has_more ? (size_t)limit : rows->n;
    *grants = mem_array(ctx, struct grant, *n);
    for (size_t r = 0; r < *n; r++)
        TRY(read_grant(rows, r, &(*grants)[r]));
    return NULL;
}

const struct err *grant_sum(struct db *db, enum side side, int64_t customer_id, int64_t partner_id, int64_t now, int64_t *extra)
{
    void *ctx = mem_context(NULL, "grant_sum");
    struct db_rows *rows = NULL;
    const struct err *err = db_query(db, ctx, &sum, &rows, customer_id, side_name(side), partner_id, now, now);
    *extra = err == NULL && rows->n > 0 ? db_int(rows, 0, 0) : 0;
    talloc_free(ctx);
    return err;
}

const struct err *grant_revoke(struct db *db, int64_t id, int64_t user_id, const char *note, int64_t at, bool *done)
{
    int64_t affected = 0;
    TRY(db_exec(db, &revoke, &affected, at, user_id, note, id, at));
    *done = affected == 1;
    return NULL;
}
