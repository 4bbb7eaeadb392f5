#include "store/store_demo.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/statements.h"

static const struct db_statement is_empty = {
    "demo_is_empty", "SELECT EXISTS (SELECT 1 FROM account) LIMIT 1", "", "i"
};
static const struct db_statement settings = {
    "demo_account_settings", "UPDATE account SET currency = ?, code_on = ? WHERE id = ?", "sii", ""
};
static const struct db_statement link_insert = {
    "demo_link", "INSERT INTO enterprise_link (master_id, member_id, accounting, linked_at) VALUES (?, ?, ?, ?)", "iist", ""
};
static const struct db_statement commitment_insert = {
    "demo_commitment",
    "INSERT INTO commitment (customer_id, kind, name, valid_from, valid_to) VALUES (?, ?, ?, ?, ?)",
    "isstt", ""
};
static const struct db_statement contract_insert = {
    "demo_contract", "INSERT INTO contract (customer_id, number, starts_at, ends_at) VALUES (?, ?, ?, ?)", "istt", ""
};
static const struct db_statement order_insert = {
    "demo_order",
    "INSERT INTO partner_order (customer_id, name, status, at) VALUES (?, ?, 'WAITING_FOR_PARTNER', ?)",
    "ist", ""
};
static const struct db_statement balance_insert = {
    "demo_balance", "INSERT INTO balance (customer_id, currency, owed_minor) VALUES (?, ?, ?)", "isi", ""
};
static const struct db_statement card_insert = {
    "demo_card",
    "INSERT INTO payment_method (customer_id, kind, last_four, provider_reference, valid_to, is_default, added_at)\n"
    "VALUES (?, 'CARD', ?, CONCAT('demo-', ?), ?, 1, ?)",
    "isstt", ""
};
static const struct db_statement resource_insert = {
    "demo_resource",
    "INSERT INTO resource (customer_id, name, amount_minor, next_charge_at, state, state_until) VALUES (?, ?, ?, ?, ?, ?)",
    "isitst", ""
};
static const struct db_statement task_told = {
    "demo_task_told", "UPDATE task SET reminded = 3 WHERE account_id = ? AND kind = 'PAYMENT_METHOD'", "i", ""
};
static const struct db_statement sealed_code = {
    "demo_sealed_code", "SELECT event_id, sealed FROM delivery WHERE code_id = ? AND sealed IS NOT NULL LIMIT 1", "i", "sb"
};
static const struct db_statement settle = {
    "demo_settle_deliveries",
    "UPDATE delivery\n"
    "   SET state = 'SENT', done_at = created_at, tries = 1, sealed = NULL, detail = 'demo data'\n"
    " WHERE state = 'QUEUED'",
    "", ""
};
static const struct db_statement end_sessions = {
    "demo_end_sessions",
    "UPDATE session\n   SET ended_at = created_at + INTERVAL 10 MINUTE\n WHERE ended_at IS NULL",
    "", ""
};
static const struct db_statement read_notices = {
    "demo_read_notices",
    "INSERT INTO notification_read (user_id, notification_id, at)\n"
    "SELECT u.id, n.id, n.at + INTERVAL 1 HOUR\n"
    "  FROM notification n\n"
    "  JOIN user u ON u.account_id = n.account_id\n"
    " WHERE n.at < ?",
    "t", ""
};

const struct db_statement *const store_demo_statements[] = {
    &is_empty, &settings, &link_insert, &commitment_insert, &contract_insert, &order_insert, &balance_insert, &card_insert,
    &resource_insert, &task_told, &sealed_code, &settle, &end_sessions, &read_notices, NULL
};

const struct err *demo_is_empty(struct db *db, bool *empty)
{
    void *ctx = mem_context(NULL, "demo_is_empty");
    struct db_rows *rows = NULL;
    const struct err *err = db_query(db, ctx, &is_empty, &rows);

    if (err == NULL)
        *empty = db_int(rows, 0, 0) == 0;
    talloc_free(ctx);
    return err;
}

const struct err *demo_account_settings(struct db *db, int64_t account_id, const char *currency, bool code_on)
{
    return db_exec(db, &settings, NULL, currency, (int64_t)code_on, account_id);
}

const struct err *demo_link(struct db *db, int64_t master_id, int64_t member_id, bool is_independent, int64_t at)
{
    return db_exec(db, &link_insert, NULL, master_id, member_id, is_independent ? "INDEPENDENT" : "UNIFIED", at);
}

const struct err *demo_commitment(struct db *db, int64_t customer_id, enum commitment_kind kind, const char *name,
                                  int64_t valid_from, int64_t valid_to)
{
    return db_exec(db, &commitment_insert, NULL, customer_id, commitment_kind_name(kind), name, valid_from, valid_to);
}

const struct err *demo_contract(struct db *db, int64_t customer_id, const char *number, int64_t starts_at, int64_t ends_at)
{
    return db_exec(db, &contract_insert, NULL, customer_id, number, starts_at, ends_at);
}

const struct err *demo_order(struct db *db, int64_t customer_id, const char *name, int64_t at)
{
    return db_exec(db, &order_insert, NULL, customer_id, name, at);
}

const struct err *demo_balance(struct db *db, int64_t customer_id, const char *currency, int64_t owed_minor)
{
    return db_exec(db, &balance_insert, NULL, customer_id, currency, owed_minor);
}

const struct err *demo_card(struct db *db, int64_t customer_id, const char *last_four, int64_t valid_to, int64_t at)
{
    return db_exec(db, &card_insert, NULL, customer_id, last_four, last_four, valid_to, at);
}

const struct err *demo_resource(struct db *db, int64_t customer_id, const char *name, int64_t next_charge_at, const char *state,
                                int64_t state_until)
{
    /* Prices that differ: in cents, from the length of the name. */
    const int64_t amount_minor = 500 + (int64_t)strlen(name) * 175;

    return db_exec(db, &resource_insert, NULL, customer_id, name, amount_minor, next_charge_at, state, state_until);
}

const struct err *demo_task_told(struct db *db, int64_t customer_id)
{
    return db_exec(db, &task_told, NULL, customer_id);
}

const struct err *demo_sealed_code(struct db *db, const void *ctx, int64_t code_id, const char **event_id,
                                   const unsigned char **sealed, size_t *n)
{
    struct db_rows *rows = NULL;

    TRY(db_query(db, ctx, &sealed_code, &rows, code_id));
    if (rows->n == 0)
        return err_new(ERR_MISSING, 0, "no message carries code %lld", (long long)code_id);
    *event_id = db_text(rows, 0, 0);
    *sealed = (const unsigned char *)db_bytes(rows, 0, 1, n);
    return NULL;
}

const struct err *demo_settle_deliveries(struct db *db)
{
    return db_exec(db, &settle, NULL);
}

const struct err *demo_end_sessions(struct db *db)
{
    return db_exec(db, &end_sessions, NULL);
}

const struct err *demo_read_notices(struct db *db, int64_t before_at)
{
    return db_exec(db, &read_notices, NULL, before_at);
}
