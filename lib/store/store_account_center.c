#include "store/store_account_center.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/statements.h"

static const struct db_statement currencies = {
    "currency_list", "SELECT code\nFROM settlement_currency\nWHERE is_offered = 1\nORDER BY position, code\nLIMIT ?", "i", "s"};
static const struct db_statement currency_find = {
    "currency_of", "SELECT COALESCE(currency, '')\nFROM account\nWHERE id = ?\nLIMIT 1", "i", "s"};
static const struct db_statement currency_choose = {
    "currency_set",
    "UPDATE account\nSET currency = ?, version = version + 1\nWHERE id = ? AND version = ? AND currency IS NULL\n"
    "  AND EXISTS (SELECT 1 FROM settlement_currency s WHERE s.code = ? AND s.is_offered = 1)",
    "siis", ""};

#define COMMITMENT \
    "SELECT id, customer_id, kind, name, valid_from, valid_to, status, unsubscribed_at\nFROM commitment\n"
#define COMMITMENT_RESULTS "iissttst"
static const struct db_statement commitments_of = {
    "commitment_list",
    COMMITMENT "WHERE customer_id = ?\nORDER BY (status = 'VALID' AND valid_to > ?) DESC, valid_to DESC, id DESC\nLIMIT ?", "iti",
    COMMITMENT_RESULTS};
static const struct db_statement commitment_find = {
    "commitment_load", COMMITMENT "WHERE id = ?\nLIMIT 1", "i", COMMITMENT_RESULTS};
static const struct db_statement commitment_finish = {
    "commitment_end",
    "UPDATE commitment\nSET status = 'UNSUBSCRIBED', unsubscribed_at = ?\nWHERE id = ? AND status = 'VALID' AND valid_to > ?", "tit", ""};
static const struct db_statement commitment_count = {
    "commitment_binding",
    "SELECT COUNT(*)\nFROM commitment\nWHERE customer_id = ? AND status = 'VALID' AND valid_to > ?\n"
    "  AND kind IN ('RI', 'PARTNER_SUPPORT_PLAN')\nLIMIT 1",
    "it", "i"};

#define LINK \
    "SELECT l.id, l.master_id, l.member_id, m.version, m.name, m.no, l.accounting, l.status, l.linked_at, l.ended_at\n" \
    "FROM enterprise_link l\nJOIN account m ON m.id = l.member_id\n"
#define LINK_RESULTS "iiiisssstt"
static const struct db_statement links_of = {
    "member_link_list",
    LINK "WHERE l.master_id = ? AND l.status = 'ACTIVE'\nORDER BY l.accounting, m.name, l.id\nLIMIT ?", "ii", LINK_RESULTS};
static const struct db_statement link_find = {"member_link_load", LINK "WHERE l.id = ?\nLIMIT 1", "i", LINK_RESULTS};
static const struct db_statement link_finish = {
    "member_link_end",
    "UPDATE enterprise_link\nSET status = 'ENDED', ended_at = ?\nWHERE id = ? AND status = 'ACTIVE' AND accounting = 'INDEPENDENT'",
    "ti", ""};
static const struct db_statement link_count = {
    "member_link_independent",
    "SELECT COUNT(*)\nFROM enterprise_link\nWHERE master_id = ? AND status = 'ACTIVE' AND accounting = 'INDEPENDENT'\nLIMIT 1", "i", "i"};

static const struct db_statement information_find = {
    "account_information_load",
    "SELECT legal_name, address_1, address_2, postcode, city, country, tax_number, billing_email, updated_at, version\n"
    "FROM account_information\nWHERE account_id = ?\nLIMIT 1",
    "i", "ssssssssti"};
