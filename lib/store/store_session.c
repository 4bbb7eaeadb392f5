#include "store/store_session.h"

#include "base/clock.h"
#include "base/memory.h"
#include "store/statements.h"
#include "store/store_notice.h"

#define DIGEST_BYTES ((size_t)32)

#define VISITOR \
    "SELECT s.id, s.seen_at, s.step_up_at, s.expires_at, s.idle_s,\n" \
    "       u.id, u.login, u.name, u.role, u.lang, u.zone, u.theme, a.id, a.kind, a.name, a.no,\n" \
    "       IF(a.kind = 'CUSTOMER', LEAST(100, GREATEST(0, a.notices - u.notices_read)), -1),\n" \
    "       a.kind = 'PLATFORM' AND u.totp_secret IS NULL"
#define VISITOR_RESULTS "ittti" "issssss" "isss" "ii"
#define OF_SESSION \
    "  FROM session s\n" \
    "  JOIN user u ON u.id = s.user_id AND u.status = 'ACTIVE'\n" \
    "  JOIN account a ON a.id = u.account_id AND a.status = 'OPEN'\n"
#define TOKEN_IS \
    " WHERE s.token_hash = ? AND s.ended_at IS NULL\n" \
    " LIMIT 1"

/* One query for everything a visit needs; of others than customers a second one counts the notices. */
static const struct db_statement find = {"session_find", VISITOR "\n" OF_SESSION TOKEN_IS, "b", VISITOR_RESULTS};

/* The same with the stamp of a customer's own association: joins by unique keys only, as a subquery costs several of them. */
static const struct db_statement find_stamped = {
    "session_find_stamped",
    VISITOR ",\n"
    "       a.version, k.id, k.version, p.version, o.id, o.version, w.id\n"
    OF_SESSION
    "  LEFT JOIN association k ON k.active_customer = a.id\n"
    "  LEFT JOIN account p ON p.id = k.partner_id\n"
    "  LEFT JOIN disassociation_request o ON o.open_association = k.id\n"
    "  LEFT JOIN wizard w ON w.account_id = a.id AND w.purpose = 'SUBMIT' AND w.target_id = k.id AND w.open_key = 1\n"
    TOKEN_IS,
    "b", VISITOR_RESULTS "iiiiiii"};

/* A read that locks sees what is committed and makes whoever removes the user wait. On another node of a cluster it does not:
 * there the removal is certified against what this transaction writes, and so may be overtaken by one already under way. */
static const struct db_statement hold = {
    "session_hold",
    "SELECT s.id\n"
    "  FROM session s\n"
    "  JOIN user u ON u.id = s.user_id\n"
    " WHERE s.id = ? AND s.user_id = ? AND s.ended_at IS NULL AND u.status = 'ACTIVE' AND u.role = ?\n"
    "   AND (u.role NOT IN ('ops', 'auditor') OR u.totp_secret IS NOT NULL OR ? = 1)\n"
    " LIMIT 1\n"
    "  LOCK IN SHARE MODE",
    "iisi", "i"};

static const struct db_statement insert = {
    "session_insert",
    "INSERT INTO session (token_hash, user_id, created_at, seen_at, expires_at, idle_s, step_up_at, ip, agent)\n"
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "bitttitss", ""};

static const struct db_statement touch = {
    "session_touch", "UPDATE session\n   SET seen_at = ?\n WHERE id = ? AND seen_at < ? AND ended_at IS NULL", "tit", ""};

static const struct db_statement end_one = {
    "session_end", "UPDATE session\n   SET ended_at = ?\n WHERE id = ? AND ended_at IS NULL", "ti", ""};

static const struct db_statement end_succeeded = {
    "session_end_succeeded", "UPDATE session\n   SET ended_at = ?\n WHERE successor_id = ? AND ended_at IS NULL", "ti", ""};

/* One row of each: who goes on in the place of several is the successor of all of them. */
static const struct db_statement end_successor = {
    "session_end_successor",
    "UPDATE session n\n  JOIN session o ON o.successor_id = n.id\n   SET n.ended_at = ?\n WHERE o.id = ? AND n.id <> ? AND n.ended_at IS NULL", "tii", ""};

static const struct db_statement end_others = {
    "session_end_others", "UPDATE session\n   SET ended_at = ?\n WHERE user_id = ? AND ended_at IS NULL AND id <> ?", "tii", ""};

