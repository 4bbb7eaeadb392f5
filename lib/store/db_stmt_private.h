/* db_stmt_private.h - what db_stmt.c, db_many.c and db_fetch.c share: statements that are prepared, and their parameters. */
#ifndef STORE_DB_STMT_PRIVATE_H
#define STORE_DB_STMT_PRIVATE_H

#include <stdarg.h>
#include <string.h>

#include <mysql.h>

#include "store/db_private.h"

#define COLUMNS_MAX 64        /* of a statement's parameters, and of its results */
#define TEXT_ROOM 256u        /* a longer value is fetched once more by itself */

/* my_bool in MariaDB's header, bool in MySQL 8's. */
typedef __typeof__(*((MYSQL_BIND *)0)->is_null) sql_bool;

struct column {               /* where the library puts one column of the row it reads */
    int64_t number;
    MYSQL_TIME time;
    char *text;               /* TEXT_ROOM bytes and one more, for the letters s and b */
    unsigned long length;     /* the whole, even if it did not fit */
    sql_bool is_null, is_cut;
};

struct prepared {
    const struct db_statement *statement;
    MYSQL_STMT *stmt;
    MYSQL_BIND *binds;
    struct column *columns;
};

struct params {
    size_t n;
    MYSQL_BIND binds[COLUMNS_MAX];
    int64_t numbers[COLUMNS_MAX];
    unsigned long lengths[COLUMNS_MAX];
    MYSQL_TIME times[COLUMNS_MAX];
};

const struct err *db_time_of(int64_t at, MYSQL_TIME *time);
int64_t db_instant_of(const MYSQL_TIME *time);

size_t db_params_expected(const struct db_statement *statement);
void db_bind_number(struct params *params, size_t i, int64_t number, bool is_null);
void db_bind_bytes(struct params *params, size_t i, enum enum_field_types type, const char *bytes, size_t n);

const struct err *db_stmt_failed(struct db *db, const struct prepared *prepared, bool may_have_written);
const struct err *db_prepare(struct db *db, const struct db_statement *statement, struct prepared **found);
const struct err *db_execute(struct db *db, const struct db_statement *statement, struct prepared **prepared, va_list args);
bool db_is_reading(const struct db_statement *statement);

#endif
