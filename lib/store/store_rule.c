#include "store/store_rule.h"

#include "base/memory.h"
#include "store/statements.h"

#define SET \
    "SELECT s.id, s.name, r.code, r.severity, r.binds_customer_submit, r.binds_customer_agree, r.binds_partner_submit,\n" \
    "  r.binds_partner_agree, r.limit_n, r.months, r.source, CAST(r.read_on AS CHAR), r.id\n" \
    "FROM rule_set s\n" \
    "JOIN rule r ON r.rule_set_id = s.id\n"
#define SET_RESULTS "isssiiiiiissi"

static const struct db_statement active = {"rule_set_load", SET "WHERE s.active_key = 1\nLIMIT 100", "", SET_RESULTS};
static const struct db_statement find = {"rule_set_find", SET "WHERE s.id = ?\nLIMIT 100", "i", SET_RESULTS};

#define INFO "SELECT id, version, name, about, is_active\nFROM rule_set\n"
static const struct db_statement list = {"rule_set_list", INFO "ORDER BY name\nLIMIT 50", "", "iissi"};
static const struct db_statement info = {"rule_set_info", INFO "WHERE id = ?\nLIMIT 1", "i", "iissi"};
static const struct db_statement of = {"rule_of", "SELECT rule_set_id, code\nFROM rule\nWHERE id = ?\nLIMIT 1", "i", "is"};

static const struct db_statement take = {
    "rule_set_take", "UPDATE rule_set\nSET version = version + 1\nWHERE id = ? AND version = ?", "ii", ""};
static const struct db_statement write = {
    "rule_write",
    "UPDATE rule\nSET severity = ?, binds_customer_submit = ?, binds_customer_agree = ?, binds_partner_submit = ?,\n"
    "  binds_partner_agree = ?, limit_n = ?, months = ?\nWHERE id = ?",
    "siiiiiii", ""};
static const struct db_statement retire = {
    "rule_set_retire", "UPDATE rule_set\nSET is_active = 0\nWHERE id = ? AND is_active = 1", "i", ""};
static const struct db_statement enforce = {"rule_set_enforce", "UPDATE rule_set\nSET is_active = 1\nWHERE id = ?", "i", ""};

static const struct db_statement insert = {
    "rule_change_insert",
    "INSERT INTO rule_change (rule_set_id, set_version, code, at, user_id, user_name, before_text, after_text, note)\n"
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "iistissss", ""};
#define CHANGE \
    "SELECT h.rule_set_id, h.set_version, h.at, s.name, h.code, h.user_id, h.user_name, h.before_text, h.after_text, h.note\n" \
    "FROM rule_change h\n" \
    "JOIN rule_set s ON s.id = h.rule_set_id\n"
#define CHANGE_RESULTS "iitssissss"
static const struct db_statement changes_of = {
    "rule_change_list_of",
    CHANGE "WHERE h.rule_set_id = ? AND h.set_version > ?\nORDER BY h.set_version DESC\nLIMIT ?", "iii", CHANGE_RESULTS};
static const struct db_statement changes_all = {
    "rule_change_list", CHANGE "ORDER BY h.at DESC, h.id DESC\nLIMIT ?", "i", CHANGE_RESULTS};

static const struct db_statement sample = {
    "rule_sample",
    "SELECT a.customer_id, a.partner_id, c.no, c.name\n"
    "FROM association a\n"
    "JOIN account c ON c.id = a.customer_id\n"
    "WHERE a.active_customer IS NOT NULL AND a.model = 'RESELLER'\n"
    "ORDER BY a.associated_at, a.id\n"
    "LIMIT ?",
    "i", "iiss"};
static const struct db_statement sample_count = {
    "rule_sample_count",
    "SELECT COUNT(*)\nFROM association\nWHERE active_customer IS NOT NULL AND model = 'RESELLER'\nLIMIT 1", "", "i"};

const struct db_statement *const store_rule_statements[] = {
    &active, &find, &list, &info, &of, &take, &write, &retire, &enforce, &insert, &changes_of, &changes_all, &sample,
    &sample_count, NULL};

/* --- reading --- */

static unsigned operations_of(const struct db_rows *rows, size_t r)
{
    static const enum rule_operation columns[] = {
        OPERATION_CUSTOMER_SUBMIT, OPERATION_CUSTOMER_AGREE, OPERATION_PARTNER_SUBMIT, OPERATION_PARTNER_AGREE
    };
    unsigned operations = 0;

    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        if (db_int(rows, r, 4 + i) != 0)
            operations |= (unsigned)columns[i];
    return operations;
}

static const struct err *read_set(const void *ctx, const struct db_rows *rows, struct rule_set **set)
{
    bool is_there[RULES] = { false };
    struct rule_set *read = mem_new(ctx, struct rule_set);

    for (size_t r = 0; r < rows->n; r++) {
        struct rule_row row = {
            .id = db_int(rows, r, 12), .operations = operations_of(rows, r), .limit = db_int(rows, r, 8),
            .months = db_int(rows, r, 9), .source = db_text(rows, r, 10), .read_on = db_text(rows, r, 11)
        };

        if (!rule_code_find(db_text(rows, r, 2), &row.code) || !severity_find(db_text(rows, r, 3), &row.severity))
            return err_new(ERR_BUG, 0, "rule %s is malformed", db_text(rows, r, 2));
        read->id = db_int(rows, r, 0);
        read->name = db_text(rows, r, 1);
        read->rows[row.code] = row;
        is_there[row.code] = true;
    }
    for (int i = 0; i < RULES; i++)
        if (!is_there[i])
            return err_new(ERR_BUG, 0, "rule %s is missing from the set", rule_code_name((enum rule_code)i));
    *set = read;
    return NULL;
}

