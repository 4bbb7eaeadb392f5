#include "store/store_team.h"

#include "base/clock.h"
#include "base/memory.h"
#include "store/statements.h"

#define DIGEST_BYTES ((size_t)32)
#define MEMBERS_MAX 200
#define INVITATIONS_MAX 100

#define MEMBER "SELECT id, name, login, role, created_at\n  FROM user\n"
#define MEMBER_RESULTS "issst"

static const struct db_statement list = {
    "team_list", MEMBER " WHERE account_id = ? AND status = 'ACTIVE'\n ORDER BY created_at, id\n LIMIT ?", "ii", MEMBER_RESULTS};
static const struct db_statement load = {
    "team_member", MEMBER " WHERE id = ? AND account_id = ? AND status = 'ACTIVE'\n LIMIT 1", "ii", MEMBER_RESULTS};
static const struct db_statement version_of = {
    "team_version", "SELECT team_version\n  FROM account\n WHERE id = ?\n LIMIT 1", "i", "i"};
static const struct db_statement take = {
    "team_take", "UPDATE account\n   SET team_version = team_version + 1\n WHERE id = ? AND team_version = ?", "ii", ""};
static const struct db_statement count = {
    "team_count",
    "SELECT COUNT(*)\n  FROM user\n WHERE account_id = ? AND role = ? AND status = 'ACTIVE'\n LIMIT 1", "is", "i"};
static const struct db_statement disable = {
    "team_disable", "UPDATE user\n   SET status = 'DISABLED'\n WHERE id = ? AND account_id = ? AND status = 'ACTIVE'", "ii", ""};
static const struct db_statement set_role = {
    "team_set_role",
    "UPDATE user\n   SET role = ?\n WHERE id = ? AND account_id = ? AND role = ? AND status = 'ACTIVE'", "siis", ""};
static const struct db_statement bring_back = {
    "team_bring_back",
    "UPDATE user\n"
    "   SET status = 'ACTIVE', name = ?, role = ?, password_hash = ?, totp_secret = ?, failures = 0, wait_until = NULL\n"
    " WHERE id = ? AND account_id = ? AND status = 'DISABLED'",
    "ssss" "ii", ""};

#define INVITATION \
    "SELECT i.id, i.account_id, i.created_at, i.expires_at, i.login, i.role, a.name, a.kind\n" \
    "  FROM team_invitation i\n" \
    "  JOIN account a ON a.id = i.account_id AND a.status = 'OPEN'\n"
#define INVITATION_RESULTS "iittssss"
#define OPEN "i.used_at IS NULL AND i.ended_at IS NULL AND i.expires_at > ?\n"

static const struct db_statement insert = {
    "team_invitation_insert",
    "INSERT INTO team_invitation (token_hash, account_id, login, role, invited_by, created_at, expires_at)\n"
    "VALUES (?, ?, ?, ?, ?, ?, ?)",
    "bissitt", ""};
static const struct db_statement count_since = {
    "team_invitation_count", "SELECT COUNT(*)\n  FROM team_invitation\n WHERE account_id = ? AND created_at > ?\n LIMIT 1", "it", "i"};
static const struct db_statement list_open = {
    "team_invitation_list",
    INVITATION " WHERE i.account_id = ? AND " OPEN " ORDER BY i.created_at DESC, i.id DESC\n LIMIT ?", "iti", INVITATION_RESULTS};
static const struct db_statement load_open = {
    "team_invitation_load", INVITATION " WHERE i.id = ? AND i.account_id = ? AND " OPEN " LIMIT 1", "iit", INVITATION_RESULTS};
static const struct db_statement find_open = {
    "team_invitation_find", INVITATION " WHERE i.token_hash = ? AND " OPEN " LIMIT 1", "bt", INVITATION_RESULTS};
static const struct db_statement made_by = {
    "team_invitation_is_of", "SELECT id\n  FROM team_invitation\n WHERE id = ? AND account_id = ?\n LIMIT 1", "ii", "i"};
