/* Writing many rows in few messages. */
#include "base/clock.h"
#include "base/memory.h"
#include "store/db_stmt_private.h"

const char *db_ascii(const char *text)
{
    for (const char *p = text; *p != '\0'; p++)
        if ((unsigned char)*p >= 0x80)
            return "";
    return text;
}

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
            TRY(db_time_of(value->number, &times[r]));
    }
    return NULL;
}

static const struct err *execute_rows(struct db *db, struct prepared *prepared, const struct db_value *values, size_t n)
{
    void *mem = mem_context(NULL, "rows");
    size_t columns = db_params_expected(prepared->statement);
    MYSQL_BIND *binds = mem_array(mem, MYSQL_BIND, columns);
    unsigned rows = (unsigned)n;
    const struct err *err = NULL;

    for (size_t i = 0; i < columns && err == NULL; i++)
        err = bind_column(mem, &binds[i], prepared->statement->params[i], values + i, n, columns);
    if (err == NULL && (mysql_stmt_attr_set(prepared->stmt, STMT_ATTR_ARRAY_SIZE, &rows) != 0 ||
                        mysql_stmt_bind_param(prepared->stmt, binds) != 0 || mysql_stmt_execute(prepared->stmt) != 0))
        err = db_stmt_failed(db, prepared, !db->in_transaction);
    talloc_free(mem);
    return err;
}
#else
static const struct err *execute_rows(struct db *db, struct prepared *prepared, const struct db_value *values, size_t n)
{
    size_t columns = db_params_expected(prepared->statement);
    struct params params;

    for (size_t r = 0; r < n; r++, values += columns) {
        memset(params.binds, 0, columns * sizeof *params.binds);
        for (size_t i = 0; i < columns; i++) {
            char letter = prepared->statement->params[i];

            if (letter == 'i')
                db_bind_number(&params, i, values[i].number, false);
            else if (letter != 't')
                db_bind_bytes(&params, i, letter == 's' ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB, values[i].bytes, values[i].bytes_n);
            else if (values[i].number == INSTANT_NONE)
                params.binds[i].buffer_type = MYSQL_TYPE_NULL;
            else {
                params.binds[i].buffer_type = MYSQL_TYPE_DATETIME;
                params.binds[i].buffer = &params.times[i];
                TRY(db_time_of(values[i].number, &params.times[i]));
            }
        }
        if (mysql_stmt_bind_param(prepared->stmt, params.binds) != 0 || mysql_stmt_execute(prepared->stmt) != 0)
            return db_stmt_failed(db, prepared, !db->in_transaction);
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
    TRY(db_prepare(db, statement, &prepared));
    TRY(db_fault(db, FAULT_BEFORE, FAULT_WRITE, statement->name, !db->in_transaction));
    TRY(execute_rows(db, prepared, values, n));
    TRY(db_fault(db, FAULT_AFTER, FAULT_WRITE, statement->name, !db->in_transaction));
    db->worked_at = db->ready_at;
    return NULL;
}
