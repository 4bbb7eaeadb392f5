/* test_db.h - a fresh, migrated database on the private server of the test run, for one test program. */
#ifndef TESTS_SUPPORT_TEST_DB_H
#define TESTS_SUPPORT_TEST_DB_H

#include "base/config.h"
#include "store/db.h"

/* Creates a database with a name of its own on $TEST_DB_SOCKET, runs all migrations; aborts the program when it cannot.
 * The returned connection is the owner's. Dropped at exit of the program. */
struct db *test_db_open(const void *ctx);
/* One more connection to the same database. */
struct db *test_db_again(const void *ctx);
/* The config that both use: defaults plus socket, user, name, and passwords hashed at the least cost under a lock file of this
 * program's own. May be changed by a test before use. */
struct config *test_db_config(void);
/* Empties every table but schema_version, rule_set, rule (both as they were delivered), settlement_currency and the platform's log
 * chain head (set back to its start). */
void test_db_clear(struct db *db);
/* Runs plain SQL (several statements), aborting on an error: for arranging and for tampering. */
void test_db_sql(struct db *db, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* One number from a query. */
int64_t test_db_number(struct db *db, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