static const struct db_statement end = {
    "team_invitation_end",
    "UPDATE team_invitation\n   SET ended_at = ?\n WHERE id = ? AND account_id = ? AND used_at IS NULL AND ended_at IS NULL",
    "tii", ""};
static const struct db_statement end_by_inviter = {
    "team_invitation_end_by",
    "UPDATE team_invitation\n   SET ended_at = ?\n"
    " WHERE account_id = ? AND invited_by = ? AND used_at IS NULL AND ended_at IS NULL",
    "tii", ""};
static const struct db_statement replace = {
    "team_invitation_replace",
    "UPDATE team_invitation\n   SET ended_at = ?\n WHERE account_id = ? AND open_login = ?", "tis", ""};
static const struct db_statement use = {
    "team_invitation_use",
    "UPDATE team_invitation\n   SET used_at = ?, user_id = ?\n WHERE id = ? AND used_at IS NULL AND ended_at IS NULL", "tii", ""};

static const struct db_statement code_on = {
    "account_code_on", "SELECT code_on\n  FROM account\n WHERE id = ?\n LIMIT 1", "i", "i"};
static const struct db_statement set_code_on = {
    "account_set_code_on",
    "UPDATE account\n   SET code_on = ?, version = version + 1\n WHERE id = ? AND kind = 'PARTNER' AND code_on <> ?", "iii", ""};
static const struct db_statement proof_of = {
    "session_proof",
    "SELECT step_up_at, expires_at, idle_s\n  FROM session\n WHERE id = ? AND ended_at IS NULL\n LIMIT 1", "i", "tti"};
static const struct db_statement succeed = {
    "session_succeed",
    "UPDATE session\n   SET expires_at = LEAST(expires_at, ?), successor_id = ?\n"
    " WHERE id = ? AND ended_at IS NULL AND successor_id IS NULL",
    "tii", ""};
static const struct db_statement succeed_earlier = {
    "session_succeed_earlier", "UPDATE session\n   SET successor_id = ?\n WHERE successor_id = ?", "ii", ""};
static const struct db_statement take_over = {
    "session_take_over",
    "UPDATE session n\n  JOIN session o ON o.id = ?\n   SET n.names_shown_at = o.names_shown_at\n WHERE n.id = ?", "ii", ""};

const struct db_statement *const store_team_statements[] = {
    &list, &load, &version_of, &take, &count, &disable, &set_role, &bring_back, &insert, &count_since, &list_open, &load_open,
    &find_open, &made_by, &end, &end_by_inviter, &replace, &use, &code_on, &set_code_on, &proof_of, &succeed, &succeed_earlier,
    &take_over, NULL};

/* --- small ones --- */

static const struct err *number(struct db *db, const struct db_statement *statement, int64_t id, int64_t *out)
{
    void *ctx = mem_context(NULL, "store_team");
    struct db_rows *rows = NULL;
    const struct err *err = db_query(db, ctx, statement, &rows, id);
    if (err == NULL)
        *out = rows->n > 0 ? db_int(rows, 0, 0) : 0;
    talloc_free(ctx);
    return err;
}

static const struct err *told(const struct err *err, int64_t affected, bool *done)
{
    if (err == NULL)
        *done = affected == 1;
    return err;
}

/* --- members --- */

static const struct err *read_member(const struct db_rows *rows, size_t i, struct member *member)
{
    *member = (struct member){
        .id = db_int(rows, i, 0), .name = db_text(rows, i, 1), .login = db_text(rows, i, 2), .joined_at = db_time(rows, i, 4)};
    return role_find(db_text(rows, i, 3), &member->role)
        ? NULL : err_new(ERR_BUG, 0, "user %lld has no known role", (long long)member->id);
}

const struct err *team_list(struct db *db, const void *ctx, int64_t account_id, struct member **members, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &list, &rows, account_id, (int64_t)MEMBERS_MAX));
    *members = mem_array(ctx, struct member, rows->n);
    for (size_t i = 0; i < rows->n; i++)
        TRY(read_member(rows, i, &(*members)[i]));
    *n = rows->n;
    return NULL;
}

