#include "base/clock.h"
#include "base/memory.h"

#include "store/statements.h"
#include "store/store_association.h"

#define TASKS_MAX 50

/* --- statements ---------------------------------------------------------------------------------------------------- */

#define ASSOCIATION \
    "SELECT a.id, a.customer_id, a.partner_id, a.model, a.status, a.associated_at, a.ended_at, a.ended_by_request, a.version,\n" \
    "  c.name, c.no, p.name, p.no, p.public_email, p.public_phone,\n" \
    "  EXISTS (SELECT 1 FROM freeze f WHERE f.open_account = p.id) AS partner_is_frozen, p.code_on, c.version, p.version, o.id\n" \
    "FROM association a\n" \
    "JOIN account c ON c.id = a.customer_id\n" \
    "JOIN account p ON p.id = a.partner_id\n" \
    "LEFT JOIN disassociation_request o ON o.open_association = a.id\n"
#define ASSOCIATION_RESULTS "iiissttiissssssiiiii"

static const struct db_statement active = {
    "association_active", ASSOCIATION "WHERE a.active_customer = ?\nLIMIT 1", "i", ASSOCIATION_RESULTS
};
static const struct db_statement load = {
    "association_load", ASSOCIATION "WHERE a.id = ?\nLIMIT 1", "i", ASSOCIATION_RESULTS
};
static const struct db_statement last_ended = {
    "association_last_ended",
    ASSOCIATION "WHERE a.customer_id = ? AND a.status = 'ENDED'\nORDER BY a.ended_at DESC, a.id DESC\nLIMIT 1",
    "i", ASSOCIATION_RESULTS
};
static const struct db_statement insert = {
    "association_insert",
    "INSERT INTO association (customer_id, partner_id, model, associated_at)\nVALUES (?, ?, ?, ?)",
    "iist", ""
};
static const struct db_statement end = {
    "association_end",
    "UPDATE association\nSET status = 'ENDED', ended_at = ?, ended_by_request = ?, version = version + 1\n"
    "WHERE id = ? AND version = ? AND status = 'ACTIVE'",
    "tIii", ""
};
static const struct db_statement bump = {
    "account_bump", "UPDATE account\nSET version = version + 1\nWHERE id = ? AND version = ?", "ii", ""
};
static const struct db_statement billing_direct = {
    "account_billing_direct", "UPDATE account\nSET billing_mode = 'DIRECT'\nWHERE id = ?", "i", ""
};
static const struct db_statement freeze_find = {
    "freeze_open",
    "SELECT id, account_id, type, source, reason, at, lifted_at\nFROM freeze\nWHERE open_account = ?\nLIMIT 1",
    "i", "iissstt"
};
static const struct db_statement freeze_add = {
    "freeze_insert",
    "INSERT INTO freeze (account_id, type, source, reason, at)\nVALUES (?, ?, ?, ?, ?)",
    "issst", ""
};
static const struct db_statement freeze_end = {
    "freeze_lift",
    "UPDATE freeze\nSET lifted_at = ?, lift_reason = ?\nWHERE open_account = ? AND type = ?",
    "tsis", ""
};
static const struct db_statement task_add = {
    "task_ask",
    "INSERT INTO task (account_id, kind, association_id, created_at)\nVALUES (?, ?, ?, ?)",
    "isit", ""
};
static const struct db_statement task_end = {
    "task_close",
    "UPDATE task\nSET done_at = ?\nWHERE account_id = ? AND kind = ? AND association_id = ? AND open_key = 1",
    "tisi", ""
};
static const struct db_statement task_find = {
    "task_list",
    "SELECT id, association_id, created_at, kind\nFROM task\nWHERE account_id = ? AND done_at IS NULL\n"
    "ORDER BY created_at, id\nLIMIT ?",
    "ii", "iits"
};

const struct db_statement *const store_association_statements[] = {
    &active, &load, &last_ended, &insert, &end, &bump, &billing_direct, &freeze_find, &freeze_add, &freeze_end,
    &task_add, &task_end, &task_find, NULL
};

/* --- associations ---------------------------------------------------------------------------------------------------- */

static const struct err *read_association(const void *ctx, const struct db_rows *rows, struct association **association)
{
    struct association *read = mem_new(ctx, struct association);

    *read = (struct association){
        .id = db_int(rows, 0, 0), .customer_id = db_int(rows, 0, 1), .partner_id = db_int(rows, 0, 2),
        .associated_at = db_time(rows, 0, 5), .ended_at = db_time(rows, 0, 6), .ended_by_request_id = db_int(rows, 0, 7),
        .version = db_int(rows, 0, 8), .customer_name = db_text(rows, 0, 9), .customer_no = db_text(rows, 0, 10),
        .partner_name = db_text(rows, 0, 11), .partner_no = db_text(rows, 0, 12), .partner_email = db_text(rows, 0, 13),
        .partner_phone = db_text(rows, 0, 14), .partner_is_frozen = db_int(rows, 0, 15) != 0,
        .partner_code_on = db_int(rows, 0, 16) != 0, .customer_version = db_int(rows, 0, 17),
        .partner_version = db_int(rows, 0, 18), .open_request_id = db_int(rows, 0, 19)
    };
    if (!association_model_find(db_text(rows, 0, 3), &read->model) || !association_status_find(db_text(rows, 0, 4), &read->status))
        return err_new(ERR_BUG, 0, "association %lld is malformed", (long long)read->id);
    *association = read;
    return NULL;
}

