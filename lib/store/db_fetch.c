/* Reading what a query gives: all of it, or row by row. */
#include "base/buf.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/db_stmt_private.h"

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
        return db_stmt_failed(db, prepared, false);
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
            cell->number = letter == 't' ? db_instant_of(&column->time) : column->number;
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
        return db_stmt_failed(db, prepared, !db_is_reading(prepared->statement) && !db->in_transaction);
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
    err = db_execute(db, statement, &prepared, args);
    va_end(args);
    if (err != NULL)
        return err;
    taken = mem_new(ctx, struct db_rows);
    taken->columns = strlen(statement->results);
    err = take_rows(db, prepared, taken);
    if (!db->is_broken && mysql_stmt_free_result(prepared->stmt) != 0 && err == NULL)
        err = db_stmt_failed(db, prepared, false);
    if (err != NULL) {
        talloc_free(taken);
        return err;
    }
    db->worked_at = db->ready_at;
    *rows = taken;
    return NULL;
}

/* --- row by row ------------------------------------------------------------------------------------------------------- */

/* The cells point to where the library has put the row; only a long text is fetched by itself, into ctx. */
static const struct err *look_at_row(struct db *db, const struct prepared *prepared, const void *ctx, struct db_cell *cells)
{
    for (size_t i = 0; prepared->statement->results[i] != '\0'; i++) {
        const struct column *column = &prepared->columns[i];
        const char letter = prepared->statement->results[i];
        struct db_cell *cell = &cells[i];

        *cell = (struct db_cell){ .is_null = column->is_null != 0, .bytes = "", .number = letter == 't' ? INSTANT_NONE : 0 };
        if (cell->is_null)
            continue;
        if (letter == 'i' || letter == 't') {
            if (letter == 'i' && column->is_cut)
                return err_new(ERR_BUG, 0, "%s: result %zu does not fit", prepared->statement->name, i + 1);
            cell->number = letter == 't' ? db_instant_of(&column->time) : column->number;
            continue;
        }
        cell->bytes_n = column->length;
        if (column->length <= TEXT_ROOM) {
            column->text[column->length] = '\0';
            cell->bytes = column->text;
        } else {
            struct buf *bytes = buf_new(ctx, column->length);

            TRY(take_text(db, prepared, i, bytes));
            cell->bytes = bytes->bytes;
        }
    }
    return NULL;
}

/* What is left of a result when it is not wanted any more is read and dropped by mysql_stmt_free_result(). */
static const struct err *look_at_rows(struct db *db, const struct prepared *prepared, db_look *look, void *arg)
{
    const size_t columns = strlen(prepared->statement->results);
    void *mem = mem_context(NULL, "row");
    struct db_cell *cells = mem_array(mem, struct db_cell, columns);
    const struct db_rows row = { .n = 1, .columns = columns, .cells = cells };
    const struct err *err = NULL;
    int status = 0;

    while (err == NULL && ((status = mysql_stmt_fetch(prepared->stmt)) == 0 || status == MYSQL_DATA_TRUNCATED)) {
        void *texts = NULL;

        for (size_t i = 0; i < columns && texts == NULL; i++)
            if (prepared->binds[i].buffer_length == TEXT_ROOM && prepared->columns[i].length > TEXT_ROOM && !prepared->columns[i].is_null)
                texts = mem_context(mem, "long texts");
        err = look_at_row(db, prepared, texts, cells);
        if (err == NULL)
            err = look(arg, &row);
        talloc_free(texts);
    }
    if (err == NULL && status != MYSQL_NO_DATA)
        err = db_stmt_failed(db, prepared, false);
    talloc_free(mem);
    return err;
}

const struct err *db_each(struct db *db, const struct db_statement *statement, db_look *look, void *arg, ...)
{
    struct prepared *prepared;
    const struct err *err;
    va_list args;

    if (!db_is_reading(statement) || statement->results[0] == '\0')
        return err_new(ERR_BUG, 0, "%s: db_each() of what is no query", statement->name);
    va_start(args, arg);
    err = db_execute(db, statement, &prepared, args);
    va_end(args);
    if (err != NULL)
        return err;
    err = look_at_rows(db, prepared, look, arg);
    if (!db->is_broken && mysql_stmt_free_result(prepared->stmt) != 0 && err == NULL)
        err = db_stmt_failed(db, prepared, false);
    db->worked_at = err == NULL ? db->ready_at : INSTANT_NONE;
    return err;
}
