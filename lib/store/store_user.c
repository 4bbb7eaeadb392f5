#include "store/store_user.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/statements.h"

#define USER \
    "SELECT u.id, u.account_id, u.login, u.name, u.role, a.kind, u.status = 'ACTIVE' AND a.status = 'OPEN',\n" \
    "       u.password_hash, u.totp_secret, u.lang, u.zone, u.theme, a.name, a.no\n" \
    "  FROM user u\n" \
    "  JOIN account a ON a.id = u.account_id\n"
#define USER_RESULTS "iissssisssssss"

static const struct db_statement find = {"user_find", USER " WHERE u.login = ?\n LIMIT 1", "s", USER_RESULTS};
static const struct db_statement load = {"user_load", USER " WHERE u.id = ?\n LIMIT 1", "i", USER_RESULTS};

static const struct db_statement count_try = {
    "user_count_try",
    "UPDATE user\n"
    "   SET failures = IF(wait_until < ?, 1, failures + 1)\n"
    " WHERE id = ? AND (wait_until IS NULL OR wait_until <= ?)",
    "tit", ""};
static const struct db_statement tally_of = {
    "user_tally", "SELECT failures, wait_until\n  FROM user\n WHERE id = ?\n LIMIT 1", "i", "it"};
static const struct db_statement set_wait = {
    "user_set_wait", "UPDATE user\n   SET wait_until = ?\n WHERE id = ?", "ti", ""};
static const struct db_statement uncount = {
    "user_uncount",
    "UPDATE user\n"
    "   SET wait_until = IF(failures = ?, ?, wait_until), failures = failures - 1\n"   /* left to right: the old number is compared */
    " WHERE id = ? AND failures > 0",
    "iti", ""};

static const struct db_statement address_first = {
    "address_first", "INSERT IGNORE INTO sign_in_address (ip, failures, failed_at)\nVALUES (?, 0, ?)", "st", ""};
static const struct db_statement address_count = {
    "address_count_try",
    "UPDATE sign_in_address\n"
    "   SET failures = IF(wait_until < ?, 1, failures + 1), failed_at = ?\n"
    " WHERE ip = ? AND (wait_until IS NULL OR wait_until <= ?)",
    "ttst", ""};
static const struct db_statement address_tally = {
    "address_tally", "SELECT failures, wait_until\n  FROM sign_in_address\n WHERE ip = ?\n LIMIT 1", "s", "it"};
static const struct db_statement address_wait = {
    "address_set_wait", "UPDATE sign_in_address\n   SET wait_until = ?\n WHERE ip = ?", "ts", ""};
static const struct db_statement address_back = {
    "address_uncount",
    "UPDATE sign_in_address\n"
    "   SET wait_until = IF(failures = ?, ?, wait_until), failures = failures - 1\n"
    " WHERE ip = ? AND failures > 0",
    "its", ""};
static const struct db_statement stamp = {
    "address_stamp", "UPDATE sign_in_address\n   SET failed_at = ?\n WHERE ip = ?", "ts", ""};

static const struct db_statement signed_in = {
    "user_signed_in",
    "UPDATE user\n"
    "   SET failures = 0, wait_until = NULL\n"
    " WHERE id = ? AND status = 'ACTIVE' AND password_hash = ?",
    "is", ""};
static const struct db_statement saw_lang = {
    "user_saw_lang", "UPDATE user\n   SET seen_lang = ?\n WHERE id = ? AND seen_lang <> ?", "sis", ""};
static const struct db_statement lang_of_login = {
    "user_lang",
    "SELECT " USER_LANG("") "\n"
    "  FROM user\n"
    " WHERE login = ? AND status = 'ACTIVE'\n"
    " LIMIT 1",
    "s", "s"};
static const struct db_statement use_totp = {
    "user_use_totp", "UPDATE user\n   SET totp_step = ?\n WHERE id = ? AND totp_step < ?", "iii", ""};
