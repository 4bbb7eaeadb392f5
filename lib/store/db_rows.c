#include <assert.h>

#include "store/db.h"

/* A cell that is not there is a mistake in the caller, not an outcome. */
static const struct db_cell *cell_at(const struct db_rows *rows, size_t row, size_t column)
{
    assert(row < rows->n && column < rows->columns);
    return &rows->cells[row * rows->columns + column];
}

bool db_is_null(const struct db_rows *rows, size_t row, size_t column)
{
    return cell_at(rows, row, column)->is_null;
}

int64_t db_int(const struct db_rows *rows, size_t row, size_t column)
{
    return cell_at(rows, row, column)->number;
}

int64_t db_time(const struct db_rows *rows, size_t row, size_t column)
{
    return cell_at(rows, row, column)->number;
}

const char *db_text(const struct db_rows *rows, size_t row, size_t column)
{
    return cell_at(rows, row, column)->bytes;
}

const char *db_bytes(const struct db_rows *rows, size_t row, size_t column, size_t *n)
{
    *n = cell_at(rows, row, column)->bytes_n;
    return cell_at(rows, row, column)->bytes;
}
