#include "base/secret.h"

#include "store/statements.h"
#include "store/store_form.h"

static const struct db_statement insert = {
    "form_key_insert",
    "INSERT INTO form_key (digest, user_id, route, at, location, http_id)\nVALUES (?, ?, ?, ?, '', ?)",
    "bists", ""
};
static const struct db_statement locate = {
    "form_key_locate", "UPDATE form_key\nSET location = ?\nWHERE digest = ?", "sb", ""
};
static const struct db_statement find = {
    "form_key_find", "SELECT location\nFROM form_key\nWHERE digest = ?\nLIMIT 1\nLOCK IN SHARE MODE", "b", "s"
};

const struct db_statement *const store_form_statements[] = { &insert, &locate, &find, NULL };

const struct err *form_key_insert(struct db *db, const struct form_use *use, bool *is_new)
{
    const struct err *err = db_exec(db, &insert, NULL, (const void *)use->digest, (size_t)SECRET_DIGEST_BYTES, use->user_id,
                                    use->route, use->at, use->http_id);

    /* There is one unique key; its name may be lost behind a NUL byte of the digest in the server's message. */
    if (err != NULL && !(err->kind == ERR_CONFLICT && err->code == 1062))
        return err;
    *is_new = err == NULL;
    return NULL;
}

const struct err *form_key_locate(struct db *db, const unsigned char *digest, const char *location)
{
    return db_exec(db, &locate, NULL, location, (const void *)digest, (size_t)SECRET_DIGEST_BYTES);
}

const struct err *form_key_find(struct db *db, const void *ctx, const unsigned char *digest, const char **location)
{
    struct db_rows *rows;

    TRY(db_query(db, ctx, &find, &rows, (const void *)digest, (size_t)SECRET_DIGEST_BYTES));
    *location = rows->n == 0 ? NULL : db_text(rows, 0, 0);
    return NULL;
}
