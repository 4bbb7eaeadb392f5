#include "store/store_purge.h"

#include "store/statements.h"

static const struct db_statement form_keys = {
    "purge_form_keys", "DELETE FROM form_key WHERE at < ? ORDER BY at LIMIT ?", "ti", ""
};
static const struct db_statement sign_in_addresses = {
    "purge_sign_in_addresses",
    "DELETE FROM sign_in_address WHERE failed_at < ? AND (wait_until IS NULL OR wait_until < ?) ORDER BY failed_at LIMIT ?",
    "tti", ""
};
/* No session outlives expires_at, so the index on it finds those that ended early too: at the latest when that has passed. */
static const struct db_statement sessions = {
    "purge_sessions", "DELETE FROM session WHERE expires_at < ? ORDER BY expires_at LIMIT ?", "ti", ""
};
static const struct db_statement password_resets = {
    "purge_password_resets", "DELETE FROM password_reset WHERE expires_at < ? ORDER BY token_hash LIMIT ?", "ti", ""
};
static const struct db_statement budgets = {
    "purge_budgets", "DELETE FROM message_budget WHERE since < ? ORDER BY since LIMIT ?", "ti", ""
};

const struct db_statement *const store_purge_statements[] = {
    &form_keys, &sign_in_addresses, &sessions, &password_resets, &budgets, NULL
};

const struct err *purge_form_keys(struct db *db, int64_t before_at, int64_t *n)
{
    return db_exec(db, &form_keys, n, before_at, (int64_t)PURGE_BATCH);
}

const struct err *purge_sign_in_addresses(struct db *db, int64_t before_at, int64_t *n)
{
    return db_exec(db, &sign_in_addresses, n, before_at, before_at, (int64_t)PURGE_BATCH);
}

const struct err *purge_sessions(struct db *db, int64_t before_at, int64_t *n)
{
    return db_exec(db, &sessions, n, before_at, (int64_t)PURGE_BATCH);
}

const struct err *purge_password_resets(struct db *db, int64_t before_at, int64_t *n)
{
    return db_exec(db, &password_resets, n, before_at, (int64_t)PURGE_BATCH);
}

const struct err *purge_budgets(struct db *db, int64_t before_at, int64_t *n)
{
    return db_exec(db, &budgets, n, before_at, (int64_t)PURGE_BATCH);
}
