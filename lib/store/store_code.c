#include "store/store_code.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/statements.h"

static const struct db_statement contacts = {
    "contact_list",
    "SELECT id, account_id, channel, address, verified_at\n"
    "  FROM contact\n"
    " WHERE account_id = ? AND is_live = 1\n"
    " ORDER BY channel\n"
    " LIMIT 4",
    "i", "iisst"};

static const struct db_statement latest = {
    "code_latest",
    "SELECT c.id, c.account_id, c.user_id, c.session_id, c.contact_id, c.channel, c.destination, c.state, c.sent_at,\n"
    "       c.expires_at, c.proven_at, c.grant_expires_at, c.tries, c.mac,\n"
    "       EXISTS (SELECT 1 FROM delivery d WHERE d.code_id = c.id AND (d.state = 'DEAD' OR d.receipt = 'FAILED'\n"
    "         OR (d.is_denied = 1 AND d.state <> 'SENT')))\n"
    "  FROM verification_code c\n"
    " WHERE c.account_id = ? AND c.purpose = ? AND c.target_id = ?\n"
    " ORDER BY c.sent_at DESC, c.id DESC\n"
    " LIMIT 1",
    "isi", "iiiiissstttt" "ibi"};

/* The budget's row together with the sends of the last hour and day. Without a row the version is 0. */
static const struct db_statement budget_load = {
    "code_budget_load",
    "SELECT COALESCE(MAX(b.version), 0), COALESCE(MAX(b.failures), 0), MAX(b.locked_until),\n"
    "       COALESCE(SUM(c.sent_at > ?), 0), COUNT(c.id), MIN(IF(c.sent_at > ?, c.sent_at, NULL)), MIN(c.sent_at),\n"
    "       MAX(c.sent_at)\n"
    "  FROM (SELECT 1 AS one) o\n"
    "  LEFT JOIN code_budget b ON b.account_id = ? AND b.purpose = ?\n"
    "  LEFT JOIN verification_code c ON c.account_id = ? AND c.purpose = ? AND c.sent_at > ?\n"
    " LIMIT 1",
    "ttisist", "iitiittt"};

static const struct db_statement budget_first = {
    "code_budget_first",
    "INSERT IGNORE INTO code_budget (account_id, purpose, version, failures) VALUES (?, ?, 1, 0)",
    "is", ""};

static const struct db_statement budget_take = {
    "code_budget_take",
    "UPDATE code_budget SET version = version + 1 WHERE account_id = ? AND purpose = ? AND version = ?",
    "isi", ""};

static const struct db_statement supersede = {
    "code_supersede",
    "UPDATE verification_code SET state = 'SUPERSEDED' WHERE account_id = ? AND purpose = ? AND state = 'LIVE'",
    "is", ""};

static const struct db_statement supersede_contact = {
    "code_supersede_contact",
    "UPDATE verification_code SET state = 'SUPERSEDED' WHERE contact_id = ? AND state = 'LIVE'",
    "i", ""};

static const struct db_statement insert = {
    "code_insert",
    "INSERT INTO verification_code (account_id, user_id, session_id, purpose, target_id, contact_id, channel, destination,\n"
    "                               mac, state, sent_at, expires_at)\n"
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'LIVE', ?, ?)",
    "iiisiissbtt", ""};

static const struct db_statement count_try = {
    "code_count_try",
    "UPDATE verification_code\n"
    "   SET tries = tries + 1\n"
    " WHERE id = ? AND session_id = ? AND state = 'LIVE' AND expires_at > ? AND tries < ?",
    "iiti", ""};

static const struct db_statement add_failure = {
    "code_add_failure",
    "UPDATE code_budget\n"
    "   SET locked_until = IF(failures + 1 >= ?, ?, locked_until), failures = IF(failures + 1 >= ?, 0, failures + 1)\n"
    " WHERE account_id = ? AND purpose = ?",
    "itiis", ""};

static const struct db_statement kill_code = {
    "code_kill",
    "UPDATE verification_code SET state = 'DEAD' WHERE id = ? AND state = 'LIVE' AND tries >= ?",
    "ii", ""};

static const struct db_statement after_failure = {
    "code_after_failure",
    "SELECT c.tries, COALESCE(b.locked_until = ?, 0)\n"
    "  FROM verification_code c\n"
    "  JOIN code_budget b ON b.account_id = c.account_id AND b.purpose = c.purpose\n"
    " WHERE c.id = ?\n"
    " LIMIT 1",
    "ti", "ii"};

