/* db_thing.h - a table of one column for each letter, and a second connection to look at it. Included once by each program of tests. */
#ifndef TESTS_STORE_DB_THING_H
#define TESTS_STORE_DB_THING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/db.h"
#include "support/test_db.h"

static void *mem;
static struct db *db, *other;

static const struct db_statement insert = { "insert",
    "INSERT INTO thing (number, words, bytes, at, ref) VALUES (?, ?, ?, ?, ?)", "isbtI", "" };
static const struct db_statement all = { "all", "SELECT number, words, bytes, at, ref FROM thing ORDER BY id LIMIT 10000", "", "isbti" };

static inline int open_database(void **state)
{
    (void)state;
    mem = mem_context(NULL, "test");
    db = test_db_open(mem);
    other = test_db_again(mem);
    test_db_sql(db, "CREATE TABLE thing (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, number BIGINT NULL, words LONGTEXT NULL, "
                    "bytes LONGBLOB NULL, at DATETIME(6) NULL, ref BIGINT NULL, short VARCHAR(4) NULL, "
                    "UNIQUE KEY thing_ref (ref), UNIQUE KEY thing_short (short)) ENGINE=InnoDB CHARSET=utf8mb4");
    return 0;
}

static inline int close_database(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static inline int empty(void **state)
{
    (void)state;
    db_deadline(db, 0);
    assert_null(db_ready(db, clock_now()));
    test_db_sql(db, "DELETE FROM thing");
    return 0;
}

static inline void is_fine(const struct err *err)
{
    if (err != NULL)
        fail_msg("%s %d %s", err_kind_name(err->kind), err->code, err->what);
}

static inline void is_error(const struct err *err, enum err_kind kind, int code)
{
    assert_non_null(err);
    if (err->kind != kind || (code != 0 && err->code != code))
        fail_msg("%s %d %s", err_kind_name(err->kind), err->code, err->what);
}

static inline struct db_rows *ask(const struct db_statement *statement)
{
    struct db_rows *rows;

    is_fine(db_query(db, mem, statement, &rows));
    return rows;
}


#define TEST(name) cmocka_unit_test_setup(name, empty)

#endif