const struct err *team_member(struct db *db, const void *ctx, int64_t account_id, int64_t user_id, struct member **member)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &load, &rows, user_id, account_id));
    *member = NULL;
    if (rows->n == 0)
        return NULL;
    struct member *read = mem_new(ctx, struct member);
    TRY(read_member(rows, 0, read));
    *member = read;
    return NULL;
}

const struct err *team_version(struct db *db, int64_t account_id, int64_t *version)
{
    return number(db, &version_of, account_id, version);
}

const struct err *team_take(struct db *db, int64_t account_id, int64_t version, bool *taken)
{
    int64_t affected = 0;
    const struct err *err = db_exec(db, &take, &affected, account_id, version);
    return told(err, affected, taken);
}

const struct err *team_count(struct db *db, int64_t account_id, enum role role, int64_t *n)
{
    void *ctx = mem_context(NULL, "team_count");
    struct db_rows *rows = NULL;
    const struct err *err = db_query(db, ctx, &count, &rows, account_id, role_name(role));
    if (err == NULL)
        *n = db_int(rows, 0, 0);
    talloc_free(ctx);
    return err;
}

const struct err *team_disable(struct db *db, int64_t account_id, int64_t user_id, bool *done)
{
    int64_t affected = 0;
    const struct err *err = db_exec(db, &disable, &affected, user_id, account_id);
    return told(err, affected, done);
}

const struct err *team_set_role(struct db *db, int64_t account_id, int64_t user_id, enum role from, enum role to, bool *done)
{
    int64_t affected = 0;
    const struct err *err = db_exec(db, &set_role, &affected, role_name(to), user_id, account_id, role_name(from));
    return told(err, affected, done);
}

const struct err *team_bring_back(struct db *db, const struct team_return *back, bool *done)
{
    int64_t affected = 0;
    const struct err *err = db_exec(db, &bring_back, &affected, back->name, role_name(back->role), back->password_hash,
                                    back->totp_secret, back->user_id, back->account_id);
    return told(err, affected, done);
}

/* --- invitations --- */

static const struct err *read_invitation(const struct db_rows *rows, size_t i, struct team_invitation *invitation)
{
    *invitation = (struct team_invitation){
        .id = db_int(rows, i, 0), .account_id = db_int(rows, i, 1), .created_at = db_time(rows, i, 2),
        .expires_at = db_time(rows, i, 3), .login = db_text(rows, i, 4), .account_name = db_text(rows, i, 6),
    };
    return role_find(db_text(rows, i, 5), &invitation->role) && account_kind_find(db_text(rows, i, 7), &invitation->kind)
        ? NULL : err_new(ERR_BUG, 0, "invitation %lld is malformed", (long long)invitation->id);
}

static const struct err *one_invitation(const void *ctx, const struct db_rows *rows, struct team_invitation **invitation)
{
    *invitation = NULL;
    if (rows->n == 0)
        return NULL;
    struct team_invitation *read = mem_new(ctx, struct team_invitation);
    TRY(read_invitation(rows, 0, read));
    *invitation = read;
    return NULL;
}

const struct err *team_invitation_insert(struct db *db, const struct team_invitation_new *invitation, int64_t *id)
{
    TRY(db_exec(db, &insert, NULL, invitation->token_hash, DIGEST_BYTES, invitation->account_id, invitation->login,
                role_name(invitation->role), invitation->invited_by, invitation->at, invitation->expires_at));
    *id = db_insert_id(db);
    return NULL;
}

const struct err *team_invitation_count(struct db *db, int64_t account_id, int64_t since, int64_t *n)
{
    void *ctx = mem_context(NULL, "team_invitation_count");
    struct db_rows *rows = NULL;
    const struct err *err = db_query(db, ctx, &count_since, &rows, account_id, since);
    if (err == NULL)
        *n = db_int(rows, 0, 0);
    talloc_free(ctx);
    return err;
}