const struct db_statement *const store_session_statements[] = {
    &find, &find_stamped, &hold, &insert, &touch, &end_one, &end_succeeded, &end_successor, &end_others, NULL};

static struct association_stamp *read_stamp(const void *ctx, const struct db_rows *rows)
{
    struct association_stamp *stamp = mem_new(ctx, struct association_stamp);
    *stamp = (struct association_stamp){
        .key = {.account_id = db_int(rows, 0, 12), .account_version = db_int(rows, 0, 18), .association_id = db_int(rows, 0, 19),
                .association_version = db_int(rows, 0, 20), .partner_version = db_int(rows, 0, 21),
                .open_request_id = db_int(rows, 0, 22), .open_request_version = db_int(rows, 0, 23)},
        .has_draft = db_int(rows, 0, 24) != 0};
    return stamp;
}

const struct err *session_find(struct db *db, const void *ctx, const unsigned char token_hash[32], int64_t now, bool with_stamp,
                               struct session **session)
{
    struct db_rows *rows = NULL;
    *session = NULL;
    TRY(db_query(db, ctx, with_stamp ? &find_stamped : &find, &rows, token_hash, DIGEST_BYTES));
    if (rows->n == 0)
        return NULL;
    struct session *found = mem_new(ctx, struct session);
    struct actor *actor = &found->actor;
    actor->session_id = db_int(rows, 0, 0);
    found->seen_at = db_time(rows, 0, 1);
    found->step_up_at = db_time(rows, 0, 2);
    found->expires_at = db_time(rows, 0, 3);
    found->is_over = now >= found->expires_at || now > found->seen_at + db_int(rows, 0, 4) * CLOCK_SECOND;
    actor->user_id = db_int(rows, 0, 5);
    actor->login = db_text(rows, 0, 6);
    actor->user_name = db_text(rows, 0, 7);
    actor->lang = db_text(rows, 0, 9);
    actor->zone = db_text(rows, 0, 10);
    actor->theme = db_text(rows, 0, 11);
    actor->account_id = db_int(rows, 0, 12);
    actor->account_name = db_text(rows, 0, 14);
    actor->account_no = db_text(rows, 0, 15);
    found->unread = db_int(rows, 0, 16);
    found->must_enrol = db_int(rows, 0, 17) != 0;
    found->stamp = with_stamp ? read_stamp(ctx, rows) : NULL;
    if (!account_kind_find(db_text(rows, 0, 13), &actor->kind) || !role_find(db_text(rows, 0, 8), &actor->role) ||
        !role_fits(actor->role, actor->kind))
        return err_new(ERR_BUG, 0, "user %lld has a role that does not fit its account", (long long)actor->user_id);
    /* Only customers' are counted as they come. */
    if (found->unread < 0)
        TRY(notice_unread(db, actor->account_id, actor->user_id, &found->unread));
    if (found->is_over)
        actor->role = ROLE_ANONYMOUS;
    *session = found;
    return NULL;
}

const struct err *session_hold(struct db *db, const struct actor *actor, bool may_enrol, bool *held)
{
    void *ctx = mem_context(NULL, "session_hold");
    struct db_rows *rows = NULL;
    const struct err *err = db_query(db, ctx, &hold, &rows, actor->session_id, actor->user_id, role_name(actor->role),
                                     (int64_t)may_enrol);
    if (err == NULL)
        *held = rows->n > 0;
    talloc_free(ctx);
    return err;
}

const struct err *session_insert(struct db *db, const struct session_new *s, int64_t *id)
{
    TRY(db_exec(db, &insert, NULL, s->token_hash, DIGEST_BYTES, s->user_id, s->at, s->at, s->expires_at, s->idle_s, s->at,
                s->ip, s->agent));
    *id = db_insert_id(db);
    return NULL;
}

const struct err *session_touch(struct db *db, int64_t id, int64_t now) { return db_exec(db, &touch, NULL, now, id, now); }

const struct err *session_end(struct db *db, int64_t id, int64_t now)
{
    TRY(db_exec(db, &end_one, NULL, now, id));
    return session_end_line(db, id, 0, now);
}

const struct err *session_end_line(struct db *db, int64_t id, int64_t but_id, int64_t now)
{
    TRY(db_exec(db, &end_successor, NULL, now, id, but_id));
    return db_exec(db, &end_succeeded, NULL, now, id);
}

const struct err *session_end_others(struct db *db, int64_t user_id, int64_t but_id, int64_t now)
{
    return db_exec(db, &end_others, NULL, now, user_id, but_id);
}
