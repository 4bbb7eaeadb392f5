#include "store/store_security.h"

#include "base/clock.h"
#include "base/memory.h"
#include "store/statements.h"
#include "store/store_session.h"

#define DIGEST_BYTES ((size_t)32)

static const struct db_statement list = {
    "session_list",
    "SELECT id, created_at, seen_at, ip, agent\n"
    "  FROM session\n"
    " WHERE user_id = ? AND ended_at IS NULL AND expires_at > ? AND seen_at + INTERVAL idle_s SECOND >= ?\n"
    " ORDER BY seen_at DESC, id DESC\n"
    " LIMIT 50",
    "itt", "ittss"};
static const struct db_statement end_own = {
    "session_end_own", "UPDATE session\n   SET ended_at = ?\n WHERE id = ? AND user_id = ? AND ended_at IS NULL", "tii", ""};

static const struct db_statement load = {
    "second_factor_load",
    "SELECT u.totp_secret IS NOT NULL, IF(u.totp_pending_at > ?, u.totp_pending, NULL),\n"
    "       (SELECT COUNT(*) FROM recovery_code r WHERE r.user_id = u.id AND r.used_at IS NULL AND r.voided_at IS NULL)\n"
    "  FROM user u\n"
    " WHERE u.id = ?\n"
    " LIMIT 1",
    "ti", "isi"};
static const struct db_statement begin = {
    "second_factor_begin", "UPDATE user\n   SET totp_pending = ?, totp_pending_at = ?\n WHERE id = ?", "sti", ""};
static const struct db_statement confirm = {
    "second_factor_confirm",
    "UPDATE user\n"
    "   SET totp_secret = totp_pending, totp_step = ?, totp_pending = NULL, totp_pending_at = NULL\n"
    " WHERE id = ? AND totp_pending = ?",
    "iis", ""};
static const struct db_statement off = {
    "second_factor_off",
    "UPDATE user\n"
    "   SET totp_secret = NULL, totp_pending = NULL, totp_pending_at = NULL\n"
    " WHERE id = ? AND totp_secret IS NOT NULL",
    "i", ""};

static const struct db_statement rewrite = {
    "second_factor_rewrite", "UPDATE user\n   SET totp_secret = ?\n WHERE id = ? AND totp_secret = ?", "sis", ""};
static const struct db_statement list_clear = {
    "factor_list_clear",
    "SELECT id, login, totp_secret, totp_pending\n"
    "  FROM user\n"
    " WHERE totp_secret NOT LIKE 'v1.%' OR totp_pending NOT LIKE 'v1.%'\n"
    " ORDER BY id\n"
    " LIMIT 100",
    "", "isss"};
static const struct db_statement replace = {
    "factor_replace",
    "UPDATE user\n"
    "   SET totp_secret = ?, totp_pending = ?\n"
    " WHERE id = ? AND totp_secret <=> ? AND totp_pending <=> ?",
    "ssiss", ""};

static const struct db_statement insert = {
    "recovery_insert", "INSERT INTO recovery_code (user_id, digest, created_at)\nVALUES (?, ?, ?)", "ibt", ""};
static const struct db_statement make_void = {
    "recovery_void",
    "UPDATE recovery_code\n   SET voided_at = ?\n WHERE user_id = ? AND used_at IS NULL AND voided_at IS NULL", "ti", ""};
static const struct db_statement use = {
    "recovery_use",
    "UPDATE recovery_code\n   SET used_at = ?\n WHERE user_id = ? AND digest = ? AND used_at IS NULL AND voided_at IS NULL",
    "tib", ""};

static const struct db_statement preferences = {
    "user_set_preferences", "UPDATE user\n   SET lang = ?, zone = ?, theme = ?\n WHERE id = ?", "sssi", ""};

const struct db_statement *const store_security_statements[] = {
    &list, &end_own, &load, &begin, &confirm, &off, &rewrite, &list_clear, &replace, &insert, &make_void, &use, &preferences, NULL};

