#include "store/store_wizard.h"

#include "base/clock.h"
#include "base/memory.h"
#include "store/statements.h"

static const struct db_statement find = {
    "wizard_find",
    "SELECT w.id, w.account_id, w.purpose, w.target_id, w.state, w.revision, w.opened_at, w.updated_at, w.expires_at,\n"
    "       w.opened_by, COALESCE(u.name, ''), w.checked_at, w.checked_report, w.statement_at, w.statement_version,\n"
    "       w.statement_lang, w.decision, w.decision_text, w.channel, w.code_id, w.grant_session_id, w.grant_expires_at,\n"
    "       w.reason, w.reason_text, w.request_id\n"
    "  FROM wizard w\n"
    "  LEFT JOIN user u ON u.id = w.opened_by\n"
    " WHERE w.account_id = ? AND w.purpose = ? AND w.target_id = ? AND w.open_key = 1\n"
    " LIMIT 1",
    "isi", "iisisittti" "sts" "tss" "sss" "iit" "ssi"};

static const struct db_statement insert = {
    "wizard_insert",
    "INSERT INTO wizard (account_id, purpose, target_id, state, revision, opened_at, opened_by, updated_at, expires_at)\n"
    "VALUES (?, ?, ?, 'OPEN', 1, ?, ?, ?, ?)",
    "isititt", ""};

static const struct db_statement write = {
    "wizard_write",
    "UPDATE wizard\n"
    "   SET state = ?, revision = revision + 1, updated_at = ?, expires_at = ?, checked_at = ?, checked_report = ?,\n"
    "       statement_at = ?, statement_version = ?, statement_lang = ?, decision = ?, decision_text = ?, channel = ?,\n"
    "       code_id = ?, grant_session_id = ?, grant_expires_at = ?, reason = ?, reason_text = ?, request_id = ?\n"
    " WHERE id = ? AND revision = ? AND state = 'OPEN'",
    "sttts" "tssss" "sIItssI" "ii", ""};

/* By that index whatever the statistics say: another one reads, and waits for, the open drafts of others. */
static const struct db_statement close_target = {
    "wizard_close_target",
    "UPDATE wizard FORCE INDEX (wizard_target)\n"
    "   SET state = 'CLOSED', revision = revision + 1, updated_at = ?\n"
    " WHERE purpose = ? AND target_id = ? AND state = 'OPEN'",
    "tsi", ""};

const struct db_statement *const store_wizard_statements[] = {&find, &insert, &write, &close_target, NULL};

/* Only the two answers are stored; anything else reads as "not chosen". */
static enum request_event decision_of(const char *name)
{
    if (name[0] == 'A')
        return REQUEST_AGREE;
    return name[0] == 'R' ? REQUEST_REJECT : REQUEST_EVENTS;
}

static const char *decision_name(enum request_event decision)
{
    if (decision == REQUEST_AGREE)
        return "AGREE";
    return decision == REQUEST_REJECT ? "REJECT" : "";
}

static const struct err *read_row(const void *ctx, const struct db_rows *rows, struct wizard **wizard)
{
    struct wizard *w = mem_new(ctx, struct wizard);
    size_t c = 0;
    w->id = db_int(rows, 0, c++);
    w->account_id = db_int(rows, 0, c++);
    bool is_known = wizard_purpose_find(db_text(rows, 0, c++), &w->purpose);
    w->target_id = db_int(rows, 0, c++);
    is_known &= wizard_state_find(db_text(rows, 0, c++), &w->state);
    w->revision = db_int(rows, 0, c++);
    w->opened_at = db_time(rows, 0, c++);
    w->updated_at = db_time(rows, 0, c++);
    w->expires_at = db_time(rows, 0, c++);
    w->opened_by_user_id = db_int(rows, 0, c++);
    w->opened_by_name = db_text(rows, 0, c++);
    w->checked_at = db_time(rows, 0, c++);
    w->checked_report = db_text(rows, 0, c++);
    w->statement_at = db_time(rows, 0, c++);
    w->statement_version = db_text(rows, 0, c++);
    w->statement_lang = db_text(rows, 0, c++);
    w->decision = decision_of(db_text(rows, 0, c++));
    w->decision_text = db_text(rows, 0, c++);
    if (!channel_find(db_text(rows, 0, c++), &w->channel))
        w->channel = CHANNEL_NONE;
    w->code_id = db_int(rows, 0, c++);
    w->grant_session_id = db_int(rows, 0, c++);
    w->grant_expires_at = db_time(rows, 0, c++);
    if (!reason_find(db_text(rows, 0, c++), &w->reason))
        w->reason = REASON_NONE;
    w->reason_text = db_text(rows, 0, c++);
    w->request_id = db_int(rows, 0, c++);
    if (!is_known)
        return err_new(ERR_BUG, 0, "wizard %lld has an unknown purpose or state", (long long)w->id);
    *wizard = w;
    return NULL;
}

const struct err *wizard_find(struct db *db, const void *ctx, int64_t account_id, enum wizard_purpose purpose,
                              int64_t target_id, struct wizard **wizard)
{
    struct db_rows *rows = NULL;
    *wizard = NULL;
    TRY(db_query(db, ctx, &find, &rows, account_id, wizard_purpose_name(purpose), target_id));
    return rows->n == 0 ? NULL : read_row(ctx, rows, wizard);
}

const struct err *wizard_insert(struct db *db, const struct wizard *wizard, int64_t *id)
{
    TRY(db_exec(db, &insert, NULL, wizard->account_id, wizard_purpose_name(wizard->purpose), wizard->target_id,
                wizard->opened_at, wizard->opened_by_user_id, wizard->updated_at, wizard->expires_at));
    *id = db_insert_id(db);
    return NULL;
}

const struct err *wizard_write(struct db *db, struct wizard *w, bool *written)
{
    int64_t affected = 0;
    TRY(db_exec(db, &write, &affected, wizard_state_name(w->state), w->updated_at, w->expires_at, w->checked_at,
                w->checked_report, w->statement_at, w->statement_version, w->statement_lang, decision_name(w->decision),
                w->decision_text, w->channel == CHANNEL_NONE ? "" : channel_name(w->channel), w->code_id,
                w->grant_session_id, w->grant_expires_at, reason_name(w->reason), w->reason_text, w->request_id, w->id,
                w->revision));
    *written = affected == 1;
    if (*written)
        w->revision++;
    return NULL;
}

const struct err *wizard_close_target(struct db *db, enum wizard_purpose purpose, int64_t target_id, int64_t now)
{
    return db_exec(db, &close_target, NULL, now, wizard_purpose_name(purpose), target_id);
}
