/* What the log and the notices of an import are made from. */
#include "base/clock.h"
#include "base/memory.h"
#include "store/statements.h"
#include "store/store_import.h"

#include <string.h>

static const struct db_statement clear_touched = {"import_clear_touched", "DELETE FROM import_touched", "", ""};
static const struct db_statement clear_moved = {"import_clear_moved", "DELETE FROM import_moved", "", ""};
static const struct db_statement moved_list = {
    "import_moved_list",
    "SELECT STRAIGHT_JOIN m.resource_id, r.customer_id, m.due_at, r.name, a.name, m.from_state, r.state\n"
    "FROM import_moved m\n"
    "JOIN resource r ON r.id = m.resource_id\n"
    "JOIN account a ON a.id = r.customer_id\n"
    "WHERE m.resource_id > ?\n"
    "ORDER BY m.resource_id\n"
    "LIMIT ?",
    "ii", "iitssss",
};
static const struct db_statement counts_of = {
    "import_counts",
    "SELECT t.kind, CAST(SUM(t.n) AS SIGNED)\nFROM import_touched t\nGROUP BY t.kind\nLIMIT 100", "", "si",
};
static const struct db_statement touched_list = {
    "import_touched_list",
    "SELECT t.account_id, a.kind, a.no, GROUP_CONCAT(CONCAT(t.kind, ' ', t.n) ORDER BY t.kind SEPARATOR ', '),\n"
    "  COALESCE(x.id, 0), COALESCE(x.partner_id, 0), COALESCE(p.no, ''), COALESCE(x.model, ''), MAX(t.kind = 'association'),\n"
    "  COALESCE(h.seq, 0), h.hash, h.at\n"
    "FROM import_touched t\n"
    "JOIN account a ON a.id = t.account_id\n"
    "LEFT JOIN association x ON x.active_customer = a.id\n"
    "LEFT JOIN account p ON p.id = x.partner_id\n"
    "LEFT JOIN log_chain h ON h.chain_id = COALESCE(x.id, 0)\n"
    "WHERE t.account_id > ?\n"
    "GROUP BY t.account_id\n"
    "ORDER BY t.account_id\n"
    "LIMIT ?\n"
    "FOR UPDATE",
    "ii", "isssiissiibt",
};
static const struct db_statement freeze_list_of = {
    "import_freeze_list",
    "SELECT STRAIGHT_JOIN COALESCE(f.id, 0), l.id, l.type, l.status, l.name, l.at, l.until_at, COALESCE(l.note, ''), a.id, a.kind, a.name,\n"
    "  COALESCE(x.id, 0), COALESCE(x.partner_id, 0), COALESCE(p.name, '')\n"
    "FROM import_line l\n"
    "JOIN account a ON a.no = l.account\n"
    "LEFT JOIN freeze f ON f.import_key = l.id\n"
    "LEFT JOIN association x ON x.active_customer = a.id\n"
    "LEFT JOIN account p ON p.id = x.partner_id\n"
    "WHERE l.kind = 'freeze' AND ((? = 0 AND f.id IS NULL) OR (f.lifted_at IS NULL AND f.id IS NOT NULL AND l.until_at IS NOT NULL))\n"
    "ORDER BY l.line\n"
    "LIMIT ?",
    "ii", "issssttsissiis",
};
static const struct db_statement freeze_add = {
    "import_freeze_insert",
    "INSERT INTO freeze (account_id, type, source, reason, at, lifted_at, lift_reason, import_key)\nVALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    "isssttss", "",
};
static const struct db_statement freeze_end = {
    "import_freeze_lift", "UPDATE freeze\nSET lifted_at = ?, lift_reason = ?\nWHERE id = ? AND lifted_at IS NULL", "tsi", "",
};

const struct db_statement *const store_import_log_statements[] = {
    &clear_touched, &clear_moved, &counts_of, &touched_list, &moved_list, &freeze_list_of, &freeze_add, &freeze_end, NULL,
};

const struct err *import_clear_touched(struct db *db)
{
    TRY(db_exec(db, &clear_moved, NULL));
    return db_exec(db, &clear_touched, NULL);
}

const struct err *import_counts(struct db *db, const void *ctx, struct import_count **counts, size_t *n)
{
    struct db_rows *rows;
    TRY(db_query(db, ctx, &counts_of, &rows));
    *counts = mem_array(ctx, struct import_count, rows->n);
    for (size_t r = 0; r < rows->n; r++) {
        (*counts)[r].n = db_int(rows, r, 1);
        if (!import_kind_find(db_text(rows, r, 0), &(*counts)[r].kind))
            return err_new(ERR_BUG, 0, "%s is no kind of line", db_text(rows, r, 0));
    }
    *n = rows->n;
    return NULL;
}