const struct err *session_list(struct db *db, const void *ctx, int64_t user_id, int64_t now, int64_t left_s,
                               struct session_seen **sessions, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &list, &rows, user_id, now + left_s * CLOCK_SECOND, now));
    *sessions = mem_array(ctx, struct session_seen, rows->n);
    *n = rows->n;
    for (size_t i = 0; i < rows->n; i++)
        (*sessions)[i] = (struct session_seen){
            .id = db_int(rows, i, 0), .created_at = db_time(rows, i, 1), .seen_at = db_time(rows, i, 2),
            .ip = db_text(rows, i, 3), .agent = db_text(rows, i, 4)};
    return NULL;
}

const struct err *session_end_own(struct db *db, int64_t user_id, int64_t id, int64_t but_id, int64_t at, bool *ended)
{
    int64_t affected = 0;
    TRY(db_exec(db, &end_own, &affected, at, id, user_id));
    *ended = affected == 1;
    return *ended ? session_end_line(db, id, but_id, at) : NULL;
}

const struct err *second_factor_load(struct db *db, const void *ctx, int64_t user_id, int64_t pending_since,
                                     struct second_factor *factor)
{
    struct db_rows *rows = NULL;
    *factor = (struct second_factor){.pending = NULL};
    TRY(db_query(db, ctx, &load, &rows, pending_since, user_id));
    if (rows->n > 0)
        *factor = (struct second_factor){
            .is_on = db_int(rows, 0, 0) != 0, .pending = db_is_null(rows, 0, 1) ? NULL : db_text(rows, 0, 1),
            .recovery_left = db_int(rows, 0, 2)};
    return NULL;
}

const struct err *second_factor_begin(struct db *db, int64_t user_id, const char *secret, int64_t at)
{
    return db_exec(db, &begin, NULL, secret, at, user_id);
}

const struct err *second_factor_confirm(struct db *db, int64_t user_id, const char *secret, int64_t step, bool *done)
{
    int64_t affected = 0;
    TRY(db_exec(db, &confirm, &affected, step, user_id, secret));
    *done = affected == 1;
    return NULL;
}

const struct err *second_factor_off(struct db *db, int64_t user_id, bool *done)
{
    int64_t affected = 0;
    TRY(db_exec(db, &off, &affected, user_id));
    *done = affected == 1;
    return NULL;
}

const struct err *second_factor_rewrite(struct db *db, int64_t user_id, const char *old_secret, const char *new_secret)
{
    return db_exec(db, &rewrite, NULL, new_secret, user_id, old_secret);
}

static const char *text_or_null(const struct db_rows *rows, size_t r, size_t column)
{
    return db_is_null(rows, r, column) ? NULL : db_text(rows, r, column);
}

const struct err *factor_list_clear(struct db *db, const void *ctx, struct factor_row **rows, size_t *n)
{
    struct db_rows *found = NULL;
    TRY(db_query(db, ctx, &list_clear, &found));
    *rows = mem_array(ctx, struct factor_row, found->n);
    *n = found->n;
    for (size_t i = 0; i < found->n; i++)
        (*rows)[i] = (struct factor_row){
            .user_id = db_int(found, i, 0), .login = db_text(found, i, 1), .secret = text_or_null(found, i, 2),
            .pending = text_or_null(found, i, 3)};
    return NULL;
}

const struct err *factor_replace(struct db *db, const struct factor_row *row, const char *secret, const char *pending, bool *done)
{
    int64_t affected = 0;
    TRY(db_exec(db, &replace, &affected, secret, pending, row->user_id, row->secret, row->pending));
    *done = affected == 1;
    return NULL;
}

const struct err *recovery_insert(struct db *db, int64_t user_id, const unsigned char digest[32], int64_t at)
{
    return db_exec(db, &insert, NULL, user_id, digest, DIGEST_BYTES, at);
}

const struct err *recovery_void(struct db *db, int64_t user_id, int64_t at) { return db_exec(db, &make_void, NULL, at, user_id); }

const struct err *recovery_use(struct db *db, int64_t user_id, const unsigned char digest[32], int64_t at, bool *used)
{
    int64_t affected = 0;
    TRY(db_exec(db, &use, &affected, at, user_id, digest, DIGEST_BYTES));
    *used = affected == 1;
    return NULL;
}

const struct err *user_set_preferences(struct db *db, int64_t user_id, const char *lang, const char *zone, const char *theme)
{
    return db_exec(db, &preferences, NULL, lang, zone, theme, user_id);
}