static const struct db_statement information_add = {
    "account_information_add",
    "INSERT INTO account_information (account_id, legal_name, address_1, address_2, postcode, city, country, tax_number,\n"
    "  billing_email, updated_at, updated_by)\nVALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "issssssssti", ""};
static const struct db_statement information_change = {
    "account_information_save",
    "UPDATE account_information\nSET legal_name = ?, address_1 = ?, address_2 = ?, postcode = ?, city = ?, country = ?,\n"
    "  tax_number = ?, billing_email = ?, updated_at = ?, updated_by = ?, version = version + 1\n"
    "WHERE account_id = ? AND version = ?",
    "sssssssstiii", ""};
static const struct db_statement task_finish = {
    "account_information_done",
    "UPDATE task\nSET done_at = ?\nWHERE account_id = ? AND kind = 'ACCOUNT_INFORMATION' AND open_key = 1", "ti", ""};

const struct db_statement *const store_account_center_statements[] = {
    &currencies, &currency_find, &currency_choose, &commitments_of, &commitment_find, &commitment_finish, &commitment_count,
    &links_of, &link_find, &link_finish, &link_count, &information_find, &information_add, &information_change, &task_finish, NULL};

/* --- the settlement currency --- */

const struct err *currency_list(struct db *db, const void *ctx, const char ***codes, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &currencies, &rows, (int64_t)ACCOUNT_LIST_MAX));
    *codes = mem_array(ctx, const char *, rows->n + 1);
    for (size_t i = 0; i < rows->n; i++)
        (*codes)[i] = db_text(rows, i, 0);
    *n = rows->n;
    return NULL;
}

const struct err *currency_of(struct db *db, const void *ctx, int64_t account_id, const char **code)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &currency_find, &rows, account_id));
    *code = rows->n > 0 ? db_text(rows, 0, 0) : "";
    return NULL;
}

const struct err *currency_set(struct db *db, int64_t account_id, int64_t version, const char *code, bool *is_set)
{
    int64_t affected = 0;
    TRY(db_exec(db, &currency_choose, &affected, code, account_id, version, code));
    *is_set = affected == 1;
    return NULL;
}

/* --- reserved instances and support plans --- */

bool commitment_holds(const struct commitment *commitment, int64_t now) { return commitment->is_valid && commitment->valid_to > now; }

bool commitment_binds(const struct commitment *commitment) { return commitment->kind != COMMITMENT_SERVICE_SUPPORT_PLAN; }

static const struct err *read_commitment(const struct db_rows *rows, size_t i, struct commitment *commitment)
{
    *commitment = (struct commitment){
        .id = db_int(rows, i, 0), .customer_id = db_int(rows, i, 1), .name = db_text(rows, i, 3), .valid_from = db_time(rows, i, 4),
        .valid_to = db_time(rows, i, 5), .is_valid = strcmp(db_text(rows, i, 6), "VALID") == 0, .unsubscribed_at = db_time(rows, i, 7),
    };
    return commitment_kind_find(db_text(rows, i, 2), &commitment->kind)
        ? NULL : err_new(ERR_BUG, 0, "commitment %lld is malformed", (long long)commitment->id);
}

const struct err *commitment_list(struct db *db, const void *ctx, int64_t customer_id, int64_t now, struct commitment **commitments,
                                  size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &commitments_of, &rows, customer_id, now, (int64_t)ACCOUNT_LIST_MAX));
    *commitments = mem_array(ctx, struct commitment, rows->n);
    for (size_t i = 0; i < rows->n; i++)
        TRY(read_commitment(rows, i, &(*commitments)[i]));
    *n = rows->n;
    return NULL;
}

const struct err *commitment_load(struct db *db, const void *ctx, int64_t id, struct commitment **commitment)
{
    struct db_rows *rows = NULL;
    *commitment = NULL;
    TRY(db_query(db, ctx, &commitment_find, &rows, id));
    if (rows->n == 0)
        return NULL;
    struct commitment *read = mem_new(ctx, struct commitment);
    TRY(read_commitment(rows, 0, read));
    *commitment = read;
    return NULL;
}

const struct err *commitment_end(struct db *db, int64_t id, int64_t at, bool *ended)
{
    int64_t affected = 0;
    TRY(db_exec(db, &commitment_finish, &affected, at, id, at));
    *ended = affected == 1;
    return NULL;
}