const struct err *import_touched_list(struct db *db, const void *ctx, int64_t after_id, int limit, struct import_touched **touched,
                                      size_t *n)
{
    struct db_rows *rows;
    TRY(db_query(db, ctx, &touched_list, &rows, after_id, (int64_t)limit));
    *touched = mem_array(ctx, struct import_touched, rows->n);
    for (size_t r = 0; r < rows->n; r++) {
        struct import_touched *t = &(*touched)[r];
        size_t hash_n;
        const char *hash = db_bytes(rows, r, 10, &hash_n);
        *t = (struct import_touched){
            .account_id = db_int(rows, r, 0), .no = db_text(rows, r, 2), .facts = db_text(rows, r, 3), .association_id = db_int(rows, r, 4),
            .partner_id = db_int(rows, r, 5), .partner_no = db_text(rows, r, 6), .model = db_text(rows, r, 7),
            .is_newly_associated = db_int(rows, r, 8) != 0, .head = {.chain_id = db_int(rows, r, 4), .seq = db_int(rows, r, 9), .at = db_time(rows, r, 11)},
        };
        if (!account_kind_find(db_text(rows, r, 1), &t->kind) || (t->head.seq > 0 && hash_n != OPERATION_HASH_BYTES))
            return err_new(ERR_BUG, 0, "account %lld or its chain is malformed", (long long)t->account_id);
        if (t->head.seq > 0)
            memcpy(t->head.hash, hash, OPERATION_HASH_BYTES);
    }
    *n = rows->n;
    return NULL;
}

const struct err *import_moved_list(struct db *db, const void *ctx, int64_t after_id, int limit, struct import_moved **moved, size_t *n)
{
    struct db_rows *rows;
    TRY(db_query(db, ctx, &moved_list, &rows, after_id, (int64_t)limit));
    *moved = mem_array(ctx, struct import_moved, rows->n);
    for (size_t r = 0; r < rows->n; r++) {
        struct import_moved *m = &(*moved)[r];
        *m = (struct import_moved){
            .resource_id = db_int(rows, r, 0), .customer_id = db_int(rows, r, 1), .due_at = db_time(rows, r, 2),
            .name = db_text(rows, r, 3), .customer_name = db_text(rows, r, 4),
        };
        if (!resource_state_find(db_text(rows, r, 5), &m->from) || !resource_state_find(db_text(rows, r, 6), &m->to))
            return err_new(ERR_BUG, 0, "the resource %lld is malformed", (long long)m->resource_id);
    }
    *n = rows->n;
    return NULL;
}

const struct err *import_freeze_list(struct db *db, const void *ctx, bool is_lifted, int limit, struct import_freeze **freezes,
                                     size_t *n)
{
    struct db_rows *rows;
    TRY(db_query(db, ctx, &freeze_list_of, &rows, (int64_t)is_lifted, (int64_t)limit));
    *freezes = mem_array(ctx, struct import_freeze, rows->n);
    for (size_t r = 0; r < rows->n; r++) {
        struct import_freeze *f = &(*freezes)[r];
        *f = (struct import_freeze){
            .freeze = {.id = db_int(rows, r, 0), .account_id = db_int(rows, r, 8), .reason = db_text(rows, r, 4),
                       .at = db_time(rows, r, 5), .lifted_at = db_time(rows, r, 6)},
            .key = db_text(rows, r, 1), .lift_reason = db_text(rows, r, 7), .account_id = db_int(rows, r, 8),
            .account_name = db_text(rows, r, 10), .association_id = db_int(rows, r, 11), .partner_id = db_int(rows, r, 12),
            .partner_name = db_text(rows, r, 13),
        };
        if (!freeze_type_find(db_text(rows, r, 2), &f->freeze.type) || !freeze_source_find(db_text(rows, r, 3), &f->freeze.source) ||
            !account_kind_find(db_text(rows, r, 9), &f->account_kind))
            return err_new(ERR_BUG, 0, "the freeze %s is malformed", f->key);
    }
    *n = rows->n;
    return NULL;
}

const struct err *import_freeze_insert(struct db *db, const struct import_freeze *f, int64_t *id)
{
    const bool is_lifted = f->freeze.lifted_at != INSTANT_NONE;
    TRY(db_exec(db, &freeze_add, NULL, f->account_id, freeze_type_name(f->freeze.type), freeze_source_name(f->freeze.source), f->freeze.reason,
                f->freeze.at, f->freeze.lifted_at, is_lifted ? f->lift_reason : NULL, f->key));
    *id = db_insert_id(db);
    return NULL;
}

const struct err *import_freeze_lift(struct db *db, const struct import_freeze *f, bool *lifted)
{
    int64_t affected = 0;
    TRY(db_exec(db, &freeze_end, &affected, f->freeze.lifted_at, f->lift_reason, f->freeze.id));
    *lifted = affected == 1;
    return NULL;
}
