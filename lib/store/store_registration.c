#include "store/store_registration.h"

#include "base/memory.h"
#include "store/statements.h"
#include "store/store_purge.h"

#define DIGEST_BYTES ((size_t)32)

static const struct db_statement find = {
    "registration_find",
    "SELECT id, invitation_id, created_at, expires_at, email, name, company, password_hash, lang\n"
    "  FROM registration\n"
    " WHERE invitation_id = ? AND open_visit = ? AND expires_at > ?\n"
    " LIMIT 1",
    "ibt", "iittsssss"};
static const struct db_statement put = {
    "registration_put",
    "INSERT INTO registration (invitation_id, visit_hash, email, name, company, password_hash, lang, created_at, expires_at)\n"
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)\n"
    "ON DUPLICATE KEY UPDATE\n"
    "  email = VALUES(email), name = VALUES(name), company = VALUES(company), password_hash = VALUES(password_hash),\n"
    "  lang = VALUES(lang), created_at = VALUES(created_at), expires_at = VALUES(expires_at)",
    "ibsssss" "tt", ""};
static const struct db_statement finish = {
    "registration_finish",
    "UPDATE registration\n"
    "   SET account_id = ?, password_hash = ''\n"
    " WHERE id = ? AND account_id IS NULL AND expires_at > ?",
    "iit", ""};
static const struct db_statement purge = {
    "purge_registrations", "DELETE FROM registration\n WHERE expires_at < ?\n ORDER BY expires_at\n LIMIT ?", "ti", ""};

const struct db_statement *const store_registration_statements[] = {&find, &put, &finish, &purge, NULL};

const struct err *registration_find(struct db *db, const void *ctx, int64_t invitation_id, const unsigned char visit_hash[32],
                                    int64_t now, struct registration **registration)
{
    struct db_rows *rows = NULL;
    *registration = NULL;
    TRY(db_query(db, ctx, &find, &rows, invitation_id, visit_hash, DIGEST_BYTES, now));
    if (rows->n == 0)
        return NULL;
    struct registration *found = mem_new(ctx, struct registration);
    *found = (struct registration){
        .id = db_int(rows, 0, 0), .invitation_id = db_int(rows, 0, 1), .created_at = db_time(rows, 0, 2),
        .expires_at = db_time(rows, 0, 3), .email = db_text(rows, 0, 4), .name = db_text(rows, 0, 5),
        .company = db_text(rows, 0, 6), .password_hash = db_text(rows, 0, 7), .lang = db_text(rows, 0, 8),
    };
    *registration = found;
    return NULL;
}

const struct err *registration_put(struct db *db, const struct registration *registration, const unsigned char visit_hash[32])
{
    return db_exec(db, &put, NULL, registration->invitation_id, visit_hash, DIGEST_BYTES, registration->email,
                   registration->name, registration->company, registration->password_hash, registration->lang,
                   registration->created_at, registration->expires_at);
}

const struct err *registration_finish(struct db *db, int64_t id, int64_t account_id, int64_t now, bool *done)
{
    int64_t affected = 0;
    TRY(db_exec(db, &finish, &affected, account_id, id, now));
    *done = affected == 1;
    return NULL;
}

const struct err *purge_registrations(struct db *db, int64_t before_at, int64_t *n)
{
    return db_exec(db, &purge, n, before_at, (int64_t)PURGE_BATCH);
}
