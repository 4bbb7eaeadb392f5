#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/migrate.h"
#include "support/test_db.h"

static void *mem;
static struct db *db;
static char folder[] = "/tmp/mypartner-migrate.XXXXXX";
static struct buf *reported;

static const char *path_of(const char *name)
{
    return mem_text(mem, "%s/%s", folder, name);
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "we");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static const char *const names[] = { "0001_a.sql", "0002_b.sql", "0002_c.sql", "0003_d.sql", "b.sql", "01_b.sql", "README" };

static int open_folder(void **state)
{
    (void)state;
    mem = mem_context(NULL, "test");
    reported = buf_new(mem, 64);
    db = test_db_open(mem);
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int close_folder(void **state)
{
    (void)state;
    (void)rmdir(folder);
    talloc_free(mem);
    return 0;
}

static int empty(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        (void)unlink(path_of(names[i]));
    buf_clear(reported);
    return 0;
}

/* An empty database, and two good migrations. */
static int start(void **state)
{
    assert_int_equal(empty(state), 0);
    assert_null(db_ready(db, clock_now()));
    test_db_sql(db, "DROP TABLE IF EXISTS schema_version, schema_lock, a, b, d");
    write_file("0001_a.sql", "-- first\nCREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY) ENGINE=InnoDB;\n");
    write_file("0002_b.sql", "CREATE TABLE b (id BIGINT NOT NULL PRIMARY KEY) ENGINE=InnoDB;\nINSERT INTO b VALUES (7);\n");
    write_file("README", "no migration\n");
    return 0;
}

static void hear(const char *name, void *arg)
{
    buf_format(arg, "%s ", name);
}

static int applied;

static const struct err *run(void)
{
    buf_clear(reported);
    return migrate(db, folder, clock_now(), &applied, hear, reported);
}

static void is_fine(const struct err *err)
{
    if (err != NULL)
        fail_msg("%s %d %s", err_kind_name(err->kind), err->code, err->what);
}

static void is_error(const struct err *err, enum err_kind kind, const char *word)
{
    assert_non_null(err);
    if (err->kind != kind || strstr(err->what, word) == NULL)
        fail_msg("%s %d %s", err_kind_name(err->kind), err->code, err->what);
}

static int64_t version(void)
{
    int64_t n;

    is_fine(migrate_version(db, &n));
    return n;
}

static void an_empty_database_has_version_0(void **state)
{
    (void)state;
    assert_int_equal(version(), 0);
}

static void what_is_missing_is_applied_once_in_order(void **state)
{
    (void)state;
    is_fine(run());
    assert_int_equal(applied, 2);
    assert_string_equal(reported->bytes, "0001_a.sql 0002_b.sql ");
    assert_int_equal(version(), 2);
    assert_int_equal(test_db_number(db, "SELECT id FROM b"), 7);
    is_fine(run());
    assert_int_equal(applied, 0);
    write_file("0003_d.sql", "CREATE TABLE d (id BIGINT NOT NULL PRIMARY KEY) ENGINE=InnoDB;\n");
    is_fine(run());
    assert_int_equal(applied, 1);
    assert_string_equal(reported->bytes, "0003_d.sql ");
    assert_int_equal(version(), 3);
    is_fine(migrate(db, folder, clock_now(), &applied, NULL, NULL));
}

static void the_connection_has_its_limits_afterwards(void **state)
{
    (void)state;
    is_fine(run());
    assert_int_equal(test_db_number(db, "SELECT @@session.max_statement_time > 0"), 1);
}

static void a_gap_is_refused_before_anything_runs(void **state)
{
    (void)state;
    (void)unlink(path_of("0002_b.sql"));
    write_file("0003_d.sql", "SELECT 1;\n");
    is_error(run(), ERR_INPUT, "0003_d.sql");
    assert_int_equal(version(), 0);
}

static void a_repeated_number_is_refused_before_anything_runs(void **state)
{
    (void)state;
    write_file("0002_c.sql", "SELECT 1;\n");
    is_error(run(), ERR_INPUT, "0002_c.sql");
    assert_int_equal(version(), 0);
}

static void a_misnamed_file_is_refused(void **state)
{
    (void)state;
    write_file("b.sql", "SELECT 1;\n");
    is_error(run(), ERR_INPUT, "b.sql");
    (void)unlink(path_of("b.sql"));
    write_file("01_b.sql", "SELECT 1;\n");
    is_error(run(), ERR_INPUT, "01_b.sql");
}

static void a_folder_that_is_not_there_is_refused(void **state)
{
    (void)state;
    is_error(migrate(db, "/nowhere", clock_now(), &applied, NULL, NULL), ERR_INPUT, "/nowhere");
}

static void one_that_failed_half_way_is_named_until_somebody_has_looked(void **state)
{
    (void)state;
    write_file("0002_b.sql", "CREATE TABLE b (id BIGINT NOT NULL PRIMARY KEY) ENGINE=InnoDB;\nINSERT INTO nowhere VALUES (1);\n");
    is_error(run(), ERR_BUG, "0002_b.sql, statement 2");
    assert_int_equal(applied, 1);
    assert_int_equal(version(), 1);
    is_error(run(), ERR_CONFLICT, "0002_b.sql was begun");
    assert_int_equal(applied, 0);
    test_db_sql(db, "DROP TABLE b");
    test_db_sql(db, "DELETE FROM schema_version WHERE version = 2");
    write_file("0002_b.sql", "CREATE TABLE b (id BIGINT NOT NULL PRIMARY KEY) ENGINE=InnoDB;\n");
    is_fine(run());
    assert_int_equal(version(), 2);
}

static void one_at_a_time(void **state)
{
    (void)state;
    is_fine(run());
    write_file("0003_d.sql", "CREATE TABLE d (id BIGINT NOT NULL PRIMARY KEY) ENGINE=InnoDB;\n");
    test_db_sql(db, "INSERT INTO schema_lock VALUES (1, 'elsewhere, process 7', '2026-11-22 14:02:11')");
    is_error(run(), ERR_CONFLICT, "elsewhere, process 7 migrates since 2026-11-22T14:02:11Z");
    assert_int_equal(version(), 2);
    test_db_sql(db, "DELETE FROM schema_lock");
    is_fine(run());
    assert_int_equal(version(), 3);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM schema_lock"), 0);
}

static void a_database_newer_than_the_folder_is_left_alone(void **state)
{
    (void)state;
    is_fine(run());
    (void)unlink(path_of("0002_b.sql"));
    is_error(run(), ERR_CONFLICT, "newer");
    assert_int_equal(version(), 2);
}

static void a_database_with_other_migrations_is_left_alone(void **state)
{
    (void)state;
    is_fine(run());
    (void)unlink(path_of("0002_b.sql"));
    write_file("0002_c.sql", "SELECT 1;\n");
    is_error(run(), ERR_CONFLICT, "0002_b.sql where this program has 0002_c.sql");
}

/* --- what the program itself ships ----------------------------------------------------------------------------------- */

static const char *grants(void)
{
    FILE *file = fopen(TEST_SOURCE_ROOT "/db/grants.sql", "re");
    struct buf *text = buf_new(mem, 8192);
    static const char shipped[] = "`mypartner`";
    int c;

    assert_non_null(file);
    while ((c = fgetc(file)) != EOF) {
        buf_char(text, (char)c);
        if (text->n >= sizeof shipped - 1 && strcmp(text->bytes + text->n - (sizeof shipped - 1), shipped) == 0) {
            text->n -= sizeof shipped - 1;
            buf_format(text, "`%s`", test_db_config()->database.name);
        }
    }
    (void)fclose(file);
    return text->bytes;
}

static struct db *connect_as(const char *user)
{
    struct config *config = mem_new(mem, struct config);
    struct db *as;

    *config = *test_db_config();
    config->database.user = user;
    as = db_new(mem, config, "secret");
    is_fine(db_ready(as, clock_now()));
    return as;
}

static const struct err *try_sql(struct db *as, const char *text)
{
    return db_run_text(as, text, "try");
}

static const char *const log_attacks[] = {
    "UPDATE operation_log SET remark = 'x';\n", "DELETE FROM operation_log;\n", "TRUNCATE operation_log;\n",
    "DROP TABLE operation_log;\n", "ALTER TABLE operation_log ADD COLUMN x INT;\n",
    "REPLACE INTO operation_log (id, chain_id) VALUES (1, 1);\n",
    "INSERT INTO operation_log (id) VALUES (1) ON DUPLICATE KEY UPDATE remark = 'x';\n",
};

static void the_programs_accounts_read_everything_and_cannot_touch_the_log(void **state)
{
    static const char *const users[] = { "mypartner_ctl", "mypartner_web", "mypartner_worker" };

    (void)state;
    is_fine(db_ready(db, clock_now()));
    for (size_t i = 0; i < 3; i++)
        test_db_sql(db, "CREATE OR REPLACE USER '%s'@'localhost' IDENTIFIED BY 'secret'", users[i]);
    is_fine(db_run_text(db, grants(), "grants"));
    is_fine(db_run_text(db, grants(), "grants again"));
    for (size_t i = 1; i < 3; i++) {
        struct db *as = connect_as(users[i]);

        assert_int_equal(test_db_number(as, "SELECT COUNT(*) FROM account"), 0);
        assert_int_equal(test_db_number(as, "SELECT COUNT(*) FROM operation_log"), 0);
        for (size_t a = 0; a < sizeof log_attacks / sizeof *log_attacks; a++) {
            const struct err *err = try_sql(as, log_attacks[a]);

            if (err == NULL || err->code != 1142)
                fail_msg("%s: %s%s", users[i], log_attacks[a], err == NULL ? "was done" : err->what);
        }
        assert_int_equal(try_sql(as, "SELECT * FROM mysql.global_priv;\n")->code, 1142);
        assert_int_equal(try_sql(as, "DELETE FROM account;\n")->code, 1142);
        is_fine(try_sql(as, "UPDATE account SET version = version + 1 WHERE id = 0;\n"));
        talloc_free(as);
    }
    is_fine(try_sql(connect_as(users[0]), "UPDATE operation_log SET remark = 'x' WHERE id = 0;\n"));
    for (size_t i = 0; i < 3; i++)
        test_db_sql(db, "DROP USER '%s'@'localhost'", users[i]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, empty)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_programs_accounts_read_everything_and_cannot_touch_the_log),
        TEST(an_empty_database_has_version_0),
        TEST(what_is_missing_is_applied_once_in_order),
        TEST(the_connection_has_its_limits_afterwards),
        TEST(a_gap_is_refused_before_anything_runs),
        TEST(a_repeated_number_is_refused_before_anything_runs),
        TEST(a_misnamed_file_is_refused),
        TEST(a_folder_that_is_not_there_is_refused),
        TEST(one_that_failed_half_way_is_named_until_somebody_has_looked),
        TEST(one_at_a_time),
        TEST(a_database_newer_than_the_folder_is_left_alone),
        TEST(a_database_with_other_migrations_is_left_alone),
    };

    return cmocka_run_group_tests(tests, open_folder, close_folder);
}
