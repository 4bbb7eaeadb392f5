#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <mysql.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/rand.h"
#include "base/secret.h"
#include "store/db.h"
#include "store/db_private.h"

#define TRUSTED (5 * CLOCK_SECOND)
#define PORT_DEFAULT 3306
#define READ_EXTRA_S 2            /* the server gives up a statement first, the client after that */
#define TRIES 5
#define PAUSE_MS 8                /* before the second try at most; doubles */

/* my_bool in MariaDB's header, bool in MySQL 8's. */
typedef __typeof__(*((MYSQL_BIND *)0)->is_null) sql_bool;

/* --- connecting ------------------------------------------------------------------------------------------------------ */

/* A statement of our own without parameters; what it returns is thrown away. */
static const struct err *command(struct db *db, MYSQL *mysql, const char *text, bool may_have_written)
{
    enum fault_kind kind = strcmp(text, "COMMIT") == 0 ? FAULT_COMMIT : FAULT_READ;
    MYSQL_RES *result;

    TRY(db_fault(db, FAULT_BEFORE, kind, text, may_have_written));
    if (mysql_real_query(mysql, text, strlen(text)) != 0)
        return db_failed(db, text, mysql_errno(mysql), mysql_error(mysql), may_have_written);
    result = mysql_store_result(mysql);
    if (result != NULL)
        mysql_free_result(result);
    else if (mysql_errno(mysql) != 0)
        return db_failed(db, text, mysql_errno(mysql), mysql_error(mysql), may_have_written);
    return db_fault(db, FAULT_AFTER, kind, text, may_have_written);
}

/* Whether the second column of the first row is ON; false too if there is no row. */
static const struct err *is_on(struct db *db, MYSQL *mysql, const char *text, bool *answer)
{
    MYSQL_RES *result;
    MYSQL_ROW row;

    if (mysql_real_query(mysql, text, strlen(text)) != 0 || (result = mysql_store_result(mysql)) == NULL)
        return db_failed(db, text, mysql_errno(mysql), mysql_error(mysql), false);
    row = mysql_fetch_row(result);
    *answer = row != NULL && row[1] != NULL && strcmp(row[1], "ON") == 0;
    mysql_free_result(result);
    return NULL;
}

/* A Galera node that has lost the others still answers SELECT 1: it must be asked for its readiness. */
static const struct err *check_node(struct db *db, MYSQL *mysql)
{
    bool is_ready = true;

    TRY(db_fault(db, FAULT_BEFORE, FAULT_READ, "ping", false));
    if (db->is_cluster)
        TRY(is_on(db, mysql, "SHOW GLOBAL STATUS LIKE 'wsrep_ready'", &is_ready));
    else if (mysql_ping(mysql) != 0)
        return db_failed(db, "ping", mysql_errno(mysql), mysql_error(mysql), false);
    return is_ready ? NULL : err_new(ERR_BUSY, 1047, "the node is not ready");
}

static const struct err *open_session(struct db *db, MYSQL *mysql)
{
    const struct config *config = db->config;
    char limits[240], statement_limit[80];
    const char *const texts[] = {
        "SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci",
        limits,
        "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
        "SET SESSION TRANSACTION READ WRITE",
        statement_limit,
        "SET SESSION innodb_snapshot_isolation = ON",
    };

    (void)snprintf(limits, sizeof limits, "SET SESSION autocommit = 1, time_zone = '+00:00', innodb_lock_wait_timeout = %lld, "
                   "sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,"
                   "NO_ZERO_IN_DATE'", (long long)config->database.lock_timeout_s);
    (void)snprintf(statement_limit, sizeof statement_limit, "SET SESSION max_statement_time = %lld",
                   db->is_unlimited ? 0LL : (long long)config->database.statement_timeout_s);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct err *err = command(db, mysql, texts[i], false);

        /* Other servers and older ones do not know each of the last two; everything else is relied on. */
        if (err != NULL && !(err->code == 1193 && i >= 4))
            return err;
    }
    db->is_session_read_only = false;
    TRY(is_on(db, mysql, "SHOW GLOBAL VARIABLES LIKE 'wsrep_on'", &db->is_cluster));
    return db->is_cluster ? check_node(db, mysql) : NULL;
}