const struct err *commitment_binding(struct db *db, int64_t customer_id, int64_t now, int64_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, NULL, &commitment_count, &rows, customer_id, now));
    *n = db_int(rows, 0, 0);
    talloc_free(rows);
    return NULL;
}

/* --- member accounts --- */

static struct member_link read_link(const struct db_rows *rows, size_t i)
{
    return (struct member_link){
        .id = db_int(rows, i, 0), .master_id = db_int(rows, i, 1), .member_id = db_int(rows, i, 2),
        .member_version = db_int(rows, i, 3), .name = db_text(rows, i, 4), .no = db_text(rows, i, 5),
        .is_independent = strcmp(db_text(rows, i, 6), "INDEPENDENT") == 0, .is_active = strcmp(db_text(rows, i, 7), "ACTIVE") == 0,
        .linked_at = db_time(rows, i, 8), .ended_at = db_time(rows, i, 9),
    };
}

const struct err *member_link_list(struct db *db, const void *ctx, int64_t master_id, struct member_link **links, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &links_of, &rows, master_id, (int64_t)ACCOUNT_LIST_MAX));
    *links = mem_array(ctx, struct member_link, rows->n);
    for (size_t i = 0; i < rows->n; i++)
        (*links)[i] = read_link(rows, i);
    *n = rows->n;
    return NULL;
}

const struct err *member_link_load(struct db *db, const void *ctx, int64_t id, struct member_link **link)
{
    struct db_rows *rows = NULL;
    *link = NULL;
    TRY(db_query(db, ctx, &link_find, &rows, id));
    if (rows->n == 0)
        return NULL;
    *link = mem_new(ctx, struct member_link);
    **link = read_link(rows, 0);
    return NULL;
}

const struct err *member_link_end(struct db *db, int64_t id, int64_t at, bool *ended)
{
    int64_t affected = 0;
    TRY(db_exec(db, &link_finish, &affected, at, id));
    *ended = affected == 1;
    return NULL;
}

const struct err *member_link_independent(struct db *db, int64_t master_id, int64_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, NULL, &link_count, &rows, master_id));
    *n = db_int(rows, 0, 0);
    talloc_free(rows);
    return NULL;
}

/* --- what a biller needs --- */

const struct err *account_information_load(struct db *db, const void *ctx, int64_t account_id, struct account_information *information)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &information_find, &rows, account_id));
    *information = (struct account_information){"", "", "", "", "", "", "", "", INSTANT_NONE, 0};
    if (rows->n == 0)
        return NULL;
    *information = (struct account_information){
        .legal_name = db_text(rows, 0, 0), .address_1 = db_text(rows, 0, 1), .address_2 = db_text(rows, 0, 2),
        .postcode = db_text(rows, 0, 3), .city = db_text(rows, 0, 4), .country = db_text(rows, 0, 5),
        .tax_number = db_text(rows, 0, 6), .billing_email = db_text(rows, 0, 7), .updated_at = db_time(rows, 0, 8),
        .version = db_int(rows, 0, 9),
    };
    return NULL;
}

const struct err *account_information_save(struct db *db, int64_t account_id, int64_t user_id,
                                           const struct account_information *information, int64_t at, bool *saved)
{
    const struct account_information *i = information;
    int64_t affected = 0;
    if (i->version == 0) {
        const struct err *err = db_exec(db, &information_add, NULL, account_id, i->legal_name, i->address_1, i->address_2,
                                        i->postcode, i->city, i->country, i->tax_number, i->billing_email, at, user_id);
        *saved = err == NULL;
        return db_is_duplicate(err, "PRIMARY") ? NULL : err;
    }
    TRY(db_exec(db, &information_change, &affected, i->legal_name, i->address_1, i->address_2, i->postcode, i->city, i->country,
                i->tax_number, i->billing_email, at, user_id, account_id, i->version));
    *saved = affected == 1;
    return NULL;
}

const struct err *account_information_done(struct db *db, int64_t account_id, int64_t at)
{
    return db_exec(db, &task_finish, NULL, at, account_id);
}
