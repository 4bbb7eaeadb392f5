/* The file of checkpoints, and the command that holds the log against it. */
#include "sbin/verified_log.h"

#include "store/store_checkpoint.h"

/* --- the checkpoints themselves --- */

static void change_file(const char *from, const char *to)
{
    FILE *file = fopen(path, "r+");
    char *text = mem_zero(mem, 1 << 20, "file"), *at;

    assert_non_null(file);
    assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
    at = strstr(text, from);
    assert_non_null(at);
    assert_int_equal(strlen(from), strlen(to));
    memcpy(at, to, strlen(to));
    rewind(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static size_t lines_of_file(void)
{
    FILE *file = fopen(path, "r");
    size_t n = 0;

    assert_non_null(file);
    for (int c; (c = fgetc(file)) != EOF;)
        n += c == '\n';
    assert_int_equal(fclose(file), 0);
    return n;
}

/* As the worker does behind a line. */
static void tell_end(int64_t at)
{
    struct checkpoint_end end = { .place = "host:path", .at = at };
    struct checkpoint *checkpoint;

    assert_null(checkpoint_open(mem, path, private_key, &checkpoint));
    assert_null(checkpoint_last(checkpoint, end.digest));
    assert_null(checkpoint_end_save(db, &end));
}

static void append(void)
{
    struct operation_row row = {
        .operation = OP_CHECK_RUN, .chain_id = chain(), .association_id = chain(), .at = 1, .initiated_by = SIDE_SYSTEM, .result = "DONE"
    };

    assert_null(log_append(db, &row));
}

static void a_changed_checkpoint_is_found(void **state)
{
    (void)state;
    publish(1);
    change_file("[[0,", "[[9,");
    finds(true, "checkpoint line 1 is not genuine");
}

/* Whoever can write to the file and has the public key only. */
static void a_checkpoint_of_another_key_is_found(void **state)
{
    static const char other[] =
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIKTaUnWQ1bD5LH9tQ8vQwsLm3l9rF0k0xT3pWz7dYw1n\n-----END PRIVATE KEY-----\n";

    (void)state;
    private_key = load(other, sign_private_load);
    publish(1);
    finds(true, "checkpoint line 1 is not genuine");
}

static void a_line_taken_out_is_found(void **state)
{
    char *command_line = mem_text(mem, "sed -i 2d %s", path);

    (void)state;
    for (int64_t at = 1; at <= 3; at++) {
        publish(at);
        append();
    }
    finds_nothing(true);
    assert_int_equal(lines_of_file(), 3);
    assert_int_equal(system(command_line), 0);
    finds(true, "checkpoint line 2 does not follow the line before it");
}

static void checkpoints_that_end_too_early_are_found(void **state)
{
    static const char *const ways[] = { "sed -i 2,3d", "sed -i '$d'", "truncate -s 0" };

    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        (void)unlink(path);
        for (int64_t at = 1; at <= 3; at++) {
            publish(at);
            append();
        }
        tell_end(3 + (int64_t)i);
        finds_nothing(true);
        assert_int_equal(system(mem_text(mem, "%s %s", ways[i], path)), 0);
        finds(true, "the checkpoints do not reach the line that was published at");
    }
}

/* It died between the file and the database; or the file is another host's. */
static void lines_behind_the_one_that_was_told_are_honest(void **state)
{
    const struct checkpoint_end other = { .place = "other:path", .at = 9, .digest = { 1 } };

    (void)state;
    publish(1);
    tell_end(1);
    append();
    publish(2);
    assert_null(checkpoint_end_save(db, &other));
    finds_nothing(true);
}

static void only_heads_that_moved_are_published_again(void **state)
{
    (void)state;
    publish(1);
    publish(2);
    assert_int_equal(lines_of_file(), 1);
    append();
    publish(3);
    assert_int_equal(lines_of_file(), 2);
    finds_nothing(true);
}

static void a_line_broken_off_by_a_crash_is_cut_away(void **state)
{
    FILE *file;

    (void)state;
    publish(1);
    file = fopen(path, "a");
    assert_non_null(file);
    assert_true(fputs("{\"at\":\"2026-06", file) >= 0);
    assert_int_equal(fclose(file), 0);
    finds(true, "checkpoint line 2 is not genuine");
    publish(2);
    finds_nothing(true);
    assert_int_equal(lines_of_file(), 1);
}

static void no_file_is_an_error_and_not_a_clean_log(void **state)
{
    struct log_verify verify = { .checkpoints = path, .key = public_key };
    const struct err *err = log_verify(db, &verify);

    (void)state;
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_MISSING);
}

/* --- the command --- */

static const struct err *command(const char *const *args)
{
    const char *key_file = mem_text(mem, "%s.pub", path);
    struct ctl ctl = demo_data_ctl(mem, db, args);
    const struct err *err;

    test_sign_key_write(key_file, TEST_SIGN_PUBLIC);
    test_db_config()->worker.checkpoint_public_file = key_file;
    test_db_config()->worker.checkpoints = path;
    err = demo_data_quietly(ctl_verify_log, &ctl);
    (void)unlink(key_file);
    test_db_config()->worker.checkpoints = test_db_config()->worker.checkpoint_public_file = "";
    return err;
}

static void the_command_tells_by_its_end(void **state)
{
    const char *const none[] = { NULL };
    const struct err *err;

    (void)state;
    assert_null(command(none));   /* nothing published yet */
    publish(1);
    assert_null(command(none));
    cut_tail(chain(), 1, true);
    err = command(none);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_CONFLICT);
}

static void the_command_asks_for_checkpoints_that_were_published(void **state)
{
    const char *const none[] = { NULL };
    const struct err *err;

    (void)state;
    publish(1);
    tell_end(1);
    assert_null(command(none));
    assert_int_equal(unlink(path), 0);
    err = command(none);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_MISSING);
    assert_non_null(strstr(err->what, "host:path"));
}

static void checkpoints_that_were_named_must_be_there(void **state)
{
    const char *const args[] = { "--checkpoints", "/nonexistent/checkpoints", NULL };
    const struct err *err = command(args);

    (void)state;
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_MISSING);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(a_changed_checkpoint_is_found),
        TEST(a_checkpoint_of_another_key_is_found),
        TEST(a_line_taken_out_is_found),
        TEST(checkpoints_that_end_too_early_are_found),
        TEST(lines_behind_the_one_that_was_told_are_honest),
        TEST(only_heads_that_moved_are_published_again),
        TEST(a_line_broken_off_by_a_crash_is_cut_away),
        TEST(no_file_is_an_error_and_not_a_clean_log),
        TEST(the_command_tells_by_its_end),
        TEST(the_command_asks_for_checkpoints_that_were_published),
        TEST(checkpoints_that_were_named_must_be_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
