#include "store/store_resource.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/statements.h"

/* The row that names most wins, the site before the tier. */
#define DAYS(column) \
    "(SELECT d." column " FROM lifecycle_days d WHERE d.site IN (r.site, '*') AND d.tier IN (r.tier, '*')\n" \
    "  ORDER BY d.site = '*', d.tier = '*' LIMIT 1)"
#define RESOURCE \
    "SELECT r.id, r.customer_id, r.name, r.currency, r.amount_minor, r.period_months, r.anchor_at, r.state, r.next_charge_at,\n" \
    "  r.state_until, r.told, r.version, a.billing_mode,\n" \
    "  COALESCE(" DAYS("grace_days") ", ?), COALESCE(" DAYS("retention_days") ", ?)\n" \
    "  FROM resource r\n  JOIN account a ON a.id = r.customer_id\n"
#define RESOURCE_RESULTS "iissiitsttiisii"

static const struct db_statement load = {"resource_load", RESOURCE " WHERE r.id = ?\n LIMIT 1", "iii", RESOURCE_RESULTS};
static const struct db_statement list = {
    "resource_list",
    RESOURCE " WHERE r.customer_id = ?\n"
    " ORDER BY r.state = 'RELEASED', r.state_until IS NULL, r.state_until, r.next_charge_at, r.id\n LIMIT ?",
    "iiii", RESOURCE_RESULTS};
static const struct db_statement any = {
    "resource_any", "SELECT EXISTS (SELECT 1 FROM resource WHERE customer_id = ?) AS has_any\n LIMIT 1", "i", "i"};
static const struct db_statement claim = {
    "resource_claim", "UPDATE resource\n   SET version = version + 1\n WHERE id = ? AND version = ?", "ii", ""};
static const struct db_statement change = {
    "resource_change",
    "UPDATE resource\n   SET state = ?, next_charge_at = ?, anchor_at = ?, state_until = ?, told = ?\n"
    " WHERE id = ? AND state <> 'RELEASED'", "stttii", ""};

/* Two hours of slack stand for a clock that changes in between: what is due is decided for each. */
static const struct db_statement due_charge = {
    "resource_due_charge",
    "SELECT id\n  FROM (\n"
    "SELECT id FROM resource WHERE state = 'ACTIVE' AND next_charge_at <= ? AND id > ?\n"
    "UNION ALL\n"
    "SELECT r.id FROM resource r JOIN account a ON a.id = r.customer_id\n"
    " WHERE r.state IN ('GRACE', 'RETENTION') AND a.billing_mode = 'PARTNER' AND r.id > ?) due\n"
    " ORDER BY id\n LIMIT ?", "tiii", "i"};
static const struct db_statement due_end = {
    "resource_due_end",
    "SELECT id\n  FROM resource\n WHERE state IN ('GRACE', 'RETENTION') AND state_until <= ? AND id > ?\n ORDER BY id\n LIMIT ?",
    "tii", "i"};
static const struct db_statement due_warning = {
    "resource_due_warning",
    "SELECT id\n  FROM resource\n"
    " WHERE state IN ('GRACE', 'RETENTION') AND ((told = 0 AND state_until <= ?) OR (told = 1 AND state_until <= ?)) AND id > ?\n"
    " ORDER BY id\n LIMIT ?", "ttii", "i"};
static const struct db_statement task_due = {
    "payment_task_due",
    "SELECT t.id\n  FROM task t\n"
    " WHERE t.kind = 'PAYMENT_METHOD' AND t.open_key = 1 AND t.id > ?\n"
    "   AND ((t.reminded = 0 AND t.created_at <= ?) OR (t.reminded = 1 AND t.created_at <= ?) OR (t.reminded = 2 AND t.created_at <= ?))\n"
    " ORDER BY t.id\n LIMIT ?", "ittti", "i"};
static const struct db_statement task_load = {
    "payment_task_load",
    "SELECT t.id, t.account_id, t.association_id, COALESCE(s.ended_at, t.created_at), t.reminded, p.name\n"
    "  FROM task t\n  JOIN association s ON s.id = t.association_id\n  JOIN account p ON p.id = s.partner_id\n"
    " WHERE t.id = ? AND t.kind = 'PAYMENT_METHOD' AND t.open_key = 1\n LIMIT 1", "i", "iiitis"};
static const struct db_statement task_reminded = {
    "payment_task_reminded", "UPDATE task\n   SET reminded = ?\n WHERE id = ? AND reminded = ? AND open_key = 1", "iii", ""};
static const struct db_statement task_done = {
    "payment_task_close",
    "UPDATE task\n   SET done_at = ?\n WHERE account_id = ? AND kind = 'PAYMENT_METHOD' AND open_key = 1", "ti", ""};

const struct db_statement *const store_resource_statements[] = {
    &load, &list, &any, &claim, &change, &due_charge, &due_end, &due_warning, &task_due, &task_load, &task_reminded, &task_done, NULL};

const struct err *resource_any(struct db *db, int64_t customer_id, bool *has_any)
{
    void *ctx = mem_context(NULL, "resource_any");
    struct db_rows *rows = NULL;
    const struct err *err = db_query(db, ctx, &any, &rows, customer_id);
    if (err == NULL)
        *has_any = db_int(rows, 0, 0) != 0;
    talloc_free(ctx);
    return err;
}

