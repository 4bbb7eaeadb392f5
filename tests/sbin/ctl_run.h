/* ctl_run.h - mypartnerctl run as from a shell: files, standard input, what it printed. Included once by each program of tests. */
#ifndef TESTS_SBIN_CTL_RUN_H
#define TESTS_SBIN_CTL_RUN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/memory.h"
#include "ctl.h"
#include "support/test_db.h"

#define ARGS_MAX 24

static void *mem;
static struct db *db;
static char folder[64];
static const char *config_path, *lock_path;
static const char *out, *errors;      /* of the last run */

static inline void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static inline const char *read_file(const char *path)
{
    char bytes[16384];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t n = fread(bytes, 1, sizeof bytes, file);
    assert_int_equal(fclose(file), 0);
    return mem_copy_n(mem, bytes, n);
}

/* In a context of the program's whole time: some paths are kept by it. */
static inline const char *path_of(const char *name)
{
    static void *paths;
    if (paths == NULL)
        paths = mem_context(NULL, "paths");
    return mem_text(paths, "%s/%s", folder, name);
}

static inline int open_all(void **state)
{
    (void)state;
    db = test_db_open(NULL);
    (void)snprintf(folder, sizeof folder, "/tmp/mypartner-test-ctl.XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    config_path = path_of("ctl.ini");
    lock_path = path_of("hash.lock");
    const struct config *config = test_db_config();
    FILE *file = fopen(config_path, "w");
    if (file == NULL)
        return -1;
    (void)fprintf(file, "[web]\nhash_lock = %s\nmessages =\ntemplates = " TEST_BUILD "/templates\n[database]\nsocket = %s\nname = %s\nuser = %s\n[secret]\nkey_file = %s\n"
                        "scrypt_log2_n = 10\nscrypt_p = 1\n[site]\nname = Example Cloud\n", lock_path, config->database.socket,
                  config->database.name, config->database.user, path_of("site.key"));
    if (fclose(file) != 0)
        return -1;
    write_file(path_of("site.key"), "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n");
    return chmod(path_of("site.key"), 0600);
}

static inline int close_all(void **state)
{
    static const char *const names[] = {"ctl.ini", "hash.lock", "site.key", "out", "err", "in"};
    (void)state;
    talloc_free(db);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    return rmdir(folder);
}

static inline int setup(void **state)
{
    (void)state;
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

/* Streams of this process are put aside while the command has them. */
static inline int with_files(const char *input, int argc, const char *const *argv)
{
    char paths[3][128];
    int kept[3];
    static const char *const names[] = {"in", "out", "err"};
    for (int i = 0; i < 3; i++)
        (void)snprintf(paths[i], sizeof paths[i], "%s/%s", folder, names[i]);
    write_file(paths[0], input);
    (void)fflush(stdout);
    (void)fflush(stderr);
    for (int i = 0; i < 3; i++)
        kept[i] = dup(i);
    assert_non_null(freopen(paths[0], "r", stdin));
    assert_non_null(freopen(paths[1], "w", stdout));
    assert_non_null(freopen(paths[2], "w", stderr));
    int status = ctl_main(argc, argv);
    (void)fflush(stdout);
    (void)fflush(stderr);
    for (int i = 0; i < 3; i++) {
        (void)dup2(kept[i], i);
        (void)close(kept[i]);
    }
    out = read_file(paths[1]);
    errors = read_file(paths[2]);
    return status;
}

static inline int run_with(const char *input, const char *first, ...)
{
    const char *argv[ARGS_MAX] = {"mypartnerctl", "-c", config_path, first};
    int argc = 4;
    va_list args;
    va_start(args, first);
    for (const char *arg; (arg = va_arg(args, const char *)) != NULL && argc < ARGS_MAX - 1;)
        argv[argc++] = arg;
    va_end(args);
    return with_files(input, argc, argv);
}
#define run(...) run_with("", __VA_ARGS__, NULL)

/* The value after a label of the output. */
static inline const char *printed(const char *label)
{
    const char *at = strstr(out, label);
    if (at == NULL)
        fail_msg("not printed: %s in\n%s%s", label, out, errors);
    at += strlen(label);
    at += strspn(at, " ");
    return mem_copy_n(mem, at, strcspn(at, "\n"));
}


#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
