#include "store/store_freeze.h"

#include "base/clock.h"
#include "base/memory.h"
#include "store/statements.h"

#define ACCOUNT "c.id, c.version, c.kind, c.name, c.no, a.id, a.partner_id, p.name"
#define ACCOUNT_RESULTS "iisssiis"
#define ASSOCIATION \
    "LEFT JOIN association a ON a.active_customer = c.id\n" \
    "LEFT JOIN account p ON p.id = a.partner_id\n"
#define HELD \
    "SELECT " ACCOUNT ", f.id, f.type, f.source, f.reason, f.at\n" \
    "FROM freeze f\n" \
    "JOIN account c ON c.id = f.account_id\n" ASSOCIATION
#define HELD_RESULTS ACCOUNT_RESULTS "issst"

static const struct db_statement held_of = {
    "freeze_held", HELD "WHERE f.id = ? AND f.lifted_at IS NULL\nLIMIT 1", "i", HELD_RESULTS,
};
static const struct db_statement known = {"freeze_known", "SELECT id\nFROM freeze\nWHERE id = ?\nLIMIT 1", "i", "i"};
static const struct db_statement list = {
    "freeze_list",
    HELD "WHERE f.lifted_at IS NULL AND c.status = 'OPEN' AND f.at >= ? AND (f.at > ? OR f.id > ?)\n"
    "  AND (f.source IN ('PLATFORM', 'BUDGET') OR c.kind = 'PARTNER')\n"
    "ORDER BY f.at, f.id\nLIMIT ?",
    "ttii", HELD_RESULTS,
};
static const struct db_statement account_of = {
    "freeze_account",
    "SELECT " ACCOUNT "\nFROM account c\n" ASSOCIATION
    "WHERE c.no = ? AND c.kind IN ('CUSTOMER', 'PARTNER') AND c.status = 'OPEN'\nLIMIT 1",
    "s", ACCOUNT_RESULTS,
};

const struct db_statement *const store_freeze_statements[] = {&held_of, &known, &list, &account_of, NULL};

static const struct err *read_account(const struct db_rows *rows, size_t r, struct held_account *account)
{
    *account = (struct held_account){
        .id = db_int(rows, r, 0), .version = db_int(rows, r, 1), .name = db_text(rows, r, 3), .no = db_text(rows, r, 4),
        .association_id = db_int(rows, r, 5), .partner_id = db_int(rows, r, 6), .partner_name = db_text(rows, r, 7),
    };
    if (!account_kind_find(db_text(rows, r, 2), &account->kind))
        return err_new(ERR_BUG, 0, "account %lld is malformed", (long long)account->id);
    return NULL;
}

static const struct err *read_held(const struct db_rows *rows, size_t r, struct held_freeze *held)
{
    TRY(read_account(rows, r, &held->account));
    held->freeze = (struct freeze){
        .id = db_int(rows, r, 8), .account_id = held->account.id, .reason = db_text(rows, r, 11), .at = db_time(rows, r, 12),
        .lifted_at = INSTANT_NONE,
    };
    if (!freeze_type_find(db_text(rows, r, 9), &held->freeze.type) || !freeze_source_find(db_text(rows, r, 10), &held->freeze.source))
        return err_new(ERR_BUG, 0, "freeze %lld is malformed", (long long)held->freeze.id);
    return NULL;
}

const struct err *freeze_known(struct db *db, int64_t freeze_id, bool *is_known)
{
    void *ctx = mem_context(NULL, "freeze_known");
    struct db_rows *rows = NULL;
    const struct err *err = db_query(db, ctx, &known, &rows, freeze_id);
    *is_known = err == NULL && rows->n > 0;
    talloc_free(ctx);
    return err;
}

const struct err *freeze_held(struct db *db, const void *ctx, int64_t freeze_id, struct held_freeze **held)
{
    struct db_rows *rows;
    *held = NULL;
    TRY(db_query(db, ctx, &held_of, &rows, freeze_id));
    if (rows->n == 0)
        return NULL;
    struct held_freeze *read = mem_new(ctx, struct held_freeze);
    TRY(read_held(rows, 0, read));
    *held = read;
    return NULL;
}

const struct err *freeze_list(struct db *db, const void *ctx, int64_t after_at, int64_t after_id, int limit,
                              struct held_freeze **held, size_t *n, bool *has_more)
{
    const int64_t at = after_at == INSTANT_NONE ? 0 : after_at;
    struct db_rows *rows;
    TRY(db_query(db, ctx, &list, &rows, at, at, after_id, (int64_t)limit + 1));
    const size_t shown = rows->n > (size_t)limit ? (size_t)limit : rows->n;
    *held = mem_array(ctx, struct held_freeze, shown);
    for (size_t i = 0; i < shown; i++)
        TRY(read_held(rows, i, &(*held)[i]));
    *n = shown;
    *has_more = rows->n > shown;
    return NULL;
}

const struct err *freeze_account(struct db *db, const void *ctx, const char *account_no, struct held_account **account)
{
    struct db_rows *rows;
    *account = NULL;
    TRY(db_query(db, ctx, &account_of, &rows, db_ascii(account_no)));
    if (rows->n == 0)
        return NULL;
    struct held_account *read = mem_new(ctx, struct held_account);
    TRY(read_account(rows, 0, read));
    *account = read;
    return NULL;
}