static void set_options(const struct db *db, MYSQL *mysql, bool is_tcp)
{
    const struct config *config = db->config;
    unsigned connect_s = (unsigned)config->database.connect_timeout_s;
    unsigned wait_s = db->is_unlimited ? 0 : (unsigned)config->database.statement_timeout_s + READ_EXTRA_S;
    unsigned protocol = is_tcp ? MYSQL_PROTOCOL_TCP : MYSQL_PROTOCOL_SOCKET;
    unsigned local_files = 0;
    sql_bool yes = 1;

    (void)mysql_options(mysql, MYSQL_OPT_CONNECT_TIMEOUT, &connect_s);
    (void)mysql_options(mysql, MYSQL_OPT_PROTOCOL, &protocol);
    (void)mysql_options(mysql, MYSQL_OPT_LOCAL_INFILE, &local_files);
    (void)mysql_options(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    (void)mysql_options(mysql, MYSQL_REPORT_DATA_TRUNCATION, &yes);
    if (wait_s > 0) {
        (void)mysql_options(mysql, MYSQL_OPT_READ_TIMEOUT, &wait_s);
        (void)mysql_options(mysql, MYSQL_OPT_WRITE_TIMEOUT, &wait_s);
    }
    if (config->database.tls_ca[0] != '\0') {
        (void)mysql_options(mysql, MYSQL_OPT_SSL_CA, config->database.tls_ca);
#ifdef MARIADB_BASE_VERSION
        (void)mysql_options(mysql, MYSQL_OPT_SSL_ENFORCE, &yes);
        (void)mysql_options(mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes);
#else
        unsigned identity = SSL_MODE_VERIFY_IDENTITY;

        (void)mysql_options(mysql, MYSQL_OPT_SSL_MODE, &identity);
#endif
    }
}

/* One server: `host` and `port`, or the socket when host is NULL. */
static const struct err *connect_to(struct db *db, const char *host, unsigned port)
{
    const struct config *config = db->config;
    const char *socket = host == NULL ? config->database.socket : NULL;
    const struct err *err = db_fault(db, FAULT_BEFORE, FAULT_CONNECT, "connect", false);
    MYSQL *mysql;

    if (err != NULL)
        return err;
    mysql = mysql_init(NULL);
    if (mysql == NULL)
        abort();
    set_options(db, mysql, host != NULL);
    db->is_broken = false;
    /* An UPDATE counts the rows it matched (FOUND_ROWS), so a compare-and-swap to an equal value has not failed. */
    if (mysql_real_connect(mysql, host, config->database.user, db->password, config->database.name, port, socket,
                           CLIENT_FOUND_ROWS) == NULL)
        err = err_new(ERR_BUSY, (int)mysql_errno(mysql), "%u %s", mysql_errno(mysql), mysql_error(mysql));
    else if (config->database.tls_ca[0] != '\0' && mysql_get_ssl_cipher(mysql) == NULL)
        err = err_new(ERR_BUSY, 0, "the connection is not encrypted");
    else
        err = open_session(db, mysql);
    if (err == NULL)
        db->mysql = mysql;
    else
        mysql_close(mysql);
    return err;
}

/* "db1:3307", "db1", "[::1]:3306" within `entry`, which is cut into pieces. False if it is none of these. */
static bool split_host(char *entry, char **host, unsigned *port)
{
    char *colon, *end;
    unsigned long number = PORT_DEFAULT;

    *host = entry;
    colon = strrchr(entry, ':');
    if (*entry == '[') {
        char *bracket = strchr(entry, ']');

        if (bracket == NULL || (bracket[1] != '\0' && bracket[1] != ':'))
            return false;
        colon = bracket[1] == ':' ? bracket + 1 : NULL;
        *bracket = '\0';
        *host = entry + 1;
    }
    if (colon != NULL) {
        *colon = '\0';
        number = strtoul(colon + 1, &end, 10);
        if (end == colon + 1 || *end != '\0' || number > 65535)
            return false;
    }
    *port = (unsigned)number;
    return **host != '\0' && number > 0;
}

/* The library's own host list passes over a server only if it refuses; one that accepts and stays silent, or is not ready,
 * must be passed over too. */
static const struct err *connect_any(struct db *db)
{
    void *mem = mem_context(NULL, "hosts");
    struct buf *failures = buf_new(mem, 256);
    char *list = mem_copy(mem, db->config->database.hosts), *rest = list, *entry;
    const struct err *err = NULL;

    if (*list == '\0') {
        err = connect_to(db, NULL, 0);
        if (err != NULL)
            buf_format(failures, "%s: %s", db->config->database.socket, err->what);
    }
    while ((entry = strtok_r(rest, ", ", &rest)) != NULL) {
        const char *shown = mem_copy(mem, entry);
        unsigned port;
        char *host;

        err = split_host(entry, &host, &port) ? connect_to(db, host, port) : err_new(ERR_BUSY, 0, "is not host:port");
        if (err == NULL)
            break;
        buf_format(failures, "%s%s: %s", failures->n > 0 ? "; " : "", shown, err->what);
    }
    if (db->mysql == NULL)
        err = err_new(ERR_BUSY, err == NULL ? 0 : err->code, "no database: %s", failures->bytes);
    talloc_free(mem);
    return err;
}

static int end_db(struct db *db)
{
    db_close(db);
    secret_wipe(db->password, strlen(db->password));
    return 0;
}

struct db *db_new(const void *ctx, const struct config *config, const char *password)
{
    struct db *db = mem_new(ctx, struct db);

    db->config = config;
    db->password = mem_copy(db, password);
    talloc_set_destructor(db, end_db);
    return db;
}

const struct err *db_of_config(const void *ctx, const struct config *config, struct db **db)
{
    char *password = NULL;

    TRY(config_secret(ctx, config->database.password_file, &password));
    *db = db_new(ctx, config, password);
    secret_wipe(password, strlen(password));
    talloc_free(password);
    return NULL;
}

void db_close(struct db *db)
{
    if (db->mysql != NULL)
        mysql_close(db->mysql);
    db->mysql = NULL;
    db->is_broken = false;
    db->worked_at = INSTANT_NONE;
    db_forget_prepared(db);
}

void db_limit_statements(struct db *db, bool is_limited)
{
    if (db->is_unlimited != is_limited)
        return;
    db->is_unlimited = !is_limited;
    db_close(db);
}

const struct err *db_ready(struct db *db, int64_t now)
{
    bool is_trusted = db->worked_at != INSTANT_NONE && now >= db->worked_at && now - db->worked_at < TRUSTED;

    if (db->in_transaction)
        return err_new(ERR_BUG, 0, "db_ready within a transaction");
    if (db->mysql != NULL && !db->is_broken && is_trusted) {
        db->ready_at = now;
        return NULL;
    }
    if (db->mysql == NULL || db->is_broken || check_node(db, db->mysql) != NULL) {
        db_close(db);
        TRY(connect_any(db));
    }
    db->ready_at = db->worked_at = now;
    return NULL;
}

/* --- running --------------------------------------------------------------------------------------------------------- */

static const struct err *check_deadline(const struct db *db)
{
    if (db->deadline_at != 0 && clock_now() > db->deadline_at)
        return err_new(ERR_BUSY, 0, "the deadline of the work has passed");
    return NULL;
}

void db_deadline(struct db *db, int64_t latest)
{
    db->deadline_at = latest;
}

static const struct err *switch_session(struct db *db, bool to_read_only)
{
    if (db->is_session_read_only == to_read_only)
        return NULL;
    TRY(command(db, db->mysql, to_read_only ? "SET SESSION TRANSACTION READ ONLY" : "SET SESSION TRANSACTION READ WRITE", false));
    db->is_session_read_only = to_read_only;
    return NULL;
}

void db_only_read(struct db *db, bool only_read)
{
    db->is_only_read = only_read;
}

const struct err *db_may_run(struct db *db, bool is_writing)
{
    if (db->is_doomed)
        return db_doom(db);
    if (db->mysql == NULL || db->is_broken)
        return err_new(ERR_BUSY, 0, "no connection to the database");
    if (is_writing && db->is_only_read)
        return err_new(ERR_BUG, 0, "a write where only reading is allowed");
    if (db->in_transaction)
        return NULL;
    if (db->is_only_read)
        return switch_session(db, true);
    if (!is_writing)
        return NULL;
    TRY(check_deadline(db));
    return switch_session(db, false);
}

const struct err *db_run_text(struct db *db, const char *text, const char *label)
{
    struct buf *statement = buf_new(NULL, 4096);
    const struct err *err = db_may_run(db, true);
    int n = 0;

    for (const char *line = text, *next; err == NULL && *line != '\0'; line = next) {
        size_t bytes = strcspn(line, "\n"), end = bytes;

        next = line + bytes + (line[bytes] == '\n');
        while (end > 0 && strchr(" \t\r", line[end - 1]) != NULL)
            end--;
        if (end == 0 || strncmp(line, "--", 2) == 0)
            continue;
        buf_add(statement, line, end);
        buf_char(statement, '\n');
        if (line[end - 1] != ';')
            continue;
        n++;
        statement->bytes[statement->n - 2] = '\0';   /* the server takes one statement and no ";" */
        err = command(db, db->mysql, statement->bytes, true);
        if (err != NULL)
            err = err_make(err->kind, err->code, __func__, "%s, statement %d: %s", label, n, mysql_error(db->mysql));
        buf_clear(statement);
    }
    if (err == NULL && statement->n > 0)
        err = err_new(ERR_INPUT, 0, "%s: the last statement has no ; at the end of a line", label);
    if (err == NULL)
        db->worked_at = db->ready_at;
    talloc_free(statement);
    return err;
}

/* --- transactions ---------------------------------------------------------------------------------------------------- */

void db_test_fail_commit(struct db *db, int how)
{
    db->fail_commit = how;
}

static const struct err *begin(struct db *db, enum db_mode mode)
{
    TRY(db_may_run(db, false));
    if (mode == DB_READ_ONLY)
        return switch_session(db, true);
    if (db->is_only_read)
        return err_new(ERR_BUG, 0, "a writing transaction where only reading is allowed");
    TRY(check_deadline(db));
    return command(db, db->mysql, "START TRANSACTION READ WRITE", false);
}

/* Only an error that says so leaves it certain that nothing was committed. */
static const struct err *commit(struct db *db)
{
    int how = db->fail_commit;
    const struct err *err;

    db->fail_commit = 0;
    if (how == 2)
        (void)shutdown(mysql_get_socket(db->mysql), SHUT_RDWR);
    err = command(db, db->mysql, "COMMIT", true);
    if (err == NULL && how == 1) {
        db->is_broken = true;
        return err_new(ERR_UNCERTAIN, 2013, "COMMIT: the answer was lost");
    }
    if (err == NULL || db_is_refused(err->code))
        return err;
    db->is_broken = true;
    return err_make(ERR_UNCERTAIN, err->code, __func__, "%s", err->what);
}

static void roll_back(struct db *db)
{
    if (db->mysql != NULL && !db->is_broken && command(db, db->mysql, "ROLLBACK", false) != NULL)
        db->is_broken = true;
}

static const struct err *run_once(struct db *db, enum db_mode mode, const struct err *(*work)(struct db *db, void *arg), void *arg)
{
    const struct err *err;

    TRY(begin(db, mode));
    db->in_transaction = true;
    db->mode = mode;
    err = work(db, arg);
    if (err == NULL && db->is_doomed)
        err = db_doom(db);
    db->in_transaction = false;
    db->is_doomed = false;
    if (mode == DB_READ_ONLY)
        return err;
    if (err == NULL)
        err = check_deadline(db);
    if (err == NULL) {
        err = commit(db);
        if (err == NULL)
            return NULL;
    }
    roll_back(db);
    return err;
}

/* Whoever collided does not come back at the same moment. */
static void pause_after(int attempt)
{
    unsigned micros = rand_below((PAUSE_MS * 1000u) << (attempt - 1));
    struct timespec pause = { 0, (long)micros * 1000 };

    (void)nanosleep(&pause, NULL);
}

const struct err *db_transaction(struct db *db, enum db_mode mode, const struct err *(*work)(struct db *db, void *arg), void *arg)
{
    const struct err *err;

    if (db->in_transaction)
        return err_new(ERR_BUG, 0, "a transaction within a transaction");
    for (int attempt = 1;; attempt++) {
        err = run_once(db, mode, work, arg);
        if (err == NULL || attempt == TRIES || !db_is_worth_another_try(err))
            return err;
        pause_after(attempt);
    }
}
