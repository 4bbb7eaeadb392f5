#include "store/store_dead_event.h"

#include "base/clock.h"
#include "base/memory.h"
#include "store/statements.h"

#define LAST_AT INT64_C(253402300799999999)   /* nothing is later: 9999-12-31 */

#define EVENT \
    "SELECT w.id, w.chain_id, w.seq, w.created_at, w.done_at, w.tries, COALESCE(l.id, 0), COALESCE(l.operation, ''),\n" \
    "  COALESCE(l.object, ''), w.detail\n" \
    "FROM webhook_event w\n" \
    "LEFT JOIN operation_log l ON l.chain_id = w.chain_id AND l.seq = w.seq\n"
#define EVENT_RESULTS "iiittiisss"
#define AGAIN \
    "UPDATE webhook_event\n" \
    "SET state = 'QUEUED', tries = 0, next_at = ?, retried_at = ?, done_at = NULL, lease_until = NULL, claimed_by = ''\n"

static const struct db_statement list = {
    "dead_event_list",
    EVENT "WHERE w.state = 'DEAD' AND w.done_at <= ? AND (w.done_at < ? OR w.id < ?)\nORDER BY w.done_at DESC, w.id DESC\nLIMIT ?",
    "ttii", EVENT_RESULTS};
static const struct db_statement load = {
    "dead_event_load", EVENT "WHERE w.id = ? AND w.state = 'DEAD'\nLIMIT 1", "i", EVENT_RESULTS};
static const struct db_statement count = {
    "dead_event_count",
    "SELECT COUNT(*)\nFROM (SELECT 1 FROM webhook_event WHERE state = 'DEAD' LIMIT 10000) w\nLIMIT 1", "", "i"};
static const struct db_statement retry = {"dead_event_retry", AGAIN "WHERE id = ? AND state = 'DEAD'", "tti", ""};
static const struct db_statement retry_all = {
    "dead_event_retry_all", AGAIN "WHERE state = 'DEAD'\nORDER BY done_at, id\nLIMIT ?", "tti", ""};

const struct db_statement *const store_dead_event_statements[] = {&list, &load, &count, &retry, &retry_all, NULL};

static struct dead_event read_event(const struct db_rows *rows, size_t r)
{
    struct dead_event event = {
        .id = db_int(rows, r, 0), .chain_id = db_int(rows, r, 1), .seq = db_int(rows, r, 2), .at = db_time(rows, r, 3),
        .done_at = db_time(rows, r, 4), .tries = db_int(rows, r, 5), .log_id = db_int(rows, r, 6), .object = db_text(rows, r, 8),
        .detail = db_text(rows, r, 9), .operation = OPERATIONS};
    (void)operation_find(db_text(rows, r, 7), &event.operation);
    return event;
}

const struct err *dead_event_list(struct db *db, const void *ctx, int64_t before_at, int64_t before_id, int limit,
                                  struct dead_event **events, size_t *n, bool *has_more)
{
    const int64_t at = before_at == INSTANT_NONE ? LAST_AT : before_at, id = before_at == INSTANT_NONE ? INT64_MAX : before_id;
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &list, &rows, at, at, id, (int64_t)limit + 1));
    *has_more = rows->n > (size_t)limit;
    *n = *has_more ? (size_t)limit : rows->n;
    *events = mem_array(ctx, struct dead_event, *n);
    for (size_t r = 0; r < *n; r++)
        (*events)[r] = read_event(rows, r);
    return NULL;
}

const struct err *dead_event_count(struct db *db, int64_t *n)
{
    void *ctx = mem_context(NULL, "dead_event_count");
    struct db_rows *rows = NULL;
    const struct err *err = db_query(db, ctx, &count, &rows);
    *n = err == NULL && rows->n > 0 ? db_int(rows, 0, 0) : 0;
    talloc_free(ctx);
    return err;
}

const struct err *dead_event_load(struct db *db, const void *ctx, int64_t id, struct dead_event **event)
{
    struct db_rows *rows = NULL;
    *event = NULL;
    TRY(db_query(db, ctx, &load, &rows, id));
    if (rows->n == 0)
        return NULL;
    *event = mem_new(ctx, struct dead_event);
    **event = read_event(rows, 0);
    return NULL;
}

const struct err *dead_event_retry(struct db *db, int64_t id, int64_t now, bool *done)
{
    int64_t affected = 0;
    TRY(db_exec(db, &retry, &affected, now, now, id));
    *done = affected == 1;
    return NULL;
}

const struct err *dead_event_retry_all(struct db *db, int64_t now, int64_t limit, int64_t *n)
{
    return db_exec(db, &retry_all, n, now, now, limit);
}