const struct err *team_invitation_list(struct db *db, const void *ctx, int64_t account_id, int64_t now,
                                       struct team_invitation **invitations, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &list_open, &rows, account_id, now, (int64_t)INVITATIONS_MAX));
    *invitations = mem_array(ctx, struct team_invitation, rows->n);
    for (size_t i = 0; i < rows->n; i++)
        TRY(read_invitation(rows, i, &(*invitations)[i]));
    *n = rows->n;
    return NULL;
}

const struct err *team_invitation_load(struct db *db, const void *ctx, int64_t account_id, int64_t id, int64_t now,
                                       struct team_invitation **invitation)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &load_open, &rows, id, account_id, now));
    return one_invitation(ctx, rows, invitation);
}

const struct err *team_invitation_find(struct db *db, const void *ctx, const unsigned char token_hash[32], int64_t now,
                                       struct team_invitation **invitation)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &find_open, &rows, token_hash, DIGEST_BYTES, now));
    return one_invitation(ctx, rows, invitation);
}

const struct err *team_invitation_is_of(struct db *db, int64_t account_id, int64_t id, bool *is_of)
{
    void *ctx = mem_context(NULL, "store_team");
    struct db_rows *rows = NULL;
    const struct err *err = db_query(db, ctx, &made_by, &rows, id, account_id);
    if (err == NULL)
        *is_of = rows->n > 0;
    talloc_free(ctx);
    return err;
}

const struct err *team_invitation_end(struct db *db, int64_t account_id, int64_t id, int64_t at, bool *ended)
{
    int64_t affected = 0;
    const struct err *err = db_exec(db, &end, &affected, at, id, account_id);
    return told(err, affected, ended);
}

const struct err *team_invitation_end_by(struct db *db, int64_t account_id, int64_t user_id, int64_t at)
{
    return db_exec(db, &end_by_inviter, NULL, at, account_id, user_id);
}

const struct err *team_invitation_replace(struct db *db, int64_t account_id, const char *login, int64_t at)
{
    return db_exec(db, &replace, NULL, at, account_id, login);
}

const struct err *team_invitation_use(struct db *db, int64_t id, int64_t user_id, int64_t at, bool *used)
{
    int64_t affected = 0;
    const struct err *err = db_exec(db, &use, &affected, at, user_id, id);
    return told(err, affected, used);
}

/* --- the account, the session --- */

const struct err *account_code_on(struct db *db, int64_t account_id, bool *is_on)
{
    int64_t value = 0;
    TRY(number(db, &code_on, account_id, &value));
    *is_on = value != 0;
    return NULL;
}

const struct err *account_set_code_on(struct db *db, int64_t account_id, bool is_on, bool *switched)
{
    int64_t affected = 0, value = is_on ? 1 : 0;
    const struct err *err = db_exec(db, &set_code_on, &affected, value, account_id, value);
    return told(err, affected, switched);
}

const struct err *session_proof(struct db *db, int64_t session_id, struct session_proof *proof)
{
    void *ctx = mem_context(NULL, "session_proof");
    struct db_rows *rows = NULL;
    const struct err *err = db_query(db, ctx, &proof_of, &rows, session_id);
    if (err == NULL) {
        *proof = (struct session_proof){.step_up_at = INSTANT_NONE, .expires_at = INSTANT_NONE};
        if (rows->n > 0)
            *proof = (struct session_proof){db_time(rows, 0, 0), db_time(rows, 0, 1), db_int(rows, 0, 2)};
    }
    talloc_free(ctx);
    return err;
}

const struct err *session_succeed(struct db *db, int64_t session_id, int64_t by_id, int64_t at, bool *is_first)
{
    int64_t affected = 0;
    TRY(db_exec(db, &succeed, &affected, at, by_id, session_id));
    *is_first = affected == 1;
    return *is_first ? db_exec(db, &succeed_earlier, NULL, by_id, session_id) : NULL;
}

const struct err *session_take_over(struct db *db, int64_t session_id, int64_t from_id)
{
    return db_exec(db, &take_over, NULL, from_id, session_id);
}
