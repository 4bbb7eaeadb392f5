#include "support/rows.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "action/export_log.h"
#include "base/buf.h"
#include "demo_data.h"
#include "store/store_export.h"
#include "support/test_world.h"
#include "worker.h"

static struct db *db;
static struct world w;
static struct worker worker;
static volatile sig_atomic_t is_stopping;
static char folder[] = "/tmp/mypartner-exports-XXXXXX";

static int begin(void **state)
{
    (void)state;
    world_begin(&w, db);
    worker = (struct worker){ .mem = w.mem, .config = test_db_config(), .db = db, .name = "w1", .is_stopping = &is_stopping };
    test_db_config()->worker.exports = folder;
    return 0;
}

static const char *path_of(const char *name)
{
    return mem_text(w.mem, "%s/%s", folder, name);
}

static int end(void **state)
{
    DIR *dir = opendir(folder);

    (void)state;
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        if (entry->d_name[0] != '.')
            (void)unlink(path_of(entry->d_name));
    (void)closedir(dir);
    world_end(&w);
    return 0;
}

static enum export_outcome ask(const struct actor *actor, enum export_format format, const struct operation_filter *filter)
{
    const struct export_ask asked = { .format = format, .filter = filter, .words = "all", .zone = "UTC" };
    struct act act = world_act(&w, actor);
    enum export_outcome outcome;

    assert_null(export_log_ask(&act, &asked, &outcome));
    assert_int_equal(act.is_done, outcome == EXPORT_DONE);
    return outcome;
}

static const struct operation_filter all = { .side = SIDES, .result = "", .from_at = INSTANT_NONE, .until_at = INSTANT_NONE };

static struct log_export *newest(void)
{
    struct log_export *exports;
    size_t n;

    assert_null(export_list(db, w.mem, w.ops->user_id, 1, &exports, &n));
    assert_int_equal(n, 1);
    return exports;
}

/* Rounds of the job until there is nothing more to do; how many there were. */
static int work(void)
{
    bool more = true;
    int rounds = 0;

    while (more && rounds < 100) {
        more = false;
        assert_null(worker_exports(&worker, w.mem, w.now, &more));
        rounds++;
    }
    return rounds;
}

static char *read_file(const char *name)
{
    FILE *file = fopen(path_of(name), "r");
    char *text = mem_zero(w.mem, 1 << 23, "file");

    assert_non_null(file);
    assert_true(fread(text, 1, (1 << 23) - 1, file) > 0);
    assert_int_equal(fclose(file), 0);
    return text;
}

static int64_t lines_of(const char *text)
{
    int64_t n = 0;

    for (; *text != '\0'; text++)
        n += *text == '\n';
    return n;
}

/* --- the claims --- */

