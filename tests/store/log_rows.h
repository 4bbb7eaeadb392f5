/* log_rows.h - rows of the operation log of one association, written and read back. Included once by each program of tests. */
#ifndef TESTS_STORE_LOG_ROWS_H
#define TESTS_STORE_LOG_ROWS_H

#include "store/empty_db.h"

#include <stdio.h>

#include "store/store_audit.h"
#include "store/store_log.h"

#define NOON INT64_C(1781524800000000)   /* 2026-06-15T12:00:00Z */
#define NONE ((struct log_key){ .at = INSTANT_NONE })

static inline const struct err *append_work(struct db *connection, void *arg)
{
    return log_append(connection, arg);
}

static inline void append(struct operation_row *row)
{
    assert_null(db_transaction(db, DB_READ_WRITE, append_work, row));
}

/* What stands at this place. */
static inline const struct operation_row *row_at(long long chain_id, long long seq)
{
    struct operation_row *row;

    assert_null(audit_load(db, mem, test_db_number(db, "SELECT id FROM operation_log WHERE chain_id = %lld AND seq = %lld LIMIT 1", chain_id,
                                                   seq), &row));
    assert_non_null(row);
    return row;
}

/* An association's row: customer 1, partner 2. */
static inline struct operation_row row_of(enum operation operation, int64_t at)
{
    return (struct operation_row){
        .chain_id = 5, .association_id = 5, .customer_id = 1, .partner_id = 2, .account_id = 1, .initiated_by = SIDE_CUSTOMER,
        .operation = operation, .at = at, .user_id = 9, .user_name = "Olga", .object = "Acme", .result = "DONE"
    };
}

static inline void add(enum operation operation, int64_t at)
{
    struct operation_row row = row_of(operation, at);

    append(&row);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, empty, teardown)

#endif
