#include "store/store_invitation.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/statements.h"

#define DIGEST_BYTES ((size_t)32)
#define LAST_AT INT64_C(253402300799999999)   /* 9999-12-31: no row lies beyond */

/* The mail's delivery is found by the name it was given when it was queued: see invite.c. */
#define INVITATION \
    "SELECT i.id, i.partner_id, i.kind, i.status, i.name, i.email, i.created_at, i.sent_at, i.sends, i.expires_at,\n" \
    "       i.decided_at, i.customer_id, i.association_id, i.failure, i.failed_at, i.token_hash, i.sealed_token,\n" \
    "       u.name, c.name, c.no, p.name, p.no, p.public_email, p.public_phone, p.status = 'OPEN',\n" \
    "       EXISTS (SELECT 1 FROM freeze f WHERE f.open_account = p.id),\n" \
    "       EXISTS (SELECT 1 FROM delivery d\n" \
    "                WHERE d.event_id = CONCAT('invitation-', i.id, '-', i.sends) AND d.state = 'DEAD'), p.version\n" \
    "  FROM invitation i\n" \
    "  JOIN account p ON p.id = i.partner_id\n" \
    "  JOIN user u ON u.id = i.created_by\n" \
    "  LEFT JOIN account c ON c.id = i.customer_id\n"
#define INVITATION_RESULTS "iissssttit" "tiistbb" "sssssssiiii"

static const struct db_statement load = {"invitation_load", INVITATION " WHERE i.id = ?\n LIMIT 1", "i", INVITATION_RESULTS};
static const struct db_statement find = {
    "invitation_find", INVITATION " WHERE i.token_hash = ?\n LIMIT 1", "b", INVITATION_RESULTS};
static const struct db_statement open_of = {
    "invitation_open_of", INVITATION " WHERE i.partner_id = ? AND i.open_email = ?\n LIMIT 1", "is", INVITATION_RESULTS};
static const struct db_statement list = {
    "invitation_list",
    INVITATION
    " WHERE i.partner_id = ? AND i.created_at <= ? AND (i.created_at < ? OR i.id < ?)\n"
    " ORDER BY i.created_at DESC, i.id DESC\n"
    " LIMIT ?",
    "ittii", INVITATION_RESULTS};
static const struct db_statement count = {
    "invitation_count", "SELECT COUNT(*)\n  FROM invitation\n WHERE partner_id = ? AND created_at > ?\n LIMIT 1", "it", "i"};
static const struct db_statement due = {
    "invitation_due",
    "SELECT id\n  FROM invitation\n WHERE status = 'OPEN' AND expires_at <= ?\n ORDER BY expires_at, id\n LIMIT ?", "ti", "i"};

static const struct db_statement insert = {
    "invitation_insert",
    "INSERT INTO invitation (partner_id, kind, name, email, token_hash, sealed_token, created_at, created_by, sent_at, expires_at)\n"
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "isssbbtitt", ""};
#define IS_GOOD "status = 'OPEN' AND (expires_at IS NULL OR expires_at > ?)"
static const struct db_statement accept = {
    "invitation_accept",
    "UPDATE invitation\n"
    "   SET status = 'ACCEPTED', customer_id = ?, decided_by = ?, association_id = ?, decided_at = ?, sealed_token = NULL,\n"
    "       failure = '', failed_at = NULL\n"
    " WHERE id = ? AND " IS_GOOD,
    "iiitit", ""};
static const struct db_statement decline = {
    "invitation_decline",
    "UPDATE invitation\n"
    "   SET status = 'DECLINED', customer_id = ?, decided_by = ?, decided_at = ?, sealed_token = NULL\n"
    " WHERE id = ? AND " IS_GOOD,
    "IItit", ""};
static const struct db_statement revoke = {
    "invitation_revoke",
    "UPDATE invitation\n"
    "   SET status = 'REVOKED', decided_by = ?, decided_at = ?, sealed_token = NULL\n"
    " WHERE id = ? AND status = 'OPEN'",
    "iti", ""};
static const struct db_statement expire = {
    "invitation_expire",
    "UPDATE invitation\n"
    "   SET status = 'EXPIRED', decided_at = ?, sealed_token = NULL\n"
    " WHERE id = ? AND status = 'OPEN' AND expires_at <= ?",
    "tit", ""};
