#include "store/store_desk.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/statements.h"
#include "store/store_user.h"

#define LAST_AT INT64_C(253402300799999999)   /* nothing is later: 9999-12-31 */

#define ACCOUNT \
    "SELECT c.id, c.version, c.created_at, c.closed_at, c.kind, c.no, c.name, COALESCE(c.currency, ''),\n" \
    "  a.id, a.partner_id, a.associated_at, p.no, p.name, a.model,\n" \
    "  f.id, f.type, f.source, f.reason, f.at, r.no,\n" \
    "  (SELECT COUNT(*) FROM association b WHERE b.partner_id = c.id AND b.status = 'ACTIVE'),\n" \
    "  r.escalated_at IS NOT NULL\n"
#define ACCOUNT_FROM \
    "LEFT JOIN association a ON a.active_customer = c.id\n" \
    "LEFT JOIN account p ON p.id = a.partner_id\n" \
    "LEFT JOIN freeze f ON f.open_account = c.id\n" \
    "LEFT JOIN disassociation_request r ON r.open_association = a.id\n"
#define ACCOUNT_RESULTS "iittssss" "iitsss" "issst" "s" "ii"

static const struct db_statement newest = {
    "desk_account_newest",
    ACCOUNT "FROM account c\n" ACCOUNT_FROM
    "WHERE c.kind <> 'PLATFORM' AND c.created_at <= ? AND (c.created_at < ? OR c.id < ?)\n"
    "ORDER BY c.created_at DESC, c.id DESC\nLIMIT ?",
    "ttii", ACCOUNT_RESULTS};
static const struct db_statement found = {
    "desk_account_found",
    ACCOUNT
    "FROM (SELECT id FROM account WHERE no = ?\n"
    "  UNION (SELECT id FROM account WHERE name LIKE ? AND kind <> 'PLATFORM' ORDER BY name LIMIT 51)\n"
    "  UNION SELECT account_id FROM user WHERE login = ?) s\n"
    "JOIN account c ON c.id = s.id\n" ACCOUNT_FROM
    "WHERE c.kind <> 'PLATFORM'\n"
    "ORDER BY c.name, c.id\nLIMIT ?",
    "sssi", ACCOUNT_RESULTS};
static const struct db_statement load = {
    "desk_account_load",
    ACCOUNT "FROM account c\n" ACCOUNT_FROM "WHERE c.no = ? AND c.kind <> 'PLATFORM'\nLIMIT 1", "s", ACCOUNT_RESULTS};
static const struct db_statement associations = {
    "desk_associations_of",
    "SELECT id\nFROM association\nWHERE partner_id = ? AND status = 'ACTIVE'\nORDER BY associated_at, id\nLIMIT ?", "ii", "i"};

static const struct db_statement close_account = {
    "desk_account_close",
    "UPDATE account\nSET status = 'CLOSED', closed_at = ?, version = version + 1, team_version = team_version + 1\n"
    "WHERE id = ? AND version = ? AND status = 'OPEN'",
    "tii", ""};
static const struct db_statement close_sessions = {
    "desk_sessions_end",
    "UPDATE session s\nJOIN user u ON u.id = s.user_id\nSET s.ended_at = ?\nWHERE u.account_id = ? AND s.ended_at IS NULL", "ti", ""};
static const struct db_statement close_users = {
    "desk_users_disable", "UPDATE user\nSET status = 'DISABLED'\nWHERE account_id = ? AND status = 'ACTIVE'", "i", ""};
static const struct db_statement close_codes = {
    "desk_codes_end", "UPDATE verification_code\nSET state = 'SUPERSEDED'\nWHERE account_id = ? AND state = 'LIVE'", "i", ""};
static const struct db_statement close_invitations = {
    "desk_invitations_end",
    "UPDATE invitation\nSET status = 'REVOKED', decided_at = ?, decided_by = ?, sealed_token = NULL\nWHERE partner_id = ? AND status = 'OPEN'", "tii", ""};
