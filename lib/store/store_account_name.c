#include <stdbool.h>

#include "base/memory.h"

#include "store/statements.h"
#include "store/store_account_name.h"

/* A statement of fixed length: what is not asked for is filled up with 0, which no account has. */
#define TWENTY "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
#define BATCH 20

static const struct db_statement find = {
    "account_names", "SELECT id, no, name\nFROM account\nWHERE id IN (" TWENTY ")\nLIMIT 20", "iiiiiiiiiiiiiiiiiiii", "iss"
};

const struct db_statement *const store_account_name_statements[] = { &find, NULL };

static const struct err *find_batch(struct db *db, const void *ctx, const int64_t *id, struct account_name *names, size_t *n)
{
    struct db_rows *rows;

    TRY(db_query(db, ctx, &find, &rows, id[0], id[1], id[2], id[3], id[4], id[5], id[6], id[7], id[8], id[9], id[10], id[11],
                 id[12], id[13], id[14], id[15], id[16], id[17], id[18], id[19]));
    for (size_t i = 0; i < rows->n; i++)
        names[(*n)++] = (struct account_name){ .id = db_int(rows, i, 0), .no = db_text(rows, i, 1), .name = db_text(rows, i, 2) };
    return NULL;
}

static bool holds(const int64_t *ids, size_t n, int64_t id)
{
    for (size_t i = 0; i < n; i++)
        if (ids[i] == id)
            return true;
    return false;
}

const struct err *account_names(struct db *db, const void *ctx, const int64_t *ids, size_t ids_n, struct account_name **names,
                                size_t *n)
{
    int64_t wanted[ACCOUNT_NAMES_MAX] = { 0 };
    size_t wanted_n = 0;

    for (size_t i = 0; i < ids_n; i++) {
        if (ids[i] == 0 || holds(wanted, wanted_n, ids[i]))
            continue;
        if (wanted_n == ACCOUNT_NAMES_MAX)
            return err_new(ERR_BUG, 0, "more than %d accounts in one list", ACCOUNT_NAMES_MAX);
        wanted[wanted_n++] = ids[i];
    }
    *names = mem_array(ctx, struct account_name, wanted_n);
    *n = 0;
    for (size_t at = 0; at < wanted_n; at += BATCH)
        TRY(find_batch(db, ctx, wanted + at, *names, n));
    return NULL;
}