static const struct db_statement renew = {
    "invitation_renew",
    "UPDATE invitation\n"
    "   SET status = 'OPEN', token_hash = ?, sends = sends + 1, sent_at = ?, expires_at = ?, decided_at = NULL,\n"
    "       decided_by = NULL\n"
    " WHERE id = ? AND sends = ? AND kind = 'EMAIL' AND status IN ('OPEN', 'EXPIRED')",
    "bttii", ""};
static const struct db_statement note_failure = {
    "invitation_note_failure",
    "UPDATE invitation\n   SET failure = ?, failed_at = ?\n WHERE id = ? AND status = 'OPEN'", "sti", ""};

/* The window is judged and renewed by the same statement that counts; left to right, so `codes` is set first. */
static const struct db_statement count_code = {
    "invitation_count_code",
    "UPDATE invitation\n"
    "   SET codes = IF(codes_from > ?, codes + 1, 1), codes_from = IF(codes_from > ?, codes_from, ?)\n"
    " WHERE id = ? AND status = 'OPEN' AND (codes_from IS NULL OR codes_from <= ? OR codes < ?)",
    "tttiti", ""};

const struct db_statement *const store_invitation_statements[] = {
    &load, &find, &open_of, &list, &count, &due, &insert, &accept, &decline, &revoke, &expire, &renew, &note_failure,
    &count_code, NULL};

/* --- reading --- */

static const struct err *read_one(const void *ctx, const struct db_rows *rows, size_t r, struct invitation *out)
{
    size_t hash_n = 0, sealed_n = 0;
    const char *hash = db_bytes(rows, r, 15, &hash_n);
    const char *sealed = db_bytes(rows, r, 16, &sealed_n);
    struct invitation read = {
        .id = db_int(rows, r, 0), .partner_id = db_int(rows, r, 1), .name = db_text(rows, r, 4), .email = db_text(rows, r, 5),
        .created_at = db_time(rows, r, 6), .sent_at = db_time(rows, r, 7), .sends = db_int(rows, r, 8),
        .expires_at = db_time(rows, r, 9), .decided_at = db_time(rows, r, 10), .customer_id = db_int(rows, r, 11),
        .association_id = db_int(rows, r, 12), .failure = GATE_NONE, .failed_at = db_time(rows, r, 14),
        .created_by_name = db_text(rows, r, 17), .customer_name = db_text(rows, r, 18), .customer_no = db_text(rows, r, 19),
        .partner_name = db_text(rows, r, 20), .partner_no = db_text(rows, r, 21), .partner_email = db_text(rows, r, 22),
        .partner_phone = db_text(rows, r, 23), .partner_is_open = db_int(rows, r, 24) != 0,
        .partner_is_frozen = db_int(rows, r, 25) != 0, .mail_failed = db_int(rows, r, 26) != 0,
        .partner_version = db_int(rows, r, 27),
    };
    const char *failure = db_text(rows, r, 13);
    if (!invitation_kind_find(db_text(rows, r, 2), &read.kind) || !invitation_status_find(db_text(rows, r, 3), &read.status) ||
        (failure[0] != '\0' && !invitation_gate_find(failure, &read.failure)) || hash_n != sizeof read.token_hash)
        return err_new(ERR_BUG, 0, "invitation %lld is malformed", (long long)read.id);
    memcpy(read.token_hash, hash, hash_n);
    if (sealed_n > 0) {
        read.sealed_token = (const unsigned char *)mem_copy_n(ctx, sealed, sealed_n);
        read.sealed_token_n = sealed_n;
    }
    *out = read;
    return NULL;
}

static const struct err *read_first(const void *ctx, const struct db_rows *rows, struct invitation **invitation)
{
    *invitation = NULL;
    if (rows->n == 0)
        return NULL;
    struct invitation *read = mem_new(ctx, struct invitation);
    TRY(read_one(ctx, rows, 0, read));
    *invitation = read;
    return NULL;
}

const struct err *invitation_load(struct db *db, const void *ctx, int64_t id, struct invitation **invitation)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &load, &rows, id));
    return read_first(ctx, rows, invitation);
}

const struct err *invitation_find(struct db *db, const void *ctx, const unsigned char token_hash[32],
                                  struct invitation **invitation)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &find, &rows, token_hash, DIGEST_BYTES));
    return read_first(ctx, rows, invitation);
}

const struct err *invitation_open_of(struct db *db, const void *ctx, int64_t partner_id, const char *email,
                                     struct invitation **invitation)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &open_of, &rows, partner_id, email));
    return read_first(ctx, rows, invitation);
}

