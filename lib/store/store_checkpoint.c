#include "store/store_checkpoint.h"

#include <string.h>

#include "base/memory.h"
#include "store/statements.h"

static const struct db_statement save = {
    "checkpoint_end_save",
    "INSERT INTO checkpoint_end (place, digest, at)\nVALUES (?, ?, ?)\n"
    "ON DUPLICATE KEY UPDATE digest = IF(VALUES(at) >= at, VALUES(digest), digest), at = GREATEST(at, VALUES(at))",
    "sbt", ""};
static const struct db_statement load = {
    "checkpoint_end_load", "SELECT place, digest, at\nFROM checkpoint_end\nWHERE place = ?\nLIMIT 1", "s", "sbt"};
static const struct db_statement list = {
    "checkpoint_end_list", "SELECT place, digest, at\nFROM checkpoint_end\nORDER BY place\nLIMIT ?", "i", "sbt"};

const struct db_statement *const store_checkpoint_statements[] = {&save, &load, &list, NULL};

const struct err *checkpoint_end_save(struct db *db, const struct checkpoint_end *end)
{
    return db_exec(db, &save, NULL, end->place, (const void *)end->digest, sizeof end->digest, end->at);
}

static const struct err *read_row(const struct db_rows *rows, size_t r, struct checkpoint_end *end)
{
    size_t n = 0;
    const char *digest = db_bytes(rows, r, 1, &n);
    *end = (struct checkpoint_end){.place = db_text(rows, r, 0), .at = db_time(rows, r, 2)};
    if (n != sizeof end->digest)
        return err_new(ERR_BUG, 0, "the end of the checkpoints at %s is malformed", end->place);
    memcpy(end->digest, digest, sizeof end->digest);
    return NULL;
}

const struct err *checkpoint_end_load(struct db *db, const void *ctx, const char *place, struct checkpoint_end **end)
{
    struct db_rows *rows = NULL;
    *end = NULL;
    TRY(db_query(db, ctx, &load, &rows, place));
    if (rows->n == 0)
        return NULL;
    *end = mem_new(ctx, struct checkpoint_end);
    return read_row(rows, 0, *end);
}

const struct err *checkpoint_end_list(struct db *db, const void *ctx, struct checkpoint_end **ends, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &list, &rows, (int64_t)CHECKPOINT_ENDS_MAX));
    *n = rows->n;
    *ends = mem_array(ctx, struct checkpoint_end, rows->n);
    for (size_t r = 0; r < rows->n; r++)
        TRY(read_row(rows, r, &(*ends)[r]));
    return NULL;
}
