#include "store/store_payment.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/statements.h"

#define METHOD \
    "SELECT id, customer_id, kind, last_four, provider_reference, valid_to, is_default, added_at, removed_at\n  FROM payment_method\n"
#define METHOD_RESULTS "iissstitt"

static const struct db_statement list = {
    "payment_method_list", METHOD " WHERE customer_id = ? AND removed_at IS NULL\n ORDER BY is_default DESC, added_at DESC, id DESC\n LIMIT ?",
    "ii", METHOD_RESULTS};
static const struct db_statement load = {
    "payment_method_load", METHOD " WHERE id = ? AND removed_at IS NULL\n LIMIT 1", "i", METHOD_RESULTS};
static const struct db_statement to_charge = {
    "payment_method_to_charge",
    METHOD " WHERE customer_id = ? AND removed_at IS NULL AND (valid_to IS NULL OR valid_to > ?)\n"
    " ORDER BY is_default DESC, added_at DESC, id DESC\n LIMIT 1", "it", METHOD_RESULTS};
static const struct db_statement insert = {
    "payment_method_insert",
    "INSERT INTO payment_method (customer_id, kind, last_four, provider_reference, valid_to, is_default, added_at)\n"
    "VALUES (?, ?, ?, ?, ?, ?, ?)", "isss" "tit", ""};
static const struct db_statement clear_default = {
    "payment_method_clear_default", "UPDATE payment_method\n   SET is_default = 0\n WHERE default_customer = ?", "i", ""};
static const struct db_statement set_default = {
    "payment_method_set_default", "UPDATE payment_method\n   SET is_default = 1\n WHERE id = ? AND removed_at IS NULL", "i", ""};
static const struct db_statement take_out = {
    "payment_method_remove",
    "UPDATE payment_method\n   SET removed_at = ?, is_default = 0\n WHERE id = ? AND removed_at IS NULL", "ti", ""};
static const struct db_statement customer_of = {
    "payment_customer",
    "SELECT name, currency, version, billing_mode\n  FROM account\n WHERE id = ? AND kind = 'CUSTOMER'\n LIMIT 1", "i", "ssis"};
static const struct db_statement arrears = {
    "payment_arrears", "SELECT currency, owed_minor\n  FROM balance\n WHERE customer_id = ? AND owed_minor > 0\n LIMIT 1", "i", "si"};
static const struct db_statement charge = {
    "charge_insert",
    "INSERT INTO charge (resource_id, customer_id, due_at, amount_minor, currency, payer, payment_method_id, result, at)\n"
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", "iitissIst", ""};

const struct db_statement *const store_payment_statements[] = {
    &list, &load, &to_charge, &insert, &clear_default, &set_default, &take_out, &customer_of, &arrears, &charge, NULL};

bool payment_method_is_valid(const struct payment_method *method, int64_t now)
{
    return method->removed_at == INSTANT_NONE && (method->valid_to == INSTANT_NONE || now < method->valid_to);
}

static struct payment_method read_method(const struct db_rows *rows, size_t i)
{
    return (struct payment_method){
        .id = db_int(rows, i, 0), .customer_id = db_int(rows, i, 1), .is_card = strcmp(db_text(rows, i, 2), "CARD") == 0,
        .last_four = db_text(rows, i, 3), .reference = db_text(rows, i, 4), .valid_to = db_time(rows, i, 5),
        .is_default = db_int(rows, i, 6) != 0, .added_at = db_time(rows, i, 7), .removed_at = db_time(rows, i, 8),
    };
}

static struct payment_method *first_method(const void *ctx, const struct db_rows *rows)
{
    if (rows->n == 0)
        return NULL;
    struct payment_method *method = mem_new(ctx, struct payment_method);
    *method = read_method(rows, 0);
    return method;
}

const struct err *payment_method_list(struct db *db, const void *ctx, int64_t customer_id, struct payment_method **methods, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &list, &rows, customer_id, (int64_t)PAYMENT_METHODS_MAX));
    *methods = mem_array(ctx, struct payment_method, rows->n);
    for (size_t i = 0; i < rows->n; i++)
        (*methods)[i] = read_method(rows, i);
    *n = rows->n;
    return NULL;
}

const struct err *payment_method_load(struct db *db, const void *ctx, int64_t id, struct payment_method **method)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &load, &rows, id));
    *method = first_method(ctx, rows);
    return NULL;
}

const struct err *payment_method_to_charge(struct db *db, const void *ctx, int64_t customer_id, int64_t now,
                                           struct payment_method **method)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &to_charge, &rows, customer_id, now));
    *method = first_method(ctx, rows);
    return NULL;
}

const struct err *payment_method_insert(struct db *db, const struct payment_method *method, int64_t *id)
{
    TRY(db_exec(db, &insert, NULL, method->customer_id, method->is_card ? "CARD" : "BANK", method->last_four, method->reference,
                method->valid_to, (int64_t)method->is_default, method->added_at));
    *id = db_insert_id(db);
    return NULL;
}

const struct err *payment_method_clear_default(struct db *db, int64_t customer_id)
{
    return db_exec(db, &clear_default, NULL, customer_id);
}

const struct err *payment_method_set_default(struct db *db, int64_t id, bool *set)
{
    int64_t affected = 0;
    TRY(db_exec(db, &set_default, &affected, id));
    *set = affected == 1;
    return NULL;
}

const struct err *payment_method_remove(struct db *db, int64_t id, int64_t at, bool *removed)
{
    int64_t affected = 0;
    TRY(db_exec(db, &take_out, &affected, at, id));
    *removed = affected == 1;
    return NULL;
}

const struct err *payment_customer(struct db *db, const void *ctx, int64_t customer_id, struct payment_customer *customer)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &customer_of, &rows, customer_id));
    if (rows->n == 0)
        return err_new(ERR_MISSING, 0, "there is no customer %lld", (long long)customer_id);
    *customer = (struct payment_customer){
        .name = db_text(rows, 0, 0), .currency = db_text(rows, 0, 1), .version = db_int(rows, 0, 2),
        .is_partners = strcmp(db_text(rows, 0, 3), "PARTNER") == 0};
    return NULL;
}

const struct err *payment_arrears(struct db *db, const void *ctx, int64_t customer_id, const char **currency, int64_t *owed_minor)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &arrears, &rows, customer_id));
    *currency = rows->n > 0 ? db_text(rows, 0, 0) : "";
    *owed_minor = rows->n > 0 ? db_int(rows, 0, 1) : 0;
    return NULL;
}

const struct err *charge_insert(struct db *db, const struct charge_new *c)
{
    return db_exec(db, &charge, NULL, c->resource_id, c->customer_id, c->due_at, c->amount_minor, c->currency, c->payer,
                   c->method_id, c->result, c->at);
}