static const struct db_statement close_team = {
    "desk_team_invitations_end",
    "UPDATE team_invitation\nSET ended_at = ?\nWHERE account_id = ? AND used_at IS NULL AND ended_at IS NULL", "ti", ""};
static const struct db_statement close_changes = {
    "desk_contact_changes_end",
    "UPDATE contact_change\nSET closed_at = ?, outcome = 'REPLACED'\nWHERE account_id = ? AND closed_at IS NULL", "ti", ""};
static const struct db_statement close_change = {
    "desk_contact_change_end",
    "UPDATE contact_change\nSET closed_at = ?, outcome = 'REPLACED'\nWHERE account_id = ? AND channel = ? AND closed_at IS NULL",
    "tis", ""};

#define USER \
    "SELECT u.id, u.account_id, u.created_at, u.wait_until, a.kind, u.role, u.login, u.name, " USER_LANG("u.") ", a.no, a.name,\n" \
    "  u.status = 'ACTIVE', a.status = 'OPEN', u.password_hash IS NOT NULL, u.totp_secret IS NOT NULL,\n" \
    "  (SELECT COUNT(*) FROM recovery_code r WHERE r.user_id = u.id AND r.used_at IS NULL AND r.voided_at IS NULL),\n" \
    "  (SELECT COUNT(*) FROM session s WHERE s.user_id = u.id AND s.ended_at IS NULL AND s.expires_at > ?\n" \
    "     AND s.seen_at + INTERVAL s.idle_s SECOND > ?),\n" \
    "  (SELECT MAX(s.seen_at) FROM session s WHERE s.user_id = u.id)\n"
#define USER_RESULTS "iittsssssss" "iiii" "iit"

static const struct db_statement users_found = {
    "desk_user_found",
    USER
    "FROM ((SELECT id FROM user WHERE login LIKE ? ORDER BY login LIMIT 51)\n"
    "  UNION (SELECT v.id FROM account b JOIN user v ON v.account_id = b.id WHERE b.no = ? LIMIT 51)) m\n"
    "JOIN user u ON u.id = m.id\n"
    "JOIN account a ON a.id = u.account_id\n"
    "ORDER BY u.login\nLIMIT ?",
    "ttssi", USER_RESULTS};
static const struct db_statement users_platform = {
    "desk_user_platform",
    USER "FROM account a\nJOIN user u ON u.account_id = a.id\nWHERE a.kind = 'PLATFORM'\nORDER BY u.login\nLIMIT ?", "tti", USER_RESULTS};
static const struct db_statement user_load_one = {
    "desk_user_load", USER "FROM user u\nJOIN account a ON a.id = u.account_id\nWHERE u.id = ?\nLIMIT 1", "tti", USER_RESULTS};
static const struct db_statement user_status = {
    "desk_user_set_active", "UPDATE user\nSET status = ?\nWHERE id = ? AND status = ?", "sis", ""};
static const struct db_statement factor_reset = {
    "desk_factor_reset",
    "UPDATE user\nSET totp_secret = NULL, totp_pending = NULL, totp_pending_at = NULL\n"
    "WHERE id = ? AND (totp_secret IS NOT NULL OR totp_pending IS NOT NULL)",
    "i", ""};

const struct db_statement *const store_desk_statements[] = {
    &newest, &found, &load, &associations, &close_account, &close_sessions, &close_users, &close_codes, &close_invitations,
    &close_team, &close_changes, &close_change, &users_found, &users_platform, &user_load_one, &user_status, &factor_reset, NULL};

/* LIKE's own signs are meant as they are typed. */
static char *beginning(const void *ctx, const char *text)
{
    struct buf *pattern = buf_new(ctx, 64);
    for (; *text != '\0'; text++) {
        if (*text == '%' || *text == '_' || *text == '\\')
            buf_char(pattern, '\\');
        buf_char(pattern, *text);
    }
    buf_char(pattern, '%');
    return pattern->bytes;
}

/* --- accounts --- */

