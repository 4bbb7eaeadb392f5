/* empty_db.h - a database that each test finds empty, and memory for one test. Included once by each program of tests. */
#ifndef TESTS_STORE_EMPTY_DB_H
#define TESTS_STORE_EMPTY_DB_H

#include "support/rows.h"

#include "base/clock.h"
#include "base/memory.h"
#include "support/test_db.h"

static struct db *db;
static void *mem;

static inline int empty(void **state)
{
    (void)state;
    if (db == NULL)
        db = test_db_open(NULL);
    mem = mem_context(NULL, "test");
    test_db_clear(db);
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

#endif
