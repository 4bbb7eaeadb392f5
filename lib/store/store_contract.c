#include "store/store_contract.h"

#include <string.h>

#include "base/memory.h"
#include "store/statements.h"

#define LIST_MAX 50

#define CONTRACT "SELECT id, customer_id, number, starts_at, ends_at, status, note, settled_at\n  FROM contract\n"
#define CONTRACT_RESULTS "iisttsst"

static const struct db_statement list = {
    "contract_list", CONTRACT " WHERE customer_id = ?\n ORDER BY ends_at DESC, id DESC\n LIMIT ?", "ii", CONTRACT_RESULTS};
static const struct db_statement load = {"contract_load", CONTRACT " WHERE id = ?\n LIMIT 1", "i", CONTRACT_RESULTS};
static const struct db_statement settle = {
    "contract_settle",
    "UPDATE contract\n   SET status = 'SETTLED', note = ?, settled_at = ?\n WHERE id = ? AND status = 'EFFECTIVE'", "sti", ""};
static const struct db_statement find_customer = {
    "contract_customer", "SELECT name, no, version\n  FROM account\n WHERE id = ? AND kind = 'CUSTOMER'\n LIMIT 1", "i", "ssi"};

const struct db_statement *const store_contract_statements[] = {&list, &load, &settle, &find_customer, NULL};

static struct contract read_contract(const struct db_rows *rows, size_t i)
{
    const char *status = db_text(rows, i, 5);
    return (struct contract){
        .id = db_int(rows, i, 0), .customer_id = db_int(rows, i, 1), .number = db_text(rows, i, 2),
        .starts_at = db_time(rows, i, 3), .ends_at = db_time(rows, i, 4), .is_settled = strcmp(status, "SETTLED") == 0,
        .is_expired = strcmp(status, "EXPIRED") == 0, .note = db_text(rows, i, 6), .settled_at = db_time(rows, i, 7),
    };
}

bool contract_holds(const struct contract *contract, int64_t now)
{
    return !contract->is_settled && !contract->is_expired && contract->starts_at <= now && now < contract->ends_at;
}

const struct err *contract_list(struct db *db, const void *ctx, int64_t customer_id, struct contract **contracts, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &list, &rows, customer_id, (int64_t)LIST_MAX));
    *contracts = mem_array(ctx, struct contract, rows->n);
    for (size_t i = 0; i < rows->n; i++)
        (*contracts)[i] = read_contract(rows, i);
    *n = rows->n;
    return NULL;
}

const struct err *contract_load(struct db *db, const void *ctx, int64_t id, struct contract **contract)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &load, &rows, id));
    *contract = NULL;
    if (rows->n == 0)
        return NULL;
    *contract = mem_new(ctx, struct contract);
    **contract = read_contract(rows, 0);
    return NULL;
}

const struct err *contract_settle(struct db *db, int64_t id, const char *note, int64_t at, bool *settled)
{
    int64_t affected = 0;
    TRY(db_exec(db, &settle, &affected, note, at, id));
    *settled = affected == 1;
    return NULL;
}

const struct err *contract_customer(struct db *db, const void *ctx, int64_t customer_id, struct contract_customer *customer)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &find_customer, &rows, customer_id));
    *customer = (struct contract_customer){.name = "", .no = ""};
    if (rows->n > 0)
        *customer = (struct contract_customer){db_text(rows, 0, 0), db_text(rows, 0, 1), db_int(rows, 0, 2)};
    return NULL;
}