const struct err *invitation_list(struct db *db, const void *ctx, int64_t partner_id, int64_t before_at, int64_t before_id,
                                  int limit, struct invitation_page *page)
{
    struct db_rows *rows = NULL;
    int64_t at = before_at == INSTANT_NONE ? LAST_AT : before_at;
    TRY(db_query(db, ctx, &list, &rows, partner_id, at, at, before_id, (int64_t)limit + 1));
    size_t n = rows->n > (size_t)limit ? (size_t)limit : rows->n;
    struct invitation *invitations = mem_array(ctx, struct invitation, n);
    for (size_t i = 0; i < n; i++)
        TRY(read_one(ctx, rows, i, &invitations[i]));
    *page = (struct invitation_page){.invitations = invitations, .n = n, .has_more = rows->n > n};
    return NULL;
}

const struct err *invitation_count(struct db *db, int64_t partner_id, int64_t since, int64_t *n)
{
    void *ctx = mem_context(NULL, "invitation_count");
    struct db_rows *rows = NULL;
    const struct err *err = db_query(db, ctx, &count, &rows, partner_id, since);
    if (err == NULL)
        *n = db_int(rows, 0, 0);
    talloc_free(ctx);
    return err;
}

const struct err *invitation_due(struct db *db, const void *ctx, int64_t now, int limit, int64_t **ids, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &due, &rows, now, (int64_t)limit));
    *ids = mem_array(ctx, int64_t, rows->n);
    for (size_t i = 0; i < rows->n; i++)
        (*ids)[i] = db_int(rows, i, 0);
    *n = rows->n;
    return NULL;
}

/* --- changing --- */

const struct err *invitation_insert(struct db *db, const struct invitation_new *invitation, int64_t *id)
{
    TRY(db_exec(db, &insert, NULL, invitation->partner_id, invitation_kind_name(invitation->kind), invitation->name,
                invitation->email, invitation->token_hash, DIGEST_BYTES, invitation->sealed_token, invitation->sealed_token_n,
                invitation->at, invitation->user_id, invitation->at, invitation->expires_at));
    *id = db_insert_id(db);
    return NULL;
}

const struct err *invitation_accept(struct db *db, int64_t id, int64_t customer_id, int64_t user_id, int64_t association_id,
                                    int64_t at, bool *done)
{
    int64_t affected = 0;
    TRY(db_exec(db, &accept, &affected, customer_id, user_id, association_id, at, id, at));
    *done = affected == 1;
    return NULL;
}

const struct err *invitation_decline(struct db *db, int64_t id, int64_t customer_id, int64_t user_id, int64_t at, bool *done)
{
    int64_t affected = 0;
    TRY(db_exec(db, &decline, &affected, customer_id, user_id, at, id, at));
    *done = affected == 1;
    return NULL;
}

const struct err *invitation_revoke(struct db *db, int64_t id, int64_t user_id, int64_t at, bool *done)
{
    int64_t affected = 0;
    TRY(db_exec(db, &revoke, &affected, user_id, at, id));
    *done = affected == 1;
    return NULL;
}

const struct err *invitation_expire(struct db *db, int64_t id, int64_t at, bool *done)
{
    int64_t affected = 0;
    TRY(db_exec(db, &expire, &affected, at, id, at));
    *done = affected == 1;
    return NULL;
}

const struct err *invitation_renew(struct db *db, int64_t id, int64_t sends, const unsigned char token_hash[32],
                                   int64_t expires_at, int64_t at, bool *done)
{
    int64_t affected = 0;
    TRY(db_exec(db, &renew, &affected, token_hash, DIGEST_BYTES, at, expires_at, id, sends));
    *done = affected == 1;
    return NULL;
}

const struct err *invitation_note_failure(struct db *db, int64_t id, enum invitation_gate gate, int64_t at, bool *done)
{
    int64_t affected = 0;
    TRY(db_exec(db, &note_failure, &affected, invitation_gate_info(gate)->code, at, id));
    *done = affected == 1;
    return NULL;
}

const struct err *invitation_count_code(struct db *db, int64_t id, int64_t codes_max, int64_t now, bool *done)
{
    int64_t affected = 0, day_ago = now - CLOCK_DAY;
    TRY(db_exec(db, &count_code, &affected, day_ago, day_ago, now, id, day_ago, codes_max));
    *done = affected == 1;
    return NULL;
}