static const struct db_statement prove = {
    "code_prove",
    "UPDATE verification_code\n"
    "   SET state = 'PROVEN', proven_at = ?, grant_expires_at = ?\n"
    " WHERE id = ? AND session_id = ? AND state = 'LIVE' AND expires_at > ?",
    "ttiit", ""};

static const struct db_statement forgive = {
    "code_forgive",
    "UPDATE code_budget b\n"
    "  JOIN verification_code c ON c.account_id = b.account_id AND c.purpose = b.purpose\n"
    "   SET b.failures = 0\n"
    " WHERE c.id = ?",
    "i", ""};

static const struct db_statement use = {
    "code_use",
    "UPDATE verification_code\n"
    "   SET state = 'USED', used_at = GREATEST(proven_at, ?), used_by_request = ?\n"
    " WHERE id = ? AND account_id = ? AND session_id = ? AND purpose = ? AND target_id = ? AND state = 'PROVEN'\n"
    "   AND grant_expires_at > ?",
    "tIiiisit", ""};

const struct db_statement *const store_code_statements[] = {
    &contacts, &latest, &budget_load, &budget_first, &budget_take, &supersede, &supersede_contact, &insert, &count_try,
    &add_failure, &kill_code, &after_failure, &prove, &forgive, &use, NULL};

const struct err *contact_list(struct db *db, const void *ctx, int64_t account_id, struct contact **list, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &contacts, &rows, account_id));
    *list = mem_array(ctx, struct contact, rows->n);
    *n = rows->n;
    for (size_t i = 0; i < rows->n; i++) {
        struct contact *contact = &(*list)[i];
        contact->id = db_int(rows, i, 0);
        contact->account_id = db_int(rows, i, 1);
        if (!channel_find(db_text(rows, i, 2), &contact->channel))
            return err_new(ERR_BUG, 0, "contact %lld has an unknown channel", (long long)contact->id);
        contact->address = db_text(rows, i, 3);
        contact->verified_at = db_time(rows, i, 4);
    }
    return NULL;
}

const struct err *code_latest(struct db *db, const void *ctx, int64_t account_id, enum code_purpose purpose,
                              int64_t target_id, struct code **code)
{
    struct db_rows *rows = NULL;
    *code = NULL;
    TRY(db_query(db, ctx, &latest, &rows, account_id, code_purpose_name(purpose), target_id));
    if (rows->n == 0)
        return NULL;
    struct code *c = mem_new(ctx, struct code);
    c->id = db_int(rows, 0, 0);
    c->account_id = db_int(rows, 0, 1);
    c->user_id = db_int(rows, 0, 2);
    c->session_id = db_int(rows, 0, 3);
    c->contact_id = db_int(rows, 0, 4);
    c->purpose = purpose;
    c->target_id = target_id;
    bool is_known = channel_find(db_text(rows, 0, 5), &c->channel);
    c->destination = db_text(rows, 0, 6);
    is_known &= code_state_find(db_text(rows, 0, 7), &c->state);
    c->sent_at = db_time(rows, 0, 8);
    c->expires_at = db_time(rows, 0, 9);
    c->proven_at = db_time(rows, 0, 10);
    c->grant_expires_at = db_time(rows, 0, 11);
    c->tries = db_int(rows, 0, 12);
    size_t mac_n = 0;
    const char *mac = db_bytes(rows, 0, 13, &mac_n);
    c->delivery_failed = db_int(rows, 0, 14) != 0;
    if (!is_known || mac_n != sizeof c->mac)
        return err_new(ERR_BUG, 0, "verification code %lld is malformed", (long long)c->id);
    memcpy(c->mac, mac, mac_n);
    *code = c;
    return NULL;
}

const struct err *code_budget_load(struct db *db, int64_t account_id, enum code_purpose purpose, int64_t now,
                                   struct code_budget *budget, int64_t *version)
{
    void *ctx = mem_context(NULL, "code_budget_load");
    struct db_rows *rows = NULL;
    const char *name = code_purpose_name(purpose);
    int64_t hour_ago = now - CLOCK_HOUR, day_ago = now - CLOCK_DAY;
    const struct err *err =
        db_query(db, ctx, &budget_load, &rows, hour_ago, hour_ago, account_id, name, account_id, name, day_ago);
    if (err == NULL) {
        int64_t oldest_in_hour = db_time(rows, 0, 5), oldest_in_day = db_time(rows, 0, 6);
        *version = db_int(rows, 0, 0);
        *budget = (struct code_budget){
            .failures = db_int(rows, 0, 1), .locked_until = db_time(rows, 0, 2),
            .sends_hour = db_int(rows, 0, 3), .sends_day = db_int(rows, 0, 4),
            .hour_frees_at = oldest_in_hour == INSTANT_NONE ? INSTANT_NONE : oldest_in_hour + CLOCK_HOUR,
            .day_frees_at = oldest_in_day == INSTANT_NONE ? INSTANT_NONE : oldest_in_day + CLOCK_DAY,
            .last_sent_at = db_time(rows, 0, 7),
        };
    }
    talloc_free(ctx);
    return err;
}