static const struct db_statement rehash = {
    "user_rehash", "UPDATE user\n   SET password_hash = ?\n WHERE id = ? AND password_hash = ?", "sis", ""};
static const struct db_statement set_password = {
    "user_set_password",
    "UPDATE user\n"
    "   SET password_hash = ?, failures = 0, wait_until = NULL\n"
    " WHERE id = ? AND status = 'ACTIVE'",
    "si", ""};

static const struct db_statement insert_account = {
    "account_insert", "INSERT INTO account (kind, no, name, created_at)\nVALUES (?, ?, ?, ?)", "ssst", ""};
#define ACCOUNT "SELECT id, kind, no, name, status = 'OPEN', version\n  FROM account\n"
#define ACCOUNT_RESULTS "isssii"
static const struct db_statement find_account = {"account_find", ACCOUNT " WHERE no = ?\n LIMIT 1", "s", ACCOUNT_RESULTS};
static const struct db_statement platform = {
    "account_platform", ACCOUNT " WHERE kind = 'PLATFORM'\n ORDER BY created_at, id\n LIMIT 1", "", ACCOUNT_RESULTS};
static const struct db_statement set_public = {
    "account_set_public",
    "UPDATE account\n   SET public_email = ?, public_phone = ?, version = version + 1\n WHERE id = ?", "ssi", ""};
static const struct db_statement billing_partner = {
    "account_billing_partner", "UPDATE account\n   SET billing_mode = 'PARTNER'\n WHERE id = ?", "i", ""};

static const struct db_statement list_ops = {
    "user_list_ops",
    "SELECT id, login, COALESCE(NULLIF(" USER_LANG("") ", ''), 'en')\n"
    "  FROM user\n"
    " WHERE role = 'ops' AND status = 'ACTIVE'\n"
    " ORDER BY id\n"
    " LIMIT 100",
    "", "iss"};
static const struct db_statement insert_user = {
    "user_insert",
    "INSERT INTO user (account_id, login, name, role, password_hash, totp_secret, lang, created_at)\n"
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    "issssss" "t", ""};
static const struct db_statement insert_contact = {
    "contact_insert", "INSERT INTO contact (account_id, channel, address, verified_at)\nVALUES (?, ?, ?, ?)", "isst", ""};

const struct db_statement *const store_user_statements[] = {
    &find, &load, &count_try, &tally_of, &set_wait, &uncount, &address_first, &address_count, &address_tally, &address_wait,
    &address_back, &stamp, &signed_in, &saw_lang, &lang_of_login, &use_totp, &rehash, &set_password, &insert_account, &find_account,
    &platform, &set_public, &billing_partner, &list_ops, &insert_user, &insert_contact, NULL};

/* --- finding --- */

static const char *text_or_null(const struct db_rows *rows, size_t column)
{
    return db_is_null(rows, 0, column) ? NULL : db_text(rows, 0, column);
}

static const struct err *read_user(const void *ctx, const struct db_rows *rows, struct user **out)
{
    *out = NULL;
    if (rows->n == 0)
        return NULL;
    struct user *user = mem_new(ctx, struct user);
    user->id = db_int(rows, 0, 0);
    user->account_id = db_int(rows, 0, 1);
    user->login = db_text(rows, 0, 2);
    user->name = db_text(rows, 0, 3);
    user->is_active = db_int(rows, 0, 6) != 0;
    user->password_hash = text_or_null(rows, 7);
    user->totp_secret = text_or_null(rows, 8);
    user->lang = db_text(rows, 0, 9);
    user->zone = db_text(rows, 0, 10);
    user->theme = db_text(rows, 0, 11);
    user->account_name = db_text(rows, 0, 12);
    user->account_no = db_text(rows, 0, 13);
    if (!role_find(db_text(rows, 0, 4), &user->role) || !account_kind_find(db_text(rows, 0, 5), &user->kind) ||
        !role_fits(user->role, user->kind))
        return err_new(ERR_BUG, 0, "user %lld has a role that does not fit its account", (long long)user->id);
    *out = user;
    return NULL;
}

