#include "store/store_overview.h"

#include "base/memory.h"
#include "store/statements.h"

static const struct db_statement requests = {
    "overview_requests",
    "SELECT CAST(DATE(submitted_at) AS DATETIME(6)), state, COUNT(*)\n"
    "FROM disassociation_request\n"
    "WHERE submitted_at >= ?\n"
    "GROUP BY CAST(DATE(submitted_at) AS DATETIME(6)), state\n"
    "LIMIT 1000",
    "t", "tsi"};
static const struct db_statement answers = {
    "overview_answers",
    "SELECT decided_at, TIMESTAMPDIFF(SECOND, submitted_at, decided_at)\n"
    "FROM disassociation_request\n"
    "WHERE decided_at >= ? AND state IN ('COMPLETED', 'REJECTED')\n"
    "ORDER BY decided_at DESC\n"
    "LIMIT ?",
    "ti", "ti"};
static const struct db_statement checks = {
    "overview_checks",
    "SELECT checked_report\nFROM wizard\nWHERE checked_at >= ?\nORDER BY checked_at DESC\nLIMIT ?", "ti", "s"};
static const struct db_statement quota = {
    "overview_quota",
    "SELECT t.used, COUNT(*)\n"
    "FROM (SELECT customer_id, COUNT(*) AS used FROM quota_slot WHERE side = 'CUSTOMER' AND frees_at > ? GROUP BY customer_id) t\n"
    "GROUP BY t.used\n"
    "ORDER BY t.used\n"
    "LIMIT 40",
    "t", "ii"};
static const struct db_statement deliveries = {
    "overview_deliveries",
    "SELECT CAST(DATE(created_at) AS DATETIME(6)), CAST(SUM(state = 'SENT') AS SIGNED), CAST(SUM(state = 'DEAD') AS SIGNED),\n"
    "  CAST(SUM(state IN ('QUEUED', 'SENDING') AND tries > 0) AS SIGNED)\n"
    "FROM delivery\n"
    "WHERE created_at >= ?\n"
    "GROUP BY CAST(DATE(created_at) AS DATETIME(6))\n"
    "LIMIT 100",
    "t", "tiii"};
static const struct db_statement escalated = {
    "overview_escalated",
    "SELECT escalated_at\nFROM disassociation_request\nWHERE state = 'PENDING' AND escalated_at IS NOT NULL\n"
    "ORDER BY escalated_at\nLIMIT ?",
    "i", "t"};

const struct db_statement *const store_overview_statements[] = {
    &requests, &answers, &checks, &quota, &deliveries, &escalated, NULL};

const struct err *overview_requests(struct db *db, const void *ctx, int64_t since, struct overview_requests **counts, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &requests, &rows, since));
    *counts = mem_array(ctx, struct overview_requests, rows->n);
    *n = rows->n;
    for (size_t r = 0; r < rows->n; r++) {
        struct overview_requests *count = &(*counts)[r];
        *count = (struct overview_requests){.day = db_time(rows, r, 0), .n = db_int(rows, r, 2)};
        if (!request_state_find(db_text(rows, r, 1), &count->state))
            return err_new(ERR_BUG, 0, "a request is in an unknown state");
    }
    return NULL;
}

const struct err *overview_answers(struct db *db, const void *ctx, int64_t since, int64_t limit, struct overview_answer **list,
                                   size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &answers, &rows, since, limit));
    *list = mem_array(ctx, struct overview_answer, rows->n);
    *n = rows->n;
    for (size_t r = 0; r < rows->n; r++)
        (*list)[r] = (struct overview_answer){.at = db_time(rows, r, 0), .took_s = db_int(rows, r, 1)};
    return NULL;
}

const struct err *overview_checks(struct db *db, const void *ctx, int64_t since, int64_t limit, const char *const **reports, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &checks, &rows, since, limit));
    const char **list = mem_array(ctx, const char *, rows->n);
    for (size_t r = 0; r < rows->n; r++)
        list[r] = db_text(rows, r, 0);
    *reports = list;
    *n = rows->n;
    return NULL;
}

const struct err *overview_quota(struct db *db, const void *ctx, int64_t now, struct overview_quota **counts, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &quota, &rows, now));
    *counts = mem_array(ctx, struct overview_quota, rows->n);
    *n = rows->n;
    for (size_t r = 0; r < rows->n; r++)
        (*counts)[r] = (struct overview_quota){.used = db_int(rows, r, 0), .customers = db_int(rows, r, 1)};
    return NULL;
}

const struct err *overview_deliveries(struct db *db, const void *ctx, int64_t since, struct overview_delivery **days, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &deliveries, &rows, since));
    *days = mem_array(ctx, struct overview_delivery, rows->n);
    *n = rows->n;
    for (size_t r = 0; r < rows->n; r++)
        (*days)[r] = (struct overview_delivery){
            .day = db_time(rows, r, 0), .sent = db_int(rows, r, 1), .dead = db_int(rows, r, 2), .trying = db_int(rows, r, 3)};
    return NULL;
}

const struct err *overview_escalated(struct db *db, const void *ctx, int64_t limit, int64_t **since, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &escalated, &rows, limit));
    *since = mem_array(ctx, int64_t, rows->n);
    *n = rows->n;
    for (size_t r = 0; r < rows->n; r++)
        (*since)[r] = db_time(rows, r, 0);
    return NULL;
}
