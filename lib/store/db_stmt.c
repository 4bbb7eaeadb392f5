#include <string.h>
#include <strings.h>

#include <mysql.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/db.h"
#include "store/db_private.h"

#define COLUMNS_MAX 64        /* of a statement's parameters, and of its results */
#define TEXT_ROOM 256u        /* a longer value is fetched once more by itself */

/* my_bool in MariaDB's header, bool in MySQL 8's. */
typedef __typeof__(*((MYSQL_BIND *)0)->is_null) sql_bool;

struct column {               /* where the library puts one column of the row it reads */
    int64_t number;
    MYSQL_TIME time;
    char *text;               /* TEXT_ROOM bytes, for the letters s and b */
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

/* --- instants -------------------------------------------------------------------------------------------------------- */

static const struct err *time_of(int64_t at, MYSQL_TIME *time)
{
    struct civil civil = clock_civil(at, "UTC");

    if (civil.year < 1000 || civil.year > 9999)
        return err_new(ERR_BUG, 0, "an instant in the year %d", civil.year);
    *time = (MYSQL_TIME){
        .year = (unsigned)civil.year,
        .month = (unsigned)civil.month,
        .day = (unsigned)civil.day,
        .hour = (unsigned)civil.hour,
        .minute = (unsigned)civil.minute,
        .second = (unsigned)civil.second,
        .second_part = (unsigned long)civil.micros,
        .time_type = MYSQL_TIMESTAMP_DATETIME,
    };
    return NULL;
}

static int64_t instant_of(const MYSQL_TIME *time)
{
    struct civil civil = {
        .year = (int)time->year,
        .month = (int)time->month,
        .day = (int)time->day,
        .hour = (int)time->hour,
        .minute = (int)time->minute,
        .second = (int)time->second,
        .micros = (int)time->second_part,
    };

    return clock_instant(&civil, "UTC");
}

/* --- preparing ------------------------------------------------------------------------------------------------------- */

/* A statement that only reads can be lost without doubt about its effect. */
static bool is_reading(const struct db_statement *statement)
{
    return strncasecmp(statement->text, "SELECT", 6) == 0 || strncasecmp(statement->text, "WITH", 4) == 0;
}

static const struct err *stmt_failed(struct db *db, const struct prepared *prepared, bool may_have_written)
{
    unsigned code = mysql_stmt_errno(prepared->stmt);

    /* What ends a result half-way is an error of the connection. */
    if (code == 0)
        return db_failed(db, prepared->statement->name, mysql_errno(db->mysql), mysql_error(db->mysql), may_have_written);
    return db_failed(db, prepared->statement->name, code, mysql_stmt_error(prepared->stmt), may_have_written);
}

static bool fits_letter(char letter, enum enum_field_types type)
{
    switch (type) {
    case MYSQL_TYPE_NULL:
        return true;
    case MYSQL_TYPE_TINY: case MYSQL_TYPE_SHORT: case MYSQL_TYPE_INT24: case MYSQL_TYPE_LONG: case MYSQL_TYPE_LONGLONG:
    case MYSQL_TYPE_YEAR:
        return letter == 'i';
    case MYSQL_TYPE_DECIMAL: case MYSQL_TYPE_NEWDECIMAL:   /* what SUM() of integers is */
        return letter == 'i' || letter == 's';
    case MYSQL_TYPE_DATETIME: case MYSQL_TYPE_TIMESTAMP: case MYSQL_TYPE_DATE:
        return letter == 't';
    case MYSQL_TYPE_FLOAT: case MYSQL_TYPE_DOUBLE: case MYSQL_TYPE_TIME: case MYSQL_TYPE_BIT:
        return letter == 's';
    default:
        return letter == 's' || letter == 'b';
    }
}

/* Gives every result column its place. Also finds the letters that do not fit what the server will send. */
static const struct err *bind_results(struct db *db, struct prepared *prepared)
{
    const struct db_statement *statement = prepared->statement;
    size_t n = strlen(statement->results);
    MYSQL_RES *meta;

    if (n > COLUMNS_MAX || mysql_stmt_field_count(prepared->stmt) != n)
        return err_new(ERR_BUG, 0, "%s: %zu result letters, %u columns", statement->name, n,
                       mysql_stmt_field_count(prepared->stmt));
    if (n == 0)
        return NULL;
    meta = mysql_stmt_result_metadata(prepared->stmt);
    if (meta == NULL)
        return stmt_failed(db, prepared, false);
    prepared->binds = mem_array(prepared, MYSQL_BIND, n);
    prepared->columns = mem_array(prepared, struct column, n);
    for (size_t i = 0; i < n; i++) {
        struct column *column = &prepared->columns[i];
        MYSQL_BIND *bind = &prepared->binds[i];
        char letter = statement->results[i];

        if (strchr("isbt", letter) == NULL || !fits_letter(letter, mysql_fetch_field_direct(meta, (unsigned)i)->type)) {
            mysql_free_result(meta);
            return err_new(ERR_BUG, 0, "%s: result %zu is no %c", statement->name, i + 1, letter);
        }
        bind->is_null = &column->is_null;
        bind->error = &column->is_cut;
        bind->length = &column->length;
        if (letter == 'i') {
            bind->buffer_type = MYSQL_TYPE_LONGLONG;
            bind->buffer = &column->number;
            bind->buffer_length = sizeof column->number;
        } else if (letter == 't') {
            bind->buffer_type = MYSQL_TYPE_DATETIME;
            bind->buffer = &column->time;
            bind->buffer_length = sizeof column->time;
        } else {
            column->text = mem_array(prepared->columns, char, TEXT_ROOM);
            bind->buffer_type = letter == 's' ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB;
            bind->buffer = column->text;
            bind->buffer_length = TEXT_ROOM;
        }
    }
    mysql_free_result(meta);
    if (mysql_stmt_bind_result(prepared->stmt, prepared->binds) != 0)
        return stmt_failed(db, prepared, false);
    return NULL;
}

static size_t params_expected(const struct db_statement *statement)
{
    return strspn(statement->params, "isbtI");
}

static const struct err *prepare_new(struct db *db, struct prepared *prepared)
{
    const struct db_statement *statement = prepared->statement;
    size_t n = params_expected(statement);

    TRY(db_fault(db, FAULT_BEFORE, FAULT_READ, statement->name, false));
    if (mysql_stmt_prepare(prepared->stmt, statement->text, strlen(statement->text)) != 0)
        return stmt_failed(db, prepared, false);
    if (n > COLUMNS_MAX || statement->params[n] != '\0' || mysql_stmt_param_count(prepared->stmt) != n)
        return err_new(ERR_BUG, 0, "%s: parameter letters \"%s\", %lu places", statement->name, statement->params,
                       mysql_stmt_param_count(prepared->stmt));
    return bind_results(db, prepared);
}

static int end_prepared(struct prepared *prepared)
{
    (void)mysql_stmt_close(prepared->stmt);
    return 0;
}

/* A page uses a handful out of some two hundred: a look through pointers costs nothing beside the round trip. */
static const struct err *prepare(struct db *db, const struct db_statement *statement, struct prepared **found)
{
    struct prepared *prepared;

    for (size_t i = 0; i < db->prepared_n; i++)
        if (db->prepared[i]->statement == statement) {
            *found = db->prepared[i];
            return NULL;
        }
    prepared = mem_new(db, struct prepared);
    prepared->statement = statement;
    prepared->stmt = mysql_stmt_init(db->mysql);
    if (prepared->stmt == NULL) {
        talloc_free(prepared);
        return err_new(ERR_BUSY, 0, "%s: no statement handle", statement->name);
    }
    talloc_set_destructor(prepared, end_prepared);

    const struct err *err = prepare_new(db, prepared);
    if (err != NULL) {
        talloc_free(prepared);
        return err;
    }
    if (db->prepared_n == db->prepared_room) {
        size_t room = db->prepared_room == 0 ? 64 : 2 * db->prepared_room;

        db->prepared = mem_grow(db, db->prepared, sizeof *db->prepared, db->prepared_room, room);
        db->prepared_room = room;
    }
    db->prepared[db->prepared_n++] = prepared;
    *found = prepared;
    return NULL;
}

/* mysql_close() has cut the handles off, so closing them frees memory only. */
void db_forget_prepared(struct db *db)
{
    for (size_t i = 0; i < db->prepared_n; i++)
        talloc_free(db->prepared[i]);
    db->prepared_n = 0;
}

const struct err *db_prepare_all(struct db *db, const struct db_statement *const *statements, size_t n)
{
    struct prepared *prepared;

    TRY(db_may_run(db, false));
    for (size_t i = 0; i < n; i++)
        TRY(prepare(db, statements[i], &prepared));
    return NULL;
}

/* --- running --------------------------------------------------------------------------------------------------------- */

static void bind_number(struct params *params, size_t i, int64_t number, bool is_null)
{
    MYSQL_BIND *bind = &params->binds[i];

    params->numbers[i] = number;
    bind->buffer_type = is_null ? MYSQL_TYPE_NULL : MYSQL_TYPE_LONGLONG;
    bind->buffer = &params->numbers[i];
}

static void bind_bytes(struct params *params, size_t i, enum enum_field_types type, const char *bytes, size_t n)
{
    MYSQL_BIND *bind = &params->binds[i];

    params->lengths[i] = n;
    bind->buffer_type = bytes == NULL ? MYSQL_TYPE_NULL : type;
    bind->buffer = (void *)bytes;
    bind->buffer_length = n;
    bind->length = &params->lengths[i];
}

static const struct err *bind_params(struct params *params, const struct db_statement *statement, va_list args)
{
    params->n = params_expected(statement);
    memset(params->binds, 0, params->n * sizeof *params->binds);
    for (size_t i = 0; i < params->n; i++) {
        const char *bytes;
        int64_t number;

        switch (statement->params[i]) {
        case 'i':
            bind_number(params, i, va_arg(args, int64_t), false);
            break;
        case 'I':
            number = va_arg(args, int64_t);
            bind_number(params, i, number, number == 0);
            break;
        case 's':
            bytes = va_arg(args, const char *);
            bind_bytes(params, i, MYSQL_TYPE_STRING, bytes, bytes == NULL ? 0 : strlen(bytes));
            break;
        case 'b':
            bytes = va_arg(args, const void *);
            bind_bytes(params, i, MYSQL_TYPE_BLOB, bytes, va_arg(args, size_t));
            break;
        default:
            number = va_arg(args, int64_t);
            params->binds[i].buffer_type = number == INSTANT_NONE ? MYSQL_TYPE_NULL : MYSQL_TYPE_DATETIME;
            params->binds[i].buffer = &params->times[i];
            if (number != INSTANT_NONE)
                TRY(time_of(number, &params->times[i]));
        }
    }
    return NULL;
}

static const struct err *execute(struct db *db, const struct db_statement *statement, struct prepared **prepared, va_list args)
{
    bool is_writing = !is_reading(statement);
    struct params params;
    const struct err *err;

    TRY(db_may_run(db, is_writing));
    TRY(prepare(db, statement, prepared));
    err = bind_params(&params, statement, args);
    if (err != NULL)
        return err_wrap(err, "%s", statement->name);
    TRY(db_fault(db, FAULT_BEFORE, is_writing ? FAULT_WRITE : FAULT_READ, statement->name, is_writing && !db->in_transaction));
    if ((params.n > 0 && mysql_stmt_bind_param((*prepared)->stmt, params.binds) != 0) ||
        mysql_stmt_execute((*prepared)->stmt) != 0)
        return stmt_failed(db, *prepared, is_writing && !db->in_transaction);
    return db_fault(db, FAULT_AFTER, is_writing ? FAULT_WRITE : FAULT_READ, statement->name, is_writing && !db->in_transaction);
}

const struct err *db_exec(struct db *db, const struct db_statement *statement, int64_t *affected, ...)
{
    struct prepared *prepared;
    const struct err *err;
    va_list args;

    if (statement->results[0] != '\0')
        return err_new(ERR_BUG, 0, "%s: db_exec() of a query", statement->name);
    va_start(args, affected);
    err = execute(db, statement, &prepared, args);
    va_end(args);
    if (err != NULL)
        return err;
    db->has_worked = true;
    if (mysql_stmt_insert_id(prepared->stmt) != 0)
        db->insert_id = (int64_t)mysql_stmt_insert_id(prepared->stmt);
    if (affected != NULL)
        *affected = (int64_t)mysql_stmt_affected_rows(prepared->stmt);
    return NULL;
}

/* --- many rows ------------------------------------------------------------------------------------------------------- */

struct db_value db_value_int(int64_t number)
{
    return (struct db_value){ .number = number };
}

struct db_value db_value_text(const char *text)
{
    return (struct db_value){ .bytes = text, .bytes_n = text == NULL ? 0 : strlen(text) };
}

struct db_value db_value_bytes(const void *bytes, size_t n)
{
    return (struct db_value){ .bytes = bytes, .bytes_n = n };
}

#ifdef MARIADB_BASE_VERSION
/* The values of one parameter in all rows, as the library wants them: a column. */
static const struct err *bind_column(const void *ctx, MYSQL_BIND *bind, char letter, const struct db_value *values, size_t n,
                                     size_t step)
{
    char *indicators = mem_array(ctx, char, n);

    bind->u.indicator = indicators;
    if (letter == 'i') {
        int64_t *numbers = mem_array(ctx, int64_t, n);

        for (size_t r = 0; r < n; r++)
            numbers[r] = values[r * step].number;
        bind->buffer_type = MYSQL_TYPE_LONGLONG;
        bind->buffer = numbers;
        return NULL;
    }
    const void **places = mem_array(ctx, const void *, n);
    MYSQL_TIME *times = letter == 't' ? mem_array(ctx, MYSQL_TIME, n) : NULL;

    bind->length = mem_array(ctx, unsigned long, n);
    bind->buffer_type = letter == 't' ? MYSQL_TYPE_DATETIME : letter == 's' ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB;
    bind->buffer = (void *)places;
    for (size_t r = 0; r < n; r++) {
        const struct db_value *value = &values[r * step];

        if (times != NULL ? value->number == INSTANT_NONE : value->bytes == NULL) {
            indicators[r] = STMT_INDICATOR_NULL;
            places[r] = "";
            continue;
        }
        places[r] = times != NULL ? (const void *)&times[r] : value->bytes;
        bind->length[r] = value->bytes_n;
        if (times != NULL)
            TRY(time_of(value->number, &times[r]));
    }
    return NULL;
}

static const struct err *execute_rows(struct db *db, struct prepared *prepared, const struct db_value *values, size_t n)
{
    void *mem = mem_context(NULL, "rows");
    size_t columns = params_expected(prepared->statement);
    MYSQL_BIND *binds = mem_array(mem, MYSQL_BIND, columns);
    unsigned rows = (unsigned)n;
    const struct err *err = NULL;

    for (size_t i = 0; i < columns && err == NULL; i++)
        err = bind_column(mem, &binds[i], prepared->statement->params[i], values + i, n, columns);
    if (err == NULL && (mysql_stmt_attr_set(prepared->stmt, STMT_ATTR_ARRAY_SIZE, &rows) != 0 ||
                        mysql_stmt_bind_param(prepared->stmt, binds) != 0 || mysql_stmt_execute(prepared->stmt) != 0))
        err = stmt_failed(db, prepared, !db->in_transaction);
    talloc_free(mem);
    return err;
}
#else
static const struct err *execute_rows(struct db *db, struct prepared *prepared, const struct db_value *values, size_t n)
{
    size_t columns = params_expected(prepared->statement);
    struct params params;

    for (size_t r = 0; r < n; r++, values += columns) {
        memset(params.binds, 0, columns * sizeof *params.binds);
        for (size_t i = 0; i < columns; i++) {
            char letter = prepared->statement->params[i];

            if (letter == 'i')
                bind_number(&params, i, values[i].number, false);
            else if (letter != 't')
                bind_bytes(&params, i, letter == 's' ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB, values[i].bytes, values[i].bytes_n);
            else if (values[i].number == INSTANT_NONE)
                params.binds[i].buffer_type = MYSQL_TYPE_NULL;
            else {
                params.binds[i].buffer_type = MYSQL_TYPE_DATETIME;
                params.binds[i].buffer = &params.times[i];
                TRY(time_of(values[i].number, &params.times[i]));
            }
        }
        if (mysql_stmt_bind_param(prepared->stmt, params.binds) != 0 || mysql_stmt_execute(prepared->stmt) != 0)
            return stmt_failed(db, prepared, !db->in_transaction);
    }
    return NULL;
}
#endif

const struct err *db_exec_rows(struct db *db, const struct db_statement *statement, const struct db_value *values, size_t n)
{
    struct prepared *prepared;

    if (statement->results[0] != '\0' || strchr(statement->params, 'I') != NULL)
        return err_new(ERR_BUG, 0, "%s: db_exec_rows() of a query, or with the letter I", statement->name);
    if (n == 0)
        return NULL;
    TRY(db_may_run(db, true));
    TRY(prepare(db, statement, &prepared));
    TRY(db_fault(db, FAULT_BEFORE, FAULT_WRITE, statement->name, !db->in_transaction));
    TRY(execute_rows(db, prepared, values, n));
    TRY(db_fault(db, FAULT_AFTER, FAULT_WRITE, statement->name, !db->in_transaction));
    db->has_worked = true;
    return NULL;
}

int64_t db_insert_id(struct db *db)
{
    return db->insert_id;
}

/* Appends one text to `bytes`, with a NUL after it. */
static const struct err *take_text(struct db *db, const struct prepared *prepared, size_t i, struct buf *bytes)
{
    const struct column *column = &prepared->columns[i];
    MYSQL_BIND bind = prepared->binds[i];
    unsigned long length;
    sql_bool is_null, is_cut;

    if (column->length <= TEXT_ROOM) {
        buf_add(bytes, column->text, column->length);
        buf_char(bytes, '\0');
        return NULL;
    }
    bind.buffer = mem_array(bytes, char, column->length);
    bind.buffer_length = column->length;
    bind.length = &length;
    bind.is_null = &is_null;
    bind.error = &is_cut;
    if (mysql_stmt_fetch_column(prepared->stmt, &bind, (unsigned)i, 0) != 0)
        return stmt_failed(db, prepared, false);
    buf_add(bytes, bind.buffer, column->length);
    buf_char(bytes, '\0');
    talloc_free(bind.buffer);
    return NULL;
}

/* Texts of all rows lie one after the other in one buffer that may still move: their pointers are set at the end. */
static const struct err *take_row(struct db *db, const struct prepared *prepared, struct db_cell *cells, struct buf *bytes)
{
    for (size_t i = 0; prepared->statement->results[i] != '\0'; i++) {
        const struct column *column = &prepared->columns[i];
        char letter = prepared->statement->results[i];
        struct db_cell *cell = &cells[i];

        *cell = (struct db_cell){ .is_null = column->is_null != 0, .bytes = "", .number = letter == 't' ? INSTANT_NONE : 0 };
        if (cell->is_null)
            continue;
        if (letter == 's' || letter == 'b') {
            cell->bytes = NULL;
            cell->bytes_n = column->length;
            TRY(take_text(db, prepared, i, bytes));
        } else if (column->is_cut) {
            return err_new(ERR_BUG, 0, "%s: result %zu does not fit", prepared->statement->name, i + 1);
        } else {
            cell->number = letter == 't' ? instant_of(&column->time) : column->number;
        }
    }
    return NULL;
}

static const struct err *take_rows(struct db *db, const struct prepared *prepared, struct db_rows *rows)
{
    struct buf *bytes = buf_new(rows, 512);
    struct db_cell *cells = NULL;
    const char *at;
    size_t room = 0;
    int status;

    while ((status = mysql_stmt_fetch(prepared->stmt)) == 0 || status == MYSQL_DATA_TRUNCATED) {
        if (rows->n == room) {
            size_t more = room == 0 ? 8 : 2 * room;

            cells = mem_grow(rows, cells, sizeof *cells, room * rows->columns, more * rows->columns);
            room = more;
        }
        TRY(take_row(db, prepared, &cells[rows->n * rows->columns], bytes));
        rows->n++;
    }
    if (status != MYSQL_NO_DATA)
        return stmt_failed(db, prepared, !is_reading(prepared->statement) && !db->in_transaction);
    at = bytes->bytes;
    for (size_t i = 0; i < rows->n * rows->columns; i++)
        if (cells[i].bytes == NULL) {
            cells[i].bytes = at;
            at += cells[i].bytes_n + 1;
        }
    rows->cells = cells;
    return NULL;
}

const struct err *db_query(struct db *db, const void *ctx, const struct db_statement *statement, struct db_rows **rows, ...)
{
    struct prepared *prepared;
    struct db_rows *taken;
    const struct err *err;
    va_list args;

    if (statement->results[0] == '\0')
        return err_new(ERR_BUG, 0, "%s: db_query() without results", statement->name);
    va_start(args, rows);
    err = execute(db, statement, &prepared, args);
    va_end(args);
    if (err != NULL)
        return err;
    taken = mem_new(ctx, struct db_rows);
    taken->columns = strlen(statement->results);
    err = take_rows(db, prepared, taken);
    if (!db->is_broken && mysql_stmt_free_result(prepared->stmt) != 0 && err == NULL)
        err = stmt_failed(db, prepared, false);
    if (err != NULL) {
        talloc_free(taken);
        return err;
    }
    db->has_worked = true;
    *rows = taken;
    return NULL;
}