const struct err *user_find(struct db *db, const void *ctx, const char *login, struct user **user)
{
    struct db_rows *rows = NULL;
    /* The column cannot hold anything else; the query runs all the same, so that both cost the same. */
    TRY(db_query(db, ctx, &find, &rows, db_ascii(login)));
    TRY(read_user(ctx, rows, user));
    /* The database takes 'a' and 'a ' for the same. */
    if (*user != NULL && strcmp((*user)->login, login) != 0)
        *user = NULL;
    return NULL;
}

const struct err *user_load(struct db *db, const void *ctx, int64_t id, struct user **user)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &load, &rows, id));
    return read_user(ctx, rows, user);
}

struct actor user_actor(const struct user *user)
{
    return (struct actor){
        .role = user->role, .kind = user->kind, .user_id = user->id, .account_id = user->account_id, .login = user->login,
        .user_name = user->name, .account_name = user->account_name, .account_no = user->account_no, .lang = user->lang,
        .zone = user->zone, .theme = user->theme,
    };
}

const struct err *user_lang(struct db *db, const void *ctx, const char *login, const char *otherwise, const char **lang)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &lang_of_login, &rows, login));
    *lang = rows->n > 0 && db_text(rows, 0, 0)[0] != '\0' ? db_text(rows, 0, 0) : otherwise;
    return NULL;
}

/* --- tallies --- */

static void read_tally(const struct db_rows *rows, struct tally *tally)
{
    tally->failures = rows->n > 0 ? db_int(rows, 0, 0) : 0;
    tally->wait_until = rows->n > 0 ? db_time(rows, 0, 1) : INSTANT_NONE;
}

const struct err *user_count_try(struct db *db, int64_t user_id, int64_t now, int64_t forget_at, struct tally *tally,
                                 bool *counted)
{
    int64_t affected = 0;
    TRY(db_exec(db, &count_try, &affected, forget_at, user_id, now));
    void *ctx = mem_context(NULL, "user_count_try");
    struct db_rows *rows = NULL;
    const struct err *err = db_query(db, ctx, &tally_of, &rows, user_id);
    if (err == NULL)
        read_tally(rows, tally);
    talloc_free(ctx);
    *counted = affected == 1;
    return err;
}

const struct err *user_set_wait(struct db *db, int64_t user_id, int64_t wait_until)
{
    return db_exec(db, &set_wait, NULL, wait_until, user_id);
}

const struct err *address_count_try(struct db *db, const char *key, int64_t now, int64_t forget_at, struct tally *tally,
                                    bool *counted)
{
    int64_t affected = 0;
    TRY(db_exec(db, &address_count, &affected, forget_at, now, key, now));
    void *ctx = mem_context(NULL, "address_count_try");
    struct db_rows *rows = NULL;
    const struct err *err = db_query(db, ctx, &address_tally, &rows, key);
    if (err == NULL && affected == 0 && rows->n == 0) {
        err = db_exec(db, &address_first, NULL, key, now);
        if (err == NULL)
            err = db_exec(db, &address_count, &affected, forget_at, now, key, now);
        if (err == NULL)
            err = db_query(db, ctx, &address_tally, &rows, key);
    }
    if (err == NULL)
        read_tally(rows, tally);
    talloc_free(ctx);
    *counted = affected == 1;
    return err;
}

const struct err *address_set_wait(struct db *db, const char *key, int64_t wait_until)
{
    return db_exec(db, &address_wait, NULL, wait_until, key);
}

const struct err *user_uncount(struct db *db, int64_t user_id, int64_t failures, int64_t no_wait)
{
    return db_exec(db, &uncount, NULL, failures, no_wait, user_id);
}

const struct err *address_uncount(struct db *db, const char *key, int64_t failures, int64_t no_wait)
{
    return db_exec(db, &address_back, NULL, failures, no_wait, key);
}

const struct err *address_stamp(struct db *db, const char *key, int64_t at) { return db_exec(db, &stamp, NULL, at, key); }