static const struct err *read_freeze(const struct db_rows *rows, size_t r, struct desk_account *account)
{
    account->is_frozen = db_int(rows, r, 14) != 0;
    if (!account->is_frozen)
        return NULL;
    account->freeze = (struct freeze){
        .id = db_int(rows, r, 14), .account_id = account->id, .reason = db_text(rows, r, 17), .at = db_time(rows, r, 18),
        .lifted_at = INSTANT_NONE};
    if (!freeze_type_find(db_text(rows, r, 15), &account->freeze.type) ||
        !freeze_source_find(db_text(rows, r, 16), &account->freeze.source))
        return err_new(ERR_BUG, 0, "freeze %lld is malformed", (long long)account->freeze.id);
    return NULL;
}

static const struct err *read_account(const struct db_rows *rows, size_t r, struct desk_account *account)
{
    *account = (struct desk_account){
        .id = db_int(rows, r, 0), .version = db_int(rows, r, 1), .created_at = db_time(rows, r, 2), .closed_at = db_time(rows, r, 3),
        .no = db_text(rows, r, 5), .name = db_text(rows, r, 6), .currency = db_text(rows, r, 7),
        .association_id = db_int(rows, r, 8), .partner_id = db_int(rows, r, 9), .associated_at = db_time(rows, r, 10),
        .partner_no = db_text(rows, r, 11), .partner_name = db_text(rows, r, 12), .request_no = db_text(rows, r, 19),
        .customers = db_int(rows, r, 20), .request_is_escalated = db_int(rows, r, 21) != 0};
    if (!account_kind_find(db_text(rows, r, 4), &account->kind))
        return err_new(ERR_BUG, 0, "account %lld has an unknown kind", (long long)account->id);
    if (account->association_id != 0 && !association_model_find(db_text(rows, r, 13), &account->model))
        return err_new(ERR_BUG, 0, "association %lld has an unknown model", (long long)account->association_id);
    return read_freeze(rows, r, account);
}

const struct err *desk_account_list(struct db *db, const void *ctx, const char *search, int64_t before_at, int64_t before_id,
                                    struct desk_account **accounts, size_t *n, bool *has_more)
{
    const int64_t limit = DESK_FOUND_MAX + 1, at = before_at == INSTANT_NONE ? LAST_AT : before_at;
    struct db_rows *rows = NULL;
    if (search[0] == '\0')
        TRY(db_query(db, ctx, &newest, &rows, at, at, before_at == INSTANT_NONE ? INT64_MAX : before_id, limit));
    else
        TRY(db_query(db, ctx, &found, &rows, db_ascii(search), beginning(ctx, search), db_ascii(search), limit));
    *has_more = rows->n > DESK_FOUND_MAX;
    *n = *has_more ? DESK_FOUND_MAX : rows->n;
    *accounts = mem_array(ctx, struct desk_account, *n);
    for (size_t r = 0; r < *n; r++)
        TRY(read_account(rows, r, &(*accounts)[r]));
    return NULL;
}

const struct err *desk_account_load(struct db *db, const void *ctx, const char *no, struct desk_account **account)
{
    struct db_rows *rows = NULL;
    *account = NULL;
    TRY(db_query(db, ctx, &load, &rows, db_ascii(no)));
    /* The database takes 'a' and 'a ' for the same. */
    if (rows->n == 0 || strcmp(db_text(rows, 0, 5), no) != 0)
        return NULL;
    *account = mem_new(ctx, struct desk_account);
    return read_account(rows, 0, *account);
}

const struct err *desk_associations_of(struct db *db, const void *ctx, int64_t partner_id, int64_t limit, int64_t **ids, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &associations, &rows, partner_id, limit));
    *ids = mem_array(ctx, int64_t, rows->n);
    *n = rows->n;
    for (size_t r = 0; r < rows->n; r++)
        (*ids)[r] = db_int(rows, r, 0);
    return NULL;
}

const struct err *desk_account_close(struct db *db, int64_t id, int64_t version, int64_t at, bool *closed)
{
    int64_t affected = 0;
    TRY(db_exec(db, &close_account, &affected, at, id, version));
    *closed = affected == 1;
    return NULL;
}

