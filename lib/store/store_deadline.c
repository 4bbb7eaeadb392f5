#include "store/store_deadline.h"

#include "base/clock.h"
#include "base/memory.h"
#include "store/statements.h"

#define DUE_RESULTS "it"

static const struct db_statement passed = {
    "deadline_passed",
    "SELECT r.id, r.deadline_at\nFROM disassociation_request r\n"
    "WHERE r.state = 'PENDING' AND r.deadline_at <= ? AND r.deadline_at >= ? AND (r.deadline_at > ? OR r.id > ?)\n"
    "ORDER BY r.deadline_at, r.id\nLIMIT ?",
    "tttii", DUE_RESULTS,
};
/* From the frozen partners, of which there are few. */
static const struct db_statement stuck = {
    "deadline_stuck",
    "SELECT STRAIGHT_JOIN r.id, r.submitted_at\nFROM account p\n"
    "JOIN freeze f ON f.open_account = p.id\n"
    "JOIN disassociation_request r ON r.partner_id = p.id AND r.state = 'PENDING'\n"
    "WHERE p.kind = 'PARTNER' AND r.initiator = 'CUSTOMER' AND r.escalated_at IS NULL AND r.submitted_at <= ?\n"
    "  AND r.submitted_at >= ? AND (r.submitted_at > ? OR r.id > ?)\n"
    "ORDER BY r.submitted_at, r.id\nLIMIT ?",
    "tttii", DUE_RESULTS,
};
static const struct db_statement to_remind = {
    "deadline_to_remind",
    "SELECT r.id, r.remind_at\nFROM disassociation_request r\n"
    "WHERE r.state = 'PENDING' AND r.remind_at <= ? AND r.remind_at >= ? AND (r.remind_at > ? OR r.id > ?)\n"
    "  AND r.deadline_at > ?\n"
    "ORDER BY r.remind_at, r.id\nLIMIT ?",
    "tttiti", DUE_RESULTS,
};
static const struct db_statement remind_at = {
    "deadline_remind_at", "SELECT remind_at\nFROM disassociation_request\nWHERE id = ? AND state = 'PENDING'\nLIMIT 1", "i", "t",
};
static const struct db_statement reminded = {
    "deadline_reminded",
    "UPDATE disassociation_request\nSET remind_at = ?\nWHERE id = ? AND state = 'PENDING' AND version = ? AND remind_at = ?",
    "tiit", "",
};

const struct db_statement *const store_deadline_statements[] = {&passed, &stuck, &to_remind, &remind_at, &reminded, NULL};

static const struct err *read_due(const void *ctx, const struct db_rows *rows, struct deadline_due **due, size_t *n)
{
    *n = rows->n;
    *due = mem_array(ctx, struct deadline_due, rows->n);
    for (size_t i = 0; i < rows->n; i++)
        (*due)[i] = (struct deadline_due){.id = db_int(rows, i, 0), .at = db_time(rows, i, 1)};
    return NULL;
}

const struct err *deadline_passed(struct db *db, const void *ctx, int64_t now, struct deadline_due after, int limit,
                                  struct deadline_due **due, size_t *n)
{
    struct db_rows *rows;
    TRY(db_query(db, ctx, &passed, &rows, now, after.at, after.at, after.id, (int64_t)limit));
    return read_due(ctx, rows, due, n);
}

const struct err *deadline_stuck(struct db *db, const void *ctx, int64_t now, struct deadline_due after, int limit,
                                 struct deadline_due **due, size_t *n)
{
    struct db_rows *rows;
    TRY(db_query(db, ctx, &stuck, &rows, now, after.at, after.at, after.id, (int64_t)limit));
    return read_due(ctx, rows, due, n);
}

const struct err *deadline_to_remind(struct db *db, const void *ctx, int64_t now, struct deadline_due after, int limit,
                                     struct deadline_due **due, size_t *n)
{
    struct db_rows *rows;
    TRY(db_query(db, ctx, &to_remind, &rows, now, after.at, after.at, after.id, now, (int64_t)limit));
    return read_due(ctx, rows, due, n);
}

const struct err *deadline_remind_at(struct db *db, int64_t request_id, int64_t *at)
{
    void *mem = mem_context(NULL, "deadline_remind_at");
    struct db_rows *rows;
    const struct err *err = db_query(db, mem, &remind_at, &rows, request_id);
    if (err == NULL)
        *at = rows->n == 0 ? INSTANT_NONE : db_time(rows, 0, 0);
    talloc_free(mem);
    return err;
}

const struct err *deadline_reminded(struct db *db, int64_t request_id, int64_t version, int64_t at, int64_t next_at, bool *moved)
{
    int64_t affected;
    TRY(db_exec(db, &reminded, &affected, next_at, request_id, version, at));
    *moved = affected == 1;
    return NULL;
}
