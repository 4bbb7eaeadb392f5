#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/migrate.h"

#include "support/test_db.h"

static struct config *config;
static char name[64], hash_lock[64];
static pid_t owner;           /* a fork of the test must not drop its database */

static void must(const struct err *err, const char *what)
{
    if (err == NULL)
        return;
    (void)fprintf(stderr, "test database: %s: %s %d %s\n", what, err_kind_name(err->kind), err->code, err->what);
    abort();
}

struct config *test_db_config(void)
{
    const struct passwd *user;
    const char *socket = getenv("TEST_DB_SOCKET");

    if (config != NULL)
        return config;
    user = getpwuid(getuid());
    if (socket == NULL || user == NULL) {
        (void)fprintf(stderr, "TEST_DB_SOCKET is not set: run this by tests/run.sh\n");
        abort();
    }
    (void)snprintf(name, sizeof name, "mypartner_test_%ld", (long)getpid());
    config = config_defaults(NULL);
    config->database.hosts = "";
    config->database.socket = socket;
    config->database.name = name;
    config->database.user = mem_copy(config, user->pw_name);
    config->database.password_file = "";
    config->database.tls_ca = "";
    config->payment.provider = "demo";
    (void)snprintf(hash_lock, sizeof hash_lock, "/tmp/mypartner-test-hash.%ld", (long)getpid());
    config->web.hash_lock = hash_lock;
    config->secret.scrypt_log2_n = 10;
    config->secret.scrypt_p = 1;
    /* A busy machine is no fault of what is tested. */
    config->database.connect_timeout_s = 60;
    config->database.statement_timeout_s = 120;
    return config;
}

/* A statement on no database of ours: before it is there, and to drop it. */
static const struct err *outside(const char *format)
{
    struct config *any = mem_new(NULL, struct config);
    struct db *db;
    const struct err *err;

    *any = *test_db_config();
    any->database.name = "information_schema";
    db = db_new(any, any, "");
    err = db_ready(db, clock_now());
    if (err == NULL)
        err = db_run_text(db, mem_text(any, "%s `%s`;\n", format, name), "test database");
    talloc_free(any);
    return err;
}

static void drop(void)
{
    if (getpid() != owner)
        return;
    (void)outside("DROP DATABASE IF EXISTS");
    (void)unlink(hash_lock);
    talloc_free(config);
    config = NULL;
}

struct db *test_db_again(const void *ctx)
{
    struct db *db = db_new(ctx, test_db_config(), "");

    must(db_ready(db, clock_now()), "connect");
    return db;
}

struct db *test_db_open(const void *ctx)
{
    struct db *db;
    int applied;

    if (owner == 0) {
        (void)test_db_config();
        must(outside("DROP DATABASE IF EXISTS"), "drop");
        must(outside("CREATE DATABASE"), "create");
        owner = getpid();
        if (atexit(drop) != 0)
            abort();
    }
    db = test_db_again(ctx);
    must(migrate(db, TEST_SOURCE_ROOT "/db/migrations", clock_now(), &applied, NULL, NULL), "migrate");
    return db;
}

void test_db_sql(struct db *db, const char *format, ...)
{
    va_list args;
    char *text, *whole;

    va_start(args, format);
    text = mem_vtext(NULL, format, args);
    va_end(args);
    whole = mem_text(text, "%s%s\n", text, text[0] != '\0' && text[strlen(text) - 1] == ';' ? "" : ";");
    must(db_run_text(db, whole, text), text);
    talloc_free(text);
}

/* Prepared statements are known by their address, so a text asked for again must come back at its old one. */
struct asked { struct db_statement statement; struct asked *next; };

static const struct db_statement *statement_of(const char *text)
{
    static struct asked *all;
    struct asked *asked;

    for (asked = all; asked != NULL; asked = asked->next)
        if (strcmp(asked->statement.text, text) == 0)
            return &asked->statement;
    asked = mem_new(NULL, struct asked);
    asked->statement = (struct db_statement){ "test_db_number", mem_copy(asked, text), "", "i" };
    asked->next = all;
    all = asked;
    return &asked->statement;
}

int64_t test_db_number(struct db *db, const char *format, ...)
{
    struct db_rows *rows;
    int64_t number;
    va_list args;
    char *text;

    va_start(args, format);
    text = mem_vtext(NULL, format, args);
    va_end(args);
    must(db_query(db, text, statement_of(text), &rows), text);
    if (rows->n != 1)
        must(err_new(ERR_BUG, 0, "%zu rows", rows->n), text);
    number = db_int(rows, 0, 0);
    talloc_free(text);
    return number;
}

/* What empties them, in one statement, as every test begins with it: db_run_text() takes a line as one. */
static const char *clearing(struct db *db)
{
    static const struct db_statement tables = { "test_db_tables",
        "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' "
        "AND table_name NOT IN ('schema_version', 'schema_lock', 'rule_set', 'rule', 'settlement_currency', 'log_chain') LIMIT 1000", "", "s" };
    static struct buf *text;
    struct db_rows *rows;

    if (text != NULL)
        return text->bytes;
    text = buf_new(config, 4096);
    must(db_query(db, text, &tables, &rows), "tables");
    buf_text(text, "SET SESSION foreign_key_checks = 0;\nBEGIN NOT ATOMIC START TRANSACTION; ");
    for (size_t i = 0; i < rows->n; i++)
        buf_format(text, "DELETE FROM `%s`; ", db_text(rows, i, 0));
    buf_text(text, "DELETE FROM log_chain WHERE chain_id <> 0; "
                   "UPDATE log_chain SET seq = 0, at = NULL, hash = REPEAT(CHAR(0), 32); "
                   "UPDATE rule_set SET version = 1, is_active = 0 WHERE id <> 1 AND (version > 1 OR is_active = 1); "
                   "UPDATE rule_set SET version = 1, is_active = 1 WHERE id = 1 AND (version > 1 OR is_active = 0); "
                   "UPDATE rule SET severity = IF(code LIKE 'X%' AND (rule_set_id = 1 OR code = 'X7'), 'WARN', 'BLOCK'), "
                   "binds_customer_submit = 1, binds_customer_agree = code <> 'Q', binds_partner_submit = 1, "
                   "binds_partner_agree = code <> 'Q', limit_n = IF(code = 'Q', 3, 0), months = IF(code = 'Q', 3, 0); "
                   "COMMIT; END;\nSET SESSION foreign_key_checks = 1;\n");
    return text->bytes;
}

void test_db_clear(struct db *db)
{
    must(db_run_text(db, clearing(db), "clear"), "clear");
}