static const struct err *read_resource(const struct db_rows *rows, size_t i, struct resource *resource)
{
    *resource = (struct resource){
        .id = db_int(rows, i, 0), .customer_id = db_int(rows, i, 1), .name = db_text(rows, i, 2), .currency = db_text(rows, i, 3),
        .amount_minor = db_int(rows, i, 4), .period_months = (int)db_int(rows, i, 5), .anchor_at = db_time(rows, i, 6),
        .life = {.due_at = db_time(rows, i, 8), .until_at = db_time(rows, i, 9), .told = db_int(rows, i, 10),
                 .is_partners = strcmp(db_text(rows, i, 12), "PARTNER") == 0},
        .version = db_int(rows, i, 11), .days = {db_int(rows, i, 13), db_int(rows, i, 14)},
    };
    if (!resource_state_find(db_text(rows, i, 7), &resource->life.state))
        return err_new(ERR_BUG, 0, "resource %lld has an unknown state", (long long)resource->id);
    return NULL;
}

const struct err *resource_load(struct db *db, const void *ctx, int64_t id, const struct lifecycle_days *otherwise,
                                struct resource **resource)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &load, &rows, otherwise->grace, otherwise->retention, id));
    *resource = NULL;
    if (rows->n == 0)
        return NULL;
    *resource = mem_new(ctx, struct resource);
    return read_resource(rows, 0, *resource);
}

const struct err *resource_list(struct db *db, const void *ctx, int64_t customer_id, const struct lifecycle_days *otherwise,
                                struct resource **resources, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &list, &rows, otherwise->grace, otherwise->retention, customer_id, (int64_t)RESOURCES_MAX));
    *resources = mem_array(ctx, struct resource, rows->n);
    for (size_t i = 0; i < rows->n; i++)
        TRY(read_resource(rows, i, &(*resources)[i]));
    *n = rows->n;
    return NULL;
}

const struct err *resource_claim(struct db *db, int64_t id, int64_t version, bool *claimed)
{
    int64_t affected = 0;
    TRY(db_exec(db, &claim, &affected, id, version));
    *claimed = affected == 1;
    return NULL;
}

const struct err *resource_write(struct db *db, const struct resource_change *to)
{
    int64_t affected = 0;
    TRY(db_exec(db, &change, &affected, resource_state_name(to->state), to->due_at, to->anchor_at, to->until_at, to->told, to->id));
    return affected == 1 ? NULL : err_new(ERR_BUG, 0, "resource %lld was claimed and is released", (long long)to->id);
}

static const struct err *read_ids(const void *ctx, const struct db_rows *rows, int64_t **ids, size_t *n)
{
    *ids = mem_array(ctx, int64_t, rows->n);
    for (size_t i = 0; i < rows->n; i++)
        (*ids)[i] = db_int(rows, i, 0);
    *n = rows->n;
    return NULL;
}

const struct err *resource_due_charge(struct db *db, const void *ctx, int64_t now, int64_t after, int limit, int64_t **ids, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &due_charge, &rows, now, after, after, (int64_t)limit));
    return read_ids(ctx, rows, ids, n);
}

const struct err *resource_due_end(struct db *db, const void *ctx, int64_t now, int64_t after, int limit, int64_t **ids, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &due_end, &rows, now, after, (int64_t)limit));
    return read_ids(ctx, rows, ids, n);
}

#define SLACK (2 * CLOCK_HOUR)

const struct err *resource_due_warning(struct db *db, const void *ctx, int64_t now, int64_t after, int limit, int64_t **ids, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &due_warning, &rows, now + 3 * CLOCK_DAY + SLACK, now + CLOCK_DAY + SLACK, after, (int64_t)limit));
    return read_ids(ctx, rows, ids, n);
}

const struct err *payment_task_due(struct db *db, const void *ctx, int64_t now, int64_t after, int limit, int64_t **ids, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &task_due, &rows, after, now - CLOCK_DAY + SLACK, now - 3 * CLOCK_DAY + SLACK,
                 now - 7 * CLOCK_DAY + SLACK, (int64_t)limit));
    return read_ids(ctx, rows, ids, n);
}

const struct err *payment_task_load(struct db *db, const void *ctx, int64_t id, struct payment_task **task)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &task_load, &rows, id));
    *task = NULL;
    if (rows->n == 0)
        return NULL;
    *task = mem_new(ctx, struct payment_task);
    **task = (struct payment_task){
        .id = db_int(rows, 0, 0), .account_id = db_int(rows, 0, 1), .association_id = db_int(rows, 0, 2),
        .left_at = db_time(rows, 0, 3), .reminded = db_int(rows, 0, 4), .partner = db_text(rows, 0, 5)};
    return NULL;
}

const struct err *payment_task_reminded(struct db *db, int64_t id, int64_t before, int64_t reminded, bool *moved)
{
    int64_t affected = 0;
    TRY(db_exec(db, &task_reminded, &affected, reminded, id, before));
    *moved = affected == 1;
    return NULL;
}

const struct err *payment_task_close(struct db *db, int64_t account_id, int64_t at)
{
    return db_exec(db, &task_done, NULL, at, account_id);
}