static const struct err *find(struct db *db, const void *ctx, const struct db_statement *statement, int64_t id,
                              struct association **association)
{
    struct db_rows *rows;

    TRY(db_query(db, ctx, statement, &rows, id));
    *association = NULL;
    return rows->n == 0 ? NULL : read_association(ctx, rows, association);
}

const struct err *association_active(struct db *db, const void *ctx, int64_t customer_id, struct association **association)
{
    return find(db, ctx, &active, customer_id, association);
}

const struct err *association_load(struct db *db, const void *ctx, int64_t id, struct association **association)
{
    return find(db, ctx, &load, id, association);
}

const struct err *association_last_ended(struct db *db, const void *ctx, int64_t customer_id, struct association **association)
{
    return find(db, ctx, &last_ended, customer_id, association);
}

const struct err *association_insert(struct db *db, int64_t customer_id, int64_t partner_id, enum association_model model,
                                     int64_t at, int64_t *id)
{
    TRY(db_exec(db, &insert, NULL, customer_id, partner_id, association_model_name(model), at));
    *id = db_insert_id(db);
    return NULL;
}

const struct err *association_end(struct db *db, int64_t id, int64_t version, int64_t request_id, int64_t at, bool *ended)
{
    int64_t affected;

    TRY(db_exec(db, &end, &affected, at, request_id, id, version));
    *ended = affected == 1;
    return NULL;
}

const struct err *account_bump(struct db *db, int64_t account_id, int64_t version, bool *bumped)
{
    int64_t affected;

    TRY(db_exec(db, &bump, &affected, account_id, version));
    *bumped = affected == 1;
    return NULL;
}

const struct err *association_bump_partner(struct db *db, const struct association *association)
{
    bool bumped = false;

    TRY(account_bump(db, association->partner_id, association->partner_version, &bumped));
    return bumped ? NULL : db_again("the partner was changed meanwhile");
}

const struct err *account_set_billing_direct(struct db *db, int64_t account_id)
{
    return db_exec(db, &billing_direct, NULL, account_id);
}

/* --- freezes ---------------------------------------------------------------------------------------------------------- */

const struct err *freeze_open(struct db *db, const void *ctx, int64_t account_id, struct freeze **freeze)
{
    struct db_rows *rows;
    struct freeze *read;

    TRY(db_query(db, ctx, &freeze_find, &rows, account_id));
    *freeze = NULL;
    if (rows->n == 0)
        return NULL;
    read = mem_new(ctx, struct freeze);
    *read = (struct freeze){
        .id = db_int(rows, 0, 0), .account_id = db_int(rows, 0, 1), .reason = db_text(rows, 0, 4),
        .at = db_time(rows, 0, 5), .lifted_at = db_time(rows, 0, 6)
    };
    if (!freeze_type_find(db_text(rows, 0, 2), &read->type) || !freeze_source_find(db_text(rows, 0, 3), &read->source))
        return err_new(ERR_BUG, 0, "freeze %lld is malformed", (long long)read->id);
    *freeze = read;
    return NULL;
}

const struct err *freeze_insert(struct db *db, int64_t account_id, enum freeze_type type, enum freeze_source source,
                                const char *reason, int64_t at, int64_t *id)
{
    TRY(db_exec(db, &freeze_add, NULL, account_id, freeze_type_name(type), freeze_source_name(source), reason, at));
    *id = db_insert_id(db);
    return NULL;
}

const struct err *freeze_lift(struct db *db, int64_t account_id, enum freeze_type type, const char *why, int64_t at, bool *lifted)
{
    int64_t affected;

    TRY(db_exec(db, &freeze_end, &affected, at, why, account_id, freeze_type_name(type)));
    *lifted = affected == 1;
    return NULL;
}

/* --- tasks ------------------------------------------------------------------------------------------------------------ */

const struct err *task_ask(struct db *db, int64_t account_id, const char *kind, int64_t association_id, int64_t at, bool *is_new)
{
    const struct err *err = db_exec(db, &task_add, NULL, account_id, kind, association_id, at);

    if (err != NULL && !db_is_duplicate(err, "task_open"))
        return err;
    *is_new = err == NULL;
    return NULL;
}

const struct err *task_close(struct db *db, int64_t account_id, const char *kind, int64_t association_id, int64_t at, bool *closed)
{
    int64_t affected;

    TRY(db_exec(db, &task_end, &affected, at, account_id, kind, association_id));
    *closed = affected == 1;
    return NULL;
}

const struct err *task_list(struct db *db, const void *ctx, int64_t account_id, struct task **tasks, size_t *n)
{
    struct db_rows *rows;

    TRY(db_query(db, ctx, &task_find, &rows, account_id, (int64_t)TASKS_MAX));
    *tasks = mem_array(ctx, struct task, rows->n);
    for (size_t i = 0; i < rows->n; i++)
        (*tasks)[i] = (struct task){
            .id = db_int(rows, i, 0), .association_id = db_int(rows, i, 1), .created_at = db_time(rows, i, 2),
            .kind = db_text(rows, i, 3)
        };
    *n = rows->n;
    return NULL;
}
