/* own_world.h - a world for each test of a program, and what must always hold after each. Included once by the program, whose
 * main() opens `db` where it is used before the first test. */
#ifndef TESTS_SUPPORT_OWN_WORLD_H
#define TESTS_SUPPORT_OWN_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/test_db.h"
#include "support/test_world.h"

#define L(value) ((long long)(value))

static struct db *db;
static struct world world;

static inline int setup(void **state)
{
    (void)state;
    if (db == NULL)
        db = test_db_open(NULL);
    world_begin(&world, db);
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    assert_int_equal(world_faults(&world), 0);
    world_end(&world);
    return 0;
}

#endif
