#include "store/store_contact.h"

#include "base/memory.h"
#include "store/statements.h"

static const struct db_statement load = {
    "contact_load",
    "SELECT id, account_id, channel, address, verified_at\n"
    "  FROM contact\n"
    " WHERE id = ? AND account_id = ? AND is_live = 1\n"
    " LIMIT 1",
    "ii", "iisst"};
static const struct db_statement end = {
    "contact_end",
    "UPDATE contact\n   SET removed_at = ?\n WHERE id = ? AND account_id = ? AND removed_at IS NULL", "tii", ""};
static const struct db_statement coded = {
    "contact_coded", "UPDATE contact\n   SET coded_at = ?\n WHERE id = ? AND removed_at IS NULL", "ti", ""};

static const struct db_statement replace = {
    "contact_change_replace",
    "UPDATE contact_change\n"
    "   SET closed_at = ?, outcome = 'REPLACED'\n"
    " WHERE account_id = ? AND channel = ? AND closed_at IS NULL",
    "tis", ""};
static const struct db_statement insert = {
    "contact_change_insert",
    "INSERT INTO contact_change (account_id, user_id, channel, address, return_to, started_at)\nVALUES (?, ?, ?, ?, ?, ?)", "iissst", ""};
static const struct db_statement load_change = {
    "contact_change_load",
    "SELECT id, account_id, user_id, channel, address, return_to, started_at\n"
    "  FROM contact_change\n"
    " WHERE id = ? AND account_id = ? AND closed_at IS NULL AND started_at > ?\n"
    " LIMIT 1",
    "iit", "iiissst"};
static const struct db_statement close_change = {
    "contact_change_close",
    "UPDATE contact_change\n   SET closed_at = ?, outcome = ?\n WHERE id = ? AND closed_at IS NULL", "tsi", ""};

static const struct db_statement channels_load = {
    "notice_channels_load", "SELECT notice_email, notice_sms\n  FROM account\n WHERE id = ?\n LIMIT 1", "i", "ii"};
static const struct db_statement channels_save = {
    "notice_channels_save", "UPDATE account\n   SET notice_email = ?, notice_sms = ?\n WHERE id = ?", "iii", ""};

const struct db_statement *const store_contact_statements[] = {
    &load, &end, &coded, &replace, &insert, &load_change, &close_change, &channels_load, &channels_save, NULL};

const struct err *contact_load(struct db *db, const void *ctx, int64_t account_id, int64_t id, struct contact **contact)
{
    struct db_rows *rows = NULL;
    *contact = NULL;
    TRY(db_query(db, ctx, &load, &rows, id, account_id));
    if (rows->n == 0)
        return NULL;
    struct contact *found = mem_new(ctx, struct contact);
    found->id = db_int(rows, 0, 0);
    found->account_id = db_int(rows, 0, 1);
    if (!channel_find(db_text(rows, 0, 2), &found->channel))
        return err_new(ERR_BUG, 0, "contact %lld has an unknown channel", (long long)found->id);
    found->address = db_text(rows, 0, 3);
    found->verified_at = db_time(rows, 0, 4);
    *contact = found;
    return NULL;
}

const struct err *contact_end(struct db *db, int64_t account_id, int64_t id, int64_t at, bool *done)
{
    int64_t affected = 0;
    TRY(db_exec(db, &end, &affected, at, id, account_id));
    *done = affected == 1;
    return NULL;
}

const struct err *contact_coded(struct db *db, int64_t id, int64_t at, bool *is_live)
{
    int64_t affected = 0;
    TRY(db_exec(db, &coded, &affected, at, id));
    *is_live = affected == 1;
    return NULL;
}

const struct err *contact_change_begin(struct db *db, struct contact_change *change)
{
    const char *channel = channel_name(change->channel);
    TRY(db_exec(db, &replace, NULL, change->started_at, change->account_id, channel));
    const struct err *err = db_exec(db, &insert, NULL, change->account_id, change->user_id, channel, change->address,
                                    change->return_to, change->started_at);
    if (db_is_duplicate(err, "contact_change_open"))
        return db_again("another contact was begun meanwhile");
    TRY(err);
    change->id = db_insert_id(db);
    return NULL;
}

const struct err *contact_change_load(struct db *db, const void *ctx, int64_t account_id, int64_t id, int64_t since,
                                      struct contact_change **change)
{
    struct db_rows *rows = NULL;
    *change = NULL;
    TRY(db_query(db, ctx, &load_change, &rows, id, account_id, since));
    if (rows->n == 0)
        return NULL;
    struct contact_change *found = mem_new(ctx, struct contact_change);
    found->id = db_int(rows, 0, 0);
    found->account_id = db_int(rows, 0, 1);
    found->user_id = db_int(rows, 0, 2);
    if (!channel_find(db_text(rows, 0, 3), &found->channel))
        return err_new(ERR_BUG, 0, "change %lld of a contact has an unknown channel", (long long)found->id);
    found->address = db_text(rows, 0, 4);
    found->return_to = db_text(rows, 0, 5);
    found->started_at = db_time(rows, 0, 6);
    *change = found;
    return NULL;
}

const struct err *contact_change_close(struct db *db, int64_t id, int64_t at, enum contact_change_outcome outcome, bool *done)
{
    int64_t affected = 0;
    TRY(db_exec(db, &close_change, &affected, at, outcome == CONTACT_CHANGE_PROVEN ? "PROVEN" : "REPLACED", id));
    *done = affected == 1;
    return NULL;
}

const struct err *notice_channels_load(struct db *db, int64_t account_id, struct notice_channels *channels)
{
    void *ctx = mem_context(NULL, "notice_channels");
    struct db_rows *rows = NULL;
    const struct err *err = db_query(db, ctx, &channels_load, &rows, account_id);
    *channels = (struct notice_channels){true, true};
    if (err == NULL && rows->n > 0)
        *channels = (struct notice_channels){db_int(rows, 0, 0) != 0, db_int(rows, 0, 1) != 0};
    talloc_free(ctx);
    return err;
}

const struct err *notice_channels_save(struct db *db, int64_t account_id, const struct notice_channels *channels)
{
    return db_exec(db, &channels_save, NULL, (int64_t)channels->by_email, (int64_t)channels->by_sms, account_id);
}