static void what_matches_is_written_and_ready(void **state)
{
    const struct operation_filter submitted = {
        .by_operation = true, .operation = OP_REQUEST_SUBMITTED, .side = SIDES, .result = "", .from_at = INSTANT_NONE, .until_at = INSTANT_NONE
    };
    struct log_export *export;
    struct stat status;

    (void)state;
    (void)world_request(&w, w.owner);
    w.now += CLOCK_SECOND;
    assert_int_equal(ask(w.ops, EXPORT_CSV, &submitted), EXPORT_DONE);
    (void)work();
    export = newest();
    assert_int_equal(export->state, EXPORT_READY);
    assert_int_equal(export->n, 1);
    assert_int_equal(lines_of(read_file(export->file)), 2);
    assert_non_null(strstr(read_file(export->file), ",REQUEST_SUBMITTED,CUSTOMER,C-"));
    assert_true(export->expires_at == w.now + test_db_config()->worker.export_ttl_s * CLOCK_SECOND);
    assert_int_equal(stat(path_of(export->file), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
    assert_int_equal(status.st_size, export->bytes);
    assert_int_equal(world_count(&w, "operation_log", "operation = 'LOG_EXPORTED' AND user_id = %lld", (long long)w.ops->user_id), 1);
    assert_int_equal(world_faults(&w), 0);
}

static void an_export_of_everything_has_every_row_older_than_it(void **state)
{
    struct log_export *export;

    (void)state;
    (void)world_request(&w, w.owner);
    w.now += CLOCK_SECOND;
    const int64_t rows = world_count(&w, "operation_log", "1 = 1");
    assert_int_equal(ask(w.ops, EXPORT_JSONL, &all), EXPORT_DONE);
    w.now += CLOCK_SECOND;
    (void)world_account(&w, ACCOUNT_CUSTOMER, "Later Ltd");
    (void)work();
    export = newest();
    assert_int_equal(export->n, rows);
    assert_int_equal(lines_of(read_file(export->file)), rows);
}

/* Enough rows for two portions. A few thousand at a time: no statement is to take long. */
static void fill_log(void)
{
    for (long long from = 0; from < 21000; from += 3000)
        test_db_sql(db, "INSERT INTO operation_log (chain_id, seq, at, operation, is_transition, is_shown, initiated_by, user_name, object,\n"
                        "  request_no, from_state, to_state, result, remark, ip, http_id, prev_hash, hash)\n"
                        "SELECT 999, seq, FROM_UNIXTIME(%lld) + INTERVAL seq MICROSECOND, 'CHECK_RUN', 0, 0, 'SYSTEM', '', 'x', '', '', '',\n"
                        "  'DONE', '', '', '', REPEAT('a', 32), REPEAT('b', 32) FROM seq_%lld_to_%lld",
                    (long long)((w.now - CLOCK_DAY) / CLOCK_SECOND), from + 1, from + 3000);
}

static void a_long_one_is_written_in_portions_and_tells_how_far_it_is(void **state)
{
    struct log_export *export;
    bool more = false;

    (void)state;
    fill_log();
    assert_int_equal(ask(w.ops, EXPORT_CSV, &all), EXPORT_DONE);
    assert_null(worker_exports(&worker, w.mem, w.now, &more));
    assert_true(more);
    export = newest();
    assert_int_equal(export->state, EXPORT_WRITING);
    assert_true(export->n >= 19000 && export->n <= 20000);
    (void)work();
    export = newest();
    assert_int_equal(export->state, EXPORT_READY);
    assert_int_equal(lines_of(read_file(export->file)), export->n + 1);
    test_db_sql(db, "DELETE FROM operation_log WHERE chain_id = 999");
}

static void what_a_worker_that_died_had_written_is_written_again(void **state)
{
    struct log_export *export;
    bool more = false;
    FILE *file;

    (void)state;
    fill_log();
    assert_int_equal(ask(w.ops, EXPORT_CSV, &all), EXPORT_DONE);
    assert_null(worker_exports(&worker, w.mem, w.now, &more));
    export = newest();
    file = fopen(path_of(export->file), "a");
    assert_non_null(file);
    assert_true(fputs("half a line", file) >= 0);
    assert_int_equal(fclose(file), 0);
    /* Another worker waits until the lease of the first has run out. */
    worker.name = "w2";
    more = false;
    assert_null(worker_exports(&worker, w.mem, w.now, &more));
    assert_false(more);
    w.now += 3 * CLOCK_MINUTE;
    (void)work();
    export = newest();
    assert_int_equal(export->state, EXPORT_READY);
    assert_null(strstr(read_file(export->file), "half a line"));
    assert_int_equal(lines_of(read_file(export->file)), export->n + 1);
    test_db_sql(db, "DELETE FROM operation_log WHERE chain_id = 999");
}

static void a_file_that_is_gone_half_way_is_written_anew(void **state)
{
    struct log_export *export;
    bool more = false;

    (void)state;
    fill_log();
    assert_int_equal(ask(w.ops, EXPORT_CSV, &all), EXPORT_DONE);
    assert_null(worker_exports(&worker, w.mem, w.now, &more));
    assert_int_equal(unlink(path_of(newest()->file)), 0);
    (void)work();
    export = newest();
    assert_int_equal(export->state, EXPORT_READY);
    assert_true(export->n >= 21000);
    assert_int_equal(lines_of(read_file(export->file)), export->n + 1);
    test_db_sql(db, "DELETE FROM operation_log WHERE chain_id = 999");
}

static void a_file_past_its_time_is_deleted(void **state)
{
    struct log_export *export;

    (void)state;
    assert_int_equal(ask(w.ops, EXPORT_CSV, &all), EXPORT_DONE);
    (void)work();
    export = newest();
    w.now = export->expires_at - 1;
    (void)work();
    assert_int_equal(access(path_of(export->file), F_OK), 0);
    w.now += 1;
    (void)work();
    assert_int_not_equal(access(path_of(export->file), F_OK), 0);
    assert_int_equal(newest()->state, EXPORT_DELETED);
}

static void a_folder_that_is_not_there_fails_the_export_and_stops_no_other_job(void **state)
{
    (void)state;
    test_db_config()->worker.exports = "/nonexistent/exports";
    assert_int_equal(ask(w.ops, EXPORT_CSV, &all), EXPORT_DONE);
    (void)work();
    assert_int_equal(newest()->state, EXPORT_FAILED);
}

static void one_at_a_time_for_each(void **state)
{
    const struct actor *auditor = world_user(&w, w.ops->account_id, ROLE_AUDITOR, "Audrey Auditor");

    (void)state;
    assert_int_equal(ask(w.ops, EXPORT_CSV, &all), EXPORT_DONE);
    assert_int_equal(ask(w.ops, EXPORT_JSONL, &all), EXPORT_BUSY);
    assert_int_equal(ask(auditor, EXPORT_CSV, &all), EXPORT_DONE);
    (void)work();
    assert_int_equal(ask(w.ops, EXPORT_JSONL, &all), EXPORT_DONE);
}

static void only_its_owner_may_fetch_it_and_each_time_is_logged(void **state)
{
    const struct actor *auditor = world_user(&w, w.ops->account_id, ROLE_AUDITOR, "Audrey Auditor");
    enum export_outcome outcome;

    (void)state;
    assert_int_equal(ask(w.ops, EXPORT_CSV, &all), EXPORT_DONE);
    struct act early = world_act(&w, w.ops);
    assert_null(export_log_fetch(&early, newest()->id, &outcome));
    assert_int_equal(outcome, EXPORT_GONE);
    (void)work();
    struct act other = world_act(&w, auditor);
    assert_int_equal(export_log_fetch(&other, newest()->id, &outcome)->kind, ERR_MISSING);
    struct act own = world_act(&w, w.ops);
    assert_null(export_log_fetch(&own, newest()->id, &outcome));
    assert_int_equal(outcome, EXPORT_DONE);
    assert_true(newest()->fetch_until == w.now + EXPORT_FETCH_S * CLOCK_SECOND);
    assert_int_equal(world_count(&w, "operation_log", "operation = 'LOG_EXPORT_READ'"), 1);
    w.now = newest()->expires_at;
    struct act late = world_act(&w, w.ops);
    assert_null(export_log_fetch(&late, newest()->id, &outcome));
    assert_int_equal(outcome, EXPORT_GONE);
}

static void nobody_but_the_platform_exports(void **state)
{
    const struct export_ask asked = { .format = EXPORT_CSV, .filter = &all, .words = "all", .zone = "UTC" };
    struct act act = world_act(&w, w.admin);
    enum export_outcome outcome;

    (void)state;
    assert_int_equal(export_log_ask(&act, &asked, &outcome)->kind, ERR_DENIED);
    assert_int_equal(world_count(&w, "log_export", "1 = 1"), 0);
}

/* --- the command --- */

static const struct err *command(const char *const *args)
{
    struct ctl ctl = demo_data_ctl(w.mem, db, args);

    ctl.now = w.now;
    return demo_data_quietly(ctl_export_log, &ctl);
}

static void the_command_writes_what_matches_and_is_logged(void **state)
{
    const char *file = path_of("by-hand.jsonl");
    const char *const args[] = { "--format", "jsonl", "--operation", "REQUEST_SUBMITTED", "--output", file, NULL };

    (void)state;
    (void)world_request(&w, w.owner);
    w.now += CLOCK_SECOND;
    assert_null(command(args));
    assert_int_equal(lines_of(read_file("by-hand.jsonl")), 1);
    assert_int_equal(world_count(&w, "operation_log", "operation = 'LOG_EXPORTED' AND initiated_by = 'SYSTEM' AND object = 'JSONL' AND "
                                 "remark = 'operation REQUEST_SUBMITTED'"), 1);
}

static void the_command_refuses_what_it_does_not_know(void **state)
{
    static const char *const wrong[][8] = {
        { "--result", "BOGUS", NULL }, { "--from", "2026-06-02", "--to", "2026-06-01", NULL }, { "--format", "xml", NULL }, { "--operation", "NONSENSE", NULL }, { "--side", "NOBODY", NULL }, { "--from", "yesterday", NULL },
        { "--about", "C-000000", NULL }, { "--actor", "nobody@nowhere.test", NULL }
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_non_null(command(wrong[i]));
    assert_int_equal(world_count(&w, "operation_log", "operation = 'LOG_EXPORTED'"), 0);
}

static void a_command_that_is_refused_leaves_the_file_of_before(void **state)
{
    const char *const good[] = { "--output", path_of("by-hand.csv"), NULL };
    const char *const wrong[] = { "--side", "NOBODY", "--output", path_of("by-hand.csv"), NULL };
    size_t before;

    (void)state;
    w.now += CLOCK_SECOND;
    assert_null(command(good));
    before = strlen(read_file("by-hand.csv"));
    assert_true(before > 0);
    assert_non_null(command(wrong));
    assert_int_equal(strlen(read_file("by-hand.csv")), before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_matches_is_written_and_ready), TEST(an_export_of_everything_has_every_row_older_than_it),
        TEST(a_long_one_is_written_in_portions_and_tells_how_far_it_is), TEST(what_a_worker_that_died_had_written_is_written_again),
        TEST(a_file_that_is_gone_half_way_is_written_anew), TEST(a_file_past_its_time_is_deleted), TEST(a_folder_that_is_not_there_fails_the_export_and_stops_no_other_job),
        TEST(one_at_a_time_for_each), TEST(only_its_owner_may_fetch_it_and_each_time_is_logged), TEST(nobody_but_the_platform_exports),
        TEST(the_command_writes_what_matches_and_is_logged), TEST(the_command_refuses_what_it_does_not_know),
        TEST(a_command_that_is_refused_leaves_the_file_of_before),
    };

    if (mkdtemp(folder) == NULL)
        return 1;
    db = test_db_open(NULL);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)rmdir(folder);
    return failed;
}