/* --- changes --- */

const struct err *user_signed_in(struct db *db, int64_t id, const char *password_hash, bool *done)
{
    int64_t affected = 0;
    TRY(db_exec(db, &signed_in, &affected, id, password_hash));
    *done = affected == 1;
    return NULL;
}

const struct err *user_saw_lang(struct db *db, int64_t id, const char *lang)
{
    return db_exec(db, &saw_lang, NULL, lang, id, lang);
}

const struct err *user_use_totp(struct db *db, int64_t id, int64_t step, bool *done)
{
    int64_t affected = 0;
    TRY(db_exec(db, &use_totp, &affected, step, id, step));
    *done = affected == 1;
    return NULL;
}

const struct err *user_rehash(struct db *db, int64_t id, const char *old_hash, const char *new_hash)
{
    return db_exec(db, &rehash, NULL, new_hash, id, old_hash);
}

const struct err *user_set_password(struct db *db, int64_t id, const char *hash, bool *done)
{
    int64_t affected = 0;
    TRY(db_exec(db, &set_password, &affected, hash, id));
    *done = affected == 1;
    return NULL;
}

/* --- making --- */

const struct err *account_insert(struct db *db, const struct account_new *account, int64_t *id)
{
    TRY(db_exec(db, &insert_account, NULL, account_kind_name(account->kind), account->no, account->name, account->at));
    *id = db_insert_id(db);
    return NULL;
}

static const struct err *read_account(const void *ctx, const struct db_rows *rows, struct account **out)
{
    *out = NULL;
    if (rows->n == 0)
        return NULL;
    struct account *account = mem_new(ctx, struct account);
    account->id = db_int(rows, 0, 0);
    account->no = db_text(rows, 0, 2);
    account->name = db_text(rows, 0, 3);
    account->is_open = db_int(rows, 0, 4) != 0;
    account->version = db_int(rows, 0, 5);
    if (!account_kind_find(db_text(rows, 0, 1), &account->kind))
        return err_new(ERR_BUG, 0, "account %lld has an unknown kind", (long long)account->id);
    *out = account;
    return NULL;
}

const struct err *account_find(struct db *db, const void *ctx, const char *no, struct account **account)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &find_account, &rows, db_ascii(no)));
    TRY(read_account(ctx, rows, account));
    if (*account != NULL && strcmp((*account)->no, no) != 0)
        *account = NULL;
    return NULL;
}

const struct err *user_list_ops(struct db *db, const void *ctx, struct ops_user **users, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &list_ops, &rows));
    *users = mem_array(ctx, struct ops_user, rows->n);
    *n = rows->n;
    for (size_t i = 0; i < rows->n; i++)
        (*users)[i] = (struct ops_user){.id = db_int(rows, i, 0), .login = db_text(rows, i, 1), .lang = db_text(rows, i, 2)};
    return NULL;
}

const struct err *account_platform(struct db *db, const void *ctx, struct account **account)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &platform, &rows));
    return read_account(ctx, rows, account);
}

const struct err *account_set_public(struct db *db, int64_t id, const char *email, const char *phone)
{
    return db_exec(db, &set_public, NULL, email, phone, id);
}

const struct err *account_set_billing_partner(struct db *db, int64_t id) { return db_exec(db, &billing_partner, NULL, id); }

const struct err *user_insert(struct db *db, const struct user_new *user, int64_t *id)
{
    TRY(db_exec(db, &insert_user, NULL, user->account_id, user->login, user->name, role_name(user->role), user->password_hash,
                user->totp_secret, user->lang == NULL ? "" : user->lang, user->at));
    *id = db_insert_id(db);
    return NULL;
}

const struct err *contact_insert(struct db *db, int64_t account_id, enum channel channel, const char *address,
                                 int64_t verified_at, int64_t *id)
{
    TRY(db_exec(db, &insert_contact, NULL, account_id, channel_name(channel), address, verified_at));
    *id = db_insert_id(db);
    return NULL;
}