const struct err *rule_set_load(struct db *db, const void *ctx, struct rule_set **set)
{
    struct db_rows *rows;

    TRY(db_query(db, ctx, &active, &rows));
    return read_set(ctx, rows, set);
}

const struct err *rule_set_find(struct db *db, const void *ctx, int64_t id, struct rule_set **set)
{
    struct db_rows *rows;

    *set = NULL;
    TRY(db_query(db, ctx, &find, &rows, id));
    return rows->n == 0 ? NULL : read_set(ctx, rows, set);
}

static struct rule_set_info read_info(const struct db_rows *rows, size_t r)
{
    return (struct rule_set_info){
        .id = db_int(rows, r, 0), .version = db_int(rows, r, 1), .name = db_text(rows, r, 2), .about = db_text(rows, r, 3),
        .is_active = db_int(rows, r, 4) != 0
    };
}

const struct err *rule_set_list(struct db *db, const void *ctx, struct rule_set_info **sets, size_t *n)
{
    struct db_rows *rows;

    TRY(db_query(db, ctx, &list, &rows));
    *sets = mem_array(ctx, struct rule_set_info, rows->n);
    *n = rows->n;
    for (size_t r = 0; r < rows->n; r++)
        (*sets)[r] = read_info(rows, r);
    return NULL;
}

const struct err *rule_set_info(struct db *db, const void *ctx, int64_t id, struct rule_set_info **found)
{
    struct db_rows *rows;

    *found = NULL;
    TRY(db_query(db, ctx, &info, &rows, id));
    if (rows->n == 0)
        return NULL;
    *found = mem_new(ctx, struct rule_set_info);
    **found = read_info(rows, 0);
    return NULL;
}

const struct err *rule_of(struct db *db, int64_t rule_id, int64_t *set_id, enum rule_code *code)
{
    void *ctx = mem_context(NULL, "rule_of");
    struct db_rows *rows;
    const struct err *err = db_query(db, ctx, &of, &rows, rule_id);

    *set_id = 0;
    if (err == NULL && rows->n > 0 && rule_code_find(db_text(rows, 0, 1), code))
        *set_id = db_int(rows, 0, 0);
    talloc_free(ctx);
    return err;
}

/* --- changing --- */

const struct err *rule_set_take(struct db *db, int64_t id, int64_t version, bool *taken)
{
    int64_t affected = 0;

    TRY(db_exec(db, &take, &affected, id, version));
    *taken = affected == 1;
    return NULL;
}

const struct err *rule_write(struct db *db, int64_t rule_id, const struct rule_row *row)
{
    const unsigned bits = row->operations;

    return db_exec(db, &write, NULL, severity_name(row->severity), (int64_t)((bits & OPERATION_CUSTOMER_SUBMIT) != 0),
                   (int64_t)((bits & OPERATION_CUSTOMER_AGREE) != 0), (int64_t)((bits & OPERATION_PARTNER_SUBMIT) != 0),
                   (int64_t)((bits & OPERATION_PARTNER_AGREE) != 0), row->limit, row->months, rule_id);
}

const struct err *rule_set_switch(struct db *db, int64_t from_id, int64_t to_id, bool *done)
{
    int64_t affected = 0;

    TRY(db_exec(db, &retire, &affected, from_id));
    *done = affected == 1;
    return *done ? db_exec(db, &enforce, NULL, to_id) : NULL;
}

const struct err *rule_change_insert(struct db *db, const struct rule_change *change)
{
    return db_exec(db, &insert, NULL, change->rule_set_id, change->set_version, change->code, change->at, change->user_id,
                   change->user_name, change->before, change->after, change->note);
}

const struct err *rule_change_list(struct db *db, const void *ctx, int64_t set_id, int64_t after_version, int64_t limit,
                                   struct rule_change **changes, size_t *n)
{
    struct db_rows *rows;

    if (set_id == 0)
        TRY(db_query(db, ctx, &changes_all, &rows, limit));
    else
        TRY(db_query(db, ctx, &changes_of, &rows, set_id, after_version, limit));
    *changes = mem_array(ctx, struct rule_change, rows->n);
    *n = rows->n;
    for (size_t r = 0; r < rows->n; r++)
        (*changes)[r] = (struct rule_change){
            .rule_set_id = db_int(rows, r, 0), .set_version = db_int(rows, r, 1), .at = db_time(rows, r, 2),
            .set_name = db_text(rows, r, 3), .code = db_text(rows, r, 4), .user_id = db_int(rows, r, 5),
            .user_name = db_text(rows, r, 6), .before = db_text(rows, r, 7), .after = db_text(rows, r, 8),
            .note = db_text(rows, r, 9)
        };
    return NULL;
}

/* --- for a preview --- */

const struct err *rule_sample(struct db *db, const void *ctx, int64_t limit, struct rule_sample **samples, size_t *n, int64_t *all)
{
    struct db_rows *rows;

    TRY(db_query(db, ctx, &sample_count, &rows));
    *all = db_int(rows, 0, 0);
    TRY(db_query(db, ctx, &sample, &rows, limit));
    *samples = mem_array(ctx, struct rule_sample, rows->n);
    *n = rows->n;
    for (size_t r = 0; r < rows->n; r++)
        (*samples)[r] = (struct rule_sample){
            .customer_id = db_int(rows, r, 0), .partner_id = db_int(rows, r, 1), .customer_no = db_text(rows, r, 2),
            .customer_name = db_text(rows, r, 3)
        };
    return NULL;
}
