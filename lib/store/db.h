/* db.h - one connection, prepared statements as data, transactions. <mysql.h> is included by the files db*.c alone.
 *
 * A statement is a constant row: name, text, letters of its parameters and results. It is prepared on first use on a
 * connection and kept. Letters: i int64_t · s text (NULL is SQL NULL) · b bytes (pointer and length: two arguments; NULL is
 * SQL NULL) · t instant (INSTANT_NONE is SQL NULL; DATETIME(6), UTC) · I int64_t where 0 means SQL NULL (references).
 * Results: i s b t; a NULL reads as 0, "", empty bytes, INSTANT_NONE, and db_is_null() tells.
 * Arguments are not checked by the compiler: an i must be int64_t (INT64_C(1), not 1) and a length size_t.
 *
 * Sessions run in UTC, READ COMMITTED, sql_mode strict, utf8mb4, with statement and lock time-outs, autocommit on outside
 * db_transaction(). There is no automatic reconnect within a request: db_ready() at its start makes one.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "base/err.h"

struct db;

struct db_statement {
    const char *name;      /* for errors and the log */
    const char *text;      /* SQL with ? */
    const char *params;    /* letters */
    const char *results;   /* letters; "" for none */
};

struct db_rows {
    size_t n;
    size_t columns;
    const struct db_cell *cells;   /* n · columns */
};
struct db_cell { bool is_null; int64_t number; const char *bytes; size_t bytes_n; };

/* A connection, not yet made. password may be "". config is kept, not copied. Lives in ctx; closing is its destructor. */
struct db *db_new(const void *ctx, const struct config *config, const char *password);
/* The same with the password of config->database.password_file. */
const struct err *db_of_config(const void *ctx, const struct config *config, struct db **db);

/* Makes sure there is a usable connection: the next host is tried when one refuses, does not answer, or is not ready.
 * ERR_BUSY if there is none. Cheap when all is well: a connection that worked within the last 5 s is trusted.
 * Not within db_transaction(). */
const struct err *db_ready(struct db *db, int64_t now);
void db_close(struct db *db);    /* the next db_ready() connects anew */

/* Runs a statement without results. *affected (may be NULL) counts the rows that the WHERE matched, changed or not; after
 * ON DUPLICATE KEY UPDATE it is 1 for a new row. A duplicate key is ERR_CONFLICT with code 1062, and db_is_duplicate() names
 * the key. Deadlock, lock time-out and snapshot conflicts (1213, 1205, 1020) and lost connections are ERR_BUSY; a connection
 * lost in a write outside db_transaction() is ERR_UNCERTAIN. */
const struct err *db_exec(struct db *db, const struct db_statement *statement, int64_t *affected, ...);
/* Runs a statement without results for many rows of parameters in as few messages as the server can take, as one statement each
 * where it can: n rows of as many values as there are letters, one row after the other. Letters i s b t. Only in a transaction,
 * or where half of the rows may be written when it fails. */
struct db_value { int64_t number; const char *bytes; size_t bytes_n; };   /* i, t: number; s, b: bytes, NULL is SQL NULL */
const struct err *db_exec_rows(struct db *db, const struct db_statement *statement, const struct db_value *values, size_t n);
/* What is typed, for comparison with a column in ASCII: a text that is none cannot be in it, and the server compares no such thing. */
const char *db_ascii(const char *text);   /* "" then */
struct db_value db_value_int(int64_t number);
struct db_value db_value_text(const char *text);   /* may be NULL */
struct db_value db_value_bytes(const void *bytes, size_t n);
/* Runs a query; all rows are copied into ctx. Every query has a LIMIT. */
const struct err *db_query(struct db *db, const void *ctx, const struct db_statement *statement, struct db_rows **rows, ...);
/* Runs a query and shows its rows to `look` one by one as they come, without keeping any: for results of any length, which need no
 * LIMIT. What `look` is given (n = 1) is good until it returns; an error it returns ends the reading and is passed on. It must
 * not use the connection. */
typedef const struct err *db_look(void *arg, const struct db_rows *row);
const struct err *db_each(struct db *db, const struct db_statement *statement, db_look *look, void *arg, ...);
/* AUTO_INCREMENT of the last insert on this connection. */
int64_t db_insert_id(struct db *db);
/* Whether err is a duplicate on that unique key. */
bool db_is_duplicate(const struct err *err, const char *key);

bool db_is_null(const struct db_rows *rows, size_t row, size_t column);
int64_t db_int(const struct db_rows *rows, size_t row, size_t column);
int64_t db_time(const struct db_rows *rows, size_t row, size_t column);
const char *db_text(const struct db_rows *rows, size_t row, size_t column);
const char *db_bytes(const struct db_rows *rows, size_t row, size_t column, size_t *n);

/* Runs `work` in a transaction and commits when it returns NULL; rolls back otherwise. After an ERR_BUSY in it nothing more
 * is run in it, whatever `work` returns. Deadlocks, lock time-outs and
 * snapshot conflicts run the whole of it again (at most 5 times in all, with jitter), so `work` must build its results
 * anew each time. A connection lost during COMMIT is ERR_UNCERTAIN: look the one-time key up before answering; lost before,
 * ERR_BUSY and nothing was changed. Does not nest.
 * DB_READ_ONLY: the server refuses every write (ERR_BUG). It costs no round trip where one follows another: the session is
 * switched, not a transaction begun, as READ COMMITTED gives each statement its own snapshot anyway. */
enum db_mode { DB_READ_WRITE, DB_READ_ONLY };
const struct err *db_transaction(struct db *db, enum db_mode mode, const struct err *(*work)(struct db *db, void *arg), void *arg);

/* What `work` returns to have the whole transaction run again: a conditional UPDATE found its row changed. Given up as
 * ERR_CONFLICT after the same number of times. */
const struct err *db_again(const char *why);

/* Nothing is written after this instant: a COMMIT, or a write outside db_transaction(), is dropped with ERR_BUSY; 0 = no
 * deadline. Stays until set again. */
void db_deadline(struct db *db, int64_t latest);

/* While this holds whatever writes is refused (ERR_BUG), by this module and by the server: the session is READ ONLY, which
 * costs a round trip only after a write. For requests that must only read. Stays until set again; not within
 * db_transaction(). */
void db_only_read(struct db *db, bool only_read);

/* Prepares these statements, which checks them against the schema, their letters included (make check-sql; statements.c
 * lists those of the program). Returns the first that fails. */
const struct err *db_prepare_all(struct db *db, const struct db_statement *const *statements, size_t n);

/* Whether the statement time-outs of the config hold (they do at first). A change closes the connection; the next
 * db_ready() makes one that has them, or has none: for migrations. */
void db_limit_statements(struct db *db, bool is_limited);

/* Runs plain SQL statements, each ended by ";" at the end of a line (comments "-- " at the start of a line are skipped): for
 * migrations and grants. `label` names it in errors. */
const struct err *db_run_text(struct db *db, const char *text, const char *label);

/* For tests only: the next COMMIT of a writing transaction ends as ERR_UNCERTAIN. how 1: the server commits and the answer
 * is lost; 2: the connection is cut before the COMMIT reaches the server. */
void db_test_fail_commit(struct db *db, int how);

#endif