const struct err *code_budget_take(struct db *db, int64_t account_id, enum code_purpose purpose, int64_t version, bool *taken)
{
    int64_t affected = 0;
    const char *name = code_purpose_name(purpose);
    /* A first send makes the row; of two first ones at once the slower finds it there, and no longer at version 0. */
    TRY(db_exec(db, version == 0 ? &budget_first : &budget_take, &affected, account_id, name, version));
    *taken = affected == 1;
    return NULL;
}

const struct err *code_supersede(struct db *db, int64_t account_id, enum code_purpose purpose)
{
    return db_exec(db, &supersede, NULL, account_id, code_purpose_name(purpose));
}

const struct err *code_supersede_contact(struct db *db, int64_t contact_id)
{
    return db_exec(db, &supersede_contact, NULL, contact_id);
}

const struct err *code_insert(struct db *db, const struct code *code, int64_t *id)
{
    TRY(db_exec(db, &insert, NULL, code->account_id, code->user_id, code->session_id, code_purpose_name(code->purpose),
                code->target_id, code->contact_id, channel_name(code->channel), code->destination, code->mac,
                sizeof code->mac, code->sent_at, code->expires_at));
    *id = db_insert_id(db);
    return NULL;
}

const struct err *code_count_try_within(struct db *db, int64_t id, int64_t session_id, int64_t now, int64_t tries_max,
                                        bool *counted)
{
    int64_t affected = 0;
    TRY(db_exec(db, &count_try, &affected, id, session_id, now, tries_max));
    *counted = affected == 1;
    return NULL;
}

struct try_arg { int64_t id, session_id, now, tries_max; bool counted; };

static const struct err *do_count_try(struct db *db, void *arg)
{
    struct try_arg *try = arg;
    return code_count_try_within(db, try->id, try->session_id, try->now, try->tries_max, &try->counted);
}

const struct err *code_count_try(struct db *db, int64_t id, int64_t session_id, int64_t now, int64_t tries_max, bool *counted)
{
    struct try_arg try = {.id = id, .session_id = session_id, .now = now, .tries_max = tries_max};
    TRY(db_transaction(db, DB_READ_WRITE, do_count_try, &try));
    *counted = try.counted;
    return NULL;
}

const struct err *code_failed(struct db *db, int64_t id, int64_t account_id, enum code_purpose purpose, int64_t tries_max,
                              int64_t lock_at, int64_t locked_until, int64_t *tries_left, bool *locked)
{
    TRY(db_exec(db, &add_failure, NULL, lock_at, locked_until, lock_at, account_id, code_purpose_name(purpose)));
    TRY(db_exec(db, &kill_code, NULL, id, tries_max));
    void *ctx = mem_context(NULL, "code_failed");
    struct db_rows *rows = NULL;
    const struct err *err = db_query(db, ctx, &after_failure, &rows, locked_until, id);
    if (err == NULL && rows->n == 1) {
        int64_t left = tries_max - db_int(rows, 0, 0);
        *tries_left = left > 0 ? left : 0;
        *locked = db_int(rows, 0, 1) != 0;
    } else if (err == NULL) {
        err = err_new(ERR_BUG, 0, "verification code %lld is gone", (long long)id);
    }
    talloc_free(ctx);
    return err;
}

const struct err *code_prove(struct db *db, int64_t id, int64_t session_id, int64_t now, int64_t grant_expires_at, bool *proven)
{
    int64_t affected = 0;
    TRY(db_exec(db, &prove, &affected, now, grant_expires_at, id, session_id, now));
    *proven = affected == 1;
    return *proven ? db_exec(db, &forgive, NULL, id) : NULL;
}

const struct err *code_use(struct db *db, int64_t id, int64_t account_id, int64_t session_id, enum code_purpose purpose,
                           int64_t target_id, int64_t now, int64_t request_id, bool *used)
{
    int64_t affected = 0;
    TRY(db_exec(db, &use, &affected, now, request_id, id, account_id, session_id, code_purpose_name(purpose), target_id, now));
    *used = affected == 1;
    return NULL;
}
