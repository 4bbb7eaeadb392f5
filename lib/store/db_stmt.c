#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/db_stmt_private.h"

/* --- instants -------------------------------------------------------------------------------------------------------- */

const struct err *db_time_of(int64_t at, MYSQL_TIME *time)
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

int64_t db_instant_of(const MYSQL_TIME *time)
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
bool db_is_reading(const struct db_statement *statement)
{
    return strncasecmp(statement->text, "SELECT", 6) == 0 || strncasecmp(statement->text, "WITH", 4) == 0;
}

const struct err *db_stmt_failed(struct db *db, const struct prepared *prepared, bool may_have_written)
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
        return db_stmt_failed(db, prepared, false);
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
            column->text = mem_array(prepared->columns, char, TEXT_ROOM + 1);
            bind->buffer_type = letter == 's' ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB;
            bind->buffer = column->text;
            bind->buffer_length = TEXT_ROOM;
        }
    }
    mysql_free_result(meta);
    if (mysql_stmt_bind_result(prepared->stmt, prepared->binds) != 0)
        return db_stmt_failed(db, prepared, false);
    return NULL;
}

size_t db_params_expected(const struct db_statement *statement)
{
    return strspn(statement->params, "isbtI");
}

static const struct err *prepare_new(struct db *db, struct prepared *prepared)
{
    const struct db_statement *statement = prepared->statement;
    size_t n = db_params_expected(statement);

    TRY(db_fault(db, FAULT_BEFORE, FAULT_READ, statement->name, false));
    if (mysql_stmt_prepare(prepared->stmt, statement->text, strlen(statement->text)) != 0)
        return db_stmt_failed(db, prepared, false);
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
const struct err *db_prepare(struct db *db, const struct db_statement *statement, struct prepared **found)
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
        TRY(db_prepare(db, statements[i], &prepared));
    return NULL;
}

/* --- running --------------------------------------------------------------------------------------------------------- */

void db_bind_number(struct params *params, size_t i, int64_t number, bool is_null)
{
    MYSQL_BIND *bind = &params->binds[i];

    params->numbers[i] = number;
    bind->buffer_type = is_null ? MYSQL_TYPE_NULL : MYSQL_TYPE_LONGLONG;
    bind->buffer = &params->numbers[i];
}

void db_bind_bytes(struct params *params, size_t i, enum enum_field_types type, const char *bytes, size_t n)
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
    params->n = db_params_expected(statement);
    memset(params->binds, 0, params->n * sizeof *params->binds);
    for (size_t i = 0; i < params->n; i++) {
        const char *bytes;
        int64_t number;

        switch (statement->params[i]) {
        case 'i':
            db_bind_number(params, i, va_arg(args, int64_t), false);
            break;
        case 'I':
            number = va_arg(args, int64_t);
            db_bind_number(params, i, number, number == 0);
            break;
        case 's':
            bytes = va_arg(args, const char *);
            db_bind_bytes(params, i, MYSQL_TYPE_STRING, bytes, bytes == NULL ? 0 : strlen(bytes));
            break;
        case 'b':
            bytes = va_arg(args, const void *);
            db_bind_bytes(params, i, MYSQL_TYPE_BLOB, bytes, va_arg(args, size_t));
            break;
        default:
            number = va_arg(args, int64_t);
            params->binds[i].buffer_type = number == INSTANT_NONE ? MYSQL_TYPE_NULL : MYSQL_TYPE_DATETIME;
            params->binds[i].buffer = &params->times[i];
            if (number != INSTANT_NONE)
                TRY(db_time_of(number, &params->times[i]));
        }
    }
    return NULL;
}

const struct err *db_execute(struct db *db, const struct db_statement *statement, struct prepared **prepared, va_list args)
{
    bool is_writing = !db_is_reading(statement);
    struct params params;
    const struct err *err;

    TRY(db_may_run(db, is_writing));
    TRY(db_prepare(db, statement, prepared));
    err = bind_params(&params, statement, args);
    if (err != NULL)
        return err_wrap(err, "%s", statement->name);
    TRY(db_fault(db, FAULT_BEFORE, is_writing ? FAULT_WRITE : FAULT_READ, statement->name, is_writing && !db->in_transaction));
    if ((params.n > 0 && mysql_stmt_bind_param((*prepared)->stmt, params.binds) != 0) ||
        mysql_stmt_execute((*prepared)->stmt) != 0)
        return db_stmt_failed(db, *prepared, is_writing && !db->in_transaction);
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
    err = db_execute(db, statement, &prepared, args);
    va_end(args);
    if (err != NULL)
        return err;
    db->worked_at = db->ready_at;
    if (mysql_stmt_insert_id(prepared->stmt) != 0)
        db->insert_id = (int64_t)mysql_stmt_insert_id(prepared->stmt);
    if (affected != NULL)
        *affected = (int64_t)mysql_stmt_affected_rows(prepared->stmt);
    return NULL;
}

int64_t db_insert_id(struct db *db)
{
    return db->insert_id;
}
