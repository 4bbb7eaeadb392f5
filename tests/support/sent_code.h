/* sent_code.h - the digits of the last verification code, as they wait sealed in the outbox: what the person gets to read. */
#ifndef TESTS_SUPPORT_SENT_CODE_H
#define TESTS_SUPPORT_SENT_CODE_H

#include <stddef.h>

#include "base/memory.h"
#include "base/secret.h"
#include "domain/notice.h"
#include "store/db.h"

/* In ctx; NULL when no code waits. `key` is the outbox's. */
static inline const char *sent_code(struct db *db, const void *ctx, const struct secret_key *key)
{
    static const struct db_statement last = { "sent_code",
        "SELECT event_id, sealed FROM delivery WHERE code_id IS NOT NULL ORDER BY code_id DESC LIMIT 1", "", "sb" };
    struct notice_values values = { .code = NULL };
    struct db_rows *rows = NULL;
    size_t sealed_n = 0, n = 0;
    char *json = NULL;

    if (db_query(db, ctx, &last, &rows) != NULL || rows->n == 0)
        return NULL;
    const char *sealed = db_bytes(rows, 0, 1, &sealed_n);
    if (secret_open(ctx, key, db_text(rows, 0, 0), sealed, sealed_n, &json, &n) != NULL || !notice_unpack(ctx, json, &values))
        return NULL;
    return values.code;
}

/* The same number of digits, none of them the same. */
static inline const char *wrong_code(const void *ctx, const char *right)
{
    char *wrong = mem_copy(ctx, right);

    for (char *p = wrong; *p != '\0'; p++)
        *p = *p == '9' ? '0' : (char)(*p + 1);
    return wrong;
}

#endif