const struct err *desk_account_clear(struct db *db, int64_t id, int64_t user_id, int64_t at)
{
    TRY(db_exec(db, &close_sessions, NULL, at, id));
    TRY(db_exec(db, &close_users, NULL, id));
    TRY(db_exec(db, &close_codes, NULL, id));
    TRY(db_exec(db, &close_invitations, NULL, at, user_id, id));
    TRY(db_exec(db, &close_team, NULL, at, id));
    return db_exec(db, &close_changes, NULL, at, id);
}

/* --- users --- */

static const struct err *read_user(const struct db_rows *rows, size_t r, struct desk_user *user)
{
    *user = (struct desk_user){
        .id = db_int(rows, r, 0), .account_id = db_int(rows, r, 1), .created_at = db_time(rows, r, 2),
        .wait_until = db_time(rows, r, 3), .login = db_text(rows, r, 6), .name = db_text(rows, r, 7), .lang = db_text(rows, r, 8),
        .account_no = db_text(rows, r, 9), .account_name = db_text(rows, r, 10), .is_active = db_int(rows, r, 11) != 0,
        .account_is_open = db_int(rows, r, 12) != 0, .has_password = db_int(rows, r, 13) != 0,
        .has_factor = db_int(rows, r, 14) != 0, .recovery_left = db_int(rows, r, 15), .sessions = db_int(rows, r, 16),
        .seen_at = db_time(rows, r, 17)};
    if (!account_kind_find(db_text(rows, r, 4), &user->kind) || !role_find(db_text(rows, r, 5), &user->role))
        return err_new(ERR_BUG, 0, "user %lld is malformed", (long long)user->id);
    return NULL;
}

const struct err *desk_user_list(struct db *db, const void *ctx, const char *search, int64_t now, struct desk_user **users,
                                 size_t *n, bool *has_more)
{
    const int64_t limit = DESK_FOUND_MAX + 1;
    const char *text = db_ascii(search);
    struct db_rows *rows = NULL;
    *users = NULL;
    *n = 0;
    *has_more = false;
    if (search[0] == '\0')
        TRY(db_query(db, ctx, &users_platform, &rows, now, now, limit));
    else if (text[0] != '\0')
        TRY(db_query(db, ctx, &users_found, &rows, now, now, beginning(ctx, text), text, limit));
    else
        return NULL;
    *has_more = rows->n > DESK_FOUND_MAX;
    *n = *has_more ? DESK_FOUND_MAX : rows->n;
    *users = mem_array(ctx, struct desk_user, *n);
    for (size_t r = 0; r < *n; r++)
        TRY(read_user(rows, r, &(*users)[r]));
    return NULL;
}

const struct err *desk_user_load(struct db *db, const void *ctx, int64_t id, int64_t now, struct desk_user **user)
{
    struct db_rows *rows = NULL;
    *user = NULL;
    TRY(db_query(db, ctx, &user_load_one, &rows, now, now, id));
    if (rows->n == 0)
        return NULL;
    *user = mem_new(ctx, struct desk_user);
    return read_user(rows, 0, *user);
}

const struct err *desk_user_set_active(struct db *db, int64_t id, bool is_active, bool *done)
{
    int64_t affected = 0;
    TRY(db_exec(db, &user_status, &affected, is_active ? "ACTIVE" : "DISABLED", id, is_active ? "DISABLED" : "ACTIVE"));
    *done = affected == 1;
    return NULL;
}

const struct err *desk_factor_reset(struct db *db, int64_t id, bool *done)
{
    int64_t affected = 0;
    TRY(db_exec(db, &factor_reset, &affected, id));
    *done = affected == 1;
    return NULL;
}

const struct err *desk_contact_change_end(struct db *db, int64_t account_id, enum channel channel, int64_t at)
{
    return db_exec(db, &close_change, NULL, at, account_id, channel_name(channel));
}
