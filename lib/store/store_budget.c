#include "store/store_budget.h"

#include "base/clock.h"
#include "base/memory.h"
#include "domain/names.h"
#include "store/statements.h"

static const char *const scopes[BUDGET_SCOPES] = { "TOTAL", "PREFIX", "ACCOUNT", "ADDRESS" };

/* A new hour begins, or one more fits into the running one: whoever sends at the same time waits here and is counted next. */
static const struct db_statement take = {
    "budget_take",
    "UPDATE message_budget\n"
    "   SET used = IF(since <= ?, 1, used + 1), since = IF(since <= ?, ?, since), allowed = ?\n"
    " WHERE scope = ? AND subject = ? AND (since <= ? OR used < ?)",
    "tttissti", ""};

static const struct db_statement first = {
    "budget_first",
    "INSERT INTO message_budget (scope, subject, since, used, allowed) VALUES (?, ?, ?, 1, ?)",
    "ssti", ""};

static const struct db_statement since_of = {
    "budget_since", "SELECT since FROM message_budget WHERE scope = ? AND subject = ? LIMIT 1", "ss", "t"};

static const struct db_statement prefix_of = {
    "budget_prefix",
    "SELECT prefix, per_hour\n"
    "  FROM sms_prefix\n"
    " WHERE prefix = LEFT(?, CHAR_LENGTH(prefix))\n"
    " ORDER BY CHAR_LENGTH(prefix) DESC\n"
    " LIMIT 1",
    "s", "si"};

static const struct db_statement used_up = {
    "budget_used_up",
    "SELECT scope, subject, since, allowed\n"
    "  FROM message_budget\n"
    " WHERE since > ? AND used >= allowed AND scope IN ('TOTAL', 'PREFIX') AND (told_since IS NULL OR told_since < since)\n"
    " ORDER BY since, scope, subject\n"
    " LIMIT ?",
    "ti", "ssti"};

static const struct db_statement told = {
    "budget_told",
    "UPDATE message_budget\n"
    "   SET told_since = since\n"
    " WHERE scope = ? AND subject = ? AND since = ? AND (told_since IS NULL OR told_since < since)",
    "sst", ""};

const struct db_statement *const store_budget_statements[] = {&take, &first, &since_of, &prefix_of, &used_up, &told, NULL};

const char *budget_scope_name(enum budget_scope scope)
{
    return names_at(scopes, BUDGET_SCOPES, (int)scope);
}

static const struct err *read_since(struct db *db, const char *scope, const char *subject, int64_t *since)
{
    void *ctx = mem_context(NULL, "budget");
    struct db_rows *rows = NULL;
    const struct err *err = db_query(db, ctx, &since_of, &rows, scope, subject);
    if (err == NULL)
        *since = rows->n == 0 ? INSTANT_NONE : db_time(rows, 0, 0);
    talloc_free(ctx);
    return err;
}

const struct err *budget_take(struct db *db, enum budget_scope scope, const char *subject, int64_t allowed, int64_t now,
                              int64_t *frees_at)
{
    const int64_t over = now - CLOCK_HOUR;
    const char *name = budget_scope_name(scope);
    int64_t affected = 0, since = INSTANT_NONE;

    *frees_at = now + CLOCK_HOUR;
    if (allowed <= 0)
        return NULL;
    TRY(db_exec(db, &take, &affected, over, over, now, allowed, name, subject, over, allowed));
    if (affected == 0) {
        TRY(read_since(db, name, subject, &since));
        if (since != INSTANT_NONE) {
            *frees_at = since + CLOCK_HOUR;
            return NULL;
        }
        const struct err *err = db_exec(db, &first, NULL, name, subject, now, allowed);
        if (db_is_duplicate(err, "PRIMARY"))
            return db_again("somebody else began the hour");
        TRY(err);
    }
    *frees_at = INSTANT_NONE;
    return NULL;
}

const struct err *budget_prefix(struct db *db, const void *ctx, const char *number, const char **prefix, int64_t *per_hour)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &prefix_of, &rows, number));
    *prefix = rows->n == 0 ? "" : db_text(rows, 0, 0);
    *per_hour = rows->n == 0 ? 0 : db_int(rows, 0, 1);
    return NULL;
}

const struct err *budget_used_up(struct db *db, const void *ctx, int64_t now, int limit, struct budget_used **used, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &used_up, &rows, now - CLOCK_HOUR, (int64_t)limit));
    *used = mem_array(ctx, struct budget_used, rows->n);
    for (size_t i = 0; i < rows->n; i++) {
        int scope = 0;
        if (!names_find(scopes, BUDGET_SCOPES, db_text(rows, i, 0), &scope))
            return err_new(ERR_BUG, 0, "a budget of an unknown scope");
        (*used)[i] = (struct budget_used){
            .scope = (enum budget_scope)scope, .subject = db_text(rows, i, 1), .since = db_time(rows, i, 2),
            .allowed = db_int(rows, i, 3)};
    }
    *n = rows->n;
    return NULL;
}

const struct err *budget_told(struct db *db, const struct budget_used *used, bool *was_told)
{
    int64_t affected = 0;
    TRY(db_exec(db, &told, &affected, budget_scope_name(used->scope), used->subject, used->since));
    *was_told = affected == 1;
    return NULL;
}
