/* db_private.h - what db.c, db_stmt.c and db_error.c share, and nobody else sees. */
#ifndef STORE_DB_PRIVATE_H
#define STORE_DB_PRIVATE_H

#include "base/fault.h"
#include "store/db.h"

struct st_mysql;   /* MYSQL of <mysql.h> */
struct prepared;   /* db_stmt.c */

struct db {
    const struct config *config;
    char *password;
    struct st_mysql *mysql;       /* NULL: no connection */
    bool is_broken;               /* there is one, of no use any more */
    bool is_cluster;              /* Galera: readiness is a status of the node */
    bool is_unlimited;            /* no statement time-outs */
    bool is_session_read_only;    /* the server refuses writes outside START TRANSACTION READ WRITE */
    bool is_only_read;            /* db_only_read() */
    int64_t ready_at;             /* of the last db_ready() */
    int64_t worked_at;            /* of the last db_ready() after which something worked; INSTANT_NONE: something failed since, or nothing did */

    bool in_transaction;
    enum db_mode mode;            /* in a transaction */
    bool is_doomed;               /* the server has given it up, or may have: nothing more is run in it */
    struct err doom;              /* why */
    int64_t deadline_at;          /* 0: none */
    int64_t insert_id;
    int fail_commit;              /* db_test_fail_commit() */

    struct prepared **prepared;
    size_t prepared_n, prepared_room;
};

/* The error for a failed statement. A lost connection marks the connection broken; it is ERR_UNCERTAIN if
 * `may_have_written`, when nothing tells whether the server has done it. Inside a transaction ERR_BUSY dooms it. */
const struct err *db_failed(struct db *db, const char *name, unsigned code, const char *message, bool may_have_written);

/* What a place of fault.h makes of a statement or connection: NULL, in builds without such places always. */
static inline const struct err *db_fault(struct db *db, enum fault_side side, enum fault_kind kind, const char *name,
                                         bool may_have_written)
{
    int code = fault_here(side, kind, name);

    return code == 0 ? NULL : db_failed(db, name, (unsigned)code, "made to fail", may_have_written);
}

/* The error that doomed the transaction, once more. */
const struct err *db_doom(const struct db *db);

/* Whether this code says for certain that the statement, even a COMMIT, has changed nothing. */
bool db_is_refused(int code);
/* Whether the same transaction may succeed when run again. */
bool db_is_worth_another_try(const struct err *err);

/* NULL if a statement may be sent now. A writing one outside a transaction must also be within the deadline, and the
 * session is switched to writing. */
const struct err *db_may_run(struct db *db, bool is_writing);

/* Frees all statements of a connection that has been closed (no bytes are sent for each). */
void db_forget_prepared(struct db *db);

#endif
