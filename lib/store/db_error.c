#include <string.h>

#include "store/db.h"
#include "base/clock.h"
#include "store/db_private.h"

#define CODE_AGAIN (-1)   /* of db_again(); servers' codes are positive */

/* What an error of the server or the client library means. What is not here is ERR_BUG. Sources: mysqld_error.h, errmsg.h;
 * 1020 with innodb_snapshot_isolation; 1047 from a Galera node without quorum. */
enum { CONFLICTS = 1, LOST = 2, REFUSED = 4, UNUSABLE = 8 };
static const struct meaning {
    unsigned code;
    enum err_kind kind;
    unsigned flags;   /* CONFLICTS: run the transaction again · LOST: what the server did is not known · REFUSED: it is known
                       * even of a COMMIT · UNUSABLE: this connection is of no use any more */
} meanings[] = {
    { 1062, ERR_CONFLICT, REFUSED },               /* duplicate key */
    { 1213, ERR_BUSY, CONFLICTS | REFUSED },       /* deadlock, or another Galera node was first */
    { 1205, ERR_BUSY, CONFLICTS | REFUSED },       /* lock wait time-out */
    { 1020, ERR_BUSY, CONFLICTS | REFUSED },       /* row changed since it was read */
    { 1290, ERR_BUSY, REFUSED },                   /* server is read-only */
    { 1836, ERR_BUSY, REFUSED },                   /* the same, another way */
    { 1021, ERR_BUSY, 0 }, { 1114, ERR_BUSY, 0 },  /* disk full, table full */
    { 1030, ERR_BUSY, 0 },                         /* the storage engine's own trouble */
    { 1037, ERR_BUSY, 0 }, { 1038, ERR_BUSY, 0 }, { 1041, ERR_BUSY, 0 },   /* the server is out of memory */
    { 2008, ERR_BUSY, LOST | UNUSABLE },           /* the client library is, half-way through something */
    { 0, ERR_BUSY, LOST | UNUSABLE },              /* so it is, and has not said so */
    { 1317, ERR_BUSY, 0 }, { 1969, ERR_BUSY, 0 },  /* interrupted; longer than max_statement_time */
    { 3024, ERR_BUSY, 0 },                         /* the same in MySQL */
    { 1047, ERR_BUSY, UNUSABLE },                  /* Galera: not ready */
    { 1040, ERR_BUSY, UNUSABLE }, { 1203, ERR_BUSY, UNUSABLE },   /* too many connections */
    { 1053, ERR_BUSY, LOST | UNUSABLE },           /* shutdown */
    { 1927, ERR_BUSY, LOST | UNUSABLE },           /* connection was killed */
    { 2002, ERR_BUSY, UNUSABLE }, { 2003, ERR_BUSY, UNUSABLE },   /* cannot connect */
    { 2006, ERR_BUSY, LOST | UNUSABLE }, { 2013, ERR_BUSY, LOST | UNUSABLE }, { 2055, ERR_BUSY, LOST | UNUSABLE },
    { 2014, ERR_BUG, UNUSABLE }, { 2027, ERR_BUSY, LOST | UNUSABLE },   /* out of step; malformed packet */
};

static const struct meaning *meaning_of(unsigned code)
{
    static const struct meaning other = { 0, ERR_BUG, 0 };

    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (meanings[i].code == code)
            return &meanings[i];
    return &other;
}

/* The name between quotes in "Duplicate entry '…' for key 'account_no'"; the entry is a user's and stays out of the log. */
static int key_of(const char *message, const char **key)
{
    static const char before[] = "for key '";
    const char *found = NULL, *end;

    for (const char *at = strstr(message, before); at != NULL; at = strstr(at + 1, before))
        found = at + sizeof before - 1;
    *key = found == NULL ? "" : found;
    end = strchr(*key, '\'');
    return (int)(end == NULL ? strlen(*key) : (size_t)(end - *key));
}

const struct err *db_failed(struct db *db, const char *name, unsigned code, const char *message, bool may_have_written)
{
    const struct meaning *meaning = meaning_of(code);
    enum err_kind kind = may_have_written && (meaning->flags & LOST) != 0 ? ERR_UNCERTAIN : meaning->kind;
    const struct err *err;

    if (meaning->kind == ERR_CONFLICT) {
        const char *key;
        int n = key_of(message, &key);

        err = err_new(kind, (int)code, "%s: duplicate key '%.*s'", name, n, key);
    } else {
        err = err_new(kind, (int)code, "%s: %u %s", name, code, message);
    }
    if (meaning->kind != ERR_CONFLICT)
        db->worked_at = INSTANT_NONE;
    if ((meaning->flags & UNUSABLE) != 0)
        db->is_broken = true;
    if (db->in_transaction && kind == ERR_BUSY && !db->is_doomed) {
        db->is_doomed = true;
        db->doom = *err;
    }
    return err;
}

const struct err *db_doom(const struct db *db)
{
    return err_make(db->doom.kind, db->doom.code, db->doom.where, "%s", db->doom.what);
}

bool db_is_duplicate(const struct err *err, const char *key)
{
    static const char before[] = "duplicate key '";
    const char *found = NULL, *end, *dot;

    if (err == NULL || err->kind != ERR_CONFLICT || err->code != 1062)
        return false;
    for (const char *at = strstr(err->what, before); at != NULL; at = strstr(at + 1, before))
        found = at + sizeof before - 1;
    if (found == NULL || (end = strchr(found, '\'')) == NULL)
        return false;
    /* MySQL writes table.key. */
    dot = memchr(found, '.', (size_t)(end - found));
    if (dot != NULL)
        found = dot + 1;
    return strlen(key) == (size_t)(end - found) && memcmp(found, key, strlen(key)) == 0;
}

const struct err *db_again(const char *why)
{
    return err_new(ERR_CONFLICT, CODE_AGAIN, "%s", why);
}

bool db_is_refused(int code)
{
    return code > 0 && (meaning_of((unsigned)code)->flags & REFUSED) != 0;
}

bool db_is_worth_another_try(const struct err *err)
{
    if (err->code == CODE_AGAIN)
        return err->kind == ERR_CONFLICT;
    return err->kind == ERR_BUSY && err->code > 0 && (meaning_of((unsigned)err->code)->flags & CONFLICTS) != 0;
}
